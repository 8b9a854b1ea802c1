"""Pictures: what a person would not want a stranger to read is covered in every pixel, the rest can be read."""

from __future__ import annotations

import base64
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from automation.picture import take_picture
from automation.tab import Tab
from tests.helpers import Desk, apart, open_desk

GREY = (0x9C, 0xA3, 0xAF)
WORDS = ("hanako@outlook.example", "hanako.y@gmail.example", "Hanako Yamada", "山田花子")

# The page's boxes of text, by id; what is private is marked so.
PANE = """<style>* {{ line-height: 1.6 }} b, i {{ font: 16px sans-serif }}</style>
<nav><b class=private>Divorce papers</b></nav>
<{main} id=pane><h2><b>Forwarding</b></h2>
<p><b>Server name: outlook.office365.com, port 995</b></p>
<p>The copy goes to <b class=private>hanako.y@gmail.example</b> <b>at once</b>
<p><b class=private>Taro Suzuki &lt;taro@family.example&gt;</b> <b>default</b>
<p>Signed in: <b class=private>Hanako</b>, <b class=private>山田花子</b><b>さん</b>, <b>Hanakoi</b>
<p><input class=private value='Hanako' size=30> <input class=private type=password value=abcdefgh>
<select class=private><option>Family</select> <label><input type=checkbox checked> <b>Keep a copy</b></label>
<p><code class=private>qwer tyui</code>
<table role=grid><tr role=row><td><b class=private>Mika Tanaka</b><td><b class=private>Dinner on Friday?</b></table>
<ul class=people><li><b class=private>Tokyo, 192.0.2.7</b></ul>
<div id=open></div></{main}>
<script>open_root = open.attachShadow ? document.getElementById('open').attachShadow({{mode: 'open'}}) : null;
open_root.innerHTML = '<b class=private style="font: 16px sans-serif">mika@friends.example</b>'</script>"""


@pytest.fixture(scope="module")
def desk(browser_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A browser for small pages."""
    with open_desk(browser_path, tmp_path_factory.mktemp("picture")) as desk:
        yield desk


def colours(tab: Tab, picture: str, private: bool, origin: dict[str, float] | None = None) -> list[tuple[str, int]]:
    """The marked texts of a page, each with the number of colours that a picture has where it stands."""
    data = base64.b64encode(Path(picture).read_bytes()).decode()
    seen: list[list[Any]] = tab.page.evaluate(
        """async ([data, wanted, origin]) => {
          const image = new Image(); image.src = 'data:image/png;base64,' + data; await image.decode();
          const canvas = document.createElement('canvas'); canvas.width = image.width; canvas.height = image.height;
          const pen = canvas.getContext('2d'); pen.drawImage(image, 0, 0);
          const all = [document, ...[...document.querySelectorAll('*')].map((e) => e.shadowRoot).filter(Boolean)]
            .flatMap((root) => [...root.querySelectorAll('b, input, select, code')]);
          return all.filter((e) => e.type !== 'checkbox' && e.classList.contains('private') === wanted).map((e) => {
            const box = e.getBoundingClientRect();
            const raw = pen.getImageData(box.x - origin.x + 3, box.y - origin.y + 3, box.width - 6, box.height - 6).data;
            const found = new Set();
            for (let i = 0; i < raw.length; i += 4) found.add([...raw.slice(i, i + 3)].join());
            return [e.innerText || e.value || e.type, [...found]];
          });
        }""",
        [data, private, origin or {"x": 0, "y": 0}],
    )
    if private:
        assert {c for _text, found in seen for c in found} == {",".join(map(str, GREY))}, seen
    return [(text, len(found)) for text, found in seen]


@apart
def test_a_settings_pane_can_be_read_but_for_what_is_private(desk: Desk) -> None:
    """Of a known part, addresses, names, fields, codes, lists and shadow roots are flat grey; the rest can be read."""
    tab = desk.show(PANE.format(main="section"))
    picture = take_picture(tab, desk.session.pictures, WORDS, "#pane", ".people li")
    box = tab.page.locator("#pane").bounding_box()
    assert box
    tab.page.locator("nav").evaluate("(nav) => nav.remove()")
    box["y"] = tab.page.locator("#pane").bounding_box()["y"]  # type: ignore[index]  # it is still there

    assert [text for text, count in colours(tab, picture, True, box) if count != 1] == []
    assert [text for text, count in colours(tab, picture, False, box) if count < 3] == []
    assert stat.S_IMODE(Path(picture).stat().st_mode) == 0o600


@apart
def test_of_a_strange_page_only_names_of_things_can_be_read(desk: Desk) -> None:
    """Of a page with no known part, headings and labels can be read, and in its middle nothing at all."""
    tab = desk.show("<h1><b>Settings</b></h1><p><b class=private>Dear Hanako</b><p><label><b>Use POP</b></label>")
    assert {count for _text, count in colours(tab, take_picture(tab, desk.session.pictures, WORDS), True)} == {1}
    assert min(count for _text, count in colours(tab, take_picture(tab, desk.session.pictures), False)) > 2

    tab = desk.show("<main><h2><b class=private>Re: my salary</b></h2><p><b class=private>Dear boss</b></main>")
    assert {count for _text, count in colours(tab, take_picture(tab, desk.session.pictures, WORDS), True)} == {1}


@apart
def test_what_is_drawn_while_the_picture_is_taken_is_covered_too(desk: Desk) -> None:
    """A page that writes an address anew sixty times a second shows it in no picture, and is left as it was."""
    html = (
        "<section id=pane><p><b class=private id=late>-</b></section><script>"
        "setInterval(() => { late.replaceChildren('taro' + (1e6 + performance.now() | 0) + '@family.example') }, 5)</script>"
    )
    tab = desk.show(html)
    sheets = "() => [document.adoptedStyleSheets.length, CSS.highlights.size]"
    for _round in range(5):
        picture = take_picture(tab, desk.session.pictures, WORDS, "#pane")
        box = tab.page.locator("#pane").bounding_box()
        assert {count for _text, count in colours(tab, picture, True, box)} == {1}

    assert tab.page.evaluate(sheets) == [0, 0]


@apart
def test_a_page_that_takes_the_cover_off_gives_no_picture(desk: Desk) -> None:
    """Where the cover did not stay until the end, there is no picture."""
    tab = desk.show("<p>Dear Hanako<script>setInterval(() => { document.adoptedStyleSheets = [] }, 1)</script>")

    assert take_picture(tab, desk.session.pictures, WORDS) == ""
