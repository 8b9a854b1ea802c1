"""The program's way in. Until it can tell how a command ended, Ctrl-C and SIGTERM end it at once, without a trace."""

from __future__ import annotations

import os
import signal
from types import FrameType


def main() -> None:
    """The program ``autoconfigure``."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)
    from automation import cli  # takes a tenth of a second, in which Python itself would answer with a traceback

    cli.main()


def _end(number: int, _frame: FrameType | None) -> None:
    os._exit(128 + number)


if __name__ == "__main__":
    main()
