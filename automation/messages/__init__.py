"""The words, English in the code and Japanese in ``ja.po``: ``_()`` gives the person's language."""

from __future__ import annotations

import gettext
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


def N_(text: str) -> str:
    """Mark a text for the catalogue where it stands as data; translate it with ``_()`` where it is said."""
    return text
