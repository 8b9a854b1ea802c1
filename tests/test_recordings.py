"""The recordings that come with the project: complete, small, and nobody's secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from automation.recording.flow_file import load
from flows.routes import ROUTES
from tests.conftest import ROOT
from tests.test_run_record import PRIVATE
from tools.recordings import IMPORTED, NAMES, PAGES

FOLDER = ROOT / "recordings"
FLOWS = {route: [flow.name for flow in flows] for route, flows in ROUTES.items()}
FLOWS["forwarding"].append("gmail-send-as")  # through Gmail's own server


def test_every_route_is_recorded_in_each_language_and_generation() -> None:
    """There is one folder for each route, language and pane, one that another tool recorded, and the looks at pages."""
    folders = {path.name for path in FOLDER.iterdir() if path.is_dir()}
    assert folders == {*NAMES, IMPORTED, PAGES}
    assert len(NAMES) == 8


@pytest.mark.parametrize("name", NAMES)
def test_a_recording_holds_its_route_from_end_to_end(name: str) -> None:
    """Every flow of the route is there with its windows and hand-overs, in its world, with a model for each element."""
    route, lang, pane = name.split(".")
    recording = load(FOLDER / name)
    steps = recording.steps

    assert (recording.name, recording.lang) == (name, lang)
    assert recording.world == {"name": "classic" if route == "pop-import" else "today", "lang": lang, "pane": pane}
    assert list(dict.fromkeys(step.flow for step in steps)) == FLOWS[route]
    assert any(step.human and step.human.gives for step in steps)
    assert {"opens": "gmail-window"} in [fact for step in steps for fact in step.expect]
    for step in steps:
        if step.want:
            items = recording.model_of(step)
            assert items
            assert items[step.want.index or 0].names == step.want.names


def test_an_imported_recording_is_one_of_ours() -> None:
    """What the DevTools Recorder saved is read as steps with evidence, and the live site is named."""
    steps = load(FOLDER / IMPORTED).steps
    assert [(step.do, step.want.names[0] if step.want else step.url) for step in steps] == [
        ("open", "${OUTLOOK_URL}/mail/0/options/mail/forwarding"),
        ("click", "Enable forwarding"),
        ("type", "Forward my email to"),
        ("click", "Save"),
    ]


def test_the_recordings_are_small_and_hold_nothing_private() -> None:
    """No address, name, code, port, password or path of a machine; together under three megabytes."""
    files = [file for file in FOLDER.rglob("*") if file.is_file()]
    texts = {str(file.relative_to(FOLDER)): file.read_text(encoding="utf-8") for file in files}

    assert {name: found[0] for name, text in texts.items() if (found := PRIVATE.search(text))} == {}
    assert sum(file.stat().st_size for file in files) < 3_000_000
    assert [name for name in texts if Path(name).name.startswith(".") or name.endswith("~")] == []
