"""What is said to and asked of a person, and what happens when nobody is there."""

from __future__ import annotations

import time
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from automation.element import Element, Words
from automation.errors import NeedsPerson
from automation.messages import speak
from automation.person import HandOver, Person
from flows.pages.outlook import CONFIRM
from tests.helpers import Desk, apart, open_desk

TASK = HandOver("approve", "Please press Go.", "it says done.", mark=Element("Go", ("button",), Words(en=("Go",))))


@pytest.fixture(scope="module")
def desk(browser_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A browser for small pages."""
    with open_desk(browser_path, tmp_path_factory.mktemp("person")) as desk:
        yield desk


def person(**wishes: object) -> tuple[Person, StringIO]:
    """A person without a terminal, and what was said to them."""
    words = StringIO()
    return Person(Console(file=words, width=200), watch=False, **wishes), words  # type: ignore[arg-type]  # its own


def test_a_question_nobody_answers_names_itself() -> None:
    """Without a terminal every kind of question raises an error that names it."""
    nobody, _words = person()
    for ask in (
        lambda: nobody.ask("Your address?", "OUTLOOK_ADDRESS", str),
        lambda: nobody.choose("Which?", {"a": "this", "b": "that"}, "alias"),
        lambda: nobody.agrees("Shall I?", "plan"),
    ):
        with pytest.raises(NeedsPerson, match=r"OUTLOOK_ADDRESS|alias|plan") as stopped:
            ask()
        assert stopped.value.exit_code == 5


def test_yes_takes_the_cautious_answer_and_no_other() -> None:
    """--yes agrees to the plan and takes a cautious answer where there is one; else the question stays open."""
    yes, _words = person(yes=True)

    assert yes.agrees("Shall I?", "plan")
    assert yes.choose("Which?", {"a": "this", "b": "that"}, "alias", cautious="b") == "b"
    with pytest.raises(NeedsPerson):
        yes.choose("Which?", {"a": "this", "b": "that"}, "undo")


@apart
def test_a_hand_over_goes_on_by_itself(desk: Desk) -> None:
    """The page is watched for the proof; meanwhile it shows the strip, which takes no clicks and goes in the end."""
    tab = desk.show("<button onclick=\"setTimeout(() => document.title = 'done', 300)\">Go</button>")
    somebody, words = person(patience=10.0)
    strip = tab.page.locator("autoconfigure-banner")

    def done() -> str | None:
        if strip.count() and tab.page.title() != "done":
            tab.page.locator("button").click()  # a real click: it would fail if the strip were in its way
        return "yes" if tab.page.title() == "done" else None

    assert somebody.hand_over(TASK, tab, done) == "yes"
    assert somebody.actions == ["approve"]
    assert strip.count() == 0
    assert "Please press Go." in words.getvalue()
    assert "it says done." in words.getvalue()


@apart
def test_the_strip_comes_back_on_the_next_page(desk: Desk) -> None:
    """When the person is led to another page, the strip is there too."""
    desk.site.pages["/second"] = "<body>second"
    leave = (
        f"document.querySelector('autoconfigure-banner') && setTimeout(() => location = '{desk.site.url}/second', 2500)"
    )
    tab = desk.show(f"<script>const wait = setInterval(() => {leave} && clearInterval(wait), 50)</script>first")
    somebody, _words = person(patience=10.0)
    seen: set[str] = set()

    def done() -> bool:
        if tab.page.locator("autoconfigure-banner").count():
            seen.add(tab.text())
        return "second" in seen

    assert somebody.hand_over(TASK, tab, done)
    assert seen - {""} == {"first", "second"}  # nothing, where the page changed between the two questions


@apart
def test_patience_ends(desk: Desk) -> None:
    """A hand-over nobody does ends after the patience, saying what was awaited; it counts as no action."""
    tab = desk.show("<button>Go</button>")
    nobody, _words = person(patience=1.0)
    started = time.monotonic()
    with pytest.raises(NeedsPerson, match="it says done") as stopped:
        nobody.hand_over(TASK, tab, lambda: None)

    assert 1 <= time.monotonic() - started < 4
    assert nobody.actions == []
    assert "within 1 seconds" in str(stopped.value)
    assert desk.tabs.person_is_acting is False


@apart
def test_no_input_refuses_at_once(desk: Desk) -> None:
    """--no-input refuses a hand-over before the page is touched."""
    tab = desk.show("<button>Go</button>")
    refusing, _words = person(no_input=True)
    with pytest.raises(NeedsPerson, match="--no-input"):
        refusing.hand_over(TASK, tab, lambda: "done")

    assert tab.page.locator("autoconfigure-banner").count() == 0


def test_words_are_not_markup() -> None:
    """Brackets in what is said stay as they are, and nothing is redrawn without a terminal."""
    somebody, words = person()
    somebody.say("[bold]Inbox[/bold]")
    with somebody.waiting("Waiting [1/2]") as update:
        update("later")

    assert words.getvalue() == "[bold]Inbox[/bold]\n  … Waiting [1/2]\n"


@apart
def test_a_hand_over_speaks_the_persons_language(desk: Desk) -> None:
    """In Japanese both the wish and how we will know are said in Japanese."""
    speak("ja")
    tab = desk.show("")
    somebody, words = person(patience=5.0)
    somebody.hand_over(CONFIRM, tab, lambda: "done")

    assert CONFIRM.what not in words.getvalue()
    assert CONFIRM.how_we_know not in words.getvalue()
    assert "サインイン" in words.getvalue() or "パスワード" in words.getvalue()
