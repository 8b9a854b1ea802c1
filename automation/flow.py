"""A flow is a wish: look whether it is fulfilled, act only if not, look again. And the runner that does so."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from automation.errors import AutoconfigureError, CauseFound, NotSaved, SignedOut
from automation.journal import JOURNAL, Journal
from automation.learned import Memory
from automation.messages import _
from automation.person import HandOver, Person
from automation.settings import Options, Secret, Settings
from automation.story import Moment, Story

if TYPE_CHECKING:
    from automation.diagnosis import Cause, Fact
    from automation.page import Page
    from automation.tab import Tab
    from automation.tabs import Tabs

T = TypeVar("T")
State = Literal["done", "todo", "unknown"]
MOST_SIGN_INS = 3  # within one step; a site that ends sessions faster than that lets nobody work


@dataclass(frozen=True)
class Seen:
    """What a look saw: whether the wish is fulfilled, why we think so, and the values before any change."""

    state: State
    why: str = ""
    values: dict[str, Any] = field(default_factory=dict)


def seen(done: bool, why: str = "", **values: Any) -> Seen:
    """What a look saw, for looks that know."""
    return Seen("done" if done else "todo", why, values)


@dataclass(frozen=True)
class Left:
    """Why a change of ours was not taken back. ``settled``: nothing of it is there any more, so it is never tried again."""

    why: str
    settled: bool = False


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
    page: Page | None = None  # the one that was opened last
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

    def begin(self, flow: Flow) -> None:
        """From now on this is about a flow."""
        self.now, self.story.step = _(flow.title), flow.name

    def picture(self, moment: Moment) -> None:
        """A picture for the report of the page that was looked at last, in runs that have one."""
        if self.takes_pictures and self.page:
            self.page.picture(moment)

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


class Flow:
    """One wish. Subclasses say what is looked at and what is done."""

    name = ""
    title = ""
    wish = ""
    takes: tuple[str, ...] = ()  # the credentials it types in, by the names they have in the session

    def __init__(self, session: Session) -> None:
        self.session = session

    def look(self) -> Seen:
        """Whether the wish is fulfilled. Changes nothing."""
        raise NotImplementedError

    def do(self) -> None:
        """Fulfil it."""
        raise NotImplementedError

    def undo(self, before: dict[str, Any]) -> Left | None:
        """Take back what ``do`` changed, given what a look saw before it.

        Gives None when it is taken back, else why it was left alone: somebody changed it since, or it is gone already.
        Raises NotSaved when it was tried and is still there.
        """
        raise NotImplementedError

    def not_taken_back(self) -> NotSaved:
        """The error for a change that was to be taken back and is still there."""
        return NotSaved(
            _("Taking back “{title}”, I looked again.").format(title=_(self.title)),
            expected=_("nothing of it left"),
            seen=_("it is still there"),
            todo=_("Run “autoconfigure undo” again; if it stays so, take it back by hand in the browser."),
        )


@dataclass
class Result:
    """How one flow went."""

    name: str
    title: str
    before: State
    after: State
    changed: bool
    seconds: float
    started: float = 0.0  # seconds since 1970
    # Why we think so, in words.
    why_before: str = ""
    why_after: str = ""

    def as_json(self) -> dict[str, Any]:
        """As ``run --json`` tells it."""
        return {
            "name": self.name,
            "before": self.before,
            "after": self.after,
            "changed": self.changed,
            "seconds": round(self.seconds, 3),
        }


def look_only(flow: Flow) -> Seen:
    """Look without asking the person for anything; what that cannot show is unknown."""
    session = flow.session
    session.only_looking = True
    session.begin(flow)
    try:
        return _signed_in(session, lambda: _look(flow, "before"))
    except Unseen as hidden:
        return Seen("unknown", _("can be seen only after you: {what}").format(what=hidden))


def _look(flow: Flow, moment: Moment) -> Seen:
    seen = flow.look()
    flow.session.picture(moment)
    return seen


def _signed_in(session: Session, action: Callable[[], T]) -> T:
    """Look or act; where a session ended in the middle, start over on fresh pages, the first of which hands it over.

    Starting over is safe, since whatever acts looks first at what is there already.
    """
    for _try in range(MOST_SIGN_INS):
        try:
            return action()
        except SignedOut:
            session.look_afresh()
    return action()


# A provider's servers may show a change only seconds after they took it.
_SECOND_LOOKS = (0.0, 2.0, 4.0)


def _look_again(flow: Flow) -> Seen:
    """Look with freshly loaded pages; a change that does not show yet gets a little time."""
    after = Seen("unknown")
    for seconds in _SECOND_LOOKS:
        time.sleep(seconds)
        flow.session.tabs.stop.check()
        flow.session.look_afresh(only_touched=seconds == 0.0)
        after = _signed_in(flow.session, flow.look)
        if after.state == "done":
            break
    return after


def _do(flow: Flow) -> None:
    """Fulfil the wish; a foreseen failure is told apart in the journal from a run that was killed."""
    try:
        _signed_in(flow.session, flow.do)
    except AutoconfigureError:
        flow.session.journal.write("failed", flow.name)
        raise


def _note_changed(flow: Flow, was_cut_off: bool) -> None:
    """Keep in the journal that a flow's change was made, and that what a run cut off before had typed in was taken."""
    session = flow.session
    for credential in flow.takes if was_cut_off else ():
        if credential not in session.secrets:
            session.journal.write("used", credential)
    session.journal.write("after", flow.name)


def fulfil(flow: Flow, known: Seen, results: list[Result]) -> None:
    """Look, act if needed, look again; the result is appended even when something goes wrong on the way.

    Raises NotSaved when the change does not show after looking again.
    """
    session = flow.session
    started = time.monotonic()
    session.only_looking = False
    session.begin(flow)
    result = Result(flow.name, flow.title, known.state, known.state, False, 0.0, time.time(), known.why)
    results.append(result)
    if recorder := session.tabs.recorder:
        recorder.flow = flow.name
    try:
        before = _signed_in(session, lambda: _look(flow, "before")) if known.state == "unknown" else known
        result.before, result.why_before = before.state, before.why
        result.after, result.why_after = before.state, before.why
        was_cut_off = session.journal.was_cut_off(flow.name)
        if before.state == "done":
            if was_cut_off:
                _note_changed(flow, was_cut_off)
            return
        result.after, result.why_after = "unknown", ""
        session.journal.write("before", flow.name, before.values)
        with recorder.doing() if recorder else nullcontext():
            _do(flow)
        result.changed = True
        _note_changed(flow, was_cut_off)
        after = _look_again(flow)
        session.picture("after")
        result.after, result.why_after = after.state, after.why
        if after.state != "done":
            raise NotSaved(
                _("After “{title}” I looked again.").format(title=_(flow.title)),
                expected=_(flow.wish),
                seen=after.why,
                todo=_("Run the command again; if it stays so, the provider refuses the change."),
            )
    finally:
        result.seconds = time.monotonic() - started
