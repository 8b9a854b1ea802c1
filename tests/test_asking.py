"""The question to a person when a page has changed: it shows, it learns, and it acts on what was shown and nothing else."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest
from playwright.sync_api import Playwright
from rich.console import Console

from automation.element import Element, Words
from automation.errors import PageChanged
from automation.learned import FILE, Memory
from automation.page import Page
from automation.person import Person
from automation.session import Session
from tests.helpers import Desk, apart, in_engine, open_desk, until

SAVE = Element("the button “Save”", ("button",), Words(en=("Save",), ja=("保存",)))
DELETE = Element("the link “delete”", ("link",), Words(en=("delete",)), risk="destructive")
BOX = Element("the box", ("checkbox",), Words(en=("POP",)))
RENAMED = "<button>Discard</button> <button>Save changes</button>"
COUNTING = "<script>window.clicks = []; addEventListener('click', (e) => clicks.push(e.target.innerText || e.target.id))</script>"


@pytest.fixture(scope="module")
def desk(browser_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A browser for small pages."""
    with open_desk(browser_path, tmp_path_factory.mktemp("asking")) as desk:
        yield desk


class Answering(Person):
    """Somebody at a terminal whose answers are known beforehand; one that can be called is done before it is given."""

    can_answer = True

    def __init__(self, *answers: str | Callable[[], str], yes: bool = False) -> None:
        self.words = StringIO()
        super().__init__(Console(file=self.words, width=200), watch=False, yes=yes)
        self._answers = list(answers)

    def _read(self, _prompt: str, _key: str) -> str:
        answer = self._answers.pop(0)
        return answer if isinstance(answer, str) else answer()


class SmallPage(Page):
    """A page of these tests."""

    called = "the small page"


class Sitting:
    """A small page, somebody at it, and what they have shown before."""

    def __init__(self, desk: Desk, html: str, *answers: str | Callable[[], str], yes: bool = False) -> None:
        self.person = Answering(*answers, yes=yes)
        place = desk.session
        self.session = Session(place.settings, place.options, self.person, desk.tabs, [], place.pictures)
        self.page = SmallPage(self.session, desk.show(COUNTING + html))
        self.file = place.settings.home / FILE

    def click(self, element: Element = SAVE, row: str | None = None) -> list[str]:
        """Click the element; gives what was clicked, by the page's own count."""
        self.page.click(element, row, seconds=0.1)
        clicked: list[str] = self.page.tab.page.evaluate("() => window.clicks")
        return clicked


@pytest.fixture(autouse=True)
def nothing_learned(desk: Desk) -> None:
    """Every test begins with nothing learned."""
    (desk.session.settings.home / FILE).unlink(missing_ok=True)


@apart
def test_a_yes_is_acted_on_and_remembered(desk: Desk) -> None:
    """The framed candidate is named with its old and new wording; after a yes it is clicked, and next time without asking."""
    sitting = Sitting(desk, RENAMED, "y")

    assert sitting.click() == ["Save changes"]
    said = sitting.person.words.getvalue()
    assert "Is the framed “Save changes” the button “Save” (known as “Save / 保存”)?" in said
    assert stat.S_IMODE(sitting.file.stat().st_mode) == 0o600
    assert Sitting(desk, RENAMED).click() == ["Save changes"]
    with pytest.raises(PageChanged):
        Sitting(desk, "<button>Discard</button>", "s").click()


@apart
def test_the_strip_shows_old_and_new(desk: Desk) -> None:
    """While the question is open, the page shows the strip with the question; afterwards it is gone."""
    shown: list[int] = []
    strip = desk.session.tab("page").page.locator("autoconfigure-banner")
    sitting = Sitting(desk, RENAMED, lambda: (shown.append(strip.count()), "y")[1])
    sitting.click()

    assert shown == [1]
    assert strip.count() == 0


@apart
def test_what_was_learned_at_one_site_is_not_known_at_another(desk: Desk) -> None:
    """A lesson belongs to the site, the page and the element it was given for."""
    Sitting(desk, RENAMED, "y").click()
    memory = Memory(desk.session.settings.home)
    place = ("the small page", SAVE.called)

    assert [one.name for one in memory.of(desk.site.url + "/other", *place)] == ["Save changes"]
    assert memory.of(desk.site.other_url, *place) == ()
    assert memory.of(desk.site.url, "another page", SAVE.called) == ()
    assert memory.of(desk.site.url, place[0], "the button “Keep”") == ()


@apart
def test_yes_in_advance_teaches_nothing(desk: Desk) -> None:
    """Under --yes an answer holds for this run and is not kept."""
    sitting = Sitting(desk, RENAMED, "y", yes=True)

    assert sitting.click() == ["Save changes"]
    assert sitting.click() == ["Save changes"] * 2
    assert not sitting.file.exists()


@apart
def test_no_and_stop(desk: Desk) -> None:
    """A no leads to the next candidate and then to the last question; stop ends with the candidates, nothing clicked."""
    sitting = Sitting(desk, "<button>Save changes</button> <button>Save as</button>", "n", "n", "s")
    with pytest.raises(PageChanged) as stopped:
        sitting.click()

    assert sitting.page.tab.page.evaluate("() => window.clicks") == []
    assert {c["name"] for c in stopped.value.candidates} == {"Save changes", "Save as"}
    assert "Can you see the button “Save”" in sitting.person.words.getvalue()
    with pytest.raises(PageChanged):
        Sitting(desk, "<button>Save changes</button> <button>Save as</button>", "s").click()


@apart
def test_a_page_that_draws_itself_anew_meanwhile(desk: Desk) -> None:
    """While the person thinks, the page replaces the button by its like; the new one is clicked, without a new question."""
    tab = desk.session.tab("page")
    redraw = "document.body.append(...[...document.querySelectorAll('button')].map(b => { const c = b.cloneNode(true); b.remove(); return c; }))"

    def think() -> str:
        tab.page.evaluate(redraw)
        return "y"

    assert Sitting(desk, RENAMED, think).click() == ["Save changes"]


@apart
def test_by_hand(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who does the step by hand is told what to do, and says when it is done; the tool clicks nothing itself."""
    monkeypatch.setattr("automation.page.PATIENT_SECONDS", 0.1)
    tab = desk.session.tab("page")

    def click() -> str:
        assert desk.tabs.person_is_acting
        tab.page.locator("#keep").click()
        return "d"

    sitting = Sitting(desk, "<button id=keep>Keep</button>", "h", click)
    assert sitting.click() == ["Keep"]
    assert "In the browser window: click the button “Save”." in sitting.person.words.getvalue()
    assert sitting.person.actions == ["by-hand"]
    assert not desk.tabs.person_is_acting
    switched = Sitting(desk, "<label><input type=checkbox>IMAP</label>", "h", "d")
    assert switched.page.switch(BOX, True)
    assert "switch the box on" in switched.person.words.getvalue()


def test_pointing(desk: Desk, playwright: Playwright) -> None:
    """What the person clicks on is what is meant, and the page does not get that click; another kind is asked for again."""
    html = "<input id=field><a href=#there id=keep><b>Keep</b></a>"
    sitting = in_engine(lambda: Sitting(desk, html, "p", "p")).result()
    other = playwright.chromium.connect_over_cdp(desk.browser.endpoint)
    try:
        clicked = in_engine(sitting.click)
        (page,) = [p for c in other.contexts for p in c.pages if p.url.startswith(desk.site.url)]
        for time, place in enumerate(("#field", "b"), 1):
            until(lambda time=time: sitting.person.words.getvalue().count("Click on it") == time)  # type: ignore[misc]  # bound per round
            page.wait_for_timeout(700)  # the browser says nowhere when it is ready to be pointed at
            page.locator(place).click()
        assert clicked.result(30) == ["Keep"]
    finally:
        other.close()

    assert "the button “Save” is of another kind" in sitting.person.words.getvalue()


ROWS = "<table>{}</table>".format(
    "".join(f"<tr><td>{w}@x.example</td><td><a href=#>remove</a></td></tr>" for w in "ab")
)


@apart
def test_a_row_is_kept_to(desk: Desk) -> None:
    """In a table only the row of the address meant is asked about, and what was learned there holds in every row."""
    sitting = Sitting(desk, ROWS, "n", "s")
    with pytest.raises(PageChanged) as stopped:
        sitting.click(DELETE, "b@x.example")
    assert len(stopped.value.candidates) <= 1
    link = Element("the link “delete”", ("link",), Words(en=("removed",)))

    assert Sitting(desk, ROWS, "y").click(link, "b@x.example") == ["remove"]
    assert Sitting(desk, ROWS).click(link, "a@x.example") == ["remove"]


@apart
def test_nobody_to_ask(desk: Desk) -> None:
    """Without a terminal it stops with the candidates and a picture; a damaged file of lessons counts as none."""
    file = desk.session.settings.home / FILE
    file.parent.mkdir(exist_ok=True)
    file.write_text('{"learned": [{"site": 1}, 7, {"new": ""}]}', encoding="utf-8")
    page = SmallPage(desk.session, desk.show(COUNTING + RENAMED))
    with pytest.raises(PageChanged) as stopped:
        page.click(SAVE, seconds=0.1)

    assert [c["name"] for c in stopped.value.candidates] == ["Save changes"]
    assert Path(stopped.value.evidence).is_file()
    assert Memory(desk.session.settings.home).all == []
