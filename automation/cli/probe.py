"""``autoconfigure probe [pop|smtp]``: a mail server asked stage by stage, and what its answers mean."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack, nullcontext
from typing import TYPE_CHECKING, Literal, TypeVar

import click

from automation.cli.common import Shared, causes_as_json, shared_command
from automation.cli.endings import EMPTY
from automation.errors import BadSettings, MissingSetting, NeedsPerson
from automation.messages import _

if TYPE_CHECKING:
    from rich.table import Table

    from automation.diagnosis import Cause
    from automation.probe import ProbeResult, Stage, Target
    from automation.settings import Secret, Settings

T = TypeVar("T")
Protocol = Literal["pop", "smtp"]
DEADLINE_SECONDS = 10.0
IMPLICIT_TLS = {"pop": (995,), "smtp": (465,)}
STARTTLS = {"pop": (110,), "smtp": (25, 587)}


@shared_command(
    "probe",
    _(
        "Try a mail server, stage by stage, with one login at most; say what is wrong, whose side it is on and what to do."
    ),
    click.Argument(["protocol"], type=click.Choice(["pop", "smtp"]), default="pop"),
    click.Option(
        ["--deadline"],
        type=click.FloatRange(min=0.5, max=120),
        default=DEADLINE_SECONDS,
        metavar="SECONDS",
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
            from automation.cli.session import _enter_sandbox

            _enter_sandbox(shared, stack)
        settings = shared.settings
        host, port = server_of(settings, protocol)
        shared.result |= {"host": host, "port": port}
        secret = _secret(shared, settings)
        with _live_table(shared, protocol) as on_stage:
            result, causes = _interruptible(
                shared, lambda: run_probe(settings, protocol, secret, deadline, on_stage=on_stage)
            )
    shared.result |= as_json(result, causes)
    if shared.wants_json:
        print(_verdict(result, causes)[0], file=sys.stderr)
    else:
        _tell(shared, result, causes)
    if causes:
        return 6 if causes[0].is_withdrawn else 1
    if secret is None:
        raise NeedsPerson(
            _("The login at {host} was not tried.").format(host=host),
            expected=_("an app password"),
            seen=_("none in the keyring and nobody at a terminal to ask"),
            todo=_("Give it by --secret-stdin, or run the command in a terminal."),
        )
    return 0


def run_probe(
    settings: Settings,
    protocol: Protocol,
    secret: Secret | None,
    deadline: float = DEADLINE_SECONDS,
    *,
    on_stage: Callable[[Stage], None] | None = None,
) -> tuple[ProbeResult, list[Cause]]:
    """Ask the server of the settings and diagnose what it said. Without a secret it stops before the login.

    Raises BadSettings for a TLS_CA_FILE or PROVIDER_FACTS that cannot be used, before anything is asked.
    """
    from automation.probe import probe_pop, probe_smtp

    _check_authority(settings.tls_ca_file)
    if settings.provider_facts:
        from flows.providers import load_facts

        load_facts(settings.provider_facts)
    host, port = server_of(settings, protocol)
    target = target_of(settings, host, port, protocol)
    user = settings.outlook_address or ""
    ca_file = settings.tls_ca_file
    if protocol == "pop":
        result = probe_pop(
            target,
            user,
            secret,
            deadline=deadline,
            ca_file=ca_file,
            on_stage=on_stage,
            alternatives=lambda: alternatives(settings, protocol),
        )
    else:
        result = probe_smtp(
            target,
            user,
            secret,
            sender=user,
            recipient=settings.gmail_address or user,
            deadline=deadline,
            ca_file=ca_file,
            on_stage=on_stage,
            alternatives=lambda: alternatives(settings, protocol),
        )
    return result, _diagnosed(result, host, settings.provider_facts)


def _diagnosed(result: ProbeResult, host: str, facts_file: str | None) -> list[Cause]:
    """The causes; what names them is loaded only where there are findings."""
    if not result.findings:
        return []
    from automation.diagnosis import diagnose
    from flows.providers import facts_about

    return diagnose(result.findings, facts_about(host, facts_file))


def _interruptible(shared: Shared, work: Callable[[], T]) -> T:
    """Do it in a thread of its own, so that Ctrl-C is answered at once. Raises Interrupted."""
    done: list[T | Exception] = []

    def do() -> None:
        try:
            done.append(work())
        except Exception as error:
            done.append(error)

    thread = threading.Thread(target=do, daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(0.1)
        shared.stop.check()
    if isinstance(done[0], Exception):
        raise done[0]
    return done[0]


def _check_authority(ca_file: str | None) -> None:
    """Raises BadSettings for a TLS_CA_FILE that holds no certificate."""
    from automation.probe.tls import verifying_context

    try:
        verifying_context(ca_file)
    except OSError as error:
        raise BadSettings(
            _("The setting {name} cannot be used.").format(name="TLS_CA_FILE"),
            expected=_("a file with certificates in PEM form"),
            seen=f"{ca_file}: {error.strerror or error}",
            todo=_("Correct {name} and run the command again.").format(name="TLS_CA_FILE"),
        ) from None


def server_of(settings: Settings, protocol: Protocol) -> tuple[str, int]:
    """Host and port of the server that the settings name."""
    if protocol == "pop":
        return settings.pop_host, settings.pop_port
    return settings.smtp_host, settings.smtp_port


def target_of(settings: Settings, host: str, port: int, protocol: Protocol) -> Target:
    """A server as the probe wants it: where to dial, and whether TLS comes first or is asked for."""
    from automation.probe import Target

    asked_for = port in STARTTLS[protocol] or (protocol == "smtp" and port not in IMPLICIT_TLS[protocol])
    dial_host, dial_port = settings.dial(host, port)
    return Target(host.strip("[]"), port, dial_host.strip("[]"), dial_port, "starttls" if asked_for else "implicit")


def alternatives(settings: Settings, protocol: Protocol) -> list[Target]:
    """The provider's other doors, looked at where the first is closed: older and newer names, other ports.

    Where the connection is led elsewhere (MAIL_CONNECT_TO), only doors that are led elsewhere too.
    """
    from flows.providers import POP_SERVERS, SMTP_SERVERS, is_microsoft

    host, port = server_of(settings, protocol)
    known = POP_SERVERS if protocol == "pop" else SMTP_SERVERS
    doors = list(known) if is_microsoft(host) else []
    doors += [(host, other) for other in (*IMPLICIT_TLS[protocol], *STARTTLS[protocol])]
    doors = [door for door in dict.fromkeys(doors) if door != (host, port)]
    if settings.dial(host, port) != (host, port):
        doors = [door for door in doors if settings.dial(*door) != door]
    return [target_of(settings, *door, protocol) for door in doors]


def as_json(result: ProbeResult, causes: list[Cause]) -> dict[str, object]:
    """The probe as ``design.md`` section 5 writes it."""
    stages = [{"name": s.name, "ok": s.ok, "seconds": round(s.seconds, 4), "detail": s.detail} for s in result.stages]
    return {
        "protocol": result.protocol,
        "host": result.host,
        "port": result.port,
        "stages": stages,
        "messages": result.messages,
        **causes_as_json(causes),
    }


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

    from automation.probe import POP_STAGES, SMTP_STAGES, Stage

    @contextmanager
    def shown():  # type: ignore[no-untyped-def]
        stages = {name: Stage(name) for name in (POP_STAGES if protocol == "pop" else SMTP_STAGES)}
        with Live(_table(list(stages.values())), console=shared.console, transient=True) as live:

            def on_stage(stage: Stage) -> None:
                stages[stage.name] = stage
                live.update(_table(list(stages.values())))

            yield on_stage

    return shown()


def _table(stages: list[Stage]) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(expand=False)
    for column in (_("stage"), _("result"), _("seconds"), _("detail")):
        table.add_column(column, overflow="fold", justify="right" if column == _("seconds") else "left")
    words = {True: Text("✓ " + _("ok"), "green"), False: Text("✗ " + _("failed"), "bold red"), None: Text("–", "dim")}
    for stage in stages:
        seconds = "" if stage.ok is None else f"{stage.seconds:.3f}"
        table.add_row(stage_title(stage.name), words[stage.ok], seconds, Text(stage.detail))
    return table


def stage_title(name: str) -> str:
    """A stage's name in the person's language; where evidence comes from elsewhere, the name it came with."""
    return {
        "resolve": _("name"),
        "connect": _("connection"),
        "tls": _("encryption (TLS)"),
        "greeting": _("greeting"),
        "capabilities": _("capabilities"),
        "login": _("login"),
        "stat": _("count (STAT)"),
        "list": _("list (UIDL)"),
        "top": _("newest headers (TOP)"),
        "sender": _("sender"),
        "recipient": _("recipient"),
        "around": _("beside it"),
        "facts": _("known of the provider"),
    }.get(name, name)


def _tell(shared: Shared, result: ProbeResult, causes: list[Cause]) -> None:
    """The verdict, the stages, what the cause is and what to do, and the verdict again."""
    verdict, style = _verdict(result, causes)
    _say(shared, verdict, style)
    shared.console.print(_table(result.stages))
    for number, cause in enumerate(causes):
        _tell_cause(shared, cause, is_first=number == 0)
    _say(shared, verdict, style)


def _verdict(result: ProbeResult, causes: list[Cause]) -> tuple[str, str]:
    place = f"{result.protocol.upper()} {result.host}:{result.port}"
    if causes:
        return f"✗ {place}: {causes[0].title()} [{causes[0].code}]", "bold red"
    if next(stage for stage in result.stages if stage.name == "login").ok is None:
        return "✓ " + _("{place}: good up to the login, which was not tried.").format(place=place), "bold green"
    return "✓ " + _("{place}: everything works.").format(place=place), "bold green"


def _tell_cause(shared: Shared, cause: Cause, *, is_first: bool) -> None:
    sure = _("{percent} % sure").format(percent=round(cause.sure * 100))
    what = f"{cause.title()} ({cause.code}, {sure})"
    if not is_first:
        _say(shared, _("Also: {what}").format(what=what))
        return
    _say(shared, what, "bold")
    _say(shared, "  " + _("Whose side: {side}").format(side=cause.whose()))
    _say(shared, "  " + _("What to do: {what}").format(what=cause.advice()))
    for stage, text in cause.evidence:
        _say(shared, "  " + _("Seen ({stage}): “{text}”").format(stage=stage_title(stage), text=text))


def _say(shared: Shared, text: str, style: str = "") -> None:
    from rich.text import Text

    shared.console.print(Text(text, style), soft_wrap=True)  # as a Text, so that no server's words act as markup
