"""Every page that looking can reach, how to open it, and why the others are not looked at. Changes nothing anywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from automation.errors import AutoconfigureError, BrowserClosed, Interrupted, PageChanged
from automation.messages import N_, _
from automation.page import Page
from automation.session import Session, Unseen
from automation.shown import Shown
from flows.gmail_import import right_account
from flows.pages.gmail import EDIT_POP, Accounts
from flows.pages.gmail_filter import FilterForm, Filters
from flows.pages.gmail_labels import Labels
from flows.pages.gmail_windows import PopWizard, SendAsWizard, Wizard
from flows.pages.google import GoogleAppPasswords
from flows.pages.microsoft import AppPasswords, SignInActivity
from flows.pages.outlook import NewMessage, OutlookSettings

ROW_SECONDS = 5.0


@dataclass(frozen=True)
class Place:
    """A page by its name, the class that knows it, and how to bring it in front; None for one that is not opened."""

    name: str
    kind: type[Page]
    make: Callable[[Session], Page] | None = None
    open: Callable[[Any], object] = lambda page: page.open()
    why_not: str = ""
    title: str = ""

    @property
    def called(self) -> str:
        """Its name for people, in English."""
        return self.title or self.kind.called

    @property
    def shown(self) -> tuple[Shown, ...]:
        """What is looked for on it."""
        return tuple(group for group in self.kind.elements if group.page == self.name)


@dataclass(frozen=True)
class Glance:
    """A page in front, or why it is not. ``is_missed``: it could be seen, had somebody signed in or the page come."""

    place: Place
    page: Page | None = None
    why_not: str = ""
    is_missed: bool = False
    error: AutoconfigureError | None = None


def _edit_window(session: Session) -> Page:
    """The window of the row that fetches the mailbox. Raises LookupError where there is no such row."""
    accounts = right_account(Accounts(session).open())
    if not accounts.row_offers(EDIT_POP, session.outlook_address, seconds=ROW_SECONDS):
        raise LookupError(_("it opens only where Gmail fetches your Outlook.com mail already"))
    return PopWizard(session, accounts.open_edit_pop(session.outlook_address))


_STARTS = N_("opening it would begin to make something")
_POSTS = N_("it comes only after something was sent")
PLACES = (
    Place(
        "outlook-forwarding",
        OutlookSettings,
        OutlookSettings,
        lambda page: page.open_forwarding(),
        title=N_("Outlook.com's settings for forwarding"),
    ),
    Place(
        "outlook-pop",
        OutlookSettings,
        OutlookSettings,
        lambda page: page.open_pop(),
        title=N_("Outlook.com's settings for POP"),
    ),
    Place("outlook-message", NewMessage, why_not=_STARTS),
    Place("gmail-accounts", Accounts, Accounts, lambda page: right_account(page.open())),
    Place("gmail-pop-address", PopWizard, why_not=_STARTS),
    Place("gmail-pop-way", PopWizard, why_not=_POSTS),
    Place("gmail-pop-server", PopWizard, _edit_window, lambda page: page.step()),
    Place("gmail-pop-end", PopWizard, why_not=_POSTS),
    Place("gmail-sender-address", SendAsWizard, why_not=_STARTS),
    Place("gmail-sender-server", SendAsWizard, why_not=_POSTS),
    Place("gmail-sender-code", SendAsWizard, why_not=_POSTS),
    Place("gmail-filters", Filters, Filters),
    Place("gmail-filter-criteria", FilterForm, why_not=_STARTS),
    Place("gmail-filter-actions", FilterForm, why_not=_STARTS),
    Place("gmail-labels", Labels, why_not=N_("it lists what is your own")),
    Place("microsoft-security", AppPasswords, AppPasswords, lambda page: page.show()),
    Place("microsoft-activity", SignInActivity, SignInActivity),
    Place("google-app-passwords", GoogleAppPasswords, GoogleAppPasswords),
)


def look_at(session: Session, places: tuple[Place, ...] = PLACES) -> Iterator[Glance]:
    """One page after the other, each in front while it is yielded. Nobody is asked anything.

    A page that does not come, or belongs to somebody else, costs only itself. Raises BrowserClosed and Interrupted.
    """
    session.only_looking = True
    for place in places:
        if place.make is None:
            yield Glance(place, why_not=_(place.why_not))
            continue
        session.tabs.stop.check()
        glance = _opened(session, place, place.make)
        try:
            yield glance
        finally:
            if isinstance(glance.page, Wizard):
                glance.page.close()


def _opened(session: Session, place: Place, make: Callable[[Session], Page]) -> Glance:
    try:
        page = make(session)
        with suppress(PageChanged):  # that is what we are here to see
            place.open(page)
        return Glance(place, page)
    except LookupError as nowhere:
        return Glance(place, why_not=str(nowhere))
    except Unseen as hidden:
        return Glance(
            place, why_not=_("it shows only after you: {what}").format(what=hidden), is_missed=hidden.task == "sign-in"
        )
    except (BrowserClosed, Interrupted):
        raise
    except AutoconfigureError as error:
        why = f"{error.doing.rstrip('.。')}: {error.seen}" if error.seen else error.doing
        return Glance(place, why_not=why, is_missed=True, error=error)
