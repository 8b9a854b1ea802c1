"""From what a server or a window says to the cause it speaks of: rules over normalised text, most telling first."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from automation.phrases import CONVENTIONAL_REFUSAL, GENERAL, REFUSALS, TELLING, Rule


@dataclass(frozen=True)
class Wrapper:
    """How a witness quotes the server's own words: a pattern with the group ``words``."""

    witness: str
    pattern: str


@dataclass(frozen=True)
class Clue:
    """One cause, or one of REFUSALS, that words speak of, and how surely (0..1)."""

    code: str
    sure: float
    among: tuple[str, ...] = ()  # the causes that the words themselves leave open


_ALTERNATIVE = re.compile(r"\bor\b|または|あるいは|もしくは")

_taught: list[Rule] = []
_wrappers: list[Wrapper] = []


def teach(*more: Rule | Wrapper) -> None:
    """Add what a provider's own servers and windows say; it goes before the general rules."""
    for one in more:
        if isinstance(one, Rule):
            _taught.append(one)
        else:
            _wrappers.append(one)


def normal(text: str) -> str:
    """Width, case, apostrophes, hyphens and white space made alike, so that a pattern needs one spelling."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.sub("[‐‑–—]", "-", re.sub("[’‘`]", "'", text)).split())


def server_words(text: str, witness: str) -> str | None:
    """The mail server's own words that a witness quotes, or None where it quotes none."""
    for wrapper in _wrappers:
        if wrapper.witness == witness and (match := re.search(wrapper.pattern, normal(text), re.ASCII)):
            return match["words"]
    return None


def read(text: str, witness: str, *, at_login: bool = True) -> Clue | None:
    """The cause that a text speaks of, or None where it fits nothing known.

    Where nobody logs in (``at_login`` is False), a refusal is not read as one of the password.
    """
    quoted = server_words(text, witness)
    words, speaker = (normal(text), witness) if quoted is None else (quoted, None)
    clues = [clue for part in _ALTERNATIVE.split(words) if (clue := _read(part, speaker, at_login))]
    refusals = {clue.code in REFUSALS for clue in clues}
    if refusals == {True, False} and all(clue.code.startswith(("auth.", "account.", "refused")) for clue in clues):
        codes = ("auth.wrong-password" if clue.code in REFUSALS else clue.code for clue in clues)
        return Clue(CONVENTIONAL_REFUSAL, 0.5, tuple(dict.fromkeys(codes)))
    return _read(words, speaker, at_login)


def _read(words: str, speaker: str | None, at_login: bool) -> Clue | None:
    """The cause that normalised words speak of, by the first rule that fits."""
    for rule in (*TELLING, *_taught, *GENERAL):
        if rule.witness in (None, speaker) and (at_login or rule.code not in REFUSALS) and rule.speaks_in(words):
            return Clue(rule.code, rule.sure)
    return None
