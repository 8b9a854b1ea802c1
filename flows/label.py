"""The label that Gmail got from us: taken back only while nothing carries it."""

from __future__ import annotations

from typing import Any

from automation.flow import Flow, Left, Seen, seen
from automation.messages import N_, _, listed
from automation.session import Session
from flows.pages.gmail_labels import Labels, LabelView


class MakeLabel(Flow):
    """Gmail knows the label that the mail gets. It is made on the way, by what gives it to the mail."""

    name = "gmail-label"
    title = N_("Gmail: the label")
    wish = N_("the label stands in Gmail's list of labels")

    def look(self) -> Seen:
        labels = Labels(self.session).open().names()
        return seen(
            bool(labels), _("Gmail has these labels: {names}").format(names=listed(labels) or "–"), labels=labels
        )

    def undo(self, before: dict[str, Any]) -> Left | None:
        label = str(before.get("label", ""))
        gone = Left(_("Gmail's list does not show the label {name} any more").format(name=label), settled=True)
        names = Labels(self.session).open().names()
        if names and label not in names:
            return gone
        if not LabelView(self.session, label).is_surely_empty():
            return Left(_("the label {name} stays: mail carries it, or may carry it").format(name=label))
        labels = Labels(self.session).open()
        if label not in labels.names():
            return gone
        if not labels.delete(label):
            raise self.not_taken_back()
        return None


def making_label(session: Session, label: str) -> None:
    """To be said right before a label is made that Gmail does not know yet."""
    session.journal.write("before", MakeLabel.name, {"label": label})
    session.journal.write("after", MakeLabel.name)
