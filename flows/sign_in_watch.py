"""Two mailboxes seen from outside: what their tabs show, by address and title, in a browser nothing is attached to."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import Literal

from automation.devtools import Tab, close_tab, list_tabs, open_tab
from automation.errors import PageNotLoaded
from automation.left_tabs import TabNotes
from automation.messages import _
from automation.page import HOP_SECONDS
from automation.settings import Settings
from automation.sign_in_pages import is_sign_in
from automation.stop import Stop
from automation.tab import LOAD_SECONDS
from flows.pages.accounts import MOST_ACCOUNTS, account_number, titled_address
from flows.sign_in_words import place_of

# A mailbox that shows for this long is signed in; sign-in servers hop over it faster.
RESTING_SECONDS = 1.5
# In a browser that was there before, somebody is signed in most likely; a mistake is noticed as soon as we are attached.
GLANCE_SECONDS = 0.3
# Another page that rests for this long in a mailbox's place wants the person.
ASKING_SECONDS = 3.0
# Gmail's title names its address once the list of messages is drawn; some never do.
NAMING_SECONDS = 3.0
SEARCH_SECONDS = 8.0  # for one more Gmail to show whose it is
_SIGN_IN = re.compile(r"sign[ -]?in|log[ -]?in|サインイン|ログイン", re.I)

State = Literal["loading", "mailbox", "sign-in", "elsewhere"]


@dataclass
class Site:
    """One provider, while its mailbox is waited for; ``sure``: only what looks like a sign-in is taken for one."""

    name: str
    address: str
    base: str
    path: str
    sure: bool
    tab: str = ""  # the tab we opened for it
    state: State = "loading"
    since: float = 0.0
    person_was_there: bool = False  # a sign-in rested longer than a site's own hop

    def look(self, tabs: list[Tab]) -> None:
        """Take in what the tabs show."""
        if (state := self._state(tabs)) != self.state:
            self.state, self.since = state, time.monotonic()
        self.person_was_there |= self.is_for("sign-in", HOP_SECONDS)

    def _state(self, tabs: list[Tab]) -> State:
        loaded = [tab for tab in tabs if tab.title]  # a page without a title of its own is given its address as one
        own = next((tab for tab in loaded if tab.id == self.tab and tab.url.startswith("http")), None)
        if any(self.is_mailbox(tab) for tab in loaded):
            return "mailbox"
        if own is None:
            return "loading"
        return "sign-in" if not self.sure or _asks_to_sign_in(own) else "elsewhere"

    def is_mailbox(self, tab: Tab) -> bool:
        """Whether a tab shows a mailbox of this site."""
        return bool(re.match(re.escape(self.base) + r"/mail(?![^/?#])", tab.url)) and not is_sign_in(tab.url)

    def is_for(self, state: State, seconds: float) -> bool:
        """Whether this is how things are, and have been for so long."""
        return self.state == state and time.monotonic() - self.since > seconds


@dataclass
class Watch:
    """The tabs of a sign-in: opens them, looks at them, closes them.

    ``theirs``: the browser was there before. Its other tabs are left alone; only what looks like a sign-in is waited
    for, since who is attached sees more. ``google_account`` is the N of the right Gmail's /u/N/, ``wrong`` the address
    of the Gmail that shows instead. ``notes`` keep which tabs are ours, for a browser that outlives us.
    """

    endpoint: str
    settings: Settings
    stop: Stop
    theirs: bool = False
    notes: TabNotes | None = None
    google_account: int = 0
    wrong: str = ""
    tabs: list[Tab] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    _right: Tab | None = None
    _before: list[Tab] = field(default_factory=list)
    _searched: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        settings, sure = self.settings, self.theirs
        self.outlook = Site("Outlook.com", settings.outlook_address or "", settings.outlook_url, "/mail/0/", sure)
        self.gmail = Site("Gmail", (settings.gmail_address or "").lower(), settings.gmail_url, "/mail/u/0/", sure)
        self.resting = GLANCE_SECONDS if self.theirs else RESTING_SECONDS

    @property
    def sites(self) -> tuple[Site, Site]:
        """Both providers, in the order of their tabs."""
        return self.outlook, self.gmail

    def open(self) -> None:
        """Open both mailboxes, each in a tab of its own."""
        self._before = list_tabs(self.endpoint)
        for site in self.sites:
            self._open_site(site)
        if not self.theirs:
            for tab in self._before:  # the empty one that a browser starts with
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
        """Look at all tabs that have changed. Raises PageNotLoaded when a site does not come at all."""
        self.stop.check()
        changed = [tab for tab in list_tabs(self.endpoint) if tab not in self._before]
        self.tabs = [tab for tab in changed if tab.id not in {old.id for old in self._before}]
        for site in self.sites:
            site.look(changed)  # somebody may sign in to their own tab
            if site.state != "mailbox" and site.tab not in {tab.id for tab in self.tabs}:  # somebody closed it
                self._open_site(site)
            elif site.is_for("loading", LOAD_SECONDS):
                raise _never_came(site)
        whose = {titled_address(tab.title): tab for tab in self.tabs if self.gmail.is_mailbox(tab)}
        self._right = whose.get(self.gmail.address)
        self.wrong = "" if self._right else next((address for address in whose if address), "")

    def somebody_is_wanted(self) -> bool:
        """Whether a page other than the mailbox stays in a tab's way."""
        return any(site.is_for("sign-in", ASKING_SECONDS) for site in self.sites)

    def is_right(self) -> bool | None:
        """Once both mailboxes rest: whether the Gmail is the one asked for, under any number. None: not to be told yet."""
        if not all(
            site.is_for("mailbox", self.resting) or site.is_for("elsewhere", ASKING_SECONDS) for site in self.sites
        ):
            return None
        if self._right:
            self.google_account = account_number(self._right.url)
            return True
        if not self.wrong:  # Gmail's settings are asked later, when somebody is attached
            return True if self.theirs or self.gmail.is_for("mailbox", NAMING_SECONDS) else None
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
        site.tab, site.state, site.since = self.show(site.base + site.path), "loading", time.monotonic()


def _asks_to_sign_in(tab: Tab) -> bool:
    shown = f"{tab.url.split('?')[0]} {tab.title}"
    return is_sign_in(tab.url) or bool(_SIGN_IN.search(shown) or place_of(tab.url, tab.title))


def _never_came(site: Site) -> PageNotLoaded:
    return PageNotLoaded(
        _("Opening {url}.").format(url=site.base + site.path),
        expected=_("a web page"),
        seen=_("nothing within {seconds} seconds").format(seconds=int(LOAD_SECONDS)),
        todo=_("Check the network connection and run the command again."),
    )
