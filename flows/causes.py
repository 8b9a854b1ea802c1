"""Causes that name a provider, and what the providers' own windows and servers say: data only."""

from __future__ import annotations

from automation.causes import NETWORK, ORGANISATION, PERSON, PROVIDER, SERVER, TOOL, Row, either, enter
from automation.messages import N_
from automation.wording import BARE_REFUSAL, CONVENTIONAL_REFUSAL, Rule, Wrapper, teach

GOOGLE = N_("Google")

enter(
    Row(
        "gmail.pop-withdrawn",
        GOOGLE,
        N_("Gmail no longer offers \"Check mail from other accounts\" here."),
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
        N_("The address in \"Send mail as\" was never confirmed."),
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
        N_("Open the account's recent activity and answer the unusual entry with \"This was me\", if it was you."),
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

# What Gmail says around the other server's own words (services.md 2); the words in the quotation decide.
teach(
    Wrapper("gmail", r'(?:server returned(?: the)? error|サーバー?(?:から(?:返された)?|の)(?:エラー|応答)(?:が返されました)?)\s*[:：]?\s*["“「](?P<words>.+)["”」]'),
    # The wording Exchange uses whatever the reason (services.md 0.5, 0.12, 2): it decides nothing by itself.
    Rule(CONVENTIONAL_REFUSAL, r"(?:logon|authentication) failure: unknown user ?name or bad password", 0.5),
    Rule("gmail.account-limit", r"(?:maximum|limit|上限|最大).{0,30}(?:accounts?\b|アカウント)|アカウント.{0,12}(?:上限|最大数)", 0.95, "gmail"),
    Rule("gmail.code-wrong", r"(?:confirmation|verification) code.{0,30}(?:wrong|incorrect|invalid|not (?:right|valid|correct)|does(?:n'?t| not) match)|(?:invalid|incorrect|wrong) (?:confirmation|verification) code|確認コード.{0,12}(?:正しく|間違|無効|一致しま)", 0.95, "gmail"),
    Rule("server.temporary", r"cannot be imported right now|現在.{0,10}(?:インポート|読み込)(?:め|でき)ません", 0.7, "gmail"),
    Rule("server.too-much", r"too many messages|メッセージが多すぎ", 0.8, "gmail"),
    Rule("server.malformed", r"messages in the wrong order|received an empty line", 0.8, "gmail"),
    Rule("server.dropped", r"connection reset|read_error|connection (?:was )?(?:closed|lost|dropped)|接続が.{0,12}リセット", 0.7, "gmail"),
    Rule("gmail.row-settings", r"timed? ?out|タイムアウト|could(?:n'?t| not) (?:reach|connect)|unable to (?:reach|connect)|connection refused|protocol error|接続でき|接続が拒否|サーバーに(?:接続|到達)でき|(?:unable|could not|couldn't|failed) to establish a secure connection|保護された接続.{0,10}確立でき", 0.6, "gmail"),
    Rule("server.no-uidl", r"does(?:n'?t| not) support leaving (?:messages|mail|a copy)|サーバーに.{0,8}残す.{0,12}(?:対応|サポート)していません", 0.9, "gmail"),
    Rule(BARE_REFUSAL, r"server denied pop3 access|authentication failed|authentication error|認証(?:エラー|に失敗)|pop3? ?アクセス.{0,12}拒否", 0.5, "gmail"),
    Rule("signin.browser-refused", r"this browser or app may not be secure|このブラウザまたはアプリは安全でない", 0.95),
    Rule("outlook.forwarding-blocked", r"5\.7\.520|(?:not allow|disallow|block|prohibit|disable)\w*.{0,25}(?:external|outside|automatic).{0,12}forward|(?:external|automatic) forwarding.{0,30}(?:not allowed|disabled|blocked|prohibited|turned off)|(?:外部|自動)(?:への)?転送.{0,15}(?:許可|禁止|無効|ブロック)", 0.9),
    Rule("smtp.send-as-denied", r"sendasdenied|5\.2\.252|5\.7\.60\b|(?:not (?:allowed|authori[sz]ed|permitted)|permissions?|denied).{0,20}send(?:ing)? (?:as|on behalf)|sender address rejected: not owned", 0.9),
)

__all__ = ["GOOGLE", "NETWORK", "PROVIDER", "SERVER"]
