"""What every test stands on: a browser, a screen, a home of its own, and no network but this machine."""

from __future__ import annotations

import errno
import ipaddress
import os
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from automation.browser_places import find_browser
from automation.display import ensure_display
from automation.messages import speak
from automation.settings import Settings

pytest.register_assert_rewrite("tests.killing")  # its assertions tell what they saw, as those of tests do

ROOT = Path(__file__).resolve().parent.parent
OURS = [field.name.upper() for field in fields(Settings)]

for name in (*OURS, "NO_COLOR", "FORCE_COLOR"):
    os.environ.pop(name, None)
os.environ["PYTHONPATH"] = str(ROOT)  # for the programs that tests start
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"  # never the person's own keyring
os.environ["LC_ALL"] = "C.UTF-8"


@pytest.hookimpl(optionalhook=True)  # without pytest-xdist there are no workers
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """What ``-n auto`` means here: one worker more than processors, since tests wait for pages a fifth of the time."""
    return (os.cpu_count() or 1) + 1


# The files that take longest, longest first. Begun last, as xdist begins those with few tests, one of them would keep one
# worker busy while the others have nothing left. Only time hangs on this list.
LONGEST = [
    "test_killed_forwarding",
    "test_killed_fetching",
    "test_killed",
    "test_run_endings",
    "test_sandbox_gmail",
    "test_sign_in",
    "test_worlds",
    "test_canary",
    "test_undo",
    "test_worlds_pop",
    "test_run",
    "test_doctor",
    "test_check",
    "test_session_ends",
    "test_sender",
    "test_proof_mail",
]


def pytest_configure(config: pytest.Config) -> None:
    """Files go to the workers in the order below."""
    if config.pluginmanager.hasplugin("xdist"):
        config.option.loadscopereorder = False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that take longest first."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.stem, len(places)))


def _only_this_machine(event: str, arguments: tuple[Any, ...]) -> None:
    """Answer every attempt to reach another machine as a machine without a network would."""
    if event in ("socket.connect", "socket.sendto") and isinstance(arguments[1], tuple):
        host = str(arguments[1][0])
        if host not in ("localhost", "") and not ipaddress.ip_address(host.partition("%")[0]).is_loopback:
            raise OSError(errno.ENETUNREACH, f"tests reach this machine only, not {host}")


sys.addaudithook(_only_this_machine)


@pytest.fixture(scope="session")
def browser_path() -> Path:
    """The browser installed on this machine."""
    return find_browser()


@pytest.fixture(scope="session", autouse=True)
def screen() -> Iterator[None]:
    """A screen for headed browsers: the person's own, or a virtual one where there is none."""
    with ensure_display(lambda _said: None) or nullcontext():
        yield


@pytest.fixture(scope="session", autouse=True)
def session_home(browser_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A home for what lives longer than one test; asks for the browser first, which may lie in the real home."""
    with pytest.MonkeyPatch.context() as patch:
        _move_home(patch, tmp_path_factory.mktemp("session"))
        yield


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A home and a working folder of the test's own, and English; gives AUTOCONFIGURE_HOME, not yet made."""
    _move_home(monkeypatch, tmp_path)
    monkeypatch.chdir(tmp_path / "work")
    speak("en")
    return tmp_path / "autoconfigure"


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Playwright, for one file of tests: it occupies the thread's event loop, which the next file may want free."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browser(playwright: Playwright, browser_path: Path) -> Iterator[Browser]:
    """A headless browser of Playwright's own starting; as root it needs --no-sandbox."""
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with playwright.chromium.launch(executable_path=browser_path, args=root) as launched:
        yield launched


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page without a past."""
    with browser.new_context() as context:
        yield context.new_page()


def _move_home(patch: pytest.MonkeyPatch, folder: Path) -> None:
    for part in ("home", "work"):
        (folder / part).mkdir()
    patch.setenv("HOME", str(folder / "home"))
    for variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        patch.delenv(variable, raising=False)
    patch.setenv("AUTOCONFIGURE_HOME", str(folder / "autoconfigure"))
