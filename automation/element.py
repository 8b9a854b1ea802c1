"""A named element and its evidence: what makes us act on it, ask about it, or stop."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from automation.messages import N_, _, noted

Risk = Literal["", "secret", "account", "destructive"]
How = Literal["first", "known", "learned", "assigned", "candidate", "none"]

# Only elements of one class can be each other: a link may become a button, never a field.
_CLASSES = {
    "press": ("button", "link", "tab", "menuitem"),
    "tick": ("checkbox", "radio", "switch"),
    "fill": ("textbox", "searchbox", "combobox", "slider"),
    "list": ("listbox", "option", "row"),
}
_CLASS_OF = {role: name for name, roles in _CLASSES.items() for role in roles}

_JAPANESE = r"\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff"
JAPANESE_LETTER = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_SPACE_BY_JAPANESE = re.compile(rf"(?<=[{_JAPANESE}])\s+|\s+(?=[{_JAPANESE}])")
_ENDING = re.compile(r"[\s:»…]*(?:\.\.\.)?[\s:»…]*$")
_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"'})


@lru_cache(maxsize=8192)  # the same texts stand around many elements, look after look
def plain(text: str) -> str:
    """A label as it is compared: NFKC, one kind of space and none beside Japanese, no final colon, » or …."""
    text = unicodedata.normalize("NFKC", text.translate(_QUOTES))
    text = _SPACE_BY_JAPANESE.sub("", " ".join(text.split()))
    return _ENDING.sub("", text).strip()


# What roles are called before people.
_CALLED = {
    "button": N_("button"),
    "link": N_("link"),
    "tab": N_("tab"),
    "menuitem": N_("menuitem"),
    "checkbox": N_("checkbox"),
    "radio": N_("radio"),
    "switch": N_("switch"),
    **dict.fromkeys(("textbox", "searchbox", "input"), N_("textbox")),
    "combobox": N_("combobox"),
    "password": N_("password"),
    "heading": N_("heading"),
    **dict.fromkeys(("dialog", "alertdialog"), N_("dialog")),
    **dict.fromkeys(("status", "alert"), N_("message")),
    "option": N_("option"),
    "row": N_("row"),
    **dict.fromkeys(("widget", "roletype"), N_("element")),
    "generic": N_("text"),
}


def in_words(role: str, name: str, section: str | None = None) -> str:
    """An element in one line for people: what it is, how it is called, and the section it stands in."""
    told = _("{role} “{name}”").format(role=_(_CALLED[role]) if role in _CALLED else role, name=name)
    return noted(told, section) if section else told


def class_of(role: str) -> str:
    """The class of a role: what may change into each other and stay the same element."""
    return _CLASS_OF.get(role, role)


@dataclass(frozen=True)
class Words:
    """The exact wordings of one thing by language, newest first; ``unsure`` ones need the section as well."""

    en: tuple[str, ...] = ()
    ja: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()

    def sure_of(self, text: str) -> bool:
        """Whether this text is one of the wordings we have seen for certain."""
        return plain(text) in {plain(w) for w in (*self.en, *self.ja)}

    def know(self, text: str) -> bool:
        """Whether this text is one of the wordings, sure or not."""
        return self.sure_of(text) or plain(text) in {plain(w) for w in self.unsure}

    def first(self, text: str) -> bool:
        """Whether this text is the newest sure wording of a language."""
        return plain(text) in {plain(w) for w in (*self.en[:1], *self.ja[:1])}

    def all(self) -> tuple[str, ...]:
        """Every wording, the sure ones first."""
        return (*self.en, *self.ja, *self.unsure)


@dataclass(frozen=True)
class Rule:
    """A language-neutral rule where no wording is sure: a pattern the name must show, and one it must not."""

    needs: str
    never: str = r"(?!)"

    def know(self, text: str) -> bool:
        """Whether a name obeys the rule."""
        name = plain(text)
        return bool(re.search(self.needs, name)) and not re.search(self.never, name)


# The whole page serves as the section: only for pages and windows that were recognised before by sure evidence.
THIS_PAGE = Rule("")


@dataclass(frozen=True)
class Element:
    """One thing on a page: how people call it, its roles, its wordings, the section it stands in, its risk.

    ``html`` is a field name seen in the provider's own page; it counts as a declared rule.
    """

    called: str
    roles: tuple[str, ...]
    words: Words = field(default_factory=Words)
    section: Words | Rule | None = None
    rule: Rule | None = None
    html: str | None = None
    risk: Risk = ""


@dataclass(frozen=True)
class Item:
    """One element that a page really shows, as ``elements.js`` saw it."""

    index: int
    role: str
    names: tuple[str, ...]
    sections: tuple[str, ...]
    enabled: bool
    checked: bool | None
    value: str | None
    options: tuple[dict[str, Any], ...]
    html: str | None
    row_addresses: tuple[str, ...] | None
    row_text: str
    ids: Mapping[str, str] = field(default_factory=dict)
    part: str = ""  # of the page: "dialog 0", "main 1", "around 2"; nothing for what stands in none
    personal: bool = False  # it stands among the person's own things
    things: tuple[str, ...] = ()  # the first words of its own row, card or list entry, without its own
    around: tuple[str, ...] = ()  # the words nearest to it: of its row or list entry, else of its smallest container
    within: str = ""  # the containers it shares with other elements, as numbers from the widest to the smallest: "0.3"

    @property
    def name(self) -> str:
        """The name people would read, or nothing."""
        return self.names[0] if self.names else ""

    def described(self) -> dict[str, Any]:
        """Role, name and sections, for reports."""
        return {"role": self.role, "name": self.name, "section": self.sections[0] if self.sections else None}


def items_from(raw: list[dict[str, Any]]) -> list[Item]:
    """The items of one look at a page."""
    return [
        Item(
            index=index,
            role=one["role"],
            names=tuple(n["text"] for n in one["names"]),
            sections=tuple(one["sections"]),
            enabled=one["enabled"],
            checked=one["checked"],
            value=one["value"],
            options=tuple(one["options"] or ()),
            html=one["html"],
            row_addresses=tuple(one["row"]["addresses"]) if one["row"] else None,
            row_text=one["row"]["text"] if one["row"] else "",
            ids=one["ids"] or {},
            part=one["part"],
            personal=one["personal"],
            things=tuple(one.get("things") or ()),
            around=tuple(one.get("around") or ()),
            within=one["within"],
        )
        for index, one in enumerate(raw)
    ]


@dataclass(frozen=True)
class Lesson:
    """What a person showed us to be an element: its role, its exact name and the sections it stood in.

    Sections that hold a mail address say whose row it was, not which element: they are left out.
    """

    role: str
    name: str
    sections: tuple[str, ...] = ()

    def fits(self, item: Item, risk: Risk) -> bool:
        """Whether an item is what we were shown: in the same place, and for a marked element in all of its sections."""
        sections, theirs = ([plain(s) for s in all_ if "@" not in s] for all_ in (self.sections, item.sections))
        if item.role != self.role or plain(self.name) not in {plain(n) for n in item.names}:
            return False
        return sections == theirs if risk else sections[:1] == theirs[:1]


@dataclass(frozen=True)
class Found:
    """The answer of resolving: the one item to act on and how it was found, or the candidates to ask about."""

    item: Item | None
    candidates: tuple[Item, ...] = ()
    how: How = "none"


def asked(candidates: tuple[Item, ...]) -> Found:
    """The answer where nothing is sure enough to act on."""
    return Found(None, candidates, "candidate" if candidates else "none")


def resolve(element: Element, items: list[Item], row: str | None = None, learned: tuple[Lesson, ...] = ()) -> Found:
    """Which item is the element: exactly one with sure evidence, or else the candidates, best first.

    ``row`` is a mail address: only items whose own table row speaks of that address and no other are meant.
    """
    rowed = [i for i in items if in_row(i, row)]
    playing = [i for i in rowed if i.role in element.roles]
    placed = [i for i in playing if _in_section(element, i)]
    several: tuple[Item, ...] = ()
    for evidence in _evidence(element):
        matching = [i for i in placed if evidence(i)]
        if len(matching) == 1:
            return Found(matching[0], how="first" if any(map(element.words.first, matching[0].names)) else "known")
        if matching:
            several = tuple(matching)
            break
    # What destroys is not even asked about elsewhere: the same word there destroys something else.
    alike = placed if element.risk == "destructive" else playing
    return taught(learned, element.risk, rowed) or asked(several or similar(element.words.all(), alike))


def in_row(item: Item, row: str | None) -> bool:
    """Whether an item stands in the table row of this mail address and of no other, where a row is meant."""
    return row is None or item.row_addresses == (row.lower(),)


def taught(learned: tuple[Lesson, ...], risk: Risk, items: list[Item]) -> Found | None:
    """What we were shown, if the page has exactly one such thing."""
    fitting = [i for i in items if any(lesson.fits(i, risk) for lesson in learned)]
    return Found(fitting[0], how="learned") if len(fitting) == 1 else None


def _evidence(element: Element) -> list[Any]:
    """The tests that suffice to act, strongest first (docs/design.md, 2)."""
    tests: list[Any] = [lambda i: any(element.words.sure_of(n) for n in i.names)]
    if element.section is not None:
        tests.append(lambda i: any(element.words.know(n) for n in i.names))
        if element.rule and not element.risk:
            rule = element.rule
            tests.append(lambda i: any(rule.know(n) for n in i.names))
    if element.html and not element.risk:
        tests.append(lambda i: i.html == element.html)
    return tests


def _in_section(element: Element, item: Item) -> bool:
    section = element.section
    return section is None or section is THIS_PAGE or any(section.know(s) for s in item.sections)


def _likeness(one: str, other: str) -> float:
    """How alike two labels are, from 0 to 1; one that stands whole inside the other is worth asking about."""
    if one and other and (one in other or other in one):
        return 0.6
    return difflib.SequenceMatcher(None, one, other).ratio()


def similar(wordings: tuple[str, ...], items: list[Item]) -> tuple[Item, ...]:
    """Up to three items whose name resembles one of the wordings, the most alike first."""

    def score(item: Item) -> float:
        pairs = [(plain(n).lower(), plain(w).lower()) for n in item.names for w in wordings]
        return max((_likeness(a, b) for a, b in pairs), default=0.0)

    ranked = sorted(items, key=score, reverse=True)
    return tuple(i for i in ranked[:3] if score(i) >= 0.5)
