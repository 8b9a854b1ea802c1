"""One look at a page: the script that collects its elements, and what was seen, with the way back to each element."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automation.driver_errors import is_gone
from automation.element import Item, items_from

if TYPE_CHECKING:
    from playwright.sync_api import ElementHandle, Frame, Page

# What a look found can be acted on until this many looks later; then the page and the driver may forget it.
HELD_LOOKS = 4
_SCRIPT = Path(__file__).with_name("elements.js").read_text(encoding="utf-8")
COLLECT = _SCRIPT[_SCRIPT.index("(wanted)") :]
KEPT_LOOKS = "document[Symbol.for('autoconfigure.looks')]"
# One round trip a look: the page keeps the elements of its last looks, and tells the items as text, since Playwright
# takes longer to pack nested objects than the look itself takes.
_LOOK = f"""(wanted) => {{
  const look = ({COLLECT})(wanted);
  const kept = {KEPT_LOOKS} ??= new Map();
  kept.set(wanted.number, look.elements);
  for (const number of kept.keys()) if (kept.size > {HELD_LOOKS}) kept.delete(number);
  return JSON.stringify(look.items);
}}"""
_KEPT = f"([number, index]) => {KEPT_LOOKS}?.get(number)?.[index] ?? null"
# The kept elements that a picked node is, or is inside of; a label stands for its field.
_AROUND = f"""([number, picked]) => {{
  const meant = picked.closest('label')?.control ?? picked;
  const inside = (element) => {{ for (let n = meant; n; n = n.parentNode ?? n.host) if (n === element) return true; }};
  return ({KEPT_LOOKS}?.get(number) ?? []).flatMap((e, i) => inside(e) ? [i] : []);
}}"""
_NUMBERS = count(1)


def take_look(place: Page | Frame, wanted: Mapping[str, Any]) -> Look:
    """What a page or one of its frames shows now. Raises Playwright's Error while it loads."""
    number = next(_NUMBERS)
    seen = place.evaluate(_LOOK, {**wanted, "number": number})
    return Look(place, number, items_from(json.loads(seen)))


class Redrawn(Exception):
    """The page drew the element anew between looking and acting; nothing was done to it."""


class Look:
    """One look at a page or one of its frames: its items, and the page's own handles to act on them."""

    def __init__(self, page: Page | Frame, number: int, items: list[Item]) -> None:
        self._page = page
        self.number = number
        self.items = items

    def handle(self, item: Item) -> ElementHandle:
        """The page's own element behind an item. Raises Redrawn when the page went on since this look."""
        from playwright.sync_api import Error

        try:
            element = self._page.evaluate_handle(_KEPT, [self.number, item.index]).as_element()
        except Error as error:
            if is_gone(error):
                raise
            raise Redrawn from None
        if element is None:
            raise Redrawn
        return element

    def around(self, node: ElementHandle) -> list[Item]:
        """The items that a node of the page belongs to, the innermost first."""
        inside: list[int] = self._page.evaluate(_AROUND, [self.number, node])
        return [self.items[index] for index in reversed(inside)]
