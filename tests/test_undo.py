"""Looking ahead and taking back: ``plan`` changes nothing, ``undo`` takes back what we changed and no more."""

from __future__ import annotations

import os
import pty
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright

from automation.browser import BrowserProcess
from automation.journal import JOURNAL, Journal
from flows.sandbox import Sandbox
from flows.sandbox.worlds import WORLDS
from tests.helpers import Ending, Hand, checked, complain_about, program, run


class Desk:
    """A practice world, a browser, and a person who also sits at the terminal."""

    def __init__(self, sandbox: Sandbox, browser: BrowserProcess, hand: Hand) -> None:
        self.sandbox = sandbox
        self.hand = hand
        self._given = {"AUTOCONFIGURE_ATTACH": browser.endpoint, **sandbox.settings}

    def run(self, *arguments: str) -> Ending:
        """A run with the person's hands at the browser."""
        with program(*arguments, "--yes", "--json", "--no-watch", **self._given) as running:
            return checked(running, self.hand.play(running))

    def alone(self, *arguments: str) -> Ending:
        """A command with nobody there."""
        return run(*arguments, "--json", "--no-watch", **self._given)

    def answering(self, *arguments: str, answers: str = "y") -> Ending:
        """A command at a terminal, whose questions get these answers, and the person's hands at the browser."""
        ours, theirs = pty.openpty()
        try:
            with program(*arguments, "--json", "--no-watch", stdin=theirs, **self._given) as running:
                os.write(ours, "".join(f"{answer}\n" for answer in answers).encode())
                return checked(running, self.hand.play(running))
        finally:
            os.close(ours)
            os.close(theirs)

    @property
    def journal(self) -> Journal:
        """The journal of this desk's runs."""
        settings = self.sandbox.settings
        return Journal(self._file, (settings["OUTLOOK_ADDRESS"], settings["GMAIL_ADDRESS"]))

    def forget_line(self, event: str) -> None:
        """Take the one line of this event out of the journal."""
        lines = self._file.read_text().splitlines(keepends=True)
        rest = [line for line in lines if f'"event": "{event}"' not in line]
        assert len(rest) == len(lines) - 1
        self._file.write_text("".join(rest))

    @property
    def _file(self) -> Path:
        return Path(os.environ["AUTOCONFIGURE_HOME"]) / JOURNAL

    def state(self) -> dict[str, Any]:
        """The truth about the world."""
        return self.sandbox.state()


@pytest.fixture
def desk(request: pytest.FixtureRequest, browser_path: Path, playwright: Playwright, tmp_path: Path) -> Iterator[Desk]:
    """A desk in the wished world."""
    browser = BrowserProcess(browser_path, tmp_path / "theirs", headless=True, loopback_only=True, lang="en")
    with Sandbox(request.param, lang="en") as sandbox, browser:
        hand = Hand(playwright, browser.endpoint, sandbox.practice_password)
        yield Desk(sandbox, browser, hand)
        hand.close()


def test_with_an_empty_journal_no_browser_is_started(home: Path) -> None:
    """Where nothing can be taken back, undo says so within seconds: with addresses, without them, and in practice."""
    addresses = {"OUTLOOK_ADDRESS": "a@outlook.example", "GMAIL_ADDRESS": "b@gmail.example"}
    Journal(home / JOURNAL, ("somebody@else.example", "c@gmail.example")).write("before", "outlook-pop")

    for arguments, given, where in ((), addresses, home), ((), {}, home / "new"), (("--sandbox",), {}, home):
        ending = run(
            "undo", "--json", "--browser", "/there/is/none", *arguments, **given, AUTOCONFIGURE_HOME=str(where)
        )
        complain_about(ending.json, "undo")
        assert (ending.code, ending.json["undone"], ending.json["left"]) == (0, [], []), ending.err
        assert "nothing to take back" in ending.err
        assert ("each practice run has a world of its own" in ending.err) == bool(arguments)
        assert ending.seconds < 5


def test_a_plan_that_fails_is_unknown() -> None:
    """A plan that cannot be made, here for want of addresses, has the outcome "unknown" and its cause."""
    ending = run("plan", "--json")

    complain_about(ending.json, "plan")
    assert (ending.code, ending.json["outcome"], ending.cause) == (5, "unknown", "person.no-answer")


@pytest.mark.long
@pytest.mark.parametrize("desk", WORLDS, indirect=True)
def test_a_plan_changes_nothing_in_any_world(desk: Desk) -> None:
    """Whatever is to be seen or in the way, looking ahead writes nothing, logs in nowhere and asks nobody."""
    plan = desk.alone("plan")

    complain_about(plan.json, "plan")
    assert (plan.code, plan.json["outcome"]) == (0, "changes"), plan.err
    state = desk.state()
    assert (state["writes"], state["logins"], desk.sandbox.control("/asked")) == (0, [], [])


@pytest.mark.parametrize("desk", ["classic"], indirect=True)
def test_a_whole_set_up_is_taken_back(desk: Desk) -> None:
    """After a run, plan has nothing to do; undo at a terminal takes all of it back; a second undo finds nothing."""
    assert desk.run("--route", "pop-import", "--reply-from-same").code == 0
    writes = desk.state()["writes"]
    desk.forget_line(
        "made"
    )  # as a run leaves the journal that was killed as the app password was in the keyring just now

    plan = desk.alone("plan", "--route", "pop-import")
    complain_about(plan.json, "plan")
    assert (plan.code, plan.json["outcome"]) == (0, "nothing"), plan.err
    assert [flow["now"] for flow in plan.json["flows"]] == ["done"] * 3
    assert desk.state()["writes"] == writes

    refused = desk.alone("undo", "--yes")
    assert (refused.code, refused.cause) == (5, "person.no-answer")
    assert desk.state()["writes"] == writes

    undone = desk.answering("undo")
    complain_about(undone.json, "undo")
    state = desk.state()
    assert undone.code == 0, undone.err
    assert undone.json["undone"] == ["gmail-send-as", "gmail-import", "outlook-pop"]
    assert {left["what"] for left in undone.json["left"]} == {"app-password", "messages"}
    assert state["outlook"]["pop_on"] is False
    assert state["gmail"]["pop_accounts"] == []
    assert state["gmail"]["send_as"] == []
    assert state["gmail"]["reply_from_same"] is False
    assert state["outlook"]["app_passwords"] == 1

    again = desk.alone("undo")
    assert (again.code, again.json["undone"], again.json["left"]) == (0, [], [])

    desk.hand.wishes = {"remove": re.compile(r"^(Remove existing app passwords|Remove)$")}
    removed = desk.answering("undo", "--app-passwords")
    assert (removed.code, removed.json["undone"]) == (0, ["app-password"]), removed.err
    assert removed.err.index("ALL app passwords") < removed.err.index("Please press")
    assert desk.state()["outlook"]["app_passwords"] == 0
    assert desk.alone("undo", "--app-passwords").json["left"] == []


@pytest.mark.parametrize("desk", ["today"], indirect=True)
def test_what_the_person_changed_since_is_left_alone(desk: Desk) -> None:
    """Forwarding that now goes elsewhere is left and named; our filter is taken back; saying no changes nothing."""
    before = desk.alone("plan")
    assert (before.code, before.json["outcome"], before.json["route"]) == (0, "changes", "forwarding"), before.err
    assert [reason["since"] for reason in before.json["reasons"]] == ["2024-09-16", "2026-01-01"]
    assert "A run also asks whether Gmail shall send" in " ".join(before.err.split())
    assert desk.state()["writes"] == 0
    assert desk.run().code == 0
    desk.sandbox.control("/set", {"outlook.forwarding_to": "somebody@else.example"})
    writes = desk.state()["writes"]

    assert desk.answering("undo", answers="n").code == 5
    assert desk.state()["writes"] == writes

    undone = desk.answering("undo")
    left = {left["what"]: left["why"] for left in undone.json["left"]}
    assert undone.code == 0, undone.err
    assert undone.json["undone"] == ["gmail-filter"]
    assert left.keys() == {"gmail-label", "outlook-forwarding", "messages"}
    assert "somebody@else.example" in left["outlook-forwarding"]
    assert "mail carries it" in left["gmail-label"]
    state = desk.state()
    assert state["outlook"]["forwarding_to"] == "somebody@else.example"
    assert state["gmail"]["filters"] == []

    # What was left stays in the journal, so that it can be taken back when it is ours again.
    desk.sandbox.control(
        "/set", {"outlook.forwarding_to": state["gmail"]["address"], "gmail.labels": ["Renamed since"]}
    )
    again = desk.answering("undo").json
    assert again["undone"] == ["outlook-forwarding"]
    assert "any more" in {left["what"]: left["why"] for left in again["left"]}["gmail-label"]
    assert desk.state()["outlook"]["forwarding_to"] is None


@pytest.mark.parametrize("desk", ["classic"], indirect=True)
def test_each_thing_goes_back_to_what_it_was(desk: Desk) -> None:
    """Choices go back to what they were, an empty label of ours goes, and what a killed run left is looked at first."""
    gmail = desk.state()["gmail"]["address"]
    desk.sandbox.control(
        "/set",
        {
            "outlook.pop_on": True,
            "outlook.reauthenticated": True,
            "outlook.forwarding_to": gmail,
            "gmail.labels": ["Mine", "Outlook"],
        },
    )
    journal = desk.journal
    for flow, before in {
        "outlook-pop": {"pop_is_on": True, "keeps_messages": False},
        "gmail-import": {"row": None},
        "gmail-label": {"label": "Outlook"},
        "from-the-future": {},
    }.items():
        journal.write("before", flow, before)
        journal.write("after", flow)
    journal.write("before", "gmail-send-as", {"row": None})  # killed before it did anything
    journal.write("before", "outlook-forwarding", {"on": True, "to": gmail, "keeps_copy": False})  # killed after it

    undone = desk.answering("undo", answers="yy")
    state, left = desk.state(), {left["what"]: left["why"] for left in undone.json["left"]}
    assert undone.code == 0, undone.err
    assert undone.json["undone"] == ["outlook-forwarding", "gmail-label", "outlook-pop"]
    assert "Was that this tool" in " ".join(undone.err.split())
    assert state["outlook"]["apps_may_delete"] is True
    assert (state["outlook"]["forwarding_to"], state["outlook"]["keep_forwarded_copy"]) == (gmail, False)
    assert state["gmail"]["labels"] == ["Mine"]
    assert left == {
        "gmail-send-as": "nothing of it was changed",
        "from-the-future": "this version does not know what that was",
        "gmail-import": "Gmail's row is gone already",
        "messages": "messages that came to Gmail stay there",
    }
    assert [change.flow for change in journal.changes()] == ["from-the-future"]
