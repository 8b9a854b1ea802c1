"""Where people have Chrome, Edge or Chromium: the conventional places on Linux, macOS and Windows."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from glob import glob
from pathlib import Path

from automation.errors import BrowserMissing
from automation.messages import _

# Names on the PATH, as Google's, Microsoft's and the distributions' packages install them.
COMMANDS = (
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "microsoft-edge-stable",
    "chromium",
    "chromium-browser",
)
_LINUX = (
    "/opt/google/chrome/chrome",
    "/opt/microsoft/msedge/msedge",
    "/usr/lib/chromium/chromium",
    "/usr/lib/chromium-browser/chromium-browser",
    "/snap/bin/chromium",
)
_MAC = (
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "Chromium.app/Contents/MacOS/Chromium",
)
_WINDOWS = (
    r"Google\Chrome\Application\chrome.exe",
    r"Microsoft\Edge\Application\msedge.exe",
    r"Chromium\Application\chrome.exe",
)
_SCRIPT_BYTES = 10_000  # a script that starts something else is smaller, a browser larger
# Playwright's own Chromium, the newest folder last; the folder names changed with Chrome for Testing (2025).
_PLAYWRIGHT = {
    "linux": ("chromium-*/chrome-linux*/chrome",),
    "darwin": (
        "chromium-*/chrome-mac*/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing",
        "chromium-*/chrome-mac*/Chromium.app/Contents/MacOS/Chromium",
    ),
    "win32": (r"chromium-*\chrome-win*\chrome.exe",),
}


def browser_places(system: str, environment: Mapping[str, str], home: str) -> list[str]:
    """The places to look, best first, as paths or glob patterns of that system (``sys.platform``'s names)."""
    if system == "win32":
        roots = [environment.get(name) for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")]
        places = [rf"{root}\{place}" for place in _WINDOWS for root in roots if root]
        cache = rf"{environment.get('LOCALAPPDATA', home)}\ms-playwright"
    elif system == "darwin":
        places = [f"{root}/{place}" for place in _MAC for root in ("/Applications", f"{home}/Applications")]
        cache = f"{home}/Library/Caches/ms-playwright"
    else:
        places = list(_LINUX)
        cache = f"{environment.get('XDG_CACHE_HOME') or f'{home}/.cache'}/ms-playwright"
    cache = environment.get("PLAYWRIGHT_BROWSERS_PATH") or cache
    separator = "\\" if system == "win32" else "/"
    patterns = _PLAYWRIGHT.get(system, _PLAYWRIGHT["linux"])
    return [*places, *(f"{cache}{separator}{pattern}" for pattern in patterns)]


def find_browser(path: str | None = None) -> Path:
    """The browser to use: the one asked for, else the first of Chrome, Edge and Chromium that is installed.

    Raises BrowserMissing, with one sentence on how to get one.
    """
    if path is not None:
        return _asked_for(path)
    for command in COMMANDS:
        if found := shutil.which(command):
            return Path(found)
    if installed := first_installed(browser_places(sys.platform, os.environ, str(Path.home()))):
        return installed
    raise _missing(_("Chrome, Edge or Chromium in its usual place"), _("none of them"))


def is_from_snap(program: Path) -> bool:
    """Whether a program comes from Ubuntu's snap store: such a browser can use no hidden folder of anybody's home.

    Ubuntu's own package of Chromium is a short script that starts the one from the store.
    """
    real = program.resolve()
    if program.parts[1:2] == ("snap",) or real == Path("/usr/bin/snap"):
        return True
    with suppress(OSError):
        return real.stat().st_size < _SCRIPT_BYTES and b"/snap/bin/" in real.read_bytes()
    return False


def first_installed(places: Iterable[str]) -> Path | None:
    """The first of these paths or patterns where there is a program; the newest where a pattern fits several."""
    for place in places:
        for found in sorted(glob(place), key=_number, reverse=True):  # noqa: PTH207 # Path.glob takes no absolute one
            if os.access(found, os.X_OK):
                return Path(found)
    return None


def _asked_for(path: str) -> Path:
    found = shutil.which(str(Path(path).expanduser()))
    if found is None:
        raise _missing(_("a program at {path}").format(path=path), _("nothing there that can be started"))
    return Path(found).absolute()


def _number(place: str) -> tuple[int, ...]:
    """So that chromium-1200 counts as newer than chromium-999."""
    return tuple(int("".join(filter(str.isdigit, part)) or 0) for part in Path(place).parts)


def _missing(expected: str, seen: str) -> BrowserMissing:
    return BrowserMissing(
        _("Looking for a browser."),
        expected=expected,
        seen=seen,
        todo=_("Install Google Chrome, Microsoft Edge or Chromium, or say where it is with --browser PATH."),
        code="browser.missing",
    )
