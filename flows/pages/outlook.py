"""Outlook.com: the "Forwarding and IMAP" pane in its generations, and writing a message by address.

Wordings and addresses: docs/providers.md, 2 and 8.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import quote

from automation.element import THIS_PAGE, Element, Rule, Words
from automation.messages import N_, _, listed
from automation.page import HOP_SECONDS, PATIENT_SECONDS, Page
from automation.person import HandOver
from automation.session import Session
from automation.shown import Generation, Shown
from flows.pages.accounts import ADDRESS, choose_outlook, lead_to_right_account, wrong_account

SETTINGS = "/mail/0/options/mail/forwarding"
# Older mailboxes have POP on a page of its own ("Sync email").
POP_SETTINGS = "/mail/0/options/mail/popimap"
COMPOSE = "/mail/deeplink/compose"
INBOX = "/mail/0/"

# A Save button that stays disabled this long, with nothing on its way, is not busy: there is nothing left to save.
RESTING_SECONDS = 1.0
# A code was given, the field for it is gone, and forwarding stays off for this long: the code was for something else.
GIVEN_SECONDS = 4.0
# Where forwarding is on, its address and the choice of a copy may be drawn a moment after the switch.
LATE_SECONDS = 3.0
# What one sends to oneself is in the inbox after this long, or was not sent.
DELIVERY_SECONDS = 10.0
# A bar that has gone may only make room for the answer; one more look reads it.
SETTLED_SECONDS = 0.2

_POP = r"(?<![A-Za-z])POP(?![A-Za-z])"
_POP_OR_IMAP = Rule(r"POP|IMAP")
_POP_QUESTION = Rule(_POP, never=r"IMAP|削除|[Dd]elete")
_DELETE_QUESTION = Rule(r"[Dd]elete|削除")
_SAVE = Words(en=("Save",), ja=("保存",))

POP_SWITCH = Element(
    N_("the switch “Let devices and apps use POP”"),
    ("switch", "checkbox"),
    Words(
        en=("Let devices and apps use POP",),
        unsure=("デバイスとアプリで POP を使用できるようにする", "デバイスとアプリに POP の使用を許可する"),
    ),
    section=_POP_OR_IMAP,
    rule=_POP_QUESTION,
)
POP_YES = Element(N_("the answer “Yes” to POP"), ("radio",), Words(en=("Yes",), ja=("はい",)), section=_POP_QUESTION)
POP_NO = Element(N_("the answer “No” to POP"), ("radio",), Words(en=("No",), ja=("いいえ",)), section=_POP_QUESTION)
DELETE_SWITCH = Element(
    N_("the switch that lets apps delete messages"),
    ("switch", "checkbox"),
    Words(unsure=("Let devices and apps delete messages from Outlook",)),
    section=_POP_OR_IMAP,
    rule=Rule(r"[Dd]elete|削除", never=r"[Dd]on't|[Nn]ot allow|しない|許可しません|許可されて"),
)
DELETE_FORBIDDEN = Element(
    N_("the answer that keeps messages on the server"),
    ("radio",),
    Words(unsure=("No", "いいえ")),
    section=_DELETE_QUESTION,
    rule=Rule(r"[Dd]on't|[Nn]ot allow|許可しない|許可しません|削除しない|残す"),
)
DELETE_ALLOWED = Element(
    N_("the answer that lets apps delete messages"),
    ("radio",),
    Words(unsure=("Yes", "はい")),
    section=_DELETE_QUESTION,
    rule=Rule(r"^[Ll]et (devices and )?apps|許可します$|許可する$", never=r"[Dd]on't|[Nn]ot allow|しない"),
)
SAVE = Element(N_("the button “Save”"), ("button",), _SAVE)
# A wide net, used only to recognise that the pane wants the person; it is never clicked by the tool.
CONFIRM_IDENTITY = Element(
    N_("the button that asks who you are"),
    ("button", "link"),
    Words(en=("Sign in", "Sign-in"), ja=("サインイン",), unsure=("Verify your identity", "Verify", "本人確認", "確認")),
    section=THIS_PAGE,
    rule=Rule(r"(?i)sign.?in|verify|confirm (your|it)|サインイン|本人"),
)

FORWARDING_SWITCH = Element(
    N_("the switch “Enable forwarding”"),
    ("switch", "checkbox", "radio"),
    Words(en=("Enable forwarding", "Start forwarding"), ja=("転送を有効にする",), unsure=("転送を開始する",)),
    section=THIS_PAGE,
    rule=Rule(r"(?i)enable forwarding|start forwarding|転送を(有効|開始)", never=r"(?i)copy|コピー"),
)
FORWARD_TO = Element(
    N_("the field “Forward my email to”"),
    ("textbox", "combobox", "searchbox"),
    Words(
        en=("Forward my email to", "Enter an email address", "Forward my email to Enter an email address"),
        unsure=(
            "メール アドレスを入力",
            "メールの転送先",
            "転送先",
            "次のアドレスにメールを転送",
            "電子メール アドレスを入力",
        ),
    ),
    section=THIS_PAGE,
    rule=Rule(r"(?i)forward .*to|enter an email|転送先|アドレスを入力"),
)
KEEP_COPY = Element(
    N_("the box “Keep a copy of forwarded messages”"),
    ("checkbox", "switch"),
    Words(
        en=("Keep a copy of forwarded messages",),
        unsure=("転送されたメッセージのコピーを保持する", "転送されたメッセージのコピーを保持"),
    ),
    section=THIS_PAGE,
    rule=Rule(r"(?i)keep a copy|コピーを(保持|残す|保存)"),
)
FORWARDING_CODE = Element(
    N_("the field for the code"),
    ("textbox",),
    Words(unsure=("Code", "Enter code", "Verification code", "コード", "確認コード")),
    section=THIS_PAGE,
    rule=Rule(r"(?i)\bcode\b|コード"),
)

SEND = Element(N_("the button “Send”"), ("button",), Words(unsure=("Send", "送信")), section=THIS_PAGE)

SIGN_IN = HandOver(
    "sign-in",
    N_("Please sign in to Outlook.com in the browser window."),
    N_("the mailbox settings show."),
    did=N_("you signed in to Outlook.com"),
)
CONFIRM = HandOver(
    "re-authenticate",
    N_(
        "Outlook.com hides its POP settings until you confirm who you are: press the button there and type your password."
    ),
    N_("the POP settings show."),
    mark=CONFIRM_IDENTITY,
    did=N_("you confirmed who you are"),
)

GIVE_CODE = HandOver(
    "forwarding-code",
    N_("Outlook.com sends you a code before it forwards mail. Please type it on this page and confirm it."),
    N_("forwarding shows as on."),
    mark=FORWARDING_CODE,
    did=N_("you typed the code from Microsoft"),
)
# The button at the top that says whose mailbox this is.
_ACCOUNT = Rule(r"(?i)account|profile|signed in|アカウント|プロファイル|サインイン")
# A tooltip may tell more than the name that is read out.
_BUTTONS = """() => [...document.querySelectorAll('button,a,[role=button],[role=link],[role=menuitem]')]
  .filter((button) => button.checkVisibility() && button.innerText.length < 100)
  .map((button) => [button.getAttribute('aria-label'), button.title, button.innerText].join(' '))"""
_REFUSAL = Rule(
    r"(?i)not allow|denied|error|failed|could ?n.t|unable|invalid|5\d\d \d\.|許可されていません|許可していません|エラー|失敗|できません|拒否|無効"
)

CODE_REFUSED = Rule(
    r"(?i)\bcode\b.*(wrong|incorrect|invalid|expired|not (right|valid|correct|match)|(did|does|is)n.t)"
    r"|(wrong|incorrect|invalid|expired) code|コード.*(正しくありません|間違|違い|無効|期限|一致しません)"
)


_SWITCH = Generation("switch", N_("the one with a switch"))
_RADIOS = Generation("radios", N_("the one with “Yes” and “No”"))


class OutlookSettings(Page):
    """The pane "Forwarding and IMAP" ("Sync email" in older mailboxes)."""

    called = N_("Outlook.com's settings for POP and forwarding")
    part = "[role=dialog], dialog[open]"
    elements = (
        Shown("outlook-forwarding", (FORWARDING_SWITCH,)),
        Shown("outlook-forwarding", (FORWARD_TO, KEEP_COPY), while_on=FORWARDING_SWITCH),
        Shown("outlook-forwarding", (SAVE,), only=N_("only once something was changed")),
        Shown("outlook-forwarding", (FORWARDING_CODE,), only=N_("only where Microsoft asks for a code")),
        Shown("outlook-pop", (POP_SWITCH,), generation=_SWITCH),
        Shown("outlook-pop", (DELETE_SWITCH,), generation=_SWITCH, while_on=POP_SWITCH, unless=DELETE_FORBIDDEN),
        Shown("outlook-pop", (POP_YES, POP_NO), generation=_RADIOS),
        Shown(
            "outlook-pop",
            (DELETE_FORBIDDEN, DELETE_ALLOWED),
            generation=_RADIOS,
            while_on=POP_YES,
            unless=DELETE_SWITCH,
        ),
        Shown("outlook-pop", (CONFIRM_IDENTITY,), only=N_("only before you have confirmed who you are")),
    )

    def __init__(self, session: Session) -> None:
        super().__init__(session, session.tab("outlook"))
        self.url = session.settings.outlook_url + SETTINGS

    def open(self) -> OutlookSettings:
        """Open the pane and wait until something of it shows; signing in is the person's."""
        self.arrive(self.url, self._something_shows, SIGN_IN)
        return self._of_the_right_account()

    def _of_the_right_account(self) -> OutlookSettings:
        """The pane itself, once it is the right person's; where it is another's, the person is led to the right one.

        Raises CauseFound (``signin.wrong-account``) where nobody may be asked.
        """
        if others := self._named_accounts():
            self._lead_to_account(listed(sorted(others)))
        return self

    def _named_accounts(self) -> set[str]:
        """The addresses that the account button names; empty where it names the right one too, or none."""
        from playwright.sync_api import Error

        try:
            buttons = [str(words) for words in self.tab.page.evaluate(_BUTTONS)]
        except Error:
            self.session.tabs.stop.check()
            return set()
        named_there = {a.lower() for words in buttons if _ACCOUNT.know(words) for a in ADDRESS.findall(words)}
        return set() if self.session.outlook_address.lower() in named_there else named_there

    def _lead_to_account(self, shown: str) -> None:
        """Let the person sign in to the right account in place of the other one."""
        wanted = self.session.outlook_address
        task = HandOver(
            "sign-in",
            _(
                "This browser is signed in to the Outlook.com mailbox of {shown}. Please choose {address} here, or “Use"
                " another account”. No such page? Press your picture at the top right. If {shown} is the same mailbox: stop"
                " with Ctrl-C and give that address as OUTLOOK_ADDRESS."
            ).format(shown=shown, address=wanted),
            _("the settings of {address} show.").format(address=wanted),
            did=SIGN_IN.did,
        )

        def right_one_shows() -> bool | None:
            return True if self._something_shows() and not self._named_accounts() else None

        error = wrong_account("outlook", wanted, shown)
        there = choose_outlook(self.session.settings)
        lead_to_right_account(self, error, task, there, self.coming_back(self.url, right_one_shows))

    def open_pop(self) -> OutlookSettings:
        """Open the pane down to its POP part; confirming who you are is the person's."""
        for url in self._pop_urls():
            self.url = url
            self.open()
            if self._leads_to_pop(PATIENT_SECONDS / 4):
                return self
        if not self._leads_to_pop(PATIENT_SECONDS):  # neither page has it quickly: it may be drawn late
            self.find(POP_SWITCH, seconds=0)
        return self

    def _leads_to_pop(self, seconds: float) -> bool:
        """Whether the page shows its POP part within some seconds, or wants the person before it does."""
        deciding = self.tab.until(self._pop_or_question, seconds)
        if deciding == "question":
            self.session.hand_over(CONFIRM, self.tab, self.coming_back(self.url, self._pop_shows))
        return deciding is not None

    def _pop_urls(self) -> list[str]:
        """Where the POP part may be: first where it was found before, then the page of today, then the older one."""
        base, here = self.session.settings.outlook_url, self.tab.page.url
        return sorted((base + SETTINGS, base + POP_SETTINGS), key=lambda url: url != here)

    def _something_shows(self) -> bool | None:
        shown = self.which(0, pop=POP_SWITCH, yes=POP_YES, forwarding=FORWARDING_SWITCH, who=CONFIRM_IDENTITY)
        return True if shown and not self._is_stranger(self.url) else None

    def _pop_shows(self) -> str | None:
        return self.which(0, switch=POP_SWITCH, radios=POP_YES)

    def _pop_or_question(self) -> str | None:
        """The POP part, or the question who you are, once the page has had a moment to draw the rest."""
        if shown := self._pop_shows():
            return shown
        # The question may stand there before the rest is drawn: only on a page that has had its time it counts.
        return "question" if self.tab.age() > HOP_SECONDS and self.seek(CONFIRM_IDENTITY) else None

    # -- POP ------------------------------------------------------------------------------------------------------

    def pop_is_on(self) -> bool:
        """Whether POP is on, in either generation of the pane."""
        if self._pop_shows() == "switch":
            return self.find(POP_SWITCH).item.checked is True
        return self.find(POP_YES).item.checked is True

    def keeps_messages(self) -> bool:
        """Whether apps may not delete messages here; so it is too where the choice is not shown."""
        if target := self.seek(DELETE_SWITCH):
            return target.item.checked is not True
        if target := self.seek(DELETE_FORBIDDEN):
            return target.item.checked is True
        return True

    def switch_pop_on(self) -> None:
        """Switch POP on; not saved yet."""
        self.switch(POP_SWITCH if self._pop_shows() == "switch" else POP_YES, True)

    def keep_messages_on_server(self) -> None:
        """Where the choice is shown, forbid apps to delete messages; not saved yet."""
        self.tab.until(lambda: self.which(0, switch=DELETE_SWITCH, radio=DELETE_FORBIDDEN), 1.5)
        if self.seek(DELETE_SWITCH):
            self.switch(DELETE_SWITCH, False)
        elif self.seek(DELETE_FORBIDDEN):
            self.switch(DELETE_FORBIDDEN, True)

    def switch_pop_off(self) -> None:
        """Switch POP off; not saved yet."""
        if self._pop_shows() == "switch":
            self.switch(POP_SWITCH, False)
        else:
            self.switch(POP_NO, True)

    def let_apps_delete(self) -> None:
        """Let apps delete messages again, as it was before; not saved yet."""
        if self.seek(DELETE_SWITCH):
            self.switch(DELETE_SWITCH, True)
        else:
            self.switch(DELETE_ALLOWED, True)

    def save(self) -> None:
        """Press Save, where a change is waiting, and wait until the bar has gone."""
        if not self.seek(SAVE, seconds=3):
            return
        self.click(SAVE)
        self.tab.until(self._saved(), PATIENT_SECONDS)

    def _saved(self) -> Callable[[], bool]:
        """Whether a save is over: nothing on its way any more, and the bar has gone or its button rests disabled."""
        resting_since = 0.0

        def over() -> bool:
            nonlocal resting_since
            bar = self.seek(SAVE)
            if self.tab.is_sending or (bar and bar.item.enabled):
                resting_since = 0.0
                return False
            resting_since = resting_since or time.monotonic()
            return time.monotonic() - resting_since > (RESTING_SECONDS if bar else SETTLED_SECONDS)

        return over

    # -- forwarding -----------------------------------------------------------------------------------------------

    def forwarding_is_on(self) -> bool:
        """Whether forwarding is on."""
        return self.find(FORWARDING_SWITCH).item.checked is True

    def forwards_to(self) -> str:
        """The address mail is forwarded to, or nothing. Nothing while it is on would be read as nobody's wish."""
        return self.tab.until(self._address_shown, LATE_SECONDS if self.forwarding_is_on() else 0) or ""

    def _address_shown(self) -> str:
        field = self.seek(FORWARD_TO)
        return (field.item.value or "").strip() if field else ""

    def keeps_copy(self) -> bool | None:
        """Whether a copy stays in Outlook.com; None where the choice is not shown."""
        box = self.seek(KEEP_COPY, seconds=LATE_SECONDS if self.forwarding_is_on() else 0)
        return box.item.checked if box else None

    def forwarding_is_barred(self) -> str:
        """What the page says beside a switch that cannot be pressed; nothing where it can be."""
        usable = self.tab.until(lambda: self.find(FORWARDING_SWITCH).item.enabled, LATE_SECONDS)
        if usable:
            return ""
        said = [line.strip() for line in self.tab.text().splitlines() if _REFUSAL.know(line)]
        return "\n".join(said) or _("the switch “Enable forwarding” cannot be pressed")

    def open_forwarding(self) -> OutlookSettings:
        """Open the pane with its forwarding part; signing in is the person's."""
        self.arrive(self.url, self._forwarding_shows, SIGN_IN)
        return self._of_the_right_account()

    def _forwarding_shows(self) -> bool | None:
        return True if self.seek(FORWARDING_SWITCH) and not self._is_stranger(self.url) else None

    def forward_to(self, address: str) -> bool:
        """Fill in the forwarding part: on, the address, keep a copy; says whether that was a change, not saved yet."""
        turned_on = self.switch(FORWARDING_SWITCH, True)
        elsewhere = (self.find(FORWARD_TO).item.value or "").strip() != address
        self.write(FORWARD_TO, address)
        # Without the box in sight nothing is saved: mail must not leave and be gone.
        kept = self.switch(KEEP_COPY, True)
        return turned_on or elsewhere or kept

    def stop_forwarding(self) -> None:
        """Switch forwarding off; not saved yet."""
        self.switch(FORWARDING_SWITCH, False)

    def keep_no_copy(self) -> None:
        """Keep no copy of forwarded messages, as it was before; not saved yet."""
        self.switch(KEEP_COPY, False)

    def save_forwarding(self) -> str:
        """Press Save; gives "" when it was taken, "code" when a code is asked for, else what the page says."""
        before, asked = set(self.tab.text().splitlines()), len(self.session.tabs.dismissed)
        fresh: list[str] = []
        self.click(SAVE)
        saved = self._saved()

        def answer() -> str | None:
            nonlocal fresh
            if self.asks_code():
                return "code"
            fresh = [line.strip() for line in self.tab.text().splitlines() if line.strip() and line not in before]
            if refusal := [line for line in fresh if _REFUSAL.know(line)]:
                return "\n".join(refusal)
            if not saved():
                return None
            switch = self.seek(FORWARDING_SWITCH)
            went_back = switch is not None and not switch.item.checked
            return "\n".join(fresh) if went_back and fresh else "saved"

        said = self.tab.until(answer, PATIENT_SECONDS)
        if said is None and (bar := self.seek(SAVE)) and bar.item.enabled:  # it still waits to be saved
            told = [*self.session.tabs.dismissed[asked:], *fresh]
            return "\n".join(told) or _("the change still waits to be saved")
        return "" if said == "saved" else said or "code"

    def asks_code(self) -> bool:
        """Whether the forwarding part waits for the code that Microsoft sent to the person."""
        return self.seek(FORWARDING_CODE) is not None

    def wait_for_code(self) -> bool:
        """Lead the person to the code that Microsoft sent them; says whether forwarding shows as on then.

        Where the code only proves who they are, it does not, and forwarding is to be asked for once more. A code that
        the page refuses is told at once; the waiting goes on, for the person may type another.
        """
        told: set[str] = set()
        was_asked, off_since = False, 0.0

        def tell_refusals() -> None:
            refusals = {line.strip() for line in self.tab.text().splitlines() if CODE_REFUSED.know(line)}
            for refusal in refusals - told:
                self.session.person.warn(
                    _("Outlook.com says: {text} I am waiting for another code.").format(text=refusal)
                )
            told.update(refusals)

        def outcome() -> str | None:
            nonlocal was_asked, off_since
            tell_refusals()
            waits = self.asks_code() or self._is_stranger(self.url)
            was_asked = was_asked or waits
            switch, bar = self.seek(FORWARDING_SWITCH), self.seek(SAVE)
            settled = not waits and not self.tab.is_sending and (bar is None or not bar.item.enabled)
            if switch and settled and switch.item.checked:
                return "on"
            if not (switch and settled and was_asked):
                off_since = 0.0
                return None
            off_since = off_since or time.monotonic()
            return "off" if time.monotonic() - off_since > GIVEN_SECONDS else None

        return self.session.hand_over(GIVE_CODE, self.tab, self.coming_back(self.url, outcome)) == "on"


class NewMessage(Page):
    """A message of one's own, written by address."""

    called = N_("Outlook.com's window for a new message")
    elements = (Shown("outlook-message", (SEND,)),)

    def send_to_self(
        self, subject: str, body: str, before: Callable[[], None] = lambda: None, again: bool = True
    ) -> None:
        """Write a message to one's own address and send it; ``before`` is called just before that.

        Raises PageChanged if it does not show as written.
        """
        address = self.session.outlook_address
        query = f"?to={quote(address)}&subject={quote(subject)}&body={quote(body)}"
        self.url = self.session.settings.outlook_url + COMPOSE + query
        self.arrive(self.url, lambda: self._shows(subject) or None, SIGN_IN)
        document = self.tab.document()
        before()
        self.click(SEND)
        self.tab.until(lambda: not self._shows(subject), PATIENT_SECONDS)
        if again and self.tab.document() != document and self._was_not_sent(subject):
            self.send_to_self(subject, body, before, again=False)

    def _was_not_sent(self, subject: str) -> bool:
        """Whether the page came anew instead of sending: as it was, or as a sign-in, which is the person's."""
        self.tab.until(self.tab.document, PATIENT_SECONDS)
        self.tab.until(lambda: self._shows(subject) or self._is_stranger(self.url), HOP_SECONDS * 2)
        if self._is_stranger(self.url):  # the session ran out before it was sent
            self.session.hand_over(SIGN_IN, self.tab, self.coming_back(self.url, lambda: self._shows(subject) or None))
        return self._shows(subject)

    def came_to_self(self, subject: str) -> bool:
        """Whether the inbox shows a message with this subject, or does so within seconds."""
        url = self.session.settings.outlook_url + INBOX
        self.arrive(url, lambda: None if self._is_stranger(url) or not self.tab.text().strip() else True, SIGN_IN)
        return bool(self.tab.until(lambda: subject in self.tab.text(), DELIVERY_SECONDS))

    def _shows(self, subject: str) -> bool:
        """Whether the message we meant is the one on this page: the mark stands in its subject field."""
        return any(i.value == subject for i in self.tab.look(("textbox", "combobox")).items)
