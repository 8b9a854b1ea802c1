"""``autoconfigure report``: the newest run as a page, opened in the browser."""

from __future__ import annotations

from pathlib import Path

from automation.cli.common import Shared, shared_command
from automation.cli.endings import EMPTY
from automation.errors import BadSettings
from automation.messages import _


@shared_command(
    "report",
    _(
        "Show the newest run as a page: what was done, when, with pictures, and how to take it back. With --sandbox: the"
        " newest practice run."
    ),
)
def command(shared: Shared) -> int:
    """Open the newest report, and say where it is."""
    import webbrowser

    shared.result = dict(EMPTY["report"])
    person, home = shared.person(), shared.settings.home
    real, practice = _newest(home, "reports/*.html"), _newest(home, "practice/*/reports/*.html")
    report = practice if shared.flag("sandbox") else real or practice
    if report is None:
        raise BadSettings(
            _("Looking for a report."),
            expected=_("a run before this"),
            seen=_("no report in {folder}").format(folder=home),
            todo=_("Run autoconfigure first, or practise with “autoconfigure --sandbox”."),
        )
    shared.result["report"] = str(report)
    if report == practice:
        person.say(_("This is the report of a practice run:"))
    person.say(str(report))
    if not shared.wants_json and shared.console.is_terminal and not webbrowser.open(report.as_uri()):
        person.say(_("I found no browser to open it with; open the file in one yourself."))
    return 0


def _newest(home: Path, pattern: str) -> Path | None:
    """The newest of the reports that fit; their names begin with the time."""
    return max(home.glob(pattern), key=lambda path: path.name, default=None)
