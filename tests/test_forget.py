"""What the tool keeps on a machine goes when asked to, and nothing else does."""

from __future__ import annotations

import os
import pty
from pathlib import Path

from automation.journal import Journal
from tests.helpers import checked, complain_about, program, run


def answered(answer: str, home: Path) -> tuple[int, dict[str, object], str]:
    """``forget`` at a terminal, its one question answered."""
    ours, theirs = pty.openpty()
    try:
        with program("forget", "--json", stdin=theirs, AUTOCONFIGURE_HOME=str(home)) as running:
            running.says("[y/n]")
            os.write(ours, answer.encode() + b"\n")
            ending = checked(running, running.end())
            return ending.code, ending.json, ending.err
    finally:
        os.close(ours)
        os.close(theirs)


def test_only_what_is_ours_is_removed_and_only_after_a_yes(tmp_path: Path) -> None:
    """With a home that holds a person's own files as well, those stay; what is ours is listed first."""
    home = tmp_path / "documents"
    (home / "profiles" / "default").mkdir(parents=True)
    (home / "taxes.txt").write_text("mine")
    Journal(home / "journal.jsonl", ("a@outlook.example", "b@gmail.example")).write("before", "one", {})

    alone = run("forget", "--json", "--yes", AUTOCONFIGURE_HOME=str(home))
    assert (alone.code, "(forget)" in alone.err) == (5, True)

    code, answer, said = answered("n", home)
    assert (code, answer["forgotten"], (home / "profiles").exists()) == (5, [], True)
    assert str(home / "profiles") in said
    assert "taxes" not in said

    code, answer, said = answered("y", home)
    complain_about(answer, "forget")
    assert (code, answer["forgotten"]) == (0, ["profiles", "journal.jsonl"]), said
    assert [path.name for path in home.iterdir()] == ["taxes.txt"]

    again = run("forget", "--json", AUTOCONFIGURE_HOME=str(home))
    assert (again.code, again.json["forgotten"]) == (0, [])
