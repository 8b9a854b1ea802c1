"""Which route a run completed and for whom, kept privately: a later look needs no addresses and notices what stopped."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import Any

from automation.settings import Settings, write_private

FILE = "state.json"


def remember_route(settings: Settings, route: str) -> None:
    """Keep which route was completed today for the Outlook.com address."""
    known = _read(settings)
    known[str(settings.outlook_address).lower()] = {
        "route": route,
        "address": settings.outlook_address,
        "to": settings.gmail_address,
        "when": time.strftime("%Y-%m-%d"),
    }
    write_private(settings.home / FILE, json.dumps({"routes": known}, ensure_ascii=False) + "\n")


def forwarding_since(settings: Settings) -> str | None:
    """The ISO date of the last completed run, if that run left forwarding on to this Gmail address."""
    entry = _read(settings).get(str(settings.outlook_address).lower(), {})
    is_ours = entry.get("route") == "forwarding" and entry.get("to") == settings.gmail_address
    return str(entry["when"]) if is_ours and entry.get("when") else None


def completed(settings: Settings) -> Settings:
    """The settings, with addresses that are missing taken from earlier runs where these leave no choice."""
    asked, to = (address and address.lower() for address in (settings.outlook_address, settings.gmail_address))
    pairs = [(str(e.get("address", key)), str(e["to"])) for key, e in _read(settings).items() if e.get("to")]
    fitting = [pair for pair in pairs if asked in (None, pair[0].lower()) and to in (None, pair[1].lower())]
    if len(fitting) != 1:
        return settings
    outlook, gmail = fitting[0]
    return replace(
        settings, outlook_address=settings.outlook_address or outlook, gmail_address=settings.gmail_address or gmail
    )


def _read(settings: Settings) -> dict[str, dict[str, Any]]:
    """All that is kept; a file that is missing or damaged counts as empty."""
    try:
        kept = json.loads((settings.home / FILE).read_text(encoding="utf-8"))["routes"]
        return {str(address): dict(entry) for address, entry in kept.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
