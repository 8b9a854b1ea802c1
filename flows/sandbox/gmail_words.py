"""The words of the practice Gmail, English and Japanese; wordings come from public pages where those give them."""

from __future__ import annotations

import time

from flows.sandbox.world import Fetch, MailTrouble

# name: (English, Japanese). Labels and error texts that the live pages are known to show are theirs to the letter.
WORDS: dict[str, tuple[str, str]] = {
    # the mailbox
    "inbox": ("Inbox", "受信トレイ"),
    "all_mail": ("All Mail", "すべてのメール"),
    "spam": ("Spam", "迷惑メール"),
    "labels": ("Labels", "ラベル"),
    "search_mail": ("Search mail", "メールを検索"),
    "search": ("Search", "検索"),
    "search_results": ("Search results", "検索結果"),
    "refresh": ("Refresh", "更新"),
    "main_menu": ("Main menu", "メインメニュー"),
    "nothing_here": ("No messages matched your search.", "検索条件に一致するメールはありません。"),
    "label_empty": ("There are no conversations with this label.", "このラベルの付いたスレッドはありません。"),
    "inbox_empty": ("Your inbox is empty.", "受信トレイは空です。"),
    "storage_full": (
        "You have run out of storage and can't receive mail.",
        "保存容量が不足しているため、メールを受信できません。",
    ),
    "back_to_list": ("Back", "戻る"),
    "from": ("from", "差出人"),
    "to": ("to", "宛先"),
    "attachment": ("Attachment", "添付ファイル"),
    "account_button": ("Google Account", "Google アカウント"),
    "loading": ("Loading…", "読み込んでいます…"),
    # settings
    "settings": ("Settings", "設定"),
    "quick_settings": ("Quick settings", "クイック設定"),
    "see_all_settings": ("See all settings", "すべての設定を表示"),
    "tab_general": ("General", "全般"),
    "tab_labels": ("Labels", "ラベル"),
    "tab_accounts": ("Accounts and Import", "アカウントとインポート"),
    "tab_filters": ("Filters and Blocked Addresses", "フィルタとブロック中のアドレス"),
    "language_label": ("Language:", "言語:"),
    "language_name": ("Gmail display language: English (US)", "Gmail の表示言語: 日本語"),
    "change_account": ("Change account settings:", "アカウント設定を変更:"),
    "other_settings": ("Other Google Account settings", "その他の Google アカウントの設定"),
    "import_label": ("Import mail and contacts:", "メッセージと連絡先のインポート:"),
    "import_link": ("Import mail and contacts", "メッセージと連絡先のインポート"),
    "learn_more": ("Learn more", "詳細"),
    "send_as_label": ("Send mail as:", "名前:"),
    "send_as_hint": (
        "(Use Gmail to send from your other email addresses)",
        "(Gmail を使用して他のメールアドレスからメールを送信します)",
    ),
    "add_address": ("Add another email address", "他のメールアドレスを追加"),
    "make_default": ("make default", "デフォルトに設定"),
    "default": ("default", "デフォルト"),
    "not_an_alias": ("Not an alias.", "エイリアスではありません"),
    "verify_link": ("verify", "確認"),
    "unverified": ("Unverified", "未確認"),
    "sent_through": ("Mail is sent through: {host}", "メールの送信に使用: {host}"),
    "edit_info": ("edit info", "情報を編集"),
    "delete": ("delete", "削除"),
    "reply_label": ("When replying to a message:", "デフォルトの返信モード"),
    "reply_same": (
        "Reply from the same address the message was sent to",
        "メールを受信したアドレスから返信する",
    ),
    "reply_default": ("Always reply from default address", "常にデフォルトのアドレスから返信する"),
    "pop_label": ("Check mail from other accounts:", "他のアカウントのメールを確認:"),
    "add_mail_account": ("Add a mail account", "メール アカウントを追加する"),
    "check_now": ("Check mail now", "メールを今すぐ確認する"),
    "view_history": ("View history", "履歴を表示"),
    "checking": ("Checking mail…", "メールを確認しています…"),
    "never_checked": ("Not checked yet.", "まだ確認していません。"),
    "sure_delete": ("Delete {what}?", "{what} を削除しますか？"),
    # the windows
    "cancel": ("Cancel", "キャンセル"),
    "close_window": ("Close window", "ウィンドウを閉じる"),
    "next": ("Next »", "次へ »"),
    "next_step": ("Next Step »", "次のステップ »"),
    "back": ("« Back", "« 戻る"),
    "finish": ("Finish", "完了"),
    "add_account": ("Add Account »", "アカウントを追加 »"),
    "save_changes": ("Save Changes", "変更を保存"),
    "show_details": ("Show error details", "エラーの詳細を表示"),
    "email_address": ("Email address:", "メールアドレス:"),
    "username": ("Username:", "ユーザー名:"),
    "password": ("Password:", "パスワード:"),
    "port": ("Port:", "ポート:"),
    "window_may_close": ("Done. You can close this window.", "完了しました。このウィンドウを閉じてかまいません。"),
    "window_too_old": (
        "This window is too old. Please close it and open it again from the settings.",
        "このウィンドウは古くなっています。閉じてから、設定画面でもう一度開いてください。",
    ),
    # fetching by POP
    "pop_title": ("Add a mail account", "メール アカウントの追加"),
    "pop_intro": (
        "Enter the address of the account whose mail you want to read here.",
        "ここでメールを読みたいアカウントのアドレスを入力してください。",
    ),
    "pop_choice_intro": ("How do you want to use {address} here?", "{address} をどのように使いますか？"),
    "gmailify": ("Link accounts with Gmailify", "アカウントを Gmail(Gmailify)にリンク"),
    "import_pop": (
        "Import emails from my other account (POP3)",
        "他のアカウントからメールを読み込む（POP3）",
    ),
    "gmailify_gone": (
        "These accounts cannot be linked in the practice world.",
        "練習の世界では、このアカウントはリンクできません。",
    ),
    "pop_settings_intro": ("Enter the mail settings for {address}.", "{address} のメール設定を入力してください。"),
    "pop_edit_title": ("Edit mail account", "メール アカウントの編集"),
    "keep_password": ("Leave empty to keep the password.", "変更しない場合は空のままにしてください。"),
    "pop_server": ("POP Server:", "POP サーバー:"),
    "leave_copy": (
        "Leave a copy of retrieved message on the server.",
        "取得したメッセージのコピーをサーバーに残す",
    ),
    "use_ssl": (
        "Always use a secure connection (SSL) when retrieving mail.",
        "メールの取得にセキュリティで保護された接続（SSL）を使用する",
    ),
    "label_incoming": ("Label incoming messages:", "受信したメッセージにラベルを付ける"),
    "new_label": ("New label…", "新しいラベル…"),
    "new_label_prompt": ("Please enter a new label name:", "新しいラベル名を入力してください:"),
    "archive_incoming": (
        "Archive incoming messages (Skip the Inbox)",
        "受信したメッセージをアーカイブする(受信トレイをスキップ)",
    ),
    "pop_done": ("Your mail account has been added.", "メールアカウントを追加しました"),
    "pop_done_more": (
        "You can now retrieve mail from this account. Would you also like to be able to send mail as {address}?",
        "このアカウントからメールを取得できるようになりました。{address} としてメールを送信できるようにしますか？",
    ),
    "send_as_yes": (
        "Yes, I want to be able to send mail as {address}.",
        "はい。{address} としてメールを送信できるようにします",
    ),
    "send_as_no": ("No (you can change this later)", "いいえ（後で変更できます）"),
    "history_title": ("Mail fetch history", "メールの取得履歴"),
    "history_empty": ("Nothing has been fetched yet.", "まだ取得されていません。"),
    "history_when": ("Time", "時刻"),
    "history_what": ("Result", "結果"),
    # sending as another address
    "send_as_title": ("Add another email address you own", "自分のメールアドレスを追加"),
    "send_as_intro": (
        "Enter information about your other email address.",
        "追加するメールアドレスの情報を入力してください。",
    ),
    "name": ("Name:", "名前:"),
    "treat_as_alias": ("Treat as an alias.", "エイリアスとして扱います"),
    "reply_to_link": ('Specify a different "reply-to" address', "別の返信先アドレスを指定する"),
    "reply_to": ("Reply-to address:", "返信先アドレス:"),
    "smtp_title": ("Send mail through your SMTP server", "SMTP サーバー経由でメールを送信"),
    "smtp_intro": (
        "Mail from {address} will be sent through the server entered here.",
        "{address} からのメールは、ここで入力したサーバーから送信されます。",
    ),
    "smtp_server": ("SMTP Server:", "SMTP サーバー:"),
    "tls": ("Secured connection using TLS", "TLS を使用したセキュリティで保護された接続"),
    "ssl": ("Secured connection using SSL", "SSL を使用したセキュリティで保護された接続"),
    "unsecured": ("Unsecured connection", "セキュリティで保護されていない接続"),
    "code_title": (
        "Confirm verification and add your email address",
        "確認して、メールアドレスを追加してください",
    ),
    "code_intro": (
        "The server took the username and password. A message with a confirmation code was sent to {address}.",
        "サーバーへのログインに成功しました。確認コードを記載したメールを {address} に送信しました。",
    ),
    "resend": ("Resend email", "メールを再送信"),
    "resent": ("The message was sent again.", "メールを再送信しました。"),
    "enter_code": ("Enter and verify the confirmation code", "確認コードを入力して確認してください"),
    "verify": ("Verify", "確認"),
    "code_wrong": (
        "The confirmation code is not right. Please check it and try again.",
        "確認コードが正しくありません。確認してもう一度お試しください。",
    ),
    "bad_address": ("'{address}' is not a valid email address.", "「{address}」は有効なメールアドレスではありません。"),
    "already_there": ("{address} is already in the list.", "{address} は既に追加されています。"),
    "too_many_accounts": (
        "You already have the maximum number of accounts allowed.",
        "追加できるアカウント数の上限に達しています。",
    ),
    "confirm_title": ("Confirmation", "確認"),
    "confirm_text": ("Please confirm sending mail as", "次のアドレスとしてメールを送信することを確認してください:"),
    "confirm": ("Confirm", "確認"),
    "confirm_done_title": ("Confirmation Success!", "確認が完了しました"),
    "confirm_done": (
        "{gmail} may now send mail as {address}.",
        "{gmail} は {address} としてメールを送信できるようになりました。",
    ),
    "confirm_gone": ("This link is not valid any more.", "このリンクは無効になっています。"),
    # filters and labels
    "filters_intro": (
        "The following filters are applied to all incoming mail:",
        "すべての受信メールに次のフィルタが適用されます:",
    ),
    "filters_none": ("There are no filters yet.", "フィルタはまだありません。"),
    "create_new_filter": ("Create a new filter", "新しいフィルタを作成"),
    "matches": ("Matches:", "一致:"),
    "do_this": ("Do this:", "処理:"),
    "filter_from": ("From", "From"),
    "filter_to": ("To", "To"),
    "filter_subject": ("Subject", "件名"),
    "filter_has": ("Has the words", "含む"),
    "filter_has_not": ("Doesn't have", "含まない"),
    "create_filter": ("Create filter", "フィルタを作成"),
    "filter_needs": ("Enter at least one condition.", "条件を 1 つ以上入力してください。"),
    "when_it_arrives": (
        "When a message is an exact match for your search criteria:",
        "検索条件と完全に一致するメールが届いたとき:",
    ),
    "skip_inbox": ("Skip the Inbox (Archive it)", "受信トレイをスキップ(アーカイブする)"),
    "apply_label": ("Apply the label:", "ラベルを付ける"),
    "choose_label": ("Choose label…", "ラベルを選択…"),
    "new_label_title": ("New label", "新しいラベル"),
    "create": ("Create", "作成"),
    "never_spam": ("Never send it to Spam", "迷惑メールにしない"),
    "also_apply": (
        "Also apply filter to matching conversations",
        "一致するスレッドにもフィルタを適用する",
    ),
    "filter_created": ("Your filter was created.", "フィルタを作成しました。"),
    "does_label": ('Apply label "{label}"', "ラベル「{label}」を付ける"),
    "does_archive": ("Skip Inbox", "受信トレイをスキップ"),
    "does_never_spam": ("Never mark it as spam", "迷惑メールにしない"),
    "remove": ("remove", "削除"),
    "labels_none": ("There are no labels yet.", "ラベルはまだありません。"),
    # the Google account
    "app_passwords": ("App passwords", "アプリ パスワード"),
    "app_passwords_intro": (
        "An app password lets an app that knows no two-step verification sign in to your account.",
        "アプリ パスワードを使うと、2 段階認証に対応していないアプリからアカウントにログインできます。",
    ),
    "app_name": ("App name", "アプリ名"),
    "app_password_made": ("Generated app password", "生成されたアプリ パスワード"),
    "app_password_yours": ("Your app password for your device", "お使いのデバイスのアプリ パスワード"),
    "app_password_once": (
        "You will not see it again: it is shown only this once.",
        "このパスワードは一度しか表示されません。",
    ),
    "done": ("Done", "完了"),
    "google_account": ("Practice Google Account", "練習用 Google アカウント"),
    "two_step": ("How you sign in: two-step verification is on.", "ログイン方法: 2 段階認証プロセスはオンです。"),
}

# MailTrouble.kind: (English, Japanese) for the red text of windows and rows. docs/providers.md, 9 gives the English
# of denied, timeout, reset, smtp-denied, smtp-reach and smtp-name; the rest, and the Japanese, is unverified wording.
TROUBLES: dict[str, tuple[str, str]] = {
    "denied": (
        "Server denied POP3 access for the given username and password.",
        "指定されたユーザー名とパスワードでは、サーバーへの POP3 アクセスが拒否されました。",
    ),
    "timeout": (
        "Connection timed out: There may be a problem with the settings you added. Please contact your other email "
        "provider to verify the correct settings.",
        "接続がタイムアウトしました: 追加した設定に問題がある可能性があります。"
        "他のメール プロバイダに問い合わせて、正しい設定を確認してください。",
    ),
    "full": (
        "Out of storage: mail from this account cannot be retrieved.",
        "保存容量が不足しているため、このアカウントのメールを取得できません。",
    ),
    "reset": ("Connection reset by peer.", "接続が相手側によってリセットされました。"),
    "server": ("The other server reported a problem.", "相手のサーバーで問題が発生しました。"),
    "secure": (
        "Unable to establish a secure connection (SSL) to the other server.",
        "相手のサーバーとの間に、セキュリティで保護された接続（SSL）を確立できません。",
    ),
    "smtp-denied": (
        "Authentication failed. Please check your username/password.",
        "認証に失敗しました。ユーザー名とパスワードを確認してください。",
    ),
    "smtp-reach": (
        "Couldn't reach server. Please double-check your SMTP server and port number.",
        "サーバーに接続できませんでした。SMTP サーバーとポート番号を確認してください。",
    ),
    "smtp-name": (
        "TLS Negotiation failed, the certificate doesn't match the host., code: 0",
        "TLS ネゴシエーションに失敗しました。証明書がホストと一致しません。, コード: 0",
    ),
    "smtp-secure": ("TLS Negotiation failed.", "TLS ネゴシエーションに失敗しました。"),
}


def words(lang: str) -> dict[str, str]:
    """Every fixed text in one language (``en`` or ``ja``)."""
    return {name: pair[lang == "ja"] for name, pair in WORDS.items()}


def trouble_text(trouble: MailTrouble, lang: str) -> str:
    """The red text of a wizard, without the server's own words."""
    return TROUBLES[trouble.kind][lang == "ja"]


def quoted_text(trouble: MailTrouble, lang: str) -> str:
    """The server's own words as the wizards quote them; empty when it said none."""
    if not trouble.quoted:
        return ""
    return f'{"サーバーから返されたエラー" if lang == "ja" else "Server returned error"}: "{trouble.quoted}"'


def row_error(trouble: MailTrouble, lang: str) -> str:
    """The red text of an account's row (docs/providers.md, 4; the storage text is unverified)."""
    if trouble.kind != "denied":
        return trouble_text(trouble, lang)
    if lang == "ja":
        return f'認証エラーが発生しました。 サーバーから返されたエラー: "{trouble.quoted}"'
    return f'Authentication error. Server returned error "{trouble.quoted}"'


def not_retrieved_since(when: float, lang: str) -> str:
    """The second line of a failing row; ``when`` in seconds since 1970."""
    day = time.localtime(when)
    if lang == "ja":
        return f"このアカウントのメールは {day.tm_mon}月{day.tm_mday}日 以降取得されていません。"
    return f"Mail from this account has not been retrieved since {time.strftime('%b', day)} {day.tm_mday}."


def last_checked(minutes: int, fetched: int, lang: str) -> str:
    """The row's status after a good fetch."""
    if lang == "ja":
        return f"最終確認: {minutes} 分前。{fetched_text(fetched, lang)}"
    return f"Last checked: {minutes} minute{'' if minutes == 1 else 's'} ago. {fetched_text(fetched, lang)}"


def fetch_text(fetch: Fetch, lang: str) -> str:
    """A line of the history."""
    return row_error(fetch.trouble, lang) if fetch.trouble else fetched_text(fetch.fetched, lang)


def fetched_text(fetched: int, lang: str) -> str:
    """How many messages a fetch brought."""
    if lang == "ja":
        return f"{fetched} 件のメールを取得しました。"
    return f"{fetched} mail{'' if fetched == 1 else 's'} fetched."


def clock_text(when: float, lang: str) -> str:
    """Day and time as the lists show them."""
    at = time.localtime(when)
    if lang == "ja":
        return f"{at.tm_mon}月{at.tm_mday}日 {at.tm_hour}:{at.tm_min:02}"
    half = "AM" if at.tm_hour < 12 else "PM"
    return f"{time.strftime('%b', at)} {at.tm_mday}, {at.tm_hour % 12 or 12}:{at.tm_min:02} {half}"
