"""Which route a run completed, kept privately, so that a later look notices when it has stopped."""

from __future__ import annotations

import json
import time
from typing import Any

from automation.settings import Settings, write_private

FILE = "state.json"


def remember_route(settings: Settings, route: str) -> None:
    """Keep which route was completed today for the Outlook.com address."""
    known = _read(settings)
    known[str(settings.outlook_address).lower()] = {
        "route": route,
        "to": settings.gmail_address,
        "when": time.strftime("%Y-%m-%d"),
    }
    write_private(settings.home / FILE, json.dumps({"routes": known}, ensure_ascii=False) + "\n")


def forwarding_since(settings: Settings) -> str | None:
    """The ISO date of the last completed run, if that run left forwarding on to this Gmail address."""
    entry = _read(settings).get(str(settings.outlook_address).lower(), {})
    is_ours = entry.get("route") == "forwarding" and entry.get("to") == settings.gmail_address
    return str(entry["when"]) if is_ours and entry.get("when") else None


def _read(settings: Settings) -> dict[str, dict[str, Any]]:
    """All that is kept; a file that is missing or damaged counts as empty."""
    try:
        kept = json.loads((settings.home / FILE).read_text(encoding="utf-8"))["routes"]
        return {str(address): dict(entry) for address, entry in kept.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
