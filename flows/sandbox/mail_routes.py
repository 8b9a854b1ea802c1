"""Gmail's way to the mail servers of the practice world."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from flows.sandbox.delivery import deliver
from flows.sandbox.world import World

Address = tuple[str, int]


@dataclass
class MailRoutes:
    """Google's side of the network: where the mail servers are for Gmail, whatever stands before this machine.

    A server tells who logs in by the address the connection comes from: connect with
    ``source_address=mail.source_address()`` and it says ``place_gmail``, without it "this computer".
    """

    world: World
    ssl_context: ssl.SSLContext  # trusts the throw-away CA and checks names, as Google does
    pop: dict[Address, Address] = field(default_factory=dict)
    smtp: dict[Address, Address] = field(default_factory=dict)
    google_sources: set[Address] = field(default_factory=set)
    place_gmail: str = "Google"
    place_here: str = "this computer"

    def pop_address(self, host: str, port: int) -> Address | None:
        """Where ``host:port`` really is for a POP client at Google; None when nothing is there."""
        return self.pop.get((host.strip().lower(), port))

    def smtp_address(self, host: str, port: int) -> Address | None:
        """Where ``host:port`` really is for an SMTP client at Google; None when nothing is there."""
        return self.smtp.get((host.strip().lower(), port))

    def source_address(self) -> Address:
        """What a client socket at Google binds to before it connects (``socket.create_connection``'s argument)."""
        if _second_loopback_address():
            return ("127.0.0.2", 0)
        with socket.socket() as probe:  # macOS has only 127.0.0.1: a port of our own tells Google apart there
            probe.bind(("127.0.0.1", 0))
            source: Address = probe.getsockname()
        self.google_sources.add(source)
        return source

    def place_of(self, peer: Any) -> str:
        """Where a connection comes from, as the activity page names it."""
        from_google = peer[0] == "127.0.0.2" or tuple(peer[:2]) in self.google_sources
        return self.place_gmail if from_google else self.place_here

    def deliver_to_outlook(self, raw: bytes, sender: str, recipient: str) -> None:
        """Put a message into the Outlook mailbox as its mail server would, forwarding included."""
        deliver(self.world, raw, sender, recipient)


@cache
def _second_loopback_address() -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.2", 0))
        except OSError:
            return False
    return True
