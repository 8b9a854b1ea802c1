"""Short follow-ups that send nothing secret: who signed, how old is the TLS, what answers beside this port."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from automation.messages import _, noted
from automation.probe import tls
from automation.probe.banner import kind_of
from automation.probe.reach import connect, resolve
from automation.probe.result import Target, Trouble
from automation.probe.text import clean, shown
from automation.probe.wire import Deadline, NotTls, Wire

if TYPE_CHECKING:
    from automation.diagnosis import Finding

LONGEST = 1.2  # seconds for one follow-up

# OpenSSL's verify codes (x509_vfy.h) as causes; any other is a signature that leads to nobody we trust.
_VERIFY = {
    9: "tls.clock",
    10: "tls.expired",
    18: "tls.self-signed",
    62: "tls.name-mismatch",
    64: "tls.name-mismatch",
}
_TOO_WEAK = (66, 67, 68)  # keys and signatures too weak for today: no cause of the catalogue
_OLD_VERSIONS = ("SSLv3", "TLSv1", "TLSv1.1")
_OLD_REASONS = (
    "UNSUPPORTED_PROTOCOL",
    "TLSV1_ALERT_PROTOCOL_VERSION",
    "WRONG_SSL_VERSION",
    "NO_PROTOCOLS_AVAILABLE",
    "LEGACY_SIGALG_DISALLOWED_OR_UNSUPPORTED",
    "DH_KEY_TOO_SMALL",
    "VERSION_TOO_LOW",
)
# The server knows no such name (RFC 6066, section 3); the name is none that could be asked for.
_REASONS = {"TLSV1_UNRECOGNIZED_NAME": "tls.name-mismatch", "SSL3_EXT_INVALID_SERVERNAME": "net.dns"}


class LookAround:
    """Other places of the same provider, all looked at together; begun by silence or by a failure."""

    def __init__(self, places: Callable[[], Sequence[Target]], deadline: Deadline) -> None:
        self._find_places = places
        self._places: Sequence[Target] = ()
        self._deadline = deadline
        self._threads: list[threading.Thread] = []
        self._seen: dict[Target, str] = {}

    def begin(self) -> None:
        """Start looking, once."""
        if self._threads:
            return
        self._places = self._find_places()
        for place in self._places:
            thread = threading.Thread(target=self._look, args=(place,), daemon=True)
            thread.start()
            self._threads.append(thread)

    def findings(self) -> list[Finding]:
        """What was seen so far or is seen within LONGEST."""
        self.begin()
        until = Deadline(self._deadline.left(LONGEST) if not self._deadline.is_over else 0.2)
        for thread in self._threads:
            thread.join(until.left())
        told = [(place, self._seen.get(place) or _("no answer")) for place in self._places]
        return [supporting(f"{place.host}:{place.port}: {words}") for place, words in told]

    def _look(self, place: Target) -> None:
        try:
            self._seen[place] = _answer_of(place, Deadline(LONGEST))
        except Trouble as trouble:
            self._seen[place] = clean(trouble.text)


def supporting(words: str) -> Finding:
    """Something seen beside the place that failed: evidence, never a cause itself."""
    from automation.diagnosis import Finding

    return Finding("probe", "around", words, None, {"supports": True})


def answers_https(address: tuple[str, int], host: str, until: Deadline) -> str | None:
    """What a web server with TLS says there, which waits to be spoken to first; None where none does."""
    until = Deadline(until.left(LONGEST))
    try:
        wire = _open(address[0], address[1], until)
    except Trouble:
        return None
    try:
        wire.start_tls(tls.looking_context(), host, until)
        wire.send(b"HEAD / HTTP/1.0\r\n\r\n")
        line = wire.line()
        return shown(line) if kind_of(line) == "HTTP" else None
    except (Trouble, NotTls, OSError, ValueError):
        return None
    finally:
        wire.close()


def speaks_tls(address: tuple[str, int], host: str, until: Deadline) -> bool:
    """Whether TLS answers at an address; nothing is sent over it."""
    until = Deadline(until.left(LONGEST))
    try:
        wire = _open(address[0], address[1], until)
    except Trouble:
        return False
    try:
        wire.start_tls(tls.looking_context(), host, until)
        return True
    except (NotTls, OSError, ValueError):
        return False
    finally:
        wire.close()


def why_unverified(error: ssl.SSLCertVerificationError, seen: ssl.SSLObject | None, host: str) -> Trouble:
    """Why a certificate did not verify: by who signed it, then by OpenSSL's reason. ``seen`` is a second, silent look."""
    from automation.diagnosis import Finding

    chain = tls.unverified(seen) if seen else []
    signer = tls.interceptor(chain)
    code: str | None = "tls.intercepted" if signer else _VERIFY.get(error.verify_code, "tls.untrusted")
    if error.verify_code in _TOO_WEAK and not signer:
        code = None
    if not chain:
        return Trouble(clean(error.verify_message or str(error)), code, sure=0.8)
    own = chain[0]
    others = [
        Finding("probe", "tls", words, extra, {"sure": 0.7})
        for extra, words in _also_wrong(own, host)
        if extra != code and not signer
    ]
    words = {
        "tls.intercepted": _("Signed by {issuer}.").format(issuer=signer),
        "tls.expired": _("Valid until {date}; signed by {issuer}.").format(date=_day(own.not_after), issuer=own.issuer),
        "tls.clock": _("Valid from {date} only; here it is {now}.").format(
            date=_day(own.not_before), now=_day(datetime.now(UTC))
        ),
        "tls.name-mismatch": _("The certificate is for {names}, not for {host}.").format(
            names=", ".join(own.names[:6]) or own.subject, host=host
        ),
        "tls.self-signed": _("Signed by itself: {issuer}.").format(issuer=own.issuer),
    }.get(
        code or "",
        _("Signed by {issuer}, which nobody here vouches for.").format(issuer=chain[-1].issuer or own.issuer),
    )
    return Trouble(noted(clean(words), clean(error.verify_message)), code, others=tuple(others))


def why_no_tls(error: ssl.SSLError, seen: ssl.SSLObject | None) -> Trouble:
    """Why no TLS came about: too old if only old TLS works, otherwise OpenSSL's own words."""
    version = seen.version() if seen else None
    reason = error.reason or str(error)
    if version in _OLD_VERSIONS:
        return Trouble(_("Only {version} works there.").format(version=version), "tls.too-old")
    if reason in _OLD_REASONS or version:
        return Trouble(clean(reason), "tls.too-old", sure=0.7)
    return Trouble(_("TLS failed: {reason}").format(reason=clean(reason)), _REASONS.get(reason))


def _also_wrong(own: tls.Certificate, host: str) -> list[tuple[str, str]]:
    """What else is wrong with a certificate that failed for one reason already."""
    now = datetime.now(UTC)
    wrong = []
    if own.not_after and own.not_after < now:
        wrong.append(("tls.expired", _("It ran out on {date}.").format(date=_day(own.not_after))))
    if own.names and not any(_covers(name, host) for name in own.names):
        wrong.append(("tls.name-mismatch", _("It is for {names}.").format(names=", ".join(own.names[:6]))))
    return wrong


def _covers(name: str, host: str) -> bool:
    name, host = name.lower().rstrip("."), host.lower().rstrip(".")
    return name == host or (name.startswith("*.") and host.partition(".")[2] == name[2:])


def _answer_of(place: Target, deadline: Deadline) -> str:
    """What a place says first, over TLS where it is a TLS port."""
    wire = _open(place.dial_host, place.dial_port, deadline)
    try:
        spoken = ""
        if place.tls == "implicit":
            spoken = f"{wire.start_tls(tls.looking_context(), place.host, deadline).version()}, "
        return spoken + shown(wire.line(), limit=120)
    except NotTls as answer:
        return _("no TLS, but: {words}").format(words=shown(answer.said, limit=120))
    except (OSError, ValueError) as error:
        return clean(_("connected, no TLS: {reason}").format(reason=getattr(error, "strerror", None) or error))
    finally:
        wire.close()


def _open(host: str, port: int, deadline: Deadline) -> Wire:
    return Wire(connect(resolve(host, port, deadline), deadline), deadline)


def _day(moment: datetime | None) -> str:
    return moment.astimezone(UTC).date().isoformat() if moment else "?"
