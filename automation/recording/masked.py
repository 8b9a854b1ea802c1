"""Mail addresses and numbers that a page shows only in part, as ``t•••@x.com``: to a replay one is as good as another."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from automation.element import Item
from automation.recording.secret_fields import calls_code

ANYBODY = "•••@•••"
_ANY_NUMBER = "•••"
_FIELDS = ("textbox", "searchbox", "password")
_DOTS = "*＊∗•●∙"
# As ASCII addresses are: Japanese words follow one without a space. Two dots, since *@x.com is a rule for a whole site.
_LOCAL = rf"[A-Za-z0-9.!#$%&'+/=?^_`|~{_DOTS}-]"
# Begun only where a word begins, and never taken back: a page may show a word of any length.
_ADDRESS = re.compile(rf"(?<!{_LOCAL}){_LOCAL}++[@＠](?:[A-Za-z0-9.{_DOTS}-]*[A-Za-z0-9{_DOTS}])", re.ASCII)
_HIDDEN = re.compile(f"[{_DOTS}]{{2}}")
_NUMBER = re.compile(rf"\(?[{_DOTS}]{{2}}[{_DOTS} ().-]*\d{{2,4}}(?!\d)", re.ASCII)


def masked_addresses(text: str) -> list[str]:
    """The addresses in a text that show only a part of themselves."""
    if "@" not in text and "＠" not in text:
        return []
    return [found[0] for found in _ADDRESS.finditer(text) if found[0] != ANYBODY and _HIDDEN.search(found[0])]


def about_anybody(text: str) -> str:
    """A sentence about a masked address, or about a code sent to a masked number, as it reads for everybody.

    A text that is nothing but such an address may be what tells one row from another, and is left as it is.
    """
    told = text
    for address in masked_addresses(text):
        told = told.replace(address, ANYBODY)
    if told.strip() == ANYBODY:
        return text
    if _HIDDEN.search(told) and calls_code((told,)):
        told = _NUMBER.sub(_ANY_NUMBER, told)
    return told


def names_of_anybody(role: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """An element's names as they read for everybody: those of a field for a text, which nobody's account is behind."""
    return tuple(map(about_anybody, names)) if role in _FIELDS else names


def around_anybody(items: Iterable[Item]) -> list[Item]:
    """The items of a look with what stands around them, and what fields are called, as it reads for everybody."""
    return [_around_anybody(item) for item in items]


def _around_anybody(item: Item) -> Item:
    names, sections = names_of_anybody(item.role, item.names), tuple(map(about_anybody, item.sections))
    return item if (names, sections) == (item.names, item.sections) else replace(item, names=names, sections=sections)
