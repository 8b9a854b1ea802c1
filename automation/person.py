"""Everything said to or asked of a person: in the terminal and, while a page is open, in a banner on the page."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from automation.element import Element
from automation.errors import NeedsPerson
from automation.messages import _, listed
from automation.stop import Stop

if TYPE_CHECKING:
    from playwright.sync_api import Locator
    from rich.console import Console

    from automation.tab import Tab

T = TypeVar("T")

PATIENCE_SECONDS = 600.0
_SCRIPT = Path(__file__).with_name("banner.js").read_text(encoding="utf-8")
BANNER = _SCRIPT[_SCRIPT.index("([words") :]


@dataclass(frozen=True)
class HandOver:
    """Something only the person may do: its name, what to do in one or two sentences, and how we will know.

    ``mark`` is what to click, shown with a frame where the page has it. ``did`` says afterwards what the person did.
    """

    name: str
    what: str
    how_we_know: str
    mark: Element | None = None
    did: str = ""


class Person:
    """The person at the terminal and the browser."""

    def __init__(
        self,
        console: Console,
        *,
        no_input: bool = False,
        yes: bool = False,
        plain: bool = False,
        watch: bool = True,
        patience: float = PATIENCE_SECONDS,
        stop: Stop | None = None,
    ) -> None:
        self.console = console
        self.stop = stop or Stop()
        self.no_input = no_input
        self.yes = yes
        self.plain = plain
        self.watch = watch
        self.patience = patience
        self.actions: list[str] = []
        self.progress = ""  # "Step 2 of 4", for the strip on the page

    @property
    def can_answer(self) -> bool:
        """Whether somebody sits at a terminal to answer questions."""
        return not self.no_input and sys.stdin is not None and sys.stdin.isatty()

    # -- saying ---------------------------------------------------------------------------------------------------

    def say(self, text: str, style: str | None = None) -> None:
        """Tell the person something."""
        self.console.print(text, style=style, markup=False, highlight=False, soft_wrap=not self.console.is_terminal)

    def warn(self, text: str) -> None:
        """Tell the person something they should not miss; never by colour alone."""
        self.say("! " + text, style="yellow")

    def step(self, number: int, total: int, title: str, tab: Tab | None = None) -> None:
        """Say which step of how many begins."""
        self.progress = _("Step {number} of {total}").format(number=number, total=total)
        self.say(f"\n[{number}/{total}] {title}", style="bold")
        if tab and self.watch:
            self.banner(tab, title)

    def done(self, text: str) -> None:
        """Say that something is done."""
        self.say("  ✓ " + text, style="green")

    @contextmanager
    def waiting(self, text: str) -> Iterator[Callable[[str], None]]:
        """A live line while something takes its time; plain output prints it once."""
        if self.plain or not self.console.is_terminal:
            self.say("  … " + text)
            yield lambda _update: None
            return
        from rich.markup import escape

        with self.console.status("  " + escape(text)) as status:
            yield lambda update: status.update("  " + escape(update))

    def banner(
        self, tab: Tab, title: str, detail: str = "", *, yours: bool = False, mark: Element | None = None
    ) -> None:
        """Show the strip on a page, with a frame around one element if the page has it."""
        handle = None
        if mark is not None:
            look, found = tab.resolve(mark)
            handle = look.handle(found.item) if found.item else None
        words: dict[str, Any] = {"step": self.progress, "title": title, "detail": detail, "yours": yours}
        show_banner(tab, words, handle)

    # -- asking ---------------------------------------------------------------------------------------------------

    def ask(self, question: str, key: str, check: Callable[[str], T]) -> T:
        """Ask for a text until ``check`` accepts it. Raises NeedsPerson, naming ``key``, when nobody can answer."""
        while True:
            answer = self._read(question + " ", key)
            try:
                return check(answer.strip())
            except ValueError as error:
                self.warn(str(error))

    def choose(self, question: str, options: dict[str, str], key: str, cautious: str | None = None) -> str:
        """Let the person pick one of ``options`` (letter: meaning).

        With ``--yes`` and a cautious answer, that is taken. Raises NeedsPerson, naming ``key``, when nobody can answer.
        """
        if self.yes and cautious is not None:
            return cautious
        if not self.can_answer:
            raise unanswered(question, key)
        self.say(question)
        for letter, meaning in options.items():
            self.say(f"  {letter}) {meaning}")
        while True:
            answer = self._read("> ", key).strip().lower()
            if answer in options:
                return answer
            self.warn(_("Please answer with one of: {letters}").format(letters=listed(options)))

    def agrees(self, question: str, key: str) -> bool:
        """A yes or no; ``--yes`` says yes."""
        if self.yes:
            return True
        while True:
            answer = self._read(question + _(" [y/n] "), key).strip().lower()
            if answer in ("y", "yes", "はい"):
                return True
            if answer in ("n", "no", "いいえ", ""):
                return False

    def agrees_expressly(self, question: str, key: str) -> bool:
        """A yes or no that ``--yes`` does not cover. Raises NeedsPerson, naming ``key``, when nobody can answer."""
        answer = self._read(question + _(" [y/n] "), key).strip().lower()
        return answer in ("y", "yes", "はい")

    def agrees_to_keep(self, field: str, text: str) -> bool:
        """A yes or no to keeping what was typed into a field; ``--yes`` does not cover it."""
        question = _("Keep “{text}”, typed into “{field}”?").format(text=text, field=field or "?")
        return self._read(question + _(" [y/n] "), "keep-values").strip().lower() in ("y", "yes", "はい")

    def _read(self, prompt: str, key: str) -> str:
        if not self.can_answer:
            raise unanswered(prompt.strip(), key)
        try:
            with self.stop.at_question():
                return self.console.input(prompt, markup=False)
        except EOFError:
            raise unanswered(prompt.strip(), key) from None

    # -- handing over ---------------------------------------------------------------------------------------------

    def hand_over(self, task: HandOver, tab: Tab, done_when: Callable[[], T | None]) -> T:
        """Let the person do what only they may do, and go on by ourselves once the page shows that it is done.

        Raises NeedsPerson when ``--no-input`` refuses it or the patience runs out.
        """
        task = replace(task, what=_(task.what), how_we_know=_(task.how_we_know))
        if self.no_input:
            raise NeedsPerson(
                _("This needs you: {what}").format(what=task.what),
                expected=task.how_we_know,
                seen=_("--no-input was given, so nobody is asked"),
                todo=_("Run the command again without --no-input, with somebody at the browser."),
            )
        self.say("\n☞ " + task.what, style="bold yellow")
        self.say("  " + _("How I will know: {how}").format(how=task.how_we_know))
        tab.come_to_front()
        tab.tabs.person_is_acting = True
        try:
            answer = self._wait(task, tab, done_when)
        finally:
            tab.tabs.person_is_acting = False
        self.actions.append(task.name)
        self.say("  ✓ " + _("Seen. Thank you, I am going on."), style="green")
        clear_banner(tab)
        return answer

    def _wait(self, task: HandOver, tab: Tab, done_when: Callable[[], T | None]) -> T:
        deadline = time.monotonic() + self.patience
        document = -1.0
        while time.monotonic() < deadline:
            answer = done_when()
            if answer is not None and answer is not False:
                return answer
            if (now := tab.document()) != document and now:
                document = now
                how = _("How I will know: {how}").format(how=task.how_we_know)
                self.banner(tab, task.what, how, yours=True, mark=task.mark)
            self.act(task, tab)
            tab.rest(0.05)
        raise NeedsPerson(
            _("This needed you: {what}").format(what=task.what),
            expected=task.how_we_know,
            seen=_("it was not done within {seconds} seconds").format(seconds=int(self.patience)),
            todo=_("Run the command again when you have time for it; what is done stays done."),
        )

    def act(self, task: HandOver, tab: Tab) -> None:
        """What the person does now; the real one needs no help."""


def unanswered(question: str, key: str) -> NeedsPerson:
    """The error for a question that nobody can answer; it names the question."""
    return NeedsPerson(
        _("A question is open ({key}): {question}").format(key=key, question=question),
        expected=_("an answer"),
        seen=_("nobody at a terminal to give one"),
        todo=_(
            "Run the command in a terminal. Some questions can be answered beforehand by a flag or a setting; --help names them."
        ),
    )


def show_banner(tab: Tab, words: dict[str, Any] | None, framed: Locator | None) -> None:
    """Draw the strip, or take it away when there are no words. A page that is just going away shows none.

    What was drawn anew since it was looked at gets no frame.
    """
    from playwright.sync_api import Error

    element = None
    if framed:
        with suppress(Error):
            element = framed.element_handle()
    with suppress(Error):
        tab.page.evaluate(BANNER, [words, element])


def clear_banner(tab: Tab) -> None:
    """Take the strip away."""
    if not tab.page.is_closed():
        show_banner(tab, None, None)
