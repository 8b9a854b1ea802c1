"""Somebody at the practice sign-in pages."""

from __future__ import annotations

import re
import time
from contextlib import suppress

from playwright.sync_api import Error, Locator, Page, Playwright

from flows.sandbox import Sandbox
from tests.helpers import Ending, Program

SLOWEST = 30_000  # milliseconds for a word typed on a machine that has a lot to do


class SlowHand:
    """Somebody who signs in as ``accounts``, a key at a time; ``typed`` holds what was typed, in its order."""

    def __init__(self, playwright: Playwright, endpoint: str, sandbox: Sandbox, accounts: tuple[str, str]) -> None:
        self._browser = playwright.chromium.connect_over_cdp(endpoint)
        self.context = self._browser.contexts[0]
        self.password = sandbox.practice_password
        self.outlook, self.gmail = accounts
        self.typed: list[str] = []

    def play(self, running: Program, seconds: float = 240) -> Ending:
        """Sign in wherever a page asks for it, until the program has ended."""
        deadline = time.monotonic() + seconds
        while running.is_running:
            assert time.monotonic() < deadline, running.said()
            self.act()
            time.sleep(0.05)
        return running.end()

    def act_until(self, running: Program, words: str, where: str = "", seconds: float = 60) -> None:
        """Sign in wherever a page asks for it, until the program has said these words."""
        deadline = time.monotonic() + seconds
        while words not in running.said():
            assert running.is_running, running.said()
            assert time.monotonic() < deadline, running.said()
            self.act(where)

    def act(self, where: str = "") -> None:
        """One thing on one page whose address holds ``where``."""
        for shown in reversed(self.context.pages):
            with suppress(Error):  # the page went on while we looked
                if where in shown.url and self.one_thing(shown):
                    return

    def one_thing(self, page: Page) -> bool:
        """What a sign-in page asks for; False where this is none."""
        answers = {
            "loginfmt": self.outlook,
            "identifier": self.gmail,
            "passwd": self.password,
            "Passwd": self.password,
            "otc": None,
            "totpPin": None,
        }
        for name, answer in answers.items():
            field = page.locator(f"input[name={name}]")
            if field.count():
                return self._type(name, field, answer or re.findall(r"\d{6}", page.locator(".note").inner_text())[0])
        account = page.locator("button.account", has_text=self.gmail)
        another = page.locator("button[name=account]").last
        for button in (page.locator("#idSIButton9[name=answer]"), account, another):
            if button.count():
                button.click(timeout=1000)
                return True
        return False

    def _type(self, name: str, field: Locator, text: str) -> bool:
        self.typed.append(name)
        field.press_sequentially(text, delay=20, timeout=SLOWEST)  # given up halfway, it would be typed on top of that
        assert field.input_value() == text  # nothing drew the page anew under the typing hand
        field.press("Enter", timeout=1000)  # the page goes on; in a tab behind another that may never be told
        return True

    def close(self) -> None:
        """Let go of the browser; it stays open."""
        self._browser.close()
