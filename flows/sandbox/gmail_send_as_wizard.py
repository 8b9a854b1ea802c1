"""The window "Add another email address you own" (docs/providers.md, 6), and the page behind the confirmation link."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from urllib.parse import urljoin

from starlette.requests import Request
from starlette.responses import Response

from flows.sandbox.gmail_mail import MailRefused, check_smtp_login, confirmation_message
from flows.sandbox.gmail_site import GmailSite, page
from flows.sandbox.gmail_words import quoted_text, trouble_text, words
from flows.sandbox.web import language_of, redirect
from flows.sandbox.world import DISPLAY_NAME, MailTrouble, SendAs

SECURITY = {"2": "tls", "1": "ssl", "0": "none"}  # values of the radios sm587, sm465 and sm25
DEFAULT_SECURITY = {587: "tls", 465: "ssl", 25: "none"}
Form = Mapping[str, str]


class SendAsWizard:
    """Name and address, SMTP server, and the code that came by mail. The field names are Gmail's own."""

    def __init__(self, site: GmailSite) -> None:
        self.site = site
        self.world = site.world

    def open(self, request: Request) -> Response:
        """The window as it opens: empty, or waiting for the code of an address that is there (``id``)."""
        if sender := self._sender(request.query_params.get("id", "")):
            return self._ask_code(request, sender)
        return self._ask_name(request, _new(request.query_params.get("cfa", "")))

    async def post(self, request: Request, form: Form) -> Response:
        """One step further, or back; ``cfrp`` says which form was sent."""
        sender = _from_form(form)
        match form.get("cfrp"):
            case "1":
                return self._take_name(request, sender)
            case "3" if "back" in form:
                return self._ask_name(request, sender)
            case "3":
                return await self._add(request, sender)
            case "5":
                return self._send_again(request, form)
        return self._take_code(request, form)

    async def confirm(self, request: Request) -> Response:
        """The page behind the link of the confirmation message: whoever reads the mailbox may say yes here."""
        token = request.path_params["token"]
        sender = next((s for s in self.world.gmail.send_as if s.token and s.token == token), None)
        if sender is None:
            return page(self.world, request, "message.html", status=404, title="confirm_title", text="confirm_gone")
        if request.method == "POST":
            self._confirmed(sender)
        return page(self.world, request, "confirm.html", sender=sender)

    def _ask_name(self, request: Request, sender: SendAs, error: str = "") -> Response:
        return page(self.world, request, "send_as_name.html", sender=sender, error=error)

    def _take_name(self, request: Request, sender: SendAs) -> Response:
        w = words(language_of(self.world, request))
        name, _, domain = sender.address.partition("@")
        if not name or "." not in domain:
            return self._ask_name(request, sender, w["bad_address"].format(address=sender.address))
        there = [s for s in self.world.gmail.send_as if s.address.lower() == sender.address.lower() and s.verified]
        if there or sender.address.lower() == self.world.gmail.address.lower():
            return self._ask_name(request, sender, w["already_there"].format(address=sender.address))
        sender.host, sender.user = f"smtp.{domain}", name  # Gmail's guesses, which are often wrong
        return self._ask_server(request, sender)

    def _ask_server(self, request: Request, sender: SendAs, trouble: MailTrouble | None = None) -> Response:
        lang = language_of(self.world, request)
        return page(
            self.world,
            request,
            "send_as_server.html",
            sender=sender,
            security=DEFAULT_SECURITY | {sender.port: sender.security},
            error=trouble_text(trouble, lang) if trouble else "",
            details=quoted_text(trouble, lang) if trouble else "",
        )

    async def _add(self, request: Request, sender: SendAs) -> Response:
        try:
            await asyncio.to_thread(check_smtp_login, self.site.mail, sender)
        except MailRefused as refused:
            return self._ask_server(request, sender, refused.trouble)
        with self.world.lock:
            others = [s for s in self.world.gmail.send_as if s.address.lower() != sender.address.lower()]
            self.world.gmail.send_as = [*others, sender]
            self.world.writes += 1
        self._send_code(request, sender)
        return redirect(self.site.window_url("cf", id=sender.id))

    def _send_code(self, request: Request, sender: SendAs) -> None:
        link = urljoin(str(request.base_url), f"/mail/f-{sender.token}")
        raw = confirmation_message(sender, self.world.gmail.address, link, language_of(self.world, request))
        self.site.mail.deliver_to_outlook(raw, "gmail-noreply@google.com", sender.address)

    def _ask_code(self, request: Request, sender: SendAs, note: str = "", error: str = "") -> Response:
        if sender.verified:
            return page(self.world, request, "closing.html")
        return page(self.world, request, "send_as_code.html", sender=sender, note=note, error=error)

    def _send_again(self, request: Request, form: Form) -> Response:
        sender = self._sender(form.get("id", ""))
        if sender is None:
            return self._gone(request)
        self._send_code(request, sender)
        return self._ask_code(request, sender, note="resent")

    def _take_code(self, request: Request, form: Form) -> Response:
        sender = self._sender(form.get("id", ""))
        if sender is None:
            return self._gone(request)
        if not secrets.compare_digest(form.get("cfvc", "").strip().encode(), sender.code.encode()):
            return self._ask_code(request, sender, error="code_wrong")
        self._confirmed(sender)
        return page(self.world, request, "closing.html")

    def _confirmed(self, sender: SendAs) -> None:
        with self.world.lock:
            if not sender.verified:
                sender.verified = True
                self.world.writes += 1

    def _sender(self, sender_id: str) -> SendAs | None:
        return next((sender for sender in self.world.gmail.send_as if sender.id == sender_id), None)

    def _gone(self, request: Request) -> Response:
        return page(self.world, request, "message.html", status=404, title="window_too_old", text="")


def _new(address: str) -> SendAs:
    return SendAs(
        id=secrets.token_hex(4),
        name=DISPLAY_NAME,
        address=address,
        alias=True,
        code=str(100_000_000 + secrets.randbelow(900_000_000)),
        token=secrets.token_urlsafe(24),
    )


def _from_form(form: Form) -> SendAs:
    port = form.get("cfsp", "")
    sender = _new(form.get("cfa", "").strip())
    sender.name = form.get("cfn", "").strip()
    sender.alias = "cfia" in form
    sender.reply_to = form.get("cfrt", "").strip()
    sender.host = form.get("cfss", "").strip()
    sender.port = int(port) if port in ("25", "465", "587") else 587
    sender.user = form.get("cfsl", "").strip()
    sender.password = form.get("cfsw", "")
    sender.security = SECURITY.get(form.get(f"sm{sender.port}", "2"), "tls")
    return sender
