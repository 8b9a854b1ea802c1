"""From a host name to a connected socket: names looked up under a deadline, IPv6 and IPv4 tried side by side."""

from __future__ import annotations

import errno
import os
import selectors
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from automation.messages import _
from automation.probe.result import Trouble
from automation.probe.wire import HEAD_START, Deadline, ascii_name

NEXT_ADDRESS = 0.25  # seconds before the next address is tried beside the first (RFC 8305, section 5)

Address = tuple[socket.AddressFamily, tuple[str, int]]


@dataclass(frozen=True)
class Attempt:
    """One address and how the attempt ended: an errno, or None for no answer in time."""

    family: socket.AddressFamily
    ip: str
    error: int | None

    def __str__(self) -> str:
        return f"{self.ip}: {_('no answer') if self.error is None else os.strerror(self.error)}"


def resolve(host: str, port: int, deadline: Deadline) -> list[Address]:
    """The addresses of a host, IPv6 and IPv4 in turns.

    Raises Trouble, with the fact ``no_answer`` where the name service itself did not answer.
    """
    try:
        found = _look_up(host, port, deadline)
    except TimeoutError:
        words = _("No answer from the name service about {host}.").format(host=host)
        raise Trouble(words, _no_name(host), no_answer=True) from None
    except socket.gaierror as error:
        words = f"{host}: {error.strerror}"
        raise Trouble(words, _no_name(host), no_answer=error.errno == socket.EAI_AGAIN) from None
    except (OSError, UnicodeError) as error:
        raise Trouble(f"{host}: {error}", "net.dns") from None
    return _in_turns(found)


def connect(
    addresses: list[Address], deadline: Deadline, on_silence: Callable[[], None] | None = None
) -> socket.socket:
    """The first connection that stands. Raises Trouble with what each address answered.

    ``on_silence`` is called once where nothing has answered after wire.HEAD_START seconds.
    """
    waiting = list(addresses)
    silence = Deadline(HEAD_START)
    failed: list[Attempt] = []
    with selectors.DefaultSelector() as selector:
        try:
            while True:
                if waiting:
                    begun = _begin(waiting.pop(0), selector, failed)
                    if begun:
                        return begun
                elif not selector.get_map():
                    raise _unreached(failed)
                if deadline.is_over:
                    failed += [Attempt(a.family, a.ip, None) for a in (k.data for k in selector.get_map().values())]
                    raise _unreached(failed)
                if on_silence and silence.is_over:
                    on_silence()
                    on_silence = None
                pause = NEXT_ADDRESS if waiting else silence.left() if on_silence else None
                for key, _events in selector.select(deadline.left(pause)):
                    sock = key.fileobj
                    assert isinstance(sock, socket.socket)
                    error = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                    selector.unregister(sock)
                    if not error:
                        return _ready(sock)
                    sock.close()
                    failed.append(Attempt(key.data.family, key.data.ip, error))
        finally:
            for key in list(selector.get_map().values()):
                key.fileobj.close()  # type: ignore[union-attr]  # only sockets are registered


def unknown_names(names: Sequence[str], like: Trouble, deadline: Deadline) -> list[str]:
    """What the name service says of these names if it fails for each in the same way as before; else nothing.

    They are looked up side by side.
    """
    failed: dict[str, Trouble] = {}

    def ask(name: str) -> None:
        try:
            resolve(name, 443, deadline)
        except Trouble as trouble:
            failed[name] = trouble

    threads = [threading.Thread(target=ask, args=(name,), daemon=True) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    alike = [t.text for t in failed.values() if t.facts.get("no_answer") == like.facts.get("no_answer")]
    return alike if len(alike) == len(names) else []


def has_route() -> bool:
    """Whether this machine has a way to the internet at all; nothing is sent to find out."""
    # 192.0.2.1 and 2001:db8::1 are kept for documentation (RFC 5737, 3849): connecting a datagram socket only asks
    # the routing table.
    for family, ip in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as sock:
                sock.connect((ip, 9))
                return True
        except OSError:
            continue
    return False


def _look_up(host: str, port: int, deadline: Deadline) -> list[Address]:
    try:
        return _addresses(host, port, socket.AI_NUMERICHOST)
    except socket.gaierror:
        pass
    answer: list[list[Address] | Exception] = []

    def ask() -> None:
        try:
            answer.append(_addresses(host, port, 0))
        except (OSError, UnicodeError) as error:
            answer.append(error)

    thread = threading.Thread(target=ask, daemon=True)  # getaddrinfo cannot be interrupted: leave it behind
    thread.start()
    thread.join(deadline.left())
    if not answer:
        raise TimeoutError
    if isinstance(answer[0], Exception):
        raise answer[0]
    return answer[0]


def _addresses(host: str, port: int, flags: int) -> list[Address]:
    name = ascii_name(host)
    found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM, flags=flags)
    return list(dict.fromkeys((family, address) for family, _type, _proto, _name, address in found))  # type: ignore[misc]


def _in_turns(addresses: list[Address]) -> list[Address]:
    """Families by turns, the system's preference first (RFC 8305, section 4)."""
    first = addresses[0][0]
    own = [a for a in addresses if a[0] == first]
    other = [a for a in addresses if a[0] != first]
    turns: list[Address] = []
    while own or other:
        turns += own[:1] + other[:1]
        own, other = own[1:], other[1:]
    return turns[:8]


def _begin(address: Address, selector: selectors.BaseSelector, failed: list[Attempt]) -> socket.socket | None:
    """Start one attempt: a socket where it stands at once, else None with the attempt registered or failed."""
    family, place = address
    attempt = Attempt(family, place[0], None)
    try:
        sock = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        failed.append(Attempt(family, place[0], error.errno))
        return None
    sock.setblocking(False)
    try:
        error_number = sock.connect_ex(place)
    except OSError as error:
        error_number = error.errno or errno.EINVAL
    if error_number == 0:
        return _ready(sock)
    if error_number in (errno.EINPROGRESS, errno.EWOULDBLOCK):
        selector.register(sock, selectors.EVENT_WRITE, attempt)
        return None
    sock.close()
    failed.append(Attempt(family, place[0], error_number))
    return None


def _ready(sock: socket.socket) -> socket.socket:
    sock.setblocking(True)
    with suppress(OSError):  # it may be gone again already; the next stage tells
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def _unreached(failed: list[Attempt]) -> Trouble:
    """The cause of a connection that never stood; IPv4 decides where both families say something."""
    words = "; ".join(map(str, failed))
    decisive = [a for a in failed if a.family == socket.AF_INET] or failed
    errors = {a.error for a in decisive}
    if None in errors or errors & {errno.ETIMEDOUT, errno.EHOSTUNREACH, errno.EACCES, errno.EPERM}:
        code = "net.blackhole"
    elif errno.ECONNREFUSED in errors:
        code = "net.refused"
    elif errno.ENETUNREACH in errors:
        code = "net.blackhole" if has_route() else "net.offline"
    elif errors & {errno.ECONNRESET, errno.ECONNABORTED}:
        code = "net.closed"
    else:
        code = "net.blackhole"
    return Trouble(words, code)


def may_exist(host: str) -> bool:
    """Whether a name can exist on the internet: some ends are kept free for ever (RFC 6761, section 6)."""
    return not host.lower().rstrip(".").endswith((".invalid", ".test", ".example"))


def _no_name(host: str) -> str:
    """No name: this one is missing, or without any way out there is no network at all.

    Without one, Linux says that the failure is passing, macOS and Windows that there is no such name.
    """
    return "net.offline" if may_exist(host) and not has_route() else "net.dns"
