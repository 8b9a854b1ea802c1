"""Gmail's window "View history" of a fetched account. Wordings: docs/providers.md, 4."""

from __future__ import annotations

from automation.messages import N_
from automation.page import Page
from automation.session import Session
from automation.tab import Tab
from flows.pages.gmail import VIEW_HISTORY, Accounts

DRAWN_SECONDS = 5.0


class History(Page):
    """The window that lists past fetches."""

    called = N_("Gmail's history of fetching mail")

    def __init__(self, session: Session, window: Tab) -> None:
        super().__init__(session, window)

    def lines(self) -> list[str]:
        """What its lines say, without their times, in the window's own order; closes the window."""
        try:
            text = self.tab.until(lambda: self.tab.text().strip(), DRAWN_SECONDS) or ""
            return [line.split("\t")[-1].strip() for line in text.splitlines() if line.strip()]
        finally:
            self.tab.page.close()


def fetch_history(session: Session) -> list[str]:
    """What Gmail's history says about the Outlook.com address; nothing where its row offers none."""
    accounts = Accounts(session).open()
    address = session.outlook_address
    if not accounts.row_offers(VIEW_HISTORY, address, seconds=1.0):
        return []
    window = session.tabs.popup_of(accounts.tab, lambda: accounts.click(VIEW_HISTORY, address))
    return History(session, window).lines()
