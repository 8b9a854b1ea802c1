"""The tabs this tool opened in the person's browser: opening them, answering their dialogs, closing them and no others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from automation.devtools import close_tab, http_endpoint
from automation.driver_errors import cannot_attach, first_line, translated
from automation.errors import PageNotLoaded
from automation.look import open_eyes
from automation.messages import _
from automation.settings import Secret
from automation.stop import Stop
from automation.tab import ACT_SECONDS, Tab

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Dialog, Page, Playwright

    from automation.asking import Target
    from automation.left_tabs import TabNotes
    from automation.page import Act
    from automation.recording.run_recorder import RunRecorder

ATTACH_SECONDS = 15.0  # a browser on this machine answers in far less


@dataclass(frozen=True)
class Answer:
    """What a native dialog is answered: yes, no or the text for a prompt; and whether it is one to be answered so.

    That is told by what it says and by the address of its page.
    """

    value: bool | str | Secret
    fits: Callable[[str, str], bool] = lambda _message, _url: True


class Tabs:
    """A browser we are attached to. Opens tabs of its own and closes exactly those."""

    def __init__(self, endpoint: str, stop: Stop, notes: TabNotes | None = None, *, served: bool = False) -> None:
        """Attach over the DevTools protocol. Raises BrowserClosed when nothing answers there.

        ``notes`` keep which tabs are ours, for a browser that outlives us. ``served``: the endpoint is a Playwright
        server, whose browser is nobody's own and may run elsewhere; it then reaches this machine's loopback addresses
        through us.
        """
        from playwright.sync_api import Error, sync_playwright

        self.stop = stop
        self._endpoint = endpoint
        self._targets: list[str] = []
        self._notes = notes
        self._playwright: Playwright = sync_playwright().start()
        try:
            if served:
                seconds = ATTACH_SECONDS * 1000
                self._browser = self._playwright.chromium.connect(
                    endpoint, timeout=seconds, expose_network="<loopback>"
                )
                self._browser.new_context()
            else:
                self._browser = self._playwright.chromium.connect_over_cdp(endpoint, timeout=ATTACH_SECONDS * 1000)
        except Error as error:
            self._playwright.stop()
            raise cannot_attach(endpoint, first_line(error)) from None
        open_eyes(self._playwright.selectors)
        self._context: BrowserContext = self._browser.contexts[0]
        self._context.on("dialog", self._dialog)
        self._pages: list[Page] = []
        self.front: Tab | None = None
        self._tabs: list[Tab] = []
        self.person_is_acting = False
        self._prompt_answer: str | None = None
        self._accept_confirm = False
        self._answers: list[Answer] = []
        self.recorder: RunRecorder | None = None
        self.dismissed: list[str] = []
        self._served = served
        if not served:
            stop.unblock_with(self.close_by_address)

    def open(self) -> Tab:
        """A new tab of our own."""
        with translated(self.stop):
            return self._adopt(self._context.new_page())

    def others(self) -> list[Page]:
        """The pages of this browser that are not ours."""
        return [page for page in self._context.pages if page not in self._pages]

    def _adopt(self, page: Page) -> Tab:
        self._pages.append(page)
        tab = self.front = Tab(self, page)
        self._tabs.append(tab)
        self._targets.append(tab.target)
        if self._notes:
            self._notes.keep(self._targets)
        return tab

    def popup_of(self, tab: Tab, action: Callable[[], None]) -> Tab:
        """The window that an action in a tab opens. Raises PageNotLoaded if none comes."""
        opened: list[Page] = []
        note: Callable[[Page], None] = lambda page: opened.append(page)  # noqa: E731 - Playwright takes no built-in
        with translated(self.stop):
            tab.page.on("popup", note)
            try:
                action()  # may take as long as a person needs for an answer
                if tab.until(lambda: opened, ACT_SECONDS):
                    return self._opened(tab, opened[0])
            finally:
                tab.page.remove_listener("popup", note)
        raise PageNotLoaded(
            _("Opening a window from {page}.").format(page=tab.where()),
            expected=_("a new window"),
            seen=_("no window came; the browser may block pop-up windows for this site"),
            todo=_("Allow pop-up windows for this site and run the command again."),
        )

    def _opened(self, tab: Tab, page: Page) -> Tab:
        window = self._adopt(page)
        if self.recorder:
            self.recorder.window_opened(tab, window)
        return window

    def newest_of(self, tab: Tab) -> list[Tab]:
        """The tab and the windows that were opened from it, newest first: a person may have followed a link there."""
        ours = [tab.page]
        for page in self._context.pages:
            if page not in ours and page.opener() in ours:
                ours.append(page)
        known = {t.page: t for t in self._tabs}
        return [known.get(page) or self._adopt(page) for page in reversed(ours) if not page.is_closed()]

    def new_window_of(self, tab: Tab) -> Tab | None:
        """The next window that a tab opened, one without an opener too, and that nobody asked for yet."""
        known = {t.page for t in self._tabs}
        new = [page for page in tab.windows if page not in known and not page.is_closed()]
        return self._adopt(new[0]) if new else None

    @property
    def browser_name(self) -> str:
        """What browser this is, with its version."""
        return f"{self._browser.browser_type.name} {self._browser.version}"

    @property
    def is_alive(self) -> bool:
        """Whether the browser is still there and at least one of our tabs is open."""
        return self._browser.is_connected() and any(not tab.page.is_closed() for tab in self._tabs)

    @contextmanager
    def accepting_confirm(self) -> Iterator[None]:
        """While this lasts, one native "are you sure?" of a page of ours is answered with yes."""
        self._accept_confirm = True
        try:
            yield
        finally:
            self._accept_confirm = False

    @contextmanager
    def answering(self, answers: list[Answer]) -> Iterator[list[Answer]]:
        """While this lasts, the native dialogs of our pages get these answers, in this order; gives those still left.

        Where one says something else than its answer is for, it is a question that nobody foresaw.
        """
        self._answers = list(answers)
        try:
            yield self._answers
        finally:
            self._answers = []

    @contextmanager
    def recording(self, act: Act, target: Target, tab: Tab) -> Iterator[None]:
        """While this lasts, one act is done; it is written down where the run is recorded, once it was done."""
        draft = self.recorder.before(act, target, tab) if self.recorder else None
        yield
        if self.recorder and draft:
            self.recorder.did(draft)

    def answer_next_prompt(self, text: str) -> None:
        """The next native prompt of a page of ours gets this answer."""
        self._prompt_answer = text

    def prompt_was_answered(self) -> bool:
        """Whether the answer prepared by ``answer_next_prompt`` was used; forgets it either way."""
        answered, self._prompt_answer = self._prompt_answer is None, None
        return answered

    def _dialog(self, dialog: Dialog) -> None:
        # A dialog of somebody else's tab, or one that comes while the person acts, is theirs to answer.
        if dialog.page not in self._pages or self.person_is_acting:
            return
        answer = self._answer_to(dialog)
        answer_dialog(dialog, answer)
        if self.recorder and not isinstance(answer, Secret):
            self.recorder.dialog(dialog.type, answer, dialog.message)

    def _answer_to(self, dialog: Dialog) -> bool | str | Secret:
        """Yes or no, or a text for a prompt; a question that nobody foresaw is answered with no."""
        if self._answers and self._answers[0].fits(dialog.message, dialog.page.url if dialog.page else ""):
            return self._answers.pop(0).value
        if self._answers:
            self.dismissed.append(dialog.message)
            return False
        if dialog.type == "prompt" and self._prompt_answer is not None:
            text, self._prompt_answer = self._prompt_answer, None
            return text
        if dialog.type == "confirm" and self._accept_confirm:
            self._accept_confirm = False
            return True
        if dialog.type in ("alert", "beforeunload"):
            return True
        self.dismissed.append(dialog.message)
        return False

    def close(self) -> None:
        """Close our tabs and let go of the browser; never raises."""
        from playwright.sync_api import Error

        self.stop.unblock_with(None)
        if self.stop.signal_number and not self._served:  # the driver may have died of the same Ctrl-C
            self.close_by_address()
        for page in self._pages:
            with suppress(Error):
                page.close()
        with suppress(Exception):  # the driver may be gone; there is nothing left to let go of
            self._playwright.stop()
        if self._notes:
            self._notes.drop()

    def close_by_address(self) -> None:
        """Close our tabs without Playwright, by the browser's own address; works when its driver is gone."""
        for target in self._targets:
            close_tab(http_endpoint(self._endpoint), target)


def answer_dialog(dialog: Dialog, answer: bool | str | Secret) -> None:
    """Answer a native dialog: yes or no, or the text that a prompt asks for."""
    if isinstance(answer, Secret):
        dialog.accept(answer.open())
    elif isinstance(answer, str):
        dialog.accept(answer)
    elif answer:
        dialog.accept()
    else:
        dialog.dismiss()
