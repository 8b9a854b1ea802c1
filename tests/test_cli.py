"""The command line: flags anywhere, languages, help without weight, one ending for everything, the sandbox by hand."""

from __future__ import annotations

import http.client
import json
import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import click
import pytest
from jsonschema import ValidationError
from playwright.sync_api import Error, Page
from rich.cells import cell_len

from automation.cli import Commands, language
from automation.cli.common import Shared, run_safely
from automation.cli.endings import EMPTY
from automation.cli.telling import stage_title
from automation.element import in_words
from automation.errors import PageChanged
from automation.messages import speak
from automation.probe.result import Stage
from automation.settings import Settings
from flows.pages.gmail_windows import settings_said
from flows.sandbox import Sandbox
from tests.helpers import SCHEMAS, checked, complain_about, program, run, until


def parsed(*arguments: str) -> tuple[str, dict[str, object]]:
    """The command meant by these arguments, and the flags it got."""
    shared = Shared()
    group = Commands("autoconfigure", params=shared.parameters(), callback=lambda **values: shared.take(values))
    with group.make_context("autoconfigure", list(arguments), obj=shared) as ctx:
        group.callback(**ctx.params)  # type: ignore[misc]  # it was given one line above
        words = [*ctx._protected_args, *ctx.args]
        name, command, rest = group.resolve_command(ctx, words)
        assert command
        with command.make_context(str(name), rest, parent=ctx) as inner:
            shared.take(inner.params)
    return str(name), {key: value for key, value in shared.values.items() if value is not None}


@pytest.mark.parametrize(
    ("arguments", "command", "values"),
    [
        ([], "run", {}),
        (["--yes", "--label", "Work"], "run", {"yes": True, "label": "Work"}),
        (["--label", "probe"], "run", {"label": "probe"}),
        (["--json", "run", "--yes"], "run", {"json": True, "yes": True}),
        (["--lang", "ja", "run", "--lang", "en"], "run", {"lang": "en"}),
        (["--no-proof", "--patience=5"], "run", {"proof": False, "patience": 5.0}),
        (["--world", "run", "--sandbox"], "run", {"world": "run", "sandbox": True}),
        (["sandbox", "--world", "today"], "sandbox", {"world": "today"}),
    ],
)
def test_flags_before_or_after_the_command(arguments: list[str], command: str, values: dict[str, object]) -> None:
    """Shared flags may stand anywhere, the later wins; without a command, run is meant with all its flags."""
    assert parsed(*arguments) == (command, values)


@pytest.mark.parametrize(
    ("arguments", "environment", "file", "expected"),
    [
        ([], {"LC_ALL": "ja_JP.UTF-8"}, "", "ja"),
        ([], {"LANG": "de_DE.UTF-8"}, "", "en"),
        ([], {"LC_ALL": "C", "LANG": "ja_JP"}, "", "en"),
        ([], {"LANG": "ja_JP"}, "AUTOCONFIGURE_LANG=en", "en"),
        ([], {"AUTOCONFIGURE_LANG": "ja"}, "AUTOCONFIGURE_LANG=en", "ja"),
        (["--lang", "en"], {"AUTOCONFIGURE_LANG": "ja"}, "", "en"),
        (["run", "--lang=ja"], {}, "", "ja"),
    ],
)
def test_the_language_to_speak(
    arguments: list[str], environment: dict[str, str], file: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The flag over the environment over ./.env over the system's language."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    Path(".env").write_text(file)

    assert language(arguments) == expected


def test_help_in_both_languages() -> None:
    """--help says in either language what it is for and every command; with --json it stays plain help."""
    english, japanese = run("--help"), run("--lang", "ja", "--help")
    of_run, with_json = run("run", "--help"), run("--json", "--help")

    assert (english.code, japanese.code, of_run.code, with_json.code) == (0, 0, 0, 0)
    assert "Outlook.com mail into your Gmail" in english.out
    assert "Outlook.com" in japanese.out
    assert "受信" in japanese.out or "メール" in japanese.out
    assert all(name in english.out and name in japanese.out for name in EMPTY)
    assert "--reply-from-same" in of_run.out
    assert with_json.out == english.out


# What click says in English by itself.
CLICK = re.compile(
    r"Usage|Options|Commands|Show this|No such|Missing|Invalid|not a valid|is not one of|Got unexpected|requires an|Error"
)


def test_japanese_throughout() -> None:
    """With --lang ja not a word of click's own is English, in help or in what is wrong with a call."""
    told = [run("--lang", "ja", *arguments).out for arguments in (["--help"], ["replay", "--help"])]
    assert all("使い方：" in out and "この説明を表示" in out for out in told)
    for call in (
        "--frob",
        "frob",
        "replay",
        "replay nothing",
        "--patience=soon",
        "--patience=nan",
        "--route=x",
        "plan a b",
        "--label",
    ):
        ending = run("--lang", "ja", *call.split())
        assert (ending.code, ending.err.count("✗")) == (2, 1), ending.err
        told.append(ending.err)

    assert [text for text in told if CLICK.search(text)] == []
    assert "--patience でしょうか" in run("--lang", "ja", "--patienc", "3").err


def test_help_carries_no_weight() -> None:
    """--help loads neither Playwright nor keyring nor the practice world's servers."""
    heavy = "{'playwright', 'keyring', 'starlette', 'aiosmtpd', 'asyncio', 'platformdirs'}"
    code = f"import sys; sys.argv[1:] = ['--help']\nfrom automation.cli import main\ntry:\n    main()\nfinally:\n    print(sorted({heavy} & set(sys.modules)))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert out.splitlines()[-1] == "[]"


def ended_by(
    error: Exception, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> tuple[int, dict[str, object], str]:
    """How a command that raises this ends: the code, the JSON, the words."""
    monkeypatch.setattr(sys, "argv", ["autoconfigure", "--json"])
    handlers = [(number, signal.getsignal(number)) for number in (signal.SIGINT, signal.SIGTERM)]

    def breaks() -> None:
        raise error

    try:
        code = run_safely(click.Group("autoconfigure", invoke_without_command=True, callback=breaks), Shared(), [])
    finally:
        for number, handler in handlers:
            signal.signal(number, handler)
    captured = capsys.readouterr()
    return code, json.loads(captured.out), captured.err


def test_our_own_bug(home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug of ours ends with 3 and a private log to paste, and no trace on the screen."""
    code, answer, words = ended_by(ZeroDivisionError("what it was doing"), capsys, monkeypatch)
    [log] = (home / "logs").iterdir()

    assert code == 3
    complain_about(answer)
    assert answer["outcome"] == "failed"
    assert "Traceback" not in words
    assert str(log) in words
    assert "ZeroDivisionError: what it was doing" in log.read_text()
    assert log.stat().st_mode & 0o077 == 0


def test_the_log_of_a_bug_quotes_nothing_typed(
    page: Page, home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Playwright tells in its errors what was being typed; a log to be sent to us does not."""
    code = "987654321"
    page.set_content("<input type=checkbox>")
    with pytest.raises(Error, match=code) as broken:
        page.locator("input").element_handle().fill(code)
    ended_by(broken.value, capsys, monkeypatch)
    [log] = (home / "logs").iterdir()

    assert "cannot be filled" in log.read_text()
    assert code not in log.read_text()


def test_a_changed_page_names_the_candidates(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What could have been the element is among the evidence, in the form every cause has."""
    candidates = [{"role": "button", "name": "Save changes", "section": "POP"}]
    code, answer, _words = ended_by(
        PageChanged("Looking.", seen="something else", candidates=candidates), capsys, monkeypatch
    )

    assert (code, answer["outcome"]) == (4, "page-changed")
    complain_about(answer)
    assert {"stage": "candidate", "text": "button “Save changes” (POP)"} in answer["cause"]["evidence"]  # type: ignore[index]  # the schema held


def test_every_commands_json_has_a_schema() -> None:
    """Each command that speaks JSON has a schema in the package; its empty form fits, and with a key less does not."""
    assert set(EMPTY) | {"cause"} <= {path.stem for path in SCHEMAS.glob("*.json")}
    for command, empty in EMPTY.items():
        complain_about(json.loads(json.dumps(empty)), command)
        for key in empty:
            with pytest.raises(ValidationError):
                complain_about({name: value for name, value in empty.items() if name != key}, command)


def test_a_wrong_flag_of_another_command() -> None:
    """Even a flag that does not exist is answered in the form of the command it was given to."""
    ending = run("probe", "--json", "--frob")

    assert ending.code == 2
    assert set(ending.json) == set(EMPTY["probe"])


def test_a_wrong_path_is_named() -> None:
    """What was given and cannot be used stands in the answer."""
    ending = run("replay", "my-recordings/", "--json")

    assert (ending.code, "Seen: my-recordings/" in ending.err) == (2, True), ending.err
    assert "“autoconfigure replay --help”" in ending.err


def test_who_does_not_listen_to_the_end() -> None:
    """Where nobody reads the JSON any more, that is no error and no traceback."""
    reading, writing = os.pipe()
    os.close(reading)
    arguments = [sys.executable, "-c", "from automation.cli import main; main()", "doctor", "--facts", "--json"]
    ended = subprocess.run(arguments, stdout=writing, stderr=subprocess.PIPE, text=True)
    os.close(writing)

    assert (ended.returncode, "Traceback" in ended.stderr, "BrokenPipe" in ended.stderr) == (0, False, False)


@pytest.mark.parametrize(
    ("number", "code", "flags", "status"),
    [(signal.SIGINT, 0, (), 200), (signal.SIGTERM, 143, ("--signed-out",), 302)],
)
def test_the_practice_world_by_hand(number: signal.Signals, code: int, flags: tuple[str, ...], status: int) -> None:
    """`autoconfigure sandbox --json` says at once where it is, asks for a sign-in where wanted, and leaves nothing."""
    with program("sandbox", "--json", *flags) as running:
        running.says("Ctrl-C closes the world")
        told = json.loads(until(running.printed))
        mailbox = urlsplit(told["settings"]["OUTLOOK_URL"])
        line = http.client.HTTPConnection("127.0.0.1", mailbox.port or 80, timeout=10)
        line.request("GET", "/mail/0/", headers={"Host": mailbox.netloc, "Accept": "text/html"})
        assert line.getresponse().status == status
        line.close()
        running.signal(number, everybody=True)
        ending = checked(running, running.end())

    assert ending.err.index("Ctrl-C closes") < ending.err.index("OUTLOOK_URL=")
    complain_about(told, "sandbox")
    assert ending.code == code
    assert ending.json == told
    assert {"OUTLOOK_URL", "GMAIL_URL", "OUTLOOK_ADDRESS", "GMAIL_ADDRESS"} <= set(told["settings"])
    assert Settings(**{name.lower(): value for name, value in told["settings"].items()}).outlook_address


def test_questions_at_a_terminal(home: Path) -> None:
    """At a terminal what is missing is asked, again after a slip; a no to the plan changes nothing."""
    ours, theirs = pty.openpty()
    with Sandbox() as sandbox:
        known = {
            name: value for name, value in sandbox.settings.items() if name not in ("OUTLOOK_ADDRESS", "GMAIL_ADDRESS")
        }
        with program("--headless", "--no-watch", "--json", stdin=theirs, **known) as running:
            os.close(theirs)
            running.says("Your Outlook.com address?")
            os.write(ours, b"hanako at outlook\n")
            running.says("That is no mail address")
            os.write(ours, b"hanako@outlook.example\n")
            running.says("Your Gmail address?")
            os.write(ours, b"hanako@gmail.example\n")
            running.says("Shall I do this?")
            os.write(ours, b"n\n")
            ending = checked(running, running.end())
        writes = sandbox.state()["writes"]
    os.close(ours)

    assert (ending.code, ending.json["outcome"]) == (5, "needs-person")
    assert "You said no" in ending.told[0]
    assert writes == 0


def test_japanese_help_stands_in_columns() -> None:
    """Names of values are Japanese too, and what a flag means begins in the same column, however wide the letters."""
    lines = run("replay", "--help", "--lang", "ja").out.splitlines()
    begins = {cell_len(found[0]) for line in lines if (found := re.match(r"  --[^\[]*?  +(?=\S)", line))}

    assert "ファイル|フォルダー" in lines[0]
    assert any("--world 名前 " in line for line in lines)
    assert len(begins) == 1


def test_messages_speak_one_language() -> None:
    """An error in Japanese has Japanese headings."""
    speak("ja")
    told = str(PageChanged("x", expected="a", seen="b", todo="c", evidence="d"))
    assert [Stage("tls").title, stage_title("around"), stage_title("gmail-labels")] == [
        "暗号化（TLS）", "ほかの接続先", "gmail-labels"
    ]  # fmt: skip
    assert in_words("button", "保存", "転送") == "ボタン「保存」（転送）"
    assert settings_said({"port": "110", "SSL": "off"}) == "ポート：110、SSL：オフ"

    assert not any(word in told for word in ("Expected", "Seen", "What to do", "Evidence"))
