"""The POP probe against every fault we know: the right cause, in time, with one login at most."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import flows.causes  # noqa: F401 - the wordings that name a provider
from automation.diagnosis import diagnose
from automation.probe import POP_STAGES, ProbeResult, Stage, Target, probe_pop, tls
from automation.probe.reach import connect, resolve, unknown_names
from automation.probe.result import Trouble
from automation.probe.wire import Deadline
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
    (
        "intercepted",
        Pop(tls=faults.intercepted_context("Bitdefender", "Bitdefender Personal CA.Net-Defender")),
        "tls.intercepted",
    ),
    (
        "intercepted, no maker's name",
        Pop(tls=faults.intercepted_context("Contoso", "TLS Inspection Root")),
        "tls.intercepted",
    ),
    ("expired", Pop(tls=faults.server_context(not_before=NOW - 9 * DAY, not_after=NOW - DAY)), "tls.expired"),
    ("not valid yet", Pop(tls=faults.server_context(not_before=NOW + DAY, not_after=NOW + 9 * DAY)), "tls.clock"),
    ("other names", Pop(tls=faults.server_context(("other.test", "*.example.test"))), "tls.name-mismatch"),
    ("TLS 1.0 only", Pop(tls=faults.old_tls_context()), "tls.too-old"),
    ("TLS wants our certificate", Pop(tls=faults.asking_context()), "unknown"),
    ("signed by itself, by a product's name", Pop(tls=faults.self_signed_context("Norton Root")), "tls.intercepted"),
    ("closed at once", faults.close, "net.closed"),
    ("TOP fails for a reason", Pop(replies={b"TOP": b"-ERR [SYS/TEMP] store busy"}), "server.temporary"),
    ("an empty refusal", Pop(replies={b"PASS": b"-ERR"}), "unknown"),
    ("reset at once", faults.reset, "net.closed"),
    ("closed after TLS", Pop(greeting=faults.close), "net.closed"),
    ("greeting refused", Pop(greeting=b"-ERR Service not available, closing"), "server.greeting-refused"),
    ("greeting refused for now", Pop(greeting=b"-ERR [SYS/TEMP] Too busy"), "server.temporary"),
    ("greeting refused, too soon", Pop(greeting=b"-ERR [LOGIN-DELAY] come back later"), "auth.rate-limited"),
    ("greeting in blank", Pop(greeting=b""), "server.malformed"),
    (
        "half a greeting",
        Pop(greeting=lambda talk: (talk.sock.sendall(b"+OK rea"), faults.close(talk))),
        "server.dropped",
    ),
    ("wrong password", refusing(b"[AUTH] Authentication failed."), "auth.wrong-password"),
    ("wrong password, plainly", refusing(b"Invalid user name or password"), "auth.wrong-password"),
    ("could be three things", refusing(b"Logon failure: unknown user name or bad password."), "auth.ambiguous"),
    ("app password", refusing(b"[AUTH] Application-specific password required"), "auth.app-password-needed"),
    (
        "web login",
        refusing(b"Login to your account via a web browser to verify your account."),
        "auth.web-login-needed",
    ),
    ("basic auth", refusing(b"Basic authentication is disabled."), "auth.basic-retired"),
    ("[SYS/TEMP]", refusing(b"[SYS/TEMP] Backend unavailable"), "server.temporary"),
    ("[SYS/PERM]", refusing(b"[SYS/PERM] Mailbox store corrupted"), "server.permanent"),
    ("[SYS/PERM] POP off", refusing(b"[SYS/PERM] Your account is not enabled for POP"), "account.pop-off"),
    ("[IN-USE]", refusing(b"[IN-USE] Do you have another POP session running?"), "mailbox.in-use"),
    ("[LOGIN-DELAY]", refusing(b"[LOGIN-DELAY] Wait a bit"), "auth.rate-limited"),
    (
        "login limit",
        refusing(
            b"Exceeded the login limit for a 15 minute period. Reduce the frequency of requests to the POP3 server."
        ),
        "auth.rate-limited",
    ),
    ("refused for no reason we know", refusing(b"The flange is not gruntled (771)"), "unknown"),
    ("CP932", refusing("ログオンに失敗しました。パスワードが違います".encode("cp932")), "auth.wrong-password"),
    ("ISO-2022-JP", refusing("パスワードが正しくありません".encode("iso2022_jp")), "auth.wrong-password"),
    (
        "POP off, said at STAT",
        Pop(replies={b"STAT": b"-ERR [SYS/PERM] POP access is disabled for this mailbox"}),
        "account.pop-off",
    ),
    ("no UIDL", Pop(capabilities=(b"TOP", b"USER"), replies={UIDL: b"-ERR unknown command"}), "server.no-uidl"),
    ("OAuth only", Pop(capabilities=(b"TOP", b"UIDL", b"SASL XOAUTH2")), "auth.oauth-only"),
    (
        "AUTH PLAIN refused for a reason",
        Pop(capabilities=(b"SASL PLAIN",), replies={b"AUTH": b"-ERR Basic authentication is disabled."}),
        "auth.basic-retired",
    ),
    (
        "AUTH PLAIN refused for none",
        Pop(capabilities=(b"SASL PLAIN",), replies={b"AUTH": b"-ERR no"}),
        "server.no-auth",
    ),
    (
        "USER refused for a reason",
        Pop(capabilities=(b"TOP",), replies={b"USER": b"-ERR Basic authentication is disabled."}),
        "auth.basic-retired",
    ),
    ("UIDL refused for a reason", Pop(replies={UIDL: b"-ERR [SYS/TEMP] index broken"}), "server.temporary"),
    ("UIDL refused for good", Pop(replies={UIDL: b"-ERR [SYS/PERM] mailbox corrupt"}), "server.permanent"),
    ("a mechanism we lack", Pop(capabilities=(b"TOP", b"UIDL", b"SASL GSSAPI")), "server.no-auth"),
    ("no login at all", Pop(capabilities=(b"TOP",), replies={b"USER": b"-ERR unknown command"}), "server.no-auth"),
    ("gone after the greeting", Pop(replies={b"CAPA": faults.close}), "server.dropped"),
    ("gone at the password", Pop(replies={b"PASS": faults.close}), "server.dropped"),
    ("gone in the list", Pop(replies={UIDL: half(b"+OK", b"1 a", b"2 b")}), "server.dropped"),
    ("reset in the list", Pop(replies={UIDL: lambda talk: (talk.say(b"+OK", b"1 a"), talk.reset())}), "server.dropped"),
    (
        "gone in a line",
        Pop(replies={b"STAT": lambda talk: (talk.sock.sendall(b"+OK 2"), faults.close(talk))}),
        "server.dropped",
    ),
    (
        "the list breaks off and says why",
        Pop(replies={UIDL: faults.lines(b"+OK", b"1 a", b"-ERR [SYS/TEMP] index lost", b".")}),
        "server.temporary",
    ),
    (
        "yes, then no",
        Pop(replies={b"PASS": faults.lines(b"+OK", b"-ERR [SYS/TEMP] mailbox not ready")}),
        "server.temporary",
    ),
    ("gone in the capabilities", Pop(capabilities=half(b"+OK", b"TOP")), "server.dropped"),
    ("gone in the headers", Pop(replies={b"TOP": half(b"+OK", b"Subject: x")}), "server.dropped"),
    ("line ends without CR", Pop(messages=1, replies={UIDL: lambda talk: talk.sock.sendall(b"+OK\n1 a\n.\n")}), None),
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


# What keeps silent. The deadline is short here; the cause must come within it, and before a third more has passed.
TRICKLE = faults.drip(*[b"1 a"] * 200_000, pause=0)
SILENT: list[tuple[str, Any, str, str]] = [
    ("TLS never answers", faults.hang, "tls", "tls.silent"),
    ("TLS drips", faults.drip(b"\x16\x03\x03\x40\x00" + b"x" * 900, pause=0.05), "tls", "tls.silent"),
    ("no greeting", Pop(greeting=faults.hang), "greeting", "server.silent"),
    (
        "a dripping greeting",
        Pop(greeting=faults.drip(faults.GREETING + b"x" * 400, pause=0.1)),
        "greeting",
        "server.silent",
    ),
    (
        "a list that trickles on",
        Pop(replies={UIDL: lambda talk: (talk.say(b"+OK"), TRICKLE(talk))}),
        "list",
        "server.silent",
    ),
    ("no answer to PASS", Pop(replies={b"PASS": faults.hang}), "login", "server.silent"),
    ("a dripping list", Pop(replies={UIDL: faults.drip(b"+OK", b"1 a", b"2 b", pause=0.1)}), "list", "server.silent"),
    (
        "no end of the list",
        Pop(replies={UIDL: lambda talk: (talk.say(b"+OK", b"1 a"), talk.hang())}),
        "list",
        "server.silent",
    ),
]


@pytest.mark.parametrize(("handler", "stage", "code"), [case[1:] for case in SILENT], ids=[case[0] for case in SILENT])
def test_silence_ends_with_the_deadline(handler: Any, stage: str, code: str, authority: str) -> None:
    """A server that keeps silent or drips is named within the total deadline, at the stage where it happened."""
    began = time.monotonic()

    with FaultServer(handler) as server:
        result = probe_pop(server.target(), USER, SECRET, ca_file=authority, deadline=0.9)
        took = time.monotonic() - began

    assert code == code_of(result)
    assert stage == next(s.name for s in result.stages if s.ok is False)
    assert took < 1.2


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("Internet Security Research Group", False),  # of Let's Encrypt
        ("Microsoft Azure RSA TLS Issuing CA 03", False),
        ("Symantec Class 3 Secure Server CA - G4", False),
        ("Security Communication RootCA2", False),
        ("Cloudflare Inc ECC CA-3", False),
        ("Cloudflare Gateway CA", True),
        ("ESET SSL Filter CA", True),
        ("Avast Web/Mail Shield Root", True),
        ("Skyhigh Secure Web Gateway CA", True),
        ("ALSI InterSafe WebFilter", True),
        ("ウイルスバスター クラウド", True),
    ],
)
def test_who_signs_in_a_servers_place(name: str, is_one: bool) -> None:
    """Makers of security software are told from public authorities, some of which have like names."""
    certificate = tls.Certificate("mail.test", name, (), None, None)

    assert bool(tls.interceptor([certificate])) is is_one


def test_a_black_hole_is_named_within_four_seconds(authority: str) -> None:
    """A port that swallows connection attempts is named before four seconds have passed, with the usual deadline."""
    began = time.monotonic()

    with faults.black_hole() as target:
        beside = [Target(target.host, 110, "127.0.0.1", faults.unused_port(), "starttls")]
        result = probe_pop(target, USER, SECRET, ca_file=authority, alternatives=lambda: beside)
        took = time.monotonic() - began

    assert code_of(result) == "net.blackhole"
    assert "mail.test:110: 127.0.0.1: Connection refused" in [f.text for f in result.findings]
    assert took < 4


def test_a_reset_at_any_moment_is_named() -> None:
    """A connection that is reset while it is still being made, or right after, is no crash (found by fuzzing)."""
    with FaultServer(faults.reset) as server:
        codes = {code_of(probe_pop(server.target(), USER, SECRET)) for _time in range(60)}

    assert codes == {"net.closed"}


def test_nothing_listens(authority: str) -> None:
    """A refused connection is told at once, with what each address said."""
    target = Target(faults.HOST, 995, "localhost", faults.unused_port(), "implicit")

    result = probe_pop(target, USER, SECRET, ca_file=authority)

    assert code_of(result) == "net.refused"
    assert "127.0.0.1: Connection refused" in result.stages[1].detail


def test_no_network_at_all(authority: str) -> None:
    """Where no address can be reached for want of any route, the cause is the network as a whole."""
    # For the tests every other machine is unreachable (conftest.py), as for a machine without a network.
    result = probe_pop(Target(faults.HOST, 995, "192.0.2.1", 995), USER, SECRET, ca_file=authority)

    assert code_of(result) == "net.offline"


def test_one_missing_name_is_not_the_network() -> None:
    """Other names count only if all of them fail, and in the same way."""
    until = Deadline(3)
    with pytest.raises(Trouble) as missing:
        resolve("c.invalid", 995, until)

    assert len(unknown_names(["a.invalid", "b.invalid"], missing.value, until)) == 2
    assert unknown_names(["a.invalid", "localhost"], missing.value, until) == []
    assert unknown_names(["a.invalid"], Trouble("", no_answer="otherwise"), until) == []
    assert unknown_names([], missing.value, until) == []


def test_a_silent_farewell_costs_a_second_at_most(authority: str) -> None:
    """A server that does not answer QUIT changes nothing and keeps nobody waiting."""
    began = time.monotonic()

    with FaultServer(Pop(replies={b"QUIT": faults.hang})) as server:
        result = probe_pop(server.target(), USER, SECRET, ca_file=authority)

    assert result.ok
    assert time.monotonic() - began < 1.5


def test_an_interceptor_above_is_seen_though_the_chain_verifies(tmp_path: Path) -> None:
    """The proxy's name may stand only in the root, above one with a harmless name."""
    root = faults.trustme.CA(organization_name="Zscaler Root CA")
    root.cert_pem.write_to_path(str(tmp_path / "root.pem"))
    middle = root.create_child_ca()

    with FaultServer(Pop(tls=faults.server_context(authority=middle))) as server:
        result = probe_pop(server.target(), USER, SECRET, ca_file=str(tmp_path / "root.pem"))

    assert code_of(result) == "tls.intercepted"
    assert "Zscaler" in result.findings[0].text


def test_no_such_name(authority: str) -> None:
    """A host name that does not exist is a matter of names, not of the network."""
    result = probe_pop(Target("no.invalid", 995, "no-such-host.invalid", 995), USER, SECRET, ca_file=authority)

    assert code_of(result) == "net.dns"


@pytest.mark.parametrize("host", ["", "a" * 300, "a..b", "\u0000", "xn--\u00fc"])
def test_impossible_names_are_no_crash(host: str) -> None:
    """A host that cannot be a name is a cause like any other."""
    result = probe_pop(Target(host, 995, host, 995), USER, SECRET, deadline=1)

    assert result.stages[0].ok is False or result.stages[1].ok is False


@pytest.mark.parametrize("host", ["", ".mail.test", "a..b", "xn--\u00fc", "a" * 300])
def test_impossible_names_are_no_crash_where_dialling_goes_elsewhere(host: str, authority: str) -> None:
    """A name that TLS cannot check is a matter of names, even where the connection itself is led elsewhere."""
    with FaultServer(Pop()) as server:
        result = probe_pop(Target(host, 995, "127.0.0.1", server.port), USER, SECRET, ca_file=authority)

    assert code_of(result) in ("net.dns", "tls.name-mismatch")
    assert server.heard == []


def test_plain_text_on_a_tls_port_is_found_out(authority: str) -> None:
    """Asked in plain text, a TLS port says nothing: a second connection finds that it wants TLS, within four seconds."""
    began = time.monotonic()

    with FaultServer(Pop()) as server:
        result = probe_pop(server.target("starttls"), USER, SECRET, ca_file=authority)
        took = time.monotonic() - began

    assert code_of(result) == "tls.required"
    assert took < 4


@pytest.mark.parametrize(
    ("server", "code"),
    [
        (Pop(stls=True), None),
        (Pop(stls=True, tls=faults.self_signed_context()), "tls.self-signed"),
        (Pop(stls=True, replies={b"STLS": b"-ERR no"}), "server.no-starttls"),
        (Pop(stls=True, replies={b"STLS": b""}), "server.malformed"),
        (
            Pop(stls=True, replies={b"STLS": lambda talk: (talk.say(b"+OK", b"+OK injected"), talk.tls())}),
            "server.malformed",
        ),
    ],
    ids=["good", "self-signed", "not offered", "an empty answer", "words slipped in before encryption"],
)
def test_stls(server: Pop, code: str | None, authority: str) -> None:
    """Over STLS the same holds, and the password waits for verified TLS."""
    with FaultServer(server) as running:
        result = probe_pop(running.target("starttls"), USER, SECRET, ca_file=authority)

    assert code == code_of(result)
    assert bool(running.logins) is (code is None)


def test_an_interceptor_is_seen_though_the_chain_verifies(tmp_path: Path) -> None:
    """Security software whose root this machine trusts is still named, and the login goes on."""
    authority = faults.trustme.CA(organization_name="Kaspersky Anti-Virus Personal Root Certificate")
    authority.cert_pem.write_to_path(str(tmp_path / "root.pem"))

    with FaultServer(Pop(tls=faults.server_context(authority=authority))) as server:
        result = probe_pop(server.target(), USER, SECRET, ca_file=str(tmp_path / "root.pem"))
    causes = diagnose(result.findings, [])

    assert [c.code for c in causes] == ["tls.intercepted"]
    assert causes[0].is_local
    assert "Kaspersky" in causes[0].evidence[0][1]
    assert result.ok


@pytest.mark.parametrize("fault", ["self_signed_context", "old_tls_context"])
def test_no_secret_without_verified_tls(fault: str, authority: str) -> None:
    """Where TLS does not verify, not one command is sent, in no follow-up either."""
    with FaultServer(Pop(tls=getattr(faults, fault)())) as server:
        probe_pop(server.target(), USER, SECRET, ca_file=authority)

    assert server.heard == []


def test_a_web_server_that_waits_is_found_out(authority: str) -> None:
    """A web server says nothing until it is asked: a second look names it, and it is told no secret."""

    def web(talk: faults.Talk) -> None:
        talk.tls()
        if talk.line().startswith(b"HEAD"):
            talk.say(b"HTTP/1.1 200 OK", b"")

    with FaultServer(web) as server:
        result = probe_pop(server.target(), USER, SECRET, ca_file=authority)

    assert code_of(result) == "server.wrong-protocol"
    assert b"HEAD / HTTP/1.0" in server.heard
    assert server.logins == []


def test_ipv6_and_ipv4(authority: str) -> None:
    """Where IPv6 refuses, IPv4 is taken at once, and the other way round."""
    with FaultServer(Pop()) as server:
        both = [(socket.AF_INET6, ("::1", server.port)), (socket.AF_INET, ("127.0.0.1", server.port))]
        for addresses in (both, both[::-1]):
            began = time.monotonic()
            sock = connect(addresses, Deadline(3))
            family = sock.family
            sock.close()

            assert family == socket.AF_INET
            assert time.monotonic() - began < 0.2


def test_stops_where_it_is_told(authority: str) -> None:
    """Without a secret it stops before the login; a light probe stops after it; both take leave."""
    with FaultServer(Pop()) as server:
        without = probe_pop(server.target(), USER, None, ca_file=authority)
        assert server.heard == [b"CAPA", b"QUIT"]
        light = probe_pop(server.target(), USER, SECRET, ca_file=authority, light=True)

    assert [s.name for s in without.stages if s.ok] == ["resolve", "connect", "tls", "greeting", "capabilities"]
    assert server.heard[2:] == [b"CAPA", b"USER person@mail.test", b"PASS abcdefghijklmnop", b"QUIT"]
    assert light.messages is None
    assert [s.ok for s in light.stages[-3:]] == [None, None, None]


def test_stages_are_told_as_they_end(authority: str) -> None:
    """Every stage is reported in order, when it ends, with its time; the sum is about the whole."""
    told: list[Stage] = []

    with FaultServer(Pop(delay=0.02)) as server:
        result = probe_pop(server.target(), USER, SECRET, ca_file=authority, on_stage=told.append)

    assert [s.name for s in told] == list(POP_STAGES)
    assert told == result.stages
    assert all(s.seconds >= 0.02 for s in told[4:])
    assert result.messages == 25


def test_pipelining_saves_round_trips(authority: str) -> None:
    """Where the server takes commands ahead, login, STAT and UIDL travel together, and nothing else changes."""
    results = []
    for more in ((), (b"PIPELINING",)):
        with FaultServer(Pop(capabilities=(*faults.CAPABILITIES, *more))) as server:
            results.append(probe_pop(server.target(), USER, SECRET, ca_file=authority))
            heard = [line.split()[0] for line in server.heard]

    assert heard == [b"CAPA", b"USER", b"PASS", b"STAT", b"UIDL", b"TOP", b"QUIT"]
    assert [s.detail for s in results[0].stages[5:]] == [s.detail for s in results[1].stages[5:]]


def test_a_refused_user_name_is_told_when_pipelining(authority: str) -> None:
    """A refusal of USER keeps its own words although PASS was sent along."""
    server = Pop(capabilities=(b"USER", b"PIPELINING"), replies={b"USER": b"-ERR [IN-USE] busy", b"PASS": b"-ERR no"})

    with FaultServer(server) as running:
        result = probe_pop(running.target(), USER, SECRET, ca_file=authority)

    assert code_of(result) == "mailbox.in-use"


def test_an_echoed_password_is_hidden(authority: str) -> None:
    """A server that repeats the password, in plain or in base64, does not get it into the result."""
    echo = (
        b"no user with "
        + PASSWORD.encode()
        + b" or \x1b[31mAHBlcnNvbkBtYWlsLnRlc3QAYWJjZGVmZ2hpamtsbW5vcA== "
        + b"x" * 270
    )

    with FaultServer(refusing(echo + PASSWORD.encode())) as server:
        result = probe_pop(server.target(), USER, SECRET, ca_file=authority)
    shown = repr(result)

    assert "[hidden]" in shown
    assert PASSWORD[:6] not in shown
    assert "AHBlcnNvbk" not in shown


def test_both_families_side_by_side(authority: str) -> None:
    """Where IPv6 swallows the attempt, IPv4 is tried a quarter of a second later and wins."""
    with FaultServer(Pop()) as server, faults.black_hole() as hole:
        began = time.monotonic()
        addresses = [(socket.AF_INET, ("127.0.0.1", hole.dial_port)), (socket.AF_INET, ("127.0.0.1", server.port))]
        sock = connect(addresses, Deadline(3))
        took = time.monotonic() - began
        sock.close()

    assert 0.2 < took < 0.6


def test_one_line_each() -> None:
    """A user name or secret with a line break could smuggle in a command: it is refused before anything is opened."""
    for user, secret in (("a\r\nDELE 1", SECRET), (USER, Secret("x\nDELE 1"))):
        with pytest.raises(ValueError, match="one line"):
            probe_pop(Target("h", 1, "127.0.0.1", 1), user, secret)
