"""The providers: hosts, ports and dated facts with their sources. Data, and the reading of a file of the same form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import flows.causes  # noqa: F401 - enters the causes and wordings that name a provider
from automation.diagnosis import Fact
from automation.errors import BadSettings
from automation.messages import N_, _

MICROSOFT = "Microsoft"
GOOGLE = "Google"

# Host names of personal Outlook.com mail, newest first (docs/providers.md, 10), with the ports to look at when one fails.
POP_SERVERS = (("outlook.office365.com", 995), ("pop-mail.outlook.com", 995), ("outlook.office365.com", 110))
SMTP_SERVERS = (("smtp-mail.outlook.com", 587), ("smtp.office365.com", 587))
# Sending through Gmail itself, with a Google app password (docs/providers.md, 10).
GMAIL_SMTP = ("smtp.gmail.com", 587)
MICROSOFT_HOSTS = (".outlook.com", ".office365.com", ".live.com", ".hotmail.com")

# Dated facts, as of 2026-11-23 (docs/providers.md, 1). ``since`` is when it took effect, None where nobody has said.
BUILT_IN = (
    Fact(
        code="auth.basic-retired",
        provider=MICROSOFT,
        since="2024-09-16",
        sure=0.95,
        text=N_(
            "Outlook.com, Hotmail, Live and MSN mail stopped accepting passwords, app passwords included, for POP, IMAP and SMTP."
        ),
        source="https://support.microsoft.com/office/c5d65390-9676-4763-b41f-d7986499a90d",
    ),
    Fact(
        code="gmail.pop-withdrawn",
        provider=GOOGLE,
        since="2026-01-01",
        sure=0.6,
        text=N_(
            'Google withdraws "Check mail from other accounts" during 2026: first for new users, later in the year for everybody.'
        ),
        source="https://support.google.com/mail/answer/16604719",
    ),
)


def load_facts(path: str | None) -> list[Fact]:
    """The built-in facts, or those of a file ``{"facts": [{code, provider, since, sure, text, source}]}``.

    Raises BadSettings where the file is not of that form.
    """
    if path is None:
        return list(BUILT_IN)
    try:
        entries = json.loads(Path(path).read_text(encoding="utf-8"))["facts"]
        return [_fact(entry) for entry in entries]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadSettings(
            _("The file of provider facts {path} cannot be used.").format(path=path),
            expected='{"facts": [{"code", "provider", "since", "sure", "text", "source"}]}',
            seen=f"{type(error).__name__}: {error}",
            todo=_("Correct the file, or leave PROVIDER_FACTS out to use the built-in facts."),
        ) from None


def _fact(entry: dict[str, Any]) -> Fact:
    since = entry.get("since")
    sure = float(entry.get("sure", 0.9))
    if not 0 <= sure <= 1:
        raise ValueError(f"sure is not between 0 and 1: {sure}")
    return Fact(
        code=str(entry["code"]),
        provider=str(entry.get("provider") or ""),
        since=None if since is None else str(since),
        sure=sure,
        text=str(entry.get("text") or ""),
        source=str(entry.get("source") or ""),
    )


def is_microsoft(host: str) -> bool:
    """Whether a mail host is one of Microsoft's own."""
    return f".{host.lower().rstrip('.')}".endswith(MICROSOFT_HOSTS)


def facts_about(host: str, path: str | None) -> list[Fact]:
    """The facts that hold for a mail server: the built-in ones for Microsoft's own hosts, a given file's for any."""
    return load_facts(path) if path or is_microsoft(host) else []
