"""How a message gets into the practice mailboxes: read once, delivered, forwarded, filtered."""

from __future__ import annotations

import re
import secrets
import time
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr

from flows.sandbox.world import Message, World

_BLANK_LINE = re.compile(rb"\r?\n\r?\n")


def read_message(raw: bytes, sender: str, recipient: str, received: float | None = None) -> Message:
    """A message as a mailbox shows it. ``received``: seconds since 1970, now when not given."""
    parsed = message_from_bytes(raw, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    part = parsed.get_body(("plain", "html"))
    attachments = [name for attached in parsed.iter_attachments() if (name := attached.get_filename())]
    return Message(
        uid=secrets.token_hex(8),
        raw=raw,
        sender=str(parsed.get("From", sender)),
        recipient=recipient,
        subject=str(parsed.get("Subject", "")),
        body=str(part.get_content()) if part else "",
        received=time.time() if received is None else received,
        attachment=attachments[0] if attachments else None,
    )


def deliver(world: World, raw: bytes, sender: str, recipient: str) -> None:
    """Bring a message to the mailbox of ``recipient``; an address of nobody here takes it and that is all."""
    with world.lock:
        address = recipient.strip().lower()
        if address == world.outlook.address.lower():
            _deliver_to_outlook(world, raw, sender, recipient)
        elif address == world.gmail.address.lower():
            put_into_gmail(world, raw, sender=sender, recipient=recipient)


def _deliver_to_outlook(world: World, raw: bytes, sender: str, recipient: str) -> None:
    forwarding_to = world.outlook.forwarding_to
    if not forwarding_to or world.outlook.keep_forwarded_copy:
        world.outlook.inbox.append(read_message(raw, sender, recipient))
        world.writes += 1
    if forwarding_to and forwarding_to.lower() == world.gmail.address.lower():
        put_into_gmail(world, raw, sender=sender, recipient=recipient)


def put_into_gmail(
    world: World, raw: bytes, *, sender: str, recipient: str, label: str | None = None, archive: bool = False
) -> bool:
    """Store a message in Gmail, its filters applied. False when Gmail's storage is full and refuses it.

    Gmail shows a message once however often it comes (docs/providers.md, 8): the Message-ID tells.
    """
    with world.lock:
        if world.quota_full:
            return False
        labels = {label} if label else set()
        message = read_message(raw, sender, recipient)
        message.in_inbox = not archive
        for rule in world.gmail.filters:
            if rule.to.lower() == address_in(str(parse_header(raw, "To")) or recipient):
                labels |= {rule.label} if rule.label else set()
                message.in_inbox = message.in_inbox and not rule.archive
        message.labels = labels
        message_id = parse_header(raw, "Message-ID")
        same = [m for m in world.gmail.messages if message_id and parse_header(m.raw, "Message-ID") == message_id]
        if same:
            same[0].labels |= labels
        else:
            world.gmail.messages.append(message)
        world.writes += 1
        return True


def parse_header(raw: bytes, name: str) -> str:
    """One header of a raw message, decoded; empty when it is not there."""
    head = _BLANK_LINE.split(raw, maxsplit=1)[0]  # without the body: parsing a large one takes long
    return str(message_from_bytes(head, policy=policy.default).get(name, ""))


def address_in(text: str) -> str:
    """The bare address, in lower case, of ``Name <address>``."""
    return parseaddr(text)[1].lower()
