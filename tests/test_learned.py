"""``autoconfigure learned``: what a person showed is listed, and becomes a change to the page files."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from automation.element import Item
from automation.learned import Memory
from flows.pages import outlook
from tests.conftest import ROOT
from tests.helpers import Ending, complain_about, run

SITE = "https://outlook.example/mail/0/"
NOW = Item(0, "button", ("Keep changes",), ("Forwarding and IMAP",), True, None, None, (), None, None, "")


def learned(home: Path, *arguments: str) -> Ending:
    return run("learned", *arguments, AUTOCONFIGURE_HOME=str(home))


@pytest.fixture
def taught(tmp_path: Path) -> Path:
    """A home where one element of a page file, one of a recording and one that is no news were learned."""
    memory = Memory(tmp_path / "home")
    memory.learn(SITE, outlook.OutlookSettings.called, outlook.SAVE.called, NOW, ("Save",))
    memory.learn(SITE, "my-recording", "03-click", NOW, ("Go",))
    return tmp_path / "home"


def test_nothing_learned_is_said_so(tmp_path: Path) -> None:
    """Without anything learned there is an empty list, and a sentence for people."""
    ending = learned(tmp_path, "--json")
    assert (ending.code, ending.json["learned"], ending.json["patch"]) == (0, [], None)
    assert "Nothing was learned" in learned(tmp_path).out
    patch = learned(tmp_path, "--patch")
    assert (patch.code, patch.out, "nothing to put into a patch" in patch.err) == (0, "", True)


def test_what_was_shown_is_listed(taught: Path) -> None:
    """Each thing is listed with its site, its page, the old wordings and the new one."""
    answer = learned(taught, "--json").json
    complain_about(answer, "learned")
    first, second = answer["learned"]
    assert (first["site"], first["old"], first["new"]) == ("https://outlook.example", ["Save"], "Keep changes")
    assert second["page"] == "my-recording"
    assert "Keep changes" in learned(taught).out


def test_the_patch_is_taken_by_git(taught: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The new wording of a page file's element, and nothing else, is a patch that git applies in a source checkout."""
    checkout = tmp_path / "checkout"
    shutil.copytree(ROOT / "flows" / "pages", checkout / "flows" / "pages")
    monkeypatch.chdir(checkout)

    ending = learned(taught, "--patch")

    subprocess.run(["git", "apply", "-"], input=ending.out.encode(), cwd=checkout, check=True)
    text = (checkout / "flows" / "pages" / "outlook.py").read_text(encoding="utf-8")
    assert '"Keep changes", "Save"' in text
    changed = [line for line in ending.out.splitlines() if line.startswith("+") and not line.startswith("+++")]
    assert len(changed) == 1
