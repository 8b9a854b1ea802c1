"""How good and how fast the probe is, beside curl, mpop, fetchmail and poplib: ``make bench``.

The peers and Dovecot are used where they are installed; what is missing is told and left out.
"""

from __future__ import annotations

import contextlib
import os
import poplib
import queue
import shutil
import socket
import ssl
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

import flows.causes  # noqa: F401 - the wordings that name a provider
from automation.diagnosis import diagnose
from automation.probe import Target, probe_pop, probe_smtp
from automation.settings import Secret
from tests import faults
from tests.dovecot import dovecot_path, running_dovecot
from tests.faults import HOST, PASSWORD, USER, FaultServer, Pop
from tests.test_probe_pop import CASES as POP_CASES
from tests.test_probe_pop import SILENT as POP_SILENT
from tests.test_probe_smtp import CASES as SMTP_CASES

SECRET = Secret(PASSWORD)
PAIRS = 31
PATIENCE = 6.0  # seconds after which a peer counts as hanging; the worst of them wait for two minutes


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A file with the authority that the good certificates are signed by."""
    return faults.write_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """A real Dovecot with 25 messages, or our own server where there is none."""
    if dovecot_path():
        with running_dovecot(tmp_path_factory.mktemp("dovecot"), 25) as dovecot:
            yield dovecot.target
    else:
        print("\n(no dovecot here: measured on our own server)")
        with FaultServer(Pop(capabilities=(*faults.CAPABILITIES, b"PIPELINING"))) as own:
            yield own.target()


def test_in_process(server: Target, authority: str) -> None:
    """A good probe in process takes at most 1.05 times poplib doing the same (paired medians)."""
    ratio, ours, theirs = paired(lambda: ask(server, authority), lambda: ask_poplib(server.dial_port, authority))

    print(f"\nin process, 25 messages: {ours * 1000:.1f} ms, poplib {theirs * 1000:.1f} ms, ratio {ratio:.2f}")
    assert ratio <= 1.05


def test_a_hundred_thousand_messages(authority: str) -> None:
    """100,000 UIDs take at most 1.05 times poplib."""
    with FaultServer(Pop(messages=100_000)) as own:
        target = own.target()
        ratio, ours, theirs = paired(lambda: ask(target, authority), lambda: ask_poplib(own.port, authority), 7)

    print(f"\n100,000 UIDs: {ours * 1000:.0f} ms, poplib {theirs * 1000:.0f} ms, ratio {ratio:.2f}")
    assert ratio <= 1.05


def test_a_long_way(server: Target, authority: str) -> None:
    """At 150 ms of round trip a good probe takes at most 0.80 s where the server takes commands ahead."""
    with delayed(server.dial_port, 0.15) as port:
        times = [timed(lambda: ask(Target(HOST, 995, "127.0.0.1", port, "implicit"), authority)) for _n in range(5)]
        peers = [timed(lambda: ask_poplib(port, authority)) for _n in range(3)]

    ours = statistics.median(times)
    print(f"\n150 ms of round trip: {ours:.3f} s, poplib {statistics.median(peers):.3f} s")
    assert ours <= 0.80


def test_the_whole_command(server: Target, authority: str) -> None:
    """``autoconfigure probe --json`` takes at most 4 times curl's process."""
    if not shutil.which("curl"):
        print("\n(no curl here)")
        return
    where = f"{HOST}:995:127.0.0.1:{server.dial_port}"
    environment = {
        **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        "OUTLOOK_ADDRESS": USER,
        "POP_HOST": HOST,
        "MAIL_CONNECT_TO": where,
        "TLS_CA_FILE": authority,
    }
    program = [
        sys.executable,
        "-c",
        "from automation.cli import main; main()",
        "probe",
        "pop",
        "--json",
        "--secret-stdin",
    ]
    curl = curl_uidl(where, authority)

    def run_ours() -> None:
        done = subprocess.run(program, env=environment, input=PASSWORD.encode(), capture_output=True)
        assert done.returncode == 0, done.stdout + done.stderr

    ratio, ours, theirs = paired(run_ours, lambda: subprocess.run(curl, check=True, capture_output=True))

    print(f"\nwhole command: {ours * 1000:.0f} ms, curl {theirs * 1000:.0f} ms, ratio {ratio:.2f}")
    assert ratio <= 4


def test_every_fault_beside_its_peers(authority: str) -> None:
    """Each fault of the tables: our cause and time, and what the peers do with it; none hangs us or passes as good."""
    rows: list[tuple[str, str, float, dict[str, str]]] = []
    cases = [*POP_CASES, *((name, handler, code) for name, handler, _stage, code in POP_SILENT)]
    for name, handler, code in cases:
        with FaultServer(handler) as own:
            result: list[str] = []
            took = timed(lambda: result.append(cause_of(ask_anything(own.target(), authority))))  # noqa: B023 - used now
            rows.append((name, result[0], took, beside(own.port, authority)))
            assert result[0] == (code or "ok"), name
    for name, handler, code in SMTP_CASES:
        with FaultServer(handler) as own:
            took = timed(
                lambda: result.append(
                    cause_of(
                        probe_smtp(own.target("starttls"), USER, SECRET, sender=USER, recipient=USER, ca_file=authority)
                    )
                )
            )
            rows.append((f"SMTP {name}", result[-1], took, {}))
            assert result[-1] == (code or "ok"), name
    _print_table(rows)
    assert max(took for _name, _code, took, _peers in rows) <= 10.5


# Asking


def ask(target: Target, authority: str) -> None:
    """A good probe."""
    assert probe_pop(target, USER, SECRET, ca_file=authority).ok


def ask_anything(target: Target, authority: str) -> object:
    """A probe of whatever is there."""
    return probe_pop(target, USER, SECRET, ca_file=authority)


def cause_of(result: object) -> str:
    """The deciding cause, or ok."""
    causes = diagnose(result.findings, [])  # type: ignore[attr-defined]
    return causes[0].code if causes else "ok"


class _Poplib(poplib.POP3_SSL):
    def _create_socket(self, timeout: float) -> ssl.SSLSocket:
        plain = socket.create_connection(("127.0.0.1", self.port), timeout)
        return self.context.wrap_socket(plain, server_hostname=HOST)


def ask_poplib(port: int, authority: str) -> None:
    """The same with the library: the system's roots and ours, capabilities, login, STAT, UIDL, the newest headers."""
    context = ssl.create_default_context()
    context.load_verify_locations(authority)
    with contextlib.closing(_Poplib(HOST, port, context=context, timeout=10)) as session:
        session.capa()
        session.user(USER)
        session.pass_(PASSWORD)
        count = session.stat()[0]
        assert len(session.uidl()[1]) == count
        session.top(count, 0)
        session.quit()


def curl_uidl(where: str, authority: str) -> list[str]:
    """curl's command for the list of a mailbox; ``where`` as its --connect-to."""
    login = f"{USER}:{PASSWORD}"
    return ["curl", "-s", "--cacert", authority, "--connect-to", where, "-u", login, "-X", "UIDL", f"pop3s://{HOST}/"]


def beside(port: int, authority: str) -> dict[str, str]:
    """What the peers make of a server, all at once: ok, a number of failure, or hang."""
    where = f"{HOST}:995:127.0.0.1:{port}"
    commands = {
        "curl": curl_uidl(where, authority),
        "mpop": [
            "mpop",
            "--host=127.0.0.1",
            f"--port={port}",
            "--tls=on",
            "--tls-starttls=off",
            f"--tls-trust-file={authority}",
            f"--tls-host-override={HOST}",
            f"--user={USER}",
            f"--passwordeval=echo {PASSWORD}",
            "--delivery=mbox,/dev/null",
            "--auth-only",
        ],
        "fetchmail": ["fetchmail", "--check", "--nosyslog", "--pidfile", f"{authority}.pid", "-f", "-"],
    }
    account = (
        f'poll {HOST} via 127.0.0.1 protocol POP3 service {port} user "{USER}" password "{PASSWORD}"'
        f' ssl sslcertck sslcertfile "{authority}" sslcommonname "{HOST}"\n'
    )
    present = {name: command for name, command in commands.items() if shutil.which(name)}
    with ThreadPoolExecutor() as pool:
        outcomes = dict(zip(present, pool.map(lambda one: _outcome(one, account), present.values()), strict=True))
    return outcomes | {"poplib": _poplib_outcome(port, authority)}


def _outcome(command: list[str], said_to_it: str = "") -> str:
    # Output is thrown away: against endless answers curl writes gigabytes.
    nothing = subprocess.DEVNULL
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=nothing, stderr=nothing, text=True)
    assert process.stdin
    with contextlib.suppress(BrokenPipeError), process.stdin as standard_input:
        standard_input.write(said_to_it)
    try:
        code = process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return "hang"
    return "ok" if code == 0 else f"({code})"


def _poplib_outcome(port: int, authority: str) -> str:
    program = (
        "import sys; from tests.benchmarks.bench_probe import ask_poplib; ask_poplib(int(sys.argv[1]), sys.argv[2])"
    )
    return _outcome(
        ["sh", "-c", 'ulimit -v 2000000; exec "$@"', "sh", sys.executable, "-c", program, str(port), authority]
    )


# Measuring


def timed(work: Callable[[], object]) -> float:
    """Seconds that it takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def paired(ours: Callable[[], object], theirs: Callable[[], object], pairs: int = PAIRS) -> tuple[float, float, float]:
    """The median of the ratios, pair by pair so that both meet the same moments, and both medians in seconds."""
    ours(), theirs()
    both = [(timed(ours), timed(theirs)) for _number in range(pairs)]
    ratios = [one / other for one, other in both]
    return statistics.median(ratios), statistics.median(b[0] for b in both), statistics.median(b[1] for b in both)


@contextlib.contextmanager
def delayed(port: int, round_trip: float) -> Iterator[int]:
    """A port that leads to another one by a long way: every byte takes half the round trip."""
    listener = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []

    def start(work: Callable[..., None], *arguments: object) -> None:
        threads.append(threading.Thread(target=work, args=arguments, daemon=True))
        threads[-1].start()

    def carry(source: socket.socket, goal: socket.socket) -> None:
        waiting: queue.Queue[tuple[float, bytes]] = queue.Queue()

        def deliver() -> None:
            with contextlib.suppress(OSError), goal:
                while True:
                    due, data = waiting.get()
                    time.sleep(max(0.0, due - time.monotonic()))
                    if not data:
                        goal.shutdown(socket.SHUT_WR)
                        return
                    goal.sendall(data)

        start(deliver)
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                waiting.put((time.monotonic() + round_trip / 2, data))
        waiting.put((time.monotonic() + round_trip / 2, b""))

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _address = listener.accept()
                far = socket.create_connection(("127.0.0.1", port))
                for sock in (near, far):
                    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                start(carry, near, far)
                start(carry, far, near)

    start(accept)
    try:
        yield int(listener.getsockname()[1])
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for thread in threads:
            thread.join(5)


def _print_table(rows: list[tuple[str, str, float, dict[str, str]]]) -> None:
    peers = list(rows[0][3])
    print(f"\n{'fault':45} {'cause':26} {'ms':>7}  " + " ".join(f"{peer:>7}" for peer in peers))
    for name, code, took, outcomes in rows:
        said = " ".join(f"{outcomes.get(peer, ''):>7}" for peer in peers)
        print(f"{name:45} {code:26} {took * 1000:7.0f}  {said}")
    for peer in peers:
        mine = [(code, outcomes[peer]) for _n, code, _t, outcomes in rows if outcomes]
        hangs = sum(said == "hang" for _code, said in mine)
        passed = sum(said == "ok" and code != "ok" for code, said in mine)
        print(f"{peer}: {hangs} hangs over {PATIENCE:.0f} s, {passed} faults called success, of {len(mine)}")
