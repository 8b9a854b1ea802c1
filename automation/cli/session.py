"""From flags to a running session: the practice world if wanted, the browser, and the person."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from automation.cli.common import Shared
from automation.errors import BadSettings, BrowserClosed, MissingSetting
from automation.messages import LANGUAGES, _, listed, spoken
from automation.settings import Settings, is_loopback, make_private_folder, read_settings

if TYPE_CHECKING:
    from automation.person import Person
    from automation.session import Session
    from flows.sandbox.scripted import PracticePerson

# Rest before each click while somebody watches: long enough for the eye, short enough for patience.
WATCH_SECONDS = 0.6

KEPT_PRACTICE_RUNS = 5


def open_session(
    shared: Shared, stack: ExitStack, *, remembered: bool = False, acts: bool = False
) -> tuple[Person, Session]:
    """Everything a run needs, closed again in reverse order by ``stack``.

    With ``remembered``, addresses that are missing are those of earlier runs, where there is no choice among them. What
    only looks (not ``acts``) asks nobody to sign in to a browser that was there before: it tells what it cannot see.
    """
    sandbox_person = None
    if shared.flag("sandbox"):
        sandbox_person = enter_sandbox(shared, stack)
    elif "world" in shared.values:
        raise BadSettings(_("--world was given without --sandbox."), todo=_("Add --sandbox, or leave --world out."))
    from flows.remembered import completed

    settings = completed(shared.settings) if remembered else shared.settings
    person = shared.person(sandbox_person)
    if sandbox_person and not person.no_input:
        person.say(_("This is practice: what only a person may do, and the answers, are played by this program."))
    given = shared.secret_from_stdin()
    settings = ask_for_addresses(person, settings)

    from automation.devtools import http_endpoint
    from automation.left_tabs import TabNotes, close_left_tabs
    from automation.session import Session
    from automation.tabs import Tabs
    from flows.providers import load_facts
    from flows.sign_in import PAGE, SignIn
    from flows.sign_in_watch import Watch

    facts = load_facts(settings.provider_facts)
    attached = settings.autoconfigure_attach
    endpoint = attached or start_browser(shared, stack, person)
    watched = not person.no_input and (not attached or (acts and _can_be_watched(attached)))
    if left := close_left_tabs(settings.home, (*settings.sites, (settings.home / PAGE).as_uri())):
        person.say(_("Tabs that an interrupted run had left open, now closed: {number}.").format(number=left))
    notes = TabNotes(settings.home, endpoint) if attached else None
    watch = Watch(http_endpoint(endpoint), settings, shared.stop, theirs=bool(attached), notes=notes)
    if notes:
        stack.callback(notes.drop)
        stack.callback(watch.close)
    if not shared.flag("sandbox"):  # the practice world has no use for the keyring
        Thread(target=_load_ahead, daemon=True).start()
    # With nobody to sign in, what needs it is met, or left unseen, where it is needed.
    took = SignIn(watch, person, settings).wait() if watched else 0.0
    tabs = Tabs(endpoint, shared.stop, notes)
    stack.callback(tabs.close)
    session = Session(
        settings=settings,
        options=shared.options,
        person=person,
        tabs=tabs,
        facts=facts,
        pictures=make_private_folder(settings.home) / "pictures" / time.strftime("%Y%m%d-%H%M%S"),
        keeps_secrets=not shared.flag("sandbox"),
        pace=WATCH_SECONDS if person.watch else 0.0,
        google_account=watch.google_account,
    )
    if given:
        session.secrets["given"] = given
    if took:
        session.story.person_did(_("you signed in to Outlook.com and Gmail"), took)
    session.tab("gmail")  # a window of the browser's own closes with its last tab
    watch.close()
    return person, session


def _can_be_watched(attached: str) -> bool:
    """Whether a browser that was there before tells its tabs. Raises BrowserClosed when there is none."""
    from automation.devtools import http_endpoint, tells_tabs
    from automation.driver_errors import cannot_attach

    try:
        return tells_tabs(http_endpoint(attached))
    except BrowserClosed as error:
        raise cannot_attach(attached, error.seen) from None


def _load_ahead() -> None:
    """What a run needs later and takes long to load; here it loads while the browser is at work."""
    import automation.probe  # noqa: F401
    from automation.keeping import Keeper

    Keeper(allowed=True)


def enter_sandbox(shared: Shared, stack: ExitStack, made_in: Mapping[str, Any] | None = None) -> type[PracticePerson]:
    """Start the practice world and speak to it instead of the real sites; gives the person who plays there.

    ``made_in``: the world a recording was made in, as it says itself, to be replayed there; ``--world`` still chooses
    another.
    """
    from flows.sandbox import Sandbox
    from flows.sandbox.scripted import PracticePerson, Stagehand, scripted_person
    from flows.sandbox.worlds import WORLDS

    as_recorded = dict(made_in or {})
    world = shared.values.get("world", as_recorded.get("name", "classic"))
    if world not in WORLDS:
        raise BadSettings(
            _("There is no practice world named {name}.").format(name=world),
            expected=", ".join(WORLDS),
            todo=_("Choose one of these with --world."),
        )
    lang = as_recorded.get("lang") or (None if spoken() == "en" else spoken())
    wished = as_recorded.get("pane", shared.values.get("pane"))  # no flag: recordings of ours are made in both
    pane = "radios" if wished == "radios" else "switch"
    sandbox = stack.enter_context(Sandbox(world, lang=lang if lang in LANGUAGES else None, pane=pane))
    shared.sandbox = sandbox
    home = _practice_home()
    stack.callback(_tidy, home)
    shared.overrides |= {**sandbox.settings, "AUTOCONFIGURE_HOME": str(home)}
    return scripted_person(sandbox, PracticePerson if made_in is None else Stagehand)


def _practice_home() -> Path:
    """A home of its own for one practice run; pictures and logs of the last runs stay to be looked at."""
    base = read_settings({}, os.environ, Path.cwd()).home / "practice"
    for old in sorted(base.glob("*"))[:-KEPT_PRACTICE_RUNS]:
        shutil.rmtree(old, ignore_errors=True)
    return make_private_folder(base / f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}")


def _tidy(home: Path) -> None:
    """Remove the practice browser's profile, and the folder if nothing else is in it."""
    shutil.rmtree(home / "profiles", ignore_errors=True)
    with suppress(OSError):
        home.rmdir()


def start_browser(shared: Shared, stack: ExitStack, person: Person, sites: Sequence[str] = ()) -> str:
    """Start the person's own browser with the tool's own profile; gives its DevTools address.

    ``sites``: the addresses that will be opened, if they are not those of the settings.
    """
    from automation.browser import BrowserProcess, find_browser
    from automation.display import ensure_display

    settings = shared.settings
    profile = checked_profile(shared.values.get("profile", "default"))
    program = find_browser(shared.values.get("browser"))
    if not shared.flag("headless") and (display := ensure_display(person.say)):
        stack.callback(display.close)
    browser = BrowserProcess(
        program,
        make_private_folder(settings.home) / "profiles" / profile,
        headless=shared.flag("headless"),
        loopback_only=all(is_loopback(urlsplit(site).hostname or "") for site in sites or settings.sites),
        lang=spoken() if shared.flag("sandbox") else None,
    )
    stack.enter_context(browser)
    return browser.endpoint


def checked_profile(name: str) -> str:
    """The name of a browser profile, if it is a plain one. Raises BadSettings."""
    if not re.fullmatch(r"\w[\w. -]*", name):
        raise BadSettings(
            _("The profile name {name} cannot be used.").format(name=repr(name)),
            expected=_("letters, digits, dots and hyphens"),
            todo=_("Choose another name with --profile."),
        )
    return name


def ask_for_addresses(person: Person, settings: Settings) -> Settings:
    """The settings with the addresses and the name that were missing, asked of the person.

    Raises MissingSetting, and BadSettings for addresses that are surely swapped.
    """
    questions = {
        "outlook_address": _("Your Outlook.com address?"),
        "gmail_address": _("Your Gmail address?"),
        "display_name": _("The name people see when you write?"),
    }
    from flows.addresses import check_accounts, checked_account

    check_accounts(settings)
    missing = [name for name in questions if not getattr(settings, name)]
    if missing and not person.can_answer:
        if missing == ["display_name"]:
            return settings
        raise MissingSetting(
            _("Some settings are missing: {names}").format(names=listed(name.upper() for name in missing)),
            expected=_("the two addresses"),
            seen=_("nobody at a terminal to ask"),
            todo=_("Set them in the environment or in a file named .env, or run the command in a terminal."),
        )
    for name in missing:
        check = str if name == "display_name" else partial(checked_account, settings, name)
        answer: Any = person.ask(questions[name], name.upper(), check)
        settings = replace(settings, **{name: answer})
    return settings
