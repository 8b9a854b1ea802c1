"""Makes the folder recordings/ anew: ``python -m tools.recordings [NAME…]``, every flow of every route in the practice world."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from automation.cli import check, run
from automation.cli.common import Shared
from automation.messages import speak
from automation.recording.flow_file import Step
from automation.recording.reading import read
from automation.recording.redaction import Redaction
from automation.settings import Settings

FOLDER = Path("recordings")
# Route: the practice world in which it is the one to take. Through Gmail's own server, forwarding sends too.
ROUTES = {"pop-import": "classic", "forwarding": "today"}
PANES = ("switch", "radios")
LANGUAGES = ("en", "ja")
NAMES = [f"{route}.{lang}.{pane}" for route in ROUTES for lang in LANGUAGES for pane in PANES]


# What Chrome's DevTools Recorder wrote stands beside what was read from it.
IMPORTED = "forwarding-pane.devtools"
# The looks at the practice pages that `autoconfigure check` compares with.
PAGES = "pages"


def main(names: list[str]) -> None:
    """Record these, or all."""
    for name in names or [*NAMES, IMPORTED, PAGES]:
        if name == IMPORTED:
            read_in(FOLDER / name)
        elif name == PAGES:
            look_at_pages()
        else:
            record(name)
        files = [file for file in (FOLDER / name).rglob("*") if file.is_file()]
        print(f"{name}: {len(files)} files, {sum(file.stat().st_size for file in files) // 1000} KB")


def record(name: str) -> None:
    """Record one practice run; what was there of this name before is replaced."""
    route, lang, pane = name.split(".")
    shutil.rmtree(FOLDER / name, ignore_errors=True)
    speak(lang)
    shared = Shared()
    shared.take({"pane": pane})
    flags = ["--sandbox", "--world", ROUTES[route], "--headless", "--no-watch", "--no-proof", "--record", name]
    with tempfile.TemporaryDirectory() as home:
        os.environ["AUTOCONFIGURE_HOME"] = home
        code = run.command.main(flags, standalone_mode=False, obj=shared)
    if code:
        raise SystemExit(f"{name}: the run ended with {code}")


def look_at_pages() -> None:
    """Look at every practice page in both languages and all generations, and accept what is there."""
    shutil.rmtree(FOLDER / PAGES, ignore_errors=True)
    for lang in LANGUAGES:
        for world in ROUTES.values():
            speak(lang)
            flags = ["--sandbox", "--world", world, "--headless", "--no-watch", "--accept", "all"]
            with tempfile.TemporaryDirectory() as home:
                os.environ["AUTOCONFIGURE_HOME"] = home
                check.command.main(flags, standalone_mode=False, obj=Shared())


def read_in(folder: Path) -> None:
    """Read the DevTools recording of a folder and keep it in our own form, with the live sites by name."""
    recording = read(folder / "devtools.json").recording
    redaction = Redaction(Settings())

    def named(step: Step) -> Step:
        expect = tuple({"url": redaction.url(one["url"])} if "url" in one else one for one in step.expect)
        url, where = (address and redaction.url(address) for address in (step.url, step.where))
        return replace(step, expect=expect, url=url, where=where)

    recording.steps = [named(step) for step in recording.steps]
    recording.placeholders |= redaction.used(recording.steps)
    recording.name, recording.world = folder.name, {"name": "today", "lang": "en", "pane": "switch"}
    recording.lang = "en"
    recording.save(folder)


if __name__ == "__main__":
    main(sys.argv[1:])
