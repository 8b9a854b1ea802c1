"""Our tabs in somebody's browser: opened, looked at, surprised by dialogs, closed, and no others touched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from automation.browser import close_tab, list_tabs, open_tab
from automation.errors import BrowserClosed, Interrupted, PageNotLoaded
from automation.look import Redrawn
from automation.stop import Stop
from automation.tab import Tab
from automation.tabs import Answer, Tabs
from tests.helpers import Desk, apart, open_desk


@pytest.fixture(scope="module")
def desk(browser_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A browser for small pages."""
    with open_desk(browser_path, tmp_path_factory.mktemp("tabs")) as desk:
        yield desk


def answer_of(tab: Tab, call: str) -> object:
    """What a native dialog of the page was answered with."""
    return tab.page.evaluate(f"() => {call}")


@apart
def test_dialogs_of_the_page(desk: Desk) -> None:
    """A message is confirmed, a question is answered with no and remembered, a prepared prompt gets its answer."""
    tab = desk.show("")
    answer_of(tab, "alert('hello')")

    assert answer_of(tab, "confirm('Delete everything?')") is False
    assert desk.tabs.dismissed[-1] == "Delete everything?"
    assert answer_of(tab, "prompt('Name?')") is None
    desk.tabs.answer_next_prompt("Label")
    assert answer_of(tab, "prompt('Name?')") == "Label"
    assert desk.tabs.prompt_was_answered()
    assert answer_of(tab, "prompt('Name?')") is None


@apart
def test_dialogs_are_answered_as_prepared(desk: Desk) -> None:
    """Prepared answers are given in their order, to what they are for, and no longer than while they are wanted."""
    tab = desk.show("")
    answers = [Answer(True), Answer("Label"), Answer(False), Answer(True, lambda message, _url: message == "Sure?")]
    with desk.tabs.answering(answers) as left:
        assert answer_of(tab, "confirm('Sure?')") is True
        assert answer_of(tab, "prompt('Name?')") == "Label"
        assert answer_of(tab, "confirm('Really?')") is False
        assert answer_of(tab, "confirm('Sure to close the account?')") is False
        assert left == answers[3:]
    assert answer_of(tab, "confirm('Sure?')") is False


@apart
def test_a_frame_is_looked_at_by_itself(desk: Desk) -> None:
    """What stands in a frame is found there and acted on there, and does not count as the page's own."""
    tab = desk.show("<button>Save</button><iframe name=inner srcdoc='<button>Send</button>'></iframe>")
    frame = tab.page.frame("inner")
    assert frame
    look = tab.until(lambda: (seen := tab.look(frame=frame)).items and seen, 5.0)
    assert look
    assert ([i.name for i in look.items], [i.name for i in tab.look().items]) == (["Send"], ["Save"])
    assert look.handle(look.items[0]).text_content() == "Send"


@apart
def test_a_page_cannot_bend_what_is_seen(desk: Desk) -> None:
    """A page that has written its own JSON, lists and queries is seen as it is, and finds nothing of ours in it."""
    tab = desk.show(
        "<button id=b onclick='this.textContent = \"Saved\"'>Save</button><script>"
        "JSON.stringify = () => '[]'; Array.prototype.toJSON = () => []; Array.prototype.map = () => [];"
        "Document.prototype.querySelectorAll = () => []; Element.prototype.getAttribute = () => 'bent';"
        "</script>"
    )
    look = tab.look(rows=True, ids=True)
    tab.act("Clicking", look.handle(look.items[0]).click)

    assert [(i.role, i.name, i.ids["id"]) for i in look.items] == [("button", "Save", "b")]
    assert [i.name for i in tab.look().items] == ["Saved"]
    assert tab.page.evaluate("() => Object.getOwnPropertySymbols(document).length") == 0


@apart
def test_what_was_drawn_anew_is_not_touched(desk: Desk) -> None:
    """An element that the page has drawn anew since the look is not acted on, though the new one reads the same."""
    tab = desk.show("<p><button onclick='document.title = \"pressed\"'>Save</button></p>")
    look = tab.look()
    tab.page.evaluate("() => { const p = document.querySelector('p'); p.innerHTML += ''; }")

    with pytest.raises(Redrawn):
        tab.act("Clicking", look.handle(look.items[0]).click)
    assert tab.page.title() != "pressed"


@apart
def test_the_person_answers_their_own_dialogs(desk: Desk) -> None:
    """While the person acts, the page's question is left for them."""
    tab = desk.show("")
    tab.cdp.send("Page.enable")  # as the browser's own window, which answers for the person here
    desk.tabs.person_is_acting = True
    try:
        tab.page.evaluate("() => { setTimeout(() => window.answer = confirm('Really?'), 0) }")
        tab.rest(0.5)
        tab.cdp.send("Page.handleJavaScriptDialog", {"accept": True})
    finally:
        desk.tabs.person_is_acting = False

    assert tab.page.evaluate("() => window.answer") is True


@apart
def test_leaving_a_page_that_asks_to_stay(desk: Desk) -> None:
    """A page that asks "leave?" is left."""
    tab = desk.show("<input id=i><script>onbeforeunload = (e) => e.preventDefault()</script>")
    tab.page.fill("#i", "changed")
    desk.site.pages["/next"] = "<body>next"
    tab.go(desk.site.url + "/next")

    assert tab.text() == "next"


@apart
def test_an_address_is_opened_once(desk: Desk) -> None:
    """The page that is open already is not loaded again, unless it has become stale."""
    desk.site.pages["/once"] = "<body>once"
    tab = desk.session.tab("page")
    for stale in (False, False, True):
        tab.stale = stale
        tab.go(desk.site.url + "/once")

    assert desk.site.asked.count("/once") == 2


@apart
def test_a_page_that_is_not_there(desk: Desk) -> None:
    """An address nobody answers at is named without its query."""
    with pytest.raises(PageNotLoaded) as stopped:
        desk.session.tab("page").go("http://127.0.0.1:9/mail?token=abc")

    assert "http://127.0.0.1:9/mail" in str(stopped.value)
    assert "abc" not in str(stopped.value)


@apart
def test_windows_that_open(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The window a click opens is ours; a click that opens none is told."""
    monkeypatch.setattr("automation.tabs.ACT_SECONDS", 2.0)
    desk.site.pages["/window"] = "<body>window"
    tab = desk.show("<a id=a href=/window target=_blank>open</a><b id=b>nothing</b>")
    window = desk.tabs.popup_of(tab, lambda: tab.page.click("#a"))

    assert window.until(lambda: window.text() == "window", 5)
    assert desk.tabs.newest_of(tab) == [window, tab]
    window.page.close()
    assert desk.tabs.newest_of(tab) == [tab]
    with pytest.raises(PageNotLoaded, match="window"):
        desk.tabs.popup_of(tab, lambda: tab.page.click("#b"))


@apart
def test_a_tab_the_person_closed(desk: Desk) -> None:
    """Looking into a tab that the person closed says so."""
    tab = desk.tabs.open()
    close_tab(desk.browser.endpoint, tab.target)
    with pytest.raises(BrowserClosed, match="was closed"):
        tab.until(lambda: tab.look().items, 5)


@apart
def test_stopping_is_noticed_while_waiting(desk: Desk) -> None:
    """A signal ends a wait at its next look."""
    tab = desk.show("")
    desk.tabs.stop.signal_number = 15
    try:
        with pytest.raises(Interrupted) as stopped:
            tab.until(lambda: None, 60)
    finally:
        desk.tabs.stop.signal_number = 0

    assert stopped.value.exit_code == 143


@pytest.mark.parametrize("form", ["http", "ws"])
@apart
def test_closing_ours_and_no_others(desk: Desk, form: str) -> None:
    """Letting go closes the tabs we opened and leaves the person's, whichever way the address was given."""
    theirs = open_tab(desk.browser.endpoint, desk.site.url + "/theirs")
    address = desk.browser.endpoint.replace("http", form) + ("/devtools/browser/x" if form == "ws" else "")
    tabs = desk.tabs
    ours = [tabs.open().target for _number in range(2)]
    stranded = Tabs.__new__(Tabs)  # what is left when the driver has died: the address and the tabs' names
    stranded._endpoint, stranded._targets, stranded.stop = address, ours, Stop()
    # A browser may still be closing what an earlier test left.
    assert {tab.id for tab in list_tabs(desk.browser.endpoint)} >= {theirs.id, *ours}
    stranded.close_by_address()
    tabs.open().page.close()

    left = {tab.id for tab in list_tabs(desk.browser.endpoint)}
    assert theirs.id in left
    assert left.isdisjoint(ours)
    close_tab(desk.browser.endpoint, theirs.id)


@apart
def test_the_text_of_a_page_that_is_going(desk: Desk) -> None:
    """A page in the middle of loading reads as empty and is no error."""
    desk.site.pages["/again"] = (
        "<script>if ((localStorage.n = 1 + +(localStorage.n || 0)) < 30) setTimeout(() => location.reload(), 20)</script>here"
    )
    tab = desk.session.tab("page")
    tab.go(desk.site.url + "/again")
    seen = {tab.text() for _number in range(40)}
    tab.until(lambda: desk.site.asked.count("/again") == 30 and tab.text() == "here", 10)

    assert seen <= {"here", ""}
    assert tab.look().items == []


@apart
def test_a_page_that_goes_elsewhere_by_itself(desk: Desk) -> None:
    """Opening an address while the page is still on its way elsewhere is no error."""
    desk.site.pages["/restless"] = "<script>setTimeout(() => location = '/rest', 1)</script>"
    desk.site.pages["/rest"] = "<body>rest"
    desk.site.pages["/wanted"] = "<body>wanted"
    tab = desk.session.tab("page")
    for _number in range(5):
        tab.go(desk.site.url + "/restless")
        tab.go(desk.site.url + "/wanted")
        assert tab.until(lambda: tab.text() in ("wanted", "rest"), 5)
    with pytest.raises(PageNotLoaded):
        tab.go("http://127.0.0.1:9/")
    tab.go(desk.site.url + "/wanted")

    assert tab.until(lambda: tab.text() == "wanted", 5)
