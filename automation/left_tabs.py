"""Tabs that a killed run left in somebody's browser: noted while a run lasts, closed by the next one."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from automation.devtools import close_tab, http_endpoint, list_tabs
from automation.errors import BrowserClosed
from automation.profile import take_lock
from automation.settings import open_private
from automation.sign_in_pages import is_sign_in

FOLDER = "tabs"
MOST_BYTES = 100_000  # a run opens some ten tabs and windows


class TabNotes:
    """Which tabs of ours are open in a browser that is not ours. The file is locked for as long as the run lives."""

    def __init__(self, home: Path, endpoint: str) -> None:
        self._endpoint = http_endpoint(endpoint)
        self._file = home / FOLDER / f"{os.getpid()}.json"
        self._descriptor = open_private(self._file, os.O_RDWR | os.O_CREAT)
        take_lock(self._descriptor)

    def keep(self, targets: Iterable[str]) -> None:
        """Note the browser's names of our tabs."""
        data = json.dumps({"endpoint": self._endpoint, "targets": list(targets)}).encode()
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        os.ftruncate(self._descriptor, 0)
        os.write(self._descriptor, data)

    def drop(self) -> None:
        """All our tabs are closed. Twice is harmless."""
        if self._descriptor < 0:
            return
        os.close(self._descriptor)
        self._descriptor = -1
        self._file.unlink(missing_ok=True)
        with suppress(OSError):  # another run's note is in it
            self._file.parent.rmdir()


def close_left_tabs(home: Path, sites: Iterable[str]) -> int:
    """Close what killed runs left, where it still shows one of ``sites`` (addresses), a sign-in or nothing; gives how many.

    A tab that has gone elsewhere since is the person's.
    """
    ours = ("about:", *sites)
    closed = 0
    for file in (home / FOLDER).glob("*.json"):
        noted = _noted_by_the_dead(file)
        if noted is None:
            continue
        with suppress(BrowserClosed):  # that browser is gone, and its tabs with it
            for tab in list_tabs(noted.endpoint) if noted.targets else ():
                if tab.id in noted.targets and (tab.url.startswith(ours) or is_sign_in(tab.url)):
                    close_tab(noted.endpoint, tab.id)
                    closed += 1
        file.unlink(missing_ok=True)
    return closed


@dataclass(frozen=True)
class _Noted:
    endpoint: str = ""
    targets: tuple[str, ...] = ()


def _noted_by_the_dead(file: Path) -> _Noted | None:
    """What a run that is over has noted; None while it lives."""
    descriptor = os.open(file, os.O_RDWR)
    try:
        take_lock(descriptor)
        known = json.loads(os.read(descriptor, MOST_BYTES))
        return _Noted(str(known["endpoint"]), tuple(map(str, known["targets"])))
    except (ValueError, KeyError, TypeError):  # killed while it wrote
        return _Noted()
    except OSError:
        return None
    finally:
        os.close(descriptor)
