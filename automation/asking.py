"""The question to a person when a page is not as we know it: is it this, show it to me, do it yourself, or stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from automation.element import Element, Found, Item, class_of, in_row
from automation.errors import PageChanged
from automation.look import Look
from automation.messages import _, listed, noted, quoted
from automation.tab import Tab

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from automation.learned import Memory
    from automation.person import Person


@dataclass(frozen=True)
class Target:
    """An element found on a page, ready to be acted on."""

    element: Element
    item: Item
    look: Look

    def handle(self) -> Locator:
        """The page's own element."""
        return self.look.handle(self.item)


class ByHand:
    """The person did this step in the browser."""


@dataclass(frozen=True)
class Asking:
    """What a question is about: the element, on a page that people call ``page``, in the row of a mail address if any.

    ``key`` is the English name under which an answer is learned: page and element, or recording and step. ``picture``
    makes a picture of the page and gives its path. ``by_hand`` tells the person what to do instead of us; where it is
    empty that is not offered.
    """

    person: Person
    tab: Tab
    element: Element
    page: str
    key: tuple[str, str]
    memory: Memory
    picture: Callable[[], str]
    row: str | None = None
    by_hand: str = ""


def ask_for(asking: Asking, look: Look, found: Found) -> Target | ByHand:
    """Ask which element is meant, the candidates first; what the person shows is learned, except under ``--yes``.

    Raises PageChanged, with the candidates, when nobody can answer or the person says stop.
    """
    person, element = asking.person, asking.element
    if not person.can_answer:
        raise changed(asking, found)
    person.warn(_not_found(asking))
    for number, candidate in enumerate(found.candidates, 1):
        _frame(asking, look, candidate)
        question = _("Is the framed “{new}” {what}?").format(new=_described(candidate), what=_known_as(element))
        if len(found.candidates) > 1:
            question = noted(question, f"{number}/{len(found.candidates)}")
        answer = person.choose(question, _answers(asking, candidate=True), key="page.changed")
        if answer == "y":
            return _taken(asking, Target(element, candidate, look))
        if answer != "n":
            return _answered(asking, found, answer)
    return _answered(asking, found, person.choose(_can_you_see(asking), _answers(asking), key="page.changed"))


def changed(asking: Asking, found: Found, seen: str = "") -> PageChanged:
    """The error that says what we looked for, what was there instead, and where the picture is."""
    names = listed(quoted(i.name) for i in found.candidates)
    if not seen and len(found.candidates) > 1:
        seen = _("several that could be it: {names}").format(names=names)
    elif not seen and found.candidates:
        seen = _("only something like it: {names}").format(names=names)
    return PageChanged(
        _not_found(asking),
        expected=" / ".join(dict.fromkeys(asking.element.words.all())) or _(asking.element.called),
        seen=seen or _("nothing like it"),
        todo=_(
            "Nothing was clicked. Do this step by hand in the browser, or report the changed page with the evidence."
        ),
        evidence=asking.picture(),
        candidates=[c.described() for c in found.candidates],
    )


def _answers(asking: Asking, candidate: bool = False) -> dict[str, str]:
    about_it = {"y": _("yes, it is"), "n": _("no")} if candidate else {}
    by_hand = {"h": _("I do this step by hand")} if asking.by_hand else {}
    return {**about_it, "p": _("let me point at it"), **by_hand, "s": _("stop here")}


def _answered(asking: Asking, found: Found, answer: str) -> Target | ByHand:
    while answer == "p":
        if target := _picked(asking):
            return _taken(asking, target)
        answer = asking.person.choose(_can_you_see(asking), _answers(asking), key="page.changed")
    if answer == "h":
        return _done_by_hand(asking, found)
    raise changed(asking, found)


def _frame(asking: Asking, look: Look, candidate: Item) -> None:
    """Show the candidate on the page, with the old wording beside the new."""
    from automation.person import show_banner

    words = {
        "step": asking.person.progress,
        "title": _("Is this {what}?").format(what=_(asking.element.called)),
        "detail": _("until now: {old}\nnow: {new}\nPlease answer in the terminal.").format(
            old=_old(asking.element), new=_described(candidate)
        ),
        "yours": True,
    }
    asking.tab.come_to_front()
    show_banner(asking.tab, words, look.handle(candidate))


def _taken(asking: Asking, target: Target) -> Target:
    """The target, learned for the next time."""
    from automation.person import clear_banner

    clear_banner(asking.tab)
    item, old = target.item, tuple(dict.fromkeys(asking.element.words.all()))
    if item.name:
        kept = asking.memory.learn(asking.tab.page.url, *asking.key, item, old)
        asking.person.say(
            _("I will remember “{new}” for this site; “autoconfigure learned” lists it.").format(new=item.name)
            if kept
            else _("I remember “{new}” for this run.").format(new=item.name)
        )
    return target


def _picked(asking: Asking) -> Target | None:
    """What the person clicks on; the page does not get that click. What cannot be it is said to be so, and None."""
    from automation.person import show_banner

    said, what = _("Click on it in the browser window."), _(asking.element.called)
    asking.person.say("☞ " + said, style="bold yellow")
    asking.tab.come_to_front()
    title = _("Show me {what}").format(what=what)
    show_banner(asking.tab, {"step": asking.person.progress, "title": title, "detail": said, "yours": True}, None)
    look, items = asking.tab.picked(rows=asking.row is not None)
    fitting = next((i for i in items if _is_possible(asking.element, i)), None)
    if fitting and in_row(fitting, asking.row):
        return Target(asking.element, fitting, look)
    if fitting:
        asking.person.warn(_("That is not in the row of {address}.").format(address=asking.row))
    else:
        seen = _described(items[0]) if items else _("nothing that can be used")
        asking.person.warn(_("You pointed at “{seen}”; {what} is of another kind.").format(seen=seen, what=what))
    return None


def _is_possible(element: Element, item: Item) -> bool:
    """Whether an element can be meant that has another role than we know: a link for a button, never for a field."""
    kinds = [class_of(role) for role in element.roles if role != "combobox"]
    return item.role in element.roles or (item.role != "combobox" and class_of(item.role) in kinds)


def _done_by_hand(asking: Asking, found: Found) -> ByHand:
    """Let the person do the step, and say when it is done."""
    if not left_to(asking.person, asking.tab, _("In the browser window: {what}").format(what=asking.by_hand)):
        raise changed(asking, found)
    return ByHand()


def left_to(person: Person, tab: Tab, said: str) -> bool:
    """Let the person do something that only they can tell to be done; False where they stop instead.

    Raises NeedsPerson when nobody is there to say so.
    """
    from automation.person import clear_banner, show_banner

    tab.come_to_front()
    detail = _("Say in the terminal when it is done.")
    show_banner(tab, {"step": person.progress, "title": said, "detail": detail, "yours": True}, None)
    tab.tabs.person_is_acting = tab.touched = True
    try:
        answer = person.choose("☞ " + said, {"d": _("it is done"), "s": _("stop here")}, key="by-hand")
    finally:
        tab.tabs.person_is_acting = False
        clear_banner(tab)
    if answer == "d":
        person.actions.append("by-hand")
    return answer == "d"


def _can_you_see(asking: Asking) -> str:
    return _("Can you see {what} in the browser?").format(what=_known_as(asking.element))


def _known_as(element: Element) -> str:
    """What we call an element, and how the page called it, unless that says the same."""
    what, old = _(element.called), _old(element)
    return what if old in what else _("{what} (known as “{old}”)").format(what=what, old=old)


def _old(element: Element) -> str:
    return " / ".join(dict.fromkeys(element.words.all()[:3])) or "-"


def _described(item: Item) -> str:
    return item.name or item.ids.get("name") or item.html or item.role


def _not_found(asking: Asking) -> str:
    return _("On {page} ({where}) I cannot find {what}.").format(
        page=_(asking.page), where=asking.tab.where(), what=_(asking.element.called)
    )
