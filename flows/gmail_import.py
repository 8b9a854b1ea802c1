"""Gmail fetches the Outlook.com mailbox by POP: encrypted, leaving a copy there, with a label."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

from automation.diagnosis import Cause, Finding, diagnose, named
from automation.element import Element
from automation.errors import CauseFound, PageChanged
from automation.flow import Flow, Left, Seen, seen
from automation.messages import N_, _
from automation.page import PATIENT_SECONDS
from automation.session import Session
from flows import remedies
from flows.credentials import APP_PASSWORD, app_password, taken
from flows.pages.accounts import wrong_account
from flows.pages.gmail import CHECK_NOW, EDIT_POP, Accounts
from flows.pages.gmail_windows import ADD_ACCOUNT, SAVE_CHANGES, PopWizard, settings_said
from flows.providers import POP_SERVERS

FETCH_SECONDS = 120.0
REDRAW_SECONDS = 1.5
FRESH_SECONDS = 1.0
ROW_SECONDS = 10.0  # until a row just added shows
# What a new password or other settings in the row can mend.
MENDABLE = ("auth.", "gmail.row-settings", "net.", "tls.", "unknown")
ROW_ERROR = re.compile(
    r"(?i)error|denied|failed|timed out|refused|not been retrieved|エラー|失敗|取得されていません|できません"
)


class FetchByPop(Flow):
    """Gmail fetches this mailbox by POP, encrypted, and leaves the messages where they are."""

    name = "gmail-import"
    title = N_("Gmail: fetch the Outlook.com mail (“Check mail from other accounts”)")
    wish = N_("Gmail's settings show a row for the address, with port 995 and SSL")
    takes = (APP_PASSWORD,)

    def look(self) -> Seen:
        accounts = right_account(Accounts(self.session).open())
        if not accounts.pop_section_is_there():
            return seen(False, _("Gmail does not show “Check mail from other accounts”"), section=False)
        row = accounts.pop_row(self.session.outlook_address)
        if row is None:
            return seen(
                False, _("Gmail does not fetch {address} yet").format(address=self.session.outlook_address), row=None
            )
        wrong = self._wrong_settings(accounts)
        if wrong:
            return seen(
                False,
                _("Gmail has a row for it with wrong settings ({wrong})").format(wrong=settings_said(wrong)),
                row=row,
                wrong=wrong,
            )
        if ROW_ERROR.search(row):
            return seen(False, _("Gmail's row says: {text}").format(text=row), row=row)
        return seen(True, _("Gmail fetches {address}").format(address=self.session.outlook_address), row=row)

    def do(self) -> None:
        accounts = right_account(Accounts(self.session).open())
        if not accounts.pop_section_is_there():
            raise withdrawn(self.session, accounts)
        row = accounts.pop_row(self.session.outlook_address)
        if row is None:
            self._add(accounts)
        else:
            self._stop_at_what_no_setting_mends(row, accounts)
            self._mend(accounts)
        self._first_fetch()

    def _stop_at_what_no_setting_mends(self, row: str, accounts: Accounts) -> None:
        """A row may say that storage is full or that passwords are retired: then nobody is asked for a new one.

        A bare "wrong password" is no proof of that, whatever is publicly known: who wants this route gets one honest try.
        """
        if ROW_ERROR.search(row):
            cause = first_cause(self.session, "row", row)
            by_itself = diagnose([Finding("gmail", "row", row)], [])[0]
            if not cause.code.startswith(MENDABLE) or by_itself.is_withdrawn:
                raise row_says(self.session, cause, row, accounts)

    def undo(self, before: dict[str, Any]) -> Left | None:
        accounts = right_account(Accounts(self.session).open())
        address = self.session.outlook_address
        if accounts.pop_row(address) is None:
            return Left(_("Gmail's row is gone already"), settled=True)
        if before.get("row") is not None:
            return Left(_("the row was there before, with wrong settings; it is left as it is now"))
        if wrong := self._wrong_settings(accounts):
            return Left(_("its settings were changed since: {what}").format(what=settings_said(wrong)))
        if not accounts.delete_pop(address):
            raise self.not_taken_back()
        return None

    # -- looking ----------------------------------------------------------------------------------------------------

    def _wrong_settings(self, accounts: Accounts) -> dict[str, str]:
        """What is wrong in the row's own window; nothing where the window cannot be opened."""
        address = self.session.outlook_address
        if not accounts.row_offers(EDIT_POP, address, seconds=5.0):
            return {}
        window = PopWizard(self.session, accounts.open_edit_pop(address))
        try:
            return window.wrong_values(self._hosts, self.session.settings.pop_port) if window.step() == "server" else {}
        finally:
            window.close()

    @property
    def _hosts(self) -> tuple[str, ...]:
        """The right server names; the configured one first."""
        return (self.session.settings.pop_host, *(host for host, port in POP_SERVERS if port == 995))

    # -- doing ------------------------------------------------------------------------------------------------------

    def _add(self, accounts: Accounts) -> None:
        app_password(self.session)  # before the window opens: nothing half typed waits behind a hand-over
        window = PopWizard(self.session, accounts.open_add_mail_account())
        try:
            if not self._walk_to_server(window):
                raise refused(self.session, "wizard", window.tab.text(), window)
            self._fill(window)
            self._submit(window, ADD_ACCOUNT)
            taken(self.session, APP_PASSWORD)
            if not window.is_closed:
                window.step(15)
                window.finish_without_send_as()
        finally:
            window.close()

    def _walk_to_server(self, window: PopWizard) -> bool:
        """Go from step to step until the server is asked for; False when Gmail stops before that."""
        given = False
        for _round in range(4):
            window.tab.until(lambda: window.step(0) or _LIMIT.search(window.tab.text()), PATIENT_SECONDS)
            step = window.step(0)
            if step == "server":
                return True
            if step == "address" and not given:
                given = True
                window.give_address(self.session.outlook_address)
                window.tab.until(
                    lambda: (
                        window.step(0) not in (None, "address")
                        or ROW_ERROR.search(window.tab.text())
                        or _LIMIT.search(window.tab.text())
                    ),
                    15,
                )
            elif step == "way":
                window.choose_pop()
                window.tab.until(lambda: window.step(0) not in (None, "way"), 15)
            elif step is None and not _LIMIT.search(window.tab.text()):
                raise window.not_itself(self.session.settings.gmail_url)
            else:
                break
        window.still_signed_in()
        return False

    def _mend(self, accounts: Accounts) -> None:
        window = PopWizard(self.session, accounts.open_edit_pop(self.session.outlook_address))
        try:
            if window.step() != "server":
                raise window.not_itself(self.session.settings.gmail_url)
            if window.asks_password():
                app_password(self.session)
            self._fill(window)
            self._submit(window, SAVE_CHANGES)
            taken(self.session, APP_PASSWORD)
        finally:
            window.close()

    def _fill(self, window: PopWizard) -> None:
        """Fill in everything and read it back. Raises PageChanged before anything wrong is sent."""
        session = self.session
        window.fill_server(session.outlook_address, self._hosts, session.settings.pop_port)
        if session.options.label is not None:
            label = session.options.label or session.outlook_address
            if (stands := window.label_with(label)) != label:
                told = (
                    _("Gmail labels this mail “{label}”.").format(label=stands)
                    if stands
                    else _("Gmail gives this mail no label.")
                )
                session.person.warn(told)
        else:
            window.no_label()
        if session.options.archive:
            window.archive(True)
        if window.asks_password():
            window.write_password(app_password(session))
        if wrong := window.wrong_values(self._hosts, session.settings.pop_port):
            raise PageChanged(
                _("Filling in Gmail's window for fetching mail."),
                expected=f"{session.settings.pop_host}, {session.settings.pop_port}, SSL",
                seen=settings_said(wrong),
                todo=_("Nothing was sent. Do this step by hand in the browser, or report the changed page."),
                evidence=window.evidence(),
            )

    def _submit(self, window: PopWizard, button: Element) -> None:
        """Send the form. Gmail may have to be approved first; then it is sent once more."""
        answer = window.submit_and_wait(button)
        if answer in ("closed", "next"):
            return
        cause = first_cause(self.session, "wizard", answer)
        if cause.code == "auth.web-login-needed" and self._approved(cause):
            self.session.person.say("  " + _("Approved. I am trying again in Gmail."))
            self._fill(window)
            answer = window.submit_and_wait(button)
            if answer in ("closed", "next"):
                return
        raise refused(self.session, "wizard", answer, window)

    def _approved(self, cause: Cause) -> bool:
        self.session.note(cause)
        return remedies.approve_activity(self.session)

    def _first_fetch(self) -> None:
        """Let Gmail look now, wait until it has, and tell what its row says."""
        session = self.session
        address = session.outlook_address
        accounts = Accounts(session)
        # Gmail draws the list anew by itself when its window closes; if not, it is loaded anew.
        if not (before := accounts.tab.until(lambda: accounts.pop_row(address), REDRAW_SECONDS)):
            session.look_afresh()
            before = accounts.open().tab.until(lambda: accounts.pop_row(address), ROW_SECONDS)
        if before is None:
            return  # the look afterwards says what is there instead
        with session.person.waiting(_("Gmail fetches the mail for the first time.")) as update:
            # A new row starts to fetch by itself; what it tells then is the first fetch.
            if not _COUNT.search(before):
                accounts.check_now(address, seconds=0.0)

            def looked() -> str | None:
                row = accounts.pop_row(address)
                update(_("Gmail: {text}").format(text=row or "…"))
                if row and row != before and ROW_ERROR.search(row):
                    return row
                links_are_back = accounts.row_offers(CHECK_NOW, address)
                return row if row and links_are_back and (row != before or _COUNT.search(row)) else None

            row = self._watched(accounts, looked) or accounts.pop_row(address)
        if row and ROW_ERROR.search(row):
            raise row_says(session, first_cause(session, "row", row), row, accounts)
        if row:
            session.notes.append(_("Gmail's row reads: {text}").format(text=row))
        session.notes.append(_("Gmail looks for new mail by itself every few minutes to once an hour."))

    def _watched(self, accounts: Accounts, looked: Callable[[], str | None]) -> str | None:
        """What ``looked`` gives, on pages loaded anew ever more rarely: Gmail itself looks at its server but now and then."""
        deadline, patience = time.monotonic() + FETCH_SECONDS, FRESH_SECONDS
        while not (row := accounts.tab.until(looked, patience, every=0.1)) and time.monotonic() < deadline:
            accounts.tab.stale = True
            accounts.open()
            patience = min(patience * 2, 15.0)
        return row


_COUNT = re.compile(r"(?i)\d+\s*(mails?|messages?|件|通)")
_LIMIT = re.compile(r"(?i)maximum number of accounts|アカウントの(最大数|上限)")


def right_account(accounts: Accounts) -> Accounts:
    """The page itself, if it belongs to the Gmail address asked for. Raises CauseFound for another account."""
    session = accounts.session
    address = accounts.signed_in_address()
    if address and address != session.gmail_address.lower():
        error = wrong_account("gmail", session.gmail_address, address)
        session.note(error.causes[0])
        raise error
    return accounts


def first_cause(session: Session, stage: str, text: str) -> Cause:
    """What Gmail's own words mean."""
    said = Finding("gmail", stage, text, facts={"row_is_right": stage == "wizard"})  # we filled it in and read it back
    known = [Finding("outlook", "settings", facts={"pop_on": True})]
    if session.login_worked and stage in ("wizard", "row"):
        took = _("from this machine, the mail server took the same app password")
        known.append(Finding("probe", "login", took, facts={"supports": True, "password_works": True}))
    return diagnose([said, *known], session.facts)[0]


def row_says(session: Session, cause: Cause, row: str, accounts: Accounts) -> CauseFound:
    """The error for a row that tells of a fetch gone wrong."""
    return session.stopped_by(
        cause,
        _("Gmail could not fetch the mail: {what}").format(what=cause.title()),
        expected=_("a row without an error"),
        seen=row,
        evidence=accounts.evidence(),
    )


def refused(session: Session, stage: str, text: str, window: PopWizard) -> CauseFound:
    """The error for a window of Gmail's that says no."""
    cause = first_cause(session, stage, text)
    return session.stopped_by(
        cause,
        _("Gmail did not take the mail account: {what}").format(what=cause.title()),
        expected=_("Gmail to log in and add the account"),
        seen=text,
        evidence=window.evidence(),
    )


def withdrawn(session: Session, accounts: Accounts) -> CauseFound:
    """The error for a Gmail that no longer has the section."""
    cause = named(
        "gmail.pop-withdrawn", Finding("gmail", "settings", _("the section is not there")), facts=session.facts
    )
    return session.stopped_by(
        cause,
        _("Looking for “Check mail from other accounts” in Gmail's settings."),
        expected=_("the section, as Gmail had it until 2026"),
        seen=_("a settings page without it"),
        evidence=accounts.evidence(),
    )
