"""All practice sites on one port."""

from __future__ import annotations

import asyncio

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Host, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from flows.sandbox.control import create_control
from flows.sandbox.gmail import create_gmail, create_google_account
from flows.sandbox.holding import HeldRequests, Holding
from flows.sandbox.mail_routes import MailRoutes
from flows.sandbox.microsoft import create_account_live, create_account_microsoft
from flows.sandbox.outlook import create_outlook
from flows.sandbox.sign_in import Guarded, SignInServer
from flows.sandbox.sign_in_google import create_accounts_google
from flows.sandbox.sign_in_microsoft import create_login_live
from flows.sandbox.web import HERE, SITES, site_url
from flows.sandbox.world import World


def create_app(world: World, mail: MailRoutes) -> Starlette:
    """All sites on one port, told apart by the Host header."""
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
