"""The practice worlds: what is true in each, and the dated provider facts it brings along."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from automation.messages import N_
from flows.sandbox.seed import seed_outlook
from flows.sandbox.world import World

BASIC_RETIRED = {
    "code": "auth.basic-retired",
    "provider": "Microsoft",
    "since": "2024-09-16",
    "sure": 0.95,
    "text": N_("Outlook.com takes no passwords for POP, IMAP and SMTP any more, app passwords included."),
    "source": "https://support.microsoft.com/office/c5d65390-9676-4763-b41f-d7986499a90d",
}
POP_WITHDRAWN = {
    "code": "gmail.pop-withdrawn",
    "provider": "Google",
    # Announced about 2025-09-30 for "January 2026"; a final date is not published (docs/providers.md, 1).
    "since": "2026-01-01",
    "sure": 0.8,
    "text": N_(
        "Gmail is withdrawing “Check mail from other accounts”: from new users by the first quarter of 2026,"
        " from everybody later in 2026."
    ),
    "source": "https://support.google.com/mail/answer/16604719",
}
CLOSED_TODAY = {"basic_auth_retired": True, "gmail_pop_removed": True}


@dataclass(frozen=True)
class WorldPlan:
    """A world as data: what differs from ``classic``, and which facts its providers have published."""

    text: str
    differs: dict[str, Any] = field(default_factory=dict)
    facts: tuple[dict[str, Any], ...] = ()


WORLDS = {
    "classic": WorldPlan("Everything as the article tells it: an app password opens POP, Gmail fetches."),
    "basic-auth-retired": WorldPlan(
        "Microsoft takes no passwords for mail any more.", {"basic_auth_retired": True}, (BASIC_RETIRED,)
    ),
    "gmail-pop-removed": WorldPlan(
        "Gmail has no “Check mail from other accounts”.", {"gmail_pop_removed": True}, (POP_WITHDRAWN,)
    ),
    "today": WorldPlan("Both doors are closed.", CLOSED_TODAY, (BASIC_RETIRED, POP_WITHDRAWN)),
    "organisation-blocks-forwarding": WorldPlan(
        "Both doors are closed, and forwarding to the outside is not allowed.",
        CLOSED_TODAY | {"forwarding_blocked": True},
        (BASIC_RETIRED, POP_WITHDRAWN),
    ),
    "forwarding-asks-code": WorldPlan(
        "Both doors are closed; forwarding asks for a code first.",
        CLOSED_TODAY | {"forwarding_asks_code": True},
        (BASIC_RETIRED, POP_WITHDRAWN),
    ),
    "intercepted": WorldPlan(
        "Security software on this machine stands before the mail servers; Google sees the real ones.",
        {"intercepted": True},
    ),
    "timeout": WorldPlan("Port 995 takes the connection and never answers, for anybody.", {"mail_silent": True}),
    "pop-off-again": WorldPlan(
        "Microsoft switches POP off again once, at the first login after it was switched on.",
        {"pop_goes_off_once": True},
    ),
    "quota-full": WorldPlan("Gmail's storage is full: what it fetches it cannot keep.", {"quota_full": True}),
}


def make_world(
    name: str = "classic",
    language: Literal["en", "ja"] | None = None,
    pane: Literal["switch", "radios"] = "switch",
    slow: float = 0.0,
    signed_in: bool = True,
) -> World:
    """A world of this name with its mailbox filled. ``slow``: extra seconds a page. KeyError: no such world."""
    differs = WORLDS[name].differs
    world = World(name=name, language=language, pane=pane, slow=slow, signed_in=signed_in, **differs)
    seed_outlook(world)
    return world


def facts_of(name: str) -> dict[str, Any]:
    """The world's provider facts, in the form of a ``PROVIDER_FACTS`` file."""
    return {"facts": list(WORLDS[name].facts)}
