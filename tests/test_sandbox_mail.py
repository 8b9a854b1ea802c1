"""The practice mail servers and the process around them, seen from outside: poplib, smtplib and plain sockets."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import poplib
import signal
import smtplib
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

import psutil
import pytest

from automation.errors import SandboxMissing
from automation.settings import Settings, read_settings
from flows.sandbox import Sandbox
from flows.sandbox.certificates import intercepting_authority, practice_authority
from flows.sandbox.mail_routes import MailRoutes
from flows.sandbox.mail_servers import MailServers
from flows.sandbox.world import World
from flows.sandbox.worlds import WORLDS

APP_PASSWORD = "abcdefghijklmnop"
HERE, POP, SMTP = "this computer", ("outlook.office365.com", 995), ("smtp-mail.outlook.com", 587)
REFUSED = b"-ERR Logon failure: unknown user name or bad password."
Start = Callable[..., Sandbox]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start practice worlds, one app password made; all end with the test."""
    running: list[Sandbox] = []

    def start_one(world: str = "classic", **fields: object) -> Sandbox:
        running.append(Sandbox(world))
        running[-1].control("/set", {"outlook.app_passwords": [APP_PASSWORD], **fields})
        return running[-1]

    yield start_one
    for sandbox in running:
        sandbox.close()


def opened(sandbox: Sandbox) -> Sandbox:
    """POP on, this computer approved."""
    sandbox.control("/set", {"outlook.pop_on": True, "outlook.approved_places": [HERE]})
    return sandbox


def settings_of(sandbox: Sandbox) -> Settings:
    return read_settings({}, sandbox.settings, Path("no-such-folder"))


def trust(sandbox: Sandbox) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=sandbox.settings["TLS_CA_FILE"])


@contextmanager
def pop(sandbox: Sandbox, host: str = POP[0]) -> Iterator[poplib.POP3]:
    """poplib over TLS to where the settings lead, the name checked."""

    class Dialled(poplib.POP3):
        def _create_socket(self, timeout: float) -> socket.socket:  # poplib knows no other way to dial elsewhere
            raw = socket.create_connection(settings_of(sandbox).dial(host, 995), 10)
            return trust(sandbox).wrap_socket(raw, server_hostname=host)

    client = Dialled(host)
    try:
        yield client
    finally:
        client.close()


@contextmanager
def smtp(sandbox: Sandbox, host: str = SMTP[0]) -> Iterator[smtplib.SMTP]:
    """smtplib after STARTTLS, the name checked."""
    client = smtplib.SMTP(*settings_of(sandbox).dial(host, 587), timeout=10)
    client._host = host  # type: ignore[attr-defined]  # the name that STARTTLS must check; we dialled elsewhere
    client.starttls(context=trust(sandbox))
    try:
        yield client
    finally:
        client.close()


def log_in(client: poplib.POP3, sandbox: Sandbox, password: str = APP_PASSWORD) -> bytes:
    client.user(sandbox.settings["OUTLOOK_ADDRESS"])
    return client.pass_(password)


def refusal(sandbox: Sandbox, password: str = APP_PASSWORD) -> bytes:
    with pop(sandbox) as client, pytest.raises(poplib.error_proto) as caught:
        log_in(client, sandbox, password)
    reply: bytes = caught.value.args[0]
    return reply


def letter(sandbox: Sandbox, to: str, subject: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sandbox.settings["OUTLOOK_ADDRESS"], to, subject
    message.set_content("Hello\n")
    return message


# --- POP3


def test_pop_speaks_like_microsofts(start: Start) -> None:
    """Greeting, capabilities and farewell are Microsoft's, under both host names."""
    sandbox = start()
    for host in ("outlook.office365.com", "pop-mail.outlook.com"):
        with pop(sandbox, host) as client:
            capabilities = client.capa()

            assert client.getwelcome().startswith(b"+OK The Microsoft Exchange POP3 service is ready. [")
            assert capabilities == {"TOP": [], "UIDL": [], "SASL": ["PLAIN", "XOAUTH2"], "USER": []}
            assert client.quit() == b"+OK Microsoft Exchange Server 2016 POP3 server signing off."


def test_pop_is_refused_while_it_is_off(start: Start) -> None:
    """A right app password does not help while the mailbox has POP switched off."""
    sandbox = start()

    assert refusal(sandbox) == REFUSED
    assert sandbox.state()["logins"] == [["POP3", HERE, False]]


def test_only_the_sixteen_letters_open_pop(start: Start) -> None:
    """The main password and an app password with spaces are refused, the app password is not."""
    sandbox = opened(start())

    assert refusal(sandbox, sandbox.practice_password) == REFUSED
    assert refusal(sandbox, "abcd efgh ijkl mnop") == REFUSED
    with pop(sandbox) as client:
        assert log_in(client, sandbox) == b"+OK User successfully logged on."


def test_a_new_place_waits_for_the_person(start: Start) -> None:
    """The first login from a place is refused and shows as unusual activity once, until the place is approved."""
    sandbox = start(**{"outlook.pop_on": True})

    assert refusal(sandbox) == b"-ERR Login to your account via a web browser to verify your account."
    assert b"via a web browser" in refusal(sandbox)
    unusual = [a for a in sandbox.state()["outlook"]["activities"] if a["unusual"]]
    assert [(a["protocol"], a["place"], a["answered"]) for a in unusual] == [("POP3", HERE, None)]
    with pop(opened(sandbox)) as client:
        log_in(client, sandbox)


def test_messages_come_whole(start: Start) -> None:
    """STAT, LIST, UIDL, TOP and RETR agree with the mailbox, dots and a megabyte included."""
    sandbox = opened(start())
    inbox = sorted(sandbox.state()["outlook"]["inbox"], key=lambda message: message["received"])

    with pop(sandbox) as client:
        log_in(client, sandbox)
        count, size = client.stat()
        sizes = [int(line.split()[1]) for line in client.list()[1]]
        uids = [line.decode().split()[1] for line in client.uidl()[1]]
        bodies = [b"\r\n".join(client.retr(number)[1]) for number in range(1, count + 1)]
        top = client.top(1, 0)[1]

    assert [message["uid"] for message in inbox] == uids
    assert (8, sum(sizes)) == (count, size)
    assert sizes == [len(body) + 2 for body in bodies]
    assert max(sizes) > 1_000_000
    assert any(b"\r\n.\r\n..dots" in body for body in bodies)
    assert b"Subject: Our trip to Nikko" in top
    assert top[-1] == b""


@pytest.mark.parametrize("at_once", [True, False])
def test_auth_plain_logs_in(start: Start, at_once: bool) -> None:
    """AUTH PLAIN works with the credentials in its line or the next; XOAUTH2 is refused in its own words."""
    sandbox = opened(start())
    credentials = base64.b64encode(f"\0{sandbox.settings['OUTLOOK_ADDRESS']}\0{APP_PASSWORD}".encode()).decode()

    with pop(sandbox) as client:
        with pytest.raises(poplib.error_proto, match="Authentication failure: unknown user name or bad password"):
            client._shortcmd("AUTH XOAUTH2 bm90aGluZw==")  # type: ignore[attr-defined]  # poplib has no AUTH
        if not at_once:
            client._putcmd("AUTH PLAIN")  # type: ignore[attr-defined]
            assert client._getline() == (b"+ ", 4)  # type: ignore[attr-defined]
        reply = client._shortcmd(f"AUTH PLAIN {credentials}" if at_once else credentials)  # type: ignore[attr-defined]

        assert reply == b"+OK User successfully logged on."


@pytest.mark.parametrize(("allowed", "left"), [(False, 8), (True, 7)])
def test_apps_delete_only_where_allowed(start: Start, allowed: bool, left: int) -> None:
    """DELE removes a message only if the mailbox lets apps delete."""
    sandbox = opened(start(**{"outlook.apps_may_delete": allowed}))

    with pop(sandbox) as client:
        log_in(client, sandbox)
        client.dele(1)
        client.quit()

    assert left == len(sandbox.state()["outlook"]["inbox"])


def test_pop_goes_off_again_once(start: Start) -> None:
    """In pop-off-again the first login after POP was switched on finds it off; after switching on again it stays."""
    sandbox = opened(start("pop-off-again"))

    assert refusal(sandbox) == REFUSED
    assert sandbox.state()["outlook"]["pop_on"] is False
    with pop(opened(sandbox)) as client:
        log_in(client, sandbox)


# --- SMTP


def test_smtp_sends_as_the_account_only(start: Start) -> None:
    """STARTTLS and an app password are needed; the account's own address goes through, another is denied."""
    sandbox = start()
    own = sandbox.settings["OUTLOOK_ADDRESS"]

    with smtplib.SMTP(*settings_of(sandbox).dial(*SMTP), timeout=10) as plain:
        assert plain.docmd("MAIL", f"FROM:<{own}>")[0] == 530
    with smtp(sandbox) as client:
        with pytest.raises(smtplib.SMTPAuthenticationError, match=r"5\.7\.3 Authentication unsuccessful"):
            client.login(own, sandbox.practice_password)
        client.login(own, APP_PASSWORD)
        client.send_message(letter(sandbox, own, "To myself"))
        with pytest.raises(smtplib.SMTPDataError, match=r"5\.2\.252 SendAsDenied"):
            client.send_message(letter(sandbox, own, "Not mine"), from_addr="somebody@else.example")

    outlook = sandbox.state()["outlook"]
    assert outlook["inbox"][-1]["subject"] == "To myself"
    assert [message["subject"] for message in outlook["sent"]] == ["To myself"]


def test_forwarding_brings_mail_to_gmail_once(start: Start) -> None:
    """With forwarding on, a message reaches Gmail and stays in Outlook only if a copy is kept."""
    sandbox = start(**{"outlook.forwarding_to": "hanako@gmail.example"})

    sandbox.control("/deliver", {"subject": "Kept"})
    sandbox.control("/set", {"outlook.keep_forwarded_copy": False})
    sandbox.control("/deliver", {"subject": "Passed on"})

    state = sandbox.state()
    assert {"Kept", "Passed on"} <= {message["subject"] for message in state["gmail"]["messages"]}
    assert state["outlook"]["inbox"][-1]["subject"] == "Kept"


def test_gmail_smtp_takes_googles_app_password(start: Start) -> None:
    """smtp.gmail.com takes a Google app password, spaces or not, and nothing of Microsoft's."""
    sandbox = start(**{"gmail.app_passwords": ["qrstuvwxyzabcdef"]})
    address = sandbox.settings["GMAIL_ADDRESS"]

    with smtp(sandbox, "smtp.gmail.com") as client:
        with pytest.raises(smtplib.SMTPAuthenticationError, match=r"5\.7\.8"):
            client.login(address, APP_PASSWORD)
        client.login(address, "qrst uvwx yzab cdef")
        client.send_message(letter(sandbox, sandbox.settings["OUTLOOK_ADDRESS"], "By Google"))

    assert sandbox.state()["outlook"]["inbox"][-1]["subject"] == "By Google"


# --- worlds


def test_passwords_are_retired(start: Start) -> None:
    """Where Microsoft takes no passwords, POP and SMTP refuse a good app password in Microsoft's words."""
    sandbox = opened(start("basic-auth-retired"))

    assert refusal(sandbox) == REFUSED
    with smtp(sandbox) as client, pytest.raises(smtplib.SMTPAuthenticationError) as caught:
        client.login(sandbox.settings["OUTLOOK_ADDRESS"], APP_PASSWORD)
    assert caught.value.smtp_code == 535
    assert b"5.7.139 Authentication unsuccessful, basic authentication is disabled." in caught.value.smtp_error


def test_some_ports_say_nothing(start: Start) -> None:
    """Port 110 takes a connection and keeps silent; in timeout so does 995."""
    for sandbox, port in ((start(), 110), (start("timeout"), 995)):
        with socket.create_connection(settings_of(sandbox).dial(POP[0], port), 5) as connection:
            connection.sendall(b"CAPA\r\n")
            connection.settimeout(0.5)
            with pytest.raises(TimeoutError):
                connection.recv(1)


def test_interception_is_on_this_machine_only() -> None:
    """Where mail is intercepted, this machine meets a signer it does not trust, and Google the real servers."""

    async def look() -> str:
        authority = practice_authority()
        mail = MailRoutes(World(), authority.client_context())
        servers = MailServers(mail.world, mail, authority, here=intercepting_authority())
        await servers.start()
        with pytest.raises(ssl.SSLCertVerificationError):
            await asyncio.open_connection(*servers.connect_to[POP], ssl=mail.ssl_context, server_hostname=POP[0])
        reader, writer = await asyncio.open_connection(*mail.pop[POP], ssl=mail.ssl_context, server_hostname=POP[0])
        greeting = (await reader.readline()).decode()
        writer.close()
        servers.close()
        return greeting

    assert asyncio.run(look()).startswith("+OK The Microsoft Exchange POP3 service is ready.")


def test_the_intercepted_world_is_not_trusted_here(start: Start) -> None:
    """In intercepted, TLS to the mail servers fails against TLS_CA_FILE."""
    sandbox = start("intercepted")

    with pytest.raises(ssl.SSLCertVerificationError), pop(sandbox):
        pass


@pytest.mark.parametrize("name", WORLDS)
def test_every_world_starts_with_its_facts(name: str) -> None:
    """Each world starts, with settings the tool accepts and dated facts that fit what is true in it."""
    with Sandbox(name) as sandbox:
        settings = settings_of(sandbox)
        facts = json.loads(Path(settings.provider_facts or "").read_text(encoding="utf-8"))["facts"]
        state = sandbox.state()

    codes = {fact["code"]: fact["since"] for fact in facts}
    assert state["basic_auth_retired"] == ("auth.basic-retired" in codes)
    assert state["gmail_pop_removed"] == ("gmail.pop-withdrawn" in codes)
    assert codes.get("auth.basic-retired", "2024-09-16") == "2024-09-16"
    assert state["writes"] == 0


# --- the process


def test_closing_leaves_nothing() -> None:
    """After close the process, its ports and its files are gone; closing twice is harmless."""
    sandbox = Sandbox()
    process, folder = psutil.Process(sandbox._process.pid), Path(sandbox.settings["TLS_CA_FILE"]).parent

    sandbox.close()
    sandbox.close()

    assert not process.is_running()
    assert not folder.exists()
    with pytest.raises(ConnectionRefusedError):
        sandbox.state()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order(number: signal.Signals) -> None:
    """SIGTERM and SIGINT end the world with its files, although its parent lives."""
    with Sandbox() as sandbox:
        os.kill(sandbox._process.pid, number)

        assert sandbox._process.wait(5) == 0
        assert not Path(sandbox.settings["TLS_CA_FILE"]).parent.exists()


def test_it_does_not_outlive_its_parent() -> None:
    """When the parent is killed without a chance to clean up, the world ends by itself, files included."""
    code = (
        "import sys, time; from flows.sandbox import Sandbox; s = Sandbox();"
        "print(s._process.pid, s.settings['TLS_CA_FILE'], flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        pid, ca_file = parent.stdout.readline().split()
        parent.kill()
    deadline = time.monotonic() + 5
    while (psutil.pid_exists(int(pid)) or Path(ca_file).exists()) and time.monotonic() < deadline:
        time.sleep(0.05)

    assert not psutil.pid_exists(int(pid)) or psutil.Process(int(pid)).status() == psutil.STATUS_ZOMBIE
    assert not Path(ca_file).parent.exists()


def test_an_unknown_world_is_said_plainly() -> None:
    """A world nobody knows ends in SandboxMissing with what to do, not in a traceback."""
    with pytest.raises(SandboxMissing, match=r"could not be started(.|\n)*no-such-world(.|\n)*--world"):
        Sandbox("no-such-world")


def test_a_missing_extra_is_said_plainly(tmp_path: Path) -> None:
    """Without the servers' packages the child says so in one line of JSON."""
    (tmp_path / "starlette.py").write_text("raise ModuleNotFoundError('No module named starlette')\n")
    command = [sys.executable, "-m", "flows.sandbox"]
    root = str(Path(__file__).parents[1])
    path = os.pathsep.join((str(tmp_path), root))

    ended = subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, cwd=tmp_path, capture_output=True)

    assert json.loads(ended.stdout) == {"error": "extra", "text": "No module named starlette"}
    assert (ended.returncode, ended.stderr) == (1, b"")


def test_importing_the_sandbox_is_light() -> None:
    """Importing flows.sandbox loads none of the servers: every start of the command would pay for it."""
    code = (
        "import sys, flows.sandbox; print([m for m in ('starlette','uvicorn','trustme','jinja2') if m in sys.modules])"
    )

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
