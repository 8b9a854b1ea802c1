"""Replaying a recording: each step found by its evidence, done, and its outcome seen; or asked about; or stopped."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from automation.asking import Asking, ByHand, Target, ask_for, left_to
from automation.element import Item
from automation.errors import BrowserClosed, Covered, PageChanged, PageNotLoaded
from automation.learned import Memory
from automation.look import Redrawn
from automation.messages import _, listed, quoted
from automation.page import (
    PATIENT_SECONDS,
    lies_free,
    sign_in_again,
    uncovering,
)
from automation.person import HandOver, Person, show_banner
from automation.recording.acts import Acts, Unfit
from automation.recording.finding import Finder
from automation.recording.flow_file import BY_HAND, Recording, Step
from automation.recording.outcomes import Outcomes, as_told
from automation.recording.places import Place, Windows
from automation.recording.values import Values
from automation.recording.wording import called, described_wish, named, sentence
from automation.settings import Secret
from automation.sign_in_pages import is_sign_in
from automation.tab import Tab, may_take_secret, origin_of
from automation.tabs import Answer, Tabs

if TYPE_CHECKING:
    from playwright.sync_api import Locator

# Gmail takes up to 90 s for a page while it logs in elsewhere; while something is being sent, we wait this long.
SENDING_SECONDS = 95.0
# A page that has loaded everything it asked for and does not change for this long is not going to.
SETTLED_SECONDS = 3.0
# Most things come true at once, the rest takes its time: the pauses grow, so that little of one is waited in vain.
# Whether a page is still is looked at less often.
_FIRST_PAUSE, _GROWTH, _LONGEST_PAUSE, _STILL_EVERY = 0.005, 1.3, 0.1, 0.25
# Outcomes that tell that the page is another one. Where there was none, as of a tab, what the act had the page fetch may be about
# to take the place of what still shows: it is waited for.
_SEEN = {"url", "shows", "opens", "closes"}

# What a person makes in a hand-over: given the tab, a function that gives the secret once a page shows it.
Reader = Callable[[Tab], Callable[[], Secret | None]]


@dataclass
class Done:
    """How one step went, as ``replay --json`` tells it."""

    id: str
    did: str
    found_by: str | None = None
    seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """The step's entry in the JSON."""
        return {"id": self.id, "did": self.did, "found_by": self.found_by, "seconds": round(self.seconds, 3)}


@dataclass
class Asked:
    """What was looked for in vain: the step, what it wanted, and what could have been it."""

    step: str
    wanted: dict[str, Any]
    candidates: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The ``asked`` of the JSON."""
        return {"step": self.step, "wanted": self.wanted, "candidates": self.candidates}


class Replay:
    """One replay of one recording, in tabs of our own. ``done`` and ``asked`` tell how far it came, whatever happens."""

    def __init__(
        self,
        recording: Recording,
        tabs: Tabs,
        person: Person,
        values: Values,
        *,
        readers: Mapping[str, Reader] | None = None,
        pace: float = 0.0,
        memory: Memory | None = None,
        picture: Callable[[Tab], str] = lambda _tab: "",
        before_each: Callable[[Step], None] | None = None,
        patience: float = PATIENT_SECONDS,
    ) -> None:
        """``memory`` holds what people showed us before, ``picture`` makes a picture of a tab and gives its path.

        ``pace`` and ``patience`` are seconds: of rest before each step while somebody watches, and until a page that
        still changes is not as recorded.
        """
        self.recording = recording
        self.person = person
        self.values = values
        self.readers = readers or {}
        self.memory = memory
        self.picture = picture
        self.pace = pace
        self.before_each = before_each
        self.patience = patience
        self.done: list[Done] = []
        self.asked: Asked | None = None
        self._tabs = tabs
        self._windows = Windows(tabs, values)
        self._acts = Acts(values)
        self._finder = Finder(recording, values, memory)
        self._outcomes = Outcomes(self._windows, values, self._finder)

    def run(self, steps: Sequence[Step]) -> None:
        """Do these steps of the recording, one after the other.

        Raises PageChanged where the page is not as recorded and nobody settles it, NeedsPerson where a person is
        needed, and whatever else ends it; ``done`` holds what was done until then.
        """
        number = 0
        while number < len(steps):
            step = steps[number]
            answers = _dialogs_after(steps, number)
            self.person.step(number + 1, len(steps), sentence(step, self.values.fill), self._front_tab())
            if self.before_each:
                self.before_each(step)
                self._outcomes.forget()  # it may have taken its time
            started = time.monotonic()
            result = Done(step.id, "nothing")
            self._do(step, steps[number + 1 + len(answers) :][:1], answers, result)
            result.seconds = time.monotonic() - started
            self.done.append(result)
            self.done += [Done(one.id, "answered") for one in steps[number + 1 : number + 1 + len(answers)]]
            number += 1 + len(answers)

    def _front_tab(self) -> Tab | None:
        return self._tabs.front if self._tabs.front and not self._tabs.front.page.is_closed() else None

    def _do(self, step: Step, following: Sequence[Step], answers: Sequence[Step], result: Done) -> None:
        """One step: find, act, look what became true."""
        place = self._windows.place_of(step, self.patience)
        if step.do == "human":
            self._hand_over(step, place, following, result)
            self._outcomes.forget()  # a person takes their time
            return
        with place.tab.taking_in_tabs() if step.value == "middle" else nullcontext():
            self._act_and_see(step, place, answers, result)

    def _act_and_see(self, step: Step, place: Place, answers: Sequence[Step], result: Done) -> None:
        before, awaited = len(self._tabs.dismissed), place.tab.awaited
        given = [self._answer(one, step, place) for one in answers]
        with self._tabs.answering(given) as left:
            self._act(step, place, result)
            if answers:
                self._wait(place, lambda: not left or self._tabs.dismissed[before:])
        unanswered = answers[len(given) - len(left)] if left else step
        if unknown := self._tabs.dismissed[before:]:
            seen = _("a question that the recording does not know, answered with no: {text}")
            wanted = next((self._filled(one) for one in unanswered.expect if "asks" in one), described_wish(step))
            raise self._changed(unanswered, wanted, seen.format(text=unknown[0][:200]))
        if left:
            raise self._changed(unanswered, {"dialog": "?"}, _("no question came up"))
        self._see_outcome(step, place)
        if step.do in ("click", "press") and not any(_SEEN & one.keys() for one in step.expect):
            tab = place.tab
            tab.until(lambda: tab.page.is_closed() or tab.awaited <= awaited, SETTLED_SECONDS)

    def _answer(self, step: Step, after: Step, place: Place) -> Answer:
        """What the page's question is answered, if it is the one that was answered so when it was recorded."""
        origin = origin_of(self.values.fill(step.where or after.where or after.url or ""))
        value = self._acts.answer(step, origin, place.tab)
        known = [as_told(self.values.fill(one["asks"])) for one in step.expect if "asks" in one]

        def fits(message: str, url: str) -> bool:
            return (not known or as_told(message) in known) and (
                not isinstance(value, Secret) or may_take_secret(url, origin)
            )

        return Answer(value, fits)

    # -- acting ---------------------------------------------------------------------------------------------------

    def _act(self, step: Step, place: Place, result: Done) -> None:
        if step.do == "open":
            url = self.values.url(step.url or "about:blank")
            place.tab.stale = place.tab.page.url == url  # opening an address again means loading it again
            place.tab.go(url)
            result.did = "opened"
        elif step.do == "close":
            result.did = self._close(place.tab)
        elif step.want is None:
            self._act_without_element(step, place, result)
        else:
            self._act_on_element(step, place, result)

    def _close(self, tab: Tab) -> str:
        """Close a window, once what it sends has arrived; one that closed by itself is gone as it should be."""
        with suppress(BrowserClosed):
            tab.until(lambda: not tab.is_loading, self._patience_of(tab))
        if tab.page.is_closed():
            return "nothing"
        tab.page.close()
        return "closed"

    def _act_without_element(self, step: Step, place: Place, result: Done) -> None:
        if step.do != "press" or not isinstance(step.value, str):
            raise self._changed(step, described_wish(step), _("a step without an element"))
        key = step.value
        place.tab.act(_("Pressing {key}").format(key=key), lambda: place.tab.page.keyboard.press(key))
        result.did = "pressed"

    def _act_on_element(self, step: Step, place: Place, result: Done) -> None:
        """Find the element and act on it; found again when the page draws it anew just then."""
        for _try in range(5):
            target, result.found_by = self.find(step, place)
            if isinstance(target, ByHand):
                result.did = "person"
                return
            try:
                verb, action = self._acts.on(target.item, step, place)
                if action is not None and not target.item.enabled:
                    self._await_use(step, place)
                    continue
                if action is not None:
                    handle = target.handle()
                    self._show(step, place.tab, handle)
                    self._outcomes.acted(step, target)
                    place.tab.act(sentence(step, self.values.fill), lambda: action(handle))  # noqa: B023 - done at once
                result.did = verb
                return
            except Unfit as unfit:
                raise self._changed(step, described_wish(step), str(unfit), (target.item,)) from None
            except Redrawn:
                continue
            except Covered:
                self._uncover(step, place)
            except PageNotLoaded:
                raise self._unusable(step, _("it moves all the time, or takes nothing in")) from None
        raise self._changed(step, described_wish(step), _("the page draws it anew all the time"))

    def _await_use(self, step: Step, place: Place) -> None:
        """Wait for an element that is there but greyed out, as until a form is complete. Raises PageChanged."""

        def enabled() -> bool:
            target, _look, _found = self._finder.look_for(step, place)
            return target is not None and target.item.enabled

        if not self._wait(place, enabled):
            raise self._unusable(step, _("it is there, but greyed out"))

    def _uncover(self, step: Step, place: Place) -> None:
        """Let the person close what lies over the element. Raises PageChanged where nobody is there."""
        from playwright.sync_api import Error

        if self.person.no_input:
            raise self._unusable(step, _("something else of the page lies over it"))

        def is_free() -> bool:
            with suppress(Error):
                target, _look, _found = self._finder.look_for(step, place)
                return target is not None and lies_free(target.handle())
            return False

        self.person.hand_over(uncovering(named(step, self.values.fill)), place.tab, is_free)

    def _unusable(self, step: Step, seen: str) -> PageChanged:
        return self._changed(step, {"usable": named(step, self.values.fill)}, seen)

    def _show(self, step: Step, tab: Tab, handle: Locator) -> None:
        """While somebody watches, give the eye a moment to find what is about to be touched."""
        if self.person.watch:
            words = {
                "step": self.person.progress,
                "title": sentence(step, self.values.fill),
                "detail": "",
                "yours": False,
            }
            tab.come_to_front()
            show_banner(tab, words, handle)
            tab.rest(self.pace)

    # -- finding --------------------------------------------------------------------------------------------------

    def find(self, step: Step, place: Place) -> tuple[Target | ByHand, str]:
        """The element of a step and how it was found, waiting for it; else the person is asked. Raises PageChanged."""
        found_by = "none"
        look = self._outcomes.look_left(step, place)

        def there() -> Target | None:
            nonlocal found_by, look
            target, _look, found = self._finder.look_for(step, place, look)
            found_by, look = found.how, None
            return target

        target = self._wait(place, there)
        if target is None and self._is_stranger(step, place.tab):
            target = self.person.hand_over(sign_in_again(), place.tab, there)
        if target is not None:
            return target, found_by
        return self._ask(step, place)

    def _ask(self, step: Step, place: Place) -> tuple[Target | ByHand, str]:
        """Let the person say which element is meant, or do the step; nobody there is the end. Raises PageChanged."""
        target, look, found = self._finder.look_for(step, place)
        if target:
            return target, found.how
        error = self._changed(step, described_wish(step), "", found.candidates, place.tab)
        if not self.person.can_answer or look is None or self.memory is None or step.want is None:
            raise error
        want = self.values.want(step.want)
        element = replace(want.element(step.risk), called=named(step, self.values.fill))
        by_hand = "" if self.values.secret_of(step.value) else sentence(step, self.values.fill)
        title, key, take = self.recording.title or self.recording.name, self._finder.key(step), lambda: error.evidence
        asking = Asking(self.person, place.tab, element, title, key, self.memory, take, want.row, by_hand)
        answer = ask_for(asking, look, found)
        self.asked = None
        return answer, "none" if isinstance(answer, ByHand) else "candidate"

    def _is_stranger(self, step: Step, tab: Tab) -> bool:
        """Whether the tab shows a page that signs in, instead of the one the recording was on."""
        here, then = urlsplit(tab.page.url), urlsplit(self.values.fill(step.where or ""))
        asks = is_sign_in(tab.page.url) or any(i.role == "password" for i in tab.look(("password",)).items)
        return asks and (here.netloc, here.path) != (then.netloc, then.path)

    # -- waiting --------------------------------------------------------------------------------------------------

    def _patience_of(self, tab: Tab) -> float:
        return SENDING_SECONDS if not tab.page.is_closed() and tab.is_sending else self.patience

    def _wait(self, place: Place, check: Callable[[], Any]) -> Any:
        """What ``check`` gives, asking again until the page has been still for a while or patience ends; else None."""
        tab, started = place.tab, time.monotonic()
        last, looked, still_since = "", started, started
        pause = _FIRST_PAUSE
        while True:
            self._tabs.stop.check()
            try:
                if answer := check():
                    return answer
                tab.rest(pause)
                pause = min(_GROWTH * pause, _LONGEST_PAUSE)
                if (now := time.monotonic()) - looked > _STILL_EVERY:
                    looked = now
                    if (seen := tab.text()) != last or tab.is_loading:
                        last, still_since = seen, now
            except BrowserClosed:  # a window that closes is not the end, if that was to be seen
                if self._tabs.is_alive:
                    return check()
                raise
            if now - started > self._patience_of(tab) or now - still_since > SETTLED_SECONDS:
                return check()

    # -- what became true -----------------------------------------------------------------------------------------

    def _see_outcome(self, step: Step, place: Place) -> None:
        """See that what became true when it was recorded becomes true again, each at least for a moment.

        Raises PageChanged.
        """
        missing = list(step.expect)

        def all_came_true() -> bool:
            missing[:] = self._outcomes.missing(missing, step, place)
            return not missing

        if not self._wait(place, all_came_true):
            self._doubt(step, missing[0])
            self._outcomes.forget()  # a person takes their time

    def _doubt(self, step: Step, one: Mapping[str, Any]) -> None:
        """The step was done, but something else came of it: the person may go on, nobody else does."""
        error = self._changed(step, self._filled(one), _("the step was done, and that did not come true"))
        if not self.person.can_answer:
            raise error
        self.person.warn(str(error))
        options = {"g": _("go on all the same"), "s": _("stop here")}
        if self.person.choose(_("Is the page right?"), options, key="page.changed") == "s":
            raise error

    def _filled(self, one: Mapping[str, Any]) -> dict[str, Any]:
        return {k: self.values.fill(v) if isinstance(v, str) else v for k, v in one.items()}

    # -- what only a person may do ----------------------------------------------------------------------------------

    def _hand_over(self, step: Step, place: Place, following: Sequence[Step], result: Done) -> None:
        """Let the person do their part; done when the page shows what it showed then, or the secret they make."""
        assert step.human
        human, reader = step.human, self.readers.get(step.human.name) if step.human.gives else None
        if human.name == BY_HAND and not step.expect:  # nothing on the page would tell that it is done
            if not left_to(self.person, place.tab, human.what):
                raise self._changed(step, described_wish(step), _("the person stopped here"))
            result.did = "person"
            return
        done_when = self._came_true(step, place, following)
        if reader is None and done_when():
            return
        shown = reader(place.tab) if reader else done_when
        how = human.how_we_know or _("the page shows what it showed when it was recorded.")
        answer = self.person.hand_over(HandOver(human.name, human.what, how), place.tab, shown)
        if isinstance(answer, Secret) and human.gives:
            self.values.brought_forth(human.gives, answer)
        result.did = "person"

    def _came_true(self, step: Step, place: Place, following: Sequence[Step]) -> Callable[[], bool]:
        """A proof that the person's part is done: the recorded outcome, else that the next step's element is there."""
        if step.expect:
            return lambda: not self._outcomes.missing(step.expect, step, place)
        if following and following[0].want:
            after = following[0]
            return lambda: self._finder.look_for(after, self._windows.place_of(after, 0.0))[0] is not None
        return lambda: True

    # -- when it is not as recorded ---------------------------------------------------------------------------------

    def _changed(
        self,
        step: Step,
        wanted: dict[str, Any],
        seen: str = "",
        candidates: Sequence[Item] = (),
        tab: Tab | None = None,
    ) -> PageChanged:
        """The error for a page that is not as recorded, with what could have been meant."""
        self.asked = Asked(step.id, wanted, [item.described() for item in candidates])
        names = listed(quoted(item.name) for item in candidates)
        if not seen:
            seen = _("only something like it: {names}").format(names=names) if names else _("nothing like it")
        return PageChanged(
            _("Step {id} of the recording {name}: {what}.").format(
                id=step.id, name=self.recording.name, what=sentence(step, self.values.fill)
            ),
            expected=called(wanted),
            seen=seen,
            todo=_("Look at the page. If it is right, the recording is old: record it anew."),
            evidence=self._evidence(tab or self._front_tab()),
            candidates=self.asked.candidates,
        )

    def _evidence(self, tab: Tab | None) -> str:
        """A picture of the page, covered; none in a recording with a page that shows a secret."""
        shows_secret = any(step.human and step.human.gives for step in self.recording.steps)
        return "" if tab is None or shows_secret else self.picture(tab)


def _dialogs_after(steps: Sequence[Step], number: int) -> list[Step]:
    """The native dialogs that a step opened: the steps right behind it."""
    answers = []
    for step in steps[number + 1 :]:
        if step.do != "dialog":
            break
        answers.append(step)
    return answers
