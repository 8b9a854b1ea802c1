"""The verdict of a check-up: does the mail come, what is broken, whose side is it on, and which run mends it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import flows.causes  # noqa: F401 - enters the causes that name a provider
from automation.diagnosis import Cause, Fact, Finding, diagnose, named
from automation.messages import _
from automation.probe import ProbeResult
from automation.wording import server_words
from flows.checkup import Checkup, NothingWaits
from flows.forwarding import ForwardMail
from flows.gmail_import import FetchByPop
from flows.gmail_send_as import SendAs
from flows.outlook_pop import SwitchPopOn
from flows.pages.gmail_windows import settings_said
from flows.route import says_error

Word = Literal["healthy", "broken", "cannot-tell"]

NO_ROUTE = "route.none"
BOTH_ROUTES = "route.both"

# Which route's run does what a cause's remedy names. Others have to be done by hand.
_ROUTE_OF = {
    "set-up": "auto",
    "other-route": "forwarding",
    "switch-forwarding-on": "forwarding",
    "switch-pop-on": "pop-import",
    "mend-row": "pop-import",
    "new-app-password": "pop-import",
    "approve-activity": "pop-import",
    "confirm-again": "auto",
}
# What a page that failed means for the exit code; anything else that hides the truth needs the person.
_CANNOT_TELL = {"page.changed": 4, "page.not-loaded": 1}
_ROW_MUST_BE_RIGHT = {"server", "port", "SSL"}


@dataclass(frozen=True)
class Remedy:
    """What mends a cause: in words, and the route whose run does it, or None where the person does it by hand."""

    cause: Cause
    text: str
    route: str | None

    @property
    def command(self) -> str | None:
        """The command line of that run."""
        route = "" if self.route == "auto" else f" --route {self.route}"
        return f"autoconfigure run{route}" if self.route else None

    def as_json(self) -> dict[str, Any]:
        """As ``doctor --json`` tells it."""
        return {"cause": self.cause.code, "action": self.cause.action, "text": self.text, "command": self.command}


@dataclass(frozen=True)
class Verdict:
    """Whether the mail comes, by which routes; ``problems`` break something, ``notices`` are only told."""

    word: Word
    routes: tuple[str, ...] = ()
    problems: tuple[Cause, ...] = ()
    notices: tuple[Cause, ...] = ()
    remedies: tuple[Remedy, ...] = ()

    @property
    def causes(self) -> list[Cause]:
        """All causes, the deciding one first."""
        return [*self.problems, *self.notices]

    @property
    def exit_code(self) -> int:
        """As ``docs/design.md`` section 5 gives them."""
        if self.word == "healthy":
            return 0
        if self.word == "broken":
            return 6 if self.problems[0].is_withdrawn and not self.routes else 1
        return next((code for cause in self.notices if (code := _CANNOT_TELL.get(cause.code))), 5)


def judge_probes(probes: Mapping[str, ProbeResult], facts: list[Fact]) -> Verdict:
    """The verdict of our own probes alone: what the mail servers say to this machine."""
    problems = _once([cause for result in probes.values() for cause in diagnose(result.findings, facts)])
    if problems:
        remedies = tuple(Remedy(cause, cause.advice(), _ROUTE_OF.get(cause.action or "")) for cause in problems)
        return Verdict("broken", (), problems, (), remedies)
    return Verdict("healthy" if login_was_taken(probes["pop"]) else "cannot-tell")


def judge(checkup: Checkup, probes: Mapping[str, ProbeResult], facts: list[Fact]) -> Verdict:
    """The verdict of all three witnesses."""
    fetching = _fetching(checkup, probes["pop"], facts)
    firm = [cause for cause in fetching if not cause.is_local]
    by_pop = None if not checkup.is_known(FetchByPop) else checkup.row is not None and not firm
    forwards = checkup.forwards
    routes = tuple(name for name, works in (("pop-import", by_pop), ("forwarding", forwards)) if works)

    problems: list[Cause] = []
    if forwards is False and checkup.forwarding_since and not by_pop:
        problems.append(_stopped(checkup))
    elif not routes:
        problems += checkup.closed
    if checkup.row:
        problems += firm
    elif by_pop is False and forwards is False and not checkup.forwarding_since:
        problems += firm
        problems += [] if problems else [named(NO_ROUTE, *_both_routes(checkup))]
    if len(routes) == 2:
        problems.append(named(BOTH_ROUTES, *_both_routes(checkup)))
    sending = _sending(checkup, probes["smtp"], facts)
    problems += [cause for cause in sending if not cause.is_local]
    told = [*(fetching if checkup.row or not routes else []), *_failed_looks(checkup), *_waiting(checkup), *sending]
    named_already = {problem.code for problem in problems}
    notices = _once([cause for cause in told if cause.code not in named_already])
    if problems:
        remedies = _remedies(checkup, problems, routes)
        return Verdict("broken", routes, _once(problems), notices, remedies)
    return Verdict("healthy" if routes else "cannot-tell", routes, (), notices)


# -- what each witness says -------------------------------------------------------------------------------------------


def _fetching(checkup: Checkup, pop: ProbeResult, facts: list[Fact]) -> list[Cause]:
    """What is wrong with fetching by POP, as Gmail's row, its history, Outlook.com's page and our probe tell."""
    findings = list(pop.findings)
    wrong = checkup.values(FetchByPop).get("wrong")
    wrong = (
        {what: value for what, value in wrong.items() if what in _ROW_MUST_BE_RIGHT} if isinstance(wrong, dict) else {}
    )
    if checkup.row and checkup.row_fails:
        findings.append(Finding("gmail", "row", checkup.row, facts={"row_is_right": not wrong}))
        findings += _from_history(checkup)
    if wrong:
        findings.append(Finding("gmail", "row", settings_said(wrong), code="gmail.row-settings"))
    if checkup.row_fails or any(finding.stage == "login" for finding in pop.findings):
        findings += _waiting_finding(checkup)
    pop_on = checkup.values(SwitchPopOn).get("pop_is_on")
    if pop_on is not None:
        why = checkup.seen[SwitchPopOn.name].why
        findings.append(Finding("outlook", "settings", why, facts={"pop_on": pop_on, "supports": True}))
    causes = diagnose(findings, facts)
    if checkup.row_fails and all(
        cause.is_local for cause in causes
    ):  # whatever this machine met, Google's side met something else
        causes.insert(0, named("unknown", Finding("gmail", "row", checkup.row or ""), sure=0.0))
    if checkup.row and pop_on is False and not any(c.code == "account.pop-off" or c.is_withdrawn for c in causes):
        causes.insert(0, named("account.pop-off", findings[-1], facts=facts))
    return causes


def _from_history(checkup: Checkup) -> list[Finding]:
    """Gmail's history where the row itself quotes nothing; it counts only while it tells of one trouble alone."""
    if server_words(checkup.row or "", "gmail"):
        return []
    troubles = list(dict.fromkeys(line for line in checkup.history if says_error(line)))
    return [Finding("gmail", "history", line, facts={"supports": len(troubles) > 1}) for line in troubles]


def _sending(checkup: Checkup, smtp: ProbeResult, facts: list[Fact]) -> list[Cause]:
    """What is wrong with sending under the Outlook.com address; nothing where Gmail does not do so."""
    values = checkup.values(SendAs)
    row = str(values.get("row") or "")
    causes = []
    if values.get("pending"):
        causes.append(named("gmail.unconfirmed", Finding("gmail", "send-as", checkup.seen[SendAs.name].why)))
    if smtp.host.lower() in row.lower():  # Gmail may send through another server
        causes += diagnose(smtp.findings, facts)
    return causes


def _waiting(checkup: Checkup) -> list[Cause]:
    return [named("microsoft.activity-waiting", finding) for finding in _waiting_finding(checkup)]


def _waiting_finding(checkup: Checkup) -> list[Finding]:
    glance = checkup.seen.get(NothingWaits.name)
    if glance is None or glance.state != "todo":
        return []
    return [Finding("microsoft", "activity", glance.why, code="microsoft.activity-waiting")]


def _failed_looks(checkup: Checkup) -> list[Cause]:
    """The pages that did not show what they should."""
    failed = {name: glance for name, glance in checkup.seen.items() if "code" in glance.values}
    return [named(str(glance.values["code"]), Finding("facts", name, glance.why)) for name, glance in failed.items()]


def _stopped(checkup: Checkup) -> Cause:
    was = _("a run of this tool left it on, {date}").format(date=checkup.forwarding_since)
    why = checkup.seen[ForwardMail.name].why
    return named("outlook.forwarding-off", Finding("outlook", "forwarding", why), Finding("facts", "run", was))


def _both_routes(checkup: Checkup) -> list[Finding]:
    """What the two routes look like."""
    fetch, forward = checkup.seen[FetchByPop.name], checkup.seen[ForwardMail.name]
    return [Finding("gmail", "settings", fetch.why), Finding("outlook", "forwarding", forward.why)]


def login_was_taken(result: ProbeResult) -> bool:
    """Whether a mail server let our probe in."""
    return any(stage.name == "login" and stage.ok for stage in result.stages)


# -- putting it together ----------------------------------------------------------------------------------------------


def _once(causes: list[Cause]) -> tuple[Cause, ...]:
    """Each code once, in the order of the first; the one with the most evidence stays."""
    best: dict[str, Cause] = {}
    for cause in causes:
        known = best.get(cause.code)
        if known is None or len(cause.evidence) > len(known.evidence):
            best[cause.code] = cause
    return tuple(best.values())


def _remedies(checkup: Checkup, problems: list[Cause], routes: tuple[str, ...]) -> tuple[Remedy, ...]:
    """What mends each problem. Fetching is not mended where its doors are closed or forwarding brings the mail."""
    found = []
    for cause in _once(problems):
        route, text = _ROUTE_OF.get(cause.action or ""), cause.advice()
        if route in ("pop-import", "forwarding") and "forwarding" in routes:
            route, text = (
                None,
                _(
                    "Forwarding brings the mail. Delete the failing row in Gmail's settings (Accounts and Import); it is of no use."
                ),
            )
        elif route == "pop-import" and checkup.closed:
            route = "forwarding"
        found.append(Remedy(cause, text, route))
    return tuple(found)
