"""The command line: which command is meant, the flags that all share, and how every ending is told."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from automation.cli.words import Spoken
from automation.messages import LANGUAGES, N_, _, speak

# Command: what it does in one line. A command's module is loaded only when it is used.
COMMANDS = {
    "run": N_("Bring your Outlook.com mail into Gmail (this is the default)."),
    "plan": N_("Look, change nothing, and say what a run would do."),
    "sandbox": N_("Open the practice world and try everything by hand."),
    "probe": N_("Try the mail server, step by step, and say what is wrong."),
    "doctor": N_("Look whether the mail still comes, and say what is wrong."),
    "undo": N_("Take back what this tool changed, newest first."),
    "record": N_("Write down what you do in a browser, for a replay."),
    "replay": N_("Do again what was recorded, here or in the practice world."),
    "export": N_("Write a recording for Chrome's DevTools Recorder."),
    "check": N_("Look whether the providers changed their pages, and say what."),
    "learned": N_("Show what you taught this tool about changed pages."),
    "report": N_("Show the newest run as a page."),
    "forget": N_("Remove what this tool keeps on this machine."),
}


class Commands(Spoken, click.Group):
    """Loads a command's module when it is asked for; without a command, ``run`` is meant."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        import importlib

        command: click.Command = importlib.import_module(f"automation.cli.{name}").command
        return command

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, _(text)) for name, text in COMMANDS.items()])

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put ``run`` before arguments that name no command, so that its own flags are understood there too."""
        word = _first_word(ctx, self, args)
        if word in COMMANDS:
            ctx.obj.command = word  # so that even a wrong flag is told in this command's form
        elif word is None and not {"-h", "--help"} & set(args):
            args = ["run", *args]
        return super().parse_args(ctx, args)


def _first_word(ctx: click.Context, group: Commands, args: list[str]) -> str | None:
    """The first argument that is neither a flag nor the value of one."""
    run = group.get_command(ctx, "run")
    known = [p for p in (*group.params, *(run.params if run else ())) if isinstance(p, click.Option)]
    valued = {name for option in known if not option.is_flag for name in option.opts}
    waiting = iter(args)
    for argument in waiting:
        if not argument.startswith("-"):
            return argument
        if argument in valued:
            next(waiting, None)
    return None


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
        subcommand_metavar=_("COMMAND [ARGS]..."),
        callback=lambda **values: shared.take(values),
        help=_("Brings your Outlook.com mail into your Gmail. A browser opens and does the clicking; you watch."),
        epilog=_("Nothing to lose: try it first in the practice world with “autoconfigure --sandbox”."),
        context_settings={"obj": shared, "help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    sys.exit(run_safely(group, shared, arguments))
