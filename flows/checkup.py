"""The check-up: what Gmail's, Outlook.com's and Microsoft's pages show of how the mail comes, by looking only."""

from __future__ import annotations

from dataclasses import dataclass, field

from automation.diagnosis import Cause
from automation.errors import AutoconfigureError, BrowserClosed, Interrupted
from automation.flow import Flow, Seen, look_only, seen
from automation.messages import N_, _
from automation.session import Session
from flows.forwarding import ForwardMail, LabelForwarded
from flows.gmail_import import FetchByPop
from flows.gmail_send_as import SendAs
from flows.outlook_pop import SwitchPopOn
from flows.pages.gmail_history import fetch_history
from flows.pages.microsoft import SignInActivity
from flows.remembered import forwarding_since
from flows.route import closed_doors, says_error


class NothingWaits(Flow):
    """No sign-in of the Microsoft account waits for the person's answer. Only looked at: answering is the person's."""

    name = "microsoft-activity"
    title = N_("Microsoft account: no unusual sign-in waits for your answer")

    def look(self) -> Seen:
        waits = SignInActivity(self.session).open().something_waits()
        return seen(
            not waits, _("an unusual sign-in waits for your answer") if waits else _("no unusual sign-in waits")
        )


# Whose pages show what. Outlook.com's come first: they say whether anything is forwarded that Gmail could label.
LOOKS: dict[str, tuple[type[Flow], ...]] = {
    "outlook": (ForwardMail, SwitchPopOn),
    "gmail": (FetchByPop, SendAs, LabelForwarded),
    "microsoft": (NothingWaits,),
}
TITLES = {flow.name: flow.title for flows in LOOKS.values() for flow in flows}


@dataclass
class Checkup:
    """What was seen, by the name of the flow that looked, for the Gmail of this address.

    Where a look failed, its ``Seen`` is unknown and its values hold the ``code`` of the failure. ``history`` is what
    Gmail tells of past fetches, ``closed`` the doors of the POP route that are closed, ``forwarding_since`` the day a
    run of ours left forwarding on.
    """

    gmail_address: str
    seen: dict[str, Seen] = field(default_factory=dict)
    history: list[str] = field(default_factory=list)
    closed: list[Cause] = field(default_factory=list)
    forwarding_since: str | None = None

    def values(self, flow: type[Flow]) -> dict[str, object]:
        """The values that a flow's look saw; nothing where it did not look."""
        return self.seen[flow.name].values if flow.name in self.seen else {}

    def is_known(self, flow: type[Flow]) -> bool:
        """Whether a flow's look could see what it wanted to."""
        return flow.name in self.seen and self.seen[flow.name].state != "unknown"

    @property
    def brings_nothing(self) -> bool:
        """Whether both ways for mail to come were seen, and there is neither a row in Gmail nor forwarding to it."""
        return self.forwards is False and self.is_known(FetchByPop) and self.row is None

    @property
    def row(self) -> str | None:
        """What Gmail's row for the address reads; None where there is none, or it could not be looked at."""
        row = self.values(FetchByPop).get("row")
        return str(row) if row else None

    @property
    def row_fails(self) -> bool:
        """Whether that row says that fetching failed."""
        return self.row is not None and says_error(self.row)

    @property
    def forwards(self) -> bool | None:
        """Whether Outlook.com forwards to this Gmail; None where that could not be seen."""
        values = self.values(ForwardMail)
        # Forwarding to a third address was seen, though what is to be done about it is not known.
        if "on" not in values:
            return None
        return bool(values.get("on")) and str(values.get("to", "")).lower() == self.gmail_address.lower()


def look_at_all(session: Session) -> Checkup:
    """Look at every page. Changes nothing and hands nothing over: what needs the person stays unknown."""
    checkup = Checkup(session.gmail_address, forwarding_since=forwarding_since(session.settings))
    for flows in LOOKS.values():
        for flow in flows:
            if flow is LabelForwarded and not checkup.forwards:
                continue  # nothing comes that it could label
            checkup.seen[flow.name] = glance = _glance(flow(session))
            if "code" in glance.values:
                break  # a site that does not come, or belongs to somebody else, need not be tried again
    if checkup.row_fails:
        checkup.history = _history(session)
    if checkup.is_known(FetchByPop) and not checkup.forwards:
        checkup.closed = closed_doors(session)
    return checkup


def _glance(flow: Flow) -> Seen:
    """Look; a page that fails costs only this one answer."""
    try:
        return look_only(flow)
    except (BrowserClosed, Interrupted):
        raise
    except AutoconfigureError as error:
        return Seen("unknown", " ".join(filter(None, (error.doing, error.seen))), {"code": error.code or "unknown"})


def _history(session: Session) -> list[str]:
    try:
        return fetch_history(session)
    except (BrowserClosed, Interrupted):
        raise
    except AutoconfigureError:
        return []  # it only adds to what the row says
