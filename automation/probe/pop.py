"""A POP3 server asked stage by stage: greeting, capabilities, one login, STAT, UIDL and the newest headers (TOP)."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from automation.messages import _
from automation.probe.result import ProbeResult, Stage, Target, Trouble
from automation.probe.session import OnStage, Session, no_password_wanted
from automation.probe.text import UNCUT, shown
from automation.probe.wire import Wire
from automation.settings import Secret

POP_STAGES = ("resolve", "connect", "tls", "greeting", "capabilities", "login", "stat", "list", "top")
PASSING_CODES = (b"[SYS/TEMP]", b"[IN-USE]", b"[LOGIN-DELAY]")  # RFC 2449 and 3206: they say why, and that it will pass
CAPABILITY_LIMIT = 200  # lines of a CAPA answer

_REPLY = re.compile(rb"(\+OK|-ERR)(?: (.*)|)\s*", re.IGNORECASE | re.DOTALL)
_STAT = re.compile(rb"\+OK (\d{1,9}) (\d{1,18})(?: .*)?", re.IGNORECASE | re.DOTALL)
# RFC 1939, section 7: a number, a space, 1 to 70 visible characters; servers with longer ones exist.
UIDL_LINES = re.compile(rb"(?:[0-9]{1,9} [\x21-\x7e]{1,255} {0,4}\r?\n)*+")


@dataclass
class Capabilities:
    """What the server says it can (RFC 2449); ``known`` is False where it cannot say."""

    known: bool = False
    names: set[str] = field(default_factory=set)
    mechanisms: set[str] = field(default_factory=set)

    def __str__(self) -> str:
        ways = [f"SASL {' '.join(sorted(self.mechanisms))}"] if self.mechanisms else []
        return ", ".join([*sorted(self.names - {"SASL"}), *ways])


def probe_pop(
    target: Target,
    user: str,
    secret: Secret | None,
    *,
    deadline: float = 10.0,
    ca_file: str | None = None,
    on_stage: OnStage | None = None,
    light: bool = False,
    alternatives: Callable[[], Sequence[Target]] = tuple,
    names: Sequence[str] = (),
) -> ProbeResult:
    """Ask a POP3 server, within ``deadline`` seconds in all.

    Without a secret it stops before the login; ``light`` stops after it. ``alternatives`` gives places to
    look at where this one does not answer, ``names`` are hosts that surely exist. Raises nothing for whatever server or network do; ValueError for a user name or secret that
    is no single line.
    """
    if any(c in text for text in (user, secret.open() if secret else "") for c in "\r\n\0"):
        raise ValueError("a user name and a secret are one line each")
    session = Session(
        "pop",
        target,
        POP_STAGES,
        _ask_for_tls,
        deadline=deadline,
        ca_file=ca_file,
        secret=secret,
        on_stage=on_stage,
        alternatives=alternatives,
        names=names,
    )
    with session.running():
        _PopProbe(session, user, secret, light).run()
    return session.result


class _PopProbe:
    def __init__(self, session: Session, user: str, secret: Secret | None, light: bool) -> None:
        self.session = session
        self.user = user
        self.secret = secret
        self.light = light
        self.ahead = False  # whether STAT and UIDL were sent together with the login

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
                _stls(session.wire)
                session.secure(stage)
        with session.stage("capabilities") as stage:
            can = self._capabilities()
            stage.detail = session.say(str(can)) or _("the server does not say")
            way = _way_in(can)
        if self.secret:
            with session.stage("login") as stage:
                self._login(stage, way, can, self.secret)
            if not self.light:
                self._mailbox()
                return
        session.quit(b"QUIT\r\n")

    def _greeting(self, stage: Stage) -> None:
        line = self.session.greeting("POP3")
        stage.detail = self.session.say(line)
        if line[:4].upper() == b"-ERR":
            says_why = any(code in line.upper() for code in PASSING_CODES)
            raise Trouble(stage.detail, None if says_why else "server.greeting-refused")

    def _capabilities(self) -> Capabilities:
        self._send(b"CAPA\r\n")
        can = Capabilities()
        if not self._reply(may_refuse=True):
            return can
        can.known = True
        for _number in range(CAPABILITY_LIMIT):
            line = self.session.wire.line()
            if line == b".":
                return can
            words = line.decode("ascii", "replace").upper().split()
            if words:
                can.names.add(words[0])
            if words[:1] == ["SASL"]:
                can.mechanisms.update(words[1:])
        raise Trouble(_("The list of capabilities does not end."), "server.too-much")

    def _login(self, stage: Stage, way: str, can: Capabilities, secret: Secret) -> None:
        """One login. Where the server takes commands ahead, STAT and UIDL go along and save round trips."""
        self.ahead = "PIPELINING" in can.names and not self.light
        after = b"STAT\r\nUIDL\r\n" if self.ahead else b""
        if way == "PLAIN":
            self._send(b"AUTH PLAIN\r\n")
            line = self.session.wire.line()
            if line[:4].upper() == b"-ERR":
                raise Trouble(self.session.say(line), otherwise="server.no-auth")
            if not line.startswith(b"+") or line[:3].upper() == b"+OK":
                raise Trouble(
                    _("Not an answer to AUTH: {words}").format(words=self.session.say(line)), "server.malformed"
                )
            self._send(base64.b64encode(f"\0{self.user}\0{secret.open()}".encode()) + b"\r\n" + after)
        elif self.ahead and way == "USER":
            self._send(f"USER {self.user}\r\nPASS {secret.open()}\r\n".encode() + after)
            self._reply()
        else:
            self._send(f"USER {self.user}\r\n".encode())
            self._reply(otherwise="server.no-auth" if way == "unsaid" else None)
            self._send(f"PASS {secret.open()}\r\n".encode() + after)
        self._reply()
        stage.detail = _("accepted ({way})").format(way="AUTH PLAIN" if way == "PLAIN" else "USER/PASS")

    def _mailbox(self) -> None:
        session = self.session
        with session.stage("stat") as stage:
            if not self.ahead:
                self._send(b"STAT\r\n")
            count, size = self._stat()
            stage.detail = _("{count} messages, {size} bytes").format(count=count, size=size)
        newest = b"TOP %d 0\r\n" % count if count else b""
        if self.ahead:
            self._send(newest + b"QUIT\r\n")
        with session.stage("list") as stage:
            if not self.ahead:
                self._send(b"UIDL\r\n")
            self._list(stage, count)
            session.result.messages = count
        if newest:
            with session.stage("top") as stage:
                if not self.ahead:
                    self._send(newest)
                self._top(stage)
        if not self.ahead:  # else QUIT is on its way already, and its answer changes nothing
            session.quit(b"QUIT\r\n")

    def _stat(self) -> tuple[int, int]:
        line = self.session.wire.line()
        if line[:4].upper() == b"-ERR":
            raise Trouble(self.session.say(line))
        match = _STAT.fullmatch(line)
        if not match:
            raise Trouble(_("Not an answer to STAT: {words}").format(words=self.session.say(line)), "server.malformed")
        return int(match[1]), int(match[2])

    def _list(self, stage: Stage, count: int) -> None:
        line = self.session.wire.line()
        if line[:4].upper() == b"-ERR":
            raise Trouble(self.session.say(line), otherwise="server.no-uidl")
        self._checked(line)
        seen, bad, first_bad = self.session.wire.count_entries(UIDL_LINES)
        if first_bad[:4].upper() == b"-ERR":  # it broke off in the middle, and says why
            raise Trouble(self.session.say(first_bad), otherwise="server.malformed")
        if bad:
            words = _("{count} lines of the UIDL list are malformed, the first: {words}").format(
                count=bad, words=self.session.say(first_bad)
            )
            raise Trouble(words, "server.malformed")
        if seen != count:
            words = _("STAT counts {count} messages, the UIDL list has {seen}.").format(count=count, seen=seen)
            raise Trouble(words, "server.malformed", sure=0.8)
        stage.detail = _("{count} unique ids").format(count=seen)

    def _top(self, stage: Stage) -> None:
        """The newest message's headers; a server need not offer TOP (RFC 1939, section 7)."""
        line = self.session.wire.line()
        if line[:4].upper() == b"-ERR":
            stage.detail = self.session.say(line)
            if line[4:].lstrip().startswith(b"["):  # a response code: not "I do not know TOP", but a fault
                raise Trouble(stage.detail)
            return
        self._checked(line)
        stage.detail = _("{size} bytes of headers").format(size=self.session.wire.skip_text())

    def _send(self, data: bytes) -> None:
        self.session.wire.send(data)

    def _reply(self, *, may_refuse: bool = False, otherwise: str | None = None) -> bool:
        """Whether the server agrees. A refusal is a Trouble in its own words unless it ``may_refuse``.

        ``otherwise`` is the cause where the words name none.
        """
        line = self.session.wire.line()
        self._checked(line)
        if line[:3].upper() == b"+OK":
            return True
        if may_refuse:
            return False
        raise Trouble(self.session.say(line), otherwise=otherwise)

    def _checked(self, line: bytes) -> None:
        if not _REPLY.fullmatch(line):
            words = self.session.say(line)
            raise Trouble(_("Neither +OK nor -ERR: {words}").format(words=words), "server.malformed")


def _way_in(can: Capabilities) -> str:
    """How to log in: ``USER``, ``PLAIN``, or ``unsaid`` (try USER, and PASS only if that is taken)."""
    if not can.known or "USER" in can.names:
        return "USER"
    if "PLAIN" in can.mechanisms:
        return "PLAIN"
    if can.mechanisms:
        raise no_password_wanted(can.mechanisms)
    return "unsaid"


def _ask_for_tls(wire: Wire) -> None:
    wire.line()
    _stls(wire)


def _stls(wire: Wire) -> None:
    wire.send(b"STLS\r\n")
    line = wire.line()
    if line[:4].upper() == b"-ERR":
        raise Trouble(shown(line, limit=UNCUT), otherwise="server.no-starttls")
    if line[:3].upper() != b"+OK":
        raise Trouble(_("Neither +OK nor -ERR: {words}").format(words=shown(line, limit=UNCUT)), "server.malformed")
    if wire.pending:
        raise Trouble(_("The server sent more than it may before encryption."), "server.malformed")
