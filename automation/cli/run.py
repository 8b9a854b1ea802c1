"""``autoconfigure run``: ask what is missing, show the plan, ask once, do it, prove it."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from automation.cli.common import Shared, causes_as_json, shared_command
from automation.cli.endings import EMPTY
from automation.errors import CauseFound, NeedsPerson
from automation.journal import RUN
from automation.messages import _

if TYPE_CHECKING:
    from automation.cli.run_report import Course
    from automation.flow import Result
    from automation.session import Session
    from flows.route import Plan


@shared_command(
    "run",
    _("Bring your Outlook.com mail into Gmail: look, show the plan, ask once, do it, prove it."),
    click.Option(["--label"], metavar=_("NAME"), help=_("The label for this mail in Gmail (default: the address).")),
    click.Option(["--no-label"], is_flag=True, default=None, help=_("No label.")),
    click.Option(["--archive"], is_flag=True, default=None, help=_("Skip Gmail's inbox.")),
    click.Option(
        ["--never-spam"], is_flag=True, default=None, help=_("When forwarding: Gmail never takes this mail for spam.")
    ),
    click.Option(
        ["--alias/--no-alias"], default=None, help=_("Treat the address as an alias (default: as Gmail has it).")
    ),
    click.Option(
        ["--reply-from-same"], is_flag=True, default=None, help=_("Reply from the address a message was sent to.")
    ),
    click.Option(["--record"], metavar=_("NAME"), help=_("Write down what is done, in recordings/NAME, for a replay.")),
)
def command(shared: Shared) -> int:
    """The whole job."""
    if shared.values.pop("no_label", None):
        shared.values["label"] = None
    shared.result = dict(EMPTY["run"])
    to = _folder_to_record_to(shared)
    with ExitStack() as stack:
        from automation.cli.session import open_session

        if to:
            from automation.recording.folder import drop_if_empty

            stack.callback(drop_if_empty, to)
        person, session = open_session(shared, stack, acts=True)
        if to:
            from automation.cli.recording_run import record_session, say_where, world_of

            folder = record_session(session, to, world_of(shared))
            stack.callback(say_where, person, folder)
        return carry_out(shared, session)


def _folder_to_record_to(shared: Shared) -> Path | None:
    """Where the run is to be recorded, seen to before anything starts; None where it is not."""
    if "record" not in shared.values:
        return None
    from automation.recording.folder import checked_folder

    return checked_folder(shared.values["record"])


def carry_out(shared: Shared, session: Session) -> int:
    """Plan, ask, do and prove it in an open session; the result and the report are complete however it ends."""
    from automation.cli.run_report import Course

    course = Course()
    session.takes_pictures = True
    try:
        return _run(shared, session, course)
    finally:
        shared.result["flows"] = [r.as_json() for r in course.results]
        shared.result["person_actions"] = session.person.actions
        shared.result |= causes_as_json(session.causes)
        _tell_left_over(session)
        _report(shared, session, course)


def _report(shared: Shared, session: Session, course: Course) -> None:
    """Write the report and say where it is; without one the run ends as it would."""
    from automation.cli.run_report import write_report

    try:
        path = write_report(shared, session, course)
    except OSError as error:
        session.person.warn(_("The report could not be written: {why}").format(why=error.strerror or str(error)))
        return
    shared.result["report"] = path
    command = "autoconfigure report" + (" --sandbox" if shared.flag("sandbox") else "")
    session.person.say(_("The report of this run: {path} (“{command}” opens it)").format(path=path, command=command))


def _tell_left_over(session: Session) -> None:
    """However a run ended: an app password that nothing uses is named, in the terminal and in the report."""
    from flows.credentials import left_over, was_told

    texts = left_over(session)
    for text in texts:
        session.person.warn(text)
        session.notes.append(text)
    if texts and not session.journal.was_interrupted():
        was_told(session)


def _run(shared: Shared, session: Session, course: Course) -> int:
    from flows.remembered import remember_route
    from flows.route import make_plan

    person = session.person
    session.may_sign_in = True
    if session.journal.was_interrupted():
        person.say(_("An earlier run did not come to its end: I go on where it stopped."))
    course.plan = plan = make_plan(session)
    shared.result["route"] = plan.route
    show_plan(session, plan)
    if any(seen.state != "done" for seen in plan.seen) and not person.agrees(_("Shall I do this?"), "plan"):
        raise NeedsPerson(
            _("You said no to the plan."),
            seen=_("nothing was changed"),
            todo=_("Run the command again whenever you like."),
        )
    started = time.monotonic()
    try:
        _fulfil_all(session, plan, course.results)
    except CauseFound as found:
        course.plan = plan = _other_route(session, plan, found)
        shared.result["route"] = plan.route
        _fulfil_all(session, plan, course.results)
    changed = any(r.changed for r in course.results)
    late = False
    is_due = session.journal.was_interrupted()  # now or by an earlier run: changed, and never proved
    if session.options.proof is True or (is_due and session.options.proof is None):
        late = not _prove(shared, session, plan)
    if (is_due or shared.result["proof"]) and not late:
        session.journal.write("ended", RUN)
    shared.result["outcome"] = "done" if changed else "unchanged"
    remember_route(session.settings, plan.route)
    _show_end(session, course.results, shared.result["proof"], time.monotonic() - started)
    return 1 if late else 0


def _fulfil_all(session: Session, plan: Plan, results: list[Result]) -> None:
    from automation.flow import fulfil

    total = len(plan.flows) + 1
    for number, (flow, seen) in enumerate(zip(plan.flows, plan.seen, strict=True), start=1):
        session.person.step(number, total, _(flow.title))
        fulfil(flow, seen, results)
        session.person.done(_("done") if results[-1].changed else _("already as it should be"))


def _other_route(session: Session, plan: Plan, found: CauseFound) -> Plan:
    """The other route, if a door turned out to be closed, no route was insisted on, and the person agrees."""
    from flows.route import Plan, add_flows, add_sender

    if not found.causes[0].is_withdrawn or session.options.route != "auto" or plan.route == "forwarding":
        raise found
    cause = found.causes[0]
    session.person.warn(cause.title())
    session.person.say(cause.advice())
    if not session.person.agrees(_("Shall I let Outlook.com forward its new mail to Gmail instead?"), "route"):
        raise found
    other = Plan("forwarding", [(cause.title(), cause.since)])
    add_flows(session, other)
    add_sender(session, other)
    show_plan(session, other)
    return other


def _prove(shared: Shared, session: Session, plan: Plan) -> bool:
    """Prove it by a marked message; False when it is late."""
    from automation.cli.run_report import PROOF
    from flows.proof_mail import prove

    person = session.person
    session.story.step = PROOF
    total = len(plan.flows) + 1
    person.step(total, total, _("The proof: a marked message from Outlook.com to itself"))
    seconds = prove(session, fetched=plan.route == "pop-import")
    if seconds is None:
        person.warn(
            _("It is late: not in Gmail after five minutes. That is not a failure; Gmail sometimes takes an hour.")
        )
        return False
    shared.result["proof"] = {"kind": "mail", "seconds": round(seconds, 1)}
    person.done(_("It arrived in Gmail after {seconds} s.").format(seconds=round(seconds)))
    return True


def show_plan(session: Session, plan: Plan) -> None:
    """The plan as a table: what is there, what will be done, and why this route."""
    from rich.table import Table

    person = session.person
    person.say("")
    if session.keeps_secrets:  # the practice world's addresses are no news
        for name, value in session.settings.differing().items():
            person.say(f"  {name} = {value}")
    for text, _since in plan.reasons:
        person.say("  • " + text)
    if plan.route == "forwarding":
        person.say(
            "  • "
            + _("So Outlook.com forwards new mail to Gmail. Old mail does not come this way; no route brings it today.")
        )
    table = Table(title=_("The plan"), title_justify="left", expand=False)
    for column in (_("step"), _("now"), _("what I will do")):
        table.add_column(column, overflow="fold")
    will = {
        "done": _("leave it as it is"),
        "todo": _("set it up"),
        "unknown": _("look when you have signed in, then set it up if needed"),
    }
    for flow, seen in zip(plan.flows, plan.seen, strict=True):
        table.add_row(_(flow.title), seen.why, will[seen.state])
    person.console.print(table)
    if plan.asks:
        person.say(plan.asks)


def _show_end(session: Session, results: list[Result], proof: dict[str, Any] | None, seconds: float) -> None:
    from automation.cli.run_report import taking_back

    person = session.person
    person.say("\n" + _("The end"), style="bold")
    for result in results:
        text = _("changed: {what}") if result.changed else _("left alone, it was right: {what}")
        person.say("  • " + text.format(what=_(result.title)))
    if not any(r.changed for r in results):
        person.say("  " + _("Nothing was changed: everything was already as it should be."))
    if proof:
        person.say("  • " + _("proved: a marked message went into Outlook.com and came out in Gmail"))
    for note in session.notes:
        person.say("  • " + note)
    person.say("  • " + _("What never comes this way: junk mail, and folders other than the inbox."))
    if any(r.changed for r in results) and session.keeps_secrets:  # the practice world is gone at the end
        person.say("\n" + "\n".join(taking_back(session)))
    person.say(_("This took {seconds} s.").format(seconds=round(seconds)))
