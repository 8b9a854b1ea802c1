"""The proof after a run that was cut off as it was sending it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from automation.browser import BrowserProcess
from automation.person import Person
from automation.session import Session
from automation.settings import Options, read_settings
from automation.stop import Stop
from automation.tabs import Tabs
from flows.proof_mail import PROOF, prove
from flows.sandbox import Sandbox
from tests.helpers import in_engine, until


class CutOff:
    """A practice world, and a session after a run that was killed as it was sending."""

    def __init__(self, sandbox: Sandbox, session: Session, words: StringIO) -> None:
        self.sandbox, self.session, self.words = sandbox, session, words

    def killed_while_sending(self) -> dict[str, str]:
        """What the message says that the killed run was about to send, to be delivered or not."""
        mark, inside = f"autoconfigure {secrets.token_hex(4)}", secrets.token_hex(6)
        self.session.journal.write("sending", PROOF, {"mark": mark, "inside": inside})
        return {"subject": mark, "body": inside}

    def forwards(self, keeps_copy: bool) -> None:
        """From now on Outlook.com forwards."""
        address = self.sandbox.settings["GMAIL_ADDRESS"]
        self.sandbox.control("/set", {"outlook.forwarding_to": address, "outlook.keep_forwarded_copy": keeps_copy})

    def sent(self) -> int:
        """How many messages were sent from Outlook.com's page."""
        return len(self.sandbox.state()["outlook"]["sent"])


@pytest.fixture
def cut_off(browser_path: Path, tmp_path: Path) -> Iterator[CutOff]:
    """Such a world and session, with nobody there."""
    words = StringIO()
    browser = BrowserProcess(browser_path, tmp_path / "profile", headless=True, loopback_only=True, lang="en")
    with Sandbox(lang="en") as sandbox, browser:
        settings = read_settings({"autoconfigure_home": str(tmp_path / "home")}, sandbox.settings, tmp_path)
        person = Person(Console(file=words, width=200), no_input=True, watch=False)
        tabs = in_engine(lambda: Tabs(browser.endpoint, Stop())).result()
        try:
            yield CutOff(sandbox, Session(settings, Options(), person, tabs, [], tmp_path / "pictures"), words)
        finally:
            in_engine(tabs.close).result()


def test_no_second_message_is_sent_while_the_first_can_be_found(cut_off: CutOff) -> None:
    """The message is looked for in Gmail, where forwarding may have taken it, and at Outlook.com; a second is told of."""
    message = cut_off.killed_while_sending()
    cut_off.sandbox.control("/deliver", message)
    proving = in_engine(lambda: prove(cut_off.session, fetched=False))
    until(lambda: "I look for that one and send no other" in cut_off.words.getvalue())
    cut_off.forwards(keeps_copy=False)
    cut_off.sandbox.control("/deliver", message)  # now to Gmail alone
    assert proving.result() is not None

    cut_off.sandbox.control("/deliver", cut_off.killed_while_sending())
    assert in_engine(lambda: prove(cut_off.session, fetched=False)).result() is not None
    assert (cut_off.sent(), cut_off.session.notes) == (0, [])

    cut_off.killed_while_sending()  # and before anything was sent
    assert in_engine(lambda: prove(cut_off.session, fetched=False)).result() is not None
    assert cut_off.sent() == 1
    assert "found in neither mailbox, so another was sent" in cut_off.session.notes[0]
