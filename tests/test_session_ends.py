"""A session that ends in the middle of a run: the person signs in again, and the run goes on as if nothing had been."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, Playwright, Request, Route

from automation.browser import BrowserProcess
from flows.sandbox import Sandbox
from tests.helpers import Hand, checked, program
from tests.signing_in import SlowHand

APP_PASSWORD = "qwertyuiopasdfgh"  # of the practice world; opens nothing else
# Just as the window for fetching opens, as the first page of the other window is sent, and as the proof is sent.
MOMENTS: list[Callable[[Request], bool]] = [
    lambda asked: asked.method == "GET" and "view=ma" in asked.url,
    lambda asked: asked.method == "POST" and "view=cf" in asked.url,
    lambda asked: asked.url.endswith("/service/send"),
]


class PatientHand(Hand):
    """Does what only a person may do, and signs in as often as it is asked for."""

    def __init__(self, playwright: Playwright, endpoint: str, world: Sandbox) -> None:
        super().__init__(playwright, endpoint, world.practice_password)
        accounts = world.settings["OUTLOOK_ADDRESS"], world.settings["GMAIL_ADDRESS"]
        self.signs_in = SlowHand(playwright, endpoint, world, accounts)
        self.ended = 0
        self.context.route("**/*", lambda route: self._end_in_time(route, world))

    def _end_in_time(self, route: Route, world: Sandbox) -> None:
        """Every session ends at each of the moments, once."""
        if self.ended < len(MOMENTS) and MOMENTS[self.ended](route.request):
            self.ended += 1
            world.control("/set", {"signed_in": False, "sign_outs": self.ended})
        route.continue_()

    def _one_thing(self, page: Page) -> bool:
        return self.signs_in.one_thing(page) or super()._one_thing(page)


def test_a_session_that_ends_at_every_awkward_moment(
    browser_path: Path, playwright: Playwright, tmp_path: Path
) -> None:
    """Ended as a window opens, as it is sent, and as the proof is sent: signed in again, nothing is lost or done twice."""
    with (
        Sandbox(lang="en") as world,
        BrowserProcess(browser_path, tmp_path / "theirs", headless=True, loopback_only=True) as theirs,
    ):
        world.control(
            "/set",
            {
                "outlook.pop_on": True,
                "outlook.app_passwords": [APP_PASSWORD],
                "outlook.reauthenticated": True,
                "outlook.approved_places": ["Google", "this computer"],
            },
        )
        hand = PatientHand(playwright, theirs.endpoint, world)
        reading, writing = os.pipe()
        os.write(writing, APP_PASSWORD.encode())
        os.close(writing)
        given = [
            "--attach",
            theirs.endpoint,
            "--yes",
            "--json",
            "--no-watch",
            "--secret-stdin",
            "--route",
            "pop-import",
        ]
        with program(*given, stdin=reading, **world.settings) as running:
            os.close(reading)
            ending = checked(running, hand.play(running, 480))
        hand.close()
        gmail = world.state()["gmail"]

    assert (ending.code, ending.json["outcome"]) == (0, "done"), ending.err
    assert hand.ended == len(MOMENTS)
    assert ending.json["person_actions"] == ["sign-in"] * ending.err.count("☞")
    assert [row["address"] for row in gmail["pop_accounts"]] == [world.settings["OUTLOOK_ADDRESS"]]
    assert [entry["verified"] for entry in gmail["send_as"]] == [True]
    assert len([m for m in gmail["messages"] if m["subject"].startswith("autoconfigure ")]) == 1
