"""One connection under one total deadline: bytes in and out, lines and lists within limits, TLS over memory."""

from __future__ import annotations

import re
import socket
import ssl
import time
from collections.abc import Callable

from automation.messages import _
from automation.probe.result import Trouble

LINE_LIMIT = 8 * 1024  # bytes of one line
LIST_LIMIT = 64 * 1024 * 1024  # bytes of one list
HEAD_START = 0.8  # seconds of silence after which somebody may look elsewhere meanwhile
ENTRY_LIMIT = 1_000_000  # entries of one list
_CHUNK = 64 * 1024


class NotTls(Exception):
    """What answered the TLS greeting is no TLS; ``said`` is what came instead."""

    def __init__(self, said: bytes) -> None:
        super().__init__("no TLS")
        self.said = said


class Deadline:
    """A moment on the monotonic clock by which all must be done."""

    def __init__(self, seconds: float) -> None:
        self.end = time.monotonic() + seconds

    def left(self, cap: float | None = None) -> float:
        """Seconds left, at least a millisecond so that what is there already can be read; ``cap`` is the most."""
        left = max(self.end - time.monotonic(), 0.001)
        return left if cap is None else min(left, cap)

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self.end


def ascii_name(host: str) -> bytes:
    """A host name as it travels; Python's IDNA codec, whose import takes 3 ms, only where it is needed.

    Raises UnicodeError for what cannot be a name.
    """
    return host.encode("ascii") if host.isascii() else host.encode("idna")


class Wire:
    """A connected socket, plain at first. Every failure of server or network is a Trouble."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock = sock
        self._deadline = deadline
        self._tls: ssl.SSLObject | None = None
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._buffer = b""
        self.heard = False  # whether the server ever said anything on this wire
        self.on_silence: Callable[[], None] | None = None  # called once after HEAD_START seconds without a byte

    @property
    def tls(self) -> ssl.SSLObject | None:
        """The TLS session, once there is one."""
        return self._tls

    @property
    def pending(self) -> bytes:
        """What was received and not read yet."""
        return self._buffer

    def start_tls(self, context: ssl.SSLContext, host: str, deadline: Deadline) -> ssl.SSLObject:
        """Shake hands. Raises NotTls, ssl.SSLError, TimeoutError or OSError: the caller knows what they mean."""
        tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=ascii_name(host))
        first = True
        while True:
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                self._flush(deadline)
                data = self._receive(deadline)
                if not data:
                    raise ConnectionResetError(_("closed during the TLS handshake")) from None
                if first and data[0] not in (0x15, 0x16):  # TLS records: alert, handshake
                    raise NotTls(data) from None
                first = False
                self._incoming.write(data)
            except ssl.SSLError:
                self._flush(deadline)  # the alert that says why
                raise
        self._flush(deadline)
        self._tls = tls
        return tls

    def hurry(self, seconds: float) -> None:
        """From now on there is only so much time left, or less."""
        self._deadline = Deadline(self._deadline.left(seconds))

    def send(self, data: bytes) -> None:
        """Send all of it."""
        try:
            if self._tls:
                self._tls.write(data)
                self._flush(self._deadline)
            else:
                self._sock.settimeout(self._deadline.left())
                self._sock.sendall(data)
        except TimeoutError:
            raise Trouble(_("The server stopped taking what we send."), "server.silent") from None
        except (OSError, ssl.SSLError) as error:
            raise self._broken(error) from None

    def line(self) -> bytes:
        """The next line without its end."""
        while True:
            end = self._buffer.find(b"\n")
            if 0 <= end <= LINE_LIMIT:
                line, self._buffer = self._buffer[:end], self._buffer[end + 1 :]
                return line.removesuffix(b"\r")
            if end > 0 or len(self._buffer) > LINE_LIMIT:
                raise Trouble(_("The server sent a line without an end (more than 8 KiB)."), "server.too-much")
            self._buffer += self._more()

    def count_entries(self, entry: re.Pattern[bytes]) -> tuple[int, int, bytes]:
        """Read a list up to its final dot without keeping it.

        ``entry`` matches one or more whole lines. Gives how many lines there were, how many did not match, and the
        first that did not.
        """
        count, size, bad, first_bad = 0, 0, 0, b""
        while True:
            block, over = self._list_block()
            size += len(block)
            count += block.count(b"\n")
            if size > LIST_LIMIT or count > ENTRY_LIMIT:
                raise Trouble(
                    _("The server's list does not end (more than a million entries or 64 MiB)."), "server.too-much"
                )
            if block and not entry.fullmatch(block):
                strange = [line for line in block.split(b"\n")[:-1] if not entry.fullmatch(line + b"\n")]
                bad += len(strange)
                first_bad = first_bad or strange[0]
            if over:
                return count, bad, first_bad.rstrip()

    def skip_text(self) -> int:
        """Read a text up to its final dot without keeping it, whatever its lines are like; gives its bytes."""
        size, tail = 0, b"\n"
        while True:
            data = tail + self._buffer
            end = re.search(rb"\n\.\r?\n", data)
            if end:
                self._buffer = data[end.end() :]
                return size + end.start() + 1 - len(tail)
            size += len(self._buffer)
            if size > LIST_LIMIT:
                raise Trouble(_("The server's message does not end (more than 64 MiB)."), "server.too-much")
            tail = data[-3:]
            self._buffer = b""
            self._buffer = self._more()

    def close(self) -> None:
        """Close, waiting for nothing."""
        self._sock.close()

    def _list_block(self) -> tuple[bytes, bool]:
        """The next whole lines of a list, and whether its final dot was reached."""
        while True:
            whole = self._buffer.rfind(b"\n") + 1
            block = self._buffer[:whole]
            dot = 0 if block.startswith((b".\r\n", b".\n")) else _dot_line(block)
            if dot >= 0:
                self._buffer = self._buffer[self._buffer.index(b"\n", dot) + 1 :]
                return block[:dot], True
            self._buffer = self._buffer[whole:]
            if len(self._buffer) > LINE_LIMIT:
                raise Trouble(_("The server sent a line without an end (more than 8 KiB)."), "server.too-much")
            if block:
                return block, False
            self._buffer += self._more()

    def _more(self) -> bytes:
        """Some more bytes. Silence, an end and a break are each a Trouble."""
        try:
            data = self._read_tls() if self._tls else self._receive(self._deadline)
        except TimeoutError:
            words = (
                _("An answer began but did not end in time.") if self._buffer else _("The server said nothing in time.")
            )
            raise Trouble(words, "server.silent") from None
        except (OSError, ssl.SSLError) as error:
            raise self._broken(error) from None
        if not data:
            raise self._broken(None)
        self.heard = True
        return data

    def _broken(self, error: Exception | None) -> Trouble:
        """The connection is gone: before a word it was closed, later it was dropped.

        An alert over TLS is neither: the server says why, in TLS 1.3 perhaps only after the handshake (RFC 8446, 4.4).
        """
        if isinstance(error, ssl.SSLError) and "ALERT" in (error.reason or ""):
            return Trouble(_("TLS failed: {reason}").format(reason=error.reason))
        how = getattr(error, "strerror", None) or _("the connection was closed")
        return Trouble(how, "server.dropped" if self.heard else "net.closed")

    def _read_tls(self) -> bytes:
        assert self._tls
        while True:
            try:
                return self._tls.read(_CHUNK)
            except ssl.SSLWantReadError:
                data = self._receive(self._deadline)
                if data:
                    self._incoming.write(data)
                else:
                    self._incoming.write_eof()
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                return b""

    def _receive(self, deadline: Deadline) -> bytes:
        if deadline.is_over:
            raise TimeoutError
        if self.on_silence and deadline.left() > HEAD_START:
            self._sock.settimeout(HEAD_START)
            try:
                return self._sock.recv(_CHUNK)
            except TimeoutError:
                told, self.on_silence = self.on_silence, None
                told()
        self._sock.settimeout(deadline.left())
        return self._sock.recv(_CHUNK)

    def _flush(self, deadline: Deadline) -> None:
        if self._outgoing.pending:
            self._sock.settimeout(deadline.left())
            self._sock.sendall(self._outgoing.read())


def _dot_line(block: bytes) -> int:
    """Where the line that is only a dot begins, or -1."""
    start = block.find(b"\n.")
    while start >= 0:
        if block[start + 2 : start + 4].startswith((b"\n", b"\r\n")):
            return start + 1
        start = block.find(b"\n.", start + 1)
    return -1
