"""The run as one HTML file that anybody can open and read, and that nothing in it can turn against them."""

from __future__ import annotations

import base64
import json
import re
import stat
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from automation.browser import BrowserProcess
from automation.messages import speak
from automation.probe.result import ProbeResult, Stage
from automation.report import Chapter, Met, Report
from automation.story import Event
from tests.helpers import Ending, run

EVIL = "<script>document.title = 'wrong'</script><img src=x onerror=\"document.title='wrong'\">"
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


def sample(folder: Path, good: bool = True) -> Report:
    """A report that has one of everything, and texts of a page that means harm."""
    (folder / "picture.png").write_bytes(PIXEL)
    now = time.time()
    stages = [Stage("connect", True, 0.004, "127.0.0.1"), Stage("login", False, 0.2, EVIL), Stage("list")]
    events = [
        Event("one", now, "you confirmed who you are", 12.0, by_person=True),
        Event("one", now, f"Clicking {EVIL}"),
        Event("one", now, "Outlook.com's settings", picture=folder / "picture.png", moment="before"),
        Event("one", now, "Outlook.com's settings", picture=folder / "picture.png"),
        Event("one", now, "a picture that has gone", picture=folder / "gone.png"),
        Event("one", now, probe=ProbeResult("pop", "outlook.office365.com", 995, stages)),
    ]
    return Report(
        title="Outlook.com mail in Gmail",
        verdict="It works." if good else "It does not work.",
        good=good,
        about="autoconfigure · 2026-11-23 07:49 · 29 seconds",
        explained=[] if good else [f"Seen: {EVIL}"],
        facts=[("Outlook.com address", "a-rather-long-name-of-somebody@outlook.example"), ("way", EVIL)],
        reasons=["a reason"],
        chapters=[Chapter("1. POP", "changed", good, events, now, 2.5, "POP is off", "POP is on")],
        met=[Met("What was met", "Microsoft", "What to do", [EVIL])],
        notes=["a note"],
        taking_back=["Run “autoconfigure undo”."],
        by_hand=["Switch it off."],
        for_helpers=json.dumps({"outcome": "done", "a-very-long-word": "x" * 300}),
    )


def complaints(page: Page) -> list[str]:
    """What axe finds on the page with everything on it unfolded, and what stands out at the side."""
    page.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true })")
    found = [f"{v['impact']} {v['id']}: {v['nodes'][0]['html'][:200]}" for v in Axe().run(page).response["violations"]]
    wide = page.evaluate("() => document.documentElement.scrollWidth > innerWidth")
    return found + (["it is wider than the screen"] if wide else [])


# English and Japanese, light and dark, a desk and a phone, well and ill: each pair of them once.
VIEWS = [
    ("en", "light", 1000, True),
    ("en", "dark", 360, False),
    ("ja", "dark", 1000, True),
    ("ja", "light", 360, False),
]


@pytest.mark.parametrize(("lang", "scheme", "width", "good"), VIEWS)
def test_everybody_can_read_it(page: Page, tmp_path: Path, lang: str, scheme: str, width: int, good: bool) -> None:
    """In either language, light and dark, on a phone and at a desk, axe has nothing to say against a report."""
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of the two
    page.set_viewport_size({"width": width, "height": 700})
    speak(lang)
    page.goto(sample(tmp_path, good).write(tmp_path / "report.html").as_uri())

    assert complaints(page) == []
    assert page.locator("html").get_attribute("lang") == lang


def test_nothing_in_it_runs_or_comes_from_elsewhere(page: Page, tmp_path: Path) -> None:
    """What a hostile page or server said stands there as text; the file asks for no other, and is its owner's alone."""
    path = sample(tmp_path).write(tmp_path / "reports" / "report.html")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    html = path.read_text(encoding="utf-8")

    assert page.title() == "Outlook.com mail in Gmail"
    assert EVIL in page.locator("dl").first.inner_text()
    assert [url for url in asked if not url.startswith("data:image/png")] == [path.as_uri()]
    assert re.findall(r"<script|(?:src|href)=\"(?!data:)", html) == []
    assert html.count("<img") == 2
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@dataclass
class Practised:
    """A practice run that has ended, and the home it was in."""

    ending: Ending
    home: Path

    def page(self, page: Page) -> Page:
        """Its report, opened."""
        page.goto(Path(self.ending.json["report"]).as_uri())
        return page


@pytest.fixture(scope="module")
def practised(tmp_path_factory: pytest.TempPathFactory) -> Practised:
    """A practice run in Japanese, in the world as it is today."""
    home = tmp_path_factory.mktemp("practised") / "home"
    given = ("--sandbox", "--world", "today", "--lang", "ja", "--headless", "--no-watch", "--json")
    return Practised(run(*given, seconds=240, AUTOCONFIGURE_HOME=str(home)), home)


def test_a_report_tells_what_happened(practised: Practised, page: Page) -> None:
    """Each step has how it was and is, when, what the person did in words, and a picture that says what it shows."""
    shown = practised.page(page)
    steps = shown.locator("section.card").filter(has=page.locator("img"))
    text = shown.inner_text("main")

    assert practised.ending.code == 0, practised.ending.err
    assert [step.locator("h3").inner_text()[:2] for step in steps.all()] == ["1.", "2.", "3."]
    for step in steps.all():
        assert step.locator("dd").count() == 2
        assert step.locator("time").first.get_attribute("datetime")
        assert re.fullmatch(r"変更後：.+\d\d:\d\d:\d\d", step.locator("figcaption").first.inner_text())
        assert step.locator("details figcaption").first.evaluate("(f) => f.textContent").startswith("変更前：")
    assert "Google のアプリ パスワードを作っていただきました" in text
    assert "転送" in text
    assert "2024-09-16" in text
    assert "スイッチ「転送を有効にする」を切り替えました" in (shown.text_content("main") or "")
    assert not re.search("google-app-password|outlook-forwarding|not as wanted", text)
    assert complaints(shown) == []


def test_the_report_of_a_practice_run_is_found(practised: Practised, tmp_path: Path) -> None:
    """`autoconfigure report` opens the newest real run's report, else says that it is practice; --sandbox means that one."""
    opened, script, told = tmp_path / "opened.txt", tmp_path / "browser", str(practised.home)
    script.write_text(f'#!/bin/sh\necho "$1" >> {opened}\n')
    script.chmod(0o700)
    report = practised.ending.json["report"]
    ending = run("report", AUTOCONFIGURE_HOME=told, BROWSER=f"{script} %s", TTY_COMPATIBLE="1", NO_COLOR="1")

    assert ending.code == 0
    assert "This is the report of a practice run" in ending.out
    assert opened.read_text() == Path(report).as_uri() + "\n"
    assert f"{report}（autoconfigure report --sandbox" in practised.ending.err

    real = practised.home / "reports" / "20250101-000000.html"
    real.parent.mkdir()
    real.write_text("older, but real")
    assert run("report", "--json", AUTOCONFIGURE_HOME=told).json["report"] == str(real)
    assert run("report", "--json", "--sandbox", AUTOCONFIGURE_HOME=told).json["report"] == report


def test_a_report_that_cannot_be_written_costs_no_ending(browser_path: Path, home: Path, tmp_path: Path) -> None:
    """Where the reports' folder is no folder, the run still tells what it met, and that there is no report."""
    home.mkdir(mode=0o700)
    (home / "reports").write_text("in the way")
    nowhere = "http://127.0.0.1:9"
    given = {"OUTLOOK_ADDRESS": "a@outlook.example", "GMAIL_ADDRESS": "a@gmail.example", "DISPLAY_NAME": "A"}
    with BrowserProcess(browser_path, tmp_path / "theirs", headless=True, loopback_only=True) as browser:
        arguments = ("--json", "--yes", "--no-watch", "--attach", browser.endpoint)
        ending = run(*arguments, OUTLOOK_URL=nowhere, GMAIL_URL=nowhere, **given)

    assert (ending.code, ending.cause, ending.json["report"]) == (1, "page.not-loaded", None)
    assert "The report could not be written" in ending.err


def test_without_a_run_there_is_no_report(home: Path) -> None:
    """The command says where it looked when there is none."""
    ending = run("report", "--json", AUTOCONFIGURE_HOME=str(home))

    assert ending.code == 2
    assert str(home) in ending.err
