"""Gmail's filters: the list, and the form that makes one. Wordings and addresses: docs/providers.md, 7."""

from __future__ import annotations

import re
from collections.abc import Callable

from automation.element import THIS_PAGE, Element, Found, Rule, Words
from automation.messages import N_
from automation.page import PATIENT_SECONDS, Page
from automation.session import Session
from automation.shown import Shown
from flows.pages.gmail import SETTINGS_PART, SIGN_IN, mailbox_url
from flows.pages.gmail_windows import NEW_LABEL

LIST = "#settings/filters"
FORM = "#create-filter/to={address}&sizeoperator=s_sl&sizeunit=s_smb"

TO = Element(N_("the field “To”"), ("textbox",), Words(unsure=("To", "宛先")), section=THIS_PAGE)
CREATE = Element(
    N_("“Create filter”"),
    ("button", "link"),
    Words(en=("Create filter",), ja=("フィルタを作成", "この検索条件でフィルタを作成")),
)
SKIP_INBOX = Element(
    N_("the box “Skip the Inbox (Archive it)”"),
    ("checkbox",),
    Words(en=("Skip the Inbox (Archive it)",), ja=("受信トレイをスキップ(アーカイブする)",)),
)
APPLY_LABEL = Element(
    N_("the box “Apply the label”"),
    ("checkbox",),
    Words(en=("Apply the label",), ja=("ラベルを付ける",)),
    section=THIS_PAGE,
    rule=Rule(r"(?i)^apply the label|^ラベルを付ける"),
)
NEVER_SPAM = Element(
    N_("the box “Never send it to Spam”"),
    ("checkbox",),
    Words(en=("Never send it to Spam",), unsure=("迷惑メールにしない",)),
    section=THIS_PAGE,
)
CHOOSER = Element(
    N_("the list of labels"),
    ("combobox", "listbox", "button"),
    Words(unsure=("Choose label…", "Choose label", "ラベルを選択…", "ラベルを選択")),
    section=THIS_PAGE,
    rule=Rule(r"(?i)choose label|apply the label|ラベルを(選択|付ける)"),
)
NEW_LABEL_ITEM = Element(
    N_("the entry “New label”"), ("menuitem", "option"), Words(unsure=NEW_LABEL), section=THIS_PAGE
)
CREATE_LABEL = Element(
    N_("the button that makes the new label"),
    ("button",),
    Words(unsure=("Create", "OK", "作成")),
    section=THIS_PAGE,
)
DELETE_FILTER = Element(
    N_("the link “delete” of the filter"),
    ("link", "button"),
    Words(unsure=("delete", "Delete", "削除")),
    section=THIS_PAGE,
    risk="destructive",
)


class Filters(Page):
    """The list of filters."""

    called = N_("Gmail's list of filters")
    part = SETTINGS_PART
    personal = "tr:not(:has(tr))"  # whose mail is filtered, and by which words
    elements = (Shown("gmail-filters", (DELETE_FILTER,), in_row=True),)

    def __init__(self, session: Session) -> None:
        super().__init__(session, session.tab("gmail"))
        self.url = mailbox_url(session) + LIST

    def open(self) -> Filters:
        """Open the list; signing in is the person's."""
        self.arrive(self.url, self._shows, SIGN_IN)
        return self

    def _shows(self) -> bool | None:
        return True if re.search(r"(?i)filter|フィルタ", self.tab.text()) and not self._is_stranger(self.url) else None

    def labels_mail_to(self, address: str, label: str | None) -> bool:
        """Whether a filter for mail to this address stands in the list (and gives that label)."""

        def labels() -> bool:
            does = self._for(address)
            return does is not None and (label is None or label.casefold() in does.casefold())

        return bool(self.tab.until(labels, 2.5))

    def delete(self, address: str) -> bool:
        """Delete the filter for mail to this address; says whether it is gone."""
        with self.session.tabs.accepting_confirm():
            self.click(DELETE_FILTER, address)
            return bool(self.tab.until(lambda: self._shows() and self._for(address) is None, 15))

    def _for(self, address: str) -> str | None:
        """What the list says behind the address of its filter; None when there is none for this very address."""
        text = " ".join(self.tab.text().split())
        match = re.search(rf"to:\(?{re.escape(address)}(?![\w.-])(.{{0,300}})", text, re.I)
        return match and match.group(1)


class FilterForm(Page):
    """The form for a new filter, opened filled in."""

    called = N_("Gmail's form for a filter")
    elements = (
        Shown("gmail-filter-criteria", (TO, CREATE)),
        Shown("gmail-filter-actions", (APPLY_LABEL, CHOOSER, SKIP_INBOX, NEVER_SPAM, CREATE)),
        Shown("gmail-filter-actions", (NEW_LABEL_ITEM, CREATE_LABEL), only=N_("only while a new label is made")),
    )

    def __init__(self, session: Session) -> None:
        super().__init__(session, session.tab("gmail"))
        self.url = mailbox_url(session) + FORM.format(address=session.outlook_address.replace("+", "%2B"))

    def create(
        self, label: str | None, *, archive: bool, never_spam: bool, making_label: Callable[[], None] = lambda: None
    ) -> None:
        """Make a filter for mail to the Outlook.com address; ``making_label`` is called before a new label is made."""
        self.tab.go(self.url)
        shown = self.which(PATIENT_SECONDS, actions=APPLY_LABEL, criteria=CREATE)
        if shown is None:  # an app that got stuck on the way: nothing was filled in yet, so it may be loaded anew
            self.tab.stale = True
            self.tab.go(self.url)
            shown = self.which(PATIENT_SECONDS, actions=APPLY_LABEL, criteria=CREATE)
        if shown is None:
            raise self.not_itself(self.url)
        if shown == "criteria":
            if (to := self.find(TO)).item.value != self.session.outlook_address:
                raise self.changed(TO, Found(None, (to.item,)))
            self.click(CREATE)
        self.find(APPLY_LABEL)
        if label:
            self.switch(APPLY_LABEL, True)
            self._choose_label(label, making_label)
            self.switch(APPLY_LABEL, True)
        if archive:
            self.switch(SKIP_INBOX, True)
        if never_spam:
            self.switch(NEVER_SPAM, True)
        self.click(CREATE)
        self.tab.until(lambda: not self.seek(APPLY_LABEL), PATIENT_SECONDS)

    def _choose_label(self, label: str, making_label: Callable[[], None]) -> None:
        """Choose a label in Gmail's own kind of list or in a plain one; made if missing."""
        entry = Element(N_("the entry of the label"), ("menuitem", "option"), Words(en=(label,)))
        chooser = self.find(CHOOSER)
        offered = [str(o["text"]) for o in chooser.item.options]
        if offered:
            if label not in offered:
                making_label()
            self.session.tabs.answer_next_prompt(label)
            self.choose(CHOOSER, label, *NEW_LABEL)
            self.tab.until(lambda: self._chosen() == label, 3)
            self.session.tabs.prompt_was_answered()
        else:
            self.click(CHOOSER)
            shown = self.which(3, label=entry, new=NEW_LABEL_ITEM)
            if shown == "label":
                self.click(entry)
                return
            making_label()
            fields = {i.names for i in self.tab.look(("textbox",)).items}
            self.session.tabs.answer_next_prompt(label)
            self.click(NEW_LABEL_ITEM)
            self._name_label(label, fields)
        self.tab.rest(0.3)

    def _chosen(self) -> str:
        """What a plain list of labels shows as chosen."""
        options = self.find(CHOOSER).item.options
        return next((str(o["text"]) for o in options if o["selected"]), "")

    def _name_label(self, label: str, known: set[tuple[str, ...]]) -> None:
        """Name the new label: in a native prompt, or in the field of the window that came up."""

        def field() -> Element | None:
            new = [i for i in self.tab.look(("textbox",)).items if i.names not in known and i.names]
            return (
                Element(N_("the field for the new label"), ("textbox",), Words(en=new[0].names))
                if len(new) == 1
                else None
            )

        name = self.tab.until(field, 3)
        if self.session.tabs.prompt_was_answered() or name is None:
            return
        self.write(name, label)
        self.click(CREATE_LABEL)
        self.tab.until(lambda: not self.seek(name), 5)
