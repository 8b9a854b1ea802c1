"""Server text made fit to show: decoded, without control and direction characters, without secrets, short."""

from __future__ import annotations

import base64
import re
import unicodedata
from functools import lru_cache
from urllib.parse import quote

from automation.settings import Secret

LIMIT = 300  # characters shown of one server text
UNCUT = 1_000_000  # for text that is cleaned of secrets, and cut, later on
HIDDEN = "[hidden]"

_TERMINAL_SEQUENCE = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[PX^_][^\x1b]*(?:\x1b\\)?|[ -/]*[0-~])|\x9b[0-?]*[ -/]*[@-~]"
)
_HALF_WIDTH = re.compile(r"[\uff61-\uff9f]")


def decode(raw: bytes) -> str:
    """Bytes of unknown charset as text: ISO-2022-JP by its escapes, UTF-8, CP932, EUC-JP, and replacement at last."""
    if b"\x1b$" in raw or b"\x1b(" in raw:
        try:
            return raw.decode("iso2022_jp_ext")
        except UnicodeDecodeError:
            pass
    for charset in ("utf-8", "cp932", "euc_jp"):
        try:
            text = raw.decode(charset)
        except UnicodeDecodeError:
            continue
        # Nearly any bytes pass as CP932, but wrong guesses are full of half-width katakana.
        strange = len(_HALF_WIDTH.findall(text))
        if charset != "cp932" or strange * 2 <= sum(not c.isascii() for c in text):
            return text
    return raw.decode("utf-8", "replace")


def clean(text: str, *secrets: Secret | None, limit: int = LIMIT) -> str:
    """One line that cannot move a cursor, turn the direction of reading or show a secret; cut after ``limit``."""
    hidden = [secret for secret in secrets if secret]
    for secret in hidden:  # as it came: a terminal sequence may swallow the first letters of what follows it
        text = _without(text, secret)
    kept = text if text.isascii() and text.isprintable() else _shown(_TERMINAL_SEQUENCE.sub("", text))
    for secret in hidden:  # and again, since it may have been broken up by what is gone now
        kept = _without(kept, secret)
    kept = " ".join(kept.split())
    return kept if len(kept) <= limit else kept[: limit - 1].rstrip() + "…"


def shown(raw: bytes, *secrets: Secret | None, limit: int = LIMIT) -> str:
    """A server's bytes, decoded and cleaned."""
    return clean(decode(raw), *secrets, limit=limit)


def _shown(text: str) -> str:
    """White space as spaces, and nothing that is control, direction, private or unassigned."""
    spaced = "".join(" " if character.isspace() else character for character in text)
    return "".join(character for character in spaced if unicodedata.category(character)[0] != "C")


def _without(text: str, secret: Secret) -> str:
    """A server may echo what it was sent: take the secret out, as it is and as login commands and logs encode it."""
    forms, cores = _encoded(secret)
    folded = text.lower()
    for form in forms:
        if form.lower() in folded:
            text = re.sub(re.escape(form), HIDDEN, text, flags=re.IGNORECASE)
    for core in cores:
        if core in text:
            text = re.sub(rf"[A-Za-z0-9+/_-]*{re.escape(core)}[A-Za-z0-9+/_-]*={{0,2}}", HIDDEN, text)
    return text


@lru_cache(maxsize=2)
def _encoded(secret: Secret) -> tuple[list[str], list[str]]:
    """A secret as it may be echoed whole; and what base64 makes of it wherever it stands in the encoded bytes.

    Of base64 only the letters that no neighbour can change.
    """
    plain = secret.open()
    raw = plain.encode()
    cores = []
    for before in range(3):
        letters = base64.b64encode(b"\0" * before + raw).decode()
        whole = len(letters.rstrip("=")) - ((before + len(raw)) % 3 != 0)
        cores.append(letters[before + (before > 0) : whole])
    return sorted({plain, quote(plain), quote(plain, safe=""), raw.hex()}), [core for core in cores if len(core) >= 4]
