"""A recording of nine steps on three pages, replayed by us, by a raw Playwright script, and by @puppeteer/replay, in turn."""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext
from rich.console import Console

from automation.browser import BrowserProcess
from automation.person import Person
from automation.recording.exporting import to_devtools
from automation.recording.flow_file import Recording, Step, Want
from automation.recording.replay import Replay
from automation.recording.values import Sources, Values
from automation.settings import Settings
from automation.stop import Stop
from automation.tabs import Tabs
from tests.helpers import Site

PEERS = Path(__file__).parents[2] / "build" / "peers" / "node_modules"  # `make peers`
ROUNDS = 15
STEP_MS, STEP_SHARE = 15.0, 0.10  # over raw Playwright: one of the two has to hold
HEAD = "<!doctype html><meta charset=utf-8><title>page</title><body><h1>Settings</h1>"
FILLER = (
    "<ul>"
    + "".join(f"<li><a href='/{n}'>Topic {n}</a> <button type=button>Open {n}</button>" for n in range(20))
    + "</ul>"
)
PAGES = {
    "/1": """<form action=/2><label>Name <input name=a></label><label>Server <input name=b></label>
      <label><input type=checkbox name=c>Leave a copy</label><button>Next</button></form>""",
    "/2": """<form action=/3><label>Port <select name=d><option>110<option>995</select></label>
      <label><input type=radio name=e>Yes</label><label><input type=radio name=e>No</label><button>Save</button></form>""",
    "/3": "<h2>Saved</h2><button onclick=\"document.title = 'done'\">Close</button>",
}
# The other tool, waiting for a line on standard input before each round; says the milliseconds that the round took.
RUNNER = """
import { parse, createRunner, PuppeteerRunnerExtension } from "@puppeteer/replay";
import puppeteer from "puppeteer-core";
import fs from "fs";
import readline from "readline";
const flow = parse(JSON.parse(fs.readFileSync(process.argv[2], "utf8")));
const browser = await puppeteer.connect({ browserURL: process.argv[3], defaultViewport: null });
console.log("ready");
for await (const _line of readline.createInterface({ input: process.stdin })) {
  const started = performance.now();
  const page = await browser.newPage();
  await (await createRunner(flow, new PuppeteerRunnerExtension(browser, page))).run();
  const took = performance.now() - started;
  if (await page.title() !== "done") throw new Error("the flow did not come to its end");
  await page.close();
  console.log(took);
}
await browser.disconnect();
"""


def recording(site: str) -> Recording:
    """Nine steps."""
    steps = [
        Step("1", "open", url=site + "/1", expect=({"shows": {"role": "heading", "name": "Settings"}},)),
        Step("2", "type", want=Want("textbox", ("Name",)), value="Hanako", expect=({"state": "Hanako"},)),
        Step("3", "type", want=Want("textbox", ("Server",)), value="pop.example", expect=({"state": "pop.example"},)),
        Step("4", "switch", want=Want("checkbox", ("Leave a copy",)), value=True, expect=({"state": True},)),
        Step("5", "click", want=Want("button", ("Next",)), expect=({"url": site + "/2"},)),
        Step("6", "choose", want=Want("combobox", ("Port",)), value="995", expect=({"state": "995"},)),
        Step("7", "switch", want=Want("radio", ("Yes",)), value=True, expect=({"state": True},)),
        Step("8", "click", want=Want("button", ("Save",)), expect=({"url": site + "/3"},)),
        Step("9", "click", want=Want("button", ("Close",))),
    ]
    return Recording("nine", {"when": "2026-11-23", "by": "a benchmark"}, steps=steps)


def raw(context: BrowserContext, site: str) -> float:
    """The same nine clicks by a script that checks nothing; the milliseconds they took."""
    started = time.perf_counter()
    page = context.new_page()
    page.goto(site + "/1", wait_until="commit")
    page.get_by_role("textbox", name="Name", exact=True).fill("Hanako")
    page.get_by_role("textbox", name="Server", exact=True).fill("pop.example")
    page.get_by_role("checkbox", name="Leave a copy", exact=True).click()
    page.get_by_role("button", name="Next", exact=True).click()
    page.get_by_role("combobox", name="Port", exact=True).select_option("995")
    page.get_by_role("radio", name="Yes", exact=True).click()
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="Close", exact=True).click()
    took = (time.perf_counter() - started) * 1000
    assert page.title() == "done"
    page.close()
    return took


def ours(tabs: Tabs, recording: Recording) -> float:
    """A replay, with every outcome seen; the milliseconds it took."""
    values = Values(recording, Sources(Settings()))
    person = Person(Console(file=StringIO()), no_input=True, watch=False, plain=True)
    replay = Replay(recording, tabs, person, values)
    started = time.perf_counter()
    replay.run(recording.steps)
    took = (time.perf_counter() - started) * 1000
    assert tabs.front
    assert tabs.front.page.title() == "done"
    tabs.front.page.close()
    return took


@contextmanager
def peer(flow: dict[str, Any], endpoint: str, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """The other tool, ready for rounds."""
    (folder / "node_modules").symlink_to(PEERS)
    (folder / "run.mjs").write_text(RUNNER)
    (folder / "flow.json").write_text(json.dumps(flow))
    command = ["node", "run.mjs", "flow.json", endpoint]
    with subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdin
        assert running.stdout
        assert running.stdout.readline() == "ready\n"
        yield running
        running.stdin.close()


@pytest.mark.skipif(not (shutil.which("node") and PEERS.is_dir()), reason="needs node and `make peers`")
def test_nine_steps(browser_path: Path, tmp_path: Path) -> None:
    """A replay is no slower than @puppeteer/replay's, and costs little over a script that checks nothing."""
    site = Site()
    site.pages = {path: HEAD + FILLER + html for path, html in PAGES.items()}
    flow = to_devtools(recording(site.url), Settings())[0]
    times: dict[str, list[float]] = {"ours": [], "raw": [], "peer": []}
    with BrowserProcess(browser_path, tmp_path / "profile", headless=True, loopback_only=True) as browser:
        tabs = Tabs(browser.endpoint, Stop())
        context = tabs.open().page.context
        with peer(flow, browser.endpoint, tmp_path) as node:
            for number in range(-2, ROUNDS):  # two to warm up
                for side in sorted(times, reverse=bool(number % 2)):
                    if side == "peer":
                        assert node.stdin
                        assert node.stdout
                        node.stdin.write("\n")
                        node.stdin.flush()
                        took = float(node.stdout.readline())
                    else:
                        took = ours(tabs, recording(site.url)) if side == "ours" else raw(context, site.url)
                    if number >= 0:
                        times[side].append(took)
        tabs.close()
    site.close()
    middle = {side: statistics.median(all_) for side, all_ in times.items()}
    beside_peer = statistics.median(a / b for a, b in zip(times["ours"], times["peer"], strict=True))
    per_step = statistics.median(a - b for a, b in zip(times["ours"], times["raw"], strict=True)) / 9
    share = statistics.median(a / b for a, b in zip(times["ours"], times["raw"], strict=True)) - 1
    print("\n" + ", ".join(f"{side}: {ms:.0f} ms" for side, ms in middle.items()) + f" (median of {ROUNDS})")
    print(f"beside @puppeteer/replay: {beside_peer:.2f}; over raw Playwright: {per_step:.1f} ms a step, {share:+.0%}")

    assert beside_peer <= 1.0
    assert per_step <= STEP_MS or share <= STEP_SHARE
