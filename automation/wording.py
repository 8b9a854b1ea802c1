"""What servers and windows say, and which cause the words speak of: patterns as data, most telling first."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

# A login was refused, and the words say no more than this. diagnosis.py decides which cause it is.
EXPLICIT_REFUSAL = "refused: the password is called wrong"
PLAIN_REFUSAL = "refused: nothing but that"
CONVENTIONAL_REFUSAL = "refused: in words that stand for several causes"
BARE_REFUSAL = "refused: the server's own words are missing"
REFUSALS = frozenset({EXPLICIT_REFUSAL, PLAIN_REFUSAL, CONVENTIONAL_REFUSAL, BARE_REFUSAL})


@dataclass(frozen=True)
class Rule:
    """Words that speak of a cause: ``pattern`` found and ``unless`` not found in the normalised text.

    A rule with a ``witness`` is for the words of that witness alone.
    """

    code: str
    pattern: str
    sure: float
    witness: str | None = None
    unless: str | None = None

    def speaks_in(self, text: str) -> bool:
        """Whether the normalised text has these words."""
        return bool(re.search(self.pattern, text)) and not (self.unless and re.search(self.unless, text))


@dataclass(frozen=True)
class Wrapper:
    """How a witness quotes the server's own words: a pattern with the group ``words``."""

    witness: str
    pattern: str


@dataclass(frozen=True)
class Clue:
    """One cause, or one of REFUSALS, that words speak of, and how surely (0..1)."""

    code: str
    sure: float


_OFF = (
    r"(?:disabled|deactivated|inactive|not (?:currently |been |yet )?(?:enabled|activated|active|allowed|permitted|available|supported|on)\b"
    r"|n't (?:enabled|activated|active|allowed|permitted|on)\b|(?:turned|switched) off|\boff\b|blocked|forbidden|prohibited"
    r"|無効|オフ|許可(?:されて|して)い(?:ない|ません)|有効(?:に(?:なって)?(?:い)?|では)(?:ない|ありません|ません))"
)
_GONE = (
    r"(?:disabled|deprecated|retired|removed|discontinued|turned off|switched off|blocked|ended|(?:no longer|not|n't|never) (?:be |being )?(?:accepted|supported|allowed|permitted|available|possible)"
    r"|無効|廃止|終了|停止|サポート(?:されて?|して)い(?:ない|ません)|サポート対象外|(?:利用|使用)でき(?:ない|ません|なくなり)|受け付け(?:て|られ)?(?:い)?(?:ない|ません))"
)
_BASIC = r"(?:basic[- ]auth\w*|basic (?:sign-?in|log-?in|credentials)|legacy[- ]auth\w*|(?:user(?: ?name)?[/ &and]*)?password[- ]based (?:auth\w*|sign-?ins?|log-?ins?)|password (?:authentication|sign-?ins?|log-?ins?)|(?:基本|ベーシック|レガシー|basic) ?認証)"
_MODERN = r"(?:o-?auth ?(?:2(?:\.0)?)?|modern[- ]auth\w*|xoauth2|(?:先進|最新の|モダン) ?認証)"
_APP_PASSWORD = r"(?:app(?:lication)?s?[- ]?(?:specific)?[- ]passwords?|アプリ(?:ケーション)? ?(?:固有の?|専用の?)? ?パスワード)"
_TWO_STEP = r"(?:(?:two|2|multi)[- ]?(?:step|factor)\b|\b2fa\b|\bmfa\b|(?:2|二) ?(?:段階|要素) ?(?:認証|確認)|多要素 ?認証)"
_BROWSER = r"(?:\b(?:web[- ]?)?browser\b|\bwebmail\b|\bweb (?:site|page|interface|login)\b|\bwebsite\b|via the web|on the web|\bonline\b|https?://|ブラウザー?|web ?サイト|ウェブ)"
_SIGN_IN = r"(?:\b(?:log|sign)(?:ing)?[- ]?(?:in|on)\b|\bverif\w+|\bconfirm\w*|\bapprove\w*|サインイン|ログイン|確認|承認)"
_ACCOUNT = r"(?:\b(?:account|mailbox|user|id)\b|アカウント|メールボックス)"
_LOCKED = r"(?:locked(?:[- ]out)?\b|blocked|suspended|disabled|deactivated|closed|frozen|on hold|ロック|ブロック|凍結|停止|無効)"
_CERTIFICATE = r"(?:certificate|\bcert\b|証明書)"


def _both(first: str, second: str, apart: int = 60) -> str:
    """Either order, at most ``apart`` characters between."""
    return rf"{first}.{{0,{apart}}}{second}|{second}.{{0,{apart}}}{first}"


_TELLING = [
    Rule("mailbox.in-use", r"\[in-use\]", 0.98),
    Rule("auth.rate-limited", r"\[login-delay\]", 0.98),
    Rule("tls.required", r"(?:plain ?text|cleartext|clear text).{0,60}(?:non-?secure|insecure|unencrypted|without (?:ssl|tls|encryption)|secure connection|ssl|tls)|must issue a? ?starttls|starttls (?:is )?(?:required|first)|encryption required", 0.9),
    Rule("server.temporary", r"\[sys/temp\]", 0.95),
    Rule("account.smtp-off", rf"(?:smtp ?client ?auth\w*|smtp[- ]?auth\w*|authenticated smtp|smtp (?:client )?(?:access|submission|protocol|service|sending)).{{0,40}}{_OFF}|smtp_auth_disabled|security defaults|smtp.{{0,10}}{_OFF}", 0.95, None, r"basic[- ]auth"),
    Rule(EXPLICIT_REFUSAL, rf"(?:invalid|incorrect|wrong|bad|revoked|unknown) {_APP_PASSWORD}|{_APP_PASSWORD}.{{0,12}}(?:invalid|incorrect|wrong|revoked|正しく|間違|誤)", 0.9),
    Rule("auth.basic-retired", _both(_BASIC, _GONE), 0.97),
    Rule("auth.basic-retired", rf"{_APP_PASSWORD}.{{0,30}}{_GONE}|passwords?.{{0,40}}no longer (?:be )?(?:accepted|supported|allowed|permitted|work)|パスワード.{{0,15}}(?:受け付け|利用でき|使用でき|サポート).{{0,6}}(?:なく|ません)", 0.9),
    Rule("auth.basic-retired", rf"(?:require\w*|must|use|using|only|need\w*|please|switch to|upgrade to|instead)\b.{{0,40}}{_MODERN}|{_MODERN}.{{0,40}}(?:require\w*|only|instead|must|needed|mandatory|必要|必須|使用して|ご利用)", 0.9),
    Rule("auth.app-password-needed", rf"{_APP_PASSWORD}", 0.93),
    Rule("auth.web-login-needed", _both(_BROWSER, _SIGN_IN, 80), 0.95, None, r"learn more|詳細"),
    Rule("auth.web-login-needed", r"(?:log|sign) ?(?:in|on).{0,30}\bweb browser|(?:unusual|suspicious|unrecogni[sz]ed|unfamiliar).{0,20}(?:sign|log|activit|access|device|location)|verify (?:that )?(?:it'?s|it is|this is|it was) you|(?:verify|confirm|prove) your (?:identity|account)|通常とは異なる|不審な|見慣れない|本人(?:確認|であること)", 0.85),
    Rule("auth.app-password-needed", _TWO_STEP, 0.75, None, _GONE),
    Rule("account.pop-off", rf"(?:\bpop-?3?\b).{{0,40}}{_OFF}|(?:not|n't) (?:been |currently |yet )?(?:enabled|allowed|permitted|activated|authori[sz]ed|configured)(?: to use| for| access(?: to| via)?| via)*(?: the)? pop-?3?\b|(?:disabled|turned off|switched off|deactivated|off) (?:for )?pop-?3?|enable pop|{_OFF}.{{0,20}}\bpop-?3?\b", 0.93, None, r"\b(?:ip|country|region|location|network|server|given username)\b"),
    Rule("account.pop-off", r"authenticated but not connected", 0.7),
    Rule("auth.rate-limited", r"(?:exceed\w*|over|reached).{0,25}(?:log-?(?:in|on)s?|sign-?in|connection|auth\w*|request).{0,12}(?:limit|rate|frequency|quota)|too many.{0,30}(?:log-?(?:in|on)s?|log in|sign-?ins?|auth\w*|password|failed|failures|attempts|requests|tries)|log-?(?:in|on)s? (?:is |are )?(?:only )?(?:allowed|permitted).{0,12}every|rate[- ]?limit|throttl|reduce the (?:frequency|rate)|(?:log(?:ging|ged)?[- ]?(?:in|on)|connect\w*|check\w*).{0,20}too (?:often|frequent|soon|quick)|minimum.{0,20}interval|(?:ログイン|サインイン|試行|接続).{0,15}(?:多すぎ|上限|超え|頻繁)", 0.9, None, r"\b(?:locked|suspended)\b(?!.{0,60}(?:minute|temporar))"),
    Rule("auth.account-locked", _both(_ACCOUNT, _LOCKED, 30), 0.85, None, r"\b(?:pop3?|imap|smtp)\b|security software|is locked by another|(?:mailbox|maildrop).{0,30}(?:locked|in use)|インターネット"),
    Rule("mailbox.in-use", r"(?:mailbox|maildrop|mail drop|inbox|メールボックス).{0,30}(?:locked|in use|busy|already (?:open|being)|使用中|ロック)|(?:lock|open).{0,15}(?:mailbox|maildrop).{0,20}(?:busy|fail|another)|(?:unable|cannot|could not|can't|failed) to? ?(?:get |obtain |acquire )?(?:the )?lock|lock (?:is )?busy|another (?:pop3? )?(?:session|client|program|process|connection|login)|already (?:logged in|open)", 0.9),
    Rule("mailbox.full", r"\b[45]\.2\.2\b|(?:mailbox|inbox|storage|disk|account|メールボックス|容量|ストレージ|保存).{0,25}(?:\bfull\b|exceed\w*|exhausted|used up|over (?:its |the )?quota|いっぱい|超え|不足|上限)|(?:over|exceed\w*|out of|insufficient).{0,20}(?:storage|quota|disk space|\bspace\b)|quota (?:has been |is |was )?(?:exceeded|full|reached)", 0.9, None, r"(?:send\w*|daily|rate|request|login|connection|message)s? (?:quota|limit)"),
    Rule("tls.name-mismatch", rf"{_CERTIFICATE}.{{0,40}}(?:n't|not|一致し|mis).{{0,12}}(?:match|host|name|ません)|host ?name mismatch|ホスト名.{{0,20}}一致し", 0.93),
    Rule("tls.expired", rf"{_CERTIFICATE}.{{0,30}}(?:expired|has run out|期限)|expired.{{0,10}}{_CERTIFICATE}", 0.93),
    Rule("tls.clock", rf"{_CERTIFICATE}.{{0,30}}not yet valid", 0.9),
    Rule("tls.self-signed", r"self[- ]signed|自己署名", 0.9),
    Rule("tls.untrusted", rf"{_CERTIFICATE}.{{0,40}}(?:not trusted|untrusted|verif\w* fail|unknown|信頼)|(?:untrusted|unknown) (?:ca|issuer|authority|certificate)|unable to (?:verify|get).{{0,20}}(?:certificate|issuer)", 0.85),
]

_GENERAL = [
    Rule("server.temporary", r"^4\d\d[ -]|\b4\.\d\.\d\b", 0.85),
    Rule("server.temporary", r"try (?:again |it )?(?:later|in (?:a few|\d+))|temporar(?:y|il)|(?:server|service|system|サーバー?|サービス).{0,25}(?:busy|overloaded|unavailable|not available|混み合|混雑|利用でき)|maintenance|しばらく(?:して|たって|経って|時間)|一時的|メンテナンス|too many (?:simultaneous |concurrent )?(?:connections|sessions)", 0.75),
    Rule(EXPLICIT_REFUSAL, r"(?:invalid|incorrect|wrong|bad|unknown|unrecogni[sz]ed|illegal|mismatched) (?:\w+[ /-]){0,4}(?:pass(?:word|phrase|wd)?|credentials?|user ?names?|user ?id|login)\b|(?:pass(?:word|phrase|wd)|credentials?|user ?name|login)s? (?:\w+ ){0,5}(?:invalid|incorrect|wrong|mismatch\w*|unknown|not (?:valid|accepted|recogni[sz]ed|correct|match\w*)|did(?:n't| not) match|do(?:es)?(?:n't| not) match)|(?:no such|unknown) (?:user|account)|\b5\.7\.8\b|check (?:your |the )?(?:user ?name|password|credential)|(?:パスワード|ユーザー?名|資格情報|ログイン ?id|アカウント名).{0,20}(?:違|誤|間違|正しくあり|正しくない|一致しま|無効|不正)", 0.85),
    Rule(PLAIN_REFUSAL, r"(?:auth\w*|log-?(?:in|on)|log in|sign-?(?:in|on)|access|pass|password|credentials?) (?:\w+ ){0,2}?(?:failed|failure|fails|unsuccessful|error|denied|rejected|refused|invalid)\b|(?:failed|unable|cannot|could not) (?:to )?(?:authenticate|log ?(?:in|on)|sign ?in)|(?:denied|rejected|refused|fail\w*|invalid|bad) (?:\w+ ){0,2}?(?:access|login|logon|authentication|credentials)|not authenticated|\[auth\]|^535\b|\b5\.7\.3\b|認証.{0,6}(?:失敗|エラー|でき(?:ません|ない))|(?:ログイン|サインイン|ログオン).{0,6}(?:失敗|エラー|拒否|でき(?:ません|ない))", 0.6),
    Rule("server.permanent", r"\[sys/perm\]", 0.9),
    Rule("server.permanent", r"^5\d\d[ -]", 0.5),
]

_taught: list[Rule] = []
_wrappers: list[Wrapper] = []


def teach(*more: Rule | Wrapper) -> None:
    """Add what a provider's own servers and windows say; it goes before the general rules."""
    for one in more:
        if isinstance(one, Rule):
            _taught.append(one)
        else:
            _wrappers.append(one)


def normal(text: str) -> str:
    """Width, case, apostrophes and white space made alike, so that a pattern needs one spelling."""
    text = unicodedata.normalize("NFKC", text).casefold().replace("’", "'").replace("‑", "-").replace("–", "-")
    return " ".join(text.split())


def server_words(text: str, witness: str) -> str | None:
    """The mail server's own words that a witness quotes, or None where it quotes none."""
    for wrapper in _wrappers:
        if wrapper.witness == witness and (match := re.search(wrapper.pattern, normal(text))):
            return match["words"]
    return None


def read(text: str, witness: str, *, at_login: bool = True) -> Clue | None:
    """The cause that a text speaks of, or None where it fits nothing known.

    Where nobody logs in (``at_login`` is False), a refusal is not read as one of the password.
    """
    quoted = server_words(text, witness)
    words, speaker = (normal(text), witness) if quoted is None else (quoted, None)
    for rule in (*_TELLING, *_taught, *_GENERAL):
        if rule.witness in (None, speaker) and (at_login or rule.code not in REFUSALS) and rule.speaks_in(words):
            return Clue(rule.code, rule.sure)
    return None
