"""Gmail's two wizards, each a window of its own. Wordings: docs/providers.md, 5 and 6."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Literal, TypeVar

from automation.asking import Target
from automation.element import THIS_PAGE, Element, Found, Rule, Words
from automation.errors import BrowserClosed, PageChanged, SignedOut
from automation.messages import N_, _, listed, said_of
from automation.page import HOP_SECONDS, PATIENT_SECONDS, Page
from automation.session import Session
from automation.settings import Secret
from automation.shown import Generation, Shown
from automation.tab import Tab

T = TypeVar("T")

# Gmail logs in to the other server while it answers "Add Account" (docs/providers.md, 6: allow up to 90 s).
LOGIN_SECONDS = 100.0

_FIELD = ("textbox", "combobox", "searchbox")
NEXT = Element(N_("the button “Next”"), ("button",), Words(en=("Next", "Next Step"), ja=("次へ", "次のステップ")))
FINISH = Element(
    N_("the button “Finish”"),
    ("button",),
    Words(en=("Next",), ja=("次へ",), unsure=("Finish", "完了")),
    section=THIS_PAGE,
)
ADD_ACCOUNT = Element(N_("the button “Add Account”"), ("button",), Words(en=("Add Account",), ja=("アカウントを追加",)))
SAVE_CHANGES = Element(N_("the button “Save Changes”"), ("button",), Words(en=("Save Changes",), ja=("変更を保存",)))

ADDRESS = Element(
    N_("the field “Email address”"), _FIELD, Words(en=("Email address",), ja=("メールアドレス",)), html="cfa"
)
BY_POP = Element(
    N_("the choice “Import emails from my other account (POP3)”"),
    ("radio",),
    Words(en=("Import emails from my other account (POP3)",), ja=("他のアカウントからメールを読み込む（POP3）",)),
)
USER = Element(N_("the field “Username”"), _FIELD, Words(en=("Username", "User name"), ja=("ユーザー名",)), html="cfsl")
PASSWORD = Element(
    N_("the field “Password”"), ("password",), Words(en=("Password",), ja=("パスワード",)), risk="secret"
)
POP_SERVER = Element(N_("the field “POP Server”"), _FIELD, Words(en=("POP Server",), ja=("POP サーバー",)))
PORT = Element(N_("the list “Port”"), _FIELD, Words(en=("Port",), ja=("ポート",)), html="cfsp")
LEAVE_COPY = Element(
    N_("the box “Leave a copy on the server”"),
    ("checkbox",),
    Words(
        en=("Leave a copy of retrieved message on the server.", "Leave a copy of retrieved message on the server"),
        ja=("取得したメッセージのコピーをサーバーに残す",),
    ),
    section=THIS_PAGE,
    rule=Rule(r"(?i)leave a copy|コピーをサーバーに残す"),
)
ALWAYS_SSL = Element(
    N_("the box “Always use a secure connection (SSL)”"),
    ("checkbox",),
    Words(
        en=(
            "Always use a secure connection (SSL) when retrieving mail.",
            "Always use a secure connection (SSL) when retrieving mail",
        ),
        ja=("メールの取得にセキュリティで保護された接続（SSL）を使用する",),
    ),
    section=THIS_PAGE,
    rule=Rule(r"SSL"),
)
LABEL = Element(
    N_("the box “Label incoming messages”"),
    ("checkbox",),
    Words(en=("Label incoming messages",), unsure=("受信したメッセージにラベルを付ける",)),
    section=THIS_PAGE,
    rule=Rule(r"(?i)label incoming|ラベルを付ける"),
)
LABEL_CHOICE = Element(
    N_("the list of labels"),
    ("combobox",),
    Words(en=("Label incoming messages",), unsure=("受信したメッセージにラベルを付ける", "Label", "ラベル")),
    section=THIS_PAGE,
    rule=Rule(r"(?i)label|ラベル"),
)
ARCHIVE = Element(
    N_("the box “Archive incoming messages”"),
    ("checkbox",),
    Words(
        en=("Archive incoming messages (Skip the Inbox)",),
        unsure=("受信したメッセージをアーカイブする(受信トレイをスキップ)", "受信したメッセージをアーカイブする"),
    ),
    section=THIS_PAGE,
    rule=Rule(r"(?i)archive incoming|アーカイブする"),
)
NEW_LABEL = ("New label…", "New label", "新しいラベル…", "新しいラベル")
ERROR_DETAILS = Element(
    N_("the link “Show error details”"),
    ("link", "button"),
    Words(en=("Show error details",), unsure=("エラーの詳細を表示",)),
    section=THIS_PAGE,
)
NO_SEND_AS = Element(
    N_("the choice “No (you can change this later)”"),
    ("radio",),
    Words(unsure=("No", "いいえ")),
    section=THIS_PAGE,
    rule=Rule(r"(?i)^no\b|^いいえ"),
)
ADDED = Rule(r"(?i)your mail account has been added|you can now retrieve mail|メールアカウントを追加しました")

NAME = Element(N_("the field “Name”"), _FIELD, Words(en=("Name",), ja=("名前",)), html="cfn")
AS_ALIAS = Element(
    N_("the box “Treat as an alias”"),
    ("checkbox",),
    Words(en=("Treat as an alias.", "Treat as an alias"), ja=("エイリアスとして扱います",)),
    section=THIS_PAGE,
    rule=Rule(r"(?i)alias|エイリアス"),
)
SMTP_SERVER = Element(
    N_("the field “SMTP Server”"), _FIELD, Words(en=("SMTP Server",), ja=("SMTP サーバー",)), html="cfss"
)
BY_TLS = Element(
    N_("the choice “Secured connection using TLS”"),
    ("radio",),
    Words(en=("Secured connection using TLS",), ja=("TLS を使用したセキュリティで保護された接続",)),
    section=THIS_PAGE,
    rule=Rule(r"TLS", never=r"SSL"),
)
CODE = Element(
    N_("the field for the confirmation code"),
    _FIELD,
    Words(
        en=("Enter and verify the confirmation code",),
        ja=("確認コード",),
        unsure=("Confirmation code", "確認コードを入力して確認"),
    ),
    section=THIS_PAGE,
    rule=Rule(r"(?i)\bcode\b|コード"),
)
VERIFY = Element(N_("the button “Verify”"), ("button",), Words(en=("Verify",), ja=("確認",)))

# What can be wrong in a row's form, and what may stand there instead of a value.
_SAID = {
    "server": N_("server"),
    "port": N_("port"),
    "leave a copy": N_("leave a copy"),
    "off": N_("off"),
}

Step = Literal["address", "way", "server", "send-as", "code", "added", "closed"]


def settings_said(wrong: Mapping[str, str]) -> str:
    """The wrong values of a row's form in words."""
    words = {what: _(said) for what, said in _SAID.items()}
    return listed(said_of(words.get(what, what), words.get(value, value)) for what, value in wrong.items())


class Wizard(Page):
    """What both windows have in common: telling where one is, and waiting while Gmail logs in."""

    part = "body"

    def __init__(self, session: Session, window: Tab) -> None:
        super().__init__(session, window)
        self._away_since = 0.0
        self._was_away = False

    @property
    def is_closed(self) -> bool:
        """Whether the window has gone, as it does by itself at the end."""
        return self.tab.page.is_closed()

    def close(self) -> None:
        """Close the window without pressing anything in it."""
        if not self.is_closed:
            self.tab.close()

    def _is_away(self) -> bool:
        """Whether Google's sign-in has taken the window's place. Raises SignedOut when it stays longer than a hop."""
        if self.is_closed or not self._is_elsewhere(self.session.settings.gmail_url):
            self._away_since = 0.0
            return False
        self._was_away = True
        self._away_since = self._away_since or time.monotonic()
        if time.monotonic() - self._away_since > HOP_SECONDS:
            self.still_signed_in()
        return True

    def _send(self, button: Element) -> None:
        """Press what sends the form; from now on a sign-in that comes between means that it was lost."""
        self._was_away = False
        self.click(button)

    def still_signed_in(self) -> None:
        """Raise SignedOut, the window closed, when a sign-in came between: what was sent before it is lost."""
        if self._was_away:
            self.close()
            raise SignedOut(
                _("The session at Gmail ended while its window was open."),
                expected=_(self.called),
                seen=_("a sign-in page"),
                todo=_("Run the same command again: what is done stays done, and the rest goes on from there."),
            )

    def not_itself(self, url: str) -> PageChanged:
        """The error for a window that shows nothing we know, unless that is because the session ended."""
        self.still_signed_in()
        return super().not_itself(url)

    def submit_and_wait(self, button: Element) -> str:
        """Press a button that makes Gmail log in elsewhere, and wait for the answer.

        Gives "closed", "next" (the field we filled has gone), or the new lines of text, which tell what went wrong.
        """
        before = set(self.tab.text().splitlines())
        document = self.tab.document()
        self._send(button)
        with self.session.person.waiting(
            _("Gmail logs in to the other server; this can take up to a minute and a half.")
        ):
            return self._closing(lambda: self._answer(button, document, before), "closed")

    def _closing(self, look: Callable[[], T], closed: T) -> T:
        """What a look gives, or ``closed`` when the window went away meanwhile, as it does by itself at the end."""
        try:
            return look()
        except BrowserClosed:
            if self.is_closed and self.session.tabs.is_alive:
                return closed
            raise

    def _answer(self, button: Element, document: float, before: set[str]) -> str:
        """Wait until the window has closed, moved on, or says something new."""
        deadline = time.monotonic() + LOGIN_SECONDS
        while time.monotonic() < deadline:
            if self.is_closed:
                return "closed"
            if not self._is_away() and (again := self.tab.document()) and self._is_complete():
                lines = [line for line in self.tab.text().splitlines() if line.strip()]
                fresh = [line for line in lines if line not in before]
                here = self.seek(button)
                if self.tab.document() != again:
                    continue  # the page was replaced while we looked: that look says nothing
                if self._is_away():
                    continue
                self.still_signed_in()
                if not here:
                    return "next"
                if again != document or any(_ERROR.know(line) for line in fresh):
                    # A second refusal may say the very same words.
                    return self._error_text(fresh or [line for line in lines if _ERROR.know(line)] or lines)
            if not self.is_closed:
                self.tab.rest(0.05)
        return (
            "closed"
            if self.is_closed
            else self._error_text([_("no answer within {seconds} seconds").format(seconds=int(LOGIN_SECONDS))])
        )

    def _value(self, element: Element) -> str:
        item = self.find(element).item
        if item.options:
            return next((str(o["text"]) for o in item.options if o["selected"]), "").strip()
        return (item.value or "").strip()

    def _is_complete(self) -> bool:
        from playwright.sync_api import Error

        try:
            return bool(self.tab.page.evaluate("() => document.readyState !== 'loading'"))
        except Error:
            return False

    def _error_text(self, lines: list[str]) -> str:
        """What the window says went wrong, with the details it hides behind a link."""
        if self.seek(ERROR_DETAILS):
            before = set(self.tab.text().splitlines())
            self.click(ERROR_DETAILS)
            self.tab.until(lambda: set(self.tab.text().splitlines()) - before, 0.5)
            lines = lines + [line for line in self.tab.text().splitlines() if line.strip() and line not in before]
        return "\n".join(line.strip() for line in lines) or _("the same form again, without a word")


_ERROR = Rule(
    r"(?i)error|denied|failed|timed? ?out|refused|could ?n.t|cannot|unable|incorrect|invalid|problem|maximum|already|wrong"
    r"|not (right|valid|correct|match)|try again|did ?n.t"
    r"|エラー|失敗|できません|できませんでした|拒否|タイムアウト|正しくありません|間違|上限|最大"
)


class PopWizard(Wizard):
    """The windows "Add a mail account" and "edit info"."""

    called = N_("Gmail's window for fetching mail")
    elements = (
        Shown("gmail-pop-address", (ADDRESS, NEXT)),
        Shown("gmail-pop-way", (BY_POP, NEXT)),
        Shown("gmail-pop-server", (USER, POP_SERVER, PORT, LEAVE_COPY, ALWAYS_SSL, LABEL, LABEL_CHOICE, ARCHIVE)),
        Shown("gmail-pop-server", (PASSWORD,), only=N_("only where the window asks for it again")),
        Shown(
            "gmail-pop-server",
            (SAVE_CHANGES,),
            generation=Generation("edit", N_("the one for an account that is there")),
        ),
        Shown("gmail-pop-server", (ADD_ACCOUNT,), generation=Generation("new", N_("the one for a new account"))),
        Shown("gmail-pop-server", (ERROR_DETAILS,), only=N_("only once Gmail could not log in")),
        Shown("gmail-pop-end", (NO_SEND_AS, FINISH)),
    )

    def step(self, seconds: float = PATIENT_SECONDS) -> Step | None:
        """Which step shows; None when none we know comes within ``seconds``."""

        def now() -> Step | None:
            if self.is_closed:
                return "closed"
            if self._is_away():
                return None
            if found := self.which(0, server=USER, way=BY_POP, address=ADDRESS):
                return found  # type: ignore[return-value]  # the names given are steps
            return "added" if ADDED.know(self.tab.text()) or self.seek(NO_SEND_AS) else None

        return self._closing(lambda: self.tab.until(now, seconds), "closed")

    def give_address(self, address: str) -> None:
        """Step 1."""
        self.write(ADDRESS, address)
        self._send(NEXT)

    def choose_pop(self) -> None:
        """Step 2, where Gmail offers Gmailify as well."""
        self.switch(BY_POP, True)
        self._send(NEXT)

    def fill_server(self, user: str, hosts: tuple[str, ...], port: int) -> None:
        """Step 3: whose mailbox, on which server, encrypted, a copy left there."""
        self.write(USER, user)
        self._give(POP_SERVER, hosts)
        self._give(PORT, (str(port),))
        self.switch(ALWAYS_SSL, True)
        self.switch(LEAVE_COPY, True)
        # Gmail ties the two together: a late change of the box may have put the port back.
        self._give(PORT, (str(port),))

    def _give(self, element: Element, values: tuple[str, ...]) -> None:
        target = self.find(element)
        if target.item.options:
            self.choose(element, *values)
        elif target.item.value not in values:
            self.write(element, values[0])

    def write_password(self, secret: Secret) -> None:
        """Type the app password; only Gmail's own window gets it."""
        self.write_secret(PASSWORD, secret, self.session.settings.gmail_url)

    def asks_password(self) -> bool:
        """Whether a password field is there and empty; a window that keeps the old one shows none or dots."""
        field = self.seek(PASSWORD)
        return field is not None and field.item.value == ""

    def wrong_values(self, hosts: tuple[str, ...], port: int) -> dict[str, str]:
        """What stands in the form other than it should: name of the thing and its value."""
        wrong = {}
        if (host := self._value(POP_SERVER).lower()) not in {h.lower() for h in hosts}:
            wrong["server"] = host
        if (shown := self._value(PORT)) != str(port):
            wrong["port"] = shown
        if self.find(ALWAYS_SSL).item.checked is not True:
            wrong["SSL"] = "off"
        if self.find(LEAVE_COPY).item.checked is not True:
            wrong["leave a copy"] = "off"
        return wrong

    def label_with(self, label: str) -> str:
        """Label what comes with ``label``, made if missing; gives the label that stands there in the end."""
        self.switch(LABEL, True)
        target = self.seek(LABEL_CHOICE, seconds=2)
        if target is None:
            return ""
        offered = [str(o["text"]) for o in target.item.options]
        if label in offered:
            self.choose(LABEL_CHOICE, label)
            return label
        if not any(o in NEW_LABEL for o in offered):
            return self._value(LABEL_CHOICE)
        fields = {i.names for i in self.tab.look(_FIELD).items}
        self.session.tabs.answer_next_prompt(label)
        self.choose(LABEL_CHOICE, *NEW_LABEL)
        by_prompt = self.tab.until(lambda: self._value(LABEL_CHOICE) == label or self._new_field(fields), 2)
        if not self.session.tabs.prompt_was_answered() and by_prompt and (field := self._new_field(fields)):
            # Instead of a native prompt, a field for the name came up beside the list.
            handle = field.handle()
            self.tab.act(_("Naming the new label"), lambda: handle.fill(label, timeout=5000))
            return label
        stands = self._value(LABEL_CHOICE)
        if stands in NEW_LABEL:
            self.no_label()
            return ""
        return stands

    def _new_field(self, known: set[tuple[str, ...]]) -> Target | None:
        """The one text field that was not there before."""
        look = self.tab.look(("textbox",))
        new = [i for i in look.items if i.names not in known and i.value == ""]
        return Target(LABEL_CHOICE, new[0], look) if len(new) == 1 else None

    def no_label(self) -> None:
        """Leave what comes without a label."""
        self.switch(LABEL, False)

    def archive(self, on: bool) -> None:
        """Whether what comes skips the inbox."""
        self.switch(ARCHIVE, on)

    def finish_without_send_as(self) -> None:
        """Step 4: no sender address now (it has a step of its own), and the end."""
        self._closing(self._say_no, None)
        self.close()

    def _say_no(self) -> None:
        if self.seek(NO_SEND_AS, seconds=2):
            self.switch(NO_SEND_AS, True)
            if self.seek(FINISH):
                self.click(FINISH)
                self.tab.until(lambda: self.is_closed or not self.seek(NO_SEND_AS), 10)


class SendAsWizard(Wizard):
    """The window "Add another email address you own"."""

    called = N_("Gmail's window for a sender address")
    elements = (
        Shown("gmail-sender-address", (NAME, ADDRESS, AS_ALIAS, NEXT)),
        Shown("gmail-sender-server", (SMTP_SERVER, PORT, USER, PASSWORD, BY_TLS, ADD_ACCOUNT)),
        Shown("gmail-sender-code", (CODE, VERIFY)),
    )

    def step(self, seconds: float = PATIENT_SECONDS) -> Step | None:
        """Which step shows; None when none we know comes within ``seconds``."""

        def now() -> Step | None:
            if self.is_closed:
                return "closed"
            if self._is_away():  # Google's sign-in has a field for a code, too
                return None
            return self.which(0, code=CODE, server=SMTP_SERVER, address=ADDRESS)  # type: ignore[return-value]  # steps

        return self._closing(lambda: self.tab.until(now, seconds), "closed")

    def give_address(self, name: str, address: str, alias: bool | None) -> None:
        """Step 1; an alias only where the person chose, else as Gmail has it."""
        self.write(NAME, name)
        self.write(ADDRESS, address)
        if alias is not None:
            self.switch(AS_ALIAS, alias)
        self._send(NEXT)

    def fill_server(self, host: str, port: int, user: str, secret: Secret) -> None:
        """Step 2: the server that sends, encrypted by TLS."""
        self.write(SMTP_SERVER, host)
        target = self.find(PORT)
        if target.item.options:
            self.choose(PORT, str(port))
        else:
            self.write(PORT, str(port))
        self.write(USER, user)
        if self.tab.look(("radio",)).items:
            self.switch(BY_TLS, True)
        for field, value in ((SMTP_SERVER, host), (PORT, str(port)), (USER, user)):
            if self._value(field) != value:
                raise self.changed(field, Found(None), self._value(field))
        self.write_secret(PASSWORD, secret, self.session.settings.gmail_url)

    def give_code(self, code: str) -> str:
        """Step 3: the code from the confirmation message; gives "closed", "next" or what went wrong."""
        self.write(CODE, code)
        return self.submit_and_wait(VERIFY)
