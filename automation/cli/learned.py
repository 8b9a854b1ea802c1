"""``autoconfigure learned``: what a person showed on changed pages, as a list or as a patch for the page files."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from automation.cli.common import Shared, shared_command
from automation.cli.endings import EMPTY
from automation.messages import _, said_of

if TYPE_CHECKING:
    from automation.learned import Learned
    from automation.recording.patching import Proposal


@shared_command(
    "learned",
    _("Show what you taught this tool about pages that had changed."),
    click.Option(
        ["--patch"], is_flag=True, default=None, help=_("Print it as a change to flows/pages, for “git apply”.")
    ),
)
def command(shared: Shared) -> int:
    """List it, or print the patch and nothing else."""
    from automation.learned import Memory

    shared.result = dict(EMPTY["learned"])
    known = Memory(shared.settings.home).all
    shared.result["learned"] = [asdict(one) for one in known]
    if shared.flag("patch"):
        return _print_patch(shared, known)
    if not known:
        shared.console.print(_("Nothing was learned so far: no page had to be asked about."))
        return 0
    shared.console.print(_("What you showed, and what is used from now on:"))
    for one in known:
        old = " / ".join(one.old[:3]) or "–"
        shared.console.print(f"  {one.site} · {_(one.page)} · {one.when[:10]}", markup=False, soft_wrap=True)
        shared.console.print("    " + said_of(_(one.element), f"{old} → {one.new}"), markup=False, soft_wrap=True)
    shared.console.print(_("To forget it all: autoconfigure forget"))
    return 0


def _print_patch(shared: Shared, known: list[Learned]) -> int:
    import flows.pages
    from automation.recording.patching import patch, source_root

    text = patch(_proposals(known), flows.pages, source_root(flows.pages))
    shared.result["patch"] = text or None
    if not shared.wants_json:
        sys.stdout.write(text)
    if not text:
        why = (
            _("Nothing to change: what was learned is known to the page files, or belongs to a recording.")
            if known
            else _("Nothing was learned so far, so there is nothing to put into a patch.")
        )
        print(why, file=sys.stderr)
    return 0


def _proposals(known: Iterable[Learned]) -> Iterable[Proposal]:
    """The new wordings of elements of the page files; what was learned for a recording belongs to that recording."""
    import flows.pages
    from automation.element import JAPANESE_LETTER
    from automation.recording.patching import Proposal, definitions

    everything = definitions(flows.pages)
    modules = _modules()
    for one in known:
        called = [d for d in everything if d.element.called == one.element]
        here = [d for d in called if d.module == modules.get(one.page)] or called
        if len(here) == 1:
            yield Proposal(here[0].element, "ja" if JAPANESE_LETTER.search(one.new) else "en", one.new)


def _modules() -> dict[str, str]:
    """The page file of each page, by the page's English name."""
    from automation.page import Page

    todo, found = [*Page.__subclasses__()], {}
    while todo:
        page = todo.pop()
        todo += page.__subclasses__()
        if page.called:
            found[page.called] = page.__module__.rpartition(".")[2]
    return found
