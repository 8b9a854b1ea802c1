"""What the parts of the practice Gmail share: the world, the fetcher, session tokens, and pages with Gmail's CSP."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse

from flows.sandbox.gmail_mail import Fetcher
from flows.sandbox.gmail_words import words
from flows.sandbox.mail_routes import MailRoutes
from flows.sandbox.web import language_of, render
from flows.sandbox.world import World

MAX_POP_ACCOUNTS = 5  # docs/providers.md, 4

# As strict as Gmail's: scripts and styles from files only, and no string ever becomes script or markup.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    )
)


@dataclass
class GmailSite:
    """One running Gmail. ``at`` guards its forms against other sites, ``ik`` names the account in addresses."""

    world: World
    mail: MailRoutes
    at: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    ik: str = field(default_factory=lambda: secrets.token_hex(5))

    def __post_init__(self) -> None:
        self.fetcher = Fetcher(self.world, self.mail)

    def window_url(self, view: str, **query: str) -> str:
        """The address of a wizard's window, below the mailbox's own."""
        return "?" + urlencode({"ui": "2", "ik": self.ik, "view": view, "at": self.at, **query})


def page(world: World, request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page from ``templates/gmail/`` with the words of the request's language as ``w``."""
    w = words(language_of(world, request))
    response = render(world, request, f"gmail/{template}", status=status, w=w, **values)
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    return response
