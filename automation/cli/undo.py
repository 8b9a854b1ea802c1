"""``autoconfigure undo``: take back what this tool changed, newest first, and leave alone what others changed since."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

from automation.cli.common import Shared, shared_command
from automation.cli.endings import EMPTY
from automation.errors import AutoconfigureError, BrowserClosed, Interrupted, NeedsPerson
from automation.journal import JOURNAL, Journal
from automation.messages import _, noted

if TYPE_CHECKING:
    from automation.flow import Flow, Left
    from automation.journal import Change
    from automation.session import Session


@shared_command(
    "undo",
    _("Take back what this tool changed, newest first; shows the list and asks."),
    click.Option(
        ["--app-passwords"],
        is_flag=True,
        default=None,
        help=_("Lead me to where Microsoft removes app passwords too: all of them at once."),
    ),
)
def command(shared: Shared) -> int:
    """Read the journal, show the list, ask, and undo."""
    from automation.cli.session import open_session

    shared.result = dict(EMPTY["undo"], undone=[], left=[])
    if _is_empty(shared):  # before any browser is started
        why = (
            _(
                "There is nothing to take back: each practice run has a world of its own, which is gone when the run ends."
            )
            if shared.flag("sandbox")
            else _("The journal holds nothing to take back.")
        )
        shared.person().done(why)
        return 0
    with ExitStack() as stack:
        _person, session = open_session(shared, stack, remembered=True, acts=True)
        session.only_looking = False
        _Undoing(shared, session).all()
    return 0


def _is_empty(shared: Shared) -> bool:
    """Whether the journal has nothing to take back; a practice world is new each time."""
    if shared.flag("sandbox"):
        return True
    from flows.remembered import completed

    settings = completed(shared.settings)
    file = settings.home / JOURNAL
    if not (settings.outlook_address and settings.gmail_address):
        return not file.exists()
    journal = Journal(file, (settings.outlook_address, settings.gmail_address))
    return not (journal.changes() or journal.broken_lines() or _wanted_passwords(shared, journal))


def _wanted_passwords(shared: Shared, journal: Journal) -> bool:
    """Whether app passwords are to go too and there may be some of ours."""
    from flows.credentials import APP_PASSWORD

    return shared.flag("app_passwords") and journal.may_be_known(APP_PASSWORD)


class _Undoing:
    """One ``undo``: the list, the question, and each change in turn."""

    def __init__(self, shared: Shared, session: Session) -> None:
        from flows.routes import UNDOING

        self.session = session
        self.person = session.person
        self.result = shared.result
        self.with_passwords = _wanted_passwords(shared, session.journal)
        self.flows: dict[str, Flow] = {flow.name: flow(session) for flow in UNDOING}

    def all(self) -> None:
        """Take back everything that can be; what failed is told last, and the first failure is the ending."""
        changes = self.session.journal.changes()
        if broken := self.session.journal.broken_lines():
            self.person.warn(
                _("Lines of the journal that cannot be read: {number}; what they told of is left alone.").format(
                    number=broken
                )
            )
        if changes:
            self._agree(changes)
        failed: list[AutoconfigureError] = []
        for number, change in enumerate(changes, start=1):
            self.person.step(number, len(changes), _("Take back: {what}").format(what=self._title(change)))
            try:
                self._one(change)
            except (BrowserClosed, Interrupted, NeedsPerson):
                raise
            except AutoconfigureError as error:  # the others do not hang on this one
                failed.append(error)
                self._leave(change.flow, f"{error.doing} {error.seen}".strip())
        self._app_passwords()
        self._leave("messages", _("messages that came to Gmail stay there"))
        if failed:
            raise failed[0]

    def _agree(self, changes: list[Change]) -> None:
        self.person.say(_("This is what I changed, newest first:"))
        for change in changes:
            unsure = "" if change.certain else " – " + _("I was cut off in the middle of it and will look first")
            self.person.say("  • " + noted(self._title(change), change.when[:16].replace("T", " ")) + unsure)
        # --yes does not cover this: it accepts plans, it never takes anything back.
        if not self.person.agrees_expressly(_("Shall I take it back?"), "undo"):
            raise NeedsPerson(_("You said no."), seen=_("nothing was changed"))

    def _title(self, change: Change) -> str:
        flow = self.flows.get(change.flow)
        return _(flow.title) if flow else change.flow

    def _one(self, change: Change) -> None:
        from automation.flow import Left

        flow = self.flows.get(change.flow)
        if flow is None:
            self._leave(change.flow, _("this version does not know what that was"))
            return
        self.session.now = _(flow.title)
        self.session.look_afresh()
        left = flow.undo(change.values) if change.certain else self._look_first(flow, change)
        if left is None or left.settled:
            self.session.journal.write("undone", flow.name)
        if isinstance(left, Left):
            self._leave(flow.name, left.why)
        else:
            self.result["undone"].append(flow.name)
            self.person.done(_("taken back"))

    def _look_first(self, flow: Flow, change: Change) -> Left | None:
        """Take back what a run was cut off in the middle of, if there is anything and the person knows it is ours."""
        from automation.flow import Left

        seen = flow.look()
        if json.loads(json.dumps(seen.values)) == change.values:
            return Left(_("nothing of it was changed"), settled=True)
        question = _("It now reads: {why}. Was that this tool, and shall I take it back?").format(why=seen.why)
        if not self.person.agrees_expressly(question, "undo"):
            return Left(_("you said that it is not this tool's"), settled=True)
        self.session.look_afresh()
        return flow.undo(change.values)

    def _leave(self, what: str, why: str) -> None:
        self.result["left"].append({"what": what, "why": why})
        self.person.say("  – " + _("left alone: {why}").format(why=why))

    def _app_passwords(self) -> None:
        """App passwords are the person's to remove; the journal knows whether there are any of ours."""
        from flows import credentials

        if self.with_passwords:
            self.person.warn(credentials.removing_warns())
            if self.person.agrees_expressly(_("Shall I lead you there?"), "app-passwords"):
                credentials.remove_app_passwords(self.session)
                self.result["undone"].append(credentials.APP_PASSWORD)
            else:
                self._leave(credentials.APP_PASSWORD, _("app passwords stay, as you wish"))
        for name, why in credentials.staying(self.session).items():
            if name not in {left["what"] for left in self.result["left"]}:
                self._leave(name, why)
