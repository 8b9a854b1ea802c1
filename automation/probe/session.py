"""What probes of both protocols share: timed stages, reaching the server, TLS, and an end that always comes."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from automation.messages import _
from automation.probe import around, tls
from automation.probe.banner import kind_of
from automation.probe.reach import Address, connect, may_exist, resolve, unknown_names
from automation.probe.result import ProbeResult, Stage, Target, Trouble
from automation.probe.text import clean, shown
from automation.probe.wire import Deadline, NotTls, Wire
from automation.settings import Secret

REACH_SECONDS = 3.4  # connect and TLS together: with the follow-ups an answer comes within 4 s
REACH_SHARE = 0.7  # of the total, where the total is short
LEAVING_SECONDS = 1.0  # for the answer to QUIT, so that the server has let go of the mailbox
# Causes that what answers beside the place may explain.
_WORTH_A_LOOK = ("net.dns", "net.refused", "net.blackhole", "net.closed", "tls.silent", "server.silent")

OnStage = Callable[[Stage], None]


class Session:
    """One probe from its first stage to its last; ``result`` is right at every moment.

    ``ask_for_tls`` leads a fresh plain connection to where TLS begins (greeting, then STLS or STARTTLS).
    """

    def __init__(
        self,
        protocol: str,
        target: Target,
        stages: Sequence[str],
        ask_for_tls: Callable[[Wire], None],
        *,
        deadline: float,
        ca_file: str | None,
        secret: Secret | None,
        on_stage: OnStage | None,
        alternatives: Callable[[], Sequence[Target]],
        names: Sequence[str],
    ) -> None:
        self.target = target
        self.deadline = Deadline(deadline)
        self.result = ProbeResult(protocol, target.host, target.port, [Stage(name) for name in stages])
        self._ask_for_tls = ask_for_tls
        self._reach = Deadline(min(REACH_SECONDS, deadline * REACH_SHARE))
        self._ca_file = ca_file
        self._secret = secret
        self._names = names
        self._on_stage = on_stage
        self._around = around.LookAround(alternatives, self._reach)
        self._wire: Wire | None = None
        self._address = (target.dial_host, target.dial_port)

    @property
    def wire(self) -> Wire:
        """The connection, once it stands."""
        assert self._wire
        return self._wire

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run the stages inside; a Trouble among them ends the probe and nothing else."""
        try:
            yield
        except Trouble:
            pass
        finally:
            if self._wire:
                self._wire.close()

    @contextmanager
    def stage(self, name: str) -> Iterator[Stage]:
        """One stage: timed, told, and where it fails turned into a finding."""
        stage = next(stage for stage in self.result.stages if stage.name == name)
        began = time.perf_counter()
        try:
            try:
                yield stage
            except OSError as error:  # a socket may break in any call, even in asking for its own address
                raise Trouble(error.strerror or str(error), "net.closed") from None
            stage.ok = True
        except Trouble as trouble:
            from automation.diagnosis import Finding

            stage.ok = False
            stage.detail = self.say(trouble.text) or _("an empty answer")
            self.result.findings.append(Finding("probe", name, stage.detail, trouble.code, trouble.facts))
            self.result.findings.extend(trouble.others)
            raise
        finally:
            stage.seconds += time.perf_counter() - began
            if self._on_stage:
                self._on_stage(stage)

    def say(self, words: bytes | str) -> str:
        """Words of a server, fit to be shown."""
        return shown(words, self._secret) if isinstance(words, bytes) else clean(words, self._secret)

    def reach(self) -> None:
        """Resolve and connect."""
        with self.stage("resolve") as stage, self._looking_around():
            addresses = self._resolved()
            stage.detail = ", ".join(place[0] for _family, place in addresses)
        with self.stage("connect") as stage, self._looking_around():
            sock = connect(addresses, self._reach, self._around.begin)
            self._wire = Wire(sock, self.deadline)
            self._address = sock.getpeername()[:2]
            stage.detail = _("{address}, port {port}").format(address=self._address[0], port=self._address[1])

    def _resolved(self) -> list[Address]:
        """The addresses to dial; where names that surely exist are not found either, it is not about this one."""
        host = self.target.dial_host
        try:
            return resolve(host, self.target.dial_port, self._reach)
        except Trouble as trouble:
            if trouble.code == "net.dns" and may_exist(host):
                until = Deadline(0.2 if self._reach.is_over else self._reach.left(around.LONGEST))
                if said := unknown_names(self._names, trouble, until):
                    trouble.code, trouble.facts["sure"] = "net.offline", 0.7  # or the name service alone is at fault
                    trouble.others = tuple(around.supporting(words) for words in said)
            raise

    def secure(self, stage: Stage) -> None:
        """Shake hands and verify; the stage's detail says with whom."""
        try:
            context = tls.verifying_context(self._ca_file)
        except OSError as error:
            raise Trouble(_("The file of TLS_CA_FILE cannot be used: {why}").format(why=error)) from None
        until = self._reach if self.target.tls == "implicit" else Deadline(self.deadline.left(REACH_SECONDS))
        with self._looking_around():
            self.wire.on_silence = self._around.begin
            try:
                session = self.wire.start_tls(context, self.target.host, until)
            except NotTls as answer:
                raise self._not_tls(answer.said) from None
            except ssl.SSLCertVerificationError as error:
                raise around.why_unverified(error, self._second_look(), self.target.host) from None
            except ssl.SSLError as error:
                raise around.why_no_tls(error, self._second_look()) from None
            except ValueError as error:  # ssl refuses what cannot be a name, such as one with a leading dot
                raise Trouble(f"{self.target.host}: {error}", "net.dns") from None
            except TimeoutError:
                raise Trouble(_("TCP is up, but the TLS handshake got no answer."), "tls.silent") from None
            except OSError as error:
                raise Trouble(error.strerror or str(error), "net.closed") from None
        self.wire.on_silence = None
        self._note_session(stage, session)

    def greeting(self, kind: str) -> bytes:
        """The first line, which may be of any protocol; HTTP and others end the probe with their name."""
        self.wire.on_silence = self._wonder
        with self._looking_around():
            line = self.wire.line()
        self.wire.on_silence = None
        found = kind_of(line)
        if found == "HTTP":
            raise Trouble(self.say(line), "net.captive-portal")
        if found and found != kind:
            raise Trouble(
                _("{kind} answers: {words}").format(kind=found, words=self.say(line)), "server.wrong-protocol"
            )
        if not found:
            raise Trouble(_("Not a greeting: {words}").format(words=self.say(line)), "server.malformed", sure=0.7)
        return line

    def quit(self, command: bytes) -> None:
        """Take leave, waiting a moment for the answer; nothing that happens now changes the result."""
        try:
            self.wire.hurry(LEAVING_SECONDS)
            self.wire.send(command)
            self.wire.line()
        except Trouble:
            pass

    def _note_session(self, stage: Stage, session: ssl.SSLObject) -> None:
        certificate = tls.verified(session)
        stage.detail = _("{version}, certificate of {issuer}, valid until {date}").format(
            version=session.version(), issuer=self.say(certificate.issuer), date=_day(certificate.not_after)
        )
        signer = tls.verified_interceptor(session)
        if signer:
            from automation.diagnosis import Finding

            words = _("The certificate verifies, but it is signed by {issuer}.").format(issuer=self.say(signer))
            self.result.findings.append(Finding("probe", "tls", words, "tls.intercepted", {"sure": 0.85}))

    def _not_tls(self, said: bytes) -> Trouble:
        """Something answered our TLS greeting in plain words: which kind it is decides."""
        kind = kind_of(said)
        words = self.say(said.split(b"\n", 1)[0])
        if kind == "HTTP":
            return Trouble(words, "net.captive-portal")
        if kind == {"pop": "POP3", "smtp": "SMTP"}[self.result.protocol]:
            return Trouble(_("In plain text: {words}").format(words=words), "tls.plaintext-port")
        if kind:
            return Trouble(_("{kind} answers: {words}").format(kind=kind, words=words), "server.wrong-protocol")
        return Trouble(_("No TLS, but: {words}").format(words=words), "server.malformed", sure=0.6)

    def _second_look(self) -> ssl.SSLObject | None:
        """The same server once more, without verifying and without a word after the handshake: for its certificate."""
        until = Deadline(self.deadline.left(around.LONGEST))
        try:
            wire = Wire(connect(resolve(*self._address, until), until), until)
        except Trouble:
            return None
        try:
            if self.target.tls == "starttls":
                self._ask_for_tls(wire)
            return wire.start_tls(tls.looking_context(), self.target.host, until)
        except (Trouble, NotTls, OSError, ValueError):
            return None
        finally:
            wire.close()

    def _wonder(self) -> None:
        """No greeting: in plain text a port that wants TLS waits like that, over TLS a web server does."""
        self._around.begin()
        place = (self._address, self.target.host, self.deadline)
        if self.target.tls == "starttls":
            if around.speaks_tls(*place):
                raise Trouble(_("No greeting in plain text, but TLS answers at once."), "tls.required")
        elif words := around.answers_https(*place):
            raise Trouble(_("{kind} answers: {words}").format(kind="HTTP", words=words), "server.wrong-protocol")

    @contextmanager
    def _looking_around(self) -> Iterator[None]:
        """Where this fails, what was seen beside it becomes evidence."""
        try:
            yield
        except Trouble as trouble:
            if trouble.code in _WORTH_A_LOOK:
                trouble.others = (*trouble.others, *self._around.findings())
            raise


def no_password_wanted(mechanisms: set[str]) -> Trouble:
    """Ways to log in are offered, but none that takes a password as it is."""
    oauth_only = all("OAUTH" in mechanism for mechanism in mechanisms)
    words = _("Only these are offered: {names}").format(names=" ".join(sorted(mechanisms)))
    return Trouble(words, "auth.oauth-only" if oauth_only else "server.no-auth")


def _day(moment: datetime | None) -> str:
    return moment.astimezone(UTC).date().isoformat() if moment else "?"
