"""Takes the pictures of the README anew: ``python -m tools.pictures``, a practice run on a virtual screen, watched.

The terminal is saved as SVG from the run's own output, the pages as PNG by a second look at the same browser.
"""

from __future__ import annotations

import html
import io
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
from itertools import groupby
from pathlib import Path

from playwright.sync_api import BrowserContext, Error, Page, sync_playwright
from rich._export_format import CONSOLE_SVG_FORMAT
from rich.cells import cell_len
from rich.console import Console
from rich.terminal_theme import SVG_EXPORT_THEME
from rich.text import Text

from automation.browser_places import find_browser

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
PROGRAM = "import sys; sys.argv[0] = 'autoconfigure'; from automation.cli import main; main()"
SANDBOX = [sys.executable, "-c", PROGRAM, "--sandbox"]
COLUMNS = 100
REPORT_SIZE = (760, 1000)
SECONDS = 120.0  # a watched run meets both moments within its first minute
LARGEST = 200_000  # bytes; a README is read on the phone too


@dataclass(frozen=True)
class Moment:
    """A moment worth a picture: its file, the page's address, what must stand on the page by then, and the size."""

    name: str
    address: str
    shows: str
    size: tuple[int, int]


MOMENTS = (
    Moment(
        "hand-over", r"/options/mail/forwarding", "() => !!document.querySelector('autoconfigure-banner')", (1120, 780)
    ),
    Moment(
        "pop-window",
        r"view=ma\b",
        "() => !!document.querySelector('autoconfigure-banner') && !!document.querySelector('[type=password]')?.value",
        (760, 620),
    ),
)


def main() -> None:
    """Take all pictures, in both languages."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for lang in ("en", "ja"):
        with tempfile.TemporaryDirectory() as home, practice_run(lang, Path(home)) as (run, said):
            photograph(run, Path(home), lang)
            (FOLDER / f"plan.{lang}.svg").write_text(terminal(said.read_text(encoding="utf-8")), encoding="utf-8")
        with tempfile.TemporaryDirectory() as home:
            photograph_report(Path(home), lang)
    for picture in sorted(FOLDER.iterdir()):
        size = picture.stat().st_size
        print(
            f"{picture.relative_to(FOLDER.parents[1])}: {size // 1000} KB" + (" - too large" if size > LARGEST else "")
        )


@contextmanager
def practice_run(lang: str, home: Path) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """A watched practice run on a virtual screen, and the file with what it says; stopped at the end."""
    said = home / "said.txt"
    command = [*SANDBOX, "--plain", "--lang", lang]
    with said.open("wb") as words, subprocess.Popen(command, stdout=words, stderr=words, env=environment(home)) as run:
        try:
            yield run, said
        finally:
            run.send_signal(signal.SIGINT)


def environment(home: Path) -> dict[str, str]:
    """This one, without a screen and with a home of the run's own."""
    known = {
        name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY", "NO_COLOR")
    }
    return known | {
        "AUTOCONFIGURE_HOME": str(home),
        "FORCE_COLOR": "1",
        "COLUMNS": str(COLUMNS),
        "PYTHONUNBUFFERED": "1",
    }


def photograph_report(home: Path, lang: str) -> None:
    """Take the picture of a report's beginning, of a run by forwarding."""
    command = [*SANDBOX, "--world", "today", "--yes", "--headless", "--no-watch", "--lang", lang]
    subprocess.run(command, env=environment(home), check=True, capture_output=True)
    [report] = home.glob("practice/*/reports/*.html")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser())
        page = browser.new_page(viewport={"width": REPORT_SIZE[0], "height": REPORT_SIZE[1]})
        page.goto(report.as_uri())
        page.screenshot(path=FOLDER / f"report.{lang}.png")


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
            page.set_viewport_size({"width": moment.size[0], "height": moment.size[1]})
            page.wait_for_timeout(100)  # until the frame has followed what it marks
            page.screenshot(path=path)
            return True
    return False


def terminal(said: str) -> str:
    """The run's words, from the plan to the end of the first step, as a picture of a terminal."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi(first_step(said)))
    # No font is loaded from anywhere, and every run of characters of one width gets a place of its own.
    svg = console.export_svg(
        title="autoconfigure", theme=SVG_EXPORT_THEME, code_format=_FONTS.sub("", CONSOLE_SVG_FORMAT)
    )
    return _TEXT.sub(_by_width, svg)


def first_step(said: str) -> str:
    """What was said from the first look at things to the beginning of the second step."""
    begin = re.search(r"\n[^\n]*…", said)
    return re.split(r"\n[^\n]*\[2/\d\]", said[begin.start() if begin else 0 :])[0].strip("\n")


_FONTS = re.compile(r"@font-face \{\{.*?\}\}\s*", re.DOTALL)
_TEXT = re.compile(r'(<text class="[^"]*-r\d+" )x="([\d.]+)"( y="[\d.]+" )textLength="[\d.]+"([^>]*>)([^<]*)</text>')
_CELL = 12.2  # units a character of single width takes in rich's SVG


def _by_width(text: re.Match[str]) -> str:
    """One text of rich's SVG, split where narrow and wide characters meet: it counts both as narrow."""
    start, x, y, end, words = text.groups()
    at, parts = float(x), []
    for _wide, run in groupby(html.unescape(words), lambda char: cell_len(char) > 1):
        piece = "".join(run)
        parts.append(f'{start}x="{at:g}"{y}textLength="{_CELL * cell_len(piece):g}"{end}{html.escape(piece)}</text>')
        at += _CELL * cell_len(piece)
    return "".join(parts)


if __name__ == "__main__":
    main()
