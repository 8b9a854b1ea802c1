"""The practice mail servers as they listen: POP3 over TLS, SMTP with STARTTLS, and the ports that say nothing."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from functools import partial
from ssl import SSLContext
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from flows.sandbox.certificates import GOOGLE_NAMES, MICROSOFT_NAMES, Authority
from flows.sandbox.delivery import deliver, read_message
from flows.sandbox.gate import Refusal, log_in
from flows.sandbox.mail_routes import Address, MailRoutes
from flows.sandbox.pop_server import PopSession
from flows.sandbox.world import World

POP_NAMES = ("outlook.office365.com", "pop-mail.outlook.com")
LOOPBACK = "127.0.0.1"
PASSWORD_RETIRED = "535 5.7.139 Authentication unsuccessful, basic authentication is disabled. [practice.outlook.example {now} 08DE000000000000]"
OUTLOOK_REFUSES = "535 5.7.3 Authentication unsuccessful [practice.outlook.example]"
GMAIL_REFUSES = "535 5.7.8 Username and Password not accepted."
SEND_AS_DENIED = "554 5.2.252 SendAsDenied; {login} not allowed to send as {sender}"


class OutlookSubmission:
    """What smtp-mail.outlook.com takes: the account's own app passwords, the account's own address as sender."""

    def __init__(self, world: World, mail: MailRoutes) -> None:
        self.world = world
        self.mail = mail

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, how: str, data: Any) -> AuthResult:
        """Judge a login as aiosmtpd asks for it."""
        user, password = _credentials(data)
        refusal = log_in(self.world, "SMTP", self.mail.place_of(session.peer), user, password)
        if refusal is Refusal.RETIRED:
            now = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
            return AuthResult(success=False, handled=False, message=PASSWORD_RETIRED.format(now=now))
        if refusal:
            return AuthResult(success=False, handled=False, message=OUTLOOK_REFUSES)
        return AuthResult(success=True, auth_data=user)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # aiosmtpd's name
        """Take one message: into Sent, and to everyone it is for."""
        sender, raw, own = envelope.mail_from or "", _content(envelope), self.world.outlook.address
        if sender.lower() != own.lower():
            return SEND_AS_DENIED.format(login=own, sender=sender)
        with self.world.lock:
            self.world.outlook.sent.append(read_message(raw, sender, ", ".join(envelope.rcpt_tos)))
            self.world.writes += 1
        for recipient in envelope.rcpt_tos:
            deliver(self.world, raw, sender, recipient)
        return "250 2.0.0 OK [practice.outlook.example]"


class GmailSubmission:
    """What smtp.gmail.com takes: a Google app password; any sender, as it rewrites the envelope by itself."""

    def __init__(self, world: World) -> None:
        self.world = world

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, how: str, data: Any) -> AuthResult:
        """Judge a login as aiosmtpd asks for it. Google shows app passwords in groups of four: spaces do not count."""
        user, password = _credentials(data)
        gmail = self.world.gmail
        right = user.strip().lower() == gmail.address.lower() and password.replace(" ", "") in gmail.app_passwords
        if not right:
            return AuthResult(success=False, handled=False, message=GMAIL_REFUSES)
        return AuthResult(success=True, auth_data=user)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # aiosmtpd's name
        """Take one message and bring it to everyone it is for."""
        for recipient in envelope.rcpt_tos:
            deliver(self.world, _content(envelope), envelope.mail_from or "", recipient)
        return "250 2.0.0 OK - gsmtp"


def _credentials(data: Any) -> tuple[str, str]:
    assert isinstance(data, LoginPassword)
    return data.login.decode("utf-8", "replace"), data.password.decode("utf-8", "replace")


def _content(envelope: Envelope) -> bytes:
    content = envelope.content or b""
    return content if isinstance(content, bytes) else content.encode()


class MailServers:
    """All listening mail ports of one world. ``connect_to`` is how this machine reaches them."""

    def __init__(self, world: World, mail: MailRoutes, authority: Authority, here: Authority) -> None:
        """``authority`` signs what Google sees, ``here`` what this machine sees: two where mail is intercepted."""
        self.world = world
        self.mail = mail
        self.authority = authority
        self.here = here
        self.connect_to: dict[Address, Address] = {}
        self._servers: list[asyncio.AbstractServer] = []

    async def start(self) -> None:
        """Open every port: free ones of this machine's loopback."""
        silent = await self._listen_silently()
        for name in POP_NAMES:  # port 110 takes a connection and never answers, as the article tells
            self.mail.pop[name, 110] = self.connect_to[name, 110] = silent
        await self._start_side(self.authority, self.mail.pop, self.mail.smtp, silent)
        if self.here is self.authority:
            self.connect_to |= self.mail.pop | self.mail.smtp
        else:
            await self._start_side(self.here, self.connect_to, self.connect_to, silent)

    def close(self) -> None:
        """Close every port; connections end with the loop."""
        for server in self._servers:
            server.close()

    async def _start_side(
        self, authority: Authority, pop: dict[Address, Address], smtp: dict[Address, Address], silent: Address
    ) -> None:
        microsoft, google = authority.server_context(*MICROSOFT_NAMES), authority.server_context(*GOOGLE_NAMES)
        pop_address = silent if self.world.mail_silent else await self._listen_for_pop(microsoft)
        for name in POP_NAMES:
            pop[name, 995] = pop_address
        outlook, gmail = OutlookSubmission(self.world, self.mail), GmailSubmission(self.world)
        smtp["smtp-mail.outlook.com", 587] = await self._listen_for_smtp(outlook, "smtp-mail.outlook.com", microsoft)
        smtp["smtp.gmail.com", 587] = await self._listen_for_smtp(gmail, "smtp.gmail.com", google)

    async def _listen_for_pop(self, context: SSLContext) -> Address:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            place = self.mail.place_of(writer.get_extra_info("peername"))
            try:
                await PopSession(self.world, place, reader, writer).talk()
            finally:
                await _hang_up(writer)

        return self._opened(await asyncio.start_server(talk, LOOPBACK, 0, ssl=context))

    async def _listen_silently(self) -> Address:
        async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with suppress(ConnectionError):
                while await reader.read(65536):
                    pass
            await _hang_up(writer)

        return self._opened(await asyncio.start_server(listen, LOOPBACK, 0))

    async def _listen_for_smtp(
        self, handler: OutlookSubmission | GmailSubmission, name: str, tls: SSLContext
    ) -> Address:
        loop = asyncio.get_running_loop()
        make = partial(
            SMTP,
            handler,
            hostname=name,
            ident="Microsoft ESMTP MAIL Service ready" if name.endswith("outlook.com") else "ESMTP - gsmtp",
            tls_context=tls,
            require_starttls=True,
            auth_required=True,
            authenticator=handler.authenticate,
            loop=loop,
        )
        return self._opened(await loop.create_server(make, LOOPBACK, 0))

    def _opened(self, server: asyncio.Server) -> Address:
        self._servers.append(server)
        address: Address = server.sockets[0].getsockname()
        return address


async def _hang_up(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(ConnectionError, TimeoutError, OSError):
        await asyncio.wait_for(writer.wait_closed(), 2)
