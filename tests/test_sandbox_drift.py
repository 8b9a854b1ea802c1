"""Drifted twins of the practice pages, and the world in which every page shows all it can."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from flows.sandbox import Sandbox

FORWARDING, ACCOUNTS = "/mail/0/options/mail/forwarding", "/mail/u/0/#settings/accounts"


@pytest.fixture(scope="module")
def furnished() -> Iterator[Sandbox]:
    """A world in which everything is set up."""
    with Sandbox(lang="en") as sandbox:
        sandbox.control("/furnished", {})
        yield sandbox


def test_pages_differ_as_they_are_told(furnished: Sandbox, page: Page) -> None:
    """A label is renamed, one thing is gone, one is new and one has moved, also under Gmail's strict rules; [] ends it."""
    drift = [
        {"rename": "Enable forwarding", "to": "Send my mail on"},
        {"remove": "Keep a copy of forwarded messages"},
        {"insert": "I understand", "role": "checkbox", "behind": "Enable forwarding"},
        {"insert": "I understand", "role": "checkbox", "behind": "Send my mail on"},
        {"move": "Let devices and apps use IMAP", "behind": "Forward my email to"},
        {"rename": "Add a mail account", "to": "Add a mailbox"},
    ]
    furnished.control("/drift", {"operations": drift})
    page.goto(furnished.settings["OUTLOOK_URL"] + FORWARDING)
    expect(page.get_by_role("switch", name="Send my mail on")).to_be_visible()
    expect(page.get_by_role("checkbox", name="I understand")).to_have_count(1)
    expect(page.get_by_role("checkbox", name="Keep a copy")).to_have_count(0)
    assert page.locator("section", has_text="Forward my email to").get_by_role("switch", name="IMAP").count() == 1
    page.goto(furnished.settings["GMAIL_URL"] + ACCOUNTS)
    expect(page.get_by_role("link", name="Add a mailbox")).to_be_visible()

    furnished.control("/drift", {"operations": []})
    page.reload()
    expect(page.get_by_role("link", name="Add a mail account")).to_be_visible()


def test_everything_is_there_to_be_seen(furnished: Sandbox, page: Page) -> None:
    """POP's part, the row with its links, the sender's row, the filter and the sign-in that waits all show, by no write."""
    before = furnished.state()["writes"]
    page.goto(furnished.settings["OUTLOOK_URL"] + FORWARDING)
    expect(page.get_by_role("switch", name="Let devices and apps delete messages from Outlook")).to_be_visible()
    page.goto(furnished.settings["GMAIL_URL"] + ACCOUNTS)
    for link in ("edit info", "View history", "verify", "Add a mail account"):
        expect(page.get_by_role("link", name=link)).to_be_visible()
    page.goto(furnished.settings["GMAIL_URL"] + "/mail/u/0/#settings/filters")
    expect(page.get_by_text("to:(hanako@outlook.example)")).to_be_visible()
    page.goto(furnished.settings["ACCOUNT_LIVE_URL"] + "/Activity")
    expect(page.get_by_role("heading", name="Unusual activity")).to_be_visible()
    assert furnished.state()["writes"] == before
