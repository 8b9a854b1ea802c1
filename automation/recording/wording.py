"""Steps and wishes of a recording in words for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from automation.element import in_words
from automation.messages import N_, _
from automation.recording.flow_file import Step


def sentence(step: Step, fill: Callable[[str], str]) -> str:
    """What a step does, in one short line; what is typed is not said."""
    what = named(step, fill)
    value = fill(step.value) if isinstance(step.value, str) else step.value
    if step.do == "human" and step.human:
        return _("Your part")
    if step.do == "switch":
        return (_("Switch on {what}") if value else _("Switch off {what}")).format(what=what)
    texts = {
        "open": _("Open {url}"),
        "click": _("Click {what}"),
        "hover": _("Point at {what}"),
        "type": _("Fill in {what}"),
        "choose": _("Choose “{value}” in {what}"),
        "press": _("Press {value}"),
        "dialog": _("Answer the question of the page"),
        "close": _("Close the window"),
    }
    url = fill(step.url or "").partition("?")[0].partition("#")[0]
    return texts[step.do].format(what=what, value=value, url=url)


_KINDS = {
    "button": N_("the button “{name}”"),
    "link": N_("the link “{name}”"),
    "switch": N_("the switch “{name}”"),
    "checkbox": N_("the box “{name}”"),
    "radio": N_("the choice “{name}”"),
    "combobox": N_("the list “{name}”"),
    "tab": N_("the tab “{name}”"),
    **dict.fromkeys(("textbox", "searchbox", "password", "input"), N_("the field “{name}”")),
}


def named(step: Step, fill: Callable[[str], str]) -> str:
    """The element of a step, as our own pages call it, or by its kind and name."""
    want = step.want
    if want is None:
        return "-"
    if want.called and want.called not in want.names and want.names:
        return fill(_(want.called))
    name = fill((want.names or (want.called or want.role,))[0])
    return _(_KINDS.get(want.role, N_("“{name}”"))).format(name=name)


def described_wish(step: Step) -> dict[str, Any]:
    """The wanted element in the form of a candidate: role, name, section."""
    want = step.want
    if want is None:
        return {"role": "", "name": step.do, "section": None}
    return {"role": want.role, "name": (want.names or (want.called,))[0], "section": (want.sections or (None,))[0]}


def called(wanted: Mapping[str, Any]) -> str:
    """A wanted element, or a wanted outcome, in one line."""
    if "role" in wanted:
        return in_words(wanted["role"], wanted["name"], wanted["section"])
    (kind, value) = next(iter(wanted.items()))
    if kind == "shows":
        return _("the page to show {what}").format(what=in_words(value["role"], value["name"]))
    texts = {
        "url": _("the address {value}"),
        "state": _("the element to hold: {value}"),
        "usable": _("{value}, to be used"),
        "opens": _("a new window"),
        "closes": _("the window to close"),
        "dialog": _("a question of the page"),
        "asks": _("the question “{value}”"),
    }
    return texts[kind].format(value=value)
