"""Secrets stay where they belong, whatever is done: every command, loudly, and the failures in between."""

from __future__ import annotations

import base64
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from automation.cli import COMMANDS
from automation.cli.forget import OURS
from tests.canary import Canary, Watch, open_to_others, still_listens
from tests.helpers import Ending, program, run
from tests.killing import Place, place

WRONG = "kqzvxwjhgfbpmnty"  # an app password that opens nothing, here or anywhere
# A mailbox that Gmail does not fetch yet, and whose login cannot be tried from here: then Gmail's window gets the password.
ANOTHER = {"OUTLOOK_ADDRESS": "taro@outlook.example", "MAIL_CONNECT_TO": "::127.0.0.1:9"}
# The mail of the person: not in a word or file of ours. Only the browser's own profile knows what its pages are called.
LETTERS = {"subject": "Dinner on Friday?", "sender": "mika@friends.example", "attachment": "正月.png"}


@dataclass
class Life:
    """All that was done with one home: what was said, what was watched, and what was secret."""

    there: Place
    folders: list[Path]
    canary: Canary
    watch: Watch
    endings: dict[str, Ending] = field(default_factory=dict)

    def command(self, *arguments: str, stdin: int, called: str = "", **more: str) -> None:
        """One more command, as loud as can be and with nobody there."""
        given = {**self.there.sandbox.settings, "AUTOCONFIGURE_HOME": str(self.there.home), **more}
        flags = ("-v", "--json", "--no-watch", "--headless", "--no-input")
        self.endings[called or arguments[0]] = run(*arguments, *flags, stdin=stdin, seconds=240, **given)


def piped(text: str) -> int:
    """A standard input that holds one line."""
    reading, writing = os.pipe()
    os.write(writing, text.encode() + b"\n")
    os.close(writing)
    return reading


@pytest.fixture(scope="module")
def life(playwright: Playwright) -> Iterator[Life]:
    """A whole run, every other command, a run that Gmail refuses, and one that is killed; all with no umask at all."""
    base = Path(tempfile.mkdtemp(prefix="canary-"))  # a short name: the browser puts a socket there
    folders = [base / name for name in ("home", "work", "tmp")]
    for folder in folders:
        folder.mkdir(mode=0o700)
    before = os.umask(0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(folders[0]))
        patch.setenv("TMPDIR", str(folders[2]))
        patch.chdir(folders[1])
        try:
            with place(
                "classic", "-v", "--route", "pop-import", playwright=playwright, folder=base, keyring=False
            ) as there:
                life = Life(there, folders, Canary(LETTERS | {"wrong app password": WRONG}), Watch(there.home))
                with life.watch:
                    live(life)
                yield life
        finally:
            os.umask(before)
            shutil.rmtree(base, ignore_errors=True)


def live(life: Life) -> None:
    """Do it all."""
    there, canary = life.there, life.canary
    ending = there.run()
    assert ending, "it was not killed"
    life.endings["run"] = ending
    secrets, gmail = there.sandbox.control("/secrets"), there.sandbox.state()["gmail"]
    [password] = secrets["app_passwords"]
    canary.secrets |= {"app password": password, "main password": there.sandbox.practice_password}
    canary.secrets["confirmation code"] = str(gmail["send_as"][-1]["code"])

    for name in COMMANDS:
        if name not in ("run", "sandbox", "plan", "forget"):  # without what a command needs it ends soon, and tells why
            life.command(name, *(["--secret-stdin"] if name in ("probe", "doctor") else []), stdin=piped(password))
    there.sandbox.control("/set", {"outlook.address": ANOTHER["OUTLOOK_ADDRESS"]})  # the person has signed in to it
    refused = ("run", "--route", "pop-import", "--yes", "--secret-stdin")
    life.command(*refused, stdin=piped(WRONG), called="refused", **ANOTHER)
    killed_while_gmail_logs_in(life, password)
    life.command("plan", stdin=piped(""), **ANOTHER)  # clears away what the killed run left
    life.command("forget", stdin=piped(""))


def killed_while_gmail_logs_in(life: Life, password: str) -> None:
    """A run ended by ``kill -9`` with the password in Gmail's window."""
    given = {**life.there.sandbox.settings, "AUTOCONFIGURE_HOME": str(life.there.home), **ANOTHER}
    flags = ("-v", "--json", "--yes", "--no-watch", "--headless", "--secret-stdin", "--route", "pop-import")
    life.there.sandbox.control("/set", {"mail_silent": True})
    with program("run", *flags, stdin=piped(password), **given) as running:
        running.says("Gmail logs in to the other server")
        running.signal(signal.SIGKILL)
        ending = running.end()
        life.endings["killed"] = ending
    life.there.sandbox.control("/set", {"mail_silent": False})


def test_a_run_came_to_its_end(life: Life) -> None:
    """What is looked at below is worth looking at: a run was proved, one refused, one killed; and forget knows all files."""
    outcomes = {name: (ending.code, ending.out and ending.json.get("outcome")) for name, ending in life.endings.items()}

    assert outcomes["run"] == (0, "done")
    assert outcomes["refused"] == (1, "failed")
    assert outcomes["killed"] == (-signal.SIGKILL, "")
    assert outcomes["plan"] == (0, "changes")
    assert "The app password is kept for this run only." in life.endings["run"].err
    assert {path.name for path in life.there.home.iterdir()} <= set(OURS)
    assert set(COMMANDS) - {"sandbox"} <= {name.split()[0] for name in outcomes}
    assert list((life.there.home / "pictures").rglob("*.png"))


def test_no_secret_is_left_anywhere(life: Life) -> None:
    """No app password, main password or code is in a file, a word, a command line or an environment, in any form."""
    canary, there = life.canary, life.there
    found = canary.below(there.home, *life.folders, without=["profiles"])
    found |= {name: held for name, e in life.endings.items() if (held := canary.within((e.out + e.err).encode()))}
    found |= {line: held for line in life.watch.processes if (held := canary.within(line.encode()))}
    ours_alone = Canary({name: secret for name, secret in canary.secrets.items() if name not in LETTERS})
    found |= ours_alone.below(there.home)

    assert found == {}


def test_nobody_else_can_read_along(life: Life) -> None:
    """With no umask, all in the home is its owner's alone at every moment; ports are of this machine and end with the run."""
    watch = life.watch

    assert watch.rounds > 20
    assert watch.open_to_others == set()
    assert list(open_to_others(life.there.home)) == []
    assert watch.listening
    assert {ip for ip, _port in watch.listening} <= {"127.0.0.1", "::1"}
    assert [port for _ip, port in watch.listening if still_listens(port)] == []


def test_no_address_is_on_a_command_line(life: Life) -> None:
    """What everybody on this machine can see in the list of processes names no mailbox."""
    settings = life.there.sandbox.settings
    addresses = (settings["OUTLOOK_ADDRESS"], settings["GMAIL_ADDRESS"])

    assert any("--remote-debugging-port=" in command for command in life.watch.commands)
    assert [command for command in life.watch.commands if any(address in command for address in addresses)] == []


@pytest.mark.parametrize("form", range(6))
def test_the_canary_sings(tmp_path: Path, form: int) -> None:
    """A secret is found as it is, in groups, in an address, in base64 within something longer, in wide letters, in a name."""
    secret = "abcdefghijklmnop"
    forms = (
        secret.encode(),
        b"abcd efgh ijkl mnop",
        b"?p=abcd%20efgh%20ijkl%20mnop&x",
        base64.b64encode(b"\0hanako@outlook.example\0" + secret.encode() + b"\r\n"),
        secret.encode("utf-16-le"),
        b"",
    )
    name = "abcdefghijklmnop.txt" if form == 5 else "file.bin"
    (tmp_path / name).write_bytes(b"\xff" + forms[form] + b"\x00")

    assert Canary({"it": secret}).below(tmp_path) == {str(tmp_path / name): ["it"]}
    assert Canary({"it": "ponmlkjihgfedcbz"}).below(tmp_path) == {}
