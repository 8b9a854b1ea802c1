"""What the steps of a recording do to their elements: click, switch, choose, type."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from automation.element import Item, plain
from automation.errors import AutoconfigureError
from automation.messages import _, listed
from automation.page import click_on, selecting
from automation.recording.flow_file import Step
from automation.recording.places import Place
from automation.recording.values import Values
from automation.settings import Secret
from automation.tab import ACT_SECONDS, Tab, origin_of

if TYPE_CHECKING:
    from playwright.sync_api import Locator

CODE_SECONDS = 60.0  # until a one-time code has come by mail
_CLICKS: dict[str, dict[str, Any]] = {
    "double": {"click_count": 2},
    "right": {"button": "right"},
    "middle": {"button": "middle"},
}

Action = Callable[["Locator"], None]


class Unfit(Exception):
    """The element cannot take what the step does; the text says what it is."""


class Acts:
    """What steps do, with the values of one replay."""

    def __init__(self, values: Values) -> None:
        self._values = values

    def on(self, item: Item, step: Step, place: Place) -> tuple[str, Action | None]:
        """What a step does to the item that was found, and what that is called; nothing where it is so already. Raises Unfit."""
        if step.do == "click":
            if item.checked is not None and {"state": item.checked} in step.expect:
                return "nothing", None  # it is on already, or off: a click would turn it
            options = _CLICKS.get(str(step.value), {})
            return "clicked", lambda handle: click_on(handle, **options)
        if step.do == "hover":
            return "hovered", lambda handle: handle.hover(timeout=ACT_SECONDS * 1000)
        if step.do == "press":
            return "pressed", lambda handle: handle.press(
                str(step.value), timeout=ACT_SECONDS * 1000, no_wait_after=True
            )
        if step.do == "switch":
            if item.checked is None:
                raise Unfit(_("nothing that is on or off"))
            return ("nothing", None) if item.checked is bool(step.value) else ("switched", click_on)
        if name := self._values.secret_of(step.value):
            return "typed", lambda handle: self._type_secret(step, place, handle, name)
        text = self._text(str(step.value or ""), place.tab)
        if item.options or step.do == "choose":
            return _choosing(item, text)
        if item.role == "password":  # a text kept in clear is a secret all the same once it goes into such a field
            return "typed", lambda handle: place.tab.type_secret(handle, Secret(text), self._origin(step))
        return ("nothing", None) if item.value == text else ("typed", _filling(text))

    def answer(self, step: Step, origin: str, tab: Tab) -> bool | str | Secret:
        """What a native dialog of a site is answered."""
        if name := self._values.secret_of(step.value):
            return self._secret(name, origin)
        return self._text(step.value, tab) if isinstance(step.value, str) else bool(step.value)

    def _text(self, text: str, tab: Tab) -> str:
        """What is to be typed. A one-time code is waited for, where it can be looked up, and else asked for."""
        tab.until(
            lambda: self._values.codes_came(text, tab.page.url), CODE_SECONDS if self._values.sources.code else 0.0
        )
        return self._values.typed(text)

    def _type_secret(self, step: Step, place: Place, handle: Locator, name: str) -> None:
        """Type a secret: at the site where the recording typed one, and if it is ours, at our own sites only."""
        origin = self._origin(step)
        place.tab.type_secret(handle, self._secret(name, origin), origin)

    def _secret(self, name: str, origin: str) -> Secret:
        """A secret for a site; one of ours is for our own sites only."""
        if not self._values.may_be_typed_at(name, origin):
            raise AutoconfigureError(
                _("About to type a password."),
                expected=_("one of the sites of the settings, for which it is kept"),
                seen=_("a page of {origin}").format(origin=origin),
                todo=_("Nothing was typed. Look whether this recording is one to be trusted."),
                code="page.changed",
            )
        return self._values.secrets[name]

    def _origin(self, step: Step) -> str:
        """The site at which the recording typed: the frame's, where the field stood in one of another site."""
        inner = [frame["url"] for frame in step.frame if frame.get("url")]
        return origin_of(self._values.fill(str((inner or [step.where or ""])[-1])))


def _filling(text: str) -> Action:
    return lambda handle: handle.fill(text, timeout=ACT_SECONDS * 1000)


def _choosing(item: Item, label: str) -> tuple[str, Action | None]:
    for option in item.options:
        if plain(label) in (plain(option["text"]), plain(option["value"])):
            return ("nothing", None) if option["selected"] else ("chose", selecting(option["value"]))
    raise Unfit(_("it offers: {options}").format(options=listed(option["text"] for option in item.options) or "-"))
