"""Recordings on pages that changed by a seed: nothing wrong is acted on. A small part of what ``make bench`` measures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.benchmarks.mutants import BY_KIND, answer, fixtures, mutants

SEED, EACH = 20261123, 10


@pytest.fixture(scope="module")
def answers(browser: Browser) -> Iterator[dict[str, Counter[str]]]:
    """How often each answer was given, by the kind of change; of the matcher, for marked elements, and without a model."""
    page = browser.new_page()
    loads = list(fixtures(page, "tuned"))
    others = [load().html for load in loads]
    told: dict[str, Counter[str]] = {kind: Counter() for kind in (*BY_KIND, "marked", "without a model")}
    for load in loads:
        fixture = load()
        for kind in BY_KIND:
            for mutant in mutants(fixture, kind, EACH, SEED, [html for html in others if html != fixture.html]):
                told[kind][answer(fixture, mutant)] += 1
                told["marked"][answer(fixture, mutant, "account")] += 1
                told["without a model"][answer(fixture, mutant, with_model=False)] += 1
    yield told
    page.close()


def test_nothing_wrong_is_acted_on(answers: dict[str, Counter[str]]) -> None:
    """Whatever changed, the element acted on is the one that was recorded; with it gone, nothing is."""
    assert [answers[kind]["FALSE"] for kind in BY_KIND] == [0, 0, 0]
    assert answers["marked"]["FALSE"] == 0
    assert answers["gone"]["act-right"] == 0


def test_what_is_there_is_found(answers: dict[str, Counter[str]]) -> None:
    """Under its name it is nearly always acted on without asking; under another it is among what is asked about."""
    kept, renamed = answers["kept"], answers["renamed"]

    assert kept["act-right"] >= 0.9 * kept.total()
    assert renamed["ask-right"] + renamed["act-right"] >= 0.95 * renamed.total()


def test_the_changes_are_such_as_mislead(answers: dict[str, Counter[str]]) -> None:
    """Without the model of the page, role, name and nearest section are fooled by some of the same changes."""
    assert answers["without a model"]["FALSE"] > 0
