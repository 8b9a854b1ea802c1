"""Pages that change under a recording, by a seed: what was recorded, what the page has become, and what is made of it."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page

from automation.element import Found, Item, Risk, items_from
from automation.look import COLLECT
from automation.recording.flow_file import Want
from automation.recording.matching import match
from automation.recording.survey import Survey, evidence

PAGES = Path(__file__).with_name("pages")
Kind = Literal["kept", "renamed", "gone"]
Answer = Literal["act-right", "ask-right", "ask-other", "stop", "FALSE"]

# What leaves the wanted element there under its name.
KEPT = (
    "unchanged",
    "ids_renamed",
    "classes_renamed",
    "attributes_stripped",
    "wrapped",
    "reordered",
    "tag_swapped",
    "role_changed",
    "moved",
    "section_moved",
    "sections_renamed",
    "others_edited",
    "paragraphs_edited",
    "others_removed",
    "notice_added",
    "punctuation",
    "shadow",
    "redesigned",
    "namesake_added",
    "dialog_over",
    "near_namesake_added",
    "hidden_twin",
    "id_hijacked",
    "language_known",
)
RENAMED = (
    "text_edited",
    "text_rewritten",
    "copy_rewritten",
    "text_edited_and_id",
    "role_and_text",
    "language_switched",
)
GONE = (
    "removed",
    "replaced_by_near_namesake",
    "replaced_by_another",
    "namesake_left_elsewhere",
    "namesake_left_in_dialog",
    "hidden",
    "section_removed",
    "removed_and_hijacked",
    "removed_in_another_language",
    "another_page",
)
# What comes on top of the change that counts.
NOISE = (
    "ids_renamed",
    "classes_renamed",
    "attributes_stripped",
    "wrapped",
    "reordered",
    "others_edited",
    "paragraphs_edited",
    "others_removed",
    "notice_added",
    "sections_renamed",
    "near_namesake_added",
    "hidden_twin",
    "id_hijacked",
)
BY_KIND: dict[Kind, tuple[str, ...]] = {"kept": KEPT, "renamed": RENAMED, "gone": GONE}

_MUTANTS = "document[Symbol.for('mutants')]"
_LOOK = f"""() => {{
  const look = ({COLLECT})({{rows: true, ids: true}}), mutants = {_MUTANTS};
  return {{items: look.items, marks: look.elements.map(mutants.mark)}};
}}"""
_TRIAL = f"""([mark, names, seed, other]) => {{
  const mutants = {_MUTANTS};
  if (!mutants.mutate(mark, names, seed, other)) return null;
  const look = ({COLLECT})({{rows: true, ids: true}});
  return JSON.stringify({{items: look.items, marks: look.elements.map(mutants.mark), there: mutants.isThere(mark)}});
}}"""


@dataclass(frozen=True)
class Recorded:
    """One element of a page as it was recorded, and its mark."""

    page: str
    want: Want
    mark: int
    translation: str | None


@dataclass(frozen=True)
class Mutant:
    """What a page has become: its items with the marks behind them, and whether the wanted element can be used."""

    recorded: Recorded
    changes: tuple[str, ...]
    items: list[Item]
    marks: list[int]
    there: bool

    def said(self, found: Found) -> Answer:
        """What an answer is worth on this mutant."""
        if found.item:
            return "act-right" if self.marks[found.item.index] == self.recorded.mark else "FALSE"
        if any(self.marks[c.index] == self.recorded.mark for c in found.candidates):
            return "ask-right"
        return "ask-other" if found.candidates else "stop"


class Fixture:
    """One page loaded into a browser, with everything on it recorded."""

    def __init__(self, page: Page, file: Path) -> None:
        self._page = page
        self.name = file.stem
        loaded = page.evaluate(f"(html) => {_MUTANTS}.load(html)", file.read_text(encoding="utf-8"))
        self.html: str = loaded["html"]
        seen = page.evaluate(_LOOK)
        self.model = items_from(seen["items"])
        words, whole = loaded["words"], Survey("http://page.example/", None, self.model, [])
        self.recorded = [
            Recorded(self.name, _want(whole, item), mark, _said(words, item.name))
            for item, mark in zip(self.model, seen["marks"], strict=True)
            if item.name and item.role not in ("heading", "row", "listbox", "option") and mark >= 0
        ]

    def mutant(self, recorded: Recorded, changes: tuple[str, ...], seed: int, other: str) -> Mutant | None:
        """The page after these changes; None where one of them does not apply to it."""
        if "language_known" in changes:
            recorded = replace(recorded, want=replace(recorded.want, known=(recorded.translation or "-",)))
        names = ["language_switched" if one == "language_known" else one for one in changes if one != "unchanged"]
        answer = self._page.evaluate(_TRIAL, [recorded.mark, names, seed, other])
        if answer is None:
            return None
        seen = json.loads(answer)
        return Mutant(recorded, changes, items_from(seen["items"]), seen["marks"], seen["there"])


def _want(whole: Survey, item: Item) -> Want:
    """The want as the recorder makes it; the row is kept where it tells the element from others of its name."""
    same = [i for i in whole.items if (i.role, i.name) == (item.role, item.name)]
    row = item.row_addresses[0] if len(same) > 1 and len(item.row_addresses or ()) == 1 and item.row_addresses else None
    return replace(evidence(replace(whole, index=item.index), item), row=row)


def _said(words: dict[str, str], name: str) -> str | None:
    return words.get(name) or words.get(name + ":")


def fixtures(page: Page, folder: str) -> Iterator[Callable[[], Fixture]]:
    """The pages of a folder, each loaded when it is asked for."""
    page.route("http://page.example/**", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
    page.goto("http://page.example/")
    page.evaluate((PAGES / "mutate.js").read_text(encoding="utf-8"))
    for file in sorted((PAGES / folder).glob("*.html")):
        yield lambda file=file: Fixture(page, file)  # type: ignore[misc]  # bound per round


def mutants(fixture: Fixture, kind: Kind, count: int, seed: int, others: Sequence[str]) -> Iterator[Mutant]:
    """So many mutants of one kind, drawn from a seed: the element, the change that counts, and up to two on top."""
    chance = random.Random(f"{fixture.name} {kind} {seed}")
    made = 0
    while made < count:
        recorded = chance.choice(fixture.recorded)
        change = chance.choice(BY_KIND[kind])
        noise = chance.sample(NOISE, chance.choice((0, 0, 1, 2)))
        changes = (change, *noise) if change not in GONE else (*noise, change)
        mutant = fixture.mutant(recorded, changes, chance.randrange(2**31), chance.choice(others))
        if mutant is None or mutant.there is (change in GONE):
            continue  # does not apply here, or on top of it something else removed or hid the element
        made += 1
        yield mutant


def answer(fixture: Fixture, mutant: Mutant, risk: Risk = "", with_model: bool = True) -> Answer:
    """What the matcher makes of a mutant, where the wanted element is marked with ``risk``."""
    model = fixture.model if with_model else None
    return mutant.said(match(mutant.recorded.want, risk, mutant.items, model))


def wilson(successes: int, trials: int, z: float = 1.96) -> tuple[float, float]:
    """The bounds that hold the true share with 95 % (Wilson 1927)."""
    if not trials:
        return 0.0, 1.0
    share, weight = successes / trials, z * z / trials
    middle = (share + weight / 2) / (1 + weight)
    reach = z * math.sqrt(share * (1 - share) / trials + weight / (4 * trials)) / (1 + weight)
    return max(0.0, middle - reach), min(1.0, middle + reach)
