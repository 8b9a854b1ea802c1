"""Whole runs through the contracts: another browser, other settings, somebody else's hands; then the same again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright

from automation.browser import BrowserProcess, list_tabs, open_tab
from flows.sandbox import Sandbox
from tests.helpers import Ending, Hand, checked, program

FLOWS = ["outlook-pop", "gmail-import", "gmail-send-as"]


@dataclass
class Place:
    """A practice world, a browser that was there before, and somebody who sits at it."""

    sandbox: Sandbox
    browser: BrowserProcess
    hand: Hand

    def run(self, *arguments: str, **environment: Any) -> Ending:
        """A run that is attached to the browser and must leave no process behind."""
        given = [
            "--attach",
            self.browser.endpoint,
            "--route",
            "pop-import",
            "--yes",
            "--json",
            "--no-watch",
            *arguments,
        ]
        with program(*given, **self.sandbox.settings, **environment) as running:
            return checked(running, self.hand.play(running))

    def gmail(self) -> dict[str, Any]:
        """The truth about the practice Gmail."""
        truth: dict[str, Any] = self.sandbox.state()["gmail"]
        return truth

    def secrets(self) -> list[str]:
        """Every app password there is in this world."""
        made: list[str] = self.sandbox.control("/secrets")["app_passwords"]
        return made


@pytest.fixture
def place(
    request: pytest.FixtureRequest, browser_path: Path, playwright: Playwright, tmp_path: Path
) -> Iterator[Place]:
    """A world in the wished language and generation, with a browser of the same language."""
    wishes: dict[str, str] = request.param
    browser = BrowserProcess(browser_path, tmp_path / "theirs", headless=True, loopback_only=True, lang=wishes["lang"])
    with Sandbox(**wishes) as sandbox, browser:
        hand = Hand(playwright, browser.endpoint, sandbox.practice_password)
        yield Place(sandbox, browser, hand)
        hand.close()


def assert_all_is_done(place: Place, ending: Ending) -> None:
    """The end the article promises, seen in the world itself."""
    assert (ending.code, ending.json["outcome"], ending.json["route"]) == (0, "done", "pop-import"), ending.err
    state, gmail, [password] = place.sandbox.state(), place.gmail(), place.secrets()
    row, entry = gmail["pop_accounts"][0], gmail["send_as"][-1]
    settings = place.sandbox.settings

    assert [(f["name"], f["after"]) for f in ending.json["flows"]] == [(name, "done") for name in FLOWS]
    assert ending.json["proof"]["kind"] == "mail"
    assert (state["outlook"]["pop_on"], state["outlook"]["apps_may_delete"]) == (True, False)
    assert len(gmail["pop_accounts"]) == 1
    # A row with the older name of the server is right too, and is left so.
    assert row["host"] in (settings["POP_HOST"], "pop-mail.outlook.com")
    assert (row["port"], row["ssl"], row["leave_copy"]) == (int(settings["POP_PORT"]), True, True)
    assert row["label"] == state["outlook"]["address"]
    assert (entry["address"], entry["verified"], entry["security"]) == (state["outlook"]["address"], True, "tls")
    assert any(m["subject"].startswith("autoconfigure ") for m in gmail["messages"])
    assert password not in ending.out + ending.err


def an_old_confirmation(address: str) -> dict[str, str]:
    """A message of Gmail's with a code, left from an earlier time."""
    return {
        "sender": "Gmail Team <gmail-noreply@google.com>",
        "subject": f"Gmail Confirmation - Send Mail as {address}",
        "body": f"You have requested to add {address} to your Gmail account.\nConfirmation code: 123456789\n",
    }


def holding(folder: Path, words: list[str]) -> list[str]:
    """The files under a folder that hold one of the words, as they are or in groups of four."""
    spaced = [" ".join(re.findall("....", word)) for word in words]
    patterns = [text.encode(code) for text in (*words, *spaced) for code in ("utf-8", "utf-16-le")]
    files = [file for file in folder.rglob("*") if file.is_file() and not file.is_symlink()]
    return [str(file) for file in files if any(p in file.read_bytes() for p in patterns)]


@pytest.mark.parametrize("place", [{"lang": "en", "pane": "switch"}], indirect=True)
def test_a_run_through_the_contracts_and_the_same_again(place: Place, home: Path, tmp_path: Path) -> None:
    """An attached run does it all, leaves the person's tabs and no secret behind; a second one changes nothing."""
    theirs = open_tab(place.browser.endpoint, place.sandbox.settings["GMAIL_URL"] + "/mail/u/0/#inbox")
    before = {tab.id for tab in list_tabs(place.browser.endpoint)}
    place.sandbox.control("/deliver", an_old_confirmation(place.sandbox.settings["OUTLOOK_ADDRESS"]))
    ending = place.run()

    assert_all_is_done(place, ending)
    assert "refused the code" not in ending.err  # the code of the old message was not tried
    assert [f["changed"] for f in ending.json["flows"]] == [True, True, True]
    assert ending.json["person_actions"][:2] == ["re-authenticate", "app-password"]
    assert set(ending.json["person_actions"][2:]) == {"approve-activity"}
    assert place.hand.did.count("app-password") == len(place.secrets()) == 1
    assert {tab.id for tab in list_tabs(place.browser.endpoint)} == before
    assert theirs.id in before

    writes = place.sandbox.state()["writes"]
    again = place.run()

    assert (again.code, again.json["outcome"]) == (0, "unchanged"), again.err
    assert [(f["before"], f["after"], f["changed"]) for f in again.json["flows"]] == [("done", "done", False)] * 3
    assert (again.json["proof"], again.json["person_actions"]) == (None, [])
    assert "Nothing was changed" in again.err
    assert place.sandbox.state()["writes"] == writes
    assert {tab.id for tab in list_tabs(place.browser.endpoint)} == before
    assert holding(home, place.secrets()) == []
    assert holding(tmp_path / "work", place.secrets()) == []

    # As a run leaves the journal that is killed just after the proof was sent.
    [journal] = home.rglob("journal.jsonl")
    lines = journal.read_text().splitlines(keepends=True)
    sending = next(number for number, line in enumerate(lines) if '"sending"' in line)
    journal.write_text("".join(lines[: sending + 1]))
    finished = place.run()
    assert (finished.code, finished.json["outcome"]) == (0, "unchanged"), finished.err
    assert finished.json["proof"]
    assert "I look for that one and send no other" in finished.err
    assert [m["subject"].startswith("autoconfigure ") for m in place.gmail()["messages"]].count(True) == 1


@pytest.mark.parametrize("place", [{"lang": "ja", "pane": "radios"}], indirect=True)
def test_a_half_made_set_up_is_mended(place: Place, home: Path) -> None:
    """In Japanese and with the older pane: a row with port 110 and no SSL is mended, and no second one is added."""
    place.sandbox.control("/half-made", {})
    ending = place.run("--lang", "ja")

    assert_all_is_done(place, ending)
    assert [f["changed"] for f in ending.json["flows"]] == [False, True, True]
    assert re.search("[ぁ-ん]", ending.err)
    assert "What to do" not in ending.err
    assert holding(home, place.secrets()) == []
