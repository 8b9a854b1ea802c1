"""Reading and writing recordings: what is kept comes back, and what must not be followed is refused with its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from automation.element import Item
from automation.errors import BadRecording
from automation.recording.flow_file import (
    Human,
    Placeholder,
    Recording,
    Step,
    Want,
    load,
    model_items,
    model_of,
)

SAVE = Want(
    "button", ("Save",), sections=("POP options",), known=("保存",), ids={"id": "s"}, counts={"name": 1}, index=0
)
MODEL = {"where": "${SITE}/a", "lang": "en", "items": [{"role": "button", "names": ["Save"], "sections": []}]}


def recording() -> Recording:
    return Recording(
        "pop",
        {"when": "2026-11-23T10:00:00Z", "by": "autoconfigure"},
        placeholders={"SITE": Placeholder("site"), "POP": Placeholder("secret", "the app password")},
        steps=[
            Step("1-open", "open", url="${SITE}/a#settings/accounts"),
            Step(
                "2-save",
                "click",
                want=SAVE,
                expect=({"state": True},),
                model="page/2.model.json",
                aria="page/2.aria.yml",
            ),
            Step("3-type", "type", want=Want("password", ("Password",)), value="${secret:POP}", risk="secret"),
            Step("4-person", "human", human=Human("approve", "Say that it was you.", gives="POP")),
        ],
        models={"page/2.model.json": MODEL},
        arias={"page/2.aria.yml": '- button "Save"\n'},
    )


def test_what_is_saved_comes_back(tmp_path: Path) -> None:
    """A recording read from its folder is the one that was written, models and trees with it."""
    assert load(recording().save(tmp_path / "pop")) == recording()


def test_a_recording_that_was_cut_off_is_still_read(tmp_path: Path) -> None:
    """A step's page model that was never written does not spoil the rest."""
    folder = recording().save(tmp_path / "pop")
    (folder / "page/2.model.json").unlink()
    assert load(folder).model_of(load(folder).steps[1]) is None


def test_a_model_gives_back_the_items_it_was_made_of() -> None:
    """What a page model keeps of an element is enough to look for it again."""
    item = Item(
        0, "radio", ("Yes",), ("POP",), True, False, None, (), "ro-pop", ("a@b.example",), "", {"name": "ro-pop"}
    )
    assert model_items(model_of([item], "https://a.example/", "en")) == [item]


BUTTON = {"role": "button", "names": ["Save"]}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"schema": "autoconfigure.flow/2"}, "schema"),
        ({"steps": [{"id": "1", "do": "open", "url": "javascript:alert(1)"}]}, "steps[0].url"),
        ({"steps": [{"id": "1", "do": "open", "url": "file:///etc/passwd"}]}, "steps[0].url"),
        ({"steps": [{"id": "1", "do": "open", "url": "https://a.example@evil.example/"}]}, "steps[0].url"),
        ({"steps": [{"id": "1", "do": "evaluate", "value": "1"}]}, "steps[0].do"),
        ({"steps": [{"id": "1", "do": "click", "script": "1"}]}, "steps[0]"),
        ({"steps": [{"id": "1", "do": "click", "model": "page/../../x.model.json"}]}, "steps[0].model"),
        ({"steps": [{"id": "1", "do": "click", "want": {"role": "button", "names": "Save"}}]}, "steps[0].want.names"),
        ({"placeholders": {"lower": {"kind": "value"}}}, "placeholders"),
        ({"placeholders": {}}, "steps[0].url"),
        (
            {"steps": [{"id": "1", "do": "press", "value": "a"}, {"id": "1", "do": "press", "value": "a"}]},
            "steps[1].id",
        ),
        ({"steps": [{"id": "1", "do": "press", "value": "${secret:POP}"}]}, "steps[0].value"),
        ({"steps": [{"id": "1", "do": "type", "value": "${POP}", "want": BUTTON}]}, "steps[0].value"),
        ({"steps": [{"id": "1", "do": "open", "url": "https://a.example/${secret:POP}"}]}, "steps[0].url"),
        ({"steps": [{"id": "1", "do": "open", "url": "https://a.example:99999/"}]}, "steps[0].url"),
        ({"steps": [{"id": "1", "do": "open", "url": "https://[::1/"}]}, "steps[0].url"),
        ({"steps": [{"id": "1", "do": "open"}]}, "steps[0].url"),
        ({"steps": [{"id": "1", "do": "click"}]}, "steps[0].want"),
        ({"steps": [{"id": "1", "do": "click", "value": "thrice", "want": BUTTON}]}, "steps[0].value"),
        ({"steps": [{"id": "1", "do": "switch", "value": "on", "want": BUTTON}]}, "steps[0].value"),
        ({"steps": [{"id": "1", "do": "click", "want": BUTTON | {"index": 1.0}}]}, "steps[0].want.index"),
        ({"steps": [{"id": "1", "do": "press", "value": True}]}, "steps[0].value"),
        ({"steps": [{"id": "1", "do": "press", "value": "NoSuchKey"}]}, "steps[0].value"),
        ({"steps": [{"id": "1", "do": "human"}]}, "steps[0].human"),
        ({"title": "\x1b]0;mine\x07"}, "title"),
        ({"steps": [{"id": "1", "do": "open", "url": "https://a.example/\0"}]}, "steps[0].url"),
    ],
)
def test_a_file_that_must_not_be_followed_is_refused(tmp_path: Path, change: dict[str, Any], place: str) -> None:
    """Another version, an address that is none, code, a path out of the folder, a step in pieces: refused by place."""
    file = tmp_path / "flow.json"
    file.write_text(json.dumps(recording().as_json() | change))
    with pytest.raises(BadRecording) as error:
        load(file)
    assert f"at {place}." in str(error.value)
    assert "\x1b" not in str(error.value)


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b"[]", b"[" * 100_000, b"null"])
def test_a_file_that_is_no_recording_is_refused(tmp_path: Path, content: bytes) -> None:
    """Whatever is in the file, the answer is a refusal with a reason; so is a folder without a recording."""
    with pytest.raises(BadRecording) as nothing:
        load(tmp_path)
    assert str(nothing.value).startswith(f"Reading the recording {tmp_path}.\n")
    assert "no flow.json in it" in str(nothing.value)
    file = tmp_path / "flow.json"
    file.write_bytes(content)
    with pytest.raises(BadRecording):
        load(file)


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    """A page model that is really another file of this machine is not read."""
    folder = recording().save(tmp_path / "pop")
    (tmp_path / "other").write_text(json.dumps(MODEL))
    (folder / "page/2.model.json").unlink()
    (folder / "page/2.model.json").symlink_to(tmp_path / "other")
    with pytest.raises(BadRecording):
        load(folder)
    (folder / "page/2.model.json").unlink()
    (folder / "page/2.model.json").symlink_to("2.model.json")
    with pytest.raises(BadRecording):
        load(folder)
