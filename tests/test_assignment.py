"""Which element of an older page is which of a newer one: one-to-one, by what people read before what the site calls it."""

from __future__ import annotations

import itertools
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from automation.element import Item
from automation.recording.assignment import assign, most_worth


def item(role: str, name: str, *sections: str, row: str | None = None, **ids: str) -> Item:
    """An element of a page."""
    names = (name,) if name else ()
    return Item(0, role, names, sections, True, None, None, (), None, (row,) if row else None, "", ids)


PANE = [
    item("heading", "POP and IMAP"),
    item("switch", "Let devices and apps use POP", "POP and IMAP", id="pop", tag="button"),
    item("switch", "Let devices and apps use IMAP", "POP and IMAP", id="imap", tag="button"),
    item("button", "Save", "POP and IMAP", id="save", tag="button"),
    item("button", "Discard", "POP and IMAP", id="discard", tag="button"),
    item("link", "Learn more", "POP and IMAP", id="more", tag="a", path="/help"),
]
SAVE = 3


def partner(old: list[Item], new: list[Item], place: int = SAVE) -> str | None:
    """The name of what an older element has become, or None if it is gone."""
    (other,) = [j for i, j, _ in assign(old, new) if i == place]
    return None if other is None else new[other].name


def changed(**by_name: Item | None) -> list[Item]:
    """The pane with some elements replaced, by their first word, or removed."""
    now = [by_name.get(one.name.split()[0], one) if one.role != "heading" else one for one in PANE]
    return [one for one in now if one is not None]


def test_a_page_is_itself() -> None:
    """Nothing changed: every element is itself, with likeness 1, in whatever order the page now has them."""
    assert assign(PANE, PANE) == [(i, i, 1.0) for i in range(len(PANE))]
    assert {(PANE[i or 0].name, 5 - (j or 0)) for i, j, _ in assign(PANE, PANE[::-1])} == {
        (one.name, i) for i, one in enumerate(PANE)
    }


def test_what_is_explained_by_itself_stands_in_for_nothing_else() -> None:
    """With "Save" gone, "Discard" is still "Discard"; a newcomer under Save's id is a candidate, and a weak one."""
    gone = changed(Save=None)
    hijacked = changed(Save=item("button", "Delete account", "POP and IMAP", id="save", tag="button"))

    assert partner(PANE, gone) is None
    assert partner(PANE, hijacked) == "Delete account"
    assert next(likeness for i, _, likeness in assign(PANE, hijacked) if i == SAVE) < 0.75
    moved_id = changed(Save=None, Discard=item("button", "Discard", "POP and IMAP", id="save", tag="button"))
    assert [(PANE[i].name, moved_id[j].name) for i, j, _ in assign(PANE, moved_id) if i == 4 and j is not None] == [
        ("Discard", "Discard")
    ]


def test_a_new_wording_is_seen_through() -> None:
    """A renamed element, one of another kind of button, and a page in another language are each paired rightly."""
    renamed = changed(Save=item("button", "Save changes", "POP and IMAP", id="x9", tag="button"))
    as_link = changed(Save=item("link", "Save", "POP and IMAP", tag="a", path="/save"))
    words = ["POP と IMAP", "POP を許可する", "IMAP を許可する", "保存", "破棄", "詳細"]
    japanese = [item(one.role, word, "POP と IMAP", **one.ids) for one, word in zip(PANE, words, strict=True)]

    assert partner(PANE, renamed) == "Save changes"
    assert partner(PANE, as_link) == "Save"
    assert [partner(PANE, japanese, i) for i in range(len(PANE))] == words


def test_ids_that_all_changed_tell_nothing() -> None:
    """Where a site gives every element a new id, the old ids are no evidence against a match."""
    fresh = [item(one.role, one.name, *one.sections, id=f"r{i}", tag="button") for i, one in enumerate(PANE)]
    one_new = changed(Save=item("button", "Save", "POP and IMAP", id="r3", tag="button"))

    likeness = {i: how for i, _, how in assign(PANE, fresh)}
    assert likeness[SAVE] > next(how for i, _, how in assign(PANE, one_new) if i == SAVE)


def test_a_row_is_whose_it_is() -> None:
    """Of two rows that differ in their mail address alone, each stays its own when they change places."""
    rows = [item("link", "edit info", "Send mail as", row=who) for who in ("a@x.example", "b@x.example")]

    assert assign(rows, rows[::-1]) == [(0, 1, 1.0), (1, 0, 1.0)]
    assert assign(rows, rows[1:]) == [(0, None, 0.0), (1, 0, 1.0)]


@given(st.lists(st.lists(st.sampled_from((0.0, 0.1, 0.4, 0.7, 1.0)), min_size=4, max_size=4), max_size=5))
@settings(max_examples=60, deadline=None)
def test_the_choice_is_the_best_there_is(worth: list[list[float]]) -> None:
    """No other one-to-one choice has a larger sum."""
    chosen = most_worth(worth)
    few = range(min(len(worth), 4))
    every_way = (
        sum(worth[i][j] for i, j in zip(rows, columns, strict=True))
        for rows in itertools.permutations(range(len(worth)), len(few))
        for columns in itertools.permutations(range(4), len(few))
    )

    assert len(chosen) == len(few) == len({i for i, _ in chosen}) == len({j for _, j in chosen})
    assert abs(sum(worth[i][j] for i, j in chosen) - max(every_way, default=0.0)) < 1e-9


def test_a_page_of_thousands_is_no_reason_to_wait() -> None:
    """Four thousand elements that all changed a little, or all changed wholly, are assigned within seconds."""
    old = [item("link", f"Message {i}", f"Week {i // 50}", id=f"m{i}", tag="a") for i in range(4000)]
    renamed = [item("link", f"Letter {i}", f"Week {i // 50}", id=f"m{i}", tag="a") for i in range(4000)]
    replaced = [item("link", f"{i * 7919}", f"{i // 90}", tag="a") for i in range(4000)]
    started = time.monotonic()
    pairs = assign(old, renamed)
    assign(old, replaced)

    assert time.monotonic() - started < 10
    assert all(one == other for one, other, _ in pairs)
