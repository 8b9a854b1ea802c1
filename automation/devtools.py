"""A browser's DevTools address without Playwright: see its tabs, open and close them, ask it to end."""

from __future__ import annotations

import base64
import http.client
import json
import os
import socket
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from automation.errors import BrowserClosed
from automation.messages import _

SECONDS = 5.0  # for one answer of a browser on this machine


@dataclass(frozen=True)
class Tab:
    """One tab: the browser's own name for it, its address and its title."""

    id: str
    url: str
    title: str


def http_endpoint(attach: str) -> str:
    """The http address of a DevTools address given as http or ws (``ws://127.0.0.1:9222/devtools/…``)."""
    parts = urlsplit(attach)
    scheme = {"ws": "http", "wss": "https"}.get(parts.scheme, parts.scheme)
    return f"{scheme}://{parts.netloc}"


def list_tabs(endpoint: str) -> list[Tab]:
    """The open tabs, the last used first; nothing is attached to them. Raises BrowserClosed without a browser."""
    return [_tab(entry) for entry in _ask(endpoint, "GET", "/json/list") if entry["type"] == "page"]


def tells_tabs(endpoint: str) -> bool:
    """Whether the browser tells its tabs by address; one that was opened to tools by hand in its own settings does not.

    Raises BrowserClosed when nothing answers.
    """
    return isinstance(_ask(endpoint, "GET", "/json/list"), list)


def open_tab(endpoint: str, url: str) -> Tab:
    """Open an address in a new tab. Raises BrowserClosed when there is no browser any more."""
    return _tab(_ask(endpoint, "PUT", "/json/new?" + quote(url, safe="")))


def close_tab(endpoint: str, target_id: str) -> None:
    """Close one tab by its id; one that is closed already is left at that."""
    with suppress(BrowserClosed):
        _ask(endpoint, "GET", f"/json/close/{target_id}")


def close_browser(endpoint: str) -> None:
    """Ask the browser to end by itself, so that it writes its cookies down. Raises BrowserClosed if nobody hears."""
    address = _ask(endpoint, "GET", "/json/version")["webSocketDebuggerUrl"]
    try:
        _send(address, {"id": 1, "method": "Browser.close"})
    except OSError as error:
        raise _closed(endpoint, error) from None


def _tab(entry: dict[str, Any]) -> Tab:
    return Tab(id=entry["id"], url=entry["url"], title=entry["title"])


def _ask(endpoint: str, method: str, path: str) -> Any:
    parts = urlsplit(endpoint)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    # http.client, since urllib would go through the proxies of the environment
    connection = kind(parts.hostname or "127.0.0.1", parts.port, timeout=SECONDS)
    try:
        connection.request(method, path)
        answer = connection.getresponse().read().decode()
        return json.loads(answer) if answer.startswith(("{", "[")) else answer
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _closed(endpoint, error) from None
    finally:
        connection.close()


def _send(address: str, command: dict[str, Any]) -> None:
    """One command over a websocket (RFC 6455), and no more: the handshake, one masked text frame, any answer."""
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 80), timeout=SECONDS) as line:
        key = base64.b64encode(os.urandom(16)).decode()
        line.sendall(
            f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        if b" 101 " not in line.recv(4096).partition(b"\r\n")[0]:
            raise ConnectionRefusedError(address)
        text, mask = json.dumps(command).encode(), os.urandom(4)
        masked = bytes(byte ^ mask[place % 4] for place, byte in enumerate(text))
        line.sendall(bytes([0x81, 0x80 | len(text)]) + mask + masked)  # len < 126: one length byte
        line.recv(4096)


def _closed(endpoint: str, error: Exception) -> BrowserClosed:
    return BrowserClosed(
        _("Speaking with the browser at {endpoint} failed.").format(endpoint=endpoint),
        expected=_("a browser that is still open"),
        seen=str(error) or type(error).__name__,
        todo=_("Leave the browser window open while the run lasts, and run the same command again."),
    )
