"""The words of the practice Microsoft account pages, English and Japanese (docs/providers.md, 3 says which are sure)."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "account": ("Microsoft account", "Microsoft アカウント"),
    "home": ("Your info", "お客様の情報"),
    "welcome": ("Welcome, {name}", "{name} さん、ようこそ"),
    "security": ("Security", "セキュリティ"),
    "security_intro": (
        "See how you sign in and what has happened with your account.",
        "サインインの方法と、アカウントのアクティビティを確認できます。",
    ),
    "security_basics": ("Security basics", "セキュリティの基本"),
    "sign_in_methods": ("Manage how I sign in", "サインイン方法の管理"),
    "sign_in_methods_text": (
        "Two-step verification and app passwords.",
        "2 段階認証とアプリ パスワード。",
    ),
    "view_activity": ("View my sign-in activity", "サインイン アクティビティを表示する"),
    "view_activity_text": (
        "When and where your account was used.",
        "アカウントがいつどこで使われたか。",
    ),
    # signing in again
    "enter_password": ("Enter password", "パスワードの入力"),
    "reason": (
        "You are changing something that matters, so we need to verify your identity.",
        "大切な設定を変更するため、ご本人であることを確認します。",
    ),
    "password": ("Password", "パスワード"),
    "sign_in": ("Sign in", "サインイン"),
    "wrong_password": (
        "Your account or password is incorrect. If you don't remember your password, stop here.",
        "アカウントまたはパスワードが正しくありません。パスワードがわからない場合は、ここで中止してください。",
    ),
    "practice_password": (
        "Practice world: the password is “{password}”. Never type a real one here.",
        "練習の世界のパスワードは「{password}」です。本物のパスワードは入力しないでください。",
    ),
    # advanced security options
    "advanced": ("Advanced security options", "高度なセキュリティ オプション"),
    "additional": ("Additional security", "追加のセキュリティ"),
    "two_step": ("Two-step verification", "2 段階認証"),
    "on": ("On", "オン"),
    "off": ("Off", "オフ"),
    "two_step_text": (
        "A second step when you sign in keeps others out, even if they know your password.",
        "サインインの手順を 1 つ増やすと、パスワードを知られてもアカウントを守ることができます。",
    ),
    "turn_on_two_step": ("Turn on two-step verification", "2 段階認証をセットアップして有効化"),
    "turn_off_two_step": ("Turn off two-step verification", "2 段階認証を無効にする"),
    "set_up_two_step": ("Set up two-step verification", "2 段階認証のセットアップ"),
    "set_up_text": (
        "From now on you confirm a sign-in with a code from your phone. Apps that cannot ask for it use app passwords.",
        "これからは、サインインのときに携帯電話に届くコードで確認します。"
        "コードに対応していないアプリではアプリ パスワードを使います。",
    ),
    "two_step_is_on": ("Two-step verification is turned on", "2 段階認証が有効になりました"),
    "next": ("Next", "次へ"),
    "cancel": ("Cancel", "キャンセル"),
    "finish": ("Finish", "完了"),
    "app_passwords": ("App passwords", "アプリ パスワード"),
    "app_passwords_text": (
        "Some apps and devices don't support codes. Create an app password for them.",
        "コードに対応していないアプリやデバイスでは、アプリ パスワードを作成して使います。",
    ),
    "create_app_password": ("Create a new app password", "新しいアプリ パスワードの作成"),
    "remove_app_passwords": ("Remove existing app passwords", "既存のアプリ パスワードの削除"),
    # the app password page
    "new_app_password": ("Use this app password to sign in", "このアプリ パスワードを使ってサインインしてください"),
    "app_password_made": (
        "A new app password is generated and appears on the screen. It is shown only this once.",
        "新しいアプリ パスワードが生成され、画面に表示されます。表示されるのは一度だけです。",
    ),
    "app_password": ("App password", "アプリ パスワード"),
    "create_another": ("Create another app password", "別のアプリ パスワードを作成"),
    "done": ("Done", "完了"),
    "remove_text": (
        "All your app passwords stop working. Apps that use one can no longer sign in.",
        "すべてのアプリ パスワードが使えなくなります。使用中のアプリはサインインできなくなります。",
    ),
    "remove": ("Remove", "削除"),
    "removed": ("Your app passwords have been removed.", "アプリ パスワードを削除しました。"),
    # activity
    "activity": ("Check when and where you've used your account", "いつどこでアカウントを使ったかご確認ください"),
    "activity_text": (
        "Activity of the last 30 days. If something looks unfamiliar, let us know.",
        "過去 30 日以内のアクティビティです。心当たりのないものがあればお知らせください。",
    ),
    "unusual": ("Unusual activity", "通常とは異なる活動"),
    "recent": ("Recent activity", "最近のアクティビティ"),
    "was_me": ("This was me", "自分の操作です"),
    "was_not_me": ("This wasn't me", "自分ではありません"),
    "thanks": (
        "Thanks for letting us know. We won't block this sign-in again.",
        "お知らせいただきありがとうございます。次回からこのサインインはブロックされません。",
    ),
    "sorry": (
        "Thanks for letting us know. This sign-in stays blocked.",
        "お知らせいただきありがとうございます。このサインインは引き続きブロックされます。",
    ),
    "secure_account": ("Look unfamiliar? Secure your account", "心当たりがない場合: アカウントを保護する"),
    "blocked_sign_in": ("Unsuccessful sign-in", "サインインの失敗"),
    "good_sign_in": ("Successful sign-in", "正常にサインインしました"),
    "good_sync": ("Automatic Sync", "自動同期"),
    "protocol": ("Protocol", "プロトコル"),
    "alias": ("Account alias", "アカウント エイリアス"),
    "time": ("Time", "時刻"),
    "location": ("Approximate location", "おおよその位置"),
    "type": ("Type", "種類"),
}


def words_in(language: str) -> dict[str, str]:
    """All words in one language, by key."""
    return {key: texts[1 if language == "ja" else 0] for key, texts in WORDS.items()}
