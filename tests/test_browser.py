"""The browser as a process of its own: found, started, watched, ended, and never left behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import psutil
import pytest
from playwright.sync_api import Error, Playwright

import automation.browser
from automation.browser import BrowserProcess, close_tab, find_browser, http_endpoint, list_tabs, open_tab
from automation.browser_places import browser_places, first_installed
from automation.errors import BrowserClosed, BrowserMissing
from automation.profile import write_preferences

RUNNER = """
import sys, time
from pathlib import Path
from automation.browser import BrowserProcess
with BrowserProcess(Path(sys.argv[1]), Path(sys.argv[2]), headless=True, loopback_only=True) as browser:
    print(browser.endpoint, flush=True)
    time.sleep(60)
"""
DRIVER = """
import sys, time
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    browser = playwright.chromium.connect_over_cdp(sys.argv[1])
    print(len(browser.contexts), flush=True)
    time.sleep(60)
"""


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """A profile folder not yet made."""
    return tmp_path / "profile"


@pytest.fixture
def start(browser_path: Path, profile: Path) -> Iterator[Callable[..., BrowserProcess]]:
    """Starts headless browsers for loopback on the profile, and closes them afterwards."""
    started = []

    def starter(**wishes: object) -> BrowserProcess:
        browser = BrowserProcess(browser_path, profile, **{"headless": True, "loopback_only": True, **wishes})  # type: ignore[arg-type] # the wishes are its own
        started.append(browser)
        return browser.start()

    yield starter
    for browser in started:
        browser.close()


@pytest.fixture
def site() -> Iterator[str]:
    """A site on loopback that answers with the languages asked for."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/plain")
            self.end_headers()
            self.wfile.write(self.headers["Accept-Language"].encode())

        def log_message(self, *_arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://site.localhost:{server.server_port}/"
        server.shutdown()


def living_on(profile: Path) -> list[psutil.Process]:
    """The living processes that have the profile on their command line, ourselves and our tests left out."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        arguments = process.info["cmdline"] or []
        if process.info["status"] != psutil.STATUS_ZOMBIE and f"--user-data-dir={profile}" in arguments:
            found.append(process)
    return found


def lives(process: psutil.Process) -> bool:
    """Whether the process still runs; where nobody reaps the dead, they stay for a while as zombies."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def answers(endpoint: str) -> bool:
    """Whether anything listens at the endpoint."""
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", int(endpoint.rpartition(":")[2]))) == 0


def eventually(condition: Callable[[], bool], seconds: float = 10) -> bool:
    """Whether the condition came true in time."""
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


@pytest.mark.parametrize(
    ("system", "environment", "home", "expected"),
    [
        ("linux", {}, "/home/k", ["/opt/google/chrome/chrome", "/opt/microsoft/msedge/msedge"]),
        (
            "linux",
            {},
            "/home/k",
            ["/snap/bin/chromium", "/home/k/.cache/ms-playwright/chromium-*/chrome-linux*/chrome"],
        ),
        ("linux", {"XDG_CACHE_HOME": "/c"}, "/home/k", ["/c/ms-playwright/chromium-*/chrome-linux*/chrome"]),
        ("linux", {"PLAYWRIGHT_BROWSERS_PATH": "/p"}, "/home/k", ["/p/chromium-*/chrome-linux*/chrome"]),
        (
            "darwin",
            {},
            "/Users/k",
            [
                "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
                "/Users/k/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
                "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
                "/Applications/Chromium.app/Contents/MacOS/Chromium",
                "/Users/k/Library/Caches/ms-playwright/chromium-*/chrome-mac*/Chromium.app/Contents/MacOS/Chromium",
            ],
        ),
        (
            "win32",
            {"PROGRAMFILES": r"C:\P", "PROGRAMFILES(X86)": r"C:\P86", "LOCALAPPDATA": r"C:\L"},
            r"C:\Users\k",
            [
                r"C:\P\Google\Chrome\Application\chrome.exe",
                r"C:\P86\Google\Chrome\Application\chrome.exe",
                r"C:\L\Google\Chrome\Application\chrome.exe",
                r"C:\P86\Microsoft\Edge\Application\msedge.exe",
                r"C:\L\Chromium\Application\chrome.exe",
                r"C:\L\ms-playwright\chromium-*\chrome-win*\chrome.exe",
            ],
        ),
        ("win32", {}, r"C:\Users\k", [r"C:\Users\k\ms-playwright\chromium-*\chrome-win*\chrome.exe"]),
    ],
)
def test_places(system: str, environment: dict[str, str], home: str, expected: list[str]) -> None:
    """Each system's conventional places are looked at, Chrome before Edge before Chromium before Playwright's."""
    places = browser_places(system, environment, home)

    assert expected == [place for place in places if place in expected]


def test_newest_of_a_pattern(tmp_path: Path) -> None:
    """Of several Chromiums of Playwright the one with the highest number is taken, one that cannot start never."""
    for number, mode in ((999, 0o755), (1200, 0o755), (1300, 0o644)):
        program = tmp_path / f"chromium-{number}" / "chrome-linux64" / "chrome"
        program.parent.mkdir(parents=True)
        program.touch(mode)

    found = first_installed(["/nowhere/chrome", f"{tmp_path}/chromium-*/chrome-linux*/chrome"])

    assert tmp_path / "chromium-1200" / "chrome-linux64" / "chrome" == found
    assert first_installed(["/nowhere/chrome"]) is None


def test_chrome_on_the_path_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the person has on the PATH is found, Chrome before Chromium."""
    for command in ("chromium", "google-chrome"):
        (tmp_path / command).touch(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert tmp_path / "google-chrome" == find_browser()


def test_browser_asked_for(tmp_path: Path) -> None:
    """--browser PATH is taken as it is, and one that is not there is named together with what to do."""
    (tmp_path / "mine").touch(0o755)

    assert tmp_path / "mine" == find_browser(str(tmp_path / "mine"))
    with pytest.raises(BrowserMissing, match="Install Google Chrome, Microsoft Edge or Chromium") as caught:
        find_browser(str(tmp_path / "other"))
    assert caught.value.code == "browser.missing"
    assert str(tmp_path / "other") in caught.value.expected


@pytest.mark.parametrize(
    ("attach", "endpoint"),
    [
        ("http://127.0.0.1:9222", "http://127.0.0.1:9222"),
        ("http://localhost:9222/", "http://localhost:9222"),
        ("ws://127.0.0.1:9222/devtools/browser/0-0", "http://127.0.0.1:9222"),
        ("wss://[::1]:9222/devtools/browser/0-0", "https://[::1]:9222"),
    ],
)
def test_http_endpoint(attach: str, endpoint: str) -> None:
    """Both kinds of DevTools address lead to the one that lists tabs."""
    assert endpoint == http_endpoint(attach)


@pytest.mark.parametrize("headless", [True, False])
def test_start_attach_close(
    start: Callable[..., BrowserProcess], playwright: Playwright, profile: Path, site: str, headless: bool
) -> None:
    """A started browser can be attached to and used, and after closing neither process nor port is left."""
    browser = start(headless=headless)
    group = psutil.Process(living_on(profile)[0].pid)
    family = [group, *group.children(recursive=True)]
    attached = playwright.chromium.connect_over_cdp(browser.endpoint)
    attached.contexts[0].pages[0].goto(site)
    attached.close()

    assert browser.is_running
    assert site in [tab.url for tab in list_tabs(browser.endpoint)]
    assert browser.close()
    assert not browser.is_running
    assert [process for process in family if lives(process)] == []
    assert not answers(browser.endpoint)
    assert browser.close()


def test_tabs_without_driver(start: Callable[..., BrowserProcess], profile: Path, site: str) -> None:
    """With Playwright's driver dead, tabs are still listed and closed, and the browser still ends in order."""
    browser = start()
    driver = subprocess.Popen([sys.executable, "-c", DRIVER, browser.endpoint], stdout=subprocess.PIPE)
    assert driver.stdout is not None
    assert driver.stdout.readline() == b"1\n"
    tab = open_tab(browser.endpoint, site + "?a=1&b=%E3%81%82")
    for process in [*psutil.Process(driver.pid).children(recursive=True), psutil.Process(driver.pid)]:
        process.kill()
    driver.communicate()

    assert eventually(lambda: site + "?a=1&b=%E3%81%82" in [tab.url for tab in list_tabs(browser.endpoint)])
    close_tab(browser.endpoint, tab.id)
    close_tab(browser.endpoint, tab.id)
    assert eventually(lambda: tab.id not in [tab.id for tab in list_tabs(browser.endpoint)])
    assert browser.close()
    assert living_on(profile) == []
    assert json.loads((profile / "Default" / "Preferences").read_text())["profile"]["exit_type"] == "Normal"


def test_killed_run(start: Callable[..., BrowserProcess], browser_path: Path, profile: Path) -> None:
    """After kill -9 of a run the next start has the profile, and nothing of the killed run is left."""
    runner = subprocess.Popen(
        [sys.executable, "-c", RUNNER, str(browser_path), str(profile)], stdout=subprocess.PIPE, text=True
    )
    assert runner.stdout is not None
    old = runner.stdout.readline().strip()
    left_behind = living_on(profile)
    runner.kill()
    runner.communicate()

    browser = start()

    assert left_behind
    assert [process for process in left_behind if lives(process)] == []
    assert old == browser.endpoint or not answers(old)
    assert len({os.getpgid(process.pid) for process in living_on(profile)}) == 1
    assert list_tabs(browser.endpoint)


def test_stray_browser(start: Callable[..., BrowserProcess], browser_path: Path, profile: Path) -> None:
    """A browser on our profile that outlived its run is ended by the next start, others are left alone."""
    flags = ["--headless=new", "--no-sandbox", "--remote-debugging-port=0"]
    strays = [
        subprocess.Popen([browser_path, *flags, f"--user-data-dir={folder}"], stderr=subprocess.DEVNULL)
        for folder in (profile, f"{profile}-2")
    ]
    assert eventually(lambda: (profile / "SingletonLock").is_symlink())
    assert eventually(lambda: Path(f"{profile}-2", "SingletonLock").is_symlink())

    browser = start()

    assert strays[0].wait(5) is not None
    assert strays[1].poll() is None
    strays[1].kill()
    strays[1].wait()
    assert list_tabs(browser.endpoint)


def test_two_runs_one_profile(start: Callable[..., BrowserProcess]) -> None:
    """A second run on one profile says so and leaves the first alone; after the first it may."""
    first = start()

    with pytest.raises(BrowserMissing, match="another run of autoconfigure has it open") as caught:
        start()

    assert caught.value.code == "browser.profile-in-use"
    assert list_tabs(first.endpoint)
    first.close()
    assert list_tabs(start().endpoint)


def test_modes(start: Callable[..., BrowserProcess], profile: Path) -> None:
    """Whatever the umask, nothing in the profile can be read by other people of this machine."""
    before = os.umask(0)
    try:
        start().close()
    finally:
        os.umask(before)

    paths = [profile, *profile.rglob("*")]
    assert len(paths) > 10
    assert [path for path in paths if not path.is_symlink() and path.stat().st_mode & 0o077] == []


def test_nothing_outside_the_profile(start: Callable[..., BrowserProcess], tmp_path: Path) -> None:
    """Crash reports, which may hold a secret, have no place outside the profile, and there do not outlive the run."""
    browser = start()

    assert (browser.profile / "Crash Reports").is_dir()
    browser.close()
    assert [path for path in tmp_path.rglob("*Crash*") if path.is_dir()] == []


def test_frozen_browser(start: Callable[..., BrowserProcess], profile: Path) -> None:
    """A browser that hears nothing any more is ended all the same."""
    browser = start()
    frozen = living_on(profile)[0]
    frozen.send_signal(signal.SIGSTOP)

    assert browser.close()
    assert living_on(profile) == []


def test_an_end_of_its_own(tmp_path: Path, profile: Path) -> None:
    """A browser that is ending already hears nobody and is still writing down who is signed in: it gets the time."""
    ending = tmp_path / "ending"
    ending.write_text(
        """#!/bin/sh
        for word; do case "$word" in --remote-debugging-port=*) port=${word#*=};; esac; done
        echo "DevTools listening on ws://127.0.0.1:$port/devtools/browser/1" >&2
        sleep 1
        echo written >&2
        """
    )
    ending.chmod(0o755)
    browser = BrowserProcess(ending, profile, headless=True, loopback_only=True).start()

    assert browser.close()
    assert "written" in (profile / "autoconfigure.log").read_text()


def test_window_closed(start: Callable[..., BrowserProcess], profile: Path) -> None:
    """A browser that the person closed is seen as not running, and speaking with it is a BrowserClosed."""
    browser = start()
    living_on(profile)[0].terminate()

    assert eventually(lambda: not browser.is_running)
    with pytest.raises(BrowserClosed, match="Leave the browser window open"):
        list_tabs(browser.endpoint)
    assert browser.close()


def test_own_session(start: Callable[..., BrowserProcess], profile: Path) -> None:
    """The terminal's Ctrl-C goes to us alone: the browser is in a session of its own."""
    start()

    assert os.getsid(0) != os.getsid(living_on(profile)[0].pid)


def test_root_and_live_sites(browser_path: Path, profile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root does not get a browser for the live sites, and is told to be an ordinary user."""
    monkeypatch.setattr(automation.browser, "_is_root", lambda: True)

    with pytest.raises(BrowserMissing, match="as an ordinary user") as caught:
        BrowserProcess(browser_path, profile).start()

    assert caught.value.code == "browser.as-root"
    assert not profile.exists()


def test_flags(browser_path: Path, profile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For the live sites an ordinary user's browser keeps its protection and its network."""
    monkeypatch.setattr(automation.browser, "_is_root", lambda: False)

    flags = BrowserProcess(browser_path, profile)._flags(9222)

    assert {"--no-first-run", "--no-default-browser-check", "--disk-cache-size=1"} <= set(flags)
    assert [flag for flag in flags if "sandbox" in flag or "resolver" in flag or "automation" in flag.lower()] == []


@pytest.mark.parametrize("kind", ["path", "link", "script"])
def test_snap(kind: str, tmp_path: Path, profile: Path) -> None:
    """A browser from the snap store, however it is reached, is not tried with a hidden folder; the way out is named."""
    program = Path("/snap/bin/chromium")
    if kind == "link":
        program = tmp_path / "chromium"
        program.symlink_to("/usr/bin/snap")
    elif kind == "script":
        program = tmp_path / "chromium-browser"
        program.write_text('#!/bin/sh\nexec /snap/bin/chromium "$@"\n')

    with pytest.raises(BrowserMissing, match="set AUTOCONFIGURE_HOME to a folder that is not hidden") as caught:
        BrowserProcess(program, profile.parent / ".local" / "profile", loopback_only=True).start()

    assert caught.value.code == "browser.missing"
    assert not (profile.parent / ".local").exists()


def test_no_start(start: Callable[..., BrowserProcess], tmp_path: Path, profile: Path) -> None:
    """A browser that does not start is reported with its own last words, and the profile is free again."""
    program = tmp_path / "broken"
    program.write_text("#!/bin/sh\necho lib.so: cannot open shared object >&2\nexit 127\n")
    program.chmod(0o755)

    with pytest.raises(BrowserMissing, match=r"lib\.so: cannot open shared object") as caught:
        BrowserProcess(program, profile, loopback_only=True).start()

    assert caught.value.code == "browser.missing"
    assert list_tabs(start().endpoint)


def test_no_screen(start: Callable[..., BrowserProcess], monkeypatch: pytest.MonkeyPatch) -> None:
    """A headed browser without a screen ends as browser.no-display, with the browser's own words."""
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)

    with pytest.raises(BrowserMissing) as caught:
        start(headless=False)

    assert caught.value.code == "browser.no-display"
    assert "display" in caught.value.seen.lower()


def test_port_taken(start: Callable[..., BrowserProcess], monkeypatch: pytest.MonkeyPatch) -> None:
    """When another program takes the chosen port first, the browser starts on another one."""
    free_port = automation.browser._free_port
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        ports = iter([taken])
        monkeypatch.setattr(automation.browser, "_free_port", lambda: next(ports, None) or free_port())

        browser = start()

        assert f"http://127.0.0.1:{taken}" != browser.endpoint
        assert list_tabs(browser.endpoint)


def test_only_this_machine(start: Callable[..., BrowserProcess], playwright: Playwright) -> None:
    """A browser for the practice world reaches no address but this machine's."""
    attached = playwright.chromium.connect_over_cdp(start().endpoint)
    page = attached.contexts[0].pages[0]

    for address in ("http://192.0.2.1/", "http://mail.example/"):
        with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
            page.goto(address)
    attached.close()


@pytest.mark.parametrize(("lang", "asked"), [("ja", "ja,en;q=0.9"), ("en", "en-US,en;q=0.9")])
def test_language(
    start: Callable[..., BrowserProcess], playwright: Playwright, site: str, lang: str, asked: str
) -> None:
    """The pages are asked for in the language wanted."""
    attached = playwright.chromium.connect_over_cdp(start(lang=lang).endpoint)
    page = attached.contexts[0].pages[0]
    page.goto(site)

    assert asked == page.locator("body").inner_text()
    attached.close()


def test_preferences(start: Callable[..., BrowserProcess], profile: Path) -> None:
    """Passwords are not offered for saving and pages not translated; what else the profile holds is kept."""
    file = profile / "Default" / "Preferences"
    file.parent.mkdir(parents=True)
    file.write_text('{"profile": {"name": "Hanako"}, "translate": 3}')

    start().close()

    kept = json.loads(file.read_text())
    assert kept["credentials_enable_service"] is False
    assert kept["profile"]["password_manager_enabled"] is False
    assert kept["translate"]["enabled"] is False
    assert kept["profile"]["name"] == "Hanako"


def test_broken_preferences(profile: Path) -> None:
    """Preferences cut short by a crash are begun anew."""
    file = profile / "Default" / "Preferences"
    file.parent.mkdir(parents=True)
    file.write_text('{"profile": {"na')

    write_preferences(profile, None)

    assert json.loads(file.read_text())["credentials_enable_service"] is False
