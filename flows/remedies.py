"""What mends a cause during a run."""

from __future__ import annotations

from automation.diagnosis import Finding, named
from automation.flow import Session
from automation.messages import _
from flows.outlook_pop import SwitchPopOn
from flows.pages.microsoft import SignInActivity


def approve_activity(session: Session) -> None:
    """Lead the person to the sign-in that Microsoft held back, until it is approved."""
    session.person.warn(_("Microsoft wants you to approve the sign-in in the browser first."))
    SignInActivity(session).open().approve()


def pop_was_switched_off(session: Session) -> bool:
    """Whether Outlook.com's settings show POP as off although it was on; it is switched on again then."""
    session.look_afresh()
    flow = SwitchPopOn(session)
    if flow.look().state == "done":
        return False
    session.note(named("account.pop-off", Finding("outlook", "settings", _("POP is off"))))
    session.person.warn(_("Outlook.com has switched POP off again; I am switching it on once more."))
    flow.do()
    return True
