"""Finding the elements of a recording's steps on the pages as they are now."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from automation.asking import Target
from automation.element import Found, Item
from automation.learned import Memory
from automation.look import Look
from automation.recording.flow_file import Recording, Step, Want
from automation.recording.foreign import by_foreign_evidence
from automation.recording.masked import around_anybody
from automation.recording.matching import match
from automation.recording.places import Place
from automation.recording.values import Values
from automation.tab import Tab

if TYPE_CHECKING:
    from playwright.sync_api import Frame


class Finder:
    """What one recording knows of its elements, with the values of this replay and what the person showed us before."""

    def __init__(self, recording: Recording, values: Values, memory: Memory | None) -> None:
        self._recording = recording
        self._values = values
        self._memory = memory
        self._models: dict[str, list[Item]] = {}
        self._acted: dict[str, Target] = {}  # what each step acted on

    def acted(self, step: Step, target: Target) -> None:
        """A step is acting on this very element."""
        self._acted[step.id] = target

    def look_for(self, step: Step, place: Place, look: Look | None = None) -> tuple[Target | None, Look | None, Found]:
        """The element of a step as it is now, or in a look that was taken just now."""
        assert step.want
        frame = place.frame()
        if place.is_in_frame and frame is None:
            return None, None, Found(None)
        want, model = self._values.want(step.want), self._model(step)
        look = look or look_at(place.tab, frame, want.plain, whole_rows=bool(want.among) and model is None)
        learned = self._memory.of(place.tab.page.url, *self.key(step)) if self._memory else ()
        # Whose account something ends or destroys is nothing to be open about.
        items = look.items if step.risk in ("account", "destructive") else around_anybody(look.items)
        found = match(want, step.risk, items, model, learned, self._seen_again(want, look))
        if model is None and not found.item:
            foreign = by_foreign_evidence(want, step.risk, items)
            found = foreign if foreign.item or foreign.candidates else found
        return (Target(want.element(step.risk), found.item, look) if found.item else None), look, found

    def _seen_again(self, want: Want, look: Look) -> dict[int, int]:
        """Where earlier steps' elements stand now, by where they stood in the model."""
        from playwright.sync_api import Error

        again: dict[int, int] = {}
        for step, place in want.touched.items():
            with suppress(Error):  # on a page that is gone
                if (target := self._acted.get(step)) and (index := look.place_of(target.look, target.item)) is not None:
                    again[place] = index
        return again

    def shares_looks(self, step: Step) -> bool:
        """Whether a look that was taken for something else shows all that finds the element of a step."""
        want = step.want
        return want is not None and not want.plain and (not want.among or step.model is not None)

    def key(self, step: Step) -> tuple[str, str]:
        """The name under which an answer about a step is learned."""
        return f"recordings/{self._recording.name}", step.id

    def _model(self, step: Step) -> list[Item] | None:
        if step.model not in self._models and (model := self._recording.model_of(step)) is not None:
            self._models[str(step.model)] = self._values.items(model)
        return self._models.get(step.model or "")


def look_at(tab: Tab, frame: Frame | None = None, plain: tuple[str, ...] = (), whole_rows: bool = False) -> Look:
    """All that a page or a frame of it shows now, as it is compared with a recording."""
    return tab.look(rows=True, ids=True, frame=frame, plain=plain, whole_rows=whole_rows)
