"""The app password: asked for when a flow first needs one, tried by one POP login, and kept where it is safe."""

from __future__ import annotations

from automation.diagnosis import Cause, Finding, diagnose
from automation.errors import CauseFound
from automation.flow import Session
from automation.keeping import Keeper
from automation.messages import _
from automation.probe import ProbeResult, Target, probe_pop
from automation.settings import Secret
from flows import remedies
from flows.pages.app_password import normalised
from flows.pages.google import GoogleAppPasswords
from flows.pages.microsoft import AppPasswords

APP_PASSWORD = "app-password"
GOOGLE = "google-app-password"
# Providers lock an account that sees many failed logins (design: at most three a run).
MOST_LOGINS = 3
# Refusals that a POP switched off behind our back would explain.
REFUSED = ("auth.wrong-password", "auth.ambiguous", "account.pop-off")


def app_password(session: Session) -> Secret:
    """An app password that opened the mailbox just now, or that could not be tried from here.

    Raises CauseFound when the server refuses it, so that nothing wrong is ever typed anywhere else.
    """
    if APP_PASSWORD in session.secrets:
        return session.secrets[APP_PASSWORD]
    keeper = Keeper(session.keeps_secrets)
    given = session.secrets.pop("given", None) or keeper.get(session.outlook_address)
    password = Secret(normalised(given.open())) if given else None
    if password and (password in session.refused or _refused_for_good(session, password)):
        session.person.warn(_("The app password from last time is not accepted any more; a new one is needed."))
        password = None
    if password is None:
        password = _new(session)
        if cause := try_login(session, password, is_new=True):
            raise _refusal(cause, session)
    session.secrets[APP_PASSWORD] = password
    where = keeper.put(session.outlook_address, password)
    session.person.say(
        "  "
        + (
            _("The app password is kept in {place}.").format(place=where)
            if where
            else _("The app password is kept for this run only.")
        )
    )
    return password


def google_app_password(session: Session) -> Secret:
    """A Google app password for sending through Gmail's own server; for this run only, Gmail keeps it afterwards."""
    if GOOGLE not in session.secrets:
        page = GoogleAppPasswords(session).open()
        session.secrets[GOOGLE] = page.new_app_password()
        page.put_away()
    return session.secrets[GOOGLE]


def _new(session: Session) -> Secret:
    page = AppPasswords(session).open()
    password = page.new_app_password()
    page.put_away()
    return password


def _refused_for_good(session: Session, password: Secret) -> bool:
    """Whether a kept password is simply no longer right; any other refusal ends the run."""
    cause = try_login(session, password, is_new=False)
    if cause and cause.code not in ("auth.wrong-password", "auth.app-password-needed", "auth.ambiguous"):
        raise _refusal(cause, session)
    if cause:
        session.refused.add(password)
    return cause is not None


def try_login(session: Session, password: Secret, *, is_new: bool) -> Cause | None:
    """Log in by POP, mend what can be mended and log in again, once a remedy; the cause if refused in the end.

    A network or TLS failure of this machine only warns: Gmail fetches from elsewhere.
    """
    cause = _login(session, password, is_new)
    mended: set[str] = set()
    while cause and session.logins < MOST_LOGINS and cause.code not in mended and _mend(session, cause):
        mended.add(cause.code)
        cause = _login(session, password, is_new)
    return cause


def _mend(session: Session, cause: Cause) -> bool:
    """Mend what refused a login, where that can be mended without a new password; False where it cannot."""
    if cause.code == "auth.web-login-needed":
        session.note(cause)
        remedies.approve_activity(session)
        return True
    return cause.code in REFUSED and remedies.pop_was_switched_off(session)


def _login(session: Session, password: Secret, is_new: bool) -> Cause | None:
    settings = session.settings
    dial_host, dial_port = settings.dial(settings.pop_host, settings.pop_port)
    target = Target(settings.pop_host, settings.pop_port, dial_host, dial_port, "implicit")
    session.logins += 1
    with session.person.waiting(_("Trying the app password at {host}.").format(host=settings.pop_host)):
        result = probe_pop(target, session.outlook_address, password, ca_file=settings.tls_ca_file, light=True)
    return judged(session, result, is_new)


def judged(session: Session, result: ProbeResult, is_new: bool) -> Cause | None:
    """The cause that stops the run, if the probe found one; a local one is only told."""
    known = Finding("outlook", "settings", facts={"pop_on": True, "password_is_new": is_new})
    causes = diagnose([*result.findings, known], session.facts) if result.findings else []
    if not causes:
        session.person.done(_("The mail server accepts the app password."))
        return None
    cause = causes[0]
    if cause.is_local:
        session.note(cause)
        session.person.warn(
            _("From this machine I cannot try the login ({what}). Gmail fetches from elsewhere, so I go on.").format(
                what=cause.title()
            )
        )
        return None
    return cause


def _refusal(cause: Cause, session: Session) -> CauseFound:
    return session.stopped_by(
        cause,
        _("Logging in to {host} as {address}: {what}").format(
            host=session.settings.pop_host, address=session.outlook_address, what=cause.title()
        ),
        expected=_("the server to accept the app password"),
        seen="; ".join(text for _stage, text in cause.evidence),
    )
