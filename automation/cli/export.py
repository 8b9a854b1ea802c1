"""``autoconfigure export``: a recording in the form of another tool, with all that form can say."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from automation.cli.common import Shared, shared_command
from automation.cli.endings import EMPTY
from automation.errors import BadSettings
from automation.messages import _

OPTIONS: tuple[click.Parameter, ...] = (
    click.Argument(["path"], metavar=_("FILE|FOLDER"), type=click.Path(exists=True, path_type=Path)),
    click.Option(["--to", "form"], required=True, type=click.Choice(["devtools"]), help=_("The other tool's form.")),
    click.Option(
        ["--out"],
        metavar=_("FILE"),
        type=click.Path(dir_okay=False, path_type=Path),
        help=_("Where to write it (default: to standard output)."),
    ),
)


@shared_command("export", _("Write a recording as JSON for Chrome's DevTools Recorder."), *OPTIONS)
def command(shared: Shared) -> int:
    """Read, write, and say what got lost."""
    from automation.recording.exporting import to_devtools
    from automation.recording.flow_file import as_text
    from automation.recording.reading import read

    shared.result = dict(EMPTY["export"])
    found = read(shared.values["path"])
    written, lost = to_devtools(found.recording, shared.settings)
    out: Path | None = shared.values.get("out")
    if out:
        _write(out, as_text(written))
    elif not shared.wants_json:
        sys.stdout.write(as_text(written))
    shared.result |= {"file": str(out) if out else None, "recording": None if out else written, "lost": lost}
    _tell(shared, [*found.notes, *lost], out)
    return 0


def _write(out: Path, text: str) -> None:
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadSettings(
            _("Writing to {file}.").format(file=out),
            expected=_("a file that can be written"),
            seen=error.strerror or str(error),
            todo=_("Choose another place with --out."),
        ) from None


def _tell(shared: Shared, notes: list[str], out: Path | None) -> None:
    """Standard output may be the file itself, so words go to standard error."""
    from rich.console import Console

    console = Console(stderr=True, highlight=False)
    if out:
        console.print(_("Written: {file}").format(file=out), markup=False, soft_wrap=True)
    if notes:
        console.print(_("What that form cannot say:"))
    for note in notes:
        console.print("  • " + note, markup=False, soft_wrap=True)
