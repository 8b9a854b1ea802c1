"""Chrome DevTools Recorder's JSON, read: what its fourteen kinds of step become, and which of them are refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from automation.messages import _
from automation.recording.flow_file import KEY, Human, Want
from automation.recording.importing import Draft, Read, css_ids, role_of, want_of, without_query

BY = "Chrome DevTools Recorder"
VALUES = "values"  # the step of our export that says what to put in; nothing is done there
MODIFIERS = ("Control", "Shift", "Alt", "Meta")
# What a keyboard sends while a Japanese word is composed; the text itself comes as a change of the field.
_COMPOSING = ("Process", "Unidentified", "Dead")
_KEY_NAME = re.compile(r"[A-Z][A-Za-z]{1,30}[0-9]{0,2}|\S| ")
BUTTONS = {"secondary": "right", "auxiliary": "middle"}
_ATTRIBUTE = re.compile(r"""\[\s*(\w+)\s*=\s*(["'])(.*?)\2\s*\]""")
# What is only waited for: a page may show these, and nobody touches them.
_ONLY_SHOWN = ("alert", "alertdialog", "dialog", "group", "log", "status")
# What a click on a mere text is not on, nor inside of.
_CONTROLS = {"a", "button", "input", "label", "option", "select", "summary", "textarea"}
_NO_TAG = re.compile(r"\[[^\]]*\]|:[\w-]+\([^)]*\)|[.#](?:[\w-]|\\.)+")
# Its accessible roles for what merely stands inside the thing that was meant.
_MERE_PARTS = ("generic", "StaticText", "none", "presentation", "image", "img", "InlineTextBox", "svg")
_NOT_OURS = {
    "setViewport": "",  # the window is the person's
    "scroll": "",  # whatever is clicked is scrolled to
    "emulateNetworkConditions": "",
}


def from_devtools(data: Mapping[str, Any], file: Path) -> Read:
    """The recording in a DevTools Recorder file. Raises BadRecording with the place of what cannot be followed."""
    draft = Draft(file, str(data.get("title", "")), BY)
    steps = data["steps"]
    if not isinstance(steps, list):
        raise draft.refuse("steps", _("a list of steps"), type(steps).__name__)
    if len(steps) > 4 * 2000:
        raise draft.refuse("steps", _("at most {count} steps").format(count=2000), str(len(steps)))
    reader = _Reader(draft)
    for number, step in enumerate(steps):
        reader.take(step, f"steps[{number}]")
    return draft.finished()


class _Reader:
    """Takes one step after the other; remembers which keys are held down and how pages are called."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.held: list[str] = []
        self.windows: dict[str, str] = {}
        self.verbs: dict[str, Callable[[Mapping[str, Any], str, str], None]] = {
            "navigate": self._navigate,
            "click": self._click,
            "doubleClick": self._click,
            "hover": self._hover,
            "change": self._change,
            "keyDown": self._key_down,
            "keyUp": self._key_up,
            "waitForElement": self._wait,
            "close": lambda _step, page, _place: self._add("close", page),
            "customStep": self._custom,
        }

    def take(self, step: object, place: str) -> None:
        """One step of the file."""
        draft = self.draft
        if not isinstance(step, dict):
            raise draft.refuse(place, _("a step"), str(step)[:120])
        kind = draft.text(step, "type", place)
        if kind == "waitForExpression":
            raise draft.refuse(f"{place}.type", _("a step that runs no code"), kind)
        if kind in _NOT_OURS:
            return
        if kind not in self.verbs:
            raise draft.refuse(f"{place}.type", _("one of: {names}").format(names=", ".join(self.verbs)), kind[:80])
        page = self._page(step, place)
        self.verbs[kind](step, page, place)
        self._navigated(step, page, place)

    def _add(self, do: Any, page: str, **more: Any) -> None:
        self.draft.add(do, page, **more)

    def _page(self, step: Mapping[str, Any], place: str) -> str:
        """Our name for the page of a step: the file knows other windows, and frames of other sites, by address."""
        target = step.get("target", "main")
        if target in ("main", None, ""):
            return "main"
        address = self.draft.address(step, "target", place)
        if address not in self.windows:
            self.windows[address] = f"window-{len(self.windows) + 1}"
            self.draft.at[self.windows[address]] = without_query(address)
        return self.windows[address]

    def _navigate(self, step: Mapping[str, Any], page: str, place: str) -> None:
        self.draft.open(self.draft.address(step, "url", place), page)

    def _click(self, step: Mapping[str, Any], page: str, place: str) -> None:
        value = "double" if step["type"] == "doubleClick" else BUTTONS.get(str(step.get("button")))
        self._add("click", page, want=self._want(step, "widget", place), frame=self._frame(step, place), value=value)

    def _hover(self, step: Mapping[str, Any], page: str, place: str) -> None:
        self._add("hover", page, want=self._want(step, "widget", place), frame=self._frame(step, place))

    def _change(self, step: Mapping[str, Any], page: str, place: str) -> None:
        want = self._want(step, "input", place)
        self.draft.typing(want, self.draft.text(step, "value", place), page, self._frame(step, place), place)

    def _key_down(self, step: Mapping[str, Any], page: str, place: str) -> None:
        key = self.draft.text(step, "key", place, 40)
        if not _KEY_NAME.fullmatch(key):
            raise self.draft.refuse(f"{place}.key", _("the name of a key"), key)
        plain_key = re.sub(r"(Left|Right)$", "", key) if key.startswith(MODIFIERS) else key
        if plain_key in MODIFIERS:
            self.held.append(plain_key)
        elif key in _COMPOSING:
            return
        elif not KEY.fullmatch(key):
            self.draft.notes.append(_("{place} ({kind}) is not done.").format(place=place, kind=f"keyDown {key}"))
        else:
            self._add("press", page, value="+".join([*dict.fromkeys(self.held), key]))

    def _key_up(self, step: Mapping[str, Any], _page: str, place: str) -> None:
        key = re.sub(r"(Left|Right)$", "", self.draft.text(step, "key", place, 40))
        if key in self.held:
            self.held.remove(key)

    def _wait(self, step: Mapping[str, Any], _page: str, place: str) -> None:
        """What the file waits for is what must be true after the step before; only "it shows" can be checked."""
        want = self._want(step, "", place, _ONLY_SHOWN)
        plainly = step.get("visible", True) is True and step.get("operator", ">=") in (">=", "==")
        if want.role and want.names and plainly and not (step.get("attributes") or step.get("properties")):
            self.draft.expect(-1, shows={"role": want.role, "name": want.names[0]})
        else:
            self.draft.notes.append(_("{place} ({kind}) is not checked.").format(place=place, kind="waitForElement"))

    def _custom(self, step: Mapping[str, Any], page: str, place: str) -> None:
        """Steps of our own export, which its format has no other word for."""
        name, given = self.draft.text(step, "name", place), step.get("parameters")
        given = given if isinstance(given, dict) else {}
        inner = f"{place}.parameters"
        if name == "human":
            secret = given.get("gives")
            human = Human(
                self.draft.text(given, "name", inner),
                self.draft.text(given, "what", inner),
                str(given.get("how_we_know", ""))[:2000],
                str(secret) if secret else None,
            )
            self._add("human", page, human=human)
        elif name == "dialog" and isinstance(given.get("answer"), bool | str):
            asks = self.draft.text(given, "asks", inner) if "asks" in given else ""
            if isinstance(given["answer"], str):
                self.draft.answering(self.draft.text(given, "answer", inner), asks, page, inner)
            else:
                self._add("dialog", page, value=given["answer"], expect=({"asks": asks},) if asks else ())
        elif name != VALUES:
            known = f"human, dialog, {VALUES}"
            raise self.draft.refuse(f"{place}.name", _("one of: {names}").format(names=known), name[:80])

    def _navigated(self, step: Mapping[str, Any], page: str, place: str) -> None:
        events = step.get("assertedEvents") or []
        for number, event in enumerate(events if isinstance(events, list) else []):
            if isinstance(event, dict) and event.get("url"):
                url = without_query(self.draft.address(event, "url", f"{place}.assertedEvents[{number}]"))
                if url != "about:blank" and self.draft.steps:
                    self.draft.expect(-1, url=url)
                    self.draft.at[page] = url

    def _frame(self, step: Mapping[str, Any], place: str) -> tuple[Mapping[str, Any], ...]:
        path = step.get("frame") or []
        good = isinstance(path, list) and len(path) <= 10
        if not good or not all(type(index) is int and 0 <= index <= 1000 for index in path):
            raise self.draft.refuse(f"{place}.frame", _("a list of frame numbers"), path)
        return tuple({"index": index} for index in path)

    def _want(self, step: Mapping[str, Any], otherwise: str, place: str, also: tuple[str, ...] = ()) -> Want:
        """The wanted element from all selectors together. Several words for one name are all evidence.

        ``also``: roles that count here besides those of what can be touched.
        """
        given = step.get("selectors")
        if not isinstance(given, list) or not 0 < len(given) <= 40:
            raise self.draft.refuse(f"{place}.selectors", _("a list of selectors"), given)
        named: list[str] = []
        texts: list[str] = []
        sections: list[str] = []
        ids: dict[str, str] = {}
        places: list[str] = []
        role = None
        for number, selector in enumerate(given):
            parts = selector if isinstance(selector, list) else [selector]
            if not parts or len(parts) > 20 or not all(isinstance(part, str) and len(part) <= 4000 for part in parts):
                raise self.draft.refuse(f"{place}.selectors[{number}]", _("a text, or a list of texts"), selector)
            if parts[-1].startswith("aria/"):
                role, name, around = _by_aria(parts)
                named += [name] if name else []
                sections += around
            elif parts[-1].startswith("text/"):
                texts.append(parts[-1].removeprefix("text/"))
            else:
                css = parts[-1].removeprefix("pierce/")
                places.append(css.removeprefix("xpath/"))
                if not css.startswith(("xpath/", "//", "(")):  # places are no evidence
                    ids |= {key: text for key, text in css_ids(css).items() if key not in ids}
        # A text selector holds as much of the text as made it unique then: only where there is no name at all.
        otherwise = "roletype" if _is_mere_text(places) and otherwise == "widget" else otherwise
        role = role if role in also else role_of(role, otherwise)
        return want_of(role, named or texts[:1], ids, sections if named else None)


def _is_mere_text(places: list[str]) -> bool:
    """Whether the ways to an element (CSS and XPath) end at a thing that is no control by its tag, and go through none."""
    paths = [re.split(r"[/>\s]+", _NO_TAG.sub("", place).strip()) for place in places]
    ends_plainly = any(re.fullmatch(r"[a-z][\w-]*", path[-1]) for path in paths)
    return ends_plainly and not any(_CONTROLS & {*path} for path in paths)


def _by_aria(parts: list[str]) -> tuple[str | None, str, list[str]]:
    """Role and name of what was meant, and the names around it. A mere part of a button means the button."""
    seen: list[tuple[str | None, str]] = []
    for part in parts:
        text = part.removeprefix("aria/")
        attributes = {found[1]: found[3] for found in _ATTRIBUTE.finditer(text)}
        name = attributes.get("name") or re.sub(r"\\(.)", r"\1", _ATTRIBUTE.sub("", text)).strip()
        seen.append((attributes.get("role"), name))
    while len(seen) > 1 and (seen[-1][0] in _MERE_PARTS or not any(seen[-1])):
        seen.pop()
    role, name = seen[-1]
    return (None if role in _MERE_PARTS else role), name, [around for _role, around in reversed(seen[:-1]) if around]
