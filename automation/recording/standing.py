"""Whether an element of a page stands where the wanted one stood when it was recorded.

What counts, on top of a known name and the other elements explained, and never for what is marked secret, account or
destructive:

- Its id is its own, and nothing else bears its name.
- It stands between its old neighbours, in any order with the same few in its container, or with most of them in its section.
- Only it stands in its nearest section, then and now.
- Of namesakes, it is the only one between the same two elements that share their names with nothing.
- A section it lost was lost by those who stood there with it; a text of its own was edited, or such texts went everywhere.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cached_property

from automation.element import Item, Risk, plain
from automation.recording.assignment import Likeness, Pair
from automation.recording.flow_file import NAMING, Want

WELL = 0.5  # the likeness from which on an old element counts as explained
# What a site itself calls an element; the place a link leads to is such a name too.
_NAMING = (*NAMING, "path")
_FEW = 8  # elements in one section that are company; more are a page
_TELLING = re.compile(r"\S*[@\d]\S*")  # an address or a number: no other wording of it is the same
# Words that come and go when a text is edited, and name nothing.
_SMALL = {
    "a",
    "an",
    "the",
    "to",
    "of",
    "for",
    "in",
    "on",
    "at",
    "by",
    "with",
    "from",
    "and",
    "or",
    "your",
    "my",
    "our",
    "is",
    "are",
    "this",
    "that",
}


class Standing:
    """The place that one element had on the recorded page (``model``), looked for among the items of the page now."""

    def __init__(self, place: int, want: Want, risk: Risk, model: list[Item], items: list[Item]) -> None:
        self._place, self._sections, self._model, self._items = place, want.sections, model, items
        self._is_marked = bool(risk)

    @cached_property
    def alike(self) -> Likeness:
        """How alike any two elements of the two pages are."""
        return Likeness(self._model, self._items)

    @cached_property
    def pairs(self) -> list[Pair]:
        """Which element of the recorded page is which of the new one."""
        return self.alike.assigned()

    def has_its_id(self, other: int) -> bool:
        """Whether the site calls an item as it called the wanted element, and nothing else so."""
        return self._is_called_as(self._place, other)

    def _is_called_as(self, place: int, other: int) -> bool:
        """Whether the site calls an item as it called an element once, and nothing else so, then and now."""
        ours, theirs = self._model[place].ids, self._items[other].ids
        return any(
            theirs.get(key) == ours[key]
            and sum(m.ids.get(key) == ours[key] for m in self._model) == 1
            and sum(i.ids.get(key) == ours[key] for i in self._items) == 1
            for key in _NAMING
            if key in ours
        )

    def is_swapped(self, other: int) -> bool:
        """Whether what only the wanted one had before it now says another address or number; where its id is numbered, anything else.

        Sites that number their ids by place give that of a thing to the one that comes in its stead.
        """
        lost = [t for t in self._then[self._place] if self._in_section[0][t] == 1 and t not in self._now[other]]
        if not lost or not self._new_own(self._place, other):
            return False
        is_numbered = any(text[-1:].isdigit() for text in self._naming.values())
        return (is_numbered or any(map(_TELLING.search, lost))) and not self._is_only_edited(lost, other)

    def is_numbered(self, other: int, among: Iterable[int]) -> bool:
        """Whether the site calls some others as it calls an item but for a number: such ids go by place."""
        ids = self._items[other].ids
        return any(
            key in ids
            and key in theirs
            and ids[key] != theirs[key]
            and _without_digits(ids[key]) == _without_digits(theirs[key])
            for theirs in (self._items[j].ids for j in among)
            for key in _NAMING
        )

    def is_doubtful(self, other: int) -> bool:
        """Whether an item has nothing of what the site called the wanted one, though it still calls elements as it did."""
        item = self._items[other]
        ours = {key: text for key, text in self._naming.items() if key != "path" or item.ids.get("tag") == "a"}
        if not ours or any(item.ids.get(key) == text for key, text in ours.items()):
            return False
        bearers = {(j, key) for j, i in enumerate(self._items) for key, text in ours.items() if i.ids.get(key) == text}
        if bearers:  # ids that are handed round name nobody; where a link leads is never handed round
            explained = {*self._partner.values()}
            return any(j not in explained or key == "path" or key not in item.ids for j, key in bearers)
        once = [(key, m.ids[key]) for m in self._model for key in ours if key in m.ids]
        if not self._is_marked:  # what several bear, as radios the name of their group, names none of them
            once = [one for one in once if once.count(one) == 1]
        now = {(key, i.ids[key]) for i in self._items for key in ours if key in i.ids}
        return 2 * sum(one in now for one in once) >= len(once)

    @cached_property
    def _naming(self) -> dict[str, str]:
        """What the site itself called the wanted element."""
        ids = self._model[self._place].ids
        return {key: ids[key] for key in _NAMING if key in ids}

    def has_its_neighbours(self, other: int) -> bool:
        """Whether the nearest elements before and after that are still there are the same, and as close to it as ever.

        At an end of the page there is one only, and a dialog may have come behind it: then it gained no section alone.
        """
        place, partner = self._place, self._partner
        there = {*partner.values()} - {other}
        then, here = self._mates_then_and_now(other)
        if then and here and not then & here:  # it went over to others
            return False
        once = (
            next((i for i in range(place - 1, -1, -1) if i in partner), None),
            next((i for i in range(place + 1, len(self._model)) if i in partner), None),
        )
        now = (
            next((j for j in range(other - 1, -1, -1) if j in there), None),
            next((j for j in range(other + 1, len(self._items)) if j in there), None),
        )
        if None in once and (beside := next((j for j in now if j is not None), None)) is not None:
            gained = {*sections_of(self._items[other])} - {*sections_of(self._model[place])}
            if gained - {*sections_of(self._items[beside])}:
                return False
        return once != (None, None) and all(
            old is new is None or (old is not None and partner[old] == new and self._as_close(place, old, other, new))
            for old, new in zip(once, now, strict=True)
        )

    @cached_property
    def _partner(self) -> dict[int, int]:
        """What each other element that is explained has become."""
        return {
            i: j for i, j, how in self.pairs if i is not None and j is not None and how >= WELL and i != self._place
        }

    def has_its_company(self, other: int) -> bool:
        """Whether its nearest section is the same and holds, as before, the same few others."""
        nearest = _nearest_section(self._model[self._place])
        if not nearest or nearest != _nearest_section(self._items[other]):
            return False
        once = [i for i, m in enumerate(self._model) if m.role != "heading" and nearest in sections_of(m)]
        now = {j for j, i in enumerate(self._items) if i.role != "heading" and nearest in sections_of(i)}
        left = [self._partner[i] for i in once if i in self._partner]
        return len(once) <= _FEW and bool(left) and 3 * sum(j in now for j in left) >= 2 * len(left)

    def has_its_mates(self, other: int) -> bool:
        """Whether the smallest container it shared with elements that are still there holds the same few of them now."""
        then, now = self._mates_then_and_now(other)
        return 0 < len(then) <= _FEW and then == now

    def has_a_double(self, other: int, once: set[int], now: set[int]) -> bool:
        """Whether a namesake came into the very wrapper of an item, which holds nothing else: nobody can say which is which."""
        then = self._mates(self._model, self._place, {*range(len(self._model))} - {self._place})
        here = self._mates(self._items, other, {*range(len(self._items))} - {other})
        return bool(here) and here <= now and not (then and then <= once)

    def _mates_then_and_now(self, other: int) -> tuple[set[int], set[int]]:
        """What those have become with whom the wanted one shared its smallest container, and who shares the item's."""
        here = {*self._partner.values()} - {other}
        then = self._mates(self._model, self._place, {*self._partner})
        return {self._partner[i] for i in then}, self._mates(self._items, other, here)

    @staticmethod
    def _mates(page: list[Item], place: int, there: set[int]) -> set[int]:
        """Those of the elements ``there`` that stand in the smallest container of an element that holds any."""
        path = page[place].within
        while path:
            if mates := {i for i in there if f"{page[i].within}.".startswith(f"{path}.")}:
                return mates
            path = path.rpartition(".")[0]
        return set()

    def is_told_apart(self, other: int, once: set[int], now: set[int]) -> bool:
        """Whether none of its namesakes ``once`` and ``now`` stood or stands in its nearest section, or where it stands."""
        nearest = _nearest_section(self._model[self._place])
        others = [*(self._model[i] for i in once), *(self._items[j] for j in now)]
        is_same = bool(nearest) and nearest == _nearest_section(self._items[other])
        return (is_same and not any(nearest in sections_of(i) for i in others)) or self.is_between(other, once, now)

    def is_between(self, other: int, once: set[int], now: set[int], told: set[str] | None = None) -> bool:
        """Whether it stands between the same two elements, whose names nothing else has, and no namesake between them.

        Where words are ``told``, one of the two has to bear one.
        """
        before = [(i, j) for i, j in self._landmarks if i < self._place]
        after = [(i, j) for i, j in self._landmarks if i > self._place]
        if not before or not after:
            return False
        (start, first), (end, last) = before[-1], after[0]
        is_alone = not any(start < i < end for i in once) and not any(first < j < last for j in now)
        is_told = told is None or bool(told & {plain(self._model[start].name), plain(self._model[end].name)})
        return first < other < last and is_alone and is_told

    @cached_property
    def _landmarks(self) -> list[tuple[int, int]]:
        """The elements that bear a name of their own, then and now, with what they have become."""
        then, now = (Counter(plain(i.name) for i in page if i.name) for page in (self._model, self._items))
        same = {plain(i.name): j for j, i in enumerate(self._items) if i.name}
        return [
            (i, same[plain(m.name)])
            for i, m in enumerate(self._model)
            if i != self._place and m.name and then[plain(m.name)] == now[plain(m.name)] == 1
        ]

    def has_its_section_alone(self, other: int) -> bool:
        """Whether its nearest section is the same, and holds nothing else, then and now."""
        nearest = _nearest_section(self._model[self._place])
        is_same = bool(nearest) and nearest == _nearest_section(self._items[other])
        return is_same and self._in_section[0][nearest] == self._in_section[1][nearest] == 1

    def is_alone_in_a_section(self, other: int) -> bool:
        """Whether one of its sections holds nothing else, then and now."""
        pages = (self._model, self._items)
        then, now = (Counter(t for i in p if i.role != "heading" for t in {*sections_of(i)}) for p in pages)
        both = {*plain_texts(self._sections)} & {*sections_of(self._items[other])}
        return any(then[text] == now[text] == 1 for text in both)

    def _as_close(self, place: int, old: int, other: int, new: int) -> bool:
        """Whether of the sections of a neighbour it has lost none that the neighbour kept, nor kept or gained others."""
        ours, once = {*sections_of(self._model[place])}, {*sections_of(self._model[old])}
        mine, theirs = {*sections_of(self._items[other])}, {*sections_of(self._items[new])}
        return ours & once & theirs == ours & once & mine and not (once & theirs & mine) - ours

    def keeps_its_sections(self, other: int) -> bool:
        """Whether it lost no section that those who stood there with it still have.

        A text that only the wanted one had before it may say something else, and may be gone where such texts are gone
        from most of the page.
        """
        once, here = self._then[self._place], {*self._now[other]}
        kept = [text for text in once if text in here]
        lost = {text: self._witnesses(text, kept) for text in once if text not in here}
        if any(2 * sum(self._kept(text, i) for i in those) >= len(those) for text, those in lost.items() if those):
            return False
        return (
            all(lost.values()) or self._is_only_edited([t for t in lost if not lost[t]], other) or self._own_texts_went
        )

    def _witnesses(self, text: str, kept: list[str]) -> list[int]:
        """Who can tell what became of a section: who stood in it too; of these, who is still with the wanted one in the
        nearest of its sections that it ``kept`` with anybody."""
        also = [i for i in self._partner if self._model[i].role != "heading" and text in self._then[i]]
        with_it = ([i for i in also if one in self._then[i] and self._kept(one, i)] for one in kept)
        return next(filter(None, with_it), also)

    def _kept(self, text: str, i: int) -> bool:
        """Whether an element stands in a section still."""
        return text in self._now[self._partner[i]]

    def _is_only_edited(self, lost: list[str], other: int) -> bool:
        """Whether each text that only the wanted one had is there in another wording, that only the item has."""
        own = self._new_own(self._place, other)
        return all(any(is_wording_of(old, new) for new in own) for old in lost)

    def _new_own(self, place: int, other: int) -> list[str]:
        """The sections in which an item stands alone and the older one did not stand."""
        old = self._then[place]
        return [text for text in self._now[other] if self._in_section[1][text] == 1 and text not in old]

    @cached_property
    def _in_section(self) -> tuple[Counter[str], Counter[str]]:
        """How many elements stood in each section, and stand in it now."""
        looks = ((self._model, self._then), (self._items, self._now))
        then, now = (
            Counter(t for i, texts in zip(page, sections, strict=True) if i.role != "heading" for t in {*texts})
            for page, sections in looks
        )
        return then, now

    @cached_property
    def _then(self) -> list[tuple[str, ...]]:
        """The sections of each element of the recorded page."""
        return [sections_of(m) for m in self._model]

    @cached_property
    def _now(self) -> list[tuple[str, ...]]:
        """The sections of each item of the page now."""
        return [sections_of(i) for i in self._items]

    @cached_property
    def _own_texts_went(self) -> bool:
        """Whether most of the elements that stood in a section of their own lost it, and have no other for it."""
        had = went = 0
        for i, j in self._partner.items():
            if own := {t for t in self._then[i] if self._in_section[0][t] == 1}:
                had += 1
                went += not own <= {*self._now[j]} and not self._new_own(i, j)
        return 2 * went > had


def _nearest_section(item: Item) -> str:
    """The first section that is not just the element's own label; nothing where there is none."""
    own = {plain(name) for name in item.names}
    return next((section for section in sections_of(item) if section not in own), "")


def sections_of(item: Item) -> tuple[str, ...]:
    """The sections that an item stands in, as they are compared."""
    return plain_texts(item.sections)


def plain_texts(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Texts as they are compared."""
    return tuple(plain(text) for text in texts)


def is_wording_of(old: str, new: str) -> bool:
    """Whether a text says in other words what another said: but for small words that name nothing they are the same.

    "Ann's phone" is much like "Bob's phone", and another thing.
    """
    ours, theirs = ([w for w in re.findall(r"\w+", text.lower()) if w not in _SMALL] for text in (old, new))
    return bool(ours) and ours == theirs


def _without_digits(text: str) -> str:
    return re.sub(r"\d+", "", text)
