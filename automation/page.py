"""What every page can do: open, find its elements, act on them, and show evidence when it is not as we know it."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast
from urllib.parse import urlsplit

from automation.asking import Asking, ByHand, Target, ask_for, changed
from automation.element import Element, Found, Lesson, plain, resolve
from automation.errors import Covered, PageChanged
from automation.look import Look, Redrawn
from automation.messages import N_, _, listed, noted
from automation.picture import take_picture
from automation.settings import Secret
from automation.shown import Shown
from automation.sign_in_pages import is_sign_in
from automation.tab import ACT_SECONDS, Tab, origin_of

if TYPE_CHECKING:
    from playwright.sync_api import ElementHandle, Locator

    from automation.person import HandOver
    from automation.session import Session
    from automation.story import Moment

T = TypeVar("T")
Do = Literal["click", "type", "choose", "switch"]

# Sign-in servers forward a good session by themselves within about this time.
HOP_SECONDS = 1.5
# A field that is half filled in and has rested for this long was left.
PAUSE_SECONDS = 60.0
_STRANGER = object()
# Whether a click on an element would reach it. Playwright's trial click is seen by pages that listen early.
_LIES_FREE = """(element) => {
  const box = element.getBoundingClientRect();
  const hit = element.getRootNode().elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return element.contains(hit) || [...(element.labels ?? [])].some((label) => label.contains(hit));
}"""
# Pages such as Outlook's draw themselves seconds after they loaded.
PATIENT_SECONDS = 20.0


@dataclass(frozen=True)
class Act:
    """One thing done to an element: the verb, what is typed or chosen, and the address whose row is meant."""

    do: Do
    value: str | bool | Secret | None = None
    row: str | None = None


# How the report tells what was done.
DONE: dict[Do, str] = {
    "click": N_("clicked {what}"),
    "type": N_("filled in {what}"),
    "choose": N_("chose in {what}"),
    "switch": N_("switched {what}"),
}


class Page:
    """A web page as a person sees it. Subclasses name its elements and say what can be done there."""

    called = ""
    elements: tuple[Shown, ...] = ()  # what is looked for on it
    url = ""  # where the page lives; windows that the site opens by itself have none
    shows_secret = False  # no picture is ever taken
    # What of it a picture may show, and what of that is the person's own: selectors (see take_picture).
    part = ""
    personal = ""

    def __init__(self, session: Session, tab: Tab) -> None:
        self.session = session
        self.tab = tab

    # -- arriving -------------------------------------------------------------------------------------------------

    def arrive(self, url: str, ready: Callable[[], T | None], task: HandOver) -> T:
        """Open an address and wait until ``ready`` gives something.

        A sign-in, a re-authentication or any other page that asks for a password instead is handed to the person as
        ``task``. Raises PageChanged when the address opens but never gets ready.
        """
        self.session.shown = self.picture
        led_away = is_sign_in(self.tab.page.url) and self._typed() > 0
        if not led_away:  # nobody is torn away from a sign-in
            self.tab.go(url)
        stranger_since, go_back = 0.0, self._way_back(url)

        def ready_or_stranger() -> T | object | None:
            nonlocal stranger_since, led_away
            if (answer := ready()) is not None:
                return answer
            if not self._is_stranger(url):
                stranger_since = 0.0
                if led_away:  # neither a site's own hop nor a quick hand has to come back to this place
                    go_back()
                return None
            led_away, stranger_since = True, stranger_since or time.monotonic()
            # Sites hop over their sign-in server and back by themselves when the session is good.
            return _STRANGER if time.monotonic() - stranger_since > HOP_SECONDS else None

        answer = self.tab.until(ready_or_stranger, PATIENT_SECONDS)
        if answer is _STRANGER:
            return self.session.hand_over(task, self.tab, self.coming_back(url, ready))
        if answer is None:
            raise self.not_itself(url)
        return cast(T, answer)

    def coming_back(self, url: str, ready: Callable[[], T | None]) -> Callable[[], T | None]:
        """A proof for hand-overs that lead away from ``url``: goes back there once the person is through."""
        go_back = self._way_back(url)

        def ready_again() -> T | None:
            if (answer := ready()) is None:
                go_back()
            return answer

        return ready_again

    def _way_back(self, url: str) -> Callable[[], None]:
        """Goes back to ``url`` from elsewhere on its site, once nothing there has moved for a while; to be called on and on."""
        seen: tuple[str, int] | None = None
        since, went = 0.0, float("-inf")

        def go_back() -> None:
            nonlocal seen, since, went
            now, moment = (self.tab.page.url, self._typed()), time.monotonic()
            if now != seen or _is_same_place(now[0], url) or self._is_stranger(url):
                seen, since = now, moment
            # A site may lead on to another address of its own, and draw it late: each time it gets as long as any page.
            elif moment - since > (PAUSE_SECONDS if now[1] else HOP_SECONDS * 2) and moment - went > PATIENT_SECONDS:
                went, self.tab.stale = moment, True
                self.tab.go(url)

        return go_back

    def _typed(self) -> int:
        """How many signs stand in the field in use: a site may ask for more after a sign-in, and nobody is led away then."""
        from playwright.sync_api import Error

        try:
            return int(self.tab.page.evaluate(_TYPED))
        except Error:
            self.session.tabs.stop.check()
            return 0

    def _is_elsewhere(self, url: str) -> bool:
        """Whether the tab shows another site than that of ``url``, or a sign-in page by its address."""
        here = self.tab.page.url
        if here.startswith(("http:", "https:")) and origin_of(here) != origin_of(url):
            return True
        return is_sign_in(here)

    def _is_stranger(self, url: str) -> bool:
        """Whether the tab shows another site than asked for, or a page that wants a password or a code."""
        return self._is_elsewhere(url) or any(i.role == "password" for i in self.tab.look(("password",)).items)

    def not_itself(self, url: str) -> PageChanged:
        """The error for a page that opened but shows nothing we know."""
        return PageChanged(
            _("Opening {page}.").format(page=_(self.called)),
            expected=_("the page at {url} as I know it").format(url=url.split("?")[0]),
            seen=_("a page at {where} without anything I know").format(where=self.tab.where()),
            todo=_("Nothing was clicked. Look at the page in the browser, and report the change with the evidence."),
            evidence=self.evidence(),
        )

    # -- finding --------------------------------------------------------------------------------------------------

    def seek(self, element: Element, row: str | None = None, seconds: float = 0.0) -> Target | None:
        """The element if it is surely there within ``seconds``, else None. Asks nobody."""

        def there() -> Target | None:
            look, found = self._resolve(element, row)
            return Target(element, found.item, look) if found.item else None

        return self.tab.until(there, seconds)

    def find(self, element: Element, row: str | None = None, seconds: float = PATIENT_SECONDS) -> Target:
        """The element, waiting for it; if the evidence stays too weak the person is asked. Raises PageChanged."""
        answer = self._find(element, row, seconds)
        assert isinstance(answer, Target)
        return answer

    def _find(self, element: Element, row: str | None, seconds: float, act: Act | None = None) -> Target | ByHand:
        """The element, or the word that the person did the act by hand."""
        target = self.seek(element, row, seconds)
        if target is None and (site := self._interrupted()):
            # A session that ran out, "stay signed in?": the person's, at any moment.
            return self.session.hand_over(
                sign_in_again(), self.tab, self.coming_back(site, lambda: self.seek(element, row))
            )
        if target:
            return target
        look, found = self._resolve(element, row)
        if found.item:
            return Target(element, found.item, look)
        return ask_for(self._asking(element, row, by_hand(act, element)), look, found)

    def _resolve(self, element: Element, row: str | None) -> tuple[Look, Found]:
        return self.tab.resolve(element, row, self.lessons(element))

    def lessons(self, element: Element) -> tuple[Lesson, ...]:
        """What a person showed us to be an element of this page."""
        return self.session.memory.of(self.tab.page.url, self.called, element.called)

    def _interrupted(self) -> str | None:
        """The address to come back to, if the tab shows a sign-in page instead of the site it is for."""
        return self.url if self.url and self._is_stranger(self.url) else None

    def which(self, seconds: float, **elements: Element) -> str | None:
        """The name of the first of several elements to be there; None if none comes within ``seconds``."""

        def one_of_them() -> str | None:
            lessons = {name: self.lessons(e) for name, e in elements.items()}
            roles = {role for e in elements.values() for role in e.roles}
            items = self.tab.look((*roles, *(lesson.role for shown in lessons.values() for lesson in shown))).items
            there = (name for name, e in elements.items() if resolve(e, items, learned=lessons[name]).item)
            return next(there, None)

        return self.tab.until(one_of_them, seconds)

    # -- acting ---------------------------------------------------------------------------------------------------

    def click(self, element: Element, row: str | None = None, seconds: float = PATIENT_SECONDS) -> None:
        """Click an element."""
        self._act(_("Clicking {what}"), Act("click", row=row), element, click_on, row, seconds)

    def write(self, element: Element, text: str) -> None:
        """Put a text into a field, unless it is there already."""
        act = Act("type", text)
        target = self._find(element, None, PATIENT_SECONDS, act)
        if isinstance(target, Target) and target.item.value != text:
            fill: Action = lambda handle: handle.fill(text, timeout=ACT_SECONDS * 1000)  # noqa: E731
            self._act(_("Filling in {what}"), act, element, fill, target=target)

    def write_secret(self, element: Element, secret: Secret, origin: str) -> None:
        """Type a secret into a field of a page of ``origin``."""
        typing: Action = lambda handle: self.tab.type_secret(handle, secret, origin)  # noqa: E731
        self._act(_("Filling in {what}"), Act("type", secret), element, typing)

    def switch(self, element: Element, on: bool) -> bool:
        """Put a switch, check box or radio button into a state; says whether that was a change."""
        act = Act("switch", on)
        target = self._find(element, None, PATIENT_SECONDS, act)
        if isinstance(target, ByHand):
            return True
        if target.item.checked is on:
            return False
        self._act(_("Switching {what}"), act, element, click_on, target=target)
        settled = self.tab.until(lambda: (again := self.seek(element)) and again.item.checked is on, ACT_SECONDS)
        if not settled:
            raise self.changed(element, Found(target.item), _("it did not change when it was clicked"))
        return True

    def _act(
        self,
        doing: str,
        act: Act,
        element: Element,
        action: Action,
        row: str | None = None,
        seconds: float = PATIENT_SECONDS,
        target: Target | None = None,
    ) -> None:
        """Find an element and do one thing to it; found again when the page draws it anew just then."""
        what = noted(doing.format(what=_(element.called)), _(self.called))
        for _try in range(5):
            found = target or self._find(element, row, seconds, act)
            if isinstance(found, ByHand):
                return
            try:
                self._show(found)
                handle = found.handle()
                with self.tab.tabs.recording(act, found, self.tab):
                    self.tab.act(what, lambda handle=handle: action(handle))  # type: ignore[misc]  # bound per round
                self.session.story.acted(noted(_(DONE[act.do]).format(what=_(element.called)), _(self.called)))
                return
            except Redrawn:
                target = None
            except Covered as covered:
                self._uncover(element, row, covered)
                target = None
        raise self.changed(element, Found(None), _("the page draws it anew all the time"))

    def _uncover(self, element: Element, row: str | None, covered: Covered) -> None:
        """Let the person close what lies over the page: an offer or a hint of the site. Raises ``covered`` for nobody."""
        if self.session.person.no_input:
            raise covered
        self.session.hand_over(uncovering(_(element.called)), self.tab, lambda: self._is_free(element, row))

    def _is_free(self, element: Element, row: str | None) -> bool:
        from playwright.sync_api import Error

        with suppress(Error):
            if target := self.seek(element, row):
                return lies_free(target.handle())
        return False

    def choose(self, element: Element, *labels: str) -> str:
        """Choose the first of ``labels`` that a list offers, by its text or value; gives the label chosen."""
        target = self._find(element, None, PATIENT_SECONDS, Act("choose", labels[0]))
        if isinstance(target, ByHand):
            return labels[0]
        for label in labels:
            for option in target.item.options:
                if plain(label) in (plain(option["text"]), plain(option["value"])):
                    if not option["selected"]:
                        act = Act("choose", option["text"])
                        self._act(_("Choosing in {what}"), act, element, selecting(option["value"]), target=target)
                    return label
        offered = listed(o["text"] for o in target.item.options)
        raise self.changed(element, Found(None), _("it offers: {options}").format(options=offered or "-"))

    def _show(self, target: Target) -> None:
        """While somebody watches, give the eye a moment to find what is about to be clicked."""
        if self.session.person.watch:
            from automation.person import show_banner

            words = {
                "step": self.session.person.progress,
                "title": self.session.now,
                "detail": _(target.element.called),
                "yours": False,
            }
            self.tab.come_to_front()
            show_banner(self.tab, words, target.handle())
            self.tab.rest(self.session.pace)

    # -- when the evidence is not good enough -----------------------------------------------------------------------

    def _asking(self, element: Element, row: str | None = None, instead: str = "") -> Asking:
        session, key = self.session, (self.called, element.called)
        return Asking(session.person, self.tab, element, self.called, key, session.memory, self.evidence, row, instead)

    def changed(self, element: Element, found: Found, seen: str = "") -> PageChanged:
        """The error that says what we looked for, what was there instead, and where the picture is."""
        return changed(self._asking(element), found, seen)

    def evidence(self) -> str:
        """A picture of the page as it is when something is wrong with it; its path, or nothing."""
        return self.picture("stopped")

    def picture(self, moment: Moment) -> str:
        """A picture for the report, with everything private covered; its path, or nothing."""
        if self.shows_secret or self.tab.page.is_closed():
            return ""
        words = self.session.private_words
        taken = take_picture(self.tab, self.session.pictures, words, self.readable_part, self.personal)
        self.session.story.pictured(taken, _(self.called), moment)
        return taken

    @property
    def readable_part(self) -> str:
        """What of the page a picture may show: elsewhere on the same site the same part may hold mail."""
        is_here = self.tab.page.url.partition("?")[0] == self.url.partition("?")[0]
        return self.part if is_here or not self.url else ""


def by_hand(act: Act | None, element: Element) -> str:
    """What a person is told to do instead of us; nothing where only we can do it, as with a secret."""
    sayings = {
        "click": _("click {what}."),
        "type": _("type “{text}” into {what}."),
        "switch": _("switch {what} on.") if act and act.value else _("switch {what} off."),
        "choose": _("choose “{text}” in {what}."),
    }
    if act is None or act.do not in sayings or isinstance(act.value, Secret):
        return ""
    return sayings[act.do].format(what=_(element.called), text=act.value)


_TYPED = """() => {
  const field = document.activeElement;
  const isText = !!field && /^(INPUT|TEXTAREA)$/.test(field.tagName)
    && !/^(button|submit|reset|checkbox|radio|image)$/.test(field.type);
  return isText ? field.value.length : 0;
}"""


def _is_same_place(here: str, wanted: str) -> bool:
    """Whether two addresses name one place: sites add to the query as they like, and lose the fragment in a sign-in."""
    parts, asked = urlsplit(here), urlsplit(wanted)
    return parts[:3] == asked[:3] and (not asked.fragment or parts.fragment == asked.fragment)


Action = Callable[["Locator"], None]


def sign_in_again() -> HandOver:
    """What the person is asked for when a session ran out."""
    from automation.person import HandOver

    return HandOver(
        "sign-in",
        _("The site wants you to sign in again, in the browser window."),
        _("the page we were on shows again."),
        did=_("you signed in again"),
    )


def click_on(handle: ElementHandle | Locator, **how: Any) -> None:
    """Click an element, without waiting for the page that may follow."""
    # Gmail takes up to 90 s for one, and who clicks looks for it anyway.
    handle.click(timeout=ACT_SECONDS * 1000, no_wait_after=True, **how)


def lies_free(handle: Locator) -> bool:
    """Whether a click on an element would reach it."""
    return bool(handle.evaluate(_LIES_FREE))


def uncovering(what: str) -> HandOver:
    """What lies over the page is the person's to close; ``what`` lies below it."""
    from automation.person import HandOver

    return HandOver(
        "uncover",
        _("Something lies over the page. Please close it in the browser window; I never click such things away."),
        _("{what} can be clicked.").format(what=what),
        did=_("you closed what lay over the page"),
    )


def selecting(value: str) -> Action:
    """Choosing an option of a list by its value."""

    def select(handle: Locator) -> None:
        handle.select_option(value=value, timeout=ACT_SECONDS * 1000)

    return select
