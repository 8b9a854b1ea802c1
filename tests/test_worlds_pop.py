"""Each practice world is a whole run with its right end: here where mail is fetched by POP and something is in the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests.worlds import Visit, Visitor, visitor_at

POP_IMPORT = ["outlook-pop", "gmail-import", "gmail-send-as"]


@pytest.fixture(scope="module")
def visitor(browser_path: Path, playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    """Somebody with a browser, who visits one world after the other."""
    with visitor_at(browser_path, playwright, tmp_path_factory.mktemp("theirs")) as somebody:
        yield somebody


def assert_fetches(visit: Visit) -> None:
    """Mail is fetched and sent as the article says, proved, with one app password in all."""
    outlook, gmail, answer = visit.state["outlook"], visit.state["gmail"], visit.ending.json

    assert (visit.ending.code, answer["outcome"], answer["route"]) == (0, "done", "pop-import"), visit.ending.err
    assert [(name, after, changed) for name, _before, after, changed in visit.flows] == [
        (name, "done", True) for name in POP_IMPORT
    ]
    assert (answer["proof"] or {}).get("kind") == "mail"
    assert (outlook["pop_on"], outlook["apps_may_delete"], outlook["app_passwords"]) == (True, False, 1)
    assert [(row["port"], row["ssl"], row["leave_copy"]) for row in gmail["pop_accounts"]] == [(995, True, True)]
    assert [entry["verified"] for entry in gmail["send_as"]] == [True]
    assert outlook["forwarding_to"] is None


def test_intercepted(visitor: Visitor) -> None:
    """Security software before the mail servers stops only our own look: no password goes to it, and Gmail fetches."""
    with visitor.enter("intercepted") as world:
        visit = world.run()

    assert_fetches(visit)
    assert visit.causes == [("tls.intercepted", None), ("auth.web-login-needed", None)]
    assert visit.ending.json["cause"]["side"] == "this machine"
    assert visit.ending.json["person_actions"] == ["re-authenticate", "app-password", "approve-activity"]
    assert {place for _protocol, place, _accepted in visit.state["logins"]} == {"Google"}


def test_pop_goes_off_again(visitor: Visitor) -> None:
    """A POP that the provider switches off behind our back is seen, named and switched on once more."""
    with visitor.enter("pop-off-again") as world:
        visit = world.run()

    assert_fetches(visit)
    assert visit.causes == [("account.pop-off", None), ("auth.web-login-needed", None)]
    assert visit.ending.json["person_actions"][:2] == ["re-authenticate", "app-password"]
    assert set(visit.ending.json["person_actions"][2:]) == {"approve-activity"}


def test_timeout(visitor: Visitor) -> None:
    """A mail server silent for everybody ends the run with that cause in half a minute, and Gmail has no row of ours."""
    with visitor.enter("timeout") as world:
        visit = world.run()

    answer, gmail = visit.ending.json, visit.state["gmail"]
    assert (visit.ending.code, answer["outcome"], answer["proof"]) == (1, "failed", None), visit.ending.err
    assert visit.causes == [("server.silent", None), ("tls.silent", None)]
    assert answer["cause"]["side"] == "server"
    assert "Connection timed out" in answer["cause"]["evidence"][0]["text"]
    assert [(name, after) for name, _before, after, _changed in visit.flows] == [
        ("outlook-pop", "done"),
        ("gmail-import", "unknown"),
    ]
    assert gmail["pop_accounts"] == gmail["send_as"] == []
    assert answer["person_actions"] == ["re-authenticate", "app-password"]
    assert "is left over" in visit.ending.err  # the app password, without a keyring


def test_the_storage_is_full(visitor: Visitor) -> None:
    """Gmail's full storage is named as its row says it, and sending is not set up for a mailbox that takes nothing."""
    with visitor.enter("quota-full") as world:
        visit = world.run()

    answer, gmail = visit.ending.json, visit.state["gmail"]
    assert (visit.ending.code, answer["outcome"], answer["proof"]) == (1, "failed", None), visit.ending.err
    assert visit.causes == [("mailbox.full", None), ("auth.web-login-needed", None)]
    assert answer["cause"]["side"] == "the person"
    assert "Out of storage" in answer["cause"]["evidence"][0]["text"]
    assert [(name, after) for name, _before, after, _changed in visit.flows] == [
        ("outlook-pop", "done"),
        ("gmail-import", "unknown"),
    ]
    assert (len(gmail["pop_accounts"]), gmail["send_as"]) == (1, [])
    assert "is left over" not in visit.ending.err  # Gmail's row has it
