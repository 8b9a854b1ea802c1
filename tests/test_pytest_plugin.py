"""The pytest plugin: recordings as tests, from another project's folder, each in a practice world of its own."""

from __future__ import annotations

import importlib
import json
import os
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from playwright._impl._driver import compute_driver_executable

from automation.recording.flow_file import Placeholder, Recording, Step, Want
from tests.helpers import Site, until

ROOT = Path(__file__).parents[1]
OWN_TEST = """
import sys
def test_own():
    loaded = [name for name in sys.modules if name.startswith(("automation", "flows", "playwright"))]
    assert sorted(loaded) == ["automation", "automation.pytest_plugin"]
"""


def pytest_in(
    folder: Path, *arguments: str, plugins: tuple[str, ...] = (), **more: str
) -> subprocess.CompletedProcess[str]:
    """pytest as another project runs it, with our plugin among its own."""
    command = [sys.executable, "-m", "pytest", "-W", "error", "--strict-markers", "-p", "no:cacheprovider"]
    for plugin in ("automation.pytest_plugin", *plugins):
        command += ["-p", plugin]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT), **more}
    environment.pop("PYTEST_ADDOPTS", None)
    return subprocess.run(
        [*command, *arguments], cwd=folder, capture_output=True, text=True, timeout=240, env=environment, check=False
    )


def small(name: str, url: str, *clicked: str) -> Recording:
    """A recording that opens a page and clicks buttons."""
    clicks = [Step(f"{n}-click", "click", want=Want("button", (text,))) for n, text in enumerate(clicked, 2)]
    return Recording(name, {"when": "2026-11-23", "by": "a test"}, steps=[Step("1-open", "open", url=url), *clicks])


def practised(name: str, lang: str, switch: str) -> Recording:
    """A recording made in the practice world: forwarding is switched on, and not saved."""
    one = small(name, "${OUTLOOK_URL}/mail/0/options/mail/forwarding")
    one.world = {"name": "today", "lang": lang, "pane": "switch"}
    one.placeholders = {"OUTLOOK_URL": Placeholder("site")}
    one.steps.append(Step("2-switch", "switch", want=Want("switch", (switch,)), value=True, expect=({"state": True},)))
    return one


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Another project, with a test of its own and nothing of ours."""
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "test_own.py").write_text(OWN_TEST)
    return tmp_path / "other"


def test_without_the_option_nothing_happens(project: Path) -> None:
    """A project that does not ask for recordings notices nothing of us, not even by what is imported."""
    done = pytest_in(project)
    assert (done.returncode, "1 passed" in done.stdout) == (0, True), done.stdout


def test_recordings_of_another_project(project: Path) -> None:
    """Each recording is a test called by its name; a changed page is told in words, and real sites wait for --live."""
    site = Site()
    site.pages["/"] = "<!doctype html><button>Save changes</button><button>Next</button>"
    small("kept", site.url + "/", "Next").save(project / "recordings" / "kept")
    small("renamed", site.url + "/", "Next", "Save").save(project / "recordings" / "deep" / "renamed")
    step = {"type": "navigate", "url": "https://bank.example/"}
    (project / "recordings" / "bank.json").write_text(json.dumps({"title": "bank", "steps": [step]}))
    (project / "recordings" / "kept" / "devtools.json").write_text(json.dumps({"title": "bank", "steps": [step]}))
    (project / "recordings" / "package.json").write_text('{"name": "not a recording"}')
    done = pytest_in(project, "--recordings", "recordings", "-v", "-rs")
    site.close()

    assert "1 failed, 1 passed, 1 skipped" in done.stdout, done.stdout
    for words in (
        "recordings/kept/flow.json::kept PASSED",
        "recordings/deep/renamed/flow.json::renamed FAILED",
        "bank.example: replayed with --live only",
        "The page is not as in the recording “renamed”, at step 3-click (after 2 that went well).",
        "wanted: button “Save”",
        "there:  button “Save changes”",
        "- Save\n          + Save changes",
        "record it anew",
    ):
        assert words in done.stdout, done.stdout
    assert "Traceback" not in done.stdout
    assert "pytest_plugin.py" not in done.stdout


def test_worlds_of_their_own_in_parallel(project: Path) -> None:
    """Recordings of the practice world run beside each other, each in the world and language it was made in."""
    practised("english", "en", "Enable forwarding").save(project / "recordings" / "english")
    practised("japanese", "ja", "転送を有効にする").save(project / "recordings" / "japanese")
    done = pytest_in(project, "--recordings", "recordings", "-n", "2", plugins=("xdist",))
    assert "2 passed" in done.stdout, done.stdout


def test_sites_of_this_machine_in_parallel(project: Path) -> None:
    """Recordings of this machine's own sites run beside each other too, each worker in a browser of its own."""
    site = Site()
    site.pages["/"] = "<!doctype html><button>Next</button>"
    for name in ("one", "two"):
        small(name, site.url + "/", "Next").save(project / "recordings" / name)
    done = pytest_in(project, "--recordings", "recordings", "-n", "2", plugins=("xdist",))
    site.close()
    assert "2 passed" in done.stdout, done.stdout


@contextmanager
def served(browser_path: Path, folder: Path) -> Iterator[str]:
    """Playwright's own browser server; gives its address."""
    config = folder / "server.json"
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    config.write_text(json.dumps({"executablePath": str(browser_path), "args": arguments, "headless": True}))
    command = [*compute_driver_executable(), "launch-server", "--browser", "chromium", "--config", str(config)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


def test_a_browser_elsewhere(project: Path, browser_path: Path, tmp_path: Path) -> None:
    """A Playwright server's browser reaches the practice world of this machine; a server that is not there is named."""
    practised("english", "en", "Enable forwarding").save(project / "recordings" / "english")
    with served(browser_path, tmp_path) as address:
        done = pytest_in(project, "--recordings", "recordings", "--connect", address)
    assert "1 passed" in done.stdout, done.stdout
    gone = pytest_in(project, "--recordings", "recordings", "--connect", "ws://127.0.0.1:9/")
    assert "ws://127.0.0.1:9/" in gone.stdout
    assert "1 failed" in gone.stdout


@contextmanager
def open_browser(browser_path: Path, folder: Path, site: Site) -> Iterator[str]:
    """Somebody's own browser, in which mail.example is this site; gives its DevTools address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [str(browser_path), "--headless=new", "--no-first-run", f"--user-data-dir={folder / 'profile'}"]
    command += ["--no-sandbox"] if os.geteuid() == 0 else []
    command += [
        f"--remote-debugging-port={port}",
        f"--host-resolver-rules=MAP mail.example {urlsplit(site.url).netloc}",
    ]
    with subprocess.Popen([*command, "about:blank"], stderr=subprocess.DEVNULL) as browser:
        try:
            until(lambda: tabs_of(f"http://127.0.0.1:{port}"))
            yield f"http://127.0.0.1:{port}"
        finally:
            browser.terminate()


def tabs_of(endpoint: str) -> list[str]:
    """The addresses of the tabs that a browser shows."""
    with suppress(OSError), urlopen(endpoint + "/json/list") as answer:
        return [tab["url"] for tab in json.load(answer) if tab["type"] == "page"]
    return []


def test_live_in_the_browser_that_is_open(project: Path, browser_path: Path, tmp_path: Path) -> None:
    """--live replays what was made on a real site in the maintainer's own browser, and leaves only their tab there."""
    site = Site()
    site.pages["/"] = "<!doctype html><button onclick=\"fetch('/pressed')\">Next</button>"
    small("live", "http://mail.example/", "Next").save(project / "recordings" / "live")
    with open_browser(browser_path, tmp_path, site) as endpoint:
        done = pytest_in(project, "--recordings", "recordings", "--live", AUTOCONFIGURE_ATTACH=endpoint)
        left = tabs_of(endpoint)
    site.close()

    assert "1 passed" in done.stdout, done.stdout
    assert ("/pressed" in site.asked, left) == (True, ["about:blank"])


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--recordings", "recordings", "--live", "-n", "2"), "leave -n out"),
        (
            ("--recordings", "recordings", "--live", "--connect", "ws://127.0.0.1:9/"),
            "never goes to a browser elsewhere",
        ),
        (("--live",), "--live needs --recordings"),
        (("--recordings", "nowhere"), "there is no folder nowhere"),
    ],
)
def test_wrong_options(project: Path, arguments: tuple[str, ...], word: str) -> None:
    """What would bring a mailbox into several or strange browsers is refused."""
    (project / "recordings").mkdir()
    done = pytest_in(project, *arguments, plugins=("xdist",))
    assert (done.returncode, word in done.stderr) == (4, True), done.stderr


def test_the_plugin_is_announced() -> None:
    """An installed autoconfigure brings the plugin under its own module's name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    announced = project["entry-points"]["pytest11"]
    assert announced == {"automation.pytest_plugin": "automation.pytest_plugin"}
    assert importlib.import_module("automation.pytest_plugin").pytest_configure
