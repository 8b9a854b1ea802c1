"""A probe's stages and causes in words: the table, and whose side a cause is on and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from automation.cli.common import Shared
from automation.messages import N_, _, listed, noted

if TYPE_CHECKING:
    from automation.diagnosis import Cause
    from automation.probe import Stage


SURE = 0.8  # what is less sure is told as a guess


def stage_table(stages: list[Stage]) -> Table:
    """Each stage with its result, its time and what it showed."""
    table = Table(expand=False)
    for column in (_("stage"), _("result"), _("seconds"), _("detail")):
        table.add_column(column, overflow="fold", justify="right" if column == _("seconds") else "left")
    words = {True: Text("✓ " + _("ok"), "green"), False: Text("✗ " + _("failed"), "bold red"), None: Text("–", "dim")}
    for stage in stages:
        seconds = "" if stage.ok is None else f"{stage.seconds:.3f}"
        table.add_row(stage.title, words[stage.ok], seconds, Text(stage.detail))
    return table


def stage_title(name: str) -> str:
    """A stage's name in the person's language; where evidence comes from elsewhere, what was looked at there."""
    from automation.probe.result import STAGES

    known = {
        "around": N_("beside it"),
        "facts": N_("known of the provider"),
        "settings": N_("settings"),
        "forwarding": N_("forwarding"),
        "activity": N_("recent activity"),
        "row": N_("Gmail's row"),
        "history": N_("Gmail's history"),
        "wizard": N_("Gmail's window"),
        "send-as": N_("Send mail as"),
        "send-as code": N_("confirmation code"),
        "sign-in": N_("sign-in"),
        "proof": N_("the marked message"),
        "run": N_("this run"),
        "candidate": N_("something like it"),
    }.get(name) or STAGES.get(name)
    if known is None:
        from flows.checkup import TITLES  # all flows: a probe has no time for them

        known = TITLES.get(name, name)
    return _(known)


def headline(cause: Cause) -> str:
    """What is wrong, with its code; no surer than the cause itself, unless its own words leave it open."""
    title = cause.title()
    if 0 < cause.sure < SURE and cause.code != "auth.ambiguous":
        title = _("Probably: {what}").format(what=title)
    return f"{title} [{cause.code}]"


def tell_cause(shared: Shared, cause: Cause, *, is_first: bool) -> None:
    """The deciding cause in full, with its evidence; any other in one line."""
    sure = (
        [_("{percent} % sure").format(percent=round(cause.sure * 100))] if cause.sure else []
    )  # "unknown" is no guess
    what = noted(cause.title(), listed([cause.code, *sure]))
    if not is_first:
        say(shared, _("Also: {what}").format(what=what))
        return
    say(shared, what, "bold")
    say(shared, "  " + _("Whose side: {side}").format(side=cause.whose()))
    say(shared, "  " + _("What to do: {what}").format(what=cause.advice()))
    for stage, text in cause.evidence:
        say(shared, "  " + _("Seen ({stage}): “{text}”").format(stage=stage_title(stage), text=text))


def say(shared: Shared, text: str, style: str = "") -> None:
    """One paragraph, unbroken."""
    shared.console.print(Text(text, style), soft_wrap=True)  # as a Text, so that no server's words act as markup
