"""Outlook.com lets other apps read the mailbox by POP and keeps the messages."""

from __future__ import annotations

from typing import Any

from automation.flow import Flow, Left, Seen, seen
from automation.messages import N_, _
from flows.pages.outlook import OutlookSettings


class SwitchPopOn(Flow):
    """Outlook.com lets other apps read this mailbox by POP."""

    name = "outlook-pop"
    title = N_("Outlook.com: switch POP on and keep messages on the server")
    wish = N_("POP is on and messages stay on the server")

    def look(self) -> Seen:
        settings = OutlookSettings(self.session).open_pop()
        on, keeps = settings.pop_is_on(), settings.keeps_messages()
        why = (
            _("POP is on, messages are kept")
            if on and keeps
            else _("apps may delete messages")
            if on
            else _("POP is off")
        )
        return seen(on and keeps, why, pop_is_on=on, keeps_messages=keeps)

    def do(self) -> None:
        settings = OutlookSettings(self.session).open_pop()
        settings.switch_pop_on()
        settings.keep_messages_on_server()
        settings.save()

    def undo(self, before: dict[str, Any]) -> Left | None:
        settings = OutlookSettings(self.session).open_pop()
        if not settings.pop_is_on():
            return Left(_("POP is off already"), settled=True)
        if not before.get("pop_is_on"):
            settings.switch_pop_off()
        elif not before.get("keeps_messages", True) and settings.keeps_messages():
            settings.let_apps_delete()
        else:
            return Left(_("it is as it was before"), settled=True)
        settings.save()
        self.session.look_afresh()
        if self.look().state == "done":
            raise self.not_taken_back()
        return None
