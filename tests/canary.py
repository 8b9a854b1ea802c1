"""Looking for known secrets wherever a run leaves bytes: files, words, processes; and for what others could open."""

from __future__ import annotations

import base64
import os
import re
import stat
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil


def shapes(secret: str) -> set[bytes]:
    """A secret in every form it could be written down in: as shown, in an address, in base64 and hex, in wide letters."""
    grouped = re.findall(".{1,4}", secret)
    texts = {secret, *(sign.join(grouped) for sign in (" ", "-", "%20", "+", "\u00a0"))}
    texts |= {text.upper() for text in texts} | {secret[::-1]}
    found = {text.encode(code) for text in texts for code in ("utf-8", "utf-16-le", "utf-16-be")}
    raw = secret.encode()
    found |= {raw.hex().encode(), "".join(f"%{byte:02x}" for byte in raw).encode()}
    for before in range(3):  # what stands before it in what was encoded shifts its letters
        text = base64.b64encode(b"\0" * before + raw)
        found.add(text[4 if before else 0 : len(text) - 4])
    return found


@dataclass
class Canary:
    """Secrets to look for, by what they are."""

    secrets: dict[str, str] = field(default_factory=dict)

    def within(self, content: bytes) -> list[str]:
        """What of them stands in these bytes."""
        return [name for name, secret in self.secrets.items() if any(shape in content for shape in shapes(secret))]

    def below(self, *folders: Path, without: Iterable[str] = ()) -> dict[str, list[str]]:
        """The files and file names below these folders that hold one, each with what it holds."""
        found: dict[str, list[str]] = {}
        for folder in folders:
            for path in folder.rglob("*"):
                if any(part in without for part in path.relative_to(folder).parts):
                    continue
                content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
                if held := self.within(str(path).encode() + b"\n" + content):
                    found[str(path)] = held
        return found


class Watch(threading.Thread):
    """Looks again and again, while a program runs: at what it starts, what listens, and how its files may be opened."""

    def __init__(self, home: Path) -> None:
        super().__init__(daemon=True)
        self._home = home
        self._over = threading.Event()
        self.processes: set[str] = set()  # command line and environment of each, as others of this user could read it
        self.commands: set[str] = set()
        self.listening: set[tuple[str, int]] = set()
        self.open_to_others: set[str] = set()
        self.rounds = 0

    def run(self) -> None:
        """Until ``stop``."""
        while not self._over.is_set():
            self._look()
            self.rounds += 1
            self._over.wait(0.3)

    def __enter__(self) -> Watch:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self.join()
        self._look()

    def _look(self) -> None:
        self.open_to_others |= set(open_to_others(self._home))
        for process in self._ours():
            with suppress(psutil.Error, OSError):
                command = "\0".join(process.cmdline())
                self.commands.add(command)
                self.processes.add(command + "\0".join(f"{k}={v}" for k, v in process.environ().items()))
                for line in process.net_connections("tcp"):
                    if line.status == psutil.CONN_LISTEN:
                        self.listening.add((str(line.laddr.ip), int(line.laddr.port)))

    def _ours(self) -> Iterator[psutil.Process]:
        for process in psutil.process_iter():
            with suppress(psutil.Error, OSError):
                if process.environ().get("AUTOCONFIGURE_HOME") == str(self._home):
                    yield process


def open_to_others(folder: Path) -> Iterator[str]:
    """Everything from this folder down that others than its owner may open, with its rights."""
    inside = (Path(at) / name for at, folders, files in os.walk(folder) for name in (*folders, *files))
    for path in (folder, *inside):  # unlike rglob, it goes on where a folder is gone while we look
        with suppress(OSError):  # gone while we looked
            rights = path.lstat().st_mode
            if not stat.S_ISLNK(rights) and rights & 0o077:
                yield f"{stat.filemode(rights)} {path}"


def still_listens(port: int, seconds: float = 3.0) -> bool:
    """Whether somebody on this machine still listens at the port after so many seconds."""
    deadline = time.monotonic() + seconds
    while any(c.status == psutil.CONN_LISTEN and c.laddr.port == port for c in psutil.net_connections("tcp")):
        if time.monotonic() > deadline:
            return True
        time.sleep(0.1)
    return False
