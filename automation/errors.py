"""Everything that can go wrong on purpose, and whose turn it is.

AutoconfigureError              1  an expected failure; its cause is named
├── BadSettings                 2  yours: a setting or an argument cannot be used
│   └── NoPrivateFolder         2  the folder for our files cannot be made, or is not the person's alone
├── BadRecording                2  the file's: a recording that cannot be read, or must not be followed
├── MissingSetting              5  yours: a setting is missing and nobody is there to ask
├── NeedsPerson                 5  yours: a question or a hand-over nobody answered
│   └── SignedOut               5  a window shows a sign-in page instead of itself; the step starts over, signed in
├── PageChanged                 4  ours: a web page is not as we know it
├── PageNotLoaded               1  the provider's, or the network's
│   └── Covered                 1  something lies over what is to be clicked; the person is asked to close it
├── NotSaved                    1  a change did not stay after looking again
├── CauseFound                  1  a diagnosed cause ends the run (6 when the provider withdrew the door)
├── BrowserMissing              1  this machine: no browser, no screen, profile in use
├── BrowserClosed               1  the person closed the window in the middle
├── SandboxMissing              1  the practice world cannot start (extra not installed, port busy)
└── Interrupted           130/143  Ctrl-C, SIGTERM

Each error is three sentences: what we were doing; what we expected and what we saw; what to do next.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from automation.messages import _

if TYPE_CHECKING:
    from automation.diagnosis import Cause


# Marks that nobody sees and that turn the direction of writing: with them a text reads as another one.
TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_STEERING = re.compile(rf"[\x00-\x08\x0e-\x1f\x7f-\x9f]|{TURNING.pattern}")  # what a terminal would obey


class AutoconfigureError(Exception):
    """An ending that was foreseen. Facts are attributes; the sentences are built in ``__str__``."""

    exit_code = 1
    outcome = "failed"
    code: str | None = "unknown"

    def __init__(
        self,
        doing: str,
        *,
        expected: str = "",
        seen: str = "",
        todo: str = "",
        evidence: str = "",
        code: str | None = None,
        candidates: list[dict[str, Any]] | None = None,
    ) -> None:
        super().__init__(doing)
        self.doing = doing
        self.expected = expected
        self.seen = seen
        self.todo = todo
        self.evidence = evidence
        self.candidates = candidates or []
        if code:
            self.code = code

    def __str__(self) -> str:
        lines = [self.doing]
        if self.expected:
            lines.append(_("Expected: {what}").format(what=self.expected))
        if self.seen:
            lines.append(_("Seen: {what}").format(what=self.seen))
        if self.todo:
            lines.append(_("What to do: {what}").format(what=self.todo))
        if self.evidence:
            lines.append(_("Evidence: {where}").format(where=self.evidence))
        return _STEERING.sub("", "\n".join(lines))  # pages, files and servers are quoted here


class BadSettings(AutoconfigureError):
    """A setting, flag or file cannot be used as it is: nothing was looked at, so there is no cause to name."""

    exit_code = 2
    code = None


class NoPrivateFolder(BadSettings, OSError):
    """There is no folder of ours to be had; an OSError too, for those who can go on without a file."""


class BadRecording(AutoconfigureError):
    """A recording that cannot be read, or that asks for something a recording may not do; names the place in it."""

    exit_code = 2
    outcome = "refused"
    code = None


class MissingSetting(AutoconfigureError):
    """A setting is missing and there is nobody to ask."""

    exit_code = 5
    outcome = "needs-person"
    code = "person.no-answer"


class NeedsPerson(AutoconfigureError):
    """A question or a hand-over that nobody answered; it names itself."""

    exit_code = 5
    outcome = "needs-person"
    code = "person.no-answer"


class SignedOut(NeedsPerson):
    """A window of a site shows its sign-in page: the session ended. Caught where a step is run, which starts it over."""


class PageChanged(AutoconfigureError):
    """A page does not show what we know of it, and nobody could be asked."""

    exit_code = 4
    outcome = "page-changed"
    code = "page.changed"


class PageNotLoaded(AutoconfigureError):
    """A page never came."""

    code = "page.not-loaded"


class Covered(PageNotLoaded):
    """What is to be clicked is there, but something else of the page lies over it. Nothing was clicked."""


class NotSaved(AutoconfigureError):
    """A change was made, but looking again does not show it."""

    code = "page.not-saved"


class CauseFound(AutoconfigureError):
    """A diagnosed cause ends the run. ``causes`` holds it first, then what else was found."""

    def __init__(self, doing: str, causes: list[Cause], **rest: Any) -> None:
        super().__init__(doing, code=causes[0].code if causes else "unknown", **rest)
        self.causes = causes


class BrowserMissing(AutoconfigureError):
    """No browser, no screen, or the profile is in use."""

    code = "browser.missing"


class BrowserClosed(AutoconfigureError):
    """The browser window was closed in the middle of a run."""

    code = "browser.closed"


class SandboxMissing(AutoconfigureError):
    """The practice world cannot start here."""


class Interrupted(AutoconfigureError):
    """Ctrl-C (130) or SIGTERM (143)."""

    outcome = "interrupted"

    def __init__(self, signal_number: int) -> None:
        super().__init__(
            _("Stopped because you asked for it."),
            todo=_("Run the same command again: what is done stays done, and the rest goes on from there."),
        )
        self.exit_code = 128 + signal_number
