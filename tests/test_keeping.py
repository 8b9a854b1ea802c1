"""Where an app password is kept: in a key store that encrypts, or nowhere; what breaks there never breaks a run."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

# Each case: the key stores of a machine as (module, name, priority), and the one that may be trusted. A priority below 1
# is how keyring marks what it does not recommend; with several stores it puts a chain of all of them before them.
CASES: dict[str, tuple[list[tuple[str, str, float]], str | None]] = {
    "none": ([], None),
    "plain": ([("somewhere", "FileKeyring", 0.5)], None),
    "two plain ones, chained": ([("somewhere", "FileKeyring", 0.5), ("elsewhere", "OtherFile", 0.6)], None),
    "keyrings.alt": ([("keyrings.alt.Gnome", "Keyring", 5)], None),
    "plain by its name": ([("somewhere", "PlaintextKeyring", 5)], None),
    "the system's": ([("system", "SecretService", 5)], "SecretService"),
    "the system's and a plain one": ([("system", "SecretService", 5), ("x", "FileKeyring", 0.5)], "SecretService"),
    "a plain one before the system's": ([("x", "PlaintextKeyring", 9), ("system", "Kept", 5)], "Kept"),
    "a broken one": ([("system", "Broken", 5)], None),
}
# In a program of its own: what keyring once found it never looks for again.
PROGRAM = """
import json, sys
import keyring.core
from keyring.backend import KeyringBackend
from keyring.backends.chainer import ChainerBackend
from automation.keeping import Keeper
from automation.settings import Secret

class Store(KeyringBackend):
    priority = 0
    def __init__(self):
        super().__init__()
        self.kept = {}
    def get_password(self, service, user):
        if type(self).__name__ == "Broken":
            raise OSError("the message bus has gone")
        return self.kept.get(user)
    def set_password(self, service, user, password):
        self.get_password(service, user)
        self.kept[user] = password
        written.append(type(self).__name__)
    def delete_password(self, service, user):
        self.get_password(service, user)
        del self.kept[user]

cases = json.load(sys.stdin)
made = {
    case: [type(name, (Store,), {"__module__": module, "priority": priority}) for module, name, priority in stores]
    for case, stores in cases.items()
}
answers = {}
for case, stores in made.items():
    written = []
    keyring.core.init_backend(lambda one: type(one) in stores or isinstance(one, ChainerBackend) and len(stores) > 1)
    keeper = Keeper(allowed=True)
    where = keeper.put("a@outlook.example", Secret("abcdefghijklmnop"))
    kept = keeper.get("a@outlook.example")
    keeper.delete("a@outlook.example")
    answers[case] = [bool(where), kept is not None, written, keeper.get("a@outlook.example") is None]
json.dump(answers, sys.stdout)
"""


@pytest.fixture(scope="module")
def answers() -> dict[str, list[object]]:
    """For each case: whether it was said to be kept, found again, by whom it was written, and gone when deleted."""
    known = {name: value for name, value in os.environ.items() if name != "PYTHON_KEYRING_BACKEND"}
    stores = json.dumps({case: stores for case, (stores, _trusted) in CASES.items()})
    out = subprocess.run(
        [sys.executable, "-c", PROGRAM], input=stores, env=known, stdout=subprocess.PIPE, text=True, check=True
    )
    found: dict[str, list[object]] = json.loads(out.stdout)
    return found


@pytest.mark.parametrize("case", CASES)
def test_only_a_store_that_encrypts_is_used(case: str, answers: dict[str, list[object]]) -> None:
    """A password is written into a key store that keyring recommends, and into no other, however they are combined."""
    trusted = CASES[case][1]

    assert answers[case] == [trusted is not None, trusted is not None, [trusted] if trusted else [], True]
