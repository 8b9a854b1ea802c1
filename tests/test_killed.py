"""Killed by ``kill -9`` at any point and started again, the job ends as if nothing had happened."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright

from automation.browser import BrowserProcess, list_tabs, open_tab
from tests.helpers import Ending
from tests.killing import Place, Point, essence, place

CLASSIC = ("classic", "--route", "pop-import")
LEFT_OVER = "is left over"


def assert_done_once(there: Place, ending: Ending, passwords: int = 1) -> None:
    """All is set up and proved, nothing of it twice, no message came twice, and so many app passwords live."""
    outlook, gmail = there.sandbox.state()["outlook"], there.sandbox.state()["gmail"]

    assert ending.code == 0, ending.err
    assert {flow["after"] for flow in ending.json["flows"]} == {"done"}
    assert ending.json["proof"]
    assert max(len(gmail[many]) for many in ("pop_accounts", "send_as", "filters", "labels")) == 1
    assert len(gmail["fetched"]) == len(set(gmail["fetched"]))
    assert outlook["app_passwords"] == (passwords if gmail["pop_accounts"] else 0)


def test_at_every_step_boundary(playwright: Playwright, tmp_path: Path) -> None:
    """Killed as each step begins and as each ends, one after the other, what is left to do is done once and proved."""
    with place(*CLASSIC, playwright=playwright, folder=tmp_path, keyring=True) as there:
        killed = 0
        while (ending := there.run(Point(told=killed))) is None:
            killed += 1

        assert killed == 2 * len(ending.json["flows"]) + 1
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
        assert "Closed what an interrupted run had left open: 4 tabs." in told
        assert "An earlier run did not come to its end" in told
        assert "can only remove all at once" in told
        assert there.sandbox.settings["ACCOUNT_LIVE_URL"] + "/proofs/manage/additional" in told
        assert there.sandbox.state()["outlook"]["app_passwords"] == 1
        assert {tab.id for tab in list_tabs(browser.endpoint)} == before
        assert theirs.id in before


# -- every point, each by itself ------------------------------------------------------------------------------------


def points(undisturbed: Place, lines: int = 0, asked: int = 0) -> Iterator[Point]:
    """Every line of the journal, and every request that wants to change something, before and after it is done.

    Those of before, ``lines`` and ``asked`` of them, are left out.
    """
    for number in range(len(undisturbed.lines()) - lines):
        yield Point(line=number)
    for request in undisturbed.asked()[asked:]:
        yield Point(request=request, moment="before")
        yield Point(request=request, moment="after")


def interrupted(folder: Path, *world: str, **how: Any) -> dict[str, str]:
    """Kill a run at each point of an undisturbed one and run again; what went wrong, by point."""
    wrong: dict[str, str] = {}
    with place(*world, folder=folder, **how) as undisturbed:
        assert undisturbed.run()
        wanted = essence(undisturbed.sandbox.state())
        all_points = list(points(undisturbed))
    for point in all_points:
        with place(*world, folder=folder, **how) as there:
            try:
                was_killed = there.run(point) is None
                assert was_killed or not point.request.endswith(" 1"), "the run never came there"
                if was_killed:
                    judge(there, wanted, there.run())
            except AssertionError as error:
                wrong[str(point)] = str(error)
    return wrong


def judge(there: Place, wanted: dict[str, Any], ending: Ending | None) -> None:
    """One killed run and the one after it have come to the wanted end, and what is left over was named."""
    assert ending is not None
    state, lines = there.sandbox.state(), there.lines()
    lost = state["outlook"]["app_passwords"] + state["gmail"]["app_passwords"] - state["app_passwords_in_use"]
    never_read = [line["event"] for line in lines].count("asked") - [line["event"] for line in lines].count("made")
    assert essence(state) == wanted
    assert_done_once(there, ending, state["outlook"]["app_passwords"])
    assert (LEFT_OVER in ending.err) == (lost > 0 or never_read > 0)
    if there.with_keyring:  # Google's is not kept there: its page lists each by name
        assert state["outlook"]["app_passwords"] <= 1 + never_read


@pytest.mark.long
@pytest.mark.parametrize("keyring", [True, False], ids=["keyring", "no-keyring"])
def test_at_every_point_of_fetching(keyring: bool, playwright: Playwright, tmp_path: Path) -> None:
    """Wherever a run is killed, before, in or after whatever it does, the next one ends as an undisturbed run does."""
    assert interrupted(tmp_path, *CLASSIC, playwright=playwright, keyring=keyring) == {}


@pytest.mark.long
@pytest.mark.parametrize("answers", [(), ("g", "y")], ids=["no-sending", "sending-by-gmail"])
def test_at_every_point_of_forwarding(answers: tuple[str, ...], playwright: Playwright, tmp_path: Path) -> None:
    """So it is where Outlook.com forwards after a code, and Gmail sends through its own server or not at all."""
    world = "forwarding-asks-code"
    assert interrupted(tmp_path, world, playwright=playwright, keyring=True, answers=answers) == {}


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
