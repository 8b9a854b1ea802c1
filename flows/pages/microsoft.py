"""The Microsoft account: app passwords and sign-in activity. Wordings and addresses: docs/providers.md, 3."""

from __future__ import annotations

import re
import time

from automation.element import THIS_PAGE, Element, Rule, Words, plain
from automation.messages import N_
from automation.page import Page
from automation.person import HandOver
from automation.session import Session
from automation.shown import Generation, Shown
from flows.pages.app_password import AppPasswordPage

ADDITIONAL = "/proofs/manage/additional"
ACTIVITY = "/Activity"

NEW_APP_PASSWORD = Element(
    N_("the link “Create a new app password”"),
    ("link", "button"),
    Words(en=("Create a new app password",), ja=("新しいアプリ パスワードの作成", "新しいアプリ パスワードを作成")),
)
APP_PASSWORDS = Element(
    N_("the section “App passwords”"), ("heading",), Words(en=("App passwords",), ja=("アプリ パスワード",))
)
TWO_STEP = Element(
    N_("the section “Two-step verification”"),
    ("heading", "link", "button"),
    Words(
        en=("Two-step verification", "Set up two-step verification", "Turn on two-step verification"),
        ja=("2 段階認証", "2段階認証のセットアップ", "2 段階認証をセットアップして有効化"),
    ),
    section=THIS_PAGE,
    rule=Rule(r"(?i)two-step verification|2段階認証"),
)
SET_UP_TWO_STEP = Element(
    N_("the link that sets up two-step verification"),
    ("link", "button"),
    Words(
        en=("Set up two-step verification", "Turn on two-step verification"),
        ja=("2段階認証のセットアップ", "2 段階認証をセットアップして有効化"),
    ),
    section=THIS_PAGE,
    rule=Rule(r"(?i)(set up|turn on) two-step|2段階認証.*(セットアップ|有効)"),
)
REMOVE_APP_PASSWORDS = Element(
    N_("the link “Remove existing app passwords”"),
    ("link", "button"),
    Words(unsure=("Remove existing app passwords", "既存のアプリ パスワードの削除")),
    section=THIS_PAGE,
    rule=Rule(r"(?i)remove .*app passwords?|アプリ ?パスワード.*削除"),
)
REMOVED = Rule(r"(?i)app passwords?.*\b(removed|deleted)|アプリ ?パスワードを?.*削除(しました|されました)")
UNUSUAL = Words(en=("Unusual activity",), ja=("通常とは異なる活動", "不審なアクティビティ", "例外的なアクティビティ"))
RECENT = Words(en=("Recent activity",), ja=("最近のアクティビティ",))
UNUSUAL_HEADING = Element(N_("the group “Unusual activity”"), ("heading",), UNUSUAL)
RECENT_HEADING = Element(N_("the group “Recent activity”"), ("heading",), RECENT)
THIS_WAS_ME = Element(
    N_("the button “This was me”"),
    ("button", "link"),
    Words(en=("This was me",), ja=("自分の操作です",)),
    section=UNUSUAL,
)

SIGN_IN = HandOver(
    "sign-in",
    N_("Please sign in to your Microsoft account in the browser window."),
    N_("the page after the sign-in shows."),
    did=N_("you signed in to your Microsoft account"),
)
TWO_STEP_OFF = HandOver(
    "two-step-verification",
    N_(
        "App passwords need two-step verification, and it is off. Please set it up on this page, or stop here with Ctrl-C."
    ),
    N_("the section “App passwords” shows."),
    mark=SET_UP_TWO_STEP,
    did=N_("you set up two-step verification"),
)
MAKE_APP_PASSWORD = HandOver(
    "app-password",
    N_(
        "Please press “Create a new app password”. The password then shown opens your mail for Gmail; I read it from the page."
    ),
    N_("a new app password shows."),
    mark=NEW_APP_PASSWORD,
    did=N_("you made an app password at the Microsoft account"),
)
REMOVE_ALL = HandOver(
    "remove-app-passwords",
    N_("Please press “Remove existing app passwords” on this page and confirm it."),
    N_("the page says that they were removed."),
    mark=REMOVE_APP_PASSWORDS,
)
APPROVE = HandOver(
    "approve-activity",
    N_("Microsoft held back a sign-in to your mail. Open the row under “Unusual activity” and press “This was me”."),
    N_("the row is answered."),
    did=N_("you approved the sign-in that Microsoft held back"),
)

# "2 minutes ago" reads differently a minute later without anybody having answered anything.
_TIMES = re.compile(r"\d|\b(just now|now|seconds?|minutes?|hours?|ago|am|pm)\b|たった今|今|秒|分|時間?|前", re.I)


_TWO_STEP_ON = Generation("two-step-on", N_("the one with two-step verification on"), chosen=True)
_TWO_STEP_OFF = Generation("two-step-off", N_("the one with two-step verification off"), chosen=True)


class AppPasswords(AppPasswordPage):
    """Additional security options, where the person makes app passwords."""

    called = N_("the Microsoft account's security options")
    elements = (
        Shown("microsoft-security", (TWO_STEP,), unless=SET_UP_TWO_STEP),
        Shown("microsoft-security", (APP_PASSWORDS, NEW_APP_PASSWORD), generation=_TWO_STEP_ON),
        Shown("microsoft-security", (REMOVE_APP_PASSWORDS,), only=N_("only while there are app passwords")),
        Shown("microsoft-security", (SET_UP_TWO_STEP,), generation=_TWO_STEP_OFF),
    )
    task = MAKE_APP_PASSWORD

    def __init__(self, session: Session) -> None:
        super().__init__(session, session.tab("microsoft"))
        self.url = session.settings.account_live_url + ADDITIONAL

    def show(self) -> AppPasswords:
        """Open the page, whether app passwords can be made there or not; signing in is the person's."""
        self.arrive(self.url, self._something_shows, SIGN_IN)
        return self

    def open(self) -> AppPasswords:
        """Open the page; signing in is the person's, and so is two-step verification where it is off."""
        self.show()
        if not self.seek(NEW_APP_PASSWORD, seconds=3):
            self.session.hand_over(TWO_STEP_OFF, self.tab, self.coming_back(self.url, self._can_be_made))
        return self

    def _something_shows(self) -> bool | None:
        shown = self.which(0, make=NEW_APP_PASSWORD, section=APP_PASSWORDS, two_step=TWO_STEP)
        return True if shown and not self._is_stranger(self.url) else None

    def _can_be_made(self) -> bool | None:
        return True if self.seek(NEW_APP_PASSWORD) else None

    def remove_all(self) -> None:
        """Lead the person to removing all app passwords, until the page says that it did."""
        before = set(self.tab.text().splitlines())

        def removed() -> bool | None:
            fresh = [line for line in self.tab.text().splitlines() if line not in before]
            return True if any(REMOVED.know(line) for line in fresh) else None

        self.session.hand_over(REMOVE_ALL, self.tab, removed)


# Microsoft lists a sign-in some seconds after it happened, and not every one is listed as unusual.
LISTED_TRIES, LISTED_SECONDS = 4, 8.0
# How long an answered group must read otherwise before we believe it, on a new and on the same document.
NEW_SECONDS, SAME_SECONDS = 0.25, 1.0


class SignInActivity(Page):
    """Recent and unusual sign-ins of the Microsoft account."""

    called = N_("the Microsoft account's sign-in activity")
    part = "main, [role=main]"
    personal = "li, tr, dl, [aria-expanded]"  # from where somebody signed in
    elements = (
        Shown("microsoft-activity", (RECENT_HEADING,)),
        Shown("microsoft-activity", (UNUSUAL_HEADING,), only=N_("only while a sign-in waits for your answer")),
        Shown("microsoft-activity", (THIS_WAS_ME,), only=N_("only in an opened row")),
    )

    def __init__(self, session: Session) -> None:
        super().__init__(session, session.tab("microsoft"))
        self.url = session.settings.account_live_url + ACTIVITY

    def open(self) -> SignInActivity:
        """Open the page and wait until one of its groups shows; signing in is the person's."""
        self.tab.stale = True
        self.arrive(self.url, self._groups_show, SIGN_IN)
        return self

    def _groups_show(self) -> bool | None:
        shown = self.which(0, unusual=UNUSUAL_HEADING, recent=RECENT_HEADING)
        return True if shown and not self._is_stranger(self.url) else None

    def something_waits(self) -> bool:
        """Whether the group "Unusual activity" is there with at least one row."""
        return bool(self.seek(UNUSUAL_HEADING, seconds=2)) and bool(self._unusual_text())

    def something_comes_up(self) -> bool:
        """Whether a sign-in waits for an answer now or within some 40 seconds; the page is loaded anew meanwhile."""
        for attempt in range(LISTED_TRIES):
            if attempt:
                self.open()
            if self.tab.until(self.something_waits, LISTED_SECONDS):
                return True
        return False

    def approve(self) -> None:
        """Lead the person to "This was me" and wait until the row is answered. Something waits for it."""
        first, document = self._unusual_text(), self.tab.document()
        changed_since = 0.0

        def answered() -> bool | None:
            nonlocal changed_since
            now = self._unusual_text()
            # An opened row shows the button; a row closed again reads as before. Answered: neither.
            if self.seek(THIS_WAS_ME) or now == first or not (self._groups_show() or now):
                changed_since = 0.0
                return None
            changed_since = changed_since or time.monotonic()
            # A new document without the row is an answer; the same one may only be closing the row.
            rest = NEW_SECONDS if self.tab.document() != document else SAME_SECONDS
            return True if time.monotonic() - changed_since > rest else None

        self.session.hand_over(APPROVE, self.tab, answered)

    def _unusual_text(self) -> str:
        """What the group "Unusual activity" reads, from its heading to the next one."""
        text = self.tab.text()
        lines = [_TIMES.sub("", plain(line)) for line in text.splitlines() if line.strip()]
        starts = [i for i, line in enumerate(lines) if UNUSUAL.know(line)]
        if not starts:
            return ""
        ends = [i for i, line in enumerate(lines) if i > starts[0] and RECENT.know(line)]
        return "\n".join(lines[starts[0] + 1 : ends[0] if ends else None])
