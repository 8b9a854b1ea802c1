"""What a whole run costs beside a raw script that does the same clicks, pair by pair: ``make bench``.

Started as a program, this module is the product with a stopwatch around its engine and a scripted person at it.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from automation.browser import BrowserProcess
from flows.sandbox import Sandbox

ROOT = Path(__file__).parents[2]
PAIRS = 7
HELP_PAIRS = 31
RUN_RATIO, ENGINE_MS, HELP_RATIO, PYTHON_MB = 1.25, 60, 1.5, 100
SECONDS = 240  # no run takes that long, however busy the machine


def test_from_the_yes_to_the_proof(browser_path: Path, tmp_path: Path) -> None:
    """A run costs at most 1.25 times the raw script, 60 ms of engine per action, and 100 MB of Python."""
    ratios, runs = [], []
    print(f"\n{'pair':>4} {'product':>8} {'raw':>8} {'ratio':>6} {'engine/action':>14} {'Python':>8} {'driver':>8}")
    for number in range(PAIRS):
        sides = (
            (run_product, run_raw) if number % 2 else (run_raw, run_product)
        )  # neither always profits from warm files
        took = {side: side(browser_path, tmp_path / f"{number}-{side.__name__}") for side in sides}
        run, raw = took[run_product], took[run_raw]
        runs.append(run)
        ratios.append(run["seconds"] / raw["seconds"])
        print(
            f"{number + 1:>4} {run['seconds']:7.1f}s {raw['seconds']:7.1f}s {ratios[-1]:6.2f}"
            f" {run['engine_ms']:11.1f} ms {run['python_mb']:5.0f} MB {run['driver_mb']:5.0f} MB"
        )
    engine = statistics.median(run["engine_ms"] for run in runs)
    memory = max(run["python_mb"] for run in runs)
    print(f"ratio: median {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}), {PAIRS} pairs")
    print(
        f"engine per action: median {engine:.1f} ms over {runs[-1]['actions']} actions a run; Python: {memory:.0f} MB"
    )

    assert memory < PYTHON_MB
    assert engine <= ENGINE_MS
    assert statistics.median(ratios) <= RUN_RATIO


def test_help() -> None:
    """`autoconfigure --help` takes at most 1.5 times what loading click and rich alone takes."""
    program = "import sys; sys.argv[0] = 'autoconfigure'; from automation.cli import main; main()"
    floor = [sys.executable, "-c", "import click, rich.console"]
    ours = [sys.executable, "-c", program, "--help"]
    pairs = [(timed(ours), timed(floor)) for _n in range(HELP_PAIRS)]
    ratio = statistics.median(mine / its for mine, its in pairs)
    mine, its = (statistics.median(times) for times in zip(*pairs, strict=True))

    print(f"\n--help: {mine * 1000:.0f} ms, import click, rich.console: {its * 1000:.0f} ms, ratio {ratio:.2f}")
    assert ratio <= HELP_RATIO


def timed(command: list[str]) -> float:
    """Seconds that a command takes."""
    started = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(ROOT)})
    return time.monotonic() - started


def run_product(browser_path: Path, folder: Path) -> dict[str, Any]:
    """One run of the product in a world and a browser of its own; what its stopwatch says."""
    flags = ("--yes", "--json", "--no-watch", "--route", "pop-import")
    return _run(browser_path, folder, "bench_run", lambda endpoint: ["--attach", endpoint, *flags])


def run_raw(browser_path: Path, folder: Path) -> dict[str, Any]:
    """The same for the raw script."""
    return _run(browser_path, folder, "raw_classic", lambda endpoint: [endpoint])


def _run(browser_path: Path, folder: Path, module: str, arguments: Callable[[str], list[str]]) -> dict[str, Any]:
    folder.mkdir()
    measures = folder / "measures.json"
    browser = BrowserProcess(browser_path, folder / "profile", headless=True, loopback_only=True, lang="en")
    with Sandbox("classic", lang="en") as sandbox, browser:
        known = {
            **os.environ,
            **sandbox.settings,
            "AUTOCONFIGURE_HOME": str(folder / "home"),
            "PRACTICE_PASSWORD": sandbox.practice_password,
            "MEASURES": str(measures),
            "PYTHONPATH": str(ROOT),
        }
        command = [sys.executable, "-m", f"tests.benchmarks.{module}", *arguments(browser.endpoint)]
        done = subprocess.run(command, env=known, cwd=folder, capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(measures.read_text())
    return found


# -- the product with a stopwatch: only in the process that ``run_product`` starts -----------------------------------


class Stopwatch:
    """Times of the engine's actions, without what the browser itself takes for them, and the moments of yes and proof."""

    def __init__(self) -> None:
        self.engine: list[float] = []
        self._browser = 0.0
        self._depth = 0
        self.yes = self.proof = 0.0

    def action(self, verb: Callable[..., Any]) -> Callable[..., Any]:
        """Around one thing the engine does on a page: what of its time is not the browser's."""

        def timed_verb(*given: Any, **more: Any) -> Any:
            if self._depth:
                return verb(*given, **more)
            self._depth, self._browser, started = 1, 0.0, time.monotonic()
            try:
                return verb(*given, **more)
            finally:
                self._depth = 0
                self.engine.append(time.monotonic() - started - self._browser)

        return timed_verb

    def browser(self, deed: Callable[..., Any]) -> Callable[..., Any]:
        """Around what a raw script would wait for as well: the click itself, and the page's own time."""

        def timed_deed(*given: Any, **more: Any) -> Any:
            started = time.monotonic()
            try:
                return deed(*given, **more)
            finally:
                self._browser += time.monotonic() - started

        return timed_deed

    def moment(self, name: str, deed: Callable[..., Any]) -> Callable[..., Any]:
        """Remember when a thing was done."""

        def noted(*given: Any, **more: Any) -> Any:
            answer = deed(*given, **more)
            setattr(self, name, time.monotonic())
            return answer

        return noted

    def report(self) -> dict[str, Any]:
        """The measurement, with the peak memory of this process and of Playwright's driver."""
        return {
            "seconds": self.proof - self.yes,
            "actions": len(self.engine),
            "engine_ms": statistics.median(self.engine) * 1000,
            "python_mb": peak_mb("self"),
            "driver_mb": sum(peak_mb(child) for child in children()),
        }


def peak_mb(process: str) -> float:
    """The peak memory of a process (VmHWM of Linux), in MB."""
    status = Path("/proc", process, "status").read_text().split("VmHWM:")[1]
    return int(status.split()[0]) / 1024


def children() -> list[str]:
    """The processes this one started and that still live."""
    return [pid for file in Path("/proc/self/task").glob("*/children") for pid in file.read_text().split()]


def measured() -> None:
    """The product, its engine under the stopwatch, with the sandbox's scripted person in the same process."""
    from playwright.sync_api import ElementHandle
    from playwright.sync_api import Page as BrowserPage

    from automation.cli import common, main
    from automation.page import Page
    from automation.tab import Tab
    from flows import proof_mail
    from flows.sandbox.scripted import ScriptedPerson

    watch = Stopwatch()
    for verb in ("click", "write", "write_secret", "switch", "choose"):
        setattr(Page, verb, watch.action(getattr(Page, verb)))
    for kind, deeds in (
        (ElementHandle, ("click", "fill", "select_option")),
        (BrowserPage, ("bring_to_front",)),
        (Tab, ("rest",)),
    ):
        for deed in deeds:
            setattr(kind, deed, watch.browser(getattr(kind, deed)))

    class Practised(ScriptedPerson):
        practice_password = os.environ["PRACTICE_PASSWORD"]
        agrees = watch.moment("yes", ScriptedPerson.agrees)

    def prove(*given: Any, **more: Any) -> Any:
        seconds = real_prove(*given, **more)
        watch.proof = time.monotonic()
        Path(os.environ["MEASURES"]).write_text(json.dumps(watch.report()))
        return seconds

    real_prove, real_person = proof_mail.prove, common.Shared.person
    proof_mail.prove = prove
    common.Shared.person = lambda self, kind=None, **more: real_person(self, kind or Practised, **more)  # type: ignore[method-assign]
    sys.argv[0] = "autoconfigure"
    main()


if __name__ == "__main__":
    measured()
