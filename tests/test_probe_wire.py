"""The reader of replies and lists: right however the bytes are cut, and never more than its limits."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from automation.probe import probe_pop, probe_smtp
from automation.probe.pop import UIDL_LINES
from automation.probe.result import Trouble
from automation.probe.wire import Deadline, Wire
from automation.settings import Secret
from tests import faults
from tests.faults import USER, FaultServer, Pop, Smtp, endless
from tests.properties import example, given, st

UIDS = st.lists(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=70), max_size=40)
CUTS = st.lists(st.integers(1, 400), max_size=30)


@contextlib.contextmanager
def fed(data: bytes, cuts: list[int]) -> Iterator[Wire]:
    """A wire on which these bytes arrive in pieces, and then the end."""
    ours, theirs = socket.socketpair()

    def feed() -> None:
        rest = data
        with contextlib.suppress(OSError), theirs:
            for cut in cuts:
                theirs.sendall(rest[:cut])
                rest = rest[cut:]
            theirs.sendall(rest)

    thread = threading.Thread(target=feed)
    thread.start()
    wire = Wire(ours, Deadline(5))
    try:
        yield wire
    finally:
        wire.close()
        thread.join()


@given(UIDS, CUTS, st.binary(max_size=50))
def test_a_list_is_counted_however_it_is_cut(uids: list[str], cuts: list[int], after: bytes) -> None:
    """The entries of a list are counted right for any entries and any cuts, and what follows the list stays."""
    data = b"".join(b"%d %s\r\n" % (n, uid.encode()) for n, uid in enumerate(uids, 1)) + b".\r\n+OK" + after + b"\n"

    with fed(data, cuts) as wire:
        assert wire.count_entries(UIDL_LINES) == (len(uids), 0, b"")
        assert wire.line() == (b"+OK" + after).split(b"\n")[0].removesuffix(b"\r")


@given(st.lists(st.binary(max_size=60).filter(lambda line: b"\n" not in line and line != b"."), max_size=30), CUTS)
@example([b".", b".."], [])
@example([b"1 a\r"], [5])
def test_malformed_entries_are_counted_one_by_one(entries: list[bytes], cuts: list[int]) -> None:
    """Every line that is no UIDL entry is counted as malformed, and only those."""
    lines = [line + b"\r\n" for line in entries if line.rstrip(b"\r") != b"."]
    expected = [line for line in lines if not UIDL_LINES.fullmatch(line)]

    with fed(b"".join(lines) + b".\r\n", cuts) as wire:
        count, bad, first = wire.count_entries(UIDL_LINES)

    assert (count, bad) == (len(lines), len(expected))
    assert first == (expected[0].rstrip() if expected else b"")


@given(st.binary(max_size=500), CUTS)
@example(b".", [])
def test_a_text_is_skipped_to_its_final_dot(text: bytes, cuts: list[int]) -> None:
    """A message of any bytes is skipped up to its final dot, and no further."""
    body = b" " + text.replace(b"\n", b"\n ") + b"\r\n"  # no line of its own begins with the dot
    with fed(body + b".\r\n+OK bye\r\n", cuts) as wire:
        assert wire.skip_text() == len(body)
        assert wire.line() == b"+OK bye"


@given(st.binary(max_size=3000), CUTS)
@example(b"+OK\r\n" * 9 + b".\r\n" * 9, [])
@example(b"250-a\r\n220 b\r\n334 \r\n235 ok\r\n", [])
def test_any_bytes_end_in_a_result(data: bytes, cuts: list[int]) -> None:
    """Whatever a server says, the readers give an answer or a Trouble, never another error."""
    for read in ("line", "skip_text", "count"):
        with fed(data, cuts) as wire, contextlib.suppress(Trouble):
            wire.count_entries(UIDL_LINES) if read == "count" else getattr(wire, read)()


@given(
    st.lists(
        st.sampled_from(
            [
                b"+OK",
                b"-ERR",
                b"+ ",
                b"+OK 3 99",
                b"1 a",
                b".",
                b"250-x",
                b"250 y",
                b"235 z",
                b"334 ",
                b"220 hi",
                b"250-AUTH LOGIN",
                b"250 STARTTLS",
                b"\xff\xfe",
                b"SASL PLAIN",
                b"",
            ]
        ),
        max_size=25,
    ),
    st.booleans(),
)
@example([b"+OK", b"+OK", b".", b"+OK", b"+OK", b"+OK 1000000000000 1", b"+OK"], True)
def test_probes_survive_any_order_of_replies(said: list[bytes], is_pop: bool) -> None:
    """A server that answers at random gets a result with findings; the probe itself never fails."""

    def server(talk: faults.Talk) -> None:
        talk.tls()
        talk.say(*said)
        talk.sock.unwrap()

    with FaultServer(server) as running:
        probe = probe_pop if is_pop else probe_smtp
        result = probe(running.target(), USER, Secret("secret-of-mine"), ca_file=_authority(), deadline=3)

    assert result.findings or result.ok


def _authority() -> str:
    path = Path("authority.pem")
    if not path.exists():
        faults.good_authority().cert_pem.write_to_path(str(path))
    return str(path)


def test_the_limits_hold() -> None:
    """A line may have 8 KiB and a list a million entries: at the limit all is well, past it is too much."""
    with fed(b"x" * 8192 + b"\n", []) as wire:
        assert len(wire.line()) == 8192
    with fed(b"x" * 8193 + b"\n", []) as wire, pytest.raises(Trouble) as trouble:
        wire.line()
    assert trouble.value.code == "server.too-much"
    million = b"1 a\r\n" * 1_000_000
    with fed(million + b".\r\n", []) as wire:
        assert wire.count_entries(UIDL_LINES)[0] == 1_000_000
    with fed(million + b"1 a\r\n.\r\n", []) as wire, pytest.raises(Trouble) as trouble:
        wire.count_entries(UIDL_LINES)
    assert trouble.value.code == "server.too-much"


HOSTILE = [
    Pop(greeting=endless(b"+OK ", b"x" * 65536)),
    Pop(replies={b"UIDL": endless(b"+OK\r\n", b"1 abcdefgh\r\n" * 5000)}),
    Pop(replies={b"UIDL": endless(b"+OK\r\n", b"not an entry\r\n" * 5000)}),
    Pop(replies={b"TOP": endless(b"+OK\r\n", b"x" * 65536)}),
    Pop(capabilities=endless(b"+OK\r\n", b"X-ONE\r\n" * 5000)),
]


def test_memory_stays_small(tmp_path: Path) -> None:
    """Against every endless answer the probe's process grows by less than 32 MB."""
    servers = [FaultServer(handler) for handler in HOSTILE]
    servers.append(FaultServer(Smtp(implicit=True, replies={b"EHLO": endless(b"", b"250-MORE\r\n" * 9000)})))
    program = f"""
import resource
import cryptography.x509
from automation.probe import Target, probe_pop, probe_smtp
from automation.settings import Secret
def probe(port, ask):
    return ask(Target("mail.test", 995, "127.0.0.1", port), "u", Secret("secret"), ca_file={faults.write_authority(tmp_path)!r})
probe(1, probe_pop)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for port in {[server.port for server in servers]}:
    result = probe(port, probe_smtp if port == {servers[-1].port} else probe_pop)
    assert result.findings[0].code == "server.too-much", result
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    try:
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    finally:
        for server in servers:
            server.__exit__()

    unit = 1 if sys.platform == "darwin" else 1024
    assert int(done.stdout) * unit < 32 * 1024 * 1024
