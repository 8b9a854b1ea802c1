"""What the tool keeps on a machine goes when asked to, and nothing else does."""

from __future__ import annotations

import json
import os
import pty
from pathlib import Path

from automation.browser import BrowserProcess
from automation.journal import Journal
from tests import filed_keyring
from tests.helpers import checked, complain_about, program, run


def answered(answer: str, home: Path, *flags: str, **environment: str) -> tuple[int, dict[str, object], str]:
    """``forget`` at a terminal, its one question answered."""
    ours, theirs = pty.openpty()
    try:
        with program("forget", "--json", *flags, stdin=theirs, AUTOCONFIGURE_HOME=str(home), **environment) as running:
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
    (home / "learned.json").write_text("{}")
    Journal(home / "journal.jsonl", ("a@outlook.example", "b@gmail.example")).write("before", "one", {})

    alone = run("forget", "--json", "--yes", AUTOCONFIGURE_HOME=str(home))
    assert (alone.code, "(forget)" in alone.err) == (5, True)

    code, answer, said = answered("n", home)
    assert (code, answer["forgotten"], (home / "profiles").exists()) == (5, [], True)
    assert str(home / "profiles") in said
    assert "taxes" not in said

    code, answer, said = answered("y", home)
    complain_about(answer, "forget")
    assert (code, answer["forgotten"]) == (0, ["profiles", "learned.json", "journal.jsonl"]), said
    assert [path.name for path in home.iterdir()] == ["taxes.txt"]

    again = run("forget", "--json", AUTOCONFIGURE_HOME=str(home))
    assert (again.code, again.json["forgotten"]) == (0, [])


def test_everything_that_is_kept_is_listed_and_goes(tmp_path: Path) -> None:
    """Passwords in the keyring, what was learned, baselines and recordings are named before the question, then gone."""
    home, kept = tmp_path / "kept", tmp_path / "keyring.json"
    for name in ("baselines", "drift", "recordings", "tabs"):
        (home / name).mkdir(parents=True)
    (home / "learned.json").write_text("[]")
    (home / "learned.json").write_text("{}")
    Journal(home / "journal.jsonl", ("a@outlook.example", "b@gmail.example")).write("before", "one", {})
    kept.write_text(json.dumps({"autoconfigure a@outlook.example": "abcdefghijklmnop"}))
    keyring = {"PYTHON_KEYRING_BACKEND": filed_keyring.BACKEND, filed_keyring.FILE: str(kept)}

    code, answer, said = answered("y", home, **keyring)
    everything = ["tabs", "baselines", "drift", "recordings", "learned.json", "journal.jsonl"]
    assert (code, answer["forgotten"]) == (0, [*everything, "app-password a@outlook.example"])
    listed = said.partition("[y/n]")[0]
    assert all(str(home / name) in listed for name in everything)
    assert "the app password of a@outlook.example" in listed
    assert (home.exists(), json.loads(kept.read_text())) == (False, {})


def test_in_practice_only_what_practice_left_goes(tmp_path: Path) -> None:
    """With --sandbox what practice runs left is listed and removed, and nothing of the real runs."""
    home = tmp_path / "home"
    for name in ("practice/20261123-1/reports", "reports", "profiles/default"):
        (home / name).mkdir(parents=True)
    code, answer, said = answered("y", home, "--sandbox")
    assert (code, answer["forgotten"]) == (0, ["practice"]), said
    assert str(home / "reports") not in said
    assert sorted(path.name for path in home.iterdir()) == ["profiles", "reports"]
    assert "No practice run" in run("forget", "--sandbox", AUTOCONFIGURE_HOME=str(home)).out


def test_a_profile_in_use_stays(tmp_path: Path, browser_path: Path) -> None:
    """While another run goes on nothing is removed; a browser that a killed run left behind is ended first."""
    profile = tmp_path / "home" / "profiles" / "default"
    browser = BrowserProcess(browser_path, profile, headless=True, loopback_only=True).start()
    code, _answer, said = answered("y", tmp_path / "home")
    assert (code, profile.exists(), browser.is_running) == (1, True, True)
    assert "another run" in said

    browser._lock.release()  # type: ignore[union-attr]  # as the system does when the run is killed
    browser._lock = None
    code, _answer, said = answered("y", tmp_path / "home")
    assert (code, profile.exists(), browser.is_running) == (0, False, False), said
    browser.close()
