"""One run: its settings, its person, its browser, and what was found out so far."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from automation.errors import CauseFound
from automation.journal import JOURNAL, Journal
from automation.learned import Memory
from automation.messages import _
from automation.person import HandOver, Person
from automation.settings import Options, Secret, Settings
from automation.story import Moment, Story

if TYPE_CHECKING:
    from automation.diagnosis import Cause, Fact
    from automation.tab import Tab
    from automation.tabs import Tabs

T = TypeVar("T")


class Unseen(Exception):
    """While only looking: this cannot be seen before the person has done something. Says what; ``task`` is its name."""

    def __init__(self, what: str, task: str = "") -> None:
        super().__init__(what)
        self.task = task


@dataclass
class Session:
    """One run: its settings, its person, its browser, and what was found out so far."""

    settings: Settings
    options: Options
    person: Person
    tabs: Tabs
    facts: list[Fact]
    pictures: Path
    only_looking: bool = True
    may_sign_in: bool = False  # a run may ask for signing in before it makes its plan; looking alone may not
    keeps_secrets: bool = True  # the practice world keeps nothing
    now: str = ""
    pace: float = 0.0  # seconds of rest before each action while somebody watches
    secrets: dict[str, Secret] = field(default_factory=dict)
    # What a server refused: never tried again with nothing changed.
    refused: set[Secret] = field(default_factory=set)
    causes: list[Cause] = field(default_factory=list)
    logins: int = 0
    login_worked: bool = False  # the POP server took the app password from this machine
    google_account: int = 0  # which of several signed-in Google accounts, as in /mail/u/N/
    notes: list[str] = field(default_factory=list)
    story: Story = field(default_factory=Story)
    takes_pictures: bool = False
    shown: Callable[[Moment], object] | None = None  # takes a picture of the page that was opened last
    journal: Journal = field(init=False)
    memory: Memory = field(init=False)
    _open: dict[str, Tab] = field(default_factory=dict)

    def __post_init__(self) -> None:
        accounts = (self.settings.outlook_address, self.settings.gmail_address)
        self.journal = Journal(self.settings.home / JOURNAL, accounts)
        self.memory = Memory(self.settings.home, keeps=not self.person.yes)

    def tab(self, name: str) -> Tab:
        """The tab kept for one site, opened when first needed."""
        if name not in self._open:
            self._open[name] = self.tabs.open()
        return self._open[name]

    def name_of(self, tab: Tab) -> str | None:
        """The name of the site that a tab is kept for; None for other windows."""
        return next((name for name, kept in self._open.items() if kept is tab), None)

    def begin(self, step: str, title: str) -> None:
        """From now on this is about a step, which a person knows by its title."""
        self.now, self.story.step = title, step

    def picture(self, moment: Moment) -> None:
        """A picture for the report of the page that was looked at last, in runs that have one."""
        if self.takes_pictures and self.shown:
            self.shown(moment)

    @property
    def private_words(self) -> tuple[str | None, ...]:
        """What pictures cover wherever it stands: both addresses and the person's name."""
        return self.settings.outlook_address, self.settings.gmail_address, self.settings.display_name

    def look_afresh(self, only_touched: bool = False) -> None:
        """From now on pages are loaded again before they are looked at: all of them, or those we acted in."""
        for tab in self._open.values():
            tab.stale = tab.stale or tab.touched or not only_touched

    def may_ask_for(self, task: HandOver) -> bool:
        """Whether the person may be asked for this now: while only looking, for nothing but a run's signing in."""
        return not self.only_looking or (self.may_sign_in and task.name == "sign-in")

    def hand_over(self, task: HandOver, tab: Tab, done_when: Callable[[], T | None]) -> T:
        """Hand something to the person, unless this is only a look. Raises Unseen then."""
        if not self.may_ask_for(task):
            raise Unseen(_(task.what), task.name)
        started = time.monotonic()
        answer = self._hand_over(task, tab, done_when)
        self.story.person_did(_(task.did or task.what), time.monotonic() - started)
        return answer

    def _hand_over(self, task: HandOver, tab: Tab, done_when: Callable[[], T | None]) -> T:
        if self.tabs.recorder is None:
            return self.person.hand_over(task, tab, done_when)
        with self.tabs.recorder.handing_over(task, tab) as answers:
            answers.append(answer := self.person.hand_over(task, tab, done_when))
        return answer

    @contextmanager
    def unrecorded(self) -> Iterator[None]:
        """While this lasts, nothing goes into a recording: what only our own login made necessary is no part of it."""
        recorder, self.tabs.recorder = self.tabs.recorder, None
        try:
            yield
        finally:
            self.tabs.recorder = recorder

    def note(self, cause: Cause) -> None:
        """Remember a cause that was met, once."""
        if cause.code not in {c.code for c in self.causes}:
            self.causes.append(cause)

    def stopped_by(
        self, cause: Cause, doing: str, *, expected: str, seen: str, todo: str = "", evidence: str = ""
    ) -> CauseFound:
        """The error for a cause that ends the run; it is remembered, and its own advice is given unless ``todo`` is."""
        self.note(cause)
        todo = todo or cause.advice()
        return CauseFound(doing, [cause], expected=expected, seen=seen, todo=todo, evidence=evidence)

    @property
    def outlook_address(self) -> str:
        """The Outlook.com address; known before any flow starts."""
        assert self.settings.outlook_address
        return self.settings.outlook_address

    @property
    def gmail_address(self) -> str:
        """The Gmail address; known before any flow starts."""
        assert self.settings.gmail_address
        return self.settings.gmail_address
