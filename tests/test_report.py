"""The run as one HTML file that anybody can open, and that nothing in it can turn against them."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from playwright.sync_api import Page

from automation.messages import speak
from automation.report import Report
from tests.helpers import run

REPORT = Report(
    title="Outlook.com mail in Gmail",
    verdict="Everything is as it should be.",
    good=True,
    facts=[("address", "<script>document.title = 'wrong'</script>")],
    steps=[("POP", "not as wanted", "as wanted", "1.0")],
    causes=[("what", "whose", "do")],
    notes=["note"],
    taking_back="undo",
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_readable_on_a_phone(page: Page, tmp_path: Path, scheme: str) -> None:
    """In light and dark, on a narrow screen, nothing stands out at the side, and text stands off its ground."""
    path = REPORT.write(tmp_path / "report.html")
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of the two
    page.set_viewport_size({"width": 360, "height": 700})
    page.goto(path.as_uri())

    assert page.title() == "Outlook.com mail in Gmail"
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 360
    ground, ink = page.evaluate(
        "() => [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"
    )
    assert contrast(ground, ink) > 7
    assert page.get_by_role("heading", level=1).count() == 1
    assert page.get_by_role("columnheader").count() == 7


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, as WCAG 2 reckons it."""

    def light(colour: str) -> float:
        parts = [int(p) / 255 for p in colour[colour.index("(") + 1 : -1].split(",")[:3]]
        linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_page_is_in_the_language_of_the_run_and_private(tmp_path: Path) -> None:
    """The file says which language it is in, and only its owner can read it."""
    speak("ja")
    try:
        path = REPORT.write(tmp_path / "reports" / "report.html")
    finally:
        speak("en")

    assert '<html lang="ja">' in path.read_text(encoding="utf-8")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_without_a_run_there_is_no_report(home: Path) -> None:
    """The command says where it looked when there is none."""
    ending = run("report", "--json", AUTOCONFIGURE_HOME=str(home))

    assert ending.code == 2
    assert str(home) in ending.err
