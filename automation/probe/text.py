"""Server text made fit to show: decoded, without control and direction characters, without secrets, short."""

from __future__ import annotations

import base64
import re
import unicodedata
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
    kept = "".join(_shown(character) for character in _TERMINAL_SEQUENCE.sub("", text))
    for secret in hidden:  # and again, since it may have been broken up by what is gone now
        kept = _without(kept, secret)
    kept = " ".join(kept.split())
    return kept if len(kept) <= limit else kept[: limit - 1].rstrip() + "…"


def shown(raw: bytes, *secrets: Secret | None, limit: int = LIMIT) -> str:
    """A server's bytes, decoded and cleaned."""
    return clean(decode(raw), *secrets, limit=limit)


def _shown(character: str) -> str:
    if character.isspace():
        return " "
    return "" if unicodedata.category(character)[0] == "C" else character


def _without(text: str, secret: Secret) -> str:
    """A server may echo what it was sent: take the secret out, as it is and as login commands and logs encode it."""
    plain = secret.open()
    for form in {plain, quote(plain), quote(plain, safe=""), plain.encode().hex()}:
        if form.lower() in text.lower():  # a pattern that is made for nothing costs more than all the rest
            text = re.sub(re.escape(form), HIDDEN, text, flags=re.IGNORECASE)
    for core in _base64_cores(plain.encode()):
        if core in text:
            text = re.sub(rf"[A-Za-z0-9+/_-]*{re.escape(core)}[A-Za-z0-9+/_-]*={{0,2}}", HIDDEN, text)
    return text


def _base64_cores(secret: bytes) -> list[str]:
    """What base64 makes of a secret wherever it stands in the encoded bytes: the letters no neighbour can change."""
    cores = []
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + secret).decode()
        whole = len(encoded.rstrip("=")) - ((before + len(secret)) % 3 != 0)
        cores.append(encoded[before + (before > 0) : whole])
    return [core for core in cores if len(core) >= 4]
