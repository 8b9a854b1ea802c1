"""Outlook.com forwards its new mail to Gmail, keeps a copy, and Gmail labels what comes that way."""

from __future__ import annotations

from typing import Any

from automation.diagnosis import Finding, diagnose, named
from automation.errors import CauseFound, PageChanged
from automation.flow import Flow, Left, Seen, seen
from automation.messages import N_, _
from automation.session import Session
from flows.gmail_import import right_account
from flows.label import making_label
from flows.pages.gmail import Accounts
from flows.pages.gmail_filter import FilterForm, Filters
from flows.pages.outlook import OutlookSettings


class ForwardMail(Flow):
    """Outlook.com forwards every new message to the Gmail address and keeps a copy."""

    name = "outlook-forwarding"
    title = N_("Outlook.com: forward new mail to Gmail and keep a copy")
    wish = N_("forwarding is on, to the Gmail address, with a copy kept")

    def look(self) -> Seen:
        settings = OutlookSettings(self.session).open_forwarding()
        on, to, keeps = settings.forwarding_is_on(), settings.forwards_to(), settings.keeps_copy()
        right = on and to.lower() == self.session.gmail_address.lower() and keeps is True
        if right:
            why = _("forwards to {address}, keeps a copy").format(address=to)
        elif on and to.lower() not in ("", self.session.gmail_address.lower()):
            why = _("forwards to {address}; only you can say whether that is still wanted").format(address=to)
            return Seen("unknown", why, {"on": on, "to": to, "keeps_copy": keeps})
        elif on:
            why = _("forwards to {address}, which is not as wanted").format(address=to or "?")
        else:
            why = _("forwarding is off")
        return seen(right, why, on=on, to=to, keeps_copy=keeps)

    def do(self) -> None:
        address = signed_in_gmail(self.session)
        settings = OutlookSettings(self.session).open_forwarding()
        if settings.forwarding_is_on() and settings.forwards_to().lower() not in ("", address.lower()):
            raise forwards_elsewhere(self.session, settings)
        if settings.asks_code():  # for what a run wanted that was cut off
            settings.wait_for_code()
            if self.look().state == "done":
                return
        if barred := settings.forwarding_is_barred():
            raise refused(self.session, settings, barred)
        for _attempt in range(2):  # a code may only prove who the person is: then it is saved once more
            if not settings.forward_to(address):
                return  # done since we looked, for example by the code of a run that was cut off
            if settings.forwards_to() != address:
                raise settings.not_itself(settings.url)
            if (answer := settings.save_forwarding()) and answer != "code":
                raise refused(self.session, settings, answer)
            if not answer or settings.wait_for_code():
                return

    def undo(self, before: dict[str, Any]) -> Left | None:
        settings = OutlookSettings(self.session).open_forwarding()
        if not settings.forwarding_is_on():
            return Left(_("forwarding is off already"), settled=True)
        if (to := settings.forwards_to()).lower() != self.session.gmail_address.lower():
            return Left(_("it was changed since: it forwards to {address}").format(address=to))
        if not before.get("on"):
            settings.stop_forwarding()
        elif before.get("keeps_copy") is False and settings.keeps_copy():
            settings.keep_no_copy()
        else:
            return Left(_("forwarding was on before; it is left"), settled=True)
        settings.save()
        self.session.look_afresh()
        if self.look().state == "done":
            raise self.not_taken_back()
        return None


class LabelForwarded(Flow):
    """Gmail gives what was sent to the Outlook.com address a label."""

    name = "gmail-filter"
    title = N_("Gmail: a filter that labels the forwarded mail")
    wish = N_("a filter for mail to the Outlook.com address stands in the list")

    def look(self) -> Seen:
        filters = Filters(self.session).open()
        there = filters.labels_mail_to(self.session.outlook_address, self._label)
        return seen(there, _("the filter is there") if there else _("no filter for it yet"), label=self._label)

    def do(self) -> None:
        options, label = self.session.options, self._label
        FilterForm(self.session).create(
            label,
            archive=options.archive,
            never_spam=options.never_spam,
            making_label=lambda: making_label(self.session, str(label)),
        )

    def undo(self, before: dict[str, Any]) -> Left | None:
        filters = Filters(self.session).open()
        address = self.session.outlook_address
        if not filters.labels_mail_to(address, None):
            return Left(_("the filter is gone already"), settled=True)
        if not filters.labels_mail_to(address, before.get("label")):
            return Left(_("the filter was changed since: it gives another label"))
        if not filters.delete(address):
            raise self.not_taken_back()
        return None

    @property
    def _label(self) -> str | None:
        label = self.session.options.label
        return self.session.outlook_address if label == "" else label


def signed_in_gmail(session: Session) -> str:
    """The address of the Gmail that is signed in, read from Gmail itself.

    Raises CauseFound when it is not the one asked for: a typing error here would send a person's mail to a stranger.
    """
    accounts = right_account(Accounts(session).open())
    if accounts.signed_in_address() is None and accounts.look_up_address() is None:
        raise PageChanged(
            _("Reading in Gmail which address is signed in."),
            expected=session.gmail_address,
            seen=_("a page whose title names no address"),
            todo=_(
                "Nothing was forwarded. Switch forwarding on by hand in Outlook.com's settings, or report the changed page."
            ),
            evidence=accounts.evidence(),
        )
    return session.gmail_address


def forwards_elsewhere(session: Session, settings: OutlookSettings) -> CauseFound:
    """The error for a mailbox that forwards to a third address already: that is somebody's wish."""
    to = settings.forwards_to()
    cause = named("unknown", Finding("outlook", "forwarding", _("forwards to {address}").format(address=to)))
    return CauseFound(
        _("Outlook.com already forwards this mailbox to another address."),
        [cause],
        expected=_("no forwarding, or forwarding to {address}").format(address=session.gmail_address),
        seen=to,
        todo=_("I left it alone. If it is no longer wanted, switch it off in Outlook.com and run this again."),
    )


def refused(session: Session, settings: OutlookSettings, text: str) -> CauseFound:
    """The error for a mailbox that may not forward."""
    cause = diagnose([Finding("outlook", "forwarding", text)], session.facts)[0]
    return session.stopped_by(
        cause,
        _("Outlook.com did not take the forwarding: {what}").format(what=cause.title()),
        expected=_("the change to be saved"),
        seen=text,
        evidence=settings.evidence(),
    )
