"""A recording written as Chrome DevTools Recorder's JSON: less than ours, since that form knows no secret and no person."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from automation.element import Item, plain
from automation.messages import _, listed
from automation.recording.devtools import BUTTONS, VALUES
from automation.recording.flow_file import NAMING, PLACEHOLDER, SEVERAL, Recording, Step, Want
from automation.recording.importing import without_query
from automation.recording.values import kind_words
from automation.recording.wording import sentence
from automation.settings import Settings

# Where on an element DevTools clicks: from its upper left corner, in CSS pixels; inside of the smallest check box.
_OFFSET = {"offsetX": 6, "offsetY": 6}
_BY_TEXT = ("button", "link", "tab", "menuitem", "option")
_BOXES = ("checkbox", "radio")
# What a page says in passing is gone before anybody could wait for it.
_PASSING = ("status", "alert", "log")


def to_devtools(recording: Recording, settings: Settings) -> tuple[dict[str, Any], list[str]]:
    """The recording in DevTools Recorder's form, and what that form cannot say.

    Sites get the addresses of the settings; everything else that is open stays as ``${NAME}`` or ``${secret:NAME}``.
    """
    writer = _Writer(recording, settings)
    steps = [written for step in recording.steps for written in writer.step(step)]
    if values := _open_values(recording, steps):
        steps.insert(0, {"type": "customStep", "name": VALUES, "parameters": values})
        told = _("Before a replay there, put in the place of {name}: {what}")
        writer.notes += [told.format(name=name, what=what) for name, what in values.items()]
    if recording.world:
        writer.notes.append(
            _("In which practice world it belongs: {flags}").format(flags=_practice_flags(recording.world))
        )
    return {"title": recording.title or recording.name, "steps": steps}, writer.notes


def _open_values(recording: Recording, steps: list[dict[str, Any]]) -> dict[str, str]:
    """What stands for something that whoever replays it has to put in, and what that is."""
    names = dict.fromkeys(found["name"] for step in steps for found in PLACEHOLDER.finditer(str(step.get("value", ""))))
    known = {name: recording.placeholders[name] for name in names if name in recording.placeholders}
    return {
        f"${{{'secret:' if one.kind == 'secret' else ''}{name}}}": listed(
            filter(None, (one.what, kind_words()[one.kind]))
        )
        for name, one in known.items()
    }


def _practice_flags(world: Mapping[str, Any]) -> str:
    """What to give to ``replay`` for an exported recording, to be in the world it was made in."""
    wanted = {"--world": world.get("name"), "--lang": world.get("lang")}
    return " ".join(["--sandbox", *(f"{flag} {value}" for flag, value in wanted.items() if value)])


class _Writer:
    """Writes one step after the other; remembers which of our tabs the one main page shows."""

    def __init__(self, recording: Recording, settings: Settings) -> None:
        self.recording = recording
        self.notes: list[str] = []
        sites = {name: str(getattr(settings, name.lower(), "") or "") for name in recording.placeholders}
        self.sites = {name: url for name, url in sites.items() if name.endswith("_URL") and url}
        opened = {value for step in recording.steps for one in step.expect if (value := one.get("opens"))}
        self.tabs = {step.page for step in recording.steps} - opened
        self.addresses = {step.where for step in recording.steps if step.page in self.tabs}
        self.windows: set[str] = set()
        self.shown = ""

    def step(self, step: Step) -> Iterator[dict[str, Any]]:
        """The steps of that form that one of ours becomes."""
        if step.page in self.tabs and step.do != "open" and self.shown not in ("", step.page) and step.where:
            self._note(step, _("goes back to an earlier tab by opening its address"))
            yield {"type": "navigate", "url": self._fill(step.where)}
        if step.page in self.tabs:
            self.shown = step.page
        if step.page not in self.tabs and (step.where is None or step.where in self.addresses):
            yield self._by_hand(step, _("is in another window, whose address is not known"))
            return
        if step.page not in self.tabs | self.windows:
            self.windows.add(step.page)
            self._note(
                step,
                _("is in another window, which is found there only by this very address: {url}").format(
                    url=self._fill(step.where or "")
                ),
            )
        place = self._place(step)
        written = list(getattr(self, f"_{step.do}")(step, place))
        if written and (events := self._events(step)):
            # A key works when it goes down: who waited for the page after it came up again would wait in vain.
            doing = next((one for one in reversed(written) if one["type"] != "keyUp"), written[-1])
            doing["assertedEvents"] = events
        yield from written
        for one in step.expect:
            if (shows := one.get("shows")) and shows["role"] not in _PASSING and shows["name"]:
                yield {
                    "type": "waitForElement",
                    **place,
                    "selectors": [[_aria(shows["role"], self._fill(shows["name"]))]],
                }

    # -- one verb each ---------------------------------------------------------------------------------------------

    def _open(self, step: Step, place: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        yield {"type": "navigate", **place, "url": self._fill(step.url or "about:blank")}

    def _click(self, step: Step, place: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        kind = "doubleClick" if step.value == "double" else "click"
        button = next(({"button": theirs} for theirs, ours in BUTTONS.items() if ours == step.value), {})
        yield from self._on(step, {"type": kind, **place, **button, **_OFFSET})

    def _hover(self, step: Step, place: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        yield from self._on(step, {"type": "hover", **place})

    def _switch(self, step: Step, place: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        self._note(step, _("is a plain click there: it turns off what is on already"))
        yield from self._on(step, {"type": "click", **place, **_OFFSET})

    def _type(self, step: Step, place: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        yield from self._on(step, {"type": "change", **place, "value": self._fill(str(step.value or ""))})

    def _choose(self, step: Step, place: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        self._note(step, _("chooses by the option's value there, which may not be its text"))
        yield from self._type(step, place)

    def _press(self, step: Step, place: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        text = str(step.value)
        keys = text.split("+") if len(text) > 1 and not text.startswith("+") else [text]
        target = {key: value for key, value in place.items() if key == "target"}
        yield from ({"type": "keyDown", **target, "key": key} for key in keys)
        yield from ({"type": "keyUp", **target, "key": key} for key in reversed(keys))

    def _close(self, _step: Step, place: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        yield {"type": "close", **{key: value for key, value in place.items() if key == "target"}}

    def _dialog(self, step: Step, _place: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        self._note(step, _("is no step of that form: whoever replays it there has to answer"))
        asks = {key: self._fill(text) for one in step.expect for key, text in one.items() if key == "asks"}
        yield {"type": "customStep", "name": "dialog", "parameters": {"answer": step.value, **asks}}

    def _human(self, step: Step, _place: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        assert step.human
        self._note(step, _("is the person's: nothing waits for it there"))
        given = {key: value for key, value in asdict(step.human).items() if value}
        yield {"type": "customStep", "name": "human", "parameters": given}

    # -- what they share -------------------------------------------------------------------------------------------

    def _on(self, step: Step, written: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """A step on an element; one that nothing there could find is left to a person."""
        selectors = self._selectors(step)
        if selectors:
            yield {**written, "selectors": selectors}
            return
        yield self._by_hand(step, _("is on an element that nothing there could find, or tell from others"))

    def _by_hand(self, step: Step, why: str) -> dict[str, Any]:
        """What that form cannot do is left to a person."""
        self._note(step, why)
        what = sentence(step, self._fill)
        return {"type": "customStep", "name": "human", "parameters": {"name": "by-hand", "what": what}}

    def _selectors(self, step: Step) -> list[list[str]]:
        """What finds the element and, on the page as it was, nothing else: there, the first that fits is acted on."""
        want = step.want
        if want is None:
            return []
        items = self.recording.model_of(step)

        def is_only_one(fits: Callable[[Item], bool]) -> bool:
            return items is None or sum(map(fits, items)) <= 1

        selectors = []
        if want.names:
            word = plain(want.names[0])
            if is_only_one(lambda item: item.role in want.roles and word in map(plain, item.names)):
                selectors.append([_aria(want.role, self._fill(want.names[0]))])
            if (
                items
                and want.role in _BOXES
                and is_only_one(lambda i: i.role == want.role and word in map(plain, i.names))
            ):
                selectors += [["xpath/" + path] for path in _beside(want.role, want.names[0])]
            if items and want.role in _BY_TEXT and is_only_one(lambda i: any(word in plain(name) for name in i.names)):
                selectors.append(["text/" + self._fill(want.names[0])])  # it takes whatever holds its words first
        for key in NAMING:
            text = want.ids.get(key)
            is_shared = key == "name" and want.role in ("radio", "checkbox") and items is None
            if text and not is_shared and is_only_one(lambda i, key=key, text=text: i.ids.get(key) == text):  # type: ignore[misc]  # bound per round
                selectors.append([_css(want, key, text)])
        return selectors

    def _place(self, step: Step) -> dict[str, Any]:
        """Window and frame; that form names other windows by their address and frames by number alone."""
        place: dict[str, Any] = {}
        if step.page in self.tabs:
            place["target"] = "main"
        else:
            place["target"] = self._fill(step.where or "")
        path = [hop.get("index") for hop in step.frame]
        if path and None in path:
            self._note(step, _("is in a frame whose number is not known"))
        elif path:
            place["frame"] = path
        return place

    def _events(self, step: Step) -> list[dict[str, str]]:
        """The page that came; within one page nothing is waited for."""
        urls = [self._fill(one["url"]) for one in step.expect if one.get("url")]
        here = without_query(self._fill(step.where or ""))
        came = [url for url in urls if step.do == "open" or without_query(url) != here]
        return [{"type": "navigation", "url": url} for url in came]

    def _fill(self, text: str) -> str:
        return PLACEHOLDER.sub(lambda m: m[0] if m["secret"] else self.sites.get(m["name"], m[0]), text)

    def _note(self, step: Step, text: str) -> None:
        self.notes.append(f"{step.id}: {text}")


def _aria(role: str, name: str) -> str:
    known = {"password": "textbox"}.get(role, role)
    return f"aria/{name}" if role in SEVERAL else f'aria/{name}[role="{known}"]'


def _beside(role: str, name: str) -> list[str]:
    """The ways to a box that is named by nothing but the text behind it or in the next cell, as ``elements.js`` names it.

    None to a name that XPath cannot quote.
    """
    quote = "'" if '"' in name else '"'
    if quote in name:
        return []
    says = f"={quote}{name}{quote}]"
    untied = "[not(ancestor::label)][not(@id=//label/@for)][not(@aria-label)][not(@aria-labelledby)]"
    behind = "following-sibling::node()[normalize-space()]"
    return [
        f'//input[@type="{role}"]{untied}{way}{says}'
        for way in (
            f"[normalize-space({behind}[1])",
            f"[not({behind})][normalize-space(ancestor::td[1]/following-sibling::td[1])",
        )
    ]


def _css(want: Want, key: str, text: str) -> str:
    """What the site itself calls the element by one attribute; a made-up id is as good as none."""
    kind = 'input[type="password"]' if want.role == "password" else ""
    value = text.replace("\\", "\\\\").replace('"', '\\"')
    return f"{kind}#{_escaped(text)}" if key == "id" else f'{kind}[{key}="{value}"]'


def _escaped(text: str) -> str:
    """An id as CSS writes it."""
    escaped = re.sub(r"([^\w-])", r"\\\1", text)
    return re.sub(r"^(-?)(\d)", lambda m: f"{m[1]}\\3{m[2]} ", escaped)
