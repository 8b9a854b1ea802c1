"""What all commands share: the flags, the settings, the streams, and the one place that tells every ending."""

from __future__ import annotations

import json
import math
import os
import re
import sys
import time
import traceback
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from automation.cli.words import Spoken, wrong_arguments
from automation.errors import AutoconfigureError, BadSettings, CauseFound, Interrupted
from automation.messages import _
from automation.settings import Options, Settings, read_settings, write_private
from automation.stop import Stop

if TYPE_CHECKING:
    from rich.console import Console

    from automation.diagnosis import Cause
    from automation.person import Person
    from automation.settings import Secret
    from flows.sandbox import Sandbox


class Seconds(click.FloatRange):
    """A number of seconds: "nan" is none, though it passes every range."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number. Raises BadParameter."""
        seconds = float(super().convert(value, param, ctx))
        return self.fail(f"{value} is no number", param, ctx) if math.isnan(seconds) else seconds


class Shared:
    """The flags given before or after the command, and what follows from them."""

    def __init__(self) -> None:
        self.command = "run"
        self.values: dict[str, Any] = {}
        self.overrides: dict[str, str] = {}
        self.stop = Stop()
        # What --json prints in the end; a command fills it in as it goes.
        self.result: dict[str, Any] = {}
        self.is_told = False
        self.sandbox: Sandbox | None = None  # the practice world of this run

    def parameters(self) -> list[click.Parameter]:
        """The shared flags, for the group and for each command."""
        return [
            click.Option(
                ["--sandbox"],
                is_flag=True,
                default=None,
                help=_("Practise in the practice world; nobody's real mail is touched."),
            ),
            click.Option(["--world"], metavar=_("NAME"), help=_("Which practice world (default: classic).")),
            click.Option(
                ["--route"],
                type=click.Choice(["auto", "pop-import", "forwarding"]),
                help=_("How the mail comes (default: auto)."),
            ),
            click.Option(["--lang"], type=click.Choice(["en", "ja"]), help=_("The language I speak.")),
            click.Option(
                ["--json"],
                is_flag=True,
                default=None,
                help=_("One JSON object on standard output; words on standard error."),
            ),
            click.Option(["--yes"], is_flag=True, default=None, help=_("Accept the plan without asking.")),
            click.Option(
                ["--no-input"],
                is_flag=True,
                default=None,
                help=_("Ask nobody anything; stop where a person is needed."),
            ),
            click.Option(
                ["--patience"],
                type=Seconds(min=0),
                metavar=_("SECONDS"),
                help=_("How long I wait while you do something (default: 600)."),
            ),
            click.Option(["--headless"], is_flag=True, default=None, help=_("Without a visible browser window.")),
            click.Option(
                ["--no-watch"],
                is_flag=True,
                default=None,
                help=_("At full speed, without pointing at what is clicked."),
            ),
            click.Option(
                ["--attach"], metavar="URL", help=_("Use a browser that is already running with a debugging port.")
            ),
            click.Option(["--browser"], metavar=_("PATH"), help=_("Which browser program to start.")),
            click.Option(
                ["--profile"], metavar=_("NAME"), help=_("Which of the tool's own browser profiles (default: default).")
            ),
            click.Option(
                ["--proof/--no-proof"],
                default=None,
                help=_("Prove it by a marked message (default: when something changed)."),
            ),
            click.Option(
                ["--secret-stdin"], is_flag=True, default=None, help=_("Read the app password from standard input.")
            ),
            click.Option(
                ["--plain"],
                is_flag=True,
                default=None,
                help=_("Redraw nothing (by itself when the output is no terminal)."),
            ),
            click.Option(["-v", "--verbose"], is_flag=True, default=None, help=_("Say more.")),
        ]

    def take(self, values: dict[str, Any]) -> None:
        """Take over flags that were given; later ones win."""
        self.values.update({name: value for name, value in values.items() if value is not None})

    def flag(self, name: str) -> bool:
        """Whether a flag was given."""
        return bool(self.values.get(name))

    @property
    def wants_json(self) -> bool:
        """Whether ``--json`` was given, even if the rest could not be understood."""
        return self.flag("json") or "--json" in sys.argv[1:]

    @cached_property
    def console(self) -> Console:
        """Where words for people go."""
        from rich.console import Console

        return Console(stderr=self.wants_json, highlight=False)

    @cached_property
    def settings(self) -> Settings:
        """All settings, read once. A practice world's own come first."""
        flags = {"autoconfigure_attach": self.values.get("attach"), "autoconfigure_lang": self.values.get("lang")}
        environment = {**os.environ, **self.overrides}
        return read_settings(flags, environment, Path.cwd())

    @property
    def practice_flags(self) -> str:
        """What a proposed command needs so that it stays in the practice world, with a space before it; else nothing."""
        world = f" --world {self.values['world']}" if "world" in self.values else ""
        return f" --sandbox{world}" if self.flag("sandbox") else ""

    @property
    def options(self) -> Options:
        """What the person chose for this run."""
        known = {
            name: self.values[name]
            for name in ("route", "proof", "label", "archive", "alias", "reply_from_same", "never_spam")
            if name in self.values
        }
        return Options(**known)

    def person(self, kind: type[Person] | None = None, **more: Any) -> Person:
        """The person of this run."""
        from automation.person import PATIENCE_SECONDS, Person

        return (kind or Person)(
            self.console,
            no_input=self.flag("no_input"),
            yes=self.flag("yes"),
            plain=self.flag("plain") or not self.console.is_terminal,
            watch=not self.flag("no_watch"),
            patience=self.values.get("patience", PATIENCE_SECONDS),
            stop=self.stop,
            **more,
        )

    def secret_from_stdin(self) -> Secret | None:
        """The secret given by ``--secret-stdin``, else None. Raises BadSettings when there is none."""
        from automation.settings import Secret

        if not self.flag("secret_stdin"):
            return None
        with self.stop.at_question():
            text = sys.stdin.readline().rstrip("\r\n")
        if not text.strip():
            raise BadSettings(
                _("Reading the app password from standard input (--secret-stdin)."),
                expected=_("one line with the app password"),
                seen=_("nothing"),
                todo=_("Pipe the password in, for example from a password manager."),
            )
        return Secret(text.strip())


def shared_command(
    name: str, help_text: str, *more: click.Parameter
) -> Callable[[Callable[[Shared], int | None]], click.Command]:
    """Make a function of ``Shared`` a command with the shared flags and its own."""

    def decorate(function: Callable[[Shared], int | None]) -> click.Command:
        def callback(**values: Any) -> int | None:
            shared: Shared = click.get_current_context().obj
            shared.command = name
            shared.take(values)
            return function(shared)

        return Spoken(name, callback=callback, params=[*more, *Shared().parameters()], help=help_text)

    return decorate


def run_safely(group: click.Group, shared: Shared, arguments: list[str]) -> int:
    """Run the command line and tell its ending: in words, as JSON where asked for, and by the exit code."""
    shared.stop.install()
    try:
        code = group.main(arguments, standalone_mode=False)
        code = code if isinstance(code, int) else 0
    except click.UsageError as error:
        code = _told(shared, wrong_arguments(error))
    except click.exceptions.Exit as ending:
        return ending.exit_code
    except (Exception, KeyboardInterrupt) as error:
        code = _told(shared, foreseen(shared, error) or _our_bug(shared, error))
    if shared.wants_json and shared.result:  # --help has none
        print_json(shared)
    return code


def foreseen(shared: Shared, error: BaseException | None) -> AutoconfigureError | None:
    """The error that a person is told for what ended a run; None where nothing did, or only a bug of ours explains it."""
    if isinstance(error, AutoconfigureError):
        return error
    if isinstance(error, (KeyboardInterrupt, click.Abort)):
        return Interrupted(shared.stop.signal_number or 2)
    return _window_closed(error) if isinstance(error, Exception) else None


def print_json(shared: Shared) -> None:
    """Print the result, once; a command that lives on after it has told everything does so itself."""
    if shared.is_told:
        return
    shared.is_told = True
    text = json.dumps(shared.result, ensure_ascii=False)
    try:
        sys.stdout.buffer.write(text.encode("utf-8", "replace") + b"\n")
        sys.stdout.flush()
    except BrokenPipeError:  # who asked has gone; without this Python complains once more when it ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _window_closed(error: Exception) -> AutoconfigureError | None:
    """The foreseen error behind what Playwright raises wherever a window is closed under it; else None."""
    if not type(error).__module__.startswith("playwright"):
        return None
    from automation.driver_errors import closed_by_person, is_gone

    return closed_by_person() if is_gone(error) else None


# What Playwright adds to its errors; it quotes what was being typed.
_CALL_LOG = re.compile(r"(?m)^Call log:\n(?:[ \t].*\n|\n)*")


class _Bug(AutoconfigureError):
    """A bug of ours."""

    exit_code = 3


def _our_bug(shared: Shared, error: BaseException) -> _Bug:
    if shared.stop.signal_number:  # whatever broke while stopping, stopping is what was asked for
        return Interrupted(shared.stop.signal_number)  # type: ignore[return-value]  # told the same way
    trace = _CALL_LOG.sub("", "".join(traceback.format_exception(error)))
    try:
        home = shared.settings.home
    except AutoconfigureError:
        home = Settings().home
    try:
        log = str(write_private(home / "logs" / f"bug-{time.strftime('%Y%m%d-%H%M%S')}.txt", trace))
    except OSError:
        log = ""
        shared.console.print(trace, markup=False)
    return _Bug(
        _("Something went wrong inside autoconfigure. That is our mistake, not yours."),
        seen=f"{type(error).__name__}",
        todo=_("Please report it with the log; look through it first, it may name your addresses."),
        evidence=log,
    )


def _told(shared: Shared, error: AutoconfigureError) -> int:
    """Tell an error in words and put it into the JSON result; gives its exit code."""
    from automation.cli import endings

    if isinstance(error, CauseFound) and error.causes and error.causes[0].is_withdrawn:
        error.exit_code, error.outcome = 6, "withdrawn"
    style = "yellow" if isinstance(error, Interrupted) else "bold red"
    head, *rest = str(error).splitlines()
    sys.stdout.flush()
    from rich.console import Console

    console = shared.console if shared.console.stderr else Console(stderr=True, highlight=False)
    console.print("\n✗ " + head, style=style, markup=False, soft_wrap=True)
    for line in rest:
        console.print("  " + line, markup=False, soft_wrap=True)  # a path stays in one piece
    shared.result = endings.complete(shared.command, shared.result, error)
    return error.exit_code


def causes_as_json(causes: list[Cause]) -> dict[str, Any]:
    """The two keys that every command's JSON has: all causes, and the deciding one."""
    listed = [cause.as_json() for cause in causes]
    return {"causes": listed, "cause": listed[0] if listed else None}
