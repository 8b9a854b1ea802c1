"""The window "Add a mail account" (docs/providers.md, 5), and "edit info" of an account that is there."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from flows.sandbox.gmail_mail import MailRefused, check_pop_login
from flows.sandbox.gmail_site import MAX_POP_ACCOUNTS, GmailSite, page
from flows.sandbox.gmail_words import clock_text, fetch_text, quoted_text, trouble_text, words
from flows.sandbox.web import language_of, redirect
from flows.sandbox.world import MailTrouble, PopAccount

# The live window's field names are unknown: these mean nothing, so that nobody can lean on them.
FIELDS = {
    "step": "nf0",
    "address": "nf3",
    "choice": "nf4",
    "user": "nf7",
    "password": "nf8",
    "server": "nf9",
    "port": "nfb",
    "leave_copy": "nfc",
    "ssl": "nfd",
    "label_on": "nfe",
    "label": "nfg",
    "archive": "nfh",
}
NEW_LABEL = "+"
Form = Mapping[str, str]


class PopWizard:
    """Address, Gmailify or POP3, settings, and at last the offer to send as the address too."""

    def __init__(self, site: GmailSite) -> None:
        self.site = site
        self.world = site.world

    def open(self, request: Request) -> Response:
        """The window as it opens: empty, on an account of the list (``id``), its history, or just added (``done``)."""
        asked = request.query_params
        if account := self._account(asked.get("history", "")):
            return self._history(request, account)
        if account := self._account(asked.get("done", "")):
            return self._page(request, "pop_done.html", address=account.address)
        if account := self._account(asked.get("id", "")):
            return self._settings(request, account, edited=True)
        return self._ask_address(request)

    async def post(self, request: Request, form: Form) -> Response:
        """One step further, or back."""
        address = form.get(FIELDS["address"], "").strip()
        match form.get(FIELDS["step"]), "back" in form:
            case "1", _:
                return self._take_address(request, address)
            case "2", True:
                return self._ask_address(request, address)
            case "2", False:
                return self._take_choice(request, form, address)
            case "3", True:
                return self._go_back(request, address)
            case "3", False:
                return await self._add(request, form, address)
            case "4", _:
                return self._finish(request, form, address)
        return await self._save(request, form)

    def _ask_address(self, request: Request, address: str = "", error: str = "") -> Response:
        full = len(self.world.gmail.pop_accounts) >= MAX_POP_ACCOUNTS
        if full:
            error = self._words(request)["too_many_accounts"]
        return self._page(request, "pop_address.html", address=address, error=error, full=full)

    def _take_address(self, request: Request, address: str) -> Response:
        name, _, domain = address.partition("@")
        if not name or "." not in domain:
            return self._ask_address(request, address, self._words(request)["bad_address"].format(address=address))
        if self._can_be_linked(address):
            return self._choose(request, address)
        return self._settings(request, _guess(address))

    def _go_back(self, request: Request, address: str) -> Response:
        return self._choose(request, address) if self._can_be_linked(address) else self._ask_address(request, address)

    def _can_be_linked(self, address: str) -> bool:
        """Gmailify is offered for the big providers only: here, for the practice Outlook.com."""
        return address.lower().partition("@")[2] == self.world.outlook.address.lower().partition("@")[2]

    def _choose(self, request: Request, address: str, error: str = "") -> Response:
        return self._page(request, "pop_choice.html", address=address, error=error)

    def _take_choice(self, request: Request, form: Form, address: str) -> Response:
        if form.get(FIELDS["choice"]) == "1":
            return self._choose(request, address, self._words(request)["gmailify_gone"])
        return self._settings(request, _guess(address))

    async def _add(self, request: Request, form: Form, address: str) -> Response:
        account = self._filled_in(form, _guess(address))
        try:
            await asyncio.to_thread(check_pop_login, self.site.mail, account)
        except MailRefused as refused:
            return self._settings(request, account, trouble=refused.trouble)
        with self.world.lock:
            if len(self.world.gmail.pop_accounts) >= MAX_POP_ACCOUNTS:
                return self._ask_address(request, address)
            self.world.gmail.pop_accounts.append(account)
            self._know_label(account.label)
            self.world.writes += 1
        self.site.fetcher.start(account)
        return redirect(self.site.window_url("ma", done=account.id))

    def _finish(self, request: Request, form: Form, address: str) -> Response:
        if form.get(FIELDS["choice"]) == "1":
            return redirect(self.site.window_url("cf", cfa=address))
        return self._page(request, "closing.html")

    async def _save(self, request: Request, form: Form) -> Response:
        account = self._account(request.query_params.get("id", ""))
        if account is None:
            return self._page(request, "message.html", status=404, title="window_too_old", text="")
        wished = self._filled_in(form, account)
        try:
            await asyncio.to_thread(check_pop_login, self.site.mail, wished)
        except MailRefused as refused:
            return self._settings(request, wished, edited=True, trouble=refused.trouble)
        with self.world.lock:
            for name in ("user", "password", "host", "port", "ssl", "leave_copy", "label", "archive"):
                setattr(account, name, getattr(wished, name))
            self._know_label(account.label)
            self.world.writes += 1
        return self._page(request, "closing.html")

    def _filled_in(self, form: Form, account: PopAccount) -> PopAccount:
        """``account`` with what the form says; an empty password keeps the one that is known."""
        port = form.get(FIELDS["port"], "")
        label = form.get(FIELDS["label"], "").strip()
        return replace(
            account,
            user=form.get(FIELDS["user"], "").strip(),
            password=form.get(FIELDS["password"]) or account.password,
            host=form.get(FIELDS["server"], "").strip(),
            port=int(port) if port in ("110", "995") else 110,
            ssl=FIELDS["ssl"] in form,
            leave_copy=FIELDS["leave_copy"] in form,
            label=label if FIELDS["label_on"] in form and label != NEW_LABEL else None,
            archive=FIELDS["archive"] in form,
        )

    def _settings(
        self, request: Request, account: PopAccount, *, edited: bool = False, trouble: MailTrouble | None = None
    ) -> Response:
        lang = language_of(self.world, request)
        labels = dict.fromkeys([account.address, *self.world.gmail.labels, *([account.label] if account.label else [])])
        return self._page(
            request,
            "pop_settings.html",
            account=account,
            edited=edited,
            labels=list(labels),
            new_label=NEW_LABEL,
            error=trouble_text(trouble, lang) if trouble else "",
            details=quoted_text(trouble, lang) if trouble else "",
        )

    def _history(self, request: Request, account: PopAccount) -> Response:
        lang = language_of(self.world, request)
        with self.world.lock:
            lines = [(clock_text(fetch.when, lang), fetch_text(fetch, lang)) for fetch in reversed(account.history)]
        return self._page(request, "pop_history.html", address=account.address, lines=lines)

    def _know_label(self, label: str | None) -> None:
        if label and label not in self.world.gmail.labels:
            self.world.gmail.labels.append(label)

    def _account(self, account_id: str) -> PopAccount | None:
        return next((account for account in self.world.gmail.pop_accounts if account.id == account_id), None)

    def _words(self, request: Request) -> dict[str, str]:
        return words(language_of(self.world, request))

    def _page(self, request: Request, template: str, status: int = 200, **values: object) -> Response:
        return page(self.world, request, template, status=status, f=FIELDS, **values)


def _guess(address: str) -> PopAccount:
    """What the settings form shows at first: Gmail's guesses, which are often wrong (docs/providers.md, 5 and 6)."""
    name, _, domain = address.partition("@")
    return PopAccount(
        id=secrets.token_hex(4),
        address=address,
        user=name,
        password="",
        host=f"pop.{domain}",
        port=110,
        ssl=False,
        leave_copy=False,
        label=None,
        archive=False,
    )
