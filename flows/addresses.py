"""Which of two mail addresses can surely not be what it was given as: swapped, or the same one twice."""

from __future__ import annotations

from automation.errors import BadSettings
from automation.messages import _
from automation.settings import Settings, checked_address

# Domains whose mailboxes only this provider has. Everything else may be anybody's: Google Workspace and Microsoft both
# serve people's own domains.
GOOGLE_DOMAINS = ("gmail.com", "googlemail.com")
MICROSOFT_DOMAINS = (
    "outlook.com", "outlook.jp", "outlook.fr", "outlook.de", "outlook.es", "outlook.it",
    "hotmail.com", "hotmail.co.jp", "hotmail.co.uk", "hotmail.fr", "hotmail.de", "hotmail.es", "hotmail.it",
    "live.com", "live.jp", "live.co.uk", "live.fr", "live.nl", "msn.com", "windowslive.com",
)  # fmt: skip


def check_accounts(settings: Settings) -> None:
    """Raise BadSettings (exit 2) for addresses that are surely swapped, or one address given for both."""
    for name in ("outlook_address", "gmail_address"):
        address = getattr(settings, name)
        if address and (problem := what_is_wrong(settings, name, address)):
            raise BadSettings(
                _("The setting {name} cannot be used.").format(name=name.upper()),
                expected=_("the Outlook.com address in OUTLOOK_ADDRESS, the Gmail address in GMAIL_ADDRESS"),
                seen=f"{address} – {problem}",
                todo=_("Correct {name} and run the command again.").format(name=name.upper()),
            )


def checked_account(settings: Settings, name: str, text: str) -> str:
    """An address as typed by a person for the setting ``name``. Raises ValueError with a sentence for them."""
    address = checked_address(text)
    if problem := what_is_wrong(settings, name, address):
        raise ValueError(problem)
    return address


def what_is_wrong(settings: Settings, name: str, address: str) -> str:
    """Why an address can surely not be the one of this setting; nothing where it may be."""
    domain = address.rpartition("@")[2].lower()
    if name == "outlook_address" and domain in GOOGLE_DOMAINS:
        return _("That is a Gmail address; here the Outlook.com address is meant.")
    if name == "gmail_address" and domain in MICROSOFT_DOMAINS:
        return _("That is an Outlook.com address; here the Gmail address is meant.")
    other = settings.gmail_address if name == "outlook_address" else settings.outlook_address
    if other and other.lower() == address.lower():
        return _("That is the same address as the other one; two different mailboxes are meant.")
    return ""
