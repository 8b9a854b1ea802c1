"""TLS and what a certificate says: who it is for, who signed it, until when, and who signs in a server's place."""

from __future__ import annotations

import os
import re
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

# Makers of security software and of proxies that sign in a server's place, as their roots name themselves; then what
# such roots are called whoever makes them. Public authorities with similar names (Symantec, Comodo, SECOM "Security
# Communication", "Internet Security Research Group" of Let's Encrypt) are left out on purpose.
_INTERCEPTORS = (
    r"avast|\bavg\b|avira|bitdefender|kaspersky|\beset\b|norton\b|mcafee|sophos|trend ?micro|virus ?buster|ウイルス|emsisoft"
    r"|dr\.? ?web\b|f-secure|withsecure|\bg ?data\b|webroot|malwarebytes|adguard|panda security|bullguard|quick ?heal"
    r"|ahnlab|360 ?(?:total|safe)|\bk7 |total ?av\b|total defense|vipre|zone ?alarm|intego|スーパーセキュリティ"
    r"|anti[- ]?spyware|trellix|skyhigh|symantec web|zscaler|netskope|forti(?:gate|net|guard)|palo ?alto|globalprotect"
    r"|prisma access|blue ?coat|check ?point|barracuda|watchguard|sonicwall|cisco (?:umbrella|secure|ironport|web)"
    r"|open ?dns|forcepoint|websense|iboss|lightspeed|securly|goguardian|smoothwall|untangle|cato networks|i-?filter"
    r"|inter ?safe|menlo security|cloudflare (?:gateway|for teams|managed|zero trust)|cyberoam|stormshield|clavister"
    r"|sangfor|hillstone|kerio|zentyal|content ?keeper|net ?sweeper|web ?titan|dns ?filter|safe ?dns|linewize|blocksi"
    r"|perimeter 81|covenant eyes|mobicip|netspark|staffcop|safetica|teramind|veriato|currentware|iron ?port"
    r"|digital arts|squid|pfsense|opnsense|mitmproxy|charles proxy|fiddler|burp|portswigger|proxyman|net nanny"
    r"|qustodio|superfish|komodia|wajam|privdog|protocolfilters|http toolkit|anti[- ]?virus|anti[- ]?malware"
    r"|internet security(?! research)|endpoint (?:security|protection)"
    r"|(?:internet|web|network|mail|online) protection|(?:mail|web|email|e-mail)[ /-]*(?:filter|guard|scanner)"
    r"|\bshield\b|\bdefender\b|(?:ssl|tls|https)[ /-]*(?:filter|inspect|intercept|decrypt|proxy|scan|orchestrat|visib|insight)\w*"
    r"|\binspect(?:ion|or)?\b|interception|decryption|(?:web|security|content) gateway|web appliance|firewall|\bproxy\b"
    r"|man[- ]in[- ]the[- ]middle|content filter|parental control|personal (?:root|ca)\b"
)

# Debian's update-ca-certificates makes this file and the links by hash beside it from the same roots.
DEBIAN_BUNDLE = "ca-certificates.crt"
_MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"


@dataclass(frozen=True)
class Certificate:
    """What a server's certificate says. Names as written there; dates in UTC."""

    subject: str
    issuer: str
    names: tuple[str, ...]
    not_before: datetime | None
    not_after: datetime | None


def verifying_context(ca_file: str | None) -> ssl.SSLContext:
    """TLS 1.2 or newer, verified against the system's roots and those of ``ca_file``.

    Raises OSError (ssl.SSLError among it) where the file cannot be used.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # verifies chain and name
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    hashed = _hashed_roots()
    if hashed:
        context.load_verify_locations(capath=hashed)
    else:
        context.load_default_certs()
    if ca_file:
        context.load_verify_locations(ca_file)
    return context


def looking_context() -> ssl.SSLContext:
    """TLS of any age with anybody, for looking at a certificate. Nothing is ever sent over it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


def verified(tls: ssl.SSLObject) -> Certificate:
    """The certificate of a session that verified."""
    peer: dict[str, Any] = tls.getpeercert() or {}
    return Certificate(
        subject=_name(peer.get("subject", ())),
        issuer=_name(peer.get("issuer", ())),
        names=tuple(value for _kind, value in peer.get("subjectAltName", ())),
        not_before=_moment(peer.get("notBefore")),
        not_after=_moment(peer.get("notAfter")),
    )


def unverified(tls: ssl.SSLObject) -> list[Certificate]:
    """The certificates that a server shows, its own first, whether or not anybody vouches for them."""
    return [certificate for der in _shown(tls) if (certificate := _parsed(der))]


def interceptor(certificates: list[Certificate]) -> str | None:
    """Who signs in the server's place, by the name of an issuer; None where none looks like that."""
    return next((c.issuer for c in certificates if _interceptors().search(c.issuer)), None)


def verified_interceptor(tls: ssl.SSLObject) -> str | None:
    """The same for a session that verified, since this machine may trust the interceptor's root.

    Certificates above the server's own are searched as bytes first: reading them properly costs an import of 40 ms.
    """
    if signer := interceptor([verified(tls)]):
        return signer
    above = b" ".join(_shown(tls)[1:]).decode("latin-1")
    return interceptor(unverified(tls)) if _interceptors().search(above) else None


@cache
def _interceptors() -> re.Pattern[str]:
    return re.compile(_INTERCEPTORS, re.IGNORECASE)


def _hashed_roots() -> str | None:
    """The system's folder of roots by hash, where it is whole: OpenSSL then reads only the one root that is needed.

    Reading the bundle takes longer (25 ms) than all the rest of a probe on loopback.
    """
    paths = ssl.get_default_verify_paths()
    if not paths.capath:
        return None
    beside = f"{paths.capath}/{DEBIAN_BUNDLE}"
    if paths.cafile not in (None, beside) and os.path.realpath(paths.cafile) != os.path.realpath(beside):
        return None
    hashed = " ".join(os.listdir(paths.capath)).count(".0 ")  # noqa: PTH208 - 300 Path objects would cost more than TLS
    return paths.capath if hashed >= 100 else None  # a whole set has 130 and more; a few are somebody's additions


def _shown(tls: ssl.SSLObject) -> list[bytes]:
    own = tls.getpeercert(binary_form=True)
    if hasattr(tls, "get_unverified_chain"):  # from Python 3.13
        return list(tls.get_unverified_chain())
    inner = getattr(tls, "_sslobj", None)  # the same thing, not public before 3.13; without it the first one must do
    if inner is not None and hasattr(inner, "get_unverified_chain"):
        return [ssl.PEM_cert_to_DER_cert(c.public_bytes()) for c in inner.get_unverified_chain() or ()]
    return [own] if own else []


def _parsed(der: bytes) -> Certificate | None:
    from cryptography import x509  # 40 ms to import, and only a failure needs it

    try:
        read = x509.load_der_x509_certificate(der)
        return Certificate(
            subject=_text(read.subject),
            issuer=_text(read.issuer),
            names=_alternative_names(read),
            not_before=read.not_valid_before_utc,
            not_after=read.not_valid_after_utc,
        )
    except ValueError:
        return None


def _alternative_names(read: Any) -> tuple[str, ...]:
    from cryptography import x509

    try:
        names = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return ()
    return tuple(str(name.value) for name in names)


def _text(name: Any) -> str:
    return ", ".join(str(part.value) for part in reversed(list(name)))


def _name(parts: Any) -> str:
    return ", ".join(value for part in reversed(parts) for _key, value in part)


def _moment(text: str | None) -> datetime | None:
    """A date as Python's ssl gives it (``Jun  1 12:00:00 2030 GMT``), without strptime, whose import takes 3 ms."""
    if not text:
        return None
    month, day, clock, year, _zone = text.split()
    hour, minute, second = map(int, clock.split(":"))
    return datetime(int(year), _MONTHS.index(month) // 3 + 1, int(day), hour, minute, second, tzinfo=UTC)
