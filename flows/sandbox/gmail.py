"""The practice Gmail and Google account: which address shows what."""

from __future__ import annotations

import secrets
import string

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from flows.sandbox.gmail_data import MailboxData
from flows.sandbox.gmail_pop_wizard import PopWizard
from flows.sandbox.gmail_send_as_wizard import SendAsWizard
from flows.sandbox.gmail_site import GmailSite, page
from flows.sandbox.web import MailRoutes, read_form, redirect
from flows.sandbox.world import World

MAILBOX = "/mail/u/0/"


def create_gmail(world: World, mail: MailRoutes) -> Starlette:
    """The site mail-google: the mailbox and its settings, the two wizards' windows, and the confirmation link."""
    site = GmailSite(world, mail)
    data, send_as = MailboxData(site), SendAsWizard(site)
    windows: dict[str, PopWizard | SendAsWizard] = {"ma": PopWizard(site), "cf": send_as}

    async def mailbox(request: Request) -> Response:
        if request.path_params["number"] != 0:  # one account is signed in: the address of another leads back to it
            return redirect(MAILBOX)
        view = request.query_params.get("view")
        if view is None:
            return page(world, request, "app.html", at=site.at, ik=site.ik)
        if view not in windows or not secrets.compare_digest(request.query_params.get("at", ""), site.at):
            return page(world, request, "message.html", status=403, title="window_too_old", text="")
        if request.method == "POST":
            return await windows[view].post(request, await read_form(request))
        return windows[view].open(request)

    async def to_mailbox(request: Request) -> Response:
        return redirect(MAILBOX)

    return Starlette(
        routes=[
            Route("/", to_mailbox),
            Route("/mail/", to_mailbox),
            Route("/mail/u/{number:int}/", mailbox, methods=["GET", "POST"]),
            Route(MAILBOX + "x/do", data.do, methods=["POST"]),
            Route(MAILBOX + "x/{what}", data.show),
            Route("/mail/f-{token}", send_as.confirm, methods=["GET", "POST"]),
        ]
    )


def create_google_account(world: World) -> Starlette:
    """The site myaccount-google: where a Google app password is made, shown once in four groups of four letters."""

    async def home(request: Request) -> Response:
        return page(world, request, "account_home.html")

    async def app_passwords(request: Request) -> Response:
        made = ""
        if request.method == "POST" and (await read_form(request)).get("name", "").strip():
            made = "".join(secrets.choice(string.ascii_lowercase) for _ in range(16))
            with world.lock:
                world.gmail.app_passwords.append(made)
                world.writes += 1
        groups = [made[at : at + 4] for at in range(0, len(made), 4)]
        return page(world, request, "app_passwords.html", groups=groups)

    async def nothing(request: Request) -> Response:
        return PlainTextResponse("Not Found", status_code=404)

    return Starlette(
        routes=[
            Route("/", home),
            Route("/apppasswords", app_passwords, methods=["GET", "POST"]),
            Route("/{rest:path}", nothing),
        ]
    )
