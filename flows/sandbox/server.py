"""The practice world running: web sites and mail servers in one asyncio loop, with its throw-away files."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import uvicorn

from flows.sandbox import FOLDER_PREFIX
from flows.sandbox.app import create_app
from flows.sandbox.certificates import intercepting_authority, practice_authority
from flows.sandbox.mail_routes import MailRoutes
from flows.sandbox.mail_servers import MailServers
from flows.sandbox.world import DISPLAY_NAME, PRACTICE_PASSWORD, World
from flows.sandbox.worlds import facts_of


def serve(world: World) -> None:
    """Run a world until standard input ends, SIGTERM or SIGINT. Raises OSError when a port cannot be opened."""
    for noisy in ("asyncio", "mail.log", "uvicorn"):  # a client that drops a TLS handshake is no news here
        logging.getLogger(noisy).setLevel(logging.CRITICAL)
    with TemporaryDirectory(prefix=FOLDER_PREFIX, ignore_cleanup_errors=True) as folder:
        asyncio.run(_serve(world, Path(folder)))


async def _serve(world: World, folder: Path) -> None:
    stop = asyncio.Event()
    _stop_on_signals(stop)
    _stop_at_end_of_input(stop)
    authority = practice_authority()
    here = intercepting_authority() if world.intercepted else authority
    mail = MailRoutes(world, authority.client_context())
    servers = MailServers(world, mail, authority, here)
    await servers.start()
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    web = _WebServer(
        uvicorn.Config(create_app(world, mail), log_config=None, lifespan="off", timeout_graceful_shutdown=1)
    )
    running = asyncio.create_task(web.serve(sockets=[listening]))
    facts = folder / "facts.json"
    facts.write_text(json.dumps(facts_of(world.name), ensure_ascii=False), encoding="utf-8")
    print(json.dumps(_greeting(world, port, servers, authority.write(folder / "ca.pem"), facts)), flush=True)
    await stop.wait()
    servers.close()
    web.should_exit = True
    await running


def _greeting(world: World, port: int, servers: MailServers, ca_file: Path, facts: Path) -> dict[str, Any]:
    def site(name: str) -> str:
        return f"http://{name}.localhost:{port}"

    connect_to = (f"{host}:{p}:{to}:{to_p}" for (host, p), (to, to_p) in sorted(servers.connect_to.items()))
    settings = {
        "OUTLOOK_ADDRESS": world.outlook.address,
        "GMAIL_ADDRESS": world.gmail.address,
        "DISPLAY_NAME": DISPLAY_NAME,
        "OUTLOOK_URL": site("outlook"),
        "MICROSOFT_ACCOUNT_URL": site("account-microsoft"),
        "ACCOUNT_LIVE_URL": site("account-live"),
        "GMAIL_URL": site("mail-google"),
        "GOOGLE_ACCOUNT_URL": site("myaccount-google"),
        "POP_HOST": "outlook.office365.com",
        "POP_PORT": "995",
        "SMTP_HOST": "smtp-mail.outlook.com",
        "SMTP_PORT": "587",
        "MAIL_CONNECT_TO": ",".join(connect_to),
        "TLS_CA_FILE": str(ca_file),
        "PROVIDER_FACTS": str(facts),
    }
    return {"settings": settings, "control": site("control"), "practice_password": PRACTICE_PASSWORD}


class _WebServer(uvicorn.Server):
    """uvicorn, but signals stay with us: it would raise them again before our files are gone."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _stop_on_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))


def _stop_at_end_of_input(stop: asyncio.Event) -> None:
    """The parent holds the other end of our standard input: when it ends, however it died, so do we."""
    loop = asyncio.get_running_loop()

    def wait_for_end() -> None:
        with suppress(OSError):
            while os.read(sys.stdin.fileno(), 4096):
                pass
        with suppress(RuntimeError):  # the loop is gone already
            loop.call_soon_threadsafe(stop.set)

    threading.Thread(target=wait_for_end, daemon=True).start()
