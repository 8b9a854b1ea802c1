"""Lists of like things: what was recorded in one row is done in that row, wherever it went, and in no other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from automation.element import Item
from automation.recording.flow_file import Recording, Step, Want, model_items, model_of
from automation.recording.matching import match
from automation.recording.redaction import Redaction
from automation.recording.survey import Survey, evidence
from automation.recording.values import Sources, Values
from automation.settings import Settings
from tests.helpers import Desk, apart, open_desk

WORDS = ("Laptop", "Phone", "Tablet", "Watch")
ADDRESSES = ("ann@x.example", "bob@x.example", "cyd@x.example", "dan@x.example")
NUMBERS = ("Line 4711234", "Line 4719876", "Line 4713344", "Line 4715566")


@pytest.fixture(scope="module")
def desk(browser_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A browser for small pages."""
    with open_desk(browser_path, tmp_path_factory.mktemp("rows")) as desk:
        yield desk


# A row of each kind of list: {0} is what it is about, {1} what the site calls its button.
ROWS = {
    "table": "<tr><td>{0}</td><td><button {1}>Edit</button> <button>Remove</button></td></tr>",
    "name behind": "<tr><td><button {1}>Edit</button></td><td>{0}</td></tr>",
    "links": "<li><a href=#x>{0}</a> <a href=#edit {1}>Edit</a></li>",
    "cards": "<div><h3>{0}</h3><p>Seen today</p><button {1}>Edit</button></div>",
    "below": "<div><p><button {1}>Edit</button></p><h3>{0}</h3><p>Seen today</p></div>",
    "picture": "<div><button {1}>Edit</button><img alt='{0}' src='data:,' width=9></div>",
}
AROUND = {"table": "<table>{}</table>", "name behind": "<table>{}</table>", "links": "<ul>{}</ul>"}


def show(desk: Desk, kind: str, things: list[str], numbered: bool) -> list[Item]:
    """What a look tells of a page with a row for each of these things."""
    rows = "".join(ROWS[kind].format(one, f"id=b{place}" if numbered else "") for place, one in enumerate(things))
    html = "<h1>Devices</h1>" + AROUND.get(kind, "{}").format(rows)
    tab = desk.session.tab("page")
    tab.page.evaluate("(html) => { document.body.innerHTML = html }", html)  # loading each would take minutes in all
    return tab.look(rows=True, ids=True).items


def edits(items: list[Item]) -> list[Item]:
    """The buttons, in the order of the rows."""
    return [item for item in items if item.name == "Edit"]


class Recorded:
    """The click on one row's button as a recording keeps it, and as a replay reads it where it is given what it asks."""

    def __init__(self, items: list[Item], nth: int) -> None:
        item, redaction = edits(items)[nth], Redaction(Settings())
        self.want = redaction.want(evidence(Survey("", "en", items, [], index=item.index), item))
        self.model = model_of(map(redaction.item, items), "", "en")
        steps = [Step("1", "click", want=self.want)]
        self.recording = Recording("rows", {}, placeholders=redaction.used(steps), steps=steps)

    def told(self, given: dict[str, str]) -> tuple[Want, list[Item]]:
        """The evidence with these values in it."""
        values = Values(self.recording, Sources(Settings(), given))
        values.require(self.recording.steps)
        return values.want(self.want), values.items(model_items(self.model))


def _changes(things: tuple[str, ...]) -> Iterator[tuple[list[str], int | None]]:
    """The rows that a page shows later, and which of them is the recorded one."""
    a, b, c, d = things
    yield [a, b, c], 1
    for moved in ([b, a, c], [a, c, b], [d, a, b, c], [a, b, d, c], [b]):
        yield moved, moved.index(b)
    for gone in ([a, c], [a, d, c], [c, a], [c, d, a], [c], [d]):
        yield gone, None


@apart
@pytest.mark.parametrize("kind", ROWS)
@pytest.mark.parametrize(
    ("things", "numbered"), [(WORDS, False), (WORDS, True), (ADDRESSES, True), (NUMBERS, True)], ids=str
)
def test_a_row_is_itself_or_nobody(desk: Desk, kind: str, numbered: bool, things: tuple[str, ...]) -> None:
    """In its own row or not at all: with the row gone, replaced, moved, or the buttons numbered by their place."""
    recorded = Recorded(show(desk, kind, list(things[:3]), numbered), 1)
    value = {"ADDRESS": things[1], "CODE": things[1].removeprefix("Line ")}
    want, model = recorded.told({name: value[name.partition("_")[0]] for name in recorded.recording.placeholders})
    acted = 0
    for later, right in _changes(things):
        items = show(desk, kind, later, numbered)
        found = match(want, "", items, model).item
        acted += found is not None
        assert found in (None, None if right is None else edits(items)[right]), later
        marked = match(want, "destructive", items, model).item
        assert marked in (None, None if right is None else edits(items)[right]), later
    assert match(want, "", show(desk, kind, list(things[:3]), numbered), model).item
    assert acted >= (2 if numbered else 1)


@apart
def test_whose_row_it_is_has_to_be_given(desk: Desk) -> None:
    """A mail address that told the row is in no recording, so the replay asks for it; other words of the row need none."""
    recorded = Recorded(show(desk, "table", list(ADDRESSES[:3]), numbered=False), 1)
    assert (recorded.want.row, recorded.want.among) == ("${ADDRESS_1}", ("${ADDRESS_1}",))
    assert [p.kind for p in recorded.recording.placeholders.values()] == ["address"]

    assert Recorded(show(desk, "table", list(WORDS[:3]), numbered=False), 1).want.among == ("Phone",)
    alone = Recorded(show(desk, "table", ["Phone"], numbered=True), 0)
    assert (alone.want.among, alone.want.around) == (("Phone",), ("Phone",))
    want, model = alone.told({})
    assert match(want, "", show(desk, "table", ["Watch"], numbered=True), model).item is None


@apart
def test_letters_are_not_read(desk: Desk) -> None:
    """The words of a line of a list of messages are somebody's mail, and are not taken for what tells its row."""
    line = "<div role=row><span>{}</span> <button>Star</button></div>"
    long = "Dear all, the figures of the quarter are in, and they are much better than anybody thought, so"
    tab = desk.show(line.format(long + " Ann") + line.format(long + " Bob"))
    assert [i.things for i in tab.look(rows=True, ids=True).items if i.name == "Star"] == [(), ()]


# What stands alone under its name: {} is what it belongs to, which nothing but plain text around it tells.
ALONE = {
    "behind": "<p><button>Edit</button><span>{}</span></p>",
    "in a chip": "<i><button aria-label=Edit>x</button>{}</i>",
    "below": "<div><p><button>Edit</button><button>Remove</button></p><h3>{}</h3></div>",
    "after a label": "<div><b>Device</b> <button>Edit</button> <span>{}</span></div>",
    "second column": "<table><tr><td>Device<td>{}<td><button>Edit</button></table>",
    "definition": "<dl><dt>{}<dd>active <button>Edit</button></dl>",
    "sentence": "<div><p>You are signed in on {}.</p><button>Edit</button></div>",
    "link": "<div><a href=/device>{}</a> <button>Edit</button></div>",
    "field": "<div><label>Edit <input></label> <small>for {}</small></div>",
}


@apart
@pytest.mark.parametrize("kind", ALONE)
def test_the_words_around_what_stands_alone(desk: Desk, kind: str) -> None:
    """With another thing's name around it, it is that thing's, and never acted on; with the same one, it is itself."""

    def show_alone(thing: str) -> list[Item]:
        desk.session.tab("page").page.evaluate(
            "(html) => { document.body.innerHTML = html }", "<h1>Devices</h1>" + ALONE[kind].format(thing)
        )
        return desk.session.tab("page").look(rows=True, ids=True).items

    for thing, other in (
        (WORDS[1], WORDS[2]),
        ("Ann's phone", "Bob's phone"),
        (ADDRESSES[1], ADDRESSES[2]),
        (NUMBERS[1], NUMBERS[2]),
    ):
        recorded = Recorded(show_alone(thing), 0)
        want, model = recorded.told({name: thing.removeprefix("Line ") for name in recorded.recording.placeholders})
        now = show_alone(other)
        assert match(want, "", now, model).item is None
        assert match(want, "account", now, model).item is None
        now = show_alone(thing)
        is_asked = kind == "definition" and thing in (
            ADDRESSES[1],
            NUMBERS[1],
        )  # nobody gave what only stands before it
        assert (match(want, "", now, model).item is None) == is_asked


@apart
def test_words_around_that_name_nothing(desk: Desk) -> None:
    """What was reworded by small words, what merely went or came on top, and when something was, name no other thing."""
    line = "<div><button>Edit</button> <span>{}</span></div>"
    model = desk.show(line.format("Phone of Ann</span> <span>Used 5 minutes ago")).look(rows=True, ids=True).items
    want = evidence(Survey("", "en", model, [], index=edits(model)[0].index), edits(model)[0])
    assert want.around == ("Phone of Ann",)
    for text in ("The phone of Ann</span> <span>Used yesterday", "", "Phone of Ann</span> <span>New"):
        now = desk.show(line.format(text)).look(rows=True, ids=True).items
        assert match(want, "", now, model).item in edits(now), text


@apart
def test_what_stands_before_a_row_is_no_word_of_it(desk: Desk) -> None:
    """A line before the row, without a button, tells nothing where the row has words of its own."""
    row, start = "<div>{} <button>Edit</button></div>", "<h1>People</h1>"
    page = start + row.format("Ann") + "<div>Guest (you)</div>{}" + row.format("Cid")
    model = desk.show(page.format(row.format("Bob"))).look(rows=True, ids=True).items
    want = evidence(Survey("", "en", model, [], index=edits(model)[1].index), edits(model)[1])
    now = desk.show(page.format(row.format("Rob"))).look(rows=True, ids=True).items
    assert want.among == ("Bob",)
    assert match(want, "", now, model).item is None
