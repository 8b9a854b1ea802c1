"""Recording what is no plain click: menus under the pointer, shadow roots, other buttons, dragging, files, composing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from automation.errors import MissingSetting
from automation.recording.flow_file import BY_HAND, Placeholder, Recording, Step
from automation.recording.folder import Folder
from automation.recording.redaction import Redaction
from automation.recording.values import Sources, Values
from automation.settings import Settings
from tests.helpers import Desk, apart, checked, open_desk, program, run
from tests.studio import Studio, expected, told


@pytest.fixture(scope="module")
def desk(browser_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A browser for small pages."""
    with open_desk(browser_path, tmp_path_factory.mktemp("unusual")) as desk:
        yield desk


MENUS = """<style>li ul { display: none; position: absolute; left: 90px; top: 60px } li:hover > ul { display: block }</style>
<h1>Files</h1><ul><li><a href=#file>File</a><ul><li><a href=#new onclick="done.textContent = 'Made'">New</a></ul></ul>
<x-shadow></x-shadow><p>See <a href=/more>more</a> or <a href=/most>most</a></p><p role=status id=done></p>
<script>document.querySelector('x-shadow').attachShadow({mode: 'open'}).innerHTML = `
  <label><input type=checkbox> Daily</label><label>Day <select><option>Monday<option>Friday</select></label>`;</script>"""


@apart
def test_menus_shadow_roots_and_new_tabs(desk: Desk, tmp_path: Path) -> None:
    """A menu under the pointer is pointed at first; boxes in shadow roots and tabs by the middle button count. It replays."""
    for path in ("/more", "/most"):
        desk.site.pages[path] = f"<!doctype html><h1>{path}</h1><button onclick='this.remove()'>Read{path}</button>"
    studio = Studio(desk, tmp_path / "menus", MENUS, "/menus")
    page = studio.page
    page.hover("text=File >> nth=1")
    page.click("text=New")
    studio.rest()
    page.check("x-shadow input")
    page.focus("x-shadow select")
    page.keyboard.press("ArrowDown")
    page.click("text=more", button="middle")
    more = studio.window("/more")
    studio.rest(600)
    more.bring_to_front()
    more.click("button")
    studio.rest(400)
    page.bring_to_front()
    page.click("text=most", modifiers=["Control"])
    most = studio.window("/most")
    studio.rest(600)
    most.bring_to_front()
    most.click("button")
    recording = studio.end()

    assert told(recording)[1:] == [
        ("hover", "File", None),
        ("click", "New", None),
        ("switch", "Daily", True),
        ("choose", "Day", "Friday"),
        ("click", "more", "middle"),
        ("click", "Read/more", None),
        ("click", "most", "middle"),
        ("click", "Read/most", None),
    ]
    assert expected(recording, "more") == [{"opens": "main-window"}]

    again = run(
        "replay", str(studio.folder), "--no-input", "--json", "--attach", desk.browser.endpoint, GMAIL_URL=desk.site.url
    )

    assert (again.code, again.json["outcome"]) == (0, "done"), again.err


FILES = """<style>li { user-select: none }</style><h1>Files</h1><ul id=files><li><b>plan.txt</b> <i>1 KB</i><li><b>plan (1).txt</b> <i>2 KB</i></ul>
<div id=menu></div><p role=status id=done></p><button role=tab aria-selected=true>Home</button><button role=tab aria-selected=false>Work</button>
<label>Street <input></label><script>
  files.oncontextmenu = (e) => { e.preventDefault(); const of = e.target.closest('li').textContent;
    menu.innerHTML = '<button>Rename</button>'; menu.firstChild.onclick = () => { done.textContent = 'Renamed ' + of; menu.innerHTML = '' } };
  files.ondblclick = (e) => { done.textContent = 'Opened ' + e.target.closest('li').textContent };
  const tabs = [...document.querySelectorAll('[role=tab]')];
  for (const tab of tabs) tab.onclick = () => tabs.forEach((one) => one.setAttribute('aria-selected', one === tab));</script>"""


@apart
def test_plain_rows_and_tabs(desk: Desk, tmp_path: Path) -> None:
    """A menu and a double click on what is no button are steps; a tab is seen to be chosen before anything is typed. It replays."""
    studio = Studio(desk, tmp_path / "files", FILES, "/files")
    page = studio.page
    page.locator("li").nth(1).click(button="right")
    page.click("text=Rename")
    studio.rest()
    page.locator("li").nth(0).dblclick()
    studio.rest()
    page.click("text=Work")
    studio.rest()
    studio.type("input", "Hill 5")
    page.click("h1")
    recording = studio.end()

    assert told(recording)[1:] == [
        ("click", "plan (1).txt", "right"),
        ("click", "Rename", None),
        ("click", "plan.txt", "double"),
        ("click", "Work", None),
        ("type", "Street", "${VALUE_STREET}"),
    ]
    assert expected(recording, "Work") == [{"state": True}]

    for broken, code in (("", 0), ("tabs.length = 0; ", 4)):
        desk.site.pages["/files"] = desk.site.pages["/files"].replace("for (const tab", f"{broken}for (const tab")
        command = ("replay", str(studio.folder), "--no-input", "--json", "--set", "VALUE_STREET=Hill 6")
        again = run(*command, "--attach", desk.browser.endpoint, GMAIL_URL=desk.site.url)
        assert (again.code, again.json["steps"][-1]["id"]) == (
            code,
            "06-type-street" if code == 0 else "04-click-plan-txt",
        )


OPENING = """<h1>Folders</h1><ul><li><button aria-expanded=OPEN onclick="const list = this.nextElementSibling; list.hidden = !list.hidden;
  this.setAttribute('aria-expanded', !list.hidden)">Home</button><ul HIDDEN><li><a href=#in onclick="asked.textContent = 'Kept as ' + prompt('Name?')">Inbox</a></ul></ul>
<p role=status id=asked></p>"""


@apart
def test_what_opens_and_what_a_prompt_is_given(desk: Desk, tmp_path: Path) -> None:
    """What is open already is not closed again by a replay; what a prompt was given is nowhere, also where the page repeats it."""
    studio = Studio(
        desk, tmp_path / "opening", OPENING.replace("OPEN", "false").replace("HIDDEN", "hidden"), "/opening"
    )
    studio.page.on("dialog", lambda dialog: dialog.accept("Tangerine"))
    studio.page.click("text=Home")
    studio.rest()
    studio.page.click("text=Inbox")
    recording = studio.end()

    assert {"state": True} in expected(recording, "Home")
    assert [s.expect for s in recording.steps if s.do == "dialog"] == [({"asks": "Name?"},)]
    assert [
        file for file in studio.folder.rglob("*.*") if "tangerine" in file.read_text(encoding="utf-8").lower()
    ] == []

    for hidden in ("hidden", ""):
        page = OPENING.replace("OPEN", "false" if hidden else "true").replace("HIDDEN", hidden)
        desk.site.pages["/opening"] = f"<!doctype html><meta charset=utf-8><title>page</title><body>{page}"
        command = ("replay", str(studio.folder), "--no-input", "--json", "--set", "VALUE_1=Mandarin")
        again = run(*command, "--attach", desk.browser.endpoint, GMAIL_URL=desk.site.url)
        did = [step["did"] for step in again.json["steps"]]
        assert (again.code, did[1:]) == (0, ["clicked" if hidden else "nothing", "clicked", "answered"]), again.err


ASKING = """<h1>Vault</h1><button onclick="const text = prompt('What is the password?'); said.textContent = 'You typed' + text + '.'">Open</button>
<button onclick="const text = prompt('暗証番号を入力してください'); document.title = text">PIN</button>
<button onclick="const text = prompt('Enter the\\u200e code that we sent'); said.textContent += ' ' + text">&rlm;Co&#8238;de</button><h2 id=said></h2>"""


@apart
def test_a_prompt_that_asks_for_a_secret(desk: Desk, tmp_path: Path) -> None:
    """A prompt for a password, a PIN or a code is a secret field: nowhere kept, and given hidden when it is replayed."""
    studio = Studio(desk, tmp_path / "asking", ASKING, "/asking")
    answers = ["hunter2", "7391", "tulip"]
    studio.page.on("dialog", lambda dialog: dialog.accept(answers.pop(0)))
    for number in range(3):
        studio.page.locator("button").nth(number).click()
        studio.rest()
    recording = studio.end()
    dialogs = [step for step in recording.steps if step.do == "dialog"]
    files = {file.name: file.read_text(encoding="utf-8").lower() for file in studio.folder.rglob("*.*")}

    secrets = ["${secret:WHAT_IS_THE_PASSWORD}", "${secret:PASSWORD}", "${CODE_1}"]
    assert [(step.value, step.risk) for step in dialogs] == [(secret, "secret") for secret in secrets]
    assert recording.placeholders["PASSWORD"] == Placeholder("secret", "暗証番号を入力してください")
    assert [step.want.called for step in recording.steps if step.do == "click" and step.want] == ["Open", "PIN", "Code"]
    assert dialogs[2].expect == ({"asks": "Enter the code that we sent"},)
    assert [name for name, text in files.items() if "hunter2" in text or "7391" in text or "tulip" in text] == []

    command = ("replay", str(studio.folder), "--no-input", "--json", "--attach", desk.browser.endpoint)
    its_end, ours = os.pipe()
    os.write(ours, b"first3\n4321\n")
    os.close(ours)
    with program(*command, "--set", "CODE_1=rose", "--secret-stdin", stdin=its_end, GMAIL_URL=desk.site.url) as running:
        given = checked(running, running.end())
    os.close(its_end)

    with pytest.raises(MissingSetting, match="WHAT_IS_THE_PASSWORD"):
        Values(recording, Sources(Settings())).require(recording.steps)
    assert (given.code, [step["did"] for step in given.json["steps"]][2::2]) == (0, ["answered"] * 3), given.err


REPEATING = """<h1>Join us, sesame seeds</h1><form onsubmit="const text = key.value; key.type = 'text'; done.textContent = 'You typed ' + text;
  more.innerHTML = `<a href='/of/${encodeURIComponent(text)}' onclick='return false'>Copy “${text}”</a><button data-testid=go>Go on</button> with<b>${text}</b>`; return false">
<label>Password <input type=password id=key></label><button>Join</button></form><p role=status id=done></p><div id=more></div>"""


@apart
def test_a_password_that_the_page_repeats(desk: Desk, tmp_path: Path) -> None:
    """A password that the page shows in clear never leaves the page, and no replay waits for it; other words stay."""
    studio = Studio(desk, tmp_path / "repeating", REPEATING, "/repeating")
    for secret in ('hunter2 "q" <ж>', "sesame"):
        studio.page.locator("#key").clear()
        studio.type("#key", secret)
        studio.page.keyboard.press("Enter")
        studio.rest()
        studio.page.click("text=Go on")
        studio.page.click("text=Copy")
        studio.rest()
    recording = studio.end()
    said = "\n".join(studio.told) + "".join(file.read_text(encoding="utf-8") for file in studio.folder.rglob("*.*"))

    assert [part for part in ("hunter2", "ж", "%D0%B6") if part in said] == []
    assert "Join us, sesame seeds" in said
    assert ("You typed [hidden]" in said, "Copy “[hidden]”" in said) == (True, True)
    assert [fact for step in recording.steps for fact in step.expect if "hidden" in str(fact)] == []


DRAWN = """<h1>Note</h1><div id=form></div><script>const texts = {Title: '', Password: ''};
  const draw = (name, at) => {
    form.innerHTML = Object.keys(texts).map((one) => `<label>${one} <input ${one === 'Password' ? 'type=password' : ''}></label>`).join('');
    Object.keys(texts).forEach((one, n) => { const field = form.querySelectorAll('input')[n]; field.value = texts[one];
      field.oninput = () => { texts[one] = field.value; draw(one, field.selectionStart); };
      if (one === name) { field.focus(); field.setSelectionRange(at, at); } });
  }; draw();</script>"""


@apart
def test_a_field_drawn_anew_at_each_key(desk: Desk, tmp_path: Path) -> None:
    """What is typed into a field that the page replaces at each key is one step with one placeholder, and is kept whole."""
    studio = Studio(desk, tmp_path / "drawn", DRAWN, "/drawn")
    studio.type("input", "Plan B")
    studio.type("input >> nth=1", "S3sam!")
    recording = studio.end()

    assert told(recording)[1:] == [
        ("type", "Title", "${VALUE_TITLE}"),
        ("type", "Password", "${secret:PASSWORD}"),
    ]
    assert [typed.text for typed in studio.recorder.typed] == ["Plan B"]
    assert [text for text in studio.told if "3sam" in text] == []


HANDS = """<h1>Desk</h1><div draggable=true id=card>Card</div>
<div id=bin style='height:60px;background:#eee' ondragover='event.preventDefault()' ondrop='this.append(card)'>Bin</div>
<div id=rail style='position:relative;height:20px;width:300px;background:#ddd'><div id=thumb
  style='position:absolute;width:20px;height:20px;background:#888'></div></div>
<label>Photo <input type=file id=file onchange="seen.textContent = 'Got ' + this.files[0].name"></label><h2 id=seen>-</h2>
<p id=prose>Some words that somebody reads and marks with the pointer.</p>
<script>
  thumb.onpointerdown = (e) => thumb.setPointerCapture(e.pointerId);
  thumb.onpointermove = (e) => { if (thumb.hasPointerCapture(e.pointerId)) thumb.style.left = `${e.clientX - 20}px`; };
  setInterval(() => { prose.dataset.tick = Date.now(); }, 50);
</script>"""


@apart
def test_what_only_a_hand_can_do(desk: Desk, tmp_path: Path) -> None:
    """Dragging and choosing files become the person's part, named; marking text does not; no file is named."""
    studio = Studio(desk, tmp_path / "hands", HANDS, "/hands")
    (photo := tmp_path / "aunt-mika.png").write_bytes(b"")
    page = studio.page
    page.drag_and_drop("#card", "#bin")
    studio.rest()
    for selector in ("#thumb", "#prose"):
        box = page.locator(selector).bounding_box() or pytest.fail("not there")
        page.mouse.move(box["x"] + 8, box["y"] + 8)
        page.mouse.down()
        page.mouse.move(box["x"] + 120, box["y"] + 8, steps=5)
        page.mouse.up()
        studio.rest()
    cdp = page.context.new_cdp_session(page)
    root = cdp.send("DOM.getDocument")["root"]["nodeId"]
    field = cdp.send("DOM.querySelector", {"nodeId": root, "selector": "#file"})["nodeId"]
    cdp.send("DOM.setFileInputFiles", {"nodeId": field, "files": [str(photo)]})
    studio.rest(600)
    recording = studio.end()
    texts = [file.read_text(encoding="utf-8") for file in studio.folder.rglob("*") if file.is_file()]

    assert [step.human and (step.human.name, step.human.what) for step in recording.steps[1:]] == [
        (BY_HAND, "Drag “Card” with the mouse to where it belongs."),
        (BY_HAND, "Drag “?” with the mouse to where it belongs."),
        (BY_HAND, "Choose the file for “Photo”."),
    ]
    assert [text for text in texts if "mika" in text] == []


TYPING = """<form onsubmit='return false'><input aria-label=Word onkeydown="out.textContent += '.'"></form><p id=out></p>
<div id=place></div><script>
  const draw = (type) => { place.innerHTML = `<label>Key <input name=k type=${type}></label><button>Eye</button>`;
    place.querySelector('button').onclick = () => draw('text'); };
  draw('password');
</script>"""


@apart
def test_composed_words_and_passwords_drawn_anew(desk: Desk, tmp_path: Path) -> None:
    """The Enter that ends the composing of a word is no step; a password that a page draws anew in clear is not read."""
    studio = Studio(desk, tmp_path / "typing", TYPING, "/typing")
    page = studio.page
    page.click("[aria-label=Word]")
    cdp = page.context.new_cdp_session(page)
    cdp.send("Input.imeSetComposition", {"text": "に", "selectionStart": 1, "selectionEnd": 1})
    enter = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229}
    cdp.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **enter})
    cdp.send("Input.insertText", {"text": "日本"})
    cdp.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **enter})
    studio.rest()
    studio.type("[name=k]", "hush")
    page.click("text=Eye")
    studio.rest()
    studio.type("[name=k]", "hush77")
    page.click("h1, #out")
    recording = studio.end()

    assert told(recording)[1:] == [
        ("type", "Word", "${VALUE_WORD}"),
        ("type", "Key", "${secret:KEY}"),
        ("click", "Eye", None),
        ("type", "Key", "${secret:KEY}"),
    ]
    assert [payload for payload in studio.told if "hush" in payload] == []


def test_a_full_recording_takes_no_more(tmp_path: Path) -> None:
    """With 2,000 steps a recording is full, and one more is not taken but told."""
    recording = Recording("long", {"when": "", "by": ""}, steps=[Step(str(n), "close") for n in range(1999)])
    folder = Folder(tmp_path / "long", recording, Redaction(Settings()))
    assert not folder.is_full
    folder.add(Step("", "close"))
    assert (folder.is_full, folder.trouble) == (True, "")
    folder.add(Step("", "close"))
    assert (len(folder.steps), "2000" in folder.trouble) == (2000, True)
