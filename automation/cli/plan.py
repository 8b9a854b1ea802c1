"""``autoconfigure plan``: look, and say what a run would do. Changes nothing, logs in to no mail server."""

from __future__ import annotations

from contextlib import ExitStack

from automation.cli.common import Shared, shared_command
from automation.cli.endings import EMPTY
from automation.cli.run import show_plan
from automation.messages import _


@shared_command("plan", _("Look, change nothing, and say what a run would do and why."))
def command(shared: Shared) -> int:
    """Look at every flow of the route."""
    from automation.cli.session import open_session
    from flows.route import make_plan

    shared.result = dict(EMPTY["plan"])
    with ExitStack() as stack:
        person, session = open_session(shared, stack)
        plan = make_plan(session, asking=False)
        show_plan(session, plan)
        will = {"done": "nothing", "todo": "change", "unknown": "unknown"}
        states = [seen.state for seen in plan.seen]
        outcome = "changes" if "todo" in states else "unknown" if "unknown" in states else "nothing"
        shared.result |= {
            "route": plan.route,
            "reasons": [{"text": text, "since": since} for text, since in plan.reasons],
            "flows": [
                {"name": flow.name, "now": seen.state, "will": will[seen.state], "why": seen.why}
                for flow, seen in zip(plan.flows, plan.seen, strict=True)
            ],
            "outcome": outcome,
        }
        if outcome == "nothing":
            person.done(_("Nothing to do: everything is as it should be."))
    return 0
