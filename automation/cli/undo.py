"""``autoconfigure undo``: take back what this tool changed, newest first, and leave alone what others changed since."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from automation.cli.common import Shared, shared_command
from automation.cli.endings import EMPTY
from automation.errors import NeedsPerson
from automation.messages import _

if TYPE_CHECKING:
    from automation.flow import Flow, Session
    from automation.journal import Change


@shared_command("undo", _("Take back what this tool changed, newest first; shows the list and asks."))
def command(shared: Shared) -> int:
    """Read the journal, show the list, ask, and undo."""
    from automation.cli.session import open_session

    shared.result = dict(EMPTY["undo"], undone=[], left=[])
    with ExitStack() as stack:
        person, session = open_session(shared, stack)
        changes = session.journal.changes()
        if not changes:
            person.done(_("The journal holds nothing to take back."))
            return 0
        flows = _flows(session)
        person.say(_("This is what I changed, newest first:"))
        for change in changes:
            person.say(f"  • {_(flows[change.flow].title)} ({change.when})")
        # --yes does not cover this: it accepts plans, it never takes anything back (design, section 4).
        if not person.agrees_to_undo(_("Shall I take it back?")):
            raise NeedsPerson(_("You said no."), seen=_("nothing was changed"))
        session.only_looking = False
        for number, change in enumerate(changes, start=1):
            _undo(session, flows[change.flow], change, shared.result, (number, len(changes)))
        _say_what_stays(session, shared.result)
    return 0


def _flows(session: Session) -> dict[str, Flow]:
    from flows.routes import ROUTES

    return {flow.name: flow(session) for flows in ROUTES.values() for flow in flows}


def _undo(session: Session, flow: Flow, change: Change, result: dict[str, Any], place: tuple[int, int]) -> None:
    person = session.person
    person.step(*place, _("Take back: {what}").format(what=_(flow.title)))
    session.now = _(flow.title)
    session.look_afresh()
    why = flow.undo(change.values)
    if why is None:
        session.journal.write("undone", flow.name)
        result["undone"].append(flow.name)
        person.done(_("taken back"))
    else:
        result["left"].append({"what": flow.name, "why": why})
        person.say("  – " + _("left alone: {why}").format(why=why))


def _say_what_stays(session: Session, result: dict[str, Any]) -> None:
    """What cannot or should not be taken back by us is named."""
    stays = [
        (
            "app-password",
            _("app passwords stay; remove them at the Microsoft account, which can only remove all of them"),
        )
    ]
    stays.append(("messages", _("messages that came to Gmail stay there, and so does their label")))
    for what, why in stays:
        result["left"].append({"what": what, "why": why})
        session.person.say("  – " + why)
