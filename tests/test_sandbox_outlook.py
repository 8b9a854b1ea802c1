"""The practice Outlook.com in a real browser: both languages, both generations of the pane."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from flows.sandbox import Sandbox

FORWARDING, POP = "/mail/0/options/mail/forwarding", "/mail/0/options/mail/accounts/popImap"
WORDS = {
    "en": {"pop": "Let devices and apps use POP", "sign_in": "Sign in", "save": "Save", "saved": "Saved"},
    "ja": {
        "pop": "デバイスとアプリで POP を使用できるようにする",
        "sign_in": "サインイン",
        "save": "保存",
        "saved": "保存しました",
    },
}
Open = Callable[..., tuple[Page, Sandbox]]


@pytest.fixture
def open_outlook(browser: Browser) -> Iterator[Open]:
    """Start a world and open an Outlook page of it in a browser that speaks ``lang``; all end with the test."""
    sandboxes: list[Sandbox] = []

    def open_one(
        path: str, lang: str = "en", fields: dict[str, Any] | None = None, **world: Any
    ) -> tuple[Page, Sandbox]:
        sandbox = Sandbox(**world)
        sandboxes.append(sandbox)
        sandbox.control("/set", fields or {})
        page = browser.new_context(locale=lang).new_page()
        page.goto(sandbox.settings["OUTLOOK_URL"] + path)
        return page, sandbox

    yield open_one
    for context in browser.contexts:
        context.close()
    for sandbox in sandboxes:
        sandbox.close()


def press(page: Page, name: str, role: Any = "button") -> None:
    page.get_by_role(role, name=name, exact=True).click()


def turn_forwarding_on(page: Page, to: str) -> None:
    press(page, "Enable forwarding", "switch")
    page.get_by_label("Forward my email to").fill(to)
    press(page, "Save")


def test_the_mailbox_draws_itself_late(open_outlook: Open) -> None:
    """The page comes empty, then shows whose mailbox it is and what lies in it, under meaningless class names."""
    page, sandbox = open_outlook("/")
    source = page.evaluate("() => fetch(location.href).then((answer) => answer.text())")

    expect(page.get_by_role("option")).to_have_count(8)
    expect(page.get_by_role("heading", name=sandbox.settings["OUTLOOK_ADDRESS"])).to_be_visible()
    page.get_by_role("option").filter(has_text="ご予約の本が届きました").click()
    expect(page.get_by_role("article")).to_contain_text("ご予約の資料を一週間")
    assert "Nikko" not in source
    assert page.title() == "Mail - Hanako Yamada - Outlook"
    classes = page.locator("#app [class]").evaluate_all("all => all.flatMap(one => [...one.classList])")
    assert all(re.fullmatch(r"_[0-9a-f][0-9A-F]{4}", name) for name in classes)
    assert sandbox.state()["writes"] == 0


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("pane", ["switch", "radios"])
def test_pop_is_switched_on_after_signing_in_again(open_outlook: Open, lang: str, pane: str) -> None:
    """POP shows only after the practice password, is saved by Save alone, and is still on after a reload."""
    page, sandbox = open_outlook(POP, lang, pane=pane)
    words = WORDS[lang]

    press(page, words["sign_in"])
    page.locator("input[type=password]").fill("something else")
    press(page, words["sign_in"])
    expect(page.get_by_role("alert")).to_be_visible()
    page.locator("input[type=password]").fill(sandbox.practice_password)
    press(page, words["sign_in"])
    expect(page).to_have_url(re.compile(POP + "$"))
    if pane == "switch":
        pop = page.get_by_role("switch", name=words["pop"], exact=True)
    else:
        pop = page.get_by_role("group", name=words["pop"], exact=True).get_by_role("radio").first
    save = page.get_by_role("button", name=words["save"], exact=True)
    expect(pop).not_to_be_checked()
    expect(save).to_have_count(0)
    pop.click()
    assert sandbox.state()["outlook"]["pop_on"] is False
    save.click()

    expect(page.get_by_role("status").filter(has_text=words["saved"])).to_be_visible()
    expect(page.get_by_text("outlook.office365.com")).to_have_count(0)
    state = sandbox.state()
    assert tuple(state["outlook"][key] for key in ("pop_on", "imap_on", "apps_may_delete")) == (True, False, False)
    assert state["writes"] == 1
    page.reload()
    expect(pop).to_be_checked()
    expect(page.get_by_text("outlook.office365.com")).to_be_visible()


@pytest.mark.parametrize(("pane", "role"), [("switch", "switch"), ("radios", "radio")])
def test_the_delete_choice_comes_with_pop(open_outlook: Open, pane: str, role: Any) -> None:
    """Whether apps may delete is asked only once POP is on; discarding takes everything back."""
    page, sandbox = open_outlook(POP, fields={"outlook.reauthenticated": True}, pane=pane)
    may_delete = page.get_by_role(role, name="Let devices and apps delete messages from Outlook", exact=True)
    pop = page.get_by_role("switch", name="Let devices and apps use POP").or_(
        page.get_by_role("radio", name="Yes").first
    )

    expect(pop.first).to_be_visible()
    expect(may_delete).to_have_count(0)
    pop.first.click()
    may_delete.click()
    press(page, "Discard")
    expect(may_delete).to_have_count(0)
    expect(pop.first).not_to_be_checked()
    pop.first.click()
    may_delete.click()
    press(page, "Save")
    expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()

    assert sandbox.state()["outlook"]["apps_may_delete"] is True


def test_old_and_new_pane_stand_under_their_own_tabs(open_outlook: Open) -> None:
    """Today one tab holds forwarding and POP; before, they were two, each at its own address."""
    page, _ = open_outlook("/mail/")
    press(page, "Settings")
    press(page, "Mail", "tab")
    press(page, "Forwarding and IMAP", "tab")
    expect(page).to_have_url(re.compile(FORWARDING + "$"))
    expect(page.get_by_role("heading", level=3)).to_have_text(["Forwarding", "POP and IMAP"])

    page, _ = open_outlook(FORWARDING, pane="radios")
    expect(page.get_by_role("heading", level=3)).to_have_text(["Forwarding"])
    press(page, "Sync email", "tab")
    expect(page.get_by_role("heading", level=3)).to_have_text(["POP and IMAP"])


def test_forwarding_is_saved_and_forwards(open_outlook: Open) -> None:
    """Forwarding needs a real address, keeps a copy, survives a reload and brings new mail to Gmail."""
    page, sandbox = open_outlook(FORWARDING)
    gmail = sandbox.settings["GMAIL_ADDRESS"]

    turn_forwarding_on(page, "hanako")
    expect(page.get_by_role("alert")).to_have_text("Enter a valid email address.")
    page.get_by_label("Forward my email to").fill(gmail)
    press(page, "Save")
    expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()
    page.reload()
    expect(page.get_by_role("switch", name="Enable forwarding")).to_be_checked()
    expect(page.get_by_label("Forward my email to")).to_have_value(gmail)
    expect(page.get_by_role("checkbox", name="Keep a copy of forwarded messages")).to_be_checked()
    sandbox.control("/deliver", {"subject": "Forward this"})

    state = sandbox.state()
    assert "Forward this" in [message["subject"] for message in state["gmail"]["messages"]]
    assert state["outlook"]["inbox"][-1]["subject"] == "Forward this"


def test_an_organisation_can_forbid_forwarding(open_outlook: Open) -> None:
    """Where it is forbidden, saving shows the provider's refusal and forwarding stays off."""
    page, sandbox = open_outlook(FORWARDING, world="organisation-blocks-forwarding")

    turn_forwarding_on(page, sandbox.settings["GMAIL_ADDRESS"])

    expect(page.get_by_role("alert")).to_contain_text("550 5.7.520 Access denied, Your organization does not allow")
    assert sandbox.state()["outlook"]["forwarding_to"] is None


def test_forwarding_can_ask_for_a_code(open_outlook: Open) -> None:
    """Where a code is asked for, only the right one switches forwarding on."""
    page, sandbox = open_outlook(FORWARDING, world="forwarding-asks-code")

    turn_forwarding_on(page, sandbox.settings["GMAIL_ADDRESS"])
    page.get_by_label("Code").fill("wrong")
    press(page, "Verify")
    expect(page.get_by_role("alert")).to_contain_text("That code didn't work.")
    assert sandbox.state()["outlook"]["forwarding_to"] is None
    page.get_by_label("Code").fill(sandbox.control("/secrets")["forwarding_code"])
    press(page, "Verify")
    expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()

    assert sandbox.state()["outlook"]["forwarding_to"] == sandbox.settings["GMAIL_ADDRESS"]
    expect(page.get_by_label("Code")).to_have_count(0)


@pytest.mark.parametrize(
    ("lang", "send", "sent"), [("en", "Send", "Message sent"), ("ja", "送信", "メッセージを送信しました")]
)
def test_a_deep_link_opens_a_filled_in_message(open_outlook: Open, lang: str, send: str, sent: str) -> None:
    """The compose address fills in the message; only Send sends it, and it arrives."""
    link = "/mail/deeplink/compose?to=hanako@outlook.example&subject=Mark%20%E5%8D%B0&body=One%0ATwo"
    page, sandbox = open_outlook(link, lang)

    expect(page.get_by_role("textbox").last).to_have_text("One\nTwo", use_inner_text=True)
    assert sandbox.state()["writes"] == 0
    press(page, send)
    expect(page.get_by_role("status")).to_have_text(sent)

    newest = sandbox.state()["outlook"]["inbox"][-1]
    assert (newest["subject"], newest["body"]) == ("Mark 印", "One\nTwo\n")


def test_the_ribbon_switches_the_language_for_good(open_outlook: Open) -> None:
    """The ribbon says what this world is, and its switch changes this page and the next ones."""
    page, _ = open_outlook(FORWARDING)

    expect(page.get_by_role("note", name="Practice world")).to_be_visible()
    press(page, "日本語", "link")
    expect(page.get_by_role("tab", name="転送と IMAP", exact=True)).to_be_visible()
    page.goto(page.url.partition("?")[0])
    expect(page.get_by_role("switch", name="転送を有効にする", exact=True)).to_be_visible()


def test_a_slow_world_is_slow(open_outlook: Open) -> None:
    """With --slow a page is complete that many seconds later, and complete it is."""
    page, _ = open_outlook("/mail/0/", slow=0.6)

    expect(page.get_by_label("Loading…")).to_be_visible()
    expect(page.get_by_role("option")).to_have_count(8)
    assert page.evaluate("() => performance.getEntriesByType('navigation')[0].responseStart") > 600
