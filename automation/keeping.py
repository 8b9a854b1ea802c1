"""Where an app password is kept between runs: the system's keyring, or nowhere."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from automation.settings import Secret

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "autoconfigure"


class Keeper:
    """The system's keyring, if it is one that encrypts; else nothing is kept."""

    def __init__(self, allowed: bool) -> None:
        self._backend = _usable_backend() if allowed else None

    def get(self, address: str) -> Secret | None:
        """The app password kept for an address."""
        if self._backend is None:
            return None
        import keyring.errors

        try:
            kept = self._backend.get_password(SERVICE, address)
        except keyring.errors.KeyringError:
            return None
        return Secret(kept) if kept else None

    def delete(self, address: str) -> None:
        """Remove the app password kept for an address."""
        import keyring.errors

        if self._backend is not None:
            with suppress(keyring.errors.KeyringError):
                self._backend.delete_password(SERVICE, address)

    def put(self, address: str, secret: Secret) -> str | None:
        """Keep an app password; the name of the place, or None where there is none."""
        if self._backend is None:
            return None
        import keyring.errors

        try:
            self._backend.set_password(SERVICE, address, secret.open())
        except keyring.errors.KeyringError:
            return None
        return str(self._backend.name)


def _usable_backend() -> KeyringBackend | None:
    """The keyring's backend, unless it is none or one that writes plain text (keyrings.alt puts itself first)."""
    import keyring
    import keyring.backends.fail

    backend = keyring.get_keyring()
    module = type(backend).__module__
    if isinstance(backend, keyring.backends.fail.Keyring) or module.startswith("keyrings.alt") or backend.priority < 1:
        return None
    return backend
