"""What Playwright's driver raises when a window, the browser or the connection is gone, in our own words."""

from __future__ import annotations

from automation.errors import AutoconfigureError, BrowserClosed
from automation.messages import _
from automation.stop import Stop


class translated:  # reads as a phrase: with translated(stop)
    """Turns what Playwright raises when a window is gone into our own errors."""

    def __init__(self, stop: Stop) -> None:
        self._stop = stop

    def __enter__(self) -> None:
        self._stop.check()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        if error is None or isinstance(error, AutoconfigureError):
            return
        self._stop.check()
        if is_gone(error):
            raise closed_by_person() from None


def cannot_attach(endpoint: str, seen: str) -> BrowserClosed:
    """The error for an address where no browser can be attached to."""
    return BrowserClosed(
        _("Attaching to the browser at {where}.").format(where=endpoint),
        expected=_("a browser that was started with a remote debugging port"),
        seen=seen,
        todo=_("Start the browser again and check the address given with --attach."),
    )


def closed_by_person() -> BrowserClosed:
    """The error for a window of ours that was closed in the middle."""
    return BrowserClosed(
        _("Working in the browser."),
        expected=_("the tabs we opened to stay open until the end"),
        seen=_("the window or tab was closed"),
        todo=_("Run the same command again: what is done stays done, and the rest goes on from there."),
    )


def is_gone(error: BaseException) -> bool:
    """Whether an error of Playwright means that the tab, the browser or its connection is no more."""
    text = str(error)
    return "has been closed" in text or "Connection closed" in text or "Target crashed" in text


def first_line(error: BaseException) -> str:
    """The first line of an error's text. Playwright's further lines quote what was typed."""
    return (str(error).splitlines() or [""])[0]
