"""Sending under the Outlook.com address when its own server takes no passwords any more."""

from __future__ import annotations

from flows.sender import dmarc_policy
from tests.helpers import run


def test_gmails_own_server_sends_after_a_plain_word() -> None:
    """Where both doors are closed and the person wants it, sending goes by Gmail's server, confirmed by forwarded mail."""
    ending = run("--sandbox", "--world", "today", "--json", "--no-watch", "--headless", seconds=180)

    assert (ending.code, ending.json["outcome"], ending.json["route"]) == (0, "done", "forwarding"), ending.err
    flows = {flow["name"]: flow["after"] for flow in ending.json["flows"]}
    assert flows == {"outlook-forwarding": "done", "gmail-filter": "done", "gmail-send-as": "done"}
    assert ending.json["person_actions"] == ["google-app-password"]
    the_end = " ".join(ending.err.partition("The end")[2].split())
    assert "through Gmail's own server" in the_end  # what was done has the name of what was planned
    assert ending.json["proof"]
    assert "DMARC" in ending.err


def test_a_policy_nobody_publishes_is_not_invented() -> None:
    """A domain that cannot be looked up has no known policy."""
    assert dmarc_policy("mail.invalid") is None
