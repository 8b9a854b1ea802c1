"""The virtual screen: there when needed, told of, and gone with the run."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from automation.display import ensure_display, has_display
from automation.errors import BrowserMissing

RUNNER = """
import os, time
from automation.display import ensure_display
with ensure_display(lambda said: None):
    print(os.environ["DISPLAY"], flush=True)
    time.sleep(60)
"""


@pytest.fixture
def no_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without a screen."""
    monkeypatch.setenv("DISPLAY", "")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)


@pytest.mark.parametrize(
    ("system", "environment", "there"),
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": ""}, False),
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("darwin", {}, True),
        ("win32", {}, True),
    ],
)
def test_has_display(system: str, environment: dict[str, str], there: bool) -> None:
    """Only on Linux can a screen be missing, and X and Wayland both count."""
    assert there == has_display(environment, system)


def test_screen_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a screen of the person's own nothing is started and nothing is said."""
    monkeypatch.setenv("DISPLAY", ":0")
    said: list[str] = []

    assert ensure_display(said.append) is None
    assert said == []


@pytest.mark.usefixtures("no_screen")
def test_virtual_screen() -> None:
    """Without a screen a virtual one is started, which is said, and it ends with its close."""
    said: list[str] = []
    display = ensure_display(said.append)

    assert display is not None
    assert display.name == os.environ["DISPLAY"]
    assert said == [f"There is no screen here: the browser runs on a virtual one (Xvfb, {display.name})."]
    place = Path(f"/tmp/.X11-unix/X{display.name[1:]}")
    assert place.exists()
    display.close()
    assert not place.exists()
    assert "DISPLAY" not in os.environ


@pytest.mark.usefixtures("no_screen")
def test_two_screens() -> None:
    """Two runs at once have a screen each, and the end of one leaves the other."""
    first = ensure_display(lambda _said: None)
    os.environ["DISPLAY"] = ""
    second = ensure_display(lambda _said: None)

    assert first is not None
    assert second is not None
    assert first.name != second.name
    second.close()
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(f"/tmp/.X11-unix/X{first.name[1:]}")
    first.close()


@pytest.mark.usefixtures("no_screen")
def test_no_xvfb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With neither a screen nor Xvfb the person is told both ways out."""
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(BrowserMissing, match="install Xvfb") as caught:
        ensure_display(lambda _said: None)

    assert caught.value.code == "browser.no-display"


@pytest.mark.usefixtures("no_screen")
def test_screen_dies_with_us() -> None:
    """After kill -9 of a run its virtual screen is gone too."""
    runner = subprocess.Popen([sys.executable, "-c", RUNNER], stdout=subprocess.PIPE, text=True)
    assert runner.stdout is not None
    name = runner.stdout.readline().strip()
    server = psutil.Process(runner.pid).children()[0]
    runner.kill()
    runner.communicate()

    deadline = time.monotonic() + 10
    while server.is_running() and server.status() != psutil.STATUS_ZOMBIE and time.monotonic() < deadline:
        time.sleep(0.05)
    assert name.startswith(":")
    assert not server.is_running() or server.status() == psutil.STATUS_ZOMBIE
