"""Which element of a page is the one a recording means: act on it, ask about it, or stop."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import cached_property

from automation.element import Found, Item, Lesson, Risk, asked, class_of, in_row, plain, similar, taught
from automation.recording.assignment import Likeness, Pair
from automation.recording.flow_file import Want

MOST_CANDIDATES = 4
# The model has to explain this much of the old page before it may speak for one element of the new one.
_EXPLAINED = 0.5
_WELL = 0.5  # the likeness from which on an old element counts as explained
_MARGIN = 0.05  # how much more alike than its namesakes
_WORTH_ASKING = 0.3
_SETTLED = 0.85  # a newer element that is an older one to this degree, under the same name, is nobody else
# What a site itself calls an element; the place a link leads to is such a name too.
_NAMING = ("data-testid", "data-test", "data-tid", "data-automation-id", "id", "name", "path")
_FEW = 8  # elements in one section that are company; more are a page
_KINSHIP = 0.25  # how much closer or further a neighbour may be by its sections
# A page in another language has at least so many elements of the same roles.
_SAME_SHAPE = 0.7
_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


def match(
    want: Want,
    risk: Risk,
    items: list[Item],
    model: list[Item] | None = None,
    learned: tuple[Lesson, ...] = (),
) -> Found:
    """Which item is wanted: the one that is surely it, or else the candidates, best first.

    ``model`` is the page as it was when it was recorded. What is acted on bears a known name, always; an element that
    is marked (``risk``) has to be found by role, name and section, never by the model. ``row`` and the texts of the
    want and its model hold real addresses here, not placeholders.
    """
    return _Search(want, risk, items, model).found(learned)


class _Search:
    """One wanted element, one page."""

    def __init__(self, want: Want, risk: Risk, items: list[Item], model: list[Item] | None) -> None:
        self._want, self._risk, self._items, self._model = want, risk, items, model or []
        self._known = {plain(n) for n in (*want.names, *want.known)}
        self._here = [i for i in items if self._is_here(i)]
        self._place = _place(want, self._model)
        self._has_namesakes = any(
            n != self._place and self._is_possible(m) and self._named(m) for n, m in enumerate(self._model)
        )

    def found(self, learned: tuple[Lesson, ...]) -> Found:
        """The answer by the four rules, the strongest first."""
        if item := self._by_evidence():
            best = {plain(n) for n in self._want.names[:1]} & {plain(n) for n in item.names}
            return Found(item, how="first" if best else "known")
        if item := self._translated():
            return Found(item, how="known")
        if by_lesson := taught(learned, self._risk, [i for i in self._items if in_row(i, self._want.row)]):
            return by_lesson
        if self._place is None:
            more = similar((*self._want.names, *self._want.known), self._possible())
            return _asked(*self._here, *more)
        if not self._risk and (item := self._by_model()):
            return Found(item, how="assigned")
        return _asked(*self._candidates())

    # -- rule 1: role, exact name and section -----------------------------------------------------------------------

    def _by_evidence(self) -> Item | None:
        """The only item with the role, a known name and the same sections, if it is in its place."""
        if self._place is None:
            return self._by_evidence_alone()
        return self._where_it_was(self._is_here)

    def _where_it_was(self, is_meant: Callable[[Item], bool]) -> Item | None:
        """The only one of the items meant that stands in the same sections and in its place."""
        wanted = _texts(self._want.sections)
        exactly = [j for j, i in enumerate(self._items) if is_meant(i) and _sections(i) == wanted]
        known_to_site = [j for j in exactly if self._same_id(j)]
        twins = sum(is_meant(m) and _sections(m) == wanted for m in self._model)
        if len(known_to_site) == 1 or len(exactly) < twins:  # of twins, nobody can say which one went
            return self._items[known_to_site[0]] if known_to_site else None
        sure = [j for j in exactly if not self._is_doubtful(j)]
        among = [j for j in sure if self._same_neighbours(j)]
        if not among and len(exactly) == twins == 1:
            among = [j for j in sure if self._same_company(j)]
        return self._items[among[0]] if len(among) == 1 else None

    def _by_evidence_alone(self) -> Item | None:
        """The same where no model shows it: a name that was the only one of its kind needs its nearest section."""
        only = self._want.counts.get("role+name", 1) == 1
        if only and len(self._here) > 1:
            return None
        wanted = _texts(self._want.sections)
        placed = [i for i in self._here if (set(wanted[:1]) <= set(_sections(i)) if only else _sections(i) == wanted)]
        return placed[0] if len(placed) == 1 and (only or wanted) else None

    def _translated(self) -> Item | None:
        """The only item with another known wording, on a page of the same shape that speaks another language.

        The sections are no evidence there, and the wording is known all the same. Never enough for a marked element.
        """
        if len(self._here) != 1 or self._risk or not self._model or self._has_namesakes:
            return None
        if speaks(self._model) == speaks(self._items):
            return None
        then, now = Counter(m.role for m in self._model), Counter(i.role for i in self._items)
        same_shape = 2 * (then & now).total() >= _SAME_SHAPE * (then + now).total()
        return self._here[0] if same_shape else None

    # -- rule 2: the whole page explained ---------------------------------------------------------------------------

    def _by_model(self) -> Item | None:
        """The item that the wanted one has become.

        Its name has to be known, every namesake has to be explained by its own, and it has to be in its place: in the
        same sections, under what the site itself calls it, or among the same neighbours.
        """
        if item := self._where_it_was(lambda i: self._is_possible(i) and self._named(i)):
            return item  # a button that became a link
        alike, pairs = self._alike, self._pairs
        place, other = next((i, j) for i, j, _ in pairs if i == self._place)
        if place is None or other is None:
            return None
        item = self._items[other]
        explained = sum(i is not None and likeness >= _WELL for i, _, likeness in pairs)
        if explained < _EXPLAINED * len(self._model) or not self._named(item) or not in_row(item, self._want.row):
            return None
        rivals = {j for j, i in enumerate(self._items) if j != other and self._is_possible(i) and self._named(i)}
        if not self._has_namesakes and self._same_id(other):
            return item  # a newcomer of that name is not what the site itself calls so
        once = {i for i, m in enumerate(self._model) if i != place and self._is_possible(m) and self._named(m)}
        if {(i, j) for i, j, _ in pairs if i in once or j in rivals} != {
            (i, j) for i, j, _ in pairs if i in once and j in rivals
        }:
            return None
        nearest = max([alike(place, j) for j in rivals] + [alike(i, other) for i in once], default=0.0)
        if alike(place, other) < nearest + _MARGIN:
            return None
        is_in_place = self._same_neighbours(other) or self._same_company(other)
        return item if is_in_place and not self._is_doubtful(other) else None

    # -- in its place -----------------------------------------------------------------------------------------------

    @cached_property
    def _alike(self) -> Likeness:
        return Likeness(self._model, self._items)

    @cached_property
    def _pairs(self) -> list[Pair]:
        return self._alike.assigned()

    def _same_id(self, other: int) -> bool:
        """Whether the site calls an item as it called the wanted element, and nothing else so."""
        theirs = self._items[other].ids
        return any(
            theirs.get(key) == text
            and sum(m.ids.get(key) == text for m in self._model) == 1
            and sum(i.ids.get(key) == text for i in self._items) == 1
            for key, text in self._naming.items()
        )

    def _is_doubtful(self, other: int) -> bool:
        """Whether a site that still calls its elements as it did has nothing left of what it called the wanted one."""
        item = self._items[other]
        ours = {key: text for key, text in self._naming.items() if key != "path" or item.ids.get("tag") == "a"}
        if not ours or any(i.ids.get(key) == text for i in self._items for key, text in ours.items()):
            return False
        once = [(key, m.ids[key]) for m in self._model for key in ours if key in m.ids]
        now = {(key, i.ids[key]) for i in self._items for key in ours if key in i.ids}
        return 2 * sum(one in now for one in once) >= len(once)

    @cached_property
    def _naming(self) -> dict[str, str]:
        """What the site itself called the wanted element."""
        ids = self._model[self._place].ids if self._place is not None else {}
        return {key: ids[key] for key in _NAMING if key in ids}

    def _same_neighbours(self, other: int) -> bool:
        """Whether the nearest elements before and after that are still there are the same, and as close to it as ever."""
        place, partner = self._place or 0, self._partner
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
            i: j for i, j, how in self._pairs if i is not None and j is not None and how >= _WELL and i != self._place
        }

    def _same_company(self, other: int) -> bool:
        """Whether its nearest section is the same and holds, as before, the same few others."""
        nearest = set(_texts(self._want.sections[:1]))
        if not nearest or nearest != {*_sections(self._items[other])[:1]}:
            return False
        once = [i for i, m in enumerate(self._model) if m.role != "heading" and nearest <= {*_sections(m)}]
        now = {j for j, i in enumerate(self._items) if i.role != "heading" and nearest <= {*_sections(i)}}
        left = [self._partner[i] for i in once if i in self._partner]
        return len(once) <= _FEW and bool(left) and 3 * sum(j in now for j in left) >= 2 * len(left)

    def _as_close(self, place: int, old: int, other: int, new: int) -> bool:
        once = _kinship(self._model[place], self._model[old])
        return abs(once - _kinship(self._items[other], self._items[new])) <= _KINSHIP

    # -- rule 3: worth asking about ---------------------------------------------------------------------------------

    def _candidates(self) -> list[Item]:
        """What the wanted one may have become: not what is surely something else."""
        place, alike, pairs = self._place or 0, self._alike, self._pairs
        partner = next(j for i, j, _ in pairs if i == place)
        settled = {j for i, j, likeness in pairs if i != place and likeness >= _SETTLED and self._same_name(i, j)}
        likeness = {j: alike(place, j) for j, i in enumerate(self._items) if j not in settled and self._is_possible(i)}
        ranked = sorted(likeness, key=lambda j: likeness[j], reverse=True)
        like = [self._items[j] for j in ranked if j == partner or likeness[j] >= _WORTH_ASKING]
        like.sort(key=lambda i: partner is None or i is not self._items[partner])
        worded = similar((*self._want.names, *self._want.known), [self._items[j] for j in likeness])
        return [*like[:1], *self._here, *like[1:], *worded]

    def _same_name(self, one: int | None, other: int | None) -> bool:
        if one is None or other is None:
            return False
        return bool({*map(plain, self._model[one].names)} & {*map(plain, self._items[other].names)})

    def _is_here(self, item: Item) -> bool:
        return item.role in self._want.roles and self._named(item) and in_row(item, self._want.row)

    def _possible(self) -> list[Item]:
        return [i for i in self._items if self._is_possible(i)]

    def _is_possible(self, item: Item) -> bool:
        return class_of(item.role) in map(class_of, self._want.roles) and in_row(item, self._want.row)

    def _named(self, item: Item) -> bool:
        """Whether an item bears a known name: one of its names, one of ours, and the best of either side among them."""
        theirs, ours = [plain(n) for n in item.names if plain(n)], [plain(n) for n in self._want.names if plain(n)]
        return bool(theirs) and (theirs[0] in self._known or (bool(ours) and ours[0] in theirs))


def _asked(*candidates: Item) -> Found:
    return asked(tuple({i.index: i for i in candidates}.values())[:MOST_CANDIDATES])


def speaks(items: list[Item]) -> str:
    """The language of a page by the names on it: ``ja`` where a third of them is written in Japanese, else ``en``."""
    names = [i.name for i in items if i.name]
    return "ja" if 3 * sum(bool(_JAPANESE.search(name)) for name in names) > len(names) else "en"


def _kinship(one: Item, other: Item) -> float:
    """How many of the sections that either stands in hold both."""
    ours, theirs = set(_sections(one)), set(_sections(other))
    return len(ours & theirs) / len(ours | theirs) if ours | theirs else 1.0


def _sections(item: Item) -> tuple[str, ...]:
    return _texts(item.sections)


def _texts(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(plain(text) for text in texts)


def _place(want: Want, model: list[Item]) -> int | None:
    """Where in the model the wanted element stands: where the recording says so, else where its evidence is."""
    if want.index is not None and want.index < len(model):
        return want.index
    same = [
        n for n, m in enumerate(model) if (m.names, m.sections) == (want.names, want.sections) and m.role in want.roles
    ]
    return same[0] if len(same) == 1 else None
