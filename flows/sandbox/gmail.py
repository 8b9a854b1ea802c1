"""The practice Gmail and Google account: which address shows what."""

from __future__ import annotations

import secrets
import string
from dataclasses import replace

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from flows.sandbox.gmail_data import MailboxData
from flows.sandbox.gmail_pop_wizard import PopWizard
from flows.sandbox.gmail_send_as_wizard import SendAsWizard
from flows.sandbox.gmail_site import GmailSite, page
from flows.sandbox.mail_routes import MailRoutes
from flows.sandbox.sign_in_google import CHOOSER
from flows.sandbox.web import read_form, redirect, site_url
from flows.sandbox.world import Gmail, World

MAILBOX = "/mail/u/0/"


class Mailbox:
    """One account's Gmail: its pages and windows."""

    def __init__(self, world: World, mail: MailRoutes) -> None:
        self.world = world
        self.site = site = GmailSite(world, mail)
        self.data, self.send_as = MailboxData(site), SendAsWizard(site)
        self._windows: dict[str, PopWizard | SendAsWizard] = {"ma": PopWizard(site), "cf": self.send_as}

    async def show(self, request: Request) -> Response:
        """The mailbox, or the window that the query names."""
        view = request.query_params.get("view")
        if view is None:
            return page(self.world, request, "app.html", at=self.site.at, ik=self.site.ik)
        if view not in self._windows or not secrets.compare_digest(request.query_params.get("at", ""), self.site.at):
            return page(self.world, request, "message.html", status=403, title="window_too_old", text="")
        if request.method == "POST":
            return await self._windows[view].post(request, await read_form(request))
        return self._windows[view].open(request)


def create_gmail(world: World, mail: MailRoutes) -> Starlette:
    """The site mail-google: the mailboxes and their settings, the two wizards' windows, and the confirmation link."""
    ours = Mailbox(world, mail)
    made: dict[str, Mailbox] = {}

    def mailbox_of(request: Request) -> Mailbox | None:
        """The mailbox of the signed-in account with the number in the address; None: there is none."""
        number, addresses = request.path_params["number"], request.state.addresses
        if number >= len(addresses):
            return None
        if (address := addresses[number]) == world.gmail.address:
            return ours
        if address not in made:
            other = replace(world, gmail=Gmail(address=address))
            world.other_gmails.append(other.gmail)
            made[address] = Mailbox(other, mail)
        return made[address]

    async def show(request: Request) -> Response:
        mailbox = mailbox_of(request)
        return await mailbox.show(request) if mailbox else redirect(MAILBOX)

    async def look(request: Request) -> Response:
        mailbox = mailbox_of(request)
        return await mailbox.data.show(request) if mailbox else redirect(MAILBOX)

    async def change(request: Request) -> Response:
        mailbox = mailbox_of(request)
        return await mailbox.data.do(request) if mailbox else redirect(MAILBOX)

    async def to_mailbox(request: Request) -> Response:
        """The mailbox of the account that ``?authuser`` names; who is not signed in to it is asked to choose."""
        wanted, addresses = request.query_params.get("authuser", ""), request.state.addresses
        if not wanted:
            return redirect(MAILBOX)
        if wanted in addresses:
            return redirect(f"/mail/u/{addresses.index(wanted)}/")
        return redirect(site_url(request, "accounts-google") + CHOOSER)

    return Starlette(
        routes=[
            Route("/", to_mailbox),
            Route("/mail/", to_mailbox),
            Route("/mail/u/{number:int}/", show, methods=["GET", "POST"]),
            Route("/mail/u/{number:int}/x/do", change, methods=["POST"]),
            Route("/mail/u/{number:int}/x/{what}", look),
            Route("/mail/f-{token}", ours.send_as.confirm, methods=["GET", "POST"]),
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
