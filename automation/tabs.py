"""The tabs this tool opened in the person's browser: looking at them, acting in them, closing them and no others."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from automation.devtools import close_tab, http_endpoint
from automation.element import Element, Found, Item, Lesson, items_from, resolve
from automation.errors import AutoconfigureError, BrowserClosed, PageNotLoaded
from automation.messages import _
from automation.settings import Secret, is_loopback
from automation.stop import Stop

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Dialog, ElementHandle, Frame, Page, Playwright, Request

    from automation.asking import Target
    from automation.left_tabs import TabNotes
    from automation.page import Act
    from automation.recording.run_recorder import RunRecorder

T = TypeVar("T")

ATTACH_SECONDS = 15.0  # a browser on this machine answers in far less
LOAD_SECONDS = 45.0  # a page that has shown nothing by then is not coming
ACT_SECONDS = 10.0  # an element that was found but cannot be clicked by then is covered or moving
_POLL_SECONDS = 0.05
# What a look found can be acted on until this many looks later; then the page and the driver may forget it.
HELD_LOOKS = 4
_SCRIPT = Path(__file__).with_name("elements.js").read_text(encoding="utf-8")
COLLECT = _SCRIPT[_SCRIPT.index("(wanted)") :]
KEPT_LOOKS = "document[Symbol.for('autoconfigure.looks')]"
# One round trip a look: the page keeps the elements of its last looks, and tells the items as text, since Playwright
# takes longer to pack nested objects than the look itself takes.
_LOOK = f"""(wanted) => {{
  const look = ({COLLECT})(wanted);
  const kept = {KEPT_LOOKS} ??= new Map();
  kept.set(wanted.number, look.elements);
  for (const number of kept.keys()) if (kept.size > {HELD_LOOKS}) kept.delete(number);
  return JSON.stringify(look.items);
}}"""
_KEPT = f"([number, index]) => {KEPT_LOOKS}?.get(number)?.[index] ?? null"
# The kept elements that a picked node is, or is inside of; a label stands for its field.
_AROUND = f"""([number, picked]) => {{
  const meant = picked.closest('label')?.control ?? picked;
  const inside = (element) => {{ for (let n = meant; n; n = n.parentNode ?? n.host) if (n === element) return true; }};
  return ({KEPT_LOOKS}?.get(number) ?? []).flatMap((e, i) => inside(e) ? [i] : []);
}}"""
_NUMBERS = count(1)


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
        self._context: BrowserContext = self._browser.contexts[0]
        self._context.on("dialog", self._dialog)
        self._pages: list[Page] = []
        self.front: Tab | None = None
        self._tabs: list[Tab] = []
        self.person_is_acting = False
        self._prompt_answer: str | None = None
        self._accept_confirm = False
        self._answers: list[bool | str] = []
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
    def answering(self, answers: list[bool | str]) -> Iterator[list[bool | str]]:
        """While this lasts, the native dialogs of our pages get these answers, in this order; gives those still left."""
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
        if self.recorder:
            self.recorder.dialog(dialog.type, answer)

    def _answer_to(self, dialog: Dialog) -> bool | str:
        """Yes or no, or a text for a prompt; a question that nobody foresaw is answered with no."""
        if self._answers:
            return self._answers.pop(0)
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


def answer_dialog(dialog: Dialog, answer: bool | str) -> None:
    """Answer a native dialog: yes or no, or the text that a prompt asks for."""
    if isinstance(answer, str):
        dialog.accept(answer)
    elif answer:
        dialog.accept()
    else:
        dialog.dismiss()


class translated:  # reads as a phrase: with translated(stop)
    """Turns what Playwright raises when a window is gone into our own errors."""

    def __init__(self, stop: Stop) -> None:
        self._stop = stop

    def __enter__(self) -> None:
        self._stop.check()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        if error is None or isinstance(error, AutoconfigureError):
            return
        self._stop.check()
        if is_gone(error):
            raise closed_by_person() from None


def cannot_attach(endpoint: str, seen: str) -> BrowserClosed:
    """The error for an address where no browser can be attached to."""
    return BrowserClosed(
        _("Attaching to the browser at {where}.").format(where=endpoint),
        expected=_("a browser that was started with a remote debugging port"),
        seen=seen,
        todo=_("Start the browser again and check the address given with --attach."),
    )


def closed_by_person() -> BrowserClosed:
    """The error for a window of ours that was closed in the middle."""
    return BrowserClosed(
        _("Working in the browser."),
        expected=_("the tabs we opened to stay open until the end"),
        seen=_("the window or tab was closed"),
        todo=_("Run the same command again: what is done stays done, and the rest goes on from there."),
    )


def is_gone(error: BaseException) -> bool:
    """Whether an error of Playwright means that the tab, the browser or its connection is no more."""
    text = str(error)
    return "has been closed" in text or "Connection closed" in text or "Target crashed" in text


def first_line(error: BaseException) -> str:
    """The first line of an error's text. Playwright's further lines quote what was typed."""
    return (str(error).splitlines() or [""])[0]


class Redrawn(Exception):
    """The page drew the element anew between looking and acting; nothing was done to it."""


class Look:
    """One look at a page or one of its frames: its items, and the page's own handles to act on them."""

    def __init__(self, page: Page | Frame, number: int, items: list[Item]) -> None:
        self._page = page
        self.number = number
        self.items = items

    def handle(self, item: Item) -> ElementHandle:
        """The page's own element behind an item. Raises Redrawn when the page went on since this look."""
        from playwright.sync_api import Error

        try:
            element = self._page.evaluate_handle(_KEPT, [self.number, item.index]).as_element()
        except Error as error:
            if is_gone(error):
                raise
            raise Redrawn from None
        if element is None:
            raise Redrawn
        return element

    def around(self, node: ElementHandle) -> list[Item]:
        """The items that a node of the page belongs to, the innermost first."""
        inside: list[int] = self._page.evaluate(_AROUND, [self.number, node])
        return [self.items[index] for index in reversed(inside)]


class Tab:
    """One tab or window of ours."""

    def __init__(self, tabs: Tabs, page: Page) -> None:
        self.tabs = tabs
        self.page = page
        self.stale = False
        self.touched = False  # we acted in the document that it shows
        self.windows: list[Page] = []
        page.on("popup", self._opened)
        self._awaited: set[Request] = set()
        page.on("request", self._sent)
        page.on("requestfinished", self._answered)
        page.on("requestfailed", self._answered)
        self.cdp = page.context.new_cdp_session(page)
        self.target: str = self.cdp.send("Target.getTargetInfo")["targetInfo"]["targetId"]

    def _opened(self, page: Page) -> None:
        self.windows.append(page)

    @contextmanager
    def taking_in_tabs(self) -> Iterator[None]:
        """While this lasts, a tab that comes without an opener counts as a window of this one: the middle button's do."""
        self.page.context.on("page", self._opened)
        try:
            yield
        finally:
            self.page.context.remove_listener("page", self._opened)

    def _sent(self, request: Request) -> None:
        self._awaited.add(request)

    def _answered(self, request: Request) -> None:
        self._awaited.discard(request)

    def come_to_front(self) -> None:
        """Show this tab. A browser draws hidden tabs so rarely that each click in one takes seconds."""
        if self.tabs.front is not self:
            self.page.bring_to_front()
            self.tabs.front = self

    @property
    def is_sending(self) -> bool:
        """Whether something the page wants to change is on its way to the server and not answered yet."""
        return any(request.method != "GET" for request in self._awaited)

    @property
    def is_loading(self) -> bool:
        """Whether anything at all is on its way from the server."""
        return bool(self._awaited)

    def where(self) -> str:
        """The page's address without query and fragment, which can hold secrets."""
        parts = urlsplit(self.page.url)
        return f"{parts.scheme}://{parts.netloc}{parts.path}"

    def go(self, url: str) -> None:
        """Open an address, unless it is open already and still fresh. Raises PageNotLoaded."""
        from playwright.sync_api import Error

        loads = self.page.url != url or self.stale
        if self.tabs.recorder:
            self.tabs.recorder.going(self, url, loads)
        if not loads:
            return
        with translated(self.tabs.stop):
            self.come_to_front()
            try:
                # Going to the same address with a fragment only moves within the page; else it loads anew.
                same_document = "#" in url and self.page.url.split("#")[0] == url.split("#")[0]
                self._load(url)
                if same_document and self.stale:
                    self.page.reload(wait_until="commit", timeout=LOAD_SECONDS * 1000)
            except Error as error:
                self.tabs.stop.check()
                if is_gone(error):
                    raise
                self.stale = True
                raise PageNotLoaded(
                    _("Opening {url}.").format(url=url.split("#")[0].split("?")[0]),
                    expected=_("a web page"),
                    seen=_without_address(first_line(error)),
                    todo=_("Check the network connection and run the command again."),
                ) from None
        self.stale = self.touched = False

    def close(self) -> None:
        """Close this window."""
        if self.tabs.recorder:
            self.tabs.recorder.closing(self)
        self.page.close()

    def _load(self, url: str) -> None:
        """Load an address. A page that was on its way elsewhere by itself may get in between: then try again."""
        from playwright.sync_api import Error

        for tries_left in (2, 1, 0):
            try:
                self.page.goto(url, wait_until="commit", timeout=LOAD_SECONDS * 1000)
                return
            except Error as error:
                if not tries_left or "interrupted by another navigation" not in first_line(error):
                    raise
            self.page.wait_for_timeout(200)

    def look(
        self,
        roles: tuple[str, ...] | None = None,
        rows: bool = False,
        ids: bool = False,
        frame: Frame | None = None,
        personal: str = "",
        plain: tuple[str, ...] = (),
    ) -> Look:
        """What the page, or one frame of it, shows now; with ``ids``, the attributes that name each item too.

        ``personal`` is a selector for what is the person's own; ``plain`` are texts of things without any role that are
        to be shown too, as "generic". A loading page shows nothing.
        """
        from playwright.sync_api import Error

        place = frame or self.page
        with translated(self.tabs.stop):
            try:
                number = next(_NUMBERS)
                wanted = {"roles": roles, "rows": rows, "ids": ids, "personal": personal, "plain": plain}
                seen = place.evaluate(_LOOK, {**wanted, "number": number})
                return Look(place, number, items_from(json.loads(seen)))
            except Error as error:
                if is_gone(error) and self.page.is_closed():
                    raise
                return Look(place, 0, [])

    def text(self) -> str:
        """All text a person could read on the page now."""
        from playwright.sync_api import Error

        with translated(self.tabs.stop):
            try:
                return str(self.page.evaluate("() => document.body ? document.body.innerText : ''"))
            except Error as error:
                if is_gone(error) and self.page.is_closed():
                    raise
                return ""

    def document(self) -> float:
        """A number that differs for every document loaded into this tab; 0 while one is loading."""
        return self._number("() => performance.timeOrigin")

    def age(self) -> float:
        """For how many seconds the document in this tab has been there; 0 while one is loading."""
        return self._number("() => performance.now() / 1000")

    def _number(self, script: str) -> float:
        from playwright.sync_api import Error

        with translated(self.tabs.stop):
            try:
                return float(self.page.evaluate(script))
            except Error as error:
                if is_gone(error) and self.page.is_closed():
                    raise
                return 0.0

    def resolve(self, element: Element, row: str | None = None, learned: tuple[Lesson, ...] = ()) -> tuple[Look, Found]:
        """Look once and say whether the element is there."""
        look = self.look((*element.roles, *(lesson.role for lesson in learned)), rows=row is not None)
        return look, resolve(element, look.items, row, learned)

    def picked(self, rows: bool = False) -> tuple[Look, list[Item]]:
        """The next thing that a person clicks on, which does not get that click: a look, and its items around it."""
        from playwright.sync_api import Error

        with translated(self.tabs.stop):
            try:
                node = self.page.pick_locator().element_handle(timeout=ACT_SECONDS * 1000)
                look = self.look(rows=rows, ids=True, frame=node.owner_frame())
                return look, look.around(node)
            except Error as error:
                if is_gone(error):
                    raise
                return self.look(), []  # the page drew itself anew under the pointer

    def until(self, check: Callable[[], T], seconds: float, every: float = _POLL_SECONDS) -> T | None:
        """Ask ``check`` again and again until it gives something, at most ``seconds``; None if it never does."""
        deadline = time.monotonic() + seconds
        while True:
            self.tabs.stop.check()
            if answer := check():
                return answer
            if time.monotonic() >= deadline:
                return None
            self.rest(every)

    def rest(self, seconds: float) -> None:
        """Let the page go on for a moment."""
        with translated(self.tabs.stop):
            self.page.wait_for_timeout(seconds * 1000)

    def act(self, what: str, action: Callable[[], None]) -> None:
        """Do one thing to the page; a refusal becomes PageNotLoaded with what was being done, never with values."""
        from playwright.sync_api import Error

        with translated(self.tabs.stop):
            self.come_to_front()
            self.touched = True
            try:
                action()
            except Error as error:
                if is_gone(error):
                    raise
                if "not attached" in str(error):
                    raise Redrawn from None
                raise PageNotLoaded(
                    what,
                    expected=_("the page to accept it within {seconds} seconds").format(seconds=int(ACT_SECONDS)),
                    seen=_("it was covered, moving or disabled"),
                    todo=_("Look at the browser window, close what covers the page, and run the command again."),
                ) from None

    def type_secret(self, handle: ElementHandle, secret: Secret, origin: str) -> None:
        """Type a secret by the browser's own text input, only into a page of ``origin``, over https or on loopback.

        ``fill`` is not used: Playwright quotes its value in error texts and logs.
        """
        here = str(handle.evaluate("(field) => field.ownerDocument.location.origin"))  # a frame has its own
        parts = urlsplit(here)
        safe = parts.scheme == "https" or is_loopback(parts.hostname or "")
        if not safe or here != origin_of(origin):
            raise AutoconfigureError(
                _("About to type a password."),
                expected=_("a page of {origin}").format(origin=origin_of(origin)),
                seen=_("a page of {origin}").format(origin=here),
                todo=_("Nothing was typed. Check the addresses in your settings."),
                code="page.changed",
            )
        handle.fill("")
        handle.focus()
        self.cdp.send("Input.insertText", {"text": secret.open()})
        if handle.evaluate("(field) => field.value.length") != len(secret.open()):
            raise AutoconfigureError(
                _("Typing a password."),
                expected=_("the field to take all of it"),
                seen=_("a field that took none or only a part"),
                todo=_("Nothing was sent. Do this step by hand in the browser, or report the changed page."),
                code="page.changed",
            )


def origin_of(url: str) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def _without_address(text: str) -> str:
    return text.split(" at http")[0].replace("Page.goto: ", "")
