"""The SMTP probe against every fault we know: the right cause, one login by one mechanism, and never a message."""

from __future__ import annotations

import time
from typing import Any

import pytest

import flows.causes  # noqa: F401 - the wordings that name a provider
from automation.diagnosis import diagnose
from automation.probe import ProbeResult, Target, probe_smtp
from automation.settings import Secret
from tests import faults
from tests.faults import PASSWORD, USER, FaultServer, Smtp, endless, refusing_smtp

SECRET = Secret(PASSWORD)
RETIRED = (
    b"535 5.7.139 Authentication unsuccessful, basic authentication is disabled. [TYAP286.JPNP286.PROD.OUTLOOK.COM]"
)
TENANT = b"535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information."
DENIED = b"554 5.2.252 SendAsDenied; person@mail.test not allowed to send as other@mail.test"

# The name, the server, and the code of the cause (None: nothing is wrong).
CASES: list[tuple[str, Any, str | None]] = [
    ("good", Smtp(), None),
    ("good, AUTH PLAIN", Smtp(after_tls=(b"AUTH PLAIN LOGIN",)), None),
    ("good, old spelling of AUTH", Smtp(after_tls=(b"AUTH=LOGIN",)), None),
    ("good, long greeting", Smtp(greeting=faults.lines(b"220-mail.test", b"220 ready")), None),
    ("no STARTTLS", Smtp(before_tls=(b"SIZE 1", b"AUTH PLAIN")), "server.no-starttls"),
    ("STARTTLS refused", Smtp(replies={b"STARTTLS": b"502 5.5.1 not now"}), "server.no-starttls"),
    ("STARTTLS refused for now", Smtp(replies={b"STARTTLS": b"454 4.7.0 TLS not available"}), "server.temporary"),
    (
        "words slipped in before encryption",
        Smtp(replies={b"STARTTLS": lambda talk: (talk.say(b"220 go", b"250 injected"), talk.tls())}),
        "server.malformed",
    ),
    ("EHLO unknown", Smtp(replies={b"EHLO": b"502 5.5.1 what"}), "server.no-starttls"),
    ("self-signed", Smtp(tls=faults.self_signed_context()), "tls.self-signed"),
    ("intercepted", Smtp(tls=faults.intercepted_context("Avast Web/Mail Shield Root")), "tls.intercepted"),
    ("other names", Smtp(tls=faults.server_context(("other.test",))), "tls.name-mismatch"),
    ("TLS 1.0 only", Smtp(tls=faults.old_tls_context()), "tls.too-old"),
    ("basic auth", refusing_smtp(RETIRED), "auth.basic-retired"),
    ("basic auth, by AUTH PLAIN", refusing_smtp(RETIRED, b"AUTH PLAIN"), "auth.basic-retired"),
    ("tenant", refusing_smtp(TENANT), "account.smtp-off"),
    ("wrong password", refusing_smtp(b"535 5.7.3 Authentication unsuccessful"), "auth.wrong-password"),
    (
        "wrong password, in two lines",
        Smtp(
            replies={
                b"LOGIN": faults.lines(
                    b"535-5.7.8 Username and Password not accepted.",
                    b"535 5.7.8 Learn more at https://support.example/?p=Bad",
                )
            }
        ),
        "auth.wrong-password",
    ),
    (
        "app password",
        refusing_smtp(b"534 5.7.9 Application-specific password required. Learn more at https://support.example"),
        "auth.app-password-needed",
    ),
    (
        "web login",
        refusing_smtp(b"534 5.7.14 Please log in via your web browser and then try again."),
        "auth.web-login-needed",
    ),
    ("login fails for now", refusing_smtp(b"454 4.7.0 Temporary authentication failure"), "server.temporary"),
    (
        "too many logins",
        refusing_smtp(b"454 4.7.0 Too many login attempts, please try again later"),
        "auth.rate-limited",
    ),
    ("no AUTH", Smtp(after_tls=(b"SIZE 1",)), "server.no-auth"),
    ("a mechanism we lack", Smtp(after_tls=(b"AUTH CRAM-MD5",)), "server.no-auth"),
    ("OAuth only", Smtp(after_tls=(b"AUTH XOAUTH2 OAUTHBEARER",)), "auth.oauth-only"),
    ("421", Smtp(greeting=b"421 4.3.2 Service not available"), "server.temporary"),
    ("554", Smtp(greeting=b"554 5.7.1 No service for you"), "server.greeting-refused"),
    ("not allowed to send as", Smtp(replies={b"MAIL": DENIED}), "smtp.send-as-denied"),
    ("recipient refused", Smtp(replies={b"RCPT": b"550 5.1.1 no such user here"}), "server.permanent"),
    ("storage full", Smtp(replies={b"RCPT": b"452 4.2.2 mailbox full"}), "mailbox.full"),
    (
        "a login that fails for no reason we know",
        Smtp(replies={b"LOGIN": b"535 the flange is not gruntled"}),
        "auth.wrong-password",
    ),
    ("TLS where plain text was tried", Smtp(implicit=True), "tls.required"),
    ("gone at once", faults.close, "net.closed"),
    ("gone after EHLO", Smtp(replies={b"EHLO": faults.close}), "server.dropped"),
    ("gone in a reply", Smtp(replies={b"EHLO": faults.half(b"250-mail.test")}), "server.dropped"),
    ("malformed", Smtp(replies={b"EHLO": b"sure, go on"}), "server.malformed"),
    ("two codes in one reply", Smtp(replies={b"EHLO": faults.lines(b"250-a", b"550 b")}), "server.malformed"),
    ("endless reply", Smtp(replies={b"EHLO": endless(b"", b"250-MORE\r\n" * 1000)}), "server.too-much"),
    ("endless line", Smtp(replies={b"EHLO": endless(b"250-", b"x" * 65536)}), "server.too-much"),
    ("POP3", faults.banner(b"+OK POP3 ready"), "server.wrong-protocol"),
    ("IMAP", faults.banner(b"* OK IMAP4rev1"), "server.wrong-protocol"),
    ("FTP", faults.banner(b"220 (vsFTPd 3.0.3)"), "server.wrong-protocol"),
    ("a web page", faults.banner(b"HTTP/1.1 302 Found"), "net.captive-portal"),
]


def code_of(result: ProbeResult) -> str | None:
    """The deciding cause's code."""
    causes = diagnose(result.findings, [])
    return causes[0].code if causes else None


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A file with the authority that the good certificates are signed by."""
    return faults.write_authority(tmp_path_factory.mktemp("authority"))


@pytest.mark.parametrize(("handler", "code"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_each_fault_is_named(handler: Any, code: str | None, authority: str) -> None:
    """Every fault gives its own cause; the password is sent once at most; no message is ever begun."""
    began = time.monotonic()

    with FaultServer(handler) as server:
        result = probe_smtp(server.target("starttls"), USER, SECRET, sender=USER, recipient=USER, ca_file=authority)
        took = time.monotonic() - began

    assert code == code_of(result)
    assert result.ok is (code is None)
    assert took < 3
    assert len(server.logins) <= 1
    assert b"DATA" not in server.heard


def test_the_envelope_is_taken_back(authority: str) -> None:
    """Sender and recipient are asked for and taken back with RSET before leaving."""
    with FaultServer(Smtp()) as server:
        result = probe_smtp(
            server.target("starttls"), USER, SECRET, sender=USER, recipient="b@mail.test", ca_file=authority
        )

    assert server.heard[-4:] == [b"MAIL FROM:<person@mail.test>", b"RCPT TO:<b@mail.test>", b"RSET", b"QUIT"]
    assert [s.ok for s in result.stages] == [True] * 8


def test_port_465(authority: str) -> None:
    """With TLS from the first byte the same conversation follows."""
    with FaultServer(Smtp(implicit=True)) as server:
        result = probe_smtp(server.target(), USER, SECRET, ca_file=authority)

    assert result.ok
    assert [line.split()[0] for line in server.heard] == [b"EHLO", b"AUTH", *server.heard[2:4], b"QUIT"]


@pytest.mark.parametrize(
    ("handler", "tls", "code"),
    [
        (Smtp(greeting=faults.hang), "starttls", "server.silent"),
        (Smtp(replies={b"LOGIN": faults.hang}), "starttls", "server.silent"),
        (Smtp(replies={b"EHLO": faults.drip(b"250 mail.test hello there", pause=0.1)}), "starttls", "server.silent"),
        (faults.hang, "implicit", "tls.silent"),
        (faults.banner(b"220 mail.test ESMTP"), "implicit", "tls.plaintext-port"),
    ],
    ids=["no greeting", "no answer to the login", "drip", "TLS never answers", "plain text on the TLS port"],
)
def test_silence_ends_with_the_deadline(handler: Any, tls: Any, code: str, authority: str) -> None:
    """A server that keeps silent is named within the total deadline."""
    began = time.monotonic()

    with FaultServer(handler) as server:
        result = probe_smtp(server.target(tls), USER, SECRET, ca_file=authority, deadline=1.0)
        took = time.monotonic() - began

    assert code == code_of(result)
    assert took < 1.4


def test_a_slow_greeting_is_waited_for(authority: str) -> None:
    """A server that greets late, as some do against spam, is no fault."""

    def slowly(talk: faults.Talk) -> None:
        talk.server.stopped.wait(1.2)
        talk.say(b"220 mail.test at last")

    with FaultServer(Smtp(greeting=slowly)) as server:
        result = probe_smtp(server.target("starttls"), USER, SECRET, ca_file=authority)

    assert result.ok


def test_addresses_are_one_line() -> None:
    """An address with a line break or a bracket is refused before anything is opened."""
    for sender in ("a@b\r\nRCPT TO:<c@d>", "a@b> SIZE=1"):
        with pytest.raises(ValueError, match="address"):
            probe_smtp(Target("h", 1, "127.0.0.1", 1), USER, SECRET, sender=sender)
