"""``autoconfigure sandbox``: the practice world, to walk through by hand."""

from __future__ import annotations

import time

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
        console = shared.console
        console.print(_("The practice world is open. Nothing here is real; nothing leaves this machine."), style="bold")
        for title, url in (
            ("Outlook.com", settings["OUTLOOK_URL"] + "/mail/0/"),
            ("Microsoft", settings["MICROSOFT_ACCOUNT_URL"] + "/"),
            ("Gmail", settings["GMAIL_URL"] + "/mail/u/0/"),
        ):
            console.print(f"  {title:12} {url}", markup=False, soft_wrap=True)
        console.print(
            "  " + _("Outlook.com address: {address}").format(address=settings["OUTLOOK_ADDRESS"]), markup=False
        )
        console.print("  " + _("Gmail address: {address}").format(address=settings["GMAIL_ADDRESS"]), markup=False)
        console.print(
            "  " + _("Password where a page asks for one: {password}").format(password=sandbox.practice_password),
            markup=False,
        )
        if shared.flag("signed_out"):
            console.print(_("Both mailboxes ask you to sign in first, with their address and this password."))
        console.print(_("Open the addresses in a Chromium-based browser. Ctrl-C closes the world."), style="bold")
        console.print(_("For programs of your own, the same as environment variables:"))
        for name, value in settings.items():
            console.print(f"  {name}={value}", markup=False, soft_wrap=True)
        if shared.wants_json:
            print_json(shared)
        while not shared.stop.signal_number:
            time.sleep(0.2)
    return 0 if shared.stop.signal_number == 2 else 128 + shared.stop.signal_number
