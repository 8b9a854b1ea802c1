"""Runs that cannot end well: one clear message, the right exit code, and nothing left behind or half done."""

from __future__ import annotations

import os
import pty
import re
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, Route

from automation.browser import BrowserProcess, close_tab, list_tabs
from automation.devtools import close_browser
from flows.sandbox import Sandbox
from tests.helpers import PROGRAM, Ending, Hand, checked, program, run, until

APP_PASSWORD = "qwertyuiopasdfgh"  # of the practice world; opens nothing else
UNATTENDED = ("--headless", "--no-watch", "--json", "--yes")
SOON = 6.0  # seconds from a signal to the end, on a busy machine


@pytest.fixture(scope="module")
def world() -> Iterator[Sandbox]:
    """A practice world that no run of this file comes far enough to change."""
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def ready(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A practice world where only Gmail is left to do, and nothing needs a person."""
    with Sandbox(getattr(request, "param", "classic")) as sandbox:
        sandbox.control(
            "/set",
            {
                "outlook.pop_on": True,
                "outlook.reauthenticated": True,
                "outlook.app_passwords": [APP_PASSWORD],
                "outlook.approved_places": ["Google", "this computer"],
            },
        )
        yield sandbox


@pytest.fixture
def theirs(browser_path: Path, tmp_path: Path) -> Iterator[BrowserProcess]:
    """A browser that was there before, with a debugging port."""
    with BrowserProcess(browser_path, tmp_path / "theirs", headless=True, loopback_only=True) as browser:
        yield browser


@pytest.fixture
def silent() -> Iterator[str]:
    """An address that takes connections and never answers."""
    with closing(socket.create_server(("127.0.0.1", 0), backlog=50)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def assert_told(ending: Ending, code: int, outcome: str, cause: str | None) -> None:
    """One message of at most a few lines, the exit code, and the same in the JSON."""
    assert (ending.code, ending.json["outcome"], ending.cause) == (code, outcome, cause), ending.err
    assert 1 <= len(ending.told) <= 10  # three sentences, the evidence, and a program's own last words
    assert ending.json["proof"] is None


@contextmanager
def piped(text: str) -> Iterator[int]:
    """A standard input that holds this text and then ends."""
    reading, writing = os.pipe()
    os.write(writing, text.encode())
    os.close(writing)
    try:
        yield reading
    finally:
        os.close(reading)


# -- before anything starts -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "environment", "code", "word"),
    [
        ((), {}, 5, "OUTLOOK_ADDRESS"),
        ((), {"OUTLOOK_ADDRESS": "hanako@outlook.example"}, 5, "GMAIL_ADDRESS"),
        ((), {"OUTLOOK_ADDRESS": "hanako at outlook"}, 2, "OUTLOOK_ADDRESS"),
        ((), {"GMAIL_URL": "http://mail.example.com"}, 2, "GMAIL_URL"),
        ((), {"OUTLOOK_URL": "outlook.example.com"}, 2, "OUTLOOK_URL"),
        ((), {"POP_PORT": "ninety"}, 2, "POP_PORT"),
        ((), {"AUTOCONFIGURE_LANG": "fr"}, 2, "AUTOCONFIGURE_LANG"),
        ((), {"OUTLOOK_ADDRESS": "hanako@gmail.com"}, 2, "OUTLOOK_ADDRESS"),
        ((), {"GMAIL_ADDRESS": "hanako@hotmail.co.jp"}, 2, "GMAIL_ADDRESS"),
        ((), {"OUTLOOK_ADDRESS": "h@own.example", "GMAIL_ADDRESS": "H@own.example"}, 2, "OUTLOOK_ADDRESS"),
        (("--frob",), {}, 2, "--frob"),
        (("frob",), {}, 2, "frob"),
        (("--world", "today"), {}, 2, "--sandbox"),
        (("--sandbox", "--world", "nowhere"), {}, 2, "nowhere"),
        (("--patience", "soon"), {}, 2, "--patience"),
        (("--attach", "localhost"), {}, 2, "AUTOCONFIGURE_ATTACH"),
        (
            ("--profile", "../../etc"),
            {"OUTLOOK_ADDRESS": "a@b.example", "GMAIL_ADDRESS": "c@d.example"},
            2,
            "--profile",
        ),
    ],
)
def test_wrong_settings_end_at_once(
    arguments: tuple[str, ...], environment: dict[str, str], code: int, word: str, home: Path
) -> None:
    """A missing, malformed or unknown setting is named in one message, before a browser or a world starts."""
    ending = run("--json", *arguments, **environment)

    assert_told(ending, code, {5: "needs-person", 2: "failed"}[code], {5: "person.no-answer", 2: None}[code])
    assert word in ending.told[0] + ending.told[-1]
    assert not home.exists()


def test_no_browser(tmp_path: Path, world: Sandbox) -> None:
    """A browser that is not there, or is none, is named, with how to get one."""
    nothing, no_browser = str(tmp_path / "chrome"), sys.executable
    for path in (nothing, no_browser):
        ending = run(*UNATTENDED, "--browser", path, **world.settings)

        assert_told(ending, 1, "failed", "browser.missing")
        assert path in "\n".join(ending.told)
        assert "--browser" in ending.told[-1]


def test_no_screen(tmp_path: Path, browser_path: Path, world: Sandbox) -> None:
    """Without a screen and without Xvfb the message names both ways out."""
    ending = run(
        "--json",
        "--yes",
        "--browser",
        str(browser_path),
        **world.settings,
        DISPLAY=None,
        WAYLAND_DISPLAY=None,
        PATH=str(tmp_path),
    )

    assert_told(ending, 1, "failed", "browser.no-display")
    assert "Xvfb" in ending.told[-1]
    assert "--headless" in ending.told[-1]


def test_nothing_to_attach_to(silent: str, world: Sandbox) -> None:
    """Where no browser answers, be it refusal or silence, the message names the address within seconds."""
    with socket.create_server(("127.0.0.1", 0)) as gone:
        address = f"http://127.0.0.1:{gone.getsockname()[1]}"
    for where in (address, silent):
        ending = run(*UNATTENDED, "--attach", where, **world.settings)

        assert_told(ending, 1, "failed", "browser.closed")
        assert where in ending.told[0]
        assert ending.seconds < 25


def test_one_profile_is_for_one_run(world: Sandbox) -> None:
    """A second run on the same profile says so and leaves the first one alone."""
    with program(*UNATTENDED, **world.settings) as first:
        first.says("confirm who you are")
        second = run(*UNATTENDED, **world.settings)
        assert first.is_running
        first.signal(signal.SIGTERM)
        checked(first, first.end())

    assert_told(second, 1, "failed", "browser.profile-in-use")


# -- the person -----------------------------------------------------------------------------------------------------


def test_nobody_does_what_only_a_person_may(world: Sandbox) -> None:
    """A hand-over that nobody does ends after the patience, and with --no-input at once; neither changes anything."""
    writes = world.state()["writes"]
    patient = run(*UNATTENDED, "--patience", "2", **world.settings)
    refused = run(*UNATTENDED, "--no-input", **world.settings)

    for ending in (patient, refused):
        assert_told(ending, 5, "needs-person", "person.no-answer")
        assert ending.json["person_actions"] == []
    assert "within 2 seconds" in "\n".join(patient.told)
    assert "--no-input" in "\n".join(refused.told)
    assert world.state()["writes"] == writes


@pytest.mark.parametrize(
    ("number", "everybody", "code"),
    [(signal.SIGINT, True, 130), (signal.SIGINT, False, 130), (signal.SIGTERM, False, 143)],
    ids=["ctrl-c", "sigint", "sigterm"],
)
def test_stopped_in_the_middle_of_a_hand_over(
    number: signal.Signals, everybody: bool, code: int, world: Sandbox
) -> None:
    """Ctrl-C and SIGTERM while the person is asked end the run within seconds, with the browser closed."""
    with program(*UNATTENDED, **world.settings) as running:
        running.says("confirm who you are")
        running.signal(number, everybody=everybody)
        ending = checked(running, running.end())

    assert_told(ending, code, "interrupted", None)
    assert ending.seconds < SOON


@pytest.mark.parametrize("everybody", [True, False], ids=["ctrl-c", "sigint"])
def test_stopped_while_a_page_never_loads(everybody: bool, silent: str, world: Sandbox, theirs: BrowserProcess) -> None:
    """Ctrl-C while a page hangs does not wait for the page."""
    before = {tab.id for tab in list_tabs(theirs.endpoint)}
    with program(
        *UNATTENDED, "--attach", theirs.endpoint, **{**world.settings, "OUTLOOK_URL": silent, "GMAIL_URL": silent}
    ) as running:
        running.says("Opening both mailboxes")
        time.sleep(2)
        running.signal(signal.SIGINT, everybody=everybody)
        ending = checked(running, running.end())

    assert_told(ending, 130, "interrupted", None)
    assert ending.seconds < SOON
    assert {tab.id for tab in list_tabs(theirs.endpoint)} == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_while_things_start(number: signal.Signals) -> None:
    """A signal while the practice world and the browser start ends both again."""
    with program("--sandbox", *UNATTENDED) as running:
        time.sleep(1.5)
        running.signal(number, everybody=True)
        ending = checked(running, running.end())

    assert_told(ending, 128 + number, "interrupted", None)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_before_anything_is_loaded(number: signal.Signals) -> None:
    """A signal while the program itself is still being loaded ends it with the right code and without a word."""
    at_once = f"lambda event, of: event == 'import' and of[0] == 'click' and os.kill(os.getpid(), {number:d})"
    launcher = [sys.executable, "-c", f"import os, sys; sys.addaudithook({at_once}); {PROGRAM[-1]}"]
    with program("--sandbox", *UNATTENDED, launcher=launcher) as running:
        ending = running.end()

    assert (ending.code, ending.out, ending.err) == (128 + number, "", "")


def test_stopped_in_the_middle_of_a_window(ready: Sandbox) -> None:
    """Ctrl-C while Gmail's window is being filled in submits nothing: Gmail has no row of ours afterwards."""
    with piped(APP_PASSWORD) as stdin, program(*UNATTENDED, "--secret-stdin", stdin=stdin, **ready.settings) as running:
        running.says("The mail server accepts the app password")
        running.signal(signal.SIGINT, everybody=True)
        ending = checked(running, running.end())

    assert_told(ending, 130, "interrupted", None)
    assert ready.state()["gmail"]["pop_accounts"] == []
    assert APP_PASSWORD not in ending.out + ending.err


def test_stopped_at_a_question(world: Sandbox) -> None:
    """Ctrl-C at a question of the terminal is answered at once, not after Enter."""
    ours, theirs = pty.openpty()
    with program("--headless", "--no-watch", "--json", stdin=theirs, **world.settings) as running:
        os.close(theirs)
        running.says("Shall I do this?")
        running.signal(signal.SIGINT, everybody=True)
        ending = checked(running, running.end(10))
    os.close(ours)

    assert_told(ending, 130, "interrupted", None)
    assert ending.seconds < SOON


# -- the browser ----------------------------------------------------------------------------------------------------


def test_the_person_closes_the_browser(world: Sandbox, home: Path) -> None:
    """The browser closed in the middle is said in one message; the run does not wait for anything more."""
    with program(*UNATTENDED, **world.settings) as running:
        running.says("confirm who you are")
        log = (home / "profiles" / "default" / "autoconfigure.log").read_text()
        close_browser("http" + log.partition("DevTools listening on ws")[2].partition("/devtools")[0])
        ending = checked(running, running.end())

    assert_told(ending, 1, "failed", "browser.closed")
    assert ending.seconds < 30


def test_the_person_closes_a_tab(world: Sandbox, browser_path: Path, tmp_path: Path) -> None:
    """One of our tabs closed in the middle is said in one message; the browser and its other tabs stay."""
    with BrowserProcess(browser_path, tmp_path / "theirs", headless=True, loopback_only=True) as browser:
        before = {tab.id for tab in list_tabs(browser.endpoint)}
        with program(*UNATTENDED, "--attach", browser.endpoint, **world.settings) as running:
            running.says("confirm who you are")
            ours = next(tab for tab in list_tabs(browser.endpoint) if "outlook" in tab.url)
            close_tab(browser.endpoint, ours.id)
            ending = checked(running, running.end())

        assert_told(ending, 1, "failed", "browser.closed")
        assert browser.is_running
        assert {tab.id for tab in list_tabs(browser.endpoint)} == before


def test_stopping_closes_our_tabs_and_no_others(world: Sandbox, browser_path: Path, tmp_path: Path) -> None:
    """After Ctrl-C an attached browser runs on with just the tabs it had before."""
    with BrowserProcess(browser_path, tmp_path / "theirs", headless=True, loopback_only=True) as browser:
        before = {tab.id for tab in list_tabs(browser.endpoint)}
        with program(*UNATTENDED, "--attach", browser.endpoint, **world.settings) as running:
            running.says("confirm who you are")
            assert {tab.id for tab in list_tabs(browser.endpoint)} > before
            running.signal(signal.SIGINT, everybody=True)
            ending = checked(running, running.end())

        assert_told(ending, 130, "interrupted", None)
        assert {tab.id for tab in list_tabs(browser.endpoint)} == before


def test_killed_and_started_again(world: Sandbox) -> None:
    """After kill -9 neither browser nor virtual screen nor driver is left, and the same profile works at once again."""
    nowhere = {"DISPLAY": None, "WAYLAND_DISPLAY": None}
    with program("--no-watch", "--json", "--yes", **world.settings, **nowhere) as running:
        running.says("confirm who you are")
        assert len(running.strays()) > 3
        running.signal(signal.SIGKILL)
        running.end()
        until(lambda: not running.strays(), 20)
    again = run("--no-watch", "--json", "--yes", "--no-input", **world.settings, **nowhere)

    assert_told(again, 5, "needs-person", "person.no-answer")


# -- the pages and the servers --------------------------------------------------------------------------------------


def test_a_site_that_is_not_there(world: Sandbox) -> None:
    """A page that cannot be reached ends the run with its address, not with a trace."""
    with socket.create_server(("127.0.0.1", 0)) as gone:
        address = f"http://127.0.0.1:{gone.getsockname()[1]}"
    ending = run(*UNATTENDED, **{**world.settings, "OUTLOOK_URL": address})

    assert_told(ending, 1, "failed", "page.not-loaded")
    assert address in ending.told[0]


@pytest.mark.long
def test_a_page_that_never_loads(silent: str, world: Sandbox, theirs: BrowserProcess) -> None:
    """A page that never answers is given up after three quarters of a minute."""
    settings = {**world.settings, "OUTLOOK_URL": silent, "GMAIL_URL": silent}
    ending = run(*UNATTENDED, "--attach", theirs.endpoint, seconds=90, **settings)

    assert_told(ending, 1, "failed", "page.not-loaded")
    assert 40 < ending.seconds < 60


def run_ready(ready: Sandbox, *arguments: str, **environment: str) -> Ending:
    """A run that has an app password and needs nobody."""
    with piped(APP_PASSWORD) as stdin:
        settings = {**ready.settings, **environment}
        ending = run(*UNATTENDED, "--no-input", "--secret-stdin", *arguments, stdin=stdin, seconds=120, **settings)
    assert APP_PASSWORD not in ending.out + ending.err
    return ending


def test_gmail_has_five_accounts_already(ready: Sandbox) -> None:
    """Gmail's limit of five accounts is named as the cause, and the sixth is not typed in."""
    for _number in range(5):
        ready.control("/half-made", {})
    # The five are of one address; this run is about another, whose login cannot be tried from here.
    ready.control("/set", {"outlook.address": "taro@outlook.example"})
    ending = run_ready(ready, OUTLOOK_ADDRESS="taro@outlook.example", MAIL_CONNECT_TO="::127.0.0.1:9")

    assert_told(ending, 1, "failed", "gmail.account-limit")
    assert [f["after"] for f in ending.json["flows"]] == ["done", "unknown"]
    assert len(ready.state()["gmail"]["pop_accounts"]) == 5


@pytest.mark.parametrize("ready", ["basic-auth-retired"], indirect=True)
def test_a_mail_server_that_refuses(ready: Sandbox) -> None:
    """A refused login ends the run with the server's words before anything is typed into Gmail."""
    ending = run_ready(ready, "--route", "pop-import")

    assert_told(ending, 6, "withdrawn", "auth.basic-retired")
    assert ready.state()["gmail"]["pop_accounts"] == []


def test_a_password_that_is_not_right(ready: Sandbox) -> None:
    """A wrong app password is not typed into Gmail; a new one needs the person, who is not there."""
    ready.control("/set", {"outlook.app_passwords": ["zyxwvutsrqponmlk"]})
    ending = run_ready(ready)

    assert_told(ending, 5, "needs-person", "person.no-answer")
    assert "is not accepted any more" in ending.err
    assert ready.state()["gmail"]["pop_accounts"] == []
    assert len([entry for entry in ready.state()["logins"] if not entry[2]]) == 1


def test_a_wrong_confirmation_code(ready: Sandbox, theirs: BrowserProcess, playwright: Playwright) -> None:
    """A code that Gmail does not accept is named as the cause, and the address waits for the right one."""
    address = ready.state()["outlook"]["address"]
    another = {
        "sender": "Gmail Team <gmail-noreply@google.com>",
        "subject": f"Gmail Confirmation - Send Mail as {address}",
        "body": f"You have requested to add {address} to your Gmail account.\nConfirmation code: 123456789\n",
    }

    def mistype(route: Route) -> None:
        data = route.request.post_data or ""
        route.continue_(post_data=re.sub(r"cfvc=\d+", "cfvc=123456789", data) if "cfvc=" in data else None)

    hand = Hand(playwright, theirs.endpoint, ready.practice_password)
    hand.context.route(lambda url: "mail-google" in url, mistype)
    given = [*UNATTENDED, "--no-input", "--secret-stdin", "--attach", theirs.endpoint]
    with piped(APP_PASSWORD) as stdin, program(*given, stdin=stdin, **ready.settings) as running:
        while running.is_running and running.said().count("Gmail's confirmation message") < 2:
            hand.act()
            time.sleep(0.1)
        ready.control("/deliver", another)  # the second code is refused as well
        ending = checked(running, hand.play(running, 120))
    hand.close()

    flows = [(f["name"], f["after"]) for f in ending.json["flows"]]
    assert_told(ending, 1, "failed", "gmail.code-wrong")
    assert "is left over" not in ending.err  # Gmail has the app password already
    assert [entry["verified"] for entry in ready.state()["gmail"]["send_as"]] == [False]
    assert flows[1:] == [("gmail-import", "done"), ("gmail-send-as", "unknown")]
