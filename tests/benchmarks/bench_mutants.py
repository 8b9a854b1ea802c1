"""How often replay acts rightly, asks rightly, and acts wrongly on pages that changed; some ten minutes for each set of pages.

``tuned`` are the pages that the matcher was made on, ``unseen`` those that nobody looked at while it was made.
"""

from __future__ import annotations

from collections import Counter

import pytest
from playwright.sync_api import Browser

from tests.benchmarks.mutants import BY_KIND, answer, fixtures, mutants, wilson

EACH = 600  # of seven pages: 4,200 mutants of a kind, so that no false action means at most one in a thousand
SEEDS = {"tuned": 1, "unseen": 2}


@pytest.mark.parametrize("folder", SEEDS)
def test_mutants(browser: Browser, folder: str) -> None:
    """On thousands of changed pages, wrong actions are at most one in a thousand, with 95 % certainty."""
    page = browser.new_page()
    loads = list(fixtures(page, folder))
    others = [load().html for load in loads]
    told: dict[str, Counter[str]] = {kind: Counter() for kind in (*BY_KIND, "marked")}
    for load in loads:
        fixture = load()
        for kind in BY_KIND:
            for mutant in mutants(fixture, kind, EACH, SEEDS[folder], [one for one in others if one != fixture.html]):
                told[kind][answer(fixture, mutant)] += 1
                told["marked"][answer(fixture, mutant, "account")] += 1
    page.close()
    print(
        f"\n{folder} pages: the wanted element is kept, renamed or gone; marked: the same, where a secret or account is at stake"
    )
    for kind, counts in told.items():
        shares = "  ".join(f"{name} {100 * counts[name] / counts.total():.2f} %" for name in sorted(counts))
        low, high = wilson(counts["FALSE"], counts.total())
        print(f"  {kind:8} {counts.total():6} trials  {shares}  false between {100 * low:.3f} and {100 * high:.3f} %")
    assert max(wilson(counts["FALSE"], counts.total())[1] for counts in told.values()) <= 0.001
