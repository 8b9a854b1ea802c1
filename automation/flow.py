"""A flow is a wish: look whether it is fulfilled, act only if not, look again. And the runner that does so."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from automation.errors import AutoconfigureError, NotSaved, SignedOut
from automation.messages import _
from automation.session import Session, Unseen
from automation.story import Moment

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
    session.begin(flow.name, _(flow.title))
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
    session.begin(flow.name, _(flow.title))
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
