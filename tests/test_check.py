"""`autoconfigure check`: the providers' pages against older looks, by looking only, on practice pages that drifted."""

from __future__ import annotations

import json
import shutil
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from automation.browser import BrowserProcess
from flows.sandbox import Sandbox
from tests.helpers import Ending, complain_about, run

ROOT = Path(__file__).resolve().parent.parent
LOOKS = ROOT / "recordings" / "pages"
DRIFT: list[dict[str, str]] = [
    {"rename": "Keep a copy of forwarded messages", "to": "Leave a copy here"},
    {"insert": "I understand", "role": "checkbox", "behind": "Let devices and apps use POP"},
    {"remove": "View history"},
    {"move": "Always reply from default address", "behind": "Add a mail account"},
]


@contextmanager
def somebodys_browser(browser_path: Path, folder: Path) -> Iterator[BrowserProcess]:
    """A browser that somebody has open and is signed in with."""
    with BrowserProcess(browser_path, folder, headless=True, loopback_only=True, lang="en") as browser:
        yield browser


def check(*arguments: str, **environment: str) -> Ending:
    """What the check says; its JSON is as promised, and nothing was handed over."""
    ending = run("check", "--json", "--no-watch", "--headless", *arguments, **environment)
    complain_about(ending.json, "check")
    assert "☞" not in ending.err
    return ending


def told(ending: Ending) -> dict[str, list[tuple[str, str, Any, Any]]]:
    """By page: what happened to which element, and its old and new name."""
    return {
        page["page"]: [(e["name"], e["change"], e["old"], e["new"]) for e in page["elements"] if e["change"] != "same"]
        for page in ending.json["pages"]
        if page["outcome"] == "changed"
    }


def test_the_practice_pages_are_as_they_were_accepted() -> None:
    """In a source checkout every practice page in both generations is as the committed looks have it; the rest says why."""
    Path("recordings").symlink_to(ROOT / "recordings")
    ending = check("--sandbox")
    pages = ending.json["pages"]

    assert (ending.code, ending.json["outcome"], told(ending)) == (0, "same", {}), ending.err
    assert len([page for page in pages if page["outcome"] == "same" and not page["first_look"]]) == 9
    assert "Pages looked at: 8." in ending.err
    assert {page["generation"] for page in pages if page["page"] == "outlook-pop"} == {"switch", "radios"}
    assert all(page["why"] for page in pages if page["outcome"] == "not-looked")
    assert {e["found"] for page in pages for e in page["elements"]} == {"first", "known"}
    assert json.loads(Path("drift/drift.json").read_text(encoding="utf-8"))["outcome"] == "same"


def test_practice_pages_without_an_older_look(home: Path) -> None:
    """Where the folder has no looks, a page known to us is no change, in Japanese and in each form; nothing is kept."""
    Path("recordings/of-mine").mkdir(parents=True)  # as `autoconfigure record` leaves it
    ending = check("--sandbox", "--lang", "ja")
    looked = [page for page in ending.json["pages"] if page["outcome"] != "not-looked"]

    assert (ending.code, ending.json["outcome"]) == (0, "same"), ending.err
    assert {(page["outcome"], page["lang"], page["first_look"]) for page in looked} == {("same", "ja", True)}
    assert {e["found"] for page in looked for e in page["elements"]} == {"first", "known"}
    assert "recordings/pages にありません" in ending.err
    assert "autoconfigure check --accept all --sandbox --lang ja\n" in ending.err
    assert "gmail-pop-way" in ending.err
    assert [*home.glob("baselines"), *Path("recordings").glob("pages")] == []


def test_drift_is_told_element_by_element(browser_path: Path, tmp_path: Path, home: Path) -> None:
    """Live, with what somebody is signed in to: renamed, new, gone, moved, each told and nothing else; nothing is written.

    Before that the same pages in the other language are no change: they are kept beside those that were there. A page
    not looked at before is kept; private words are in no file.
    """
    kept = home / "baselines" / "outlook.localhost"
    shutil.copytree(LOOKS, kept, ignore=shutil.ignore_patterns("*.ja.*"))
    (kept / "gmail-filters.en.model.json").unlink()
    with Sandbox(lang="en") as world, somebodys_browser(browser_path, tmp_path / "theirs") as browser:
        world.control("/furnished", {})
        before = world.state()
        attached = ("--attach", browser.endpoint, "--no-input")
        world.control("/set", {"language": "ja"})
        translated = check(*attached, **world.settings)
        world.control("/set", {"language": "en"})
        world.control("/drift", {"operations": DRIFT})
        ending = check(*attached, **world.settings)
        after = world.state()
        address = world.settings["OUTLOOK_ADDRESS"]

    assert (translated.code, translated.json["outcome"]) == (0, "same"), translated.err
    assert {page["lang"] for page in translated.json["pages"] if page["outcome"] == "same"} == {"ja"}
    assert (kept / "gmail-accounts.ja.pop.model.json").exists()
    assert "Older looks are there only in another language or form; everything is as I know it." in translated.err
    assert (ending.code, ending.json["outcome"]) == (4, "changed"), ending.err
    assert told(ending) == {
        "outlook-forwarding": [
            ("keep-copy", "renamed", "Keep a copy of forwarded messages", "Leave a copy here"),
        ],
        "outlook-pop": [("new-1", "new", None, "I understand")],
        "gmail-accounts": [
            ("reply-from-default", "moved", *["Always reply from default address"] * 2),
            ("view-history", "gone", "View history", None),
        ],
    }
    assert [page["page"] for page in ending.json["pages"] if page["first_look"]] == ["gmail-filters"]
    assert stat.S_IMODE((kept / "gmail-filters.en.model.json").stat().st_mode) == 0o600
    assert (after["writes"], after["logins"], after["gmail"]) == (before["writes"], before["logins"], before["gmail"])
    files = {path.name: path.read_text(encoding="utf-8") for path in (home / "drift").iterdir()}
    assert set(files) == {"drift.json", "drift.html", "heal.patch"}
    assert ending.json["patch"] == str(home / "drift" / "heal.patch")
    subprocess.run(["git", "apply", "--check", ending.json["patch"]], cwd=ROOT, check=True)
    assert files["drift.html"].count("<figure>") == 4
    assert "<script" not in files["drift.html"]
    for private in (address, world.settings["GMAIL_ADDRESS"], world.settings["DISPLAY_NAME"], "Dinner on Friday"):
        assert not [name for name, text in files.items() if private in text]
        assert private not in (kept / "gmail-filters.en.model.json").read_text(encoding="utf-8")
        assert private not in ending.out + ending.err


def test_what_cannot_be_looked_at(browser_path: Path, tmp_path: Path, home: Path) -> None:
    """Signed out and unattended, nothing is looked at: exit 5, each page says why; what there is not cannot be accepted."""
    with Sandbox(lang="en", signed_out=True) as world, somebodys_browser(browser_path, tmp_path / "theirs") as browser:
        ending = check("--attach", browser.endpoint, "--no-input", **world.settings)

    assert (ending.code, ending.json["outcome"], ending.cause) == (5, "not-looked", "person.no-answer"), ending.err
    assert {page["outcome"] for page in ending.json["pages"]} == {"not-looked"}
    assert "sign in" in ending.json["pages"][0]["why"]
    assert not (home / "baselines").exists()
    for unknown, offered in (("gmail", "gmail-accounts"), ("outlook-pop/pop", "outlook-pop/pop-switch")):
        refused = check("--sandbox", "--accept", unknown)
        assert (refused.code, refused.json["outcome"]) == (2, "not-looked")
        assert offered in refused.err
