"""Gmail's list of labels, and the mail that carries one. No wording of either was seen: all of it is a candidate."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from automation.element import THIS_PAGE, Element, Found, Words
from automation.messages import N_, _
from automation.page import Page
from automation.session import Session
from automation.shown import Shown
from flows.pages.gmail import SIGN_IN, mailbox_url

if TYPE_CHECKING:
    from playwright.sync_api import ElementHandle

LIST = "#settings/labels"
LABEL = "#label/"
EMPTY_SECONDS = 3.0

DELETE_LABEL = Element(
    N_("the link “remove” of the label"),
    ("link", "button"),
    Words(unsure=("remove", "Remove", "delete", "Delete", "削除")),
    section=THIS_PAGE,
    risk="destructive",
)
NOTHING = Words(
    unsure=(
        "There are no conversations with this label.",
        "このラベルの付いたスレッドはありません。",
    )
)
_PRESSED = "a,button,[role=link],[role=button]"
# The innermost rows with something to press in them, and what a person reads first in a row.
_ROWS = f"""() => [...document.querySelectorAll('tr,li,[role=row],[role=listitem]')]
  .filter((row) => row.checkVisibility() && !row.querySelector('tr,li,[role=row],[role=listitem]'))
  .filter((row) => row.querySelector('{_PRESSED}'))"""
_FIRST = "(row) => row.innerText.trim().split(/[\\n\\t]/)[0].trim()"


class Labels(Page):
    """The list of labels in Gmail's settings."""

    called = N_("Gmail's list of labels")
    elements = (Shown("gmail-labels", (DELETE_LABEL,), in_row=True),)

    def __init__(self, session: Session) -> None:
        super().__init__(session, session.tab("gmail"))
        self.url = mailbox_url(session) + LIST

    def open(self) -> Labels:
        """Open the list, which may be empty; signing in is the person's."""
        self.tab.stale = True
        self.arrive(self.url, self._is_drawn, SIGN_IN)
        return self

    def _is_drawn(self) -> bool | None:
        has_had_time = self.tab.age() > EMPTY_SECONDS
        return True if not self._is_stranger(self.url) and (has_had_time or self._rows()) else None

    def names(self) -> list[str]:
        """What stands first in each row of the list."""
        return list(self._rows())

    def delete(self, label: str) -> bool:
        """Delete a label; says whether it is gone."""
        controls = self._rows()[label].query_selector_all(_PRESSED)
        fitting = [control for control in controls if DELETE_LABEL.words.know(control.inner_text())]
        if len(fitting) != 1:
            raise self.changed(DELETE_LABEL, Found(None))
        with self.session.tabs.accepting_confirm():
            self.tab.act(_("Clicking {what}").format(what=_(DELETE_LABEL.called)), fitting[0].click)
            return bool(self.tab.until(lambda: label not in self._rows(), 15))

    def _rows(self) -> dict[str, ElementHandle]:
        """The rows by what stands first in them; none while the page is being drawn."""
        from playwright.sync_api import Error

        try:
            rows = self.tab.page.evaluate_handle(_ROWS).get_properties().values()
            elements = [row for one in rows if (row := one.as_element())]
            return {str(row.evaluate(_FIRST)): row for row in elements}
        except Error:
            self.session.tabs.stop.check()
            return {}


class LabelView(Page):
    """The mail that carries a label."""

    called = N_("Gmail's list of messages with a label")

    def __init__(self, session: Session, label: str) -> None:
        super().__init__(session, session.tab("gmail"))
        self._label = label
        self.url = mailbox_url(session) + LABEL + quote(label, safe="")

    def is_surely_empty(self) -> bool:
        """Whether Gmail says that nothing carries the label; where it says so in words we do not know, it is not sure."""
        self.tab.go(self.url)
        return bool(self.tab.until(self._says_so, EMPTY_SECONDS))

    def _says_so(self) -> bool:
        is_drawn = self._label in self.tab.page.title()
        return is_drawn and any(NOTHING.know(line) for line in self.tab.text().splitlines())
