"""Two mailboxes seen from outside: what their tabs show, by address and title, in a browser nothing is attached to."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from automation.devtools import Tab, close_tab, list_tabs, open_tab
from automation.errors import PageNotLoaded
from automation.left_tabs import TabNotes
from automation.messages import _
from automation.page import HOP_SECONDS
from automation.settings import Settings
from automation.stop import Stop
from automation.tabs import LOAD_SECONDS
from flows.pages.accounts import MOST_ACCOUNTS, account_number, titled_address

# A mailbox that shows for this long is signed in; sign-in servers hop over it faster.
RESTING_SECONDS = 1.5
# Another page that rests for this long in a mailbox's place wants the person.
ASKING_SECONDS = 3.0
# Gmail's title names its address once the list of messages is drawn; some never do.
NAMING_SECONDS = 3.0
SEARCH_SECONDS = 8.0  # for one more Gmail to show whose it is


@dataclass
class Site:
    """One provider, while its mailbox is waited for."""

    name: str
    address: str
    base: str
    path: str
    tab: str = ""  # the tab we opened for it
    opened: float = 0.0
    shows_since: float = 0.0  # 0: no mailbox shows
    away_since: float = 0.0  # 0: no other page shows in the mailbox's place
    person_was_there: bool = False  # such a page rested longer than a site's own hop

    def look(self, tabs: list[Tab], now: float) -> None:
        """Take in what the tabs show. A tab without a title has not loaded anything yet."""
        shows = any(tab.title and self.is_mailbox(tab) for tab in tabs)
        away = not shows and any(tab.id == self.tab and tab.title and tab.url.startswith("http") for tab in tabs)
        self.shows_since = (self.shows_since or now) if shows else 0.0
        self.away_since = (self.away_since or now) if away else 0.0
        self.person_was_there |= self.away_for(HOP_SECONDS)

    def is_mailbox(self, tab: Tab) -> bool:
        """Whether a tab shows a mailbox of this site."""
        return tab.url.startswith(self.base + "/mail/")

    def shows_for(self, seconds: float) -> bool:
        """Whether a mailbox shows, and has for so long."""
        return bool(self.shows_since) and time.monotonic() - self.shows_since > seconds

    def away_for(self, seconds: float) -> bool:
        """Whether another page shows in the mailbox's place, and has for so long."""
        return bool(self.away_since) and time.monotonic() - self.away_since > seconds


@dataclass
class Watch:
    """The tabs of a sign-in: opens them, looks at them, closes them.

    ``theirs``: the browser was there before, so its other tabs are left alone and say nothing. ``google_account`` is
    the N of the right Gmail's /u/N/, ``wrong`` the address of the Gmail that shows instead. ``notes`` keep which tabs
    are ours, for a browser that outlives us.
    """

    endpoint: str
    settings: Settings
    stop: Stop
    theirs: bool
    notes: TabNotes | None = None
    google_account: int = 0
    wrong: str = ""
    tabs: list[Tab] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    _right: Tab | None = None
    _before: set[str] = field(default_factory=set)
    _searched: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        settings = self.settings
        self.outlook = Site("Outlook.com", settings.outlook_address or "", settings.outlook_url, "/mail/0/")
        self.gmail = Site("Gmail", (settings.gmail_address or "").lower(), settings.gmail_url, "/mail/u/0/")

    @property
    def sites(self) -> tuple[Site, Site]:
        """Both providers, in the order of their tabs."""
        return self.outlook, self.gmail

    def open(self) -> None:
        """Open both mailboxes, each in a tab of its own."""
        before = list_tabs(self.endpoint)
        self._before = {tab.id for tab in before}
        for site in self.sites:
            self._open_site(site)
        if not self.theirs:
            for tab in before:  # the empty one that a browser starts with
                close_tab(self.endpoint, tab.id)

    def show(self, url: str) -> str:
        """Open one more tab in front; gives the browser's name for it."""
        target = open_tab(self.endpoint, url).id
        self.opened.append(target)
        if self.notes:
            self.notes.keep(self.opened)
        return target

    def close(self) -> None:
        """Close every tab that was opened here."""
        for target in self.opened:
            close_tab(self.endpoint, target)

    def look(self) -> None:
        """Look at all tabs that were not there before. Raises PageNotLoaded when a site does not come at all."""
        self.stop.check()
        self.tabs = [tab for tab in list_tabs(self.endpoint) if tab.id not in self._before]
        for site in self.sites:
            site.look(self.tabs, time.monotonic())
            own = next((tab for tab in self.tabs if tab.id == site.tab), None)
            if own is None and not site.shows_since:  # somebody closed it, and it is needed
                self._open_site(site)
            elif own and not own.title and time.monotonic() - site.opened > LOAD_SECONDS:
                raise _never_came(site)
        whose = {titled_address(tab.title): tab for tab in self.tabs if self.gmail.is_mailbox(tab)}
        self._right = whose.get(self.gmail.address)
        self.wrong = "" if self._right else next((address for address in whose if address), "")

    def somebody_is_wanted(self) -> bool:
        """Whether a page other than the mailbox stays in a tab's way."""
        return any(site.away_for(ASKING_SECONDS) for site in self.sites)

    def is_right(self) -> bool | None:
        """Once both mailboxes rest: whether the Gmail is the one asked for, under any number. None: not to be told yet."""
        if not all(site.shows_for(RESTING_SECONDS) for site in self.sites):
            return None
        if self._right:
            self.google_account = account_number(self._right.url)
            return True
        if not self.wrong:  # Gmail's settings are asked later, when somebody is attached
            return True if self.gmail.shows_for(NAMING_SECONDS) else None
        if self.wrong in self._searched:
            return False
        self._searched.add(self.wrong)
        return self._is_another_number()

    def _is_another_number(self) -> bool:
        """Whether the right Gmail is signed in besides. Both mailboxes show, so nobody is typing anything."""
        for number in range(1, MOST_ACCOUNTS):
            mailbox = f"{self.gmail.base}/mail/u/{number}/"
            target = self.show(mailbox)
            address = self._address_of(target, mailbox)
            close_tab(self.endpoint, target)
            if address == self.gmail.address:
                self.google_account = number
                return True
            if address is None:
                return False  # Gmail led elsewhere: there are no more
        return False

    def _address_of(self, target: str, mailbox: str) -> str | None:
        """Whose mailbox a tab shows; None when it goes elsewhere or does not say."""
        deadline = time.monotonic() + SEARCH_SECONDS
        while time.monotonic() < deadline:
            self.stop.check()
            tab = next((tab for tab in list_tabs(self.endpoint) if tab.id == target), None)
            if tab is None or (tab.title and not tab.url.startswith(mailbox)):
                return None
            if address := titled_address(tab.title):
                return address
            time.sleep(0.1)
        return None

    def _open_site(self, site: Site) -> None:
        site.tab, site.opened = self.show(site.base + site.path), time.monotonic()


def _never_came(site: Site) -> PageNotLoaded:
    return PageNotLoaded(
        _("Opening {url}.").format(url=site.base + site.path),
        expected=_("a web page"),
        seen=_("nothing within {seconds} seconds").format(seconds=int(LOAD_SECONDS)),
        todo=_("Check the network connection and run the command again."),
    )
