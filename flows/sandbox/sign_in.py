"""Signing in to the practice sites: who is signed in where, and doors that send everybody else to the sign-in pages."""

from __future__ import annotations

import html
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from flows.sandbox.sign_in_words import words_in
from flows.sandbox.web import language_of, own_address, redirect, render, site_url
from flows.sandbox.world import World

COOKIE = "practice_session"
ATTEMPT_COOKIE = "practice_attempt"
ARRIVAL = "/signed-in"  # where a site of the provider takes over a session from its sign-in server
LASTING_SECONDS = 90 * 86_400


@dataclass(frozen=True)
class Session:
    """Who is signed in at one provider in one browser; a session that lasts outlives the browser's window."""

    addresses: tuple[str, ...]
    lasts: bool
    sign_outs: int  # how often everybody had been signed out when it began


@dataclass
class Attempt:
    """A sign-in that is under way in one browser: where it leads, how far it has come."""

    to: str
    step: str
    address: str = ""
    code: str = ""
    problem: str = ""


class SignInServer:
    """One provider's sign-in: its sessions, its attempts, and the tickets that carry a session to the other sites."""

    def __init__(self, world: World, site: str, start: str, everybody: Callable[[], tuple[str, ...]]) -> None:
        self.world = world
        self.site = site
        self.start = start  # the path that shows the step a sign-in has come to
        self.everybody = everybody  # who is signed in where nobody is asked
        self._sessions: dict[str, Session] = {}
        self._attempts: dict[str, Attempt] = {}
        self._tickets: dict[str, str] = {}

    def who(self, request: Request) -> tuple[str, ...]:
        """The addresses signed in with this request; none where signing in is needed first."""
        if session := self._session(request):
            return session.addresses
        return self.everybody() if self.world.signed_in else ()

    def _session(self, request: Request) -> Session | None:
        session = self._sessions.get(request.cookies.get(COOKIE, ""))
        return session if session and session.sign_outs == self.world.sign_outs else None

    # --- on the sign-in server

    def begin(self, request: Request, to: str, step: str, anew: bool = False) -> Response:
        """Remember where a sign-in is to lead; who is signed in already goes there at once, unless it is begun anew."""
        if not anew and self._session(request):
            return self._carry(request.cookies[COOKIE], to)
        if (under_way := self.attempt(request)) and "view=" in to:
            to = under_way.to  # one attempt a browser: a window that was left leads where the mailbox's own tab does
        key = secrets.token_urlsafe(12)
        self._attempts[key] = Attempt(to, step, code=f"{secrets.randbelow(1_000_000):06}")
        response = redirect(self.start)
        response.set_cookie(ATTEMPT_COOKIE, key, httponly=True, samesite="lax")
        return response

    def attempt(self, request: Request) -> Attempt | None:
        """The sign-in under way in this browser."""
        return self._attempts.get(request.cookies.get(ATTEMPT_COOKIE, ""))

    def finish(self, request: Request, attempt: Attempt, lasts: bool, beside: tuple[str, ...] = ()) -> Response:
        """The person is signed in: a session begins, or goes on with this account, and leads to where they wanted to go.

        ``beside``: the accounts that stay signed in besides this one, in their order.
        """
        self._attempts.pop(request.cookies.get(ATTEMPT_COOKIE, ""), None)
        known = request.cookies.get(COOKIE, "")
        key = known if known in self._sessions else secrets.token_urlsafe(12)
        addresses = beside if attempt.address in beside else (*beside, attempt.address)
        self._sessions[key] = Session(addresses, lasts, self.world.sign_outs)
        response = self._carry(key, attempt.to)
        self._set_cookie(response, key)
        return response

    def _carry(self, key: str, to: str) -> Response:
        ticket = secrets.token_urlsafe(12)
        self._tickets[ticket] = key
        origin = "/".join(to.split("/")[:3])
        return redirect(f"{origin}{ARRIVAL}?{urlencode({'ticket': ticket, 'to': to})}")

    def _set_cookie(self, response: Response, key: str) -> None:
        lasting = LASTING_SECONDS if self._sessions[key].lasts else None
        response.set_cookie(COOKIE, key, max_age=lasting, httponly=True, samesite="lax")

    # --- on the provider's other sites

    def arrive(self, request: Request) -> Response:
        """Take over the session that a ticket stands for, once, and show what the person wanted to see."""
        key = self._tickets.pop(request.query_params.get("ticket", ""), "")
        to = own_address(request, request.query_params.get("to", ""))
        response = redirect(to or "/")
        if key:
            self._set_cookie(response, key)
        return response


class Guarded:
    """A site that shows itself to who has signed in, and leads everybody else to its provider's sign-in server."""

    def __init__(self, app: ASGIApp, server: SignInServer, start: str, back: str) -> None:
        self.app = app
        self.server = server
        self.start = start  # the path of the sign-in, with its fixed query
        self.back = back  # the query's name for where to go afterwards

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        scope.setdefault("state", {})["addresses"] = addresses = self.server.who(request)
        if scope["path"] == ARRIVAL:
            await self.server.arrive(request)(scope, receive, send)
        elif addresses or scope["path"].startswith("/assets/"):
            await self.app(scope, receive, send)
        else:
            await self._turn_away(request)(scope, receive, send)

    def _turn_away(self, request: Request) -> Response:
        if "text/html" not in request.headers.get("accept", ""):
            return JSONResponse({"error": "sign_in"}, status_code=401)
        there = f"{site_url(request, self.server.site)}{self.start}&{urlencode({self.back: str(request.url)})}"
        if request.method != "GET":  # the policy of the page that sent it forbids its form to end on another site
            return HTMLResponse(f'<!doctype html><meta http-equiv="refresh" content="0; url={html.escape(there)}">')
        return RedirectResponse(there, status_code=302)


def sign_in_page(server: SignInServer, request: Request, template: str, **values: Any) -> Response:
    """A page of a sign-in server, with its words as ``words``."""
    words: Mapping[str, str] = words_in(language_of(server.world, request))
    return render(server.world, request, f"sign_in/{template}", words=words, **values)
