"""Server text: decoded, cleaned, cut, and free of secrets, whatever the bytes are."""

from __future__ import annotations

import base64
import unicodedata
from urllib.parse import quote

import pytest

from automation.probe.text import LIMIT, clean, decode, shown
from automation.settings import Secret
from tests.properties import example, given, st

JAPANESE = "ログオンに失敗しました。パスワードが違います"
SECRETS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=6, max_size=24)


@pytest.mark.parametrize("charset", ["utf-8", "cp932", "iso2022_jp", "euc_jp"])
def test_japanese_is_read_in_every_usual_charset(charset: str) -> None:
    """Japanese words come out right in UTF-8, CP932, ISO-2022-JP and EUC-JP."""
    assert decode(JAPANESE.encode(charset)) == JAPANESE


@given(st.binary(max_size=2000))
@example(b"\x1b$B\xff")
@example(b"\x1b]0;title\x07-ERR \x1b[2J\x9b31mred")
def test_any_bytes_become_one_harmless_line(raw: bytes) -> None:
    """Whatever bytes come, the text is one short line without control, direction or unassigned characters."""
    text = shown(raw)

    assert len(text) <= LIMIT
    assert text == " ".join(text.split())
    assert not [c for c in text if unicodedata.category(c)[0] == "C" or unicodedata.category(c) in ("Zl", "Zp")]
    assert clean(text) == text


@given(SECRETS, st.text(max_size=40), st.text(max_size=400), st.integers(0, 3))
@example("000000", "\x1b", "", 0)  # the terminal sequence would swallow the first letter
def test_no_secret_comes_through(secret: str, before: str, after: str, form: int) -> None:
    """A secret that the server echoes, plain, quoted, in base64 or as AUTH PLAIN sends it, is hidden."""
    forms = [
        secret,
        quote(secret, safe=""),
        base64.b64encode(secret.encode()).decode(),
        base64.b64encode(f"\0person@mail.test\0{secret}".encode()).decode(),
    ]
    text = clean(f"{before} {forms[form]} {after}", Secret(secret))

    assert "hidden]" in text or len(text) == LIMIT
    assert forms[form] not in text.replace("[hidden]", "")


@pytest.mark.parametrize(
    "slip", ["\u202e", "\u2066", "\u200b", "\x00", "\x1b[31m", "\x1b]8;;http://x\x07", "\ufeff", "\u00ad"]
)
def test_a_secret_with_something_slipped_in_is_hidden(slip: str) -> None:
    """A secret broken up by invisible characters is still found, since these go first."""
    text = clean(f"no {slip}abcdefgh{slip}ijklmnop{slip}", Secret("abcdefghijklmnop"))

    assert text == "no [hidden]"


def test_a_cut_never_shows_half_a_secret() -> None:
    """The text is cut after the secret is taken out, not in the middle of it."""
    text = clean("x" * (LIMIT - 8) + "abcdefghijklmnop", Secret("abcdefghijklmnop"))

    assert "abc" not in text
