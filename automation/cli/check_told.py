"""What ``autoconfigure check`` says and leaves: the table, what was compared with what, the verdict, and the files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from automation.cli.common import Shared
from automation.messages import _
from automation.recording.drift_words import (
    before_and_now,
    form,
    how_found,
    in_a_word,
    language,
    not_found,
    page_changes,
    what_to_do,
    when_shown,
)

if TYPE_CHECKING:
    from automation.cli.check import Seen
    from automation.recording.baselines import Baselines


def tell(shared: Shared, pages: list[Seen], baselines: Baselines, folder: Path) -> int:
    """The table, the files and the verdict; gives the exit code. Raises what kept us from a page we once looked at."""
    changed = [seen for seen in pages if seen.is_changed]
    nothing_seen = not any(seen.watched for seen in pages)
    missed = next((seen.missed for seen in pages if seen.missed and (seen.was_known or nothing_seen)), None)
    outcome = "changed" if changed else "not-looked" if missed else "same"
    shared.result |= {
        "outcome": outcome,
        "pages": [seen.as_json() for seen in pages],
        "baselines": str(baselines.folder),
    }
    verdict = _verdict(pages)
    files = _left(shared, pages, verdict, folder)
    everything = shared.flag("verbose")
    if changed or everything:
        shared.console.print(_table(pages, everything))
    for line in [*_not_found(pages), *_not_looked(pages), *(_not_shown(pages) if everything else ())]:
        _say(shared, "  " + line)
    for line in [
        *what_to_do(seen.watched.drift for seen in pages if seen.watched),
        *_first_looks(shared, pages, baselines),
        *files,
    ]:
        _say(shared, line)
    for name in shared.result["accepted"]:
        _say(shared, "  ✓ " + _("Accepted: {name}").format(name=name))
    _say(shared, ("✗ " if changed else "? " if missed else "✓ ") + verdict, "bold red" if changed else "bold")
    if changed:
        return 4
    if missed:
        raise missed
    return 0


def _say(shared: Shared, text: str, style: str | None = None) -> None:
    shared.console.print(text, style=style, markup=False, soft_wrap=True)


def _listed(names: Iterable[str]) -> str:
    return _(", ").join(dict.fromkeys(names))


def _verdict(pages: list[Seen]) -> str:
    """All in one sentence."""
    looked = [seen for seen in pages if seen.watched]
    count = len({seen.place.name for seen in looked})
    if changed := [seen.called for seen in looked if seen.is_changed]:
        return _("Changed: {pages}. Pages looked at: {count}.").format(pages=_listed(changed), count=count)
    if not looked:
        return _("No page could be looked at.")
    if any(seen.watched and not seen.watched.drift.is_first for seen in looked):
        return _("Nothing changed. Pages looked at: {count}.").format(count=count)
    elsewhere = any(seen.watched and seen.watched.drift.old for seen in looked)
    compared = (
        _("Older looks are there only in another language or form")
        if elsewhere
        else _("There was nothing to compare with")
    )
    told = _("{compared}; everything is as I know it. Pages looked at: {count}.")
    if any(seen.watched and seen.watched.drift.unknown for seen in looked):
        told = _("{compared}, and not everything was found. Pages looked at: {count}.")
    return told.format(compared=compared, count=count)


def _table(pages: list[Seen], everything: bool) -> Table:
    """What changed, page by page; with ``everything``, all that was looked for and how it was found."""
    table = Table(show_lines=True, expand=False)
    heads = (
        _("page / element"),
        _("what happened"),
        _("before"),
        _("now"),
        *((_("how I find it"),) if everything else ()),
    )
    for head in heads:
        table.add_column(head, overflow="fold", no_wrap=head == heads[0])
    names = [seen.place.name for seen in pages if seen.watched]
    for seen in pages:
        drift = seen.watched.drift if seen.watched else None
        if drift is None or not (seen.is_changed or everything):
            continue
        several = names.count(seen.place.name) > 1
        which = f"\n({form(drift, seen.place.shown)})" if several else ""
        for cells in page_changes(drift):
            table.add_row(*map(Text, (seen.place.name + which, *cells)))
        for element in drift.elements if everything else drift.changes:
            row = [f"{seen.place.name}/\n{element.name}{which}", in_a_word(element), *before_and_now(element)]
            table.add_row(*map(Text, [*row, how_found(element)] if everything else row))
    return table


def _not_found(pages: list[Seen]) -> list[str]:
    """What no wording of ours finds, though nothing older says that it was ever otherwise."""
    return [
        "? " + f"{seen.place.name}/{element.name}: " + not_found(element)
        for seen in pages
        if seen.watched
        for element in seen.watched.drift.unknown
    ]


def _not_looked(pages: list[Seen]) -> list[str]:
    """The pages that were not looked at, those together that have the same reason."""
    reasons: dict[str, list[Seen]] = {}
    for seen in pages:
        if seen.watched is None:
            reasons.setdefault(seen.why_not, []).append(seen)
    return [
        ("? " if any(seen.missed for seen in alike) else "– ")
        + _("Not looked at: {page}: {why}").format(page=_listed(seen.place.name for seen in alike), why=why)
        for why, alike in reasons.items()
    ]


def _not_shown(pages: list[Seen]) -> list[str]:
    """What a page need not show now, and when it does."""
    return [
        "– " + _("Not shown now: {name} ({when})").format(name=f"{seen.place.name}/{name}", when=when_shown(group))
        for seen in pages
        if seen.watched
        for name, group in seen.watched.drift.hidden
    ]


def _first_looks(shared: Shared, pages: list[Seen], baselines: Baselines) -> list[str]:
    """Which pages there was no older look at, and what became of these looks."""
    said = []
    kept = [seen for seen in pages if seen.is_kept]
    for lang in ("en", "ja"):
        if names := _listed(seen.place.name for seen in kept if seen.watched and seen.watched.drift.new.lang == lang):
            told = _("First look, in {language}, at {pages}: kept in {folder}. The next check compares with it.")
            said.append(told.format(language=language(lang), pages=names, folder=baselines.folder))
    told_otherwise = [seen for seen in pages if seen.is_kept or seen.is_changed]
    new = [s for s in pages if s.watched and s.watched.drift.is_first and s not in told_otherwise]
    if new:
        told = _("In {folder} is no older look at {pages}; there I looked whether everything is found as I know it.")
        if any(seen.watched and seen.watched.drift.old for seen in new):
            told = _(
                "In {folder} is no older look at {pages} in this language and form; there I looked whether everything is"
                " found as I know it."
            )
        elif len(new) == sum(seen.watched is not None for seen in pages):
            told = _("In {folder} is no older look to compare with; I looked whether everything is found as I know it.")
        said.append(told.format(pages=_listed(seen.place.name for seen in new), folder=baselines.folder))
        said.append(_("To keep this look there: {command}").format(command=_accept_command(shared, new, pages)))
    return said


def _left(shared: Shared, pages: list[Seen], verdict: str, folder: Path) -> list[str]:
    """Leave the files; gives what to say of them. Where none can be written, what was seen is told all the same."""
    try:
        return _write(shared, pages, verdict, folder)
    except OSError as error:
        why = getattr(error, "seen", None) or error.strerror or str(error)
        return ["! " + _("The report could not be written: {why}").format(why=f"{folder}: {why}")]


def _write(shared: Shared, pages: list[Seen], verdict: str, folder: Path) -> list[str]:
    """Leave ``drift.json``, and where something changed ``drift.html`` and ``heal.patch``. Raises OSError."""
    from automation.recording.drift_report import Story, drift_html
    from automation.recording.flow_file import as_text
    from automation.settings import write_private

    changed = [seen for seen in pages if seen.is_changed]
    for old in ("drift.html", "heal.patch"):  # those of an earlier look would tell of what is no more
        (folder / old).unlink(missing_ok=True)
    said = []
    if changed:
        stories = [Story(seen.place.name, seen.called, seen.watched) for seen in changed if seen.watched]
        not_looked = [(seen.place.name, seen.why_not) for seen in pages if seen.watched is None]
        patch, todo = _patch(changed, folder)
        said = [*todo, _("To accept it: {command}").format(command=_accept_command(shared, changed, pages))]
        report = write_private(folder / "drift.html", drift_html(stories, verdict, not_looked, said))
        shared.result |= {"report": str(report), "patch": patch}
        said = [_("The report: {path}").format(path=report), *said]
    write_private(folder / "drift.json", as_text(shared.result))
    return said


def _patch(changed: list[Seen], folder: Path) -> tuple[str | None, list[str]]:
    """The new wordings as ``heal.patch``, for a person to judge; its path, and what to say of it."""
    import flows.pages
    from automation.recording.patching import patch, source_root
    from automation.settings import write_private

    root = source_root(flows.pages)
    proposals = [one for seen in changed if seen.watched for one in seen.watched.drift.proposals()]
    text = patch(proposals, flows.pages, root)
    if not text:
        return None, []
    path = str(write_private(folder / "heal.patch", text))
    if root == Path.cwd():
        return path, [_("If the new wordings are right: git apply {path}").format(path=path)]
    return path, [_("New wordings, as a proposal to send to the makers of this tool: {path}").format(path=path)]


def _accept_command(shared: Shared, chosen: list[Seen], pages: list[Seen]) -> str:
    """The command that accepts these pages as they are, in the same practice world and language."""
    names = dict.fromkeys(seen.place.name for seen in chosen)
    if len(names) > 1 and set(names) == {seen.place.name for seen in pages if seen.watched}:
        names = {"all": None}
    lang = f" --lang {shared.values['lang']}" if shared.flag("sandbox") and "lang" in shared.values else ""
    return "autoconfigure check " + " ".join(f"--accept {name}" for name in names) + shared.practice_flags + lang
