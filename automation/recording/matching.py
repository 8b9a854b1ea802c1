"""Which element of a page is the one a recording means: act on it, ask about it, or stop."""

from __future__ import annotations

from collections import Counter

from automation.element import Found, Item, Lesson, Risk, asked, class_of, in_row, plain, similar, taught
from automation.recording.assignment import Likeness, Pair
from automation.recording.flow_file import Want

MOST_CANDIDATES = 4
# The model has to explain this much of the old page before it may speak for one element of the new one.
_EXPLAINED = 0.5
_WELL = 0.5  # the likeness from which on an old element counts as explained
_SURE = 0.7  # the likeness that the wanted element itself needs besides its name
_MARGIN = 0.05  # how much more alike than its namesakes
_WORTH_ASKING = 0.3
_SETTLED = 0.85  # a newer element that is an older one to this degree, under the same name, is nobody else
# A page in another language: at most so many sections called the same, at least so many elements of the same roles.
_SECTIONS_LEFT = 0.2
_SAME_SHAPE = 0.7


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
        self._here = [i for i in items if i.role in want.roles and self._named(i) and in_row(i, want.row)]
        self._place = _place(want, self._model)
        self._namesakes = [
            m
            for n, m in enumerate(self._model)
            if n != self._place and m.role in want.roles and self._named(m) and in_row(m, want.row)
        ]

    def found(self, learned: tuple[Lesson, ...]) -> Found:
        """The answer by the four rules, the strongest first."""
        if item := self._by_evidence():
            best = {plain(n) for n in self._want.names[:1]} & {plain(n) for n in item.names}
            return Found(item, how="first" if best else "known")
        if by_lesson := taught(learned, self._risk, [i for i in self._items if in_row(i, self._want.row)]):
            return by_lesson
        if not self._model or self._place is None:
            more = similar((*self._want.names, *self._want.known), self._possible())
            return _asked(*self._here, *more)
        alike = Likeness(self._model, self._items)
        pairs = alike.assigned()
        if not self._risk and (item := self._by_model(alike, pairs)):
            return Found(item, how="assigned")
        return _asked(*self._candidates(alike, pairs))

    # -- rule 1: role, exact name and section -----------------------------------------------------------------------

    def _by_evidence(self) -> Item | None:
        """The only item with the role, a known name, and the section that told the wanted one from its namesakes."""
        wanted, telling = _sections(self._want.sections), self._telling()
        if self._namesakes or len(self._here) > 1 or self._want.counts.get("name", 1) > 1:
            exactly = [i for i in self._here if _sections(i.sections) == wanted]
            others = [i for i in self._here if _sections(i.sections) != wanted and telling & _sections(i.sections)]
            return exactly[0] if len(exactly) == 1 and telling and not others else None
        if len(self._here) != 1:
            return None
        is_placed = not telling or telling & _sections(self._here[0].sections)
        return self._here[0] if is_placed or self._is_translated(self._here[0]) else None

    def _telling(self) -> frozenset[str]:
        """The sections that say which one is meant: no namesake stood in them, and not half of the page."""
        wanted = _sections(self._want.sections)
        if not self._model:
            return _sections(self._want.sections[:1])
        for namesake in self._namesakes:
            wanted -= _sections(namesake.sections)
        controls = [_sections(m.sections) for m in self._model if m.role != "heading"]
        few = frozenset(one for one in wanted if 2 * sum(one in s for s in controls) < len(controls))
        return wanted if self._namesakes else few or wanted

    def _is_translated(self, item: Item) -> bool:
        """Whether an item has another known wording, on a page of the same shape whose sections all have other names.

        That is the page in another language: its sections are no evidence, and the wording is known all the same.
        Never enough for a marked element.
        """
        if self._risk or not self._model or {*map(plain, item.names)} & {*map(plain, self._want.names)}:
            return False
        once = frozenset[str]().union(*(_sections(m.sections) for m in self._model))
        now = frozenset[str]().union(*(_sections(i.sections) for i in self._items))
        then_roles, roles = Counter(m.role for m in self._model), Counter(i.role for i in self._items)
        same_shape = 2 * (then_roles & roles).total() >= _SAME_SHAPE * (then_roles + roles).total()
        return same_shape and len(once & now) <= _SECTIONS_LEFT * len(once)

    # -- rule 2: the whole page explained ---------------------------------------------------------------------------

    def _by_model(self, alike: Likeness, pairs: list[Pair]) -> Item | None:
        """The item that the wanted one has become, if its name is known and every namesake is explained by its own."""
        place, other = next((i, j) for i, j, _ in pairs if i == self._place)
        if place is None or other is None or alike(place, other) < _SURE:
            return None
        item = self._items[other]
        explained = sum(i is not None and likeness >= _WELL for i, _, likeness in pairs)
        if explained < _EXPLAINED * len(self._model) or not self._named(item) or not in_row(item, self._want.row):
            return None
        rivals = {j for j, i in enumerate(self._items) if j != other and self._is_possible(i) and self._named(i)}
        once = {i for i, m in enumerate(self._model) if i != place and self._is_possible(m) and self._named(m)}
        if {(i, j) for i, j, _ in pairs if i in once or j in rivals} != {
            (i, j) for i, j, _ in pairs if i in once and j in rivals
        }:
            return None
        nearest = max([alike(place, j) for j in rivals] + [alike(i, other) for i in once], default=0.0)
        return item if alike(place, other) >= nearest + _MARGIN else None

    # -- rule 3: worth asking about ---------------------------------------------------------------------------------

    def _candidates(self, alike: Likeness, pairs: list[Pair]) -> list[Item]:
        """What the wanted one may have become: not what is surely something else."""
        place = self._place or 0
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


def _sections(texts: tuple[str, ...]) -> frozenset[str]:
    return frozenset(plain(text) for text in texts)


def _place(want: Want, model: list[Item]) -> int | None:
    """Where in the model the wanted element stands: where the recording says so, else where its evidence is."""
    if want.index is not None and want.index < len(model):
        return want.index
    same = [
        n for n, m in enumerate(model) if (m.names, m.sections) == (want.names, want.sections) and m.role in want.roles
    ]
    return same[0] if len(same) == 1 else None
