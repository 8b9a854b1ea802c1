"""Findings into causes: what is wrong, whose side it is on, how sure that is, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from automation.causes import CATALOGUE
from automation.messages import _, noted
from automation.phrases import EXPLICIT_REFUSAL, PLAIN_REFUSAL, REFUSALS
from automation.wording import Clue, read

Witness = Literal["probe", "gmail", "outlook", "microsoft", "facts"]

BASIC_RETIRED = "auth.basic-retired"
# What our own probe alone met may be this machine's or this network's doing: it says nothing about Gmail's fetch.
_MAYBE_LOCAL = ("net.", "tls.", "server.dropped", "server.silent")
# What a bare reply code says: a cause that the refused command itself suggests says more.
_WEAK = frozenset({"server.permanent", PLAIN_REFUSAL})
# Stages of a probe where no login happens: "no such user" at the recipient is not about our user.
_NO_LOGIN = frozenset({"greeting", "tls", "capabilities", "stat", "list", "top", "sender", "recipient"})
WITHDRAWN = frozenset({BASIC_RETIRED, "auth.oauth-only", "gmail.pop-withdrawn"})


@dataclass(frozen=True)
class Finding:
    """Something a witness saw. ``code`` is set where the witness itself knows the cause.

    ``text`` is cleaned server text or our own words. ``facts`` holds what else is known, such as ``sure`` (0..1, for a
    code), ``otherwise`` (the code where the words name none) and these bools: ``pop_on``, ``two_step_on``,
    ``password_is_app_password``, ``password_is_new``, ``password_works`` (the server took it elsewhere), ``row_is_right`` (Gmail's row has the right server, port and
    SSL), ``supports`` (the text is evidence for what is found elsewhere, never a cause itself).
    A finding without code and text only helps to decide.
    """

    witness: Witness
    stage: str
    text: str = ""
    code: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Fact:
    """What is publicly known of a provider: the cause it explains, since when, how sure, and where it is written."""

    code: str
    provider: str
    since: str | None
    sure: float
    text: str
    source: str

    def words(self) -> str:
        """The text in the person's language, where it is one of ours."""
        return _(self.text) if self.text else ""  # gettext answers an empty text with the catalogue's header


@dataclass(frozen=True)
class Cause:
    """One cause with its evidence. ``side`` is who can mend it, ``since`` an ISO date, ``sure`` from 0 to 1."""

    code: str
    side: str
    provider: str | None
    since: str | None
    sure: float
    evidence: tuple[tuple[str, str], ...]
    remedy: str
    is_local: bool = False

    @property
    def is_withdrawn(self) -> bool:
        """Whether the provider closed this door for everybody, so that only another route helps."""
        return self.code in WITHDRAWN

    @property
    def action(self) -> str | None:
        """The name of what the tool itself can do about it, or None."""
        return CATALOGUE[self.code].action

    def title(self) -> str:
        """What is wrong, in the person's language."""
        title = _(CATALOGUE[self.code].title)
        return _("{what} (since {date})").format(what=title, date=self.since) if self.since else title

    def whose(self) -> str:
        """Whose side it is on, in the person's language."""
        parts = self.side.split(" / ")
        side = " / ".join(_(part) for part in parts)
        return noted(side, self.provider) if self.provider and self.provider not in parts else side

    def advice(self) -> str:
        """What to do, in the person's language."""
        return _(self.remedy)

    def as_json(self) -> dict[str, Any]:
        """The cause as ``docs/design.md`` section 5 writes it."""
        return {
            "code": self.code,
            "side": self.side,
            "provider": self.provider,
            "since": self.since,
            "sure": round(self.sure, 2),
            "evidence": [{"stage": stage, "text": text} for stage, text in self.evidence],
            "remedy": self.advice(),
        }


def named(code: str, *findings: Finding, facts: Iterable[Fact] = (), sure: float = 1.0) -> Cause:
    """The cause of that code, with what was found as its evidence; a fact of the same code dates it.

    Raises KeyError for a code that is not in the catalogue: a slip of ours must not pass as "unknown".
    """
    row = CATALOGUE[code]
    fact = next((known for known in facts if known.code == code), None)
    evidence = [(f.stage, f.text) for f in findings if f.text]
    if fact:
        evidence.append(("facts", fact.words()))
    local = code.startswith(_MAYBE_LOCAL) and all(f.witness == "probe" for f in findings)
    return Cause(
        code=code,
        side=row.side,
        provider=fact.provider if fact else row.provider,
        since=fact.since if fact else None,
        sure=min(sure, 1.0),
        evidence=tuple(dict.fromkeys(evidence)),
        remedy=row.advice,
        is_local=local,
    )


def diagnose(findings: list[Finding], facts: list[Fact]) -> list[Cause]:
    """The causes behind the findings, the deciding one first; nothing found gives an empty list.

    Evidence that fits no cause gives ``unknown``, and a refused login that several explain gives ``auth.ambiguous``
    followed by these, with how sure each is. ``facts`` are those about the provider in question.
    """
    clues = [(finding, clue) for finding in findings if (clue := _clue(finding))]
    spoken: dict[str, list[tuple[Finding, float]]] = {}
    for finding, clue in clues:
        if clue.code not in REFUSALS:
            spoken.setdefault(clue.code, []).append((finding, clue.sure))
    causes = [_cause(code, seen, facts) for code, seen in spoken.items()]
    refusals = [(finding, clue) for finding, clue in clues if clue.code in REFUSALS]
    if refusals:
        causes = _explain_refusal(refusals, causes, findings, facts)
    if not causes:
        strange = [f for f in findings if f.text and not f.facts.get("supports")]
        return [named("unknown", *strange, sure=0.0)] if strange else []
    causes.sort(key=_rank)
    return [_with_support(causes[0], findings), *causes[1:]]


def _clue(finding: Finding) -> Clue | None:
    if finding.code:
        return Clue(finding.code, float(finding.facts.get("sure", 0.95)))
    if not finding.text or finding.facts.get("supports"):
        return None
    clue = read(finding.text, finding.witness, at_login=finding.stage not in _NO_LOGIN)
    weak = clue is None or (clue.code in _WEAK and clue.sure < 0.8)
    if weak and (otherwise := finding.facts.get("otherwise")):
        return Clue(otherwise, 0.8)
    if clue and clue.code == "gmail.row-settings" and finding.facts.get("row_is_right"):
        return Clue("server.silent", clue.sure)  # with the right server, port and SSL it is not the row
    return clue


def _cause(code: str, seen: list[tuple[Finding, float]], facts: list[Fact]) -> Cause:
    """One cause out of all that speaks for it; two witnesses who agree make it surer."""
    sure = max(sure for _finding, sure in seen)
    if len({finding.witness for finding, _sure in seen}) > 1:
        sure = min(0.99, sure + 0.04)
    return named(code, *(finding for finding, _sure in seen), facts=facts, sure=sure)


def _explain_refusal(
    refusals: list[tuple[Finding, Clue]], causes: list[Cause], findings: list[Finding], facts: list[Fact]
) -> list[Cause]:
    """A login was refused in words that leave the reason open: decide by everything else that is known."""
    refused = [finding for finding, _clue in refusals]
    stronger = next((c for code in _EXPLAINS_A_REFUSAL for c in causes if c.code == code), None)
    if stronger:
        evidence = tuple(dict.fromkeys([*stronger.evidence, *((f.stage, f.text) for f in refused)]))
        return [replace(stronger, evidence=evidence) if c is stronger else c for c in causes]
    known = {key: value for finding in findings for key, value in finding.facts.items()}
    if known.get("password_works"):  # so no door is closed for passwords, and this one is right: the place is doubted
        return [named("auth.web-login-needed", *refused, sure=0.6), *causes]
    retired = next((fact for fact in facts if fact.code == BASIC_RETIRED), None)
    if retired:
        surely = 0.9 if all(clue.code != EXPLICIT_REFUSAL for _finding, clue in refusals) else 0.8
        also = [named("account.pop-off", *refused, sure=0.5)] if known.get("pop_on") is False else []
        return [named(BASIC_RETIRED, *refused, facts=[retired], sure=surely * retired.sure), *also, *causes]
    if known.get("pop_on") is False:
        return [named("account.pop-off", *refused, sure=0.85), *causes]
    if known.get("two_step_on") and known.get("password_is_app_password") is False:
        return [named("auth.app-password-needed", *refused, sure=0.85), *causes]
    clue = max((clue for _finding, clue in refusals), key=lambda clue: clue.sure)
    said_so = clue.code in (EXPLICIT_REFUSAL, PLAIN_REFUSAL)
    if said_so or (known.get("pop_on") and not known.get("password_is_new") and not clue.among):
        return [named("auth.wrong-password", *refused, sure=max(clue.sure, 0.6)), *causes]
    open_causes = _REFUSED_THOUGH_NEW if known.get("password_is_new") else _OPEN_REFUSAL
    if clue.among:
        open_causes = tuple((code, 1 / len(clue.among)) for code in clue.among)
    return [
        named("auth.ambiguous", *refused, sure=0.5),
        *(named(code, *refused, sure=sure) for code, sure in open_causes),
        *causes,
    ]


# A cause that is known otherwise and by itself explains a refused login; the earlier explains better.
_EXPLAINS_A_REFUSAL = (
    BASIC_RETIRED,
    "auth.oauth-only",
    "auth.web-login-needed",
    "microsoft.activity-waiting",
    "auth.account-locked",
    "auth.app-password-needed",
    "auth.rate-limited",
    "account.pop-off",
    "account.smtp-off",
)
# With nothing else known, what such a refusal stands for (docs/providers.md, 1 and 9).
_OPEN_REFUSAL: tuple[tuple[str, float], ...] = (
    ("auth.wrong-password", 0.5),
    ("account.pop-off", 0.25),
    (BASIC_RETIRED, 0.25),
)
# The same for a password that was read from the provider's page a moment ago: it is hardly the password.
_REFUSED_THOUGH_NEW: tuple[tuple[str, float], ...] = (
    (BASIC_RETIRED, 0.45),
    ("account.pop-off", 0.4),
    ("auth.wrong-password", 0.15),
)


def _rank(cause: Cause) -> tuple[int, float]:
    """Deciding first: what no password or wait can mend, then what stops us, then what only our own probe met."""
    if cause.code == "auth.ambiguous":
        return (1, 0.0)
    return (1 if cause.is_withdrawn and cause.sure > 0.5 else 3 if cause.is_local else 2, -cause.sure)


def _with_support(cause: Cause, findings: list[Finding]) -> Cause:
    """The deciding cause, with what follow-ups saw around it added to its evidence."""
    support = [(f.stage, f.text) for f in findings if f.facts.get("supports") and f.text]
    return replace(cause, evidence=tuple(dict.fromkeys([*cause.evidence, *support])))
