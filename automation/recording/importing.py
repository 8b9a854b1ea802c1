"""What other tools' recordings have in common: a recording in the making, and evidence from their selectors.

What they call selectors is only evidence here, and nothing in their files is ever executed.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from automation.element import plain
from automation.errors import BadRecording
from automation.messages import _, listed
from automation.recording.flow_file import (
    FLOW,
    MOST_STEPS,
    SEVERAL,
    WIDGET,
    Do,
    Placeholder,
    Recording,
    Step,
    Want,
    as_text,
    checked,
    refused,
)
from automation.recording.secret_fields import asked_for, calls_code, is_secret_field
from automation.settings import Settings

_ADDRESS = re.compile(r"https?://[^\s/@\\]+([/?#]\S*)?")
_KEPT_IDS = ("id", "name", "autocomplete", "data-testid", "data-test", "data-tid", "data-automation-id", "tag", "type")
_MADE_NAME = re.compile(r"[^\w.@ -]+")


@dataclass(frozen=True)
class Read:
    """A recording as it was read, and what the person should know about its file."""

    recording: Recording
    notes: tuple[str, ...] = ()
    made_by: str = "autoconfigure"


@dataclass
class Draft:
    """A recording in the making from another tool's file: numbers the steps and keeps secrets out."""

    file: Path
    title: str
    by: str
    steps: list[Step] = field(default_factory=list)
    placeholders: dict[str, Placeholder] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    held_secrets: list[str] = field(default_factory=list)
    at: dict[str, str | None] = field(default_factory=dict)

    def refuse(self, place: str, expected: str, seen: object) -> BadRecording:
        """The error for a place in the file that is not followed."""
        return refused(self.file, place, expected, seen if isinstance(seen, str) else json.dumps(seen)[:120])

    def text(self, data: Mapping[str, Any], key: str, place: str, most: int = 2000) -> str:
        """A text of the file. Raises BadRecording where there is none, or far too much of it."""
        value = data.get(key)
        if not isinstance(value, str) or len(value) > most:
            raise self.refuse(f"{place}.{key}", _("a text of at most {count} characters").format(count=most), value)
        return value

    def address(self, data: Mapping[str, Any], key: str, place: str) -> str:
        """An address that may be opened: http, https or an empty tab."""
        value = self.text(data, key, place, 4000)
        if value in ("about:blank", "") or re.fullmatch(r"chrome://new-?tab(-page)?/?", value):
            return "about:blank"
        if not _ADDRESS.fullmatch(value):
            raise self.refuse(f"{place}.{key}", _("an address beginning with http:// or https://"), value[:120])
        return value

    def add(self, do: Do, page: str = "main", **more: Any) -> Step:
        """One more step."""
        if len(self.steps) >= MOST_STEPS:
            raise self.refuse("steps", _("at most {count} steps").format(count=MOST_STEPS), str(len(self.steps) + 1))
        where = more.pop("where", self.at.get(page))
        step = Step(f"{len(self.steps) + 1}-{do}", do, page=page, where=where, **more)
        self.steps.append(step)
        return step

    def open(self, url: str, page: str) -> None:
        """A step that opens an address; an empty first tab is no step."""
        if url != "about:blank" or page != "main":
            self.add("open", page, url=url)
        self.at[page] = without_query(url)

    def expect(self, number: int, **one: Any) -> None:
        """What became true after a step (by its place in ``steps``)."""
        if self.steps:
            step = self.steps[number]
            self.steps[number] = replace(step, expect=(*step.expect, one))

    def typing(self, want: Want, text: str, page: str, frame: tuple[Mapping[str, Any], ...], place: str) -> None:
        """A step that types. What looks secret or is a one-time code is not taken over: it is asked for at replay."""
        words = (*want.names, *(text for key, text in want.ids.items() if key != "tag"))
        is_secret = is_secret_field(words, want.role, want.ids.get("autocomplete", ""))
        asked = "code" if want.role != "password" and calls_code(words) else "secret" if is_secret else ""
        given = self._given(text, asked, want.names[0] if want.names else "", place)
        self.add("type", page, want=want, frame=frame, **given)

    def answering(self, text: str, asks: str, page: str, place: str) -> None:
        """A step that gives a native prompt a text, which is as much a secret as one typed into a field."""
        expect = ({"asks": asks},) if asks else ()
        self.add("dialog", page, expect=expect, **self._given(text, asked_for(asks), asks, place))

    def _given(self, text: str, asked: str, called: str, place: str) -> dict[str, Any]:
        """A step's value and risk: the text, or what stands for it where a secret or a code was ``asked`` for."""
        if text.startswith("${") and (known := _as_exported(text)):
            name, kind = known
            value = text
        elif asked == "code":
            name, kind, value = (new := self._free_name("CODE")), "code", f"${{{new}}}"
        elif asked:
            name, kind = self._free_name("PASSWORD"), "secret"
            value = f"${{secret:{name}}}"
            self.held_secrets.append(place)
        else:
            return {"value": text}
        self.placeholders.setdefault(name, Placeholder(kind, called))  # type: ignore[arg-type]  # of the five kinds
        return {"value": value, "risk": "secret" if kind == "secret" else ""}

    def _free_name(self, kind: str) -> str:
        return f"{kind}_{sum(name.startswith(kind) for name in self.placeholders) + 1}"

    def finished(self) -> Read:
        """The recording, as checked as one of ours."""
        when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.file.stat().st_mtime))
        name = _MADE_NAME.sub(" ", self.file.stem).strip(" .-") or "recording"
        recording = Recording(name[:90], {"when": when, "by": self.by}, title=self.title[:2000])
        recording.steps, recording.placeholders = self.steps, self.placeholders
        checked(json.loads(as_text(recording.as_json())), FLOW, self.file)  # the same limits as for our own
        notes = list(self.notes)
        if self.held_secrets:
            notes.insert(0, _clear_text(self.file, self.held_secrets))
        return Read(recording, tuple(notes), self.by)


def _clear_text(file: Path, places: list[str]) -> str:
    return _(
        "The file {file} holds what looks like a password in clear ({places}). It is not used: I ask for it when it is"
        " needed. Delete the file or take the password out before you give it to anybody."
    ).format(file=file.name, places=listed(places))


def at_open_sites(recording: Recording, settings: Settings) -> Recording:
    """The recording with the providers' addresses left open, as in one of ours: it can then be replayed elsewhere.

    The addresses are those of the settings; every other address stays as it is.
    """
    sites = {
        str(url).rstrip("/").lower(): name.upper() for name, url in vars(settings).items() if name.endswith("_url")
    }
    known = re.compile(rf"(?i)({'|'.join(map(re.escape, sites))})(?=[/?#]|$)")

    def opened(url: str | None) -> str | None:
        found = known.match(url or "")
        if url is None or found is None:
            return url
        name = sites[found[1].lower()]
        recording.placeholders.setdefault(name, Placeholder("site"))
        return f"${{{name}}}" + url[found.end() :]

    def came(one: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"url": opened(one["url"])} if one.get("url") else one

    recording.steps = [
        replace(step, url=opened(step.url), where=opened(step.where), expect=tuple(map(came, step.expect)))
        for step in recording.steps
    ]
    return recording


_EXPORTED = re.compile(r"\$\{(?P<secret>secret:)?(?P<name>[A-Z][A-Z0-9_]*)\}")
_KINDS = {"ADDRESS": "address", "CODE": "code"}


def _as_exported(text: str) -> tuple[str, str] | None:
    """The name and kind of a placeholder, where a typed text is one that our own export left there."""
    found = _EXPORTED.fullmatch(text)
    if found is None:
        return None
    kind = next((kind for word, kind in _KINDS.items() if word in found["name"]), "value")
    return found["name"], "secret" if found["secret"] else kind


def without_query(url: str) -> str:
    """An address without query and fragment, which can hold secrets."""
    return url.partition("#")[0].partition("?")[0]


def role_of(given: str | None, otherwise: str) -> str:
    """The role in our words; other tools call fields for passwords textboxes, and name roles that we do not tell apart."""
    role = (given or "").strip().lower()
    if role in ("textbox", "spinbutton"):
        return "input"
    return role if role in (*WIDGET, "heading", "row") else otherwise


def want_of(role: str, names: list[str], ids: Mapping[str, str], sections: list[str] | None = None) -> Want:
    """The wanted element from what another tool says of it; a row's mail address is evidence, nothing positional is."""
    if ids.get("type") == "password":
        role = "password"
    elif ids.get("tag") == "select" and role in SEVERAL:
        role = "combobox"
    kept = {key: text[:300] for key, text in ids.items() if key in _KEPT_IDS and text}
    clean = [name for name in dict.fromkeys(" ".join(one.split()) for one in names) if plain(name)]
    called = clean[0] if clean else next((f"{key}={text}" for key, text in kept.items() if key != "tag"), role)
    around = tuple(dict.fromkeys(sections or ()))
    return Want(role, tuple(clean[:40]), called=called, sections=around[:40], ids=kept)


_CSS_ID = re.compile(r"#((?:[\w-]|\\.)+)")
_CSS_ATTRIBUTE = re.compile(r"""\[\s*([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^\]"']+))\s*\]""")
_CSS_TAG = re.compile(r"[a-z][a-z0-9]*")


def css_ids(selector: str) -> dict[str, str]:
    """What the last part of a CSS selector says of the element itself; places and classes are no evidence."""
    last = re.split(r"\s*(?:>>>|[>+~])\s*|\s+(?![^\[]*\])", selector.strip())[-1]
    ids = {found[1]: _unescaped(found[2] or found[3] or found[4] or "") for found in _CSS_ATTRIBUTE.finditer(last)}
    bare = _CSS_ATTRIBUTE.sub("", last)
    if named := _CSS_ID.search(bare):
        ids["id"] = _unescaped(named[1])
    if tag := _CSS_TAG.match(bare):
        ids["tag"] = tag[0]
    return ids


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)
