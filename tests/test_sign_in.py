"""Signing in, whole: the program, its browser, and a slow hand on the practice sign-in pages."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from playwright.sync_api import Playwright

from automation.browser import BrowserProcess, list_tabs, open_tab
from automation.messages import speak
from automation.settings import Settings
from automation.stop import Stop
from flows.sandbox import Sandbox
from flows.sign_in_watch import Watch
from flows.sign_in_words import Notice, Wanted, explanations, page, place_of
from tests.helpers import Program, Site, checked, program, run, until
from tests.signing_in import SlowHand

TARO = ("taro@outlook.example", "taro@gmail.example")
QUICK = ("--json", "--no-watch", "--route", "pop-import")


@pytest.fixture
def world(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A world that knows no browser yet."""
    with Sandbox(signed_out=True, lang=getattr(request, "param", None)) as sandbox:
        yield sandbox


@pytest.fixture
def theirs(browser_path: Path, tmp_path: Path) -> Iterator[BrowserProcess]:
    """A browser that was there before, with a debugging port."""
    with BrowserProcess(browser_path, tmp_path / "theirs", headless=True, loopback_only=True, lang="en") as browser:
        yield browser


def ours(world: Sandbox) -> tuple[str, str]:
    """The two addresses the program is told."""
    return world.settings["OUTLOOK_ADDRESS"], world.settings["GMAIL_ADDRESS"]


def endpoint_in(home: Path) -> str:
    """The address of the browser that the program started itself."""
    log = home / "profiles" / "default" / "autoconfigure.log"
    said = until(lambda: log.is_file() and "listening on ws" in (text := log.read_text()) and text)
    return "http" + str(said).partition("DevTools listening on ws")[2].partition("/devtools")[0]


def is_attached(running: Program) -> bool:
    """Whether the program has started what it steers a browser with."""
    family = psutil.Process(running.pid).children(recursive=True)
    return any("run-driver" in " ".join(process.cmdline()) for process in family)


@pytest.mark.parametrize("world", ["ja"], indirect=True)
def test_the_first_run_and_the_next(world: Sandbox, playwright: Playwright, home: Path) -> None:
    """In a window: two tabs and a page of ours, nothing attached before both mailboxes show; the next run goes straight on."""
    with program(*QUICK, "--lang", "ja", **world.settings) as running:
        running.says("サインインしてください")
        endpoint = endpoint_in(home)
        until(lambda: len(list_tabs(endpoint)) == 3)
        hosts = [urlsplit(tab.url).hostname for tab in list_tabs(endpoint)]
        hand = SlowHand(playwright, endpoint, world, ours(world))
        ours_page = next(page for page in hand.context.pages if page.url.startswith("file:"))
        told = ours_page.locator("body").inner_text()
        hand.act_until(running, "Outlook.com：メールが表示されています", "login-live")
        assert not is_attached(running)
        until(lambda: ours_page.locator("li.done").count() == 1)
        first = checked(running, hand.play(running))

    again = run(*QUICK, "--lang", "ja", **world.settings)

    assert sorted(map(str, hosts)) == ["None", "accounts-google.localhost", "login-live.localhost"]
    assert all(
        words in told
        for words in (*ours(world), "サインインの状態を維持しますか", "本人確認", "ログインできませんでした")
    )
    assert hand.typed.count("passwd") == hand.typed.count("Passwd") == 1
    assert (first.code, first.json["person_actions"], "plan" in first.err) == (5, ["sign-in"], True), first.err
    assert (again.code, again.json["person_actions"]) == (5, []), again.err
    assert "☞" not in again.err


def test_attached_and_typed_once(world: Sandbox, playwright: Playwright, theirs: BrowserProcess) -> None:
    """In a browser of theirs the sign-in is asked for first, once; nothing is typed twice, and their tabs stay."""
    open_tab(
        theirs.endpoint, world.settings["GMAIL_URL"] + "/mail/u/0/"
    )  # signed out as well, and none of our business
    before = {tab.id for tab in list_tabs(theirs.endpoint)}
    with program(*QUICK, "--attach", theirs.endpoint, **world.settings) as running:
        running.says("Please sign in to Outlook.com and to Gmail")
        new = [tab.url for tab in list_tabs(theirs.endpoint) if tab.id not in before]
        hand = SlowHand(playwright, theirs.endpoint, world, ours(world))
        ending = checked(running, hand.play(running))
        hand.close()

    assert len(new) == 3
    assert ending.json["person_actions"] == ["sign-in"], ending.err
    assert ending.err.count("☞") == 1
    assert {name: hand.typed.count(name) for name in hand.typed if name != "identifier"} == dict.fromkeys(
        ("loginfmt", "passwd", "otc", "Passwd", "totpPin"), 1
    )
    assert {tab.id for tab in list_tabs(theirs.endpoint)} == before


def test_the_wrong_accounts(world: Sandbox, playwright: Playwright, theirs: BrowserProcess) -> None:
    """Who signed in as somebody else is led to the right accounts, and the run goes on with those and touches no others."""
    right = ours(world)
    world.control("/set", {"microsoft_accounts": [TARO[0], right[0]], "google_accounts": [TARO[1], right[1]]})
    with program(*QUICK, "--attach", theirs.endpoint, **world.settings) as running:
        hand = SlowHand(playwright, theirs.endpoint, world, TARO)
        hand.act_until(running, "The browser is signed in to the Gmail of taro@gmail.example")
        hand.gmail = right[1]
        next(page for page in hand.context.pages if page.url.startswith("file:")).locator(".notice a").click()
        hand.act_until(running, "signed in to the Outlook.com mailbox of taro@outlook.example")
        hand.outlook = right[0]
        ending = checked(running, hand.play(running))
        hand.close()

    state = world.state()
    assert (ending.code, ending.json["person_actions"]) == (5, ["sign-in", "sign-in"]), ending.err
    assert "A question is open (plan)" in ending.err
    assert [other["address"] for other in state["other_outlooks"] + state["other_gmails"]] == list(TARO)
    assert state["writes"] == 0


def test_the_right_one_of_three(world: Sandbox, theirs: BrowserProcess) -> None:
    """Of three Google accounts that are signed in the right one is found by its number, with nothing attached."""
    world.control("/set", {"signed_in": True, "google_accounts": [TARO[1], "mika@gmail.example", ours(world)[1]]})
    settings = Settings(
        outlook_address=ours(world)[0],
        gmail_address=ours(world)[1],
        outlook_url=world.settings["OUTLOOK_URL"],
        gmail_url=world.settings["GMAIL_URL"],
    )
    watch = Watch(theirs.endpoint, settings, Stop())
    watch.open()

    assert until(lambda: watch.look() or watch.is_right())
    assert watch.google_account == 2
    open_tab(theirs.endpoint, "about:blank")  # the browser ends with its last tab
    watch.close()
    until(lambda: [tab.url for tab in list_tabs(theirs.endpoint)] == ["about:blank"])


def test_killed_while_signing_in(world: Sandbox, theirs: BrowserProcess) -> None:
    """A run that is killed while the person signs in leaves tabs that the next one closes, sign-in pages too."""
    before = {tab.id for tab in list_tabs(theirs.endpoint)}
    with program(*QUICK, "--attach", theirs.endpoint, **world.settings) as running:
        running.says("Please sign in")
        running.signal(signal.SIGKILL)
        running.end()
    assert len(list_tabs(theirs.endpoint)) == len(before) + 3
    again = run(*QUICK, "--no-input", "--attach", theirs.endpoint, **world.settings)

    assert again.code == 5
    assert "Tabs that an interrupted run had left open, now closed: 3." in " ".join(again.err.split())
    assert {tab.id for tab in list_tabs(theirs.endpoint)} == before


def test_nobody_adds_the_right_account(world: Sandbox, playwright: Playwright, theirs: BrowserProcess) -> None:
    """Where nobody adds the right account, the end names the cause, and with --no-input at once."""
    world.control("/set", {"signed_in": True, "google_accounts": [TARO[1]]})
    given = [*QUICK, "--attach", theirs.endpoint]
    patient = run(*given, "--patience", "2", **world.settings)
    refused = run(*given, "--no-input", **world.settings)

    assert [(end.code, end.cause) for end in (patient, refused)] == [
        (5, "signin.wrong-account"),
        (1, "signin.wrong-account"),
    ], (patient.err, refused.err)
    assert TARO[1] in refused.err


def test_google_refuses_the_browser(world: Sandbox, playwright: Playwright, theirs: BrowserProcess) -> None:
    """“Couldn't sign you in” ends the run with its cause and what else can be tried; Ctrl-C before closes our tabs."""
    world.control("/set", {"google_refuses_browser": True})
    before = {tab.id for tab in list_tabs(theirs.endpoint)}
    with program(*QUICK, "--attach", theirs.endpoint, **world.settings) as running:
        running.says("Please sign in")
        running.signal(signal.SIGINT)
        stopped = checked(running, running.end())
    assert stopped.code == 130
    until(
        lambda: {tab.id for tab in list_tabs(theirs.endpoint)} == before
    )  # a browser says that a tab is closing, then closes it

    with program(*QUICK, "--attach", theirs.endpoint, **world.settings) as running:
        hand = SlowHand(playwright, theirs.endpoint, world, ours(world))
        ending = checked(running, hand.play(running))
        hand.close()
    assert (ending.code, ending.cause) == (1, "signin.browser-refused"), ending.err
    assert "--browser" in ending.told[-1]
    assert {tab.id for tab in list_tabs(theirs.endpoint)} == before


def test_nobody_to_sign_in(world: Sandbox) -> None:
    """With --no-input a plan leaves unseen what it cannot see without a sign-in."""
    plan = run("plan", *QUICK, "--headless", "--no-input", **world.settings)

    assert (plan.code, plan.json["outcome"]) == (0, "unknown"), plan.err
    assert {flow["now"] for flow in plan.json["flows"]} == {"unknown"}


@pytest.mark.parametrize(("title", "asks"), [("Hello", False), ("Sign in to your account", True)])
def test_only_a_sign_in_is_waited_for(title: str, asks: bool, theirs: BrowserProcess) -> None:
    """In a browser of theirs a page that is neither mailbox nor sign-in keeps nobody waiting."""
    site = Site()
    site.pages["/mail/0/"] = f"<script>location = '{site.url}/there'</script>"
    site.pages["/there"] = f"<title>{title}</title>"
    site.pages["/mail/u/0/"] = "no title at all"
    settings = Settings(outlook_address=TARO[0], gmail_address=TARO[1], outlook_url=site.other_url, gmail_url=site.url)
    watch = Watch(theirs.endpoint, settings, Stop(), theirs=True)
    watch.open()

    assert until(lambda: watch.look() or (watch.is_right(), watch.somebody_is_wanted()) != (None, False))
    assert (watch.is_right(), watch.somebody_is_wanted()) == ((None, True) if asks else (True, False))
    watch.close()
    site.close()


@pytest.mark.parametrize(
    ("url", "title", "name"),
    [
        ("https://accounts.google.com/v3/signin/accountchooser?continue=x", "Gmail", "choose"),
        ("https://accounts.google.com/AccountChooser/signinchooser", "Gmail", "choose"),
        ("https://login.live.com/oauth20_authorize.srf", "アカウントを選択する", "choose"),
        ("https://accounts.google.com/v3/signin/challenge/dp", "Gmail", "verify"),
        ("https://accounts.google.com/signin/v2/challenge/totp", "Gmail", "verify"),
        ("https://account.live.com/identity/confirm?mkt=ja", "Microsoft", "verify"),
        ("https://login.live.com/ppsecure/post.srf", "ご本人であることを確認します", "verify"),
        ("https://login.live.com/ppsecure/post.srf", "Stay signed in?", "stay"),
        ("https://login.live.com/ppsecure/post.srf", "サインインの状態を維持しますか?", "stay"),
        ("https://accounts.google.com/v3/signin/rejected?rrk=47", "Sign in - Google Accounts", "refused"),
        ("https://accounts.google.com/x", "このブラウザまたはアプリは安全でない可能性があります", "refused"),
        ("https://accounts.google.com/v3/signin/challenge/pwd", "Sign in - Google Accounts", None),
        ("https://accounts.google.com/v3/signin/identifier?continue=/signin/challenge/totp", "ログイン", None),
        ("https://login.live.com/ppsecure/post.srf", "Sign in to your Microsoft account", None),
    ],
)
def test_pages_on_the_way(url: str, title: str, name: str | None) -> None:
    """Each page that may come in between is known by its address or title in both languages, and has its words in both."""
    assert place_of(url, title) == name
    for language in ("en", "ja"):
        speak(language)
        assert name is None or explanations()[name]


def test_our_page_is_only_text() -> None:
    """An address with signs of its own cannot write anything into our page."""
    text = page([Wanted("Gmail", "<b>@x.example", False)], Notice("<i>", "https://x.example/?a=\"'<", "<u>"))

    assert not re.search(r"<[biu]>|\"'<", text)
