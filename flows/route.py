"""Which route to take: by what can be seen, then by dated facts; and the plan, by looking only."""

from __future__ import annotations

from dataclasses import dataclass, field

from automation.diagnosis import Cause, Finding, named
from automation.errors import NeedsPerson
from automation.flow import Flow, Seen, look_only
from automation.messages import _
from automation.session import Session, Unseen
from flows import sender
from flows.forwarding import ForwardMail
from flows.gmail_import import ROW_ERROR, FetchByPop
from flows.pages.gmail import Accounts
from flows.routes import ROUTES

# Facts at least this sure decide where nothing can be seen; a weaker one is only told.
DECIDING_SURE = 0.7
BASIC_RETIRED = "auth.basic-retired"
POP_WITHDRAWN = "gmail.pop-withdrawn"


@dataclass
class Plan:
    """A route with its reasons, its flows, and what a first look at each of them showed."""

    route: str
    reasons: list[tuple[str, str | None]] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    asks: str = ""  # what a run asks besides, where nobody is asked now

    def state_of(self, name: str) -> str | None:
        """What a first look at one of its flows showed; None for a flow that is not in it."""
        return next((seen.state for flow, seen in zip(self.flows, self.seen, strict=True) if flow.name == name), None)


def make_plan(session: Session, asking: bool = True) -> Plan:
    """Look, choose the route, and look at each of its flows. Changes nothing.

    Asks for what a run must know (how Gmail shall send); without ``asking`` the plan says that a run would ask.
    """
    with session.person.waiting(_("Looking at how things are now; nothing is changed.")):
        closed = closed_doors(session)
        route = session.options.route
        if route == "auto":
            route = "forwarding" if closed else "pop-import"
        plan = Plan(route, [(cause.title(), cause.since) for cause in closed])
        if route == "forwarding":
            for cause in closed:
                session.note(cause)
        elif closed:
            session.person.warn(
                _("{what} You insist on this route: one honest try.").format(what=" ".join(c.title() for c in closed))
            )
        add_flows(session, plan)
    if twice := _comes_twice(session, plan, closed):
        session.person.warn(twice)
        if session.options.route == "auto":
            return _already_there(session, plan)
        if asking and not session.person.agrees_expressly(_("Do you want both all the same?"), "both-routes"):
            raise NeedsPerson(_("You said no."), seen=_("nothing was changed"))
    if plan.route == "forwarding":
        add_sender(session, plan, asking)
    return plan


def _comes_twice(session: Session, plan: Plan, closed: list[Cause]) -> str | None:
    """What to say when the other route is on already and this plan would add its own: every message would come twice."""
    if plan.route == "pop-import" and plan.state_of("gmail-import") == "todo":
        forwarding = look_only(ForwardMail(session))
        if forwarding.state == "done":
            return _("Outlook.com forwards to Gmail already; with fetching as well every message would come twice.")
    has_section = all(cause.code != POP_WITHDRAWN for cause in closed)  # without it there is no row to look for
    if plan.route == "forwarding" and has_section and plan.state_of("outlook-forwarding") == "todo":
        row = look_only(FetchByPop(session))
        if row.state == "done":
            return _("Gmail fetches this mail already; with forwarding as well every message would come twice.")
    return None


def _already_there(session: Session, plan: Plan) -> Plan:
    """The plan for the route that is on already."""
    other = Plan("forwarding" if plan.route == "pop-import" else "pop-import", plan.reasons)
    add_flows(session, other)
    return other


def add_sender(session: Session, plan: Plan, asking: bool = True) -> None:
    """Add the way of sending that is there or that the person chooses, if any."""
    session.only_looking = True
    try:
        flow = sender.there(session)
    except Unseen:
        return
    if flow is None and asking:
        flow = sender.offer(session)
    elif flow is None:
        plan.asks = sender.question(session)
    if flow is not None:
        plan.flows.append(flow)
        plan.seen.append(look_only(flow))


def add_flows(session: Session, plan: Plan) -> None:
    """Give a plan the flows of its route and a first look at each."""
    plan.flows = [flow(session) for flow in ROUTES[plan.route]]
    plan.seen = [look_only(flow) for flow in plan.flows]


def closed_doors(session: Session) -> list[Cause]:
    """The doors of the POP route that are closed, each as a cause with its evidence and its date.

    A row that works proves more than any announcement: then nothing is closed.
    """
    session.only_looking = True
    causes = []
    known = {fact.code: fact for fact in session.facts}
    try:
        accounts = Accounts(session).open()
        row = accounts.pop_row(session.outlook_address)
        section = accounts.pop_section_is_there()
    except Unseen:
        row, section = None, None
    if row is not None and not says_error(row):
        return []
    if (fact := known.get(BASIC_RETIRED)) and fact.sure >= DECIDING_SURE:
        causes.append(named(BASIC_RETIRED, facts=session.facts, sure=fact.sure))
    if section is False:
        seen = Finding("gmail", "settings", _("Gmail's settings do not show “Check mail from other accounts”"))
        causes.append(named(POP_WITHDRAWN, seen, facts=session.facts))
    return causes


def says_error(row: str) -> bool:
    """Whether a row of Gmail's says that fetching failed."""
    return bool(ROW_ERROR.search(row))
