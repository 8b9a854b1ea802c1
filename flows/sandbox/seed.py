"""The messages that lie in the practice mailbox from the start: old and new, Japanese, attachments, one large."""

from __future__ import annotations

import time
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formataddr, formatdate, make_msgid

from flows.sandbox.delivery import read_message
from flows.sandbox.world import Activity, World

DAY = 86_400.0
LARGE = 1_000_000  # bytes of the one large attachment


@dataclass(frozen=True)
class _Letter:
    days_ago: float
    name: str
    address: str
    subject: str
    body: str
    attachment: tuple[str, str, bytes] | None = None  # file name, MIME type, content


_PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c63606060f80f0001040100a29f9e400000000049454e44ae426082"
)
_PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"

LETTERS = (
    _Letter(2900, "Mika Tanaka", "mika@friends.example", "Our trip to Nikko", "I found the photo of the waterfall!\n"),
    _Letter(
        1480, "青葉図書館", "info@library.example", "ご予約の本が届きました", "ご予約の資料を一週間お取り置きします。\n"
    ),
    _Letter(
        730,
        "山田 太郎",
        "taro@family.example",
        "写真を送ります",
        "お正月の写真です。\n",
        ("正月.png", "image/png", _PNG),
    ),
    _Letter(
        400,
        "Kaze Cycles",
        "orders@bicycles.example",
        "Your invoice 4711",
        "Thank you for your order.\n",
        ("invoice-4711.pdf", "application/pdf", _PDF),
    ),
    _Letter(
        95,
        "Choir office",
        "office@choir.example",
        "Recording of the spring concert",
        "The whole recording is attached. Enjoy!\n",
        ("concert.bin", "application/octet-stream", b"practice" * (LARGE // 8)),
    ),
    _Letter(
        12, "町内会", "news@neighbours.example", "秋の清掃のお知らせ", "日曜日の朝八時に公園に集まってください。\n"
    ),
    _Letter(
        3,
        "Mika Tanaka",
        "mika@friends.example",
        "Dinner on Friday?",
        "There is a new place near the station.\n.\n..dots\n",
    ),
    _Letter(0.1, "山田 太郎", "taro@family.example", "【重要】来週の予定について", "水曜日の三時で大丈夫ですか。\n"),
)


def seed_outlook(world: World) -> None:
    """Fill the Outlook inbox and the account's recent activity."""
    now = time.time()
    outlook = world.outlook
    for letter in LETTERS:
        when = now - letter.days_ago * DAY
        raw = _write(letter, outlook.address, when)
        outlook.inbox.append(read_message(raw, letter.address, outlook.address, when))
    for number, days_ago in enumerate((0.02, 6.0, 19.0)):
        outlook.activities.append(Activity(f"browser{number}", "Web", "Japan", now - days_ago * DAY, unusual=False))


def _write(letter: _Letter, to: str, when: float) -> bytes:
    message = EmailMessage()
    message["From"] = formataddr((letter.name, letter.address))
    message["To"] = to
    message["Subject"] = letter.subject
    message["Date"] = formatdate(when)
    message["Message-ID"] = make_msgid(domain=letter.address.partition("@")[2])
    message.set_content(letter.body)
    if letter.attachment:
        name, kind, content = letter.attachment
        maintype, _, subtype = kind.partition("/")
        message.add_attachment(content, maintype=maintype, subtype=subtype, filename=name)
    return message.as_bytes()
