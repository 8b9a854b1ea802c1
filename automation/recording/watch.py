"""Looking at one page for what changed: until it stands still, twice before anything is called changed, with pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from automation.element import Item
from automation.look import Look
from automation.page import Page
from automation.picture import covered_picture
from automation.recording.baselines import Baselines
from automation.recording.drift import Drift, ElementDrift, compare
from automation.recording.redaction import Redaction
from automation.recording.view import view
from automation.shown import Shown
from automation.tab import Tab

if TYPE_CHECKING:
    from playwright.sync_api import FloatRect, Locator

# A page that shows the same for this long, and is this old, is drawn.
STILL_SECONDS = 0.5
YOUNG_SECONDS = 1.0
DRAWN_SECONDS = 12.0
# What is called changed has had this long to come, as a slow page's parts do one after the other.
LATE_SECONDS = 3.0
MOST_PICTURES = 8
_ABOVE, _BELOW = 150, 150  # pixels around a place that a picture shows
# Where an element is, with the label that belongs to it; and the part of the page it stands in.
_PLACE = r"""(el) => {
  const named = (el.getAttribute('aria-labelledby') || '').split(/\s+/).map((id) => id && document.getElementById(id));
  const boxes = [el, ...(el.labels || []), ...named].filter(Boolean).map((one) => one.getBoundingClientRect());
  const part = (el.closest('[role=dialog],dialog,main,[role=main]') || document.body).getBoundingClientRect();
  return {
    left: Math.min(...boxes.map((b) => b.left)) - 4, right: Math.max(...boxes.map((b) => b.right)) + 4,
    top: Math.min(...boxes.map((b) => b.top)) - 4, bottom: Math.max(...boxes.map((b) => b.bottom)) + 4,
    around: [part.left, part.right], window: [window.innerWidth, window.innerHeight],
  };
}"""


Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Picture:
    """A piece of a page with everything private covered, and where in it the place is: left, top, width, height, 0..1.

    ``near`` is true where the thing itself is gone, and its neighbour is shown.
    """

    png: bytes
    box: Box
    near: bool = False


@dataclass
class Watched:
    """One page: what changed, where it was, and pictures of what changed, by the element's name."""

    drift: Drift
    where: str
    pictures: dict[str, Picture] = field(default_factory=dict)


class Watch:
    """Compares pages with their baselines."""

    def __init__(self, redaction: Redaction, baselines: Baselines, names: Mapping[int, str]) -> None:
        self._redaction, self._baselines, self._names = redaction, baselines, names

    def at(self, name: str, page: Page, shown: Sequence[Shown]) -> Watched:
        """Look at the page in front and compare. Nothing on it is touched; it may be loaded once more."""
        look, drift = self._compared(name, page, shown)
        if _is_odd(drift):  # a part that came late, or a passing notice, is no change
            page.tab.until(lambda: not _is_odd(self._compared(name, page, shown)[1]), LATE_SECONDS, every=0.5)
            page.tab.page.reload(wait_until="commit")
            look, drift = self._compared(name, page, shown)
        watched = Watched(drift, self._redaction.url(page.tab.page.url) or "")
        if not page.shows_secret:
            for change in drift.changes[:MOST_PICTURES]:
                if picture := _picture(page, look, drift, change):
                    watched.pictures[change.name] = picture
        return watched

    def again(self, name: str, seen: Watched, shown: Sequence[Shown]) -> Watched:
        """The same look, compared with a baseline that changed since."""
        old = self._baselines.find(name, seen.drift.new)
        return replace(seen, drift=compare(shown, self._names, old, seen.drift.new))

    def _compared(self, name: str, page: Page, shown: Sequence[Shown]) -> tuple[Look, Drift]:
        look = _still(page.tab, page.personal)
        seen = view(shown, look.items, self._redaction, page.lessons)
        return look, compare(shown, self._names, self._baselines.find(name, seen), seen)


def _is_odd(drift: Drift) -> bool:
    """Whether a page deserves a second look before anything is told of it or kept."""
    return drift.is_changed or (drift.is_first and bool(drift.unknown))


def _still(tab: Tab, personal: str) -> Look:
    """A look at a page that has stopped drawing itself."""
    last = tab.look(rows=True, ids=True, personal=personal)

    def stands() -> bool:
        nonlocal last
        before, last = last, tab.look(rows=True, ids=True, personal=personal)
        return bool(last.items) and tab.age() > YOUNG_SECONDS and _outline(before) == _outline(last)

    tab.rest(STILL_SECONDS)
    tab.until(stands, DRAWN_SECONDS, every=STILL_SECONDS)
    return last


def _outline(look: Look) -> list[tuple[str, tuple[str, ...]]]:
    return [(item.role, item.names) for item in look.items]


# -- pictures ---------------------------------------------------------------------------------------------------------


def _picture(page: Page, look: Look, drift: Drift, change: ElementDrift) -> Picture | None:
    """The piece of the page around what changed; where it is gone, around the neighbour that is still there."""
    from playwright.sync_api import Error

    item = change.new or _neighbour(drift, change.old)
    if item is None:
        return None
    boxes: list[Box] = []

    def clip() -> FloatRect:
        handle.scroll_into_view_if_needed(timeout=3000)
        piece, box = _piece(handle)
        boxes.append(box)
        return piece

    try:
        handle = look.handle(item)
        png = covered_picture(page.tab, page.session.private_words, page.readable_part, page.personal, clip)
    except (Error, LookupError):
        return None
    return Picture(png, boxes[0], near=change.new is None) if png else None


def _neighbour(drift: Drift, old: Item | None) -> Item | None:
    """Of what stood beside a thing that is gone, the nearest that is still there."""
    if drift.old is None or old is None:
        return None
    place = drift.old.items.index(old)
    still = {(item.role, item.names): item for item in drift.new.items}
    beside = sorted(range(len(drift.old.items)), key=lambda i: abs(i - place))
    return next(
        (still[key] for i in beside if (key := (drift.old.items[i].role, drift.old.items[i].names)) in still), None
    )


def _piece(handle: Locator) -> tuple[FloatRect, Box]:
    """What to picture, and where in it the element is. Raises LookupError for what has no place on the page."""
    seen = handle.evaluate(_PLACE)
    left, right = max(0.0, seen["around"][0]), min(float(seen["window"][0]), seen["around"][1])
    top, bottom = max(0.0, seen["top"] - _ABOVE), min(float(seen["window"][1]), seen["bottom"] + _BELOW)
    width, height = right - left, bottom - top
    if width < 1 or height < 1:
        raise LookupError
    size = (seen["right"] - seen["left"]) / width, (seen["bottom"] - seen["top"]) / height
    box = ((seen["left"] - left) / width, (seen["top"] - top) / height, *size)
    return {"x": left, "y": top, "width": width, "height": height}, box
