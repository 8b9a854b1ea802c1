"""Which route to take: by what can be seen, then by dated facts; and the plan, by looking only."""

from __future__ import annotations

from automation.flow import Flow, Seen, Session, look_only
from automation.messages import _
from flows.routes import ROUTES


def choose_route(session: Session) -> tuple[str, list[Flow], list[Seen]]:
    """The route, its flows, and what a first look at each of them shows."""
    route = "pop-import" if session.options.route == "auto" else session.options.route
    flows: list[Flow] = [flow(session) for flow in ROUTES[route]]
    with session.person.waiting(_("Looking at how things are now; nothing is changed.")):
        planned = [look_only(flow) for flow in flows]
    return route, flows, planned
