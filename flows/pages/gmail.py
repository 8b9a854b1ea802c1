"""Gmail's "Accounts and Import" tab, and finding a message. Wordings and addresses: docs/providers.md, 4."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from automation.element import Element, Rule, Words, plain
from automation.messages import N_, _
from automation.page import HOP_SECONDS, Page
from automation.person import HandOver
from automation.session import Session
from automation.shown import Generation, Shown
from automation.tab import Tab
from flows.pages.accounts import (
    ADDRESS,
    MOST_ACCOUNTS,
    account_number,
    choose_gmail,
    lead_to_right_account,
    titled_address,
    wrong_account,
)

if TYPE_CHECKING:
    from playwright.sync_api import ElementHandle

ACCOUNTS = "#settings/accounts"
SEARCH = "#search/"
INBOX = "#inbox"

CHECK_MAIL = Words(
    en=("Check mail from other accounts",),
    ja=("他のアカウントのメールを確認", "他のアカウントでメールを確認", "他のアカウントからメールを確認"),
)
SEND_MAIL_AS = Words(en=("Send mail as",), ja=("名前",))

REPLY_FROM_DEFAULT = Element(
    N_("the choice “Always reply from default address”"),
    ("radio",),
    Words(en=("Always reply from default address",), ja=("常にデフォルトのアドレスから返信する",)),
)
ADD_MAIL_ACCOUNT = Element(
    N_("the link “Add a mail account”"),
    ("link", "button"),
    Words(en=("Add a mail account",), ja=("メール アカウントを追加する", "メール アカウントを追加")),
)
ADD_ADDRESS = Element(
    N_("the link “Add another email address”"),
    ("link", "button"),
    Words(en=("Add another email address",), ja=("他のメールアドレスを追加",)),
)
CHECK_NOW = Element(
    N_("the link “Check mail now”"),
    ("link", "button"),
    Words(en=("Check mail now",), ja=("メールを今すぐ確認する", "今すぐメールを確認")),
)
VIEW_HISTORY = Element(
    N_("the link “View history”"), ("link", "button"), Words(en=("View history",), ja=("履歴を表示",))
)
EDIT_POP = Element(
    N_("the link “edit info” of the mail account"),
    ("link", "button"),
    Words(en=("edit info", "Edit info"), ja=("情報を編集",)),
    section=CHECK_MAIL,
)
DELETE_POP = Element(
    N_("the link “delete” of the mail account"),
    ("link", "button"),
    Words(unsure=("delete", "Delete", "削除")),
    section=CHECK_MAIL,
    risk="destructive",
)
DELETE_SEND_AS = Element(
    N_("the link “delete” of the sender address"),
    ("link", "button"),
    Words(unsure=("delete", "Delete", "削除")),
    section=SEND_MAIL_AS,
    risk="destructive",
)
_DEFAULT = re.compile(r"\bdefault\b|デフォルト", re.ASCII)
VERIFY = Element(
    N_("the link “verify” of the sender address"),
    ("link", "button"),
    Words(en=("verify", "Verify"), ja=("確認",)),
    section=SEND_MAIL_AS,
)
REPLY_FROM_SAME = Element(
    N_("the choice “Reply from the same address the message was sent to”"),
    ("radio",),
    Words(en=("Reply from the same address the message was sent to",), ja=("メールを受信したアドレスから返信する",)),
)
FROM_GMAIL = Rule(r"(?i)gmail team|gmail-noreply|gmail confirmation|Gmail チーム|Gmailチーム|Gmail ?の?確認")

SIGN_IN = HandOver(
    "sign-in",
    N_("Please sign in to Gmail in the browser window."),
    N_("Gmail's settings show."),
    did=N_("you signed in to Gmail"),
)
# Gmail's own settings; the mailbox shows in the same place.
SETTINGS_PART = "[role=main]"
SIGN_IN_AGAIN = replace(SIGN_IN, how_we_know=N_("the mailbox shows."))

_LABELLED = """(labels) => {
  const bare = (t) => t.normalize('NFKC').replace(/\\s+/g, '').replace(/[:»…]+$/, '').toLowerCase();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n = walker.nextNode(); n; n = walker.nextNode()) {
    if (!n.data.trim() || !labels.includes(bare(n.data)) || !n.parentElement.checkVisibility()) continue;
    for (let at = n.parentElement; at && at !== document.body; at = at.parentElement) {
      if (at.innerText.trim().length > n.data.trim().length + 2 && !/^(LABEL|A|B|STRONG|SPAN|TD|TH|H[1-6])$/.test(at.tagName)) return at.innerText;
    }
  }
  return null;
}"""

_LINES = """() => [...document.querySelectorAll('tr,li,article,a[href],[role=row],[role=listitem],[role=option],[role=link]')]
  .filter((line) => line.checkVisibility() && line.innerText.length < 1500)"""


def names_address(text: str, address: str) -> bool:
    """Whether a text names this very address, not one that only ends like it."""
    return address.lower() in (found.lower() for found in ADDRESS.findall(text))


def mailbox_url(session: Session) -> str:
    """Gmail's address for the signed-in account that is meant."""
    return f"{session.settings.gmail_url}/mail/u/{session.google_account}/"


_FETCHES = Generation("pop", N_("the one that can fetch mail from other accounts"))


class Accounts(Page):
    """Gmail's settings, tab "Accounts and Import"."""

    called = N_("Gmail's settings for accounts")
    part = SETTINGS_PART
    elements = (
        Shown("gmail-accounts", (ADD_ADDRESS, REPLY_FROM_SAME, REPLY_FROM_DEFAULT)),
        Shown("gmail-accounts", (DELETE_SEND_AS,), in_row=True),
        Shown("gmail-accounts", (VERIFY,), only=N_("only for a sender address that waits for its code")),
        Shown("gmail-accounts", (ADD_MAIL_ACCOUNT,), generation=_FETCHES),
        Shown("gmail-accounts", (EDIT_POP, DELETE_POP, CHECK_NOW, VIEW_HISTORY), generation=_FETCHES, in_row=True),
    )

    def __init__(self, session: Session) -> None:
        super().__init__(session, session.tab("gmail"))
        self.url = mailbox_url(session) + ACCOUNTS

    def open(self) -> Accounts:
        """Open the tab and wait until it is drawn; signing in is the person's.

        Where several Google accounts are signed in, the one with the right address is looked for; where it is none of
        them, the person is led to it. Raises CauseFound (``signin.wrong-account``) where nobody may be asked.
        """
        self.arrive(self.url, self._shows, SIGN_IN)
        if self.session.google_account == 0 and self._is_of_another():
            self._find_account()
        if self._is_of_another():
            self._lead_to_account()
        return self

    def _is_of_another(self) -> bool:
        return self.signed_in_address() not in (None, self.session.gmail_address.lower())

    def _shows(self) -> bool | None:
        return True if self.seek(ADD_ADDRESS) and not self._is_stranger(self.url) else None

    def _find_account(self) -> None:
        """Try the other accounts by number; back to the first when none is the right one."""
        for number in range(1, MOST_ACCOUNTS):
            self._choose_account(number)
            self.tab.go(self.url)
            self.tab.until(self._shows, 5.0)
            if self.signed_in_address() == self.session.gmail_address.lower():
                return
        self._choose_account(0)
        self.arrive(self.url, self._shows, SIGN_IN)

    def _lead_to_account(self) -> None:
        """Let the person add the right account, or choose it; then it has a number of its own."""
        wanted, shown = self.session.gmail_address, self.signed_in_address() or ""
        task = HandOver(
            "sign-in",
            _(
                "This browser is signed in to the Gmail of {shown}. Please add {address}: choose it here, or “Use another"
                " account”. The other account may stay signed in."
            ).format(shown=shown, address=wanted),
            _("the Gmail of {address} shows.").format(address=wanted),
            did=SIGN_IN.did,
        )

        def right_one_shows() -> bool | None:
            if not self.tab.page.url.startswith(self.session.settings.gmail_url + "/mail/u/") or self._is_of_another():
                return None
            return True if self.signed_in_address() else None

        error = wrong_account("gmail", wanted, shown)
        lead_to_right_account(self, error, task, choose_gmail(self.session.settings), right_one_shows)
        self._choose_account(account_number(self.tab.page.url))
        self.arrive(self.url, self._shows, SIGN_IN)

    def _choose_account(self, number: int) -> None:
        self.session.google_account = number
        self.url = mailbox_url(self.session) + ACCOUNTS

    def signed_in_address(self) -> str | None:
        """The address this Gmail belongs to, by the tab's title; None where the title does not say."""
        return titled_address(self.tab.page.title())

    def look_up_address(self) -> str | None:
        """The address by the inbox's title, for settings whose own title names none; comes back to the settings."""
        self.tab.go(mailbox_url(self.session) + INBOX)
        address = self.tab.until(self.signed_in_address, 3.0)
        self.open()
        return address

    # -- check mail from other accounts -------------------------------------------------------------------------------

    def pop_section_is_there(self) -> bool:
        """Whether Gmail still shows "Check mail from other accounts"."""
        return bool(self.tab.until(lambda: self.seek(ADD_MAIL_ACCOUNT) or self._section_text(CHECK_MAIL), 2.0))

    def pop_row(self, address: str) -> str | None:
        """What the row of a fetched address reads; None when there is no such row."""
        return self._row(CHECK_MAIL, address)

    def send_as_row(self, address: str) -> str | None:
        """What the row of a sender address reads; None when there is no such row."""
        return self._row(SEND_MAIL_AS, address)

    def _row(self, section: Words, address: str) -> str | None:
        look = self.tab.look(("link", "button", "radio"), rows=True)
        inside = [
            i for i in look.items if i.row_addresses == (address.lower(),) and any(section.know(s) for s in i.sections)
        ]
        if inside:
            text = inside[0].row_text
            for link in inside:  # what can be pressed there is no news
                text = text.replace(link.name, " ") if link.name else text
            return " ".join(text.split()).strip(" |")  # nor is what stands between the links
        # While Gmail fetches, a row shows no links at all; its text is still there.
        text = self._section_text(section) or ""
        lines = [line for line in text.splitlines() if names_address(line, address)]
        return lines[0].strip() if lines else None

    def _section_text(self, section: Words) -> str | None:
        from playwright.sync_api import Error

        labels = [re.sub(r"\s", "", plain(w)).lower() for w in section.all()]
        try:
            answer = self.tab.page.evaluate(_LABELLED, labels)
        except Error:
            self.session.tabs.stop.check()
            return None
        return None if answer is None else str(answer)

    def row_offers(self, element: Element, address: str, seconds: float = 0.0) -> bool:
        """Whether a link stands in the row of an address."""
        return self.seek(element, row=address, seconds=seconds) is not None

    def open_add_mail_account(self) -> Tab:
        """Open the window "Add a mail account"."""
        return self._window(ADD_MAIL_ACCOUNT)

    def open_edit_pop(self, address: str) -> Tab:
        """Open the window that shows how an address is fetched."""
        return self._window(EDIT_POP, address)

    def open_add_address(self) -> Tab:
        """Open the window "Add another email address"."""
        return self._window(ADD_ADDRESS)

    def open_verify(self, address: str) -> Tab:
        """Open the window that takes the confirmation code of an address."""
        return self._window(VERIFY, address)

    def _window(self, element: Element, row: str | None = None) -> Tab:
        return self.session.tabs.popup_of(self.tab, lambda: self.click(element, row))

    def check_now(self, address: str, seconds: float = 1.0) -> bool:
        """Press "Check mail now" in the row of an address, if the link comes within ``seconds``; says whether it did.

        While Gmail fetches, there is none.
        """
        if not self.row_offers(CHECK_NOW, address, seconds):
            return False
        self.click(CHECK_NOW, address)
        return True

    def delete_pop(self, address: str) -> bool:
        """Delete the row of a fetched address; says whether it is gone."""
        return self._delete(DELETE_POP, CHECK_MAIL, address)

    def is_default_sender(self, address: str) -> bool:
        """Whether mail goes out under this address by default: then Gmail offers no "delete" in its row."""
        row = self.send_as_row(address) or ""
        return bool(_DEFAULT.search(row)) and not self.row_offers(DELETE_SEND_AS, address)

    def delete_send_as(self, address: str) -> bool:
        """Delete a sender address; says whether it is gone."""
        return self._delete(DELETE_SEND_AS, SEND_MAIL_AS, address)

    def _delete(self, link: Element, section: Words, address: str) -> bool:
        self.find(link, address, seconds=60)  # while Gmail fetches, the row's links are hidden
        with self.session.tabs.accepting_confirm():
            self.click(link, address)
            return bool(self.tab.until(lambda: self._row(section, address) is None, 15))

    # -- replying -------------------------------------------------------------------------------------------------

    def replies_from_same(self) -> bool | None:
        """Whether Gmail answers from the address a message was sent to; None where the choice is not shown."""
        choice = self.seek(REPLY_FROM_SAME)
        return choice.item.checked if choice else None

    def reply_from_same(self) -> None:
        """Answer from the address a message was sent to; Gmail saves this at once."""
        self.switch(REPLY_FROM_SAME, True)

    def reply_from_default(self) -> None:
        """Answer from the default address, as it was before; Gmail saves this at once."""
        self.switch(REPLY_FROM_DEFAULT, True)


class Mailbox(Page):
    """Gmail's list of messages, for finding one."""

    called = N_("Gmail's mailbox")

    def __init__(self, session: Session) -> None:
        super().__init__(session, session.tab("gmail"))

    def search(self, words: str) -> Mailbox:
        """Show what a search finds."""
        return self._list(mailbox_url(self.session) + SEARCH + quote(words, safe=""))

    def inbox(self) -> Mailbox:
        """Show the inbox."""
        return self._list(mailbox_url(self.session) + INBOX)

    def _list(self, url: str) -> Mailbox:
        """Open a list of messages; signing in again, should the session have ended, is the person's."""
        self.tab.go(url)
        at_gmail: Callable[[], bool | None] = lambda: None if self._is_elsewhere(url) else True  # noqa: E731
        if not self.tab.until(at_gmail, HOP_SECONDS):
            self.session.hand_over(SIGN_IN_AGAIN, self.tab, self.coming_back(url, at_gmail))
        return self

    def open_message(self, meant: Callable[[str], bool]) -> bool:
        """Open the topmost message whose line is meant; says whether there was one."""
        from playwright.sync_api import Error

        try:
            lines = self.tab.page.evaluate_handle(_LINES)
            texts = lines.evaluate("(lines) => lines.map((line) => line.innerText)")
            fitting = [index for index, text in enumerate(texts) if meant(" ".join(text.split()))]
            # A table's line may stand inside a larger one; the innermost is the message.
            chosen = lines.evaluate_handle(
                "(lines, fit) => { const i = fit.find((a) => !fit.some((b) => a !== b && lines[a].contains(lines[b]))); return i === undefined ? null : lines[i]; }",
                fitting,
            ).as_element()
            if chosen is None:
                return False
            here = self.tab.page.url
            chosen.click(timeout=3000, no_wait_after=True)
        except Error:
            self.session.tabs.stop.check()
            return False
        # The list is not the message: only what comes after it may be read as the message.
        return bool(self.tab.until(lambda: self.tab.page.url != here or _is_gone(chosen), 5))


def _is_gone(line: ElementHandle) -> bool:
    from playwright.sync_api import Error

    try:
        return not line.is_visible()
    except Error:
        return True
