"""Export: what Chrome's DevTools Recorder can take, written so that its own parser and runner accept it."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from automation.recording.exporting import to_devtools
from automation.recording.flow_file import Human, Placeholder, Recording, Step, Want
from automation.recording.reading import read
from automation.settings import Settings
from tests.helpers import Site, complain_about, program, run

FOREIGN = Path(__file__).parent / "foreign"
PEERS = Path(__file__).parents[1] / "build" / "peers" / "node_modules"  # `make peers`
RUNNER = """
import { parse, createRunner, PuppeteerRunnerExtension } from "@puppeteer/replay";
import puppeteer from "puppeteer-core";
import fs from "fs";
const flow = parse(JSON.parse(fs.readFileSync(process.argv[2], "utf8")));
if (process.argv[3]) {
  const browser = await puppeteer.launch({ executablePath: process.argv[3], args: ["--no-sandbox"] });
  const page = await browser.newPage();
  await (await createRunner(flow, new PuppeteerRunnerExtension(browser, page, { timeout: 9000 }))).run();
  console.log(JSON.stringify(await page.evaluate(() => [...document.querySelectorAll("input,[role=switch]")].map(
    (one) => one.type === "checkbox" || one.type === "radio" ? one.checked : one.value ?? one.ariaChecked))));
  await browser.close();
} else console.log(JSON.stringify(flow.steps.map((step) => step.type)));
"""


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """The site on which the recordings were made."""
    site = Site()
    for name in ("index", "frame", "popup", "done"):
        site.pages[f"/{name}.html"] = (FOREIGN / "site" / f"{name}.html").read_text(encoding="utf-8")
    yield site
    site.close()


def recording() -> Recording:
    """One step of each kind."""
    shows = ({"shows": {"role": "group", "name": "Let apps use POP"}},)
    return Recording(
        "pop",
        {"when": "2026-11-23", "by": "autoconfigure"},
        placeholders={"GMAIL_URL": Placeholder("site"), "POP": Placeholder("secret"), "VALUE_SERVER": Placeholder("value", "POP Server"), "CODE_1": Placeholder("code")},
        steps=[
            Step("1", "open", url="${GMAIL_URL}/index.html", expect=shows),
            Step("2", "type", want=Want("textbox", ("Address",), ids={"id": "addr"}), value="a@b.example"),
            Step("3", "type", want=Want("password", ("Password",), ids={"id": "pw"}), value="${secret:POP}", risk="secret"),
            Step("4", "type", want=Want("textbox", ("POP Server:",), ids={"name": "srv"}), value="${VALUE_SERVER}"),
            Step("5", "switch", want=Want("radio", ("Yes",), ids={"name": "p"}), value=True),
            Step("6", "choose", want=Want("combobox", ("Port",), ids={"id": "port"}), value="995"),
            Step("7", "click", want=Want("switch", ("Forwarding",))),
            Step("8", "press", value="Shift+Tab"),
            Step("9", "type", want=Want("textbox", ("Code",)), value="${CODE_1}", frame=({"name": "inner", "index": 0},)),
            Step("10", "human", human=Human("app-password", "Make one.", gives="POP")),
            Step("11", "dialog", value=True, expect=({"asks": "Sure?"},)),
            Step("12", "click", want=Want("button", ("Save",)), expect=({"url": "${GMAIL_URL}/done.html"},)),
        ],
    )  # fmt: skip


def node(one: Recording, site: Site, folder: Path, *browser: str) -> list[object]:
    """What @puppeteer/replay says of an exported recording; given a browser, what the fields hold after its replay."""
    written, _lost = to_devtools(one, Settings(gmail_url=site.url))
    (folder / "flow.json").write_text(json.dumps(written))
    (folder / "run.mjs").write_text(RUNNER)
    if not (folder / "node_modules").exists():
        (folder / "node_modules").symlink_to(PEERS)
    done = subprocess.run(
        ["node", "run.mjs", "flow.json", *browser], cwd=folder, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    answer: list[object] = json.loads(done.stdout)
    return answer


def test_there_and_back(tmp_path: Path) -> None:
    """What is exported and read again has the same names and values, and no role gets lost."""
    written, lost = to_devtools(recording(), Settings(gmail_url="https://mail.example"))
    file = tmp_path / "pop.json"
    file.write_text(json.dumps(written))
    back = read(file).recording

    assert [(s.do, s.value) for s in back.steps] == [
        (s.do if s.do not in ("switch", "choose") else {"switch": "click", "choose": "type"}[s.do],
         None if s.do == "switch" else s.value) for s in recording().steps
    ]  # fmt: skip
    for ours, theirs in zip(recording().steps, back.steps, strict=True):
        if ours.want and theirs.want:
            assert theirs.want.names == ours.want.names
            assert set(ours.want.roles) <= set(theirs.want.roles) or ours.want.role == theirs.want.role
            if ours.want.role != "radio":  # the name of a group is no choice's own
                assert dict(ours.want.ids).items() <= dict(theirs.want.ids).items()
    assert back.steps[9].human == recording().steps[9].human
    assert back.placeholders["POP"].kind == "secret"
    assert {line.partition(":")[0] for line in lost[:4]} == {"5", "6", "10", "11"}
    assert [step["parameters"] for step in written["steps"] if step.get("name") == "values"] == [
        {
            name: what
            for name, _of, what in (
                line.removeprefix("Before a replay there, put in the place of ").partition(": ") for line in lost[4:]
            )
        }
    ]
    assert "${VALUE_SERVER}: POP Server, a text" in lost[5]


def test_text_that_is_not_unique_is_no_selector() -> None:
    """DevTools acts on whatever holds a text first, so only a text that nothing else holds is written."""
    both = {"role": "button", "names": ["Save and close account"], "sections": []}
    for items, expected in (([], ["text/Save"]), ([both], [])):
        one = recording()
        one.steps = [Step("1", "click", want=Want("button", ("Save",)), model="page/1.model.json")]
        one.models["page/1.model.json"] = {"items": [{"role": "button", "names": ["Save"], "sections": []}, *items]}
        selectors = [s for [s] in to_devtools(one, Settings())[0]["steps"][0]["selectors"]]
        assert [s for s in selectors if s.startswith("text/")] == expected
        assert selectors[0] == 'aria/Save[role="button"]'


def test_what_others_share_is_no_selector() -> None:
    """DevTools acts on the first that fits, so what also fits another element is left out; a key waits as it goes down."""
    rows = [
        {"role": "button", "names": ["Edit"], "sections": [], "ids": {"id": f"b{n}", "name": "edit"}} for n in (1, 2)
    ]
    one = recording()
    edit = Want("button", ("Edit",), ids={"id": "b2", "name": "edit"}, index=1)
    one.steps = [
        Step("1", "click", want=edit, model="page/1.model.json"),
        Step("2", "switch", want=Want("radio", ("Weekly",), ids={"name": "often"}), value=True),
        Step("3", "press", value="Enter", where="https://a.example/", expect=({"url": "https://a.example/next"},)),
    ]
    one.models["page/1.model.json"] = {"items": rows}
    click, choice, down, up = to_devtools(one, Settings())[0]["steps"]
    assert click["selectors"] == [["#b2"]]
    assert choice["selectors"] == [['aria/Weekly[role="radio"]']]
    assert (down["assertedEvents"][0]["url"], up.get("assertedEvents")) == ("https://a.example/next", None)

    one.steps = [Step("1", "click", want=Want("button", ("Edit",), ids={"name": "edit"}), model="page/1.model.json")]
    assert to_devtools(one, Settings())[0]["steps"][0]["type"] == "customStep"


def test_the_command(tmp_path: Path) -> None:
    """It writes to a file or to standard output, says what got lost, and never writes a password."""
    ending = run(
        "export", str(FOREIGN / "codegen.jsonl"), "--to", "devtools", "--out", str(tmp_path / "out.json"), "--json"
    )
    assert ending.code == 0
    complain_about(ending.json, "export")
    assert ending.json["file"] == str(tmp_path / "out.json")
    assert ending.json["lost"]
    with program("export", str(FOREIGN / "codegen.jsonl"), "--to", "devtools") as running:
        plain = running.end()
    assert json.loads(plain.out) == json.loads((tmp_path / "out.json").read_text())
    assert "${secret:PASSWORD_1}" in plain.out
    assert "S3cret" not in plain.out + plain.err + ending.out


@pytest.mark.skipif(not (shutil.which("node") and PEERS.is_dir()), reason="needs node, and its packages: make peers")
def test_its_own_parser_and_runner(site: Site, tmp_path: Path, browser_path: Path) -> None:
    """@puppeteer/replay parses every step, and replays the recording on the page it was made on."""
    assert node(recording(), site, tmp_path) == [
        "customStep", "navigate", "waitForElement", "change", "change", "change", "click", "change", "click", "keyDown",
        "keyDown", "keyUp", "keyUp", "change", "customStep", "customStep", "click",
    ]  # fmt: skip
    stays = recording()
    stays.steps = stays.steps[:-1]
    assert node(stays, site, tmp_path, str(browser_path)) == [
        "a@b.example", "${secret:POP}", "${VALUE_SERVER}", True, False, False, "true"
    ]  # fmt: skip
    node(recording(), site, tmp_path, str(browser_path))


def test_steps_in_another_window() -> None:
    """That form finds a window by its whole address alone; which that is, is said once for each."""
    one = recording()
    opens = Step("1", "click", want=Want("button", ("Add",)), expect=({"opens": "main-window"},))
    inside = [
        Step(n, "click", page="main-window", where="${GMAIL_URL}/mail/u/0/", want=Want("button", (n,))) for n in "23"
    ]
    one.steps = [opens, *inside]
    written, lost = to_devtools(one, Settings(gmail_url="https://mail.example"))
    assert [step.get("target") for step in written["steps"]] == ["main", *["https://mail.example/mail/u/0/"] * 2]
    assert [line.partition(" ")[0] for line in lost] == ["2:"]
    assert lost[0].endswith("https://mail.example/mail/u/0/")


BOXES = """<!doctype html><meta charset=utf-8><input type=checkbox> Daily <input type=checkbox> Weekly<p>
<table><tr><td><input type=checkbox><td>Monthly</table>
<label for=a>Before</label><input type=checkbox id=a> <label for=b>Weekly mail</label><input type=checkbox id=b>"""


@pytest.mark.skipif(not (shutil.which("node") and PEERS.is_dir()), reason="needs node, and its packages: make peers")
def test_boxes_named_by_the_text_behind_them(site: Site, tmp_path: Path, browser_path: Path) -> None:
    """A box that only the text behind it names is found there too, and no box whose label comes first is taken for it."""
    site.pages["/boxes.html"] = BOXES
    names = ("Daily", "Weekly", "Monthly", "Before", "Weekly mail")
    items = [{"role": "checkbox", "names": [name], "sections": []} for name in names]
    one = recording()
    one.models["page/1.model.json"] = {"items": items}
    ticked = [Step(n, "switch", want=Want("checkbox", (n,)), value=True, model="page/1.model.json") for n in names[1:]]
    one.steps = [Step("1", "open", url="${GMAIL_URL}/boxes.html"), *ticked]

    assert node(one, site, tmp_path, str(browser_path)) == [False, True, True, True, True]
