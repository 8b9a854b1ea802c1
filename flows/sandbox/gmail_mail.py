"""Gmail's side of other people's mail servers: really logging in and fetching by POP, really logging in by SMTP."""

from __future__ import annotations

import poplib
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from flows.sandbox.delivery import put_into_gmail
from flows.sandbox.mail_routes import Address, MailRoutes
from flows.sandbox.world import Fetch, MailTrouble, PopAccount, SendAs, World

PATIENCE = 5.0  # seconds Gmail waits for a silent server; the live wait is far longer, its text is the same
LOGIN_TAKES = 1.0  # seconds a login or a fetch takes at least: no live server answers a form at once
FETCH_EVERY = 180.0  # seconds between looks; live Gmail takes 5 to 60 minutes (docs/providers.md, 4)


class MailRefused(Exception):
    """A mail server did not do what Gmail asked of it."""

    def __init__(self, trouble: MailTrouble) -> None:
        super().__init__(trouble)
        self.trouble = trouble


class _Pop(poplib.POP3):
    """poplib on a connection that is already there: the name is checked by TLS, the route is Google's own."""

    def __init__(self, host: str, connection: socket.socket) -> None:
        self._connection = connection
        super().__init__(host)

    def _create_socket(self, timeout: float) -> socket.socket:
        return self._connection


class _Smtp(smtplib.SMTP):
    """smtplib on a connection that is already there; STARTTLS checks ``host``."""

    def __init__(self, host: str, port: int, connection: socket.socket) -> None:
        self._connection = connection
        super().__init__(host, port, local_hostname="mail-google.localhost", timeout=PATIENCE)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return self._connection


def check_pop_login(mail: MailRoutes, account: PopAccount) -> None:
    """Log in as ``account`` says and out again. Raises MailRefused with what Gmail would show."""
    with _at_least(LOGIN_TAKES), _logged_in(mail, account):
        pass


def check_smtp_login(mail: MailRoutes, sender: SendAs) -> None:
    """Log in to the server of ``sender`` as it says and out again. Raises MailRefused with what Gmail would show."""
    with _at_least(LOGIN_TAKES):
        try:
            with closing(_dial(mail, mail.smtp_address(sender.host, sender.port))) as connection:
                _log_in_by_smtp(mail, sender, connection)
        except (smtplib.SMTPException, OSError) as error:
            raise MailRefused(_smtp_trouble(error)) from error


def confirmation_message(sender: SendAs, gmail_address: str, link: str, lang: str) -> bytes:
    """The message with the nine-digit code and the link (docs/providers.md, 6) that Google sends to the new address."""
    message = EmailMessage()
    message["To"] = sender.address
    message["Date"] = formatdate(localtime=True)
    message["Message-ID"] = make_msgid(domain="mail.google.com")
    if lang == "ja":
        message["From"] = "Gmail チーム <gmail-noreply@google.com>"
        message["Subject"] = f"Gmail 確認: {sender.address} としてメールを送信"
        message.set_content(
            f"{gmail_address} の Gmail から、{sender.address} を差出人として使うための確認です。\n"
            f"確認コード: {sender.code}\n\n"
            f"これでよければ、次のリンクを開いて確認してください。\n{link}\n\n"
            "心当たりがなければ、何もする必要はありません。\n"
        )
    else:
        message["From"] = "Gmail Team <gmail-noreply@google.com>"
        message["Subject"] = f"Gmail Confirmation - Send Mail as {sender.address}"
        message.set_content(
            f"{gmail_address} has requested to send mail as {sender.address}.\n"
            f"Confirmation code: {sender.code}\n\n"
            f"To allow this, open the link below and confirm:\n{link}\n\n"
            "If you did not expect this message, simply leave it unanswered.\n"
        )
    return message.as_bytes()


class Fetcher:
    """Fetches the mail of the POP accounts: when asked to, and by itself every few minutes."""

    def __init__(self, world: World, mail: MailRoutes) -> None:
        self.world = world
        self.mail = mail
        threading.Thread(target=self._look_regularly, name="gmail-fetcher", daemon=True).start()

    def start(self, account: PopAccount) -> None:
        """Begin a fetch; nothing happens while one of the same account is running."""
        with self.world.lock:
            if account.fetching:
                return
            account.fetching = True
        threading.Thread(target=self._fetch, args=(account,), name="gmail-fetch", daemon=True).start()

    def _look_regularly(self) -> None:
        while True:
            time.sleep(1)
            with self.world.lock:
                accounts = [] if self.world.gmail_pop_removed else list(self.world.gmail.pop_accounts)
            for account in accounts:
                if time.time() - (account.last_checked or 0) > FETCH_EVERY:
                    self.start(account)

    def _fetch(self, account: PopAccount) -> None:
        fetched = 0
        trouble = None
        try:
            with _at_least(LOGIN_TAKES):
                for _uid in _fetch_new(self.world, self.mail, account):
                    fetched += 1
        except MailRefused as refused:
            trouble = refused.trouble
        with self.world.lock:
            account.last_checked = time.time()
            account.history.append(Fetch(account.last_checked, fetched, trouble))
            account.fetching = False


def _fetch_new(world: World, mail: MailRoutes, account: PopAccount) -> Iterator[str]:
    """Bring each message not yet brought; yields its UID. What fails later does not undo what came before."""
    with _logged_in(mail, account) as pop:
        for line in pop.uidl()[1]:
            number, uid = line.decode().split(" ", 1)
            if uid not in account.fetched_uids:
                raw = b"\r\n".join(pop.retr(int(number))[1]) + b"\r\n"
                if not put_into_gmail(
                    world, raw, sender="", recipient=account.address, label=account.label, archive=account.archive
                ):
                    raise MailRefused(MailTrouble("full"))
                with world.lock:
                    account.fetched_uids.add(uid)
                    world.gmail.fetched.append(uid)
                yield uid
            if not account.leave_copy:
                pop.dele(int(number))


@contextmanager
def _logged_in(mail: MailRoutes, account: PopAccount) -> Iterator[poplib.POP3]:
    at_login = False
    try:
        with closing(_connect_to_pop(mail, account)) as connection:
            pop = _Pop(account.host, connection)
            at_login = True
            pop.user(account.user)
            pop.pass_(account.password)
            at_login = False
            yield pop
            pop.quit()
    except (poplib.error_proto, OSError) as error:
        raise MailRefused(_pop_trouble(error, at_login)) from error


def _connect_to_pop(mail: MailRoutes, account: PopAccount) -> socket.socket:
    connection = _dial(mail, mail.pop_address(account.host, account.port))
    if not account.ssl:
        return connection
    return mail.ssl_context.wrap_socket(connection, server_hostname=account.host)


def _dial(mail: MailRoutes, address: Address | None) -> socket.socket:
    if address is None:
        time.sleep(PATIENCE)
        raise TimeoutError("nothing is there")
    return socket.create_connection(address, PATIENCE, source_address=mail.source_address())


def _log_in_by_smtp(mail: MailRoutes, sender: SendAs, connection: socket.socket) -> None:
    if sender.security == "ssl":
        connection = mail.ssl_context.wrap_socket(connection, server_hostname=sender.host)
    with closing(_Smtp(sender.host, sender.port, connection)) as smtp:
        if sender.security == "tls":
            smtp.starttls(context=mail.ssl_context)
        smtp.ehlo_or_helo_if_needed()
        # login() tries every mechanism the server offers, each a failed login of its own: choose one.
        smtp.user, smtp.password = sender.user, sender.password
        if "PLAIN" in smtp.esmtp_features.get("auth", "").split():
            smtp.auth("PLAIN", smtp.auth_plain)
        else:
            smtp.auth("LOGIN", smtp.auth_login)
        smtp.quit()


def _pop_trouble(error: Exception, at_login: bool) -> MailTrouble:
    if isinstance(error, poplib.error_proto):
        said = error.args[0]
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        text = text.removeprefix("-ERR").strip()
        if text == "EOF":
            return MailTrouble("reset")
        return MailTrouble("denied" if at_login else "server", text)
    if isinstance(error, ssl.SSLCertVerificationError):
        return MailTrouble("secure", f"SSL error: {error.verify_message}")
    if isinstance(error, ssl.SSLError):
        return MailTrouble("secure", "Protocol error")
    return MailTrouble("reset" if isinstance(error, ConnectionResetError) else "timeout")


def _smtp_trouble(error: Exception) -> MailTrouble:
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return MailTrouble("smtp-reach")
    if isinstance(error, smtplib.SMTPResponseException):
        reply = error.smtp_error
        text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else str(reply)
        return MailTrouble("smtp-denied", f"{error.smtp_code} {text}")
    if isinstance(error, smtplib.SMTPException):  # no STARTTLS, or no AUTH to choose from
        return MailTrouble("smtp-denied", str(error))
    if isinstance(error, ssl.SSLCertVerificationError):
        hostname_mismatch = 62  # X509_V_ERR_HOSTNAME_MISMATCH of OpenSSL
        return MailTrouble("smtp-name" if error.verify_code == hostname_mismatch else "smtp-secure")
    return MailTrouble("smtp-secure" if isinstance(error, ssl.SSLError) else "smtp-reach")


@contextmanager
def _at_least(seconds: float) -> Iterator[None]:
    began = time.monotonic()
    try:
        yield
    finally:
        time.sleep(max(0.0, seconds - (time.monotonic() - began)))
