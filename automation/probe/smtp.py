"""An SMTP server asked stage by stage: greeting, TLS, capabilities, one login, sender and recipient; nothing is sent."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from automation.messages import _
from automation.probe.result import ProbeResult, Stage, Target, Trouble
from automation.probe.session import OnStage, Session, no_password_wanted
from automation.probe.text import UNCUT, shown
from automation.probe.wire import Wire
from automation.settings import Secret

SMTP_STAGES = ("resolve", "connect", "tls", "greeting", "capabilities", "login", "sender", "recipient")
REPLY_LIMIT = 200  # lines of one reply

_REPLY_LINE = re.compile(rb"([2-5]\d\d)(?:([ -])(.*))?", re.DOTALL)


@dataclass(frozen=True)
class Reply:
    """A whole reply: its code and its lines without the code."""

    code: int
    lines: tuple[bytes, ...]

    @property
    def words(self) -> str:
        """The reply as one text to show and to read."""
        return shown(b" ".join([str(self.code).encode(), *(line.strip() for line in self.lines)]), limit=UNCUT)


def probe_smtp(
    target: Target,
    user: str,
    secret: Secret | None,
    *,
    sender: str | None = None,
    recipient: str | None = None,
    deadline: float = 10.0,
    ca_file: str | None = None,
    on_stage: OnStage | None = None,
    light: bool = False,
    alternatives: Callable[[], Sequence[Target]] = tuple,
    names: Sequence[str] = (),
) -> ProbeResult:
    """Ask an SMTP server, within ``deadline`` seconds in all; see probe_pop.

    With ``sender`` (and ``recipient``) it asks whether they would be taken, and takes it back with RSET: no message is
    ever sent.
    """
    if any(c in text for text in (user, secret.open() if secret else "") for c in "\r\n\0"):
        raise ValueError("a user name and a secret are one line each")
    if any(c in address for address in (sender, recipient) if address for c in "\r\n\0<>"):
        raise ValueError("an address is one line without angle brackets")
    session = Session(
        "smtp",
        target,
        SMTP_STAGES,
        _ask_for_tls,
        deadline=deadline,
        ca_file=ca_file,
        secret=secret,
        on_stage=on_stage,
        alternatives=alternatives,
        names=names,
    )
    with session.running():
        _SmtpProbe(session, user, secret, light, sender, recipient).run()
    return session.result


class _SmtpProbe:
    def __init__(
        self,
        session: Session,
        user: str,
        secret: Secret | None,
        light: bool,
        sender: str | None,
        recipient: str | None,
    ) -> None:
        self.session = session
        self.user = user
        self.secret = secret
        self.light = light
        self.sender = sender
        self.recipient = recipient

    def run(self) -> None:
        session = self.session
        session.reach()
        if session.target.tls == "implicit":
            with session.stage("tls") as stage:
                session.secure(stage)
        with session.stage("greeting") as stage:
            self._greeting(stage)
        if session.target.tls == "starttls":
            with session.stage("tls") as stage:
                _starttls(session.wire)
                session.secure(stage)
        with session.stage("capabilities") as stage:
            names, mechanisms = _capabilities(session.wire)
            stage.detail = session.say(" ".join([*sorted(names), *(f"AUTH={m}" for m in sorted(mechanisms))]))
            mechanism = _chosen(mechanisms)
        if self.secret:
            with session.stage("login") as stage:
                self._login(stage, mechanism, self.secret)
            if not self.light:
                self._envelope()
        session.quit(b"QUIT\r\n")

    def _greeting(self, stage: Stage) -> None:
        line = self.session.greeting("SMTP")
        reply = _rest_of_reply(self.session.wire, line)
        stage.detail = self.session.say(reply.words)
        if reply.code != 220:
            raise Trouble(stage.detail, "server.temporary" if reply.code < 500 else "server.greeting-refused")

    def _login(self, stage: Stage, mechanism: str, secret: Secret) -> None:
        """One login by one mechanism: smtplib's login() would try every mechanism in turn."""
        wire = self.session.wire
        if mechanism == "PLAIN":
            wire.send(b"AUTH PLAIN " + base64.b64encode(f"\0{self.user}\0{secret.open()}".encode()) + b"\r\n")
        else:
            wire.send(b"AUTH LOGIN\r\n")
            self._wanted(334)
            wire.send(base64.b64encode(self.user.encode()) + b"\r\n")
            self._wanted(334)
            wire.send(base64.b64encode(secret.open().encode()) + b"\r\n")
        self._wanted(235)
        stage.detail = _("accepted ({way})").format(way=f"AUTH {mechanism}")

    def _envelope(self) -> None:
        wire = self.session.wire
        if not self.sender:
            return
        with self.session.stage("sender") as stage:
            wire.send(f"MAIL FROM:<{self.sender}>\r\n".encode())
            stage.detail = self.session.say(self._wanted(250).words)
        if self.recipient:
            with self.session.stage("recipient") as stage:
                wire.send(f"RCPT TO:<{self.recipient}>\r\n".encode())
                stage.detail = self.session.say(self._wanted(250, 251, 252).words)
        self.session.quit(b"RSET\r\n")

    def _wanted(self, *codes: int) -> Reply:
        """The next reply, which must have one of these codes; else it is a Trouble in the server's words."""
        reply = _reply(self.session.wire)
        if reply.code not in codes:
            raise Trouble(self.session.say(reply.words))
        return reply


def _chosen(mechanisms: set[str]) -> str:
    """The one mechanism to log in by."""
    for mechanism in ("PLAIN", "LOGIN"):
        if mechanism in mechanisms:
            return mechanism
    if mechanisms:
        raise no_password_wanted(mechanisms)
    raise Trouble(_("No AUTH is offered."), "server.no-auth")


def _capabilities(wire: Wire) -> tuple[set[str], set[str]]:
    """What EHLO says: the names, and the mechanisms of AUTH (also in the old spelling AUTH=)."""
    wire.send(b"EHLO [127.0.0.1]\r\n")
    reply = _reply(wire)
    if reply.code != 250:
        raise Trouble(reply.words, otherwise="server.no-auth" if reply.code >= 500 else None)
    names: set[str] = set()
    mechanisms: set[str] = set()
    for line in reply.lines[1:]:
        words = line.decode("ascii", "replace").upper().replace("AUTH=", "AUTH ").split()
        if words:
            names.add(words[0])
            if words[0] == "AUTH":
                mechanisms.update(words[1:])
    return names - {"AUTH"}, mechanisms


def _reply(wire: Wire) -> Reply:
    return _rest_of_reply(wire, wire.line())


def _rest_of_reply(wire: Wire, line: bytes) -> Reply:
    """The reply that begins with this line, to its last line."""
    lines: list[bytes] = []
    code: int | None = None
    while len(lines) < REPLY_LIMIT:
        match = _REPLY_LINE.fullmatch(line)
        if not match or code not in (None, int(match[1])):
            raise Trouble(_("Not an SMTP reply: {words}").format(words=shown(line, limit=UNCUT)), "server.malformed")
        code = int(match[1])
        lines.append(match[3] or b"")
        if match[2] != b"-":
            return Reply(code, tuple(lines))
        line = wire.line()
    raise Trouble(_("The server's reply does not end."), "server.too-much")


def _ask_for_tls(wire: Wire) -> None:
    _reply(wire)
    _starttls(wire)


def _starttls(wire: Wire) -> None:
    try:
        names, _mechanisms = _capabilities(wire)
    except Trouble as trouble:
        if trouble.facts.get("otherwise"):
            trouble.facts["otherwise"] = "server.no-starttls"
        raise
    if "STARTTLS" not in names:
        raise Trouble(_("STARTTLS is not offered."), "server.no-starttls")
    wire.send(b"STARTTLS\r\n")
    reply = _reply(wire)
    if reply.code != 220:
        raise Trouble(reply.words, otherwise="server.no-starttls" if reply.code >= 500 else None)
    if wire.pending:
        raise Trouble(_("The server sent more than it may before encryption."), "server.malformed")
