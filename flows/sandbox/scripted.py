"""The person of the practice world: does by script, in the browser, what only a person may do on the real sites."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, TypeVar, cast

from automation.person import HandOver, Person

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from automation.tab import Tab
    from flows.sandbox import Sandbox

T = TypeVar("T")

# One clumsy second between two things a person does, so that a watcher can follow.
THINK_SECONDS = 1.0


class ScriptedPerson(Person):
    """Says yes to the plan and acts at every hand-over as its text asks."""

    practice_password = ""
    _last = 0.0

    def forwarding_code(self) -> str:
        """The code that Microsoft sent to the person."""
        raise NotImplementedError

    def agrees(self, question: str, key: str) -> bool:
        """The practice person agrees to everything."""
        self.say(question + " → y")
        return True

    def agrees_expressly(self, question: str, key: str) -> bool:
        """Practising is for trying things out."""
        return self.agrees(question, key)

    def choose(self, question: str, options: dict[str, str], key: str, cautious: str | None = None) -> str:
        """The practice person tries what there is to try; with ``--yes`` the cautious answer, as for everybody."""
        if self.yes and cautious is not None:
            return cautious
        answer = CHOICES.get(key, cautious or next(iter(options)))
        self.say(f"{question} → {options[answer]}")
        return answer

    def hand_over(self, task: HandOver, tab: Tab, done_when: Callable[[], T | None]) -> T:
        """Reads before acting, so that who watches can read too."""
        self._last = time.monotonic()
        return super().hand_over(task, tab, done_when)

    def act(self, task: HandOver, tab: Tab) -> None:
        """One small thing at a time, whatever page is in front."""
        from playwright.sync_api import Error

        if time.monotonic() - self._last < (THINK_SECONDS if self.watch else 0.0):
            return
        try:
            for one in tab.tabs.newest_of(tab):
                if self._one_thing(task, one.page):
                    self._last = time.monotonic()
                    return
        except Error:
            pass  # the page went on while the hand was moving; a person would look again too

    def _one_thing(self, task: HandOver, page: Page) -> bool:
        password = page.locator("input[type=password]:visible")
        if password.count():
            password.first.fill(self.practice_password)
            password.first.press("Enter")
            return True
        field = page.get_by_role("textbox", name=CODE)
        if task.name == "forwarding-code" and field.count() and not field.first.input_value():
            field.first.fill(self.forwarding_code())
            return True
        name = page.get_by_role("textbox")
        if task.name == "google-app-password" and name.count() and not name.first.input_value():
            name.first.fill("Gmail")
            return True
        for words in ACTIONS.get(task.name, ()):
            for role in BUTTON_OR_LINK:
                button = page.get_by_role(role, name=words, exact=True)
                if button.count() and button.first.is_visible():
                    button.first.click(timeout=2000)
                    return True
        if task.name == "approve-activity":
            row = page.locator("[aria-expanded=false]:visible")
            if row.count():
                row.first.click(timeout=2000)
                return True
        return False


CODE = re.compile(r"code|コード", re.I)
BUTTON_OR_LINK: tuple[Literal["button"], Literal["link"]] = ("button", "link")
# What the practice person answers where a question offers several ways.
CHOICES = {"send-as": "g"}
# What the practice person presses at each hand-over, in the order of wanting.
ACTIONS = {
    "re-authenticate": ("Sign in", "サインイン"),
    "app-password": ("Create a new app password", "新しいアプリ パスワードの作成"),
    "forwarding-code": ("Confirm", "Verify", "Submit", "Save", "確認", "保存"),
    "google-app-password": ("Create", "作成"),
    "approve-activity": ("This was me", "自分の操作です"),
    "two-step-verification": ("Set up two-step verification", "Turn on", "Next", "Done"),
}


class PracticePerson(ScriptedPerson):
    """The person of one running world."""

    world: Sandbox

    def forwarding_code(self) -> str:
        """The code that Microsoft sent, or nothing while none was sent."""
        return str(self.world.control("/secrets")["forwarding_code"] or "")

    def code_for(self, url: str) -> str:
        """The newest code that was sent for what is asked on a page: Gmail's by mail, or Microsoft's."""
        if not url.startswith(self.world.settings["GMAIL_URL"]):
            return self.forwarding_code()
        waiting = [entry["code"] for entry in self.world.state()["gmail"]["send_as"] if not entry["verified"]]
        return str(waiting[-1]) if waiting else ""


class Stagehand(PracticePerson):
    """Does the hand-overs of a replay, with --no-input too, and leaves questions to whoever is really there.

    What a page leaves open is never guessed at, not even in practice.
    """

    ask, choose, agrees = Person.ask, Person.choose, Person.agrees

    def hand_over(self, task: HandOver, tab: Tab, done_when: Callable[[], T | None]) -> T:
        """Played by the practice world itself: nobody is asked."""
        no_input, self.no_input = self.no_input, False
        try:
            return super().hand_over(task, tab, done_when)
        finally:
            self.no_input = no_input


def scripted_person(sandbox: Sandbox, kind: type[PracticePerson] = PracticePerson) -> type[PracticePerson]:
    """The class of person who knows the practice password of one world, and can look up the codes it sends."""
    known = {"practice_password": sandbox.practice_password, "world": sandbox}
    return cast("type[PracticePerson]", type(kind.__name__, (kind,), known))
