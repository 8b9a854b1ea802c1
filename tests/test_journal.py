"""The journal: what was changed, from what, whatever happens in between."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from automation.journal import Journal


def test_the_state_before_all_changes_is_kept(tmp_path: Path) -> None:
    """Two changes of one flow are taken back to what was there before the first, newest flow first."""
    journal = Journal(tmp_path / "home" / "journal.jsonl", ("A@outlook.example", "b@gmail.example"))
    journal.write("before", "one", {"on": False})
    journal.write("after", "one")
    journal.write("before", "two", {"row": None})
    journal.write("before", "one", {"on": True})
    journal.write("after", "one")

    assert [(c.flow, c.values, c.certain) for c in journal.changes()] == [
        ("one", {"on": False}, True),
        ("two", {"row": None}, False),
    ]
    journal.write("undone", "one")
    assert [c.flow for c in journal.changes()] == ["two"]


def test_other_accounts_and_torn_lines_do_not_count(tmp_path: Path) -> None:
    """What was changed for other accounts, and a line cut off by a power failure, is not taken for ours."""
    path = tmp_path / "journal.jsonl"
    Journal(path, ("x@outlook.example", "y@gmail.example")).write("before", "one", {})
    ours = Journal(path, ("a@outlook.example", "b@gmail.example"))
    ours.write("before", "two", {})
    with path.open("a", encoding="utf-8") as file:
        file.write('{"when": "2026-')

    assert [c.flow for c in ours.changes()] == ["two"]


def test_the_journal_is_private_from_the_start(tmp_path: Path) -> None:
    """Even with umask 000 the file is 0600 and its new folder 0700."""
    old = os.umask(0)
    try:
        Journal(tmp_path / "home" / "journal.jsonl", (None, None)).write("before", "one", {})
    finally:
        os.umask(old)

    assert stat.S_IMODE((tmp_path / "home" / "journal.jsonl").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "home").stat().st_mode) == 0o700
