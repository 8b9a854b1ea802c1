"""One run as one HTML file: what was wanted, what was done when, with pictures; no script, nothing from outside."""

from __future__ import annotations

import base64
import html
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from automation.messages import _, noted, spoken
from automation.settings import write_private

if TYPE_CHECKING:
    from automation.probe import ProbeResult
    from automation.story import Event

_STYLE = Path(__file__).with_name("report.css").read_text(encoding="utf-8")
# Even if something from a page slipped through, nothing in the file could run or be fetched.
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


@dataclass
class Chapter:
    """One step: how it ended in a word, how things were before and after, and what happened in between."""

    title: str
    state: str
    good: bool
    events: list[Event]
    started: float | None = None  # seconds since 1970
    seconds: float = 0.0
    before: str = ""
    after: str = ""


@dataclass
class Met:
    """A cause that was met: what, whose side it is on, what to do, and what showed it."""

    what: str
    whose: str
    todo: str
    evidence: list[str]


@dataclass
class Report:
    """What the report tells; every text is in the person's language already."""

    title: str
    verdict: str
    good: bool
    about: str
    explained: list[str] = field(default_factory=list)
    facts: list[tuple[str, str]] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    chapters: list[Chapter] = field(default_factory=list)
    met: list[Met] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    taking_back: list[str] = field(default_factory=list)
    by_hand: list[str] = field(default_factory=list)
    for_helpers: str = ""  # the result as JSON

    def write(self, path: Path) -> Path:
        """Write it as a private file; gives its path."""
        return write_private(path, self.as_html())

    def as_html(self) -> str:
        """The whole file. Everything that came from a page or a server is escaped."""
        parts = [
            f'<!doctype html>\n<html lang="{spoken()}">\n<head>\n<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{_text(self.title)}</title>\n<style>\n{_STYLE}</style>\n</head>\n<body>\n<main>",
            _tag("p", self.about, "soft"),
            _tag("h1", self.title),
            self._verdict(),
            *self._wanted(),
            *self._done(),
            *self._rest(),
            "</main>\n</body>\n</html>\n",
        ]
        return "\n".join(parts)

    def _verdict(self) -> str:
        sign, kind = ("✓", "good") if self.good else ("✗", "bad")
        more = "".join(_tag("p", line) for line in self.explained)
        return f'<div class="verdict {kind}"><strong>{sign} {_text(self.verdict)}</strong>{more}</div>'

    def _wanted(self) -> list[str]:
        facts = "".join(f"<dt>{_text(name)}</dt><dd>{_text(value)}</dd>" for name, value in self.facts)
        return [_tag("h2", _("What was wanted")), f"<dl>{facts}</dl>", _listed(self.reasons)]

    def _done(self) -> list[str]:
        if not self.chapters:
            return []
        return [_tag("h2", _("What was done")), *map(_chapter, self.chapters)]

    def _rest(self) -> list[str]:
        parts = []
        if self.met:
            parts += [_tag("h2", _("What was met on the way")), *map(_met, self.met)]
        if self.notes:
            parts += [_tag("h2", _("Good to know")), _listed(self.notes)]
        if self.taking_back:
            parts += [_tag("h2", _("Taking it back")), *(_tag("p", line) for line in self.taking_back)]
            parts += [_listed(self.by_hand, "ol")]
        parts += ["<footer>"]
        if self.for_helpers:
            parts += [_folded(_("For somebody who helps you"), f"<pre>{_text(self.for_helpers)}</pre>")]
        parts += [_tag("p", _("This file holds your two mail addresses, but no password and no code."), "soft small")]
        return [*parts, "</footer>"]


def _chapter(chapter: Chapter) -> str:
    state = [
        f'<span class="{"good" if chapter.good else "bad"}">{"✓" if chapter.good else "✗"} {_text(chapter.state)}</span>'
    ]
    if chapter.started:
        took = _("{seconds} s").format(seconds=f"{chapter.seconds:.1f}")
        state.append(f'<span class="soft time">{_clock(chapter.started)} · {_text(took)}</span>')
    changed = [(_("before"), chapter.before), (_("afterwards"), chapter.after)]
    lines = "".join(f"<dt>{_text(name)}</dt><dd>{_text(value)}</dd>" for name, value in changed if value)
    acts = [event for event in chapter.events if event.what and not event.by_person and not event.picture]
    pictures = [event for event in chapter.events if event.picture]
    parts = [
        f'<section class="card"><h3>{_text(chapter.title)}</h3>',
        f'<p class="state">{"".join(state)}</p>',
        f"<dl>{lines}</dl>" if lines else "",
        _happened([event for event in chapter.events if event.by_person]),
        *(_probed(event, event.probe) for event in chapter.events if event.probe),
        *(_picture(event) for event in pictures if event.moment != "before"),
        *(_folded(_("How it looked before"), _picture(event)) for event in pictures if event.moment == "before"),
    ]
    if acts:
        parts.append(_folded(_("Every click, one by one ({count})").format(count=len(acts)), _happened(acts)))
    return "\n".join([*filter(None, parts), "</section>"])


def _happened(events: Iterable[Event]) -> str:
    """What was done, with the times of day."""
    items = []
    for event in events:
        took = _(" ({seconds} s)").format(seconds=round(event.seconds)) if event.seconds and event.seconds >= 1 else ""
        items.append(f'<li><span class="time soft">{_clock(event.when)}</span> {_text(event.what + took)}</li>')
    return f"<ul>{''.join(items)}</ul>" if items else ""


def _probed(event: Event, probe: ProbeResult) -> str:
    states = {True: "✓", False: "✗", None: "–"}
    rows = "".join(
        f'<tr><th scope="row">{states[stage.ok]} {_text(stage.title)}</th>'
        f'<td class="time">{stage.seconds * 1000:.0f} ms</td><td>{_text(stage.detail)}</td></tr>'
        for stage in probe.stages
        if stage.ok is not None
    )
    head = "".join(f'<th scope="col">{_text(name)}</th>' for name in (_("stage"), _("time"), _("seen")))
    answer = _("it let us in") if probe.ok else _("it did not let us in")
    title = _("The mail server {host} was tried: {answer}").format(host=f"{probe.host}:{probe.port}", answer=answer)
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return _folded(noted(title, time.strftime("%H:%M:%S", time.localtime(event.when))), table)


def _met(met: Met) -> str:
    facts = [(_("whose side"), met.whose), (_("what to do"), met.todo)]
    lines = "".join(f"<dt>{_text(name)}</dt><dd>{_text(value)}</dd>" for name, value in facts if value)
    evidence = _folded(_("What showed it"), _listed(met.evidence)) if met.evidence else ""
    return f'<section class="card"><h3>{_text(met.what)}</h3><dl>{lines}</dl>{evidence}</section>'


def _picture(event: Event) -> str:
    """A picture, or nothing when its file has gone."""
    if event.picture is None or not event.picture.is_file():
        return ""
    moments = {
        "before": _("How it was found: {page}"),
        "after": _("How it is now: {page}"),
        "stopped": _("Where it stopped: {page}"),
    }
    data = base64.b64encode(event.picture.read_bytes()).decode("ascii")
    caption = moments[event.moment].format(page=event.what)
    alt = _("The page, with everything private covered")
    return (
        f'<figure><img src="data:image/png;base64,{data}" alt="{_text(alt)}">'
        f'<figcaption>{_text(caption)} <span class="time soft">{_clock(event.when)}</span></figcaption></figure>'
    )


def _clock(when: float) -> str:
    moment = time.localtime(when)
    return f'<time datetime="{time.strftime("%Y-%m-%dT%H:%M:%S%z", moment)}">{time.strftime("%H:%M:%S", moment)}</time>'


def _text(text: str) -> str:
    return html.escape(text)


def _tag(name: str, text: str, kind: str = "") -> str:
    return f"<{name}{f' class={kind!r}' if kind else ''}>{_text(text)}</{name}>"


def _listed(lines: Iterable[str], name: str = "ul") -> str:
    items = "".join(_tag("li", line) for line in lines)
    return f"<{name}>{items}</{name}>" if items else ""


def _folded(title: str, inside: str) -> str:
    return f"<details><summary>{_text(title)}</summary>{inside}</details>" if inside else ""
