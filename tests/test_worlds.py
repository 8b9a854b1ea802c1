"""Each practice world is a whole run with its right end: here where a door is closed and forwarding is the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests.worlds import BASIC_RETIRED, POP_WITHDRAWN, Visit, Visitor, visitor_at

FORWARDING = ["outlook-forwarding", "gmail-filter"]


@pytest.fixture(scope="module")
def visitor(browser_path: Path, playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    """Somebody with a browser, who visits one world after the other."""
    with visitor_at(browser_path, playwright, tmp_path_factory.mktemp("theirs")) as somebody:
        yield somebody


def assert_forwards(visit: Visit) -> None:
    """Forwarding is on and labelled and proved, and nothing that belongs to the other route was touched or tried."""
    outlook, gmail, answer = visit.state["outlook"], visit.state["gmail"], visit.ending.json

    assert (visit.ending.code, answer["outcome"], answer["route"]) == (0, "done", "forwarding"), visit.ending.err
    assert visit.flows == [(name, "todo", "done", True) for name in FORWARDING]
    assert (answer["proof"] or {}).get("kind") == "mail"
    assert (outlook["forwarding_to"], outlook["keep_forwarded_copy"]) == (gmail["address"], True)
    assert [(rule["to"], rule["label"], rule["archive"], rule["never_spam"]) for rule in gmail["filters"]] == [
        (outlook["address"], outlook["address"], False, False)
    ]
    assert [m["labels"] for m in gmail["messages"] if m["subject"].startswith("autoconfigure ")] == [
        [outlook["address"]]
    ]
    assert (outlook["pop_on"], outlook["app_passwords"], gmail["app_passwords"], visit.state["logins"]) == (
        False,
        0,
        0,
        [],
    )
    assert gmail["pop_accounts"] == gmail["send_as"] == []
    assert "Old mail does not come this way" in visit.ending.err


def test_today(visitor: Visitor) -> None:
    """With both doors closed mail is forwarded, nobody makes an app password in vain, and a second run changes nothing."""
    with visitor.enter("today") as world:
        first = world.run()
        again = world.run()

    assert_forwards(first)
    assert first.causes == [BASIC_RETIRED, POP_WITHDRAWN]
    assert first.ending.json["person_actions"] == []
    for _code, since in (BASIC_RETIRED, POP_WITHDRAWN):
        assert since in first.ending.err
    assert (again.ending.code, again.ending.json["outcome"]) == (0, "unchanged"), again.ending.err
    assert again.flows == [(name, "done", "done", False) for name in FORWARDING]
    assert again.state["writes"] == first.state["writes"]


@pytest.mark.parametrize(
    ("name", "cause"), [("basic-auth-retired", BASIC_RETIRED), ("gmail-pop-removed", POP_WITHDRAWN)]
)
def test_one_door_is_closed(name: str, cause: tuple[str, str], visitor: Visitor) -> None:
    """One closed door is named with its date, and is enough to forward instead, without asking anything of the person."""
    with visitor.enter(name) as world:
        visit = world.run()

    assert_forwards(visit)
    assert visit.causes == [cause]
    assert visit.ending.json["person_actions"] == []


def test_forwarding_asks_a_code(visitor: Visitor) -> None:
    """Where Outlook.com wants a code first, the person types it and the run goes on by itself; a wrong one is told at once."""
    with visitor.enter("forwarding-asks-code") as world:
        visit = world.run()

    assert_forwards(visit)
    assert visit.causes == [BASIC_RETIRED, POP_WITHDRAWN]
    assert visit.ending.json["person_actions"] == ["forwarding-code"]
    assert "Outlook.com says: That code didn't work." in visit.ending.err


@pytest.mark.long
def test_a_code_asked_for_before(visitor: Visitor) -> None:
    """Where the pane waits for the code of a run that was cut off, that code is what the person is asked for first."""
    with visitor.enter("forwarding-asks-code") as world:
        assert world.world
        waiting = {"on": True, "to": world.world.settings["GMAIL_ADDRESS"], "keep_copy": True}
        world.world.control("/set", {"forwarding_code": "271828", "forwarding_waits": waiting})
        visit = world.run("--no-proof")

    assert (visit.ending.code, visit.ending.json["outcome"]) == (0, "done"), visit.ending.err
    assert visit.ending.json["person_actions"] == ["forwarding-code"]
    assert visit.state["outlook"]["forwarding_to"] == visit.state["gmail"]["address"]


def test_the_organisation_blocks_forwarding(visitor: Visitor) -> None:
    """Where the last way is closed as well, its closing decides, in the server's words, and nothing was changed."""
    with visitor.enter("organisation-blocks-forwarding") as world:
        visit = world.run()

    answer = visit.ending.json
    assert (visit.ending.code, answer["outcome"], answer["proof"]) == (1, "failed", None), visit.ending.err
    assert visit.causes == [("outlook.forwarding-blocked", None), BASIC_RETIRED, POP_WITHDRAWN]
    assert answer["cause"]["side"] == "organisation"
    assert "550 5.7.520 Access denied" in answer["cause"]["evidence"][0]["text"]
    assert visit.flows == [("outlook-forwarding", "todo", "unknown", False)]
    assert visit.state["outlook"]["forwarding_to"] is None
    assert (visit.state["writes"], visit.state["gmail"]["filters"]) == (0, [])


def test_today_against_the_facts(visitor: Visitor) -> None:
    """Who insists on POP gets one line of warning and one honest try: the door with its date, and no app password."""
    with visitor.enter("today") as world:
        visit = world.run("--route", "pop-import")

    answer, outlook, gmail = visit.ending.json, visit.state["outlook"], visit.state["gmail"]
    assert (visit.ending.code, answer["outcome"], answer["route"]) == (6, "withdrawn", "pop-import"), visit.ending.err
    assert visit.causes[0] == POP_WITHDRAWN
    assert (answer["proof"], answer["person_actions"]) == (None, ["re-authenticate"])
    assert visit.ending.err.count("one honest try") == 1
    assert [(name, after) for name, _before, after, _changed in visit.flows] == [
        ("outlook-pop", "done"),
        ("gmail-import", "unknown"),
    ]
    assert (outlook["app_passwords"], outlook["forwarding_to"], visit.state["logins"]) == (0, None, [])
    assert gmail["pop_accounts"] == gmail["send_as"] == []
