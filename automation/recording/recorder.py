"""What a person does in a browser, as a recording: the recorder's script in every page, and what it tells as steps."""

from __future__ import annotations

import json
import re
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from automation.element import Item, Risk, items_from, plain
from automation.look import COLLECT
from automation.messages import _
from automation.person import BANNER
from automation.recording import secret_fields
from automation.recording.flow_file import BY_HAND, Human, Step, Want
from automation.recording.folder import Folder
from automation.recording.survey import Survey, became_true, dialog_step, evidence, survey_from

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession, Frame, Page

WORLD, TELL = "autoconfigure-recorder", "autoconfigureTell"
_SCRIPT = Path(__file__).with_name("recorder.js").read_text(encoding="utf-8")
_RECORDER = _SCRIPT[_SCRIPT.index("(collect, banner, wanted)") :]
# What an act brings about shows within this; afterwards it is looked at even if nothing else is done.
SETTLED_SECONDS = 1.5
MOST_FRAMES = 10  # within each other
# A window that goes this soon after something was done in it closed by itself.
CLOSING_SECONDS = 1.0
# A page that comes this soon after another was about to open a window is that window.
OPENING_SECONDS = 3.0
# Words on what is pressed that make it worth a question before it is ever pressed again on slighter evidence.
_DESTRUCTIVE = re.compile(
    r"(?i)\b(?:delete|remove|erase|discard|reset|revoke|unsubscribe|cancel (?:my )?(?:order|subscription|plan))\b"
    r"|\b(?:buy|pay|purchase|place (?:my |your )?order)\b|削除|消去|破棄|取り消|解約|退会|購入|注文|支払|リセット"
)
_ACCOUNT = re.compile(
    r"(?i)\b(?:close|deactivate|delete|leave|disable) (?:my |your |this |the )?account\b|\bsign ?out (?:everywhere|of all)\b"
    r"|アカウントを?(?:の)?(?:閉鎖|削除|停止|無効)|すべて(?:の|から).*(?:サインアウト|ログアウト)"
)


def script(words: Mapping[str, Any]) -> str:
    """The whole script for a page: the recorder with the engine's eyes, and the words of its strip."""
    wanted = {
        "tell": TELL,
        "words": words,
        "code": secret_fields.CODE_WORDS,
        "noCode": secret_fields.NO_CODE_WORDS,
        "secret": secret_fields.SECRET_WORDS,
        "autocomplete": secret_fields.SECRET_AUTOCOMPLETE,
    }
    return f"({_RECORDER})({COLLECT}, {BANNER}, {json.dumps(wanted, ensure_ascii=False)})"


@dataclass
class Window:
    """A tab or window that is recorded."""

    name: str
    page: Page
    frame: str = ""  # the browser's own name of its main frame
    requested: bool = False  # the page itself is on its way elsewhere
    started: bool = False  # its first address is ours, not the person's
    opening: float = 0.0  # when it last was about to open a window


@dataclass(frozen=True)
class Model:
    """A page or frame as the recorder's script told it; read only when it is needed."""

    number: int
    frame: str
    told: Mapping[str, Any]
    text: str

    def survey(self, index: int | None = None, around: str = "") -> Survey:
        """The model with the place of one element in it."""
        return replace(survey_from({**json.loads(self.text), **self.told, "index": -1}), index=index, around=around)


@dataclass
class Last:
    """The last act, until what came of it was looked at."""

    index: int
    window: Window
    context: tuple[str, str]
    before: Survey | None
    time: float
    models: int  # how many models had been told by then
    wanted: Item | None = None


@dataclass
class Typed:
    """A typed text that is kept only if the person says so."""

    index: int
    called: str
    text: str
    placeholder: str


@dataclass
class Recorder:
    """Records the windows it is given. Nothing is done to a page but showing the strip that says so."""

    folder: Folder
    words: Mapping[str, Any]
    on_step: Callable[[Step], None] = lambda _step: None
    windows: list[Window] = field(default_factory=list)
    typed: list[Typed] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    sessions: list[CDPSession] = field(default_factory=list)
    all_tabs: bool = False  # record the tabs that the person opens too, not only windows opened from ours
    _events: deque[tuple[float, Window | None, str, Any]] = field(default_factory=deque)
    _now: float = 0.0  # when the event happened that is being taken
    _asking: Mapping[str, Any] = field(default_factory=dict)  # the native dialog that is open, as the browser told it
    _models: dict[tuple[str, str], list[Model]] = field(default_factory=dict)
    _told: int = 0
    _done: dict[str, str] = field(default_factory=dict)  # the last step of each element, by what the script calls it
    _last: Last | None = None
    _frames: dict[Frame, tuple[str, CDPSession | None]] = field(default_factory=dict)

    # -- watching -------------------------------------------------------------------------------------------------

    def watch(self, page: Page, start: str | None = None, opener: Window | None = None) -> Window:
        """Record this page from now on, with its frames and the windows it opens; ``start`` is about to be opened there."""
        window = Window(self._name(opener), page, started=start is None)
        if not self.windows:
            page.context.on("page", lambda opened: self._happened(None, "page", opened))
        self.windows.append(window)
        page.on("close", lambda _page: self._happened(window, "closed", None))
        page.on("frameattached", lambda frame: self._happened(window, "frame", frame))
        page.on("framenavigated", lambda frame: self._happened(window, "frame", frame))
        session = self._listen(window, page)
        window.frame = session.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
        for frame in page.frames:
            self._happened(window, "frame", frame)
        if opener is None:
            self._went(window, start or page.url)
        return window

    def _listen(self, window: Window, target: Page | Frame) -> CDPSession:
        """Put the script into all documents of a page, or of a frame that has a process of its own, now and later."""
        session = window.page.context.new_cdp_session(target)
        self.sessions.append(session)
        for event in (
            "Runtime.bindingCalled",
            "Page.frameRequestedNavigation",
            "Page.frameStartedNavigating",
            "Page.navigatedWithinDocument",
            "Page.windowOpen",
            "Page.javascriptDialogOpening",
            "Page.javascriptDialogClosed",
        ):
            session.on(event, lambda data, event=event: self._happened(window, event, data))
        session.send("Page.enable")
        session.send("Runtime.enable")
        session.send("Runtime.addBinding", {"name": TELL, "executionContextName": WORLD})
        session.send(
            "Page.addScriptToEvaluateOnNewDocument",
            {"source": script(self.words), "worldName": WORLD, "runImmediately": True},
        )
        return session

    def _name(self, opener: Window | None) -> str:
        if not self.windows:
            return "main"
        taken = {window.name for window in self.windows}
        base = f"{opener.name}-window" if opener else "tab"
        return next(name for n in range(1, 1000) if (name := base if n == 1 else f"{base}-{n}") not in taken)

    @property
    def open_windows(self) -> list[Window]:
        """The windows that are still there."""
        return [window for window in self.windows if not window.page.is_closed()]

    # -- listening ------------------------------------------------------------------------------------------------

    def _happened(self, window: Window | None, event: str, data: Any) -> None:
        self._events.append((time.monotonic(), window, event, data))

    def take(self) -> None:
        """Make steps of all that was told since the last time."""
        while self._events:
            self._now, window, event, data = self._events.popleft()
            self._handle(window, event, data)
        if self._last and time.monotonic() - self._last.time > SETTLED_SECONDS:
            self._settle()

    def _handle(self, window: Window | None, event: str, data: Any) -> None:
        if window is None:
            self._take_page(data)
        elif event == "Runtime.bindingCalled":
            head, _newline, body = data["payload"].partition("\n")
            self._hear(window, json.loads(head), body)
        elif event == "frame":
            self._take_frame(window, data)
        elif event == "closed":
            self._closed(window)
        elif event == "Page.windowOpen":
            window.opening = self._now
        elif event == "Page.javascriptDialogOpening":
            self._expect({"dialog": data["type"]})
            self._asking = data
        elif event == "Page.javascriptDialogClosed":
            given = data.get("userInput") if data["result"] else ""
            self._add(self._answered(window, given or bool(data["result"])))
        else:
            self._navigation(window, event, data)

    def _answered(self, window: Window, answer: str | bool) -> Step:
        """The step that answers the native dialog that was open."""
        asking, redaction = self._asking, self.folder.redaction
        where = redaction.url(asking.get("url", ""))
        return dialog_step(asking["type"], asking["message"], answer, redaction, page=window.name, where=where)

    def _know(self, text: str, placeholder: str) -> None:
        """What was typed is left out wherever the page repeats it; one or two letters are anywhere."""
        if len(text.strip()) > 2:
            self.folder.redaction.know(text.strip(), placeholder)

    def _add(self, step: Step, before: Survey | None = None) -> None:
        self.folder.add(step, before)
        self.on_step(self.folder.steps[-1])

    def _hear(self, window: Window, head: dict[str, Any], body: str) -> None:
        """What the script in a page told."""
        if head["kind"] == "trouble":
            self.troubles.append(head["text"])
            return
        way = json.dumps([one["index"] for one in head["frame"]])
        context = (window.name, way)
        if head["kind"] == "model":
            self._told += 1
            told = {"url": head["url"], "lang": head["lang"] or "", "told": self._told}
            self._models[context] = [*self._models.get(context, [])[-4:], Model(head["number"], way, told, body)]
        else:
            self._did(window, context, head)

    # -- steps ----------------------------------------------------------------------------------------------------

    def _did(self, window: Window, context: tuple[str, str], head: dict[str, Any]) -> None:
        model = next((m for m in reversed(self._models.get(context, [])) if m.number == head.get("number")), None)
        self._settle(context, model)
        if self._goes_on(window, head):
            return
        before = model.survey(head.get("index"), head.get("around", "")) if model else None
        item = self._item(head, before)
        step = Step(
            "",
            head["do"],
            page=window.name,
            frame=tuple(self._frame(one) for one in head["frame"][:MOST_FRAMES]),
            where=self.folder.redaction.url(head["url"]),
            want=self._want(before, item, head) if item else None,
            risk=_risk(head, item),
        )
        if step.do == "human":
            step = replace(step, human=self._by_hand(head, item))
        if head.get("value") == "middle":  # what it opens has no opener
            window.opening = self._now
        value, typed = self._value(head, item, before)
        self._add(replace(step, value=value), before)
        index = len(self.folder.steps) - 1
        if "key" in head:
            self._done[head["key"]] = self.folder.steps[index].id
        if typed:
            self.typed.append(replace(typed, index=index))
        self._last = Last(index, window, context, before, self._now, self._told, item)
        if step.do == "switch":
            self._expect({"state": bool(value)})

    def _by_hand(self, head: Mapping[str, Any], item: Item | None) -> Human:
        """What cannot be done again from a recording, and is the person's part at a replay."""
        redaction = self.folder.redaction
        name = redaction.text(item.name)[:80] if item else ""
        if head["human"] == "drag":
            return Human(BY_HAND, _("Drag “{name}” with the mouse to where it belongs.").format(name=name or "?"))
        placeholder = redaction.typed(None, name)
        for file in list(head.get("value") or [])[:20]:
            redaction.know(str(file), placeholder)  # where the page repeats it
        return Human(BY_HAND, _("Choose the file for “{name}”.").format(name=name or "?"))

    def _goes_on(self, window: Window, head: Mapping[str, Any]) -> bool:
        """Whether this only goes on with the last step: a click that becomes a double one, a list moved through by keys.

        And a field typed on in, which a page drew anew at each key.
        """
        steps = self.folder.steps
        if not steps or steps[-1].page != window.name or steps[-1].do != head["do"]:
            return False
        doubled = head["do"] == "click" and head.get("value") == "double" and head.get("again")
        again = head["do"] == "choose" and steps[-1].want and steps[-1].want.index == head.get("index") is not None
        if head["do"] == "type" and head.get("on"):
            return bool(head.get("secret")) or self._types_on(str(head["value"]))
        if not doubled and not again:
            return False
        if not head.get("secret"):
            steps[-1] = replace(steps[-1], value=self.folder.redaction.text(str(head["value"])))
            self.folder.write()
        return True

    def _types_on(self, text: str) -> bool:
        """Whether the last step typed the beginning of this text; then it typed all of it."""
        last = self.typed[-1] if self.typed else None
        if last is None or last.index != len(self.folder.steps) - 1 or not text.startswith(last.text):
            return False
        self.typed[-1] = replace(last, text=text)
        self._know(text, last.placeholder)
        return True

    def _item(self, head: Mapping[str, Any], before: Survey | None) -> Item | None:
        """The element that was meant: from the page as it was read whole, else as it was seen alone."""
        if before and before.index is not None and before.index < len(before.items):
            return before.items[before.index]
        if not head.get("item"):
            return None
        return replace(items_from([head["item"]])[0], index=-1)

    def _want(self, before: Survey | None, item: Item, head: Mapping[str, Any]) -> Want:
        known = before or Survey("", None, [], [])
        if known.index is None:
            known = replace(known, items=[*known.items, item])
        want = replace(evidence(known, item), called=item.name, index=before.index if before else None)
        if not want.is_told_by_place:
            return want
        touched = {self._done[key]: place for key, place in head.get("touched", ()) if key in self._done}
        return replace(want, touched=touched)

    def _frame(self, one: Mapping[str, Any]) -> dict[str, Any]:
        """One part of the way to a frame, without what may not be written."""
        redaction = self.folder.redaction
        url = redaction.url(str(one.get("url") or ""))
        names = {key: redaction.text(str(one[key])) for key in ("name", "title") if one.get(key)}
        return {**names, **({"url": url} if url else {}), "index": one["index"]}

    def _value(
        self, head: Mapping[str, Any], item: Item | None, before: Survey | None
    ) -> tuple[str | bool | None, Typed | None]:
        """What stands in the step for what was typed or chosen; and the text itself, for the question whether to keep it."""
        value, called, redaction = head.get("value"), item.name if item else "", self.folder.redaction
        if head["do"] == "human":
            return None, None
        if head["do"] == "choose":
            return redaction.typed(None, called) if head.get("secret") else redaction.text(str(value)), None
        if head.get("secret") == "code":
            return redaction.code(called), None
        if head.get("secret"):
            return redaction.secret(called, called), None
        if head["do"] != "type":
            return value, None
        text = str(value)
        placeholder = redaction.typed(text, called)
        if redaction.text(text) == placeholder:
            return placeholder, None
        read = before and json.dumps([[i.names, i.sections] for i in before.items], ensure_ascii=False).lower()
        if text.strip().lower() not in (read or ""):
            self._know(text, placeholder)
        return placeholder, Typed(-1, called, text, placeholder)

    # -- what came of it --------------------------------------------------------------------------------------------

    def _expect(self, *facts: dict[str, Any]) -> None:
        if self._last:
            self.folder.expect(self._last.index, list(facts))

    def _leave_fields(self) -> None:
        """Have every page tell what was typed into a field that the person is still in."""
        from playwright.sync_api import Error

        leaving = {"source": "globalThis.autoconfigureRecorder?.leave()", "worldName": WORLD, "runImmediately": True}
        for session in self.sessions:
            with suppress(Error):  # a window or frame that is gone
                session.send("Page.addScriptToEvaluateOnNewDocument", leaving)

    def _settle(self, context: tuple[str, str] | None = None, now: Model | None = None) -> None:
        """Say what came of the last act, by the newest reading of its page: at the latest the one the next act began with."""
        last, self._last = self._last, None
        if last is None:
            return
        after = now if context == last.context and now else next(iter(self._models.get(last.context, [])[-1:]), None)
        if after is None or int(after.told["told"]) <= last.models:
            return
        clicked = last.wanted if self.folder.steps[last.index].do == "click" else None
        self.folder.expect(last.index, became_true(last.before, after.survey(), self.folder.redaction, clicked))

    def _navigation(self, window: Window, event: str, data: Mapping[str, Any]) -> None:
        """An address that the person opened is a step; where a page goes by itself, that is what came of an act."""
        if data.get("frameId") != window.frame:
            return
        if event == "Page.frameRequestedNavigation":
            window.requested = data["disposition"] == "currentTab"
        elif event == "Page.frameStartedNavigating" and not data["navigationType"].endswith("ameDocument"):
            by_person = not window.requested and window.started
            window.requested, window.started = False, True
            if by_person:
                self._went(window, data["url"])
        elif event == "Page.navigatedWithinDocument" and data.get("navigationType") == "fragment":
            recent = self._last and self._last.window is window
            if not recent and self._quiet(window):
                self._went(window, data["url"])

    def _quiet(self, window: Window) -> bool:
        """Whether the last step in a window was not an opening that may still be going on by itself."""
        steps = [step for step in self.folder.steps if step.page == window.name]
        return bool(steps) and steps[-1].do != "open"

    def _went(self, window: Window, url: str) -> None:
        written = self.folder.redaction.url(url)
        same = [
            step for step in self.folder.steps[-1:] if (step.do, step.page, step.url) == ("open", window.name, written)
        ]
        if written and written != "about:blank" and not same:
            self._settle()
            self._add(Step("", "open", page=window.name, url=written))

    def _take_page(self, page: Page) -> None:
        """A page that was opened in the browser: a window of one of ours, or a tab of the person's."""
        from playwright.sync_api import Error

        if page.is_closed() or any(window.page == page for window in self.windows):
            return
        try:
            opener = page.opener()
            by = next((window for window in self.windows if window.page == opener), None)
            if by is None:  # most links to a new tab hide where they came from
                recent = [w for w in self.windows if self._now - w.opening < OPENING_SECONDS]
                by = max(recent, key=lambda w: w.opening, default=None)
            if by is None and not self.all_tabs:
                return
            opened = self.watch(page, opener=by)
        except Error:
            return  # gone already
        if by:
            by.opening = 0.0
            steps = self.folder.steps
            last = next((index for index in reversed(range(len(steps))) if steps[index].page == by.name), None)
            if last is not None:
                self.folder.expect(last, [{"opens": opened.name}])

    def _closed(self, window: Window) -> None:
        last = self._last
        if last and last.window is window and self._now - last.time < CLOSING_SECONDS:
            self._expect({"closes": window.name})
            self._last = None
            return
        self._settle()
        if self.open_windows:  # else it is the end
            self._add(Step("", "close", page=window.name))

    def _take_frame(self, window: Window, frame: Frame) -> None:
        """A frame of another site has a process of its own, and needs the script by its own door."""
        from playwright.sync_api import Error

        parts = urlsplit(frame.url)
        site = f"{parts.scheme}://{parts.netloc}"
        known, session = self._frames.get(frame, ("", None))
        if frame == window.page.main_frame or not parts.netloc or frame.is_detached() or known == site:
            return
        with suppress(Error):
            if session:  # of the process that showed the frame before; were it the same one, all would be told twice
                session.detach()
        self._frames[frame] = (site, None)
        with suppress(Error):  # most share their page's process, and the script is there already
            self._frames[frame] = (site, self._listen(window, frame))

    def finish(self, closed: bool) -> None:
        """The recording is over; where the browser was closed, its windows' closing is no step."""
        if not closed:
            self._leave_fields()
        self.take()
        self._settle()
        if closed:
            steps = self.folder.steps
            self.folder.drop(len(steps) - max((i + 1 for i, s in enumerate(steps) if s.do != "close"), default=0))


def _risk(head: Mapping[str, Any], item: Item | None) -> Risk:
    """What a step is marked with, by its field or by the words on what was pressed."""
    if head.get("secret"):
        return "secret"
    words = plain(item.name) if item and head["do"] in ("click", "switch", "press") else ""
    return "account" if _ACCOUNT.search(words) else "destructive" if _DESTRUCTIVE.search(words) else ""
