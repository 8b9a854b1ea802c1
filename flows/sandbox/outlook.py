"""The practice Outlook.com: a shell page that its script fills, late, from a small JSON service."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import secrets
from dataclasses import replace
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.types import Receive, Scope, Send

from flows.sandbox.delivery import deliver, read_message
from flows.sandbox.outlook_words import words_in
from flows.sandbox.sign_in_microsoft import CHOOSE
from flows.sandbox.web import language_of, redirect, remember_language, render, site_url
from flows.sandbox.world import DISPLAY_NAME, Message, Outlook, World

LATENESS = 0.3  # seconds until the service answers: the live page too shows a skeleton first
SHELL_PATHS = (
    "/mail/", "/mail/0/", "/mail/0/inbox", "/mail/inbox",
    "/mail/options/{rest:path}", "/mail/0/options/{rest:path}",
    "/mail/deeplink/compose", "/mail/0/deeplink/compose",
)  # fmt: skip
ASSETS = ("app.css", "app.js", "base.js", "settings.js")
BLOCKED = "550 5.7.520 Access denied, Your organization does not allow external forwarding."
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_CLASS_MARK = re.compile(r"§([a-z][a-z-]*)")


def create_outlook(world: World) -> Starlette:
    """The site at outlook.localhost: the mailbox of whoever is signed in."""
    ours = _site(OutlookService(world))
    made: dict[str, Starlette] = {}

    async def mailbox(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        if request.query_params.get("prompt") == CHOOSE:
            there = {"prompt": CHOOSE, "wreply": f"{site_url(request, 'outlook')}/mail/0/"}
            away = redirect(f"{site_url(request, 'login-live')}/login.srf?{urlencode(there)}")
            return await away(scope, receive, send)
        address = request.state.addresses[0]
        if address == world.outlook.address:
            return await ours(scope, receive, send)
        if address not in made:
            other = replace(world, outlook=Outlook(address=address))
            world.other_outlooks.append(other.outlook)
            made[address] = _site(OutlookService(other))
        return await made[address](scope, receive, send)

    return Starlette(routes=[Mount("/", mailbox)])


def _site(service: OutlookService) -> Starlette:
    """One mailbox's pages and its service."""
    pages = [Route(path, service.shell) for path in SHELL_PATHS]
    return Starlette(
        routes=[
            Route("/", _to_mailbox),
            Route("/mail", _to_mailbox),
            Route("/mail/0", _to_mailbox),
            *pages,
            Route("/assets/{name}", _asset),
            Route("/service/mailbox", service.mailbox),
            Route("/service/settings", service.settings),
            Route("/service/forwarding", service.save_forwarding, methods=["POST"]),
            Route("/service/pop", service.save_pop, methods=["POST"]),
            Route("/service/send", service.send, methods=["POST"]),
        ]
    )


async def _to_mailbox(request: Request) -> Response:
    return remember_language(request, redirect("/mail/0/"))


async def _asset(request: Request) -> Response:
    """The script and the style; ``§name`` in both becomes the same meaningless class name, as live pages have them."""
    name = request.path_params["name"]
    if name not in ASSETS:
        return Response(status_code=404)
    kind = "text/css" if name.endswith(".css") else "text/javascript"
    text = (Path(__file__).parent / "templates" / "outlook" / name).read_text(encoding="utf-8")
    return Response(_CLASS_MARK.sub(lambda mark: _meaningless(mark[1]), text), media_type=kind)


def _meaningless(name: str) -> str:
    digest = hashlib.blake2s(name.encode(), digest_size=3).hexdigest()
    return f"_{digest[0]}{digest[1:5].upper()}"


class OutlookService:
    """What the page's script asks for and posts to."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def shell(self, request: Request) -> Response:
        """The empty page: words and addresses inside, nothing to see until the script has run."""
        lang = language_of(self.world, request)
        start = {
            "words": words_in(lang),
            "lang": lang,
            "pane": self.world.pane,
            "name": DISPLAY_NAME,
            "address": self.world.outlook.address,
            "sign_in": f"{site_url(request, 'account-live')}/login.srf",
        }
        return render(self.world, request, "outlook/shell.html", start=start, words=words_in(lang))

    async def mailbox(self, request: Request) -> Response:
        """Both folders that hold something, newest message first."""
        await asyncio.sleep(LATENESS)
        with self.world.lock:
            outlook = self.world.outlook
            return _answer({"inbox": _listed(outlook.inbox), "sent": _listed(outlook.sent)})

    async def settings(self, request: Request) -> Response:
        """Forwarding always; POP and IMAP only once the person has signed in again."""
        await asyncio.sleep(LATENESS)
        outlook = self.world.outlook
        pop = {
            "pop_on": outlook.pop_on,
            "imap_on": outlook.imap_on,
            "may_delete": outlook.apps_may_delete,
        }
        forwarding = {
            "on": outlook.forwarding_to is not None,
            "to": outlook.forwarding_to or "",
            "keep_copy": outlook.keep_forwarded_copy,
            "waiting": self.world.forwarding_waits,
        }
        return _answer({"forwarding": forwarding, "pop": pop if outlook.reauthenticated else None})

    async def save_pop(self, request: Request) -> Response:
        """Save the POP and IMAP part."""
        wanted = await _sent_json(request)
        await asyncio.sleep(LATENESS)
        outlook = self.world.outlook
        if not outlook.reauthenticated:
            return _answer({"error": "sign_in"}, 403)
        with self.world.lock:
            outlook.pop_on = bool(wanted["pop_on"])
            outlook.imap_on = bool(wanted["imap_on"])
            outlook.apps_may_delete = bool(wanted["may_delete"]) and outlook.pop_on
            self.world.writes += 1
        return _answer({"saved": True})

    async def save_forwarding(self, request: Request) -> Response:
        """Save the forwarding part, unless the organisation forbids it or a code is missing."""
        wanted = await _sent_json(request)
        await asyncio.sleep(LATENESS)
        to = str(wanted["to"]).strip()
        if wanted["on"]:
            if not _ADDRESS.fullmatch(to):
                return _answer({"error": "bad_address"}, 400)
            if self.world.forwarding_blocked:
                return _answer({"error_text": BLOCKED}, 403)
            if missing := self._code_missing(str(wanted.get("code", "")).strip()):
                self.world.forwarding_waits = {"on": True, "to": to, "keep_copy": bool(wanted["keep_copy"])}
                return _answer(missing)
        with self.world.lock:
            self.world.forwarding_waits = None
            self.world.outlook.forwarding_to = to if wanted["on"] else None
            self.world.outlook.keep_forwarded_copy = bool(wanted["keep_copy"])
            self.world.writes += 1
        return _answer({"saved": True})

    def _code_missing(self, code: str) -> dict[str, Any] | None:
        if not self.world.forwarding_asks_code:
            return None
        if not code:
            self.world.forwarding_code = f"{secrets.randbelow(1_000_000):06}"
            return {"code_needed": True}
        if not secrets.compare_digest(code.encode(), self.world.forwarding_code.encode()):
            return {"code_needed": True, "error": "wrong_code"}
        self.world.forwarding_asks_code = False  # asked once only (docs/providers.md, 2, verification)
        return None

    async def send(self, request: Request) -> Response:
        """Send a message that was written here: into Sent, and to everyone it is for."""
        wanted = await _sent_json(request)
        await asyncio.sleep(LATENESS)
        recipients = [part.strip() for part in re.split(r"[;,]", str(wanted["to"])) if part.strip()]
        if not recipients or not all(_ADDRESS.fullmatch(part) for part in recipients):
            return _answer({"error": "bad_address"}, 400)
        outlook = self.world.outlook
        raw = _write(outlook.address, recipients, str(wanted["subject"]), str(wanted["body"]))
        with self.world.lock:
            outlook.sent.append(read_message(raw, outlook.address, ", ".join(recipients)))
            self.world.writes += 1
        for recipient in recipients:
            deliver(self.world, raw, outlook.address, recipient)
        return _answer({"saved": True})


async def _sent_json(request: Request) -> dict[str, Any]:
    wanted = json.loads(await request.body())
    assert isinstance(wanted, dict)
    return wanted


def _answer(content: dict[str, Any], status: int = 200) -> JSONResponse:
    return JSONResponse(content, status, {"Cache-Control": "no-store"})


def _listed(messages: list[Message]) -> list[dict[str, Any]]:
    newest_first = sorted(messages, key=lambda message: -message.received)
    return [
        {
            "id": message.uid,
            "from": message.sender,
            "to": message.recipient,
            "subject": message.subject,
            "body": message.body[:20_000],
            "received": message.received,
            "attachment": message.attachment,
        }
        for message in newest_first
    ]


def _write(sender: str, recipients: list[str], subject: str, body: str) -> bytes:
    message = EmailMessage()
    message["From"] = Address(DISPLAY_NAME, addr_spec=sender)
    message["To"] = ", ".join(recipients)
    message["Subject"] = " ".join(subject.split())
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=sender.partition("@")[2])
    message.set_content(body + "\n")
    return message.as_bytes()
