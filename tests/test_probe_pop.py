"""The POP probe against every fault we know: the right cause, in time, with one login at most."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

import flows.causes  # noqa: F401 - the wordings that name a provider

from automation.diagnosis import diagnose
from automation.probe import POP_STAGES, ProbeResult, Stage, Target, probe_pop
from automation.settings import Secret
from tests import faults
from tests.faults import DAY, NOW, PASSWORD, USER, FaultServer, Pop, endless, half, refusing

SECRET = Secret(PASSWORD)
Case = tuple[str, Callable[[faults.Talk], None], str | None]


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A file with the authority that the good certificates are signed by."""
    return faults.write_authority(tmp_path_factory.mktemp("authority"))


def code_of(result: ProbeResult) -> str | None:
    """The deciding cause's code."""
    causes = diagnose(result.findings, [])
    return causes[0].code if causes else None


UIDL = b"UIDL"
LONG = b"x" * 65536
MALFORMED_LIST = [b"+OK", b"1 good", b"2", b"three bad", b"4 two words", b"", b"6 good", b"."]

# The name, the server, and the code of the cause (None: nothing is wrong). Those that keep silent are further down.
CASES: list[Case] = [
    ("good", Pop(), None),
    ("good, no messages", Pop(messages=0), None),
    ("good, pipelining", Pop(capabilities=(*faults.CAPABILITIES, b"PIPELINING")), None),
    ("good, AUTH PLAIN only", Pop(capabilities=(b"TOP", b"UIDL", b"SASL PLAIN XOAUTH2")), None),
    ("good, no CAPA", Pop(capabilities=None), None),
    ("good, CAPA names no login", Pop(capabilities=(b"TOP", b"UIDL")), None),
    ("good, 100,000 messages", Pop(messages=100_000), None),
    ("good, no TOP", Pop(replies={b"TOP": b"-ERR not implemented"}), None),
    ("plain text on the TLS port", Pop(plain=True), "tls.plaintext-port"),
    ("self-signed", Pop(tls=faults.self_signed_context()), "tls.self-signed"),
    ("signed by nobody we trust", Pop(tls=faults.intercepted_context("Some Company", "Private root")), "tls.untrusted"),
    ("intercepted", Pop(tls=faults.intercepted_context("Bitdefender", "Bitdefender Personal CA.Net-Defender")), "tls.intercepted"),
    ("intercepted, no maker's name", Pop(tls=faults.intercepted_context("Contoso", "TLS Inspection Root")), "tls.intercepted"),
    ("expired", Pop(tls=faults.server_context(not_before=NOW - 9 * DAY, not_after=NOW - DAY)), "tls.expired"),
    ("not valid yet", Pop(tls=faults.server_context(not_before=NOW + DAY, not_after=NOW + 9 * DAY)), "tls.clock"),
    ("other names", Pop(tls=faults.server_context(("other.test", "*.example.test"))), "tls.name-mismatch"),
    ("TLS 1.0 only", Pop(tls=faults.old_tls_context()), "tls.too-old"),
    ("closed at once", faults.close, "net.closed"),
    ("reset at once", faults.reset, "net.closed"),
    ("closed after TLS", Pop(greeting=faults.close), "net.closed"),
    ("greeting refused", Pop(greeting=b"-ERR Service not available, closing"), "server.greeting-refused"),
    ("greeting refused for now", Pop(greeting=b"-ERR [SYS/TEMP] Too busy"), "server.temporary"),
    ("wrong password", refusing(b"[AUTH] Authentication failed."), "auth.wrong-password"),
    ("wrong password, plainly", refusing(b"Invalid user name or password"), "auth.wrong-password"),
    ("could be three things", refusing(b"Logon failure: unknown user name or bad password."), "auth.ambiguous"),
    ("app password", refusing(b"[AUTH] Application-specific password required"), "auth.app-password-needed"),
    ("web login", refusing(b"Login to your account via a web browser to verify your account."), "auth.web-login-needed"),
    ("basic auth", refusing(b"Basic authentication is disabled."), "auth.basic-retired"),
    ("[SYS/TEMP]", refusing(b"[SYS/TEMP] Backend unavailable"), "server.temporary"),
    ("[SYS/PERM]", refusing(b"[SYS/PERM] Mailbox store corrupted"), "server.permanent"),
    ("[SYS/PERM] POP off", refusing(b"[SYS/PERM] Your account is not enabled for POP"), "account.pop-off"),
    ("[IN-USE]", refusing(b"[IN-USE] Do you have another POP session running?"), "mailbox.in-use"),
    ("[LOGIN-DELAY]", refusing(b"[LOGIN-DELAY] Wait a bit"), "auth.rate-limited"),
    ("login limit", refusing(b"Exceeded the login limit for a 15 minute period. Reduce the frequency of requests to the POP3 server."), "auth.rate-limited"),
    ("refused for no reason we know", refusing(b"The flange is not gruntled (771)"), "unknown"),
    ("CP932", refusing("ログオンに失敗しました。パスワードが違います".encode("cp932")), "auth.wrong-password"),
    ("ISO-2022-JP", refusing("パスワードが正しくありません".encode("iso2022_jp")), "auth.wrong-password"),
    ("POP off, said at STAT", Pop(replies={b"STAT": b"-ERR [SYS/PERM] POP access is disabled for this mailbox"}), "account.pop-off"),
    ("no UIDL", Pop(capabilities=(b"TOP", b"USER"), replies={UIDL: b"-ERR unknown command"}), "server.no-uidl"),
    ("OAuth only", Pop(capabilities=(b"TOP", b"UIDL", b"SASL XOAUTH2")), "auth.oauth-only"),
    ("a mechanism we lack", Pop(capabilities=(b"TOP", b"UIDL", b"SASL GSSAPI")), "server.no-auth"),
    ("no login at all", Pop(capabilities=(b"TOP",), replies={b"USER": b"-ERR unknown command"}), "server.no-auth"),
    ("gone after the greeting", Pop(replies={b"CAPA": faults.close}), "server.dropped"),
    ("gone at the password", Pop(replies={b"PASS": faults.close}), "server.dropped"),
    ("gone in the list", Pop(replies={UIDL: half(b"+OK", b"1 a", b"2 b")}), "server.dropped"),
    ("reset in the list", Pop(replies={UIDL: lambda talk: (talk.say(b"+OK", b"1 a"), talk.reset())}), "server.dropped"),
    ("gone in a line", Pop(replies={b"STAT": lambda talk: (talk.sock.sendall(b"+OK 2"), faults.close(talk))}), "server.dropped"),
    ("malformed list", Pop(messages=6, replies={UIDL: faults.lines(*MALFORMED_LIST)}), "server.malformed"),
    ("a list shorter than STAT says", Pop(replies={UIDL: faults.lines(b"+OK", b"1 a", b".")}), "server.malformed"),
    ("malformed STAT", Pop(replies={b"STAT": b"+OK many messages"}), "server.malformed"),
    ("malformed reply", Pop(replies={b"USER": b"sure"}), "server.malformed"),
    ("endless line", Pop(replies={b"STAT": endless(b"+OK ", LONG)}), "server.too-much"),
    ("endless greeting", Pop(greeting=endless(b"+OK ", LONG)), "server.too-much"),
    ("endless line in the list", Pop(replies={UIDL: endless(b"+OK\r\n1 ", LONG)}), "server.too-much"),
    ("endless list", Pop(replies={UIDL: endless(b"+OK\r\n", b"1 abcdefgh\r\n" * 5000)}), "server.too-much"),
    ("endless capabilities", Pop(capabilities=endless(b"+OK\r\n", b"X-ONE\r\n" * 5000)), "server.too-much"),
    ("a web page, in plain text", faults.web_server, "net.captive-portal"),
    ("a web page, over TLS", Pop(greeting=b"HTTP/1.1 400 Bad Request"), "net.captive-portal"),
    ("IMAP, in plain text", faults.banner(b"* OK [CAPABILITY IMAP4rev1] ready"), "server.wrong-protocol"),
    ("IMAP, over TLS", Pop(greeting=b"* OK IMAP4rev1 Service Ready"), "server.wrong-protocol"),
    ("SMTP, in plain text", faults.banner(b"220 mail.test ESMTP"), "server.wrong-protocol"),
    ("SMTP, over TLS", Pop(greeting=b"220 mail.test ESMTP ready"), "server.wrong-protocol"),
    ("SSH", faults.banner(b"SSH-2.0-OpenSSH_9.2"), "server.wrong-protocol"),
    ("nothing known", Pop(greeting=b"Welcome, stranger"), "server.malformed"),
]


@pytest.mark.parametrize(("handler", "code"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_each_fault_is_named(handler: Any, code: str | None, authority: str) -> None:
    """Every fault gives its own cause, quickly, and the password is sent once at most and never before TLS."""
    began = time.monotonic()

    with FaultServer(handler) as server:
        result = probe_pop(server.target(), USER, SECRET, ca_file=authority)
        took = time.monotonic() - began

    assert code == code_of(result)
    assert result.ok is (code is None)
    assert took < 3
    assert len(server.logins) <= 1
    assert all(PASSWORD not in stage.detail for stage in result.stages)
