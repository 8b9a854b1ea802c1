"""The practice run, recorded: what the program did stands there as steps, and nothing private with it."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from automation.errors import BadSettings
from automation.recording.flow_file import Recording, load
from automation.recording.folder import checked_folder
from tests.helpers import Ending, run

FLOWS = ["outlook-pop", "gmail-import", "gmail-send-as"]
PRIVATE = re.compile(r"hanako|yamada|localhost|@\w|practice-only|(?<!\d)\d{9}(?!\d)|/root|/home|/tmp", re.I)


@dataclass
class Practice:
    """A practice run that was recorded: its ending, the recording's folder, and what else it left behind."""

    ending: Ending
    folder: Path
    left: list[str]


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    """`autoconfigure --sandbox --record pop`, without a screen."""
    folder, home = tmp_path_factory.mktemp("work"), tmp_path_factory.mktemp("home")
    # A folder with a short name: Chromium puts a socket there, whose path may have 107 characters.
    short = Path(tempfile.mkdtemp(prefix="practice-"))
    known = {"DISPLAY": None, "WAYLAND_DISPLAY": None, "TMPDIR": str(short), "AUTOCONFIGURE_HOME": str(home)}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        ending = run("--sandbox", "--json", "--no-watch", "--record", "pop", seconds=240, **known)
    left = [path.name for path in short.iterdir() if path.name.startswith("autoconfigure-")]
    yield Practice(ending, folder / "recordings" / "pop", left)
    shutil.rmtree(short)


def test_the_practice_run(practice: Practice) -> None:
    """`autoconfigure --sandbox` alone, without a screen, goes from nothing to the proof and leaves nothing behind."""
    ending = practice.ending

    assert (ending.code, ending.json["outcome"]) == (0, "done"), ending.err
    assert [(f["name"], f["changed"]) for f in ending.json["flows"]] == [(name, True) for name in FLOWS]
    assert ending.json["proof"]
    assert "virtual one (Xvfb" in ending.err
    assert practice.left == []


def steps(recording: Recording) -> list[tuple[str, str, str | None]]:
    return [(step.do, step.page, step.want.names[0] if step.want else step.url) for step in recording.steps]


def test_a_run_is_recorded_step_by_step(practice: Practice) -> None:
    """Every act of every flow is a step with its evidence and what came of it; windows, hand-overs and secrets by name."""
    recording = load(practice.folder)
    done = steps(recording)

    assert "recordings/pop" in practice.ending.err
    assert list(dict.fromkeys(step.flow for step in recording.steps)) == FLOWS
    assert (recording.lang, recording.world) == ("en", {"name": "classic", "lang": "en", "pane": "switch"})
    assert [s.human.name for s in recording.steps if s.human] == ["re-authenticate", "app-password", "approve-activity"]
    assert [s.human.gives for s in recording.steps if s.human] == [None, "APP_PASSWORD", None]
    assert done[0] == ("open", "outlook", "${OUTLOOK_URL}/mail/0/options/mail/forwarding")
    assert ("click", "outlook", "Save") in done
    assert ("type", "gmail-window", "Password:") in done
    assert [s.value for s in recording.steps if s.risk == "secret"] == ["${secret:APP_PASSWORD}"] * 3
    assert "${CODE_1}" in [s.value for s in recording.steps]
    assert recording.placeholders["CODE_1"].kind == "code"
    expected = [fact for step in recording.steps for fact in step.expect]
    assert {"opens": "gmail-window"} in expected
    assert {"state": True} in expected
    assert {"state": "${OUTLOOK_ADDRESS}"} in expected
    assert any("shows" in fact for fact in expected)
    for step in recording.steps:
        if step.want:
            items = recording.model_of(step)
            assert items
            assert items[step.want.index or 0].names == step.want.names
            assert step.want.counts["role+name"] >= 1
            assert recording.arias[step.aria or ""].strip()


def test_a_recorded_run_holds_nothing_private(practice: Practice) -> None:
    """No address, name, password, code, port or path of this machine stands in any of its files."""
    files = [file for file in practice.folder.rglob("*") if file.is_file()]
    texts = {file.name: file.read_text(encoding="utf-8") for file in files}

    assert len(files) > 20
    assert {name: found[0] for name, text in texts.items() if (found := PRIVATE.search(text))} == {}
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert sum(map(len, texts.values())) < 400_000


@pytest.mark.parametrize("name", ["../out", "a/b", "", ".hidden", "nul", "COM1.txt", "a\nb", "x" * 101, "trailing."])
def test_a_name_that_is_no_plain_name_is_refused(name: str) -> None:
    """A recording's name can neither leave the folder nor be one that some system cannot keep."""
    with pytest.raises(BadSettings):
        checked_folder(name)
    assert not Path("recordings").exists()


def test_nothing_is_written_over() -> None:
    """A folder with something in it is refused before anything starts; an empty one is taken."""
    Path("recordings/old").mkdir(parents=True)
    assert checked_folder("old") == Path("recordings/old")
    Path("recordings/old/flow.json").write_text("{}")
    ending = run("--sandbox", "--json", "--record", "old")
    Path("recordings/file").write_text("")

    assert (ending.code, ending.json["outcome"]) == (2, "failed")
    assert "new or empty" in ending.err
    with pytest.raises(BadSettings):
        checked_folder("file")
