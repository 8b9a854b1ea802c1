"""What a probe is asked and what it answers; and Trouble, how one stage ends the rest."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from automation.messages import N_, _

if TYPE_CHECKING:  # a probe that finds nothing wrong needs no diagnosis, and its import takes 6 ms
    from automation.diagnosis import Finding


@dataclass(frozen=True)
class Target:
    """A mail server: its name and port (TLS checks that name), and where the connection really goes.

    ``tls`` is ``implicit`` (from the first byte) or ``starttls`` (asked for after the greeting).
    """

    host: str
    port: int
    dial_host: str
    dial_port: int
    tls: Literal["implicit", "starttls"] = "implicit"


STAGES = {
    "resolve": N_("name"),
    "connect": N_("connection"),
    "tls": N_("encryption (TLS)"),
    "greeting": N_("greeting"),
    "capabilities": N_("capabilities"),
    "login": N_("login"),
    "stat": N_("count (STAT)"),
    "list": N_("list (UIDL)"),
    "top": N_("newest headers (TOP)"),
    "sender": N_("sender"),
    "recipient": N_("recipient"),
}


@dataclass
class Stage:
    """One stage: ``ok`` is None where it was not reached; ``detail`` is for people."""

    name: str
    ok: bool | None = None
    seconds: float = 0.0
    detail: str = ""

    @property
    def title(self) -> str:
        """What people call it, in their language."""
        return _(STAGES.get(self.name, self.name))


@dataclass
class ProbeResult:
    """All stages of one probe, the number of messages where it came that far, and what was found."""

    protocol: str
    host: str
    port: int
    stages: list[Stage]
    messages: int | None = None
    findings: list[Finding] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether no stage failed."""
        return all(stage.ok is not False for stage in self.stages)


class Trouble(Exception):
    """A stage failed: the cause's code where the failure itself names it, and words (the server's, or ours).

    ``others`` are further causes that were seen on the way.
    """

    def __init__(self, text: str, code: str | None = None, *, others: tuple[Finding, ...] = (), **facts: Any) -> None:
        super().__init__(text)
        self.text = text
        self.code = code
        self.others = others
        self.facts = facts
