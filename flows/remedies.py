"""What mends a cause during a run."""

from __future__ import annotations

from automation.flow import Session
from automation.messages import _
from flows.pages.microsoft import SignInActivity


def approve_activity(session: Session) -> None:
    """Lead the person to the sign-in that Microsoft held back, until it is approved."""
    session.person.warn(_("Microsoft wants you to approve the sign-in in the browser first."))
    SignInActivity(session).open().approve()
