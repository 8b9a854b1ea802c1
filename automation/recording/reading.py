"""Reading recordings, whoever made them: ours, Chrome DevTools Recorder's JSON, Playwright codegen's JSONL."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from automation.messages import _
from automation.recording.codegen import from_codegen
from automation.recording.devtools import from_devtools
from automation.recording.flow_file import WHOLE, as_text, load, read_json, read_text, refused
from automation.recording.importing import Read


def read(path: Path) -> Read:
    """The recording in a folder or file of any known kind, told apart by content. Raises BadRecording with the place."""
    if path.is_dir():
        return Read(load(path))
    text = read_text(path)
    first = text.lstrip("\ufeff \r\n\t").partition("\n")[0]
    if '"browserName"' in first and isinstance(header := _json_or_none(first), dict) and "browserName" in header:
        return from_codegen(text, path)
    data = read_json(path)
    if isinstance(data, dict) and "schema" not in data and "steps" in data:
        return from_devtools(data, path)
    if not (isinstance(data, dict) and "schema" in data):
        known = _("a recording of autoconfigure, of Chrome's DevTools Recorder or of Playwright's codegen (JSONL)")
        raise refused(path, WHOLE, known, as_text(data)[:80].strip())
    return Read(load(path))


def _json_or_none(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
