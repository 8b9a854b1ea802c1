"""Brings the Japanese catalogue up to date with the code: ``python -m tools.messages`` (then translate what is empty).

``--check`` changes nothing and fails when a message is missing, unused or untranslated, or ja.mo is not ja.po.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

HERE = Path(__file__).parents[1]
PO = HERE / "automation" / "messages" / "ja.po"
MO = PO.with_suffix(".mo")
KEYWORDS = {"_": None, "N_": None}


def in_the_code() -> Catalog:
    """All messages the code says, with the files they stand in (no line numbers: they would change all the time)."""
    catalog = Catalog(locale="ja", charset="utf-8")
    for folder in ("automation", "flows"):
        found = extract_from_dir(str(HERE / folder), [("**.py", "python")], keywords=KEYWORDS)
        for file, _line, message, _comments, _context in sorted(found, key=lambda one: (one[0], one[1])):
            catalog.add(message, locations=[(f"{folder}/{file}", None)])
    return catalog


def compiled(catalog: Catalog) -> bytes:
    """The catalogue in the form gettext reads."""
    buffer = io.BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def read() -> Catalog:
    """The Japanese catalogue as it stands."""
    if not PO.exists():
        return Catalog(locale="ja", charset="utf-8")
    with PO.open("rb") as file:
        return read_po(file, locale="ja")


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
    with PO.open("wb") as file:
        write_po(file, code, omit_header=False, sort_by_file=True, width=120, no_location=False)
    MO.write_bytes(compiled(read()))


if __name__ == "__main__":
    if "--check" in sys.argv:
        wrong = problems()
        print("\n".join(wrong) or "the catalogue is complete")
        sys.exit(1 if wrong else 0)
    update()
    print(f"{len(problems())} messages to translate in {PO.relative_to(HERE)}")
