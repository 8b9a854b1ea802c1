"""What happens in a run, in its order: what its report tells."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from automation.probe import ProbeResult

Moment = Literal["before", "after", "stopped"]


@dataclass(frozen=True)
class Event:
    """Something that happened in a step (the name of its flow; "" outside all), from ``when`` on, for ``seconds``.

    One of three: an act of the tool or a deed of the person, in words; a picture, with the words saying of what; or a
    probe of a mail server.
    """

    step: str
    when: float  # seconds since 1970
    what: str = ""
    seconds: float | None = None
    by_person: bool = False
    picture: Path | None = None
    moment: Moment = "after"
    probe: ProbeResult | None = None


@dataclass
class Story:
    """The events of one run. Holds no secret: acts are told without what was typed."""

    step: str = ""
    events: list[Event] = field(default_factory=list)

    def acted(self, what: str) -> None:
        """The tool did something just now."""
        self.events.append(Event(self.step, time.time(), what))

    def person_did(self, what: str, seconds: float | None = None) -> None:
        """The person did something just now, which took them so long."""
        self.events.append(Event(self.step, time.time() - (seconds or 0.0), what, seconds, by_person=True))

    def pictured(self, picture: str, of_what: str, moment: Moment) -> None:
        """A picture was taken; nothing is told where there is none."""
        if picture:
            self.events.append(Event(self.step, time.time(), of_what, picture=Path(picture), moment=moment))

    def probed(self, probe: ProbeResult) -> None:
        """A mail server was tried just now."""
        took = sum(stage.seconds for stage in probe.stages)
        self.events.append(Event(self.step, time.time() - took, seconds=took, probe=probe))
