"""The journal: what was changed, from what, whatever happens in between."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from automation.errors import AutoconfigureError
from automation.journal import RUN, Journal, known_addresses


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


def test_what_was_changed_for_other_accounts_is_not_ours(tmp_path: Path) -> None:
    """A journal holds the runs for several accounts apart."""
    path = tmp_path / "journal.jsonl"
    Journal(path, ("x@outlook.example", "y@gmail.example")).write("before", "one", {})
    ours = Journal(path, ("a@outlook.example", "b@gmail.example"))
    ours.write("before", "two", {})

    assert [c.flow for c in ours.changes()] == ["two"]


@pytest.mark.parametrize(
    "broken",
    [b'{"when": "2026-', b"\xff\xfe\n", b"\0\0\0\0", b"[]\n", b'{"event": "before"}\n', b'{"accounts": 3, "flow": []}'],
)
def test_a_broken_line_costs_only_itself(broken: bytes, tmp_path: Path) -> None:
    """A line cut off or damaged in the middle is counted and left out; what stands before and after it is read."""
    path = tmp_path / "journal.jsonl"
    journal = Journal(path, ("a@outlook.example", "b@gmail.example"))
    journal.write("before", "one", {})
    with path.open("ab") as file:
        file.write(broken)
    journal.write("before", "two", {})

    assert [c.flow for c in journal.changes()] == ["two", "one"]
    assert journal.broken_lines() == 1
    assert known_addresses(path) == {"a@outlook.example"}


def test_a_change_cut_off_is_told_from_one_that_failed(tmp_path: Path) -> None:
    """Only a flow whose last line is its beginning was cut off; neither kind counts as certain."""
    journal = Journal(tmp_path / "journal.jsonl", ("a@outlook.example", "b@gmail.example"))
    journal.write("before", "killed", {})
    journal.write("before", "refused", {})
    journal.write("failed", "refused")

    assert [journal.was_cut_off(flow) for flow in ("killed", "refused", "never")] == [True, False, False]
    assert [c.certain for c in journal.changes()] == [False, False]


def test_a_run_is_interrupted_until_one_comes_to_its_end(tmp_path: Path) -> None:
    """After a change the end is due, until a run has ended or the change was taken back."""
    journal = Journal(tmp_path / "journal.jsonl", ("a@outlook.example", "b@gmail.example"))
    was = [journal.was_interrupted()]
    for event, flow in (("before", "one"), ("after", "one"), ("ended", RUN), ("before", "one"), ("undone", "one")):
        journal.write(event, flow)  # type: ignore[arg-type]  # they are
        was.append(journal.was_interrupted())

    assert was == [False, True, True, False, True, False]


def test_a_message_is_on_its_way_until_something_comes_of_it(tmp_path: Path) -> None:
    """A marked message is known until a run ended with it, or something was changed or taken back since."""
    journal = Journal(tmp_path / "journal.jsonl", ("a@outlook.example", "b@gmail.example"))
    for event in ("ended", "after", "undone"):
        assert journal.on_its_way("proof") is None
        journal.write("sending", "proof", {"mark": event})
        before = journal.on_its_way("proof")
        journal.write("sent", "proof", {"mark": event})
        message = journal.on_its_way("proof")
        assert before
        assert message
        assert (before.certain, message.certain, message.marks) == (False, True, {"mark": event})
        assert message.seconds_ago < 60
        journal.write(event, "one")  # type: ignore[arg-type]  # they are
    assert journal.on_its_way("proof") is None


def test_a_credential_is_unused_until_something_takes_it(tmp_path: Path) -> None:
    """Of the credentials asked for, those are left over that nothing took; one that was perhaps never made is told apart."""
    journal = Journal(tmp_path / "journal.jsonl", ("a@outlook.example", "b@gmail.example"))
    for event in ("asked", "asked", "made", "asked", "made", "used", "used", "asked", "dropped"):
        journal.write(event, "password")  # type: ignore[arg-type]  # they are

    assert [credential.was_made for credential in journal.unused("password")] == [False, True]
    assert (journal.may_be_known("password"), journal.may_be_known("another")) == (True, False)
    journal.write("told", "password")
    assert (journal.unused("password"), journal.may_be_known("password")) == ([], True)
    journal.write("gone", "password")
    assert (journal.unused("password"), journal.may_be_known("password")) == ([], False)
    journal.write("asked", "password")  # and killed: nobody knows whether one was made
    assert journal.may_be_known("password")
    journal.write("asked", "password")
    journal.write("dropped", "password")
    assert journal.may_be_known("password")


def test_the_journal_is_private_from_the_start(tmp_path: Path) -> None:
    """Even with umask 000 the file is 0600 and its new folder 0700."""
    old = os.umask(0)
    try:
        Journal(tmp_path / "home" / "journal.jsonl", (None, None)).write("before", "one", {})
    finally:
        os.umask(old)

    assert stat.S_IMODE((tmp_path / "home" / "journal.jsonl").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "home").stat().st_mode) == 0o700


def test_without_a_place_for_it_nothing_is_begun(tmp_path: Path) -> None:
    """Where the journal cannot be written, that is told as such before anything is changed."""
    (tmp_path / "taken").write_text("a file where the folder should be")
    journal = Journal(tmp_path / "taken" / "journal.jsonl", ("a@outlook.example", "b@gmail.example"))

    with pytest.raises(AutoconfigureError, match="Writing into the journal"):
        journal.write("before", "one")
