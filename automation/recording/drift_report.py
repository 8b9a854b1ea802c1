"""What changed as one HTML file: old and new side by side, a picture with the place, new wordings; no script in it."""

from __future__ import annotations

import base64
import html
import time
from collections.abc import Sequence
from dataclasses import dataclass

from automation.messages import _, spoken
from automation.recording.drift import Drift, ElementDrift
from automation.recording.drift_words import Line, fragment, how_found, language, page_changes, sentence
from automation.recording.watch import Picture, Watched

_STYLE = """
:root { color-scheme: light dark; --line: #c9ced6; --soft: #5b6472; --paper: #fff; --ink: #1b1f24; --card: #f6f7f9;
  --went: #fbe3e0; --wentink: #8c1d13; --came: #dcf3e4; --cameink: #0f5a31; --mark: #c2410c }
@media (prefers-color-scheme: dark) {
  :root { --line: #3b4250; --soft: #a9b1be; --paper: #14171c; --ink: #e7eaee; --card: #1b2027;
    --went: #45201d; --wentink: #ffb8af; --came: #17382a; --cameink: #8fe0b3; --mark: #fb923c } }
* { box-sizing: border-box }
body { background: var(--paper); color: var(--ink); font: 1rem/1.6 system-ui, "Noto Sans CJK JP", "Noto Sans JP",
  "Hiragino Sans", "Yu Gothic UI", sans-serif; max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 4rem;
  overflow-wrap: anywhere }
h1 { font-size: 1.5rem; line-height: 1.3 } h2 { font-size: 1.2rem; margin: 2.5rem 0 .3rem }
h3 { font-size: 1rem; margin: 0 0 .6rem } .soft { color: var(--soft) } code { font-size: .92em }
article { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1rem; margin: 1rem 0 }
table { border-collapse: collapse; width: 100%; table-layout: fixed; font-size: .92rem; margin: .6rem 0 }
th { text-align: start; color: var(--soft); font-weight: 600; padding: .15rem .5rem }
td { vertical-align: top; padding: .15rem .5rem; border-top: 1px solid var(--line) }
td + td, th + th { border-inline-start: 1px solid var(--line) }
.went { background: var(--went); color: var(--wentink) } .came { background: var(--came); color: var(--cameink) }
.it td { font-weight: 700 }
.went::before { content: "− " } .came::before { content: "+ " }
figure { margin: 1rem 0 0 } .shot { position: relative; display: block; overflow: hidden; border: 1px solid var(--line);
  border-radius: 6px } .shot img { display: block; width: 100%; height: auto }
.box { position: absolute; border: 3px solid var(--mark); border-radius: 5px; box-shadow: 0 0 0 2px #fff }
.near { border-style: dashed } figcaption { font-size: .9rem; color: var(--soft); margin-top: .3rem }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem .9rem; margin: .6rem 0 } dt { color: var(--soft) }
dd { margin: 0 }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr } dd { margin-bottom: .4rem } table { font-size: .84rem }
  td, th { padding: .15rem .3rem } article { padding: .8rem } }
"""


@dataclass(frozen=True)
class Story:
    """One page of the report: its name for people and for the command line, and what was seen there."""

    name: str
    called: str
    watched: Watched


def drift_html(
    stories: Sequence[Story], verdict: str, not_looked: Sequence[tuple[str, str]], todo: Sequence[str]
) -> str:
    """The whole file. Everything that came from a page is escaped."""
    title = _("What changed on the providers' pages")
    parts = [
        f'<!doctype html>\n<html lang="{spoken()}">\n<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{_text(title)}</title>\n<style>{_STYLE}</style>\n<main>",
        f"<h1>{_text(title)}</h1>\n<p><strong>{_text(verdict)}</strong></p>",
        *(f"<p>{_text(line)}</p>" for line in todo),
        *(_page(story) for story in stories),
    ]
    if not_looked:
        rows = "".join(f"<dt><code>{_text(name)}</code></dt><dd>{_text(why)}</dd>" for name, why in not_looked)
        parts.append(f"<h2>{_text(_('Not looked at'))}</h2>\n<dl>{rows}</dl>")
    made = _("Made by autoconfigure on {when}.").format(when=time.strftime("%Y-%m-%d %H:%M"))
    parts.append(f'<p class="soft">{_text(made)}</p></main></html>\n')
    return "\n".join(parts)


def _page(story: Story) -> str:
    drift = story.watched.drift
    head = f"<h2>{_text(_capital(story.called))}</h2>\n"
    where = f'<p class="soft"><code>{_text(story.name)}</code> · {_text(story.watched.where)}</p>'
    whole = "".join(_whole(*said) for said in page_changes(drift))
    return head + where + whole + "".join(_change(story, drift, change) for change in drift.changes)


def _whole(sentence: str, before: str, now: str) -> str:
    return f"<article><h3>{_text(sentence)}</h3>{_diff([Line(before, now, is_it=True)])}</article>"


def _change(story: Story, drift: Drift, change: ElementDrift) -> str:
    facts = [(_("how it is found now"), how_found(change))] if change.element else []
    if change in [c for c in drift.changes if c.element] and (wording := _proposed(drift, change)):
        facts.append(
            (
                _("wording to add, if it is the same thing"),
                _("{language}: “{wording}”").format(language=language(drift.new.lang), wording=wording),
            )
        )
    listed = "".join(f"<dt>{_text(what)}</dt><dd>{_text(value)}</dd>" for what, value in facts)
    picture = story.watched.pictures.get(change.name)
    return (
        f"<article><h3>{_text(_capital(sentence(change)))}</h3>"
        f'<div class="soft"><code>{_text(story.name)}/{_text(change.name)}</code></div>'
        f"{f'<dl>{listed}</dl>' if listed else ''}{_diff(fragment(drift, change))}"
        f"{_figure(picture, change) if picture else ''}</article>"
    )


def _proposed(drift: Drift, change: ElementDrift) -> str | None:
    return next((p.wording for p in drift.proposals() if p.element is change.element), None)


def _diff(lines: Sequence[Line]) -> str:
    rows = "".join(
        f"<tr{' class=it' if line.is_it else ''}>{_cell(line.old, line, 'went')}{_cell(line.new, line, 'came')}</tr>"
        for line in lines
    )
    return f'<table><thead><tr><th scope="col">{_text(_("before"))}</th><th scope="col">{_text(_("now"))}</th></tr></thead><tbody>{rows}</tbody></table>'


def _cell(text: str | None, line: Line, differs: str) -> str:
    kind = f' class="{differs}"' if text is not None and line.old != line.new else ""
    return f"<td{kind}>{_text(text or '')}</td>"


def _figure(picture: Picture, change: ElementDrift) -> str:
    data = base64.b64encode(picture.png).decode("ascii")
    left, top, width, height = (f"{100 * part:.2f}%" for part in picture.box)
    said = (
        _("It stood near the framed place. Everything private is covered.")
        if picture.near
        else _("The framed place now. Everything private is covered.")
    )
    box = f'<span class="box{" near" if picture.near else ""}" style="left:{left};top:{top};width:{width};height:{height}"></span>'
    return (
        f'<figure><span class="shot"><img src="data:image/png;base64,{data}" alt="{_text(sentence(change))}">{box}</span>'
        f"<figcaption>{_text(said)}</figcaption></figure>"
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _text(text: str) -> str:
    return html.escape(text)
