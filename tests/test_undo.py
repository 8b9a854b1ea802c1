"""Looking ahead and taking back: ``plan`` changes nothing, ``undo`` takes back what we changed and no more."""

from __future__ import annotations

import os
import pty
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright

from automation.browser import BrowserProcess
from flows.sandbox import Sandbox
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

    def answering(self, *arguments: str, answer: str = "y") -> Ending:
        """A command at a terminal, whose one question gets this answer."""
        ours, theirs = pty.openpty()
        try:
            with program(*arguments, "--json", "--no-watch", stdin=theirs, **self._given) as running:
                running.says("[y/n]")
                os.write(ours, answer.encode() + b"\n")
                return checked(running, running.end(120))
        finally:
            os.close(ours)
            os.close(theirs)

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


@pytest.mark.parametrize("desk", ["classic"], indirect=True)
def test_a_whole_set_up_is_taken_back(desk: Desk) -> None:
    """After a run, plan has nothing to do; undo at a terminal takes all of it back; a second undo finds nothing."""
    assert desk.run("--route", "pop-import").code == 0
    writes = desk.state()["writes"]

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
    assert state["outlook"]["pop_on"] is False
    assert state["gmail"]["pop_accounts"] == []
    assert state["gmail"]["send_as"] == []

    again = desk.alone("undo")
    assert (again.code, again.json["undone"], again.json["left"]) == (0, [], [])


@pytest.mark.parametrize("desk", ["today"], indirect=True)
def test_what_the_person_changed_since_is_left_alone(desk: Desk) -> None:
    """Forwarding that now goes elsewhere is left and named; our filter is taken back; saying no changes nothing."""
    before = desk.alone("plan")
    assert (before.code, before.json["outcome"], before.json["route"]) == (0, "changes", "forwarding"), before.err
    assert [reason["since"] for reason in before.json["reasons"]] == ["2024-09-16", "2026-01-01"]
    assert desk.run().code == 0
    desk.sandbox.control("/set", {"outlook.forwarding_to": "somebody@else.example"})
    writes = desk.state()["writes"]

    assert desk.answering("undo", answer="n").code == 5
    assert desk.state()["writes"] == writes

    undone = desk.answering("undo")
    assert undone.code == 0, undone.err
    assert undone.json["undone"] == ["gmail-filter"]
    assert "somebody@else.example" in {left["what"]: left["why"] for left in undone.json["left"]}["outlook-forwarding"]
    state = desk.state()
    assert state["outlook"]["forwarding_to"] == "somebody@else.example"
    assert state["gmail"]["filters"] == []

    # What was left stays in the journal, so that it can be taken back when it is ours again; "n" ends the question.
    assert "forward new mail" in desk.answering("undo", answer="n").err
