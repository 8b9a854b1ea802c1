"""The processes of this machine, as far as we need them: to end what we started and nothing else."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Process:
    """A living process (not a zombie): its number, its process group and its command line."""

    pid: int
    group: int
    command: str


def tied_to_us(command: Sequence[str]) -> list[str]:
    """The command, ended by the system (SIGTERM) when the thread that starts it dies, even by ``kill -9``.

    Linux only, by util-linux's ``setpriv``; elsewhere the command is left as it is.
    """
    setpriv = shutil.which("setpriv") if sys.platform == "linux" else None
    return [setpriv, "--pdeathsig", "TERM", *command] if setpriv else list(command)


def living(wanted: Callable[[Process], bool]) -> list[Process]:
    """The processes of this machine that are as wanted, ourselves left out; empty on Windows."""
    return [process for process in _all_processes() if process.pid != os.getpid() and wanted(process)]


def end(wanted: Callable[[Process], bool], patience: float = 3.0) -> bool:
    """End what is as wanted, politely first; says whether nothing of it lives any more."""
    for number in _POLITE_THEN_NOT:
        for process in living(wanted):
            with suppress(ProcessLookupError, PermissionError):
                os.kill(process.pid, number)
        if wait_until(lambda: not living(wanted), patience):
            return True
    return False


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether the condition came true in time; looks twenty times a second."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


_POLITE_THEN_NOT = (signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM))


def _all_processes() -> Iterator[Process]:
    if sys.platform == "linux":
        yield from _from_proc()
    elif sys.platform != "win32":
        yield from _from_ps()


def _from_proc() -> Iterator[Process]:
    """Debian's smallest system has no ``ps``: read what it would read."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            after_name = (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue  # ended while we looked
        state, group = after_name[0], int(after_name[2])
        if state not in "ZX":
            yield Process(int(folder.name), group, command.strip())


def _from_ps() -> Iterator[Process]:
    table = subprocess.run(
        ["ps", "-axww", "-o", "pid=,pgid=,stat=,command="], capture_output=True, text=True, check=False
    )
    for line in table.stdout.splitlines():
        pid, group, state, *command = line.split(None, 3)
        if not state.startswith("Z"):
            yield Process(int(pid), int(group), "".join(command))
