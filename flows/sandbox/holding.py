"""Requests that want to change something: written down one by one and, when a test asks for it, held."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Asking for this page is what makes an app password (world.new_app_password).
GETS_THAT_CHANGE = ("/proofs/AppPassword",)


@dataclass
class Holding:
    """What was asked of the sites so far, and the one request that a test wants to see held.

    ``before``: it never reaches the site; ``after``: the site has done it, and the answer waits.
    """

    asked: list[str] = field(default_factory=list)
    wanted: str = ""
    moment: Literal["before", "after"] = "before"
    is_held: bool = False
    release: asyncio.Event = field(default_factory=asyncio.Event)

    async def wait(self) -> None:
        """Hold whoever calls until a test lets go."""
        self.is_held = True
        await self.release.wait()

    def routes(self) -> list[Route]:
        """Its part of the control site."""

        async def asked(request: Request) -> Response:
            return JSONResponse(self.asked)

        async def hold(request: Request) -> Response:
            given = await request.json()
            self.wanted, self.moment = given["request"], given["moment"]
            self.is_held, self.release = False, asyncio.Event()
            return JSONResponse({})

        async def held(request: Request) -> Response:
            return JSONResponse(self.is_held)

        async def let_go(request: Request) -> Response:
            self.wanted = ""
            self.release.set()
            return JSONResponse({})

        return [
            Route("/asked", asked),
            Route("/hold", hold, methods=["POST"]),
            Route("/held", held),
            Route("/let-go", let_go, methods=["POST"]),
        ]


class HeldRequests:
    """Between the browser and the sites: names each request that wants to change something, and holds the wanted one.

    A name says what and for the how manyth time: ``POST outlook/service/pop 1``.
    """

    def __init__(self, app: ASGIApp, holding: Holding) -> None:
        self.app = app
        self.holding = holding

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        holding = self.holding
        if not _wants_change(scope):
            await self.app(scope, receive, send)
            return
        body = await _read(receive)
        name = _name(scope, body)
        name = f"{name} {1 + sum(known.rpartition(' ')[0] == name for known in holding.asked)}"
        holding.asked.append(name)
        replay = _replay(body, receive)
        if name != holding.wanted:
            await self.app(scope, replay, send)
        elif holding.moment == "before":
            await holding.wait()
            await PlainTextResponse("cut off", status_code=503)(scope, replay, send)
        else:
            answer: list[Message] = []

            async def keep(message: Message) -> None:
                answer.append(message)

            await self.app(scope, replay, keep)
            await holding.wait()
            for message in answer:
                await send(message)


def _wants_change(scope: Scope) -> bool:
    if scope["type"] != "http" or _host(scope).startswith("control."):
        return False
    return scope["method"] not in ("GET", "HEAD") or scope["path"] in GETS_THAT_CHANGE


def _host(scope: Scope) -> str:
    host: bytes = dict(scope["headers"]).get(b"host", b"")
    return host.decode("latin-1")


def _name(scope: Scope, body: bytes) -> str:
    """Method, site and path; of Gmail's one address for many things also which of them is meant."""
    view = parse_qs(scope["query_string"].decode("latin-1")).get("view", [])
    action = parse_qs(body.decode("utf-8", "replace")).get("action", [])
    what = "".join(f" {part}" for part in (*view, *action))
    return f"{scope['method']} {_host(scope).partition('.')[0]}{scope['path']}{what}"


async def _read(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message: MutableMapping[str, Any] = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def _replay(body: bytes, receive: Receive) -> Receive:
    """What the site receives instead: the whole body at once, then whatever the connection says."""
    left = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return left.pop() if left else await receive()

    return again
