"""Which addresses are those of pages that sign in, as providers name them."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_SIGN_IN_PATH = re.compile(
    r"/(login|log-in|signin|sign-in|reauth|oauth2?|ppsecure|challenge|kmsi|identity/confirm)\b", re.I
)


def is_sign_in(address: str) -> bool:
    """Whether an address is that of a sign-in page, as providers name them."""
    return bool(_SIGN_IN_PATH.search(urlsplit(address).path))
