"""What this tool changed, from what: one JSON line before and one after each change, on the disk before we go on."""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from automation.errors import AutoconfigureError
from automation.messages import _
from automation.settings import open_private

JOURNAL = "journal.jsonl"
Event = Literal[
    "before",
    "after",
    "failed",
    "undone",
    "asked",
    "dropped",
    "made",
    "used",
    "told",
    "gone",
    "sending",
    "sent",
    "ended",
]
RUN = "run"  # stands where a flow stands, in the line that ends a run


@dataclass(frozen=True)
class Change:
    """One change of ours that was not taken back: which flow, for whom, and what a look saw before it."""

    flow: str
    values: dict[str, Any]
    when: str
    certain: (
        bool  # False: it failed, or the run was killed in the middle, and nobody has looked since what became of it
    )


@dataclass(frozen=True)
class Credential:
    """A credential the person was asked to make and that nothing is known to use: when, and whether it was seen made."""

    when: str
    was_made: bool


@dataclass(frozen=True)
class Message:
    """A marked message of ours: its marks, when it was sent, and whether it surely was."""

    marks: dict[str, Any]
    when: str
    certain: bool  # False: the run was killed as it was about to send it

    @property
    def seconds_ago(self) -> float:
        """How long ago it was sent."""
        try:
            return max(0.0, time.time() - datetime.fromisoformat(self.when).timestamp())
        except ValueError:  # somebody wrote in the journal
            return float("inf")


class Journal:
    """An append-only file of JSON lines. A line cut off by a power failure is left out when reading.

    Of a change: ``before``; ``after`` or ``failed``; ``undone``. Of a credential: ``asked`` (the person is about to make
    one), ``dropped`` or ``made``, ``used``, ``told`` (the person knows which are left over), ``gone`` (the provider knows none
    of them any more). Of a marked message: ``sending`` (about to be sent), ``sent``. Of a run: ``ended``.
    """

    def __init__(self, path: Path, accounts: tuple[str | None, str | None]) -> None:
        self._path = path
        self._accounts = [(address or "").lower() for address in accounts]

    def write(self, event: Event, flow: str, values: dict[str, Any] | None = None) -> None:
        """Write one line and wait until it is on the disk. Raises AutoconfigureError where that cannot be done."""
        line = {
            "when": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
            "accounts": self._accounts,
            "event": event,
            "flow": flow,
            "values": values or {},
        }
        try:
            self._append(json.dumps(line, ensure_ascii=False).encode() + b"\n")
        except OSError as error:
            raise AutoconfigureError(
                _("Writing into the journal {path} what I am about to change or have changed.").format(path=self._path),
                expected=_("a file of this tool's own that can be written"),
                seen=str(error),
                todo=_("Make room on the disk, or see to whom that folder belongs, and run the command again."),
            ) from None

    def _append(self, line: bytes) -> None:
        descriptor = open_private(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND)
        try:
            os.write(descriptor, line if _ends_in_new_line(descriptor) else b"\n" + line)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def changes(self) -> list[Change]:
        """What we changed for these accounts and did not take back, newest first; per flow the state before all of it."""
        open_changes: dict[str, Change] = {}
        for line in self._lines():
            flow, event = line["flow"], line["event"]
            if event == "undone":
                open_changes.pop(flow, None)
            elif event == "before" and flow not in open_changes:
                open_changes[flow] = Change(flow, line["values"], line["when"], certain=False)
            elif event == "after" and flow in open_changes:
                first = open_changes.pop(flow)
                open_changes[flow] = Change(flow, first.values, line["when"], certain=True)
        return list(reversed(open_changes.values()))

    def was_cut_off(self, flow: str) -> bool:
        """Whether the last that is known of a flow is its beginning: a run was killed in the middle of it."""
        events = [line["event"] for line in self._lines() if line["flow"] == flow]
        return events[-1:] == ["before"]

    def was_interrupted(self) -> bool:
        """Whether something was changed by a run that never came to its end, with its proof."""
        changed: set[str] = set()
        for line in self._lines():
            if line["event"] in ("before", "after"):
                changed.add(line["flow"])
            elif line["event"] == "undone":
                changed.discard(line["flow"])
            elif line["event"] == "ended":
                changed.clear()
        return bool(changed)

    def on_its_way(self, name: str) -> Message | None:
        """The marked message of this name that was sent last and proved nothing yet, if nothing was changed since."""
        message = None
        for line in self._lines():
            if line["event"] in ("sending", "sent") and line["flow"] == name:
                message = Message(line["values"], line["when"], certain=line["event"] == "sent")
            elif line["event"] in ("after", "undone", "ended"):
                message = None
        return message

    def unused(self, credential: str) -> list[Credential]:
        """The credentials of this name asked for since it was last told of, that nothing is known to use; oldest first."""
        unused: list[Credential] = []
        newest: Credential | None = None
        for line in self._lines():
            event = line["event"]
            if line["flow"] != credential:
                continue
            if event == "asked":
                unused += [newest] if newest else []
                newest = Credential(line["when"], was_made=False)
            elif event == "made":
                newest = Credential(line["when"], was_made=True)
            elif event in ("used", "dropped"):  # the second use is of the same one
                newest = None
            elif event in ("gone", "told"):
                unused, newest = [], None
        return unused + ([newest] if newest else [])

    def may_be_known(self, credential: str) -> bool:
        """Whether the provider may know one of these credentials that was made for us: asked for, not dropped, not gone.

        A run may be killed after it was made and before that is written down.
        """
        asked = 0
        for line in self._lines():
            if line["flow"] == credential:
                change = {"asked": asked + 1, "dropped": asked - 1, "gone": 0}
                asked = change.get(line["event"], asked)
        return asked > 0

    def broken_lines(self) -> int:
        """How many lines cannot be read: whatever they told of is not known any more."""
        return sum(line is None for line in _read(self._path))

    def _lines(self) -> list[dict[str, Any]]:
        return [line for line in _read(self._path) if line and line["accounts"] == self._accounts]


def known_addresses(path: Path) -> set[str]:
    """The Outlook.com addresses of every run that a journal knows of."""
    return {line["accounts"][0] for line in _read(path) if line and line["accounts"][0]}


_KINDS = {"when": str, "accounts": list, "event": str, "flow": str, "values": dict}


def _read(path: Path) -> list[dict[str, Any] | None]:
    """The lines of a journal; None for each that is broken."""
    if not path.exists():
        return []
    return [_understood(text) for text in path.read_bytes().split(b"\n") if text.strip()]


def _understood(text: bytes) -> dict[str, Any] | None:
    try:
        line = json.loads(text)
    except ValueError:
        return None
    is_whole = isinstance(line, dict) and all(isinstance(line.get(name), kind) for name, kind in _KINDS.items())
    return line if is_whole and len(line["accounts"]) == 2 else None


def _ends_in_new_line(descriptor: int) -> bool:
    """Whether what is written next begins a line of its own, as it does not behind a line that was cut off."""
    if os.fstat(descriptor).st_size == 0:
        return True
    os.lseek(descriptor, -1, os.SEEK_END)
    return os.read(descriptor, 1) == b"\n"
