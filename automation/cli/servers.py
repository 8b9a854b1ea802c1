"""The mail servers that the settings name: asked stage by stage, with what their answers mean."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, TypeVar
from urllib.parse import urlsplit

from automation.cli.common import Shared, causes_as_json
from automation.errors import BadSettings
from automation.messages import _

if TYPE_CHECKING:
    from automation.diagnosis import Cause
    from automation.probe import ProbeResult, Stage, Target
    from automation.settings import Secret, Settings

T = TypeVar("T")
Protocol = Literal["pop", "smtp"]
DEADLINE_SECONDS = 10.0
STARTING_SECONDS = 0.3  # of that, for what is not probing: loading the program, and telling
IMPLICIT_TLS = {"pop": (995,), "smtp": (465,)}
STARTTLS = {"pop": (110,), "smtp": (25, 587)}


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
    deadline -= min(STARTING_SECONDS, deadline / 10)
    user = settings.outlook_address or ""
    ca_file = settings.tls_ca_file
    names = [urlsplit(site).hostname or "" for site in (settings.outlook_url, settings.gmail_url)]
    if protocol == "pop":
        result = probe_pop(
            target,
            user,
            secret,
            deadline=deadline,
            ca_file=ca_file,
            on_stage=on_stage,
            alternatives=lambda: alternatives(settings, protocol),
            names=names,
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
            names=names,
        )
    return result, _diagnosed(result, host, settings.provider_facts)


def _diagnosed(result: ProbeResult, host: str, facts_file: str | None) -> list[Cause]:
    """The causes; what names them is loaded only where there are findings."""
    if not result.findings:
        return []
    from automation.diagnosis import diagnose
    from flows.providers import facts_about

    return diagnose(result.findings, facts_about(host, facts_file))


def interruptible(shared: Shared, *works: Callable[[], T]) -> list[T]:
    """Do them side by side in threads of their own, so that Ctrl-C is answered at once.

    Raises Interrupted, and the first error of theirs.
    """
    done: dict[int, T | Exception] = {}

    def do(number: int, work: Callable[[], T]) -> None:
        try:
            done[number] = work()
        except Exception as error:
            done[number] = error

    threads = [threading.Thread(target=do, args=one, daemon=True) for one in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():
            thread.join(0.1)
            shared.stop.check()
    results: list[T] = []
    for number in range(len(works)):
        result = done[number]
        if isinstance(result, Exception):
            raise result
        results.append(result)
    return results


def _check_authority(ca_file: str | None) -> None:
    """Raises BadSettings for a TLS_CA_FILE that holds no certificate."""
    from automation.probe.tls import verifying_context

    try:
        verifying_context(ca_file)
    except OSError as error:
        raise BadSettings(
            _("The setting {name} cannot be used.").format(name="TLS_CA_FILE"),
            expected=_("a file with certificates in PEM form"),
            seen=f"{ca_file}: {getattr(error, 'reason', None) or error.strerror or error}",
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
    """The probe as ``docs/design.md`` section 5 writes it."""
    stages = [{"name": s.name, "ok": s.ok, "seconds": round(s.seconds, 4), "detail": s.detail} for s in result.stages]
    return {
        "protocol": result.protocol,
        "host": result.host,
        "port": result.port,
        "stages": stages,
        "messages": result.messages,
        **causes_as_json(causes),
    }
