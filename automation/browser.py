"""The person's own browser, started as an ordinary process with a profile of its own and ended with us."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from automation.browser_places import browser_places, find_browser, is_from_snap
from automation.devtools import Tab, close_browser, close_tab, http_endpoint, list_tabs, open_tab
from automation.errors import AutoconfigureError, BrowserClosed, BrowserMissing
from automation.messages import _
from automation.processes import Process, end, living, tied_to_us, wait_until
from automation.profile import ProfileLock, clear_leftovers, crash_folder, write_preferences
from automation.settings import make_private_folder, open_private

__all__ = [
    "BrowserProcess",
    "Tab",
    "browser_places",
    "close_tab",
    "find_browser",
    "http_endpoint",
    "list_tabs",
    "open_tab",
]

END_SECONDS = 10.0  # for an end of its own, which writes down that somebody is signed in; it takes less than one
START_SECONDS = 15.0  # until the browser answers; a cold start on a slow disk takes about five
_PORT_TRIES = 3
_LISTENING = "DevTools listening on ws://"
_PORT_TAKEN = re.compile(r"Cannot start http server for devtools|DevTools listening on ws://\[::1\]")  # its way out
_NO_SCREEN = re.compile(r"Missing X server|cannot open display|Failed to connect to Wayland|platform failed to init")


class BrowserProcess:
    """A browser that runs while this object is open. Nothing in it hides that a tool is at work.

    ``profile`` is a folder of our own (Chrome 136 and later ignore the debugging port on the default profile). With
    ``loopback_only`` the browser reaches this machine alone, and may then run as root. Start it from a thread that
    outlives it (the main thread): on Linux the system ends the browser when that thread dies, even by ``kill -9``.
    """

    def __init__(
        self,
        program: Path,
        profile: Path,
        *,
        headless: bool = False,
        loopback_only: bool = False,
        lang: str | None = None,
        window: tuple[int, int] = (1360, 940),
        urls: Sequence[str] = ("about:blank",),
    ) -> None:
        self.program = program
        self.profile = profile.absolute()
        self.headless = headless
        self.loopback_only = loopback_only
        self.lang = lang
        self.window = window
        self.urls = urls
        self.endpoint = ""  # http://127.0.0.1:PORT once it is started
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: ProfileLock | None = None

    @property
    def is_running(self) -> bool:
        """Whether the browser still runs; False as well when the person closed its last window."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> BrowserProcess:
        """Start the browser and wait until it answers.

        Raises BrowserMissing: ``browser.profile-in-use``, ``browser.no-display``, ``browser.as-root`` or
        ``browser.missing`` (with the browser's own last words).
        """
        self._refuse_root()
        self._refuse_snap_in_hidden_folder()
        make_private_folder(self.profile)
        self._lock = ProfileLock(self.profile)
        try:
            clear_leftovers(self.profile)
            write_preferences(self.profile, self.lang)
            for tries_left in reversed(range(_PORT_TRIES)):
                if self._answers(_free_port(), last_try=not tries_left):
                    return self
            raise AssertionError("the last try answers or raises")
        except BaseException:
            self.close()
            raise

    def close(self) -> bool:
        """End the browser: by its own closing, else by signals; says whether nothing of it lives any more.

        Needs no Playwright, and may be called twice.
        """
        process, lock = self._process, self._lock
        try:
            if process is None:
                return True
            if process.poll() is None:
                with suppress(BrowserClosed):  # it hears nobody any more once its last window is gone: it is ending
                    close_browser(self.endpoint)
            wait_until(lambda: process.poll() is not None and not living(_all_of(process)), END_SECONDS)
            return self._end(process)
        finally:
            self._process = self._lock = None
            if lock is not None:
                lock.release()

    def __enter__(self) -> BrowserProcess:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _answers(self, port: int, last_try: bool) -> bool:
        """Start on this port; False when another program was quicker to take it."""
        self.endpoint = f"http://127.0.0.1:{port}"
        log = self.profile / "autoconfigure.log"
        with os.fdopen(open_private(log), "wb") as words:
            process = subprocess.Popen(
                tied_to_us([str(self.program), *self._flags(port), *self.urls]),
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=words,
                env=self._environment(),
                start_new_session=True,  # the terminal's Ctrl-C is for us; the browser is closed in order
                umask=-1 if sys.platform == "win32" else 0o077,
            )
        self._process = process
        wait_until(lambda: process.poll() is not None or _has_said(log), START_SECONDS)
        said = log.read_text(errors="replace")
        if f"DevTools listening on ws://127.0.0.1:{port}/" in said and process.poll() is None:
            return True
        self._end(process)
        if _PORT_TAKEN.search(said) and not last_try:
            return False
        raise self._not_started(said)

    def _flags(self, port: int) -> list[str]:
        flags = [
            f"--user-data-dir={self.profile}",
            f"--remote-debugging-port={port}",
            "--no-first-run",
            "--no-default-browser-check",
            "--disk-cache-size=1",  # an app password once shown would otherwise lie in the cache
            f"--window-size={self.window[0]},{self.window[1]}",
        ]
        if self.headless:
            flags.append("--headless=new")
        if self.lang:
            flags.append(f"--lang={self.lang}")
        if self.loopback_only:
            flags += _LOOPBACK_ONLY
        if _is_root():
            flags.append("--no-sandbox")  # Chromium does not start as root without it
        return flags

    def _environment(self) -> dict[str, str]:
        """Chrome on Linux takes the place of its crash reports, and the language of its menus, from here alone."""
        language = {"LANGUAGE": self.lang} if self.lang else {}
        return {**os.environ, **language, "BREAKPAD_DUMP_LOCATION": str(crash_folder(self.profile))}

    def _end(self, process: subprocess.Popen[bytes]) -> bool:
        """End the process and all it started, which is its process group."""
        if sys.platform == "win32" and process.poll() is None:
            process.kill()

        gone = end(_all_of(process))
        with suppress(subprocess.TimeoutExpired):
            process.wait(1)
        return clear_leftovers(self.profile) and gone

    def _refuse_root(self) -> None:
        if _is_root() and not self.loopback_only:
            raise BrowserMissing(
                _("Starting the browser for the live sites."),
                expected=_("an ordinary user"),
                seen=_("the user root, for whom a browser runs without its own protection"),
                todo=_("Run the same command as an ordinary user."),
                code="browser.as-root",
            )

    def _refuse_snap_in_hidden_folder(self) -> None:
        """A browser from the snap store would say nothing at all: not even its log can be written there."""
        if is_from_snap(self.program) and any(part.startswith(".") for part in self.profile.parts):
            raise BrowserMissing(
                _("Starting the browser {path}.").format(path=self.program),
                expected=_("a browser that can use the folder {folder}").format(folder=self.profile),
                seen=_("one from the snap store, which is shown no hidden folders"),
                todo=_(
                    "Install Google Chrome or Microsoft Edge from their makers, or set AUTOCONFIGURE_HOME to a folder that"
                    " is not hidden, such as {folder}."
                ).format(folder=Path.home() / "autoconfigure"),
                code="browser.missing",
            )

    def _not_started(self, said: str) -> AutoconfigureError:
        last_words = [line for line in said.splitlines() if line.strip() and "dbus/" not in line][-5:]
        return BrowserMissing(
            _("Starting the browser {path}.").format(path=self.program),
            expected=_("an answer from it within {seconds} seconds").format(seconds=int(START_SECONDS)),
            seen="\n".join(last_words) or _("nothing"),
            todo=_("Try whether the browser starts by hand, or choose another one with --browser PATH."),
            code="browser.no-display" if _NO_SCREEN.search(said) else "browser.missing",
        )


# What a practice world has no use for: no calls home, no key store of the person's, no address but this machine's.
_LOOPBACK_ONLY = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--password-store=basic",
    "--use-mock-keychain",
    "--test-type",  # no bar that warns of the two flags around this one: here nothing but practice pages is in reach
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.*, EXCLUDE ::1",
]


def _all_of(process: subprocess.Popen[bytes]) -> Callable[[Process], bool]:
    """Whether another process is this one or was started by it: all are one process group."""

    def is_one(other: Process) -> bool:
        process.poll()  # reaps it, so that it does not count as living
        return other.group == process.pid

    return is_one


def _is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


def _free_port() -> int:
    """A port nobody uses right now. Chosen by us, not 0: Google's pages see no difference, and we know it at once."""
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


def _has_said(log: Path) -> bool:
    said = log.read_text(errors="replace")
    return _LISTENING in said or bool(_PORT_TAKEN.search(said))
