"""What recordings never hold: addresses, codes and secrets, wherever a page shows them."""

from __future__ import annotations

import time

import pytest

from automation.element import Item
from automation.errors import AutoconfigureError
from automation.recording.flow_file import PLACEHOLDER, Placeholder, Step, Want
from automation.recording.redaction import Redaction
from automation.recording.secret_fields import calls_code, is_secret_field
from automation.settings import Settings

SITE = "http://outlook.localhost:43210"
SETTINGS = Settings(
    outlook_address="Hanako.Y+x@outlook.example",
    gmail_address="y+x@outlook.example.org",
    display_name="Hanako Yamada",
    outlook_url=SITE,
)


@pytest.mark.parametrize(
    ("shown", "written"),
    [
        ("Mail of hanako.y+x@OUTLOOK.example.", "Mail of ${OUTLOOK_ADDRESS}."),
        ("宛先hanako.y+x@outlook.exampleさん", "宛先${OUTLOOK_ADDRESS}さん"),
        ("y+x@outlook.example.org and z@outlook.example", "${GMAIL_ADDRESS} and ${ADDRESS_1}"),
        ("bob@a.example, Bob@A.example, ha***o@b.example", "${ADDRESS_1}, ${ADDRESS_1}, ${ADDRESS_2}"),
        ("差出人：山田@例え.jp", "差出人：${ADDRESS_1}"),
        ("Account of Hanako Yamada", "Account of ${DISPLAY_NAME}"),
        (
            "see http://outlook.localhost:43210/mail or outlook.localhost:43210",
            "see ${OUTLOOK_URL}/mail or ${OUTLOOK_URL}",
        ),
        ("Your code: 123456789", "Your code: ${CODE_1}"),
        ("G-123456, 123 456 and again 123456", "${CODE_1}, ${CODE_2} and again ${CODE_2}"),
        ("コードは 4821 です", "コードは ${CODE_1} です"),
        ("PIN 4821", "PIN ${CODE_1}"),
        ("password: qzvxkwjfprtmbnls", "password: ${CODE_1}"),
        ("qzvx kwjf prtm bnls = qzvx-kwjf-prtm-bnls = qzvxkwjfprtmbnls", "${CODE_1} = ${CODE_1} = ${CODE_1}"),
        ("AB1CD-EF2GH-JK3LM-NP4QR-ST5UV", "${CODE_1}"),
        ("call +81 90-1234-5678", "call ${CODE_1}"),
        ("session 3f2504e0-4f89-11d3-9a0c-0305e82c3301", "session ${CODE_1}"),
        ("key eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9", "key ${CODE_1}"),
        ("a page's own ${secret:APP_PASSWORD}", "a page's own $ {secret:APP_PASSWORD}"),
        # What names things stays as it is.
        ("Also copy this mail into the list", "Also copy this mail into the list"),
        ("POP server: outlook.office365.com, port 995, since 2026-11-23 10:31", None),
        ("Import emails from my other account (POP3)", None),
        ("メールの取得にセキュリティで保護された接続（SSL）を使用する", None),
    ],
)
def test_private_texts_get_a_name(shown: str, written: str | None) -> None:
    """Addresses, codes, the person's name and the sites' addresses are written as placeholders; labels stay."""
    assert Redaction(SETTINGS).text(shown) == (shown if written is None else written)


@pytest.mark.parametrize(
    ("shown", "written"),
    [
        ("We sent a code to t•••@x.example.", "We sent a code to •••@•••."),
        ("コードをha***o@b.exampleに送りました", "コードを•••@•••に送りました"),
        ("Sent to ha***o@g***.example and bob@a.example", "Sent to •••@••• and ${ADDRESS_1}"),
        ("Enter the code sent to (•••) •••-1289", "Enter the code sent to •••"),
        # These may tell one row from another.
        ("h•••@a.example", "${ADDRESS_1}"),
        ("Visa •••• 4242", "Visa •••• 4242"),
    ],
)
def test_masked_addresses_around_an_element_are_anybodys(shown: str, written: str) -> None:
    """A sentence about an address that a page shows in part tells nobody's, and needs no value at a replay."""
    assert Redaction(SETTINGS).around(shown) == written
    assert Redaction(SETTINGS).text("to h***@g***.example") == "to ${ADDRESS_1}"


@pytest.mark.parametrize("letter", ["a", "1", "a1", "é", "-", "*", "0 ", "A-"])
def test_a_word_of_any_length(letter: str) -> None:
    """However long a word a page shows, it is read through in no time."""
    started = time.monotonic()
    Redaction(SETTINGS).around(letter * 30_000 + " x@")

    assert time.monotonic() - started < 3


def test_placeholders_are_named_without_anything_private() -> None:
    """What a field is called names its placeholder; an address in it does not."""
    redaction = Redaction(SETTINGS)

    assert redaction.typed(None, "Mail for bob@a.example") == "${VALUE_MAIL_FOR_ADDRESS_1}"
    assert redaction.secret("Password of bob@a.example") == "${secret:PASSWORD_OF_ADDRESS_1}"
    assert redaction.code("Code sent to bo***@a.example") == "${CODE_1}"
    assert redaction.placeholders["CODE_1"].what == "Code sent to •••@•••"
    assert "bob" not in str(redaction.placeholders).lower()


@pytest.mark.parametrize(
    ("url", "written"),
    [
        (
            SITE + "/mail/0/options/mail/forwarding?token=x&mail=a@b.example",
            "${OUTLOOK_URL}/mail/0/options/mail/forwarding",
        ),
        ("https://mail.google.com/mail/u/0/#settings/accounts", "${GMAIL_URL}/mail/u/0/#settings/accounts"),
        ("https://mail.google.com", "${GMAIL_URL}/"),
        ("https://mail.google.com.evil.example/", "https://mail.google.com.evil.example/"),
        ("https://me:secret@a.example:8443/x", "https://a.example:8443/x"),
        ("https://a.example/#access_token=abc", "https://a.example/"),
        ("https://a.example/cb#abc123def456ghi789", "https://a.example/cb"),
        (
            "https://a.example/u/bob%40c.example/3f2504e0-4f89-11d3-9a0c-0305e82c3301",
            "https://a.example/u/${ADDRESS_1}/${CODE_1}",
        ),
        ("about:blank", "about:blank"),
        ("file:///home/me/x.html", None),
        ("javascript:alert(1)", None),
        ("http://[broken", None),
    ],
)
def test_of_a_web_address_the_way_remains(url: str, written: str | None) -> None:
    """Origin and path, a fragment only if it is a plain route; no query, no user, no token; other schemes not at all."""
    assert Redaction(SETTINGS).url(url) == written


def test_a_page_steers_no_terminal() -> None:
    """Characters that a terminal obeys are neither written nor, in an error, shown."""
    assert Redaction(SETTINGS).text("Save\x1b[2J\x9b now") == "Save [2J  now"
    assert str(AutoconfigureError("Save\x1b[2J", seen="a\nb")) == "Save[2J\nSeen: a\nb"


def test_an_address_the_program_made_keeps_its_query() -> None:
    """What a flow put into an address is needed to open it again, with everything private in it named."""
    url = "https://mail.google.com/mail/u/0/#create-filter/to=hanako.y%2Bx@outlook.example&sizeunit=s_mb"
    assert (
        Redaction(SETTINGS).own_url(url) == "${GMAIL_URL}/mail/u/0/#create-filter/to=${OUTLOOK_ADDRESS}&sizeunit=s_mb"
    )


SECRET = [
    "Password", "New password", "App-Passcode", "userPassword", "pwd", "PIN", "pinCode", "One-time code", "otp",
    "verification_code", "Security code", "Enter the code", "CVC", "Card number", "Security question", "recovery-key",
    "パスワード", "新しいﾊﾟｽﾜｰﾄﾞ", "パスワード（確認）", "暗証番号", "確認コード", "認証コード", "セキュリティ コード", "コード", "PINコード",
    "ワンタイム パスワード", "合言葉",
]  # fmt: skip
PLAIN = [
    "Search", "Name", "Email address", "POP Server", "Port", "Zip code", "postal_code", "Country code", "Promo code",
    "Shopping", "Opinion", "郵便番号", "郵便コード", "国コード", "ユーザー名", "メールアドレス", "ラベル", "Username", "encode", "secretary",
]  # fmt: skip


def test_secret_fields_are_known_by_their_names() -> None:
    """A field is secret by any of its names in either language, by its type or by its autocomplete; others are not."""
    assert [name for name in SECRET if not is_secret_field([name])] == []
    assert [name for name in PLAIN if is_secret_field([name])] == []
    assert is_secret_field(["Search"], kind="password")
    assert is_secret_field(["Search"], autocomplete="section-a one-time-code")
    assert is_secret_field(["Search"], autocomplete="cc-csc")
    assert not is_secret_field(["Search"], autocomplete="email")
    assert (calls_code(["確認コード"]), calls_code(["Password"])) == (True, False)


def test_an_element_keeps_its_names_and_loses_what_is_private() -> None:
    """Of an element names, sections, options and row are cleaned, what it holds is dropped, a message line is emptied."""
    redaction = Redaction(SETTINGS)
    option = {"text": "label a@b.example", "value": "a@b.example", "selected": True}
    ids = {"id": "user-a@b.example", "name": "cfa", "path": "/u/3f2504e0-4f89-11d3-9a0c-0305e82c3301"}
    item = Item(
        0, "combobox", ("for a@b.example",), ("code 123456",), True, None, "typed", (option,), "cfa",
        ("a@b.example",), "row of a@b.example", ids,
    )  # fmt: skip
    clean = redaction.item(item)
    line = redaction.item(Item(1, "option", ("Mika " + "secret plans " * 9,), (), True, None, None, (), None, None, ""))

    assert (clean.names, clean.sections, clean.row_addresses) == (
        ("for ${ADDRESS_1}",),
        ("code ${CODE_1}",),
        ("${ADDRESS_1}",),
    )
    assert [o["text"] for o in clean.options] == ["label ${ADDRESS_1}"]
    assert (clean.value, clean.row_text, clean.ids) == (None, "", {"name": "cfa"})
    assert "a@b" not in str(clean)
    assert line.names == ()


def test_what_was_typed_is_a_setting_or_a_name() -> None:
    """A typed setting is written by its name, a code as a code, all else as a placeholder named after its field."""
    redaction = Redaction(SETTINGS)
    written = [
        redaction.typed("hanako.y+x@outlook.example", "To"),
        redaction.typed("123456789", "Code"),
        redaction.typed("my diary", "Search mail"),
        redaction.typed(None, "Search mail"),
        redaction.typed("x", "検索"),
        redaction.secret("app-password"),
        redaction.code("確認コード"),
    ]
    steps = [Step(str(number), "type", want=Want("textbox", ()), value=value) for number, value in enumerate(written)]

    assert written == [
        "${OUTLOOK_ADDRESS}", "${CODE_1}", "${VALUE_SEARCH_MAIL}", "${VALUE_SEARCH_MAIL_2}", "${VALUE_1}",
        "${secret:APP_PASSWORD}", "${CODE_2}",
    ]  # fmt: skip
    assert list(redaction.used(steps)) == [PLACEHOLDER.fullmatch(w)["name"] for w in written]  # type: ignore[index]
    assert redaction.used(steps)["VALUE_1"] == Placeholder("value", "検索")
    assert redaction.used(steps)["CODE_1"] == Placeholder("code", "Code")
    assert redaction.used(steps)["APP_PASSWORD"].kind == "secret"
