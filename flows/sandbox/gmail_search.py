"""Gmail's search in small: whole words, "quoted phrases", subject:, from:, to:, label:, in:, is:, newer_than:."""

from __future__ import annotations

import re
import time
import unicodedata

from flows.sandbox.delivery import parse_header
from flows.sandbox.world import Message

_TERM = re.compile(
    r"(?P<no>-?)(?:(?P<field>subject|from|to|label|in|is|newer_than):)?"
    r'(?:"(?P<phrase>[^"]*)"|\((?P<group>[^)]*)\)|(?P<word>\S+))'
)
_SECONDS = {"d": 86400, "m": 30 * 86400, "y": 365 * 86400}


def search(messages: list[Message], query: str) -> list[Message]:
    """The messages that fit every term, newest first; junk only where ``in:anywhere`` or ``in:spam`` asks for it."""
    terms = [term.groupdict() for term in _TERM.finditer(_plain(query))]
    everywhere = any(term["field"] == "in" and term["word"] in ("anywhere", "spam") for term in terms)
    found = [m for m in messages if (everywhere or not m.spam) and all(_fits(m, term) for term in terms)]
    return sorted(found, key=lambda message: message.received, reverse=True)


def _fits(message: Message, term: dict[str, str]) -> bool:
    wanted = next(term[kind] for kind in ("phrase", "group", "word") if term[kind] is not None)
    return _says(message, term["field"] or "", wanted) is not (term["no"] == "-")


def _says(message: Message, field: str, wanted: str) -> bool:
    if field == "in":
        return {"inbox": message.in_inbox and not message.spam, "spam": message.spam}.get(wanted, True)
    if field == "is":
        return message.read is (wanted == "read")
    if field == "label":
        return wanted.replace("-", " ") in {_plain(label).replace("-", " ") for label in message.labels}
    if field == "newer_than":
        age = re.fullmatch(r"(\d+)([dmy])", wanted)
        return age is None or message.received > time.time() - int(age[1]) * _SECONDS[age[2]]
    return _has_words(_text_of(message, field), wanted)


def _text_of(message: Message, field: str) -> str:
    addressees = f"{parse_header(message.raw, 'To')} {parse_header(message.raw, 'Cc')} {message.recipient}"
    texts = {"subject": message.subject, "from": message.sender, "to": addressees}
    return _plain(texts.get(field) or " ".join([*texts.values(), message.body, message.attachment or ""]))


def _has_words(text: str, wanted: str) -> bool:
    """Whole words as Gmail searches them: "mark" does not find "marked". Japanese has no such borders."""
    pattern = r"\s+".join(re.escape(word) for word in wanted.split())
    return re.search(rf"(?<![a-z0-9]){pattern}(?![a-z0-9])", text) is not None


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
