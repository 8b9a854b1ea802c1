"""The one truth behind the practice world: two mailboxes, their settings, and what each provider allows."""

from __future__ import annotations

import secrets
import string
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Literal

OUTLOOK_ADDRESS = "hanako@outlook.example"
GMAIL_ADDRESS = "hanako@gmail.example"
DISPLAY_NAME = "Hanako Yamada"
PRACTICE_PASSWORD = "practice-only"  # the "main password" of the practice accounts; it opens nothing real


@dataclass
class Message:
    """One message in a mailbox: its raw RFC 5322 bytes and how the mailbox shows it."""

    uid: str
    raw: bytes
    sender: str
    recipient: str
    subject: str
    body: str
    received: float
    attachment: str | None = None
    labels: set[str] = field(default_factory=set)
    in_inbox: bool = True
    spam: bool = False
    read: bool = False


@dataclass
class Activity:
    """A sign-in the Microsoft account has seen; unusual ones wait for "This was me"."""

    id: str
    protocol: str
    place: str
    when: float
    unusual: bool
    answered: str | None = None


@dataclass(frozen=True)
class MailTrouble:
    """Why Gmail could not use a mail server: the kind (gmail_words has its text) and the server's own words."""

    kind: str
    quoted: str = ""


@dataclass(frozen=True)
class Fetch:
    """One line of "View history"."""

    when: float
    fetched: int
    trouble: MailTrouble | None = None


@dataclass
class PopAccount:
    """A row of Gmail's "Check mail from other accounts" as it was typed in, and how its fetches went."""

    id: str
    address: str
    user: str
    password: str
    host: str
    port: int
    ssl: bool
    leave_copy: bool
    label: str | None
    archive: bool
    last_checked: float | None = None
    fetching: bool = False
    fetched_uids: set[str] = field(default_factory=set)
    history: list[Fetch] = field(default_factory=list)


@dataclass
class SendAs:
    """An address of Gmail's "Send mail as"."""

    id: str
    name: str
    address: str
    alias: bool
    host: str = ""
    port: int = 587
    user: str = ""
    password: str = ""
    security: str = "tls"
    reply_to: str = ""
    verified: bool = False
    code: str = ""
    token: str = ""  # the end of the confirmation link


@dataclass
class GmailFilter:
    """A filter: mail to this address gets this label."""

    id: str
    to: str
    label: str | None
    archive: bool
    never_spam: bool


@dataclass
class Outlook:
    """The Outlook.com mailbox and its Microsoft account."""

    address: str = OUTLOOK_ADDRESS
    inbox: list[Message] = field(default_factory=list)
    sent: list[Message] = field(default_factory=list)
    pop_on: bool = False
    imap_on: bool = False
    apps_may_delete: bool = False
    forwarding_to: str | None = None
    keep_forwarded_copy: bool = True
    two_step_on: bool = True
    reauthenticated: bool = False
    app_passwords: list[str] = field(default_factory=list)
    activities: list[Activity] = field(default_factory=list)
    approved_places: set[str] = field(default_factory=set)


@dataclass
class Gmail:
    """The Gmail mailbox and its settings."""

    address: str = GMAIL_ADDRESS
    messages: list[Message] = field(default_factory=list)
    pop_accounts: list[PopAccount] = field(default_factory=list)
    send_as: list[SendAs] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    filters: list[GmailFilter] = field(default_factory=list)
    app_passwords: list[str] = field(default_factory=list)  # Google's: what smtp.gmail.com takes
    reply_from_same: bool = False
    default_from: str | None = None  # whom Gmail writes as; None: its own address
    fetched: list[str] = field(
        default_factory=list
    )  # the UID of each message as it came by POP, whatever row brought it


@dataclass
class World:
    """Everything that is true in one practice world. Change it only while holding ``lock``."""

    name: str = "classic"
    language: Literal["en", "ja"] | None = None  # None: by Accept-Language
    pane: Literal["switch", "radios"] = "switch"
    slow: float = 0.0  # extra seconds before a page is complete
    outlook: Outlook = field(default_factory=Outlook)
    gmail: Gmail = field(default_factory=Gmail)
    basic_auth_retired: bool = False
    gmail_pop_removed: bool = False
    forwarding_blocked: bool = False
    forwarding_asks_code: bool = False
    forwarding_code: str = ""  # what the person's security contact would receive; empty: none asked for yet
    forwarding_waits: dict[str, Any] | None = None  # what was to be saved when the code was asked for
    pop_goes_off_once: bool = False  # the provider undoes the first "POP on" at the first login after it
    mail_silent: bool = False  # port 995 takes the connection and never speaks TLS
    intercepted: bool = False  # something on this machine signs the mail servers' certificates itself
    quota_full: bool = False  # Gmail's storage takes no more messages
    signed_in: bool = True  # the browser is known to both providers; else their sign-in pages come first
    sign_outs: int = 0  # one more ends every session there is
    google_refuses_browser: bool = False  # "This browser or app may not be secure" instead of the password page
    google_accounts: list[str] = field(default_factory=list)  # as in /mail/u/0/, /mail/u/1/; empty: only ours
    microsoft_accounts: list[str] = field(default_factory=list)  # of which one at a time is signed in; empty: only ours
    other_gmails: list[Gmail] = field(default_factory=list)  # the mailboxes of the others that somebody has opened
    drift: list[dict[str, Any]] = field(default_factory=list)  # how served pages differ from the usual: drift.js
    other_outlooks: list[Outlook] = field(default_factory=list)
    writes: int = 0  # every change of state that a page or a mail server caused: proves that looking only looks
    logins: list[tuple[str, str, bool]] = field(default_factory=list)  # (protocol, place, accepted)
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)
    started: float = field(default_factory=time.time)

    def new_app_password(self) -> str:
        """Sixteen lower-case letters, as Microsoft's look (docs/providers.md, 3); the world remembers it."""
        made = "".join(secrets.choice(string.ascii_lowercase) for _ in range(16))
        with self.lock:
            self.outlook.app_passwords.append(made)
            self.writes += 1
        return made
