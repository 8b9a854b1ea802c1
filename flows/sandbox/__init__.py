"""The practice world: these providers in small, in a process of its own. Importing this loads nothing heavy."""

from __future__ import annotations

import http.client
import json
import select
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from automation.errors import SandboxMissing
from automation.messages import _

START_SECONDS = 30.0  # from start to its first line; a slow machine importing for the first time needs a few
FOLDER_PREFIX = "autoconfigure-sandbox-"


class Sandbox:
    """A running practice world. ``settings`` are what the tool must be told; ``close()`` ends it and leaves nothing.

    ``signed_out``: the mailboxes' sign-in pages come first. Raises SandboxMissing when it cannot start here.
    """

    settings: dict[str, str]
    control_url: str
    practice_password: str

    def __init__(
        self,
        world: str = "classic",
        *,
        lang: str | None = None,
        pane: str = "switch",
        slow: float = 0.0,
        signed_out: bool = False,
    ) -> None:
        command = [sys.executable, "-m", "flows.sandbox", "--world", world, "--pane", pane, "--slow", str(slow)]
        command += ["--lang", lang] if lang else []
        command += ["--signed-out"] if signed_out else []
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for the tool: it closes us when it is ready
            cwd=Path(__file__).parents[2],
        )
        try:
            greeting = self._greeting()
        except BaseException:
            self.close()
            raise
        self.settings = greeting["settings"]
        self.control_url = greeting["control"]
        self.practice_password = greeting["practice_password"]

    def control(self, path: str, json: Mapping[str, Any] | None = None) -> Any:
        """Ask the control site: GET, or POST when ``json`` is given. Raises ValueError when it refuses."""
        return _ask(self.control_url, path, json)

    def state(self) -> dict[str, Any]:
        """The truth of the world now (``GET /state``)."""
        state: dict[str, Any] = self.control("/state")
        return state

    def close(self) -> None:
        """End the world: its process, ports and files. Twice is harmless."""
        if self._process.stdin:
            self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()
        folder = Path(getattr(self, "settings", {}).get("TLS_CA_FILE", "")).parent
        if folder.name.startswith(FOLDER_PREFIX):  # still there only if the process was killed
            shutil.rmtree(folder, ignore_errors=True)

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _greeting(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline() if _readable(self._process.stdout) else b""
        try:
            greeting: dict[str, Any] = json.loads(line)
        except ValueError:
            greeting = {"error": "silent", "text": line.decode("utf-8", "replace")}
        if "error" in greeting:
            raise _cannot_start(greeting["error"], greeting["text"])
        return greeting


def _readable(pipe: Any) -> bool:
    if sys.platform == "win32":  # select knows only sockets there: wait without a limit
        return True
    return bool(select.select([pipe], [], [], START_SECONDS)[0])


def _ask(base: str, path: str, sent: Mapping[str, Any] | None) -> Any:
    """Python does not resolve ``*.localhost`` everywhere: dial 127.0.0.1 and name the site in the Host header."""
    address = urlsplit(base)
    connection = http.client.HTTPConnection("127.0.0.1", address.port or 80, timeout=30)
    try:
        body = None if sent is None else json.dumps(sent)
        headers = {"Host": address.netloc, "Content-Type": "application/json"}
        connection.request("GET" if sent is None else "POST", path, body, headers)
        answer = connection.getresponse()
        text = answer.read()
    finally:
        connection.close()
    if answer.status >= 400:
        raise ValueError(f"{path}: {answer.status} {text.decode('utf-8', 'replace')}")
    return json.loads(text)


def _cannot_start(reason: str, text: str) -> SandboxMissing:
    remedies = {
        "extra": _("Install the servers of the practice world: pip install 'autoconfigure[sandbox]'"),
        "world": _("Choose another world with --world; `autoconfigure sandbox --help` names them all."),
    }
    return SandboxMissing(
        _("The practice world could not be started."),
        expected=_("a process that says where it listens"),
        seen=text or _("nothing"),
        todo=remedies.get(reason, _("See that ports on 127.0.0.1 can be opened here, then run the command again.")),
    )
