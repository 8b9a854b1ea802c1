"""``autoconfigure replay``: recordings of other tools from the command line, and every ending told by code and JSON."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from automation.browser import BrowserProcess
from tests.helpers import Ending, Site, checked, complain_about, program, run

FOREIGN = Path(__file__).parent / "foreign"
FORWARDING = Path(__file__).parents[1] / "recordings" / "forwarding.en.switch"
PAGES = {
    "/index.html": "index.html",
    "/frame.html": "frame.html",
    "/popup.html": "popup.html",
    "/done.html": "done.html",
}


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """The site on which the foreign recordings were made."""
    site = Site()
    site.pages = {path: (FOREIGN / "site" / name).read_text(encoding="utf-8") for path, name in PAGES.items()}
    yield site
    site.close()


@pytest.fixture(scope="module")
def endpoint(browser_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A browser that is already running."""
    folder = tmp_path_factory.mktemp("browser")
    with BrowserProcess(browser_path, folder, headless=True, loopback_only=True) as browser:
        yield browser.endpoint


def replay(*arguments: str, given: str = "", attach: str = "http://127.0.0.1:9") -> Ending:
    """A replay that nobody watches; without ``attach`` no browser is there to be opened."""
    flags = ("--json", "--no-input", "--no-watch", "--attach", attach)
    with program("replay", *arguments, *flags, stdin=subprocess.PIPE) as running:
        running._process.communicate(given.encode())
        ending = checked(running, running.end())
    complain_about(ending.json, "replay")
    return ending


def foreign(name: str, site: Site, folder: Path) -> str:
    """A foreign recording, as if it had been made on the test's own site."""
    text = (FOREIGN / name).read_text(encoding="utf-8").replace("http://site.localhost:8917", site.url)
    file = folder / name
    file.write_text(text)
    return str(file)


def test_a_codegen_recording_from_the_command_line(site: Site, endpoint: str, tmp_path: Path) -> None:
    """All its steps are done; the password comes from standard input, and is nowhere to be seen."""
    file = foreign("codegen.jsonl", site, tmp_path)
    ending = replay(file, "--set", "CODE_1=123456", "--secret-stdin", given="Hunter-2\n", attach=endpoint)

    assert (ending.code, ending.json["outcome"], ending.json["asked"]) == (0, "done", None), ending.err
    assert [step["did"] for step in ending.json["steps"]] == [
        "opened", "clicked", "typed", "clicked", "typed", "clicked", "typed", "switched", "switched", "pressed",
        "nothing", "clicked", "clicked", "clicked", "answered", "clicked", "typed", "clicked", "clicked", "clicked",
        "typed", "closed", "closed",
    ]  # fmt: skip
    assert "codegen.jsonl" in ending.err
    written = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and path.name != "codegen.jsonl"]
    for secret in ("Hunter-2", "S3cret"):
        assert secret not in ending.out + ending.err
        assert not any(secret.encode() in content for content in written)


def test_a_devtools_recording_on_a_changed_page(site: Site, endpoint: str, tmp_path: Path) -> None:
    """The replay ends with what it wanted and what is there instead, and has clicked nothing else."""
    file = foreign("devtools.json", site, tmp_path)
    site.pages["/changed.html"] = site.pages["/index.html"].replace(">Leave a copy", ">Yes")
    text = Path(file).read_text().replace("index.html?hl=en", "changed.html")
    Path(file).write_text(text.replace("aria/Yes", "aria/Yes, always"))
    ending = replay(file, "--secret-stdin", given="Hunter-2\n", attach=endpoint)

    assert (ending.code, ending.json["outcome"], ending.json["cause"]["code"]) == (4, "changed", "page.changed")
    assert [step["id"] for step in ending.json["steps"]] == ["1-open"]
    assert ending.json["asked"]["step"] == "2-click"
    assert ending.json["asked"]["wanted"]["name"] == "Yes, always"
    assert "Yes" in [one["name"] for one in ending.json["asked"]["candidates"]]


def test_until_a_step(site: Site, endpoint: str, tmp_path: Path) -> None:
    """A replay that is to stop before a step does so, and needs nothing that only later steps need."""
    ending = replay(foreign("devtools.json", site, tmp_path), "--until", "3-type", attach=endpoint)
    assert (ending.code, [step["id"] for step in ending.json["steps"]]) == (0, ["1-open", "2-click"])


@pytest.mark.parametrize(
    ("arguments", "code", "outcome", "word"),
    [
        ([], 5, "needs-person", "PASSWORD_1, CODE_1"),
        (["--set", "PASSWORD_1=x"], 2, "refused", "--secret-stdin"),
        (["--set", "CODE_1"], 2, "refused", "NAME=VALUE"),
        (["--until", "99-click"], 2, "refused", "1-open"),
        (["--step"], 2, "refused", "--step"),
        (["--connect", "ws://127.0.0.1:9/"], 2, "refused", "--sandbox"),
    ],
)
def test_what_cannot_be_replayed(arguments: list[str], code: int, outcome: str, word: str) -> None:
    """What is missing or cannot be done is said before anything is opened."""
    ending = replay(str(FOREIGN / "codegen.jsonl"), *arguments)
    assert (ending.code, ending.json["outcome"], ending.json["steps"]) == (code, outcome, [])
    assert word in ending.err


def test_a_hostile_file(tmp_path: Path) -> None:
    """A file that must not be followed is refused with the place in it."""
    file = tmp_path / "hostile.json"
    file.write_text(json.dumps({"title": "x", "steps": [{"type": "navigate", "url": "file:///etc/passwd"}]}))
    ending = replay(str(file))
    assert (ending.code, ending.json["outcome"], ending.json["causes"]) == (2, "refused", [])
    assert "steps[0].url" in ending.err


def test_what_was_exported_is_replayed_in_practice(tmp_path: Path) -> None:
    """An exported practice recording opens the practice world's pages, and nothing our own export wrote is doubted."""
    file = str(tmp_path / "forwarding.json")
    exported = run("export", str(FORWARDING), "--to", "devtools", "--out", file, "--json")
    assert "--sandbox --world today --lang en" in exported.json["lost"][-1]
    assert "outlook.live.com" in Path(file).read_text()

    flags = ("--sandbox", "--world", "today", "--lang", "en", "--headless", "--no-watch", "--no-input")
    ending = run("replay", file, *flags, "--until", "5-open", "--json")
    assert (ending.code, ending.json["outcome"]) == (0, "done"), ending.err
    assert [step["did"] for step in ending.json["steps"]] == ["opened", "clicked", "typed", "clicked"]
    assert ".localhost" in ending.err
    assert "not checked" not in ending.err


def test_another_site_in_practice(tmp_path: Path) -> None:
    """A recording of a site that the practice world does not have is refused before anything starts, with its name."""
    file = tmp_path / "bank.json"
    file.write_text(json.dumps({"title": "x", "steps": [{"type": "navigate", "url": "https://bank.example/"}]}))
    ending = run("replay", str(file), "--sandbox", "--no-input", "--json")
    assert (ending.code, ending.json["outcome"]) == (2, "refused")
    assert "bank.example" in ending.err
    assert "outlook.live.com" in ending.err
