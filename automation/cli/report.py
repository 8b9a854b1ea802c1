"""``autoconfigure report``: the newest run as a page, opened in the browser."""

from __future__ import annotations

from automation.cli.common import Shared, shared_command
from automation.cli.endings import EMPTY
from automation.errors import BadSettings
from automation.messages import _


@shared_command(
    "report", _("Show the newest run as a page: what was done, when, with pictures, and how to take it back.")
)
def command(shared: Shared) -> int:
    """Open the newest report, and say where it is."""
    import webbrowser

    shared.result = dict(EMPTY["report"])
    reports = sorted((shared.settings.home / "reports").glob("*.html"))
    if not reports:
        raise BadSettings(
            _("Looking for a report."),
            expected=_("a run before this"),
            seen=_("no report in {folder}").format(folder=shared.settings.home / "reports"),
            todo=_("Run autoconfigure first."),
        )
    shared.result["report"] = str(reports[-1])
    shared.person().say(str(reports[-1]))
    if not shared.wants_json and shared.console.is_terminal:
        webbrowser.open(reports[-1].as_uri())
    return 0
