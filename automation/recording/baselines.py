"""Older looks at pages, to compare new ones with: a page model for each page, language and generation."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from automation.element import Item, plain
from automation.errors import BadRecording, BadSettings
from automation.messages import _
from automation.recording.drift import Drift, ElementDrift
from automation.recording.flow_file import as_text, checked, model_items, model_of, read_json
from automation.recording.patching import Lang
from automation.recording.view import View, as_kept, from_kept
from automation.settings import write_private

_ENDING = ".model.json"


@dataclass(frozen=True)
class Baselines:
    """A folder of page models, named ``<page>.<language>[.<generation>].model.json``.

    Those of a source checkout are files as all others there; ``private`` ones are readable by their owner alone.
    """

    folder: Path
    private: bool = True

    def find(self, page: str, new: View) -> View | None:
        """The older look that a new one is best compared with: of its own language and generation, else the likest."""

        def fits(old: View) -> tuple[object, ...]:
            is_same, speaks = old.generation == (new.generation or ""), old.lang == new.lang
            # The same page in the other language tells more than another page in the same language.
            return (is_same and speaks, is_same and new.generation is not None, speaks, _overlap(old, new))

        return max(self._all(page), key=fits, default=None)

    def read_all(self) -> None:
        """See that every look can be read, before anybody opens a browser for it. Raises BadRecording."""
        for path in sorted(self.folder.glob(f"*{_ENDING}")):
            _items(path)

    def has(self, page: str) -> bool:
        """Whether a page was ever looked at."""
        return any(self._files(page))

    def keep(self, page: str, seen: View, where: str) -> Path:
        """Keep a look as the one that later looks are compared with. Raises BadSettings where it cannot be written."""
        generation = f".{seen.generation}" if seen.generation else ""
        path = self.folder / f"{page}.{seen.lang}{generation}{_ENDING}"
        text = as_text(model_of(as_kept(seen), where, seen.lang))
        try:
            if self.private:
                # Another check may be reading it, and a kill may come: at its place it is always whole.
                return write_private(path.with_suffix(f".{os.getpid()}"), text).replace(path)
            self.folder.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise BadSettings(
                _("Keeping the look at {page} in {folder}.").format(page=page, folder=self.folder),
                expected=_("a folder that you may write to"),
                seen=getattr(error, "seen", None) or error.strerror or str(error),
                todo=_("Make that folder writable, or move it away; then run the command again."),
            ) from None
        return path

    def _files(self, page: str) -> list[Path]:
        return sorted(self.folder.glob(f"{page}.*{_ENDING}"))

    def _all(self, page: str) -> list[View]:
        views = []
        for path in self._files(page):
            lang, _dot, generation = path.name.removeprefix(f"{page}.").removesuffix(_ENDING).partition(".")
            if lang in ("en", "ja"):
                views.append(from_kept(_items(path), cast(Lang, lang), generation))
        return views


def _items(path: Path) -> list[Item]:
    """The elements of an older look. Raises BadRecording."""
    try:
        return model_items(checked(read_json(path), "model.json", path))
    except BadRecording as error:
        error.doing = _("Reading the older look {file}.").format(file=path)
        error.todo = _("Restore that file, or remove it: without it the page counts as not looked at before.")
        raise


def _overlap(old: View, new: View) -> float:
    """How much of two looks is the same, from 0 to 1."""
    one, other = _named(old.items), _named(new.items)
    return len(one & other) / max(1, len(one | other))


def _named(items: Sequence[Item]) -> set[tuple[str, str]]:
    return {(item.role, plain(item.name)) for item in items}


def accepted(drift: Drift, element: ElementDrift) -> View:
    """The older look with one element as it is now, and everything else as it was."""
    assert drift.old is not None
    items = [element.new if item is element.old and element.new else item for item in drift.old.items]
    if element.old is None and element.new is not None:
        items.append(element.new)
    if element.new is None:
        items = [item for item in items if item is not element.old]
    return replace(drift.old, items=tuple(items))
