"""One look at a page: the script that collects its elements, and what was seen, with the way back to each element."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from automation.element import Item, items_from

if TYPE_CHECKING:
    from playwright.sync_api import ElementHandle, Frame, Locator, Page, Selectors

# What a look found can be acted on until this many looks later; then the page and the driver may forget it.
HELD_LOOKS = 4
_SCRIPT = Path(__file__).with_name("elements.js").read_text(encoding="utf-8")
COLLECT = _SCRIPT[_SCRIPT.index("(wanted)") :]
_NAME = "autoconfigure"
# What the driver says when an element is asked for that the page no longer shows.
_REDRAWN = "autoconfigure: drawn anew"
# Our eyes are a selector engine, which Playwright runs in its own world beside the page's: the page can neither see nor
# bend it, and Playwright need not set itself up a second time among the page's own scripts, which takes it 25 ms a page.
# An engine gives elements; what is told is the text of one that is in no page. In that world it keeps the elements of
# its last looks, and those that were touched.
_ENGINE = f"""(() => {{
  const collect = {COLLECT};
  const kept = new Map(), touched = new Map();
  const tell = (value) => Object.assign(document.createElement('i'), {{textContent: JSON.stringify(value)}});
  const seen = (at) => touched.get(at.join()) ?? kept.get(at[0])?.[at[1]];
  const verbs = {{
    look: (number, wanted) => {{
      const look = collect(wanted);
      kept.set(number, look.elements);
      for (const old of kept.keys()) if (kept.size > {HELD_LOOKS}) kept.delete(old);
      return tell(look.items);
    }},
    touch: (...at) => {{
      const el = seen(at);
      if (!el?.isConnected) throw new Error('{_REDRAWN}');
      touched.set(at.join(), el);
      return el;
    }},
    again: (...at) => {{
      const el = seen(at);
      return tell(el?.isConnected ? collect({{way: [el]}}).items : []);
    }},
    place: (number, at) => tell((kept.get(number) ?? []).indexOf(seen(at))),
    survey: (...at) => {{
      const around = seen(at);
      const look = collect({{rows: true, ids: true, news: true, around}});
      return tell({{...look, elements: null, roots: null, index: look.elements.indexOf(around),
        lang: document.documentElement.lang, url: location.href}});
    }},
    // The kept elements that a picked node is, or is inside of; a label stands for its field.
    around: function (number) {{
      const meant = this.closest('label')?.control ?? this;
      const inside = (element) => {{ for (let n = meant; n; n = n.parentNode ?? n.host) if (n === element) return true; }};
      return tell((kept.get(number) ?? []).flatMap((e, i) => inside(e) ? [i] : []));
    }},
  }};
  const query = (root, body) => {{
    const [verb, ...rest] = JSON.parse(decodeURIComponent(body));
    return verbs[verb].apply(root, rest);
  }};
  return {{query, queryAll: (root, body) => [query(root, body)]}};
}})()"""
_NUMBERS = count(1)


def open_eyes(selectors: Selectors) -> None:
    """Let this Playwright look at pages; once, before the first look."""
    selectors.register(_NAME, _ENGINE, content_script=True)


def take_look(place: Page | Frame, wanted: Mapping[str, Any]) -> Look:
    """What a page or one of its frames shows now. Raises Playwright's Error while it loads."""
    number = next(_NUMBERS)
    return Look(place, number, items_from(_told(place, "look", number, wanted)))


def was_redrawn(error: BaseException) -> bool:
    """Whether an error of Playwright means that the page drew an element anew before anything was done to it."""
    return _REDRAWN in str(error) or "not attached" in str(error)


class Redrawn(Exception):
    """The page drew the element anew between looking and acting; nothing was done to it."""


class Look:
    """One look at a page or one of its frames: its items, and the way to the page's own elements to act on them."""

    def __init__(self, page: Page | Frame, number: int, items: list[Item]) -> None:
        self._page = page
        self.number = number
        self.items = items

    def handle(self, item: Item) -> Locator:
        """The page's own element behind an item: this very one, or whatever is done with it ends as ``was_redrawn``."""
        return self._page.locator(_selector("touch", self.number, item.index))

    def again(self, item: Item) -> Item | None:
        """An item that was touched as it is now, wherever the page has put it; None if it is gone. Raises Playwright's Error."""
        return next(iter(items_from(_told(self._page, "again", self.number, item.index))), None)

    def place_of(self, other: Look, its: Item) -> int | None:
        """Where in this look the very element stands that was touched as an item of another one. Raises Playwright's Error."""
        index: int = _told(self._page, "place", self.number, [other.number, its.index])
        return index if index >= 0 else None

    def around(self, node: ElementHandle) -> list[Item]:
        """The items that a node of the page belongs to, the innermost first."""
        told = node.query_selector(_selector("around", self.number))
        inside: list[int] = json.loads((told and told.text_content()) or "[]")
        return [self.items[index] for index in reversed(inside)]


def survey_page(page: Page, look: int = 0, index: int = 0) -> dict[str, Any]:
    """All that a page shows and says, with the tree around one element of a look. Raises Playwright's Error."""
    survey: dict[str, Any] = _told(page, "survey", look, index)
    return survey


def _told(place: Page | Frame, *said: Any) -> Any:
    return json.loads(place.locator(_selector(*said)).text_content() or "")


def _selector(*said: Any) -> str:
    return f"{_NAME}={quote(json.dumps(said))}"
