"""What the READMEs promise: the program's own words, pictures and files that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from automation.cli import COMMANDS
from tools.docs import BLOCK, HERE, PAGES, brought_up_to_date

LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)|<img [^>]*src=\"(?!https?:)([^\"]+)")
PICTURE_BYTES = 200_000

pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


@pages
def test_help_is_the_programs_own(page: Path) -> None:
    """The help shown in a README is what the program prints now, in the README's language."""
    text = page.read_text(encoding="utf-8")

    assert "--help" in {block["arguments"].split()[-1] for block in BLOCK.finditer(text)}
    assert all(("--lang ja" in block["arguments"]) == (".ja." in page.name) for block in BLOCK.finditer(text))
    assert brought_up_to_date(text) == text, "run: python -m tools.docs"


@pages
def test_a_stale_block_is_seen(page: Path) -> None:
    """A block that says something else than the program is written anew."""
    text = page.read_text(encoding="utf-8")
    stale = re.sub("--patience (SECONDS|秒数)", "--patience HOURS", text)

    assert stale != text
    assert brought_up_to_date(stale).count("--patience HOURS") == stale.count("--patience HOURS") - 1


@pages
def test_links_lead_somewhere(page: Path) -> None:
    """Every picture and file a README points at is in the repository, and a picture is small enough for a phone."""
    names = [first or second for first, second in LINK.findall(page.read_text(encoding="utf-8"))]
    pictures = [HERE / name for name in names if name.startswith("docs/pictures/")]

    assert [name for name in names if not (HERE / name).exists()] == []
    assert len(pictures) >= 2
    assert [path.name for path in pictures if path.stat().st_size > PICTURE_BYTES] == []


@pages
def test_every_command_is_told(page: Path) -> None:
    """A README speaks of every command there is, outside the program's own help too."""
    told = BLOCK.sub("", page.read_text(encoding="utf-8"))

    assert [name for name in COMMANDS if name != "run" and f"autoconfigure {name}" not in told] == []


def test_citations_lead_somewhere() -> None:
    """Where the code cites a page of docs/ by a section's number, that page has that section."""
    cited = re.compile(r"docs/(\w+\.md)(?:``)?(?:,| section) (\d+)(?:(?:, \d+)* and (\d+))?")
    rooms = ("automation", "flows", "tests", "tools")
    sources = [p for room in rooms for kind in ("*.py", "*.js") for p in (HERE / room).rglob(kind)]
    found = {(m[1], n) for p in sources for m in cited.finditer(p.read_text("utf-8")) for n in (m[2], m[3]) if n}
    sections = {
        (page.name, number)
        for page in (HERE / "docs").glob("*.md")
        for number in re.findall(r"^## (\d+)\. ", page.read_text("utf-8"), re.MULTILINE)
    }

    assert len(found) > 10
    assert found - sections == set()
