"""What `autoconfigure --sandbox` does in ``classic``/``en``, as somebody writes it by hand: the same clicks, no checks.

No looking again, no reading back, no waiting for anything but the next thing to click. The person's part is plain
clicks too. ``python -m tests.benchmarks.raw_classic ENDPOINT``, with the world's settings in the environment, writes the
seconds from the plan's yes to the proof and the number of actions into the file ``MEASURES``.
"""

from __future__ import annotations

import json
import os
import poplib
import re
import secrets
import socket
import ssl
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import BrowserContext, Locator, Page, sync_playwright

SETTINGS = "/mail/u/0/#settings/accounts"
FORWARDING_AND_IMAP = "/mail/0/options/mail/forwarding"


class Script:
    """The whole job, from top to bottom."""

    def __init__(self, context: BrowserContext, world: dict[str, str], practice_password: str) -> None:
        self.world = world
        self.practice_password = practice_password
        self.address = world["OUTLOOK_ADDRESS"]
        self.actions = 0
        self.outlook, self.gmail, self.microsoft = (context.new_page() for _ in range(3))

    def look_at_the_plan(self) -> None:
        """The pages that are open when the person says yes."""
        self.go(self.gmail, self.world["GMAIL_URL"] + SETTINGS)
        self.gmail.get_by_role("link", name="Add a mail account").wait_for()
        self.go(self.outlook, self.world["OUTLOOK_URL"] + FORWARDING_AND_IMAP)
        self.outlook.get_by_role("button", name="Sign in").wait_for()

    def run(self) -> None:
        """From the yes to the proof."""
        self.switch_pop_on()
        password = self.new_app_password()
        self.add_mail_account(password)
        self.wait_for_first_fetch()
        self.add_sender(password)
        self.prove()

    def switch_pop_on(self) -> None:
        page = self.outlook
        page.bring_to_front()
        self.click(page.get_by_role("button", name="Sign in"))
        self.type_practice_password(page)
        self.click(page.get_by_role("switch", name="Let devices and apps use POP"))
        self.click(page.get_by_role("button", name="Save", exact=True))
        page.get_by_text("Saving").wait_for(state="detached")

    def new_app_password(self) -> str:
        page = self.microsoft
        page.bring_to_front()
        self.go(page, self.world["ACCOUNT_LIVE_URL"] + "/proofs/manage/additional")
        self.click(page.get_by_role("link", name="Create a new app password"))
        password = page.locator("dl.shown dd").inner_text()
        if not self.log_in(password):
            self.approve_activity()
            self.log_in(password)
        return password

    def log_in(self, password: str) -> bool:
        """One POP login, as the tool makes it."""
        host, port = self.world["POP_HOST"], int(self.world["POP_PORT"])
        routes = [route.rsplit(":", 3) for route in self.world["MAIL_CONNECT_TO"].split(",")]
        there, its_port = next((to, int(at)) for name, number, to, at in routes if (name, int(number)) == (host, port))
        trust = ssl.create_default_context(cafile=self.world["TLS_CA_FILE"])
        pop = Pop(host, socket.create_connection((there, its_port), 10), trust)
        try:
            pop.user(self.address)
            pop.pass_(password)
            return True
        except poplib.error_proto:
            return False
        finally:
            pop.close()

    def approve_activity(self) -> None:
        page = self.microsoft
        page.bring_to_front()
        self.go(page, self.world["ACCOUNT_LIVE_URL"] + "/Activity")
        self.click(page.get_by_role("region", name="Unusual activity").locator("[aria-expanded=false]").first)
        self.click(page.get_by_role("button", name="This was me"))
        page.get_by_text("Thank").first.wait_for()

    def add_mail_account(self, password: str) -> None:
        self.gmail.bring_to_front()
        self.go(self.gmail, self.world["GMAIL_URL"] + SETTINGS)
        with self.gmail.expect_popup() as opened:
            self.click(self.gmail.get_by_role("link", name="Add a mail account"))
        window = opened.value
        self.fill(field(window, "Email address"), self.address)
        self.click(window.get_by_role("button", name="Next"))
        self.click(window.get_by_role("button", name="Next"))
        self.fill(field(window, "Username"), self.address)
        self.fill(field(window, "POP Server"), self.world["POP_HOST"])
        self.act(lambda: window.locator("select").first.select_option(self.world["POP_PORT"]))
        for words in ("SSL", "Leave a copy", "Label incoming"):
            self.click(window.locator("td", has_text=words).locator("[type=checkbox]"))
        self.act(lambda: window.locator("select").nth(1).select_option(self.address))
        self.fill(window.locator("[type=password]"), password)
        self.click(window.get_by_role("button", name="Add Account"))
        self.click(window.get_by_text("Show error details"))
        self.approve_activity()
        window.bring_to_front()
        self.fill(window.locator("[type=password]"), password)
        self.click(window.get_by_role("button", name="Add Account"))
        self.click(window.locator("[type=radio]").nth(1))
        with window.expect_event("close"):
            self.click(window.get_by_role("button", name="Finish"))

    def wait_for_first_fetch(self) -> None:
        self.gmail.bring_to_front()
        self.gmail.get_by_text(re.compile(r"\d+ mails? fetched")).wait_for()

    def add_sender(self, password: str) -> None:
        with self.gmail.expect_popup() as opened:
            self.click(self.gmail.get_by_role("link", name="Add another email address"))
        window = opened.value
        self.fill(window.locator("[name=cfn]"), self.world["DISPLAY_NAME"])
        self.fill(window.locator("[name=cfa]"), self.address)
        self.click(window.get_by_role("button", name="Next Step"))
        self.fill(window.locator("[name=cfss]"), self.world["SMTP_HOST"])
        self.fill(window.locator("[name=cfsl]"), self.address)
        self.fill(window.locator("[name=cfsw]"), password)
        self.click(window.get_by_role("button", name="Add Account"))
        window.locator("[name=cfvc]").wait_for()
        code = self.fetch_and_read("gmail-noreply@google.com", r"(?<!\d)\d{9}(?!\d)")
        window.bring_to_front()
        self.fill(window.locator("[name=cfvc]"), code)
        with window.expect_event("close"):
            self.click(window.get_by_role("button", name="Verify"))

    def prove(self) -> None:
        mark, inside = f"autoconfigure {secrets.token_hex(4)}", secrets.token_hex(6)
        query = f"?to={quote(self.address)}&subject={quote(mark)}&body={quote(inside)}"
        self.outlook.bring_to_front()
        self.go(self.outlook, self.world["OUTLOOK_URL"] + "/mail/deeplink/compose" + query)
        self.click(self.outlook.get_by_role("button", name="Send", exact=True))
        self.outlook.get_by_role("button", name="Send", exact=True).wait_for(state="detached")
        self.fetch_and_read(mark, inside)

    def fetch_and_read(self, words: str, wanted: str) -> str:
        """Let Gmail check its mail, search for a message, open it, and read something in it."""
        page = self.gmail
        page.bring_to_front()
        self.go(page, self.world["GMAIL_URL"] + SETTINGS)
        self.click(page.get_by_role("link", name="Check mail now"))
        self.go(page, self.world["GMAIL_URL"] + "/mail/u/0/#search/" + quote(words, safe=""))
        self.click(page.get_by_role("main").get_by_role("row").first)
        text = page.get_by_text(re.compile(wanted)).first.inner_text()
        found = re.search(wanted, text)
        assert found
        return found[0]

    def type_practice_password(self, page: Page) -> None:
        self.fill(page.locator("[type=password]"), self.practice_password)
        page.keyboard.press("Enter")

    def go(self, page: Page, url: str) -> None:
        """An address opened, and its script at work."""
        page.goto(url, wait_until="domcontentloaded")

    def click(self, target: Locator) -> None:
        """A click, which Playwright does once the element is there."""
        self.act(target.click)

    def fill(self, target: Locator, text: str) -> None:
        """A text put into a field."""
        self.act(lambda: target.fill(text))

    def act(self, action: Callable[[], object]) -> None:
        """One action, counted."""
        self.actions += 1
        action()


class Pop(poplib.POP3_SSL):
    """The library's client on a connection that was made elsewhere than the name it is checked against."""

    def __init__(self, host: str, connection: socket.socket, trust: ssl.SSLContext) -> None:
        self._tls = trust.wrap_socket(connection, server_hostname=host)
        super().__init__(host, context=trust)

    def _create_socket(self, _timeout: object) -> ssl.SSLSocket:
        return self._tls


def field(window: Page, words: str) -> Locator:
    """The text field of the table row that is called so."""
    return window.get_by_role("row").filter(has_text=words).locator("input[type=text]").first


def main() -> None:
    """Run it against one browser and one world; print the measurement."""
    with sync_playwright() as playwright:
        context = playwright.chromium.connect_over_cdp(sys.argv[1]).contexts[0]
        script = Script(context, dict(os.environ), os.environ["PRACTICE_PASSWORD"])
        script.look_at_the_plan()
        started = time.monotonic()
        script.run()
        seconds = time.monotonic() - started
        Path(os.environ["MEASURES"]).write_text(json.dumps({"seconds": seconds, "actions": script.actions}))


if __name__ == "__main__":
    main()
