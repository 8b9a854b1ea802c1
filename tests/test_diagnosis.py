"""From findings to causes: every known wording, new wordings of them, and strangers that must stay unknown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from automation.causes import CATALOGUE
from automation.diagnosis import Cause, Fact, Finding, Witness, diagnose, named
from automation.messages import speak
from flows.providers import BUILT_IN, load_facts

# (code, witness): what was said. Wordings of docs/providers.md, 9 and of mail servers in use, and free variations of them.
SAID: dict[tuple[str, Witness], tuple[str, ...]] = {
    ("account.pop-off", "probe"): (
        "-ERR Your administrator has disabled POP for your mailbox",
        "-ERR PopEnabled is false",
        "-ERR User is authenticated but not connected.",
        "-ERR POP3 access is turned off for this mailbox",
        "-ERR Your mailbox is not enabled for POP3",
        "-ERR POP is disabled. Enable it in your settings.",
        "-ERR [SYS/PERM] Your account is not enabled for POP access. Please visit your settings page to enable it.",
        "-ERR POPアクセスが無効です",
        "-ERR このアカウントではPOPが有効になっていません",
        "-ERR Your account does not have POP access enabled",
        "-ERR POP3 protocol disabled",
        "-ERR the POP protocol has been switched off by the owner of this mailbox",
        "-ERR POP3 is not activated for this user",
        "-ERR [SYS/PERM] POP3 access not allowed for this mailbox",
        "-ERR You have not enabled POP in Forwarding and IMAP",
        "-ERR POP3は許可されていません",
        "-ERR メールボックスのPOPがオフになっています",
        "-ERR Access to POP has been turned off",
        "-ERR Service POP3 is off for your account",
    ),
    ("account.smtp-off", "probe"): (
        "550 5.7.1 Authenticated SMTP is turned off for this mailbox",
        "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox.",
        "535 5.7.3 SMTP AUTH is not enabled for this account",
        "550 5.7.30 Client submission over SMTP is turned off for your organization",
    ),
    ("auth.account-locked", "probe"): (
        "-ERR アカウントが一時的にロックされました",
        "-ERR Mailbox disabled",
        "-ERR Your account has been suspended",
        "-ERR Account locked",
        "-ERR This account is temporarily blocked due to abuse. Contact support.",
        "-ERR user is disabled",
        "-ERR アカウントがロックされています",
        "535 5.7.1 Account disabled",
        "-ERR account has been locked for security reasons",
        "-ERR Your mailbox was suspended for breach of terms",
        "-ERR このアカウントは停止されています",
    ),
    ("auth.ambiguous", "gmail"): (
        "Server denied POP3 access for the given username and password.",
        "Authentication error. Mail from this account has not been retrieved since May 27.",
    ),
    ("auth.ambiguous", "probe"): (
        "-ERR Invalid credentials or POP not enabled",
        "-ERR Logon failure: unknown user name or bad password.",
    ),
    ("auth.app-password-needed", "probe"): (
        "534-5.7.9 Application-specific password required. Learn more at https://support.google.com/mail/?p=InvalidSecondFactor",
        "-ERR この口座は二要素認証が有効です。専用のアプリケーションパスワードを作成してください",
        "-ERR [AUTH] Application-specific password required: https://support.google.com/accounts/answer/185833",
        "-ERR Please use an app password to sign in",
        "-ERR Two-step verification is enabled; your normal password will not work here",
        "-ERR アプリ パスワードが必要です",
        "-ERR 2段階認証が有効です。アプリパスワードを使用してください",
        "-ERR Account has 2FA enabled. Generate an app-specific password.",
        "-ERR [AUTH] An application password must be used",
        "-ERR Multi-factor authentication is on. Use an app password instead of your account password.",
        "-ERR 二段階認証が有効なため、通常のパスワードではログインできません",
    ),
    ("auth.basic-retired", "gmail"): (
        'Server denied POP3 access for the given username and password. Server returned error: "Basic authentication is disabled."',
        'Authentication failed. Please check your username/password. Server returned error: "535 5.7.139 Authentication unsuccessful, basic authentication is disabled. [X], code: 535"',
        '認証エラーが発生しました。 サーバーから返されたエラー: "Basic authentication is disabled."',
    ),
    ("auth.basic-retired", "probe"): (
        "-ERR AUTH failed: basic auth is disallowed for consumer accounts",
        "-ERR Signing in with username and password only is no longer supported. Switch to an OAuth-capable client.",
        "535 5.7.139 Authentication unsuccessful, basic authentication is not enabled. [TYCP286CA0001.JPNP286.PROD.OUTLOOK.COM 2026-11-23T00:00:00.000Z 08DC]",
        "-ERR This application uses less secure sign-in, which is not allowed any more",
        "-ERR plaintext credentials retired, XOAUTH2 required",
        "-ERR we no longer accept passwords or app passwords",
        "-ERR Basic auth has been turned off for this mailbox",
        "-ERR Basic authentication is no longer supported. Please use modern authentication.",
        "-ERR This server no longer accepts passwords; use OAuth 2.0",
        "-ERR Sign-in with a password is not supported any more, use OAuth2",
        "-ERR Legacy authentication is blocked by policy",
        "535 5.7.139 Authentication unsuccessful, basic authentication is disabled.",
        "535 5.7.57 Client not authenticated; Basic authentication has been deprecated",
        "-ERR 基本認証は無効になっています。",
        "-ERR パスワードによるサインインはサポートされなくなりました。先進認証を使用してください。",
        "-ERR App passwords are no longer accepted for POP",
        "-ERR [AUTH] OAuth2 authentication required",
        "-ERR Authentication method not supported: please switch to Modern Authentication",
        "-ERR Access denied: sign-in with basic credentials has been retired, see aka.ms/BasicAuth",
        "-ERR BasicAuthBlocked: plain user name and password logins are no longer possible",
        "535 5.7.139 Authentication unsuccessful, basic authentication is blocked",
        "-ERR This account requires OAuth sign in",
        "-ERR Password logins were switched off on 16 September 2024",
        "-ERR ベーシック認証は廃止されました",
        "-ERR 基本認証はサポートされていません。OAuth 2.0 をご利用ください",
        "-ERR We don't support password-based sign-in anymore",
    ),
    ("auth.rate-limited", "probe"): (
        "-ERR You have logged in too many times. Try again after 15 minutes.",
        "-ERR You may only poll once every 10 minutes",
        "-ERR Excessive login attempts detected, temporarily refused",
        "-ERR Request throttled. Suggested backoff time: 30000 ms",
        "-ERR 短時間に何度もログインしています",
        "-ERR mail can be checked at most every 15 minutes",
        "-ERR Too many login attempts, please wait 15 minutes",
        "-ERR [LOGIN-DELAY] slow down",
        "-ERR login limit exceeded",
        "-ERR You are checking your mail too frequently. Try again in 10 minutes.",
        "-ERR Exceeded the login limit for a 15 minute period.",
        "-ERR Maximum number of logins per hour reached",
        "-ERR ログイン試行回数が上限を超えました",
        "454 4.7.0 Too many authentication failures",
        "-ERR Login rate exceeded, wait a while",
        "-ERR Please wait 5 minutes between logins",
        "-ERR Connection rate limit reached",
        "-ERR 接続が頻繁すぎます。時間をおいてください",
        "-ERR sign-in attempts exceeded the permitted number",
    ),
    ("auth.web-login-needed", "gmail"): (
        'Server denied POP3 access for the given username and password. Server returned error: "LOGIN failed. Please use a web browser to log in and confirm your account"',
        'サーバーから返されたエラー: "Login to your account via a web browser to verify your account."',
    ),
    ("auth.web-login-needed", "probe"): (
        "-ERR Please visit https://account.microsoft.com and confirm recent activity",
        "-ERR [ALERT] Web login required (Failure)",
        "-ERR [WEBALERT https://accounts.google.com/signin/continue?sarp=1] Web login required.",
        "-ERR Access blocked until you review recent sign-in activity",
        "-ERR LOGIN failed. Account is blocked. Login to your account via a web browser to verify your identity.",
        "-ERR Please sign in to your account in a browser and confirm that it was you",
        "-ERR [ALERT] Please log in via your web browser: https://support.google.com/mail/accounts/answer/78754 (Failure)",
        "-ERR Suspicious login blocked. Verify it was you at https://account.live.com/Activity",
        "-ERR ブラウザーでサインインして、本人確認を行ってください",
        "-ERR We detected an unusual sign-in attempt. Visit account.live.com to approve.",
        "-ERR Login to your account through a browser to verify your account",
        "-ERR Sign in to outlook.com with your browser first",
        "-ERR For your protection this login was held back. Open https://account.live.com and confirm it was you.",
        "-ERR アカウントを確認するには、ウェブブラウザーからログインしてください",
        "-ERR Log in via webmail and complete the security check",
    ),
    ("auth.wrong-password", "probe"): (
        "-ERR Sorry, that password isn't right",
        "-ERR access denied",
        "-ERR Authentication rejected",
        "-ERR 登録されていないユーザーです",
        "-ERR Invalid password",
        "-ERR The password you entered is incorrect",
        "-ERR [AUTH] Username and password not accepted.",
        "-ERR [AUTH] invalid credentials",
        "535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6",
        "-ERR ユーザー名またはパスワードが正しくありません",
        "-ERR no such user",
        "-ERR user unknown",
        "-ERR Login incorrect",
        "-ERR Authentication failed",
        "-ERR wrong app password",
        "-ERR Bad login",
        '-ERR Password supplied for "person" is incorrect.',
        "-ERR permission denied (wrong credentials)",
        "-ERR Unable to log on",
        "-ERR sorry, wrong username/password combination",
        "-ERR 認証に失敗しました",
        "-ERR ユーザIDまたはパスワードに誤りがあります",
    ),
    ("gmail.pop-withdrawn", "gmail"): (
        "We're sorry, Gmail no longer supports adding POP accounts.",
        "This feature is no longer available.",
        "Checking mail from other accounts has been turned down.",
        "他のアカウントのメールの確認は終了しました。",
    ),
    ("gmail.account-limit", "gmail"): (
        "これ以上アカウントを追加できません（最大5件）。",
        "You already have the maximum number of accounts allowed.",
        "You can only check mail from up to 5 accounts",
        "追加できるアカウント数の上限に達しています。",
    ),
    ("gmail.code-wrong", "gmail"): (
        "The confirmation code you entered is incorrect",
        "確認コードが間違っています",
    ),
    ("gmail.row-settings", "gmail"): (
        "Connection timed out.",
        "接続がタイムアウトしました: 追加した設定に問題がある可能性があります。",
        "Couldn't reach server. Please double-check your SMTP server and port number.",
        "Unable to establish secure SSL connection to pop-mail.outlook.com",
        "Protocol error",
    ),
    ("mailbox.full", "gmail"): (
        "You have run out of storage space",
        "Out of storage: mail from this account cannot be retrieved.",
        "保存容量が不足しているため、このアカウントのメールを取得できません。",
        "Your Google storage is full",
    ),
    ("mailbox.full", "probe"): (
        "-ERR storage limit reached",
        "-ERR Mailbox storage is full; access restricted",
        "-ERR You've used all your storage",
        "452 4.2.2 The email account that you tried to reach is over quota",
        "552 5.2.2 Mailbox full",
        "552 5.2.2 user storage quota exceeded",
        "-ERR Disk quota exceeded",
    ),
    ("mailbox.in-use", "probe"): (
        "-ERR someone else is reading this mailbox",
        "-ERR Session already active for this mailbox",
        "-ERR unable to obtain exclusive lock on mailbox",
        "-ERR Mailbox is locked by another POP3 session",
        "-ERR [IN-USE] Do you have another POP session running?",
        "-ERR maildrop already locked",
        "-ERR Unable to lock maildrop: Mailbox is locked by POP server",
        "-ERR cannot lock mailbox, is another client connected?",
        "-ERR メールボックスは使用中です",
        "-ERR Can't get lock. Mailbox in use",
        "-ERR mailbox busy, another process is using it",
        "-ERR Your mailbox is currently being accessed by another client",
    ),
    ("outlook.forwarding-blocked", "outlook"): (
        "Your administrator has turned off forwarding to addresses outside the organization.",
        "Automatic forwarding isn't available in your organization.",
        "管理者によって転送がオフにされています。",
        "Your admin has turned off external forwarding for your organization",
        "Forwarding to people outside your organization is blocked",
        "Your organization doesn't allow forwarding to external addresses",
        "550 5.7.520 Access denied, Your organization does not allow external forwarding. Please contact your administrator for further assistance.",
        "組織外への転送は許可されていません",
        "Automatic forwarding to external recipients has been disabled by your administrator",
    ),
    ("server.permanent", "probe"): (
        "550 5.7.501 Service unavailable. Spam abuse detected from IP range.",
        "535 5.7.139 Authentication unsuccessful, the request did not meet the criteria to be authenticated successfully.",
        "-ERR [SYS/PERM] store corrupt",
    ),
    ("server.temporary", "probe"): (
        "421 4.3.0 closing channel",
        "-ERR Unexpected error, please try again in a few minutes",
        "452 4.3.1 Insufficient system storage",
        "-ERR [SYS/TEMP] Temporary system problem",
        "-ERR Service temporarily unavailable",
        "421 4.3.2 Service not available, closing transmission channel",
        "-ERR Server busy, try again later",
        "-ERR サーバーが混み合っています。しばらくしてからもう一度お試しください",
        "454 4.7.0 Temporary authentication failure",
        "-ERR internal server error, please retry later",
        "-ERR [SYS/TEMP] x",
        "-ERR Please come back later, system under maintenance",
        "451 4.3.0 Mail server temporarily rejected message",
        "-ERR only a temporary glitch",
    ),
    ("signin.browser-refused", "gmail"): ("This browser or app may not be secure",),
    ("smtp.send-as-denied", "probe"): (
        "554 5.2.252 SendAsDenied; a not allowed to send as b",
        "550 5.7.60 SMTP; Client does not have permissions to send as this sender",
    ),
    ("tls.expired", "gmail"): ("TLS Negotiation failed: the certificate has expired",),
    ("tls.name-mismatch", "gmail"): (
        "TLS Negotiation failed, the certificate doesn't match the host., code: 0",
        "TLS ネゴシエーションに失敗しました。証明書がホストと一致しません。",
    ),
    ("tls.required", "probe"): (
        "-ERR You must use TLS first",
        "-ERR Command not permitted over an unencrypted connection; use SSL",
        "-ERR 暗号化された接続（SSL）が必要です",
    ),
    ("unknown", "gmail"): (
        "Something went wrong (#4821)",
        "問題が発生しました。",
        'Server denied POP3 access for the given username and password. Server returned error: "moon phase unsuitable"',
        "TLS Negotiation failed.",
        "Oops... the system encountered a problem (#001)",
        "Invalid email address",
        "We're sorry, there's a problem",
        "This label already exists",
    ),
    ("unknown", "outlook"): (
        "Something went wrong and we couldn't save your changes",
        "Forwarding address is required",
    ),
    ("unknown", "probe"): (
        "-ERR The password policy document has moved",
        "-ERR Your password will expire in 3 days",
        "-ERR Your plan does not include POP3",
        "-ERR account migration in progress",
        "-ERR the browser cache is full of eels",
        "-ERR invalid argument",
        "-ERR access to your archive was removed",
        "-ERR Upgrade to premium",
        "-ERR 0x800CCC92",
        "-ERR Too many messages in mailbox",
        "-ERR Only three devices may use this mailbox",
        "-ERR bad syntax",
        "-ERR line too long",
        "-ERR Sender blocked",
        "-ERR 担当者にお問い合わせください",
        "-ERR internal error: bad password hash in database",
        "-ERR Confirm that you have paid online",
        "-ERR Minimum password interval not over",
        "-ERR Your organisation uses conditional access; this client is held back",
        "-ERR The flange is not gruntled (771)",
        "-ERR unspecified error",
        "-ERR Mailbox could not be opened",
        "-ERR error 0x80004005",
        "-ERR command not implemented",
        "-ERR Connection from your country is not permitted",
        "-ERR policy violation 17",
        "-ERR license expired",
        "-ERR unexpected response from backend",
        "-ERR 内部エラー 12",
        "-ERR your IP address is blocked",
        "-ERR Terms of service have changed, accept them first",
        "-ERR quantum flux out of bounds",
        "-ERR password expired",
        "-ERR Your subscription does not include external access",
        "-ERR Maintenance contract void",
        "-ERR the account owner must accept the new privacy policy",
        "-ERR disk failure on node 4",
        "-ERR POP3 server error",
        "-ERR IMAP is disabled for this account",
        "-ERR certificate of deposit required",
        "-ERR Access from your location is not permitted",
        "-ERR 33",
        "-ERR",
        "-ERR no",
        "-ERR Access forbidden by administrator rule 12",
        "-ERR please upgrade your client",
        "-ERR protocol violation",
        "-ERR mail store on fire",
        "-ERR The browser you use does not matter",
        "-ERR Happy birthday",
        "-ERR contact support with id 4711",
        "-ERR your account is too new to use this service",
        "-ERR billing problem, please pay your invoice",
        "-ERR this mailbox has moved to another server",
        "-ERR mailbox does not exist on this backend",
        "-ERR 不明なエラーが発生しました",
        "-ERR データベースに接続できません",
    ),
}
ROOT = Path(__file__).resolve().parent.parent
EACH = [(code, witness, text) for (code, witness), texts in SAID.items() for text in texts]
LOGON_FAILURE = "-ERR Logon failure: unknown user name or bad password."
IN_GMAIL = (
    f'Server denied POP3 access for the given username and password. Server returned error: "{LOGON_FAILURE[5:]}"'
)
RETIRED_AT_SMTP = "535 5.7.139 Authentication unsuccessful, basic authentication is disabled."


def login(text: str) -> Finding:
    """A refused login of our own probe."""
    return Finding("probe", "login", text)


def codes(findings: list[Finding], with_facts: bool = False) -> list[str]:
    """The codes of the causes, the deciding one first."""
    return [cause.code for cause in diagnose(findings, load_facts(None) if with_facts else [])]


@pytest.mark.parametrize(("code", "witness", "text"), EACH)
def test_every_wording_is_named(code: str, witness: Witness, text: str) -> None:
    """Each wording gives its cause first, and a wording of no known cause gives unknown with the words as evidence."""
    causes = diagnose([Finding(witness, "login", text)], [])

    assert causes[0].code == code
    assert causes[0].evidence == (("login", text),)


def test_nothing_found_is_no_cause() -> None:
    """No findings, and findings that only support, make no cause."""
    assert codes([]) == []
    assert codes([Finding("outlook", "settings", facts={"pop_on": True})], with_facts=True) == []
    assert codes([Finding("probe", "around", "mail.test:110: no answer", None, {"supports": True})]) == []


def test_a_fact_decides_what_the_words_leave_open() -> None:
    """The same refusal is the retirement of passwords where a dated fact says so: with provider, date and sureness."""
    for finding in (login(LOGON_FAILURE), Finding("gmail", "add account", IN_GMAIL)):
        cause = diagnose([finding], load_facts(None))[0]

        assert (cause.code, cause.provider, cause.since) == ("auth.basic-retired", "Microsoft", "2024-09-16")
        assert 0.8 < cause.sure < 0.9
        assert cause.evidence[-1][0] == "facts"
        assert cause.is_withdrawn


def test_without_facts_it_is_open_and_says_how_sure() -> None:
    """The words that may mean three things give auth.ambiguous, then the three, each with its likelihood."""
    causes = diagnose([login(LOGON_FAILURE)], [])

    assert [c.code for c in causes] == [
        "auth.ambiguous",
        "auth.wrong-password",
        "account.pop-off",
        "auth.basic-retired",
    ]
    assert sum(c.sure for c in causes[1:]) == pytest.approx(1)


def test_alternatives_in_the_words_stay_open() -> None:
    """Where the words themselves leave the choice, exactly those causes are listed, whatever POP's switch shows."""
    findings = [login("-ERR wrong password, or account locked"), Finding("outlook", "settings", facts={"pop_on": True})]
    causes = diagnose(findings, [])

    assert [c.code for c in causes] == ["auth.ambiguous", "auth.wrong-password", "auth.account-locked"]
    assert [c.sure for c in causes[1:]] == [0.5, 0.5]


@pytest.mark.parametrize(
    ("known", "code"),
    [
        ({"pop_on": False}, "account.pop-off"),
        ({"pop_on": True}, "auth.wrong-password"),
        ({"two_step_on": True, "password_is_app_password": False}, "auth.app-password-needed"),
        ({"pop_on": True, "password_is_new": True}, "auth.ambiguous"),
    ],
)
def test_the_pages_decide_what_the_words_leave_open(known: dict[str, bool], code: str) -> None:
    """What Outlook's and Microsoft's pages show decides an open refusal."""
    assert codes([login(LOGON_FAILURE), Finding("outlook", "settings", facts=known)])[0] == code


def test_a_new_password_is_hardly_the_wrong_one() -> None:
    """A password read from the page a moment ago and refused: the password itself is the least likely."""
    known = Finding("outlook", "settings", facts={"pop_on": True, "password_is_new": True})

    assert codes([login(LOGON_FAILURE), known])[-1] == "auth.wrong-password"


def test_a_password_that_works_elsewhere() -> None:
    """What the server took from us a moment ago is neither wrong nor retired, whatever is publicly known: Gmail is held back."""
    took = Finding("probe", "login", "taken here", facts={"supports": True, "password_works": True})
    cause = diagnose([Finding("gmail", "wizard", f'Server returned error: "{LOGON_FAILURE}"'), took], list(BUILT_IN))[0]
    plain = diagnose([Finding("gmail", "wizard", "Basic authentication is disabled."), took], list(BUILT_IN))[0]

    assert (cause.code, cause.evidence[-1]) == ("auth.web-login-needed", ("login", "taken here"))
    assert plain.code == "auth.basic-retired"


def test_smtp_decides_for_pop() -> None:
    """SMTP's plain word that basic authentication is off explains POP's vague refusal, and both are evidence."""
    causes = diagnose([login(LOGON_FAILURE), Finding("probe", "smtp login", RETIRED_AT_SMTP)], [])

    assert [c.code for c in causes] == ["auth.basic-retired"]
    assert {text for _stage, text in causes[0].evidence} == {LOGON_FAILURE, RETIRED_AT_SMTP}
    assert causes[0].sure > 0.95


def test_a_waiting_activity_explains_a_refusal() -> None:
    """A sign-in that waits for approval explains a refused login."""
    waiting = Finding("microsoft", "activity", "POP3, Unsuccessful sign-in", "microsoft.activity-waiting")

    assert codes([Finding("gmail", "row", "Authentication error."), waiting]) == ["microsoft.activity-waiting"]


def test_only_our_own_network_is_local() -> None:
    """A network or TLS cause is local where our probe alone met it; Gmail's words never are, and local ones come last."""
    ours = Finding("probe", "tls", "Signed by Some Antivirus", "tls.intercepted")
    theirs = Finding("gmail", "row", "TLS Negotiation failed, the certificate doesn't match the host.")
    causes = diagnose([ours, theirs, login("-ERR Invalid password")], [])

    assert [(c.code, c.is_local) for c in causes] == [
        ("tls.name-mismatch", False),
        ("auth.wrong-password", False),
        ("tls.intercepted", True),
    ]


def test_a_broken_talk_of_ours_may_be_our_network() -> None:
    """A connection that broke, or silence, met by our probe alone is local; a refusal by the server never is."""
    met = {code: named(code, Finding("probe", "login", "x", code)).is_local for code in CATALOGUE}

    assert (met["server.dropped"], met["server.silent"], met["net.closed"]) == (True, True, True)
    assert (met["server.temporary"], met["auth.wrong-password"], met["unknown"]) == (False, False, False)
    assert not named("server.silent", Finding("gmail", "row", "x")).is_local


def test_a_right_row_is_not_blamed() -> None:
    """Gmail's time-out blames the row's settings, unless the row is known to be right."""
    words = "Connection timed out: There may be a problem with the settings you added."

    assert codes([Finding("gmail", "row", words)]) == ["gmail.row-settings"]
    assert codes([Finding("gmail", "row", words, facts={"row_is_right": True})]) == ["server.silent"]


def test_no_such_user_after_the_login_is_not_our_user() -> None:
    """A recipient that does not exist says nothing about the login."""
    assert codes([Finding("probe", "recipient", "550 5.1.1 no such user here")]) == ["server.permanent"]
    not_ours = "553 From address does not belong to the authenticated user"
    assert codes([Finding("probe", "sender", not_ours)]) == ["smtp.send-as-denied"]


def test_follow_ups_are_evidence() -> None:
    """What was seen beside the place that failed is shown with the deciding cause and is no cause itself."""
    around = Finding("probe", "around", "mail.test:110: +OK ready", None, {"supports": True})
    causes = diagnose([Finding("probe", "connect", "no answer", "net.blackhole"), around], [])

    assert [c.code for c in causes] == ["net.blackhole"]
    assert causes[0].evidence == (("connect", "no answer"), ("around", "mail.test:110: +OK ready"))


def test_the_json_is_the_contract() -> None:
    """A cause as JSON has the agreed keys, all of them, and nothing else."""
    assert named("net.refused", Finding("probe", "connect", "refused"), sure=0.9).as_json() == {
        "code": "net.refused",
        "side": "server / settings",
        "provider": None,
        "since": None,
        "sure": 0.9,
        "evidence": [{"stage": "connect", "text": "refused"}],
        "remedy": CATALOGUE["net.refused"].advice,
    }


def test_a_side_that_is_the_provider_is_named_once() -> None:
    """Whose side: a provider that is named as the side is not named again beside it."""
    assert named("gmail.pop-withdrawn").whose() == "Google"
    assert named("outlook.forwarding-off").whose() == "the person (Microsoft)"


def test_a_slip_in_a_code_is_an_error() -> None:
    """A code that is not in the catalogue is our mistake, not "unknown"; every code in the sources is in it."""
    with pytest.raises(KeyError):
        named("net.ofline")
    sources = [path for room in ("automation", "flows") for path in (ROOT / room).rglob("*.py")]
    first_words = "|".join(sorted({code.partition(".")[0] for code in CATALOGUE if "." in code}))
    written = {
        code
        for path in sources
        for code in re.findall(rf'"((?:{first_words})\.(?!html|com|..")[a-z][a-z-]+)"', path.read_text("utf-8"))
    }

    assert len(written) > 40
    assert written - set(CATALOGUE) == set()


def test_facts_speak_the_persons_language() -> None:
    """What is known of a provider is told, and is evidence, in the person's language; a file's own words stay."""
    own = Fact("net.dns", "P", None, 0.9, "", "https://example.com")
    speak("ja")
    told = [fact.words() for fact in BUILT_IN]

    assert all(re.search("[ぁ-ん]", words) for words in told)
    assert named("gmail.pop-withdrawn", facts=BUILT_IN).evidence == (("facts", told[1]),)
    assert own.words() == ""


CODES = [
    "net.offline",
    "net.dns",
    "net.refused",
    "net.blackhole",
    "net.closed",
    "net.captive-portal",
    "tls.plaintext-port",
    "tls.required",
    "tls.silent",
    "tls.self-signed",
    "tls.untrusted",
    "tls.intercepted",
    "tls.expired",
    "tls.clock",
    "tls.name-mismatch",
    "tls.too-old",
    "server.wrong-protocol",
    "server.greeting-refused",
    "server.silent",
    "server.temporary",
    "server.permanent",
    "server.dropped",
    "server.malformed",
    "server.too-much",
    "server.no-uidl",
    "server.no-starttls",
    "server.no-auth",
    "auth.wrong-password",
    "auth.app-password-needed",
    "auth.web-login-needed",
    "auth.basic-retired",
    "auth.oauth-only",
    "auth.ambiguous",
    "auth.rate-limited",
    "auth.account-locked",
    "account.pop-off",
    "account.smtp-off",
    "mailbox.in-use",
    "mailbox.full",
    "gmail.pop-withdrawn",
    "gmail.account-limit",
    "gmail.row-settings",
    "gmail.code-wrong",
    "gmail.unconfirmed",
    "outlook.forwarding-blocked",
    "outlook.forwarding-off",
    "microsoft.activity-waiting",
    "smtp.send-as-denied",
    "page.changed",
    "page.other-language",
    "page.not-loaded",
    "page.not-saved",
    "browser.missing",
    "browser.no-display",
    "browser.profile-in-use",
    "browser.closed",
    "signin.browser-refused",
    "signin.wrong-account",
    "person.no-answer",
    "proof.late",
    "unknown",
]


def test_the_codes_stay_put() -> None:
    """Every agreed code is in the catalogue, once, with all its words."""
    assert set(CODES) <= set(CATALOGUE)
    assert all(row.code == code and row.side and row.title and row.advice for code, row in CATALOGUE.items())


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_no_advice_lowers_a_protection(code: str) -> None:
    """No advice tells anybody to switch off security software, a firewall, verification or two-step verification."""
    advice = CATALOGUE[code].advice.lower()

    assert not re.search(r"(disable|turn off|switch off|pause|uninstall|ignore|bypass|exception|insecure)", advice)


def test_a_cause_speaks_to_people() -> None:
    """A cause says what is wrong, since when, on whose side, and what to do."""
    speak("en")
    cause: Cause = diagnose([login(LOGON_FAILURE)], load_facts(None))[0]

    assert cause.title().endswith("(since 2024-09-16)")
    assert cause.whose() == "provider (Microsoft)"
    assert "forward" in cause.advice()
    assert cause.action == "other-route"
