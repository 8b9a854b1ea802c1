"""What became true after a step when it was recorded, looked for again at the replay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from automation.element import Item, plain
from automation.errors import TURNING
from automation.look import Look
from automation.recording.finding import Finder, look_at
from automation.recording.flow_file import SEVERAL, Step
from automation.recording.importing import without_query
from automation.recording.masked import about_anybody
from automation.recording.places import Place, Windows
from automation.recording.values import Values
from automation.tab import Tab

if TYPE_CHECKING:
    from automation.asking import Target


class Outcomes:
    """What became of the steps of one replay. The look that shows it serves once more, for the next step's element."""

    def __init__(self, windows: Windows, values: Values, finder: Finder) -> None:
        self._windows = windows
        self._values = values
        self._finder = finder
        self._look: tuple[Tab, Look] | None = None
        self._touched: tuple[str, Target] | None = None  # the step that acted last, and on what

    def acted(self, step: Step, target: Target) -> None:
        """A step is acting on this very element."""
        self._touched = step.id, target
        self._finder.acted(step, target)

    def forget(self) -> None:
        """Time has gone by, and the page may be another: no look serves any more."""
        self._look = None

    def look_left(self, step: Step, place: Place) -> Look | None:
        """The look that showed the outcome of the step before, once: nothing was done since."""
        left, self._look = self._look, None
        is_same = left and left[0] is place.tab and not place.is_in_frame
        return left[1] if left and is_same and self._finder.shares_looks(step) else None

    def missing(self, wanted: Sequence[Mapping[str, Any]], step: Step, place: Place) -> list[Mapping[str, Any]]:
        """What of all that became true is not true at this moment."""
        self._look = None
        return [one for one in wanted if not self._holds(one, step, place)]

    def _look_after(self, place: Place) -> Look:
        """The look at a page after a step: it answers for all that became true, and may find the next element too."""
        if place.is_in_frame:
            return look_at(place.tab, place.frame_of_outcome())
        if self._look is None or self._look[0] is not place.tab:
            self._look = place.tab, look_at(place.tab)
        return self._look[1]

    def _holds(self, one: Mapping[str, Any], step: Step, place: Place) -> bool:
        """Whether one thing that became true is true now."""
        (kind, value), tab = next(iter(one.items())), place.tab
        if kind == "closes":
            return self._windows.is_closed(value)
        if kind == "opens":
            return self._windows.opened_by(tab, value)
        if kind == "dialog" or tab.page.is_closed():  # a window that is gone shows nothing any more
            return True
        if kind == "url":
            return any(_same_address(url, self._values.fill(value)) for url in place.addresses())
        if kind == "shows":
            return self._shows(value["role"], self._values.fill(value["name"]), place)
        return self._has_state(value, step, place)

    def _shows(self, role: str, name: str, place: Place) -> bool:
        from playwright.sync_api import Error

        roles, seen = SEVERAL.get(role, (role,)), self._look_after(place).items
        if any(i.role in roles and plain(name) in map(as_told, i.names) for i in seen):
            return True
        if role in SEVERAL:  # all of these can be touched, so the look has them
            return False
        where: Any = place.frame_of_outcome() or place.tab.page
        with suppress(Error):  # roles that nobody can touch are in no look; a page on its way shows nothing
            if where.get_by_role(role, name=name, exact=True).first.is_visible():
                return True
            # Messages have no name: what they say is what was recorded.
            return any(as_told(text) == plain(name) for text in where.get_by_role(role).all_inner_texts())
        return False

    def _has_state(self, value: object, step: Step, place: Place) -> bool:
        """Whether the element holds what it held; one that is gone after the step is no witness."""
        is_shared = not place.is_in_frame and self._finder.shares_looks(step)
        shared = self._look_after(place) if is_shared else None
        target, _look, _found = self._finder.look_for(step, place, shared)
        item = target.item if target else self._touched_item(step)
        if item is None:
            return step.do != "switch"
        if isinstance(value, bool):
            return item.checked is value
        chosen = [option["text"] for option in item.options if option["selected"]]
        return plain(self._values.fill(str(value))) in [
            plain(text) for text in (item.value, *chosen) if text is not None
        ]

    def _touched_item(self, step: Step) -> Item | None:
        """The very element that a step acted on as it is now, whatever else has changed around it; None if it is gone."""
        from playwright.sync_api import Error

        with suppress(Error):
            if self._touched and self._touched[0] == step.id:
                target = self._touched[1]
                return target.look.again(target.item)
        return None


def as_told(text: str) -> str:
    """A text as it is compared with what became true when it was recorded."""
    return plain(about_anybody(TURNING.sub("", text)))


def _same_address(here: str, wanted: str) -> bool:
    """Whether a page has an address; its fragment counts only where the recording has one."""
    here = here.partition("?")[0] if "#" not in here else without_query(here) + "#" + here.partition("#")[2]
    return here.rstrip("/") == wanted.rstrip("/") or without_query(here).rstrip("/") == wanted.rstrip("/")
