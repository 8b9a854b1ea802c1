"""Playwright codegen's JSONL (``codegen --target jsonl``), read: one line of head, then one action a line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from automation.messages import _
from automation.recording.flow_file import CLICKS, KEY, SEVERAL, Want, parsed
from automation.recording.importing import Draft, Read, css_ids, role_of, want_of, without_query

BY = "Playwright codegen"
MODIFIERS = {1: "Alt", 2: "Control", 4: "Meta", 8: "Shift"}  # the bits of ``modifiers``
_NEW_TAB = (2, 4, 8)  # a link clicked with Control, Command or Shift is opened in a tab or window of its own
_ROLE_AND_NAME = re.compile(r'internal:role=(\w+)\[name="((?:[^"\\]|\\.)*)"[is]?\]')
_ROWS = ("row", "listitem")
_MAIL_ADDRESS = re.compile(r"[\w.%+-]+@[\w-]+(?:\.[\w-]+)+")
Action = Mapping[str, Any]


def from_codegen(text: str, file: Path) -> Read:
    """The recording in a codegen file. Raises BadRecording with the line of what cannot be followed."""
    draft = Draft(file, file.stem, BY)
    reader = _Reader(draft)
    for number, line in enumerate(text.splitlines()[1:], start=2):
        if not line.strip():
            continue
        place = _("line {number}").format(number=number)
        try:
            action = parsed(line)
        except (ValueError, RecursionError) as error:
            raise draft.refuse(place, _("JSON in UTF-8"), str(error)) from None
        if not isinstance(action, dict):
            raise draft.refuse(place, _("a step"), action)
        reader.take(action, place)
    return draft.finished()


class _Reader:
    """Takes one action after the other; remembers how pages are called."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.pages: dict[str, str] = {}
        self.verbs: dict[str, Callable[[Action, str, str], None]] = {
            "openPage": self._navigate,
            "navigate": self._navigate,
            "closePage": lambda _action, page, _place: self._add("close", page),
            "click": self._click,
            "hover": lambda action, page, place: self._add("hover", page, **self._target(action, "widget", place)),
            "check": self._check,
            "uncheck": self._check,
            "fill": self._fill,
            "select": self._select,
            "press": self._press,
        }

    def take(self, action: Action, place: str) -> None:
        """One line of the file."""
        draft = self.draft
        kind = draft.text(action, "name", place)
        guid = draft.text(action, "pageGuid", place, 200)
        page = self.pages.setdefault(guid, "main" if not self.pages else f"window-{len(self.pages)}")
        if kind.startswith("assert"):
            self._assert(action, kind, place)
        elif kind in self.verbs:
            self.verbs[kind](action, page, place)
            number = len(draft.steps) - 1
            for signal in self._signals(action, place):
                self._follow(signal, number, page, place)
        else:
            raise draft.refuse(f"{place}.name", _("one of: {names}").format(names=", ".join(self.verbs)), kind[:80])

    def _add(self, do: Any, page: str, **more: Any) -> None:
        self.draft.add(do, page, **more)

    def _navigate(self, action: Action, page: str, place: str) -> None:
        self.draft.open(self.draft.address(action, "url", place), page)

    def _click(self, action: Action, page: str, place: str) -> None:
        button, target = str(action.get("button")), self._target(action, "widget", place)
        value = "double" if action.get("clickCount") == 2 else button if button in CLICKS else None
        if held := action.get("modifiers"):
            if value or target["want"].role != "link" or held not in _NEW_TAB:
                raise self.draft.refuse(f"{place}.modifiers", _("a click with no key held down"), held)
            value = "middle"
        self._add("click", page, value=value, **target)

    def _check(self, action: Action, page: str, place: str) -> None:
        self._add("switch", page, value=action["name"] == "check", **self._target(action, "widget", place))

    def _fill(self, action: Action, page: str, place: str) -> None:
        target = self._target(action, "input", place)
        self.draft.typing(target["want"], self.draft.text(action, "text", place), page, target["frame"], place)

    def _select(self, action: Action, page: str, place: str) -> None:
        options = action.get("options")
        if not isinstance(options, list) or len(options) != 1 or not isinstance(options[0], str):
            raise self.draft.refuse(f"{place}.options", _("one option"), options)
        self._add("choose", page, value=options[0][:2000], **self._target(action, "input", place))

    def _press(self, action: Action, page: str, place: str) -> None:
        key, bits = self.draft.text(action, "key", place, 40), action.get("modifiers", 0)
        held = [name for bit, name in MODIFIERS.items() if isinstance(bits, int) and bits & bit]
        if not KEY.fullmatch(key):
            raise self.draft.refuse(f"{place}.key", _("the name of a key"), key)
        self._add("press", page, value="+".join([*held, key]), **self._target(action, "widget", place))

    def _signals(self, action: Action, place: str) -> list[Mapping[str, Any]]:
        signals = action.get("signals") or []
        if not isinstance(signals, list) or not all(isinstance(signal, dict) for signal in signals):
            raise self.draft.refuse(f"{place}.signals", _("a list"), signals)
        return signals

    def _follow(self, signal: Mapping[str, Any], number: int, page: str, place: str) -> None:
        """What the recorder saw happen because of an action."""
        draft = self.draft
        if signal.get("name") == "popup":
            name = self.pages.setdefault(str(signal.get("popupPageGuid")), f"window-{len(self.pages)}")
            draft.expect(number, opens=name)
            draft.at[name] = draft.at.get(page)  # its own address is not recorded; a secret stays with this site
        elif signal.get("name") == "navigation" and signal.get("url"):
            url = without_query(draft.address(signal, "url", f"{place}.signals"))
            draft.expect(number, url=url)
            draft.at[page] = url
        elif signal.get("name") == "dialog":
            draft.add("dialog", page, value=False)  # codegen does not say how; its own scripts dismiss
        elif signal.get("name") == "expect" and (seen := _ROLE_AND_NAME.fullmatch(str(signal.get("selector")))):
            draft.expect(number, shows={"role": seen[1], "name": re.sub(r"\\(.)", r"\1", seen[2])[:2000]})

    def _assert(self, action: Action, kind: str, place: str) -> None:
        want = self._want(action, "", place)
        if kind == "assertVisible" and want.role and want.role not in SEVERAL and want.names:
            self.draft.expect(-1, shows={"role": want.role, "name": want.names[0]})
        else:
            self.draft.notes.append(_("{place} ({kind}) is not checked.").format(place=place, kind=kind))

    def _target(self, action: Action, otherwise: str, place: str) -> dict[str, Any]:
        return {"want": self._want(action, otherwise, place), "frame": self._frame(action, place)}

    def _want(self, action: Action, otherwise: str, place: str) -> Want:
        """The wanted element from the locator's last named part, in the sections that the named parts before it are.

        Counting ("the second") is no evidence, nor is a part around it that has no name: such a locator says only that
        there were several of the name.
        """
        role: str | None = None
        names: list[str] = []
        sections: list[str] = []
        ids: dict[str, str] = {}
        around, unnamed, several, is_text = "", False, False, False
        for node in self._nodes(action, place):
            kind, body, options = node.get("kind"), node.get("body"), node.get("options")
            if kind == "frame":
                role, names, sections, ids, around = None, [], [], {}, ""
                unnamed = several = is_text = False
            elif kind == "role":
                name = options.get("name") if isinstance(options, dict) else None
                if role in _ROWS and names:
                    around = names[0]
                elif names:
                    sections = [*names, *sections]
                several, unnamed, ids, is_text = several or unnamed, False, {}, False
                role, names = str(body), [name] if isinstance(name, str) else []
            elif kind in ("label", "placeholder", "alt", "title", "text") and isinstance(body, str):
                if role in _ROWS and names:
                    around = names[0]
                else:
                    sections = [*names, *sections]
                several, unnamed, ids, is_text = several or unnamed, False, {}, kind == "text"
                role, names = (None if role in _ROWS else role), [body]
            elif kind == "test-id" and isinstance(body, str):
                ids, unnamed = {**ids, "data-testid": body}, True
            elif kind == "default" and isinstance(body, str) and not body.startswith(("xpath=", "//")):
                ids, unnamed = css_ids(body), True
            elif kind == "has-text":
                around, unnamed = str(body), False
            elif kind in ("nth", "first", "last"):
                several = True
        named = [name[:2000] for name in names]
        otherwise = "roletype" if is_text and otherwise == "widget" else otherwise
        want = want_of(role_of(role, otherwise or role or ""), named, ids, [one[:2000] for one in sections])
        want = replace(want, counts={"role+name": 2}) if several and names else want
        addresses = set(_MAIL_ADDRESS.findall(around.lower()))
        if len(addresses) == 1:
            return replace(want, row=addresses.pop())
        return replace(want, among=(around[:2000],)) if around else want

    def _frame(self, action: Action, place: str) -> tuple[Mapping[str, Any], ...]:
        """The way to the frame: of each locator before a "frame", what it says of the frame's element."""
        path: list[Mapping[str, Any]] = []
        ids: dict[str, Any] = {}
        for node in self._nodes(action, place):
            kind, body = node.get("kind"), node.get("body")
            if kind in ("default", "frame-locator"):
                found = css_ids(str(body))
                ids |= {"name": found.get("name") or found.get("id"), "title": found.get("title")}
            elif kind == "title":
                ids["title"] = body
            elif kind in ("nth", "first"):
                ids["index"] = int(str(body)) if str(body).isdigit() else 0
            if kind in ("frame", "frame-locator"):
                path.append({key: value for key, value in ids.items() if value is not None} or {"index": 0})
                ids = {}
        return tuple(path[:10])

    def _nodes(self, action: Action, place: str) -> Iterator[Mapping[str, Any]]:
        node, count = action.get("locator"), 0
        if node is None and "selector" in action:
            raise self.draft.refuse(f"{place}.locator", _("what the element is, as the field “locator”"), "-")
        while isinstance(node, dict):
            if (count := count + 1) > 60:
                raise self.draft.refuse(f"{place}.locator", _("a locator of at most 60 parts"), str(count))
            yield node
            node = node.get("next")
