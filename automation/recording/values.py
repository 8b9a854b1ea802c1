"""What stands for what: each placeholder of a recording with its value, given beforehand, asked for, or kept hidden."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from urllib.parse import urlsplit

from automation.element import Item
from automation.errors import BadSettings, MissingSetting
from automation.messages import _, listed, noted
from automation.recording.flow_file import PLACEHOLDER, Placeholder, Recording, Step, Want
from automation.settings import Secret, Settings, checked_address, is_loopback
from automation.tab import origin_of

_SETTING = re.compile(r"[A-Z_]+_(?:URL|ADDRESS)|DISPLAY_NAME")
_PAGE = re.compile(r"https?://[^\s/@\\]+([/?#]\S*)?|about:blank")


@dataclass
class Sources:
    """Where values may come from, besides the person: flags, settings, and what the command can look up.

    ``kept`` gives a secret by its name if it is kept (the keyring), ``handed`` the next one from standard input,
    ``code`` the newest one-time code for the page of an address, or nothing while none has come; it is None where codes
    cannot be looked up. ``ask`` and ``ask_secret`` ask the person, and are None where nobody can be asked.
    """

    settings: Settings
    given: Mapping[str, str] = field(default_factory=dict)
    kept: Callable[[str], Secret | None] = lambda _name: None
    handed: Callable[[], Secret | None] = lambda: None
    code: Callable[[str], str] | None = None
    ask: Callable[[str, Callable[[str], str]], str] | None = None
    ask_secret: Callable[[str], Secret] | None = None


class Values:
    """The values of one recording's placeholders."""

    def __init__(self, recording: Recording, sources: Sources) -> None:
        self.placeholders = recording.placeholders
        self.sources = sources
        self.secrets: dict[str, Secret] = {}
        # What was kept or made for one site is typed nowhere else, whatever a recording says; what the person gives
        # for this very replay goes where the recording typed it.
        self.bound: set[str] = set()
        self._texts: dict[str, str] = {}
        self._check_given()

    def _check_given(self) -> None:
        for name, text in self.sources.given.items():
            placeholder = self.placeholders.get(name)
            if placeholder is None:
                known = listed(n for n, p in self.placeholders.items() if p.kind != "secret")
                raise _bad_value(
                    name, _("one of: {names}").format(names=known or "-"), _("no such name in the recording")
                )
            if placeholder.kind == "secret":
                raise _bad_value(
                    name,
                    _("a secret from the keyring, the hidden question or --secret-stdin"),
                    _("a secret on the command line, where every program of this machine can read it"),
                )
            self._texts[name] = _checked(name, placeholder, text)

    # -- before the first step ------------------------------------------------------------------------------------

    def require(self, steps: Sequence[Step], readable: Collection[str] = ()) -> None:
        """Find or ask for everything these steps need, before anything is opened.

        What a person brings forth on the way is not needed yet, if the hand-over is one of the ``readable``. Raises
        MissingSetting with the names when nobody can be asked.
        """
        brought = {step.human.gives for step in steps if step.human and step.human.name in readable}
        missing = [name for name in _used(steps) if name not in brought and not self._found(name)]
        for name in [*missing] if self.sources.ask else []:
            placeholder = self.placeholders[name]
            if placeholder.kind != "code":  # those come only on the way
                self._ask(name, placeholder)
                missing.remove(name)
        if missing and not self.sources.ask:
            raise self._not_given(missing)

    def _not_given(self, missing: list[str]) -> MissingSetting:
        return MissingSetting(
            _("The recording needs values that are not given: {names}").format(names=listed(missing)),
            expected=listed(map(self._told, missing)),
            seen=_("nobody at a terminal to ask"),
            todo=_("Give them by --set NAME=VALUE; secrets by --secret-stdin, a line each; or run it in a terminal."),
        )

    def _told(self, name: str) -> str:
        """A placeholder with what it stands for: the field it was typed into, where that is known, and its kind."""
        one = self.placeholders[name]
        return noted(name, listed(filter(None, (one.what, kind_words()[one.kind]))))

    def _found(self, name: str) -> bool:
        """Whether a value is there without asking."""
        if name in self._texts or name in self.secrets:
            return True
        placeholder, sources = self.placeholders[name], self.sources
        if placeholder.kind == "secret":
            if handed := sources.handed():
                self.secrets[name] = handed
            elif kept := sources.kept(name):
                self.brought_forth(name, kept)
            return name in self.secrets
        if placeholder.kind == "code":
            return sources.code is not None
        if known := self._setting(name):
            self._texts[name] = known
        return bool(known)

    def _setting(self, name: str) -> str | None:
        """A setting that recordings call by its name; never one that tells of this machine."""
        known = getattr(self.sources.settings, name.lower(), None) if _SETTING.fullmatch(name) else None
        return known if isinstance(known, str) else None

    def _ask(self, name: str, placeholder: Placeholder) -> None:
        assert self.sources.ask
        assert self.sources.ask_secret
        called = placeholder.what or name
        question = noted(called, listed((name, kind_words()[placeholder.kind])))
        if placeholder.kind == "secret":
            self.secrets[name] = self.sources.ask_secret(question)
        else:
            self._texts[name] = self.sources.ask(question + "?", partial(_of_kind, placeholder))

    # -- on the way -----------------------------------------------------------------------------------------------

    def brought_forth(self, name: str, secret: Secret) -> None:
        """A secret that is kept, or that a page just showed to the person; typed only at the sites of the settings."""
        self.secrets[name] = secret
        self.bound.add(name)

    def fill(self, text: str) -> str:
        """A text with its placeholders filled in; those without a value stay as they are."""
        return PLACEHOLDER.sub(lambda m: m[0] if m["secret"] else self._text(m["name"]) or m[0], text)

    def codes_came(self, text: str, url: str) -> bool:
        """Whether the one-time codes in a text that is about to be typed are known by now."""
        for found in PLACEHOLDER.finditer(text):
            name = found["name"]
            is_open = self.placeholders[name].kind == "code" and name not in self._texts
            if is_open and self.sources.code and (code := self.sources.code(url)):
                self._texts[name] = code
        return not self._missing(text)

    def typed(self, text: str) -> str:
        """A text that is about to be typed. What comes only on the way is asked for now. Raises MissingSetting."""
        for name in self._missing(text):
            if not self.sources.ask:
                raise self._not_given([name])
            self._ask(name, self.placeholders[name])
        return self.fill(text)

    def _missing(self, text: str) -> list[str]:
        names = [found["name"] for found in PLACEHOLDER.finditer(text) if not found["secret"]]
        return [name for name in names if self._text(name) is None]

    def _text(self, name: str) -> str | None:
        known = self.placeholders.get(name)
        if known is None:  # it merely stands around an element, so the recording does not ask for it
            return self._setting(name)
        if name not in self._texts and known.kind not in ("secret", "code"):
            self._found(name)
        return self._texts.get(name)

    def secret_of(self, text: str | bool | None) -> str | None:
        """The name of the secret that a step types, if it types one."""
        found = PLACEHOLDER.fullmatch(text) if isinstance(text, str) else None
        return found["name"] if found and found["secret"] else None

    def may_be_typed_at(self, name: str, origin: str) -> bool:
        """Whether a secret may go to a site: what was kept or shown is for the sites of the settings alone."""
        sites = {origin_of(site) for key, site in vars(self.sources.settings).items() if key.endswith("_url")}
        return name not in self.bound or origin in sites

    def url(self, text: str) -> str:
        """An address with its placeholders filled in, if it is one that may be opened. Raises BadSettings."""
        url = self.fill(text)
        if not _PAGE.fullmatch(url):
            raise _bad_value(text, _("an address beginning with http:// or https://"), url[:120])
        return url

    def want(self, want: Want) -> Want:
        """The evidence for an element with real addresses in it."""
        lists = ("names", "sections", "known", "among", "around")
        texts = {key: tuple(map(self.fill, getattr(want, key))) for key in lists}
        return replace(want, **texts, row=self.fill(want.row) if want.row else None)  # type: ignore[arg-type]

    def items(self, items: list[Item]) -> list[Item]:
        """A page model with real addresses in it."""
        return [
            replace(
                item,
                names=tuple(map(self.fill, item.names)),
                sections=tuple(map(self.fill, item.sections)),
                row_addresses=tuple(map(self.fill, item.row_addresses)) if item.row_addresses is not None else None,
            )
            for item in items
        ]


def _used(steps: Sequence[Step]) -> list[str]:
    """The placeholders that must have a value: in what is opened, typed, chosen or answered, and in whose row it stands."""
    texts = [str(text) for step in steps for text in (step.url, step.value, *_whose(step.want)) if text]
    return list(dict.fromkeys(found["name"] for text in texts for found in PLACEHOLDER.finditer(text)))


def _whose(want: Want | None) -> tuple[str | None, ...]:
    return (want.row, *want.among) if want else ()


def _checked(name: str, placeholder: Placeholder, text: str) -> str:
    """A value as given beforehand, if it can be one of its kind. Raises BadSettings."""
    try:
        return _of_kind(placeholder, text)
    except ValueError as error:
        raise _bad_value(name, kind_words()[placeholder.kind], f"{text} – {error}") from None


def _of_kind(placeholder: Placeholder, text: str) -> str:
    """A value as given by a person, if it can be one of its kind. Raises ValueError with a sentence for them."""
    if placeholder.kind == "address":
        return checked_address(text)
    return _checked_site(text) if placeholder.kind == "site" else text


def _checked_site(text: str) -> str:
    try:
        parts = urlsplit(text)
        good = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
        good = good and bool(parts.hostname) and not (parts.query or parts.fragment or parts.username or parts.password)
    except ValueError:
        good = False
    if not good:
        raise ValueError(_("That is no address of a site. One looks like https://mail.example.com"))
    return text.rstrip("/")


def kind_words() -> dict[str, str]:
    """What each kind of placeholder stands for."""
    return {
        "site": _("the address of a site"),
        "address": _("a mail address"),
        "code": _("a code that is sent to you, or a number"),
        "value": _("a text"),
        "secret": _("a secret, hidden while you type"),
    }


def _bad_value(name: str, expected: str, seen: str) -> BadSettings:
    return BadSettings(
        _("The value for {name} cannot be used.").format(name=name),
        expected=expected,
        seen=seen,
        todo=_("Correct it and run the command again; nothing was opened."),
    )
