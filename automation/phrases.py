"""What mail servers say, English and Japanese, and the cause it speaks of: rules, as data, for the normalised text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

# A login was refused, and the words say no more than this. diagnosis.py decides which cause it is.
EXPLICIT_REFUSAL = "refused: the password is called wrong"
PLAIN_REFUSAL = "refused: nothing but that"
CONVENTIONAL_REFUSAL = "refused: in words that stand for several causes"
BARE_REFUSAL = "refused: the server's own words are missing"
REFUSALS = frozenset({EXPLICIT_REFUSAL, PLAIN_REFUSAL, CONVENTIONAL_REFUSAL, BARE_REFUSAL})


@dataclass(frozen=True)
class Rule:
    """Words that speak of a cause, ``sure`` from 0 to 1: any of ``patterns`` is found and ``unless`` is not.

    A rule with a ``witness`` is for the words of that witness alone.
    """

    code: str
    sure: float
    patterns: tuple[str, ...]
    unless: str | None = None
    witness: str | None = None

    @cached_property
    def _found(self) -> re.Pattern[str]:
        # ASCII, so that a word ends where Japanese begins: "POPが" holds the word POP.
        return re.compile("|".join(self.patterns), re.ASCII)

    def speaks_in(self, text: str) -> bool:
        """Whether the normalised text has these words."""
        return bool(self._found.search(text)) and not (self.unless and re.search(self.unless, text, re.ASCII))


# Building blocks: one idea each.
OFF = (
    r"(?:disabled|disallowed|deactivated|inactive|not (?:currently |been |yet )?(?:enabled|activated|active|allowed|permitted"
    r"|available|supported|authori[sz]ed|on)\b|n't (?:enabled|activated|active|allowed|permitted|on)\b"
    r"|(?:turned|switched) off|\boff\b|forbidden|prohibited"
    r"|無効|オフ|許可(?:されて|して)い(?:ない|ません)|有効(?:に(?:なって|して)?(?:い)?|では)(?:ない|ありません|ません))"
)
GONE = (
    r"(?:disabled|disallowed|deprecated|retired|removed|discontinued|(?:turned|switched) off|blocked|ended|forbidden"
    r"|(?:no longer|not|n't|never) (?:be |being )?"
    r"(?:accepted|supported|allowed|permitted|available|possible|enabled|active|work\w*)"
    r"|(?:no longer|not|n't|never) (?:accept|support|allow|permit)s?\b"
    r"|無効|廃止|終了|停止|サポート(?:されて?|して)い(?:ない|ません)|サポート対象外|(?:利用|使用)でき(?:ない|ません|なくなり)"
    r"|受け付け(?:て|られ)?(?:い)?(?:ない|ません)|許可されてい(?:ない|ません))"
)
BASIC = (
    r"(?:basic[- ]auth\w*|basic (?:sign-?in|log-?in|credentials)|legacy[- ]auth\w*|(?:legacy|older) sign-?in"
    r"|password[- ]based (?:auth\w*|sign-?ins?|log-?ins?)|password (?:authentication|sign-?ins?|log-?ins?)"
    r"|less secure (?:apps?|sign-?ins?|log-?ins?)|パスワード(?:のみ|だけ)の(?:サインイン|ログイン)|(?:基本|ベーシック|レガシー|basic|パスワード) ?認証)"
)
MODERN = r"(?:o-?auth ?(?:2(?:\.0)?)?|modern[- ]auth\w*|xoauth2|oauthbearer|(?:先進|最新の|モダン) ?認証)"
APP_PASSWORD = (
    r"(?:app(?:lication)?s?[- ]?(?:specific)?[- ]passwords?"
    r"|アプリ(?:ケーション)? ?(?:固有の?|専用の?)? ?パスワード)"
)
TWO_STEP = (
    r"(?:(?:two|2|multi)[- ]?(?:step|factor)\b|\b2fa\b|\bmfa\b|(?:2|二) ?(?:段階|要素) ?(?:認証|確認)|多要素 ?認証)"
)
BROWSER = (
    r"(?:\b(?:web[- ]?)?browser\b|\bwebmail\b|\bweb (?:site|page|interface|login)\b|\bwebsite\b|via the web|on the web"
    r"|\bonline\b|https?://|ブラウザー?|web ?サイト|ウェブ)"
)
SIGN_IN = (
    r"(?:\b(?:log|sign)(?:ing)?[- ]?(?:in|on)\b|\blog ?in\b|\bverif\w+|\bconfirm\w*|\bapprove\w*"
    r"|サインイン|ログイン|確認|承認)"
)
ACCOUNT = r"(?:\b(?:account|mailbox|user|id)\b|アカウント|メールボックス)"
LOCKED = (
    r"(?:locked(?:[- ]out)?\b|blocked|suspended|disabled|deactivated|closed|frozen|on hold|restricted|banned"
    r"|ロック|ブロック|凍結|停止|無効|制限)"
)
CERTIFICATE = r"(?:certificate|\bcert\b|証明書)"
PASSWORD = r"(?:pass(?:word|phrase|wd)|credentials?|user ?names?|user ?id|log-?in name|log-?in|パスワード|資格情報)"
WRONG = r"(?:invalid|incorrect|wrong|bad|unknown|unrecogni[sz]ed|illegal|mismatched)"


def _both(first: str, second: str, apart: int = 60) -> str:
    """Both, in either order, at most ``apart`` characters between."""
    return rf"{first}.{{0,{apart}}}{second}|{second}.{{0,{apart}}}{first}"


# Words that name their cause. The order matters: what says more comes first.
TELLING = (
    # Response codes (RFC 2449, 3206) whose meaning no text beside them changes.
    Rule("mailbox.in-use", 0.98, (r"\[in-use\]",)),
    Rule("auth.rate-limited", 0.98, (r"\[login-delay\]",)),
    Rule(
        "tls.required",
        0.9,
        (
            r"(?:plain ?text|clear ?text|clear text).{0,60}(?:non-?secure|insecure|unencrypted|without|secure conn|ssl|tls)",
            r"must issue an? ?starttls|starttls (?:is )?(?:required|first)|(?:encryption|ssl|tls) (?:is )?required",
            r"must use (?:ssl|tls)|(?:un|not )encrypted connections?.{0,30}(?:use|need|require)\w* (?:ssl|tls|encrypt)",
            r"暗号化.{0,20}(?:必要|必須)",
        ),
    ),
    Rule("server.temporary", 0.95, (r"\[sys/temp\]",)),
    Rule(
        "account.smtp-off",
        0.95,
        (
            rf"(?:smtp ?client ?auth\w*|smtp[- ]?auth\w*|authenticated smtp).{{0,40}}{OFF}",
            rf"smtp (?:client )?(?:access|submission|protocol|service|sending).{{0,40}}{OFF}",
            rf"smtp_auth_disabled|security defaults|\bsmtp.{{0,12}}{OFF}",
        ),
        unless=r"basic[- ]auth",
    ),
    Rule(
        EXPLICIT_REFUSAL,
        0.9,
        (rf"{WRONG} {APP_PASSWORD}", rf"{APP_PASSWORD}.{{0,12}}(?:invalid|incorrect|wrong|revoked|正しく|間違|誤)"),
    ),
    Rule("auth.basic-retired", 0.97, (_both(BASIC, GONE),)),
    Rule(
        "auth.basic-retired",
        0.9,
        (
            rf"{APP_PASSWORD}.{{0,30}}{GONE}",
            r"passwords?\b.{0,40}no longer (?:be )?(?:accepted|supported|allowed|permitted|work)",
            r"no longer (?:accept|support|allow|permit)s?\b.{0,30}passwords?",
            r"パスワード.{0,20}(?:受け付け|利用でき|使用でき|サポート).{0,8}(?:なく|ません)",
        ),
    ),
    Rule(
        "auth.basic-retired",
        0.9,
        (
            rf"\b(?:require\w*|must|use|using|only|need\w*|please|switch to|upgrade to|instead)\b.{{0,40}}{MODERN}",
            rf"{MODERN}.{{0,40}}(?:require\w*|only|instead|must|needed|mandatory|必要|必須|使用して|ご利用)",
        ),
    ),
    Rule("auth.app-password-needed", 0.93, (APP_PASSWORD,)),
    Rule(
        "auth.web-login-needed",
        0.95,
        (_both(BROWSER, SIGN_IN, 80),),
        unless=r"learn more|詳細|for more info|\b(?:paid|pay|payment|bill\w*|invoice)\b",
    ),
    Rule(
        "auth.web-login-needed",
        0.85,
        (
            r"(?:log|sign) ?(?:in|on).{0,30}\bweb browser",
            r"(?:unusual|suspicious|unrecogni[sz]ed|unfamiliar).{0,20}(?:sign|log|activit|access|device|location)",
            r"verify (?:that )?(?:it'?s|it is|this is|it was) (?:really )?you|(?:verify|confirm|prove) your (?:identity|account)",
            r"\bweb log-?in (?:is )?(?:required|needed)|\[webalert",
            r"(?:review|check|confirm|approve) (?:your |the |this )?(?:recent |account |sign-in |log-in )+activit",
            r"通常とは異なる|不審な|見慣れない|本人(?:確認|であること)",
        ),
    ),
    Rule("auth.app-password-needed", 0.75, (TWO_STEP,)),
    Rule(
        "account.pop-off",
        0.93,
        (
            rf"\bpop-?3?\b.{{0,40}}{OFF}",
            r"(?:not|n't) (?:been |currently |yet )?(?:enabled|allowed|permitted|activated|authori[sz]ed|configured)"
            r"(?: to use| for| access(?: to| via)?| via)*(?: the)? pop-?3?\b",
            r"(?:do(?:es)?(?:n't| not)|did(?:n't| not)) have (?:the )?pop-?3?\b.{0,20}(?:enabled|activated|(?:turned|switched) on)",
            r"(?:disabled|turned off|switched off|deactivated|off) (?:for )?(?:the )?pop-?3?\b|\benable pop-?3?\b",
            rf"{OFF}.{{0,20}}\bpop-?3?\b",
            r"(?:may|must|can|could) ?not (?:use|access|connect (?:by|via|over)) (?:the )?pop-?3?\b|\bpop-?3?_?enabled\W{0,4}(?:is |to )?(?:false|no\b|0)",
        ),
        unless=r"\b(?:ip|country|region|location|network|server|given username)\b",
    ),
    Rule("account.pop-off", 0.7, (r"authenticated but not connected",)),
    Rule(
        "auth.rate-limited",
        0.9,
        (
            r"(?:exceed\w*|over|reached).{0,25}(?:log-?(?:in|on)s?|sign-?in|connection|auth\w*|request).{0,12}"
            r"(?:limit|rate|frequency|quota)",
            r"too many.{0,30}(?:log-?(?:in|on)s?\b|log in|sign-?ins?|auth\w*|password|failed|failures|attempts|requests|tries)",
            r"log-?(?:in|on)s? (?:is |are )?(?:only )?(?:allowed|permitted).{0,12}every",
            r"log-?(?:in|on)s? (?:limit|rate).{0,12}(?:exceed|reach)",
            r"max(?:imum|\.)? (?:number of )?(?:log-?ins|log-?ons|sign-?ins|(?:log-?in )?attempts)",
            r"attempts.{0,12}exceed|wait \d+ (?:seconds|minutes|hours).{0,20}(?:log-?in|log-?on|sign)",
            r"(?:log\w*[- ]?(?:in|on)|sign\w*[- ]?in|connect\w*|poll\w*|check\w*) too many times",
            r"(?:log-?in|log in|sign-?in|connect\w*|poll\w*|check\w*).{0,20}(?:once|at most|only).{0,12}every \d+",
            r"excessive.{0,20}(?:log-?ins?|log-?ons?|sign-?ins?|auth\w*|attempts)",
            r"rate[- ]?limit|throttl|reduce the (?:frequency|rate)|minimum (?:\w+ ){0,2}(?:time|interval) between",
            r"(?:log(?:ging|ged)?[- ]?(?:in|on)|connect\w*|check\w*).{0,20}too (?:often|frequent|soon|quick)",
            r"(?:ログイン|サインイン|試行|接続).{0,15}(?:多すぎ|上限|超え|頻繁)|短時間に.{0,12}(?:ログイン|サインイン|接続)",
        ),
        unless=r"\b(?:locked|suspended)\b(?!.{0,60}(?:minute|temporar))",
    ),
    Rule(
        "auth.account-locked",
        0.85,
        (_both(ACCOUNT, LOCKED, 30),),
        unless=r"\b(?:pop-?3?|imap|smtp)\b|locked by another|(?:mailbox|maildrop).{0,30}(?:locked|in use)|使用中"
        # A full mailbox is restricted because it is full.
        r"|(?:mailbox|storage|disk|容量|ストレージ).{0,15}(?:\bfull\b|いっぱい|不足)|over quota|quota exceeded",
    ),
    Rule(
        "mailbox.in-use",
        0.9,
        (
            r"(?:mailbox|maildrop|mail drop|inbox|メールボックス).{0,30}(?:locked|in use|busy|already (?:open|being)|使用中|ロック)",
            r"(?:lock|open).{0,15}(?:mailbox|maildrop).{0,20}(?:busy|fail|another)|lock (?:is )?busy",
            r"(?:unable|cannot|could not|can't|failed) to? ?(?:get |obtain |acquire )?(?:the |a )?lock",
            r"another (?:pop3? )?(?:session|client|program|process|connection|login)|already (?:logged in|open)",
            r"(?:someone|somebody) else.{0,20}(?:mailbox|maildrop|mail drop)|session (?:is )?already (?:active|running|open)",
            r"exclusive lock",
        ),
    ),
    Rule(
        "mailbox.full",
        0.9,
        (
            r"\b[45]\.2\.2\b",
            r"(?:mailbox|inbox|storage|disk|account|メールボックス|容量|ストレージ|保存).{0,25}"
            r"(?:\bfull\b|exceed\w*|exhausted|used up|over (?:its |the )?quota|いっぱい|超え|不足|上限)",
            r"(?:over|exceed\w*|out of|insufficient).{0,20}(?:storage|quota|disk space|\bspace\b)",
            r"quota (?:has been |is |was )?(?:exceeded|full|reached)",
            r"(?:storage|quota|mailbox size) limit.{0,12}(?:reached|exceeded|hit)|used (?:up )?all (?:of )?(?:your|the|its) storage",
        ),
        unless=r"(?:send\w*|daily|rate|request|login|connection|message)s? (?:quota|limit)|system storage|\b[45]\.3\.1\b",
    ),
    Rule(
        "tls.name-mismatch",
        0.93,
        (
            rf"{CERTIFICATE}.{{0,40}}(?:n't|not|一致し|mis).{{0,12}}(?:match|host|name|ません)",
            r"host ?name mismatch|ホスト名?.{0,20}一致し",
        ),
    ),
    Rule("tls.expired", 0.93, (rf"{CERTIFICATE}.{{0,30}}(?:expired|run out|期限)|expired.{{0,10}}{CERTIFICATE}",)),
    Rule("tls.clock", 0.9, (rf"{CERTIFICATE}.{{0,30}}not yet valid",)),
    Rule("tls.self-signed", 0.9, (r"self[- ]signed|自己署名",)),
    Rule(
        "tls.untrusted",
        0.85,
        (
            rf"{CERTIFICATE}.{{0,40}}(?:not trusted|untrusted|verif\w* fail|unknown|信頼)",
            r"(?:untrusted|unknown) (?:ca|issuer|authority|certificate)|unable to (?:verify|get).{0,20}(?:certificate|issuer)",
        ),
    ),
)

# Words that say little, and numbers: only where nothing above and nothing of the provider's own fits.
GENERAL = (
    Rule("server.temporary", 0.85, (r"^4\d\d[ -]|\b4\.\d\.\d\b",)),
    Rule(
        "server.temporary",
        0.75,
        (
            r"try (?:again |it )?(?:later|in (?:a few|\d+))|temporar(?:y|il)|(?:under|down for|scheduled|in) maintenance|maintenance (?:mode|window)",
            r"(?:server|service|system|サーバー?|サービス).{0,25}(?:busy|overloaded|unavailable|not available|混み合|混雑|利用でき)",
            r"混(?:み合|雑し)って(?:い|お)り?ます|しばらく(?:して|たって|経って|時間)|一時的|メンテナンス|too many (?:simultaneous |concurrent )?(?:connections|sessions)",
        ),
        unless=r"^5\d\d[ -]",
    ),
    Rule(
        EXPLICIT_REFUSAL,
        0.85,
        (
            rf"{WRONG} (?:\w+[ /-]){{0,4}}{PASSWORD}\b",
            rf"{PASSWORD}s? (?:\w+ ){{0,5}}(?:{WRONG}|mismatch\w*|not (?:valid|accepted|recogni[sz]ed|correct|match\w*))",
            rf"{PASSWORD}.{{0,30}} (?:is|was|are) {WRONG}\b",
            rf"{PASSWORD} (?:\w+ ){{0,3}}(?:did(?:n't| not)|do(?:es)?(?:n't| not)) match",
            rf"{PASSWORD} (?:is|was|are)(?:n't| not) (?:right|correct|valid)",
            r"(?:no such|unknown) (?:user|account)|(?:user|account) (?:is )?(?:unknown|not found|does(?:n't| not) exist)",
            r"\b5\.7\.8\b|check (?:your |the )?(?:user ?name|password|credential)",
            r"(?:パスワード|ユーザー?名|資格情報|ログイン ?id|アカウント名).{0,20}"
            r"(?:違|誤|間違|正しくあり|正しくない|一致しま|無効|不正)|登録されて(?:い)?ない(?:ユーザー|アカウント)",
        ),
        unless=r"\b(?:internal|backend|database|hash)\b",
    ),
    Rule(
        PLAIN_REFUSAL,
        0.6,
        (
            r"\b(?:auth\w*|log-?(?:in|on)|log in|sign-?(?:in|on)|access|pass|password|credentials?) (?:\w+ ){0,2}?"
            r"(?:failed|failure|fails|unsuccessful|error|denied|rejected|refused|invalid)\b",
            r"(?:failed|unable|cannot|could not) (?:to )?(?:authenticate|log ?(?:in|on)|sign ?in)|not authenticated",
            r"(?:denied|rejected|refused|fail\w*|invalid|bad) (?:\w+ ){0,2}?(?:access|login|logon|authentication|credentials)",
            r"\[auth\]|^535\b|\b5\.7\.3\b",
            r"認証.{0,6}(?:失敗|エラー|でき(?:ません|ない))|(?:ログイン|サインイン|ログオン).{0,6}(?:失敗|エラー|拒否|でき(?:ません|ない))",
        ),
        unless=r"\bcriteria\b|\bpolic(?:y|ies)\b|conditional access",
    ),
    Rule("server.permanent", 0.9, (r"\[sys/perm\]",)),
    Rule("server.permanent", 0.5, (r"^5\d\d[ -]",)),
)
