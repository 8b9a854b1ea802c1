"""``autoconfigure record NAME``: what a person does in a browser, written down as they do it, for a replay."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from automation.cli.common import Shared, shared_command
from automation.cli.endings import EMPTY
from automation.errors import BadSettings, BrowserClosed, Interrupted
from automation.messages import _

if TYPE_CHECKING:
    from automation.person import Person
    from automation.recording.flow_file import Step
    from automation.recording.folder import Folder
    from automation.recording.recorder import Recorder
    from automation.tab import Tab

SIGINT = 2
LAST_SECONDS = 0.5  # until a page has told what came of what was done just before the end


@shared_command(
    "record",
    _("Write down what you do in a browser, for a replay. Ctrl-C ends it, or closing the window."),
    click.Argument(["name"], metavar=_("NAME")),
    click.Option(["--start"], metavar="URL", help=_("The address to begin with.")),
    click.Option(["--out"], metavar=_("DIR"), help=_("Where the recording's folder is made (default: recordings).")),
    click.Option(
        ["--keep-values"],
        is_flag=True,
        default=None,
        help=_("At the end, ask for each field whether to keep what was typed; passwords and codes are never kept."),
    ),
)
def command(shared: Shared) -> int:
    """Record until Ctrl-C or until the window is closed."""
    from automation.recording.folder import FOLDER, checked_folder, drop_if_empty

    shared.result = {**EMPTY["record"], "name": shared.values["name"]}
    start = checked_start(shared.values.get("start"))
    path = checked_folder(shared.values["name"], Path(shared.values.get("out") or FOLDER))
    shared.result["folder"] = str(path)
    with ExitStack() as stack:
        stack.callback(drop_if_empty, path)
        try:
            person, tab, folder = _open(shared, stack, path, start)
        except Interrupted:
            if shared.stop.signal_number != SIGINT:
                raise
            shared.result["outcome"] = "nothing"
            return 0
        recorder = _record(shared, person, tab, folder, start)
        number, shared.stop.signal_number = shared.stop.signal_number, 0
        recorder.finish(closed=not number)
        if shared.flag("keep_values"):
            _keep(person, recorder)
        _tell_end(shared, person, folder)
    if number not in (0, SIGINT):
        raise Interrupted(number)
    return 0


def checked_start(url: str | None) -> str | None:
    """The address to begin with, if a browser can open it as a web page. Raises BadSettings."""
    if url is None:
        return None
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    if parts.scheme not in ("http", "https") or not host or parts.username or any(c.isspace() for c in url):
        raise BadSettings(
            _("The address {url} cannot be opened.").format(url=repr(url)),
            expected=_("an address such as https://mail.example.com"),
            todo=_("Correct --start, or leave it out and open the page yourself."),
        )
    return url


def _open(shared: Shared, stack: ExitStack, path: Path, start: str | None) -> tuple[Person, Tab, Folder]:
    """The browser with one empty tab of ours, and the folder that takes what is done."""
    from automation.cli.recording_run import new_recording, world_of
    from automation.cli.session import enter_sandbox, start_browser
    from automation.recording.folder import Folder
    from automation.recording.redaction import Redaction
    from automation.tabs import Tabs

    if shared.flag("sandbox"):
        enter_sandbox(shared, stack)
    person = shared.person()
    settings = shared.settings
    endpoint = settings.autoconfigure_attach or start_browser(shared, stack, person, (start,) if start else ())
    tabs = Tabs(endpoint, shared.stop)
    stack.callback(tabs.close)
    tabs.person_is_acting = True  # every dialog is theirs to answer
    tab = tabs.open()
    if not settings.autoconfigure_attach:
        for page in tabs.others():
            page.close()  # the empty tab that the browser began with
    recording = new_recording(path.name, tabs.browser_name, world_of(shared))
    return person, tab, Folder(path, recording, Redaction(settings))


def _record(shared: Shared, person: Person, tab: Tab, folder: Folder, start: str | None) -> Recorder:
    """Record in this tab and what belongs to it, until a signal or until all is closed."""
    from playwright.sync_api import Error

    from automation.recording.recorder import Recorder

    attached = bool(shared.settings.autoconfigure_attach)
    words = {
        "step": "",
        "title": _("Recording…"),
        "detail": _("To end it, press Ctrl-C in the terminal or close this window."),
        "yours": True,
    }
    recorder = Recorder(folder, words, on_step=lambda step: _tell(person, folder, step), all_tabs=not attached)
    if shared.flag("sandbox"):
        start = start or shared.settings.outlook_url + "/mail/0/"
    _explain(person, attached)
    recorder.watch(tab.page, start)
    if start:
        with suppress(Interrupted, BrowserClosed):  # over before it began: told as any other end
            tab.go(start)
    while not shared.stop.signal_number and not folder.is_full and (windows := recorder.open_windows):
        with suppress(Error):  # closed just now: another one, or the end
            windows[0].page.wait_for_timeout(100)
        recorder.take()
    if windows := recorder.open_windows:
        with suppress(Error):
            windows[0].page.wait_for_timeout(LAST_SECONDS * 1000)
    if folder.is_full:
        person.warn(_("A recording holds at most {count} steps: this one ends here.").format(count=len(folder.steps)))
    return recorder


def _explain(person: Person, attached: bool) -> None:
    person.say(_("Recording… Ctrl-C ends it, or closing the browser window."), style="bold")
    person.say("  " + _("Do in the browser what is to be recorded. Nothing is done there but what you do."))
    person.say("  " + _("Passwords and codes are never kept; what else you type is not kept unless you say so."))
    if attached:
        person.say("  " + _("Only the tab that I have opened is recorded, and windows opened from it."))


def _tell(person: Person, folder: Folder, step: Step) -> None:
    """One line for one step, as it happens."""
    from automation.recording.wording import sentence

    if step.human:
        person.warn(
            _("That cannot be done again by itself. At a replay it is your part: {what}").format(what=step.human.what)
        )
        return
    window = "" if step.page == "main" else f" [{step.page}]"
    person.say(f"  {len(folder.steps):3} {sentence(step, str)}{window}")


def _keep(person: Person, recorder: Recorder) -> None:
    """Ask for each typed text whether it is to stand in the recording."""
    steps, redaction = recorder.folder.steps, recorder.folder.redaction
    if recorder.typed and not person.can_answer:
        person.warn(_("Nobody is here to be asked, so what was typed is not kept."))
        return
    for typed in recorder.typed:
        try:
            keep = person.agrees_to_keep(typed.called, typed.text)
        except Interrupted:
            return  # no to this one and the rest
        if keep:
            redaction.tell(typed.placeholder)
            steps[typed.index] = replace(steps[typed.index], value=redaction.text(typed.text))
            recorder.folder.write()


def _tell_end(shared: Shared, person: Person, folder: Folder) -> None:
    from automation.cli.recording_run import say_where

    told: list[dict[str, Any]] = [
        {"id": step.id, "do": step.do, "wanted": step.want.called if step.want else None} for step in folder.steps
    ]
    shared.result |= {"steps": told, "outcome": "recorded" if told else "nothing"}
    say_where(person, folder)
