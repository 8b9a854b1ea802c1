"""Whether an element of a page stands where the wanted one stood when it was recorded."""

from __future__ import annotations

from collections import Counter
from functools import cached_property

from automation.element import Item, plain
from automation.recording.assignment import Likeness, Pair

WELL = 0.5  # the likeness from which on an old element counts as explained
# What a site itself calls an element; the place a link leads to is such a name too.
_NAMING = ("data-testid", "data-test", "data-tid", "data-automation-id", "id", "name", "path")
_FEW = 8  # elements in one section that are company; more are a page
_AROUND = 4  # elements before and after
_LOST = 0.35  # one of three sections more than the elements around: the text before it was edited
_FEWER = 0.2  # a text that was edited is still one: to stand in fewer sections than before tells more


class Standing:
    """The place that one element had on the recorded page (``model``), looked for among the items of the page now."""

    def __init__(self, place: int, sections: tuple[str, ...], model: list[Item], items: list[Item]) -> None:
        self._place, self._sections, self._model, self._items = place, sections, model, items

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
        theirs = self._items[other].ids
        return any(
            theirs.get(key) == text
            and sum(m.ids.get(key) == text for m in self._model) == 1
            and sum(i.ids.get(key) == text for i in self._items) == 1
            for key, text in self._naming.items()
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
        now = {(key, i.ids[key]) for i in self._items for key in ours if key in i.ids}
        return 2 * sum(one in now for one in once) >= len(once)

    @cached_property
    def _naming(self) -> dict[str, str]:
        """What the site itself called the wanted element."""
        ids = self._model[self._place].ids
        return {key: ids[key] for key in _NAMING if key in ids}

    def has_its_neighbours(self, other: int) -> bool:
        """Whether the nearest elements before and after that are still there are the same, and as close to it as ever."""
        place, partner = self._place, self._partner
        there = {*partner.values()} - {other}
        once = (
            next((i for i in range(place - 1, -1, -1) if i in partner), None),
            next((i for i in range(place + 1, len(self._model)) if i in partner), None),
        )
        now = (
            next((j for j in range(other - 1, -1, -1) if j in there), None),
            next((j for j in range(other + 1, len(self._items)) if j in there), None),
        )
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

    def is_told_apart(self, other: int, once: set[int], now: set[int]) -> bool:
        """Whether its nearest section is the same, and none of its namesakes ``once`` and ``now`` stood or stands there."""
        nearest = _nearest_section(self._model[self._place])
        others = [*(self._model[i] for i in once), *(self._items[j] for j in now)]
        is_same = bool(nearest) and nearest == _nearest_section(self._items[other])
        return is_same and not any(nearest in sections_of(i) for i in others)

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
        """Whether it lost hardly more of its sections than the elements around it did, and is in hardly fewer."""
        mine = (self._model[self._place], self._items[other])
        around = [(self._model[i], self._items[j]) for i, j in self._partner.items() if abs(i - self._place) <= _AROUND]
        for share, tolerance in ((_share_kept, _LOST), (_share_left, _FEWER)):
            shares = [share(once, now) for once, now in around if once.sections]
            usual = sum(shares) / len(shares) if shares else 1.0
            if share(*mine) < usual - tolerance:
                return False
        return True


def _nearest_section(item: Item) -> str:
    """The first section that is not just the element's own label; nothing where there is none."""
    own = {plain(name) for name in item.names}
    return next((section for section in sections_of(item) if section not in own), "")


def _share_kept(once: Item, now: Item) -> float:
    """How many of the sections that an element stood in it still stands in."""
    sections = {*sections_of(once)}
    return len(sections & {*sections_of(now)}) / len(sections) if sections else 1.0


def _share_left(once: Item, now: Item) -> float:
    """How many sections an element stands in beside how many it stood in, whatever they say."""
    return min(1.0, len(now.sections) / len(once.sections)) if once.sections else 1.0


def sections_of(item: Item) -> tuple[str, ...]:
    """The sections that an item stands in, as they are compared."""
    return plain_texts(item.sections)


def plain_texts(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Texts as they are compared."""
    return tuple(plain(text) for text in texts)
