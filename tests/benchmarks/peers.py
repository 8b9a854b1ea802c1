"""What other recorders and players make of a changed page: the same mutants, the same marks.

They act or they do not; none of them asks. Each is told what it would have recorded on the untouched page.
"""

from __future__ import annotations

import json
import subprocess
from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from playwright.sync_api import Locator, Page

from tests.benchmarks.mutants import PAGES, Answer, Fixture, Mutant, Recorded

NODE_MODULES = Path(__file__).parents[2] / "build" / "peers"  # `make peers`
READY_MS = 500  # nothing on these pages comes late: what is not ready by then never is
_PEERS = "document[Symbol.for('peers')]"
# The recorder of DevTools writes no role it does not know; these differ from the ones we use.
_ARIA_ROLES = {"password": "textbox"}


class Peer(Protocol):
    """Another tool, on one browser page."""

    name: str

    @abstractmethod
    def record(self, recorded: Recorded) -> Any:
        """What it keeps of an element on the page as it is."""

    @abstractmethod
    def acts_on(self, kept: Any) -> int | None:
        """The mark of what it acts on now; None where it gives up."""


class Codegen:
    """Playwright codegen's locator, which has to fit one element alone (strict) that can be seen."""

    name = "codegen"

    def __init__(self, page: Page) -> None:
        self._page = page

    def record(self, recorded: Recorded) -> Locator:
        """Playwright's own generator, by its public door."""
        self._page.evaluate(f"(mark) => {_PEERS}.point(mark)", recorded.mark)
        locator = self._page.locator("[data-point]").normalize()
        self._page.evaluate(f"() => {_PEERS}.point(-1)")
        return locator

    def acts_on(self, kept: Locator) -> int | None:
        """One and visible, or nothing."""
        look = f"(all) => all.length === 1 && {_PEERS}.visible(all[0]) ? {_PEERS}.reached(all[0]) : null"
        mark: int | None = kept.evaluate_all(look)
        return mark


class SeleniumIde:
    """Selenium IDE's selectors, tried in order: the first that finds anything is acted on."""

    name = "Selenium IDE"

    def __init__(self, page: Page) -> None:
        self._page = page

    def record(self, recorded: Recorded) -> list[list[str]]:
        """All builders, in their default order."""
        kept: list[list[str]] = self._page.evaluate(f"(mark) => {_PEERS}.selenium(mark)", recorded.mark)
        return kept

    def acts_on(self, kept: list[list[str]]) -> int | None:
        """The first hit."""
        mark: int | None = self._page.evaluate(f"(kept) => {_PEERS}.first(kept)", kept)
        return mark


class Race:
    """Puppeteer's race of locators, with which recordings of Chrome's DevTools are played: a real click on this page."""

    name = "locatorRace"

    def __init__(self, page: Page, process: subprocess.Popen[str]) -> None:
        self._page, self._process = page, process

    def record(self, recorded: Recorded) -> list[str]:
        """The five kinds that DevTools keeps."""
        want = recorded.want
        role, name = _ARIA_ROLES.get(want.role, want.role), want.names[0] if want.counts["role+name"] == 1 else None
        kept: list[str] = self._page.evaluate(
            f"([mark, role, name]) => {_PEERS}.devtools(mark, role, name)",
            [recorded.mark, role, name],
        )
        return kept

    def acts_on(self, kept: list[str]) -> int | None:
        """What got the click."""
        assert self._process.stdin
        assert self._process.stdout
        self._page.evaluate(f"() => {_PEERS}.clicked()")
        self._process.stdin.write(json.dumps({"selectors": kept, "timeout": READY_MS}) + "\n")
        self._process.stdin.flush()
        json.loads(self._process.stdout.readline())
        mark: int | None = self._page.evaluate(f"() => {_PEERS}.clicked()")
        return mark


@contextmanager
def peers(page: Page, endpoint: str, race: bool) -> Iterator[list[Peer]]:
    """The peers on a page of the browser with this DevTools address, once the page has the mutants."""
    page.evaluate((PAGES / "peers.js").read_text(encoding="utf-8"))
    both: list[Peer] = [Codegen(page), SeleniumIde(page)]
    if not race:
        yield both
        return
    command = ["node", str(Path(__file__).with_name("race.mjs")), str(NODE_MODULES), endpoint]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        assert json.loads(process.stdout.readline()) == {"ready": True}
        yield [*both, Race(page, process)]
        process.stdin.close()


def recorded_by(peer: Peer, fixture: Fixture) -> dict[int, Any]:
    """What a peer keeps of every element of a page that was just loaded."""
    return {one.mark: peer.record(one) for one in fixture.recorded}


def worth(mutant: Mutant, mark: int | None) -> Answer:
    """What a peer's act is worth."""
    if mark is None:
        return "stop"
    return "act-right" if mutant.there and mark == mutant.recorded.mark else "FALSE"
