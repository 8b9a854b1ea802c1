"""``autoconfigure probe [pop|smtp]``: a mail server asked stage by stage, and what its answers mean."""

from __future__ import annotations

import sys
from contextlib import ExitStack, nullcontext
from typing import TYPE_CHECKING

import click

from automation.cli.common import Seconds, Shared, shared_command
from automation.cli.endings import EMPTY
from automation.cli.servers import DEADLINE_SECONDS, Protocol, as_json, interruptible, run_probe, server_of
from automation.errors import BadSettings, MissingSetting
from automation.messages import _

if TYPE_CHECKING:
    from automation.diagnosis import Cause
    from automation.probe import ProbeResult, Stage
    from automation.settings import Secret, Settings


@shared_command(
    "probe",
    _(
        "Try a mail server, stage by stage, with one login at most; say what is wrong, whose side it is on and what to do."
    ),
    click.Argument(["protocol"], type=click.Choice(["pop", "smtp"]), default="pop"),
    click.Option(
        ["--deadline"],
        type=Seconds(min=0.5, max=120),
        default=DEADLINE_SECONDS,
        metavar=_("SECONDS"),
        help=_("How long all of it may take (default: 10)."),
    ),
)
def command(shared: Shared) -> int:
    """Ask the server, then tell: in a table, or as JSON."""
    protocol: Protocol = shared.values.pop("protocol")
    deadline: float = shared.values.pop("deadline")
    shared.result = {**EMPTY["probe"], "protocol": protocol}
    with ExitStack() as stack:
        if shared.flag("sandbox"):
            from automation.cli.session import enter_sandbox

            enter_sandbox(shared, stack)
        settings = shared.settings
        host, port = server_of(settings, protocol)
        shared.result |= {"host": host, "port": port}
        secret = _secret(shared, settings)
        with _live_table(shared, protocol) as on_stage:
            [(result, causes)] = interruptible(
                shared, lambda: run_probe(settings, protocol, secret, deadline, on_stage=on_stage)
            )
    lacks_secret = secret is None and not causes and not shared.person().can_answer
    shared.result |= as_json(result, [_no_secret()] if lacks_secret else causes)
    if shared.wants_json:
        print(_verdict(result, causes, lacks_secret)[0], file=sys.stderr)
    else:
        _tell(shared, result, causes, lacks_secret)
    if causes:
        return 6 if causes[0].is_withdrawn else 1
    return 5 if lacks_secret else 0


def _secret(shared: Shared, settings: Settings) -> Secret | None:
    """The credential: from standard input, the keyring, or a hidden prompt; None where there is none."""
    from automation.settings import Secret

    secret = shared.secret_from_stdin() or _kept(shared, settings)
    if secret is None and shared.person().can_answer:
        typed = click.prompt(
            _("App password (hidden; only Enter: try without a login)"),
            hide_input=True,
            default="",
            show_default=False,
            err=True,
        )
        secret = Secret(typed.strip()) if typed.strip() else None
    if secret is None:
        return None
    if not settings.outlook_address:
        raise MissingSetting(
            _("The address to log in with is missing: {names}").format(names="OUTLOOK_ADDRESS"),
            expected=_("an address such as name@example.com"),
            seen=_("none"),
            todo=_("Set OUTLOOK_ADDRESS in the environment or in a file named .env."),
        )
    if any(ord(c) < 32 or ord(c) == 127 for c in secret.open()):
        raise BadSettings(
            _("The app password cannot be used."),
            expected=_("one line of plain text"),
            seen=_("control characters in it"),
            todo=_("Copy it again from the page that shows it."),
        )
    return secret


def _kept(shared: Shared, settings: Settings) -> Secret | None:
    if shared.flag("sandbox") or not settings.outlook_address:
        return None
    from automation.keeping import Keeper

    return Keeper(True).get(settings.outlook_address)


def _live_table(shared: Shared, protocol: Protocol):  # type: ignore[no-untyped-def]  # rich is imported only for a terminal
    """On a terminal, the stages as they come; gives what to call after each."""
    if shared.wants_json or shared.flag("plain") or not shared.console.is_terminal:
        return nullcontext()
    from contextlib import contextmanager

    from rich.live import Live

    from automation.cli.telling import stage_table
    from automation.probe import POP_STAGES, SMTP_STAGES, Stage

    @contextmanager
    def shown():  # type: ignore[no-untyped-def]
        stages = {name: Stage(name) for name in (POP_STAGES if protocol == "pop" else SMTP_STAGES)}
        with Live(stage_table(list(stages.values())), console=shared.console, transient=True) as live:

            def on_stage(stage: Stage) -> None:
                stages[stage.name] = stage
                live.update(stage_table(list(stages.values())))

            yield on_stage

    return shown()


def _tell(shared: Shared, result: ProbeResult, causes: list[Cause], lacks_secret: bool) -> None:
    """The verdict, the stages, what the cause is and what to do, and the verdict again."""
    from automation.cli.telling import say, stage_table, tell_cause

    verdict, style = _verdict(result, causes, lacks_secret)
    say(shared, verdict, style)
    shared.console.print(stage_table(result.stages))
    for number, cause in enumerate(causes):
        tell_cause(shared, cause, is_first=number == 0)
    if lacks_secret:
        todo = _("Give it by --secret-stdin, or run the command in a terminal.")
        say(shared, "  " + _("What to do: {what}").format(what=todo))
    say(shared, verdict, style)


def _verdict(result: ProbeResult, causes: list[Cause], lacks_secret: bool) -> tuple[str, str]:
    from automation.cli.telling import headline

    place = f"{result.protocol.upper()} {result.host}:{result.port}"
    if causes:
        return f"✗ {place}: {headline(causes[0])}", "bold red"
    if lacks_secret:
        return (
            "? " + _("{place}: good up to the login; there is no app password to try it with.").format(place=place),
            "bold yellow",
        )
    if next(stage for stage in result.stages if stage.name == "login").ok is None:
        return "✓ " + _("{place}: good up to the login, which was not tried.").format(place=place), "bold green"
    return "✓ " + _("{place}: everything works.").format(place=place), "bold green"


def _no_secret() -> Cause:
    """Why the login was not tried, for programs."""
    from automation.diagnosis import Finding, named

    return named(
        "person.no-answer", Finding("probe", "login", _("none in the keyring and nobody at a terminal to ask"))
    )
