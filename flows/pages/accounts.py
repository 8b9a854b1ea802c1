"""Whose mailbox a page shows: reading addresses, and leading the person to the right one when it is somebody else's."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

from automation.diagnosis import Finding, Witness, named
from automation.errors import CauseFound, NeedsPerson
from automation.messages import _
from automation.page import Page
from automation.person import HandOver
from automation.settings import Settings

ADDRESS = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
# More Google accounts than this are seldom signed in at once.
MOST_ACCOUNTS = 5
_NUMBER = re.compile(r"/mail/u/(\d+)/")


def titled_address(title: str) -> str | None:
    """The address that the title of a Gmail page ends with, in lower case; None where it names none."""
    found = ADDRESS.findall(title)
    return str(found[-1]).lower() if found else None


def account_number(url: str) -> int:
    """Which of several signed-in Google accounts a Gmail page is of: the N of /mail/u/N/."""
    found = _NUMBER.search(url)
    return int(found[1]) if found else 0


def choose_gmail(settings: Settings) -> str:
    """Where Gmail shows the mailbox of this very address, or lets the person sign in to it besides others.

    Public pages of 2018 to 2026 link to single accounts this way.
    """
    return f"{settings.gmail_url}/mail/?authuser={quote(settings.gmail_address or '', safe='@')}"


def choose_outlook(settings: Settings) -> str:
    """Where Outlook.com lets the person choose the account, also when one is signed in (as public pages of 2023 to 2026)."""
    return f"{settings.outlook_url}/mail/0/?prompt=select_account"


def wrong_account(witness: Witness, wanted: str, shown: str) -> CauseFound:
    """The error for a site where another address is signed in than the one asked for; nothing was clicked there."""
    cause = named("signin.wrong-account", Finding(witness, "sign-in", shown))
    return CauseFound(
        _("Looking whose mailbox this is."),
        [cause],
        expected=wanted,
        seen=shown,
        todo=_("Sign in to {address} in this browser, or correct the address in the settings.").format(address=wanted),
    )


def lead_to_right_account(
    page: Page, error: CauseFound, task: HandOver, where: str, done_when: Callable[[], bool | None]
) -> None:
    """Open the place where the account is chosen, and wait until the right mailbox shows.

    Raises ``error`` where nobody may be asked, NeedsPerson with its cause when the patience runs out.
    """
    session = page.session
    if session.person.no_input or not session.may_ask_for(task):
        session.note(error.causes[0])
        raise error
    page.tab.go(where)
    try:
        with session.unrecorded():  # somebody else's address has no place in a recording
            session.hand_over(task, page.tab, done_when)
    except NeedsPerson as nobody:
        nobody.code = error.causes[0].code
        raise
