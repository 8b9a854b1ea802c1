"""The Google account's page for app passwords. Address: docs/providers.md, 10; its wordings are not known for sure."""

from __future__ import annotations

from automation.element import THIS_PAGE, Element, Rule, Words
from automation.messages import N_
from automation.person import HandOver
from automation.session import Session
from automation.shown import Shown
from flows.pages.app_password import AppPasswordPage

APP_PASSWORDS = "/apppasswords"

# Used only to recognise the page and to point at the button; the tool clicks neither.
CREATE = Element(N_("the button “Create”"), ("button",), Words(unsure=("Create", "作成")), section=THIS_PAGE)
HEADING = Element(
    N_("the heading “App passwords”"),
    ("heading",),
    Words(unsure=("App passwords", "アプリ パスワード")),
    section=THIS_PAGE,
    rule=Rule(r"(?i)app passwords?|アプリ ?パスワード"),
)
SIGN_IN = HandOver(
    "sign-in",
    N_("Please sign in to your Google account in the browser window."),
    N_("the page for app passwords shows."),
    did=N_("you signed in to your Google account"),
)
MAKE = HandOver(
    "google-app-password",
    N_(
        "Please make a Google app password: type a name such as “Gmail sending”, press “Create”. I read it from the page."
    ),
    N_("a new app password shows."),
    mark=CREATE,
    did=N_("you made a Google app password"),
)


class GoogleAppPasswords(AppPasswordPage):
    """Where the person makes a Google app password."""

    called = N_("the Google account's page for app passwords")
    elements = (Shown("google-app-passwords", (HEADING, CREATE)),)
    task = MAKE

    def __init__(self, session: Session) -> None:
        super().__init__(session, session.tab("google"))
        self.url = session.settings.google_account_url + APP_PASSWORDS

    def open(self) -> GoogleAppPasswords:
        """Open the page; signing in is the person's."""
        self.arrive(self.url, lambda: True if self.seek(HEADING) and not self._is_stranger(self.url) else None, SIGN_IN)
        return self
