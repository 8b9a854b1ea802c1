"""Whose mailbox a page shows: the settings of somebody else's are never touched."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from automation.errors import CauseFound, PageChanged
from flows import forwarding
from flows.forwarding import ForwardMail, refused
from flows.gmail_import import FetchByPop
from flows.gmail_send_as import SendAs, confirmation_code
from flows.pages import outlook
from flows.pages.gmail import DELETE_SEND_AS, Accounts, names_address
from flows.pages.outlook import SETTINGS, OutlookSettings
from flows.providers import BUILT_IN
from tests.helpers import Desk, apart, open_desk

PANE = "<h2>Forwarding</h2><label><input type=checkbox role=switch> Enable forwarding</label>"


@pytest.fixture(scope="module")
def desk(browser_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A browser for small pages, which stand for Outlook.com."""
    with open_desk(browser_path, tmp_path_factory.mktemp("accounts")) as desk:
        desk.session.settings = replace(desk.session.settings, outlook_url=desk.site.url)
        yield desk


def pane(desk: Desk, above: str) -> OutlookSettings:
    """The settings pane with this above it."""
    desk.show(above + PANE, SETTINGS)
    desk.session.look_afresh()
    return OutlookSettings(desk.session)


@apart
def test_another_mailbox_is_not_touched(desk: Desk) -> None:
    """Where the account button names another address, the pane is left at once, and the error names both."""
    page = pane(desk, "<button aria-label='Account manager for b@outlook.example'>B</button>")

    with pytest.raises(CauseFound) as caught:
        page.open_forwarding()

    assert caught.value.causes[0].code == "signin.wrong-account"
    assert (caught.value.expected, caught.value.seen) == ("a@outlook.example", "b@outlook.example")


@pytest.mark.parametrize(
    "name", ["Account manager for A@outlook.example", "Account manager for Anna", "Mail to b@x.example"]
)
@apart
def test_the_right_or_an_unnamed_mailbox_is_taken(desk: Desk, name: str) -> None:
    """The right address, none, or one that is not the account's, does not stop the run."""
    assert pane(desk, f"<button aria-label='{name}'>A</button>").open_forwarding().forwarding_is_on() is False


LATE = """<h2>Forwarding</h2><label><input type=checkbox role=switch checked> Enable forwarding</label><div id=more></div>
<script>setTimeout(() => { more.innerHTML = '<label>Forward my email to <input id=a></label><label><input type=checkbox checked>Keep a copy of forwarded messages</label>' }, 600);
setTimeout(() => { a.value = 'c@else.example' }, 1200)</script>"""


@apart
def test_an_address_drawn_late_is_still_seen(desk: Desk) -> None:
    """Forwarding to a third address is left alone, also where the page fills the address in after the switch."""
    desk.show(LATE, SETTINGS)
    desk.session.look_afresh()
    looked = ForwardMail(desk.session).look()

    assert looked.values == {"on": True, "to": "c@else.example", "keeps_copy": True}
    assert (looked.state, "only you can say" in looked.why) == ("unknown", True)


@pytest.mark.parametrize(
    ("said", "code"),
    [("Your organization does not allow external forwarding.", "outlook.forwarding-blocked"), ("", "unknown")],
)
@apart
def test_a_switch_that_may_not_be_pressed_is_a_refusal(
    desk: Desk, said: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A switch greyed out says what the page says beside it; without a word the cause is unknown. Nothing is pressed."""
    monkeypatch.setattr(outlook, "LATE_SECONDS", 0.3)
    desk.show(PANE.replace("role=switch", "role=switch disabled") + f"<p>{said}</p>", SETTINGS)
    desk.session.look_afresh()
    settings = OutlookSettings(desk.session).open_forwarding()

    barred = settings.forwarding_is_barred()

    assert refused(desk.session, settings, barred).causes[0].code == code
    assert pane(desk, "").open_forwarding().forwarding_is_barred() == ""


SAVING = """<h2>Forwarding</h2><label><input type=checkbox role=switch id=s> Enable forwarding</label>
<label>Forward my email to <input id=a></label><label><input type=checkbox id=k>Keep a copy of forwarded messages</label>
<button id=b>Save</button><div id=more></div><script>let saves = 0;
const said = (text) => { more.innerHTML = '<p role=alert>' + text + '</p>'; };
b.onclick = () => { saves++; %s };</script>"""
ASKS_CODE_ONCE = """if (saves > 1) { b.disabled = true; return said('Saved'); }
more.innerHTML = '<label>Code <input></label>'; b.disabled = true; s.checked = false;
setTimeout(() => { more.innerHTML = ''; b.disabled = false; s.disabled = false; }, 500);
s.onchange = () => { b.disabled = false; };"""


@apart
def test_a_code_that_only_proves_who_one_is(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the code was given and forwarding is still off, it is filled in and saved once more."""
    monkeypatch.setattr(outlook, "GIVEN_SECONDS", 0.5)
    monkeypatch.setattr(desk.session.person, "no_input", False)
    monkeypatch.setattr(forwarding, "signed_in_gmail", lambda session: session.gmail_address)
    desk.show(SAVING % ASKS_CODE_ONCE.replace("b.disabled = false; s.disabled", "s.disabled"), SETTINGS)
    desk.session.look_afresh()

    ForwardMail(desk.session).do()

    assert ForwardMail(desk.session).look().values == {"on": True, "to": desk.session.gmail_address, "keeps_copy": True}
    assert desk.session.tab("outlook").page.evaluate("saves") == 2


@pytest.mark.parametrize(
    ("does", "said"),
    [
        ("if (confirm('Forward all mail?')) b.disabled = true", "Forward all mail?"),
        ("said('That is not to be.')", "That is not to be."),
        ("s.checked = false; b.disabled = true; said('Nothing leaves this house.')", "Nothing leaves this house."),
    ],
)
@apart
def test_a_page_that_takes_no_forwarding_is_quoted(
    desk: Desk, does: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A question nobody foresaw, or words that are in no list: what the page says is what the person is told."""
    monkeypatch.setattr(outlook, "PATIENT_SECONDS", 2.0)
    desk.show(SAVING % does, SETTINGS)
    desk.session.look_afresh()
    settings = OutlookSettings(desk.session).open_forwarding()
    settings.forward_to("a@gmail.example")

    assert settings.save_forwarding() == said


def stopped_at(desk: Desk, row: str) -> str:
    """The cause that ends the route at what Gmail's row says, by today's facts; nothing where it goes on."""
    session = replace(desk.session, facts=list(BUILT_IN))
    try:
        FetchByPop(session)._stop_at_what_no_setting_mends(row, Accounts(session))
    except CauseFound as stopped:
        return stopped.causes[0].code
    return ""


@apart
def test_a_row_with_a_wrong_password_gets_one_honest_try(desk: Desk) -> None:
    """A bare "wrong password" in Gmail's row may be just that; only words of its own that say more end the route."""
    error = 'a@outlook.example Authentication error. Server returned error "{}"'

    assert stopped_at(desk, error.format("Logon failure: unknown user name or bad password.")) == ""
    assert stopped_at(desk, error.format("Basic authentication is disabled.")) == "auth.basic-retired"


@apart
def test_settings_drawn_late_are_waited_for(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A POP part that comes seconds after the rest of its page is not given up."""
    monkeypatch.setattr(outlook, "PATIENT_SECONDS", 4.0)
    late = PANE + (
        "<div id=pop></div><script>setTimeout(() => { pop.innerHTML = '<h2>POP and IMAP</h2>"
        "<label><input type=checkbox role=switch> Let devices and apps use POP</label>' }, 2000)</script>"
    )
    desk.site.pages[outlook.POP_SETTINGS] = f"<!doctype html><body>{late}"
    desk.show(late, SETTINGS)
    desk.session.look_afresh()

    assert OutlookSettings(desk.session).open_pop().pop_is_on() is False


GMAIL = """<!doctype html><title>Settings - a@gmail.example - Gmail</title><body><table><tr><td>Send mail as:</td><td>
<table><tr><td>Anna &lt;a@outlook.example&gt;</td><td>default</td><td><span role=link tabindex=0>edit info</span></td></tr></table>
<span role=link tabindex=0>Add another email address</span></td></tr><tr><td>Check mail from other accounts:</td><td>
<table><tr><td>a@outlook.example</td><td><span role=link tabindex=0>View history</span> |
<span role=link tabindex=0 onclick="document.title = 'gone'">delete</span></td></tr>
</table></td></tr></table>"""


@apart
def test_the_default_sender_is_left_and_named(desk: Desk) -> None:
    """A sender address made the default since has no "delete": it is left, and no other row's "delete" is proposed."""
    desk.site.pages["/mail/u/0/"] = GMAIL
    desk.session.settings = replace(desk.session.settings, gmail_url=desk.site.url)
    session = replace(desk.session, settings=desk.session.settings)
    left = SendAs(session).undo({"row": None})
    page = Accounts(session).open()

    assert page.pop_row("a@outlook.example") == "a@outlook.example"
    assert left is not None
    assert "default sender" in left.why
    with pytest.raises(PageChanged) as stopped:
        page.find(DELETE_SEND_AS, "a@outlook.example", seconds=0.2)
    assert stopped.value.candidates == []
    assert page.tab.page.title() != "gone"


MESSAGES = """<div id=list></div><script>
const messages = [["Gmail Team", "Gmail Confirmation - Send Mail as a@outlook.example", "123456789"]]
const draw = () => {
  if (Date.now() > %d && messages.length < 2) messages.unshift([...messages[0].slice(0, 2), "987654321"])
  const open = location.hash.match(/message(\\d)/)
  list.innerHTML = open ? `a@outlook.example: confirmation code ${messages[open[1]][2]}` : messages.map((one, number) =>
    `<div role=row tabindex=0 onclick="location.hash = 'message${number}'">${one[0]} ${one[1]}</div>`).join("")
}
addEventListener("hashchange", draw)
draw()
</script>"""


@apart
def test_the_code_of_an_old_message_is_not_the_one(desk: Desk) -> None:
    """A confirmation message that was there before Gmail was asked is left alone; the one that comes later is read, if any."""
    desk.site.pages["/mail/u/0/"] = GMAIL + MESSAGES % ((time.time() + 2) * 1000)
    session = replace(desk.session, settings=replace(desk.session.settings, gmail_url=desk.site.url))
    session.look_afresh()

    assert confirmation_code(session, {"123456789"}, 0.0) is None
    assert confirmation_code(session, {"123456789"}) == "987654321"


def test_an_address_is_the_whole_address() -> None:
    """An address that only ends like ours is another one."""
    assert names_address("Send Mail as A@Outlook.example", "a@outlook.example")
    assert not names_address("Send Mail as ya@outlook.example", "a@outlook.example")
