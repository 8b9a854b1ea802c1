"""From flags to a running session: the practice world if wanted, the browser, and the person."""

from __future__ import annotations

import time
from dataclasses import replace
from contextlib import ExitStack
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from automation.cli.common import Shared
from automation.errors import BadSettings, MissingSetting
from automation.messages import _, spoken
from automation.settings import Settings, checked_address, is_loopback, make_private_folder

if TYPE_CHECKING:
    from automation.flow import Session
    from automation.person import Person

# Rest before each click while somebody watches: long enough for the eye, short enough for patience.
WATCH_SECONDS = 0.6


def open_session(shared: Shared, stack: ExitStack) -> tuple[Person, Session]:
    """Everything a run needs, closed again in reverse order by ``stack``."""
    sandbox_person = None
    if shared.flag("sandbox"):
        sandbox_person = _enter_sandbox(shared, stack)
    elif "world" in shared.values:
        raise BadSettings(_("--world was given without --sandbox."), todo=_("Add --sandbox, or leave --world out."))
    settings = shared.settings
    person = shared.person(sandbox_person)
    given = shared.secret_from_stdin()
    settings = ask_for_addresses(person, settings)

    from automation.flow import Session
    from automation.tabs import Tabs
    from flows.providers import load_facts

    facts = load_facts(settings.provider_facts)
    endpoint = settings.autoconfigure_attach or _start_browser(shared, stack, person)
    tabs = Tabs(endpoint, shared.stop)
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
    )
    if given:
        session.secrets["given"] = given
    return person, session


def _enter_sandbox(shared: Shared, stack: ExitStack) -> type[Person]:
    """Start the practice world and speak to it instead of the real sites; gives the person who plays there."""
    from flows.sandbox import Sandbox
    from flows.sandbox.scripted import scripted_person

    sandbox = stack.enter_context(Sandbox(shared.values.get("world", "classic"), lang=None if spoken() == "en" else spoken()))
    home = stack.enter_context(_temporary_home())
    shared.overrides |= {**sandbox.settings, "AUTOCONFIGURE_HOME": home}
    return scripted_person(sandbox.practice_password)


def _temporary_home():  # type: ignore[no-untyped-def]  # tempfile is imported only here
    import tempfile

    return tempfile.TemporaryDirectory(prefix="autoconfigure-practice-", ignore_cleanup_errors=True)


def _start_browser(shared: Shared, stack: ExitStack, person: Person) -> str:
    """Start the person's own browser with the tool's own profile; gives its DevTools address."""
    from automation.browser import BrowserProcess, find_browser
    from automation.display import ensure_display

    settings = shared.settings
    program = find_browser(shared.values.get("browser"))
    if not shared.flag("headless") and (display := ensure_display(person.say)):
        stack.callback(display.close)
    sites = (settings.outlook_url, settings.gmail_url, settings.account_live_url, settings.microsoft_account_url)
    browser = BrowserProcess(
        program,
        make_private_folder(settings.home) / "profiles" / shared.values.get("profile", "default"),
        headless=shared.flag("headless"),
        loopback_only=all(is_loopback(urlsplit(site).hostname or "") for site in sites),
        lang=spoken() if shared.flag("sandbox") else None,
    )
    stack.enter_context(browser)
    return browser.endpoint


def ask_for_addresses(person: Person, settings: Settings) -> Settings:
    """The settings with the addresses and the name that were missing, asked of the person. Raises MissingSetting."""
    questions = {
        "outlook_address": _("Your Outlook.com address?"),
        "gmail_address": _("Your Gmail address?"),
        "display_name": _("The name people see when you write?"),
    }
    missing = [name for name in questions if not getattr(settings, name)]
    if missing and not person.can_answer:
        if missing == ["display_name"]:
            return settings
        raise MissingSetting(
            _("Some settings are missing: {names}").format(names=", ".join(name.upper() for name in missing)),
            expected=_("the two addresses"),
            seen=_("nobody at a terminal to ask"),
            todo=_("Set them in the environment or in a file named .env, or run the command in a terminal."),
        )
    for name in missing:
        check = str if name == "display_name" else checked_address
        settings = replace(settings, **{name: person.ask(questions[name], name.upper(), check)})
    return settings
