"""``autoconfigure forget``: remove what this tool keeps on this machine, after listing it."""

from __future__ import annotations

import shutil

from automation.cli.common import Shared, shared_command
from automation.cli.endings import EMPTY
from automation.errors import BadSettings, NeedsPerson
from automation.keeping import Keeper
from automation.messages import _


@shared_command(
    "forget", _("Remove what this tool keeps on this machine: browser profile, journal, password, pictures.")
)
def command(shared: Shared) -> int:
    """List what is kept, ask, and remove it."""
    shared.result = dict(EMPTY["forget"], forgotten=[])
    if shared.flag("sandbox"):
        raise BadSettings(_("--sandbox keeps nothing to forget."), todo=_("Leave --sandbox out."))
    person, settings = shared.person(), shared.settings
    keeper = Keeper(allowed=True)
    address = settings.outlook_address
    has_password = bool(address and keeper.get(address))
    kept = sorted(settings.home.iterdir()) if settings.home.is_dir() else []
    if not kept and not has_password:
        person.done(_("Nothing is kept on this machine."))
        return 0
    person.say(_("This is kept on this machine:"))
    for path in kept:
        person.say(f"  • {path}")
    if has_password:
        person.say("  • " + _("the app password of {address}, in the system's keyring").format(address=address))
    person.say(
        _(
            "What was set up in Outlook.com and Gmail stays; “autoconfigure undo” takes that back, and needs the journal."
        )
    )
    if not person.agrees_to_undo(_("Shall I remove it?")):
        raise NeedsPerson(_("You said no."), seen=_("nothing was removed"))
    for path in kept:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
        shared.result["forgotten"].append(path.name)
    if has_password and address:
        keeper.delete(address)
        shared.result["forgotten"].append("app-password")
    person.done(_("Removed."))
    return 0
