"""An ordinary run as a recording: what the program itself does on pages, and what the person is handed, step by step."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from automation.element import plain
from automation.errors import BrowserClosed
from automation.recording.flow_file import PLACEHOLDER, Human, Step
from automation.recording.folder import Folder
from automation.recording.survey import Survey, became_true, dialog_step, evidence, survey
from automation.settings import Secret

if TYPE_CHECKING:
    from automation.asking import Target
    from automation.page import Act
    from automation.person import HandOver
    from automation.session import Session
    from automation.tab import Tab

# A mail server's name or a port is nobody's secret.
_PUBLIC = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+|\d{1,5}")
# A wait that presses the same things again and again repeats at most so many steps.
_LONGEST_ROUND = 6


@dataclass(frozen=True)
class Draft:
    """An act about to be done: its step, and the page before it."""

    tab: Tab
    step: Step
    before: Survey | None


class RunRecorder:
    """Hears of everything the engine does. Only what fulfils a wish is written; looking around is not."""

    def __init__(self, folder: Folder, session: Session) -> None:
        self._folder = folder
        self._session = session
        self._redaction = folder.redaction
        self.flow: str | None = None  # the one that is looked at or fulfilled
        self._doing = False
        self._names: dict[Tab, str] = {}
        self._on_its_way: dict[Tab, str] = {}  # opened, but nothing was done there yet
        self._opened: dict[Tab, str] = {}
        self._last: tuple[Draft, int] | None = None  # the last act, until what came of it was looked at
        self._dialogs: list[tuple[str, bool | str, str]] = []

    @contextmanager
    def doing(self) -> Iterator[None]:
        """While this lasts, a flow acts, and what it does is written down."""
        self._doing = True
        try:
            yield
        finally:
            self.settle()
            self._doing = False

    # -- what the engine tells ------------------------------------------------------------------------------------

    def going(self, tab: Tab, url: str, loads: bool) -> None:
        """An address is about to be opened, or is open there already; a step once something is done there."""
        self.settle()
        if written := self._redaction.own_url(url):
            if loads or self._opened.get(tab) != written:
                self._on_its_way[tab] = written
            if url == "about:blank" and self._doing:  # leaving a page that shows a secret is a deed of its own
                self._arrive(tab)

    def before(self, act: Act, target: Target, tab: Tab) -> Draft | None:
        """An act is about to be done; the draft of its step, for ``did``."""
        if not self._doing:
            return None
        self.settle()
        self._arrive(tab)
        element, page = target.element, survey(tab, target)
        if page is None or page.index is None:
            return None
        item = page.items[page.index]
        want = replace(evidence(page, item), called=element.called, known=_known(element.words.all(), item.names))
        step = Step(
            "",
            act.do,
            flow=self.flow,
            page=self._name(tab),
            where=self._redaction.url(page.url),
            want=replace(want, row=act.row),
            value=self._value(act, element.called),
            risk=element.risk,
        )
        return Draft(tab, step, page)

    def did(self, draft: Draft) -> None:
        """The act of a draft was done."""
        self._folder.add(draft.step, draft.before)
        self._last = (draft, len(self._folder.steps) - 1)
        if draft.step.do == "switch":
            self._expect({"state": bool(draft.step.value)})
        for kind, answer, asks in self._dialogs:
            self._expect({"dialog": kind})
            more = {"flow": self.flow, "page": draft.step.page}
            self._folder.add(dialog_step(kind, asks, answer, self._redaction, **more))
        self._dialogs.clear()
        self._shorten()

    def dialog(self, kind: str, answer: bool | str, asks: str) -> None:
        """A native dialog was answered during an act."""
        if self._doing:
            self._dialogs.append((kind, answer, asks))

    def window_opened(self, tab: Tab, window: Tab) -> None:
        """The last act opened a window."""
        if not self._doing:
            return
        opener = self._name(tab)
        taken = {*self._names.values(), *(step.page for step in self._folder.steps)}
        names = (f"{opener}-window" + (f"-{number}" if number > 1 else "") for number in range(1, 1000))
        self._names[window] = next(name for name in names if name not in taken)
        self._expect({"opens": self._names[window]})

    def closing(self, tab: Tab) -> None:
        """The program is about to close a window."""
        self.settle()
        if self._doing:
            self._folder.add(Step("", "close", flow=self.flow, page=self._name(tab)))

    @contextmanager
    def handing_over(self, task: HandOver, tab: Tab) -> Iterator[list[Any]]:
        """The person is asked for something; the list takes what came of it."""
        self.settle()
        self._arrive(tab)
        page, answers = survey(tab), list[Any]()
        yield answers
        gives = secret_name(task.name) if answers and isinstance(answers[0], Secret) else None
        human = Human(task.name, task.what, task.how_we_know, gives)
        where = self._redaction.url(page.url) if page else None
        step = Step("", "human", flow=self.flow, page=self._name(tab), where=where, human=human)
        if gives:
            self._redaction.secret(gives, task.name)
        self._folder.add(step, page)
        self._last = (Draft(tab, step, page), len(self._folder.steps) - 1)

    def settle(self) -> None:
        """Look what the last act brought about, before anything else happens."""
        if self._last is None:
            return
        (draft, index), self._last = self._last, None
        if draft.tab.page.is_closed():
            self._folder.expect(index, [{"closes": draft.step.page}])
            return
        with suppress(BrowserClosed):
            if after := survey(draft.tab):
                more = became_true(draft.before, after, self._redaction)
                self._folder.expect(index, [*self._holds(draft, after), *more])

    # -- how it is written ----------------------------------------------------------------------------------------

    def _expect(self, fact: dict[str, Any]) -> None:
        if self._last:
            self._folder.expect(self._last[1], [fact])

    def _holds(self, draft: Draft, after: Survey) -> list[dict[str, Any]]:
        """What a field holds after it was filled in, where it can be found again."""
        step, want = draft.step, draft.step.want
        if want is None or step.do not in ("type", "choose") or not isinstance(step.value, str):
            return []
        if PLACEHOLDER.search(step.value) and "secret:" in step.value:
            return []
        names = set(map(plain, want.names))
        for item in after.items:
            if item.role == want.role and names & set(map(plain, item.names)):
                chosen = next((str(option["text"]) for option in item.options if option["selected"]), item.value)
                if chosen and self._redaction.text(chosen) == step.value:
                    return [{"state": step.value}]
        return []

    def _value(self, act: Act, called: str) -> str | bool | None:
        if isinstance(act.value, Secret):
            known = next((name for name, secret in self._session.secrets.items() if secret == act.value), "password")
            return self._redaction.secret(secret_name(known), called)
        if act.do == "choose":
            return self._redaction.text(str(act.value))
        if act.do == "type" and not _PUBLIC.fullmatch(str(act.value)):
            return self._redaction.typed(str(act.value), called)
        return act.value

    def _arrive(self, tab: Tab) -> None:
        """Write the opening of an address, now that something is done there."""
        if url := self._on_its_way.pop(tab, None):
            self._opened[tab] = url
            self._folder.add(Step("", "open", flow=self.flow, page=self._name(tab), url=url))

    def _name(self, tab: Tab) -> str:
        name = self._session.name_of(tab) or f"tab-{len(self._names) + 1}"
        return self._names.setdefault(tab, name)

    def _shorten(self) -> None:
        """Waiting presses the same things again and again: of two equal rounds one is enough."""
        done = [_key(step) for step in self._folder.steps]
        for length in range(2, _LONGEST_ROUND + 1):
            round_ = done[-length:]
            if len(done) >= 2 * length and round_ == done[-2 * length : -length] and all(round_):
                self._last = None
                self._folder.drop(length)
                return


def secret_name(task: str) -> str:
    """The name of the secret that a hand-over brings forth: APP_PASSWORD for the hand-over app-password."""
    return task.upper().replace("-", "_")


def _known(wordings: tuple[str, ...], shown: tuple[str, ...]) -> tuple[str, ...]:
    """The other wordings that are known for an element."""
    return tuple(word for word in dict.fromkeys(wordings) if word not in shown)


def _key(step: Step) -> tuple[Any, ...]:
    """What makes two steps of a wait the same; nothing for steps that are never merely repeated."""
    if step.do not in ("open", "click"):
        return ()
    return step.do, step.page, step.url, step.want and (step.want.called, step.want.row)
