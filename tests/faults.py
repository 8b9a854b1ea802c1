"""Mail servers that go wrong in one chosen way, on real sockets with real certificates: every row of the fault tables."""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from automation.probe import Target

HOST = "mail.test"
USER = "person@mail.test"
PASSWORD = "abcdefghijklmnop"
GREETING = b"+OK The Microsoft Exchange POP3 service is ready. [dGVzdA==]"
CAPABILITIES = (b"TOP", b"UIDL", b"SASL PLAIN", b"USER")
DAY = dt.timedelta(days=1)
NOW = dt.datetime.now(dt.UTC)


# Certificates


@cache
def good_authority() -> trustme.CA:
    """The authority that the probes under test trust."""
    return trustme.CA(organization_name="Good authority of the tests", organization_unit_name="tests")


def server_context(
    names: tuple[str, ...] = (HOST,),
    *,
    authority: trustme.CA | None = None,
    not_before: dt.datetime | None = None,
    not_after: dt.datetime | None = None,
) -> ssl.SSLContext:
    """A server's TLS with a certificate for these names."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    signed = (authority or good_authority()).issue_cert(
        *names, common_name=names[0], not_before=not_before or NOW - DAY, not_after=not_after or NOW + 30 * DAY
    )
    signed.configure_cert(context)
    return context


@cache
def good_context() -> ssl.SSLContext:
    """TLS as it should be."""
    return server_context()


def intercepted_context(organization: str, unit: str = "") -> ssl.SSLContext:
    """TLS signed by an authority as security software names it."""
    return server_context(authority=trustme.CA(organization_name=organization, organization_unit_name=unit or "root"))


@cache
def self_signed_context(signer: str = HOST) -> ssl.SSLContext:
    """TLS with a certificate that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, signer)])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), NOW - DAY, NOW + 30 * DAY)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with trustme.Blob(pem).tempfile() as path:
        context.load_cert_chain(path)
    return context


@cache
def asking_context() -> ssl.SSLContext:
    """TLS that wants a certificate of the client too, and in TLS 1.3 says so only after the handshake."""
    context = server_context()
    context.verify_mode = ssl.CERT_REQUIRED
    good_authority().configure_trust(context)
    return context


@cache
def old_tls_context() -> ssl.SSLContext:
    """TLS 1.0 and nothing newer."""
    import warnings

    context = server_context()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


# One connection, seen from the server


class Talk:
    """A connection of a fault server: line by line, in plain text or over TLS."""

    def __init__(self, sock: socket.socket, server: FaultServer) -> None:
        self.sock = sock
        self.server = server
        self._pending = b""

    def tls(self, context: ssl.SSLContext | None = None) -> None:
        """Go on over TLS."""
        self.sock = (context or good_context()).wrap_socket(self.sock, server_side=True)

    def say(self, *lines: bytes) -> None:
        """Send lines."""
        self.sock.sendall(b"".join(line + b"\r\n" for line in lines))

    def line(self) -> bytes:
        """The client's next line; ConnectionError when it is gone."""
        while b"\n" not in self._pending:
            data = self.sock.recv(65536)
            if not data:
                raise ConnectionResetError
            self._pending += data
        line, _end, self._pending = self._pending.partition(b"\n")
        self.server.heard.append(line.rstrip(b"\r"))
        return line.rstrip(b"\r")

    def reset(self) -> None:
        """Close with RST, as a firewall does."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def hang(self) -> None:
        """Say nothing more until the client goes or the test ends."""
        with contextlib.suppress(OSError):
            while not self.server.stopped.wait(0.01):
                self.sock.settimeout(0.05)
                try:
                    if not self.sock.recv(65536):
                        return
                except TimeoutError:
                    continue


Handler = Callable[[Talk], None]


class FaultServer:
    """A server on a free loopback port: each connection is one call of the handler, in a thread of its own."""

    def __init__(self, handler: Handler, *, backlog: int = 50) -> None:
        self.handler = handler
        self.heard: list[bytes] = []  # every line a client sent
        self.accepted = 0  # connections
        self.stopped = threading.Event()
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=backlog)
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    @property
    def logins(self) -> list[bytes]:
        """The commands that carried a credential."""
        return [line for line in self.heard if line.upper().startswith((b"PASS", b"AUTH"))]

    def target(self, tls: Literal["implicit", "starttls"] = "implicit") -> Target:
        """This server, under the name that its certificate is for."""
        return Target(HOST, 995, "127.0.0.1", self.port, tls)

    def __enter__(self) -> FaultServer:
        return self

    def __exit__(self, *exc: object) -> None:
        self.stopped.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for sock in list(self._open):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        while not self.stopped.is_set():
            try:
                sock, _address = self._listener.accept()
            except OSError:
                return
            self._open.add(sock)
            self.accepted += 1
            thread = threading.Thread(target=self._serve, args=(sock,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, sock: socket.socket) -> None:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        talk = Talk(sock, self)
        with contextlib.suppress(OSError):  # a client that goes away is no fault of the server
            self.handler(talk)
        self._open.discard(sock)
        for one in (talk.sock, sock):
            with contextlib.suppress(OSError):
                one.close()


@contextlib.contextmanager
def black_hole() -> Iterator[Target]:
    """A port that answers no connection attempt: its queue is full, so the kernel drops what comes."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    address = listener.getsockname()
    fillers = []
    for _number in range(3):
        filler = socket.socket()
        filler.setblocking(False)
        filler.connect_ex(address)
        fillers.append(filler)
    time.sleep(0.02)
    try:
        yield Target(HOST, 995, "127.0.0.1", address[1], "implicit")
    finally:
        for one in (*fillers, listener):
            one.close()


def unused_port() -> int:
    """A port where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return int(sock.getsockname()[1])


# A POP3 server with one fault


@dataclass
class Pop:
    """A POP3 server that is right but for what is set here. Each reply is whole lines, or a function that talks."""

    messages: int = 25
    tls: ssl.SSLContext | None = None
    plain: bool = False  # no TLS at all
    stls: bool = False  # TLS after STLS
    greeting: bytes | Handler = GREETING
    capabilities: tuple[bytes, ...] | Handler | None = CAPABILITIES
    replies: dict[bytes, bytes | Handler] = field(default_factory=dict)  # by command word
    delay: float = 0.0  # before every answer

    def __call__(self, talk: Talk) -> None:
        if not self.plain and not self.stls:
            talk.tls(self.tls)
        self._reply(talk, self.greeting)
        while True:
            self._command(talk, talk.line())

    def _command(self, talk: Talk, line: bytes) -> None:
        word = line.split(b" ")[0].upper()
        if self.delay:
            time.sleep(self.delay)
        if word in self.replies:
            self._reply(talk, self.replies[word])
        elif word == b"CAPA" and self.capabilities is None:
            talk.say(b"-ERR unknown command")
        elif word == b"CAPA":
            assert self.capabilities is not None
            talk.say(b"+OK", *self.capabilities, b".") if isinstance(self.capabilities, tuple) else self.capabilities(
                talk
            )
        elif word == b"STLS" and self.stls:
            talk.say(b"+OK")
            talk.tls(self.tls)
        elif word == b"AUTH":
            talk.say(b"+ ")
            talk.line()
            self._reply(talk, self.replies.get(b"PASS", b"+OK User successfully logged on."))
        elif word == b"PASS":
            talk.say(b"+OK User successfully logged on.")
        elif word == b"STAT":
            talk.say(b"+OK %d %d" % (self.messages, self.messages * 1000))
        elif word == b"UIDL":
            talk.say(b"+OK", *(b"%d uid-%08d" % (n, n) for n in range(1, self.messages + 1)), b".")
        elif word == b"TOP":
            talk.say(b"+OK", b"Subject: test", b"", b".")
        elif word == b"QUIT":
            talk.say(b"+OK signing off")
            raise ConnectionResetError
        else:
            talk.say(b"+OK" if word == b"USER" else b"-ERR Command is not valid in this state.")

    def _reply(self, talk: Talk, reply: bytes | Handler) -> None:
        talk.say(reply) if isinstance(reply, bytes) else reply(talk)


def refusing(words: bytes) -> Pop:
    """A POP3 server that refuses the login in these words."""
    return Pop(replies={b"PASS": b"-ERR " + words})


def hang(talk: Talk) -> None:
    """No answer."""
    talk.hang()


def close(talk: Talk) -> None:
    """Gone."""
    raise ConnectionResetError


def reset(talk: Talk) -> None:
    """Gone with a RST."""
    talk.reset()


def drip(*lines: bytes, pause: float = 0.2) -> Handler:
    """The lines, one byte at a time."""

    def talk_slowly(talk: Talk) -> None:
        for byte in b"".join(line + b"\r\n" for line in lines):
            if talk.server.stopped.wait(pause):
                return
            talk.sock.sendall(bytes([byte]))

    return talk_slowly


def endless(start: bytes, block: bytes) -> Handler:
    """The start, and then the block again and again until the client goes."""

    def talk_on(talk: Talk) -> None:
        talk.sock.sendall(start)
        for _number in itertools.count():
            if talk.server.stopped.is_set():
                return
            talk.sock.sendall(block)

    return talk_on


def half(*lines: bytes) -> Handler:
    """The lines, and then the end in the middle of the answer."""

    def talk_half(talk: Talk) -> None:
        talk.say(*lines)
        raise ConnectionResetError

    return talk_half


def lines(*said: bytes) -> Handler:
    """These lines."""
    return lambda talk: talk.say(*said)


def web_server(talk: Talk) -> None:
    """A network's sign-in page: HTTP, whatever is asked."""
    talk.sock.recv(65536)
    talk.say(b"HTTP/1.1 302 Found", b"Location: http://login.hotel.example/", b"Content-Length: 0", b"")


def banner(words: bytes) -> Handler:
    """A server of another kind, in plain text: its banner, then silence."""

    def talk_otherwise(talk: Talk) -> None:
        talk.say(words)
        talk.hang()

    return talk_otherwise


# An SMTP server with one fault


@dataclass
class Smtp:
    """An SMTP server that is right but for what is set here."""

    tls: ssl.SSLContext | None = None
    implicit: bool = False
    greeting: bytes | Handler = b"220 mail.test Microsoft ESMTP MAIL Service ready"
    before_tls: tuple[bytes, ...] = (b"SIZE 157286400", b"STARTTLS", b"8BITMIME")
    after_tls: tuple[bytes, ...] = (b"SIZE 157286400", b"AUTH LOGIN XOAUTH2", b"8BITMIME")
    replies: dict[bytes, bytes | Handler] = field(default_factory=dict)  # by command word; LOGIN: the end of AUTH
    secure: bool = False

    def __call__(self, talk: Talk) -> None:
        mine = Smtp(**{**self.__dict__, "secure": self.implicit})
        if self.implicit:
            talk.tls(self.tls)
        mine._reply(talk, self.greeting)
        while True:
            mine._command(talk, talk.line())

    def _command(self, talk: Talk, line: bytes) -> None:
        word = line.split(b" ")[0].upper()
        if word in self.replies:
            self._reply(talk, self.replies[word])
        elif word == b"EHLO":
            said = [b"mail.test Hello", *(self.after_tls if self.secure else self.before_tls)]
            talk.say(*(b"250%s%s" % (b" " if n == len(said) - 1 else b"-", s) for n, s in enumerate(said)))
        elif word == b"STARTTLS":
            talk.say(b"220 2.0.0 SMTP server ready")
            talk.tls(self.tls)
            self.secure = True
        elif word == b"AUTH":
            if line.upper().startswith(b"AUTH LOGIN"):
                talk.say(b"334 VXNlcm5hbWU6")
                talk.line()
                talk.say(b"334 UGFzc3dvcmQ6")
                talk.line()
            self._reply(talk, self.replies.get(b"LOGIN", b"235 2.7.0 Authentication successful"))
        elif word == b"QUIT":
            talk.say(b"221 2.0.0 bye")
            raise ConnectionResetError
        else:
            talk.say(b"250 2.1.0 OK" if word in (b"MAIL", b"RCPT", b"RSET") else b"500 5.3.3 Unrecognized command")

    def _reply(self, talk: Talk, reply: bytes | Handler) -> None:
        talk.say(reply) if isinstance(reply, bytes) else reply(talk)


def refusing_smtp(words: bytes, mechanisms: bytes = b"AUTH LOGIN XOAUTH2") -> Smtp:
    """An SMTP server that refuses the login in these words."""
    return Smtp(after_tls=(mechanisms,), replies={b"LOGIN": words})


def write_authority(folder: Path) -> str:
    """The trusted authority as a file for ``ca_file``."""
    path = folder / "authority.pem"
    good_authority().cert_pem.write_to_path(str(path))
    return str(path)
