"""``autoconfigure learned``: what a person showed on changed pages, as a list or as a patch for the page files."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from automation.cli.common import Shared, shared_command
from automation.cli.endings import EMPTY
from automation.messages import _

if TYPE_CHECKING:
    from automation.learned import Learned
    from automation.recording.patching import Proposal

_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


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
        shared.console.print(f"    {_(one.element)}: {old} → {one.new}", markup=False, soft_wrap=True)
    shared.console.print(_("To forget it all: autoconfigure forget"))
    return 0


def _print_patch(shared: Shared, known: list[Learned]) -> int:
    import flows
    import flows.pages
    from automation.recording.patching import patch

    here = (Path.cwd() / "flows" / "pages").is_dir()
    root = Path.cwd() if here else Path(flows.__path__[0]).parent
    proposals = list(_proposals(known))
    text = patch(proposals, flows.pages, root)
    shared.result["patch"] = text or None
    if not shared.wants_json:
        sys.stdout.write(text)
    if not text:
        print(_("Nothing to change: the page files know every wording that was learned."), file=sys.stderr)
    return 0


def _proposals(known: Iterable[Learned]) -> Iterable[Proposal]:
    """The new wordings of elements of the page files; what was learned for a recording belongs to that recording."""
    import flows.pages
    from automation.recording.patching import Proposal, definitions

    everything = definitions(flows.pages)
    modules = _modules()
    for one in known:
        called = [d for d in everything if d.element.called == one.element]
        here = [d for d in called if d.module == modules.get(one.page)] or called
        if len(here) == 1:
            yield Proposal(here[0].element, "ja" if _JAPANESE.search(one.new) else "en", one.new)


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
