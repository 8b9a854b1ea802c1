"""The words of the practice Outlook pages, English and Japanese (docs/providers.md, 2 says which are sure)."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    # the mailbox
    "title": ("Mail", "メール"),
    "settings": ("Settings", "設定"),
    "new_mail": ("New mail", "新しいメール"),
    "inbox": ("Inbox", "受信トレイ"),
    "drafts": ("Drafts", "下書き"),
    "sent": ("Sent Items", "送信済みアイテム"),
    "junk": ("Junk Email", "迷惑メール"),
    "folders": ("Folders", "フォルダー"),
    "message_list": ("Message list", "メッセージ一覧"),
    "account": ("Account manager for {name}", "{name} のアカウント マネージャー"),
    "choose_message": ("Select an item to read", "アイテムを選択して読む"),
    "attachment": ("Attachment", "添付ファイル"),
    "empty": ("Nothing in this folder", "このフォルダーには何もありません"),
    "loading": ("Loading…", "読み込んでいます…"),
    # writing a message
    "to": ("To", "宛先"),
    "subject": ("Add a subject", "件名を追加"),
    "body": ("Message body", "メッセージ本文"),
    "send": ("Send", "送信"),
    "discard": ("Discard", "破棄"),
    "message_sent": ("Message sent", "メッセージを送信しました"),
    # settings: where things are
    "general": ("General", "全般"),
    "mail": ("Mail", "メール"),
    "calendar": ("Calendar", "予定表"),
    "layout": ("Layout", "レイアウト"),
    "compose_and_reply": ("Compose and reply", "作成と返信"),
    "rules": ("Rules", "ルール"),
    "junk_email": ("Junk email", "迷惑メール"),
    "forwarding_and_imap": ("Forwarding and IMAP", "転送と IMAP"),
    "sync_email": ("Sync email", "メールを同期"),
    "forwarding": ("Forwarding", "転送"),
    "close": ("Close", "閉じる"),
    "not_here": ("There is nothing to practise on this page.", "このページには練習するものがありません。"),
    # POP and IMAP
    "pop_and_imap": ("POP and IMAP", "POP と IMAP"),
    "confirm_first": (
        "Your POP and IMAP settings are hidden. Sign in again to confirm that it is you.",
        "POP と IMAP の設定は表示されていません。ご本人であることを確認するため、もう一度サインインしてください。",
    ),
    "sign_in": ("Sign in", "サインイン"),
    "pop_intro": (
        "You can use POP or IMAP to read this mailbox in another app.",
        "POP または IMAP を使って、別のアプリでこのメールボックスを読むことができます。",
    ),
    "pop_options": ("POP options", "POP オプション"),
    "imap_options": ("IMAP options", "IMAP オプション"),
    "use_pop": ("Let devices and apps use POP", "デバイスとアプリで POP を使用できるようにする"),
    "use_imap": ("Let devices and apps use IMAP", "デバイスとアプリで IMAP を使用できるようにする"),
    "yes": ("Yes", "はい"),
    "no": ("No", "いいえ"),
    "delete_intro": (
        "Devices and apps that use POP can be set to delete messages from Outlook after downloading them.",
        "POP を使用するデバイスやアプリは、ダウンロード後に Outlook からメッセージを削除するように設定できます。",
    ),
    "may_delete": (
        "Let devices and apps delete messages from Outlook",
        "デバイスやアプリが Outlook からメッセージを削除することを許可します",
    ),
    "may_not_delete": (
        "Don't allow devices and apps to delete messages from Outlook",
        "デバイスやアプリが Outlook からメッセージを削除することを許可しません",
    ),
    "pop_setting": ("POP setting", "POP の設定"),
    "imap_setting": ("IMAP setting", "IMAP の設定"),
    "smtp_setting": ("SMTP setting", "SMTP の設定"),
    "server_name": ("Server name", "サーバー名"),
    "port": ("Port", "ポート"),
    "encryption": ("Encryption method", "暗号化方法"),
    # forwarding
    "forwarding_intro": (
        "You can forward your email to another account.",
        "メールを別のアカウントに転送できます。",
    ),
    "enable_forwarding": ("Enable forwarding", "転送を有効にする"),
    "forward_to": ("Forward my email to", "メールの転送先"),
    "enter_address": ("Enter an email address", "メール アドレスを入力"),
    "keep_copy": ("Keep a copy of forwarded messages", "転送されたメッセージのコピーを保持する"),
    "bad_address": ("Enter a valid email address.", "有効なメール アドレスを入力してください。"),
    "code_sent": (
        "To confirm that it is you, enter the code we sent to your security contact.",
        "ご本人であることを確認するため、セキュリティ連絡先に届いた確認コードを入力してください。",
    ),
    "code": ("Code", "確認コード"),
    "verify": ("Verify", "確認"),
    "wrong_code": (
        "That code didn't work. Check the code and try again.",
        "コードが正しくありません。もう一度お試しください。",
    ),
    # the save bar
    "save": ("Save", "保存"),
    "saving": ("Saving…", "保存しています…"),
    "saved": ("Saved", "保存しました"),
    "not_saved": (
        "Your settings couldn't be saved. Please try again later.",
        "設定を保存できませんでした。後でもう一度お試しください。",
    ),
}


def words_in(language: str) -> dict[str, str]:
    """All words in one language, by key."""
    return {key: texts[1 if language == "ja" else 0] for key, texts in WORDS.items()}
