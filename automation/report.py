"""One run as one HTML file: what was wanted, what was done and proved, with pictures; no script, nothing from outside."""

from __future__ import annotations

import base64
import html
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from automation.messages import _, spoken
from automation.settings import write_private

_STYLE = """
:root { color-scheme: light dark; --line: #c9ced6; --soft: #5b6472; --good: #14663a; --bad: #a32116; --paper: #fff; --ink: #1b1f24 }
@media (prefers-color-scheme: dark) {
  :root { --line: #3b4250; --soft: #a9b1be; --good: #6fd39b; --bad: #ff9d92; --paper: #14171c; --ink: #e7eaee } }
body { background: var(--paper); color: var(--ink); font: 1rem/1.65 system-ui, "Noto Sans CJK JP", "Noto Sans JP",
  "Hiragino Sans", "Yu Gothic UI", sans-serif; max-width: 54rem; margin: 0 auto; padding: 1.5rem 1rem 4rem }
h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin-top: 2.2rem; border-bottom: 1px solid var(--line) }
table { border-collapse: collapse; width: 100% } th, td { text-align: start; vertical-align: top; padding: .4rem .6rem .4rem 0;
  border-bottom: 1px solid var(--line); overflow-wrap: anywhere }
.good { color: var(--good) } .bad { color: var(--bad) } .soft { color: var(--soft) }
figure { margin: 1rem 0 } img { max-width: 100%; height: auto; border: 1px solid var(--line); border-radius: 6px }
"""


@dataclass
class Report:
    """What the report tells; every text is in the person's language already."""

    title: str
    verdict: str
    good: bool
    facts: list[tuple[str, str]] = field(default_factory=list)
    steps: list[Sequence[str]] = field(default_factory=list)
    causes: list[Sequence[str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    taking_back: str = ""
    pictures: list[Path] = field(default_factory=list)

    def write(self, path: Path) -> Path:
        """Write it as a private file; gives its path."""
        return write_private(path, self.as_html())

    def as_html(self) -> str:
        """The whole file. Everything that came from a page or a server is escaped."""
        parts = [
            f'<!doctype html>\n<html lang="{spoken()}">\n<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{_text(self.title)}</title>\n<style>{_STYLE}</style>\n<main>",
            f"<h1>{_text(self.title)}</h1>",
            f'<p class="{"good" if self.good else "bad"}"><strong>{_text(self.verdict)}</strong></p>',
            _table((), self.facts),
        ]
        if self.steps:
            parts += [
                _heading(_("What was done")),
                _table((_("step"), _("before"), _("after"), _("seconds")), self.steps),
            ]
        if self.causes:
            parts += [
                _heading(_("What was met on the way")),
                _table((_("what"), _("whose side"), _("what to do")), self.causes),
            ]
        if self.notes:
            parts += [_heading(_("Good to know")), "<ul>", *(f"<li>{_text(note)}</li>" for note in self.notes), "</ul>"]
        if self.taking_back:
            parts += [_heading(_("Taking it back")), f"<p>{_text(self.taking_back)}</p>"]
        if self.pictures:
            parts += [_heading(_("Pictures, with everything private covered")), *map(_picture, self.pictures)]
        made = time.strftime("%Y-%m-%d %H:%M")
        parts.append(
            f'<p class="soft">{_text(_("Made by autoconfigure on {when}.").format(when=made))}</p></main></html>'
        )
        return "\n".join(parts)


def _text(text: str) -> str:
    return html.escape(text)


def _heading(text: str) -> str:
    return f"<h2>{_text(text)}</h2>"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    top = (
        "<thead><tr>" + "".join(f'<th scope="col">{_text(one)}</th>' for one in head) + "</tr></thead>" if head else ""
    )
    body = "".join(
        f'<tr><th scope="row">{_text(first)}</th>' + "".join(f"<td>{_text(one)}</td>" for one in rest) + "</tr>"
        for first, *rest in rows
    )
    return f"<table>{top}<tbody>{body}</tbody></table>"


def _picture(path: Path) -> str:
    data = base64.b64encode(path.read_bytes()).decode("ascii")
    alt = _text(_("The page at {time}").format(time=path.stem[9:11] + ":" + path.stem[11:13] + ":" + path.stem[13:15]))
    return f'<figure><img src="data:image/png;base64,{data}" alt="{alt}"><figcaption class="soft">{alt}</figcaption></figure>'
