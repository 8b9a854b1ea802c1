"""The control site of the practice world, for tests only: look at the truth, change it, bring a message."""

from __future__ import annotations

import secrets
import time
from dataclasses import asdict
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from flows.sandbox.delivery import deliver, parse_header
from flows.sandbox.holding import Holding
from flows.sandbox.world import (
    DISPLAY_NAME,
    PRACTICE_PASSWORD,
    Activity,
    Fetch,
    Gmail,
    GmailFilter,
    MailTrouble,
    Message,
    PopAccount,
    SendAs,
    World,
)

PLAIN = {
    "app_passwords",
    "approved_places",
    "google_accounts",
    "labels",
    "microsoft_accounts",
}  # lists of texts; the other lists of the world hold objects


def create_control(world: World, holding: Holding) -> Starlette:
    """The site at control.localhost. Nothing done here counts in ``world.writes``."""

    async def state(request: Request) -> Response:
        with world.lock:
            return JSONResponse(describe(world))

    async def shown_secrets(request: Request) -> Response:
        return JSONResponse(
            {
                "practice_password": PRACTICE_PASSWORD,
                "app_passwords": world.outlook.app_passwords,
                "google_app_passwords": world.gmail.app_passwords,
                "forwarding_code": world.forwarding_code,
            }
        )

    async def change(request: Request) -> Response:
        with world.lock:
            for path, value in (await request.json()).items():
                change_field(world, path, value)
        return JSONResponse({"ok": True})

    async def bring(request: Request) -> Response:
        given = await request.json()
        before = world.writes
        message_id = bring_message(world, given.get("subject", ""), given.get("body", ""), given.get("sender"))
        world.writes = before
        return JSONResponse({"message_id": message_id})

    async def half_made(request: Request) -> Response:
        with world.lock:
            leave_half_made(world)
        return JSONResponse({"ok": True})

    async def furnished(request: Request) -> Response:
        with world.lock:
            furnish(world)
        return JSONResponse({"ok": True})

    async def drift(request: Request) -> Response:
        world.drift = [dict(operation) for operation in (await request.json())["operations"]]
        return JSONResponse({"ok": True})

    return Starlette(
        routes=[
            Route("/state", state),
            Route("/secrets", shown_secrets),
            Route("/set", change, methods=["POST"]),
            Route("/deliver", bring, methods=["POST"]),
            Route("/half-made", half_made, methods=["POST"]),
            Route("/furnished", furnished, methods=["POST"]),
            Route("/drift", drift, methods=["POST"]),
            *holding.routes(),
        ],
        exception_handlers={ValueError: _refuse},
    )


async def _refuse(request: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, status_code=400)


def describe(world: World) -> dict[str, Any]:
    """The world as JSON, without any password: of app passwords only how many there are."""
    flags = {name: value for name, value in vars(world).items() if isinstance(value, str | int | float | None)}
    outlook, gmail = world.outlook, world.gmail
    return flags | {
        "logins": world.logins,
        "app_passwords_in_use": len(_in_use(world)),
        "outlook": _simple(outlook)
        | {
            "inbox": [_message(m) for m in outlook.inbox],
            "sent": [_message(m) for m in outlook.sent],
            "app_passwords": len(outlook.app_passwords),
            "activities": [asdict(activity) for activity in outlook.activities],
            "approved_places": sorted(outlook.approved_places),
        },
        "gmail": _gmail(gmail),
        "google_accounts": world.google_accounts,
        "microsoft_accounts": world.microsoft_accounts,
        "other_outlooks": [_simple(other) for other in world.other_outlooks],
        "other_gmails": [_gmail(other) for other in world.other_gmails],
    }


def _in_use(world: World) -> set[str]:
    """The live app passwords, of Microsoft's and of Google's, that Gmail has been given."""
    given = [row.password for row in world.gmail.pop_accounts] + [entry.password for entry in world.gmail.send_as]
    return set(given) & {*world.outlook.app_passwords, *world.gmail.app_passwords}


def change_field(world: World, path: str, value: Any) -> None:
    """Set one plain field by its dotted name (``outlook.pop_on``). ValueError: there is none of that kind."""
    *parents, name = path.split(".")
    owner: Any = world
    for parent in parents:
        owner = getattr(owner, parent, None)
    old = getattr(owner, name, ...)
    if old is ... or (isinstance(old, list | set) and name not in PLAIN):
        raise ValueError(f"no plain field {path}")
    setattr(owner, name, set(value) if isinstance(old, set) else value)


def bring_message(world: World, subject: str, body: str, sender: str | None) -> str:
    """Deliver a new message to the Outlook inbox as its mail server would; gives its Message-ID."""
    message = EmailMessage()
    message["From"] = sender or "Mika Tanaka <mika@friends.example>"
    message["To"] = world.outlook.address
    message["Subject"] = subject
    message["Date"] = formatdate()
    message["Message-ID"] = made = make_msgid(domain="friends.example")
    message.set_content(body)
    deliver(world, message.as_bytes(), "mika@friends.example", world.outlook.address)
    return made


def leave_half_made(world: World) -> None:
    """As somebody leaves it who gave up: POP on, and a Gmail row with port 110 and no SSL."""
    outlook = world.outlook
    outlook.pop_on = True
    half = _fetching(world, host="pop-mail.outlook.com", port=110, ssl=False, label=None)
    half.history = [Fetch(time.time(), 0, MailTrouble("timeout"))]
    world.gmail.pop_accounts.append(half)


def _fetching(world: World, *, host: str, port: int, ssl: bool, label: str | None) -> PopAccount:
    """A Gmail row that fetches, last looked at just now."""
    address, made = world.outlook.address, secrets.token_hex(4)
    return PopAccount(made, address, address, "left over", host, port, ssl, True, label, False, time.time())


def furnish(world: World) -> None:
    """As somebody has it who set up everything by every route, so that pages show all they can: for looking only."""
    outlook, gmail, now = world.outlook, world.gmail, time.time()
    outlook.reauthenticated = outlook.pop_on = True
    outlook.forwarding_to = gmail.address
    outlook.activities.append(Activity("unusual", "POP3", "Google", now, unusual=True))
    row = _fetching(world, host="outlook.office365.com", port=995, ssl=True, label=outlook.address)
    row.history = [Fetch(now, 0)]
    gmail.pop_accounts = [row]
    sender = SendAs(secrets.token_hex(4), DISPLAY_NAME, outlook.address, alias=True, host="smtp-mail.outlook.com")
    gmail.send_as = [sender]
    gmail.labels = [outlook.address]
    gmail.filters = [GmailFilter(secrets.token_hex(4), outlook.address, outlook.address, False, False)]


def _simple(thing: object) -> dict[str, Any]:
    return {name: value for name, value in vars(thing).items() if isinstance(value, str | int | float | None)}


def _gmail(gmail: Gmail) -> dict[str, Any]:
    return _simple(gmail) | {
        "messages": [_message(m) for m in gmail.messages],
        "pop_accounts": [_pop_account(account) for account in gmail.pop_accounts],
        "send_as": [_send_as(entry) for entry in gmail.send_as],
        "labels": gmail.labels,
        "filters": [asdict(rule) for rule in gmail.filters],
        "app_passwords": len(gmail.app_passwords),
        "fetched": gmail.fetched,
    }


def _message(message: Message) -> dict[str, Any]:
    return _simple(message) | {
        "labels": sorted(message.labels),
        "size": len(message.raw),
        "message_id": parse_header(message.raw, "Message-ID"),
    }


def _pop_account(account: PopAccount) -> dict[str, Any]:
    rest = {name: value for name, value in _simple(account).items() if name != "password"}
    return rest | {"fetched": len(account.fetched_uids), "history": [asdict(fetch) for fetch in account.history]}


def _send_as(entry: SendAs) -> dict[str, Any]:
    return {name: value for name, value in _simple(entry).items() if name != "password"}
