"""The program as people start it, and what a test wants to know of it: its words, its ending, what it leaves behind."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache, wraps
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

import psutil
from jsonschema import Draft202012Validator
from playwright.sync_api import Error, Page, Playwright
from referencing import Registry, Resource
from rich.console import Console

import automation
from automation.browser import BrowserProcess
from automation.person import Person
from automation.session import Session
from automation.settings import Options, Settings
from automation.stop import Stop
from automation.tab import Tab
from automation.tabs import Tabs

T = TypeVar("T")
MARK = "AUTOCONFIGURE_TEST_MARK"
PROGRAM = [
    sys.executable,
    "-c",
    "import sys; sys.argv[0] = 'autoconfigure'; from automation.__main__ import main; main()",
]
SCHEMAS = Path(automation.__file__).parent / "schemas"


def until(look: Callable[[], T | None], seconds: float = 15.0) -> T:
    """What ``look`` finds, as soon as it finds something."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, "nothing came in time"
        time.sleep(0.05)
    return found


@dataclass(frozen=True)
class Ending:
    """How a program ended: its exit code, both outputs, and the seconds from the last wish to the end."""

    code: int
    out: str
    err: str
    seconds: float

    @property
    def json(self) -> dict[str, Any]:
        """The one JSON object on standard output."""
        lines = self.out.splitlines()
        assert len(lines) == 1, f"not one line of JSON: {self.out!r}\n{self.err}"
        answer: dict[str, Any] = json.loads(lines[0])
        return answer

    @property
    def cause(self) -> str | None:
        """The code of the deciding cause."""
        return self.json["cause"] and str(self.json["cause"]["code"])

    @property
    def told(self) -> list[str]:
        """The lines of the one error message: from its sign to the end of what was said."""
        assert self.err.count("✗ ") == 1, self.err
        return self.err.partition("✗ ")[2].strip().splitlines()


class Program:
    """A running ``autoconfigure`` in a session of its own, as a terminal gives it one.

    Everything it starts carries a mark in its environment, so that ``strays`` finds it wherever it hides.
    """

    def __init__(
        self,
        *arguments: str,
        stdin: int = subprocess.DEVNULL,
        launcher: Sequence[str] = PROGRAM,
        **environment: str | None,
    ) -> None:
        self.mark = uuid.uuid4().hex
        known = {**os.environ, **environment, MARK: self.mark}
        self._out, self._err = tempfile.TemporaryFile(), tempfile.NamedTemporaryFile()  # noqa: SIM115 - close() does it
        self._process = subprocess.Popen(
            [*launcher, *arguments],
            stdin=stdin,
            stdout=self._out,
            stderr=self._err,
            env={name: value for name, value in known.items() if value is not None},
            start_new_session=True,
        )
        self._asked = time.monotonic()

    @property
    def pid(self) -> int:
        """The number of its process."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.poll() is None

    def said(self) -> str:
        """What it has told the person so far."""
        return Path(self._err.name).read_text(encoding="utf-8")

    def printed(self) -> str:
        """What it has printed on standard output so far."""
        return os.pread(self._out.fileno(), 1_000_000, 0).decode()

    def says(self, words: str, seconds: float = 60.0) -> None:
        """Wait until it has said these words."""
        until(lambda: words in self.said() or not self.is_running, seconds)
        assert words in self.said(), self.said()

    def signal(self, number: signal.Signals, *, everybody: bool = False) -> None:
        """Send it a signal; with ``everybody`` to its whole process group, as a terminal's Ctrl-C does."""
        self._asked = time.monotonic()
        (os.killpg if everybody else os.kill)(self._process.pid, number)

    def end(self, seconds: float = 60.0) -> Ending:
        """Wait for its end."""
        try:
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"not ended within {seconds:g} s; it said:\n{self.said()}") from None
        took = time.monotonic() - self._asked
        self._out.seek(0)
        return Ending(code, self._out.read().decode(), self.said(), took)

    def strays(self) -> list[str]:
        """The command lines of everything it started that still lives two seconds after its end."""
        deadline = time.monotonic() + 2
        while (left := [*_marked(self.mark)]) and time.monotonic() < deadline:
            time.sleep(0.1)
        return left

    def close(self) -> None:
        """Leave nothing of it behind."""
        if self.is_running:
            self._process.kill()
            self._process.wait()
        for process in psutil.process_iter():
            if _has_mark(process, self.mark):
                with suppress(psutil.Error):
                    process.kill()
        self._out.close()
        self._err.close()


@contextmanager
def program(*arguments: str, **environment: Any) -> Iterator[Program]:
    """A running program, gone at the end whatever happens."""
    running = Program(*arguments, **environment)
    try:
        yield running
    finally:
        running.close()


def run(*arguments: str, seconds: float = 60.0, **environment: Any) -> Ending:
    """Run the program to its end. It must leave no process behind, and say one valid object with ``--json``."""
    with program(*arguments, **environment) as running:
        return checked(running, running.end(seconds))


def checked(running: Program, ending: Ending) -> Ending:
    """The ending, once what holds for every ending was seen to hold."""
    assert running.strays() == []
    assert "Traceback" not in ending.err
    if ending.out.startswith("{") and "proof" in ending.json:
        complain_about(ending.json)
    return ending


def _marked(mark: str) -> Iterator[str]:
    for process in psutil.process_iter():
        if _has_mark(process, mark):
            with suppress(psutil.Error):
                yield " ".join(process.cmdline())[:200]


def _has_mark(process: psutil.Process, mark: str) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE and process.environ().get(MARK) == mark
    except (psutil.Error, OSError):
        return False


@cache
def _schemas() -> Registry[Any]:
    contents = [json.loads(path.read_text(encoding="utf-8")) for path in SCHEMAS.glob("*.json")]
    return Registry().with_resources([(one["$id"], Resource.from_contents(one)) for one in contents])


def complain_about(answer: dict[str, Any], command: str = "run") -> None:
    """Hold a command's JSON against its schema in the package."""
    schema = _schemas().contents(f"{command}.json")
    Draft202012Validator(schema, registry=_schemas(), format_checker=Draft202012Validator.FORMAT_CHECKER).validate(
        answer
    )


class Hand:
    """Somebody else at the same browser: does what only a person may do, whenever a page asks for it."""

    def __init__(self, playwright: Playwright, endpoint: str, password: str) -> None:
        self.wishes = WISHES
        self._password = password
        self._browser = playwright.chromium.connect_over_cdp(endpoint)
        self.context = self._browser.contexts[0]
        self.context.on("dialog", lambda _dialog: None)  # the page's own dialogs are not for us to answer
        self.did: list[str] = []

    def act(self) -> None:
        """One look round all tabs, and at most one thing done."""
        with suppress(Error):  # the page went on while we looked; look again next time
            self.context.cookies([])  # new tabs are heard of only while the browser is spoken with
            for page in self.context.pages:
                if "mail-google" not in page.url and self._one_thing(page):
                    return

    def play(self, running: Program, seconds: float = 240.0) -> Ending:
        """Act until the program has ended."""
        deadline = time.monotonic() + seconds
        while running.is_running:
            assert time.monotonic() < deadline, running.said()
            self.act()
            time.sleep(0.1)
        return running.end()

    def close(self) -> None:
        """Let go of the browser; it stays open."""
        self._browser.close()

    def _one_thing(self, page: Page) -> bool:
        password = page.locator("input[type=password]:visible")
        if password.count():
            password.fill(self._password, timeout=1000)
            password.press("Enter", timeout=1000)
            return self._has_done("password")
        for name, words in self.wishes.items():
            button = page.get_by_role("button", name=words).or_(page.get_by_role("link", name=words))
            # The strip on the page says that it is our turn.
            if button.count() == 1 and button.is_visible() and page.locator("autoconfigure-banner").count():
                button.click(timeout=1000)
                return self._has_done(name)
        row = page.locator("[aria-expanded=false]:visible")
        if "/Activity" in page.url and row.count():
            row.first.click(timeout=1000)
            return True
        return False

    def _has_done(self, name: str) -> bool:
        self.did.append(name)
        return True


# What only the person presses, as docs/providers.md, 2 and 3 name it.
WISHES = {
    "re-authenticate": re.compile(r"^(Sign in|サインイン)$"),
    "app-password": re.compile(r"^(Create a new app password|新しいアプリ パスワードの作成)$"),
    "approve-activity": re.compile(r"^(This was me|自分の操作です)$"),
}


# -- small pages in a real browser ----------------------------------------------------------------------------------

# pytest-playwright keeps the main thread's event loop for itself; the engine under test gets a thread of its own.
_ENGINE = ThreadPoolExecutor(1)


def apart(test: Callable[..., None]) -> Callable[..., None]:
    """Run a test in the thread of the engine, where its tabs live."""

    @wraps(test)
    def in_thread(*arguments: Any, **fixtures: Any) -> None:
        _ENGINE.submit(test, *arguments, **fixtures).result()

    return in_thread


def in_engine(action: Callable[[], T]) -> Future[T]:
    """Begin something in the thread of the engine, while the test plays somebody else in its own."""
    return _ENGINE.submit(action)


class Site:
    """A site on loopback whose pages a test writes (path: HTML); ``asked`` holds the paths asked for."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        self.asked: list[str] = []
        self.late: dict[str, float] = {}  # seconds until the answer
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.partition("?")[0]
                site.asked.append(path)
                time.sleep(site.late.get(path, 0))
                html = site.pages.get(path)
                self.send_response(404 if html is None else 200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write((html or "not here").encode())

            def log_message(self, *_arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://site.localhost:{self._server.server_port}"
        self.other_url = f"http://other.localhost:{self._server.server_port}"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """No more answers."""
        self._server.shutdown()
        self._server.server_close()


@dataclass
class Desk:
    """A browser with the engine attached, a site for small pages, and a session nobody sits at."""

    browser: BrowserProcess
    site: Site
    tabs: Tabs
    session: Session
    words: StringIO

    def show(self, html: str, path: str = "/") -> Tab:
        """A fresh look at a page with this body, in the tab "page"."""
        self.site.pages[path] = f"<!doctype html><meta charset=utf-8><title>page</title><body>{html}"
        tab = self.session.tab("page")
        tab.stale = True
        tab.go(self.site.url + path)
        tab.page.wait_for_load_state()
        return tab


@contextmanager
def open_desk(browser_path: Path, folder: Path) -> Iterator[Desk]:
    """A desk, cleared away at the end."""
    site, words = Site(), StringIO()

    settings = Settings(
        outlook_address="a@outlook.example",
        gmail_address="a@gmail.example",
        gmail_url=site.url,
        autoconfigure_home=str(folder / "home"),
    )
    person = Person(Console(file=words, width=200), no_input=True, watch=False, patience=2.0)

    def sit_down(tabs: Tabs) -> Desk:
        session = Session(settings, Options(), person, tabs, [], folder / "pictures", only_looking=False)
        return Desk(browser, site, tabs, session, words)

    with BrowserProcess(browser_path, folder / "profile", headless=True, loopback_only=True) as browser:
        tabs = _ENGINE.submit(Tabs, browser.endpoint, Stop()).result()
        try:
            yield _ENGINE.submit(sit_down, tabs).result()
        finally:
            _ENGINE.submit(tabs.close).result()
            site.close()
