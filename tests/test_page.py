"""What pages do with their elements: act once, never twice, stop with evidence, and keep secrets where they belong."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from automation.element import THIS_PAGE, Element, Rule, Words
from automation.errors import AutoconfigureError, NeedsPerson, PageChanged, PageNotLoaded
from automation.page import Page
from automation.person import HandOver
from automation.session import Unseen
from automation.settings import Secret
from automation.tab import Tab
from flows import remedies
from flows.pages import microsoft
from flows.pages.app_password import watch_for_app_password
from tests.helpers import Desk, apart, open_desk

SAVE = Element("the button “Save”", ("button",), Words(en=("Save",)))
SWITCH = Element("the switch", ("switch", "checkbox"), Words(en=("POP",)))
NAME = Element("the field “Name”", ("textbox",), Words(en=("Name",)))
PORT = Element("the list “Port”", ("combobox",), Words(en=("Port",)))
PASSWORD = Element("the field “Password”", ("password",), Words(en=("Password",)), THIS_PAGE, Rule("x"), risk="secret")
SIGN_IN = HandOver("sign-in", "Please sign in.", "the page shows.")
COUNTING = "<script>window.clicks = []; addEventListener('click', (e) => clicks.push(e.target.innerText || e.target.id), true)</script>"
FORM = "<label>Password <input type=password id=p></label>"
WORD = Secret("qwertyuiopasdfgh")


@pytest.fixture(scope="module")
def desk(browser_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A browser for small pages."""
    with open_desk(browser_path, tmp_path_factory.mktemp("page")) as desk:
        yield desk


class SmallPage(Page):
    """A page of these tests."""

    called = "the small page"


def small(desk: Desk, html: str) -> SmallPage:
    """A page with this body."""
    return SmallPage(desk.session, desk.show(COUNTING + html))


def clicks(page: Page) -> list[str]:
    """What was clicked on the page, by the page's own count."""
    clicked: list[str] = page.tab.page.evaluate("() => window.clicks")
    return clicked


# -- arriving -------------------------------------------------------------------------------------------------------


@apart
def test_nobody_is_led_away_while_typing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a sign-in the page wanted is gone back to, but not from a field that somebody has begun to fill in."""
    monkeypatch.setattr("automation.page.HOP_SECONDS", 0.2)
    desk.site.pages["/wanted"] = "<h1>wanted</h1>"
    wanted = desk.site.url + "/wanted"
    page = small(desk, "<label>Another address <input id=more></label>")
    back = page.coming_back(wanted, lambda: None)
    page.tab.page.locator("#more").fill("a@outl")
    page.tab.until(back, 1.5)

    assert not page.tab.page.url.endswith("/wanted")
    page.tab.page.locator("#more").fill("")
    assert page.tab.until(lambda: back() or page.tab.page.url == wanted, 5)


@apart
def test_a_sign_in_that_forgets_the_place(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a site hops over its sign-in and ends at its front page, the page wanted is opened once more."""
    monkeypatch.setattr("automation.page.HOP_SECONDS", 0.8)
    page, known = small(desk, "front page"), "localStorage.known"
    desk.site.pages["/signin"] = f"<script>{known} = 1; setTimeout(() => location = '/', 300)</script>"
    desk.site.pages["/place"] = f"<script>if ({known}) document.title = 'known'; else location = '/signin'</script>"
    wanted = desk.site.url + "/place"

    assert page.arrive(wanted, lambda: page.tab.page.title() == "known" or None, SIGN_IN)
    assert desk.site.asked.count("/place") == 2


@apart
@pytest.mark.parametrize("typed", ["", "half a pass"])
def test_a_sign_in_page_that_was_left_open(typed: str, desk: Desk) -> None:
    """A sign-in that only another page had asked for hides none of its site, unless somebody has begun to type there."""
    desk.site.pages["/wanted"] = "<h1>wanted</h1>"
    wanted = desk.site.url + "/wanted"
    page = SmallPage(desk.session, desk.show("<input id=user autofocus>", "/signin/challenge"))
    page.tab.page.locator("#user").fill(typed)
    page.session.only_looking = True
    try:
        page.arrive(wanted, lambda: page.tab.page.url == wanted or None, SIGN_IN)
        assert not typed
    except Unseen:
        assert typed
    finally:
        page.session.only_looking = False


# -- acting ---------------------------------------------------------------------------------------------------------


@apart
def test_a_click_is_one_click(desk: Desk) -> None:
    """The element that was meant is clicked once, and nothing else."""
    page = small(desk, "<button>Discard</button><button>Save</button>")
    page.click(SAVE)

    assert clicks(page) == ["Save"]


@apart
def test_a_decoy_is_never_clicked(desk: Desk) -> None:
    """With the button gone and only longer names there, nothing is clicked; the error says so and has a picture."""
    page = small(desk, "<button>Save and close account</button><button>Save changes</button>")
    with pytest.raises(PageChanged) as stopped:
        page.click(SAVE, seconds=0.2)

    told = str(stopped.value)
    assert clicks(page) == []
    assert "the button “Save”" in told
    assert "Nothing was clicked" in told
    assert {"role": "button", "name": "Save changes", "section": None} in stopped.value.candidates
    assert stat.S_IMODE(Path(stopped.value.evidence).stat().st_mode) == 0o600


@apart
def test_a_switch_is_clicked_only_for_a_change(desk: Desk) -> None:
    """A switch that stands right is left alone; else it is clicked once and seen to have changed."""
    page = small(desk, "<label><input type=checkbox id=box>POP</label>")

    assert page.switch(SWITCH, False) is False
    assert clicks(page) == []
    assert page.switch(SWITCH, True) is True
    assert page.find(SWITCH).item.checked is True
    assert clicks(page) == ["box"]


OFFER = """<button style='position:relative'>Save</button>
<div id=offer onclick="this.remove()" style='position:fixed;inset:0;background:#fff'>What's new</div>"""


@apart
def test_what_lies_over_the_page_is_the_persons_to_close(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """An offer over the page is never clicked away: the person closes it, and then the click is made, once."""
    monkeypatch.setattr("automation.page.ACT_SECONDS", 1.0)
    page = small(desk, OFFER)
    with pytest.raises(PageNotLoaded, match="covered"):
        page.click(SAVE)
    assert clicks(page) == []

    monkeypatch.setattr(desk.session.person, "no_input", False)
    monkeypatch.setattr(desk.session.person, "patience", 10.0)
    monkeypatch.setattr(desk.session.person, "actions", [])
    page.tab.page.evaluate("() => setTimeout(() => document.getElementById('offer').click(), 2000)")
    page.click(SAVE)

    assert clicks(page) == ["What's new", "Save"]
    assert desk.session.person.actions == ["uncover"]


@apart
def test_a_switch_that_does_not_obey_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A switch that stays as it was is not taken for switched."""
    monkeypatch.setattr("automation.page.ACT_SECONDS", 1.0)
    page = small(desk, "<button role=switch aria-checked=false aria-label=POP></button>")
    with pytest.raises(PageChanged, match="did not change"):
        page.switch(SWITCH, True)


@apart
def test_a_choice_is_made_by_its_whole_text(desk: Desk) -> None:
    """A list is chosen from by an option's exact text or value, the first wish that is offered."""
    page = small(desk, "<label>Port <select id=s><option>110<option>1995<option value=995>995 (SSL)</select></label>")

    assert page.choose(PORT, "2525", "995") == "995"
    assert page.tab.page.evaluate("() => document.getElementById('s').value") == "995"
    with pytest.raises(PageChanged, match="110, 1995"):
        page.choose(PORT, "99")


@apart
def test_a_field_is_written_only_for_a_change(desk: Desk) -> None:
    """A field that holds the text already is not touched."""
    page = small(
        desk, "<label>Name <input id=n value=Hanako></label><script>n.oninput = () => clicks.push('typed')</script>"
    )
    page.write(NAME, "Hanako")
    assert clicks(page) == []
    page.write(NAME, "Hanako Yamada")

    assert page.find(NAME).item.value == "Hanako Yamada"


# -- arriving -------------------------------------------------------------------------------------------------------


def arrive(desk: Desk, path: str) -> bool:
    """Open an address of the site and wait for its button."""
    page = SmallPage(desk.session, desk.session.tab("page"))
    page.tab.stale = True
    return page.arrive(desk.site.url + path, lambda: True if page.seek(SAVE) else None, SIGN_IN)


@apart
def test_arriving(desk: Desk) -> None:
    """A page that draws itself late is waited for."""
    desk.site.pages["/late"] = (
        "<script>setTimeout(() => document.body.innerHTML = '<button>Save</button>', 700)</script><body>"
    )

    assert arrive(desk, "/late")


@pytest.mark.parametrize("path", ["/asks", "/hops"])
@apart
def test_a_sign_in_is_handed_over(desk: Desk, path: str) -> None:
    """A page that wants a password, or another site, is the person's; while only looking it is just not seen."""
    desk.site.pages["/asks"] = "<body><button>Sign in</button>" + FORM
    desk.site.pages["/hops"] = f"<script>location = '{desk.site.other_url}/stranger'</script>"
    desk.site.pages["/stranger"] = "<body>Who are you?"

    with pytest.raises(NeedsPerson, match="Please sign in"):
        arrive(desk, path)
    desk.session.only_looking = True
    try:
        with pytest.raises(Unseen):
            arrive(desk, path)
    finally:
        desk.session.only_looking = False


@apart
def test_a_hop_over_a_sign_in_server_is_no_sign_in(desk: Desk) -> None:
    """A site that forwards by itself to its sign-in server and back is not handed to the person."""
    desk.site.pages["/start"] = (
        "<script>if (!sessionStorage.been) { sessionStorage.been = 1; setTimeout(() => location = '/login/', 50) }"
        "else document.write('<button>Save</button>')</script>"
    )
    desk.site.pages["/login/"] = (
        "<body><input type=password><script>setTimeout(() => location = '/start', 300)</script>"
    )

    assert arrive(desk, "/start")


@apart
def test_a_page_without_anything_known(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that shows nothing we know ends with its address and a picture, nothing clicked."""
    monkeypatch.setattr("automation.page.PATIENT_SECONDS", 1.0)
    desk.site.pages["/odd"] = "<body>Our new look!"
    with pytest.raises(PageChanged, match="/odd") as stopped:
        arrive(desk, "/odd")

    assert Path(stopped.value.evidence).is_file()


# -- secrets --------------------------------------------------------------------------------------------------------


def typed(tab: Tab) -> str:
    """What stands in the password field."""
    value: str = tab.page.evaluate("() => document.getElementById('p').value")
    return value


@apart
def test_a_secret_is_typed_at_its_own_place_only(desk: Desk) -> None:
    """A secret goes into a page of the configured origin, whole and over what stood there, and into no other."""
    page = small(desk, FORM)
    page.tab.page.fill("#p", "old")
    for elsewhere in (desk.site.other_url, desk.site.url.replace("http:", "https:"), desk.site.url + "1"):
        with pytest.raises(AutoconfigureError, match="Nothing was typed"):
            page.write_secret(PASSWORD, WORD, elsewhere)
    assert typed(page.tab) == "old"
    page.write_secret(PASSWORD, WORD, desk.site.url)

    assert typed(page.tab) == WORD.open()


@pytest.mark.parametrize("refusal", ["readonly", "maxlength=12", "oninput='this.readOnly = true'"])
@apart
def test_a_refused_secret_is_in_no_error(desk: Desk, refusal: str) -> None:
    """A password field that takes nothing, or not all of it, ends in an error without the password."""
    page = small(desk, FORM.replace("id=p", f"id=p value=old {refusal}"))
    page.tab.page.set_default_timeout(1000)
    try:
        with pytest.raises(AutoconfigureError) as stopped:
            page.write_secret(PASSWORD, WORD, desk.site.url)
    finally:
        page.tab.page.set_default_timeout(30_000)

    assert WORD.open() not in str(stopped.value) + repr(stopped.value.__context__)


# -- reading an app password ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>Use this app password: <b>qwertyuiopasdfgh</b></p>", "qwertyuiopasdfgh"),
        ("<dl><dt>App password</dt><dd>qwer tyui opas dfgh</dd></dl>", "qwertyuiopasdfgh"),
        ("<dl><dt>App password</dt><dd>qwer-tyui-opas-dfgh</dd></dl>", "qwertyuiopasdfgh"),
        ("<p>アプリ パスワード：qwertyuiopasdfgh</p>", "qwertyuiopasdfgh"),
        ("<input readonly value=qwertyuiopasdfgh>", "qwertyuiopasdfgh"),
        ("<p><span>qwer</span> <span>tyui</span> <span>opas</span> <span>dfgh</span></p>", "qwertyuiopasdfgh"),
        ("<output>qw3rtyuiop4sdfgh</output>", "qw3rtyuiop4sdfgh"),
        ("<div>qwertyuiopasdfgh <button>Copy</button></div>", "qwertyuiopasdfgh"),
        ("<label>New app password <b>qwertyuiopasdfgh</b></label>", "qwertyuiopasdfgh"),
        ("<div role=alert>Your new app password<br>qwertyuiopasdfgh<br>Keep it.</div>", "qwertyuiopasdfgh"),
        ("<p>Your app password is qwertyuiopasdfgh. It is shown once.</p>", "qwertyuiopasdfgh"),
        ("<p>新しいアプリ パスワードは「qwertyuiopasdfgh」です。</p>", "qwertyuiopasdfgh"),
        ("<p>" + "".join(f"<span>{letter}</span>" for letter in "qwertyuiopasdfgh") + "</p>", "qwertyuiopasdfgh"),
        ("<b>qwer&#8203;tyui&#8203;opas&#8203;dfgh</b>", "qwertyuiopasdfgh"),
        ("<input value=qwertyuiopasdfgh>", "qwertyuiopasdfgh"),
        ("<p style='display:none'>abcdefghijklmnop</p><p>qwertyuiopasdfgh</p>", "qwertyuiopasdfgh"),
        ("<p>Passwords keep mail safe.</p>", None),
        ("<p>This will take some time only once.</p>", None),
        ("<p>Responsibilities are characteristics of a person.</p>", None),
        ("<p>qwertyuiopasdfgh</p><p>zxcvbnmasdfghjkl</p>", None),
        ("<p>qwertyuiopasdfg</p><p>1234567890123456</p>", None),
        ("<a href=#>that will take time</a>", None),
        ("<button>characteristical</button>", None),
        ("<input id=i><script>i.value = 'qwertyuiopasdfgh'</script>", None),
        ("<p>Use your password when this code asks.</p><p>qwertyuiopasdfgha</p>", None),
        ("<p>Whoever knows your password has responsibilities too.</p>", None),
        (
            "<p>A password is enthusiastically kept.</p><p>Your app password is qwertyuiopasdfgh.</p>",
            "qwertyuiopasdfgh",
        ),
    ],
)
@apart
def test_the_app_password_is_read_from_the_page(desk: Desk, html: str, expected: str | None) -> None:
    """The one new password shown is read in any grouping; words of sixteen letters and two passwords are not."""
    tab = desk.show("<h1>Additional security options</h1><p>Create a new app password</p>")
    shown = watch_for_app_password(tab)
    desk.show("<h1>Additional security options</h1>" + html)

    assert shown() == (Secret(expected) if expected else None)


# -- what is not there ------------------------------------------------------------------------------------------------


@apart
def test_no_sign_in_to_approve(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the Microsoft account lists no unusual sign-in, nobody is asked to approve one, and no one waits for it."""
    monkeypatch.setattr(microsoft, "LISTED_TRIES", 2)
    monkeypatch.setattr(microsoft, "LISTED_SECONDS", 0.1)
    desk.site.pages[microsoft.ACTIVITY] = "<!doctype html><h2>Recent activity</h2><ul><li>Security challenge</ul>"
    session = replace(desk.session, settings=replace(desk.session.settings, account_live_url=desk.site.url))
    asked = len(desk.site.asked)

    assert not remedies.approve_activity(session)
    assert desk.site.asked[asked:].count(microsoft.ACTIVITY) == 2
    assert "nothing to approve" in desk.words.getvalue()
    assert session.person.actions == []
