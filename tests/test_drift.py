"""What a changed page is told as: a look compared with an older one, on the committed looks at the practice pages."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import flows.pages
from automation.element import Item, Lesson
from automation.recording.baselines import Baselines, accepted
from automation.recording.drift import Drift, compare
from automation.recording.drift_words import fragment, page_changes, sentence, what_to_do
from automation.recording.flow_file import model_items, read_json
from automation.recording.patching import Proposal, definitions, patch, with_wording
from automation.recording.redaction import Redaction
from automation.recording.view import View, from_kept, view
from automation.settings import Settings
from flows.looking import PLACES

ROOT = Path(__file__).resolve().parent.parent
LOOKS = ROOT / "recordings" / "pages"
DEFINED = definitions(flows.pages)
NAMES = {id(one.element): one.name for one in DEFINED}
SHOWN = {place.name: place.shown for place in PLACES}
Change = Callable[[list[Item]], list[Item]]


def look(page: str, lang: str = "en", generation: str = "") -> View:
    """A committed look at a practice page."""
    ending = f".{generation}" if generation else ""
    items = model_items(read_json(LOOKS / f"{page}.{lang}{ending}.model.json"))
    return from_kept(items, lang, generation)  # type: ignore[arg-type]  # en or ja


def told(page: str, old: View, new: View) -> Drift:
    """What the comparison says."""
    return compare(SHOWN[page], NAMES, old, new)


def changed(seen: View, name: str, change: Callable[[Item], Item | None]) -> View:
    """The view with the items of this name changed, or gone."""
    items = [change(item) if name in item.names else item for item in seen.items]
    return replace(seen, items=tuple(item for item in items if item))


def renamed(new: str) -> Callable[[Item], Item]:
    """Gives an item another name."""
    return lambda item: replace(item, names=(new,))


def changes(drift: Drift) -> list[tuple[str, str, str, str | None, str | None]]:
    """What is told to a script: which element, what happened, how it is found, its old and its new name."""
    listed = [change.as_json() for change in drift.changes]
    return [(c["name"], c["change"], c["found"], c["old"], c["new"]) for c in listed]


ACCOUNTS = look("gmail-accounts", generation="pop")
FORWARDING = look("outlook-forwarding")
POP = look("outlook-pop", generation="switch")


def test_a_renamed_label_is_named_and_a_wording_proposed() -> None:
    """A new name is told with the old one, found by the rest of the page, and proposed as a wording in the page's language."""
    name = "Keep a copy of forwarded messages"
    drift = told("outlook-forwarding", FORWARDING, changed(FORWARDING, name, renamed("Leave a copy here")))

    assert changes(drift) == [("keep-copy", "renamed", "candidate", name, "Leave a copy here")]
    assert [(p.element.called, p.lang, p.wording) for p in drift.proposals()] == [
        ("the box “Keep a copy of forwarded messages”", "en", "Leave a copy here")
    ]
    assert sentence(drift.changes[0]).endswith(
        "was “Keep a copy of forwarded messages” and is “Leave a copy here” now."
    )
    assert [(line.old, line.new) for line in fragment(drift, drift.changes[0]) if line.is_it] == [
        ("checkbox “Keep a copy of forwarded messages” [✓]", "checkbox “Leave a copy here” [✓]")
    ]


def test_case_alone_is_a_new_name_and_space_alone_is_none() -> None:
    """“add a mail account” is asked about and therefore told; white space and a final colon are not."""
    spaced = changed(ACCOUNTS, "Add a mail account", renamed(" Add a\u00a0 mail account: "))
    small = changed(ACCOUNTS, "Add a mail account", renamed("add a mail account"))

    assert not told("gmail-accounts", ACCOUNTS, spaced).is_changed
    assert changes(told("gmail-accounts", ACCOUNTS, small)) == [
        ("add-mail-account", "renamed", "candidate", "Add a mail account", "add a mail account")
    ]


def test_another_known_wording_is_told_but_not_proposed() -> None:
    """A wording we know still works; that the provider uses another one now is told all the same."""
    drift = told(
        "outlook-forwarding", FORWARDING, changed(FORWARDING, "Enable forwarding", renamed("Start forwarding"))
    )

    assert changes(drift) == [("forwarding-switch", "renamed", "known", "Enable forwarding", "Start forwarding")]
    assert drift.proposals() == []


def test_what_a_person_showed_is_found_and_told() -> None:
    """A renamed link that a person showed us is found by that; that the provider renamed it is told all the same."""
    new = changed(ACCOUNTS, "View history", renamed("Past fetches"))
    shown = next(item for item in new.items if item.name == "Past fetches")
    lesson = Lesson(shown.role, shown.name, shown.sections)
    lessons = lambda element: (lesson,) if element.called == "the link “View history”" else ()  # noqa: E731
    drift = told("gmail-accounts", ACCOUNTS, view(SHOWN["gmail-accounts"], new.items, Redaction(Settings()), lessons))

    assert changes(drift) == [("view-history", "renamed", "learned", "View history", "Past fetches")]


def test_what_is_gone_is_gone_whatever_else_is_there() -> None:
    """Without “View history” nothing stands in for it, and with “Add a mail account” gone no other link does."""
    without = changed(changed(ACCOUNTS, "View history", lambda _i: None), "Add a mail account", lambda _i: None)

    assert changes(told("gmail-accounts", ACCOUNTS, without)) == [
        ("add-mail-account", "gone", "none", "Add a mail account", None),
        ("view-history", "gone", "none", "View history", None),
    ]


def test_a_twin_makes_a_thing_unsure() -> None:
    """Two switches of one name in one section: none is acted on, and that is told."""
    switch = next(item for item in POP.items if item.name == "Let devices and apps use POP")
    twins = replace(POP, items=(*POP.items, replace(switch, index=99)))

    assert changes(told("outlook-pop", POP, twins)) == [
        ("pop-switch", "unclear", "candidate", switch.name, switch.name)
    ]


def test_what_moved_to_another_part_is_told_with_both_places() -> None:
    """A choice among the links of another section is found, and told to have moved; a section renamed throughout is no move."""
    links = next(item.sections for item in ACCOUNTS.items if item.name == "Add a mail account")
    moved = changed(ACCOUNTS, "Always reply from default address", lambda i: replace(i, sections=links))
    drift = told("gmail-accounts", ACCOUNTS, moved)
    reworded = [
        replace(i, sections=tuple(s.replace("When replying", "On replying") for s in i.sections))
        for i in ACCOUNTS.items
    ]

    assert [(c.name, c.change, c.found, c.old_place, c.new_place) for c in drift.changes] == [
        ("reply-from-default", "moved", "first", "When replying to a message:", "Check mail from other accounts:")
    ]
    assert not told("gmail-accounts", ACCOUNTS, replace(ACCOUNTS, items=tuple(reworded))).is_changed


@pytest.mark.parametrize(
    ("role", "name", "beside", "is_told"),
    [
        ("checkbox", "I understand", "Let devices and apps use POP", True),
        ("button", "Continue", "Let devices and apps use POP", True),
        ("tab", "Copilot", "Layout", False),
        ("switch", "Let devices and apps use CalDAV", "Enable forwarding", False),
        ("heading", "Tip of the day", "Let devices and apps use POP", False),
    ],
)
def test_only_what_is_new_on_the_way_is_told(role: str, name: str, beside: str, is_told: bool) -> None:
    """A new box beside the switch is told; a new tab, a heading, or something in another part of the page is not."""
    place = next(item.sections for item in POP.items if item.name == beside)
    new = Item(99, role, (name,), place, True, False, None, (), None, None, "")
    drift = told("outlook-pop", POP, replace(POP, items=(*POP.items, new)))

    assert changes(drift) == ([("new-1", "new", "none", None, name)] if is_told else [])


def test_what_shows_only_after_you_is_not_new_on_the_way() -> None:
    """The POP part of the pane, hidden until the person confirmed who they are, adds nothing to the forwarding part."""
    part = [item for item in FORWARDING.items if "POP and IMAP" in item.sections and item.name != "POP and IMAP"]
    off = changed(FORWARDING, "Forward my email to", lambda _i: None)
    off = changed(off, "Keep a copy of forwarded messages", lambda _i: None)
    off = changed(off, "Enable forwarding", lambda i: replace(i, checked=False))
    # The ways to other panes are links elsewhere: then the pane's own heading tells one part of the page from another.
    off = replace(off, items=tuple(replace(i, role="link") if i.role == "tab" else i for i in off.items))
    before = replace(off, items=tuple(item for item in off.items if item not in part))

    assert len(part) > 3
    assert changes(told("outlook-forwarding", before, off)) == []


def test_a_second_row_and_a_days_counts_are_no_change() -> None:
    """Somebody else's fetched account, with the same links and another address, changes nothing that is ours."""
    rows = [
        item
        for item in ACCOUNTS.items
        if item.row_addresses == ("${outlook_address}",) and item.name != "Add a mail account"
    ]
    other = [replace(item, row_addresses=("${address}",)) for item in rows]

    assert not told("gmail-accounts", ACCOUNTS, replace(ACCOUNTS, items=(*ACCOUNTS.items, *other))).is_changed


def test_what_need_not_show_is_not_missed() -> None:
    """With POP off, its choices go; without a row, its links: neither is a change, nor that they come back."""
    off = changed(POP, "Let devices and apps use POP", lambda i: replace(i, checked=False))
    off = changed(off, "Let devices and apps delete messages from Outlook", lambda _i: None)
    rowless = replace(ACCOUNTS, items=tuple(i for i in ACCOUNTS.items if "${OUTLOOK" not in "".join(i.sections[:3])))
    rowless = changed(rowless, "Check mail now", lambda _i: None)
    rowless = changed(rowless, "View history", lambda _i: None)

    for page, full, less in (("outlook-pop", POP, off), ("gmail-accounts", ACCOUNTS, rowless)):
        assert len(less.items) < len(full.items)
        assert changes(told(page, full, less)) == []
        assert changes(told(page, less, full)) == []


def test_another_language_is_no_change() -> None:
    """Of the page in Japanese it is told that it is in Japanese; it counts as changed only where a word there is unknown."""
    japanese = look("gmail-accounts", "ja", "pop")
    drift = told("gmail-accounts", ACCOUNTS, japanese)
    lost = told("gmail-accounts", ACCOUNTS, changed(japanese, "履歴を表示", renamed("これまでの取得")))

    assert page_changes(drift) == [("The page is in Japanese now; it was in English.", "English", "Japanese")]
    assert (drift.is_changed, drift.is_first, changes(drift)) == (False, True, [])
    assert {e.found for e in drift.elements} == {"first", "known"}
    assert changes(lost) == [("view-history", "unclear", "candidate", "View history", "これまでの取得")]
    assert sentence(lost.changes[0]) == "the link “View history” is not found for sure: “これまでの取得” may be it."


def test_what_a_first_look_does_not_find() -> None:
    """It is no change, since nothing older says that it was there; the person is told what to do about it."""
    lost = changed(ACCOUNTS, "View history", renamed("What was fetched"))
    first, later = (compare(SHOWN["gmail-accounts"], NAMES, old, lost) for old in (None, lost))

    assert [(drift.is_changed, [e.name for e in drift.unknown]) for drift in (first, later)] == [
        (False, ["view-history"])
    ] * 2
    assert "an ordinary run asks you to show it" in what_to_do([later, first])[0]
    assert what_to_do([later]) == []


def test_what_the_person_chose_is_no_change() -> None:
    """Two-step verification switched off since the last look is not the provider's doing."""
    on = look("microsoft-security", generation="two-step-on")
    off = changed(changed(on, "App passwords", lambda _i: None), "Create a new app password", lambda _i: None)
    link = Item(
        99, "link", ("Turn on two-step verification",), on.items[0].sections, True, None, None, (), None, None, ""
    )
    drift = told("microsoft-security", on, replace(off, items=(*off.items, link), generation="two-step-off"))

    assert (changes(drift), drift.is_changed, drift.is_first) == ([], False, True)


def test_the_newest_wording_is_as_it_should_be() -> None:
    """Once a patch has made the new wording ours, an older look with the old one is no reason to tell it again.

    An older look with a wording that nobody knows is.
    """
    older, unheard = (changed(FORWARDING, "Enable forwarding", renamed(n)) for n in ("Start forwarding", "Pass it on"))

    assert changes(told("outlook-forwarding", older, FORWARDING)) == []
    assert changes(told("outlook-forwarding", unheard, FORWARDING)) == [
        ("forwarding-switch", "renamed", "first", "Pass it on", "Enable forwarding")
    ]


def test_another_generation_is_one_change(tmp_path: Path) -> None:
    """The older pane instead of today's is told as such, and nothing of today's is missed; both kept, each is itself."""
    radios = look("outlook-pop", generation="radios")
    drift = told("outlook-pop", POP, radios)
    kept = Baselines(tmp_path)
    for one in (POP, radios):
        kept.keep("outlook-pop", one, "")

    forms = "the one with a switch", "the one with “Yes” and “No”"
    assert page_changes(drift) == [(f"The page has another form, which I know too: {forms[1]}.", *forms)]
    assert drift.is_changed
    assert changes(drift) == []
    assert kept.find("outlook-pop", radios) == radios
    assert kept.find("outlook-pop", POP) == POP


def test_a_withdrawn_part_is_gone_where_it_was_before() -> None:
    """A Gmail that had “Check mail from other accounts” and shows nothing of it now has lost the link that was always there."""
    drift = told("gmail-accounts", ACCOUNTS, replace(look("gmail-accounts"), generation=None))

    assert [(name, what) for name, what, *_rest in changes(drift)] == [("add-mail-account", "gone")]


def test_one_element_is_accepted_and_no_other() -> None:
    """What was accepted is as it was from then on; what was not still differs."""
    new = changed(changed(ACCOUNTS, "View history", lambda _i: None), "Add a mail account", renamed("Add a mailbox"))
    drift = told("gmail-accounts", ACCOUNTS, new)

    for change in drift.changes:
        again = told("gmail-accounts", accepted(drift, change), new)
        assert {c.name for c in again.changes} == {c.name for c in drift.changes} - {change.name}


# -- what a page file declares ----------------------------------------------------------------------------------------


def test_every_element_belongs_to_a_page() -> None:
    """Each element of the page files is declared on a page, and each page is looked at or says why it is not."""
    declared = {id(e) for groups in SHOWN.values() for group in groups for e in group.elements}

    assert [one.name for one in DEFINED if id(one.element) not in declared] == []
    assert [place.name for place in PLACES if not place.shown or bool(place.make) == bool(place.why_not)] == []
    assert {group.page for place in PLACES for group in place.kind.elements} == set(SHOWN)


# -- patches ----------------------------------------------------------------------------------------------------------


def test_a_patch_adds_the_wording_to_the_right_element(tmp_path: Path) -> None:
    """`git apply` takes the patch; the wording is the newest of its language, even where there was none; a known one adds nothing.

    The file is laid out as it was.
    """
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    folder = tmp_path / "flows" / "pages"
    folder.mkdir(parents=True)
    for file in (ROOT / "flows" / "pages").glob("*.py"):
        (folder / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    by_name = {(one.module, one.name): one.element for one in DEFINED}
    proposals = [
        Proposal(by_name["gmail", "add-mail-account"], "ja", "メールボックスを追加"),
        Proposal(by_name["gmail", "delete-pop"], "en", 'say "delete"'),
        Proposal(by_name["outlook", "save"], "en", "Keep"),  # its wordings stand in a variable of their own
        Proposal(by_name["gmail", "check-now"], "en", "Check mail now"),
        Proposal(by_name["gmail", "view-history"], "en", "See what was fetched from the other account"),
    ]
    (tmp_path / "heal.patch").write_text(patch(proposals, flows.pages, tmp_path), encoding="utf-8")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "apply", "heal.patch"], cwd=tmp_path, check=True)

    healed = (folder / "gmail.py").read_text(encoding="utf-8")
    assert 'ja=("メールボックスを追加", "メール アカウントを追加する", "メール アカウントを追加")' in healed
    assert """Words(en=('say "delete"',), unsure=("delete", "Delete", "削除"))""" in healed
    assert '_SAVE = Words(en=("Keep", "Save"), ja=("保存",))' in (folder / "outlook.py").read_text(encoding="utf-8")
    lines = (tmp_path / "heal.patch").read_text(encoding="utf-8").splitlines()
    assert len([line for line in lines if re.match("-(?!-)", line)]) == 4
    subprocess.run([sys.executable, "-m", "ruff", "format", "--check", str(folder)], check=True)
    assert patch(proposals[3:4], flows.pages, tmp_path) == ""


@pytest.mark.parametrize("module", sorted({one.module for one in DEFINED}))
def test_every_element_can_be_given_a_wording(module: str) -> None:
    """Whatever the shape of its definition, a wording comes first among those of its language, and the file stays Python."""
    source = (ROOT / "flows" / "pages" / f"{module}.py").read_text(encoding="utf-8")
    ours = [one for one in DEFINED if one.module == module]
    for one in ours:
        source = with_wording(with_wording(source, one.variable, "en", "新しい “word”"), one.variable, "ja", "別の")
    space: dict[str, Any] = {}
    exec(compile(source, module, "exec"), space)

    for one in ours:
        words = space[one.variable].words
        assert (words.en[0], words.ja[0]) == ("新しい “word”", "別の")
        assert words.en[1:] + words.ja[1:] + words.unsure == one.element.words.all()
