"""Where a step of a recording happens: which window by its name, and which frame in it by its way."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from automation.errors import PageChanged
from automation.messages import _
from automation.recording.flow_file import Step
from automation.recording.importing import without_query
from automation.recording.values import Values
from automation.tab import Tab
from automation.tabs import Tabs

if TYPE_CHECKING:
    from playwright.sync_api import Frame


@dataclass
class Place:
    """A window, and the way to a frame in it."""

    tab: Tab
    way: tuple[Mapping[str, Any], ...]
    values: Values
    inner: Frame | None = None
    _known: Frame | None = None  # the frame as it was found last

    @property
    def is_in_frame(self) -> bool:
        """Whether the step was done in a frame."""
        return bool(self.way) or self.inner is not None

    def frame(self) -> Frame | None:
        """The frame, if the window shows it now; None for the page itself too."""
        if not self.is_in_frame:
            return None
        frame = self.inner or self.tab.page.main_frame
        for hop in self.way:
            inside = _hop(frame.child_frames, hop, self.values)
            if inside is None:
                return None
            frame = inside
        self._known = frame
        return frame

    def frame_of_outcome(self) -> Frame | None:
        """The frame after something was done in it: one known by its address alone may have gone elsewhere."""
        return self.frame() or (None if self._known is None or self._known.is_detached() else self._known)

    def addresses(self) -> list[str]:
        """The page's address; for a frame those of all frames, since what is done in one may lead any of them on."""
        page = self.tab.page
        return [frame.url for frame in page.frames] if self.is_in_frame else [page.url]


def _hop(frames: Sequence[Frame], hop: Mapping[str, Any], values: Values) -> Frame | None:
    """The one frame that fits: by name, else by address, else by title; by number only where nothing else was recorded."""
    if name := hop.get("name"):
        fitting = [frame for frame in frames if frame.name == name]
        if len(fitting) == 1:
            return fitting[0]
    if url := hop.get("url"):
        fitting = [frame for frame in frames if without_query(frame.url) == without_query(values.fill(url))]
        return fitting[0] if len(fitting) == 1 else None
    if title := hop.get("title"):
        fitting = [frame for frame in frames if frame.frame_element().get_attribute("title") == title]
        return fitting[0] if len(fitting) == 1 else None
    index = hop.get("index")
    by_number = index is not None and not name and index < len(frames)
    return frames[index] if by_number else None  # type: ignore[index]  # not None here


class Windows:
    """The windows of one replay by the names the recording gives them."""

    def __init__(self, tabs: Tabs, values: Values) -> None:
        self._tabs = tabs
        self._values = values
        self._named: dict[str, Tab] = {}
        self._frames: dict[str, tuple[Tab, Frame]] = {}

    def place_of(self, step: Step, seconds: float) -> Place:
        """Where a step happens, waiting for a window that is on its way. Raises PageChanged when it does not come."""
        if step.page not in self._named and (step.do == "open" or not self._named):
            self._named[step.page] = self._tabs.open()
        deadline = time.monotonic() + seconds
        while step.page not in self._named and step.page not in self._frames:
            if not self._come(step) and time.monotonic() >= deadline:
                raise PageChanged(
                    _("Step {id} of the recording happens in the window {name}.").format(id=step.id, name=step.page),
                    expected=_("that window to be open"),
                    seen=_("it was not opened"),
                    todo=_("Look at the page. If it is right, the recording is old: record it anew."),
                )
        if step.page in self._frames:
            tab, frame = self._frames[step.page]
            return Place(tab, step.frame, self._values, frame)
        return Place(self._named[step.page], step.frame, self._values)

    def opened_by(self, tab: Tab, name: str) -> bool:
        """Whether a tab has opened a window; from then on it has this name."""
        if name not in self._named and (window := self._tabs.new_window_of(tab)):
            self._named[name] = window
        return name in self._named

    def is_closed(self, name: str) -> bool:
        """Whether a window is gone."""
        return name in self._named and self._named[name].page.is_closed()

    def _come(self, step: Step) -> bool:
        """A window nobody named yet, or a frame: other tools know a frame of another site by its address alone."""
        for tab in [tab for tab in self._named.values() if not tab.page.is_closed()]:
            if self.opened_by(tab, step.page):
                return True
            where = self._values.fill(step.where or "")
            frames = [frame for frame in tab.page.frames[1:] if without_query(frame.url) == where]
            if len(frames) == 1:
                self._frames[step.page] = (tab, frames[0])
                return True
        if open_tabs := [tab for tab in self._named.values() if not tab.page.is_closed()]:
            open_tabs[-1].rest(0.05)
        return False
