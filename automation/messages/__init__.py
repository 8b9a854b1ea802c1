"""The words, English in the code and Japanese in ``ja.po``: ``_()`` gives the person's language."""

from __future__ import annotations

import gettext
from collections.abc import Iterable
from pathlib import Path

LANGUAGES = ("en", "ja")
_HERE = Path(__file__).parent
_chosen: gettext.NullTranslations = gettext.NullTranslations()
_language = "en"


def speak(language: str) -> None:
    """Choose what the tool says from now on: ``en`` or ``ja``."""
    global _chosen, _language
    _language = language if language in LANGUAGES else "en"
    if _language == "en":
        _chosen = gettext.NullTranslations()
    else:
        with (_HERE / f"{_language}.mo").open("rb") as catalogue:
            _chosen = gettext.GNUTranslations(catalogue)


def spoken() -> str:
    """The language chosen: ``en`` or ``ja``."""
    return _language


def _(text: str) -> str:
    """The text in the chosen language; fill placeholders with ``.format()`` afterwards."""
    return _chosen.gettext(text)


def listed(words: Iterable[str]) -> str:
    """Several things in a row, set apart as the language does it."""
    return _(", ").join(words)


def noted(text: str, note: str) -> str:
    """A text with a note in brackets behind it."""
    return _("{text} ({note})").format(text=text, note=note)


def said_of(what: str, text: str) -> str:
    """What something is, says or should be."""
    return _("{what}: {text}").format(what=what, text=text)


def quoted(text: str) -> str:
    """A text in the quotation marks of the language."""
    return _("“{name}”").format(name=text)


def N_(text: str) -> str:
    """Mark a text for the catalogue where it stands as data; translate it with ``_()`` where it is said."""
    return text
