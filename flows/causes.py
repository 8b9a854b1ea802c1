"""Causes that name a provider, and what the providers' own windows and servers say: data only."""

from __future__ import annotations

from automation.causes import ORGANISATION, PERSON, TOOL, Row, either, enter
from automation.messages import N_
from automation.phrases import BARE_REFUSAL, CONVENTIONAL_REFUSAL, Rule
from automation.wording import Wrapper, teach

GOOGLE = N_("Google")

enter(
    Row(
        "route.none",
        either(PERSON, TOOL),
        N_("Nothing brings the mail: Gmail does not fetch it, and Outlook.com does not forward it to this Gmail."),
        N_("Set it up; the tool can do it."),
        "set-up",
    ),
    Row(
        "route.both",
        PERSON,
        N_("Every message comes twice: Gmail fetches the mail, and Outlook.com forwards it as well."),
        N_(
            "Keep one of the two: delete the row in Gmail's settings (Accounts and Import), or switch forwarding off in Outlook.com's."
        ),
    ),
    Row(
        "gmail.pop-withdrawn",
        GOOGLE,
        N_('Gmail no longer offers "Check mail from other accounts" here.'),
        N_("Let Outlook.com forward its new mail to Gmail instead; the tool can set that up."),
        "other-route",
        "Google",
    ),
    Row(
        "gmail.account-limit",
        PERSON,
        N_("Gmail already fetches from five other accounts, which is its limit."),
        N_("Delete one of the five accounts in Gmail's settings (Accounts and Import), then run this again."),
    ),
    Row(
        "gmail.row-settings",
        either(PERSON, TOOL),
        N_("Gmail cannot reach the mail server with the settings of this row: server, port or SSL is wrong."),
        N_("The row needs the server from the plan, port 995 and SSL ticked; the tool can mend it."),
        "mend-row",
    ),
    Row(
        "gmail.code-wrong",
        PERSON,
        N_("Gmail did not accept the confirmation code."),
        N_("Use the code of the newest confirmation message, or have it sent again."),
        "confirm-again",
    ),
    Row(
        "gmail.unconfirmed",
        PERSON,
        N_('The address in "Send mail as" was never confirmed.'),
        N_("Have the confirmation message sent again and enter its code; the tool can do it."),
        "confirm-again",
    ),
    Row(
        "outlook.forwarding-blocked",
        ORGANISATION,
        N_("The organisation does not allow mail to be forwarded outside."),
        N_("Ask the organisation's administrators; nobody else can allow it."),
    ),
    Row(
        "outlook.forwarding-off",
        PERSON,
        N_("Forwarding was on in Outlook.com and is not any more."),
        N_("Switch forwarding on again; the tool can do it."),
        "switch-forwarding-on",
        "Microsoft",
    ),
    Row(
        "microsoft.activity-waiting",
        PERSON,
        N_("The Microsoft account shows an unusual sign-in that waits for your answer."),
        N_('Open the account\'s recent activity and answer the unusual entry with "This was me", if it was you.'),
        "approve-activity",
        "Microsoft",
    ),
    Row(
        "signin.browser-refused",
        GOOGLE,
        N_("Google refused the sign-in in this browser."),
        N_("Close it and let the tool start your own Chrome or Edge; sign in there by hand."),
        None,
        "Google",
    ),
)

# What Gmail says around the other server's own words (docs/providers.md, 9); the words in the quotation decide.
teach(
    Wrapper(
        "gmail",
        r"(?:server returned(?: the| an)? error|サーバー?(?:から(?:返された)?|の)(?:エラー|応答)(?:が返されました)?)\s*[:：]?\s*"
        r'["“「](?P<words>.+)["”」]',
    ),
    # The wording Exchange uses whatever the reason (docs/providers.md, 1 and 9): it decides nothing by itself.
    Rule(CONVENTIONAL_REFUSAL, 0.5, (r"(?:logon|authentication) failure: unknown user ?name or bad password",)),
    Rule(
        "gmail.account-limit",
        0.95,
        (
            r"(?:maximum|limit|up to (?:5|five)|上限|最大).{0,30}(?:accounts?\b|アカウント)",
            r"アカウント.{0,12}(?:上限|最大数)|これ以上.{0,12}アカウントを?(?:追加|登録).{0,4}できません",
        ),
        witness="gmail",
    ),
    Rule(
        "gmail.pop-withdrawn",
        0.85,
        (
            r"(?:pop-?3?|fetching|importing|other (?:mail )?accounts|feature|option)\b.{0,60}"
            r"(?:no longer|turned down|discontinued|retired|withdrawn|been removed)",
            r"no longer (?:support|offer|allow|let|available|possible)\w*.{0,60}(?:\bpop-?3?\b|other (?:mail )?accounts|mail accounts?)",
            r"(?:\bpop|他のアカウント|この機能).{0,40}(?:終了し|廃止|利用できなくなり|ご利用いただけなくなり)",
        ),
        unless=r"password|authenticat|パスワード|認証",
        witness="gmail",
    ),
    Rule(
        "gmail.code-wrong",
        0.95,
        (
            r"(?:confirmation|verification) code.{0,30}"
            r"(?:wrong|incorrect|invalid|not (?:right|valid|correct)|(?:did|does)(?:n't| not) match)",
            r"(?:invalid|incorrect|wrong) (?:confirmation|verification) code",
            r"確認コード.{0,12}(?:正しく|間違|無効|一致しま)",
        ),
        witness="gmail",
    ),
    Rule(
        "server.temporary",
        0.7,
        (r"cannot be imported right now|現在.{0,10}(?:インポート|読み込)(?:め|でき)ません",),
        witness="gmail",
    ),
    Rule("server.too-much", 0.8, (r"too many messages|メッセージが多すぎ",), witness="gmail"),
    Rule("server.malformed", 0.8, (r"messages in the wrong order|received an empty line",), witness="gmail"),
    Rule(
        "server.dropped",
        0.7,
        (r"connection reset|read_error|connection (?:was )?(?:closed|lost|dropped)|接続が.{0,12}リセット",),
        witness="gmail",
    ),
    Rule(
        "gmail.row-settings",
        0.6,
        (
            r"timed? ?out|could(?:n't| not) (?:reach|connect)|unable to (?:reach|connect)|connection refused|protocol error",
            r"(?:unable|could not|couldn't|failed) to establish (?:a )?secure (?:ssl |tls )?connection",
            r"タイムアウト|接続でき|接続が拒否|サーバーに(?:接続|到達)でき|保護された接続.{0,10}確立でき|プロトコル ?エラー",
        ),
        witness="gmail",
    ),
    Rule(
        "server.no-uidl",
        0.9,
        (
            r"does(?:n't| not) support leaving (?:messages|mail|a copy)",
            r"サーバーに.{0,8}残す.{0,12}(?:対応|サポート)していません",
        ),
        witness="gmail",
    ),
    Rule(
        BARE_REFUSAL,
        0.5,
        (
            r"server denied pop3 access|authentication failed|authentication error",
            r"認証(?:エラー|に失敗)|pop3? ?アクセス.{0,12}拒否",
        ),
        witness="gmail",
    ),
    Rule(
        "signin.browser-refused",
        0.95,
        (r"this browser or app may not be secure|このブラウザまたはアプリは安全でない",),
    ),
    Rule(
        "outlook.forwarding-blocked",
        0.9,
        (
            r"5\.7\.520",
            r"(?:n't|not) (?:allow|permit)\w*.{0,25}forward|(?:disallow|block|prohibit|disable)\w*.{0,25}(?:external|outside|auto\w*).{0,12}forward",
            r"(?:turned|switched) off (?:external|auto\w*)[- ]forwarding|forward\w* .{0,20}outside.{0,30}(?:blocked|disabled|not allowed|prohibited)",
            r"(?:external|auto\w*)[- ]forwarding.{0,40}(?:not (?:allowed|permitted)|disabled|blocked|prohibited|turned off)",
            r"(?:外部|自動|組織外|社外)(?:への)?転送.{0,15}(?:許可|禁止|無効|ブロック)",
        ),
    ),
    Rule(
        "outlook.forwarding-blocked",
        0.9,
        (
            r"(?=.*\b(?:admin|organi[sz]ation|polic|outside|external))(?=.*forward)"
            r".*(?:turned off|switched off|disabl|block|restrict|prohibit|disallow|(?:n't|not) (?:allow|permit|available))",
            r"(?=.*(?:管理者|組織|ポリシー|外部|社外))(?=.*転送).*(?:許可され|許可してい|禁止|無効|ブロック|制限|できません|オフに)",
        ),
        witness="outlook",
    ),
    Rule(
        "smtp.send-as-denied",
        0.9,
        (
            r"sendasdenied|5\.2\.252|5\.7\.60\b|sender address rejected: not owned",
            r"(?:from|sender) address (?:does(?:n't| not) belong|is(?:n't| not) (?:owned|yours))",
            r"(?:not (?:allowed|authori[sz]ed|permitted)|permissions?|denied).{0,20}send(?:ing)? (?:as|on behalf)",
        ),
    ),
)
