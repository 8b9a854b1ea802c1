"""A small POP3 server that says what Microsoft's says (docs/providers.md, 9), over the practice mailbox."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Callable, Iterable
from contextlib import suppress

from flows.sandbox.gate import Refusal, log_in
from flows.sandbox.world import Message, World

GREETING = "The Microsoft Exchange POP3 service is ready. [UABSAEEAQwBUAEkAQwBFAA==]"
LOGON_FAILURE = "Logon failure: unknown user name or bad password."
OAUTH_FAILURE = "Authentication failure: unknown user name or bad password."
WEB_LOGIN = "Login to your account via a web browser to verify your account."
CAPABILITIES = ("TOP", "UIDL", "SASL PLAIN XOAUTH2", "USER")
PATIENCE = 600.0  # seconds a client may be silent (RFC 1939 asks for at least ten minutes)


class _Bye(Exception):
    """The client has quit, or is gone."""


class PopSession:
    """One connection: log in, then look at the mailbox as it was at that moment."""

    def __init__(self, world: World, place: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.world = world
        self.place = place
        self.reader = reader
        self.writer = writer
        self.user = ""
        self.messages: list[tuple[Message, bytes]] | None = None  # None: not logged in
        self.deleted: set[int] = set()

    async def talk(self) -> None:
        """Greet, then answer commands until the client quits or goes."""
        self._ok(GREETING)
        with suppress(_Bye, ConnectionError, asyncio.IncompleteReadError, TimeoutError, ValueError):
            while True:
                await self.writer.drain()
                await self._obey(await self._line())

    async def _line(self) -> str:
        line = await asyncio.wait_for(self.reader.readline(), PATIENCE)
        if not line.endswith(b"\n"):
            raise _Bye
        return line.decode("utf-8", "replace").rstrip("\r\n")

    async def _obey(self, line: str) -> None:
        verb, _, rest = line.partition(" ")
        before: dict[str, Callable[[str], None]] = {"USER": self._name, "PASS": self._password}
        after: dict[str, Callable[[str], None]] = {
            "STAT": self._stat, "LIST": self._list, "UIDL": self._uidl, "RETR": self._retrieve,
            "TOP": self._top, "DELE": self._delete, "RSET": self._reset, "NOOP": lambda _: self._ok(),
        }  # fmt: skip
        verb = verb.upper()
        if verb == "QUIT":
            await self._quit()
        elif verb == "CAPA":
            self._ok()
            self._block(CAPABILITIES)
        elif verb == "AUTH" and self.messages is None:
            await self._authenticate(rest)
        elif verb in before and self.messages is None:
            before[verb](rest)
        elif verb in after and self.messages is not None:
            after[verb](rest)
        elif verb in before or verb in after or verb == "AUTH":
            self._err("Command is not valid in this state.")
        else:
            self._err("Protocol error. Unknown command.")

    # --- logging in

    def _name(self, rest: str) -> None:
        self.user = rest
        self._ok()

    def _password(self, rest: str) -> None:
        if self.user:
            self._log_in(self.user, rest)
        else:
            self._err("Command is not valid in this state.")

    async def _authenticate(self, rest: str) -> None:
        mechanism, _, initial = rest.partition(" ")
        if mechanism.upper() not in ("PLAIN", "XOAUTH2"):
            self._err("Authentication mechanism is not supported.")
            return
        if not initial:
            self._send(b"+ \r\n")
            await self.writer.drain()
            initial = await self._line()
        if mechanism.upper() == "XOAUTH2":
            self._err(OAUTH_FAILURE)  # nobody hands out tokens in the practice world
            return
        try:
            _, user, password = base64.b64decode(initial, validate=True).decode().split("\0")
        except (binascii.Error, UnicodeDecodeError, ValueError):
            self._err("Protocol error. The credentials cannot be read.")
            return
        self._log_in(user, password)

    def _log_in(self, user: str, password: str) -> None:
        refusal = log_in(self.world, "POP3", self.place, user, password)
        if refusal is Refusal.NEW_PLACE:
            self._err(WEB_LOGIN)
        elif refusal:
            self._err(LOGON_FAILURE)
        else:
            with self.world.lock:
                oldest_first = sorted(self.world.outlook.inbox, key=lambda message: message.received)
            self.messages = [(message, _crlf(message.raw)) for message in oldest_first]
            self._ok("User successfully logged on.")

    # --- the mailbox

    def _kept(self) -> list[tuple[int, Message, bytes]]:
        numbered = enumerate(self.messages or [], 1)
        return [(number, message, raw) for number, (message, raw) in numbered if number not in self.deleted]

    def _find(self, number: str) -> tuple[int, Message, bytes] | None:
        found = next((entry for entry in self._kept() if str(entry[0]) == number.strip()), None)
        if not found:
            self._err("The specified message is out of range.")
        return found

    def _stat(self, rest: str) -> None:
        kept = self._kept()
        self._ok(f"{len(kept)} {sum(len(raw) for _, _, raw in kept)}")

    def _list(self, rest: str) -> None:
        self._describe(rest, lambda message, raw: str(len(raw)))

    def _uidl(self, rest: str) -> None:
        self._describe(rest, lambda message, raw: message.uid)

    def _describe(self, rest: str, say: Callable[[Message, bytes], str]) -> None:
        if not rest:
            self._ok()
            self._block(f"{number} {say(message, raw)}" for number, message, raw in self._kept())
        elif found := self._find(rest):
            self._ok(f"{found[0]} {say(found[1], found[2])}")

    def _retrieve(self, rest: str) -> None:
        if found := self._find(rest):
            self._ok()
            self._message(found[2])

    def _top(self, rest: str) -> None:
        number, _, lines = rest.partition(" ")
        if found := self._find(number):
            head, _, body = found[2].partition(b"\r\n\r\n")
            wanted = body.split(b"\r\n")[: int(lines) if lines.strip().isdigit() else 0]
            self._ok()
            self._message(head + b"\r\n\r\n" + b"".join(line + b"\r\n" for line in wanted))

    def _delete(self, rest: str) -> None:
        if found := self._find(rest):
            self.deleted.add(found[0])
            self._ok()

    def _reset(self, rest: str) -> None:
        self.deleted.clear()
        self._ok()

    async def _quit(self) -> None:
        """Deleted messages really go only where the mailbox allows apps to delete."""
        gone = {message.uid for number, (message, _) in enumerate(self.messages or [], 1) if number in self.deleted}
        if gone and self.world.outlook.apps_may_delete:
            with self.world.lock:
                self.world.outlook.inbox[:] = [m for m in self.world.outlook.inbox if m.uid not in gone]
                self.world.writes += 1
        self._ok("Microsoft Exchange Server 2016 POP3 server signing off.")
        await self.writer.drain()
        raise _Bye

    # --- saying

    def _ok(self, text: str = "") -> None:
        self._send(f"+OK {text}".rstrip().encode() + b"\r\n")

    def _err(self, text: str) -> None:
        self._send(f"-ERR {text}\r\n".encode())

    def _block(self, lines: Iterable[str]) -> None:
        self._send(b"".join(f"{line}\r\n".encode() for line in lines) + b".\r\n")

    def _message(self, raw: bytes) -> None:
        stuffed = (b"\r\n" + raw).replace(b"\r\n.", b"\r\n..")[2:]
        self._send(stuffed + (b"" if stuffed.endswith(b"\r\n") else b"\r\n") + b".\r\n")

    def _send(self, data: bytes) -> None:
        self.writer.write(data)


def _crlf(raw: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
