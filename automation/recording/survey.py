"""A page as a recording keeps it: all its elements, what it says of its own accord, and the tree around one element."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from automation.element import Item, items_from, plain
from automation.look import survey_page
from automation.recording.flow_file import Step, Want
from automation.recording.secret_fields import asked_for

if TYPE_CHECKING:
    from automation.asking import Target
    from automation.recording.redaction import Redaction
    from automation.tab import Tab

# Names not worth waiting for at a replay: they differ each time, repeat a secret, or say that something is on its way.
_FLEETING = re.compile(r"[0-9$]|\[hidden\]|(…|\.\.\.)$|^.{121}")
# What says when something was is another text each time, and tells no thing.
_WHEN = re.compile(
    r"(?i)\b(?:today|yesterday|tomorrow|ago|just now)\b|\b\d{1,2}[:.]\d\d\b|\b\d{4}-\d\d-\d\d\b"
    r"|\b\d{1,2}\.? (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|今日|昨日|明日|[秒分時間日]前|\d[年月日]"
)
LONGEST_QUESTION = 2000  # letters; browsers cut a dialog's text off about there
_SAME = ("role", "names", "sections", "ids")
MOST_AMONG = 3  # words that tell namesakes apart
# What tells best that something happened, the most telling first.
_TELLING = (
    ("dialog", "alertdialog"),
    ("heading",),
    ("alert", "status"),
    ("textbox", "password", "combobox", "switch", "checkbox", "radio", "button", "link"),
)


@dataclass(frozen=True)
class Survey:
    """What a page showed at one moment; ``index`` is the place of the element that was asked about, in ``items``."""

    url: str
    lang: str | None
    items: list[Item]
    news: list[tuple[str, str]]
    around: str = ""
    index: int | None = None

    def shown(self) -> Counter[tuple[str, str]]:
        """What a person could read: role and name of each element and message, and how many of each."""
        return Counter([*self.news, *((item.role, item.name) for item in self.items if item.name)])


def survey(tab: Tab, target: Target | None = None) -> Survey | None:
    """What a tab shows now, with the tree around an element if one is given; None while the page is going."""
    from playwright.sync_api import Error

    at = (target.look.number, target.item.index) if target else ()
    try:
        return survey_from(survey_page(tab.page, *at))
    except Error:
        return None


def survey_from(raw: Mapping[str, Any]) -> Survey:
    """A survey from what ``elements.js`` told."""
    lang = str(raw["lang"])[:2].lower()
    return Survey(
        url=raw["url"],
        lang=lang if lang in ("en", "ja") else None,
        items=items_from(raw["items"]),
        news=[(one["role"], one["name"]) for one in raw["news"]],
        around=raw["around"],
        index=raw["index"] if raw["index"] >= 0 else None,
    )


def evidence(survey: Survey, item: Item) -> Want:
    """All that names one element of a page, and how many elements of that page fit each piece."""

    def count(fits: Any) -> int:
        return sum(1 for other in survey.items if fits(other))

    name, sections = plain(item.name), {plain(section) for section in item.sections[:1]}
    counts = {
        "role": count(lambda i: i.role == item.role),
        "name": count(lambda i: name in map(plain, i.names)),
        "role+name": count(lambda i: i.role == item.role and name in map(plain, i.names)),
        "role+name+section": count(
            lambda i: i.role == item.role and name in map(plain, i.names) and sections <= set(map(plain, i.sections))
        ),
    }
    for key in ("id", "name", "data-testid"):
        if key in item.ids:
            counts["html " + key] = count(lambda i, key=key: i.ids.get(key) == item.ids[key])
    namesakes = [
        i for i in survey.items if i.index != item.index and i.role == item.role and name in map(plain, i.names)
    ]
    rows = item.row_addresses or ()
    tells = len(rows) == 1 and any(i.row_addresses != rows for i in namesakes)
    return Want(
        role=item.role,
        names=item.names,
        sections=item.sections[:40],
        ids=item.ids,
        row=rows[0] if tells else None,
        among=_among(item, namesakes),
        around=() if namesakes else _around(item),
        counts=counts if item.name else {"role": counts["role"]},
        index=survey.index,
    )


def _among(item: Item, namesakes: list[Item]) -> tuple[str, ...]:
    """The words around an element that none of its namesakes has around it: those of its own row, else of its sections.

    Of one without namesakes, the first words of its table row or list entry: the next row would look just the same.
    """
    if not namesakes:
        return tuple(text for text in item.things[:1] if plain(text) not in {*map(plain, item.names)})
    rows = {plain(text) for text in (*item.names, *(t for other in namesakes for t in other.things))}
    theirs = rows | {plain(text) for other in namesakes for text in other.sections}
    row = [text for text in dict.fromkeys(item.things) if plain(text) not in rows]
    return tuple(row or [text for text in dict.fromkeys(item.sections) if plain(text) not in theirs])[:MOST_AMONG]


def _around(item: Item) -> tuple[str, ...]:
    """The words around an element without namesakes, but for its own and for what says when something was."""
    own = {plain(name) for name in item.names}
    return tuple(text for text in item.around if plain(text) not in own and not _WHEN.search(text))


def dialog_step(kind: str, text: str, answer: str | bool, redaction: Redaction, **more: Any) -> Step:
    """The step that answers a native dialog which says this text; a password, PIN or code given to it is not kept."""
    expect = question(kind, text, redaction)
    if isinstance(answer, bool):
        return Step("", "dialog", value=answer, expect=expect, **more)
    value = redaction.answered(answer, text)
    if not asked_for(text):
        return Step("", "dialog", value=value, expect=expect, **more)
    expect = question(kind, text, redaction)  # without what was given, should it say that
    return Step("", "dialog", value=value, risk="secret", expect=expect, **more)


def question(kind: str, text: str, redaction: Redaction) -> tuple[dict[str, Any], ...]:
    """What a native dialog says, as the step that answers it keeps it: another question is not to be answered so.

    An alert leaves no choice: of one that may well say something else each time nothing is kept.
    """
    if not text.strip() or (kind == "alert" and _FLEETING.search(text)):
        return ()
    return ({"asks": redaction.around(text)[:LONGEST_QUESTION]},)


def became_true(
    before: Survey | None, after: Survey, redaction: Redaction, clicked: Item | None = None
) -> list[dict[str, Any]]:
    """What the page shows now that it did not show before: another address, and the first new things to read.

    And whether what was ``clicked`` is on or off, chosen or not, since: of a tab, that may be all there is to see.
    """
    expect: list[dict[str, Any]] = []
    url = redaction.url(after.url)
    if before and url and url != redaction.url(before.url):
        expect.append({"url": url})
    fresh = after.shown() - (before.shown() if before else Counter())
    told: set[str] = set()
    for roles in _TELLING:
        for role, name in fresh:
            written = redaction.around(name)
            if role in roles and len(told) < 2 and written not in told and not _FLEETING.search(written):
                told.add(written)
                expect.append({"shows": {"role": role, "name": written}})
                break
    return expect + (_turned(before, after, clicked) if before and clicked else [])


def _turned(before: Survey, after: Survey, clicked: Item) -> list[dict[str, Any]]:
    """The state of an element that was on before and is off now, or the other way; only where it is surely the same."""
    if clicked.checked is None:
        return []

    def same(survey: Survey) -> list[Item]:
        return [i for i in survey.items if all(getattr(i, key) == getattr(clicked, key) for key in _SAME)]

    now = same(after)
    turned = len(same(before)) == len(now) == 1 and now[0].checked is (not clicked.checked)
    return [{"state": now[0].checked}] if turned else []
