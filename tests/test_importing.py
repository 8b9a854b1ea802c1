"""Recordings of other tools: what they become, what is never taken over from them, and what is refused."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from automation.errors import AutoconfigureError, BadRecording
from automation.recording.flow_file import Placeholder, Recording, Step, Want, load
from automation.recording.importing import css_ids
from automation.recording.reading import read

FOREIGN = Path(__file__).parent / "foreign"
STEP = {"type": "click", "selectors": [["aria/Save"]]}
LINE = {
    "name": "click",
    "pageGuid": "page@1",
    "locator": {"kind": "role", "body": "button", "options": {"name": "Save"}},
}


def told(path: Path) -> list[str]:
    """Each step in one line: what, where, role, names, value, what became true."""
    lines = []
    for step in read(path).recording.steps:
        want = f" {step.want.role} {'/'.join(step.want.names)}" if step.want else ""
        ids = "".join(f" {key}={text}" for key, text in step.want.ids.items()) if step.want else ""
        frame = f" in {[*step.frame]}" if step.frame else ""
        value = "" if step.value is None else f" := {step.value}"
        expect = "".join(f" => {dict(one)}" for one in step.expect)
        lines.append(f"{step.page} {step.do}{want}{ids}{frame}{step.url or ''}{value}{expect}")
    return lines


def test_a_devtools_file_becomes_evidence() -> None:
    """Names by accessibility come first, a part of a button means the button, and no place on the page is kept."""
    site = "http://site.localhost:8917"
    assert told(FOREIGN / "devtools.json") == [
        f"main open{site}/index.html?hl=en => {{'url': '{site}/index.html'}}",
        "main click widget Yes tag=input",
        "main type input Port id=port := 995",
        "main type input Password id=pw := ${secret:PASSWORD_1}",
        "main click widget Confirm tag=span in [{'index': 0}]",
        "main press := Shift+Tab",
        "window-1 type input  name=who tag=input := Mika",
        f"main click widget Save id=:r1: => {{'url': '{site}/done.html'}} => {{'shows': {{'role': 'heading', 'name': 'Saved'}}}}",
    ]
    yes = read(FOREIGN / "devtools.json").recording.steps[1].want
    assert yes
    assert yes.sections == ("Let apps use POP",)


def test_keys_and_buttons_of_a_devtools_file(tmp_path: Path) -> None:
    """The middle button stays one; what a keyboard sends while composing is left out, and what cannot be pressed is told."""
    keys = [{"type": "keyDown", "key": key} for key in ("Process", "Dead", "AudioVolumeUp", "Enter")]
    file = tmp_path / "keys.json"
    file.write_text(json.dumps({"title": "x", "steps": [STEP | {"button": "auxiliary"}, *keys]}))
    assert told(file) == ["main click widget Save := middle", "main press := Enter"]
    assert [note for note in read(file).notes if "keyDown AudioVolumeUp" in note]


def test_a_codegen_file_becomes_evidence() -> None:
    """Roles and exact names, frames by name, the window that a click opened, and what the recorder saw afterwards."""
    assert told(FOREIGN / "codegen.jsonl") == [
        "main openhttp://site.localhost:8917/index.html => {'shows': {'role': 'group', 'name': 'Let apps use POP'}}",
        "main click input Address",
        "main type input Address := a@b.example",
        "main click input Password",
        "main type input Password := ${secret:PASSWORD_1}",
        "main click widget  name=srv tag=input",
        "main type input  name=srv tag=input := pop.example",
        "main switch radio Yes := True",
        "main switch checkbox Leave a copy := True",
        "main press widget Port := ArrowDown",
        "main choose input Port := 995",
        "main click switch Forwarding",
        "main click button ",
        "main click button Delete",
        "main dialog := False",
        "main click input Code in [{'name': 'inner'}]",
        "main type input Code in [{'name': 'inner'}] := ${CODE_1}",
        "main click button Confirm in [{'name': 'inner'}]",
        "main click button Open window => {'opens': 'window-1'}",
        "window-1 click input Name",
        "window-1 type input Name := Mika",
        "window-1 close",
        "main close",
    ]


def test_a_link_opened_in_a_tab_of_its_own(tmp_path: Path) -> None:
    """A link that was clicked with Control held down is opened in a new tab, not in place of the page."""
    link = LINE | {"modifiers": 2, "locator": {"kind": "role", "body": "link", "options": {"name": "Help"}}}
    file = tmp_path / "tab.jsonl"
    file.write_text("\n".join(json.dumps(one) for one in ({"browserName": "chromium"}, link)))
    assert told(file) == ["main click link Help := middle"]


@pytest.mark.parametrize(("name", "secret"), [("devtools.json", "hunter2"), ("codegen.jsonl", "S3cret")])
def test_a_password_in_clear_is_not_taken_over(tmp_path: Path, name: str, secret: str) -> None:
    """The person is told where it lies, and neither the recording nor its saved files hold it."""
    found = read(FOREIGN / name)
    assert found.recording.placeholders["PASSWORD_1"] == Placeholder("secret", "Password")
    assert name in found.notes[0]
    folder = found.recording.save(tmp_path / "kept")
    assert load(folder).steps == found.recording.steps
    assert secret in (FOREIGN / name).read_text()
    assert secret not in repr(found) + "".join(file.read_text() for file in folder.rglob("*.*"))


def test_ids_of_a_css_selector() -> None:
    """What names the element is kept; classes, places and parents are not."""
    assert css_ids("div > form#f input[name='a b'].wide:nth-of-type(2)") == {"tag": "input", "name": "a b"}
    assert css_ids(r"#\:r1\: >>> button.x") == {"tag": "button"}
    assert css_ids(r'div#a\:b[data-testid="t"]') == {"tag": "div", "id": "a:b", "data-testid": "t"}


@pytest.mark.parametrize(
    ("steps", "place"),
    [
        ([STEP, {"type": "navigate", "url": "javascript:alert(1)"}], "steps[1].url"),
        ([{"type": "navigate", "url": "file:///etc/passwd"}], "steps[0].url"),
        ([{"type": "navigate", "url": "data:text/html,x"}], "steps[0].url"),
        ([{"type": "navigate", "url": "https://bank.example@evil.example/"}], "steps[0].url"),
        ([STEP | {"assertedEvents": [{"url": "javascript:1"}]}], "steps[0].assertedEvents[0].url"),
        ([{"type": "waitForExpression", "expression": "fetch('/x')"}], "steps[0].type"),
        ([{"type": "customStep", "name": "shell", "parameters": {"run": "rm"}}], "steps[0].name"),
        ([{"type": "evaluate"}], "steps[0].type"),
        (["click"], "steps[0]"),
        ([{"type": "click"}], "steps[0].selectors"),
        ([{"type": "click", "selectors": [["aria/Save", 7]]}], "steps[0].selectors[0]"),
        ([STEP | {"frame": [0, -1]}], "steps[0].frame"),
        ([STEP | {"target": "file:///x"}], "steps[0].target"),
        ([{"type": "keyDown", "key": "Enter); x"}], "steps[0].key"),
        ([{"type": "change", "value": 7, "selectors": [["aria/A"]]}], "steps[0].value"),
        ([STEP] * 2001, "steps"),
        ([{"type": "\x1b[2J", "selectors": [["aria/A"]]}], "steps[0].type"),
        ({"0": STEP}, "steps"),
    ],
)
def test_a_hostile_devtools_file_is_refused(tmp_path: Path, steps: Any, place: str) -> None:
    """An address that is no web page, a step that runs code, and what is no recording are refused by place."""
    file = tmp_path / "r.json"
    file.write_text(json.dumps({"title": "x", "steps": steps}))
    with pytest.raises(BadRecording) as error:
        read(file)
    assert f"at {place}." in str(error.value)
    assert "\x1b" not in str(error.value)


@pytest.mark.parametrize(
    ("line", "place"),
    [
        (LINE | {"name": "navigate", "url": "javascript:alert(1)"}, "line 3.url"),
        (LINE | {"signals": [{"name": "navigation", "url": "file:///x"}]}, "line 3.signals.url"),
        (LINE | {"name": "setInputFiles", "files": ["/etc/passwd"]}, "line 3.name"),
        (LINE | {"pageGuid": 1}, "line 3.pageGuid"),
        ({"name": "click", "pageGuid": "page@1", "selector": "internal:role=button"}, "line 3.locator"),
        (LINE | {"name": "select", "options": []}, "line 3.options"),
        (LINE | {"modifiers": 2, "locator": {"kind": "role", "body": "row"}}, "line 3.modifiers"),
        (["click"], "line 3"),
    ],
)
def test_a_hostile_codegen_file_is_refused(tmp_path: Path, line: Any, place: str) -> None:
    """An address that is no web page, files of this machine, and what is no action are refused by line."""
    file = tmp_path / "r.jsonl"
    file.write_text("\n".join(json.dumps(one) for one in ({"browserName": "chromium"}, LINE, line)))
    with pytest.raises(BadRecording) as error:
        read(file)
    assert f"at {place}." in str(error.value)


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"schema": 1}', "[" * 100_000, '{"browserName": "x"}\n' + '{"a":' * 50_000, '{"title": "x"}'],
)
def test_what_is_no_recording_is_refused(tmp_path: Path, content: str) -> None:
    """Whatever is in a file, the answer is a refusal with a reason."""
    file = tmp_path / "r.json"
    file.write_text(content)
    with pytest.raises(BadRecording):
        read(file)


@pytest.mark.parametrize("name", ["/dev/zero", "pipe", "huge.json"])
def test_what_does_not_end_is_not_read(tmp_path: Path, name: str) -> None:
    """A device, a pipe and a file of more than 20 MB are refused before they are read."""
    file = tmp_path / name
    if name == "pipe":
        os.mkfifo(file)
    elif name == "huge.json":
        with file.open("wb") as huge:
            huge.truncate(20_000_001)
    with pytest.raises(BadRecording):
        read(file)


def test_a_mark_at_the_beginning_of_a_file(tmp_path: Path) -> None:
    """Windows' mark before the text of a file is no hindrance."""
    for name in ("devtools.json", "codegen.jsonl"):
        (tmp_path / name).write_text("\ufeff" + (FOREIGN / name).read_text())
        assert read(tmp_path / name).recording.steps == read(FOREIGN / name).recording.steps


def test_what_a_prompt_was_given_in_devtools_form(tmp_path: Path) -> None:
    """An answer that our export left open is asked for; one in clear to a question for a secret is not taken over."""
    given = {"${VALUE_1}": "Label?", "4821": "暗証番号は？", "Mail": "Name?"}
    dialogs = [
        {"type": "customStep", "name": "dialog", "parameters": {"answer": a, "asks": q}} for a, q in given.items()
    ]
    (file := tmp_path / "prompts.json").write_text(json.dumps({"title": "prompts", "steps": dialogs}))
    found = read(file)

    assert [step.value for step in found.recording.steps] == ["${VALUE_1}", "${secret:PASSWORD_1}", "Mail"]
    assert {name: one.kind for name, one in found.recording.placeholders.items()} == {
        "VALUE_1": "value",
        "PASSWORD_1": "secret",
    }
    assert "in clear" in found.notes[0]


def test_no_mark_turns_what_a_file_says(tmp_path: Path) -> None:
    """Marks that turn the direction of writing, unseen, are in no text of a recording, raw or escaped, and in no error."""
    turned = {"title": "Save\u202e!won", "steps": [{"type": "click", "selectors": [["aria/\u2066Sa\u200fve"]]}]}
    for escaped in (True, False):
        (file := tmp_path / "turned.json").write_text(json.dumps(turned, ensure_ascii=escaped))
        found = read(file).recording
        assert (found.title, found.steps[0].want and found.steps[0].want.names) == ("Save!won", ("Save",))
    (own := tmp_path / "flow.json").write_text(json.dumps(recording_of_one("Go\u202e", "\u061cGo")))

    assert (read(own).recording.title, read(own).recording.steps[0].want.names) == ("Go", ("Go",))  # type: ignore[union-attr]
    assert str(AutoconfigureError("a\u202eb", seen="c\u2069d")) == "ab\nSeen: cd"


def recording_of_one(title: str, name: str) -> dict[str, Any]:
    """A recording of ours with one click."""
    step = Step("1", "click", want=Want("button", (name,)))
    return Recording("one", {"when": "2026-11-23", "by": "a test"}, title=title, steps=[step]).as_json()
