"""What changed, in sentences for people, and the lines of a page before and after, side by side."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from automation.element import Item, in_words
from automation.messages import _
from automation.recording.drift import Drift, ElementDrift
from automation.recording.view import View
from automation.shown import Generation, Shown

_AROUND = 3  # lines of the page to show before and after a change
_NO_LINE: tuple[str | None, bool] = (None, False)


@dataclass(frozen=True)
class Line:
    """One line of a page before and after; None on the side where it is not. ``is_it``: the very thing that changed."""

    old: str | None
    new: str | None
    is_it: bool = False


def sentence(change: ElementDrift) -> str:
    """What happened to one element."""
    old, new = change.old.name if change.old else "", change.new.name if change.new else ""
    what = _(change.element.called) if change.element else ""
    if change.change == "renamed":
        return _("{what} was “{old}” and is “{new}” now.").format(what=what, old=old, new=new)
    if change.change == "moved":
        return _("{what} moved from “{old}” to “{new}”.").format(
            what=what, old=change.old_place or "-", new=change.new_place or "-"
        )
    if change.change == "gone":
        return _("{what} (“{old}”) is gone.").format(what=what, old=old)
    if change.change == "new":
        what = in_words(change.new.role, new) if change.new else ""
        return _("New on the way: {what} in “{place}”.").format(what=what, place=change.new_place or "-")
    if change.change == "unclear":
        return not_found(change)
    return _("{what} is as it was.").format(what=what)


def not_found(change: ElementDrift) -> str:
    """That one element is not found for sure, and what may be it."""
    what = _(change.element.called) if change.element else ""
    if change.new:
        return _("{what} is not found for sure: “{new}” may be it.").format(what=what, new=change.new.name)
    return _("{what} is not found under any name I know.").format(what=what)


def what_to_do(drifts: Iterable[Drift]) -> list[str]:
    """What a person can do about what a first look did not find: no older look says that it was ever there."""
    if not any(drift.is_first and drift.unknown for drift in drifts):
        return []
    return [
        _(
            "“?”: if the page has it under another name, an ordinary run asks you to show it, and “autoconfigure learned"
            " --patch” makes that name known. If the page is right without it, nothing is to be done: this look is the one"
            " that later ones are compared with, once it is kept."
        )
    ]


def in_a_word(change: ElementDrift) -> str:
    """What happened to one element, as short as can be."""
    if change.old is None and change.change == "same":
        return _("found") if change.new and change.found != "candidate" else _("not found")
    return {
        "same": _("as before"),
        "renamed": _("renamed"),
        "moved": _("moved"),
        "unclear": _("not found for sure"),
        "gone": _("gone"),
        "new": _("new on the way"),
    }[change.change]


def before_and_now(change: ElementDrift) -> tuple[str, str]:
    """What differs of one element: its names, or where it stood and stands."""
    if change.change == "moved":
        return change.old_place or "–", change.new_place or "–"
    return change.old.name if change.old else "–", change.new.name if change.new else "–"


def page_changes(drift: Drift) -> list[tuple[str, str, str]]:
    """What is otherwise with the page as a whole: a sentence, and what it was and is."""
    said = []
    if drift.other_language and drift.old:
        old, new = language(drift.old.lang), language(drift.new.lang)
        said.append((_("The page is in {new} now; it was in {old}.").format(new=new, old=old), old, new))
    if drift.other_generation:
        old, new = (_(one.called) if one else "–" for one in drift.other_generation)
        said.append((_("The page has another form, which I know too: {new}.").format(new=new), old, new))
    return said


def form(drift: Drift, shown: Sequence[Shown]) -> str:
    """What people call the generation that a page shows now; nothing where it has none."""
    named = {group.generation.name: group.generation for group in shown if group.generation}
    now: Generation | None = named.get(drift.new.generation or "")
    return _(now.called) if now else ""


def language(lang: str) -> str:
    """The name of a language."""
    return {"en": _("English"), "ja": _("Japanese")}[lang]


def how_found(change: ElementDrift) -> str:
    """By what evidence an element is found now."""
    return {
        "first": _("by its newest wording"),
        "known": _("by another known wording"),
        "learned": _("by what you showed me"),
        "assigned": _("by the rest of the page"),
        "candidate": _("only a candidate; I would ask"),
        "none": _("not at all"),
    }[change.found]


def when_shown(group: Shown) -> str:
    """When a page shows elements that it need not show now."""
    if group.only:
        return _(group.only)
    if group.while_on is not None:
        return _("only while {what} is on").format(what=_(group.while_on.called))
    if group.in_row:
        return _("only in the row of your Outlook.com address")
    return (
        _("only where the page is another one: {form}").format(form=_(group.generation.called))
        if group.generation
        else ""
    )


def fragment(drift: Drift, change: ElementDrift) -> list[Line]:
    """The part of the page around a change, before and after."""
    before = _outlined(drift.old, change.old)
    after = _outlined(drift.new, change.new)
    lines = _aligned(before, after)
    at = next((n for n, line in enumerate(lines) if line.is_it), 0)
    return lines[max(0, at - _AROUND) : at + _AROUND + 1]


def _outlined(view: View | None, marked: Item | None) -> list[tuple[str | None, bool]]:
    return [(_line(item), item is marked) for item in view.items] if view else []


def _line(item: Item) -> str:
    state = "" if item.checked is None else " [✓]" if item.checked else " [ ]"
    return in_words(item.role, item.name) + state


def _aligned(before: Sequence[tuple[str | None, bool]], after: Sequence[tuple[str | None, bool]]) -> list[Line]:
    """Both sides as lines that stand beside each other: what is the same, then what went and came."""
    matcher = difflib.SequenceMatcher(None, [text for text, _it in before], [text for text, _it in after], False)
    pairs = [
        pair
        for _kind, a, b, c, d in matcher.get_opcodes()
        for pair in zip_longest(before[a:b], after[c:d], fillvalue=_NO_LINE)
    ]
    return [Line(old[0], new[0], old[1] or new[1]) for old, new in pairs]
