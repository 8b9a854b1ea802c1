"""Which element of a real page is the one meant: exact evidence acts, anything less does not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation.element import THIS_PAGE, Element, Found, Rule, Words, plain
from automation.recording.survey import survey
from tests.helpers import Desk, apart, open_desk

FIELD = ("textbox", "combobox")
SAVE = Element("the button “Save”", ("button",), Words(en=("Save",), ja=("保存",)))
ADD = Element("the link", ("link",), Words(en=("Add a mail account",), ja=("メール アカウントを追加する",)))
PORT = Element("the list “Port”", FIELD, Words(en=("Port",), ja=("ポート",)), html="cfsp")
USER = Element("the field “Username”", FIELD, Words(en=("Username",), ja=("ユーザー名",)))
PASSWORD = Element("the password", ("password",), Words(en=("Password",)), THIS_PAGE, Rule("Pass"), "cfpass", "secret")
BY_POP = Element("the choice", ("radio",), Words(ja=("他のアカウントからメールを読み込む（POP3）",)))
SSL = Element("the box", ("checkbox",), Words(en=("Always use a secure connection (SSL) when retrieving mail.",)))
SEND = Element("the button “Send”", ("button",), Words(unsure=("Send",)))
SEND_THERE = Element("the button “Send”", ("button",), Words(unsure=("Send",)), section=Words(en=("New message",)))
POP = Element("the switch", ("switch",), Words(), section=Rule("POP"), rule=Rule(r"\bPOP\b", never="IMAP"))
POP_YES = Element("Yes to POP", ("radio",), Words(en=("Yes",)), section=Rule("POP", never="IMAP"))
EDIT = Element("edit info", ("link",), Words(en=("edit info",)), section=Words(en=("Check mail from other accounts",)))

ROW = "<tr><td>{who}</td><td><span role=link tabindex=0 id={id}>edit info</span></td></tr>"
ROWS = "<table><tr><td>{label}</td><td><table>{rows}</table></td></tr></table>"


@pytest.fixture(scope="module")
def desk(browser_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A browser for small pages."""
    with open_desk(browser_path, tmp_path_factory.mktemp("element")) as desk:
        yield desk


def found_id(desk: Desk, html: str, element: Element, row: str | None = None) -> tuple[str | None, Found]:
    """The id of the element that would be acted on, and the whole answer."""
    look, found = desk.show(html).resolve(element, row)
    return look.handle(found.item).get_attribute("id") if found.item else None, found


@pytest.mark.parametrize(
    ("element", "html"),
    [
        (SAVE, "<button id=it>Save</button><button>Save and close account</button><button>Save as…</button>"),
        (SAVE, "<button id=it>保存</button><button>保存して閉じる</button>"),
        (SAVE, "<button id=it>\n  Save\u00a0 </button>"),
        (SAVE, "<button id=it>Ｓａｖｅ</button>"),
        (SAVE, "<button id=it aria-label=Save>💾</button>"),
        (SAVE, "<button id=it><img alt=Save src=data:,></button>"),
        (SAVE, "<input type=submit id=it value='Save »'>"),
        (SAVE, "<div role=button id=it tabindex=0>Save…</div>"),
        (SAVE, "<button style='display:none'>Save</button><button id=it>Save</button>"),
        (SAVE, "<div aria-hidden=true><button>Save</button></div><button id=it>Save</button>"),
        (ADD, "<span role=link id=it>メールアカウントを追加する</span>"),
        (ADD, "<a href=# id=it>メール　アカウントを追加する</a>"),
        (
            BY_POP,
            "<input type=radio name=w> Gmailify でリンクする<br><input type=radio name=w id=it> 他のアカウントからメールを読み込む (POP3)",
        ),
        (USER, "<label>Username: <input id=it></label><label>Display Username <input></label>"),
        (USER, "<label for=it>ユーザー名</label><input id=it>"),
        (
            USER,
            "<table><tr><td>Username:</td><td><input id=it></td></tr><tr><td>Password:</td><td><input></td></tr></table>",
        ),
        (USER, "<b id=n>Username</b><p>Type it.</p><input aria-labelledby=n id=it>"),
        (USER, "<div>Username:<br><input id=it></div><div>Other:<br><input></div>"),
        (
            PORT,
            "<table><tr><td>POP Server: <input></td><td>Port: <select id=it><option>110<option>995</select></td></tr></table>",
        ),
        (
            PORT,
            "<table><tr><td>POP サーバー:</td><td><input></td><td>ポート:</td><td><select id=it><option>995</select></td></tr></table>",
        ),
        (
            SSL,
            "<table><tr><td><input type=checkbox id=it></td><td>Always use a secure connection (SSL) when retrieving mail.</td></tr></table>",
        ),
        (
            SSL,
            "<input type=checkbox> Leave a copy<br><input type=checkbox id=it> Always use a secure connection (SSL) when retrieving mail.<br>",
        ),
        (SEND_THERE, "<h2>Folders</h2><button>Send</button><h2>New message</h2><button id=it>Send</button>"),
        (
            POP,
            "<h2>POP and IMAP</h2><button role=switch id=it aria-checked=false>Geräte dürfen POP verwenden</button>"
            "<button role=switch aria-checked=false>Geräte dürfen IMAP verwenden</button>",
        ),
        (
            POP_YES,
            "<fieldset><legend>Use POP</legend><label><input type=radio name=p id=it>Yes</label></fieldset>"
            "<fieldset><legend>Use IMAP</legend><label><input type=radio name=i>Yes</label></fieldset>",
        ),
    ],
)
@apart
def test_exact_evidence_acts(desk: Desk, element: Element, html: str) -> None:
    """An exact name, however the page ties it to the element, finds that one and none beside it."""
    assert found_id(desk, html, element)[0] == "it"


@pytest.mark.parametrize(
    ("element", "html", "candidates"),
    [
        (SAVE, "<button>Save and close account</button>", ["Save and close account"]),
        (SAVE, "<button>Save changes</button>", ["Save changes"]),
        (SAVE, "<button>Save</button><button>Save</button>", ["Save", "Save"]),
        (SAVE, "<button>save</button>", ["save"]),
        (SAVE, "<a href=#>Save</a>", []),
        (SAVE, "<p>Save</p><button>Discard</button>", []),
        (SAVE, "<button style='visibility:hidden'>Save</button>", []),
        (SEND, "<h2>New message</h2><button>Send</button>", ["Send"]),
        (SEND_THERE, "<h2>Drafts</h2><button>Send</button>", ["Send"]),
        (POP, "<h2>POP and IMAP</h2><button role=switch>Use POP or IMAP</button>", []),
        (
            POP,
            "<h2>POP</h2><button role=switch>POP on phones</button><button role=switch>POP on computers</button>",
            None,
        ),
        (PASSWORD, "<input type=password name=cfpass aria-label='Passphrase'>", None),
        (PORT, "<select name=cfsp><option>995</select>", None),
    ],
)
@apart
def test_weak_evidence_does_not_act(desk: Desk, element: Element, html: str, candidates: list[str] | None) -> None:
    """A longer name, two of a kind, another role, no section, or a rule for a secret: nothing is chosen."""
    chosen, found = found_id(desk, html, element)

    assert chosen is None
    if candidates is not None:
        assert [item.name for item in found.candidates] == candidates


@apart
def test_a_row_is_the_one_of_its_address(desk: Desk) -> None:
    """Among rows that look alike the one of the address is meant, and a row of two addresses is nobody's."""
    rows = ROW.format(who="Mail: taro@b.example", id="taro") + ROW.format(who="Mail: hanako@b.example", id="hanako")
    both = ROW.format(who="hanako@b.example (through taro@b.example)", id="both")
    html = ROWS.format(label="Check mail from other accounts:", rows=rows)
    elsewhere = ROWS.format(label="Send mail as:", rows=ROW.format(who="hanako@b.example", id="sender"))

    assert found_id(desk, elsewhere + html, EDIT, "Hanako@b.example")[0] == "hanako"
    assert found_id(desk, elsewhere + html, EDIT, "jiro@b.example")[0] is None
    assert found_id(desk, elsewhere, EDIT, "hanako@b.example")[0] is None
    assert (
        found_id(desk, ROWS.format(label="Check mail from other accounts:", rows=both), EDIT, "hanako@b.example")[0]
        is None
    )


@apart
def test_what_a_look_tells(desk: Desk) -> None:
    """A look tells state, value and options, and of a password only whether something stands there."""
    tab = desk.show(
        "<input type=checkbox checked aria-label=a><button role=switch aria-checked=false aria-label=b></button>"
        "<button disabled aria-label=c></button><input value=text aria-label=d><input type=password value=hush aria-label=e>"
        "<select aria-label=f><option value=1>one<option value=2 selected>two</select>"
    )
    a, b, c, d, e, f = tab.look().items

    assert (a.checked, b.checked) == (True, False)
    assert (a.enabled, c.enabled) == (True, False)
    assert (d.value, e.value) == ("text", "[hidden]")
    assert [o["text"] for o in f.options if o["selected"]] == ["two"]


@given(st.text())
def test_plain_is_the_end_of_it(text: str) -> None:
    """Making a label plain twice changes nothing more, so that both sides of a comparison can be plain."""
    assert plain(plain(text)) == plain(text)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("メール アカウント", "メールアカウント", True),
        ("（SSL）", "(SSL)", True),
        ("Next Step »", "Next Step", True),
        ("New label…", "New label...", True),
        ("Don’t allow", "Don't allow", True),
        ("POP と IMAP", "POPとIMAP", True),
        ("Add Account", "AddAccount", False),
        ("Save", "Save changes", False),
    ],
)
def test_what_counts_as_the_same_wording(one: str, other: str, same: bool) -> None:
    """Width, spaces beside Japanese, quotes and a final sign do not count; every word does."""
    assert (plain(one) == plain(other)) is same


@apart
def test_a_look_goes_through_shadow_roots_in_order(desk: Desk) -> None:
    """What stands in a shadow root comes where its host stands, under the headings before it; containers are told by numbers."""
    tab = desk.show(
        "<h2>Forwarding</h2><nav><button>Back</button><div><button>Help</button></div></nav><x-part></x-part><button>Save</button>"
        "<script>document.querySelector('x-part').attachShadow({mode: 'open'}).innerHTML ="
        " '<p><a href=/on>Switch on</a> <a href=/off>Switch off</a></p>'</script>"
    )
    seen = survey(tab)

    assert seen
    _, back, help_, on, off, save = seen.items
    assert [i.name for i in seen.items[1:]] == ["Back", "Help", "Switch on", "Switch off", "Save"]
    assert on.sections == ("Forwarding",)
    assert (back.within, on.within) == (help_.within, off.within)
    assert save.within
    assert all(i.within.startswith(f"{save.within}.") for i in (back, on))
    assert back.within != on.within

    script = "for (const p of document.querySelectorAll('x-row')) p.attachShadow({mode: 'open'}).innerHTML = `${p.id} <button>Add</button>`"
    seen = survey(desk.show(f"<h2>People</h2><x-row id=Ann></x-row><x-row id=Bob></x-row><script>{script}</script>"))

    assert seen
    assert [i.sections for i in seen.items[1:]] == [("People",)] * 2  # what is in another's shadow root leads to nobody
