"""Whose mailbox a page shows: reading addresses, and the error when it is somebody else's."""

from __future__ import annotations

import re

from automation.diagnosis import Finding, Witness, named
from automation.errors import CauseFound
from automation.flow import Session
from automation.messages import _

ADDRESS = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


def wrong_account(session: Session, witness: Witness, wanted: str, shown: str) -> CauseFound:
    """The error for a site where another address is signed in than the one asked for; nothing was clicked there."""
    cause = named("signin.wrong-account", Finding(witness, "sign-in", shown))
    return session.stopped_by(
        cause,
        _("Looking whose mailbox this is."),
        expected=wanted,
        seen=shown,
        todo=_("Sign in to {address} in this browser, or correct the address in the settings.").format(address=wanted),
    )
