"""A visitor of the practice worlds: one browser, and somebody at it who does what only a person may do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Playwright

from automation.browser import BrowserProcess
from flows.sandbox import Sandbox
from tests.helpers import Ending, Hand, checked, program

# Causes with the day since which they hold, as the worlds' provider facts tell it.
BASIC_RETIRED = ("auth.basic-retired", "2024-09-16")
POP_WITHDRAWN = ("gmail.pop-withdrawn", "2026-01-01")


@dataclass(frozen=True)
class Visit:
    """One run of the program in a world: how it ended, and the truth of the world afterwards."""

    ending: Ending
    state: dict[str, Any]

    @property
    def causes(self) -> list[tuple[str, str | None]]:
        """All causes, the deciding one first: its code and since when it holds."""
        listed = self.ending.json["causes"]
        assert self.ending.json["cause"] == (listed[0] if listed else None)
        return [(cause["code"], cause["since"]) for cause in listed]

    @property
    def flows(self) -> list[tuple[str, str, str, bool]]:
        """Each flow: its name, how it was before and after, and whether it was changed."""
        return [(f["name"], f["before"], f["after"], f["changed"]) for f in self.ending.json["flows"]]


class KnowingHand(Hand):
    """A hand that also makes Google app passwords and looks up Microsoft's code, but mistypes it the first time."""

    world: Sandbox

    def _one_thing(self, page: Page) -> bool:
        code = page.get_by_role("textbox", name="Code", exact=True)
        if code.count() and page.locator("autoconfigure-banner").count():
            right = str(self.world.control("/secrets")["forwarding_code"])
            code.fill(right if "forwarding-code" in self.did else right[::-1] + "0", timeout=1000)
            page.get_by_role("button", name="Verify", exact=True).click(timeout=1000)
            return self._has_done("forwarding-code")
        name = page.get_by_role("textbox", name="App name", exact=True)
        if name.count() and page.locator("autoconfigure-banner").count():
            name.fill("Gmail sending", timeout=1000)
            page.get_by_role("button", name="Create", exact=True).click(timeout=1000)
            return self._has_done("google-app-password")
        return super()._one_thing(page)


@dataclass
class Visitor:
    """Somebody at a browser of their own."""

    playwright: Playwright
    browser: BrowserProcess
    world: Sandbox | None = None

    @contextmanager
    def enter(self, name: str) -> Iterator[Visitor]:
        """A world of this name, in English."""
        with Sandbox(name, lang="en") as self.world:
            yield self

    def run(self, *arguments: str) -> Visit:
        """A run of the program in the world, which must leave no process and no tab of its own behind."""
        assert self.world
        hand = KnowingHand(self.playwright, self.browser.endpoint, self.world.practice_password)
        hand.world = self.world
        before = len(hand.context.pages)
        given = ["--attach", self.browser.endpoint, "--yes", "--json", "--no-watch", *arguments]
        try:
            with program(*given, **self.world.settings) as running:
                ending = checked(running, hand.play(running))
            assert len(hand.context.pages) == before
        finally:
            hand.close()
        secrets = self.world.control("/secrets")
        for secret in (*secrets["app_passwords"], *secrets["google_app_passwords"]):
            assert secret not in ending.out + ending.err
        return Visit(ending, self.world.state())


@contextmanager
def visitor_at(browser_path: Path, playwright: Playwright, folder: Path) -> Iterator[Visitor]:
    """A visitor whose browser closes at the end."""
    with BrowserProcess(browser_path, folder, headless=True, loopback_only=True, lang="en") as browser:
        yield Visitor(playwright, browser)
