"""A keyring that keeps what it is given in a file: for tests alone, which name it and the file in the environment."""

from __future__ import annotations

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

BACKEND = f"{__name__}.Keyring"
FILE = "AUTOCONFIGURE_TEST_KEYRING"


class Keyring(KeyringBackend):
    """As good as a system's own, for the length of a test."""

    priority = 5  # type: ignore[assignment]  # declared as a property of the class

    def get_password(self, service: str, username: str) -> str | None:
        return _kept().get(f"{service} {username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        _keep(_kept() | {f"{service} {username}": password})

    def delete_password(self, service: str, username: str) -> None:
        kept = _kept()
        if kept.pop(f"{service} {username}", None) is None:
            raise PasswordDeleteError(username)
        _keep(kept)


def _kept() -> dict[str, str]:
    file = Path(os.environ[FILE])
    kept: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    return kept


def _keep(kept: dict[str, str]) -> None:
    Path(os.environ[FILE]).write_text(json.dumps(kept))
