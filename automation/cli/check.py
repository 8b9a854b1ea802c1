"""``autoconfigure check``: did the providers change their pages? Looks only, compares with older looks, says what changed."""

from __future__ import annotations

import os
import re
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
    from automation.recording.baselines import Baselines
    from automation.recording.watch import Watch, Watched
    from automation.session import Session
    from flows.looking import Glance, Place

RECORDINGS = "recordings"
ALL = "all"
_NEW = re.compile(r"new-\d+")  # what is new on the way has no name of ours


@dataclass
class Seen:
    """What became of one page: what was seen there, or why it was not looked at."""

    place: Place
    watched: Watched | None = None
    why_not: str = ""
    is_kept: bool = False  # later looks are compared with this one
    missed: AutoconfigureError | None = None  # what kept us from it, where that is not as it should be
    was_known: bool = False  # it was looked at before

    @property
    def is_changed(self) -> bool:
        """Whether the provider changed it."""
        return self.watched is not None and self.watched.drift.is_changed

    @property
    def outcome(self) -> str:
        """As ``--json`` tells it."""
        return "changed" if self.is_changed else "same" if self.watched else "not-looked"

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
            "first_look": drift is not None and drift.is_first,
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
        metavar=_("PAGE[/ELEMENT]"),
        help=_("From now on this is right as it is now; “all” for everything. May be given several times."),
    ),
)
def command(shared: Shared) -> int:
    """Look at every page, compare, tell, and leave the report."""
    from automation.cli import check_told

    shared.result = dict(EMPTY["check"])
    names = _names()
    accepting = _checked_accepts(shared.values.get("accept") or (), names)
    baselines = _baselines(shared)
    baselines.read_all()
    with ExitStack() as stack:
        from automation.cli.session import open_session

        person, session = open_session(shared, stack)
        watch = _watch(session, baselines, names)
        person.no_input = True  # nobody is asked anything: what needs the person is not looked at
        with person.waiting(_("Looking at the pages; nothing is changed.")):
            pages = [_seen(shared, glance, watch, baselines, accepting) for glance in _glances(shared, session)]
    for page in accepting - set(shared.result["accepted"]):
        person.warn(_("There was nothing to accept for {name}.").format(name=page))
    checkout = (Path.cwd() / RECORDINGS).is_dir()
    return check_told.tell(shared, pages, baselines, (Path.cwd() if checkout else _own_home(shared)) / "drift")


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
    """Compare one page, and accept of it what is to be accepted.

    A live page that nothing changed on is kept at its first look in a language, in all its forms; what changed, and the
    practice pages, are kept by ``--accept`` alone.
    """
    place = glance.place
    if glance.page is None:
        missed = (glance.error or _nobody(glance)) if glance.is_missed else None
        return Seen(place, why_not=glance.why_not, missed=missed, was_known=baselines.has(place.name))
    watched = watch.at(place.name, glance.page, place.shown)
    if accepted := _accept(baselines, place, watched, accepting):
        shared.result["accepted"] += [name for name in accepted if name not in shared.result["accepted"]]
        return Seen(place, watch.again(place.name, watched, place.shown))
    keeps = baselines.private and watched.drift.is_first and not watched.drift.is_changed
    if keeps:
        baselines.keep(place.name, watched.drift.new, watched.where)
    return Seen(place, watched, is_kept=keeps)


def _accept(baselines: Baselines, place: Place, watched: Watched, accepting: set[str]) -> list[str]:
    """Keep what is to be kept from now on; gives what of ``accepting`` that was."""
    from dataclasses import replace

    from automation.recording.baselines import accepted

    if whole := accepting & {place.name, ALL}:
        baselines.keep(place.name, watched.drift.new, watched.where)
        return sorted(whole)
    drift, done = watched.drift, []
    for change in watched.drift.changes if not drift.is_first else ():
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


def _checked_accepts(given: Sequence[str], names: dict[int, str]) -> set[str]:
    """The pages and elements to accept. Raises BadSettings for what there is not."""
    from flows.looking import PLACES

    pages = {place.name: place for place in PLACES if place.make}
    for page, slash, element in (name.partition("/") for name in given):
        if page not in pages and (page != ALL or slash):
            raise BadSettings(
                _("There is no page named {name}.").format(name=page),
                expected=", ".join([*pages, ALL]),
                todo=_("Choose one of these with --accept."),
            )
        known = [names[id(one)] for group in pages[page].shown for one in group.elements] if slash else []
        if slash and element not in known and not _NEW.fullmatch(element):
            raise BadSettings(
                _("There is no element named {name} on the page {page}.").format(name=element, page=page),
                expected=", ".join(f"{page}/{one}" for one in known),
                todo=_("Choose one of these with --accept."),
            )
    return set(given)


def _names() -> dict[int, str]:
    """What all elements are called on the command line, by id()."""
    import flows.pages
    from automation.recording.patching import definitions

    return {id(one.element): one.name for one in definitions(flows.pages)}


def _watch(session: Session, baselines: Baselines, names: dict[int, str]) -> Watch:
    from automation.recording.redaction import Redaction
    from automation.recording.watch import Watch

    return Watch(Redaction(session.settings), baselines, names)


def _baselines(shared: Shared) -> Baselines:
    """Older looks: of the practice world those of the working folder, else those in the person's home, by site."""
    from automation.recording.baselines import Baselines

    if shared.flag("sandbox"):
        return Baselines(Path.cwd() / RECORDINGS / "pages", private=False)
    site = urlsplit(shared.settings.outlook_url).hostname or "site"
    return Baselines(_own_home(shared) / "baselines" / site)


def _own_home(shared: Shared) -> Path:
    """The person's own home, also where a practice world has a home of its own."""
    from automation.settings import read_settings

    return read_settings({}, os.environ, Path.cwd()).home if shared.flag("sandbox") else shared.settings.home
