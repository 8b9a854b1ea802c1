"""The words of the practice sign-in pages, English and Japanese (docs/providers.md, 11 says which are sure)."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    # Microsoft
    "microsoft_title": ("Sign in to your Microsoft account", "Microsoft アカウントにサインイン"),
    "sign_in": ("Sign in", "サインイン"),
    "pick": ("Pick an account", "アカウントを選択する"),
    "signed_in": ("Signed in", "サインイン済み"),
    "another_account": ("Use another account", "別のアカウントを使用する"),
    "user_hint": ("Email or phone", "メール アドレスまたは電話番号"),
    "no_such_account": (
        "That Microsoft account doesn't exist. Enter a different account.",
        "その Microsoft アカウントは存在しません。別のアカウントを入力してください。",
    ),
    "next": ("Next", "次へ"),
    "enter_password": ("Enter password", "パスワードの入力"),
    "password": ("Password", "パスワード"),
    "wrong_password": (
        "Your account or password is incorrect. If you don't remember your password, stop here.",
        "アカウントまたはパスワードが正しくありません。パスワードがわからない場合は、ここで中止してください。",
    ),
    "verify_identity": ("Verify your identity", "本人確認"),
    "verify_text": ("We sent a code to your phone. Please enter it.", "携帯電話に送信したコードを入力してください。"),
    "code": ("Code", "コード"),
    "verify": ("Verify", "確認"),
    "wrong_code": (
        "That code didn't work. Check the code and try again.",
        "コードが正しくありません。もう一度お試しください。",
    ),
    "stay": ("Stay signed in?", "サインインの状態を維持しますか?"),
    "stay_text": (
        "Say yes if you don't want to sign in again on this computer each time.",
        "「はい」を選ぶと、このコンピューターで毎回サインインする必要がなくなります。",
    ),
    "yes": ("Yes", "はい"),
    "no": ("No", "いいえ"),
    # Google
    "google_title": ("Sign in - Google Accounts", "ログイン - Google アカウント"),
    "google_sign_in": ("Sign in", "ログイン"),
    "to_gmail": ("to continue to Gmail", "Gmail に移動"),
    "google_user": ("Email or phone", "メールアドレスまたは電話番号"),
    "google_no_such_account": ("Couldn't find your Google Account", "お使いの Google アカウントが見つかりませんでした"),
    "welcome": ("Welcome", "ようこそ"),
    "google_password": ("Enter your password", "パスワードを入力"),
    "google_wrong_password": (
        "Wrong password. Try again, or stop here.",
        "パスワードが正しくありません。もう一度お試しになるか、ここで中止してください。",
    ),
    "two_step": ("2-Step Verification", "2 段階認証プロセス"),
    "two_step_text": (
        "To help keep your account safe, Google wants to make sure it's really you trying to sign in.",
        "アカウントを保護するため、ご本人であることを確認します。",
    ),
    "google_code": ("Enter code", "コードを入力"),
    "google_wrong_code": ("Wrong code. Try again.", "コードが正しくありません。もう一度お試しください。"),
    "choose": ("Choose an account", "アカウントの選択"),
    "signed_out": ("Signed out", "ログアウトしました"),
    "another": ("Use another account", "別のアカウントを使用"),
    "refused": ("Couldn't sign you in", "ログインできませんでした"),
    "refused_text": (
        "This browser or app may not be secure.",
        "このブラウザまたはアプリは安全でない可能性があります。",
    ),
    "refused_more": (
        "Try using a different browser. If you're already using a supported browser, you can try again to sign in.",
        "別のブラウザをお試しください。サポートされているブラウザをお使いの場合は、もう一度ログインできます。",
    ),
    "try_again": ("Try again", "再試行"),
    # what only the practice world says
    "practice_password": (
        "Practice world: the password is “{password}”. Never type a real one here.",
        "練習の世界のパスワードは「{password}」です。本物のパスワードは入力しないでください。",
    ),
    "practice_code": ("Practice world: the code is {code}.", "練習の世界のコードは {code} です。"),
    "practice_user": ("Practice world: the address is {address}.", "練習の世界のアドレスは {address} です。"),
}


def words_in(language: str) -> dict[str, str]:
    """All words in one language, by key."""
    return {key: texts[1 if language == "ja" else 0] for key, texts in WORDS.items()}
