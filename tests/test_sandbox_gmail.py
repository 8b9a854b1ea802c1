"""The practice Gmail, walked through in a real browser against the practice mail servers, in English and Japanese."""

from __future__ import annotations

import re
import smtplib
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from flows.sandbox import Sandbox
from flows.sandbox.delivery import read_message
from flows.sandbox.gmail_search import search
from flows.sandbox.gmail_words import WORDS
from flows.sandbox.world import OUTLOOK_ADDRESS, Message

APP_PASSWORD = "abcdefghijklmnop"  # of the practice world: made here, opens nothing else
POP_HOST = "outlook.office365.com"
SMTP_HOST = "smtp-mail.outlook.com"
LETTERS = 8  # messages in the practice mailbox from the start
Started = Callable[..., "Mailbox"]


class Mailbox:
    """A person at the practice Gmail: what they see, and what they click."""

    def __init__(self, sandbox: Sandbox, context: BrowserContext, lang: str) -> None:
        self.sandbox = sandbox
        self.lang = lang
        self.page = context.new_page()

    def word(self, name: str, **values: str) -> str:
        return WORDS[name][self.lang == "ja"].format(**values)

    def see(self, place: str) -> Page:
        self.page.goto(f"{self.sandbox.settings['GMAIL_URL']}/mail/u/0/#{place}")
        return self.page

    def link(self, name: str) -> Locator:
        return self.page.get_by_role("link", name=self.word(name), exact=True)

    def window(self, link: Locator) -> Page:
        with self.page.expect_popup() as opened:
            link.click()
        return opened.value

    def pop_window(self) -> Page:
        self.see("settings/accounts")
        return self.window(self.link("add_mail_account"))

    def send_as_window(self) -> Page:
        self.see("settings/accounts")
        return self.window(self.link("add_address"))

    def pop_row(self) -> Locator:
        section = self.page.get_by_role("row", name=re.compile("^" + re.escape(self.word("pop_label"))))
        return section.get_by_role("row").first

    def open_mail(self) -> None:
        """Outlook.com as it is when the article's first half is done."""
        self.sandbox.control(
            "/set",
            {
                "outlook.pop_on": True,
                "outlook.app_passwords": [APP_PASSWORD],
                "outlook.approved_places": ["Google"],
            },
        )

    def gmail(self) -> dict[str, Any]:
        truth: dict[str, Any] = self.sandbox.state()["gmail"]
        return truth

    def fetched(self, times: int = 1) -> dict[str, Any]:
        """The first POP account once it has been looked at so often."""
        return wait_for(lambda: next((a for a in self.gmail()["pop_accounts"] if len(a["history"]) >= times), None))


def wait_for(look: Callable[[], Any], seconds: float = 15) -> Any:
    """What ``look`` finds, as soon as it finds something."""
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, "nothing came in time"
        time.sleep(0.1)
    return found


@pytest.fixture
def gmail(browser: Browser) -> Iterator[Started]:
    """Starts a world and opens its Gmail in the language of the browser."""
    opened = ExitStack()

    def start(lang: str = "en", world: str = "classic") -> Mailbox:
        sandbox = opened.enter_context(Sandbox(world))
        context = browser.new_context(locale={"en": "en-US", "ja": "ja-JP"}[lang])
        opened.callback(context.close)
        context.set_default_timeout(15_000)
        return Mailbox(sandbox, context, lang)

    with opened:
        yield start


def beside(window: Page, label: str) -> Locator:
    """The field in the cell after the one that says ``label``: nothing but the table ties them together."""
    return window.locator(
        f"xpath=//td[normalize-space()='{label}']/following-sibling::td[1]//*[self::input or self::select]"
    )


def box(window: Page, text: str) -> Locator:
    """The checkbox or radio whose text stands behind it or in the next cell."""
    return window.locator(
        f"xpath=//tr[td[contains(normalize-space(), '{text}')]]//input[@type='checkbox' or @type='radio']"
    )


def press(window: Page, name: str) -> None:
    window.get_by_role("button", name=name, exact=True).click()


def go_to_pop_settings(mailbox: Mailbox, address: str = OUTLOOK_ADDRESS) -> Page:
    window = mailbox.pop_window()
    beside(window, mailbox.word("email_address")).fill(address)
    press(window, mailbox.word("next"))
    expect(box(window, mailbox.word("import_pop"))).to_be_checked()
    press(window, mailbox.word("next"))
    expect(window.locator("input[type=password]")).to_be_visible()
    return window


def fill_pop_settings(mailbox: Mailbox, window: Page, *, password: str = APP_PASSWORD, port: str = "995") -> None:
    beside(window, mailbox.word("username")).fill(OUTLOOK_ADDRESS)
    beside(window, mailbox.word("password")).fill(password)
    beside(window, mailbox.word("pop_server")).fill(POP_HOST)
    beside(window, mailbox.word("port")).select_option(port)
    for name in ("leave_copy", "use_ssl"):
        box(window, mailbox.word(name)).set_checked(port == "995")


def add_pop_account(mailbox: Mailbox, *, leave_copy: bool = True) -> None:
    window = go_to_pop_settings(mailbox)
    fill_pop_settings(mailbox, window)
    box(window, mailbox.word("leave_copy")).set_checked(leave_copy)
    press(window, mailbox.word("add_account"))
    box(window, mailbox.word("send_as_no")).check()
    with window.expect_event("close"):
        press(window, mailbox.word("finish"))


def go_to_smtp_settings(mailbox: Mailbox) -> Page:
    window = mailbox.send_as_window()
    window.locator("input[name=cfn]").fill("山田 花子")
    window.locator("input[name=cfa]").fill(OUTLOOK_ADDRESS)
    press(window, mailbox.word("next_step"))
    return window


def fill_smtp_settings(window: Page, *, host: str = SMTP_HOST, password: str = APP_PASSWORD) -> None:
    window.locator("input[name=cfss]").fill(host)
    window.locator("select[name=cfsp]").select_option("587")
    window.locator("input[name=cfsl]").fill(OUTLOOK_ADDRESS)
    window.locator("input[name=cfsw]").fill(password)
    window.locator("#focus").click()


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_pop_wizard_brings_all_mail(gmail: Started, lang: str) -> None:
    """Address, POP3 and not Gmailify, settings, label, No: the row appears by itself and its mail comes, labelled."""
    mailbox = gmail(lang)
    mailbox.open_mail()
    window = go_to_pop_settings(mailbox)
    fill_pop_settings(mailbox, window)
    box(window, mailbox.word("label_incoming")).check()
    press(window, mailbox.word("add_account"))
    expect(window.get_by_text(mailbox.word("pop_done"))).to_be_visible()
    expect(box(window, mailbox.word("send_as_yes", address=OUTLOOK_ADDRESS))).to_be_checked()
    box(window, mailbox.word("send_as_no")).check()
    with window.expect_event("close"):
        press(window, mailbox.word("finish"))
    done = {
        "en": f"Last checked: 0 minutes ago. {LETTERS} mails fetched.",
        "ja": f"{LETTERS} 件のメールを取得しました。",
    }

    expect(mailbox.pop_row()).to_contain_text(done[lang])
    account = mailbox.gmail()["pop_accounts"][0]
    assert (account["host"], account["port"], account["ssl"], account["leave_copy"]) == (POP_HOST, 995, True, True)
    assert [m["labels"] for m in mailbox.gmail()["messages"]] == [[OUTLOOK_ADDRESS]] * LETTERS
    assert len(mailbox.sandbox.state()["outlook"]["inbox"]) == LETTERS
    mailbox.see("inbox")
    expect(mailbox.page).to_have_title(f"{mailbox.word('inbox')} ({LETTERS}) - hanako@gmail.example - Gmail")


def test_links_of_a_row_vanish_while_it_is_fetched(gmail: Started) -> None:
    """ "Check mail now" takes a row's links away until the fetch is over; a second fetch brings nothing twice."""
    mailbox = gmail()
    mailbox.open_mail()
    add_pop_account(mailbox)
    mailbox.fetched()
    mailbox.link("check_now").click()

    expect(mailbox.link("check_now")).to_have_count(0)
    expect(mailbox.link("edit_info")).to_have_count(0)
    expect(mailbox.link("check_now")).to_have_count(1)
    expect(mailbox.pop_row()).to_contain_text("0 mails fetched.")
    assert [fetch["fetched"] for fetch in mailbox.fetched(2)["history"]] == [LETTERS, 0]
    assert len(mailbox.gmail()["messages"]) == LETTERS
    history = mailbox.window(mailbox.link("view_history"))
    expect(history.get_by_role("cell", name=re.compile("fetched"))).to_have_text(
        ["0 mails fetched.", f"{LETTERS} mails fetched."]
    )


def test_without_a_copy_left_the_server_is_emptied(gmail: Started) -> None:
    """With "leave a copy" off, what was fetched is deleted from the server, where apps may delete."""
    mailbox = gmail()
    mailbox.open_mail()
    mailbox.sandbox.control("/set", {"outlook.apps_may_delete": True})
    add_pop_account(mailbox, leave_copy=False)
    mailbox.fetched()

    assert len(mailbox.gmail()["messages"]) == LETTERS
    assert mailbox.sandbox.state()["outlook"]["inbox"] == []


def test_a_refused_password_is_told_in_the_window(gmail: Started) -> None:
    """A refused login shows Google's text, the server's words behind a link, an empty password, and adds no row."""
    mailbox = gmail()
    mailbox.open_mail()
    window = go_to_pop_settings(mailbox)
    fill_pop_settings(mailbox, window, password="wrong")
    press(window, mailbox.word("add_account"))
    quoted = window.get_by_text('Server returned error: "Logon failure: unknown user name or bad password."')

    expect(window.get_by_text("Server denied POP3 access for the given username and password.")).to_be_visible()
    expect(quoted).to_be_hidden()
    window.get_by_role("link", name="Show error details").click()
    expect(quoted).to_be_visible()
    expect(window.locator("input[type=password]")).to_have_value("")
    expect(beside(window, mailbox.word("pop_server"))).to_have_value(POP_HOST)
    assert mailbox.gmail()["pop_accounts"] == []


def test_the_first_login_asks_for_the_browser(gmail: Started) -> None:
    """Gmail quotes "via a web browser" until the activity is approved, then takes the very same form."""
    mailbox = gmail()
    mailbox.open_mail()
    mailbox.sandbox.control("/set", {"outlook.approved_places": []})
    window = go_to_pop_settings(mailbox)
    fill_pop_settings(mailbox, window)
    press(window, mailbox.word("add_account"))
    window.get_by_role("link", name="Show error details").click()
    expect(window.get_by_text("Login to your account via a web browser to verify your account.")).to_be_visible()
    mailbox.sandbox.control("/set", {"outlook.approved_places": ["Google"]})
    beside(window, mailbox.word("password")).fill(APP_PASSWORD)
    press(window, mailbox.word("add_account"))

    expect(window.get_by_text(mailbox.word("pop_done"))).to_be_visible()


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_port_110_gets_nowhere(gmail: Started, lang: str) -> None:
    """Port 110 without SSL ends in the time-out text, and no row is made."""
    mailbox = gmail(lang)
    mailbox.open_mail()
    window = go_to_pop_settings(mailbox)
    fill_pop_settings(mailbox, window, port="110")
    press(window, mailbox.word("add_account"))
    said = {
        "en": "Connection timed out: There may be a problem with the settings you added.",
        "ja": "接続がタイムアウト",
    }

    expect(window.locator(".r")).to_contain_text(said[lang])
    assert mailbox.gmail()["pop_accounts"] == []


def test_five_accounts_are_the_limit(gmail: Started) -> None:
    """The sixth account is refused in Google's words and cannot be typed in."""
    mailbox = gmail()
    for _ in range(5):
        mailbox.sandbox.control("/half-made", {})
    window = mailbox.pop_window()

    expect(window.get_by_text("You already have the maximum number of accounts allowed.")).to_be_visible()
    expect(window.locator("input[type=text]")).to_have_count(0)


def test_a_row_is_mended_by_edit_info(gmail: Started) -> None:
    """ "edit info" shows what is there but the password, logs in anew, and mends the row without a second one."""
    mailbox = gmail()
    mailbox.open_mail()
    mailbox.sandbox.control("/half-made", {})
    mailbox.see("settings/accounts")
    expect(mailbox.pop_row()).to_contain_text("Connection timed out")
    window = mailbox.window(mailbox.link("edit_info"))
    expect(beside(window, mailbox.word("port"))).to_have_value("110")
    expect(beside(window, mailbox.word("password"))).to_have_value("")
    fill_pop_settings(mailbox, window)
    with window.expect_event("close"):
        press(window, mailbox.word("save_changes"))
    window = mailbox.window(mailbox.link("edit_info"))
    box(window, mailbox.word("archive_incoming")).check()
    with window.expect_event("close"):
        press(window, mailbox.word("save_changes"))
    mailbox.link("check_now").click()

    expect(mailbox.pop_row()).to_contain_text(f"{LETTERS} mails fetched.")
    accounts = mailbox.gmail()["pop_accounts"]
    assert [(a["port"], a["ssl"], a["archive"]) for a in accounts] == [(995, True, True)]
    assert not any(m["in_inbox"] for m in mailbox.gmail()["messages"])


def test_new_label_is_asked_for_in_a_prompt(gmail: Started) -> None:
    """ "New label…" opens the browser's own prompt, and its answer becomes a label when the account is added."""
    mailbox = gmail()
    mailbox.open_mail()
    window = go_to_pop_settings(mailbox)
    fill_pop_settings(mailbox, window)
    window.on("dialog", lambda dialog: dialog.accept("旧メール"))
    window.locator("select").last.select_option(label="New label…")
    expect(box(window, mailbox.word("label_incoming"))).to_be_checked()
    press(window, mailbox.word("add_account"))
    expect(window.get_by_text(mailbox.word("pop_done"))).to_be_visible()
    mailbox.fetched()

    assert mailbox.gmail()["labels"] == ["旧メール"]
    mailbox.see("label/旧メール")
    expect(mailbox.page.get_by_role("row")).to_have_count(LETTERS)


def test_delete_asks_first(gmail: Started) -> None:
    """A row goes only when the browser's own question is answered with yes."""
    mailbox = gmail()
    mailbox.sandbox.control("/half-made", {})
    mailbox.see("settings/accounts")
    mailbox.page.once("dialog", lambda dialog: dialog.dismiss())
    mailbox.link("delete").click()
    assert len(mailbox.gmail()["pop_accounts"]) == 1
    mailbox.page.once("dialog", lambda dialog: dialog.accept())
    mailbox.link("delete").click()

    expect(mailbox.link("delete")).to_have_count(0)
    assert mailbox.gmail()["pop_accounts"] == []


def test_a_full_storage_keeps_nothing(gmail: Started) -> None:
    """In the world ``quota-full`` the row says so, nothing is stored, and nothing is lost on the server."""
    mailbox = gmail(world="quota-full")
    mailbox.open_mail()
    add_pop_account(mailbox, leave_copy=False)

    expect(mailbox.pop_row()).to_contain_text("Out of storage")
    assert mailbox.gmail()["messages"] == []
    assert len(mailbox.sandbox.state()["outlook"]["inbox"]) == LETTERS


def test_a_removed_section_is_not_there(gmail: Started) -> None:
    """In the world ``gmail-pop-removed`` the tab shows sending as others, but no word of fetching."""
    mailbox = gmail(world="gmail-pop-removed")
    mailbox.see("settings/accounts")

    expect(mailbox.link("add_address")).to_be_visible()
    expect(mailbox.page.get_by_text(mailbox.word("pop_label"))).to_have_count(0)
    expect(mailbox.link("add_mail_account")).to_have_count(0)


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_send_as_wizard_ends_with_the_code(gmail: Started, lang: str) -> None:
    """Name, SMTP login, the nine digits from the Outlook mailbox (a wrong code is refused): the address is there."""
    mailbox = gmail(lang)
    mailbox.open_mail()
    window = go_to_smtp_settings(mailbox)
    expect(window.locator("input[name=cfss]")).to_have_value("smtp.outlook.example")
    expect(window.locator("input[name=sm587][value='2']")).to_be_checked()
    fill_smtp_settings(window)
    expect(window.get_by_text(mailbox.word("enter_code"))).to_be_visible()
    subject = {"en": f"Gmail Confirmation - Send Mail as {OUTLOOK_ADDRESS}", "ja": f"Gmail 確認: {OUTLOOK_ADDRESS}"}
    letter = mailbox.sandbox.state()["outlook"]["inbox"][-1]
    assert letter["subject"].startswith(subject[lang])
    found = re.search(r"\b\d{9}\b", letter["body"])
    assert found
    window.locator("input[type=text]").fill("000000000")
    press(window, mailbox.word("verify"))
    expect(window.get_by_text(mailbox.word("code_wrong"))).to_be_visible()
    assert mailbox.gmail()["send_as"][0]["verified"] is False
    window.locator("input[type=text]").fill(found[0])
    with window.expect_event("close"):
        press(window, mailbox.word("verify"))

    expect(mailbox.page.get_by_text(f"山田 花子 <{OUTLOOK_ADDRESS}>")).to_be_visible()
    expect(mailbox.link("make_default")).to_be_visible()
    entry = mailbox.gmail()["send_as"][0]
    assert (entry["verified"], entry["alias"], entry["host"], entry["security"]) == (True, True, SMTP_HOST, "tls")
    mailbox.page.get_by_role("radio", name=mailbox.word("reply_same")).check()
    wait_for(lambda: mailbox.gmail()["reply_from_same"])


def test_yes_leads_from_pop_to_sending(gmail: Started) -> None:
    """ "Yes" at the end of the POP wizard opens the send-as wizard in the same window, the address filled in."""
    mailbox = gmail()
    mailbox.open_mail()
    window = go_to_pop_settings(mailbox)
    fill_pop_settings(mailbox, window)
    press(window, mailbox.word("add_account"))
    press(window, mailbox.word("next"))

    expect(window.locator("input[name=cfa]")).to_have_value(OUTLOOK_ADDRESS)
    expect(window.locator("input[name=cfn]")).to_have_value("Hanako Yamada")
    expect(window.locator("input[name=cfia]")).to_be_checked()


def test_a_pending_address_is_verified_by_its_link(gmail: Started) -> None:
    """The window left without a code, "verify" shows in the row; the link of the message read in Gmail confirms it."""
    mailbox = gmail()
    mailbox.open_mail()
    window = mailbox.send_as_window()
    window.locator("input[name=cfa]").fill(OUTLOOK_ADDRESS)
    window.locator("input[name=cfia]").uncheck()
    press(window, mailbox.word("next_step"))
    fill_smtp_settings(window)
    expect(window.get_by_text(mailbox.word("enter_code"))).to_be_visible()
    window.close()
    expect(mailbox.link("verify_link")).to_be_visible()
    expect(mailbox.page.get_by_text("Not an alias.")).to_be_visible()
    again = mailbox.window(mailbox.link("verify_link"))
    again.get_by_role("link", name="Resend email").click()
    expect(again.get_by_text(mailbox.word("resent"))).to_be_visible()
    again.close()
    add_pop_account(mailbox)
    mailbox.fetched()
    mailbox.see(f"search/from:gmail-noreply@google.com+%22Send+Mail+as+{OUTLOOK_ADDRESS}%22+newer_than:1d")
    expect(mailbox.page.get_by_role("row")).to_have_count(2)
    mailbox.page.get_by_role("row").first.click()
    page = mailbox.window(mailbox.page.locator("a[href*='/mail/f-']"))
    expect(page.locator("strong")).to_have_text(OUTLOOK_ADDRESS)
    press(page, "Confirm")

    expect(page).to_have_title("Confirmation Success!")
    expect(page.get_by_text(f"may now send mail as {OUTLOOK_ADDRESS}")).to_be_visible()
    assert mailbox.gmail()["send_as"][0]["verified"] is True


@pytest.mark.parametrize(
    ("host", "password", "said"),
    [
        (SMTP_HOST, "wrong", "Authentication failed. Please check your username/password."),
        (SMTP_HOST, "wrong", "535 5.7.3 Authentication unsuccessful"),
        ("smtp.outlook.example", APP_PASSWORD, "Couldn't reach server. Please double-check your SMTP server and port"),
    ],
)
def test_smtp_troubles_are_told_in_red(gmail: Started, host: str, password: str, said: str) -> None:
    """A refused login quotes the server, an unknown server is not reached; nothing is added, no password stays."""
    mailbox = gmail()
    mailbox.open_mail()
    window = go_to_smtp_settings(mailbox)
    fill_smtp_settings(window, host=host, password=password)

    expect(window.locator("#smErr")).to_contain_text(said)
    expect(window.locator("input[name=cfsw]")).to_have_value("")
    assert mailbox.gmail()["send_as"] == []


def test_the_port_chooses_the_security(gmail: Started) -> None:
    """Port 465 shows its own radios with SSL chosen, 587 those with TLS."""
    window = go_to_smtp_settings(gmail())
    window.locator("select[name=cfsp]").select_option("465")

    expect(window.locator("input[name=sm465][value='1']")).to_be_checked()
    expect(window.locator("input[name=sm465][value='1']")).to_be_visible()
    expect(window.locator("input[name=sm587][value='2']")).to_be_hidden()


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_filter_made_by_its_address_labels_mail(gmail: Started, lang: str) -> None:
    """``#create-filter/to=…`` opens filled in; a new label, no inbox: later mail to the address is labelled so."""
    mailbox = gmail(lang)
    mailbox.see(f"create-filter/to={OUTLOOK_ADDRESS}&sizeoperator=s_sl&sizeunit=s_smb")
    expect(mailbox.page.get_by_label(mailbox.word("filter_to"), exact=True)).to_have_value(OUTLOOK_ADDRESS)
    mailbox.link("create_filter").click()
    mailbox.page.get_by_role("checkbox", name=mailbox.word("skip_inbox")).check()
    mailbox.page.get_by_role("listbox").click()
    mailbox.page.get_by_role("menuitem", name=mailbox.word("new_label")).click()
    mailbox.page.get_by_label(mailbox.word("new_label_prompt")).fill("Outlook")
    press(mailbox.page, mailbox.word("create"))
    expect(mailbox.page.get_by_role("checkbox", name=mailbox.word("apply_label"))).to_be_checked()
    press(mailbox.page, mailbox.word("create_filter"))
    expect(mailbox.page.get_by_text(mailbox.word("filter_created"))).to_be_visible()
    mailbox.see("settings/filters")
    expect(mailbox.page.get_by_text(f"to:({OUTLOOK_ADDRESS})")).to_be_visible()
    mailbox.sandbox.control("/set", {"outlook.forwarding_to": "hanako@gmail.example"})
    mailbox.sandbox.control("/deliver", {"subject": "Forwarded by now", "body": "Hello"})

    message = mailbox.gmail()["messages"][0]
    assert (message["labels"], message["in_inbox"]) == (["Outlook"], False)
    mailbox.page.on("dialog", lambda dialog: dialog.accept())
    mailbox.link("delete").click()
    wait_for(lambda: mailbox.gmail()["filters"] == [])


def test_the_inbox_shows_new_mail_by_itself(gmail: Started) -> None:
    """Mail that comes while the inbox is open shows without a reload, and opens with its whole text."""
    mailbox = gmail()
    mailbox.sandbox.control("/set", {"outlook.forwarding_to": "hanako@gmail.example"})
    mailbox.see("inbox")
    expect(mailbox.page).to_have_title("Inbox - hanako@gmail.example - Gmail")
    mailbox.sandbox.control("/deliver", {"subject": "印 4711", "body": "A mark\nand a second line"})
    mailbox.page.get_by_role("row").filter(has_text="印 4711").click()

    expect(mailbox.page.get_by_role("heading", name="印 4711")).to_be_visible()
    expect(mailbox.page.get_by_text("and a second line")).to_be_visible()
    expect(mailbox.page.get_by_text(OUTLOOK_ADDRESS, exact=True)).to_be_visible()


def test_the_search_box_searches(gmail: Started) -> None:
    """Typing into the search box and pressing Enter leads to ``#search/…`` with what fits."""
    mailbox = gmail()
    mailbox.sandbox.control("/set", {"outlook.forwarding_to": "hanako@gmail.example"})
    for subject in ("Proof 20c1", "Something else"):
        mailbox.sandbox.control("/deliver", {"subject": subject, "body": "Hello"})
    field = mailbox.see("inbox").get_by_label("Search mail")
    field.fill('subject:"Proof 20c1"')
    field.press("Enter")

    expect(mailbox.page).to_have_url(re.compile(r"#search/subject%3A%22Proof\+20c1%22$"))
    expect(mailbox.page.get_by_role("row")).to_have_count(1)
    expect(mailbox.page.get_by_role("row")).to_contain_text("Proof 20c1")


def _message(
    subject: str, body: str = "", sender: str = "Mika <mika@friends.example>", *, spam: bool = False
) -> Message:
    raw = f"From: x@y.example\r\nTo: {OUTLOOK_ADDRESS}\r\n\r\n{body}\r\n".encode()
    message = read_message(raw, sender, OUTLOOK_ADDRESS)
    message.sender, message.subject, message.spam = sender, subject, spam
    return message


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("invoice", ["Your invoice 4711"]),
        ("voice", []),
        ("来週", ["【重要】来週の予定"]),
        ('"invoice 4711"', ["Your invoice 4711"]),
        ('"4711 invoice"', []),
        ("from:mika@friends.example -invoice", ["【重要】来週の予定"]),
        (f"to:{OUTLOOK_ADDRESS} invoice", ["Your invoice 4711"]),
        ("subject:(invoice)", ["Your invoice 4711"]),
        ("body-word", ["Your invoice 4711"]),
        ("junk", []),
        ("in:anywhere junk", ["junk"]),
    ],
)
def test_search_finds_whole_words(query: str, found: list[str]) -> None:
    """Plain words, phrases, fields and ``in:anywhere`` find what Gmail would find: words, not parts of words."""
    messages = [
        _message("Your invoice 4711", "A body-word."),
        _message("【重要】来週の予定"),
        _message("junk", spam=True),
    ]

    assert found == [message.subject for message in search(messages, query)]


def test_markup_from_text_is_forbidden(gmail: Started) -> None:
    """Trusted Types are enforced and no script but the site's own runs, in the mailbox and in the windows."""
    mailbox = gmail()
    window = mailbox.pop_window()
    for page in (mailbox.page, window):
        with pytest.raises(Exception, match="TrustedHTML"):
            page.evaluate("() => { document.body.innerHTML = '<b>x</b>'; }")
        ran = page.evaluate(
            """() => { const s = document.createElement('script'); s.append('window.ran = 1');
                       try { document.body.append(s); } catch {} return window.ran || 0; }"""
        )
        assert ran == 0


def test_no_name_in_the_pop_window_gives_itself_away(gmail: Started) -> None:
    """No label is tied to a field of the POP window, and no name or id of one tells what it is for."""
    window = go_to_pop_settings(gmail())

    assert window.locator("label").count() == 0
    names = window.locator("input, select").evaluate_all("all => all.map(e => (e.name || '') + (e.id || ''))")
    assert all(re.fullmatch(r"(nf\w)?", name) for name in names)


def test_looking_changes_nothing(gmail: Started) -> None:
    """Every list and settings page can be seen without one write in the world."""
    mailbox = gmail()
    before = mailbox.sandbox.state()["writes"]
    for place in ("inbox", "search/x", "settings/general", "settings/labels", "settings/accounts", "settings/filters"):
        mailbox.see(place).reload()
        expect(mailbox.page.get_by_text(mailbox.word("loading"))).to_have_count(0)

    assert mailbox.sandbox.state()["writes"] == before


def test_a_window_without_its_token_is_refused(gmail: Started) -> None:
    """An address of a wizard put together by somebody else opens nothing."""
    mailbox = gmail()
    answer = mailbox.page.goto(f"{mailbox.sandbox.settings['GMAIL_URL']}/mail/u/0/?ui=2&view=cf&at=guessed")

    assert answer is not None
    assert answer.status == 403


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_google_app_password_opens_smtp(gmail: Started, lang: str) -> None:
    """Google's page shows sixteen letters in four groups, and smtp.gmail.com takes them."""
    mailbox = gmail(lang, "today")
    page = mailbox.page
    page.goto(f"{mailbox.sandbox.settings['GOOGLE_ACCOUNT_URL']}/apppasswords")
    page.get_by_label(mailbox.word("app_name")).fill("autoconfigure")
    press(page, mailbox.word("create"))
    shown = page.locator("strong").inner_text()

    assert re.fullmatch(r"[a-z]{4}( [a-z]{4}){3}", shown)
    connect_to = dict(re.findall(r"([\w.-]+:\d+):([\d.]+:\d+)", mailbox.sandbox.settings["MAIL_CONNECT_TO"]))
    host, port = connect_to["smtp.gmail.com:587"].split(":")
    with smtplib.SMTP(host, int(port), timeout=10) as smtp:
        smtp._host = "smtp.gmail.com"  # type: ignore[attr-defined]  # the name TLS checks, wherever we dial
        smtp.starttls(context=ssl.create_default_context(cafile=mailbox.sandbox.settings["TLS_CA_FILE"]))
        assert smtp.login("hanako@gmail.example", shown)[0] == 235
