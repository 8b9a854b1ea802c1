"""Gmail answers under the Outlook.com address, through Outlook.com's own server."""

from __future__ import annotations

import re
import time
from collections.abc import Collection
from typing import Any

from automation.diagnosis import Cause, Finding, named
from automation.errors import CauseFound
from automation.flow import Flow, Left, Seen, seen
from automation.messages import N_, _
from automation.session import Session
from automation.settings import Secret
from flows import remedies
from flows.credentials import APP_PASSWORD, GOOGLE, app_password, google_app_password, taken
from flows.gmail_import import first_cause, right_account
from flows.pages.gmail import FROM_GMAIL, VERIFY, Accounts, Mailbox, names_address
from flows.pages.gmail_windows import ADD_ACCOUNT, SendAsWizard
from flows.providers import GMAIL_SMTP

MESSAGE_SECONDS = 300.0
NEWER_SECONDS = 60.0  # for a newer message after Gmail refused the code of one
GMAIL_TEAM = "gmail-noreply@google.com"
_NINE_DIGITS = re.compile(r"(?<!\d)(\d{9})(?!\d)")


class SendAs(Flow):
    """Gmail can send under the Outlook.com address."""

    name = "gmail-send-as"
    title = N_("Gmail: send under the Outlook.com address (“Send mail as”)")
    wish = N_("the address stands in “Send mail as” and is confirmed")
    takes: tuple[str, ...] = (APP_PASSWORD,)

    def look(self) -> Seen:
        accounts = right_account(Accounts(self.session).open())
        address = self.session.outlook_address
        row = accounts.send_as_row(address)
        if row is None:
            replies = {"reply_from_same": False} if self._replies_otherwise(accounts) else {}
            return seen(False, _("Gmail cannot send as {address} yet").format(address=address), row=None, **replies)
        if accounts.row_offers(VERIFY, address):
            return seen(False, _("the address waits to be confirmed"), row=row, pending=True)
        if self._replies_otherwise(accounts):
            return seen(False, _("answers go out under the default address"), row=row, reply_from_same=False)
        return seen(True, _("Gmail can send as {address}").format(address=address), row=row)

    def _replies_otherwise(self, accounts: Accounts) -> bool:
        """Whether the person wants answers from the same address and Gmail does not do so yet."""
        return self.session.options.reply_from_same and accounts.replies_from_same() is False

    def do(self) -> None:
        accounts = right_account(Accounts(self.session).open())
        address = self.session.outlook_address
        if accounts.send_as_row(address) is None:
            self._confirm(*self._add(accounts))
        elif accounts.row_offers(VERIFY, address):
            self._confirm(SendAsWizard(self.session, accounts.open_verify(address)))
        if self.session.options.reply_from_same:
            self.session.look_afresh()
            accounts.open().reply_from_same()

    def undo(self, before: dict[str, Any]) -> Left | None:
        accounts = right_account(Accounts(self.session).open())
        address = self.session.outlook_address
        took_back = before.get("reply_from_same") is False and bool(accounts.replies_from_same())
        if took_back:
            accounts.reply_from_default()
        if before.get("row") is not None:
            return None if took_back else Left(_("the sender address was there before; it is left"))
        if accounts.send_as_row(address) is None:
            return None if took_back else Left(_("the sender address is gone already"), settled=True)
        if accounts.is_default_sender(address):
            return Left(_("it is the default sender now: choose another one in Gmail first"))
        if not accounts.delete_send_as(address):
            raise self.not_taken_back()
        return None

    def _server(self) -> tuple[str, int, str, Secret]:
        """The server that sends: host, port, user and password."""
        settings = self.session.settings
        return settings.smtp_host, settings.smtp_port, self.session.outlook_address, app_password(self.session)

    def _add(self, accounts: Accounts) -> tuple[SendAsWizard, set[str]]:
        """Walk the window to its question for the code; gives also the codes that the mailbox held before."""
        session, settings = self.session, self.session.settings
        server = self._server()
        window = SendAsWizard(session, accounts.open_add_address())
        if window.step() == "address":
            window.give_address(
                settings.display_name or session.outlook_address, session.outlook_address, session.options.alias
            )
            window.tab.until(lambda: window.step(0) not in (None, "address"), 15)
        if window.step() != "server":
            raise window.not_itself(settings.gmail_url)
        mailbox = Mailbox(session).search(GMAIL_TEAM)  # the list is drawn while the window is filled in
        old: set[str] = set()
        for attempt in (1, 2):
            window.fill_server(*server)
            if code := _read_code(mailbox, session.outlook_address, 0.0):
                old.add(code)
            answer = window.submit_and_wait(ADD_ACCOUNT)
            if answer in ("next", "closed"):
                taken(session, *self.takes)
                return window, old
            cause = first_cause(session, "send-as", answer)
            if attempt == 2 or cause.code != "auth.web-login-needed":
                raise refused(session, cause, answer, window)
            session.note(cause)
            if not remedies.approve_activity(session):
                raise refused(session, cause, answer, window)
        raise AssertionError("the second attempt returns or raises")

    def _confirm(self, window: SendAsWizard, old: Collection[str] = ()) -> None:
        """Fetch Gmail's confirmation message and enter its code; an older message may come first, so a second try."""
        code = confirmation_code(self.session, old)
        if code is None:
            raise late_confirmation(self.session)
        if not self._enter(window, code, last=False):
            self.session.person.warn(
                _("Gmail refused the code of its own message; I am looking for a newer one, for at most a minute.")
            )
            newer = confirmation_code(self.session, {code, *old}, NEWER_SECONDS)
            if newer is None:
                raise no_other_code(self.session)
            self._enter(window, newer, last=True)
        window.close()

    def _enter(self, window: SendAsWizard, code: str, last: bool) -> bool:
        """Enter a code; False when Gmail refused it and another may be right."""
        session = self.session
        if window.is_closed:
            session.look_afresh()
            window = SendAsWizard(session, Accounts(session).open().open_verify(session.outlook_address))
        if window.step() != "code":
            raise window.not_itself(session.settings.gmail_url)
        answer = window.give_code(code)
        if answer in ("closed", "next"):
            return True
        cause = first_cause(session, "send-as code", answer)
        if last or cause.code != "gmail.code-wrong":
            raise refused(session, cause, answer, window)
        return False


class SendAsByGmail(SendAs):
    """Gmail can send under the Outlook.com address through Gmail's own server."""

    title = N_("Gmail: send under the Outlook.com address, through Gmail's own server")
    takes = (GOOGLE,)

    def _server(self) -> tuple[str, int, str, Secret]:
        return *GMAIL_SMTP, self.session.gmail_address, google_app_password(self.session)


def confirmation_code(session: Session, known: Collection[str], seconds: float = MESSAGE_SECONDS) -> str | None:
    """The code from Gmail's confirmation message, which comes back by POP or forwarding, other than those ``known``.

    None where none came within ``seconds``.
    """
    address = session.outlook_address
    started = time.monotonic()
    with session.person.waiting(_("Waiting for Gmail's confirmation message.")):
        for round_number in range(1000):
            if round_number:
                session.look_afresh()
            Accounts(session).open().check_now(address)
            mailbox = Mailbox(session)
            # Gmail's search knows a new message some seconds after the inbox does.
            found = mailbox.inbox() if round_number % 2 else mailbox.search(GMAIL_TEAM)
            if (code := _read_code(found, address)) and code not in known:
                return code
            if time.monotonic() - started > seconds:
                break
            mailbox.tab.rest(min(0.5 * round_number, 10.0))
    return None


def _read_code(mailbox: Mailbox, address: str, seconds: float = 3.0) -> str | None:
    """Open the newest confirmation message for the address in this list and read its code."""

    def meant(line: str) -> bool:
        return FROM_GMAIL.know(line) and names_address(line, address)

    if not mailbox.tab.until(lambda: mailbox.open_message(meant), seconds, every=0.1):
        return None

    def code() -> str | None:
        text = mailbox.tab.text()
        return code_in(text) if names_address(text, address) else None

    return mailbox.tab.until(code, 5)


def code_in(text: str) -> str | None:
    """The nine-digit code of a confirmation message.

    Where several numbers stand, those behind the word "code" count, and of a conversation the newest, which is last.
    """
    after_word = re.findall(r"(?i)(?:code|コード)\D{0,40}?(?<!\d)(\d{9})(?!\d)", text)
    numbers = list(dict.fromkeys(after_word or _NINE_DIGITS.findall(text)))
    return numbers[-1] if after_word or len(numbers) == 1 else None


def late_confirmation(session: Session) -> CauseFound:
    """The error for a confirmation message that did not come."""
    cause = named("gmail.unconfirmed", Finding("gmail", "send-as", _("no confirmation message came")))
    return session.stopped_by(
        cause,
        _("Waiting for Gmail's confirmation message for {address}.").format(address=session.outlook_address),
        expected=_("a message of the Gmail Team within {minutes} minutes").format(minutes=int(MESSAGE_SECONDS / 60)),
        seen=_("none so far"),
        todo=_("Run the command again later: it goes on with the code."),
    )


def no_other_code(session: Session) -> CauseFound:
    """The error for a code that Gmail refused although its newest message says it."""
    cause = named("gmail.code-wrong", Finding("gmail", "send-as code", _("Gmail refused the code of its message")))
    return session.stopped_by(
        cause,
        _("Confirming {address} in Gmail: {what}").format(address=session.outlook_address, what=cause.title()),
        expected=_("Gmail to take the code of its own message, or a newer message"),
        seen=_("that message only, and its code refused"),
        todo=_("Have the message sent again in Gmail's window “verify”, then run the command again."),
    )


def refused(session: Session, cause: Cause, text: str, window: SendAsWizard) -> CauseFound:
    """The error for a send-as window that says no."""
    return session.stopped_by(
        cause,
        _("Gmail did not take the sender address: {what}").format(what=cause.title()),
        expected=_("Gmail to accept what was entered"),
        seen=text,
        evidence=window.evidence(),
    )
