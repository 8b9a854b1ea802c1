"""Which fields of a page are secret: by type, autocomplete, name, id and label, in English and Japanese."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Literal

# The same patterns run in the page while a person is recorded, so they are written in what Python and JavaScript have in
# common, for text as ``folded`` makes it.
SECRET_AUTOCOMPLETE = r"(?:^| )(?:(?:current|new)-password|one-time-code|cc-\S+)(?: |$)"
CODE_WORDS = (
    r"\bcodes?\b|\botp\b|\btotp\b|\bmfa\b|\b2fa\b|one ?time|verification number|コード|ワンタイム|認証番号|確認番号"
)
NO_CODE_WORDS = (
    r"(?:post|postal|zip|country|area|dial|region|language|currency|promo|promotion|coupon|discount|gift|voucher|source"
    r"|bar|qr|colou?r|product|item|airport|bank|branch|error) ?codes?|postcode|zipcode"
    r"|(?:郵便|国|地域|市外局番|言語|通貨|クーポン|割引|プロモーション|商品|バー|qr|銀行|支店|エラー|文字|ソース) ?コード"
)
SECRET_WORDS = (
    r"pass ?word|pass ?phrase|pass ?code|passwd|\bpwd\b|\bpin\b|\bpin ?code\b|\bsecret\b|\bsecurity (?:question|answer)\b"
    r"|\b(?:recovery|backup|api|private|access) ?(?:key|token)\b|\btoken\b|\bcvv2?\b|\bcvc2?\b|\bcsc\b|\bcard ?number\b|\bssn\b"
    r"|social security|パスワード|パスフレーズ|パスコード|暗証|合言葉|秘密の(?:質問|答え)|カード番号|口座番号|秘密鍵|トークン"
    r"|回復キー|マイナンバー|個人番号|ピン(?:コード|番号)"
)


def folded(text: str) -> str:
    """Names of fields made alike: NFKC, camelCase, hyphens and underscores as spaces, lower case."""
    text = re.sub(r"([a-z])([A-Z])", r"\1 \2", unicodedata.normalize("NFKC", text))
    return re.sub(r"[\s_.-]+", " ", text).strip().lower()


def calls_code(words: Iterable[str]) -> bool:
    """Whether a field's names ask for a one-time code."""
    return any(
        re.search(CODE_WORDS, w, re.ASCII) and not re.search(NO_CODE_WORDS, w, re.ASCII) for w in map(folded, words)
    )


def asked_for(question: str) -> Literal["secret", "code", ""]:
    """What a question asks for, by the words that name fields: a password or PIN, a one-time code, or neither."""
    if re.search(SECRET_WORDS, folded(question), re.ASCII):
        return "secret"
    return "code" if calls_code((question,)) else ""


def is_secret_field(words: Iterable[str], kind: str = "", autocomplete: str = "") -> bool:
    """Whether what is typed into a field of these names, type and autocomplete must never be read."""
    words = list(words)
    return (
        kind == "password"
        or bool(re.search(SECRET_AUTOCOMPLETE, autocomplete.lower()))
        or any(re.search(SECRET_WORDS, folded(word), re.ASCII) for word in words)
        or calls_code(words)
    )
