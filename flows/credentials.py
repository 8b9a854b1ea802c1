"""The app passwords: asked for when a flow first needs one, kept where it is safe, and told of when one is left over."""

from __future__ import annotations

from collections.abc import Callable

from automation.diagnosis import Cause, Finding, diagnose
from automation.errors import CauseFound, NeedsPerson
from automation.journal import Credential
from automation.keeping import Keeper
from automation.messages import _, listed
from automation.probe import ProbeResult, Target, probe_pop
from automation.session import Session
from automation.settings import Secret
from flows import remedies
from flows.pages.app_password import AppPasswordPage, normalised
from flows.pages.google import APP_PASSWORDS as GOOGLE_APP_PASSWORDS
from flows.pages.google import GoogleAppPasswords
from flows.pages.microsoft import ADDITIONAL, AppPasswords

APP_PASSWORD = "app-password"
GOOGLE = "google-app-password"
# Providers lock an account that sees many failed logins (docs/design.md, 2: three a run at most).
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
    kept = keeper.get(session.outlook_address)
    given = session.secrets.pop("given", None) or kept
    password = Secret(normalised(given.open())) if given else None
    if password and (password in session.refused or _refused_for_good(session, password)):
        session.person.warn(_("The app password from last time is not accepted any more; a new one is needed."))
        if given is kept:  # Microsoft can only remove all of them at once
            session.journal.write("gone", APP_PASSWORD)
        password = None
    if password is None:
        password = _new(session, keeper)
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
        _tell(session, _left_over_at_google(session))
        session.secrets[GOOGLE] = _made(session, GOOGLE, GoogleAppPasswords(session).open(), lambda _password: None)
    return session.secrets[GOOGLE]


def taken(session: Session, *names: str) -> None:
    """To be said as soon as the other side has taken what was typed in: from then on it is in use there."""
    for name in names:
        if name in session.secrets:
            session.journal.write("used", name)


def _new(session: Session, keeper: Keeper) -> Secret:
    """A new app password, kept before anything else happens: a run may end at any moment."""
    page = AppPasswords(session).open()
    if told := _left_over_at_microsoft(session):
        told.append(
            _("If no other app of yours uses one, press “Remove existing app passwords” before you make the new one.")
        )
    _tell(session, told)
    return _made(session, APP_PASSWORD, page, lambda password: keeper.put(session.outlook_address, password))


def _made(session: Session, name: str, page: AppPasswordPage, keep: Callable[[Secret], object]) -> Secret:
    """What the person makes on a page, with a line in the journal before and after."""
    journal = session.journal
    journal.write("asked", name)
    try:
        password = page.new_app_password()
    except NeedsPerson:
        journal.write("dropped", name)
        raise
    keep(password)
    journal.write("made", name)
    page.put_away()
    return password


def left_over(session: Session) -> list[str]:
    """What to say, at the end of a run, of the app passwords that were made and that nothing uses."""
    told = []
    if microsoft := _left_over_at_microsoft(session):
        how = _(
            "To be rid of it, remove all of them there and run “autoconfigure” again: it asks for a new one if needed."
        )
        told.append("\n  ".join([*microsoft, how]))
    if google := _left_over_at_google(session):
        told.append("\n  ".join(google))
    return told


def staying(session: Session) -> dict[str, str]:
    """The app passwords made for us that the providers may still know: what, and how they are removed."""
    told = {
        APP_PASSWORD: _(
            "any Microsoft app password you made for me stays; “autoconfigure undo --app-passwords” leads you to where all are removed"
        ),
        GOOGLE: _("any Google app password you made for me stays; remove it by its name at {url}").format(
            url=session.settings.google_account_url + GOOGLE_APP_PASSWORDS
        ),
    }
    return {name: why for name, why in told.items() if session.journal.may_be_known(name)}


def removing_warns() -> str:
    """What everybody should know before they remove app passwords."""
    return _(
        "Microsoft's page can only remove ALL app passwords at once: every other mail program, phone or game console"
        " that uses one will ask for a new one."
    )


def remove_app_passwords(session: Session) -> None:
    """Lead the person to removing all app passwords, and forget the one that was kept."""
    AppPasswords(session).open().remove_all()
    session.journal.write("gone", APP_PASSWORD)
    Keeper(session.keeps_secrets).delete(session.outlook_address)


def was_told(session: Session) -> None:
    """A run has come to its end and has told what is left over: the next ones need not."""
    for name in (APP_PASSWORD, GOOGLE):
        if session.journal.unused(name):
            session.journal.write("told", name)


def _left_over_at_microsoft(session: Session) -> list[str]:
    unused = session.journal.unused(APP_PASSWORD)
    if unused and Keeper(session.keeps_secrets).get(session.outlook_address):
        unused.pop()  # the next run takes it from the keyring
    url = session.settings.account_live_url + ADDITIONAL
    which = _(
        "Which one it is cannot be told there: Microsoft's page ({url}) shows no list and can only remove all at once."
    )
    return [*map(_described, unused), which.format(url=url)] if unused else []


def _left_over_at_google(session: Session) -> list[str]:
    unused = session.journal.unused(GOOGLE)
    url = session.settings.google_account_url + GOOGLE_APP_PASSWORDS
    which = _("It is a Google app password: remove the entry with the name you gave it then, at {url}.").format(url=url)
    return [*map(_described, unused), which] if unused else []


def _described(credential: Credential) -> str:
    when = credential.when[:16].replace("T", " ")
    if credential.was_made:
        text = _(
            "The app password made on {when} is left over from a run that did not come to its end: nothing uses it."
        )
    else:
        text = _(
            "A run was interrupted on {when} while you were making an app password; if one was made, it is left over."
        )
    return text.format(when=when)


def _tell(session: Session, sentences: list[str]) -> None:
    if sentences:
        session.person.warn("\n  ".join(sentences))


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
    with session.unrecorded():
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
        return remedies.approve_activity(session)
    return cause.code in REFUSED and remedies.pop_was_switched_off(session)


def _login(session: Session, password: Secret, is_new: bool) -> Cause | None:
    settings = session.settings
    dial_host, dial_port = settings.dial(settings.pop_host, settings.pop_port)
    target = Target(settings.pop_host, settings.pop_port, dial_host, dial_port, "implicit")
    session.logins += 1
    with session.person.waiting(_("Trying the app password at {host}.").format(host=settings.pop_host)):
        result = probe_pop(target, session.outlook_address, password, ca_file=settings.tls_ca_file, light=True)
    session.story.probed(result)
    return judged(session, result, is_new)


def judged(session: Session, result: ProbeResult, is_new: bool) -> Cause | None:
    """The cause that stops the run, if the probe found one; a local one is only told."""
    known = Finding("outlook", "settings", facts={"pop_on": True, "password_is_new": is_new})
    causes = diagnose([*result.findings, known], session.facts) if result.findings else []
    if not causes:
        session.login_worked = True
        session.person.done(_("The mail server accepts the app password."))
        return None
    cause = causes[0]
    if cause.is_local:
        session.note(cause)
        session.person.warn(
            _("From this machine I cannot try the login ({what}). Gmail fetches from elsewhere, so I go on.").format(
                what=cause.title().rstrip(".。")
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
        seen=listed(text for _stage, text in cause.evidence),
    )
