"""A tab in which a test plays the person who is recorded."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import Error, Page

from automation.recording.flow_file import Recording, load
from automation.recording.folder import Folder
from automation.recording.recorder import Recorder
from automation.recording.redaction import Redaction
from automation.tab import Tab
from tests.helpers import Desk, until

WORDS = {"step": "", "title": "Recording…", "detail": "Ctrl-C ends it", "yours": True}


class Studio:
    """A tab in which somebody acts while it is recorded; ``told`` holds all that left the page."""

    def __init__(self, desk: Desk, folder: Path, html: str, path: str = "/") -> None:
        desk.site.pages[path] = f"<!doctype html><meta charset=utf-8><title>page</title><body>{html}"
        desk.tabs.person_is_acting = True
        self.desk, self.folder = desk, folder
        settings = desk.session.settings
        recording = Recording(folder.name, {"when": "2026-11-23T10:00:00Z", "by": "a test"})
        self.recorder = Recorder(Folder(folder, recording, Redaction(settings)), WORDS)
        self.tab: Tab = desk.tabs.open()
        self.page: Page = self.tab.page
        self.told: list[str] = []
        self.recorder.watch(self.page, desk.site.url + path)
        for session in self.recorder.sessions:
            session.on("Runtime.bindingCalled", lambda data: self.told.append(data["payload"]))
        self.tab.go(desk.site.url + path)
        self.rest(500)

    def rest(self, milliseconds: int = 250) -> None:
        """The person pauses; the recorder keeps up, on a busy machine too: it reads a page when that is idle."""
        self.tab.rest(milliseconds / 1000)
        with suppress(Error):  # the page went on, or is closed
            self.page.evaluate("new Promise((done) => setTimeout(() => requestIdleCallback(done, {timeout: 1000})))")
        self.recorder.take()

    def type(self, selector: str, text: str) -> None:
        """Type into a field by keys."""
        self.page.click(selector)
        self.page.keyboard.type(text)

    def window(self, path: str) -> Page:
        """The window that shows this path."""
        return until(lambda: next((p for p in self.page.context.pages if p.url.endswith(path)), None) or self.rest(50))

    def end(self) -> Recording:
        """The recording as it was written."""
        self.rest(400)
        self.recorder.finish(closed=False)
        for window in self.recorder.open_windows:
            window.page.close()
        assert self.recorder.troubles == []
        return load(self.folder)


def told(recording: Recording) -> list[tuple[Any, ...]]:
    """Each step in short: verb, name of the element or address, value."""
    return [(s.do, s.want.called if s.want else s.url, s.value) for s in recording.steps]


def expected(recording: Recording, called: str) -> list[dict[str, Any]]:
    """What became true after the step on this element."""
    return [dict(fact) for step in recording.steps if step.want and step.want.called == called for fact in step.expect]
