"""click's own words in the person's language: the headings of a help page, and what was wrong with the arguments."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

import click

from automation.errors import BadSettings
from automation.messages import _

_WIDE = "\0"  # stands in no text


class Spoken(click.Command):
    """A command whose help page is in one language throughout."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **{"options_metavar": _("[OPTIONS]"), **more})

    def get_help(self, ctx: click.Context) -> str:
        """The help page."""
        ctx.formatter_class = Page
        return super().get_help(ctx)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The line that shows how it is called."""
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), _("Usage:") + " ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table of flags."""
        records = [p.get_help_record(ctx) for p in self.get_params(ctx) if isinstance(p, click.Option)]
        with formatter.section(_("Options")):
            formatter.write_dl([(flag, _in_our_words(text)) for flag, text in filter(None, records)])

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """The flag that shows this page."""
        if option := super().get_help_option(ctx):
            option.help = _("Show this message and exit.")
        return option


class Page(click.HelpFormatter):
    """A help page whose columns stand below each other where letters are two cells wide, too."""

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """The table of flags or commands, with marks for the width that wide letters take besides."""
        marked = [(flag + _WIDE * sum(map(_is_wide, flag)), text) for flag, text in rows]
        begin = len(self.buffer)
        super().write_dl(marked, col_max, col_spacing)
        self.buffer[begin:] = [part.replace(_WIDE, "") for part in self.buffer[begin:]]


def _is_wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in ("W", "F")


def _in_our_words(text: str) -> str:
    """The help of a flag with click's own marks behind it in the person's language."""
    return text.replace("[required]", _("[required]"))


def wrong_arguments(error: click.UsageError) -> BadSettings:
    """What a person is told when the arguments cannot be understood."""
    doing, expected = _said(error)
    close = getattr(error, "possibilities", None)
    within = error.ctx.info_name if error.ctx and error.ctx.parent else None
    command = " ".join(filter(None, ("autoconfigure", within, "--help")))
    todo = _("See “{command}”.").format(command=command)
    if close:
        todo = _("Did you mean {name}? {help}").format(name=close[0], help=todo)
    # click quotes what was given, and quotes it first.
    given = re.search(r"""(['"])(.*?)\1""", error.message) if isinstance(error, click.BadParameter) else None
    return BadSettings(doing, expected=expected, seen=given[2] if given else "", todo=todo)


def _said(error: click.UsageError) -> tuple[str, str]:
    """What is wrong, and what was expected where that can be said in other words than click's."""
    if isinstance(error, click.NoSuchOption):
        return _("There is no option {name}.").format(name=error.option_name), ""
    if isinstance(error, click.NoSuchCommand):
        return _("There is no command {name}.").format(name=error.command_name), ""
    if isinstance(error, click.BadOptionUsage):
        return _("The option {name} is not used that way: it needs a value, or takes none.").format(
            name=error.option_name
        ), ""
    if isinstance(error, click.MissingParameter) and error.param:
        return _("Something is missing: {name}").format(name=_called(error.param)), _fitting(error.param)
    if isinstance(error, click.BadParameter) and error.param:
        return _("The value given for {name} cannot be used.").format(name=_called(error.param)), _fitting(error.param)
    # What is left is more words than a command takes; click has them in brackets.
    words = re.search(r"\((.*)\)", error.format_message())
    return _("More was given than can be understood: {words}").format(words=words[1] if words else "?"), ""


def _called(param: click.Parameter) -> str:
    return "/".join(param.opts) if isinstance(param, click.Option) else param.human_readable_name


def _fitting(param: click.Parameter) -> str:
    """What may be given for a parameter."""
    kind = param.type
    if isinstance(kind, click.Choice):
        return " | ".join(map(str, kind.choices))
    if isinstance(kind, (click.types.IntRange, click.types.FloatRange)):
        return _("a number from {least}").format(least=f"{kind.min:g}")
    return _("a file or folder that exists") if isinstance(kind, click.Path) and kind.exists else ""
