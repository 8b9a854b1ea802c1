"""What this tool changed, from what: one JSON line before and one after each change, on the disk before we go on."""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from automation.settings import open_private

JOURNAL = "journal.jsonl"


@dataclass(frozen=True)
class Change:
    """One change of ours that was not taken back: which flow, for whom, and what a look saw before it."""

    flow: str
    values: dict[str, Any]
    when: str
    certain: bool  # False: the run ended between the line before and the line after


class Journal:
    """An append-only file of JSON lines. A last line cut off by a power failure is left out when reading."""

    def __init__(self, path: Path, accounts: tuple[str | None, str | None]) -> None:
        self._path = path
        self._accounts = [(address or "").lower() for address in accounts]

    def write(self, event: str, flow: str, values: dict[str, Any] | None = None) -> None:
        """Write one line (``before``, ``after`` or ``undone``) and wait until it is on the disk."""
        line = {
            "when": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
            "accounts": self._accounts,
            "event": event,
            "flow": flow,
            "values": values or {},
        }
        descriptor = open_private(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        try:
            os.write(descriptor, json.dumps(line, ensure_ascii=False).encode() + b"\n")
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

    def _lines(self) -> list[dict[str, Any]]:
        return [line for line in _all_lines(self._path) if line.get("accounts") == self._accounts]


def known_addresses(path: Path) -> set[str]:
    """The Outlook.com addresses of every run that a journal knows of."""
    return {line["accounts"][0] for line in _all_lines(path) if line.get("accounts") and line["accounts"][0]}


def _all_lines(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    lines = []
    for text in path.read_text(encoding="utf-8").splitlines():
        try:
            lines.append(json.loads(text))
        except ValueError:
            continue
    return lines
