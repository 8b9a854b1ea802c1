"""Where an app password is kept between runs: the system's keyring, or nowhere."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from automation.settings import Secret

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "autoconfigure"
# keyring's own mark: a store it recommends has at least this priority.
RECOMMENDED = 1


class Keeper:
    """The system's keyring, if it is one that encrypts; else nothing is kept.

    Whatever a keyring's own machinery raises counts as "not kept": a run does not need it.
    """

    def __init__(self, allowed: bool) -> None:
        self._store = _usable_store() if allowed else None

    def get(self, address: str) -> Secret | None:
        """The app password kept for an address."""
        kept = None
        if self._store is not None:
            with suppress(Exception):
                kept = self._store.get_password(SERVICE, address)
        return Secret(kept) if kept else None

    def delete(self, address: str) -> None:
        """Remove the app password kept for an address."""
        if self._store is not None:
            with suppress(Exception):
                self._store.delete_password(SERVICE, address)

    def put(self, address: str, secret: Secret) -> str | None:
        """Keep an app password; the name of the place, or None where there is none."""
        if self._store is not None:
            with suppress(Exception):
                self._store.set_password(SERVICE, address, secret.open())
                return str(self._store.name)
        return None


def _usable_store() -> KeyringBackend | None:
    """The first of this machine's key stores that encrypts; where several are there, keyring gives a chain of them.

    The chain itself is not used: it would write to whichever store takes it. keyrings.alt holds files of plain text, and
    puts some of them before everything else.
    """
    import keyring
    from keyring.backends.chainer import ChainerBackend

    chosen = keyring.get_keyring()
    stores = chosen.backends if isinstance(chosen, ChainerBackend) else [chosen]
    return next((store for store in stores if _encrypts(store)), None)


def _encrypts(store: KeyringBackend) -> bool:
    kind = type(store)
    is_plain = kind.__module__.startswith("keyrings.alt") or "plaintext" in kind.__name__.lower()
    return not is_plain and store.priority >= RECOMMENDED
