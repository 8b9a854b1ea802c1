"""Notes of our tabs in somebody else's browser: kept by a living run, cleared away after a dead one."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from automation.left_tabs import FOLDER, TabNotes, close_left_tabs

NOBODY = "http://127.0.0.1:9"


def test_notes_of_a_living_run_are_left_alone(tmp_path: Path) -> None:
    """Nobody touches the tabs of a run that still lives; its note is private, and gone with it."""
    old = os.umask(0)
    try:
        notes = TabNotes(tmp_path, NOBODY)
    finally:
        os.umask(old)
    notes.keep(["A", "B"])
    (note,) = (tmp_path / FOLDER).iterdir()

    assert close_left_tabs(tmp_path, ()) == 0
    assert note.exists()
    assert stat.S_IMODE(note.stat().st_mode) == 0o600
    notes.drop()
    assert not (tmp_path / FOLDER).exists()


def test_notes_of_a_dead_run_are_cleared_whatever_they_say(tmp_path: Path) -> None:
    """A note whose browser is gone, and one cut off in the middle, are removed and stop nobody."""
    TabNotes(tmp_path, NOBODY).drop()
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "1.json").write_text(f'{{"endpoint": "{NOBODY}", "targets": ["A"]}}')
    (tmp_path / FOLDER / "2.json").write_text('{"endpoint": "ht')
    (tmp_path / FOLDER / "3.json").write_text("[]")

    assert close_left_tabs(tmp_path, ()) == 0
    assert list((tmp_path / FOLDER).iterdir()) == []
