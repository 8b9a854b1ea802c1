"""The command line: which command is meant, the flags that all share, and how every ending is told."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

from automation.messages import LANGUAGES, N_, _, speak

# Command: what it does in one line. A command's module is loaded only when it is used.
COMMANDS = {
    "run": N_("Bring your Outlook.com mail into Gmail (this is the default)."),
    "sandbox": N_("Open the practice world and try everything by hand."),
    "probe": N_("Try the mail server, step by step, and say what is wrong."),
}


class Commands(click.Group):
    """Loads a command's module when it is asked for; without a command, ``run`` is meant."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        import importlib

        command: click.Command = importlib.import_module(f"automation.cli.{name}").command
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, _(text)) for name, text in COMMANDS.items()])

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        return super().resolve_command(ctx, args)


def language(arguments: list[str]) -> str:
    """The language to speak: ``--lang`` over the environment over ./.env over the system's."""
    for index, argument in enumerate(arguments):
        if argument == "--lang" and index + 1 < len(arguments):
            return arguments[index + 1]
        if argument.startswith("--lang="):
            return argument.removeprefix("--lang=")
    if chosen := os.environ.get("AUTOCONFIGURE_LANG"):
        return chosen
    if Path(".env").is_file():
        for line in Path(".env").read_text(encoding="utf-8", errors="replace").splitlines():
            if line.strip().startswith("AUTOCONFIGURE_LANG="):
                return line.split("=", 1)[1].strip().strip("\"'")
    system = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    if not system:
        import locale

        system = locale.getlocale()[0] or ""
    return "ja" if system.lower().startswith(("ja", "japanese")) else "en"


def main() -> None:
    """The program ``autoconfigure``."""
    arguments = sys.argv[1:]
    chosen = language(arguments)
    speak(chosen if chosen in LANGUAGES else "en")
    from automation.cli.common import Shared, run_safely

    shared = Shared()
    group = Commands(
        "autoconfigure",
        params=shared.parameters(),
        invoke_without_command=True,
        callback=lambda **values: shared.take(values) or _default(shared),
        help=_("Brings your Outlook.com mail into your Gmail. A browser opens and does the clicking; you watch."),
        epilog=_("Nothing to lose: try it first in the practice world with “autoconfigure --sandbox”."),
        context_settings={"obj": shared, "help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    sys.exit(run_safely(group, shared, arguments))


def _default(shared: Any) -> None:
    ctx = click.get_current_context()
    if ctx.invoked_subcommand is None:
        shared.command = "run"
        from automation.cli.run import command

        ctx.invoke(command)
