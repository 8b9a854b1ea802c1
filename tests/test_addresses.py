"""Two addresses: what is surely swapped is refused, what may be right never is."""

from __future__ import annotations

import pytest

from automation.errors import BadSettings
from automation.settings import Settings
from flows.addresses import check_accounts, checked_account


@pytest.mark.parametrize(
    ("outlook", "gmail", "wrong"),
    [
        ("a@gmail.com", "b@gmail.com", "OUTLOOK_ADDRESS"),
        ("a@GoogleMail.com", None, "OUTLOOK_ADDRESS"),
        ("a@outlook.jp", "b@MSN.com", "GMAIL_ADDRESS"),
        (None, "b@live.jp", "GMAIL_ADDRESS"),
        ("a@own.example", "A@own.example", "OUTLOOK_ADDRESS"),
        ("a@outlook.com", "b@gmail.com", None),
        ("a@outlook.com", "b@own.example", None),  # Google Workspace
        ("a@own.example", "b@own.example", None),
        ("a@gmail.com.example", "b@notoutlook.com", None),
        (None, None, None),
    ],
)
def test_what_is_surely_wrong(outlook: str | None, gmail: str | None, wrong: str | None) -> None:
    """Each provider's own domains in the other's place, and one address twice, end with exit code 2; own domains do not."""
    settings = Settings(outlook_address=outlook, gmail_address=gmail)
    if wrong is None:
        check_accounts(settings)
        return

    with pytest.raises(BadSettings, match=wrong) as caught:
        check_accounts(settings)

    assert caught.value.exit_code == 2
    assert caught.value.seen.startswith(str(gmail if wrong == "GMAIL_ADDRESS" else outlook))


def test_a_swapped_answer_is_asked_again() -> None:
    """Who types the Gmail address where the Outlook.com one is asked for is told which one is meant."""
    with pytest.raises(ValueError, match=r"here the Outlook\.com address is meant"):
        checked_account(Settings(), "outlook_address", "a@gmail.com")

    assert checked_account(Settings(), "outlook_address", "a@outlook.com") == "a@outlook.com"
