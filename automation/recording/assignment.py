"""Which element of an older look at a page is which of a newer one: one-to-one over the whole page, with a likeness."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from automation.element import Item, class_of, plain

Pair = tuple[int | None, int | None, float]

# How much a property tells, were it never to change.
_TELLS = {
    "text": 3.0,
    "name": 2.0,
    "id": 2.0,
    "test": 2.0,
    "path": 2.0,
    "row": 2.0,
    "section": 1.5,
    "autocomplete": 1.0,
    "options": 1.0,
    "type": 0.5,
    "tag": 0.5,
    "role": 0.5,
}
# How often it stayed between two versions of a site: 10,377 pairs of elements measured by Kluge and Stocco
# (arXiv 2505.16424); for what they did not measure, the nearest of kin. Where an element is on the page stayed in only
# 35 to 54 of 100 and is no evidence here.
_STAYED = {"name": 0.95, "id": 0.87, "test": 0.87, "path": 0.88, "section": 0.53, "autocomplete": 0.95}
_TRUST_IN_STAYED = 2.0  # worth as much as two elements of this very page
_TEST_IDS = ("data-testid", "data-test", "data-tid", "data-automation-id")
_ATTRIBUTES = ("name", "id", "test", "path", "autocomplete", "type", "tag")

# Two elements that are less alike than this are not each other.
_STRANGERS = 0.12
# Breaks ties: among equals, the order of the document.
_ORDER = 0.02
# The assignment is cubic: 60 elements of one class take some 10 ms, 1,000 would take a minute.
_MOST_AT_ONCE = 60


@dataclass(frozen=True)
class _Traits:
    """One element as it is compared."""

    kind: str
    names: frozenset[str]
    grams: frozenset[str]
    sections: frozenset[str]
    attributes: dict[str, str]
    options: tuple[str, ...]
    row: tuple[str, ...] | None

    def everything(self) -> Hashable:
        return self.attributes["role"], self.names, self.sections, (*sorted(self.attributes.items()), self.row)

    def wording(self) -> Hashable:
        return (self.attributes["role"], self.names, self.sections, self.row) if self.names else None

    def attribute(self) -> Hashable:
        return next(((key, self.attributes[key]) for key in ("test", "id", "name") if key in self.attributes), None)

    def section(self) -> Hashable:
        return self.sections


def assign(old: Sequence[Item], new: Sequence[Item]) -> list[Pair]:
    """The pairs of places in ``old`` and ``new`` that are the same element, each with its likeness from 0 to 1.

    Every element is in exactly one pair; what went or came has None on the other side and likeness 0. The likeness is
    weighed by how far each property can be trusted on this very page. Some 2 ms for a settings page; a page of
    thousands is first thinned by what did not change at all.
    """
    return Likeness(old, new).assigned()


def _assigned(before: list[_Traits], after: list[_Traits], alike: Likeness) -> list[Pair]:
    pairs: list[Pair] = []
    for kind in dict.fromkeys(t.kind for t in (*before, *after)):
        ours = [i for i, t in enumerate(before) if t.kind == kind]
        theirs = [i for i, t in enumerate(after) if t.kind == kind]
        for one, other in _paired(ours, theirs, alike):
            ours.remove(one)
            theirs.remove(other)
            pairs.append((one, other, round(alike(one, other), 4)))
        pairs += [(one, None, 0.0) for one in ours]
        pairs += [(None, other, 0.0) for other in theirs]
    return sorted(pairs, key=lambda p: (p[0] is None, p[0], p[1]))


def _traits(item: Item) -> _Traits:
    names = frozenset(plain(n).lower() for n in item.names if plain(n))
    attributes = {key: item.ids[key] for key in _ATTRIBUTES if item.ids.get(key)}
    if test := next((item.ids[key] for key in _TEST_IDS if item.ids.get(key)), None):
        attributes["test"] = test
    return _Traits(
        kind=class_of(item.role),
        names=names,
        grams=frozenset(name[i : i + 2] for name in names for i in range(max(1, len(name) - 1))),
        sections=frozenset(plain(s).lower() for s in item.sections),
        attributes=attributes | {"role": item.role},
        options=tuple(plain(o["text"]) for o in item.options),
        row=item.row_addresses,
    )


class Likeness:
    """How alike an older and a newer element are, from 0 to 1, on this pair of pages."""

    def __init__(self, old: Sequence[Item], new: Sequence[Item]) -> None:
        self._before, self._after = before, after = [_traits(i) for i in old], [_traits(i) for i in new]
        self._weights = dict(_TELLS)
        for key, stayed in _STAYED.items():
            once = [v for t in before for v in _values(t, key)]
            now = {v for t in after for v in _values(t, key)}
            agreeing = sum(v in now for v in once) + _TRUST_IN_STAYED * stayed
            self._weights[key] *= agreeing / (len(once) + _TRUST_IN_STAYED)

    def __call__(self, one: int, other: int) -> float:
        a, b, weights = self._before[one], self._after[other], self._weights
        total = weights["text"] if a.names or b.names else 0.0
        score = total * _text(a, b)
        for key in {*a.attributes, *b.attributes}:
            total += weights[key]
            if a.attributes.get(key) == b.attributes.get(key):
                score += weights[key]
        for key, ours, theirs in (("section", a.sections, b.sections), ("options", {*a.options}, {*b.options})):
            if ours or theirs:
                total += weights[key]
                score += weights[key] * 2 * len(ours & theirs) / (len(ours) + len(theirs))
        if a.row or b.row:
            total += weights["row"]
            score += weights["row"] * (a.row == b.row)
        return score / total

    def assigned(self) -> list[Pair]:
        """As ``assign`` gives it, for who wants to ask about other pairs as well."""
        return _assigned(self._before, self._after, self)

    def worth(self, one: int, other: int) -> float:
        """What pairing the two is worth to the whole: nothing for strangers; order decides between equals."""
        likeness = self(one, other)
        apart = abs(one / len(self._before) - other / len(self._after))
        return likeness + _ORDER * (1 - apart) if likeness > _STRANGERS else 0.0

    def key(self, of: Callable[[_Traits], Hashable]) -> tuple[list[Hashable], list[Hashable]]:
        """One key for every older and every newer element."""
        return [of(t) for t in self._before], [of(t) for t in self._after]


def _values(traits: _Traits, key: str) -> list[str]:
    if key == "section":
        return [*traits.sections]
    return [traits.attributes[key]] if key in traits.attributes else []


def _text(a: _Traits, b: _Traits) -> float:
    if not a.names or not b.names:
        return 0.0
    if a.names & b.names:
        return 1.0
    return 0.9 * 2 * len(a.grams & b.grams) / (len(a.grams) + len(b.grams))


def _paired(ours: list[int], theirs: list[int], alike: Likeness) -> list[tuple[int, int]]:
    """The pairs within one class: first what did not change at all; the rest so that the whole is most alike."""
    pairs = _twins(ours, theirs, alike, _Traits.everything)
    ours, theirs = _left(ours, theirs, pairs)
    for by in (_Traits.wording, _Traits.attribute):
        if min(len(ours), len(theirs)) > _MOST_AT_ONCE:  # a page of thousands, much of it changed
            pairs += _twins(ours, theirs, alike, by)
            ours, theirs = _left(ours, theirs, pairs)
    if min(len(ours), len(theirs)) > _MOST_AT_ONCE:
        for some, others in _blocks(ours, theirs, alike):
            pairs += _best(some, others, alike)
        ours, theirs = _left(ours, theirs, pairs)
    return pairs + _best(ours[:_MOST_AT_ONCE], theirs[:_MOST_AT_ONCE], alike)


def _left(ours: list[int], theirs: list[int], pairs: list[tuple[int, int]]) -> tuple[list[int], list[int]]:
    used, used_too = {one for one, _ in pairs}, {other for _, other in pairs}
    return [one for one in ours if one not in used], [other for other in theirs if other not in used_too]


def _twins(
    ours: list[int], theirs: list[int], alike: Likeness, by: Callable[[_Traits], Hashable]
) -> list[tuple[int, int]]:
    """What has the same key on both sides and equally often; among several, in the order of the document."""
    keys, other_keys = alike.key(by)
    once, now = _grouped(ours, keys), _grouped(theirs, other_keys)
    same = [(group, now.get(key, [])) for key, group in once.items() if key is not None]
    return [pair for group, others in same if len(group) == len(others) for pair in zip(group, others, strict=True)]


def _grouped(places: list[int], keys: list[Hashable]) -> dict[Hashable, list[int]]:
    groups: dict[Hashable, list[int]] = defaultdict(list)
    for place in places:
        groups[keys[place]].append(place)
    return groups


def _blocks(ours: list[int], theirs: list[int], alike: Likeness) -> list[tuple[list[int], list[int]]]:
    """Parts small enough to be assigned at once: those in the same sections, in the order of the document."""
    keys, other_keys = alike.key(_Traits.section)
    once, now = _grouped(ours, keys), _grouped(theirs, other_keys)
    return [
        (group[start : start + _MOST_AT_ONCE], now[key][start : start + _MOST_AT_ONCE])
        for key, group in once.items()
        for start in range(0, min(len(group), len(now.get(key, ()))), _MOST_AT_ONCE)
    ]


def _best(ours: list[int], theirs: list[int], alike: Likeness) -> list[tuple[int, int]]:
    """The pairs that are worth most together."""
    worth = [[alike.worth(one, other) for other in theirs] for one in ours]
    return [(ours[i], theirs[j]) for i, j in most_worth(worth) if worth[i][j] > 0]


def most_worth(worth: list[list[float]]) -> list[tuple[int, int]]:
    """The one-to-one choice of (row, column) with the largest sum, as long as the shorter side.

    Kuhn and Munkres's assignment by shortest augmenting paths, with a potential for each row and column (Jonker and
    Volgenant 1987); rows² x columns steps.
    """
    if not worth or not worth[0]:
        return []
    if len(worth) > len(worth[0]):
        return sorted((i, j) for j, i in most_worth([list(column) for column in zip(*worth, strict=True)]))
    width = len(worth[0])
    row_potential, potential = [0.0] * len(worth), [0.0] * (width + 1)
    row_of = [-1] * (width + 1)  # the last column is where each path starts
    for row in range(len(worth)):
        row_of[width] = row
        column, nearest, came_from, done = width, [float("inf")] * width, [width] * width, [False] * (width + 1)
        while row_of[column] >= 0:
            done[column], here, step, then = True, row_of[column], float("inf"), width
            for j in range(width):
                if done[j]:
                    continue
                if (cost := -worth[here][j] - row_potential[here] - potential[j]) < nearest[j]:
                    nearest[j], came_from[j] = cost, column
                if nearest[j] < step:
                    step, then = nearest[j], j
            for j in range(width + 1):
                if done[j]:
                    row_potential[row_of[j]] += step
                    potential[j] -= step
                elif j < width:
                    nearest[j] -= step
            column = then
        while column != width:
            before = came_from[column]
            row_of[column], column = row_of[before], before
    return sorted((row_of[j], j) for j in range(width) if row_of[j] >= 0)
