"""Takes the pictures of the README anew: ``python -m tools.pictures``, a practice run on a virtual screen, watched.

The terminal is saved as SVG from the run's own output, the pages as PNG by a second look at the same browser.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import BrowserContext, Error, Page, sync_playwright
from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.terminal_theme import DEFAULT_TERMINAL_THEME
from rich.text import Text

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
PROGRAM = "import sys; sys.argv[0] = 'autoconfigure'; from automation.cli import main; main()"
COLUMNS = 100
SECONDS = 120.0  # a watched run meets both moments within its first minute
LARGEST = 200_000  # bytes; a README is read on the phone too


@dataclass(frozen=True)
class Moment:
    """A moment worth a picture: its file, whether a page shows it, and what must stand on the page by then."""

    name: str
    address: str
    shows: str


MOMENTS = (
    Moment("hand-over", r"/options/mail/forwarding", "() => !!document.querySelector('autoconfigure-banner')"),
    Moment(
        "pop-window",
        r"view=ma\b",
        "() => !!document.querySelector('autoconfigure-banner') && !!document.querySelector('[type=password]')?.value",
    ),
)


def main() -> None:
    """Take all pictures, in both languages."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for lang in ("en", "ja"):
        with tempfile.TemporaryDirectory() as home, practice_run(lang, Path(home)) as (run, said):
            photograph(run, Path(home), lang)
            (FOLDER / f"plan.{lang}.svg").write_text(terminal(said.read_text(encoding="utf-8")), encoding="utf-8")
    for picture in sorted(FOLDER.iterdir()):
        size = picture.stat().st_size
        print(f"{picture.relative_to(FOLDER.parents[1])}: {size // 1000} KB" + (" - too large" if size > LARGEST else ""))


@contextmanager
def practice_run(lang: str, home: Path) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """A watched practice run on a virtual screen, and the file with what it says; stopped at the end."""
    said = home / "said.txt"
    known = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY", "NO_COLOR")}
    known |= {"AUTOCONFIGURE_HOME": str(home), "FORCE_COLOR": "1", "COLUMNS": str(COLUMNS), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-c", PROGRAM, "--sandbox", "--plain", "--lang", lang]
    with said.open("wb") as words, subprocess.Popen(command, stdout=words, stderr=words, env=known) as run:
        try:
            yield run, said
        finally:
            run.send_signal(signal.SIGINT)


def photograph(run: subprocess.Popen[bytes], home: Path, lang: str) -> None:
    """Wait for each moment and take its picture."""
    deadline = time.monotonic() + SECONDS
    with sync_playwright() as playwright:
        context = playwright.chromium.connect_over_cdp(endpoint(home, deadline)).contexts[0]
        context.on("dialog", lambda _dialog: None)  # the run's own to answer
        for moment in MOMENTS:
            path = FOLDER / f"{moment.name}.{lang}.png"
            while not any(taken(page, moment, path) for page in context.pages):
                if run.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit(f"{moment.name} ({lang}) did not come")
                look_again_soon(context)


def look_again_soon(context: BrowserContext) -> None:
    """Wait a little, in Playwright's own way: it hears of new pages meanwhile."""
    with suppress(Error, IndexError):
        context.pages[0].wait_for_timeout(50)


def endpoint(home: Path, deadline: float) -> str:
    """The address of the run's browser, from the browser's own log."""
    while time.monotonic() < deadline:
        for log in home.glob("practice/*/profiles/*/autoconfigure.log"):
            if listening := re.search(r"DevTools listening on ws://([\d.:]+)/", log.read_text(errors="replace")):
                return f"http://{listening[1]}"
        time.sleep(0.2)
    raise SystemExit("no browser came up")


def taken(page: Page, moment: Moment, path: Path) -> bool:
    """Take the picture, if this page shows the moment."""
    with suppress(Error):  # the page went on meanwhile
        if re.search(moment.address, page.url) and page.evaluate(moment.shows):
            page.screenshot(path=path)
            return True
    return False


def terminal(said: str) -> str:
    """The run's words, up to the first steps, as a picture of a terminal; no font is loaded from anywhere."""
    console = Console(record=True, width=COLUMNS, file=open(os.devnull, "w"), force_terminal=True)  # noqa: SIM115 - until we end
    console.print(Text.from_ansi(until_second_step(said)), soft_wrap=False)
    return console.export_svg(
        title="autoconfigure",
        theme=DEFAULT_TERMINAL_THEME,
        code_format=re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL),
    )


def until_second_step(said: str) -> str:
    """What was said before the second step began."""
    return re.split(r"\n[^\n]*\[2/\d\]", said)[0].rstrip()


if __name__ == "__main__":
    main()
