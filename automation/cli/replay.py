"""``autoconfigure replay``: do again what was recorded, step by step, and see that the same comes of it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from automation.cli.common import Shared, shared_command
from automation.cli.endings import EMPTY
from automation.errors import BadSettings
from automation.messages import _
from automation.settings import is_loopback, read_settings

if TYPE_CHECKING:
    from automation.person import Person
    from automation.recording.flow_file import Recording, Step
    from automation.recording.replay import Reader, Replay
    from automation.recording.values import Sources, Values
    from automation.settings import Secret, Settings
    from automation.tab import Tab
    from automation.tabs import Tabs

SLOW_SECONDS = 2.0  # long enough to read what is about to be clicked
PROVIDER_SITES = ("OUTLOOK_URL", "GMAIL_URL")

OPTIONS: tuple[click.Parameter, ...] = (
    click.Argument(["path"], metavar=_("FILE|FOLDER"), type=click.Path(exists=True, path_type=Path)),
    click.Option(
        ["--set", "given"],
        multiple=True,
        metavar=_("NAME=VALUE"),
        help=_("A value that the recording leaves open; never a secret. May be given several times."),
    ),
    click.Option(["--slow"], is_flag=True, default=None, help=_("Rest before each step, to be followed with the eye.")),
    click.Option(["--step", "by_step"], is_flag=True, default=None, help=_("Wait for Enter before each step.")),
    click.Option(["--until"], metavar=_("STEP"), help=_("Stop before this step (its id in the recording).")),
    click.Option(
        ["--connect"],
        metavar="WS",
        help=_("A Playwright browser server (ws://…), for the practice world only."),
    ),
)


@shared_command(
    "replay",
    _("Do again what was recorded: by this tool, by Chrome's DevTools Recorder or by Playwright's codegen (JSONL)."),
    *OPTIONS,
)
def command(shared: Shared) -> int:
    """Read, ask for what is missing, open, and do one step after the other."""
    from automation.cli.session import enter_sandbox
    from automation.recording.reading import read

    shared.result = dict(EMPTY["replay"])
    found = read(shared.values["path"])
    if shared.flag("sandbox"):
        _move_to_practice(found.recording, read_settings({}, os.environ, Path.cwd()))
    steps = _until(found.recording, shared.values.get("until"))
    with ExitStack() as stack:
        made_in = found.recording.world or {}
        kind = enter_sandbox(shared, stack, made_in) if shared.flag("sandbox") else None
        person = shared.person(kind)
        _check_flags(shared, person)
        for note in found.notes:
            person.warn(note)
        values = _values(shared, found.recording, person)
        values.require(steps, _readers())
        tabs = _open_tabs(shared, stack, person, values, steps)
        replay = _replay(shared, found.recording, tabs, person, values)
        _run(shared, replay, steps)
    person.done(_("The recording was replayed. Steps done: {count}.").format(count=len(steps)))
    shared.result["outcome"] = "done"
    return 0


def _run(shared: Shared, replay: Replay, steps: Sequence[Step]) -> None:
    """Replay, and tell how far it came whatever happens."""
    try:
        replay.run(steps)
    finally:
        shared.result["steps"] = [done.as_json() for done in replay.done]
        shared.result["asked"] = replay.asked.as_json() if replay.asked else None


def _move_to_practice(recording: Recording, settings: Settings) -> None:
    """Let the recording open the practice world's pages for the real ones. Raises BadSettings for any other site."""
    from automation.recording.importing import at_open_sites

    at_open_sites(recording, settings)
    for step in recording.steps:
        site = urlsplit(step.url or "")
        if site.scheme in ("http", "https") and not is_loopback(site.hostname or ""):
            raise BadSettings(
                _("Step {id} of the recording {name} opens {site}.").format(
                    id=step.id, name=recording.name, site=site.netloc
                ),
                expected=_("a page of the practice world: {sites}").format(
                    sites=", ".join(urlsplit(one).netloc for one in settings.sites)
                ),
                todo=_("Leave --sandbox out to replay it at that site, or --until this step to stop before it."),
            )


def _until(recording: Recording, until: str | None) -> list[Step]:
    """The steps before the named one; all of them where none is named. Raises BadSettings when there is no such step."""
    ids = [step.id for step in recording.steps]
    if until is not None and until not in ids:
        raise BadSettings(
            _("There is no step named {name} in the recording.").format(name=until),
            expected=", ".join(ids[:40]) or "-",
            todo=_("Choose one of these with --until."),
        )
    return recording.steps if until is None else recording.steps[: ids.index(until)]


def _check_flags(shared: Shared, person: Person) -> None:
    if shared.flag("by_step") and not person.can_answer:
        raise BadSettings(
            _("--step waits for somebody to press Enter."),
            seen=_("nobody at a terminal, or --no-input"),
            todo=_("Leave --step out, or run the command in a terminal."),
        )
    if "connect" in shared.values and not shared.flag("sandbox"):
        raise BadSettings(
            _("--connect was given without --sandbox."),
            expected=_("a browser elsewhere for the practice world only, never for somebody's mailbox"),
            todo=_("Add --sandbox, or leave --connect out; --attach joins a browser of this machine."),
        )


def _values(shared: Shared, recording: Recording, person: Person) -> Values:
    """What the placeholders stand for: flags, settings, keyring, standard input, and the person."""
    from automation.recording.values import Sources, Values
    from flows.remembered import completed

    settings = completed(shared.settings)
    given = dict(_name_and_value(text) for text in shared.values.get("given", ()))
    sources = Sources(settings, given, handed=shared.secret_from_stdin)
    if shared.flag("sandbox"):
        sources.code = person.code_for  # type: ignore[attr-defined]  # the practice person can look it up
    else:
        sources.kept = _kept(settings)
    if person.can_answer:
        _let_ask(shared, sources, person)
    return Values(recording, sources)


def _name_and_value(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise BadSettings(f"--set {name}", expected="NAME=VALUE", todo=_("Correct it and try again."))
    return name, value


def _kept(settings: Settings) -> Callable[[str], Secret | None]:
    """Microsoft's app password from the keyring; no other secret is ever kept."""

    def kept(name: str) -> Secret | None:
        if name != "APP_PASSWORD" or not settings.outlook_address:
            return None
        from automation.keeping import Keeper

        return Keeper(True).get(settings.outlook_address)

    return kept


def _let_ask(shared: Shared, sources: Sources, person: Person) -> None:
    from automation.settings import Secret

    def ask_secret(question: str) -> Secret:
        with shared.stop.at_question():
            return Secret(click.prompt(question, hide_input=True, err=True))

    sources.ask = lambda question, check: person.ask(question, "replay", lambda text: check(_not_empty(text)))
    sources.ask_secret = ask_secret


def _not_empty(text: str) -> str:
    if not text:
        raise ValueError(_("Please type something, or press Ctrl-C to stop."))
    return text


def _open_tabs(shared: Shared, stack: ExitStack, person: Person, values: Values, steps: Sequence[Step]) -> Tabs:
    """A browser for these steps. At the providers' own sites the person signs in first, with nothing attached."""
    from automation.cli.session import start_browser
    from automation.left_tabs import TabNotes
    from automation.tabs import Tabs

    if server := shared.values.get("connect"):
        tabs = Tabs(server, shared.stop, served=True)
        stack.callback(tabs.close)
        return tabs
    settings = values.sources.settings
    endpoint = settings.autoconfigure_attach
    if not endpoint:
        addresses = [values.fill(text) for step in steps for text in (step.url, step.where) if text]
        sites = [address for address in addresses if address.startswith("http")]
        endpoint = start_browser(shared, stack, person, [] if shared.flag("sandbox") else sites)
        if not shared.flag("sandbox") and set(PROVIDER_SITES) & set(values.placeholders):
            _sign_in(shared, person, endpoint, settings)
    notes = TabNotes(settings.home, endpoint) if settings.autoconfigure_attach else None
    tabs = Tabs(endpoint, shared.stop, notes)
    stack.callback(tabs.close)
    return tabs


def _sign_in(shared: Shared, person: Person, endpoint: str, settings: Settings) -> None:
    from automation.cli.session import ask_for_addresses
    from automation.devtools import open_tab
    from flows.sign_in import SignIn
    from flows.sign_in_watch import Watch

    if all(is_loopback(urlsplit(site).hostname or "") for site in settings.sites):
        return
    settings = ask_for_addresses(person, settings)
    watch = Watch(endpoint, settings, shared.stop)
    SignIn(watch, person, settings).wait()
    open_tab(endpoint, "about:blank")  # a browser whose last tab is closed ends, and the replay opens its own later
    watch.close()


def _replay(shared: Shared, recording: Recording, tabs: Tabs, person: Person, values: Values) -> Replay:
    from automation.cli.session import WATCH_SECONDS
    from automation.learned import Memory
    from automation.picture import take_picture
    from automation.recording.replay import Replay
    from automation.settings import make_private_folder

    settings = values.sources.settings
    covered = (settings.outlook_address, settings.gmail_address, settings.display_name)

    def wait_for_enter(_step: Step) -> None:
        person.ask(_("Enter: do it now. Ctrl-C: stop."), "replay.step", str)

    def picture(tab: Tab) -> str:
        folder = make_private_folder(settings.home) / "pictures" / time.strftime("%Y%m%d-%H%M%S")
        return take_picture(tab, folder, covered)

    if shared.flag("slow"):
        person.watch = True
    return Replay(
        recording,
        tabs,
        person,
        values,
        readers=_readers(),
        pace=SLOW_SECONDS if shared.flag("slow") else WATCH_SECONDS if person.watch else 0.0,
        memory=Memory(settings.home, keeps=not person.yes),
        picture=picture,
        before_each=wait_for_enter if shared.flag("by_step") else None,
    )


def _readers() -> dict[str, Reader]:
    """How to read what the person makes in a hand-over, by its name."""
    from flows.pages.app_password import watch_for_app_password

    return {"app-password": watch_for_app_password, "google-app-password": watch_for_app_password}
