"""Pictures for who was not there to watch: what is private is covered while they are taken, not afterwards."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automation.settings import write_private

if TYPE_CHECKING:
    from playwright.sync_api import FloatRect

    from automation.tab import Tab

PICTURE_SECONDS = 5.0
_SCRIPT = Path(__file__).with_name("cover.js").read_text(encoding="utf-8")
_COVER = _SCRIPT[_SCRIPT.index("([words") :]
_UNCOVER = "() => document[Symbol.for('autoconfigure.cover')]?.end() ?? false"


def take_picture(tab: Tab, folder: Path, words: Iterable[str | None] = (), part: str = "", personal: str = "") -> str:
    """A picture of a tab in a private file; its path, or nothing if the tab cannot show one.

    ``words`` are addresses (the one the picture is about first) and names; they are covered wherever they stand, and so
    is every other address. ``part`` is a selector for what the site's maker wrote, such as a settings pane: it is pictured
    alone, and can be read but for fields, lists and ``personal`` (a selector too). Of a page without such a part only
    headings and the names of buttons and switches can be read.
    """
    picture = covered_picture(tab, words, part, personal)
    if not picture:
        return ""
    name = f"{time.strftime('%Y%m%d-%H%M%S')}-{time.monotonic_ns() % 1_000_000:06d}.png"
    return str(write_private(folder / name, picture))


def covered_picture(
    tab: Tab,
    words: Iterable[str | None] = (),
    part: str = "",
    personal: str = "",
    clip: Callable[[], FloatRect] | None = None,
) -> bytes:
    """The picture itself, covered as ``take_picture`` says; nothing where none could be taken.

    ``clip`` is asked for the piece to picture once everything is covered; without it, the ``part`` is pictured.
    """
    from playwright.sync_api import Error

    picture, covered = b"", False
    try:
        tab.come_to_front()  # a browser draws no hidden tab
        box = tab.page.evaluate(_COVER, [_private(words), part, personal])
        whole: Any = dict(zip(("x", "y", "width", "height"), box, strict=True)) if box else None
        picture = tab.page.screenshot(clip=clip() if clip else whole, timeout=PICTURE_SECONDS * 1000)
    except Error:
        pass
    finally:
        with suppress(Error):  # a page that went on to another one was perhaps pictured without its cover
            covered = bool(tab.page.evaluate(_UNCOVER))
    return picture if covered else b""


def _private(words: Iterable[str | None]) -> list[str]:
    """Addresses, the names before their @, whole names and the parts of names; the first word stays the first."""
    found: dict[str, None] = {}
    for word in filter(None, words):
        name, at, _domain = word.partition("@")
        parts = [name] if at else re.split(r"[\s　]+", word)
        found |= dict.fromkeys([word, *(part for part in parts if len(part) > 1)])
    return list(found)
