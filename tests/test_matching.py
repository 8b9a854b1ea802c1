"""What replay acts on when a page has changed: a known name in its own place, or nothing; the rest is asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from automation.element import Found, Item, Lesson, Risk
from automation.recording.flow_file import Want
from automation.recording.matching import match


def page(*elements: Item) -> list[Item]:
    """A page with these elements, in this order."""
    return [replace(one, index=place) for place, one in enumerate(elements)]


def item(role: str, name: str, *sections: str, row: str | None = None, **ids: str) -> Item:
    """An element of a page."""
    names = (name,) if name else ()
    return Item(0, role, names, sections, True, None, None, (), None, (row,) if row else None, "", ids)


def want(model: list[Item], name: str, known: tuple[str, ...] = (), row: str | None = None, nth: int = 0) -> Want:
    """The element of a recorded page that was acted on."""
    one = [i for i in model if i.name == name and row in (None, *(i.row_addresses or ()))][nth]
    return Want(one.role, one.names, name, one.sections, known, one.ids, row, {}, one.index)


def answer(found: Found) -> tuple[str | None, str]:
    """The name of what would be acted on, and how it was found."""
    return found.item.name if found.item else None, found.how


POP, PANE, REST = "POP and IMAP", "Forwarding and IMAP", "Settings"
OUTLOOK = page(
    item("heading", PANE),
    item("switch", "Let devices and apps use POP", POP, PANE, id="pop"),
    item("switch", "Let devices and apps use IMAP", "IMAP", PANE, id="imap"),
    item("button", "Save", "Changes", PANE, id="save"),
    item("button", "Discard", "Changes", PANE, id="discard"),
    item("link", "Learn more", PANE, id="more", path="/help"),
)
SAVE = want(OUTLOOK, "Save", known=("保存",))


def without(name: str, *more: Item) -> list[Item]:
    """The page of OUTLOOK without one element and with some others."""
    return page(*(i for i in OUTLOOK if i.name != name), *more)


def instead(name: str, other: Item) -> list[Item]:
    """The page of OUTLOOK with another element in the place of one."""
    return page(*(other if i.name == name else i for i in OUTLOOK))


# -- rule 1 ---------------------------------------------------------------------------------------------------------


def test_what_has_not_changed_is_acted_on() -> None:
    """Role, name and section as recorded: acted on, with a model and without."""
    assert answer(match(SAVE, "", OUTLOOK, OUTLOOK)) == ("Save", "first")
    assert answer(match(SAVE, "destructive", OUTLOOK)) == ("Save", "first")
    assert answer(match(SAVE, "", instead("Save", item("button", "保存", "Changes", PANE, id="save")), OUTLOOK)) == (
        "保存",
        "known",
    )


def test_a_near_namesake_is_never_acted_on() -> None:
    """With "Save" gone and "Save and close account" left, nothing is acted on; it is at most a candidate."""
    page_now = without("Save", item("button", "Save and close account", "Changes", PANE, id="save"))
    for model in (OUTLOOK, None):
        found = match(SAVE, "", page_now, model)

        assert answer(found) == (None, "candidate")
        assert found.candidates[0].name == "Save and close account"


def test_a_removed_element_has_no_stand_in() -> None:
    """With "Save" gone and nothing new on the page, nobody is even proposed: the others are who they were."""
    bare = page(*(replace(i, ids={}) for i in OUTLOOK))

    assert match(SAVE, "", without("Save"), OUTLOOK) == Found(None, (), "none")
    assert match(want(bare, "Save"), "", page(*(i for i in bare if i.name != "Save")), bare) == Found(None, (), "none")


DIALOGS = page(
    item("button", "Save", "Name", "Profile", REST, id="a"),
    item("button", "Cancel", "Name", "Profile", REST, id="b"),
    item("button", "Save", "Signature", REST, id="c"),
    item("button", "Cancel", "Signature", REST, id="d"),
)


@pytest.mark.parametrize("place", [0, 2])
def test_of_two_namesakes_the_one_in_its_section_is_meant(place: int) -> None:
    """Two "Save" buttons are told apart by their sections; with one gone the other does not stand in for it."""
    wanted = want(DIALOGS, "Save", nth=place // 2)
    gone = page(*(i for i in DIALOGS if i.index != place))

    found = match(wanted, "", DIALOGS[::-1], DIALOGS)
    assert found.item == DIALOGS[place]
    assert match(wanted, "", gone, DIALOGS).item is None
    assert match(wanted, "", gone).item is None


def test_who_has_no_section_of_its_own_is_not_mistaken() -> None:
    """Where a namesake stands in all the same sections and more, neither stands in for the other."""
    outer = page(
        item("button", "Delete", REST), item("textbox", "Filter", REST), item("button", "Delete", "Filters", REST)
    )

    for nth, place in ((0, 0), (1, 2)):
        wanted = want(outer, "Delete", nth=nth)
        assert match(wanted, "destructive", outer, outer).item == outer[place]
        assert match(wanted, "destructive", page(*(i for i in outer if i.index != place)), outer).item is None


def test_of_twins_nobody_can_say_which_one_went() -> None:
    """Two links that only their order tells apart are each found; when one is gone, the other is asked about."""
    twins = page(item("button", "Back"), *(item("link", "edit info", "Send as") for _ in "ab"), item("link", "Add one"))

    for nth in (0, 1):
        assert match(want(twins, "edit info", nth=nth), "", twins, twins).item == twins[1 + nth]
        for gone in (1, 2):
            left = page(*(i for i in twins if i.index != gone))
            assert answer(match(want(twins, "edit info", nth=nth), "", left, twins)) == (None, "candidate")


def test_a_namesake_elsewhere_is_not_the_one() -> None:
    """A new "Save" in another section, with the wanted one gone, is asked about; with it there, left alone."""
    elsewhere = item("button", "Save", "Close your account", PANE, id="bye")

    assert answer(match(SAVE, "", without("Save", elsewhere), OUTLOOK)) == (None, "candidate")
    assert answer(match(SAVE, "", page(elsewhere, *OUTLOOK), OUTLOOK)) == ("Save", "first")


def test_a_decoy_in_the_same_section() -> None:
    """Of two with role, name and section the same, the one that is in its place is meant; without a model both are asked."""
    twins = page(*OUTLOOK, item("button", "Save", "Changes", PANE))

    assert answer(match(replace(SAVE, ids={}), "", twins)) == (None, "candidate")
    assert match(SAVE, "destructive", twins, OUTLOOK).item == twins[3]


def test_a_stranger_in_the_same_section_is_not_the_one() -> None:
    """With the wanted one gone and its id with it, a namesake that the site calls otherwise is asked about."""
    stranger = item("button", "Save", "Changes", PANE, id="save-and-quit")

    assert answer(match(SAVE, "", instead("Save", stranger), OUTLOOK)) == (None, "candidate")
    everything_new = page(*(replace(i, ids={"id": f"x{i.index}"}) for i in OUTLOOK))
    assert answer(match(SAVE, "", everything_new, OUTLOOK)) == ("Save", "first")


def test_what_only_changed_its_neighbours_is_still_among_them() -> None:
    """In a section whose few elements changed places the wanted one is found, without any id."""
    bare = page(*(replace(i, ids={}) for i in OUTLOOK))
    shuffled = page(bare[4], *bare[:3], bare[5], bare[3])

    assert answer(match(want(bare, "Save"), "account", shuffled, bare)) == ("Save", "first")


def test_a_row_is_kept_to() -> None:
    """What was done in the row of one mail address is done there, or asked about; never in another's row."""
    rows = page(*(item("link", "delete", "Send mail as", row=f"{who}@x.example") for who in "abc"))
    wanted = want(rows, "delete", row="b@x.example")

    assert match(wanted, "destructive", rows, rows).item == rows[1]
    assert match(wanted, "destructive", page(rows[0], rows[2]), rows) == Found(None, (), "none")
    renamed = page(replace(rows[0], names=("remove",)), replace(rows[2], names=("deletes",)))
    assert match(wanted, "", renamed, rows) == Found(None, (), "none")


# -- rule 2 ---------------------------------------------------------------------------------------------------------


def test_the_model_finds_what_moved() -> None:
    """A "Save" that went to another section, or became a link, is found by the model: everything else is itself."""
    moved = instead("Save", item("button", "Save", "Toolbar", id="save"))
    as_link = instead("Save", item("link", "Save", "Changes", PANE, id="save"))

    assert answer(match(SAVE, "", moved, OUTLOOK)) == ("Save", "assigned")
    assert answer(match(SAVE, "", as_link, OUTLOOK)) == ("Save", "assigned")


@pytest.mark.parametrize("risk", ["secret", "account", "destructive"])
def test_marked_elements_never_pass_by_the_model(risk: Risk) -> None:
    """What types a secret, touches the account or destroys needs role, name and section."""
    moved = instead("Save", item("button", "Save", "Toolbar", id="save"))

    found = match(SAVE, risk, moved, OUTLOOK)
    assert answer(found) == (None, "candidate")
    assert found.candidates[0].name == "Save"


def test_a_page_that_the_model_does_not_know_settles_nothing() -> None:
    """On quite another page, a "Save" in another place is not the recorded one."""
    other_page = page(
        item("heading", "Close account"),
        item("button", "Save", "Before you go", "Close account"),
        item("button", "Never mind", "Close account"),
        item("textbox", "Why?", "Close account"),
    )

    assert answer(match(SAVE, "", other_page, OUTLOOK)) == (None, "candidate")


# -- rule 3 ---------------------------------------------------------------------------------------------------------


def test_a_new_wording_is_asked_about() -> None:
    """A renamed button is the first candidate, and what was not renamed is none."""
    found = match(SAVE, "", instead("Save", item("button", "Apply changes", "Changes", PANE, id="save")), OUTLOOK)

    nearly = match(SAVE, "", instead("Save", item("button", "Save now", "Changes", PANE, id="save")), OUTLOOK)

    assert answer(found) == (None, "candidate")
    assert [c.name for c in found.candidates] == ["Apply changes"]
    assert answer(nearly) == (None, "candidate")


def japanese(save: str) -> list[Item]:
    """The page of OUTLOOK in Japanese."""
    words = ("転送と IMAP", "POP を使用できるようにする", "IMAP を使用できるようにする", save, "破棄", "詳細情報")
    return page(*(replace(i, names=(w,), sections=("転送と IMAP",)) for i, w in zip(OUTLOOK, words, strict=True)))


def test_another_language_is_asked_about_unless_the_wording_is_known() -> None:
    """In Japanese a known 保存 is acted on; an unknown wording is asked about, however well the page fits."""
    assert answer(match(SAVE, "", japanese("保存"), OUTLOOK)) == ("保存", "known")
    found = match(SAVE, "", japanese("変更を保存"), OUTLOOK)
    assert answer(found) == (None, "candidate")
    assert found.candidates[0].name == "変更を保存"
    assert match(SAVE, "destructive", japanese("保存"), OUTLOOK).item is None
    another_page = page(
        item("button", "保存", "退会"), item("textbox", "理由", "退会"), item("button", "退会する", "退会")
    )
    assert match(SAVE, "", another_page, OUTLOOK).item is None


def test_what_was_shown_once_is_known() -> None:
    """A lesson acts like a known wording, in its place; for marked elements in all of its sections."""
    renamed = instead("Save", item("button", "Keep", "Changes", PANE, id="save"))
    lesson = Lesson("button", "Keep", ("Changes", PANE))

    assert answer(match(SAVE, "", renamed, OUTLOOK, (lesson,))) == ("Keep", "learned")
    assert answer(match(SAVE, "account", renamed, OUTLOOK, (lesson,))) == ("Keep", "learned")
    assert match(SAVE, "", instead("Save", item("button", "Keep", "Elsewhere", PANE)), OUTLOOK, (lesson,)).item is None
    nearer = instead("Save", item("button", "Keep", "Changes", "Elsewhere"))
    assert answer(match(SAVE, "", nearer, OUTLOOK, (lesson,))) == ("Keep", "learned")
    assert match(SAVE, "account", nearer, OUTLOOK, (lesson,)).item is None


# -- in its place, or not ---------------------------------------------------------------------------------------------

BARE = page(*(replace(i, ids={}) for i in OUTLOOK))


def test_what_led_there_leads_elsewhere_now() -> None:
    """A link of the same name that leads elsewhere is asked about, where another still leads to the wanted one's place."""
    tabs = page(*(item("link", name, REST, path=path, tag="a") for name, path in (("General", "/"), ("More", "/more"))))
    for heir in (item("link", "More of it", path="/more", tag="a"), item("button", "Menu", path="/more", tag="a")):
        elsewhere = page(tabs[0], replace(tabs[1], ids={"path": "/x", "tag": "a"}), heir)
        assert answer(match(want(tabs, "More"), "", elsewhere, tabs)) == (None, "candidate")
        assert match(want(tabs, "More"), "", page(*tabs, heir), tabs).item == tabs[1]
    one_address = page(*(replace(i, ids={"path": "/", "tag": "a"}) for i in tabs))
    elsewhere = page(one_address[0], replace(tabs[1], ids={"path": "/x", "tag": "a"}))
    assert answer(match(want(one_address, "More"), "", elsewhere, one_address)) == (None, "candidate")


def test_ids_that_are_handed_round_name_nobody() -> None:
    """Where the wanted one's id is another's and it has a new one, it is itself; with no id left it is a stranger."""
    handed = [replace(i, ids={"id": "save"}) if i.name == "Discard" else i for i in OUTLOOK]
    renumbered, stranger = (
        [replace(i, ids=ids) if i.name == "Save" else i for i in handed] for ids in ({"id": "b"}, {})
    )

    assert answer(match(SAVE, "", page(*renumbered), OUTLOOK)) == ("Save", "first")
    assert answer(match(SAVE, "", page(*stranger), OUTLOOK)) == (None, "candidate")
    newcomer = item("button", "Save all", "Elsewhere", id="save")
    assert answer(match(SAVE, "", page(*instead("Save", replace(OUTLOOK[3], ids={"id": "b"})), newcomer), OUTLOOK)) == (
        None,
        "candidate",
    )


def test_a_page_that_lost_its_sections() -> None:
    """With everything still in its order but in fewer sections, the wanted one is found, without any id."""
    flat = page(*(replace(i, sections=(PANE,)) for i in BARE))

    assert answer(match(want(BARE, "Save"), "", flat, BARE)) == ("Save", "assigned")


def test_a_newcomer_that_got_the_id_is_not_acted_on() -> None:
    """Where a new namesake has the wanted one's id and the wanted one another, neither is the newcomer acted on nor guessed."""
    heir = item("button", "Save", "Before you go", id="save")
    renumbered = [replace(i, ids={"id": "b"}) if i.name == "Save" else i for i in OUTLOOK]

    assert answer(match(SAVE, "", page(*renumbered[:4], heir, *renumbered[4:]), OUTLOOK)) == (None, "candidate")


@pytest.mark.parametrize(
    ("once", "now"),
    [(("Phone", "You", REST), ("Phone", "Yourself", REST)), (("All", "You", REST), ("All", "You", REST))],
    ids=["its own label is no company", "the wanted one stands where it did"],
)
def test_a_namesake_that_got_the_id_does_not_stand_in(once: tuple[str, ...], now: tuple[str, ...]) -> None:
    """Of two fields of one name the other is not acted on for having the wanted one's id and being among the same."""
    rest = [item("textbox", name, name, group, REST) for group, name in (("You", "Name"), ("Them", "Relation"))]
    keys = {"id": "a", "name": "a", "autocomplete": "a"}
    mine = replace(item("textbox", "Phone", *once), ids=keys)
    other = item("textbox", "Phone", *("Them" if s == "You" else s for s in once), id="b")
    model = page(rest[0], mine, other, rest[1])
    swapped = page(rest[0], replace(mine, sections=now, ids={"id": "a-2"}), replace(other, ids=keys), rest[1])

    assert answer(match(want(model, "Phone"), "", swapped, model)) == (None, "candidate")


FORM = page(
    item("link", "Learn more", "Add an account"),
    item("textbox", "Username", "Server", "Required", "Add an account"),
    item("password", "Password", "Sign-in", "Required", "Add an account"),
    item("textbox", "Port", "Sign-in", "Required", "Add an account"),
)

FORUM = page(
    item("link", "Inbox"),
    item("button", "Your profile"),
    item("button", "Follow", "Glaze cracks"),
    item("button", "Bookmark", "Glaze cracks"),
    item("button", "Report", "Glaze cracks"),
)


@pytest.mark.parametrize(
    ("now", "neighbours"),
    [
        (("Server", "Add an account"), ("Sign-in", "Required", "Add an account")),
        (("Servers", "Required", "Add an account"), ("Sign-in", "Add an account")),
        (("Sign-in", "Required", "Add an account"), ("Sign-in", "Required", "Add an account")),
    ],
    ids=["left", "stayed", "joined"],
)
def test_who_does_not_go_with_its_neighbours_is_asked_about(now: tuple[str, ...], neighbours: tuple[str, ...]) -> None:
    """A namesake in the right order that left a section its neighbours stay in, or the other way round, is not the one."""
    after = [replace(i, sections=neighbours) for i in FORM[2:]]

    assert answer(match(want(FORM, "Username"), "", page(FORM[0], replace(FORM[1], sections=now), *after), FORM)) == (
        None,
        "candidate",
    )


def test_a_namesake_in_what_came_behind_the_page_is_not_the_one() -> None:
    """At the end of a page, where nothing follows, a namesake in a dialog that came there is asked about."""
    model = page(item("link", "Privacy", "Account"), item("combobox", "Language", "Account"))
    later = page(model[0], item("combobox", "Language", "News", "Account"), item("button", "Close", "News", "Account"))

    assert answer(match(want(model, "Language"), "", later, model)) == (None, "candidate")


def test_who_went_over_to_others_is_asked_about() -> None:
    """Between the same two elements, but in the container of the one now instead of the other's: that is not its place."""
    model = [replace(i, within=w) for i, w in zip(FORUM, ("1.0", "1.0", "1.2", "1.2", "1.2"), strict=True)]
    later = page(
        *(
            replace(i, sections=("Kiln",), within=w)
            for i, w in zip(model, ("1.0", "1.0", "1.0", "1.2", "1.2"), strict=True)
        )
    )

    assert answer(match(want(model, "Follow"), "", later, model)) == (None, "candidate")
    renamed = page(*(replace(i, sections=("Kiln",)) for i in model))
    assert answer(match(want(model, "Follow"), "", renamed, model)) == ("Follow", "assigned")


@pytest.mark.parametrize("risk", ["", "account"])
def test_two_of_a_name_in_the_wrapper_of_one_are_asked_about(risk: Risk) -> None:
    """A field that came right beside the wanted one, under its name, may have taken its id and its place."""
    model = page(*(replace(i, ids={"id": f"f{n}"}, within="1") for n, i in enumerate(FORM[1:])))
    double = replace(model[0], sections=("Usernames", *model[0].sections), ids={"id": "f0-own"}, within="1.0")
    later = page(replace(model[0], within="1.0"), double, *model[1:])

    assert answer(match(want(model, "Username"), risk, later, model)) == (None, "candidate")
    apart = page(model[0], replace(double, within="1.5"), *model[1:])
    assert answer(match(want(model, "Username"), risk, apart, model)) == ("Username", "first")


def test_who_lost_more_than_those_around_is_asked_about() -> None:
    """With its only companion gone, a namesake in none of its own sections is not the one, whatever stands around it."""
    model = page(
        item("button", "Remove A", "A", "Yours", REST),
        item("button", "Remove B", "B", "Yours", REST),
        item("textbox", "App name", "New one", REST, "Yours"),
        item("button", "Create", "To make one", "New one", REST, "Yours"),
        item("heading", "Related", REST, "Related"),
        item("link", "Devices", "Related", REST),
    )
    elsewhere = page(*model[:2], item("button", "Create", "Yours", REST), *model[4:])

    assert answer(match(want(model, "Create"), "", elsewhere, model)) == (None, "candidate")
    edited = page(*model[:3], item("button", "Create", "Make one", "New one", REST, "Yours"), *model[4:])
    assert answer(match(want(model, "Create"), "", edited, model)) == ("Create", "assigned")


def test_who_lost_what_stood_before_it_is_asked_about() -> None:
    """A text before it that says something else is an edited one; none where there was one makes it a stranger."""
    fields = page(*(item("textbox", name, name, "Mail server", REST) for name in ("Host", "Port", "User", "Password")))
    edited, bare = (
        page(*fields[:2], replace(fields[2], sections=sections), fields[3])
        for sections in (("The user", "Mail server", REST), ("Mail server", REST))
    )

    assert answer(match(want(fields, "User"), "", edited, fields)) == ("User", "assigned")
    assert answer(match(want(fields, "User"), "", bare, fields)) == (None, "candidate")


def test_a_newcomer_elsewhere_does_not_cast_doubt() -> None:
    """A new namesake in another section leaves the wanted one be, even when the text before it was edited."""
    led, edited = (
        page(*(replace(i, sections=(text, *i.sections)) if i.name == "Save" else i for i in BARE))
        for text in ("Not saved yet.", "This is not saved yet.")
    )
    newcomer = item("button", "Save", "Close your account")

    assert match(want(led, "Save"), "", page(newcomer, *edited), led).item == replace(edited[3], index=4)


def test_a_renamed_heading_is_held_against_nobody() -> None:
    """Under a heading with another text the wanted one is itself: all others under it lost their section as well."""
    above = [item(role, name) for role, name in (("link", "Mail"), ("textbox", "Search"), ("button", "Menu"))]
    model, renamed = (
        page(*above, *(item("link", name, heading) for name in ("General", "Labels")))
        for heading in (REST, "Preferences")
    )

    assert answer(match(want(model, "General"), "", renamed, model)) == ("General", "assigned")


ROWS = page(
    item("heading", "Accounts"),
    *(item("link", name, row, "Mail", REST, *"abc") for row in ("shop", "home") for name in ("edit", "delete")),
)


def test_rows_that_look_alike_are_told_apart_by_what_they_say() -> None:
    """Of the same links in each row the one whose row says the same is meant, even where the page was rebuilt."""
    rebuilt = page(ROWS[0], *(replace(i, sections=(*i.sections, "New")) for i in ROWS[1:]))

    for nth in (0, 1):
        assert match(want(ROWS, "delete", nth=nth), "", rebuilt, ROWS).item == rebuilt[2 + 2 * nth]
    other_row = page(*rebuilt[:3], *(replace(i, sections=("work", *i.sections[1:])) for i in rebuilt[3:]))
    assert match(want(ROWS, "delete", nth=1), "", other_row, ROWS).item is None


def test_what_has_a_row_to_itself_is_found_wherever_the_row_goes() -> None:
    """Rows in another order: a button that alone stands under its row's text is acted on, marked or not."""
    rows = page(
        *(item("button", f"Remove {row}", f"Made in {row}", "Yours", *"abc") for row in ("May", "June", "July"))
    )
    shuffled = page(item("button", "New", "Yours", *"abc"), *reversed(rows))

    for risk in ("", "destructive"):
        assert answer(match(want(rows, "Remove July"), risk, shuffled, rows)) == ("Remove July", "first")


def test_namesakes_on_a_page_in_another_language() -> None:
    """Each is in its place where the whole page is the same, one element after the other; else they are asked about."""
    words = {"Accounts": "アカウント", "edit": "編集", "delete": "削除", "Menu": "メニュー", "Search": "検索"}

    def japanese_of(model: list[Item]) -> list[Item]:
        return page(*(replace(i, names=(words[i.name],), sections=()) for i in model))

    model = page(item("button", "Menu", id="menu", path="/m"), *ROWS, item("textbox", "Search", path="/q", id="q"))
    wanted = [want(model, "delete", known=("削除",), nth=nth) for nth in (0, 1)]
    theirs = japanese_of(model)
    assert [match(one, "", theirs, model).item for one in wanted] == [theirs[3], theirs[5]]
    assert match(wanted[0], "account", theirs, model).item is None
    assert match(wanted[0], "", page(*theirs[:2], *theirs[4:]), model).item is None
    named = page(
        *(replace(i, ids={"id": str(n), "path": str(n)}) if i.name == "edit" else i for n, i in enumerate(model))
    )
    swapped = japanese_of(named)
    swapped = page(*swapped[:2], *swapped[4:6], *swapped[2:4], swapped[6])
    assert match(want(named, "delete", known=("削除",)), "", swapped, named).item is None


# -- a page laid out anew -------------------------------------------------------------------------------------------


def test_what_moved_with_its_section_is_acted_on() -> None:
    """A section moved elsewhere takes its elements with it; a namesake that alone left the section around is asked about."""
    model = page(
        item("button", "Assign", REST),
        item("textbox", "Write a comment", "Comments", REST),
        item("button", "Post", "Comments", REST),
        item("button", "Cancel", "Comments", REST),
        item("button", "Leave", "Watchers", REST),
    )
    went = [replace(i, sections=("Comments",)) if "Comments" in i.sections else i for i in model]
    alone = [replace(i, sections=("Comments",)) if i.name == "Post" else i for i in model]

    assert answer(match(want(model, "Post"), "", page(*went[1:4], went[0], went[4]), model)) == ("Post", "assigned")
    assert answer(match(want(model, "Post"), "account", page(*went[1:4], went[0], went[4]), model))[0] is None
    assert answer(match(want(model, "Post"), "", page(*alone), model)) == (None, "candidate")


LINES = page(
    item("link", "Blue mug", REST),
    item("button", "Remove", "Blue mug", REST),
    item("link", "Tea towel", REST),
    item("button", "Remove", "Tea towel", REST),
    item("button", "Check out", REST),
)


def test_namesakes_are_told_apart_by_what_stands_around() -> None:
    """Between the same two elements of a name of their own is the same one of its namesakes; never a marked one."""
    bare = [replace(i, sections=(REST,)) for i in LINES]
    for nth, place in enumerate((1, 3)):
        found = match(want(LINES, "Remove", nth=nth), "", page(*bare), LINES)

        assert found.item
        assert (found.item.index, found.how) == (place, "assigned")
        assert answer(match(want(LINES, "Remove", nth=nth), "destructive", page(*bare), LINES))[0] is None
        swapped = page(*bare[2:4], *bare[:2], bare[4])
        assert answer(match(want(LINES, "Remove", nth=nth), "", swapped, LINES))[0] is None
    gathered = page(bare[0], bare[1], bare[3], bare[2], bare[4])
    assert answer(match(want(LINES, "Remove"), "", gathered, LINES)) == (None, "candidate")
    both = page(LINES[0], LINES[1], LINES[3], LINES[2], LINES[4])
    assert answer(match(want(both, "Remove"), "", gathered, both))[0] is None


def test_what_stands_alone_in_its_nearest_section_is_acted_on() -> None:
    """In a list that moved and was mixed, each line is told by the text that only it has; where others have it, it is asked."""
    lines = [item("button", f"Remove {n}", f"Made in {n}", "Yours", REST) for n in ("May", "June", "July")]
    model = page(item("link", "Home", REST), *lines, item("button", "Create", REST), item("link", "Help", REST))
    moved = [replace(i, sections=i.sections[:2]) for i in lines]
    mixed = page(*model[4:], moved[2], model[0], moved[0], moved[1])

    assert answer(match(want(model, "Remove July"), "", mixed, model)) == ("Remove July", "assigned")
    assert answer(match(want(model, "Remove July"), "account", mixed, model))[0] is None
    shared = page(*mixed, item("button", "Print", "Made in July"))
    assert answer(match(want(model, "Remove July"), "", shared, model)) == (None, "candidate")


def test_what_stands_with_the_same_few_in_a_container_is_acted_on() -> None:
    """In whatever order, and with newcomers among them; not in another container, not where it is marked."""
    names = ("Back", "Assign", "Share", "Archive")
    bar = [replace(item("button", name), within="0.1") for name in names]
    rest = [replace(item("link", f"Part {n}"), within="0") for n in range(9)]
    model = page(*bar, *rest)
    mixed = page(bar[3], *rest, replace(item("button", "New"), within="0.1"), bar[1], bar[0], bar[2])
    strange = page(bar[3], bar[0], bar[2], *rest[:4], replace(bar[1], within="0"), *rest[4:])

    assert answer(match(want(model, "Assign"), "", mixed, model)) == ("Assign", "assigned")
    assert answer(match(want(model, "Assign"), "destructive", mixed, model)) == (None, "candidate")
    assert answer(match(want(model, "Assign"), "", strange, model)) == (None, "candidate")


def test_the_name_of_a_group_does_not_cast_doubt() -> None:
    """Radios that keep the name of their group do not show that a field which lost its own is another; marked, it is asked."""
    radios = [replace(item("radio", name, REST), ids={"name": "mode"}) for name in ("Keep", "Leave")]
    search = replace(item("textbox", "Search"), ids={"name": "q"})
    model = page(item("link", "Home"), search, item("button", "Menu"), *radios)
    stripped = page(*(replace(i, ids={}) if i.name == "Search" else i for i in model))

    assert answer(match(want(model, "Search"), "", stripped, model))[0] == "Search"
    assert answer(match(want(model, "Search"), "secret", stripped, model)) == (None, "candidate")


def test_the_row_of_a_name_is_told_by_the_name_or_by_what_stands_beside() -> None:
    """With the words of its row gone: its own name may hold one, or an element of that name stand beside it; never if marked."""
    passwords = page(*(item("button", f"Remove {n}", f"Made in {n}", "Yours", REST) for n in ("May", "June", "July")))
    for wanted, model in ((want(passwords, "Remove June"), passwords), (want(LINES, "Remove"), LINES)):
        bare = page(*(replace(i, sections=(REST,)) for i in model))
        word = "June" if model is passwords else "Blue mug"

        assert match(replace(wanted, among=(word,)), "", bare, model).item == bare[1]
        assert match(replace(wanted, among=(word,)), "account", bare, model).item is None
        assert match(replace(wanted, among=("Jun",)), "", bare, model).item is None


def test_a_field_without_a_name_is_known_by_the_whole_page_or_by_its_id() -> None:
    """Filled in where every element is as it was, choices too, or where it has its own id in its sections; a button never."""
    texts = (("From", "Size"), ("is", "holds"))
    lists = [replace(item("combobox", "", "Filter"), options=tuple({"text": text} for text in one)) for one in texts]
    once = page(item("heading", "Filter"), *lists, item("textbox", "", "Search", id="q"), item("button", ""))
    first, box, button = (want(once, "", nth=nth) for nth in (0, 2, 3))

    assert [match(one, "", once, once).item for one in (first, box, button)] == [once[1], once[3], None]
    assert match(first, "secret", once, once).item is None
    for now in (
        page(once[0], lists[1], lists[0], *once[3:]),
        page(*once[:2], *once[1:]),
        page(item("heading", "Another filter"), *once[1:]),
        page(*once[:4], item("link", "")),
    ):
        assert match(first, "", now, once).item is None
    assert answer(match(box, "", page(item("link", "News"), *once), once)) == ("", "assigned")
    for field in (
        item("textbox", "", "Other", id="q"),
        item("textbox", "", "Search"),
        item("textbox", "Password", "Search", id="q"),
    ):
        assert match(box, "", page(*once[:3], field, item("link", "News")), once).item is None


def test_the_only_element_of_a_page() -> None:
    """A page or frame with one element alone is itself when it is the same, and nobody's when it is called otherwise."""
    lone = page(item("combobox", "Country", tag="select"))
    assert answer(match(want(lone, "Country"), "", lone, lone)) == ("Country", "first")
    assert match(want(lone, "Country"), "", page(item("combobox", "Language", tag="select")), lone).item is None
    two = page(item("combobox", "Country", tag="select"), item("combobox", "Country", tag="select"))
    assert match(want(lone, "Country"), "", two, lone).item is None


def test_another_thing_in_the_same_place() -> None:
    """A card that is about another address, number or thing is another's, whatever its id; an edited heading is no other."""
    top = item("link", "Help", REST)

    def card(title: str, **ids: str) -> list[Item]:
        return page(
            top, item("heading", title, REST), item("button", "Rename", title, REST, **ids), item("link", "Terms", REST)
        )

    for ids in ({}, {"id": "b0"}):
        for title, other in (
            ("bob@x.example", "cyd@x.example"),
            ("Line 4719876", "Line 4713344"),
            ("Phone", "Tablet"),
            ("Ann's phone", "Bob's phone"),
        ):
            recorded = card(title, **ids)
            assert match(want(recorded, "Rename"), "", card(other, **ids), recorded).item is None
    recorded, named = card("Mail for others"), card("Phone", id="rename-phone")
    assert answer(match(want(recorded, "Rename"), "", card("Mail to others"), recorded)) == ("Rename", "assigned")
    assert answer(match(want(named, "Rename"), "", card("Your phone", id="rename-phone"), named)) == (
        "Rename",
        "assigned",
    )


def test_a_newcomer_may_have_taken_the_number() -> None:
    """Where ids are numbered by place and a namesake came, the one with the old id is asked about, never acted on."""
    recorded = page(item("heading", "Devices"), item("button", "Rename", "Devices", id="b0"))
    joined = page(*recorded, item("button", "Rename", "Devices", id="b1"))
    assert match(want(recorded, "Rename"), "", joined, recorded).item is None
    called = page(*recorded, item("button", "Rename", "Devices", id="another"))
    assert match(want(recorded, "Rename"), "", called, recorded).item == called[1]


def test_what_belongs_to_another_address_or_number() -> None:
    """A page about another address or number is another's, though all that stands on it changed alike; a new title is not."""

    def about(title: str) -> list[Item]:
        return page(item("heading", title), *(item("button", name, title) for name in ("Rename", "Remove", "Share")))

    for title, other in (("bob@x.example", "cyd@x.example"), ("Line 4719876", "Line 4713344")):
        assert match(want(about(title), "Rename"), "", about(other), about(title)).item is None
    renamed = match(want(about("Devices"), "Rename"), "", about("All devices"), about("Devices"))
    assert answer(renamed) == ("Rename", "assigned")


def test_a_row_is_enough() -> None:
    """In the row that alone has its words it is itself, wherever the row went; with a word missing or shared it is asked about."""
    rows = page(
        *(
            replace(item("button", "Edit", "People"), things=(name, "Remove"), around=(name, team))
            for name, team in (("Bela", "Sales"), ("Cora", "Depot"), ("Dov", "Depot"))
        )
    )
    wanted = replace(want(rows, "Edit", nth=1), among=("Cora",))
    moved = page(replace(rows[2], names=("Edits",)), item("heading", "Staff"), replace(rows[1], sections=("Staff",)))
    shared = page(*moved, replace(rows[1], sections=("Staff",)))

    assert answer(match(wanted, "", moved, rows)) == ("Edit", "assigned")
    assert answer(match(wanted, "destructive", moved, rows)) == (None, "candidate")
    assert match(wanted, "", page(*moved[:2], replace(rows[0], sections=("Staff",))), rows).item is None
    assert match(wanted, "", shared, rows).item is None


def test_a_row_in_another_language_keeps_its_name() -> None:
    """Where rows changed places on a page that was translated, none is taken for the one that stood there."""
    first, second = (replace(item("button", "Edit", "People"), things=(name,)) for name in ("Bela", "Cora"))
    ours = page(item("link", "Home", path="/", id="home"), first, second, item("button", "Close", "People", id="close"))
    theirs = {"Home": "ホーム", "Edit": "編集", "Close": "閉じる"}
    same = page(*(replace(i, names=(theirs[i.name],)) for i in ours))
    swapped = page(same[0], same[2], same[1], same[3])
    wanted = replace(want(ours, "Edit", known=("編集",)), among=("Bela",))

    assert match(wanted, "", same, ours).item == same[1]
    assert match(wanted, "", swapped, ours).item is None


def test_another_tab_is_not_the_one() -> None:
    """The same fields under another tab's name are that tab's, where both tabs are still there; a renamed part is no other."""

    def panel(label: str, *tabs: str) -> list[Item]:
        return page(
            *(item("tab", t) for t in tabs), *(item("textbox", name, label, REST) for name in ("Street", "City"))
        )

    work = panel("Work", "Home", "Work")
    assert match(want(work, "Street"), "", panel("Home", "Home", "Work"), work).item is None
    assert answer(match(want(work, "Street"), "", panel("Office", "Home", "Office"), work))[0] == "Street"
