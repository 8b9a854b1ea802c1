"""Runs that end by ``kill -9`` at a point chosen beforehand, in a practice world that lives on."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Error, Playwright

from flows.sandbox import Sandbox
from tests import filed_keyring
from tests.helpers import PROGRAM, Ending, Program, checked, program
from tests.worlds import KnowingHand

CLASSIC = ("classic", "--route", "pop-import")
LEFT_OVER = "is left over"
# The program unchanged, in an interpreter that kills itself when it is about to open the journal for one more line: for
# "line" once it has written so many itself, for "told" once the journal tells of so many beginnings and ends of steps.
LAUNCHER = """
import json, os, signal, sys
journal, kind, number = sys.argv[1], sys.argv[2], int(sys.argv[3])
del sys.argv[1:4]
written = []
def told():
    if kind == "line":
        return len(written)
    lines = [json.loads(line) for line in open(journal)] if os.path.exists(journal) else []
    return len({(line["event"], line["flow"]) for line in lines if line["event"] in ("before", "after")})
def before_each_line(event, arguments):
    if event == "open" and str(arguments[0]) == journal and arguments[2] & os.O_APPEND:
        if told() >= number:
            os.kill(os.getpid(), signal.SIGKILL)
        written.append(1)
sys.addaudithook(before_each_line)
""" + PROGRAM[-1]


@dataclass(frozen=True)
class Point:
    """Where to kill: as the n-th line of the journal is about to be written, or while a request is held."""

    line: int | None = None  # how many lines this run has written by then
    told: int | None = None  # how many beginnings and ends of steps the journal tells of by then
    request: str = ""
    moment: str = "before"

    def __str__(self) -> str:
        return f"{self.moment} {self.request}" if self.request else f"before line {self.line} (told {self.told})"


@dataclass
class Place:
    """A practice world that outlives every run in it, the tool's home, and a person at whatever browser the tool uses."""

    sandbox: Sandbox
    playwright: Playwright
    home: Path
    with_keyring: bool
    arguments: tuple[str, ...] = ()
    attach: str = ""  # the DevTools address of a browser that outlives the runs; else each starts its own
    answers: tuple[str, ...] = ()  # typed at a terminal, ahead of the questions; none: ``--yes`` and no terminal

    @property
    def journal(self) -> Path:
        """The journal of all runs here."""
        return self.home / "journal.jsonl"

    def lines(self) -> list[dict[str, Any]]:
        """What the journal holds."""
        return [json.loads(line) for line in self.journal.read_text().splitlines()] if self.journal.exists() else []

    def asked(self) -> list[str]:
        """Every request of the browser so far that wanted to change something."""
        asked: list[str] = self.sandbox.control("/asked")
        return asked

    def run(self, point: Point | None = None, until: str = "", seconds: float = 240.0) -> Ending | None:
        """A run of the program with a person at its browser; None when it was killed at the point.

        With ``until`` nobody is there, and it is asked to stop once it has said that.
        """
        arguments = (*self.arguments, *(() if self.answers else ("--yes",)), "--json", "--no-watch", "--headless")
        launcher = PROGRAM
        if point and not point.request:
            kind, number = ("line", point.line) if point.line is not None else ("told", point.told)
            launcher = [sys.executable, "-c", LAUNCHER, str(self.journal), kind, str(number)]
        elif point:
            self.sandbox.control("/hold", {"request": point.request, "moment": point.moment})
        with (
            typed(self.answers) as terminal,
            program(*arguments, launcher=launcher, stdin=terminal, **self._environment()) as running,
        ):
            killed = self._play(running, bool(point and point.request), until, seconds)
            ending = running.end()
            if killed or ending.code == -signal.SIGKILL:
                assert running.strays() == []  # the browser goes with its tool, even so
                return None
            return checked(running, ending)

    def _play(self, running: Program, held: bool, until: str, seconds: float) -> bool:
        """Be the person until the program has ended, or kill it while the wanted request is held; says whether so."""
        hand, deadline = Hands(self), time.monotonic() + seconds
        try:
            while running.is_running:
                assert time.monotonic() < deadline, running.said()
                if held and self.sandbox.control("/held"):
                    running.signal(signal.SIGKILL)
                    running.end()
                    return True
                if not until:
                    hand.act()
                elif until in running.said():
                    running.signal(signal.SIGTERM)
                    running.end()
                time.sleep(0.05)
            return False
        finally:
            self.sandbox.control("/let-go", {})
            hand.close()

    def _environment(self) -> dict[str, str]:
        given = {**self.sandbox.settings, "AUTOCONFIGURE_HOME": str(self.home)}
        if self.attach:
            given["AUTOCONFIGURE_ATTACH"] = self.attach
        if self.with_keyring:
            given["PYTHON_KEYRING_BACKEND"] = filed_keyring.BACKEND
            given[filed_keyring.FILE] = str(self.home.with_suffix(".keyring"))
        return given


class Hands:
    """The person's hands at the browser that a run uses, as soon as it listens."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._hand: KnowingHand | None = None

    def act(self) -> None:
        """One look round, if there is a browser."""
        if self._hand:
            self._hand.act()
            return
        with suppress(Error, OSError):
            endpoint = self._place.attach or self._started()
            if endpoint:
                sandbox = self._place.sandbox
                hand = KnowingHand(self._place.playwright, endpoint, sandbox.practice_password)
                hand.world = sandbox
                if "pop-import" not in self._place.arguments:  # only POP wants it; else it would be pressed by chance
                    hand.wishes = {name: words for name, words in hand.wishes.items() if name != "re-authenticate"}
                self._hand = hand

    def _started(self) -> str | None:
        log = (self._place.home / "profiles" / "default" / "autoconfigure.log").read_text()
        listening = re.search(r"DevTools listening on ws://([\d.:]+)/", log)
        return listening and f"http://{listening[1]}"

    def close(self) -> None:
        """Let go of it."""
        if self._hand:
            with suppress(Error):
                self._hand.close()


@contextmanager
def typed(answers: tuple[str, ...]) -> Iterator[int]:
    """A terminal at which these answers were typed already; without any, no terminal."""
    if not answers:
        yield subprocess.DEVNULL
        return
    ours, theirs = pty.openpty()
    try:
        os.write(ours, "".join(f"{answer}\n" for answer in answers).encode())
        yield theirs
    finally:
        os.close(ours)
        os.close(theirs)


@contextmanager
def place(
    world: str,
    *arguments: str,
    playwright: Playwright,
    folder: Path,
    keyring: bool,
    attach: str = "",
    answers: tuple[str, ...] = (),
) -> Iterator[Place]:
    """A fresh world with nothing done in it."""
    with Sandbox(world, lang="en") as sandbox:
        yield Place(sandbox, playwright, folder / f"home-{os.urandom(3).hex()}", keyring, arguments, attach, answers)


def essence(state: dict[str, Any]) -> dict[str, Any]:
    """What a run is for, without what every run has of its own: ids, times, codes, and its own marked message."""
    outlook, gmail = state["outlook"], state["gmail"]
    return {
        "outlook": {
            name: outlook[name] for name in ("pop_on", "apps_may_delete", "forwarding_to", "keep_forwarded_copy")
        },
        "rows": [
            _without(row, "id", "last_checked", "fetched", "fetching", "history") for row in gmail["pop_accounts"]
        ],
        "senders": [_without(entry, "id", "code", "token") for entry in gmail["send_as"]],
        "filters": [_without(rule, "id") for rule in gmail["filters"]],
        "labels": gmail["labels"],
        "mail": sorted(
            {(message["subject"].split(" ")[0], *message["labels"]) for message in gmail["messages"]}
        ),  # the words of the marked message differ
    }


def _without(thing: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in thing.items() if name not in names}


def assert_done_once(there: Place, ending: Ending, passwords: int = 1) -> None:
    """All is set up and proved, nothing of it twice, no message came or was sent twice, and so many app passwords live."""
    outlook, gmail = there.sandbox.state()["outlook"], there.sandbox.state()["gmail"]

    assert ending.code == 0, ending.err
    assert {flow["after"] for flow in ending.json["flows"]} == {"done"}
    assert ending.json["proof"]
    assert max(len(gmail[many]) for many in ("pop_accounts", "send_as", "filters", "labels")) == 1
    assert len(gmail["fetched"]) == len(set(gmail["fetched"]))
    assert [message["subject"].startswith("autoconfigure ") for message in gmail["messages"]].count(True) == 1
    assert outlook["app_passwords"] == (passwords if gmail["pop_accounts"] else 0)


def points(undisturbed: Place, lines: int = 0, asked: int = 0) -> Iterator[Point]:
    """Every line of the journal, and every request that wants to change something, before and after it is done.

    Those of before, ``lines`` and ``asked`` of them, are left out.
    """
    for number in range(len(undisturbed.lines()) - lines):
        yield Point(line=number)
    for request in undisturbed.asked()[asked:]:
        yield Point(request=request, moment="before")
        yield Point(request=request, moment="after")


def interrupted(folder: Path, *world: str, **how: Any) -> dict[str, str]:
    """Kill a run at each point of an undisturbed one and run again; what went wrong, by point."""
    wrong: dict[str, str] = {}
    with place(*world, folder=folder, **how) as undisturbed:
        assert undisturbed.run()
        wanted = essence(undisturbed.sandbox.state())
        all_points = list(points(undisturbed))
    for point in all_points:
        with place(*world, folder=folder, **how) as there:
            try:
                was_killed = there.run(point) is None
                assert was_killed or not point.request.endswith(" 1"), "the run never came there"
                if was_killed:
                    judge(there, wanted, there.run())
            except AssertionError as error:
                wrong[str(point)] = str(error)
    return wrong


def judge(there: Place, wanted: dict[str, Any], ending: Ending | None) -> None:
    """One killed run and the one after it have come to the wanted end, and what is left over was named."""
    assert ending is not None
    state, lines = there.sandbox.state(), there.lines()
    lost = state["outlook"]["app_passwords"] + state["gmail"]["app_passwords"] - state["app_passwords_in_use"]
    events = [line["event"] for line in lines]
    never_read = events.count("asked") - events.count("made")
    in_keyring = there.with_keyring and "made" not in events  # killed once it was kept: the next run took it from there
    assert essence(state) == wanted
    assert_done_once(there, ending, state["outlook"]["app_passwords"])
    assert (LEFT_OVER in ending.err) == (lost > 0 or (never_read > 0 and not in_keyring))
    if there.with_keyring:  # Google's is not kept there: its page lists each by name
        assert state["outlook"]["app_passwords"] <= 1 + never_read
