"""``autoconfigure sandbox``: the practice world, to walk through by hand."""

from __future__ import annotations

import time
from functools import partial

import click

from automation.cli.common import Shared, print_json, shared_command
from automation.cli.endings import EMPTY
from automation.messages import _


@shared_command(
    "sandbox",
    _("Open the practice world and try everything by hand. Ctrl-C ends it."),
    click.Option(
        ["--signed-out"],
        is_flag=True,
        default=None,
        help=_("Practise signing in too: both mailboxes ask for it first."),
    ),
)
def command(shared: Shared) -> int:
    """Start it, say where it is, and wait."""
    from flows.sandbox import Sandbox

    world, lang = shared.values.get("world", "classic"), shared.values.get("lang")
    with Sandbox(world, lang=lang, signed_out=shared.flag("signed_out")) as sandbox:
        settings = sandbox.settings
        shared.result = {**EMPTY["sandbox"], "settings": settings}
        say = partial(shared.console.print, markup=False, soft_wrap=True)
        say(_("The practice world is open. Nothing here is real; nothing leaves this machine."), style="bold")
        for title, url in (
            ("Outlook.com", settings["OUTLOOK_URL"] + "/mail/0/"),
            ("Microsoft", settings["MICROSOFT_ACCOUNT_URL"] + "/"),
            ("Gmail", settings["GMAIL_URL"] + "/mail/u/0/"),
        ):
            say(f"  {title:12} {url}")
        say("  " + _("Outlook.com address: {address}").format(address=settings["OUTLOOK_ADDRESS"]))
        say("  " + _("Gmail address: {address}").format(address=settings["GMAIL_ADDRESS"]))
        say("  " + _("Password where a page asks for one: {password}").format(password=sandbox.practice_password))
        if shared.flag("signed_out"):
            say(_("Both mailboxes ask you to sign in first, with their address and this password."))
        say(_("Open the addresses in a Chromium-based browser. Ctrl-C closes the world."), style="bold")
        say(_("For programs of your own, the same as environment variables:"))
        for name, value in settings.items():
            say(f"  {name}={value}")
        if shared.wants_json:
            print_json(shared)
        while not shared.stop.signal_number:
            time.sleep(0.2)
    return 0 if shared.stop.signal_number == 2 else 128 + shared.stop.signal_number
