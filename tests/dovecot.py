"""A real Dovecot of our own on free loopback ports, where it is installed: the probe's reference server."""

from __future__ import annotations

import contextlib
import getpass
import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import trustme

from automation.probe import Target
from tests.faults import HOST, PASSWORD, good_authority, unused_port

CONFIGURATION = """
protocols = pop3
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
ssl = required
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
mail_location = maildir:{folder}/mail
first_valid_uid = 1
auth_failure_delay = 0
mail_max_userip_connections = 1000
default_login_user = {login_user}
default_internal_user = {login_user}
default_internal_group = {group}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}
}}
service anvil {{
  chroot =
}}
service pop3-login {{
  chroot =
  service_count = 0
  process_min_avail = 1
  inet_listener pop3 {{
    port = 0
  }}
  inet_listener pop3s {{
    port = {port}
    ssl = yes
  }}
}}
"""


def dovecot_path() -> str | None:
    """The program, where it is installed."""
    return shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


@dataclass(frozen=True)
class Dovecot:
    """A running Dovecot with one mailbox; any user name opens it with the password of the tests."""

    port: int

    @property
    def target(self) -> Target:
        """Where it is, under the name of its certificate."""
        return Target(HOST, 995, "127.0.0.1", self.port, "implicit")


@contextlib.contextmanager
def running_dovecot(folder: Path, messages: int) -> Iterator[Dovecot]:
    """Dovecot with this many messages, stopped at the end. Needs ``dovecot_path()``."""
    program = dovecot_path()
    assert program, "dovecot is not installed"
    owner = pwd.getpwnam("nobody" if os.geteuid() == 0 else getpass.getuser())
    _fill(folder / "mail", messages, owner)
    for part in (folder, *folder.parents):
        with contextlib.suppress(PermissionError):
            part.chmod(part.stat().st_mode | 0o011)  # Dovecot's processes are other users
    certificate = good_authority().issue_cert(HOST)
    trustme.Blob(b"".join(blob.bytes() for blob in certificate.cert_chain_pems)).write_to_path(str(folder / "cert.pem"))
    certificate.private_key_pem.write_to_path(str(folder / "key.pem"))
    login_user = "dovenull" if os.geteuid() == 0 else owner.pw_name
    group = "dovecot" if os.geteuid() == 0 else str(owner.pw_gid)
    port = unused_port()
    file = folder / "dovecot.conf"
    file.write_text(
        CONFIGURATION.format(
            folder=folder,
            login_user=login_user,
            group=group,
            password=PASSWORD,
            uid=owner.pw_uid,
            gid=owner.pw_gid,
            port=port,
        )
    )
    process = subprocess.Popen([program, "-F", "-c", str(file)])
    try:
        _await(port, process, folder / "log")
        yield Dovecot(port)
    finally:
        process.terminate()
        process.wait(10)


def _fill(mail: Path, messages: int, owner: pwd.struct_passwd) -> None:
    for part in ("cur", "new", "tmp"):
        (mail / part).mkdir(parents=True)
    for number in range(messages):
        text = f"From: a@mail.test\nTo: b@mail.test\nSubject: number {number}\n\n{'A line of text.' * 4}\n"
        (mail / "cur" / f"{1_700_000_000 + number}.{number}.test:2,").write_text(text)
    if os.geteuid() == 0:
        for path in (mail, *mail.rglob("*")):
            os.chown(path, owner.pw_uid, owner.pw_gid)
        os.chown(mail.parent, owner.pw_uid, owner.pw_gid)


def _await(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        assert process.poll() is None, log.read_text() if log.exists() else "dovecot ended"
        time.sleep(0.05)
    raise AssertionError(f"dovecot does not listen: {log.read_text() if log.exists() else ''}")
