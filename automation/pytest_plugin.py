"""``pytest --recordings DIR``: each recording there is a test, replayed in a practice world of its own, or ``--live``.

Loaded into every pytest that runs where autoconfigure is installed, so it does nothing, and imports nothing, unasked.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

_PROGRAM = [sys.executable, "-c", "import sys; sys.argv[0] = 'autoconfigure'; from automation.cli import main; main()"]
_LOOPBACK = re.compile(r"(?:.+\.)?localhost|127\.\d+\.\d+\.\d+|::1")
_LONGEST_SECONDS = 1800.0  # of one recording; Gmail alone may take 90 s for one page
_MOST_BYTES = 20_000_000


def pytest_addoption(parser: pytest.Parser) -> None:
    """The three options; without the first the others mean nothing."""
    group = parser.getgroup("autoconfigure", "recordings of web pages")
    group.addoption("--recordings", metavar="DIR", help="replay each recording below DIR as a test")
    group.addoption(
        "--live", action="store_true", help="replay on the real sites, in your own browser, one after the other"
    )
    group.addoption("--connect", metavar="WS", help="a Playwright browser server (ws://...) for the practice world")


def pytest_configure(config: pytest.Config) -> None:
    """Make the recordings' folder one of the places where tests are looked for: the only one, if no other was named."""
    folder = config.getoption("recordings")
    if not folder:
        for name in ("live", "connect"):
            if config.getoption(name):
                raise pytest.UsageError(f"--{name} needs --recordings DIR")
        return
    if not Path(folder).is_dir():
        raise pytest.UsageError(f"--recordings: there is no folder {folder}")
    if config.getoption("live"):
        _only_here(config)
    path = str(Path(folder).absolute())
    named = config.args_source is pytest.Config.ArgsSource.ARGS
    if path not in config.args:
        config.args = [*(config.args if named else []), path]


def _only_here(config: pytest.Config) -> None:
    """A real mailbox is looked at by one browser, on the machine of the person it belongs to."""
    if config.getoption("connect"):
        raise pytest.UsageError("--live and --connect: a mailbox's session never goes to a browser elsewhere")
    if config.getoption("numprocesses", None) or hasattr(config, "workerinput"):
        raise pytest.UsageError("--live replays one recording after the other: leave -n out")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> RecordingFile | None:
    """A recording of ours by its flow.json, one of another tool by its content."""
    folder = parent.config.getoption("recordings")
    if not folder or not file_path.is_relative_to(Path(folder).absolute()):
        return None
    if file_path.name == "flow.json" or _is_foreign(file_path):
        return RecordingFile.from_parent(parent, path=file_path)
    return None


def _is_foreign(path: Path) -> bool:
    """Whether a file is a recording of Chrome's DevTools Recorder or of Playwright's codegen.

    One that lies beside a flow.json is what that was made from.
    """
    if path.suffix not in (".json", ".jsonl") or path.stat().st_size > _MOST_BYTES:
        return False
    if (path.parent / "flow.json").exists():
        return False
    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".jsonl":
            return '"browserName"' in text.partition("\n")[0]
        data = json.loads(text)
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(data, dict) and isinstance(data.get("steps"), list) and "schema" not in data and "title" in data


class RecordingFile(pytest.File):
    """A file that holds one recording."""

    def collect(self) -> Iterator[pytest.Item]:
        """The one test in it, called as the recording is."""
        name = self.path.parent.name if self.path.name == "flow.json" else self.path.stem
        item = RecordingItem.from_parent(self, name=name)
        item.sites = _literal_sites(self.path)
        elsewhere = [site for site in item.sites if not _LOOPBACK.fullmatch(site)]
        if elsewhere and not self.config.getoption("live"):
            item.add_marker(pytest.mark.skip(reason=f"made on {', '.join(elsewhere)}: replayed with --live only"))
        yield item


class Trouble(Exception):
    """A replay that did not end well; its text is all that is shown."""


class RecordingItem(pytest.Item):
    """One recording, replayed by the program itself in a process of its own."""

    sites: list[str]

    def runtest(self) -> None:
        """Replay it: for real, on the loopback site it names, or in a practice world of its own."""
        flags = ["--no-input", "--json", "--no-watch", "--plain"]
        if not self.config.getoption("live"):
            server = None if self.sites else self.config.getoption("connect")
            flags += ["--headless", *(() if self.sites else ("--sandbox",)), *(("--connect", server) if server else ())]
            if self.sites and (worker := getattr(self.config, "workerinput", None)):
                flags += ["--profile", f"recordings-{worker['workerid']}"]  # a profile serves one browser at a time
        path = self.path.parent if self.path.name == "flow.json" else self.path
        self._replay([*_PROGRAM, "replay", str(path), *flags])

    def _replay(self, command: list[str]) -> None:
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                encoding="utf-8",
                errors="replace",
                timeout=_LONGEST_SECONDS,
                cwd=self.config.invocation_params.dir,
            )
        except subprocess.TimeoutExpired:
            raise Trouble(f"{self.name}: not done after {_LONGEST_SECONDS:.0f} seconds") from None
        self.add_report_section("call", "replay", done.stderr)
        if done.returncode:
            raise Trouble(_told(self.name, done.stdout, done.stderr))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What is wrong with the page, without a traceback of ours."""
        if isinstance(excinfo.value, Trouble):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """How pytest heads the report of a failure."""
        return self.path, 0, f"recording {self.name}"


def _literal_sites(path: Path) -> list[str]:
    """The hosts that a recording names itself; none where it was made in the practice world or leaves its sites open."""
    text = path.read_text(encoding="utf-8", errors="replace")
    if path.name == "flow.json" and '"world": {' in text:
        return []
    found = re.findall(r'"(?:url|where)":\s*"(https?://[^"\\]+)', text)
    return list(dict.fromkeys(host for url in found if (host := urlsplit(url).hostname)))


def _told(name: str, out: str, err: str) -> str:
    """What went wrong, readable in a nightly mail: the step, what was wanted, what is there, and what to do."""
    words = err.rpartition("✗ ")[2].strip() or err.strip()[-2000:]
    try:
        answer = json.loads(out)
    except ValueError:
        return f"{name}: {words}"
    if answer["outcome"] != "changed" or not answer["asked"]:
        return f"{name}: {answer['outcome']}\n{words}"
    asked, done = answer["asked"], len(answer["steps"])
    lines = [f"The page is not as in the recording “{name}”, at step {asked['step']} (after {done} that went well)."]
    lines.append(f"  wanted: {_element(asked['wanted'])}")
    kind = next(iter(asked["wanted"]))
    nothing = {"role": "nothing like it", "usable": "it cannot be used"}.get(kind, "it did not come true")
    seen = [_element(candidate) for candidate in asked["candidates"]] or [nothing]
    lines += [f"  {'there: ' if not number else '       '} {one}" for number, one in enumerate(seen)]
    old, new = asked["wanted"].get("name"), [candidate["name"] for candidate in asked["candidates"]]
    if old and len(new) == 1 and new[0] != old:
        lines.append(f"  words:  - {old}\n          + {new[0]}")
    lines.append("If the page is right, the recording is old: record it anew, for example by")
    lines.append(f"  autoconfigure record {name}      or, for the program's own work,")
    lines.append(f"  autoconfigure run --sandbox --record {name}")
    return "\n".join(lines)


def _element(one: dict[str, Any]) -> str:
    if "usable" in one:
        return str(one["usable"])
    if "role" not in one:
        return ", ".join(f"{key} {json.dumps(value, ensure_ascii=False)}" for key, value in one.items())
    section = f" ({one['section']})" if one.get("section") else ""
    return f"{one['role']} “{one['name']}”{section}"
