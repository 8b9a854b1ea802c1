"""The practice Microsoft account in a real browser: app passwords, two-step verification, activity."""

from __future__ import annotations

import poplib
import re
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from automation.settings import read_settings
from flows.sandbox import Sandbox

OPTIONS = "/proofs/manage/additional"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A classic world."""
    with Sandbox() as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a browser that speaks English."""
    context = browser.new_context(locale="en")
    yield context.new_page()
    context.close()


def live(sandbox: Sandbox, path: str) -> str:
    return sandbox.settings["ACCOUNT_LIVE_URL"] + path


def press(page: Page, name: str, role: Any = "link") -> None:
    page.get_by_role(role, name=name, exact=True).click()


def pop_answers(sandbox: Sandbox, password: str) -> str:
    """What the POP server says to this password, from here."""
    settings = read_settings({}, sandbox.settings, Path("no-such-folder"))

    class Dialled(poplib.POP3):
        def _create_socket(self, timeout: float) -> socket.socket:  # poplib knows no other way to dial elsewhere
            raw = socket.create_connection(settings.dial(settings.pop_host, settings.pop_port), 10)
            trust = ssl.create_default_context(cafile=settings.tls_ca_file)
            return trust.wrap_socket(raw, server_hostname=settings.pop_host)

    client = Dialled(settings.pop_host)
    try:
        client.user(sandbox.settings["OUTLOOK_ADDRESS"])
        return client.pass_(password).decode()
    except poplib.error_proto as error:
        return str(error)
    finally:
        client.close()


@pytest.mark.parametrize(
    ("lang", "create", "another", "done"),
    [
        ("en", "Create a new app password", "Create another app password", "Done"),
        ("ja", "新しいアプリ パスワードの作成", "別のアプリ パスワードを作成", "完了"),
    ],
)
def test_an_app_password_is_shown_once(
    page: Page, sandbox: Sandbox, lang: str, create: str, another: str, done: str
) -> None:
    """The link makes sixteen lower-case letters, another link makes others, and going back shows none."""
    page.goto(live(sandbox, f"{OPTIONS}?mkt={lang}"))
    assert sandbox.state()["outlook"]["app_passwords"] == 0

    press(page, create)
    first = page.locator("dd").inner_text()
    press(page, another)
    expect(page.locator("dd")).not_to_have_text(first)
    second = page.locator("dd").inner_text()
    press(page, done)

    assert all(re.fullmatch("[a-z]{16}", made) for made in (first, second))
    assert sandbox.control("/secrets")["app_passwords"] == [first, second]
    assert first not in page.content()


def test_removing_takes_all_app_passwords(page: Page, sandbox: Sandbox) -> None:
    """The page removes all app passwords or none, after asking."""
    sandbox.control("/set", {"outlook.app_passwords": ["a" * 16, "b" * 16]})
    page.goto(live(sandbox, OPTIONS))

    press(page, "Remove existing app passwords")
    press(page, "Cancel")
    assert sandbox.state()["outlook"]["app_passwords"] == 2
    press(page, "Remove existing app passwords")
    press(page, "Remove", "button")
    expect(page.get_by_role("status")).to_be_visible()

    assert sandbox.state()["outlook"]["app_passwords"] == 0


@pytest.mark.parametrize(
    ("lang", "turn_on", "next_step", "finish", "create"),
    [
        ("en", "Turn on two-step verification", "Next", "Finish", "Create a new app password"),
        ("ja", "2 段階認証をセットアップして有効化", "次へ", "完了", "新しいアプリ パスワードの作成"),
    ],
)
def test_app_passwords_need_two_step_verification(
    page: Page, sandbox: Sandbox, lang: str, turn_on: str, next_step: str, finish: str, create: str
) -> None:
    """While two-step verification is off there is no app password to be had; setting it up brings the section."""
    sandbox.control("/set", {"outlook.two_step_on": False})
    page.goto(live(sandbox, f"/proofs/AppPassword?mkt={lang}"))
    page.goto(live(sandbox, f"{OPTIONS}?mkt={lang}"))

    expect(page.get_by_role("link", name=create)).to_have_count(0)
    assert sandbox.state()["outlook"]["app_passwords"] == 0
    press(page, turn_on)
    press(page, next_step, "button")
    press(page, finish, "button")
    expect(page.get_by_role("link", name=create, exact=True)).to_be_visible()

    assert sandbox.state()["outlook"]["two_step_on"] is True


@pytest.mark.parametrize(
    ("lang", "was_me", "opened"),
    [("en", "This was me", "+OK"), ("ja", "自分の操作です", "+OK"), ("en", "This wasn't me", "-ERR")],
)
def test_only_the_persons_word_lets_a_place_in(
    page: Page, sandbox: Sandbox, lang: str, was_me: str, opened: str
) -> None:
    """The buttons stand under Unusual activity, inside the opened row, and decide over the next login from there."""
    sandbox.control("/set", {"outlook.pop_on": True, "outlook.app_passwords": ["a" * 16]})
    assert "via a web browser" in pop_answers(sandbox, "a" * 16)
    page.goto(live(sandbox, f"/Activity?mkt={lang}"))
    unusual = page.get_by_role("region", name="通常とは異なる活動" if lang == "ja" else "Unusual activity", exact=True)
    button = unusual.get_by_role("button", name=was_me, exact=True)

    expect(unusual.get_by_role("button")).to_have_count(1)
    unusual.get_by_role("button").click()
    expect(unusual).to_contain_text("POP3")
    button.click()
    expect(page.get_by_role("status")).to_be_visible()
    expect(unusual).to_have_count(0)

    assert pop_answers(sandbox, "a" * 16).startswith((opened, f"b'{opened}"))


def test_usual_activity_asks_nothing(page: Page, sandbox: Sandbox) -> None:
    """Without anything unusual the group is not there, and an opened row offers no answer."""
    page.goto(live(sandbox, "/activity"))

    page.get_by_role("region", name="Recent activity").get_by_role("button").first.click()

    expect(page.get_by_role("link", name="Look unfamiliar? Secure your account").first).to_be_visible()
    expect(page.get_by_text("This was me")).to_have_count(0)
    expect(page.get_by_text("Unusual activity")).to_have_count(0)


def test_the_account_leads_to_its_pages(page: Page, sandbox: Sandbox) -> None:
    """From the account's first page a person finds the security options and the activity."""
    for lead, role, path in [
        ("Manage how I sign in", "button", OPTIONS),
        ("View my sign-in activity", "link", "/Activity"),
    ]:
        page.goto(sandbox.settings["MICROSOFT_ACCOUNT_URL"] + "/")
        page.get_by_role("navigation").get_by_role("link", name="Security", exact=True).click()
        press(page, lead, role)
        expect(page).to_have_url(re.compile(re.escape(live(sandbox, path))))

    assert sandbox.state()["writes"] == 0


def test_signing_in_again_leads_to_our_own_pages_only(page: Page, sandbox: Sandbox) -> None:
    """A way back to a foreign site is not taken."""
    page.goto(live(sandbox, "/login.srf?wreply=http://elsewhere.example/mail/"))

    page.locator("input[type=password]").fill(sandbox.practice_password)
    press(page, "Sign in", "button")

    expect(page).to_have_url(sandbox.settings["MICROSOFT_ACCOUNT_URL"] + "/security")
    assert sandbox.state()["outlook"]["reauthenticated"] is True
