"""``autoconfigure doctor``: does the mail still come, and if not, why, whose side it is on and what mends it."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from automation.cli.common import Shared, causes_as_json, shared_command
from automation.cli.endings import EMPTY
from automation.errors import BadSettings
from automation.messages import _, said_of

if TYPE_CHECKING:
    from automation.diagnosis import Fact
    from automation.person import Person
    from automation.probe import ProbeResult
    from automation.session import Session
    from automation.settings import Secret, Settings
    from flows.checkup import Checkup
    from flows.verdict import Verdict


@shared_command(
    "doctor",
    _("Look whether the mail still comes, change nothing, and say what is wrong, whose side it is on and what to do."),
    click.Option(["--no-browser"], is_flag=True, default=None, help=_("Ask the mail servers only; open no browser.")),
    click.Option(
        ["--facts"], is_flag=True, default=None, help=_("Show what is known of the providers, with dates and sources.")
    ),
)
def command(shared: Shared) -> int:
    """Ask the mail servers, look at the pages, tell; then offer the remedy."""
    shared.result = dict(EMPTY["doctor"])
    with ExitStack() as stack:
        if shared.flag("facts"):
            return _show_facts(shared, stack)
        if shared.flag("no_browser"):
            return _check_probes(shared, stack)
        from automation.cli.session import open_session

        person, session = open_session(shared, stack, remembered=True)
        verdict = _check_all(shared, person, session)
        return _offer(shared, person, session, verdict)


def _check_probes(shared: Shared, stack: ExitStack) -> int:
    """What the mail servers say to this machine, and nothing else."""
    from flows.remembered import completed
    from flows.verdict import judge_probes

    if shared.flag("sandbox"):
        from automation.cli.session import enter_sandbox

        enter_sandbox(shared, stack)
    settings = completed(shared.settings)
    person = shared.person()
    probes = _ask_servers(shared, person, settings, _secret(shared, settings, shared.secret_from_stdin()))
    verdict = judge_probes(probes, _facts(settings))
    _fill_result(shared, verdict, probes)
    _tell(shared, verdict, probes)
    return verdict.exit_code


def _check_all(shared: Shared, person: Person, session: Session) -> Verdict:
    """All three witnesses. While they are heard nobody is asked anything: what needs the person stays unknown."""
    from flows.checkup import look_at_all
    from flows.credentials import APP_PASSWORD
    from flows.verdict import judge, login_was_taken

    settings = session.settings
    session.facts = _facts(settings)
    secret = _secret(shared, settings, session.secrets.pop("given", None))
    probes = _ask_servers(shared, person, settings, secret)
    if secret and login_was_taken(probes["pop"]):
        session.secrets[APP_PASSWORD] = secret  # a remedy need not log in again
    asks, person.no_input = person.no_input, True
    try:
        with person.waiting(_("Looking at how things are now; nothing is changed.")):
            checkup = look_at_all(session)
    finally:
        person.no_input = asks
    verdict = judge(checkup, probes, session.facts)
    _fill_result(shared, verdict, probes, checkup)
    _tell(shared, verdict, probes, checkup)
    return verdict


def _offer(shared: Shared, person: Person, session: Session, verdict: Verdict) -> int:
    """At a terminal, offer to do now what mends it; ``--yes`` does not cover that, since a doctor only looks."""
    remedy = next((remedy for remedy in verdict.remedies if remedy.route), None)
    if remedy is None or remedy.route is None or shared.wants_json or person.yes or not person.can_answer:
        return verdict.exit_code
    if not person.agrees(_("Shall I do this now: {command}?").format(command=remedy.command), "remedy"):
        return verdict.exit_code
    from automation.cli.run import carry_out

    shared.command, shared.result = "run", dict(EMPTY["run"])  # from here on it is a run
    session.options = replace(session.options, route=remedy.route)
    session.look_afresh()
    return carry_out(shared, session)


# -- the mail servers -------------------------------------------------------------------------------------------------


def _ask_servers(shared: Shared, person: Person, settings: Settings, secret: Secret | None) -> dict[str, ProbeResult]:
    """Both mail servers at once; one login at most, by POP."""
    from automation.cli.servers import interruptible, run_probe

    with person.waiting(_("Asking the mail servers.")):
        (pop, _by_pop), (smtp, _by_smtp) = interruptible(
            shared, lambda: run_probe(settings, "pop", secret), lambda: run_probe(settings, "smtp", None)
        )
    return {"pop": pop, "smtp": smtp}


def _secret(shared: Shared, settings: Settings, given: Secret | None) -> Secret | None:
    """The app password that was given, or that an earlier run kept; nobody is asked for one. Raises BadSettings."""
    from automation.keeping import Keeper
    from automation.settings import Secret
    from flows.pages.app_password import normalised

    address = settings.outlook_address
    found = given or (Keeper(not shared.flag("sandbox")).get(address) if address else None)
    if found is None or not address:
        return None
    if not normalised(found.open()).isprintable():
        raise BadSettings(
            _("The app password cannot be used."),
            expected=_("one line of plain text"),
            seen=_("control characters in it"),
            todo=_("Copy it again from the page that shows it."),
        )
    return Secret(normalised(found.open()))


def _facts(settings: Settings) -> list[Fact]:
    """What is known of the mail server that the settings name, and of Gmail whatever that server is."""
    from flows.providers import GOOGLE, facts_about, load_facts

    about_server = facts_about(settings.pop_host, settings.provider_facts)
    return [fact for fact in load_facts(settings.provider_facts) if fact.provider == GOOGLE or fact in about_server]


# -- telling ----------------------------------------------------------------------------------------------------------


def _fill_result(
    shared: Shared, verdict: Verdict, probes: dict[str, ProbeResult], checkup: Checkup | None = None
) -> None:
    """The verdict as ``docs/design.md`` section 5 writes it."""
    shared.result |= {
        "verdict": verdict.word,
        "witnesses": _witnesses(probes, checkup),
        **causes_as_json(verdict.causes),
        "remedies": [remedy.as_json() for remedy in verdict.remedies],
    }


def _witnesses(probes: dict[str, ProbeResult], checkup: Checkup | None) -> dict[str, Any]:
    """What each witness said; null for one that was not heard."""
    from automation.cli.servers import as_json
    from flows.checkup import LOOKS

    told: dict[str, Any] = {
        "probe": {
            protocol: {key: value for key, value in as_json(result, []).items() if key not in ("causes", "cause")}
            for protocol, result in sorted(probes.items())
        }
    }
    for site, flows in LOOKS.items():
        told[site] = checkup and {
            flow.name: {"state": glance.state, "why": glance.why, "values": glance.values}
            for flow in flows
            if (glance := checkup.seen.get(flow.name))
        }
    return told


def _tell(shared: Shared, verdict: Verdict, probes: dict[str, ProbeResult], checkup: Checkup | None = None) -> None:
    """The verdict, what is wrong and what mends it, and the verdict again; all that was seen with ``-v``."""
    from automation.cli.telling import say, tell_cause

    sentence, style = _sentence(verdict, checkup)
    say(shared, sentence, style)
    if shared.flag("verbose"):
        _tell_everything(shared, probes, checkup)
    for number, cause in enumerate(verdict.problems):
        if number:
            say(shared, "")
        tell_cause(shared, cause, is_first=True)
    for cause in verdict.notices:
        say(shared, "! " + _("Beside that: {what}").format(what=cause.title()), "yellow")
        say(shared, "  " + _("What to do: {what}").format(what=cause.advice()))
    for glance in _hidden(checkup) if verdict.word == "cannot-tell" or shared.flag("verbose") else []:
        say(shared, "  ? " + glance)
    for command_line in dict.fromkeys(remedy.command for remedy in verdict.remedies if remedy.command):
        say(shared, _("To mend it: {command}").format(command=command_line + shared.practice_flags), "bold")
    for text in dict.fromkeys(remedy.text for remedy in verdict.remedies if remedy.text != remedy.cause.advice()):
        say(shared, _("To mend it: {command}").format(command=text), "bold")
    if checkup is None and verdict.word == "cannot-tell":
        todo = _(
            "leave --no-browser out to see whether the mail comes; --secret-stdin takes an app password to log in with."
        )
        say(shared, "  " + _("What to do: {what}").format(what=todo))
    say(shared, sentence, style)


def _sentence(verdict: Verdict, checkup: Checkup | None) -> tuple[str, str]:
    from automation.cli.telling import headline

    if verdict.word == "broken":
        cause = verdict.problems[0]
        told = headline(cause)
        if checkup and checkup.brings_nothing and cause.code != "route.none":
            told = _("The mail does not come. {cause}").format(cause=told)
        return f"✗ {told}", "bold red"
    if checkup is None:
        if verdict.word == "healthy":
            return "✓ " + _("The mail server takes the app password."), "bold green"
        return "? " + _("The mail servers answer, but without an app password no login was tried."), "bold yellow"
    if "forwarding" in verdict.routes:
        return "✓ " + _("The mail comes: Outlook.com forwards it to Gmail."), "bold green"
    if verdict.routes:
        return "✓ " + _("The mail comes: Gmail fetches it from Outlook.com."), "bold green"
    return "? " + _("I cannot tell whether the mail comes: some pages show it only to you."), "bold yellow"


def _hidden(checkup: Checkup | None) -> list[str]:
    """What could not be seen, and why."""
    from flows.checkup import TITLES

    seen = checkup.seen if checkup else {}
    return [said_of(_(TITLES[name]), glance.why) for name, glance in seen.items() if glance.state == "unknown"]


def _tell_everything(shared: Shared, probes: dict[str, ProbeResult], checkup: Checkup | None) -> None:
    from automation.cli.telling import say, stage_table
    from flows.checkup import TITLES

    for protocol, result in sorted(probes.items()):
        say(shared, f"{protocol.upper()} {result.host}:{result.port}", "bold")
        shared.console.print(stage_table(result.stages))
    for name, glance in (checkup.seen if checkup else {}).items():
        if glance.state != "unknown":
            say(shared, f"  {'✓' if glance.state == 'done' else '–'} " + said_of(_(TITLES[name]), glance.why))


# -- the facts --------------------------------------------------------------------------------------------------------


def _show_facts(shared: Shared, stack: ExitStack) -> int:
    """What is known of the providers; needs no address and no browser."""
    from dataclasses import asdict

    from rich.table import Table

    from flows.providers import load_facts

    if shared.flag("sandbox"):
        from automation.cli.session import enter_sandbox

        enter_sandbox(shared, stack)
    facts = load_facts(shared.settings.provider_facts)
    shared.result["facts"] = [asdict(fact) | {"text": fact.words()} for fact in facts]
    table = Table(title=_("What is known of the providers"), title_justify="left", show_lines=True, expand=False)
    for column in (_("since"), _("provider"), _("what"), _("sure"), _("source")):
        table.add_column(column, overflow="fold")
    for fact in facts:
        what = f"{fact.words()}\n({fact.code})"
        table.add_row(fact.since or "–", fact.provider, what, f"{fact.sure:.0%}", fact.source)
    shared.console.print(table if facts else _("Nothing is known that closes a door."))
    return 0
