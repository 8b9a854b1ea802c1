"""A screen to show the browser on: the person's own, or a virtual one (Xvfb) where there is none."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType

from automation.errors import BrowserMissing
from automation.messages import _
from automation.processes import tied_to_us, wait_until

SIZE = "1600x1000x24"
SECONDS = 10.0  # for Xvfb to come up
_NUMBERS = range(90, 190)  # as xvfb-run does, far from the screens people sit at


def has_display(environment: Mapping[str, str], system: str = sys.platform) -> bool:
    """Whether windows can be shown here; only on Linux can a screen be missing."""
    return system != "linux" or bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


class Display:
    """A virtual screen of our own while it is open; programs started meanwhile find it by ``DISPLAY``."""

    def __init__(self, program: str) -> None:
        for number in _NUMBERS:
            self.name = f":{number}"
            self._process = _start(program, self.name)
            wait_until(lambda: self._is_up() or self._process.poll() is not None, SECONDS)
            if self._is_up():
                os.environ["DISPLAY"] = self.name
                return
            self.close()
        raise _no_display(_("Xvfb did not start"))

    def close(self) -> None:
        """End the virtual screen and everything shown on it."""
        if os.environ.get("DISPLAY") == self.name:
            del os.environ["DISPLAY"]
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(5)

    def _is_up(self) -> bool:
        """Whether the screen answers and is ours: its lock holds our process (another one may have the number)."""
        number = self.name[1:]
        try:
            holder = Path(f"/tmp/.X{number}-lock").read_text()
            with socket.socket(socket.AF_UNIX) as line:
                line.connect(f"/tmp/.X11-unix/X{number}")
        except OSError:
            return False
        return holder.strip() == str(self._process.pid)

    def __enter__(self) -> Display:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def ensure_display(say: Callable[[str], None]) -> Display | None:
    """Start a virtual screen when there is none, and say so; None when the person's own screen is there.

    Call it from a thread that outlives the screen (the main thread): the screen ends with its starter.
    Raises BrowserMissing (``browser.no-display``) when there is neither a screen nor Xvfb.
    """
    if has_display(os.environ):
        return None
    program = shutil.which("Xvfb")
    if program is None:
        raise _no_display(_("neither DISPLAY nor WAYLAND_DISPLAY is set, and Xvfb is not installed"))
    display = Display(program)
    say(_("There is no screen here: the browser runs on a virtual one (Xvfb, {name}).").format(name=display.name))
    return display


def _start(program: str, name: str) -> subprocess.Popen[bytes]:
    """Start Xvfb under a number of our choice: with ``-displayfd`` it takes no lock, and two would share one."""
    return subprocess.Popen(
        tied_to_us([program, name, "-screen", "0", SIZE, "-nolisten", "tcp", "-noreset"]),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # the terminal's Ctrl-C is for us, not for the screen
    )


def _no_display(seen: str) -> BrowserMissing:
    return BrowserMissing(
        _("Looking for a screen to show the browser on."),
        expected=_("a screen, or the program Xvfb for a virtual one"),
        seen=seen,
        todo=_("Run it in a desktop session, install Xvfb (on Debian: apt-get install xvfb), or add --headless."),
        code="browser.no-display",
    )
