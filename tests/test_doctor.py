"""`autoconfigure doctor`: the verdict from all three witnesses, by looking only, on worlds that were set up and broken."""

from __future__ import annotations

import json
import os
import pty
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from automation.browser import BrowserProcess
from automation.diagnosis import Finding
from automation.flow import Seen
from automation.probe import ProbeResult, Stage
from flows.checkup import Checkup
from flows.providers import BUILT_IN
from flows.sandbox import Sandbox
from flows.verdict import Verdict, judge, judge_probes
from tests.helpers import Ending, complain_about, program

GMAIL = "hanako@gmail.example"
FORWARDS = Seen("done", "forwards", {"on": True, "to": GMAIL, "keeps_copy": True})
FORWARDS_NOT = Seen("todo", "forwarding is off", {"on": False, "to": "", "keeps_copy": None})
FETCHES = Seen("done", "Gmail fetches", {"row": "hanako@outlook.example Last checked: 3 minutes ago. 2 mails fetched."})
FETCHES_NOT = Seen("todo", "no row", {"row": None})
HIDDEN = Seen("unknown", "can be seen only after you: Please sign in")
REFUSED = "Logon failure: unknown user name or bad password."
SINCE = "Mail from this account has not been retrieved since Nov 1."


def fails(words: str) -> Seen:
    """Gmail's row with these words of trouble."""
    return Seen("todo", words, {"row": f"hanako@outlook.example {words} {SINCE}"})


def checkup(fetch: Seen, forward: Seen, **more: Any) -> Checkup:
    """A check-up that saw these two routes; Outlook.com hides whether POP is on."""
    pop_on = more.pop("pop_on", None)
    pop = HIDDEN if pop_on is None else Seen("todo", "POP is off", {"pop_is_on": pop_on})
    return Checkup(GMAIL, {"gmail-import": fetch, "outlook-forwarding": forward, "outlook-pop": pop}, **more)


def probe(protocol: str, *findings: Finding, login: bool | None = None) -> ProbeResult:
    """What a mail server said to this machine."""
    stages = [Stage("connect", True), Stage("login", login)]
    return ProbeResult(protocol, f"{protocol}.outlook.example", 995, stages, findings=list(findings))


def verdict(seen: Checkup, *findings: Finding, facts: bool = False) -> Verdict:
    """The verdict on a check-up and what the POP probe found."""
    known = list(BUILT_IN) if facts else []
    return judge(seen, {"pop": probe("pop", *findings), "smtp": probe("smtp")}, known)


@pytest.fixture(scope="module")
def theirs(browser_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserProcess]:
    """A browser that somebody else has open."""
    folder = tmp_path_factory.mktemp("theirs")
    with BrowserProcess(browser_path, folder, headless=True, loopback_only=True, lang="en") as browser:
        yield browser


class Place:
    """A practice world, the browser beside it, and the doctor."""

    def __init__(self, sandbox: Sandbox, browser: BrowserProcess) -> None:
        self.sandbox = sandbox
        self.browser = browser

    def doctor(self, *arguments: str, secret: str = "", **environment: str | None) -> Ending:
        """What the doctor says. It must change nothing and hand nothing over, and its JSON is as promised."""
        before = self.sandbox.state()["writes"]
        reading, writing = os.pipe()
        os.write(writing, f"{secret}\n".encode())
        os.close(writing)
        given = ["--secret-stdin"] if secret else []
        known = {**self.sandbox.settings, **environment}
        with program("doctor", *self._given, *given, *arguments, stdin=reading, **known) as running:
            os.close(reading)
            ending = running.end()
        complain_about(ending.json, "doctor")
        assert "☞" not in ending.err
        assert "Traceback" not in ending.err
        assert self.sandbox.state()["writes"] == before
        return ending

    def doctor_at_a_terminal(self, *answers: str) -> Ending:
        """What the doctor says to somebody who types these answers."""
        theirs, its = pty.openpty()
        os.write(theirs, "".join(f"{answer}\n" for answer in answers).encode())
        given = ("--attach", self.browser.endpoint, "--no-watch", "--no-proof")
        with program("doctor", *given, stdin=its, **self.sandbox.settings) as running:
            ending = running.end()
        os.close(theirs)
        os.close(its)
        return ending

    @property
    def _given(self) -> list[str]:
        return ["--attach", self.browser.endpoint, "--json", "--no-watch"]


@pytest.fixture
def place(theirs: BrowserProcess) -> Iterator[Callable[[str], Place]]:
    """Opens a practice world of a name."""
    with ExitStack() as stack:
        yield lambda world: Place(stack.enter_context(Sandbox(world)), theirs)


def test_forwarding_that_stopped_is_noticed(place: Callable[[str], Place], home: Path) -> None:
    """The remedy is offered and done on a yes; once forwarding is off again, a look that is told no address names it."""
    today = place("today")
    asked = today.doctor_at_a_terminal("y", "s", "y")
    assert asked.code == 0, asked.out + asked.err
    assert "Shall I do this now: autoconfigure run --route forwarding?" in asked.out
    assert today.sandbox.state()["outlook"]["forwarding_to"] == GMAIL
    assert stat.S_IMODE((home / "state.json").stat().st_mode) == 0o600

    today.sandbox.control("/set", {"outlook.forwarding_to": None})
    stopped = today.doctor(OUTLOOK_ADDRESS=None, GMAIL_ADDRESS=None)
    assert (stopped.code, stopped.json["verdict"], stopped.cause) == (1, "broken", "outlook.forwarding-off"), (
        stopped.err
    )
    assert stopped.json["remedies"][0]["command"] == "autoconfigure run --route forwarding"


def test_a_set_up_made_by_hand_that_cannot_work(place: Callable[[str], Place]) -> None:
    """A row with port 110 and no SSL, POP off again, and a sign-in that waits: each is named, and who can mend it."""
    classic = place("classic")
    classic.sandbox.control("/half-made", {})
    ending = classic.doctor("-v")
    assert (ending.code, ending.json["verdict"], ending.cause) == (1, "broken", "gmail.row-settings"), ending.err
    assert "port: 110" in json.dumps(ending.json["cause"])
    assert ending.json["remedies"][0]["command"] == "autoconfigure run --route pop-import"
    assert "Outlook.com hides its POP settings" in ending.err

    classic.sandbox.control("/set", {"outlook.reauthenticated": True, "outlook.pop_on": False})
    ending = classic.doctor()
    assert "account.pop-off" in [cause["code"] for cause in ending.json["causes"]]


def test_closed_doors_and_forwarding_made_by_hand(place: Callable[[str], Place]) -> None:
    """In the world of today: both closed doors with their dates, exit 6; healthy once somebody has forwarding on."""
    today = place("today")
    ending = today.doctor()
    assert (ending.code, ending.json["verdict"]) == (6, "broken"), ending.err
    assert [(c["code"], c["since"]) for c in ending.json["causes"]] == [
        ("auth.basic-retired", "2024-09-16"),
        ("gmail.pop-withdrawn", "2026-01-01"),
    ]
    assert {remedy["command"] for remedy in ending.json["remedies"]} == {"autoconfigure run --route forwarding"}

    today.sandbox.control("/set", {"outlook.forwarding_to": GMAIL})
    ending = today.doctor()
    assert (ending.code, ending.json["verdict"], ending.json["causes"]) == (0, "healthy", []), ending.err
    assert ending.json["witnesses"]["gmail"]["gmail-filter"]["state"] == "todo"
    told = [line for line in ending.err.splitlines() if line.startswith("✓")]
    assert told == ["✓ The mail comes: Outlook.com forwards it to Gmail."] * 2


def test_the_probe_alone(place: Callable[[str], Place]) -> None:
    """Without a browser: no password, no verdict; a refused one is named after one login, and never shown."""
    classic = place("classic")
    alone = classic.doctor("--no-browser")
    assert (alone.code, alone.json["verdict"]) == (5, "cannot-tell")
    assert "What to do: leave --no-browser out" in " ".join(alone.err.split())
    assert classic.sandbox.state()["logins"] == []

    classic.sandbox.control("/set", {"outlook.pop_on": True})
    refused = classic.doctor("--no-browser", secret="wrong wrong wron")
    assert (refused.code, refused.json["verdict"]) == (1, "broken"), refused.err
    assert refused.cause in ("auth.ambiguous", "auth.wrong-password")
    assert len(classic.sandbox.state()["logins"]) == 1
    assert "wrongwrongwron" not in refused.out + refused.err

    classic.sandbox.control(
        "/set", {"outlook.app_passwords": ["abcdefghijklmnop"], "outlook.approved_places": ["here"]}
    )
    places = {place for _protocol, place, _accepted in classic.sandbox.state()["logins"]}
    classic.sandbox.control("/set", {"outlook.approved_places": list(places)})
    taken = classic.doctor("--no-browser", secret="abcd efgh ijkl mnop")
    assert (taken.code, taken.json["verdict"], taken.json["causes"]) == (0, "healthy", []), taken.err


def test_a_broken_setting_is_told_once(tmp_path: Path) -> None:
    """A file that cannot be used ends it with 2 and one message, though both mail servers wanted it."""
    (tmp_path / "facts.json").write_text("{")
    with program("doctor", "--no-browser", "--json", PROVIDER_FACTS=str(tmp_path / "facts.json")) as running:
        ending = running.end(20)

    assert (ending.code, ending.json["causes"]) == (2, [])
    assert "facts.json" in ending.told[0]
    assert "Exception" not in ending.err


def test_the_facts_are_shown_without_browser_or_settings(tmp_path: Path) -> None:
    """`doctor --facts` needs nothing, shows every fact with date and source, and takes a file of the same form."""
    with program("doctor", "--facts", "--json") as running:
        ending = running.end(20)
    complain_about(ending.json, "doctor")
    assert ending.code == 0
    assert [fact["code"] for fact in ending.json["facts"]] == [fact.code for fact in BUILT_IN]
    assert all(fact["source"].startswith("https://") for fact in ending.json["facts"])

    own = tmp_path / "facts.json"
    own.write_text(
        '{"facts": [{"code": "auth.oauth-only", "provider": "P", "since": "2031-02-03", "text": "T", "source": "S"}]}'
    )
    with program("doctor", "--facts", PROVIDER_FACTS=str(own)) as running:
        ending = running.end(20)
    assert "2031-02-03" in ending.out


@pytest.mark.parametrize(
    ("seen", "word", "codes", "exit_code"),
    [
        (checkup(FETCHES, FORWARDS_NOT), "healthy", [], 0),
        (checkup(FETCHES_NOT, FORWARDS), "healthy", [], 0),
        (checkup(FETCHES, FORWARDS), "broken", ["route.both"], 1),
        (checkup(FETCHES_NOT, FORWARDS_NOT), "broken", ["route.none"], 1),
        (checkup(FETCHES_NOT, HIDDEN), "cannot-tell", [], 5),
        (checkup(HIDDEN, FORWARDS_NOT), "cannot-tell", [], 5),
        (checkup(HIDDEN, FORWARDS), "healthy", [], 0),
        (checkup(FETCHES_NOT, FORWARDS_NOT, forwarding_since="2026-11-01"), "broken", ["outlook.forwarding-off"], 1),
        (checkup(FETCHES, FORWARDS_NOT, forwarding_since="2026-11-01"), "healthy", [], 0),
        (
            checkup(Seen("unknown", "a new page", {"code": "page.changed"}), FORWARDS_NOT),
            "cannot-tell",
            ["page.changed"],
            4,
        ),
        (
            checkup(fails("Out of storage: mail from this account cannot be retrieved."), FORWARDS_NOT),
            "broken",
            ["mailbox.full"],
            1,
        ),
        (checkup(fails("The moon is in the wrong house: error."), FORWARDS_NOT), "broken", ["unknown"], 1),
        (
            checkup(fails(f'Authentication error. Server returned error "{REFUSED}"'), FORWARDS_NOT, pop_on=False),
            "broken",
            ["account.pop-off"],
            1,
        ),
        (checkup(FETCHES, FORWARDS_NOT, pop_on=False), "broken", ["account.pop-off"], 1),
    ],
)
def test_what_is_seen_decides(seen: Checkup, word: str, codes: list[str], exit_code: int) -> None:
    """Each way the two routes can stand gives its verdict, its causes and its exit code."""
    given = verdict(seen)

    assert (given.word, [cause.code for cause in given.causes], given.exit_code) == (word, codes, exit_code)


ELSEWHERE = Seen("unknown", "only you can say", {"on": True, "to": "c@else.example", "keeps_copy": True})
WITHOUT_COPY = Seen("todo", "not as wanted", {"on": True, "to": GMAIL, "keeps_copy": False})


def test_what_brings_mail_is_told_by_what_was_seen() -> None:
    """Forwarding to a third address brings nothing, to this Gmail without a copy it does; nor is a row there nothing."""
    assert verdict(checkup(FETCHES_NOT, ELSEWHERE)).problems[0].code == "route.none"
    assert checkup(FETCHES_NOT, ELSEWHERE).brings_nothing
    assert not checkup(FETCHES_NOT, WITHOUT_COPY).brings_nothing
    assert not checkup(fails(REFUSED), FORWARDS_NOT).brings_nothing
    assert not checkup(FETCHES_NOT, HIDDEN).brings_nothing


def test_gmails_history_speaks_where_its_row_does_not() -> None:
    """A row that quotes nothing is explained by the one trouble in its history, and by none where there were several."""
    web = (
        'Authentication error. Server returned error "Login to your account via a web browser to verify your account."'
    )
    row, good = fails("Authentication error."), "3 mails fetched."

    one = verdict(checkup(row, FORWARDS_NOT, history=[web, web, good]))
    several = verdict(checkup(row, FORWARDS_NOT, history=[web, "Connection reset by peer. error", good]))

    assert one.problems[0].code == "auth.web-login-needed"
    assert several.problems[0].code == "auth.ambiguous"


def test_a_row_that_fails_beside_forwarding() -> None:
    """Forwarding brings the mail, so the failing row is to be deleted, not mended; and the retirement is dated."""
    row = fails(f'Authentication error. Server returned error "{REFUSED}"')
    given = verdict(checkup(row, FORWARDS), facts=True)

    assert (given.word, given.exit_code, given.routes) == ("broken", 1, ("forwarding",))
    assert (given.problems[0].code, given.problems[0].since) == ("auth.basic-retired", "2024-09-16")
    assert given.remedies[0].command is None
    assert "Delete the failing row" in given.remedies[0].text


def test_the_security_software_of_this_machine_is_not_blamed_for_gmail() -> None:
    """What only our own probe met is told beside the verdict and decides nothing about Gmail's fetch."""
    intercepted = Finding("probe", "tls", "Signed by Mail Shield", code="tls.intercepted")
    fine = verdict(checkup(FETCHES, FORWARDS_NOT), intercepted)
    broken = verdict(checkup(fails("A strange error."), FORWARDS_NOT), intercepted)

    assert (fine.word, [cause.code for cause in fine.notices]) == ("healthy", ["tls.intercepted"])
    assert broken.problems[0].code == "unknown"
    assert judge_probes({"pop": probe("pop", intercepted), "smtp": probe("smtp")}, []).word == "broken"
