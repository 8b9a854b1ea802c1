"""Brings the Japanese catalogue up to date with the code: ``python -m tools.messages`` (then translate what is empty).

``--check`` changes nothing and fails when a message is missing, unused or untranslated, or ja.mo is not ja.po.
"""

from __future__ import annotations

import ast
import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

HERE = Path(__file__).parents[1]
PO = HERE / "automation" / "messages" / "ja.po"
MO = PO.with_suffix(".mo")
MARKS = ("_", "N_")


class Words(Catalog):
    """A catalogue with a header of ours: Babel's holds the time of each run and placeholders for names."""

    mime_headers = (
        ("Project-Id-Version", "autoconfigure"),
        ("Language", "ja"),
        ("Plural-Forms", "nplurals=1; plural=0;"),
        ("MIME-Version", "1.0"),
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Transfer-Encoding", "8bit"),
    )

    def __init__(self) -> None:
        super().__init__(locale="ja", charset="utf-8", fuzzy=False)
        self.header_comment = "# What autoconfigure says, in Japanese. The English stands in the code."


def said_in(source: str) -> Iterator[str]:
    """The messages of one source file in their order, those within f-strings too (Babel's own reader skips them)."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        text = call.args[0] if call.args else None
        if isinstance(call.func, ast.Name) and call.func.id in MARKS and isinstance(text, ast.Constant):
            yield str(text.value)


def in_the_code() -> Words:
    """All messages the code says, with the files they stand in (no line numbers: they would change all the time)."""
    words = Words()
    for folder in ("automation", "flows"):
        for file in sorted((HERE / folder).rglob("*.py")):
            for text in said_in(file.read_text(encoding="utf-8")):
                words.add(text, locations=[(file.relative_to(HERE).as_posix(), 0)])
    return words


def compiled(words: Words) -> bytes:
    """The catalogue in the form gettext reads."""
    buffer = io.BytesIO()
    write_mo(buffer, words)
    return buffer.getvalue()


def read() -> Words:
    """The Japanese catalogue as it stands."""
    words = Words()
    if PO.exists():
        with PO.open("rb") as file:
            for message in read_po(file, locale="ja"):
                if message.id:
                    words[message.id] = message
    return words


def save(words: Words) -> None:
    """Write the catalogue, and compile it."""
    for message in words:
        message.flags.discard("python-format")  # Babel's guess where a "%" stands; we fill in braces only
    with PO.open("wb") as file:
        write_po(file, words, sort_by_file=True, width=120)
    MO.write_bytes(compiled(read()))


def problems() -> list[str]:
    """What is wrong with the catalogue, a line each."""
    code, japanese = in_the_code(), read()
    wanted, known = {m.id for m in code if m.id}, {m.id: m for m in japanese if m.id}
    found = [f"not in ja.po: {text!r}" for text in sorted(wanted - known.keys())]
    found += [f"in ja.po but not in the code: {text!r}" for text in sorted(known.keys() - wanted)]
    found += [f"not translated: {text!r}" for text in sorted(wanted & known.keys()) if not known[text].string]
    if not found and MO.read_bytes() != compiled(japanese):
        found.append("ja.mo does not match ja.po: run python -m tools.messages")
    return found


def update() -> None:
    """Add new messages, drop unused ones, and compile."""
    code, japanese = in_the_code(), read()
    for message in code:
        if message.id and (known := japanese.get(message.id)):
            message.string = known.string
    save(code)


if __name__ == "__main__":
    if "--check" in sys.argv:
        wrong = problems()
        print("\n".join(wrong) or "the catalogue is complete")
        sys.exit(1 if wrong else 0)
    update()
    print(f"{len(problems())} messages to translate in {PO.relative_to(HERE)}")
