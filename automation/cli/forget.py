"""``autoconfigure forget``: remove what this tool keeps on this machine, after listing it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from automation import learned
from automation.cli.common import Shared, shared_command
from automation.cli.endings import EMPTY
from automation.errors import NeedsPerson
from automation.journal import JOURNAL
from automation.keeping import Keeper
from automation.messages import _

# All that this tool ever writes into its home. Anything else there is somebody else's and stays.
PRACTICE = "practice"
FOLDERS = ("profiles", "pictures", "reports", "logs", PRACTICE, "tabs", "baselines", "drift", "recordings")
OURS = (*FOLDERS, "sign-in.html", "state.json", learned.FILE, JOURNAL)


@shared_command(
    "forget", _("Remove what this tool keeps on this machine: browser profile, journal, password, pictures.")
)
def command(shared: Shared) -> int:
    """List what is kept, ask, and remove it; with ``--sandbox`` what practice runs left, and nothing else."""
    shared.result = dict(EMPTY["forget"], forgotten=[])
    person, home = shared.person(), shared.settings.home
    only_practice = shared.flag("sandbox")  # which has no use for the keyring
    keeper = Keeper(allowed=not only_practice)
    with_password = [address for address in sorted(_addresses(shared)) if keeper.get(address)]
    kept = [home / name for name in ((PRACTICE,) if only_practice else OURS) if (home / name).exists()]
    if not kept and not with_password:
        nothing = _("No practice run left anything.") if only_practice else _("Nothing is kept on this machine.")
        person.done(nothing)
        return 0
    person.say(_("This is kept on this machine:"))
    for path in kept:
        person.say(f"  • {path}")
    for address in with_password:
        person.say("  • " + _("the app password of {address}, in the system's keyring").format(address=address))
    if not only_practice:
        person.say(
            _(
                "What was set up in Outlook.com and Gmail stays; “autoconfigure undo” takes that back, and needs the journal."
            )
        )
    if not person.agrees_expressly(_("Shall I remove it?"), "forget"):
        raise NeedsPerson(_("You said no."), seen=_("nothing was removed"))
    with _nobody_uses([*home.glob("profiles/*"), *home.glob(f"{PRACTICE}/*/profiles/*")]):
        _remove(kept, shared)
    for address in with_password:
        keeper.delete(address)
        shared.result["forgotten"].append(f"app-password {address}")
    with suppress(OSError):
        home.rmdir()  # only if nothing else is in it
    person.done(_("Removed."))
    return 0


@contextmanager
def _nobody_uses(profiles: list[Path]) -> Iterator[None]:
    """While this lasts no run can use one of these browser profiles; a browser that a killed run left behind is ended.

    Raises BrowserMissing when a run goes on.
    """
    from automation.profile import ProfileLock, clear_leftovers

    locks: list[ProfileLock] = []
    try:
        for profile in filter(Path.is_dir, profiles):
            locks.append(ProfileLock(profile))
            clear_leftovers(profile)
        yield
    finally:
        for lock in locks:
            lock.release()


def _remove(kept: list[Path], shared: Shared) -> None:
    for path in kept:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
        shared.result["forgotten"].append(path.name)


def _addresses(shared: Shared) -> set[str]:
    """The Outlook.com addresses an app password may be kept for: of the settings, and of every run in the journal."""
    from automation.journal import known_addresses

    addresses = known_addresses(shared.settings.home / JOURNAL)
    return addresses | ({shared.settings.outlook_address} if shared.settings.outlook_address else set())
