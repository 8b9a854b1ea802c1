"""What a recording never holds: mail addresses and codes become placeholders, web addresses lose all but their way."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, replace
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from automation.element import Item
from automation.errors import TURNING
from automation.recording.flow_file import PLACEHOLDER, STEERING, Placeholder, Step, Want
from automation.recording.masked import about_anybody, masked_addresses, names_of_anybody
from automation.recording.secret_fields import asked_for
from automation.settings import Settings, is_loopback

_ASCII_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`|~-]+[@＠][A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_ANY_ADDRESS = re.compile(r"[^\s@＠<>()\[\]{},;:：\"“”「」『』（）、。]+[@＠]\w[\w-]*(?:\.\w[\w-]*)+")
_LETTERS_OR_DIGITS = "A-Za-z0-9"
# Sixteen letters in a row or by four are an app password, unless they read as everyday words.
_GROUPED = re.compile(r"(?<![A-Za-z0-9])[a-z]{4}(?:[ \u00a0-][a-z]{4}){3}(?![A-Za-z0-9])")
_EVERYDAY = re.compile(
    r"also|back|been|body|both|call|code|come|copy|date|days|does|done|down|each|else|even|file|find|five|four|free|"
    r"from|full|give|good|have|head|help|here|hide|high|home|hour|into|item|just|keep|kind|know|last|left|less|like|"
    r"line|link|list|long|look|lost|made|mail|main|make|many|mark|menu|mode|more|most|move|much|must|name|need|news|"
    r"next|note|once|only|open|over|page|part|past|pick|plan|play|post|read|rest|room|rule|safe|same|save|seem|seen|"
    r"send|sent|show|side|sign|site|size|some|soon|sort|spam|stay|stop|such|sure|take|task|tell|text|than|that|them|"
    r"then|they|this|time|turn|type|undo|unit|upon|used|user|uses|very|view|want|week|well|went|were|what|when|will|"
    r"with|word|work|year|your"
)
_CODES = re.compile(
    rf"(?<![{_LETTERS_OR_DIGITS}])(?:"
    r"[a-z]{16}"
    r"|(?=[a-z0-9]*\d)(?=[a-z0-9]*[a-z])[a-z0-9]{16}"
    r"|(?=[A-Z-]*\d)[A-Z0-9]{4,5}(?:-[A-Z0-9]{4,5}){2,}"
    r"|(?:[A-Z]-)?\d{5,}"
    r"|\d{3}[ \u00a0-]\d{3,4}"
    r"|(?:\+|0)\d[\d ()-]{6,}\d"
    rf")(?![{_LETTERS_OR_DIGITS}])"
)
_SHORT_CODE = re.compile(r"(?i)(\b(?:code|pin)\b\D{0,20}|コード\D{0,10})(?<!\d)(\d{4})(?!\d)")
_TOKEN = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|(?=[A-Za-z0-9]*\d[A-Za-z]*\d)(?=[A-Za-z0-9]*[A-Za-z])[A-Za-z0-9]{16,}"
    r"|(?=[\w-]*\d[\D]*\d)(?=[\w-]*[a-z])(?=[\w-]*[A-Z])[\w-]{24,}",
    re.ASCII,
)
_ROUTE = re.compile(r"!?/?[\w.-]+(?:/[\w.-]+)*/?", re.ASCII)
# A message in a list is one long line; a name this long on a row or list entry is somebody's mail.
LONGEST_ROW_NAME = 60
# What a hostile or careless page may make longer than any label people read; the schema has the same limits or wider ones.
LONGEST, MOST_TEXTS, MOST_OPTIONS = 400, 40, 2000
# A word of this length names nothing; to look for addresses from each of its letters would take minutes.
_ENDLESS = re.compile(rf"[^\s、。「」]{{{LONGEST},}}")


class Redaction:
    """Gives each private text of one recording a name, and writes the name instead.

    Known from the settings: both addresses, the display name, the sites' base addresses. Everything else that looks like
    a mail address or a code is numbered as it comes.
    """

    def __init__(self, settings: Settings) -> None:
        self.placeholders: dict[str, Placeholder] = {}
        self._known: list[tuple[re.Pattern[str], str]] = []
        self._sites: dict[str, str] = {}
        self._numbered: dict[tuple[str, str], str] = {}
        self._know_settings(settings)

    def _know_settings(self, settings: Settings) -> None:
        for field in fields(settings):
            value, name = getattr(settings, field.name), field.name.upper()
            if not value:
                continue
            if name.endswith("_URL"):
                self._sites[str(value).rstrip("/").lower()] = name
                self.placeholders[name] = Placeholder("site")
                self._know(str(value), name)
                if is_loopback(urlsplit(value).hostname or ""):  # a practice world's port is another one each time
                    self._know(urlsplit(value).netloc, name)
            elif name.endswith("_ADDRESS"):
                self.placeholders[name] = Placeholder("address")
                self._know(value, name)
            elif name == "DISPLAY_NAME" and len(value) > 2:
                self.placeholders[name] = Placeholder("value")
                self._know(value, name)
        # The longest first: one address may be a part of another.
        self._known.sort(key=lambda known: -len(known[0].pattern))

    def _know(self, value: str, name: str) -> None:
        ending = r"(?![A-Za-z0-9-]|\.[A-Za-z0-9])" if name.endswith("_ADDRESS") else r"(?![A-Za-z0-9])"
        pattern = re.compile(rf"(?i)(?<![A-Za-z0-9.]){re.escape(value)}{ending}")
        self._known.append((pattern, f"${{{name}}}"))

    def know(self, text: str, placeholder: str) -> None:
        """From now on this text is written as this placeholder, wherever a page repeats it: a secret within words too."""
        pattern = r"\s+".join(map(re.escape, text.split()))
        if len(text) < 4 or not (found := PLACEHOLDER.fullmatch(placeholder)) or not found["secret"]:
            pattern = rf"(?<![A-Za-z0-9]){pattern}(?![A-Za-z0-9])"
        self._known.append((re.compile(f"(?i){pattern}"), placeholder))

    def tell(self, placeholder: str) -> None:
        """From now on the text behind this placeholder is nothing private any more."""
        self._known = [known for known in self._known if known[1] != placeholder]

    # -- texts ----------------------------------------------------------------------------------------------------

    def text(self, text: str) -> str:
        """A text of a page as it may be written down."""
        text = STEERING.sub(" ", TURNING.sub("", text)).replace(
            "${", "$ {"
        )  # a page must not be able to write placeholders of ours
        text = _outside(_ENDLESS, text, lambda m: self._code(m[0]))
        for pattern, name in self._known:
            text = _outside(pattern, text, lambda _m, name=name: name)  # type: ignore[misc]  # bound per round
        masked = map(re.escape, masked_addresses(text))
        for pattern in (_ASCII_ADDRESS, _ANY_ADDRESS, *map(re.compile, masked)):
            text = _outside(pattern, text, lambda m: self._number("address", m[0].lower()))
        text = _outside(_GROUPED, text, lambda m: m[0] if _reads_as_words(m[0]) else self._code(m[0]))
        text = _outside(_SHORT_CODE, text, lambda m: m[1] + self._code(m[2]))
        for pattern in (_CODES, _TOKEN):
            text = _outside(pattern, text, lambda m: self._code(m[0]))
        return text

    def around(self, text: str) -> str:
        """A text that says where something stands or what became true, as it may be written down."""
        return self.text(about_anybody(text))

    def _code(self, text: str) -> str:
        return self._number("code", re.sub(r"[\s\u00a0-]", "", text))

    def _number(self, kind: str, text: str) -> str:
        """The placeholder of a private text; the same text gets the same."""
        key = (kind, text)
        if key not in self._numbered:
            name = f"{kind.upper()}_{sum(1 for k, _t in self._numbered if k == kind) + 1}"
            self._numbered[key] = name
            self.placeholders[name] = Placeholder("code" if kind == "code" else "address")
        return f"${{{self._numbered[key]}}}"

    # -- addresses ------------------------------------------------------------------------------------------------

    def url(self, url: str) -> str | None:
        """A web address without query, and without a fragment unless that is a plain route; None for other schemes."""
        if url == "about:blank":
            return url
        base, path, _query, fragment = self._split(url)
        if base is None:
            return None
        route = unquote(fragment)
        is_plain = bool(_ROUTE.fullmatch(route)) and self.text(route) == route and len(route) <= 100
        return base + path + (f"#{fragment}" if is_plain else "")

    def own_url(self, url: str) -> str | None:
        """A web address that the program itself put together: with its query, everything private in it replaced."""
        base, path, query, fragment = self._split(url)
        if base is None:
            return self.url(url)
        rest = (f"?{query}" if query else "") + (f"#{fragment}" if fragment else "")
        return base + path + self._quoted(rest)

    def _split(self, url: str) -> tuple[str | None, str, str, str]:
        """The base (a placeholder for a known site), the cleaned path, and query and fragment as they are."""
        try:
            parts = urlsplit(url)
            host = parts.netloc.rpartition("@")[2].lower()
            _port = parts.port  # complains about what is none
        except ValueError:
            return None, "", "", ""
        if parts.scheme not in ("http", "https") or not host:
            return None, "", "", ""
        base, path = f"{parts.scheme}://{host}", parts.path
        for site, name in self._sites.items():
            whole = base + path
            if whole.lower() == site or whole.lower().startswith(site + "/"):
                base, path = f"${{{name}}}", whole[len(site) :]
                break
        return base, "/".join(self._quoted(part) for part in path.split("/")) or "/", parts.query, parts.fragment

    def _quoted(self, part: str) -> str:
        """A piece of an address; left as it is unless something private stood in it."""
        plain = unquote(part)
        clean = self.text(plain)
        return part if clean == plain else quote(clean, safe="${}/?#&=:@!*()',;+%-._~")

    # -- elements -------------------------------------------------------------------------------------------------

    def item(self, item: Item) -> Item:
        """An element of a page as it may be written down; what it holds is left out, and what is longer than any label."""
        options = [{**option, "text": self.text(option["text"])[:LONGEST], "value": ""} for option in item.options]
        rows = item.row_addresses
        return replace(
            item,
            role=_role(item.role),
            names=() if is_private_row(item) else self._texts(names_of_anybody(item.role, item.names)),
            sections=self._texts(map(about_anybody, item.sections)),
            options=tuple(options[:MOST_OPTIONS]),
            row_addresses=self._texts(rows) if rows is not None else None,
            row_text="",
            things=(),
            around=(),
            value=None,
            ids=self.ids(item.ids),
        )

    def _texts(self, texts: Iterable[str]) -> tuple[str, ...]:
        return tuple(self.text(text)[:LONGEST] for text in list(texts)[:MOST_TEXTS])

    def ids(self, ids: Mapping[str, str]) -> dict[str, str]:
        """Attributes that name an element, without those that hold something private."""
        return {key: value for key, value in ids.items() if self.text(unquote(value)) == unquote(value)}

    def want(self, want: Want) -> Want:
        """The evidence for an element as it may be written down."""
        return replace(
            want,
            role=_role(want.role),
            names=self._texts(names_of_anybody(want.role, want.names)),
            sections=self._texts(map(about_anybody, want.sections)),
            known=self._texts(want.known),
            called=self.around(want.called)[:LONGEST],
            ids=self.ids(want.ids),
            row=self.text(want.row) if want.row else None,
            among=self._telling(want.among),
            around=self._texts(want.around),
        )

    def _telling(self, among: tuple[str, ...]) -> tuple[str, ...]:
        """Words that tell namesakes apart: those without anything private, where there are such."""
        return tuple(text for text in among if self.text(text) == text) or self._texts(among[:1])

    # -- what was typed -------------------------------------------------------------------------------------------

    def typed(self, text: str | None, called: str) -> str:
        """What stands for a typed text: the setting or number it is known by, else a placeholder of its own.

        ``text`` is None where it was never read.
        """
        clean = self.text(text) if text else ""
        if clean and (known := PLACEHOLDER.fullmatch(clean)):
            one = self.placeholders[known["name"]]
            if not one.what and known["name"] in self._numbered.values():  # whoever is asked for it is told which field
                self.placeholders[known["name"]] = replace(one, what=self.around(called))
            return clean
        return self._own("VALUE", called, "value")

    def code(self, called: str) -> str:
        """What stands for a one-time code that was never read."""
        number = sum(1 for k, _t in self._numbered if k == "code") + 1
        self._numbered["code", f"unread {number}"] = f"CODE_{number}"
        self.placeholders[f"CODE_{number}"] = Placeholder("code", self.around(called))
        return f"${{CODE_{number}}}"

    def secret(self, name: str, called: str = "") -> str:
        """What stands for a secret of this name."""
        name = slug if (slug := _slug(self.around(name)))[:1].isalpha() else "PASSWORD"
        self.placeholders[name] = Placeholder("secret", self.around(called))
        return f"${{secret:{name}}}"

    def answered(self, text: str, question: str) -> str:
        """What stands for a text that a native dialog was given: a secret or a code, where its words ask for one.

        Longer than a letter or two, it is left out from now on wherever a page repeats it.
        """
        asked = asked_for(question)
        known = "" if asked else self.typed(text, "")
        if known and self.text(text) == known:
            return known
        stands = self.secret(question, question) if asked == "secret" else self.code(question) if asked else known
        if len(text.strip()) > 2:
            self.know(text.strip(), stands)
        return stands

    def _own(self, prefix: str, called: str, kind: Any) -> str:
        called = self.around(called)
        base = "_".join(filter(None, (prefix, _slug(called))))
        number = 1
        while (name := base if number == 1 and base != prefix else f"{base}_{number}") in self.placeholders:
            number += 1
        self.placeholders[name] = Placeholder(kind, called)
        return f"${{{name}}}"

    def used(self, steps: Iterable[Step]) -> dict[str, Placeholder]:
        """The placeholders that a replay of these steps needs, by name; what merely stands around an element is not."""
        needed = [
            (
                step.value,
                step.url,
                step.where,
                step.expect,
                step.frame,
                step.want and (step.want.names, step.want.row, step.want.among, step.want.around),
            )
            for step in steps
        ]
        text = json.dumps(needed, ensure_ascii=False)
        gives = [step.human.gives for step in steps if step.human and step.human.gives]
        names = dict.fromkeys([*(match["name"] for match in PLACEHOLDER.finditer(text)), *gives])
        return {name: self.placeholders[name] for name in names if name in self.placeholders}


def is_private_row(item: Item) -> bool:
    """Whether an element is a line of a list that reads like a message: its text is somebody's mail."""
    return item.role in ("row", "option") and any(len(name) > LONGEST_ROW_NAME for name in item.names)


def _role(role: str) -> str:
    """A page may write anything where its roles stand."""
    return role if re.fullmatch(r"[a-z]{1,30}", role) else "generic"


def _outside(pattern: re.Pattern[str], text: str, name: Callable[[re.Match[str]], str]) -> str:
    """Replace what a pattern finds, but nothing in placeholders that are there already."""
    kept = re.split(r"(\$\{[^}]*\})", text)
    return "".join(piece if index % 2 else pattern.sub(name, piece) for index, piece in enumerate(kept))


def _reads_as_words(text: str) -> bool:
    return sum(bool(_EVERYDAY.fullmatch(word)) for word in re.split(r"[ \u00a0-]", text)) >= 2


def _slug(text: str) -> str:
    return re.sub(r"[^A-Z0-9]+", "_", text.upper()).strip("_")[:40].strip("_") if text.isascii() else ""
