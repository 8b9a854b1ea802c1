"""``run --record NAME``: an ordinary run that is written down as it goes, for replay."""

from __future__ import annotations

import time
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automation.cli.common import Shared
from automation.messages import _, spoken
from automation.recording.flow_file import Recording
from automation.recording.folder import Folder
from automation.recording.redaction import Redaction
from automation.recording.run_recorder import RunRecorder

if TYPE_CHECKING:
    from automation.person import Person
    from automation.session import Session


def new_recording(name: str, browser: str, world: dict[str, Any] | None = None) -> Recording:
    """An empty recording that says when and by what it was made."""
    program = "autoconfigure"
    with suppress(PackageNotFoundError):
        program += " " + version("autoconfigure")
    recorded = {"when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "by": program, "browser": browser}
    return Recording(name, recorded, world=world)


def world_of(shared: Shared) -> dict[str, Any] | None:
    """The practice world of this run, as a replay opens it again; None on the real sites."""
    if not shared.flag("sandbox"):
        return None
    world, pane = shared.values.get("world", "classic"), shared.values.get("pane", "switch")
    return {"name": world, "lang": spoken(), "pane": pane}


def record_session(session: Session, path: Path, world: dict[str, Any] | None) -> Folder:
    """From now on, write what the session does into this folder."""
    recording = new_recording(path.name, session.tabs.browser_name, world)
    folder = Folder(path, recording, Redaction(session.settings))
    session.tabs.recorder = RunRecorder(folder, session)
    return folder


def say_where(person: Person, folder: Folder) -> None:
    """Tell where the recording is, and how it is replayed."""
    count = len(folder.steps)
    if not count:
        person.say(_("Nothing was done, so there is nothing to record."))
        return
    person.say(_("Steps recorded: {count}, in {folder}").format(count=count, folder=folder.path))
    if folder.trouble:
        person.warn(_("It is not complete: {why}").format(why=folder.trouble))
    sandbox = " --sandbox" if folder.recording.world else ""
    person.say("  " + _("Replay it with: {command}").format(command=f"autoconfigure replay {folder.path}{sandbox}"))
