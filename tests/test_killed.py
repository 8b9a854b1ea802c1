"""Killed by ``kill -9`` at any point and started again, the job ends as if nothing had happened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright

from automation.browser import BrowserProcess, list_tabs, open_tab
from tests.killing import CLASSIC, LEFT_OVER, Point, assert_done_once, essence, place, points


def test_at_every_step_boundary(playwright: Playwright, tmp_path: Path) -> None:
    """Killed as each step begins and as each ends, one after the other, what is left to do is done once and proved."""
    with place(*CLASSIC, playwright=playwright, folder=tmp_path, keyring=True) as there:
        told = 1  # before the first line nothing has happened
        while (ending := there.run(Point(told=told))) is None:
            told += 1

        assert told == 2 * len(ending.json["flows"]) + 1
        assert_done_once(there, ending)
        assert LEFT_OVER not in ending.err


def test_what_a_killed_run_left_in_the_world(browser_path: Path, playwright: Playwright, tmp_path: Path) -> None:
    """The next run closes its tabs in the person's browser, and names the app password that it took with it."""
    with (
        BrowserProcess(browser_path, tmp_path / "theirs", headless=True, loopback_only=True, lang="en") as browser,
        place(*CLASSIC, playwright=playwright, folder=tmp_path, keyring=False, attach=browser.endpoint) as there,
    ):
        theirs = open_tab(browser.endpoint, there.sandbox.settings["GMAIL_URL"] + "/mail/u/0/#inbox")
        before = {tab.id for tab in list_tabs(browser.endpoint)}
        assert there.run(Point(request="POST mail-google/mail/u/0/ ma 1", moment="before")) is None
        assert len(list_tabs(browser.endpoint)) >= len(before) + 4  # three sites and Gmail's window

        ending = there.run(until=LEFT_OVER)
        assert ending is not None
        assert ending.code == 143
        told = " ".join(ending.err.split())
        assert "Tabs that an interrupted run had left open, now closed: 4." in told
        assert "An earlier run did not come to its end" in told
        assert "can only remove all at once" in told
        assert there.sandbox.settings["ACCOUNT_LIVE_URL"] + "/proofs/manage/additional" in told
        assert there.sandbox.state()["outlook"]["app_passwords"] == 1
        assert {tab.id for tab in list_tabs(browser.endpoint)} == before
        assert theirs.id in before


@pytest.mark.long
def test_at_every_point_of_taking_back(playwright: Playwright, tmp_path: Path) -> None:
    """An undo that is killed anywhere is finished by the next one, and asks for nothing that is gone."""
    all_points: list[Point | None] = [None]
    wanted: dict[str, Any] = {}
    for point in all_points:  # grows in the first round
        with place("today", "--no-proof", playwright=playwright, folder=tmp_path, keyring=True) as there:
            assert there.run()
            lines, asked = len(there.lines()), len(there.asked())
            there.arguments, there.answers = ("undo",), ("y", "y", "y")
            if there.run(point) is None:
                assert there.run()
            elif not point:
                wanted = essence(there.sandbox.state())
                all_points += points(there, lines, asked)
            last = there.run()

            assert last is not None
            assert "nothing to take back" in last.err, point
            assert essence(there.sandbox.state()) == wanted, point
    assert (wanted["filters"], wanted["labels"], wanted["outlook"]["forwarding_to"]) == ([], [], None)
