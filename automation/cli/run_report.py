"""From a run to its report: what was wanted, each step with what happened in it, how it ended, how to take it back."""

from __future__ import annotations

import json
import platform
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from automation.cli.common import Shared, foreseen
from automation.cli.telling import stage_title
from automation.errors import AutoconfigureError, CauseFound
from automation.messages import _, said_of
from automation.report import Chapter, Met, Report

if TYPE_CHECKING:
    from automation.flow import Result
    from automation.session import Session
    from automation.story import Event
    from flows.route import Plan

PROOF = "proof"


@dataclass
class Course:
    """What a run has come to so far."""

    results: list[Result] = field(default_factory=list)
    plan: Plan | None = None
    started: float = field(default_factory=time.time)


def write_report(shared: Shared, session: Session, course: Course) -> str:
    """The run as a page in the person's home, however it ended; its path."""
    raised = sys.exc_info()[1]
    error = foreseen(shared, raised)
    changed = [result.name for result in course.results if result.changed]
    report = Report(
        title=_("Outlook.com mail in Gmail"),
        verdict=_failure(error) if raised else _verdict(shared, session, bool(changed)),
        good=raised is None,
        about=_about(shared, course),
        explained=_explained(error) if error else [],
        facts=_facts(session, course, shared),
        reasons=[text for text, _since in course.plan.reasons] if course.plan else [],
        chapters=_chapters(shared, session, course),
        met=[
            Met(
                cause.title(),
                cause.whose(),
                cause.advice(),
                [said_of(stage_title(stage), text) for stage, text in cause.evidence],
            )
            for cause in session.causes
        ],
        notes=session.notes,
        for_helpers=_for_helpers(shared, error),
    )
    if changed and session.keeps_secrets:
        report.taking_back = [*taking_back(session), _("Or by hand:")]
        report.by_hand = _by_hand(changed)
    elif changed:
        report.taking_back = [_("This was practice: there is nothing to take back.")]
    path = session.settings.home / "reports" / f"{time.strftime('%Y%m%d-%H%M%S')}.html"
    return str(report.write(path))


def taking_back(session: Session) -> list[str]:
    """How to take back what a run changed, and what stays then."""
    from flows.credentials import staying

    undo = _("To take it back, run “autoconfigure undo”: it undoes what was changed here and nothing else.")
    return [undo, *(_("But {what}.").format(what=why) for why in staying(session).values())]


def _about(shared: Shared, course: Course) -> str:
    took = _("{seconds} s").format(seconds=round(time.time() - course.started))
    parts = ["autoconfigure", time.strftime("%Y-%m-%d %H:%M", time.localtime(course.started)), took]
    if shared.flag("sandbox"):
        parts.append(_("a practice run, with nobody's real mail"))
    return " · ".join(parts)


def _failure(error: AutoconfigureError | None) -> str:
    if isinstance(error, CauseFound) and error.causes:
        return error.causes[0].title()
    return error.doing if error else _("Something went wrong inside autoconfigure. That is our mistake, not yours.")


def _explained(error: AutoconfigureError) -> list[str]:
    """What the error says beyond its title; the evidence is in this very file."""
    lines = str(error).splitlines()
    doing = [lines[0]] if lines[0] != _failure(error) else []
    return [*doing, *(line for line in lines[1:] if not (error.evidence and error.evidence in line))]


def _verdict(shared: Shared, session: Session, changed: bool) -> str:
    if shared.result["proof"]:
        return _("It works: a marked message went into Outlook.com and came out in Gmail.")
    if any(cause.code == "proof.late" for cause in session.causes):
        return _("Everything is set up. The marked message has not arrived yet; Gmail sometimes takes an hour.")
    return _("Everything is set up.") if changed else _("Nothing was changed: everything was already as it should be.")


def _facts(session: Session, course: Course, shared: Shared) -> list[tuple[str, str]]:
    ways = {
        "pop-import": _("Gmail fetches the mail from Outlook.com (POP)"),
        "forwarding": _("Outlook.com forwards new mail to Gmail"),
    }
    facts = [
        (_("Outlook.com address"), session.outlook_address),
        (_("Gmail address"), session.gmail_address),
        (_("way"), ways[course.plan.route] if course.plan else _("not chosen yet")),
    ]
    return facts + (list(session.settings.differing().items()) if not shared.flag("sandbox") else [])


def _chapters(shared: Shared, session: Session, course: Course) -> list[Chapter]:
    """A chapter for what came before the first step, one for each step, and one for the proof."""
    events = session.story.events
    steps = {result.name for result in course.results} | {PROOF}
    first = [event for event in events if event.step not in steps]
    chapters = []
    if any(event.by_person or event.moment == "stopped" for event in first):
        chapters.append(Chapter(_("Before the first step"), _("looked; nothing was changed"), True, first))
    chapters += [
        _step(number, result, [event for event in events if event.step == result.name])
        for number, result in enumerate(course.results, start=1)
    ]
    if of_proof := [event for event in events if event.step == PROOF]:
        chapters.append(_proof(shared, of_proof))
    return chapters


def _step(number: int, result: Result, events: list[Event]) -> Chapter:
    good = result.after == "done"
    done = _("changed") if result.changed else _("left alone: it was right already")
    after = result.why_after if result.changed else ""
    title = f"{number}. {_(result.title)}"
    return Chapter(
        title,
        done if good else _("not finished"),
        good,
        events,
        result.started,
        result.seconds,
        result.why_before,
        after,
    )


def _proof(shared: Shared, events: list[Event]) -> Chapter:
    proof = shared.result["proof"]
    seconds = proof["seconds"] if proof else 0.0
    state = _("arrived in Gmail after {seconds} s").format(seconds=seconds) if proof else _("not arrived yet")
    title = _("The proof: a marked message from Outlook.com to itself")
    return Chapter(title, state, bool(proof), events, events[0].when, time.time() - events[0].when)


def _by_hand(changed: list[str]) -> list[str]:
    """How to take each change back without the tool, newest first."""
    ways = {
        "outlook-pop": _("Outlook.com, Settings, Mail, Forwarding and IMAP: switch POP off and save."),
        "outlook-forwarding": _("Outlook.com, Settings, Mail, Forwarding and IMAP: switch forwarding off and save."),
        "gmail-import": _(
            "Gmail, Settings, Accounts and Import: delete the Outlook.com address under “Check mail from other accounts”."
        ),
        "gmail-send-as": _(
            "Gmail, Settings, Accounts and Import: delete the Outlook.com address under “Send mail as”."
        ),
        "gmail-filter": _(
            "Gmail, Settings, Filters and Blocked Addresses: delete the filter for your Outlook.com address."
        ),
    }
    return [ways[name] for name in reversed(changed)]


def _for_helpers(shared: Shared, error: AutoconfigureError | None) -> str:
    told = {**shared.result, "python": platform.python_version(), "system": platform.platform()}
    if error:
        told |= {"outcome": error.outcome, "candidates": error.candidates}
    return json.dumps(told, ensure_ascii=False, indent=1)
