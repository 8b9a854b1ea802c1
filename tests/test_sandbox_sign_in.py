"""The practice sign-in pages in a real browser: both providers, both languages, and what they let in."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from flows.sandbox import Sandbox

TARO = "taro@gmail.example"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A world that knows no browser yet."""
    with Sandbox(signed_out=True) as running:
        yield running


@pytest.fixture
def context(request: pytest.FixtureRequest, browser: Browser) -> Iterator[BrowserContext]:
    """A browser without a past that speaks English, or the language a test asks for."""
    with browser.new_context(locale=getattr(request, "param", "en")) as opened:
        yield opened


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A page of that browser."""
    return context.new_page()


def shown_code(page: Page) -> str:
    """The code of the second step, as the page tells it for practice."""
    return re.findall(r"\d{6}", page.locator(".note").inner_text())[0]


def give(page: Page, field: str, text: str) -> None:
    """Type into a field by its name and send the form."""
    page.locator(f"input[name={field}]").fill(text)
    page.keyboard.press("Enter")


def sign_in_to_microsoft(page: Page, sandbox: Sandbox, stay: bool) -> None:
    """All steps of Microsoft's sign-in."""
    give(page, "loginfmt", sandbox.settings["OUTLOOK_ADDRESS"])
    give(page, "passwd", sandbox.practice_password)
    page.locator("input[name=otc]").wait_for()
    give(page, "otc", shown_code(page))
    page.locator("#idSIButton9" if stay else "#idBtn_Back").click()


def sign_in_to_google(page: Page, sandbox: Sandbox) -> None:
    """All steps of Google's sign-in that come after the address."""
    give(page, "Passwd", sandbox.practice_password)
    page.locator("input[name=totpPin]").wait_for()
    give(page, "totpPin", shown_code(page))


def expect_title(page: Page, address: str) -> None:
    """The Gmail that shows is the one of this address."""
    expect(page).to_have_title(re.compile(rf" - {re.escape(address)} - Gmail$"))


@pytest.mark.parametrize(
    ("context", "words"),
    [
        ("en", ["Sign in", "Next", "Enter password", "Verify your identity", "Stay signed in?", "Yes", "No"]),
        (
            "ja",
            ["サインイン", "次へ", "パスワードの入力", "本人確認", "サインインの状態を維持しますか?", "はい", "いいえ"],
        ),
    ],
    indirect=["context"],
)
def test_microsoft_sign_in(context: BrowserContext, page: Page, words: list[str], sandbox: Sandbox) -> None:
    """Outlook.com lets in only who gives address, password and code, and then leads to the page that was asked for."""
    start, following, password, verify, stay, yes, no = words
    wanted = sandbox.settings["OUTLOOK_URL"] + "/mail/0/options/mail/forwarding"
    heading, problem = page.get_by_role("heading", level=1), page.get_by_role("alert")
    page.goto(wanted)

    expect(page).to_have_url(re.compile(r"^http://login-live\.localhost:\d+/login\.srf$"))
    expect(heading).to_have_text(start)
    expect(page.locator("#idSIButton9")).to_have_text(following)
    give(page, "loginfmt", "somebody@outlook.example")
    expect(problem).to_be_visible()
    give(page, "loginfmt", sandbox.settings["OUTLOOK_ADDRESS"])
    expect(heading).to_have_text(password)
    give(page, "passwd", "a real password")
    expect(problem).to_be_visible()
    give(page, "passwd", sandbox.practice_password)
    expect(heading).to_have_text(verify)
    give(page, "otc", "not the code")
    expect(problem).to_be_visible()
    give(page, "otc", shown_code(page))
    expect(heading).to_have_text(stay)
    expect(page.locator("#idSIButton9")).to_have_text(yes)
    expect(page.locator("#idBtn_Back")).to_have_text(no)
    page.locator("#idBtn_Back").click()
    expect(page).to_have_url(wanted)
    expect(page.get_by_role("switch").first).to_be_visible()

    account = context.new_page()
    account.goto(sandbox.settings["MICROSOFT_ACCOUNT_URL"] + "/security")
    assert urlsplit(account.url).path == "/security"
    assert sandbox.state()["writes"] == 0


@pytest.mark.parametrize(
    ("context", "words"),
    [
        ("en", ["Sign in", "Welcome", "2-Step Verification", "Sign in - Google Accounts"]),
        ("ja", ["ログイン", "ようこそ", "2 段階認証プロセス", "ログイン - Google アカウント"]),
    ],
    indirect=["context"],
)
def test_google_sign_in(page: Page, words: list[str], sandbox: Sandbox) -> None:
    """Gmail lets in only who gives address, password and code, each at an address of its own, and then shows the mail."""
    start, welcome, two_step, title = words
    heading, problem = page.get_by_role("heading", level=1), page.get_by_role("alert")
    page.goto(sandbox.settings["GMAIL_URL"] + "/mail/u/0/")

    expect(page).to_have_url(re.compile(r"^http://accounts-google\.localhost:\d+/v3/signin/identifier$"))
    expect(page).to_have_title(title)
    expect(heading).to_have_text(start)
    give(page, "identifier", "somebody@gmail.example")
    expect(problem).to_be_visible()
    give(page, "identifier", sandbox.settings["GMAIL_ADDRESS"])
    expect(heading).to_have_text(welcome)
    give(page, "Passwd", "a real password")
    expect(problem).to_be_visible()
    assert urlsplit(page.url).path == "/v3/signin/challenge/pwd"
    give(page, "Passwd", sandbox.practice_password)
    expect(heading).to_have_text(two_step)
    assert urlsplit(page.url).path == "/v3/signin/challenge/totp"
    give(page, "totpPin", "000000" if shown_code(page) != "000000" else "111111")
    expect(problem).to_be_visible()
    give(page, "totpPin", shown_code(page))
    expect_title(page, sandbox.settings["GMAIL_ADDRESS"])
    assert sandbox.state()["writes"] == 0


@pytest.mark.parametrize("stay", [True, False])
def test_stay_signed_in(stay: bool, context: BrowserContext, page: Page, sandbox: Sandbox) -> None:
    """With "Yes" the browser keeps the session beyond its window, with "No" it does not; Google's is always kept."""
    page.goto(sandbox.settings["OUTLOOK_URL"] + "/mail/0/")
    sign_in_to_microsoft(page, sandbox, stay)
    page.wait_for_url(sandbox.settings["OUTLOOK_URL"] + "/mail/0/")
    page.goto(sandbox.settings["GMAIL_URL"] + "/mail/u/0/")
    give(page, "identifier", sandbox.settings["GMAIL_ADDRESS"])
    sign_in_to_google(page, sandbox)
    expect_title(page, sandbox.settings["GMAIL_ADDRESS"])

    kept = {cookie["domain"]: cookie["expires"] > 0 for cookie in context.cookies() if "session" in cookie["name"]}
    assert kept == {
        "login-live.localhost": stay,
        "outlook.localhost": stay,
        "accounts-google.localhost": True,
        "mail-google.localhost": True,
    }


@pytest.mark.parametrize(
    ("context", "words"),
    [
        ("en", ("Choose an account", "Signed out", "Use another account")),
        ("ja", ("アカウントの選択", "ログアウトしました", "別のアカウントを使用")),
    ],
    indirect=["context"],
)
def test_the_account_chooser(page: Page, words: tuple[str, str, str], sandbox: Sandbox) -> None:
    """Where there are several Google accounts one is chosen first, and only that one's Gmail opens."""
    ours = sandbox.settings["GMAIL_ADDRESS"]
    sandbox.control("/set", {"google_accounts": [ours, TARO]})
    page.goto(sandbox.settings["GMAIL_URL"] + "/mail/u/0/")

    expect(page.get_by_role("heading", level=1)).to_have_text(words[0])
    assert urlsplit(page.url).path == "/v3/signin/accountchooser"
    expect(page.get_by_role("button")).to_have_text([f"{ours} {words[1]}", f"{TARO} {words[1]}", words[2]])
    page.get_by_role("button", name=words[2]).click()
    expect(page.locator("input[name=identifier]")).to_be_visible()
    page.goto(sandbox.settings["GMAIL_URL"] + "/mail/u/0/")
    page.get_by_role("button", name=TARO).click()
    sign_in_to_google(page, sandbox)
    expect_title(page, TARO)
    page.goto(sandbox.settings["GMAIL_URL"] + "/mail/u/1/")
    expect(page).to_have_url(re.compile(r"/mail/u/0/"))


@pytest.mark.parametrize(
    ("context", "words"),
    [
        ("en", ("Couldn't sign you in", "This browser or app may not be secure")),
        ("ja", ("ログインできませんでした", "このブラウザまたはアプリは安全でない可能性があります")),
    ],
    indirect=["context"],
)
def test_google_refuses_the_browser(page: Page, words: tuple[str, str], sandbox: Sandbox) -> None:
    """A browser that Google takes for a program's gets no password field, as often as it tries."""
    sandbox.control("/set", {"google_refuses_browser": True})
    page.goto(sandbox.settings["GMAIL_URL"] + "/mail/u/0/")
    for _attempt in range(2):
        give(page, "identifier", sandbox.settings["GMAIL_ADDRESS"])
        expect(page.get_by_role("heading", level=1)).to_have_text(words[0])
        expect(page.get_by_text(words[1])).to_be_visible()
        assert urlsplit(page.url).path == "/v3/signin/rejected"
        assert page.locator("input").count() == 0
        page.get_by_role("button").click()


@pytest.mark.parametrize("site", ["OUTLOOK_URL", "GMAIL_URL"])
def test_a_session_that_ends(site: str, page: Page, sandbox: Sandbox) -> None:
    """A page whose session ends while it is open leads to the sign-in at its next question to the server."""
    sandbox.control("/set", {"signed_in": True})
    path = {"OUTLOOK_URL": "/mail/0/", "GMAIL_URL": "/mail/u/0/"}[site]
    page.goto(sandbox.settings[site] + path)
    page.get_by_role("main").or_(page.get_by_role("listbox")).first.wait_for()
    sandbox.control("/set", {"signed_in": False})
    if site == "OUTLOOK_URL":  # Gmail looks again by itself every few seconds
        page.get_by_role("button", name="Settings").click()

    expect(page).to_have_url(re.compile(r"login-live|accounts-google"), timeout=15_000)


def test_several_accounts_signed_in(page: Page) -> None:
    """Each signed-in Google account has its own number and mailbox, and what is done in one is not done in another."""
    with Sandbox() as sandbox:
        ours = sandbox.settings["GMAIL_ADDRESS"]
        sandbox.control("/set", {"google_accounts": [TARO, "mika@gmail.example", ours]})
        for number, address in enumerate([TARO, "mika@gmail.example", ours]):
            page.goto(f"{sandbox.settings['GMAIL_URL']}/mail/u/{number}/#settings/accounts")
            expect_title(page, address)
            expect(page.get_by_text("Add another email address")).to_be_visible()
        page.goto(f"{sandbox.settings['GMAIL_URL']}/mail/u/0/#settings/accounts")
        page.get_by_role("radio", name="Reply from the same address").check()

        expect(page.get_by_role("radio", name="Reply from the same address")).to_be_checked()
        state = sandbox.state()
        assert [(gmail["address"], gmail["reply_from_same"]) for gmail in state["other_gmails"]] == [
            (TARO, True),
            ("mika@gmail.example", False),
        ]
        assert (state["gmail"]["reply_from_same"], state["writes"]) == (False, 0)


def ask(sandbox: Sandbox, site: str, path: str, **headers: str) -> http.client.HTTPResponse:
    """One request without a browser and its cookies."""
    port = urlsplit(sandbox.settings["OUTLOOK_URL"]).port
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers={"Host": f"{site}.localhost:{port}", **headers})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def test_what_shows_without_signing_in(sandbox: Sandbox) -> None:
    """Nothing of either provider's sites shows before the sign-in, neither as a page nor as data."""
    places = [
        ("outlook", "/mail/0/"),
        ("outlook", "/service/mailbox"),
        ("account-microsoft", "/security"),
        ("account-live", "/proofs/AppPassword"),
        ("mail-google", "/mail/u/0/"),
        ("mail-google", "/mail/u/0/x/list"),
        ("myaccount-google", "/apppasswords"),
    ]
    as_page = [ask(sandbox, *place, Accept="text/html").status for place in places]
    as_data = [ask(sandbox, *place, Accept="*/*").status for place in places]

    assert (as_page, as_data) == ([302] * len(places), [401] * len(places))
    assert sandbox.state()["outlook"]["app_passwords"] == 0


def test_a_sign_in_leads_nowhere_else(page: Page, sandbox: Sandbox) -> None:
    """A way back to a stranger's site is not taken, and a made-up ticket lets nobody in."""
    stranger: Any = quote("http://example.com/steal", safe="")
    port = urlsplit(sandbox.settings["OUTLOOK_URL"]).port
    page.goto(f"http://login-live.localhost:{port}/login.srf?wreply={stranger}")
    sign_in_to_microsoft(page, sandbox, stay=False)
    expect(page).to_have_url(sandbox.settings["OUTLOOK_URL"] + "/mail/0/")

    for site in ("outlook", "mail-google"):
        answer = ask(sandbox, site, f"/signed-in?ticket=abc&to={stranger}")
        assert (answer.status, answer.getheader("Location"), answer.getheader("Set-Cookie")) == (303, "/", None)
