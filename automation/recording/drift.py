"""What changed on a page since an older look at it: element by element, and what is new on the way."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from automation.element import (
    Element,
    Found,
    How,
    Item,
    Words,
    in_row,
    plain,
)
from automation.recording.assignment import assign
from automation.recording.patching import Proposal
from automation.recording.view import ROW, View, knows, reads_like_ours, sights
from automation.shown import Generation, Shown

Change = Literal["same", "renamed", "moved", "unclear", "gone", "new"]

# From this likeness on an element of the new page may be what an old one has become; a person has to say.
WORTH_SHOWING = 0.3


@dataclass(frozen=True)
class ElementDrift:
    """One element: how it is found now, and what it was and is. ``element`` is None for what is new on the way."""

    name: str
    found: How
    change: Change
    old: Item | None = None
    new: Item | None = None
    element: Element | None = None
    old_place: str | None = None
    new_place: str | None = None

    def as_json(self) -> dict[str, Any]:
        """As ``check --json`` tells it."""
        found = "candidate" if self.found == "assigned" else self.found
        return {
            "name": self.name,
            "called": self.element.called if self.element else None,
            "found": found,
            "assigned": self.found == "assigned",
            "change": self.change,
            "role": (self.new or self.old or _NOTHING).role or None,
            "old": self.old.name if self.old else None,
            "new": self.new.name if self.new else None,
            "old_place": self.old_place,
            "new_place": self.new_place,
        }


@dataclass(frozen=True)
class Drift:
    """One page compared with an older look at it, or with nothing (``old`` is None).

    ``other_generation``: the known generation that the provider showed before, if any, and the one shown now.
    """

    new: View
    old: View | None
    elements: tuple[ElementDrift, ...]
    hidden: tuple[tuple[str, Shown], ...] = ()  # elements that the page need not show now, and when it does
    other_generation: tuple[Generation | None, Generation] | None = None

    @property
    def other_language(self) -> bool:
        """Whether the page speaks another language than it did."""
        return self.old is not None and self.old.lang != self.new.lang

    @property
    def is_first(self) -> bool:
        """Whether there is no older look at the page in this language and generation."""
        old, new = self.old, self.new
        return old is None or (old.lang, old.generation) != (new.lang, new.generation or "")

    @property
    def changes(self) -> list[ElementDrift]:
        """What is not as it was. Of a page in another language only what is not found in that language either."""
        return [e for e in self.elements if e.change != "same"]

    @property
    def unknown(self) -> list[ElementDrift]:
        """What should be there, is not found under any name we know, and was not at the older look either."""
        return [e for e in self.elements if e.change == "same" and e.found in ("candidate", "none")]

    @property
    def is_changed(self) -> bool:
        """Whether the provider changed anything. The language is the person's own choice."""
        return bool(self.changes) or self.other_generation is not None

    def proposals(self) -> list[Proposal]:
        """New wordings of known elements, for a person to judge."""
        return [
            Proposal(e.element, self.new.lang, e.new.name)
            for e in self.changes
            if e.element and e.new and e.new.name and "${" not in e.new.name and not e.element.words.sure_of(e.new.name)
        ]


_NOTHING = Item(-1, "", (), (), True, None, None, (), None, None, "")


def compare(shown: Sequence[Shown], names: Mapping[int, str], old: View | None, new: View) -> Drift:
    """How each element is found, and what changed since an older look. ``names``: what elements are called, by id()."""
    comparison = _Comparison(shown, names, old, new)
    elements, hidden = tuple(comparison.elements()), tuple(comparison.hidden())
    return Drift(new, old, elements, hidden, comparison.other_generation())


class _Comparison:
    def __init__(self, shown: Sequence[Shown], names: Mapping[int, str], old: View | None, new: View) -> None:
        self._shown, self._names, self._old, self._new = shown, names, old, new
        self._is_translated = old is not None and old.lang != new.lang
        # Where nothing of any generation is there, what the last look showed is missed.
        self._generation = old.generation if old and new.generation is None else new.generation
        self._sights = sights(shown, new.items, new.learned)
        self._old_sights = sights(shown, old.items, {}) if old else {}
        self._claimed = {id(f.item) for f in self._sights.values() if f.item}
        self._places = Places(new.items)
        self._old_places = Places(old.items if old else ())
        self._became: dict[int, Item] = {}
        self._came: list[Item] = []
        for one, other, likeness in assign(old.items, new.items) if old else []:
            if old and one is not None and other is not None and likeness >= WORTH_SHOWING:
                self._became[id(old.items[one])] = new.items[other]
            elif other is not None:
                self._came.append(new.items[other])

    def elements(self) -> list[ElementDrift]:
        """All that the page should show now, then what is new on the way to it."""
        drifts = [
            self._element(group, element)
            for group in self._shown
            for element in group.elements
            if self._is_due(group, element)
        ]
        return [*drifts, *self._new_on_the_way(drifts)]

    def hidden(self) -> list[tuple[str, Shown]]:
        """The elements that are neither there nor due."""
        everything = ((group, element) for group in self._shown for element in group.elements)
        return [(self._names[id(e)], group) for group, e in everything if not self._is_due(group, e)]

    def other_generation(self) -> tuple[Generation | None, Generation] | None:
        """The generation before and now, where the provider shows another one that we know."""
        if self._old is None or self._new.generation in (None, self._old.generation):
            return None
        known = {group.generation.name: group.generation for group in self._shown if group.generation}
        now = known.get(self._new.generation or "")
        return (known.get(self._old.generation or ""), now) if now and not now.chosen else None

    def _is_due(self, group: Shown, element: Element) -> bool:
        return self._sights[id(element)].item is not None or self._belongs(group)

    def _belongs(self, group: Shown) -> bool:
        """Whether the page should show a group of elements now."""
        if group.only or (group.generation and group.generation.name != self._generation):
            return False
        if group.in_row and not self._has_row(group):
            return False
        if group.unless is not None and self._sights[id(group.unless)].item and not self._was_there(group):
            return False
        if group.while_on is not None:
            switch = self._sights[id(group.while_on)].item
            return switch is not None and switch.checked is True
        return True

    def _was_there(self, group: Shown) -> bool:
        """Whether an older look at this generation of the page has any of a group's elements."""
        if self._old is None or self._old.generation != self._generation:
            return False
        return any(self._old_sights[id(e)].item for e in group.elements)

    def _has_row(self, group: Shown) -> bool:
        """Whether the page has a row of the address, in the section of the group where it has one."""
        sections = [e.section for e in group.elements if isinstance(e.section, Words)]
        return any(
            in_row(item, ROW)
            and (item.personal or ROW in " ".join(item.sections).lower())
            and (not sections or any(section.know(s) for section in sections for s in item.sections))
            for item in self._new.items
        )

    def _element(self, group: Shown, element: Element) -> ElementDrift:
        name, found = self._names[id(element)], self._sights[id(element)]
        was = self._old_sights.get(id(element), Found(None)).item
        if found.item:
            was = was or self._unheard_of(found.item)
            return self._compared(ElementDrift(name, found.how, "same", was, found.item, element))
        if was is None:  # it was not found before either: nothing changed
            candidate = next((c for c in found.candidates if id(c) not in self._claimed), None)
            return ElementDrift(name, "candidate" if candidate else "none", "same", None, candidate, element)
        became = self._became.get(id(was))
        if became is None or id(became) in self._claimed:
            came = {id(item) for item in self._came} - self._claimed
            became = next((c for c in found.candidates if id(c) in came), None)
        if became is None:
            change: Change = "unclear" if self._is_translated else "gone"
            return ElementDrift(name, "none", change, was, None, element, self._old_places.of(was))
        how: How = "assigned" if _same_name(was, became) else "candidate"
        drift = self._compared(ElementDrift(name, how, "same", was, became, element))
        return drift if drift.change != "same" else replace(drift, change="unclear")

    def _unheard_of(self, item: Item) -> Item | None:
        """What an element was at the older look, where it had a name there that no wording of ours knows."""
        if self._old is None or self._is_translated or self._generation != self._old.generation:
            return None
        before = next((old for old in self._old.items if self._became.get(id(old)) is item), None)
        if before is None or (before.role, before.row_addresses) != (item.role, item.row_addresses):
            return None
        still_there = any(before.role == other.role and _same_name(before, other) for other in self._new.items)
        return None if still_there or reads_like_ours(before, self._shown) else before

    def _compared(self, drift: ElementDrift) -> ElementDrift:
        """The same with what changed: the name, or the place. In another language neither means anything.

        That the newest wording which we know has replaced another that we know is as it should be.
        """
        old, new = drift.old, drift.new
        if old is None or new is None or self._is_translated:
            return drift
        if not _same_name(old, new) and not (drift.found == "first" and drift.element and knows(drift.element, old)):
            return replace(drift, change="renamed")
        before, now = self._old_places.of_all(old), self._places.of_all(new)
        if before and now and not before & now and now & self._old_places.all:
            return replace(drift, change="moved", old_place=self._old_places.of(old), new_place=self._places.of(new))
        return drift

    def _new_on_the_way(self, drifts: list[ElementDrift]) -> list[ElementDrift]:
        """What came, is none of the elements we know, and stands where one of them does."""
        if self._old is None or self._is_translated or self._generation != self._old.generation:
            return []
        ours = [d.new for d in drifts if d.new]
        way = set().union(*(self._places.around(item) for item in ours)) if ours else set()
        known = {(i.role, plain(i.name)) for i in self._old.items}
        taken = {id(item) for item in ours}
        came = [
            i
            for i in self._came
            if id(i) not in taken
            and i.role != "heading"
            and (i.role, plain(i.name)) not in known
            and not reads_like_ours(i, self._shown)
            and not any("${" in text for text in (*i.names, *i.sections[:2]))
            and (not way or self._places.of_all(i) & way)
        ]
        return [
            ElementDrift(f"new-{n}", "none", "new", None, item, None, None, self._places.of(item))
            for n, item in enumerate(came, 1)
        ]


def _same_name(one: Item, other: Item) -> bool:
    return bool({plain(n) for n in one.names} & {plain(n) for n in other.names}) or not (one.names or other.names)


@dataclass
class Places:
    """Which sections of a page tell one part of it from another: those that several elements share, but not all."""

    items: Sequence[Item]
    all: set[str] = field(init=False)

    def __post_init__(self) -> None:
        telling = [i for i in self.items if i.role not in ("heading", "tab")]
        self._headings = {plain(name) for i in self.items if i.role == "heading" for name in i.names}
        self._count = Counter(s for i in telling for s in {plain(s) for s in i.sections})
        self.all = {
            s
            for s, many in self._count.items()
            if (many > 1 or s in self._headings)
            and many < len(telling)
            and "${" not in s
            and (s in self._headings or not re.search(r"\d", s))
        }

    def of_all(self, item: Item) -> set[str]:
        """The parts an element stands in."""
        return {plain(s) for s in item.sections} & self.all

    def around(self, item: Item) -> set[str]:
        """The smallest part it stands in, by its heading where it has one: not the whole pane, of which all is part."""
        parts = self.of_all(item)
        parts = parts & self._headings or parts
        least = min((self._count[s] for s in parts), default=0)
        return {s for s in parts if self._count[s] == least}

    def of(self, item: Item) -> str | None:
        """The nearest of them, as the page writes it."""
        return next((s for s in item.sections if plain(s) in self.all), None)
