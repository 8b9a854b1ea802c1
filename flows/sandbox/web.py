"""What all practice sites share: hosts, languages, templates, forms; and Gmail's way to the mail servers."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Host, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from flows.sandbox.delivery import deliver
from flows.sandbox.holding import HeldRequests, Holding
from flows.sandbox.world import World

HERE = Path(__file__).parent
LANGUAGE_COOKIE = "practice_language"
SITES = (
    "outlook", "account-microsoft", "account-live", "mail-google", "myaccount-google",
    "login-live", "accounts-google", "control",
)  # fmt: skip
Address = tuple[str, int]
AnyResponse = TypeVar("AnyResponse", bound=Response)


@dataclass
class MailRoutes:
    """Google's side of the network: where the mail servers are for Gmail, whatever stands before this machine.

    A server tells who logs in by the address the connection comes from: connect with
    ``source_address=mail.source_address()`` and it says ``place_gmail``, without it "this computer".
    """

    world: World
    ssl_context: ssl.SSLContext  # trusts the throw-away CA and checks names, as Google does
    pop: dict[Address, Address] = field(default_factory=dict)
    smtp: dict[Address, Address] = field(default_factory=dict)
    google_sources: set[Address] = field(default_factory=set)
    place_gmail: str = "Google"
    place_here: str = "this computer"

    def pop_address(self, host: str, port: int) -> Address | None:
        """Where ``host:port`` really is for a POP client at Google; None when nothing is there."""
        return self.pop.get((host.strip().lower(), port))

    def smtp_address(self, host: str, port: int) -> Address | None:
        """Where ``host:port`` really is for an SMTP client at Google; None when nothing is there."""
        return self.smtp.get((host.strip().lower(), port))

    def source_address(self) -> Address:
        """What a client socket at Google binds to before it connects (``socket.create_connection``'s argument)."""
        if _second_loopback_address():
            return ("127.0.0.2", 0)
        with socket.socket() as probe:  # macOS has only 127.0.0.1: a port of our own tells Google apart there
            probe.bind(("127.0.0.1", 0))
            source: Address = probe.getsockname()
        self.google_sources.add(source)
        return source

    def place_of(self, peer: Any) -> str:
        """Where a connection comes from, as the activity page names it."""
        from_google = peer[0] == "127.0.0.2" or tuple(peer[:2]) in self.google_sources
        return self.place_gmail if from_google else self.place_here

    def deliver_to_outlook(self, raw: bytes, sender: str, recipient: str) -> None:
        """Put a message into the Outlook mailbox as its mail server would, forwarding included."""
        deliver(self.world, raw, sender, recipient)


@cache
def _second_loopback_address() -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.2", 0))
        except OSError:
            return False
    return True


def create_app(world: World, mail: MailRoutes) -> Starlette:
    """All sites on one port, told apart by the Host header."""
    from flows.sandbox.control import create_control
    from flows.sandbox.gmail import create_gmail, create_google_account
    from flows.sandbox.microsoft import create_account_live, create_account_microsoft
    from flows.sandbox.outlook import create_outlook
    from flows.sandbox.sign_in import Guarded, SignInServer
    from flows.sandbox.sign_in_google import create_accounts_google
    from flows.sandbox.sign_in_microsoft import create_login_live

    holding = Holding()
    microsoft = SignInServer(
        world, "login-live", "/login.srf", lambda: tuple(world.microsoft_accounts) or (world.outlook.address,)
    )
    google = SignInServer(
        world, "accounts-google", "/ServiceLogin", lambda: tuple(world.google_accounts) or (world.gmail.address,)
    )
    sites: dict[str, ASGIApp] = {
        "outlook": create_outlook(world),
        "account-microsoft": create_account_microsoft(world),
        "account-live": create_account_live(world),
        "mail-google": create_gmail(world, mail),
        "myaccount-google": create_google_account(world),
    }
    for name, app in sites.items():
        if "google" in name:
            sites[name] = Guarded(app, google, "/ServiceLogin?service=mail", "continue")
        else:
            sites[name] = Guarded(app, microsoft, "/login.srf?wa=wsignin1.0", "wreply")
    sites |= {
        "login-live": create_login_live(microsoft),
        "accounts-google": create_accounts_google(google),
        "control": create_control(world, holding),
    }
    hosts: list[Host | Mount | Route] = [Host(f"{name}.localhost", app) for name, app in sites.items()]
    static = Mount("/static", StaticFiles(directory=HERE / "static"))
    return Starlette(
        routes=[static, *hosts, Route("/", _index)],
        middleware=[Middleware(_SlowPages, world=world), Middleware(HeldRequests, holding=holding)],
    )


async def _index(request: Request) -> Response:
    links = "".join(f'<li><a href="{site_url(request, name)}/">{name}.localhost</a></li>' for name in SITES[:4])
    return HTMLResponse(f"<!doctype html><title>Practice world</title><h1>Practice world</h1><ul>{links}</ul>")


class _SlowPages:
    """Pages (not their pictures and scripts, not the control site) come ``world.slow`` seconds late."""

    def __init__(self, app: ASGIApp, world: World) -> None:
        self.app = app
        self.world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.world.slow and scope["type"] == "http":
            host = dict(scope["headers"]).get(b"host", b"")
            if not (host.startswith(b"control.") or scope["path"].startswith(("/static/", "/assets/"))):
                await asyncio.sleep(self.world.slow)
        await self.app(scope, receive, send)


def site_url(request: Request, site: str) -> str:
    """The address of another practice site, as seen from this request: ``http://outlook.localhost:PORT``."""
    return f"http://{site}.localhost:{request.url.port or 80}"


def own_address(request: Request, address: str) -> str | None:
    """The address, if it is one of the practice world's own; None leads nobody anywhere else."""
    asked = urlsplit(address)
    ours = [urlsplit(site_url(request, site)).netloc for site in SITES]
    return asked.geturl() if asked.scheme == "http" and asked.netloc in ours else None


def language_of(world: World, request: Request) -> str:
    """``en`` or ``ja``: the world's, else by ``?lang``/``?mkt``/``?hl``, else the cookie's, else the browser's."""
    if world.language:
        return world.language
    named = _language_in_address(request) or request.cookies.get(LANGUAGE_COOKIE)
    if named in ("en", "ja"):
        return named
    wishes = request.headers.get("accept-language", "en").split(",")
    spoken = [wish.strip()[:2].lower() for wish in wishes]
    return next((language for language in spoken if language in ("en", "ja")), "en")


def _language_in_address(request: Request) -> str | None:
    for name in ("lang", "mkt", "hl"):
        if (given := request.query_params.get(name, "")[:2].lower()) in ("en", "ja"):
            return given
    return None


@cache
def templates() -> Environment:
    """The templates under ``templates/``; an unknown name in one is an error, never an empty place."""
    return Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(world: World, request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page from a template. It gets ``lang``, ``request``, ``world`` and what the ribbon needs, besides ``values``.

    Put ``{% include "common/ribbon.html" %}`` last in the body: it brings its own style and script.
    """
    lang = language_of(world, request)
    content = templates().get_template(template).render(lang=lang, request=request, world=world, **values)
    return remember_language(request, HTMLResponse(content, status_code=status, headers={"Cache-Control": "no-store"}))


def remember_language(request: Request, response: AnyResponse) -> AnyResponse:
    """Keep a language named in the address (``?lang=ja``) for this site's next pages."""
    if named := _language_in_address(request):
        response.set_cookie(LANGUAGE_COOKIE, named, samesite="lax")
    return response


def redirect(url: str) -> RedirectResponse:
    """See another page, by GET whatever this request was."""
    return RedirectResponse(url, status_code=303)


async def read_form(request: Request) -> Mapping[str, str]:
    """The fields of a posted urlencoded form; of a field sent twice, the last."""
    body = (await request.body()).decode("utf-8", "replace")
    return {name: values[-1] for name, values in parse_qs(body, keep_blank_values=True).items()}
