"""The proof: a marked message that goes into Outlook.com and comes out in Gmail."""

from __future__ import annotations

import secrets
import time

from automation.diagnosis import Finding, named
from automation.messages import _
from automation.session import Session
from flows.pages.gmail import Accounts, Mailbox
from flows.pages.outlook import NewMessage

# Gmail's own rhythm is a few minutes to an hour; later than this is late, not failed.
LATE_SECONDS = 300.0
FIRST_WAIT = 0.2  # between two looks, in seconds; doubled each time
# A message that an earlier run sent is not waited for any longer: what stopped it may have been mended since.
LOST_SECONDS = 3600.0
PROOF = "proof"  # in the journal


def prove(session: Session, fetched: bool) -> float | None:
    """Send a marked message from Outlook.com to itself and find it in Gmail; the seconds it took, None if late.

    ``fetched``: Gmail fetches by POP, so that it can be asked to look now.
    """
    session.only_looking = False
    session.now = _("The proof: a marked message")
    mark, inside, ago = _sent_before(session) or _send(session)
    sent = time.monotonic()
    with session.person.waiting(_("Waiting for the message in Gmail.")) as update:
        wait = FIRST_WAIT
        while (passed := time.monotonic() - sent) < LATE_SECONDS:
            update(_("Waiting for the message in Gmail: {seconds} s").format(seconds=int(passed)))
            if wait > FIRST_WAIT:
                session.look_afresh()
            if fetched:
                Accounts(session).open().check_now(session.outlook_address)
            if _is_there(session, mark, inside):
                return ago + time.monotonic() - sent
            session.tab("gmail").rest(wait)
            wait = min(wait * 2, 15.0)
    session.note(
        named(
            "proof.late", Finding("gmail", "proof", _("not there after {seconds} s").format(seconds=int(LATE_SECONDS)))
        )
    )
    return None


def _send(session: Session) -> tuple[str, str, float]:
    """Send a new message; its two marks, and how long ago that was. The journal has them before it can be on its way."""
    mark, inside = f"autoconfigure {secrets.token_hex(4)}", secrets.token_hex(6)
    body = _("A practice message of autoconfigure. You can delete it. Mark: {mark}").format(mark=inside)
    marks = {"mark": mark, "inside": inside}
    message = NewMessage(session, session.tab("outlook"))
    message.send_to_self(mark, body, lambda: session.journal.write("sending", PROOF, marks))
    session.journal.write("sent", PROOF, marks)
    return mark, inside, 0.0


def _sent_before(session: Session) -> tuple[str, str, float] | None:
    """The message that an earlier run sent and did not live to find: no second one is sent. None where there is none."""
    known = session.journal.on_its_way(PROOF)
    if known is None or known.seconds_ago > LOST_SECONDS:
        return None
    mark, inside = str(known.marks.get("mark")), str(known.marks.get("inside"))
    if not known.certain and not _came(session, mark, inside):
        session.notes.append(
            _(
                "An earlier run was cut off as it was sending a marked message. It was found in neither mailbox, so another"
                " was sent; should both come, you can delete both."
            )
        )
        return None
    session.person.say(_("An earlier run sent a marked message already: I look for that one and send no other."))
    return mark, inside, known.seconds_ago


def _came(session: Session, mark: str, inside: str) -> bool:
    """Whether a message is in Gmail, or in Outlook.com's inbox, which never shows it where forwarding keeps no copy."""
    return _is_there(session, mark, inside) or NewMessage(session, session.tab("outlook")).came_to_self(mark)


def _is_there(session: Session, mark: str, inside: str) -> bool:
    """Whether a search for the mark gives a message that, opened, holds the second mark from its body."""
    mailbox = Mailbox(session).search(mark)
    if not mailbox.tab.until(lambda: mailbox.open_message(lambda line: mark in line), 3.0, every=0.1):
        return False
    return bool(mailbox.tab.until(lambda: inside in mailbox.tab.text(), 5))
