"""What a person showed us when a page had changed: kept per person and site, used next time."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from automation.element import Item, Lesson
from automation.settings import write_private

FILE = "learned.json"


@dataclass(frozen=True)
class Learned:
    """One thing that was shown: at which site, on which page, which element, its old wordings and what it is now.

    ``page`` and ``element`` are the English names of the page files; for a recording, its name after ``recordings/``,
    and the step. ``when`` is an ISO 8601 date and time.
    """

    site: str
    page: str
    element: str
    role: str
    old: tuple[str, ...]
    new: str
    sections: tuple[str, ...]
    when: str

    @property
    def lesson(self) -> Lesson:
        """As evidence."""
        return Lesson(self.role, self.new, self.sections)


class Memory:
    """The file of what was learned; one that is missing or damaged counts as empty."""

    def __init__(self, home: Path, keeps: bool = True) -> None:
        """``keeps`` is False where nothing may be written: then it is remembered for this run only."""
        self._file = home / FILE
        self._keeps = keeps
        self._all: list[Learned] | None = None

    @property
    def all(self) -> list[Learned]:
        """Everything that was learned, the newest last."""
        if self._all is None:
            self._all = list(_read(self._file))
        return self._all

    def of(self, url: str, page: str, element: str) -> tuple[Lesson, ...]:
        """What was shown to be this element of this page, at the site of this address."""
        place = (site_of(url), page, element)
        return tuple(one.lesson for one in self.all if (one.site, one.page, one.element) == place)

    def learn(self, url: str, page: str, element: str, item: Item, old: tuple[str, ...]) -> bool:
        """Remember an item as the element from now on; says whether that is kept for the next run too."""
        when = time.strftime("%Y-%m-%dT%H:%M:%S%z")
        new = Learned(site_of(url), page, element, item.role, old, item.name, item.sections, when)
        place = (new.site, page, element, new.lesson)
        self._all = [one for one in self.all if (one.site, one.page, one.element, one.lesson) != place] + [new]
        if self._keeps:
            data = {"learned": [asdict(one) for one in self._all]}
            write_private(self._file, json.dumps(data, ensure_ascii=False, indent=1) + "\n")
        return self._keeps


def site_of(url: str) -> str:
    """The site of an address: scheme, host and port."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def _read(file: Path) -> Iterator[Learned]:
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))["learned"]
    except (OSError, ValueError, KeyError, TypeError):
        return
    for one in kept if isinstance(kept, list) else ():
        if isinstance(one, dict) and (learned := _entry(one)):
            yield learned


def _entry(one: dict[str, Any]) -> Learned | None:
    texts = ("site", "page", "element", "role", "new", "when")
    lists = [one.get("old"), one.get("sections")]
    if any(not isinstance(one.get(key), str) for key in texts) or not one["new"]:
        return None
    if any(not isinstance(texts, list) or any(not isinstance(t, str) for t in texts) for texts in lists):
        return None
    return Learned(**{key: one[key] for key in texts}, old=tuple(one["old"]), sections=tuple(one["sections"]))
