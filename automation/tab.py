"""One tab or window of ours: opening addresses in it, looking at it, acting in it, typing secrets."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from automation.driver_errors import first_line, is_gone, translated
from automation.element import Element, Found, Item, Lesson, resolve
from automation.errors import AutoconfigureError, Covered, PageNotLoaded
from automation.look import Look, Redrawn, take_look, was_redrawn
from automation.messages import _
from automation.settings import Secret, is_loopback

if TYPE_CHECKING:
    from playwright.sync_api import Frame, Locator, Page, Request

    from automation.tabs import Tabs

T = TypeVar("T")

LOAD_SECONDS = 45.0  # a page that has shown nothing by then is not coming
ACT_SECONDS = 10.0  # an element that was found but cannot be clicked by then is covered or moving
_POLL_SECONDS = 0.05


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

    @property
    def awaited(self) -> frozenset[Request]:
        """What is on its way from the server now."""
        return frozenset(self._awaited)

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
        whole_rows: bool = False,
    ) -> Look:
        """What the page, or one frame of it, shows now; with ``ids``, the attributes that name each item too.

        ``personal`` is a selector for what is the person's own; ``plain`` are texts of things without any role that are
        to be shown too, as "generic"; with ``whole_rows``, each item tells all that its row says. A loading page shows nothing.
        """
        from playwright.sync_api import Error

        place = frame or self.page
        with translated(self.tabs.stop):
            try:
                wanted = {"roles": roles, "rows": rows, "wholeRows": whole_rows, "ids": ids}
                return take_look(place, {**wanted, "personal": personal, "plain": plain})
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
                if was_redrawn(error):
                    raise Redrawn from None
                kind = Covered if "intercepts pointer events" in str(error) else PageNotLoaded
                raise kind(
                    what,
                    expected=_("the page to accept it within {seconds} seconds").format(seconds=int(ACT_SECONDS)),
                    seen=_("it was covered, moving or disabled"),
                    todo=_("Look at the browser window, close what covers the page, and run the command again."),
                ) from None

    def type_secret(self, handle: Locator, secret: Secret, origin: str) -> None:
        """Type a secret by the browser's own text input, only into a page of ``origin``, over https or on loopback.

        ``fill`` is not used: Playwright quotes its value in error texts and logs.
        """
        here = str(handle.evaluate("(field) => field.ownerDocument.location.origin"))  # a frame has its own
        if not may_take_secret(here, origin):
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


def may_take_secret(url: str, origin: str) -> bool:
    """Whether a page of this address may be given a secret for a site: it is of that site, by https or on loopback."""
    parts = urlsplit(url)
    return (parts.scheme == "https" or is_loopback(parts.hostname or "")) and origin_of(url) == origin_of(origin)


def origin_of(url: str) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def _without_address(text: str) -> str:
    return text.split(" at http")[0].replace("Page.goto: ", "")
