"""The folder a recording is written to while it is made: checked first, whole at every moment, private."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from automation.errors import BadSettings
from automation.messages import _
from automation.recording.flow_file import FLOW, MOST_STEPS, Do, Human, Recording, Step, Want, as_text, model_of
from automation.recording.redaction import Redaction
from automation.recording.survey import Survey
from automation.settings import make_private_folder, write_private

FOLDER = Path("recordings")
_NAME = re.compile(r"\w(?:[\w.@ -]{0,98}[\w@-])?")
# Names that Windows keeps for devices, whatever their ending.
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
# Steps on one element of a page, whose model says what else was there.
_ON_ELEMENTS = ("click", "hover", "type", "choose", "switch")


def checked_folder(name: str, out: Path = FOLDER) -> Path:
    """The folder for a new recording of this name, made if it is not there. Raises BadSettings."""
    if not _NAME.fullmatch(name) or _DEVICES.fullmatch(name):
        raise BadSettings(
            _("The recording cannot be named {name}.").format(name=repr(name)),
            expected=_("letters, digits, dots, hyphens and spaces; no folders"),
            todo=_("Choose another name."),
        )
    folder = out / name
    try:
        make_private_folder(folder)
    except BadSettings as error:
        raise _not_writable(folder, error.seen) from None
    try:
        if any(folder.iterdir()):
            raise BadSettings(
                _("The recording would be written to {folder}.").format(folder=folder),
                expected=_("a folder that is new or empty"),
                seen=_("a folder with something in it"),
                todo=_("Choose another name, or remove that folder first."),
            )
        trial = write_private(folder / FLOW, "")
        trial.unlink()
    except OSError as error:
        raise _not_writable(folder, error.strerror or str(error)) from None
    return folder


def _not_writable(folder: Path, seen: str) -> BadSettings:
    return BadSettings(
        _("The recording would be written to {folder}.").format(folder=folder),
        expected=_("a folder that I may write to"),
        seen=seen,
        todo=_("Choose another folder."),
    )


def drop_if_empty(folder: Path) -> None:
    """Remove a recording's folder that nothing was written to."""
    with suppress(OSError):
        folder.rmdir()


class Folder:
    """A recording in the making: each step is in the folder as soon as it is added."""

    def __init__(self, path: Path, recording: Recording, redaction: Redaction) -> None:
        self.path = path
        self.recording = recording
        self.redaction = redaction
        self.trouble = ""  # why something could not be written; the browser's work is worth more than its recording
        self._written: set[str] = set()

    @property
    def steps(self) -> list[Step]:
        """The steps so far."""
        return self.recording.steps

    @property
    def is_full(self) -> bool:
        """Whether no further step fits in."""
        return len(self.steps) >= MOST_STEPS

    def add(self, step: Step, before: Survey | None = None) -> None:
        """Add a step with the page as it was before it; everything private is taken out here."""
        if self.is_full:
            self.trouble = _("it holds {count} steps, and that is the most").format(count=MOST_STEPS)
            return
        want = self.redaction.want(step.want) if step.want else None
        step = replace(step, want=want, id=_id(len(self.steps) + 1, step.do, want, step.human))
        if before and before.index is not None and step.do in _ON_ELEMENTS:
            model, aria = self._beside(step.id, before)
            step = replace(step, model=model, aria=aria)
        if before and self.recording.lang is None:
            self.recording.lang = before.lang
        self.steps.append(step)
        self.write()

    def _beside(self, name: str, before: Survey) -> tuple[str, str]:
        """Keep the page model and the tree around the element; the names of their files."""
        model = model_of(map(self.redaction.item, before.items), self.redaction.url(before.url) or "", before.lang)
        around = "\n".join(map(self.redaction.text, before.around.splitlines())) + "\n"
        return (
            _shared(self.recording.models, f"page/{name}.model.json", model),
            _shared(self.recording.arias, f"page/{name}.aria.yml", around),
        )

    def expect(self, index: int, more: list[dict[str, Any]]) -> None:
        """Add to what became true after a step."""
        known = self.steps[index].expect
        fresh = [one for one in more if one not in known]
        if fresh:
            self.steps[index] = replace(self.steps[index], expect=(*known, *fresh))
            self.write()

    def drop(self, count: int) -> None:
        """Take the last steps back."""
        if count:
            del self.steps[-count:]
            self.write()

    def write(self) -> None:
        """Write what is new; the file of steps is replaced in one go, so that it is whole even after a crash."""
        try:
            self._write()
        except OSError as error:
            self.trouble = error.strerror or str(error)
        except BadSettings as error:  # a folder that was there is gone or shut
            self.trouble = error.seen

    def _write(self) -> None:
        recording = self.recording
        recording.placeholders = self.redaction.used(recording.steps)
        named = {name for step in recording.steps for name in (step.model, step.aria) if name}
        for kept in (recording.models, recording.arias):
            for name in [name for name in kept if name not in named]:
                del kept[name]
        for name in self._written - named:
            with suppress(OSError):
                (self.path / name).unlink()
        for name in named - self._written:
            model = recording.models.get(name)
            write_private(self.path / name, as_text(model) if model is not None else recording.arias[name])
        self._written = named
        fresh = write_private(self.path / f".{FLOW}", as_text(recording.as_json()))
        fresh.replace(self.path / FLOW)


def _shared(kept: dict[str, Any], name: str, content: Any) -> str:
    """The file of this very content if there is one, else a new one of this name."""
    for known, other in kept.items():
        if other == content:
            return known
    kept[name] = content
    return name


def _id(number: int, do: Do, want: Want | None, human: Human | None) -> str:
    """Number, verb and what it was done to, as far as that can be spelled in a file name."""
    called = (want.called or (want.names or ("",))[0]) if want else human.name if human else ""
    called = quoted[1] if (quoted := re.search("“(.+?)”", called)) else called  # the button “Save”
    slug = re.sub(r"[^a-z0-9]+", "-", called.lower()).strip("-")[:40].strip("-")
    return "-".join(filter(None, (f"{number:02d}", do, slug)))
