"""Ctrl-C and SIGTERM: noticed at once, acted on at the next safe point, so that no change is left half made."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from automation.errors import Interrupted

# A click or a key stroke is over in far less; what still blocks after this long is waiting for somebody else.
GRACE_SECONDS = 1.0


class Stop:
    """Turns the two signals into ``Interrupted``, raised by ``check()`` at the next safe point."""

    def __init__(self) -> None:
        self.signal_number = 0
        self._unblock: Callable[[], None] | None = None
        self._at_question = False

    def install(self) -> None:
        """Take over SIGINT and SIGTERM for the rest of the process."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._noticed)

    def unblock_with(self, action: Callable[[], None] | None) -> None:
        """What makes a blocked browser call return: called from another thread when a signal waits too long."""
        self._unblock = action

    @contextmanager
    def at_question(self) -> Iterator[None]:
        """While a person is asked, a signal ends the waiting at once: nothing is half done then."""
        self.check()
        self._at_question = True
        try:
            yield
        finally:
            self._at_question = False

    def check(self) -> None:
        """Raise Interrupted if the person asked to stop."""
        if self.signal_number:
            raise Interrupted(self.signal_number)

    def _noticed(self, number: int, _frame: FrameType | None) -> None:
        first = not self.signal_number
        self.signal_number = number
        if self._at_question:
            self._at_question = False
            raise Interrupted(number)
        if first and self._unblock:
            timer = threading.Timer(GRACE_SECONDS, self._unblock)
            timer.daemon = True
            timer.start()
