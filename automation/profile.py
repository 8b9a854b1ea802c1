"""The browser's profile folder: one run at a time, what an earlier run left behind, and its preferences."""

from __future__ import annotations

import json
import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from automation.errors import BrowserMissing
from automation.messages import _
from automation.processes import end
from automation.settings import open_private, write_private


class ProfileLock:
    """Held while a run uses the profile; the system lets go of it however the run ends."""

    def __init__(self, profile: Path) -> None:
        """Take the lock. Raises BrowserMissing (``browser.profile-in-use``) when another run has it."""
        self._descriptor = open_private(profile / "autoconfigure.lock", os.O_RDWR | os.O_CREAT)
        try:
            take_lock(self._descriptor)
        except OSError:
            os.close(self._descriptor)
            raise BrowserMissing(
                _("Opening the browser's profile {folder}.").format(folder=profile),
                expected=_("a profile that nobody uses right now"),
                seen=_("another run of autoconfigure has it open"),
                todo=_("Wait for the other run to end, or use another profile with --profile NAME."),
                code="browser.profile-in-use",
            ) from None

    def release(self) -> None:
        """Let the next run have the profile."""
        os.close(self._descriptor)


def crash_folder(profile: Path) -> Path:
    """Where the browser is told to leave crash reports: they hold memory, and with it perhaps a secret."""
    return profile / "Crash Reports"


def clear_leftovers(profile: Path) -> bool:
    """End a browser that still uses the profile and remove its traces; says whether none lives any more.

    Call it only while holding the lock: then a living browser is one that a killed run left behind.
    """
    argument = f"--user-data-dir={profile} "
    gone = end(lambda process: argument in f"{process.command} ")
    for name in ("SingletonLock", "SingletonSocket", "SingletonCookie"):
        # made by a browser that was killed, under another host name, they keep Chromium from starting
        (profile / name).unlink(missing_ok=True)
    shutil.rmtree(crash_folder(profile), ignore_errors=True)
    return gone


def write_preferences(profile: Path, lang: str | None) -> None:
    """Set what the tool needs in the profile's preferences: no password saving, no translating, no "restore?" bubble.

    A translated page would have other labels than the provider's own; both may be switched on again by the person
    in any other profile, since this one is the tool's.
    """
    file = profile / "Default" / "Preferences"
    wanted: dict[str, Any] = {
        "credentials_enable_service": False,
        "profile": {"password_manager_enabled": False, "exit_type": "Normal", "exited_cleanly": True},
        "translate": {"enabled": False},
    }
    if lang:
        wanted["intl"] = {"accept_languages": f"{lang},en" if lang != "en" else "en-US,en"}
        wanted["intl"]["selected_languages"] = wanted["intl"]["accept_languages"]
    known: Any = {}
    with suppress(OSError, ValueError):  # a new profile, or one cut short by a crash: the browser starts afresh too
        known = json.loads(file.read_text())
    write_private(file, json.dumps(_merged(known if isinstance(known, dict) else {}, wanted)))


def _merged(known: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    merged = dict(known)
    for name, value in wanted.items():
        below = merged.get(name)
        merged[name] = _merged(below if isinstance(below, dict) else {}, value) if isinstance(value, dict) else value
    return merged


def take_lock(descriptor: int) -> None:
    """Lock an open file for as long as it is open and this process lives. Raises OSError when another process has it."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
