"""What mends a cause during a run."""

from __future__ import annotations

from automation.diagnosis import Finding, named
from automation.messages import _
from automation.session import Session
from flows.outlook_pop import SwitchPopOn
from flows.pages.microsoft import SignInActivity


def approve_activity(session: Session) -> bool:
    """Lead the person to the sign-in that Microsoft held back, until it is approved; False if the page shows none."""
    session.person.warn(_("Microsoft wants you to approve the sign-in in the browser first."))
    page = SignInActivity(session).open()
    with session.person.waiting(_("Looking for the sign-in at the Microsoft account.")):
        waits = page.something_comes_up()
    if waits:
        page.approve()
    else:
        session.person.warn(_("The Microsoft account shows no unusual sign-in, so there is nothing to approve."))
    return waits


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
