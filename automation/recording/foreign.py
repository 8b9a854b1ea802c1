"""What finds an element in other tools' recordings, which keep no page model: the site's own name for it, or its row."""

from __future__ import annotations

import re
from collections.abc import Sequence

from automation.element import Found, Item, Risk, asked, plain
from automation.recording.flow_file import NAMING, Want
from automation.recording.matching import MOST_CANDIDATES


def by_foreign_evidence(want: Want, risk: Risk, items: Sequence[Item]) -> Found:
    """The one element with the role that stands in the recorded row or section, or that the site itself calls so; or candidates.

    These are rules of the kind a page file may declare: never for a marked element.
    """
    playing = [item for item in items if item.role in want.roles]
    ids = {key: text for key, text in want.ids.items() if key in (*NAMING, "tag")}
    found: list[Item] = []
    if want.among:
        found = [item for item in playing if _is_called(want, item) and _stands_in(want, item)]
    elif want.names and want.sections and want.counts.get("role+name", 1) == 1:
        around = {plain(text) for text in want.sections}
        found = [item for item in playing if _is_called(want, item) and around <= {*map(plain, item.sections)}]
    elif not want.names:
        found = [item for item in playing if ids.items() <= dict(item.ids).items()]
    if len(found) == 1 and not risk and (want.among or want.names or set(ids) & set(NAMING)):
        return Found(found[0], how="known")
    return asked(tuple(found[:MOST_CANDIDATES]))


def _is_called(want: Want, item: Item) -> bool:
    names = {plain(name) for name in want.names}
    return not names or bool(names & {plain(name) for name in item.names})


def _stands_in(want: Want, item: Item) -> bool:
    """Whether the recorded text of a row is all that the row of an element says, its own name included.

    Of an element whose name is known, one of the texts beside it is enough. Dates and numbers are in the row's whole text.
    """
    row, name, things = _glued(want.among[0]), _glued(item.name), [*map(_glued, item.things)]
    if row == _glued(item.row_text) or (want.names and row in things):
        return True
    readings = [[*things[:place], name, *things[place:]] for place in range(len(things) + 1)]
    return bool(things and name) and name in row and row in {"".join(texts) for texts in (things, *readings)}


def _glued(text: str) -> str:
    """A text without any space: other tools put none between the cells of a row."""
    return re.sub(r"\s", "", plain(text)).lower()
