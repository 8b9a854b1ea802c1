"""Replaying: every step found by its evidence and its outcome seen, and nothing done on a page that has changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from automation.errors import AutoconfigureError, BadSettings, MissingSetting, NeedsPerson, PageChanged
from automation.learned import Memory
from automation.person import HandOver, Person
from automation.recording.flow_file import BY_HAND, Human, Placeholder, Recording, Step, Want, model_of
from automation.recording.reading import read
from automation.recording.replay import Reader, Replay
from automation.recording.values import Sources, Values
from automation.settings import Secret, Settings
from automation.tab import Tab
from automation.tabs import Tabs
from tests.helpers import Desk, apart, open_desk
from tests.studio import Studio

HEAD = "<!doctype html><meta charset=utf-8><title>page</title><body>"
# Buttons say in the title that they were pressed.
BUTTON = "<button onclick='document.title += \" \" + this.textContent'>{}</button>"


@pytest.fixture(scope="module")
def desk(browser_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A browser for small pages."""
    with open_desk(browser_path, tmp_path_factory.mktemp("replay")) as desk:
        yield desk


class Attempt:
    """One replay of steps on pages of the desk's site, by somebody who is asked nothing."""

    def __init__(
        self,
        desk: Desk,
        steps: list[Step],
        placeholders: Mapping[str, Placeholder] | None = None,
        person: Person | None = None,
        readers: Mapping[str, Reader] | None = None,
        memory: Memory | None = None,
        **sources: Any,
    ) -> None:
        self.desk = desk
        recording = Recording("small", {"when": "2026-11-23", "by": "a test"}, steps=steps)
        recording.placeholders = {"SITE": Placeholder("site"), **(placeholders or {})}
        given = Sources(Settings(gmail_url=desk.site.url), {"SITE": desk.site.url}, **sources)
        self.values = Values(recording, given)
        self.recording = recording
        self.replay = Replay(
            recording,
            desk.tabs,
            person or desk.session.person,
            self.values,
            readers=readers,
            memory=memory,
            patience=0.4,
        )

    def run(self) -> list[tuple[str, str, str | None]]:
        """What was done, and how it was found."""
        self.values.require(self.recording.steps, self.replay.readers)
        self.replay.run(self.recording.steps)
        return [(done.id, done.did, done.found_by) for done in self.replay.done]

    def fails(self, kind: type[AutoconfigureError]) -> AutoconfigureError:
        """The error that ends it; what was done until then is in ``replay.done``."""
        with pytest.raises(kind) as error:
            self.run()
        return error.value

    @property
    def title(self) -> str:
        """What the page's buttons say of themselves."""
        assert self.desk.tabs.front
        return self.desk.tabs.front.page.title()


def steps_on(desk: Desk, html: str, *steps: Step) -> list[Step]:
    """Steps on a page with this body."""
    desk.site.pages["/page"] = HEAD + html
    return [Step("open", "open", url="${SITE}/page"), *steps]


def click(name: str, id_: str = "click", **more: Any) -> Step:
    """A step that clicks a button."""
    return Step(id_, "click", want=Want("button", (name,)), **more)


@apart
def test_a_recording_of_everything(desk: Desk) -> None:
    """Windows, frames, dialogs, lists, switches, keys and what became true afterwards: all is done as recorded."""
    desk.site.pages["/frame"] = HEAD + "<label>Code <input></label>"
    desk.site.pages["/window"] = HEAD + "<label>Name <input></label><button onclick=window.close()>Add</button>"
    html = """<label>Server <input></label><label>Port <select><option>110<option value=p995>995</select></label>
      <label><input type=checkbox>Leave a copy</label><label>Password <input type=password></label>
      <div role=switch aria-checked=true tabindex=0 aria-label=Forwarding
        onclick="this.setAttribute('aria-checked', this.getAttribute('aria-checked') !== 'true')">x</div>
      <iframe name=inner src=/frame></iframe><button onclick="window.open('/window', 'w', 'width=300,height=300')">Open</button>
      <button onclick="answer = [confirm('Sure?'), prompt('Label?')]; document.title = answer">Delete</button>
      <button onclick="setTimeout(() => { location.hash = 'done'; this.outerHTML = '<h1>Saved</h1><p role=status>All done</p>' }, 200)">Save</button>"""
    named = ({"name": "inner"},)
    steps = steps_on(
        desk,
        html,
        Step("server", "type", want=Want("textbox", ("Server",)), value="pop.example", expect=({"state": "pop.example"},)),
        Step("port", "choose", want=Want("combobox", ("Port",)), value="995", expect=({"state": "995"},)),
        Step("copy", "switch", want=Want("checkbox", ("Leave a copy",)), value=True, expect=({"state": True},)),
        Step("off", "switch", want=Want("switch", ("Forwarding",)), value=False, expect=({"state": False},)),
        Step("key", "press", value="Tab"),
        Step("secret", "type", want=Want("password", ("Password",)), value="${secret:POP}", risk="secret", where="${SITE}/page"),
        Step("code", "type", want=Want("textbox", ("Code",)), value="${CODE_1}", frame=named),
        click("Open", "opens", expect=({"opens": "small-window"},)),
        Step("name", "type", page="small-window", want=Want("textbox", ("Name",)), value="Mika"),
        click("Add", "add", page="small-window", expect=({"closes": "small-window"}, {"shows": {"role": "button", "name": "x"}})),
        click("Delete", "delete", expect=({"dialog": "confirm"},)),
        Step("yes", "dialog", value=True),
        Step("label", "dialog", value="Mail"),
        click("Save", "save", expect=(
            {"shows": {"role": "heading", "name": "Saved"}}, {"shows": {"role": "status", "name": "All done"}},
            {"url": "${SITE}/page#done"},
        )),
    )  # fmt: skip
    known = {"POP": Placeholder("secret"), "CODE_1": Placeholder("code")}
    attempt = Attempt(desk, steps, known, handed=lambda: Secret("hunter2"), code=lambda _url: "123456")

    assert [f"{id_} {did}" for id_, did, _by in attempt.run()] == [
        "open opened", "server typed", "port chose", "copy switched", "off switched", "key pressed", "secret typed",
        "code typed", "opens clicked", "name typed", "add clicked", "delete clicked", "yes answered", "label answered",
        "save clicked",
    ]  # fmt: skip
    assert {done.found_by for done in attempt.replay.done} == {None, "first"}
    page = desk.tabs.front.page  # type: ignore[union-attr]  # open
    frame = page.frame("inner")
    assert page.title() == "true,Mail"
    assert page.get_by_label("Password").input_value() == "hunter2"
    assert frame
    assert frame.get_by_label("Code").input_value() == "123456"


@apart
def test_a_prompt_of_another_site_is_given_no_secret(desk: Desk) -> None:
    """A secret that a prompt was given when it was recorded is given to a prompt of that very site, and to no other."""
    told = "<button onclick=\"document.title = prompt('Password?')\">Open</button>"
    for where, title in (("${SITE}/page", "hunter2"), ("https://elsewhere.example/", "null")):
        asked = Step("asked", "dialog", value="${secret:DOOR}", risk="secret", where=where)
        attempt = Attempt(
            desk,
            steps_on(desk, told, click("Open"), asked),
            {"DOOR": Placeholder("secret")},
            handed=lambda: Secret("hunter2"),
        )
        if title == "null":
            attempt.fails(PageChanged)
        else:
            assert attempt.run()[-1][:2] == ("asked", "answered")
        assert attempt.title == title


@apart
def test_what_is_so_already_is_left_alone(desk: Desk) -> None:
    """A switch, a field and a list in the wished state are not touched, and the replay says so."""
    html = """<script>onchange = oninput = onclick = () => { document.title = 'touched' }</script>
      <label><input type=checkbox checked>Leave a copy</label><label>Server <input value=a.example></label>
      <label>Port <select><option>995<option>110</select></label>"""
    steps = steps_on(
        desk,
        html,
        Step("copy", "switch", want=Want("checkbox", ("Leave a copy",)), value=True),
        Step("server", "type", want=Want("textbox", ("Server",)), value="a.example"),
        Step("port", "choose", want=Want("combobox", ("Port",)), value="995"),
    )
    attempt = Attempt(desk, steps)

    assert [did for _id, did, _by in attempt.run()] == ["opened", "nothing", "nothing", "nothing"]
    assert attempt.title == "page"


@apart
@pytest.mark.parametrize(
    ("html", "candidates"),
    [
        (BUTTON.format("Save changes"), ["Save changes"]),
        (BUTTON.format("Save and close account"), ["Save and close account"]),
        (BUTTON.format("保存"), []),
        (BUTTON.format("Save") * 2, ["Save", "Save"]),
        ("<p>nothing any more</p>", []),
        ("<a href=/page>Save</a>", ["Save"]),
    ],
)
def test_a_changed_button_is_not_clicked(desk: Desk, html: str, candidates: list[str]) -> None:
    """Renamed, removed with a near namesake left, in another language, doubled or of another kind: asked, not clicked."""
    attempt = Attempt(desk, steps_on(desk, html, click("Save")))
    error = attempt.fails(PageChanged)

    assert attempt.replay.asked
    assert attempt.replay.asked.step == "click"
    assert attempt.replay.asked.wanted == {"role": "button", "name": "Save", "section": None}
    assert [one["name"] for one in attempt.replay.asked.candidates] == candidates
    assert "Save" in str(error)
    assert attempt.title == "page"


@apart
def test_a_page_in_another_order(desk: Desk) -> None:
    """Where things stand does not matter: the right one of two equal buttons is known by its section and the model."""
    pane = "<section aria-label={0}><h2>{0}</h2><label>{1} <input></label>" + BUTTON.format("Save") + "</section>"
    pop, label = pane.format("POP", "Server"), pane.format("Label", "Colour")
    desk.site.pages["/page"] = HEAD + pop + label
    tab = desk.show(pop + label)
    items = tab.look(rows=True, ids=True).items
    second = [i for i in items if i.name == "Save"][1]
    want = Want("button", ("Save",), sections=second.sections, index=second.index, counts={"name": 2})
    attempt = Attempt(desk, steps_on(desk, label + pop, Step("click", "click", want=want, model="page/1.model.json")))
    attempt.recording.models["page/1.model.json"] = model_of(items, "", "en")
    attempt.run()

    page = desk.tabs.front.page  # type: ignore[union-attr]  # open
    assert page.evaluate("() => document.activeElement.parentElement.ariaLabel") == "Label"


@apart
@pytest.mark.parametrize(
    ("html", "expect", "seen"),
    [
        (BUTTON.format("Save"), {"shows": {"role": "heading", "name": "Saved"}}, "heading “Saved”"),
        (BUTTON.format("Save"), {"url": "${SITE}/other"}, "/other"),
        (BUTTON.format("Save"), {"opens": "window"}, "a new window"),
        ("<button onclick=\"confirm('Close the account?')\">Save</button>", {}, "Close the account?"),
    ],
)
def test_another_outcome_is_not_taken_for_success(desk: Desk, html: str, expect: dict[str, Any], seen: str) -> None:
    """What does not come true, or a question that nobody recorded, stops the replay with both sides named."""
    step = click("Save", expect=(expect,) if expect else ())
    error = Attempt(desk, steps_on(desk, html, step)).fails(PageChanged)
    assert seen in str(error)


@apart
def test_a_frame_goes_elsewhere(desk: Desk) -> None:
    """The address and the words that came in a frame are looked for there, also in one known by its address alone."""
    desk.site.pages["/form"] = HEAD + "<form action=/stored><button>Apply</button></form>"
    desk.site.pages["/stored"] = HEAD + "<h1>Stored</h1>"
    came = ({"url": "${SITE}/stored"}, {"shows": {"role": "heading", "name": "Stored"}})
    apply = click("Apply", frame=({"url": "${SITE}/form", "index": 0},), expect=came)
    assert Attempt(desk, steps_on(desk, "<iframe src=/form></iframe>", apply)).run()[-1] == (
        "click",
        "clicked",
        "first",
    )

    desk.site.pages["/stored"] = HEAD + "<h1>Refused</h1>"
    Attempt(desk, steps_on(desk, "<iframe src=/form></iframe>", apply)).fails(PageChanged)


@apart
@pytest.mark.parametrize(
    ("button", "over", "seen"), [("disabled", "", "greyed out"), ("", "position:fixed;inset:0", "lies over it")]
)
def test_what_cannot_be_used_is_a_change(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, button: str, over: str, seen: str
) -> None:
    """An element that is greyed out or covered ends the replay as a changed page; one that is freed in time is used."""
    monkeypatch.setattr("automation.page.ACT_SECONDS", 0.7)
    html = f"<button {button} onclick='document.title = 1'>Save</button><div id=over style='{over}'></div>"
    stopped = Attempt(desk, steps_on(desk, html, click("Save")))
    assert seen in stopped.fails(PageChanged).seen
    assert stopped.replay.asked
    assert stopped.replay.asked.wanted == {"usable": "the button “Save”"}

    freed = (
        "<script>setTimeout(() => { over.remove(); document.querySelector('button').disabled = false }, 300)</script>"
    )
    attempt = Attempt(desk, steps_on(desk, html + freed, click("Save")))
    attempt.run()
    assert attempt.title == "1"


@apart
def test_a_dialog_that_does_not_come(desk: Desk) -> None:
    """A recorded question that the page does not ask any more stops the replay."""
    steps = steps_on(desk, BUTTON.format("Delete"), click("Delete"), Step("yes", "dialog", value=True))
    attempt = Attempt(desk, steps)
    attempt.fails(PageChanged)
    assert attempt.replay.asked
    assert attempt.replay.asked.step == "yes"


@apart
@pytest.mark.parametrize(
    ("asks", "answered"),
    [("confirm('Remove the label?')", "true"), ("confirm('Close the account?')", "false"), ("alert('Failed')", "")],
)
def test_a_dialog_that_asks_something_else(desk: Desk, asks: str, answered: str) -> None:
    """A recorded yes is for the recorded question alone: any other is answered with no, and both are named."""
    html = f'<button onclick="document.title = {asks}">Remove</button>'
    known = ({"asks": "Remove the label?"},)
    attempt = Attempt(desk, steps_on(desk, html, click("Remove"), Step("yes", "dialog", value=True, expect=known)))
    if answered == "true":
        attempt.run()
    else:
        error = attempt.fails(PageChanged)
        assert asks.split("'")[1] in str(error)
        assert "Remove the label?" in str(error)
    assert answered in attempt.title


@apart
@pytest.mark.parametrize("where", ["${SITE}/page", "http://other.localhost/page"])
def test_a_secret_stays_at_its_site(desk: Desk, where: str) -> None:
    """A secret is typed where the recording typed it, and one that was kept goes to the sites of the settings alone."""
    html = "<label>Password <input type=password></label>"
    step = Step("pw", "type", want=Want("password", ("Password",)), value="${secret:POP}", risk="secret", where=where)
    known = {"POP": Placeholder("secret")}
    kept = Attempt(desk, steps_on(desk, html, step), known, kept=lambda _name: Secret("hunter2"))
    if where.startswith("${"):
        kept.run()
        stranger = Settings(gmail_url="https://mail.example")
        elsewhere = Attempt(desk, steps_on(desk, html, step), known, kept=lambda _name: Secret("hunter2"))
        elsewhere.values.sources.settings = stranger
        elsewhere.fails(AutoconfigureError)
    else:
        kept.fails(AutoconfigureError)
        Attempt(desk, steps_on(desk, html, step), known, handed=lambda: Secret("hunter2")).fails(AutoconfigureError)
    typed = desk.tabs.front.page.get_by_label("Password").input_value()  # type: ignore[union-attr]  # open
    assert typed == ""


class Helpful(Person):
    """Somebody at the terminal with answers ready."""

    answers: tuple[str, ...] = ()
    can_answer = True  # type: ignore[assignment]  # somebody is always there

    def choose(self, question: str, options: dict[str, str], key: str, cautious: str | None = None) -> str:
        """The next answer."""
        self.say(question)
        answer, *rest = self.answers
        self.answers = tuple(rest)
        assert answer in options
        return answer


@apart
def test_the_person_settles_a_change(desk: Desk, tmp_path: Path) -> None:
    """A yes is acted on and remembered; what is done by hand is believed once its outcome shows; stop is the end."""
    person, memory = Helpful(desk.session.person.console, watch=False), Memory(tmp_path)
    steps = steps_on(desk, BUTTON.format("Save changes"), click("Save"))
    person.answers = ("y",)
    asked = Attempt(desk, steps, person=person, memory=memory)
    assert asked.run()[-1] == ("click", "clicked", "candidate")
    assert (asked.title, asked.replay.asked) == ("page Save changes", None)
    assert "the button “Save”" in desk.words.getvalue()
    assert Attempt(desk, steps, person=person, memory=Memory(tmp_path)).run()[-1] == ("click", "clicked", "learned")

    person.answers = ("n", "h", "d")
    assert Attempt(desk, steps, person=person, memory=Memory(tmp_path / "no")).run()[-1] == ("click", "person", "none")
    person.answers = ("s",)
    stopped = Attempt(desk, steps, person=person, memory=Memory(tmp_path / "no"))
    stopped.fails(PageChanged)
    assert stopped.replay.asked


class Ponderer(Helpful):
    """Somebody who takes so long over an answer that the page goes on meanwhile."""

    tabs: Tabs

    def choose(self, question: str, options: dict[str, str], key: str, cautious: str | None = None) -> str:
        """Go on, later."""
        assert self.tabs.front
        self.tabs.front.page.evaluate("document.querySelectorAll('button')[1].textContent = 'Delete all'")
        return "g"


@apart
def test_a_look_does_not_outlive_a_question(desk: Desk) -> None:
    """What a page showed before a person was asked is not acted on afterwards: the button may be another by then."""
    person = Ponderer(desk.session.person.console, watch=False)
    html = "<h1>Ready</h1>" + BUTTON.format("Check") + BUTTON.format("Go")
    wanted = ({"shows": {"role": "heading", "name": "Ready"}}, {"shows": {"role": "heading", "name": "Sure"}})
    attempt = Attempt(desk, steps_on(desk, html, click("Check", "check", expect=wanted), click("Go")), person=person)
    person.tabs = desk.tabs
    attempt.fails(PageChanged)
    assert attempt.title == "page Check"


class Clicker(Person):
    """Somebody at the browser who presses one button."""

    def act(self, task: HandOver, tab: Tab) -> None:
        """Press it, once it is there."""
        tab.page.get_by_role("button", name="Mine").click()


@apart
def test_the_persons_part(desk: Desk) -> None:
    """A hand-over ends when the page shows what it showed then; the secret it brings forth is typed afterwards."""
    html = """<button onclick="this.outerHTML = '<output>abcdabcdabcdabcd</output>'">Mine</button>
      <label>Password <input type=password></label>"""
    shows = ({"shows": {"role": "status", "name": ""}},)
    pw = Step(
        "pw", "type", want=Want("password", ("Password",)), value="${secret:APP}", risk="secret", where="${SITE}/"
    )
    person = Clicker(desk.session.person.console, watch=False, patience=5.0)

    def reader(tab: Tab) -> Callable[[], Secret | None]:
        return lambda: Secret("abcd") if tab.page.get_by_role("status").count() else None

    gives = Step("mine", "human", human=Human("make", "Press Mine.", gives="APP"))
    steps = steps_on(desk, html, gives, pw)
    attempt = Attempt(desk, steps, {"APP": Placeholder("secret")}, person, {"make": reader})
    assert [did for _id, did, _by in attempt.run()] == ["opened", "person", "typed"]
    assert desk.tabs.front.page.get_by_label("Password").input_value() == "abcd"  # type: ignore[union-attr]

    drag = Step("drag", "human", human=Human(BY_HAND, "Drag it."))  # nothing shows that it is done, so it is asked
    helper = Helpful(desk.session.person.console, watch=False)
    helper.answers = ("d", "s")
    assert [did for _id, did, _by in Attempt(desk, steps_on(desk, html, drag), person=helper).run()] == [
        "opened",
        "person",
    ]
    Attempt(desk, steps_on(desk, html, drag), person=helper).fails(PageChanged)
    Attempt(desk, steps_on(desk, html, drag)).fails(NeedsPerson)

    html = "<button onclick=\"this.outerHTML = '<h1>Thanks</h1>'\">Mine</button>"
    shows = ({"shows": {"role": "heading", "name": "Thanks"}},)
    steps = steps_on(desk, html, Step("mine", "human", human=Human("press", "Press Mine."), expect=shows))
    assert [did for _id, did, _by in Attempt(desk, steps, person=person).run()] == ["opened", "person"]
    Attempt(desk, steps).fails(NeedsPerson)


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"POP": "hunter2"}, "--secret-stdin"),
        ({"SITE": "javascript:alert(1)"}, "https://mail.example.com"),
        ({"SITE": "http://mail.example"}, "https://mail.example.com"),
        ({"TO": "nobody"}, "name@example.com"),
        ({"WHO": "x"}, "SITE, TO"),
    ],
)
def test_values_that_cannot_be_used(given: dict[str, str], word: str) -> None:
    """A secret on the command line, an address that is none, and a name nobody knows are refused beforehand."""
    placeholders = {"SITE": Placeholder("site"), "TO": Placeholder("address"), "POP": Placeholder("secret")}
    recording = Recording("small", {"when": "", "by": ""}, placeholders=placeholders)
    with pytest.raises(BadSettings) as error:
        Values(recording, Sources(Settings(), given))
    assert word in str(error.value)


def test_missing_values_are_named_beforehand() -> None:
    """What nobody gives ends the replay before anything is opened, naming each; who can be asked is, again after a slip."""
    steps = [
        Step("1", "open", url="${SITE}/"),
        Step("2", "type", value="${secret:POP}"),
        Step("3", "type", value="${TO}"),
    ]
    placeholders = {"SITE": Placeholder("site"), "TO": Placeholder("address", "Cc"), "POP": Placeholder("secret")}
    recording = Recording("small", {"when": "", "by": ""}, placeholders=placeholders, steps=steps)
    values = Values(recording, Sources(Settings(), {"SITE": "https://mail.example"}))
    with pytest.raises(MissingSetting) as error:
        values.require(steps)
    assert "POP, TO" in str(error.value)
    assert "TO (Cc, a mail address)" in str(error.value)
    asked: list[str] = []

    def answer(question: str, check: Callable[[str], str]) -> str:
        asked.append(question)
        slip, right = (
            ("mail.example", "https://mail.example/") if "SITE" in question else ("a at b.example", "a@b.example")
        )
        with pytest.raises(ValueError, match=r"One looks like"):
            check(slip)
        return check(right)

    ask = Sources(
        Settings(),
        ask=answer,
        ask_secret=lambda q: asked.append(q) or Secret("hunter2"),  # type: ignore[func-returns-value]
    )
    values = Values(recording, ask)
    values.require(steps)
    around = Settings(gmail_address="me@b.example", pop_host="hidden")
    around_it = Values(recording, Sources(around, {"SITE": "https://mail.example"})).fill(
        "${GMAIL_ADDRESS} ${POP_HOST}"
    )
    assert around_it == "me@b.example ${POP_HOST}"  # what stands around an element needs no asking
    assert (len(asked), values.fill("${TO} ${SITE}/ ${UNKNOWN}")) == (3, "a@b.example https://mail.example/ ${UNKNOWN}")


@apart
@pytest.mark.parametrize(
    ("verb", "row"),
    [
        ("type", "<input aria-label=Value><button>Remove</button>"),
        ("choose", "<input aria-label=Value><select aria-label=Part><option>From<option>Size</select>"),
        ("choose", "<select><option>From<option>Size</select><input aria-label=Value>"),
        ("click", "<input aria-label=Value><button onclick='this.parentNode.remove()'>Remove</button>"),
    ],
)
def test_rows_that_only_their_place_tells_apart(desk: Desk, tmp_path: Path, verb: str, row: str) -> None:
    """In rows that look the same, what an earlier step did something to tells the one begun from a new one."""
    html = f"""<h1>Filter</h1><div></div><button>Add</button><script>
      const rows = document.querySelector('div'), row = () => rows.append(Object.assign(document.createElement('p'), {{innerHTML:
        `{row}`}}));
      row(); document.querySelector('div + button').onclick = row</script>"""
    studio = Studio(desk, tmp_path / "rows", html, "/rows")
    studio.type("input", "boss")
    studio.page.click("text=Add")
    studio.rest()
    begun, new = (f"p:nth-of-type({number})" for number in (1, 2))
    match verb:
        case "type":
            studio.type(f"{new} input", "9")
        case "choose":
            studio.page.focus(f"{new} select")
            studio.page.keyboard.press("ArrowDown")
        case _:
            studio.page.click(f"{begun} button")
    recording = studio.end()  # the person may still be in the field
    assert [step.do for step in recording.steps] == ["open", "type", "click", verb]
    said = iter(("boss", "9"))
    steps = [replace(step, value=next(said)) if step.do == "type" else step for step in recording.steps]
    seen = """() => [...document.querySelectorAll('p')].map((row) =>
      ['input', 'select'].map((one) => row.querySelector(one)?.value).filter((one) => one !== undefined))"""
    filled: dict[str, list[list[str]]] = {}
    for way in ("append", "prepend"):
        desk.site.pages["/rows"] = HEAD + html.replace("append", way)
        attempt = Attempt(desk, steps, {"GMAIL_URL": Placeholder("site")})
        attempt.recording.models.update(recording.models)
        if way == "append":
            attempt.run()
        else:
            attempt.fails(PageChanged)
        filled[way] = desk.tabs.front.page.evaluate(seen)  # type: ignore[union-attr]  # open
    done = {"type": ["9"], "choose": ["", "Size"]}.get(verb)
    left = ["", "From"] if verb == "choose" else [""]
    first = ["boss", *left[1:]]
    assert filled == {"append": [first, done] if done else [left], "prepend": [left, first]}


@apart
def test_a_tab_whose_part_of_the_page_is_on_its_way(desk: Desk, tmp_path: Path) -> None:
    """A tab that is chosen at once, while the page still fetches what it shows, leaves the fields of the other tab alone."""
    part = "<label>Street <input name={}></label>"
    html = """<h1>Addresses</h1><button role=tab aria-selected=true>Home</button><button role=tab aria-selected=false>Work</button>
      <p><label>Street <input name=home></label></p><output></output><script>
      const tabs = [...document.querySelectorAll('[role=tab]')], [home, work] = tabs, panel = document.querySelector('p');
      work.onclick = async () => {
        for (const tab of tabs) tab.setAttribute('aria-selected', tab === work);
        panel.innerHTML = await (await fetch('/work')).text();
      };
      document.addEventListener('input', ({target}) => document.querySelector('output').append(target.name[0]));</script>"""
    desk.site.pages["/work"] = part.format("work")
    studio = Studio(desk, tmp_path / "tabs", html, "/tabs")
    studio.page.click("text=Work")
    studio.rest(400)
    studio.type("input", "5")
    recording = studio.end()
    assert [step.do for step in recording.steps] == ["open", "click", "type"]
    steps = [replace(step, value="5") if step.do == "type" else step for step in recording.steps]
    desk.site.late["/work"] = 0.5
    attempt = Attempt(desk, steps, {"GMAIL_URL": Placeholder("site")})
    attempt.recording.models.update(recording.models)
    attempt.run()
    assert desk.tabs.front.page.inner_text("output") == "w"  # type: ignore[union-attr]  # open


@apart
def test_a_code_sent_to_a_masked_address(desk: Desk, tmp_path: Path) -> None:
    """A page that says in part where it sent a code is replayed for anybody; a row that says whose it is is not."""
    sent = """<h1>Enter the code</h1><p>We sent a code to {}</p><label>Code sent to {} <input></label>
      <button onclick="this.nextElementSibling.innerHTML = '<p role=status>Sent to {} again</p>'">Send again</button><div></div>
      <section><h2>{}</h2><button onclick="document.title += ' removed'">Remove</button></section>"""
    studio = Studio(desk, tmp_path / "code", sent.replace("{}", "t•••@x.example"), "/code")
    studio.type("input", "123456")
    studio.page.click("text=Send again")
    studio.rest(400)
    studio.page.click("text=Remove")
    recording = studio.end()
    *steps, remove = recording.steps
    assert steps[-1].expect == ({"shows": {"role": "status", "name": "Sent to •••@••• again"}},)
    assert remove.risk == "destructive"
    assert "x.example" not in "".join(file.read_text() for file in (tmp_path / "code").rglob("*.*"))

    for whose in ("t•••@x.example", "be*****@other.example"):
        desk.site.pages["/code"] = HEAD + sent.replace("{}", whose)
        attempt = Attempt(desk, steps, recording.placeholders, code=lambda _url: "123456")
        attempt.recording.models.update(recording.models)
        assert [done[:2] for done in attempt.run()] == [
            (steps[0].id, "opened"),
            (steps[1].id, "typed"),
            (steps[2].id, "clicked"),
        ]
        attempt = Attempt(desk, [steps[0], remove], recording.placeholders)
        attempt.recording.models.update(recording.models)
        attempt.fails(PageChanged)
        assert "removed" not in attempt.title


def in_row(text: str, body: str, then: dict[str, Any]) -> dict[str, Any]:
    """A click as codegen writes it: in the row of this kind that has this text, what comes then."""
    has_text = {"kind": "has-text", "body": text, "options": {}, "next": then}
    row = {"kind": "role", "body": body, "options": {"name": text} if body == "row" else {}}
    return {"name": "click", "pageGuid": "p", "locator": {**row, "next": then if body == "row" else has_text}}


@apart
def test_rows_of_a_codegen_recording(desk: Desk, tmp_path: Path) -> None:
    """Codegen tells a row by its text: its button is pressed there and nowhere else, also where it has no other name."""
    rows = "".join(f"<li><b>{name}</b><span> of Osaka</span>{BUTTON.format('Edit')}</li>" for name in ("Ann", "Bo"))
    names = ("One", "Two", "Cid<td>2024-07-09", "Cid<td>2025-01-01")
    table = "".join(f"<tr><td>{name}<td>{BUTTON.format('Show')}" for name in names)
    page = f"<ul>{rows}</ul><table>{table}</table>"
    clicks = [
        in_row("Boof OsakaEdit", "listitem", {"kind": "role", "body": "button", "options": {}}),
        in_row("Ann", "listitem", {"kind": "role", "body": "button", "options": {"name": "Edit"}}),
        in_row("Two Show", "row", {"kind": "role", "body": "button", "options": {"name": "Show"}}),
        in_row("Cid 2025-01-01 Show", "row", {"kind": "role", "body": "button", "options": {"name": "Show"}}),
    ]
    (tmp_path / "r.jsonl").write_text("\n".join(map(json.dumps, ({"browserName": "chromium"}, *clicks))))
    found = read(tmp_path / "r.jsonl").recording.steps
    pressed = "b => b.title = b.onclick = () => document.title += ' ' + b.closest('li,tr').innerText.split(/\\s/).find((w) => !w.startsWith('Cid'))"
    tells = f"<script>document.querySelectorAll('button').forEach({pressed})</script>"

    attempt = Attempt(desk, steps_on(desk, page + tells, *found))
    assert [by for _id, _did, by in attempt.run()[1:]] == ["known"] * 4
    assert attempt.title == "page Bo Ann Two 2025-01-01"
    gone = page.replace("<b>Bo", "<b>Bob").replace("<td>Two", "<td>Two and a half").replace("<b>Ann", "<b>Anna")
    gone = gone.replace("2025-01-01", "2025-01-02")
    for click_in_row in found:
        stopped = Attempt(desk, steps_on(desk, gone + tells, click_in_row))
        stopped.fails(PageChanged)
        assert stopped.title == "page"


def inside(container: dict[str, Any] | None, counted: int | None = None) -> dict[str, Any]:
    """A click on "Save" as codegen writes it: in this container, and the first, second... of that name."""
    nth = {"kind": "nth", "body": str(counted), "options": {}}
    save = {"kind": "role", "body": "button", "options": {"name": "Save"}, **({"next": nth} if counted else {})}
    return {"name": "click", "pageGuid": "p", "locator": {**container, "next": save} if container else save}


@apart
@pytest.mark.parametrize(
    ("clicked", "is_told"),
    [
        (inside({"kind": "role", "body": "dialog", "options": {"name": "Edit name"}}), True),
        (inside({"kind": "label", "body": "Edit name", "options": {}}), True),
        (inside({"kind": "default", "body": "#names", "options": {}}), False),
        (inside({"kind": "test-id", "body": "names", "options": {}}), False),
        (inside(None, 1), False),
    ],
)
def test_what_a_codegen_recording_says_of_the_place(
    desk: Desk, tmp_path: Path, clicked: dict[str, Any], is_told: bool
) -> None:
    """Of two of a name the one in the recorded dialog is pressed; with that gone, or told by counting, no other is."""
    (tmp_path / "r.jsonl").write_text("\n".join(map(json.dumps, ({"browserName": "chromium"}, clicked))))
    steps = read(tmp_path / "r.jsonl").recording.steps
    dialog = "<div role=dialog aria-label='Edit name' id=names data-testid=names>{}</div>"
    page = BUTTON.format("Save") + dialog.format("<button onclick='document.title = 7'>Save</button>")

    attempt = Attempt(desk, steps_on(desk, page, *steps))
    if is_told:
        attempt.run()
        assert attempt.title == "7"
    else:
        attempt.fails(PageChanged)
    gone = Attempt(desk, steps_on(desk, BUTTON.format("Save"), *steps))
    gone.fails(PageChanged)
    assert gone.title == "page"


CODEGEN_TEXT = {"name": "click", "pageGuid": "p", "locator": {"kind": "text", "body": "a (1).txt", "options": {}}}
DEVTOOLS_TEXT = {
    "type": "click",
    "selectors": [["aria/a (1).txt"], ["div > span"], ["xpath//html/body/div[2]/span[1]"]],
}


@apart
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("r.jsonl", '{"browserName": "chromium"}\n' + json.dumps(CODEGEN_TEXT)),
        ("r.json", json.dumps({"title": "x", "steps": [DEVTOOLS_TEXT]})),
    ],
)
def test_a_mere_text_that_another_tool_clicked(desk: Desk, tmp_path: Path, name: str, text: str) -> None:
    """A text without any role is clicked where it is the only one so; with another of it, or another text, nothing is."""
    (tmp_path / name).write_text(text)
    steps = read(tmp_path / name).recording.steps
    file = "<div onclick='document.title = this.innerText'><span>{}</span> 3 kB</div>"

    attempt = Attempt(desk, steps_on(desk, file.format("a.txt") + file.format("a (1).txt"), *steps))
    attempt.run()
    assert attempt.title == "a (1).txt 3 kB"
    labelled = Attempt(desk, steps_on(desk, "<label>a (1).txt <input type=checkbox></label>", *steps))
    assert labelled.run()[1][1] == "clicked"  # what the text names, and not twice
    for changed in (file.format("a (1).txt") * 2, file.format("a (2).txt"), file.format("a (1).txt.bak")):
        stopped = Attempt(desk, steps_on(desk, changed, *steps))
        stopped.fails(PageChanged)
        assert stopped.title == "page"


@apart
def test_what_a_devtools_recording_says_of_the_place(desk: Desk, tmp_path: Path) -> None:
    """Of two of a name, the one in the group that the selector names is pressed; with the group gone, nothing is."""
    step = {"type": "click", "selectors": [['aria/Letters?[role="group"]', "aria/Yes"]]}
    (tmp_path / "r.json").write_text(json.dumps({"title": "x", "steps": [step]}))
    steps = read(tmp_path / "r.json").recording.steps
    group = (
        "<fieldset><legend>{}</legend><label><input type=radio onclick='document.title = {}'> Yes</label></fieldset>"
    )

    attempt = Attempt(desk, steps_on(desk, group.format("Calls?", 1) + group.format("Letters?", 2), *steps))
    attempt.run()
    assert attempt.title == "2"
    Attempt(desk, steps_on(desk, group.format("Calls?", 1) + group.format("No letters?", 2), *steps)).fails(PageChanged)
