"""Recording a person: what trusted input in a real browser becomes, and that nothing typed or private is in it."""

from __future__ import annotations

import os
import pty
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from automation.cli.record import checked_start
from automation.errors import BadSettings
from automation.recording.flow_file import load
from automation.recording.recorder import TELL
from tests.helpers import Desk, apart, checked, complain_about, open_desk, program, run, until
from tests.studio import Studio, expected, told


@pytest.fixture(scope="module")
def desk(browser_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A browser for small pages."""
    with open_desk(browser_path, tmp_path_factory.mktemp("record")) as desk:
        yield desk


PAGE = """<h1>Settings</h1>
<form onsubmit="done.textContent = 'Looked up'; return false"><label>Search <input name=q></label></form>
<label><input type=checkbox> Keep a copy</label>
<fieldset><legend>POP</legend><label><input type=radio name=r> Yes</label><label><input type=radio name=r> No</label></fieldset>
<label>Port <select><option>110<option>995</select></label>
<button role=switch aria-checked=false onclick="this.setAttribute('aria-checked', 'true')">Use POP</button>
<div id=plain onclick="this.textContent = 'opened'">a thing</div><div id=dead>nothing here</div>
<button ondblclick="done.textContent = 'twice'">Twice</button>
<button onclick="done.textContent = confirm('Sure?') ? 'Gone' : 'Kept'">Delete rule</button>
<p contenteditable=true aria-label=Note></p>
<x-shadow></x-shadow><div role=status id=done></div>
<script>
  document.querySelector('x-shadow').attachShadow({mode: 'open'}).innerHTML = '<button onclick="this.remove()">In the shadow</button>';
  addEventListener('keydown', (e) => { if (e.key === 'Escape') document.getElementById('dead').remove(); });
  setInterval(() => document.querySelector('fieldset').click(), 100);
</script>"""


@apart
def test_what_a_person_does_is_told_step_by_step(desk: Desk, tmp_path: Path) -> None:
    """Typing is one step a field; boxes, lists, switches, keys, dialogs, shadow roots are steps; what does nothing is none. It replays."""
    studio = Studio(desk, tmp_path / "all", PAGE)
    page = studio.page
    page.on("dialog", lambda dialog: dialog.accept())
    studio.type("[name=q]", "holidays")
    page.keyboard.press("Enter")
    studio.rest()
    page.click("text=Keep a copy")
    page.click("text=Yes")
    page.focus("select")
    page.keyboard.press("ArrowDown")
    page.click("[role=switch]")
    page.click("#dead")
    studio.rest()
    page.click("#plain")
    studio.rest()
    page.dblclick("text=Twice")
    page.click("text=Delete rule")
    studio.rest()
    studio.type("[contenteditable]", "remember")
    page.click("text=In the shadow")
    page.keyboard.press("Tab")
    studio.rest()
    page.keyboard.press("Escape")
    recording = studio.end()

    assert told(recording)[1:] == [
        ("type", "Search", "${VALUE_SEARCH}"),
        ("press", "Search", "Enter"),
        ("switch", "Keep a copy", True),
        ("switch", "Yes", True),
        ("choose", "Port", "995"),
        ("switch", "Use POP", True),
        ("click", "a thing", None),
        ("click", "Twice", "double"),
        ("click", "Delete rule", None),
        ("dialog", None, True),
        ("type", "Note", "${VALUE_NOTE}"),
        ("click", "In the shadow", None),
        ("press", None, "Escape"),
    ]
    assert {"shows": {"role": "status", "name": "Looked up"}} in expected(recording, "Search")
    assert expected(recording, "Delete rule")[0] == {"dialog": "confirm"}
    assert [step.expect for step in recording.steps if step.do == "dialog"] == [({"asks": "Sure?"},)]
    assert {"shows": {"role": "status", "name": "Gone"}} in expected(recording, "Delete rule")
    assert {"state": True} in expected(recording, "Use POP")
    assert [s.risk for s in recording.steps if s.want and s.want.called == "Delete rule"] == ["destructive"]
    yes = next(step.want for step in recording.steps if step.want and step.want.called == "Yes")
    assert (yes.counts["role"], yes.counts["role+name"], "POP" in yes.sections) == (2, 1, True)

    values = ("--set", "VALUE_SEARCH=holidays", "--set", "VALUE_NOTE=remember")
    flags = ("--no-input", "--no-watch", "--json", "--attach", desk.browser.endpoint)
    again = run("replay", str(tmp_path / "all"), *values, *flags, GMAIL_URL=desk.site.url)

    assert (again.code, again.json["outcome"]) == (0, "done"), again.err
    assert {step["found_by"] for step in again.json["steps"]} <= {"first", None}


@apart
def test_windows_and_frames(desk: Desk, tmp_path: Path) -> None:
    """Windows, tabs and frames, of the same site and of another, are recorded, each by a name that later steps use."""
    site = desk.site
    site.pages["/pop"] = "<!doctype html><h1>Window</h1><button onclick='window.close()'>Finish</button>"
    site.pages["/tab"] = "<!doctype html><h1>Tab</h1><a href='/after'>Further</a>"
    site.pages["/after"] = "<!doctype html><h1>After</h1>"
    site.pages["/inner"] = "<!doctype html><button onclick='this.remove()'>Inside</button>"
    studio = Studio(
        desk,
        tmp_path / "windows",
        "<button onclick=\"window.open('/pop', 'w', 'width=300,height=300')\">Open</button>"
        f"<a href='/tab' target=_blank>New tab</a><iframe name=own src='/inner'></iframe><iframe src='{site.other_url}/inner'></iframe>",
        "/windows",
    )
    page = studio.page
    studio.rest(500)
    for frame in page.frames[1:]:
        frame.click("button")
        studio.rest()
    page.click("text=Open")
    window = studio.window("/pop")
    studio.rest(600)
    window.click("text=Finish")
    studio.rest(400)
    page.click("text=New tab")
    tab = studio.window("/tab")
    studio.rest(600)
    tab.click("text=Further")
    studio.rest(1500)
    tab.close()
    studio.rest()
    page.goto(site.url + "/after?secret=1#token=2")
    recording = studio.end()
    frames = [step.frame for step in recording.steps if step.frame]

    assert [(s.do, s.page, s.want.called if s.want else s.url) for s in recording.steps] == [
        ("open", "main", "${GMAIL_URL}/windows"),
        ("click", "main", "Inside"),
        ("click", "main", "Inside"),
        ("click", "main", "Open"),
        ("click", "main-window", "Finish"),
        ("click", "main", "New tab"),
        ("click", "main-window-2", "Further"),
        ("close", "main-window-2", None),
        ("open", "main", "${GMAIL_URL}/after"),
    ]
    assert frames == [
        ({"name": "own", "url": "${GMAIL_URL}/inner", "index": 0},),
        ({"url": site.other_url + "/inner", "index": 1},),
    ]
    assert expected(recording, "Open") == [{"opens": "main-window"}]
    assert expected(recording, "Finish") == [{"closes": "main-window"}]
    assert expected(recording, "New tab") == [{"opens": "main-window-2"}]
    assert expected(recording, "Further")[0] == {"url": "${GMAIL_URL}/after"}


SECRETS = """<h1>Sign in</h1><div id=echo></div><form action='/found'>
<label>Secret one <input type=password id=s0></label>
<input autocomplete='section-a current-password' id=s1 aria-label=Field>
<input autocomplete=one-time-code id=s2 aria-label=Digits>
<label>App-Passcode <input id=s3></label>
<label>新しいパスワード <input id=s4></label>
<label>暗証番号 <input id=s5></label>
<label>確認コードを入力 <input id=s6></label>
<input name=user_pin id=s7 aria-label=Field>
<label>Shown <input style='-webkit-text-security: disc' id=s8></label>
<label>Seen <input type=password id=s9></label>
<p>Security code</p><input id=s10>
<label>セキュリティ コード <textarea id=s11></textarea></label>
<label>Diary <input id=p0 name=diary></label>
<label>Mail to <input id=p1></label>
<p contenteditable=plaintext-only aria-label=Letter id=p2></p>
<button>Look</button></form>
<script>
  s9.addEventListener('focus', () => { s9.type = 'text'; });
  p0.addEventListener('input', () => { echo.innerHTML = `<h2>Results for ${p0.value}</h2><a href='/x'>more on ${p0.value}</a>`; });
</script>"""


@apart
def test_nothing_that_is_typed_is_written_down(desk: Desk, tmp_path: Path) -> None:
    """Secrets never leave the page, however a field is known as one; other texts are not in any file, repeated or not."""
    studio = Studio(desk, tmp_path / "typed", SECRETS, "/typed")
    secrets = {f"#s{n}": f"hush{n}Qx{n}" for n in range(12)}
    others = {"#p0": "rainy tuesday", "#p1": "carla@third.example", "#p2": "dear reader"}
    for selector, text in (secrets | others).items():
        studio.type(selector, text)
    desk.site.pages["/found"] = "<!doctype html><h1>Results for rainy tuesday</h1><button>More</button>"
    studio.page.click("text=Look")
    studio.rest(800)
    studio.page.click("text=More")
    recording = studio.end()
    files = {file: file.read_text(encoding="utf-8") for file in studio.folder.rglob("*") if file.is_file()}
    typed = [step for step in recording.steps if step.do == "type"]

    assert [step.risk for step in typed] == ["secret"] * 12 + [""] * 3
    assert all(str(step.value).startswith(("${secret:", "${CODE_")) for step in typed[:12])
    assert [step.value for step in typed[12:]] == ["${VALUE_DIARY}", "${ADDRESS_1}", "${VALUE_LETTER}"]
    assert [payload[:2000] for payload in studio.told if any(text in payload for text in secrets.values())] == []
    for text in (*secrets.values(), *others.values(), "rainy"):
        assert [file.name for file, content in files.items() if text in content] == []
    assert "Results for ${VALUE_DIARY}" in files[studio.folder / "flow.json"]
    assert len(studio.told) > 15


@apart
def test_the_page_that_a_click_leaves_is_kept(desk: Desk, tmp_path: Path) -> None:
    """A click that goes elsewhere at once still has the model of the page it was made on, and what came is expected."""
    desk.site.pages["/next"] = "<!doctype html><title>next</title><h1>You have arrived</h1>"
    studio = Studio(
        desk, tmp_path / "left", "<h1>Here</h1><a href='/next?ticket=9'>Leave</a><button>Stay</button>", "/left"
    )
    studio.page.click("text=Leave")
    studio.rest(800)
    step = (recording := studio.end()).steps[-1]

    assert step.want
    assert [item.name for item in recording.model_of(step) or []] == ["Here", "Leave", "Stay"]
    assert (step.want.index, step.want.ids["path"]) == (1, "/next")
    assert recording.arias[str(step.aria)].splitlines()[1] == '- link "Leave"'
    assert [dict(fact) for fact in step.expect] == [
        {"url": "${GMAIL_URL}/next"},
        {"shows": {"role": "heading", "name": "You have arrived"}},
    ]


@apart
def test_what_the_page_does_itself_is_no_step(desk: Desk, tmp_path: Path) -> None:
    """Clicks, typing and navigation made by a page's own script are not recorded, and the page cannot call the recorder."""
    desk.site.pages["/moved"] = f"<!doctype html><h1>Moved</h1><script>window.seen = typeof {TELL}</script>"
    script = (
        "<input id=i><button id=b>Press</button><script>setTimeout(() => { b.click(); i.value = 'x';"
        " i.dispatchEvent(new InputEvent('input', {bubbles: true})); i.dispatchEvent(new Event('change', {bubbles: true}));"
        " location.href = '/moved'; }, 300)</script>"
    )
    studio = Studio(desk, tmp_path / "script", script, "/script")
    studio.rest(800)
    seen = studio.page.evaluate("window.seen")

    assert [step.do for step in studio.end().steps] == ["open"]
    assert seen == "undefined"


HOSTILE = """<button role='X1 y' aria-label='{long}'>a</button><p>${{secret:APP_PASSWORD}}</p>
<label>${{VALUE_9}} <select>{options}</select></label><a href='/x/{token}' id='{token}'>Go</a>
<iframe name='${{CODE_1}}' srcdoc="<button>in</button>"></iframe>"""


@apart
def test_a_page_cannot_spoil_its_recording(desk: Desk, tmp_path: Path) -> None:
    """Names without end, roles that are none, thousands of options and words that look like ours leave a valid recording."""
    options = "".join(f"<option>number {n}" for n in range(2100))
    html = HOSTILE.format(long="very long " * 500, options=options, token="a1B2c3D4e5F6a7B8c9D0e1F2")
    studio = Studio(desk, tmp_path / "hostile", html, "/hostile")
    studio.page.click("button")
    studio.page.frames[1].click("button")
    studio.page.focus("select")
    for _n in range(3):
        studio.page.keyboard.press("ArrowDown")
    studio.page.click("text=Go")
    recording = studio.end()
    texts = "".join(file.read_text() for file in studio.folder.rglob("*") if file.is_file())

    assert [(s.do, s.value) for s in recording.steps[-2:]] == [("choose", "number 3"), ("click", None)]
    assert recording.placeholders.keys() <= {"GMAIL_URL", "CODE_1"}
    assert "${secret:" not in texts
    assert "a1B2c3" not in texts


def person(desk: Desk, path: str, act: Callable[[Page], None]) -> None:
    """Somebody else at the browser: waits for the page and acts on it."""

    @apart
    def at_the_browser() -> None:
        page = until(
            lambda: next((p for p in desk.tabs.others() if p.url.endswith(path)), None) or desk.tabs.open().close()
        )
        page.wait_for_selector("autoconfigure-banner", state="attached")
        page.wait_for_timeout(300)
        act(page)

    at_the_browser()


def test_the_command_from_start_to_ctrl_c(desk: Desk, tmp_path: Path) -> None:
    """`record` opens a tab of its own and says so, writes as it goes, ends well on Ctrl-C, and keeps what it may keep."""
    fields = "<label>Name <input></label><label>Diary <textarea></textarea></label><button>Press</button>"
    desk.site.pages["/cli"] = f"<!doctype html><meta charset=utf-8>{fields}"
    flags = ("record", "mine", "--start", desk.site.url + "/cli", "--attach", desk.browser.endpoint, "--json")
    terminal, its_side = pty.openpty()
    with program(*flags, "--out", str(tmp_path / "out"), "--keep-values", stdin=its_side) as running:
        running.says("Recording…")

        def act(page: Page) -> None:
            for field, text in (("input", "Mika"), ("textarea", "rainy")):
                page.click(field)
                page.keyboard.type(text)
            page.click("text=Press")
            page.wait_for_timeout(500)

        person(desk, "/cli", act)
        until(lambda: (tmp_path / "out/mine/flow.json").exists() and "Press" in running.said())
        assert "Mika" not in (tmp_path / "out/mine/flow.json").read_text()
        running.signal(signal.SIGINT, everybody=True)
        running.says("Keep “Mika”")
        os.write(terminal, b"y\n")
        running.says("Keep “rainy”")
        os.write(terminal, b"n\n")
        ending = checked(running, running.end())
    complain_about(ending.json, "record")

    assert (ending.code, ending.json["outcome"], ending.json["name"]) == (0, "recorded", "mine"), ending.err
    assert [step["wanted"] for step in ending.json["steps"]] == [None, "Name", "Diary", "Press"]
    assert "Only the tab that I have opened" in ending.err
    assert "4 Click the button “Press”" in ending.err
    assert "autoconfigure replay" in ending.err
    assert [s.value for s in load(Path(ending.json["folder"])).steps] == [None, "Mika", "${VALUE_DIARY}", None]


def test_a_killed_recording_is_whole(desk: Desk, tmp_path: Path) -> None:
    """After kill -9 the folder holds a valid recording of what was done so far."""
    desk.site.pages["/kill"] = "<!doctype html><button>Press</button>"
    with program("record", "cut", "--start", desk.site.url + "/kill", "--attach", desk.browser.endpoint) as running:
        until(lambda: "Recording…" in running.printed())
        person(desk, "/kill", lambda page: page.click("button"))
        until(lambda: Path("recordings/cut/flow.json").exists() and "Press" in running.printed())
        running.signal(signal.SIGKILL)
        running.end()

    assert [step.do for step in load(Path("recordings/cut")).steps] == ["open", "click"]


def test_what_came_of_the_last_act(desk: Desk) -> None:
    """Ctrl-C right after a click, for everything of this terminal: what came of the click is recorded, and nothing is left."""
    say = "setTimeout(() => document.body.insertAdjacentHTML('beforeend', '<h1>Done</h1>'), 50)"
    desk.site.pages["/last"] = f'<!doctype html><button onclick="{say}">Press</button>'
    with program("record", "last", "--start", desk.site.url + "/last", "--attach", desk.browser.endpoint) as running:
        until(lambda: "Recording…" in running.printed())
        person(desk, "/last", lambda page: page.click("button"))
        running.signal(signal.SIGINT, everybody=True)
        ending = running.end()
        left = running.strays()

    assert (ending.code, left) == (0, []), ending.err
    assert load(Path("recordings/last")).steps[-1].expect == ({"shows": {"role": "heading", "name": "Done"}},)


def test_the_window_is_closed(desk: Desk) -> None:
    """A recording ends well when its last window is closed, without a step for that."""
    desk.site.pages["/shut"] = "<!doctype html><button>Press</button>"
    with program(
        "record", "shut", "--start", desk.site.url + "/shut", "--attach", desk.browser.endpoint, "--json"
    ) as running:
        running.says("Recording…")
        person(desk, "/shut", lambda page: page.close())
        ending = running.end()
    assert (ending.code, [step["do"] for step in ending.json["steps"]]) == (0, ["open"])


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "example.com",
        "https://me:pw@example.com/",
        "https://",
        "http://[x",
        "",
    ],
)
def test_an_address_that_is_no_web_page_is_refused(url: str) -> None:
    """Only http and https addresses without a password are opened."""
    with pytest.raises(BadSettings):
        checked_start(url)
    assert checked_start("https://example.com/a?b#c") == "https://example.com/a?b#c"


def test_wrong_arguments_of_record() -> None:
    """A recording that cannot be made is refused before a browser starts: exit 2, what is wrong and what to do."""
    Path("file").write_text("")
    bad = run("record", "a", "--start", "example.com", "--json")
    unwritable = run("record", "a", "--out", "file", "--json")

    assert [(e.code, e.json["outcome"], e.json["steps"]) for e in (bad, unwritable)] == [(2, "failed", [])] * 2
    assert "cannot be opened" in bad.err
    assert "may write to" in unwritable.err
