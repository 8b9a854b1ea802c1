"""One look at a page, cleaned of what is private, of what passes, and of what is not the page's own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from automation.element import (
    JAPANESE_LETTER,
    THIS_PAGE,
    Element,
    Found,
    Item,
    Lesson,
    Rule,
    Words,
    in_row,
    resolve,
    taught,
)
from automation.recording.patching import Lang
from automation.recording.redaction import Redaction, is_private_row
from automation.shown import Shown

Lessons = Callable[[Element], tuple[Lesson, ...]]
Shows = Mapping[int, int]

_NUMBERED = re.compile(r"\$\{(ADDRESS|CODE)_\d+\}")
# What a list holds, a clock says or a mailbox counts differs from day to day.
_PASSING = re.compile(r"\d{1,2}:\d\d|\d{4}")
_COUNTED = re.compile(r"(?<![A-Za-z])\d")
_LISTED = ("row", "option", "presentation")
ROW = "${outlook_address}"


@dataclass(frozen=True)
class View:
    """A page as it looked at one time, cleaned of what is private: its own elements, its language, its generation.

    ``learned`` says which item a person showed us to be an element: the item's index by the element's id().
    """

    items: tuple[Item, ...]
    lang: Lang
    generation: str | None
    learned: Shows = field(default_factory=dict)


def view(shown: Sequence[Shown], items: Iterable[Item], redaction: Redaction, lessons: Lessons) -> View:
    """What belongs to a page of all that a tab shows, cleaned; looked at with rows, ids and what is personal."""
    items = list(items)
    everything = [(element, lessons(element)) for group in shown for element in group.elements]
    shows = ((element, taught(known, element.risk, items)) for element, known in everything if known)
    learned = {id(element): found.item.index for element, found in shows if found and found.item}
    clean = [_cleaned(item, redaction) for item in items]
    kept = [i for i in _without_surroundings(shown, clean, learned) if not _is_passing(i, shown)]
    headings = Words(en=tuple(name for i in kept if i.role == "heading" for name in i.names))
    sections = [e.section for group in shown for e in group.elements if e.section and e.section is not THIS_PAGE]
    items = [_without_counts(i, [headings, *sections]) for i in kept]
    found = [f.item for f in sights(shown, items, learned).values() if f.item]
    return View(tuple(items), _language(found or items), _generation(shown, items, learned), learned)


def as_kept(seen: View) -> list[Item]:
    """The items of a view as a page model holds them: placeholders in capitals, as everywhere."""
    return [replace(i, row_addresses=_cased(i.row_addresses, str.upper)) for i in seen.items]


def from_kept(items: Iterable[Item], lang: Lang, generation: str) -> View:
    """The view that a page model holds."""
    return View(tuple(replace(i, row_addresses=_cased(i.row_addresses, str.lower)) for i in items), lang, generation)


def _cleaned(item: Item, redaction: Redaction) -> Item:
    clean = redaction.item(item)
    return replace(
        clean,
        names=_unnumbered(clean.names),
        sections=_unnumbered(clean.sections),
        # A row of several addresses is no row: it is the whole page.
        row_addresses=_cased(_unnumbered(clean.row_addresses or ()), str.lower)
        if len(clean.row_addresses or ()) == 1
        else None,
        # What a list offers may be somebody's labels; numbers are ports.
        options=tuple(o for o in clean.options if o["text"].isdigit()),
    )


def _unnumbered(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Other people's addresses and codes are numbered as they come, which differs from look to look."""
    return tuple(_NUMBERED.sub(r"${\1}", text) for text in texts)


def _is_passing(item: Item, shown: Sequence[Shown]) -> bool:
    """Whether it is there today and not tomorrow, or is somebody's own and none of the elements we look for."""
    if item.personal and not in_row(item, ROW) and not reads_like_ours(item, shown):
        return True
    return item.role in _LISTED or is_private_row(item) or any(_PASSING.search(name) for name in item.names)


def _without_counts(item: Item, telling: Sequence[Words | Rule]) -> Item:
    """Without the sections that count or date something or are somebody's own; headings, and what tells, stay."""
    passing = [s for s in item.sections if item.personal or _COUNTED.search(s)]
    kept = [s for s in item.sections if s not in passing or any(rule.know(s) for rule in telling)]
    return replace(item, sections=tuple(kept))


def _without_surroundings(shown: Sequence[Shown], items: list[Item], learned: Shows) -> list[Item]:
    """The items of the parts where the page's own elements are, and of a window that lies over all."""
    found = {f.item.part for f in sights(shown, items, learned).values() if f.item}
    found -= {part for part in found if part.startswith("around")} if len(found) > 1 else set()
    parts = found or {
        next((i.part for kind in ("modal", "dialog", "main", "") for i in items if i.part.startswith(kind)), "")
    }
    inside = [i for i in items if i.part in parts or i.part.startswith("modal")]
    # A heading further up the page, such as a message's subject, is no place on this one.
    foreign = {name for i in items if i not in inside and i.role == "heading" for name in i.names}
    return [replace(i, sections=tuple(s for s in i.sections if s not in foreign)) for i in inside]


def _cased(addresses: tuple[str, ...] | None, case: Callable[[str], str]) -> tuple[str, ...] | None:
    return tuple(map(case, addresses)) if addresses else None


def _language(items: Iterable[Item]) -> Lang:
    names = [item.name for item in items if item.name]
    return "ja" if 2 * sum(bool(JAPANESE_LETTER.search(name)) for name in names) > len(names) else "en"


def _generation(shown: Sequence[Shown], items: Sequence[Item], learned: Shows) -> str | None:
    """The generation of which most is there; None where the page has generations, and nothing of any is there."""
    there: Counter[str] = Counter()
    for group in shown:
        if group.generation:
            # What shows only beside a switch may be shared by generations: it decides where nothing else does.
            weight = 1 if group.while_on else 100
            there[group.generation.name] += weight * sum(_is_there(e, group, items, learned) for e in group.elements)
    best = there.most_common(1)
    return "" if not best else best[0][0] if best[0][1] else None


def _is_there(element: Element, group: Shown, items: Sequence[Item], learned: Shows) -> bool:
    if _sight(element, group, items, learned).item:
        return True
    section = element.section  # the section of a thing proves its generation even where the thing itself is renamed
    return isinstance(section, Words) and any(section.know(s) for i in items for s in i.sections)


def _sight(element: Element, group: Shown, items: Sequence[Item], learned: Shows) -> Found:
    """How an element is found: by rule, or as the person showed it on the page as it really is."""
    found = resolve(element, list(items), ROW if group.in_row else None)
    shown = next((i for i in items if i.index == learned.get(id(element))), None)
    return Found(shown, how="learned") if shown and not found.item else found


def sights(shown: Sequence[Shown], items: Sequence[Item], learned: Shows) -> dict[int, Found]:
    return {id(e): _sight(e, group, items, learned) for group in shown for e in group.elements}


def reads_like_ours(item: Item, shown: Sequence[Shown]) -> bool:
    """Whether it reads like one of the elements the page may show, such as the second row's link."""
    elements = [e for group in shown for e in group.elements if item.role in e.roles]
    return any(knows(element, item) for element in elements)


def knows(element: Element, item: Item) -> bool:
    return any(element.words.know(n) or bool(element.rule and element.rule.know(n)) for n in item.names)
