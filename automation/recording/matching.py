"""Which element of a page is the one a recording means: act on it, ask about it, or stop."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from itertools import takewhile

from automation.element import (
    JAPANESE_LETTER,
    Found,
    Item,
    Lesson,
    Risk,
    asked,
    class_of,
    in_row,
    plain,
    similar,
    taught,
)
from automation.recording.flow_file import Want
from automation.recording.standing import WELL, Standing, is_wording_of, plain_texts, sections_of

MOST_CANDIDATES = 4
# The model has to explain this much of the old page before it may speak for one element of the new one.
_EXPLAINED = 0.5
_MARGIN = 0.05  # how much more alike than its namesakes
_WORTH_ASKING = 0.3
_SETTLED = 0.85  # a newer element that is an older one to this degree, under the same name, is nobody else
# A page in another language has at least so many elements of the same roles.
_SAME_SHAPE = 0.7
_NUMBERED = re.compile(r"\S@\S|\d{5}")  # an address, or a number that no count and no date is


def match(
    want: Want,
    risk: Risk,
    items: list[Item],
    model: list[Item] | None = None,
    learned: tuple[Lesson, ...] = (),
    touched: Mapping[int, int] | None = None,
) -> Found:
    """Which item is wanted: the one that is surely it, or else the candidates, best first.

    ``model`` is the page as it was when it was recorded. What is acted on bears a known name, always; an element that
    is marked (``risk``) has to be found by role, name and section, never by the model. ``row`` and the texts of the
    want and its model hold real addresses here, not placeholders. ``touched`` says which item each place of the model
    surely is: what was done something to then, and now.
    """
    return _Search(want, risk, items, model, touched or {}).found(learned)


class _Search:
    """One wanted element, one page."""

    def __init__(
        self, want: Want, risk: Risk, items: list[Item], model: list[Item] | None, touched: Mapping[int, int]
    ) -> None:
        self._want, self._risk, self._items, self._model = want, risk, items, model or []
        self._known = {plain(n) for n in (*want.names, *want.known)}
        self._here = [i for i in items if self._is_here(i)]
        self._place = _place(want, self._model)
        self._standing = Standing(self._place or 0, want, risk, self._model, items)
        self._told = {*plain_texts(want.among)}
        self._touched = {place: index for place, index in touched.items() if place < len(self._model)}
        self._bearers = {j for j, i in enumerate(items) if self._bears_the_name(i)}
        self._once = {n for n, m in enumerate(self._model) if n != self._place and self._bears_the_name(m)}

    def found(self, learned: tuple[Lesson, ...]) -> Found:
        """The answer by the four rules, the strongest first."""
        if (item := self._by_evidence()) and self._is_whose(item):
            best = {plain(n) for n in self._want.names[:1]} & {plain(n) for n in item.names}
            return Found(item, how="first" if best else "known")
        if item := self._translated():
            return Found(item, how="known")
        if by_lesson := taught(learned, self._risk, [i for i in self._items if in_row(i, self._want.row)]):
            return by_lesson
        if self._place is None:
            more = similar((*self._want.names, *self._want.known), self._possible())
            return _asked(*self._here, *more)
        if not self._risk and (item := self._by_model()) and self._is_whose(item):
            return Found(item, how="assigned")
        if not self._risk and (item := self._nameless()):
            return Found(item, how="assigned")
        return _asked(*self._candidates())

    def _is_whose(self, item: Item) -> bool:
        """Whether an item stands in the row that told the wanted one from its namesakes, and no namesake more so.

        A row that went, or another in its place, is nobody's to guess: what stands around is all that tells them apart.
        Unless it is marked, a name that holds such a word and that nothing else bears tells it too, and so does an
        element right before or after it that is called so.
        """
        if self._is_of_another(item):
            return False
        told, rivals = self._told, self._bearers - {item.index}
        if not told:
            has_a_double = self._place is not None and self._standing.has_a_double(item.index, self._once, rivals)
            return not has_a_double and self._is_by_what_was_touched(item.index, self._once, rivals)
        if self._is_of_row(item, rivals):
            return True
        if self._risk:
            return False
        is_only = not self._once and not rivals
        in_name = any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", plain(item.name)) for word in told)
        return (is_only and in_name) or self._standing.is_between(item.index, self._once, rivals, told)

    def _is_by_what_was_touched(self, other: int, once: set[int], rivals: set[int]) -> bool:
        """Whether an item is none that an earlier step did something to, unless the wanted one was that, and as near to those.

        In rows that look the same, that tells the one begun from a new one, wherever the page adds it.
        """
        if any((place == self._place) != (index == other) for place, index in self._touched.items()):
            return False
        return all(
            _nearness(self._model, self._place, once, place) == _nearness(self._items, other, rivals, index)
            for place, index in self._touched.items()
        )

    def _is_of_row(self, item: Item, rivals: set[int]) -> bool:
        """Whether more of the words that told the wanted one stand around an item than around any rival, in its row if anywhere."""
        told, others = self._told, [self._items[j] for j in rivals]
        in_rows = any(told & _row_words(i) for i in (item, *others))

        def shared(one: Item) -> int:
            return len(told & (_row_words(one) if in_rows else {*plain_texts(one.sections)}))

        return shared(item) > max(map(shared, others), default=0)

    def _is_of_another(self, item: Item) -> bool:
        """Whether it stands by another thing's name: an address or number, a tab, or the words around what had no namesake.

        What stands before it counts as sections do. Words that merely went, or came on top, name nobody.
        """
        if any(_swapped(self._want.sections, item.sections, lambda text: bool(_NUMBERED.search(text)))):
            return True
        if any(_swapped(self._want.sections, item.sections, self._doors.__contains__)):
            return True
        sections = {*plain_texts((*self._want.sections, *item.sections))}
        gone, came = _swapped(self._want.around, item.around, lambda text: text not in sections)
        return any(not any(is_wording_of(old, new) for new in came) for old in gone)

    @cached_property
    def _doors(self) -> set[str]:
        """The names of what leads to parts of the page, then and now: a part under such a name was not renamed."""
        then, now = ({plain(i.name) for i in page if i.role == "tab"} for page in (self._model, self._items))
        return then & now

    # -- rule 1: role, exact name and section -----------------------------------------------------------------------

    def _by_evidence(self) -> Item | None:
        """The only item with the role, a known name and the same sections, if it is in its place."""
        if self._place is None:
            return self._by_evidence_alone()
        return self._where_it_was(self._is_here)

    def _where_it_was(self, is_meant: Callable[[Item], bool]) -> Item | None:
        """The only one of the items meant that stands in the same sections and in its place."""
        wanted = plain_texts(self._want.sections)
        exactly = [j for j, i in enumerate(self._items) if is_meant(i) and sections_of(i) == wanted]
        here = self._standing
        known_to_site = [j for j in exactly if here.has_its_id(j)]
        twins = sum(is_meant(m) and sections_of(m) == wanted for m in self._model)
        if len(exactly) > twins and any(self._may_be_a_newcomer(j, exactly) for j in known_to_site):
            return None
        if len(known_to_site) == 1 or len(exactly) < twins:  # of twins, nobody can say which one went
            return self._items[known_to_site[0]] if known_to_site else None
        sure = [j for j in exactly if not here.is_doubtful(j)]
        among = [j for j in sure if here.has_its_neighbours(j)]
        if not among and len(exactly) == twins == 1:
            alone = len(self._model) == len(self._items) == 1  # nothing else could be meant, or tell where it stands
            among = [j for j in sure if alone or here.has_its_company(j) or here.is_alone_in_a_section(j)]
        return self._items[among[0]] if len(among) == 1 else None

    def _may_be_a_newcomer(self, other: int, among: Iterable[int]) -> bool:
        """Whether an item that came since may have the id of the wanted one: ids go by place, and nothing else tells the row."""
        return not self._want.among and self._standing.is_numbered(other, among)

    def _by_evidence_alone(self) -> Item | None:
        """The same where no model shows it: a name that was the only one of its kind needs its nearest section."""
        only = self._want.counts.get("role+name", 1) == 1
        if only and len(self._here) > 1:
            return None
        wanted = plain_texts(self._want.sections)
        placed = [
            i for i in self._here if (set(wanted[:1]) <= set(sections_of(i)) if only else sections_of(i) == wanted)
        ]
        return placed[0] if len(placed) == 1 and (only or wanted) else None

    def _translated(self) -> Item | None:
        """The only item with another known wording, on a page of the same shape that speaks another language.

        The sections are no evidence there, and the wording is known all the same. Of several, the one in its place is
        meant, where the whole page is the same, one element after the other. Never enough for a marked element.
        """
        if not self._here or self._risk or not self._model or speaks(self._model) == speaks(self._items):
            return None
        if len(self._here) == 1 and not self._once:
            then, now = Counter(m.role for m in self._model), Counter(i.role for i in self._items)
            same_shape = 2 * (then & now).total() >= _SAME_SHAPE * (then + now).total()
            return self._here[0] if same_shape else None
        if self._place is None or [m.role for m in self._model] != [i.role for i in self._items]:
            return None
        item = self._items[self._place]
        is_in_place = item in self._here and self._standing.has_its_neighbours(item.index)
        return item if is_in_place and not self._is_row_elsewhere(item) else None

    def _is_row_elsewhere(self, item: Item) -> bool:
        """Whether words that told the wanted one, as names of things are in any language, stand in a namesake's row alone."""
        return not self._told & _row_words(item) and any(self._told & _row_words(i) for i in self._here)

    # -- rule 2: the whole page explained ---------------------------------------------------------------------------

    def _by_model(self) -> Item | None:
        """The item that the wanted one has become.

        Its name has to be known, every namesake has to be explained by its own, and it has to be in its place: in the
        same sections, under what the site itself calls it, or among the same neighbours.
        """
        if item := self._where_it_was(self._bears_the_name):
            return item  # a button that became a link
        alike, pairs = self._standing.alike, self._standing.pairs
        place, other = next((i, j) for i, j, _ in pairs if i == self._place)
        explained = sum(i is not None and likeness >= WELL for i, _, likeness in pairs)
        if explained < _EXPLAINED * len(self._model):
            return None
        if item := self._in_its_row():
            return item
        if place is None or other is None:
            return None
        item = self._items[other]
        if not self._named(item) or not in_row(item, self._want.row):
            return None
        rivals = self._bearers - {other}
        once, here = self._once, self._standing
        if not once and not rivals and here.has_its_id(other) and not here.is_swapped(other):
            return item
        if len(rivals) > len(once) and here.has_its_id(other) and self._may_be_a_newcomer(other, rivals):
            return None
        wanted = plain_texts(self._want.sections)
        if sections_of(item) != wanted and any(sections_of(self._items[j]) == wanted for j in rivals):
            return None  # another of that name stands where this one should
        if any((i in once) != (j in rivals) for i, j, _ in pairs if i in once or (j in rivals and i is not None)):
            return None  # a namesake that went, or that was something else
        nearest = max([alike(place, j) for j in rivals] + [alike(i, other) for i in once], default=0.0)
        if alike(place, other) < nearest + _MARGIN and not here.is_told_apart(other, once, rivals):
            return None
        among = (here.has_its_neighbours, here.has_its_company, here.has_its_mates, here.has_its_section_alone)
        is_in_place = any(is_there(other) for is_there in among) and here.keeps_its_sections(other)
        return item if is_in_place and not here.is_doubtful(other) else None

    def _in_its_row(self) -> Item | None:
        """The only item of its name in a row with all the words that told the wanted one, where no namesake has any of them.

        Words of a row that had no namesake told it from nothing, and may be those of half the page.
        """
        namesakes = [m for m in self._model if m.role in self._want.roles and self._named(m)]
        told = self._told if len(namesakes) > 1 else set()
        around = {j: told & {*plain_texts(self._items[j].around)} for j in self._bearers}
        theirs = [j for j, words in around.items() if words]
        if not told or len(theirs) != 1 or around[theirs[0]] != told or self._standing.is_doubtful(theirs[0]):
            return None
        return self._items[theirs[0]]

    def _nameless(self) -> Item | None:
        """A field that never had a name: in its place on a page that is the same, one element after the other, or else
        the one in its sections with the id that was its alone.

        Of a button without a name nothing would tell whether it still does what it did; a field offers the same choices.
        """
        if class_of(self._want.role) != "fill" or self._want.names or self._place is None:
            return None
        once, now = ({i.index for i in page if i.role in self._want.roles} for page in (self._model, self._items))
        if [*map(_as_seen, self._model)] == [*map(_as_seen, self._items)]:
            found = [self._place]
        else:
            wanted = self._model[self._place]
            found = [
                j
                for j in now
                if not self._items[j].names
                and self._standing.has_its_id(j)
                and sections_of(self._items[j]) == sections_of(wanted)
                and not self._standing.is_numbered(j, now)
                and not self._is_of_another(self._items[j])
            ]
        if len(found) != 1 or not self._is_by_what_was_touched(found[0], once - {self._place}, now - {*found}):
            return None
        return self._items[found[0]]

    # -- rule 3: worth asking about ---------------------------------------------------------------------------------

    def _candidates(self) -> list[Item]:
        """What the wanted one may have become: not what is surely something else."""
        place, alike, pairs = self._place or 0, self._standing.alike, self._standing.pairs
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

    def _bears_the_name(self, item: Item) -> bool:
        return self._is_possible(item) and self._named(item)

    def _named(self, item: Item) -> bool:
        """Whether an item bears a known name: one of its names, one of ours, and the best of either side among them."""
        theirs, ours = [plain(n) for n in item.names if plain(n)], [plain(n) for n in self._want.names if plain(n)]
        return bool(theirs) and (theirs[0] in self._known or (bool(ours) and ours[0] in theirs))


def _swapped(then: tuple[str, ...], now: tuple[str, ...], counts: Callable[[str], bool]) -> tuple[list[str], list[str]]:
    """Which texts that count went and which came, where some did both; otherwise none."""
    once, here = plain_texts(then), plain_texts(now)
    gone = [text for text in once if text not in here and counts(text)]
    came = [text for text in here if text not in once and counts(text)]
    return (gone, came) if gone and came else ([], [])


def _as_seen(item: Item) -> tuple[object, ...]:
    """All that a recording keeps of what an element is."""
    options = [plain(option["text"]) for option in item.options]
    return item.role, plain_texts(item.names), sections_of(item), dict(item.ids), options, item.row_addresses


def _nearness(page: list[Item], one: int | None, others: set[int], to: int) -> int:
    """Whether one of a page's elements stands in a smaller container with another element than any of the others does (1), in
    as small a one (0), or in a wider one (-1)."""

    def shared(place: int | None) -> int:
        pairs = zip(page[place or 0].within.split("."), page[to].within.split("."), strict=False)
        return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1] != "", pairs))

    mine, theirs = shared(one), max(map(shared, others), default=0)
    return (mine > theirs) - (mine < theirs)


def _row_words(item: Item) -> set[str]:
    """The words of an item's own row or card."""
    return {*plain_texts((*item.around, *item.things))}


def _asked(*candidates: Item) -> Found:
    return asked(tuple({i.index: i for i in candidates}.values())[:MOST_CANDIDATES])


def speaks(items: list[Item]) -> str:
    """The language of a page by the names on it: ``ja`` where a third of them is written in Japanese, else ``en``."""
    names = [i.name for i in items if i.name]
    return "ja" if 3 * sum(bool(JAPANESE_LETTER.search(name)) for name in names) > len(names) else "en"


def _place(want: Want, model: list[Item]) -> int | None:
    """Where in the model the wanted element stands: where the recording says so, else where its evidence is."""
    if want.index is not None and want.index < len(model):
        return want.index
    same = [
        n for n, m in enumerate(model) if (m.names, m.sections) == (want.names, want.sections) and m.role in want.roles
    ]
    return same[0] if len(same) == 1 else None
