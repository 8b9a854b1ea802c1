"""``autoconfigure check``: did the providers change their pages? Looks only, compares with older looks, says what changed."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from automation.cli.common import Shared, shared_command
from automation.cli.endings import EMPTY
from automation.errors import AutoconfigureError, BadSettings, NeedsPerson
from automation.messages import _

if TYPE_CHECKING:
    from rich.table import Table

    from automation.recording.baselines import Baselines
    from automation.recording.watch import Watch, Watched
    from automation.session import Session
    from flows.looking import Glance, Place

RECORDINGS = "recordings"
ALL = "all"


@dataclass
class Seen:
    """What became of one page: what was seen there, or why it was not looked at."""

    place: Place
    watched: Watched | None = None
    why_not: str = ""
    is_first: bool = False
    missed: AutoconfigureError | None = None  # what kept us from it, where that is not as it should be
    was_known: bool = False  # it was looked at before

    @property
    def outcome(self) -> str:
        """As ``--json`` tells it."""
        if self.watched is None:
            return "not-looked"
        return "changed" if self.watched.drift.is_changed else "same"

    @property
    def called(self) -> str:
        """The page's name for people."""
        return _(self.place.called)

    def as_json(self) -> dict[str, Any]:
        """As ``--json`` tells it."""
        drift = self.watched.drift if self.watched else None
        whole = {"language": drift and drift.other_language, "generation": drift and drift.other_generation}
        return {
            "page": self.place.name,
            "called": self.place.called,
            "outcome": self.outcome,
            "why": self.why_not or None,
            "lang": drift.new.lang if drift else None,
            "generation": (drift.new.generation or None) if drift else None,
            "first_look": self.is_first,
            "changed": [name for name, differs in whole.items() if differs],
            "elements": [element.as_json() for element in drift.elements] if drift else [],
            "hidden": [name for name, _group in drift.hidden] if drift else [],
        }


@shared_command(
    "check",
    _(
        "Look whether the providers changed their pages since the last accepted look, and say what changed. Clicks nothing"
        " that changes anything."
    ),
    click.Option(
        ["--accept"],
        multiple=True,
        metavar="PAGE[/ELEMENT]",
        help=_("From now on this is right as it is now; “all” for everything. May be given several times."),
    ),
)
def command(shared: Shared) -> int:
    """Look at every page, compare, tell, and leave the report."""
    shared.result = dict(EMPTY["check"])
    accepting = _checked_accepts(shared.values.get("accept") or ())
    with ExitStack() as stack:
        from automation.cli.session import open_session

        person, session = open_session(shared, stack)
        checkout = (Path.cwd() / RECORDINGS).is_dir()
        baselines = _baselines(shared, session, checkout)
        watch = _watch(session, baselines)
        person.no_input = True  # nobody is asked anything: what needs the person is not looked at
        with person.waiting(_("Looking at the pages; nothing is changed.")):
            pages = [_seen(shared, glance, watch, baselines, accepting) for glance in _glances(shared, session)]
    for page in accepting - set(shared.result["accepted"]):
        person.warn(_("There was nothing to accept for {name}.").format(name=page))
    return _tell(shared, pages, baselines, Path.cwd() if checkout else _own_home(shared))


# -- looking ----------------------------------------------------------------------------------------------------------


def _glances(shared: Shared, session: Session) -> Iterator[Glance]:
    """All pages; in the practice world with everything set up, and Outlook.com's older pane after today's."""
    from flows.looking import PLACES, look_at

    if shared.sandbox:
        shared.sandbox.control("/furnished", {})
    yield from look_at(session)
    if shared.sandbox:
        shared.sandbox.control("/set", {"pane": "radios"})
        session.look_afresh()
        yield from look_at(session, tuple(place for place in PLACES if place.name == "outlook-pop"))


def _seen(shared: Shared, glance: Glance, watch: Watch, baselines: Baselines, accepting: set[str]) -> Seen:
    """Compare one page, and accept of it what is to be accepted."""
    place = glance.place
    if glance.page is None:
        missed = (glance.error or _nobody(glance)) if glance.is_missed else None
        return Seen(place, why_not=glance.why_not, missed=missed, was_known=baselines.has(place.name))
    watched = watch.at(place.name, glance.page, place.shown)
    is_first = watched.drift.old is None
    if accepted := _accept(baselines, place, watched, accepting):
        shared.result["accepted"] += [name for name in accepted if name not in shared.result["accepted"]]
        watched = watch.again(place.name, watched, place.shown)
    elif is_first and baselines.private:
        baselines.keep(place.name, watched.drift.new, watched.where)
    elif is_first:
        nothing = _nothing_to_compare(place)
        return Seen(place, why_not=nothing.seen, missed=nothing, was_known=True)
    return Seen(place, watched, is_first=is_first)


def _accept(baselines: Baselines, place: Place, watched: Watched, accepting: set[str]) -> list[str]:
    """Keep what is to be kept from now on; gives what of ``accepting`` that was."""
    from dataclasses import replace

    from automation.recording.baselines import accepted

    if whole := accepting & {place.name, ALL}:
        baselines.keep(place.name, watched.drift.new, watched.where)
        return sorted(whole)
    drift, done = watched.drift, []
    for change in watched.drift.changes if drift.old else ():
        if (name := f"{place.name}/{change.name}") in accepting:
            drift = replace(drift, old=accepted(drift, change))
            done.append(name)
    if done and drift.old:
        baselines.keep(place.name, drift.old, watched.where)
    return done


def _nobody(glance: Glance) -> NeedsPerson:
    return NeedsPerson(
        _("Looking at {page}.").format(page=_(glance.place.called)),
        expected=_("the page, as at the last look"),
        seen=glance.why_not,
        todo=_("Sign in in that browser, then run the command again."),
    )


def _nothing_to_compare(place: Place) -> AutoconfigureError:
    return AutoconfigureError(
        _("Comparing {page} with an older look.").format(page=_(place.called)),
        expected=_("a look in {folder}").format(folder=f"{RECORDINGS}/pages"),
        seen=_("no older look to compare with"),
        todo=_("Keep this one: autoconfigure check --sandbox --accept {page}").format(page=place.name),
    )


def _checked_accepts(names: Sequence[str]) -> set[str]:
    """The pages and elements to accept. Raises BadSettings for a page there is not."""
    from flows.looking import PLACES

    known = [place.name for place in PLACES if place.make]
    for name in names:
        if name != ALL and name.partition("/")[0] not in known:
            raise BadSettings(
                _("There is no page named {name}.").format(name=name.partition("/")[0]),
                expected=", ".join([*known, ALL]),
                todo=_("Choose one of these with --accept."),
            )
    return set(names)


def _watch(session: Session, baselines: Baselines) -> Watch:
    import flows.pages
    from automation.recording.patching import definitions
    from automation.recording.redaction import Redaction
    from automation.recording.watch import Watch

    names = {id(one.element): one.name for one in definitions(flows.pages)}
    return Watch(Redaction(session.settings), baselines, names)


def _baselines(shared: Shared, session: Session, checkout: bool) -> Baselines:
    """Older looks: of the practice world those of the source checkout, else those in the person's home, by site."""
    from automation.recording.baselines import Baselines

    if shared.sandbox and checkout:
        return Baselines(Path.cwd() / RECORDINGS / "pages", private=False)
    site = urlsplit(session.settings.outlook_url).hostname or "site"
    return Baselines(_own_home(shared) / "baselines" / site)


def _own_home(shared: Shared) -> Path:
    """The person's own home, also where a practice world has a home of its own."""
    from automation.settings import read_settings

    return read_settings({}, os.environ, Path.cwd()).home if shared.sandbox else shared.settings.home


# -- telling ----------------------------------------------------------------------------------------------------------


def _tell(shared: Shared, pages: list[Seen], baselines: Baselines, home: Path) -> int:
    """The table, the files and the verdict; gives the exit code. Raises what kept us from a page we once looked at."""
    changed = [seen for seen in pages if seen.outcome == "changed"]
    nothing_seen = not any(seen.watched for seen in pages)
    missed = next((seen.missed for seen in pages if seen.missed and (seen.was_known or nothing_seen)), None)
    outcome = "changed" if changed else "not-looked" if missed else "same"
    shared.result |= {
        "outcome": outcome,
        "pages": [seen.as_json() for seen in pages],
        "baselines": str(baselines.folder),
    }
    verdict = _verdict(pages)
    files = _write(shared, pages, verdict, home / "drift")
    if changed or shared.flag("verbose"):
        shared.console.print(_table(pages, shared.flag("verbose")))
    _tell_rest(shared, pages, baselines)
    for line in files:
        _say(shared, line)
    _say(shared, ("✗ " if changed else "? " if missed else "✓ ") + verdict, "bold red" if changed else "bold")
    if changed:
        return 4
    if missed:
        raise missed
    return 0


def _verdict(pages: list[Seen]) -> str:
    """All in one sentence."""
    looked = [seen for seen in pages if seen.watched]
    changed = [seen for seen in looked if seen.outcome == "changed"]
    if changed:
        names = ", ".join(dict.fromkeys(seen.called for seen in changed))
        return _("Changed: {pages}. Pages looked at: {count}.").format(pages=names, count=len(looked))
    if not looked:
        return _("No page could be looked at.")
    return _("Nothing changed. Pages looked at: {count}.").format(count=len(looked))


def _table(pages: list[Seen], everything: bool) -> Table:
    """What changed, page by page; with ``everything``, all that was looked for and how it was found."""
    from rich.table import Table
    from rich.text import Text

    from automation.recording.drift_words import before_and_now, how_found, in_a_word, page_sentences

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
    for seen in pages:
        drift = seen.watched.drift if seen.watched else None
        for said in page_sentences(drift) if drift else []:
            table.add_row(Text(seen.place.name), Text(said))
        for element in (drift.elements if everything else drift.changes) if drift else ():
            cells = [f"{seen.place.name}/\n{element.name}", in_a_word(element), *before_and_now(element)]
            table.add_row(*map(Text, [*cells, how_found(element)] if everything else cells))
    return table


def _tell_rest(shared: Shared, pages: list[Seen], baselines: Baselines) -> None:
    """First looks, and what was not looked at: by default only what could have been."""
    from automation.recording.drift_words import when_shown

    first = [seen.place.name for seen in pages if seen.is_first and seen.place.name not in shared.result["accepted"]]
    if first:
        told = _("First look at {pages}: kept in {folder}, for later looks to be compared with.")
        _say(shared, told.format(pages=", ".join(first), folder=baselines.folder))
    for seen in pages:
        if seen.watched is None and (seen.missed or seen.place.make or shared.flag("verbose")):
            _say(shared, "  ? " + _("Not looked at: {page}: {why}").format(page=seen.place.name, why=seen.why_not))
    for seen in pages if shared.flag("verbose") else ():
        for name, group in seen.watched.drift.hidden if seen.watched else ():
            _say(
                shared,
                "  – "
                + _("Not shown now: {name} ({when})").format(name=f"{seen.place.name}/{name}", when=when_shown(group)),
            )
    for name in shared.result["accepted"]:
        _say(shared, "  ✓ " + _("Accepted: {name}").format(name=name))


def _say(shared: Shared, text: str, style: str | None = None) -> None:
    shared.console.print(text, style=style, markup=False, soft_wrap=True)


def _write(shared: Shared, pages: list[Seen], verdict: str, folder: Path) -> list[str]:
    """Leave ``drift.json``, and where something changed ``drift.html`` and ``heal.patch``; gives what to say of them."""
    from automation.recording.drift_report import Story, drift_html
    from automation.recording.flow_file import as_text
    from automation.settings import write_private

    changed = [seen for seen in pages if seen.outcome == "changed" and seen.watched]
    for old in ("drift.html", "heal.patch"):  # those of an earlier look would tell of what is no more
        (folder / old).unlink(missing_ok=True)
    said = []
    if changed:
        stories = [Story(seen.place.name, seen.called, seen.watched) for seen in changed if seen.watched]
        not_looked = [(seen.place.name, seen.why_not) for seen in pages if seen.watched is None]
        patch, todo = _patch(changed, folder)
        said = [*todo, _("To accept it: {command}").format(command=_accept_command(changed) + shared.practice_flags)]
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


def _accept_command(changed: list[Seen]) -> str:
    names = dict.fromkeys(seen.place.name for seen in changed)
    return "autoconfigure check " + " ".join(f"--accept {name}" for name in names)
