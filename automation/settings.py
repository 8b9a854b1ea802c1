"""Settings: flags over environment over ./.env over defaults, read once into a frozen object; and Secret."""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from automation.errors import BadSettings, NoPrivateFolder
from automation.messages import N_, _

_ADDRESS = re.compile(r"[^@\s<>\"',;:()\[\]\\]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?\.[A-Za-z]{2,}")
_LOOPBACK = re.compile(r"(?:.+\.)?localhost|127\.\d+\.\d+\.\d+|::1")


class Secret:
    """A text that prints as ``[hidden]``. ``open()`` only on the line that types it or logs in."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def open(self) -> str:
        """The text itself: for the line that types it or logs in, nowhere else."""
        return self._text

    def __repr__(self) -> str:
        return "[hidden]"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return "[hidden]"

    def __reduce__(self) -> str | tuple[Any, ...]:
        raise TypeError("a Secret is not written down")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __bool__(self) -> bool:
        return bool(self._text)


def is_loopback(host: str) -> bool:
    """Whether a host name can only mean this machine."""
    return bool(_LOOPBACK.fullmatch(host.strip("[]").lower()))


@dataclass(frozen=True)
class Settings:
    """All settings of ``docs/design.md`` section 5, already checked. None means: not given."""

    outlook_address: str | None = None
    gmail_address: str | None = None
    display_name: str | None = None
    outlook_url: str = "https://outlook.live.com"
    microsoft_account_url: str = "https://account.microsoft.com"
    account_live_url: str = "https://account.live.com"
    gmail_url: str = "https://mail.google.com"
    google_account_url: str = "https://myaccount.google.com"
    pop_host: str = "outlook.office365.com"
    pop_port: int = 995
    smtp_host: str = "smtp-mail.outlook.com"
    smtp_port: int = 587
    mail_connect_to: str | None = None
    tls_ca_file: str | None = None
    provider_facts: str | None = None
    autoconfigure_attach: str | None = None
    autoconfigure_lang: str | None = None
    autoconfigure_home: str | None = None

    @property
    def home(self) -> Path:
        """Where the tool keeps its things: ``AUTOCONFIGURE_HOME`` or the platform's data folder."""
        if self.autoconfigure_home:
            return Path(self.autoconfigure_home).expanduser().absolute()
        import platformdirs

        return Path(platformdirs.user_data_dir("autoconfigure", appauthor=False))

    @property
    def sites(self) -> tuple[str, ...]:
        """The base addresses of all web sites this run may open."""
        return tuple(str(getattr(self, f.name)) for f in fields(self) if f.name.endswith("_url"))

    def differing(self) -> dict[str, str]:
        """The addresses, hosts and ports that are not the defaults, by setting name: shown in the plan."""
        watched = [f for f in fields(self) if f.name.endswith(("_url", "_host", "_port", "_connect_to", "_ca_file"))]
        return {f.name.upper(): str(v) for f in watched if (v := getattr(self, f.name)) not in (f.default, None)}

    def dial(self, host: str, port: int) -> tuple[str, int]:
        """Where a connection to ``host:port`` really goes, by ``MAIL_CONNECT_TO``."""
        for from_host, from_port, to_host, to_port in _connect_to(self.mail_connect_to or ""):
            if (not from_host or from_host.lower() == host.lower()) and (not from_port or from_port == port):
                return to_host or host, to_port or port
        return host, port


def make_private_folder(path: Path) -> Path:
    """Make a folder that only its owner can enter (0700), parents too; an existing one is tightened.

    Raises NoPrivateFolder where there is none to be had, or where others use it: theirs must not be shut.
    """
    try:
        missing = [p for p in (path, *path.parents) if not p.exists()]
        for folder in reversed(missing):
            folder.mkdir(mode=0o700, exist_ok=True)
        found = path.stat()
        if not stat.S_ISDIR(found.st_mode):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        if stat.S_IMODE(found.st_mode) & 0o077:
            if found.st_mode & stat.S_ISVTX:  # the mark of folders that everybody shares, such as /tmp
                raise PermissionError(errno.EPERM, _("a folder that others share"))
            path.chmod(0o700)
    except OSError as error:
        raise NoPrivateFolder(
            _("Making a private folder: {path}").format(path=path),
            expected=_("a folder that you may make, or that is yours alone"),
            seen=error.strerror or str(error),
            todo=_("Set AUTOCONFIGURE_HOME to a folder of your own, and run the command again."),
        ) from None
    return path


def open_private(path: Path, flags: int = os.O_WRONLY | os.O_CREAT | os.O_TRUNC) -> int:
    """Open a file that is 0600 from the moment it exists; gives the descriptor."""
    make_private_folder(path.parent)
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0), 0o600)


def write_private(path: Path, content: str | bytes) -> Path:
    """Write a file that is 0600 from the moment it exists."""
    data = content.encode() if isinstance(content, str) else content
    with os.fdopen(open_private(path), "wb") as file:
        file.write(data)
    return path


def read_settings(flags: Mapping[str, Any], environment: Mapping[str, str], folder: Path) -> Settings:
    """Read every setting once: flags over environment over ``folder/.env`` over defaults.

    Raises BadSettings for a value that cannot be used, naming the setting and where it came from.
    """
    from_file: dict[str, str | None] = {}
    env_file = folder / ".env"
    if env_file.is_file():
        from dotenv import dotenv_values

        try:
            from_file = dotenv_values(env_file, interpolate=False)
        except (OSError, UnicodeDecodeError) as error:
            raise _bad(".env", str(env_file), _("a text file in UTF-8"), str(error)) from None
    values: dict[str, Any] = {}
    for field in fields(Settings):
        name = field.name.upper()
        for source, given in (
            (N_("flag"), flags.get(field.name)),
            (N_("environment"), environment.get(name)),
            (".env", from_file.get(name)),
        ):
            if given is not None and str(given).strip():
                values[field.name] = _checked(name, str(given).strip(), source)
                break
    return Settings(**values)


def checked_address(text: str) -> str:
    """A mail address as typed by a person. Raises ValueError with a sentence for them."""
    if not _ADDRESS.fullmatch(text):
        raise ValueError(_("That is no mail address. One looks like name@example.com"))
    return text


def _checked(name: str, value: str, source: str) -> Any:
    if any(ord(c) < 32 or ord(c) == 127 for c in value):
        raise _bad(name, source, _("one line of plain text"), repr(value))
    if name.endswith("_ADDRESS") and not _ADDRESS.fullmatch(value):
        raise _bad(name, source, _("an address such as name@example.com"), value)
    if name.endswith("_URL"):
        return _checked_url(name, value, source)
    if name.endswith("_PORT"):
        if not (value.isascii() and value.isdigit() and 0 < int(value) < 65536):
            raise _bad(name, source, _("a port number from 1 to 65535"), value)
        return int(value)
    if name.endswith("_HOST") and not re.fullmatch(r"[A-Za-z0-9\[:][A-Za-z0-9._:\[\]-]*", value):
        raise _bad(name, source, _("a host name such as mail.example.com"), value)
    if name == "AUTOCONFIGURE_LANG" and value not in ("en", "ja"):
        raise _bad(name, source, "en | ja", value)
    if name == "AUTOCONFIGURE_ATTACH" and urlsplit(value).scheme not in ("http", "https", "ws", "wss"):
        raise _bad(name, source, _("a DevTools address such as http://127.0.0.1:9222"), value)
    in_clear = name == "AUTOCONFIGURE_ATTACH" and urlsplit(value).scheme in ("http", "ws")
    if in_clear and not is_loopback(urlsplit(value).hostname or ""):
        raise _bad(name, source, _("a browser of this machine: the password would cross the network in clear"), value)
    if name == "MAIL_CONNECT_TO":
        try:
            _connect_to(value)
        except ValueError:
            raise _bad(name, source, "HOST:PORT:HOST2:PORT2[,…]", value) from None
    if name in ("TLS_CA_FILE", "PROVIDER_FACTS") and not Path(value).is_file():
        raise _bad(name, source, _("a file that exists"), value)
    return value


def _checked_url(name: str, value: str, source: str) -> str:
    try:
        parts = urlsplit(value)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    plain = not (parts.query or parts.fragment or parts.username or parts.password)
    if parts.scheme not in ("http", "https") or not host or not plain:
        raise _bad(name, source, _("an address such as https://mail.example.com"), value)
    if parts.scheme == "http" and not is_loopback(host):
        raise _bad(name, source, _("https, since passwords are typed there (http only on this machine itself)"), value)
    return value.rstrip("/")


def _connect_to(text: str) -> list[tuple[str, int, str, int]]:
    """``HOST:PORT:HOST2:PORT2[,…]`` as curl's --connect-to; empty parts mean any or the same."""
    entries = []
    for entry in filter(None, (part.strip() for part in text.split(","))):
        match = re.fullmatch(r"(\[[^\]]*\]|[^:\[\]]*):(\d*):(\[[^\]]*\]|[^:\[\]]*):(\d*)", entry)
        if not match:
            raise ValueError(entry)
        host, port, to_host, to_port = match.groups()
        if max(int(port or 0), int(to_port or 0)) > 65535:
            raise ValueError(entry)
        entries.append((host.strip("[]"), int(port or 0), to_host.strip("[]"), int(to_port or 0)))
    return entries


def _bad(name: str, source: str, expected: str, seen: str) -> BadSettings:
    return BadSettings(
        _("The setting {name} (from: {source}) cannot be used.").format(name=name, source=_(source)),
        expected=expected,
        seen=seen,
        todo=_("Correct {name} and run the command again.").format(name=name),
    )


@dataclass(frozen=True)
class Options:
    """What the person chose by flags for this one run."""

    route: str = "auto"
    proof: bool | None = None  # None: when something changed
    label: str | None = ""  # "": named after the address; None: no label
    archive: bool = False
    alias: bool | None = None  # None: the provider's default
    reply_from_same: bool = False
    never_spam: bool = False
