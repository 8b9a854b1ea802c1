"""The recording as a folder: ``flow.json`` with its steps, and per step the page model and accessibility tree beside it.

``automation/schemas/flow.json`` says what may stand there. Nothing in a recording is ever executed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from automation.element import Element, Item, Risk, Words
from automation.errors import TURNING, BadRecording
from automation.messages import _
from automation.settings import write_private

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

SCHEMA = "autoconfigure.flow/1"
FLOW = "flow.json"
# A recording of an hour's work is some 300 KB; its largest model (a page of 20,000 nodes) some 5 MB.
MOST_BYTES = 20_000_000
MOST_STEPS = 2000
WHOLE = ""  # the place of what is wrong with a file as a whole
PLACEHOLDER = re.compile(r"\$\{(?P<secret>secret:)?(?P<name>[A-Z][A-Z0-9_]*)\}")

Do = Literal["open", "click", "hover", "type", "choose", "switch", "press", "dialog", "close", "human"]

# Other tools do not always record a role. These stand for several, by the names of ARIA's own abstract roles.
INPUT = ("textbox", "searchbox", "password", "combobox", "listbox", "slider", "spinbutton")
WIDGET = ("button", "link", "checkbox", "radio", "switch", "tab", "menuitem", "option", *INPUT)
SEVERAL = {"input": INPUT, "widget": WIDGET, "roletype": (*WIDGET, "generic")}

# The name of a human step for what a person did that cannot be done again by itself: dragging, choosing a file.
BY_HAND = "by-hand"
CLICKS = ("double", "right", "middle")
# The keys that a page can be sent, as both Chrome and Playwright call them.
KEY = re.compile(
    r"(?:(?:Shift|Control|ControlOrMeta|Alt|Meta)\+)*(?:[ -~]|Enter|NumpadEnter|Escape|Tab|Space|Backspace|Delete|Insert"
    r"|Home|End|PageUp|PageDown|Arrow(?:Up|Down|Left|Right)|F(?:[1-9]|1[0-2])|ContextMenu|Key[A-Z]|Digit[0-9])"
)
# Control characters other than white space: what a terminal would obey.
STEERING = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_ON_ELEMENT = ("click", "hover", "type", "choose", "switch")
_VALUES: dict[str, type | tuple[type, ...]] = {
    "type": str,
    "choose": str,
    "press": str,
    "switch": bool,
    "dialog": (str, bool),
}


# The attributes by which a site itself names an element, whatever it shows.
NAMING = ("id", "name", "data-testid", "data-test", "data-tid", "data-automation-id")


@dataclass(frozen=True)
class Want:
    """The wanted element as the page showed it: evidence, of which no single piece is a selector.

    ``among`` are words of its row or section that none of its namesakes had: what tells whose button it is. ``around``
    are those around what has no namesake, which may be the name of what it belongs to. ``touched`` has the place in the
    model of what earlier steps, by their ids, acted on: kept where nothing but its place tells the element.
    """

    role: str
    names: tuple[str, ...]
    called: str = ""
    sections: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    ids: Mapping[str, str] = field(default_factory=dict)
    row: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    index: int | None = None
    among: tuple[str, ...] = ()
    around: tuple[str, ...] = ()
    touched: Mapping[str, int] = field(default_factory=dict)

    def element(self, risk: Risk = "") -> Element:
        """The element to look for: this role, exactly these names, in this section where it stood in one."""
        words = Words(en=tuple(dict.fromkeys((*self.names, *self.known))))
        section = Words(en=self.sections) if self.sections else None
        return Element(self.called or (self.names or (self.role,))[0], self.roles, words, section, risk=risk)

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles it may have: its own, or the several that ``input``, ``widget`` and ``roletype`` stand for."""
        return SEVERAL.get(self.role, (self.role,))

    @property
    def is_told_by_place(self) -> bool:
        """Whether it has no name or others bore it too, and no words told it from them."""
        is_alone = self.names and self.counts.get("role+name", 1) == 1
        return self.index is not None and not (is_alone or self.among or self.row)

    @property
    def plain(self) -> tuple[str, ...]:
        """The texts by which it is looked for where it may be a thing without any role; else nothing."""
        return self.names if "generic" in self.roles else ()


@dataclass(frozen=True)
class Human:
    """What only a person may do: its name, its words, and the name of the secret it brings forth."""

    name: str
    what: str
    how_we_know: str = ""
    gives: str | None = None


@dataclass(frozen=True)
class Step:
    """One thing that was done, what it was done to, and what became true afterwards.

    ``value`` of a click is "double", "right" or "middle" where it was no plain one. ``expect`` holds one-entry objects:
    ``url``, ``shows``, ``state``, ``opens``, ``closes`` or ``dialog``; of an answered dialog, ``asks``.
    """

    id: str
    do: Do
    flow: str | None = None
    page: str = "main"
    frame: tuple[Mapping[str, Any], ...] = ()
    where: str | None = None
    url: str | None = None
    want: Want | None = None
    value: str | bool | None = None
    risk: Risk = ""
    human: Human | None = None
    expect: tuple[Mapping[str, Any], ...] = ()
    model: str | None = None
    aria: str | None = None


@dataclass(frozen=True)
class Placeholder:
    """What has to be given at replay: a site's base address, a mail address, a code, a typed value or a secret."""

    kind: Literal["site", "address", "code", "value", "secret"]
    what: str = ""


@dataclass
class Recording:
    """A recording in memory; ``models`` and ``arias`` by the file name a step gives."""

    name: str
    recorded: Mapping[str, str]
    title: str = ""
    lang: str | None = None
    world: Mapping[str, Any] | None = None
    placeholders: dict[str, Placeholder] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    models: dict[str, dict[str, Any]] = field(default_factory=dict)
    arias: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """As it stands in ``flow.json``; what holds nothing is left out."""
        head = {"schema": SCHEMA, "name": self.name, "title": self.title, "lang": self.lang}
        rest = {
            "recorded": dict(self.recorded),
            "world": self.world,
            "placeholders": {name: _lean(asdict(one)) for name, one in self.placeholders.items()},
            "steps": [_lean(asdict(step)) for step in self.steps],
        }
        return {**{key: value for key, value in head.items() if value}, **rest}

    def save(self, folder: Path) -> Path:
        """Write the folder; every file private from the start. Gives the folder."""
        for name, model in self.models.items():
            write_private(folder / name, as_text(model))
        for name, aria in self.arias.items():
            write_private(folder / name, aria)
        write_private(folder / FLOW, as_text(self.as_json()))
        return folder

    def model_of(self, step: Step) -> list[Item] | None:
        """The items of the page as it was before a step, or None where that was not kept."""
        model = self.models.get(step.model or "")
        return None if model is None else model_items(model)


def load(path: Path) -> Recording:
    """Read a recording from its folder or its ``flow.json``. Raises BadRecording with the place in the file."""
    file = path / FLOW if path.is_dir() else path
    if not file.exists():
        expected = _("a recording: a file, or a folder with {name} in it").format(name=FLOW)
        raise refused(path, WHOLE, expected, _("no {name} in it").format(name=FLOW))
    data = checked(read_json(file), "flow.json", file)
    recording = from_json(data)
    check_references(recording, file)
    folder = file.parent.resolve()
    for name in dict.fromkeys(name for step in recording.steps for name in (step.model, step.aria) if name):
        beside = folder / name
        if not _is_inside(beside, folder):
            raise refused(file, name, _("a file inside the recording's folder"), _("a path that leaves it"))
        if not beside.exists():
            continue  # a recording cut off by a crash is good for what it has
        if name.endswith(".json"):
            recording.models[name] = checked(read_json(beside), "model.json", beside)
        else:
            recording.arias[name] = read_text(beside)
    return recording


def _is_inside(file: Path, folder: Path) -> bool:
    try:
        return file.resolve().is_relative_to(folder)
    except RuntimeError:  # a link that leads to itself
        return False


def check_references(recording: Recording, file: Path) -> None:
    """See that steps have names of their own, all that their verbs need, and only placeholders that are there.

    A secret is only ever typed.

    Raises BadRecording with the place.
    """
    seen: set[str] = set()
    for number, step in enumerate(recording.steps):
        place = f"steps[{number}]"
        if step.id in seen:
            raise refused(file, f"{place}.id", _("a name of its own for each step"), step.id)
        seen.add(step.id)
        if complaint := _complaint(step):
            raise refused(file, f"{place}.{complaint[0]}", complaint[1], _short(getattr(step, complaint[0])))
        for key in ("value", "url", "where"):
            for found in PLACEHOLDER.finditer(str(getattr(step, key) or "")):
                kind = getattr(recording.placeholders.get(found["name"]), "kind", None)
                if kind is None or (kind == "secret") != bool(found["secret"]):
                    raise refused(file, f"{place}.{key}", _("a name that stands under placeholders"), found[0])
                if kind == "secret" and (step.do not in ("type", "dialog") or step.value != found[0]):
                    raise refused(
                        file,
                        f"{place}.{key}",
                        _("a secret only as all that is typed into a field or a prompt"),
                        found[0],
                    )


def _complaint(step: Step) -> tuple[str, str] | None:
    """Which part of a step is not what its verb needs, and what that would be; None where all is well."""
    if step.do == "open" and not _can_be_opened(step.url or ""):
        return "url", _("an address that a browser can open")
    if step.do in _ON_ELEMENT and step.want is None:
        return "want", _("the element that is meant")
    if step.do == "human" and step.human is None:
        return "human", _("what the person is to do")
    if step.do in _VALUES and not isinstance(step.value, _VALUES[step.do]):
        return "value", _("true or false") if step.do == "switch" else _("a text")
    if step.do == "press" and not KEY.fullmatch(str(step.value)):
        return "value", _("the name of a key")
    if step.do == "click" and step.value not in (None, *CLICKS):
        return "value", _("one of: {names}").format(names=", ".join(CLICKS))
    return None


def _can_be_opened(url: str) -> bool:
    """Whether an address has a host, and a port if any, that can be; the schema has seen to the rest."""
    try:
        parts = urlsplit(PLACEHOLDER.sub("http://name.example", url))
        return url == "about:blank" or (bool(parts.hostname) and parts.port != 0)
    except ValueError:
        return False


def from_json(data: dict[str, Any]) -> Recording:
    """A recording from the content of a ``flow.json`` that was checked."""
    return Recording(
        name=data["name"],
        recorded=data["recorded"],
        title=data.get("title", ""),
        lang=data.get("lang"),
        world=data.get("world"),
        placeholders={name: Placeholder(**one) for name, one in data["placeholders"].items()},
        steps=[_step(one) for one in data["steps"]],
    )


def _step(data: dict[str, Any]) -> Step:
    given: dict[str, Any] = dict(data)
    for key in ("frame", "expect"):
        given[key] = tuple(data.get(key, ()))
    given["want"] = Want(**_with_tuples(data["want"])) if data.get("want") else None
    given["human"] = Human(**data["human"]) if data.get("human") else None
    return Step(**given)


def _with_tuples(data: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}


def model_of(items: Iterable[Item], where: str, lang: str | None) -> dict[str, Any]:
    """The page model of one look (taken with ``rows`` and ``ids``), not yet cleaned of addresses and codes."""
    return {"where": where, "lang": lang, "items": [_lean(_modelled(item)) for item in items]}


def _modelled(item: Item) -> dict[str, Any]:
    return {
        "role": item.role,
        "names": list(item.names),
        "sections": list(item.sections),
        "ids": dict(item.ids),
        "checked": item.checked,
        "enabled": item.enabled,
        "options": [option["text"] for option in item.options],
        "row": list(item.row_addresses or ()),
        "within": item.within,
    }


def model_items(model: Mapping[str, Any]) -> list[Item]:
    """The items of a page model, as if they had just been looked at."""
    return [
        Item(
            index=index,
            role=one["role"],
            names=tuple(one["names"]),
            sections=tuple(one["sections"]),
            enabled=one.get("enabled", True),
            checked=one.get("checked"),
            value=None,
            options=tuple({"text": text, "value": "", "selected": False} for text in one.get("options", ())),
            html=one.get("ids", {}).get("name"),
            row_addresses=tuple(one.get("row", ())) or None,
            row_text="",
            ids=one.get("ids", {}),
            within=one.get("within", ""),
        )
        for index, one in enumerate(model["items"])
    ]


def read_json(file: Path) -> Any:
    """The JSON in a file. Raises BadRecording where it is none, too large or not there."""
    try:
        return parsed(read_text(file))
    except ValueError as error:
        place = f"{error.lineno}:{error.colno}" if isinstance(error, json.JSONDecodeError) else WHOLE
        raise refused(file, place, _("JSON in UTF-8"), str(error)) from None
    except RecursionError:
        raise refused(file, WHOLE, _("JSON in UTF-8"), _("brackets within brackets without end")) from None


def parsed(text: str) -> Any:
    """The JSON in a text, without marks that turn the direction of writing. Raises ValueError, RecursionError."""
    data = json.loads(text)
    return json.loads(TURNING.sub("", json.dumps(data, ensure_ascii=False))) if "\\u" in text else data


def checked(data: Any, schema: str, file: Path) -> Any:
    """The data, if it is as its schema says. Raises BadRecording naming the first place where it is not."""
    if (place := _steering(data)) is not None:
        raise refused(file, place, _("text without control characters"), _("a character that steers a terminal"))
    if schema == "flow.json" and isinstance(data, dict) and data.get("schema") not in (SCHEMA, None):
        raise refused(file, "schema", SCHEMA, repr(data["schema"])[:80])
    from jsonschema.exceptions import best_match

    if error := best_match(_validator(schema).iter_errors(data)):
        raise refused(
            file, error.json_path.removeprefix("$").lstrip(".") or WHOLE, _expected(error), _short(error.instance)
        )
    return data


def _steering(data: Any) -> str | None:
    """The place of a text with a character that would steer a terminal; None where there is none."""
    waiting: list[tuple[str, Any]] = [("", data)]
    while waiting:
        place, one = waiting.pop()
        if isinstance(one, dict):
            waiting += [(place, "".join(one)), *((f"{place}.{key}".lstrip("."), value) for key, value in one.items())]
        elif isinstance(one, list):
            waiting += [(f"{place}[{number}]", value) for number, value in enumerate(one)]
        elif isinstance(one, str) and STEERING.search(one):
            return STEERING.sub("?", place)
    return None


def refused(file: Path, place: str, expected: str, seen: str) -> BadRecording:
    """The error for a file that is not followed: which, where in it, why."""
    if place == WHOLE:
        doing = _("Reading the recording {file}.").format(file=file)
        todo = _("Nothing was done. Give another file or folder, or record it anew.")
    else:
        doing = _("Reading the recording {file}, at {place}.").format(file=file, place=place)
        todo = _("Nothing was done. Correct that place, or record it anew.")
    return BadRecording(doing, expected=expected, seen=seen, todo=todo)


def as_text(data: Any) -> str:
    """JSON as it is kept: readable, and the same for the same content."""
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


@cache
def _validator(schema: str) -> Draft202012Validator:
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend
    from referencing import Registry, Resource

    # To JSON Schema 1.0 is an integer; as a place in a list it is none.
    whole = Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda _checker, one: type(one) is int)
    folder = Path(__file__).parents[1] / "schemas"
    contents = {name: json.loads((folder / name).read_text(encoding="utf-8")) for name in ("flow.json", "model.json")}
    registry = Registry().with_resources((name, Resource.from_contents(one)) for name, one in contents.items())
    validator: type[Draft202012Validator] = extend(Draft202012Validator, type_checker=whole)  # type: ignore[no-untyped-call]  # as it comes
    return validator(contents[schema], registry=registry)


def _expected(error: Any) -> str:
    if error.validator == "pattern":
        return str(error.schema.get("description") or error.validator_value)
    if error.validator == "additionalProperties":
        return _("only: {names}").format(names=", ".join(error.schema.get("properties", {})))
    return f"{error.validator}: {_short(error.validator_value)}"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=vars)
    return text if len(text) <= 120 else text[:119] + "…"


def read_text(file: Path) -> str:
    """The text of a file, without marks that turn the direction of writing. Raises BadRecording where it is none, too large or not there."""
    if file.exists() and not file.is_file():  # a device or a pipe may never end
        raise refused(file, WHOLE, _("a text file in UTF-8"), _("something else"))
    try:
        if file.stat().st_size > MOST_BYTES:
            raise refused(file, WHOLE, _("at most {count} bytes").format(count=MOST_BYTES), str(file.stat().st_size))
        return TURNING.sub("", file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise refused(file, WHOLE, _("a text file in UTF-8"), error.strerror or str(error)) from None
    except UnicodeDecodeError as error:
        raise refused(file, WHOLE, _("a text file in UTF-8"), str(error)) from None


def _lean(data: dict[str, Any]) -> dict[str, Any]:
    """The data without what says nothing: None, empty texts and lists; what is required stays."""
    kept = {key: _lean(value) if isinstance(value, dict) else value for key, value in data.items()}
    needed = ("id", "do", "role", "names", "sections", "kind", "name", "what", "checked", "value")
    return {
        key: value
        for key, value in kept.items()
        if value not in (None, "", [], (), {}) or (key in needed and value is not None)
    }
