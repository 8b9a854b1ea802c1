"""``autoconfigure run``: ask what is missing, show the plan, ask once, do it, prove it."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import click

from automation.cli.common import Shared, causes_as_json, shared_command
from automation.cli.endings import EMPTY
from automation.errors import NeedsPerson
from automation.messages import _

if TYPE_CHECKING:
    from automation.flow import Flow, Result, Seen, Session

@shared_command(
    "run",
    _("Bring your Outlook.com mail into Gmail: look, show the plan, ask once, do it, prove it."),
    click.Option(["--label"], metavar="NAME", help=_("The label for this mail in Gmail (default: the address).")),
    click.Option(["--no-label"], is_flag=True, default=None, help=_("No label.")),
    click.Option(["--archive"], is_flag=True, default=None, help=_("Skip Gmail's inbox.")),
    click.Option(["--alias/--no-alias"], default=None, help=_("Treat the address as an alias (default: as Gmail has it).")),
    click.Option(["--reply-from-same"], is_flag=True, default=None, help=_("Reply from the address a message was sent to.")),
)
def command(shared: Shared) -> int:
    """The whole job."""
    if shared.values.pop("no_label", None):
        shared.values["label"] = None
    shared.result = dict(EMPTY["run"])
    with ExitStack() as stack:
        from automation.cli.session import open_session

        person, session = open_session(shared, stack)
        results: list[Result] = []
        try:
            return _run(shared, session, results)
        finally:
            shared.result["flows"] = [r.as_json() for r in results]
            shared.result["person_actions"] = person.actions
            shared.result |= causes_as_json(session.causes)


def _run(shared: Shared, session: Session, results: list[Result]) -> int:
    from automation.flow import fulfil
    from flows.proof_mail import prove
    from flows.route import choose_route

    person = session.person
    route, flows, planned = choose_route(session)
    shared.result["route"] = route
    _show_plan(session, route, flows, planned)
    todo = [flow for flow, seen in zip(flows, planned, strict=True) if seen.state != "done"]
    wants_proof = session.options.proof is True
    if todo and not person.agrees(_("Shall I do this?"), "plan"):
        raise NeedsPerson(_("You said no to the plan."), seen=_("nothing was changed"), todo=_("Run the command again whenever you like."))
    started = time.monotonic()
    total = len(flows) + 1
    for number, (flow, seen) in enumerate(zip(flows, planned, strict=True), start=1):
        person.step(number, total, _(flow.title))
        fulfil(flow, seen, results)
        person.done(_("done") if results[-1].changed else _("already as it should be"))
    changed = any(r.changed for r in results)
    if wants_proof or (changed and session.options.proof is None):
        person.step(total, total, _("The proof: a marked message from Outlook.com to itself"))
        seconds = prove(session)
        if seconds is not None:
            shared.result["proof"] = {"kind": "mail", "seconds": round(seconds, 1)}
            person.done(_("It arrived in Gmail after {seconds} seconds.").format(seconds=round(seconds)))
        else:
            person.warn(_("It is late: not in Gmail after five minutes. That is not a failure; Gmail sometimes takes an hour."))
    shared.result["outcome"] = "done" if changed else "unchanged"
    _show_end(session, results, shared.result["proof"], time.monotonic() - started)
    return 1 if any(c.code == "proof.late" for c in session.causes) else 0


def _show_plan(session: Session, route: str, flows: list[Flow], planned: list[Seen]) -> None:
    from rich.table import Table

    person = session.person
    person.say("")
    for name, value in session.settings.differing().items():
        person.say(f"  {name} = {value}")
    table = Table(title=_("The plan"), title_justify="left", expand=False)
    for column in (_("step"), _("now"), _("what I will do")):
        table.add_column(column, overflow="fold")
    will = {"done": _("leave it as it is"), "todo": _("set it up"), "unknown": _("look when you have signed in, then set it up if needed")}
    for flow, seen in zip(flows, planned, strict=True):
        table.add_row(_(flow.title), seen.why, will[seen.state])
    person.console.print(table)


def _show_end(session: Session, results: list[Result], proof: dict[str, Any] | None, seconds: float) -> None:
    person = session.person
    names = {flow.name: _(flow.title) for flow in _all_flows()}
    person.say("\n" + _("The end"), style="bold")
    for result in results:
        text = _("changed: {what}") if result.changed else _("left alone, it was right: {what}")
        person.say("  • " + text.format(what=names[result.name]))
    if not any(r.changed for r in results):
        person.say("  " + _("Nothing was changed: everything was already as it should be."))
    if proof:
        person.say("  • " + _("proved: a marked message went into Outlook.com and came out in Gmail"))
    for note in session.notes:
        person.say("  • " + note)
    person.say("  • " + _("What never comes this way: junk mail, and folders other than the inbox."))
    if any(r.changed for r in results):
        person.say("\n" + _("To take it back: in Gmail's settings, “Accounts and Import”, delete the row and the sender address; in Outlook.com's settings switch POP off; at the Microsoft account remove the app password."))
    person.say(_("This took {seconds} seconds.").format(seconds=round(seconds)))


def _all_flows() -> list[type[Flow]]:
    from flows.routes import ROUTES

    return [flow for flows in ROUTES.values() for flow in flows]
