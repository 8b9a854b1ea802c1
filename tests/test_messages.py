"""The Japanese words: all of them there, with the same placeholders, and in Japanese."""

from __future__ import annotations

import re
from string import Formatter

import pytest
from babel.messages.catalog import Message

from automation.messages import _, speak
from tools import messages

NAMES = {"Google"}  # the same in every language
# Commands, flags, settings and hosts are typed as they stand, so they stand the same in every language.
TYPED = re.compile(
    r"(?<![\w-])--[a-z]+(?:-[a-z]+)*|\b[A-Z]+_[A-Z_]+\b|[\w.-]+\.(?:example\.com|local|env)\b|autoconfigure"
)


@pytest.fixture(scope="module")
def translated() -> list[Message]:
    """Every message of the catalogue; its header is none."""
    return [message for message in messages.read() if message.id]


def _placeholders(text: str) -> list[str]:
    return sorted(name for _before, name, _form, _conversion in Formatter().parse(text) if name is not None)


def test_complete() -> None:
    """Whatever the code says, the catalogue has in Japanese, and what gettext reads is what was translated."""
    assert messages.problems() == []


def test_found_everywhere() -> None:
    """A message is found where it stands as data, over several lines, and inside an f-string; other calls are not."""
    source = 'N_("a")\nsay(_("b {x}"\n  " c").format(x=1), f"{_(\'d\')} {other(\'e\')}")\n_(title)\n'

    assert list(messages.said_in(source)) == ["a", "b {x} c", "d"]


def test_placeholders(translated: list[Message]) -> None:
    """A translation fills in what its message fills in: no more, no less, and by the same names."""
    wrong = [m.id for m in translated if _placeholders(str(m.id)) != _placeholders(str(m.string))]

    assert wrong == []


def test_translated(translated: list[Message]) -> None:
    """No translation is the English text again, except for names."""
    same = {str(m.id) for m in translated if str(m.id).strip() == str(m.string).strip()}

    assert same <= NAMES


def test_typed_words(translated: list[Message]) -> None:
    """What a person may have to type (flags, settings, the command) reads the same in Japanese."""
    wrong = [m.id for m in translated if sorted(TYPED.findall(str(m.id))) != sorted(TYPED.findall(str(m.string)))]

    assert wrong == []


def test_punctuation(translated: list[Message]) -> None:
    """Sentences pause, end and quote in Japanese: no half-width stop after a kana or kanji, no “English” quotation."""
    english = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff][,:;!?.]|[“”]")

    assert [m.string for m in translated if english.search(str(m.string))] == []


def test_header_is_fixed() -> None:
    """The head of the catalogue changes with no run: no date, no placeholder for a name, nothing fuzzy."""
    head = messages.PO.read_text(encoding="utf-8").split("\n\n")[0]

    assert "Project-Id-Version: autoconfigure" in head
    assert "Language: ja" in head
    assert not re.search(r"Date|FIRST AUTHOR|EMAIL|ORGANIZATION|fuzzy", head)


def test_spoken() -> None:
    """Japanese is what the person reads once it was chosen, and English again after that."""
    speak("ja")
    said = _("Step {number} of {total}").format(number=2, total=5)
    speak("en")

    assert said == "手順 2／5"
    assert _("Step {number} of {total}").format(number=2, total=5) == "Step 2 of 5"
