"""What the mailbox's script asks for and does, as JSON: lists, messages, accounts, filters, labels."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from flows.sandbox.delivery import parse_header
from flows.sandbox.gmail_search import search
from flows.sandbox.gmail_site import GmailSite
from flows.sandbox.gmail_words import clock_text, last_checked, not_retrieved_since, row_error, words
from flows.sandbox.web import language_of, read_form, site_url
from flows.sandbox.world import DISPLAY_NAME, GmailFilter, Message, PopAccount, SendAs

Json = dict[str, Any]
Form = Mapping[str, str]


class MailboxData:
    """``show`` only looks (but a message opened is a message read); ``do`` changes."""

    def __init__(self, site: GmailSite) -> None:
        self.site = site
        self.world = site.world
        self.gmail = site.world.gmail
        self._shows: dict[str, Callable[[Request], Json]] = {
            "start": self._start,
            "list": self._list,
            "message": self._message,
            "accounts": self._accounts,
            "filters": self._filters,
        }
        self._does: dict[str, Callable[[Form], None]] = {
            "check": self._check,
            "check-all": self._check_all,
            "delete-pop": self._delete_pop,
            "delete-sender": self._delete_sender,
            "make-default": self._make_default,
            "reply-mode": self._set_reply_mode,
            "create-filter": self._create_filter,
            "delete-filter": self._delete_filter,
            "delete-label": self._delete_label,
        }

    async def show(self, request: Request) -> Response:
        """One of the views as the script draws it."""
        what = request.path_params["what"]
        if what not in self._shows:
            return JSONResponse({"error": "unknown view"}, status_code=404)
        with self.world.lock:
            return JSONResponse(self._shows[what](request), headers={"Cache-Control": "no-store"})

    async def do(self, request: Request) -> Response:
        """One change; every one counts as a write, whether or not something was there to change."""
        form = await read_form(request)
        action = form.get("action", "")
        if action not in self._does or not secrets.compare_digest(form.get("at", ""), self.site.at):
            return JSONResponse({"error": "refused"}, status_code=403)
        with self.world.lock:
            self._does[action](form)
            self.world.writes += 1
        return JSONResponse({})

    # ---- looking

    def _start(self, request: Request) -> Json:
        lang = language_of(self.world, request)
        account = site_url(request, "myaccount-google") + "/"
        return {"words": words(lang), "address": self.gmail.address, "name": DISPLAY_NAME, "account": account}

    def _list(self, request: Request) -> Json:
        lang = language_of(self.world, request)
        unread = sum(not m.read for m in search(self.gmail.messages, "in:inbox"))
        found = search(self.gmail.messages, request.query_params.get("q", ""))
        rows = [self._row(message, lang) for message in found]
        return {"unread": unread, "rows": rows, "labels": sorted(self.gmail.labels), "full": self.world.quota_full}

    def _row(self, message: Message, lang: str) -> Json:
        return {
            "id": message.uid,
            "sender": message.sender.partition("<")[0].strip(' "') or message.sender,
            "subject": message.subject,
            "snippet": " ".join(message.body.split())[:120],
            "when": clock_text(message.received, lang),
            "labels": sorted(message.labels),
            "read": message.read,
            "attachment": message.attachment,
        }

    def _message(self, request: Request) -> Json:
        lang = language_of(self.world, request)
        message = next((m for m in self.gmail.messages if m.uid == request.query_params.get("id")), None)
        if message is None:
            return {"gone": True}
        if not message.read:
            message.read = True
            self.world.writes += 1
        to = parse_header(message.raw, "To") or message.recipient
        return self._row(message, lang) | {"from": message.sender, "to": to, "body": message.body}

    def _accounts(self, request: Request) -> Json:
        lang = language_of(self.world, request)
        pop = None if self.world.gmail_pop_removed else [self._pop_row(a, lang) for a in self.gmail.pop_accounts]
        is_default = self.gmail.default_from is None
        own = {"id": "", "name": DISPLAY_NAME, "address": self.gmail.address, "default": is_default}
        return {
            "pop": pop,
            "senders": [own, *(self._sender_row(sender) for sender in self.gmail.send_as)],
            "reply_same": self.gmail.reply_from_same,
            "open_pop": self.site.window_url("ma"),
            "open_send_as": self.site.window_url("cf"),
            "account": site_url(request, "myaccount-google") + "/",
        }

    def _pop_row(self, account: PopAccount, lang: str) -> Json:
        w = words(lang)
        last = account.history[-1] if account.history else None
        status, more = w["never_checked"], ""
        if last and last.trouble:
            good = [fetch.when for fetch in account.history if fetch.trouble is None]
            status, more = row_error(last.trouble, lang), not_retrieved_since(max(good, default=last.when), lang)
        elif last:
            status = last_checked(int((time.time() - last.when) // 60), last.fetched, lang)
        return {
            "id": account.id,
            "address": account.address,
            "fetching": account.fetching,
            "status": status,
            "more": more,
            "bad": bool(last and last.trouble),
            "edit": self.site.window_url("ma", id=account.id),
            "history": self.site.window_url("ma", history=account.id),
        }

    def _sender_row(self, sender: SendAs) -> Json:
        return {
            "id": sender.id,
            "name": sender.name,
            "address": sender.address,
            "default": self.gmail.default_from == sender.address,
            "verified": sender.verified,
            "alias": sender.alias,
            "host": sender.host,
            "verify": self.site.window_url("cf", id=sender.id),
        }

    def _filters(self, request: Request) -> Json:
        filters = [vars(rule) for rule in self.gmail.filters]
        return {"filters": filters, "labels": sorted(self.gmail.labels)}

    # ---- changing

    def _check(self, form: Form) -> None:
        for account in self.gmail.pop_accounts:
            if account.id == form.get("id"):
                self.site.fetcher.start(account)

    def _check_all(self, form: Form) -> None:
        if not self.world.gmail_pop_removed:
            for account in self.gmail.pop_accounts:
                self.site.fetcher.start(account)

    def _delete_pop(self, form: Form) -> None:
        self.gmail.pop_accounts = [a for a in self.gmail.pop_accounts if a.id != form.get("id")]

    def _delete_sender(self, form: Form) -> None:
        self.gmail.send_as = [s for s in self.gmail.send_as if s.id != form.get("id")]
        if self.gmail.default_from not in {s.address for s in self.gmail.send_as}:
            self.gmail.default_from = None

    def _make_default(self, form: Form) -> None:
        addresses = {s.id: s.address for s in self.gmail.send_as if s.verified}
        self.gmail.default_from = addresses.get(form.get("id", ""))

    def _set_reply_mode(self, form: Form) -> None:
        self.gmail.reply_from_same = form.get("same") == "1"

    def _create_filter(self, form: Form) -> None:
        label = form.get("label", "").strip() or None
        if label and label not in self.gmail.labels:
            self.gmail.labels.append(label)
        rule = GmailFilter(
            id=secrets.token_hex(4),
            to=form.get("to", "").strip(),
            label=label,
            archive=form.get("archive") == "1",
            never_spam=form.get("never_spam") == "1",
        )
        self.gmail.filters.append(rule)
        if form.get("also_apply") == "1":
            for message in search(self.gmail.messages, f"in:anywhere to:({rule.to})"):
                message.labels |= {label} if label else set()
                message.in_inbox = message.in_inbox and not rule.archive

    def _delete_filter(self, form: Form) -> None:
        self.gmail.filters = [rule for rule in self.gmail.filters if rule.id != form.get("id")]

    def _delete_label(self, form: Form) -> None:
        label = form.get("name", "")
        self.gmail.labels = [name for name in self.gmail.labels if name != label]
        for message in self.gmail.messages:
            message.labels.discard(label)
