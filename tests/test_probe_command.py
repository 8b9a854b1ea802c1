"""``autoconfigure probe`` as a person and a program see it: table, JSON, exit codes, and no secret anywhere."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from automation.cli.telling import headline
from automation.diagnosis import named
from tests import faults
from tests.faults import PASSWORD, USER, FaultServer, Pop, Smtp, refusing, refusing_smtp

PROGRAM = [sys.executable, "-c", "from automation.cli import main; main()"]
OUTLOOK = "outlook.office365.com"
RETIRED = b"535 5.7.139 Authentication unsuccessful, basic authentication is disabled."
Run = subprocess.CompletedProcess[str]


def settings_for(server: FaultServer, host: str = faults.HOST) -> dict[str, str]:
    """The environment of a command that meets this server under that name."""
    faults.good_authority().cert_pem.write_to_path("authority.pem")
    return {
        **os.environ,
        "OUTLOOK_ADDRESS": USER,
        "POP_HOST": host,
        "SMTP_HOST": host,
        "MAIL_CONNECT_TO": f"{host}:995:127.0.0.1:{server.port},{host}:587:127.0.0.1:{server.port}",
        "TLS_CA_FILE": str(Path("authority.pem").absolute()),
    }


def probe(
    server: FaultServer, *arguments: str, host: str = faults.HOST, secret: str | None = PASSWORD, **more: str
) -> Run:
    """Run the command to its end."""
    secrets = ["--secret-stdin"] if secret is not None else []
    return subprocess.run(
        [*PROGRAM, "probe", *arguments, *secrets],
        input=secret or "",
        env=settings_for(server, host) | more,
        capture_output=True,
        text=True,
        timeout=30,
    )


def parsed(run: Run) -> dict[str, Any]:
    """The one JSON object of standard output."""
    result: dict[str, Any] = json.loads(run.stdout)
    return result


def test_a_good_server_in_json() -> None:
    """A good probe ends with 0 and one JSON object with every agreed key, and no word on standard output beside it."""
    with FaultServer(Pop()) as server:
        run = probe(server, "pop", "--json")
    result = parsed(run)

    assert run.returncode == 0
    assert list(result) == ["protocol", "host", "port", "stages", "messages", "causes", "cause"]
    assert (result["protocol"], result["host"], result["port"]) == ("pop", faults.HOST, 995)
    assert [list(stage) for stage in result["stages"]] == [["name", "ok", "seconds", "detail"]] * 9
    assert (result["messages"], result["causes"], result["cause"]) == (25, [], None)


def test_a_named_cause_ends_with_1() -> None:
    """A refused login gives its cause in JSON and ends with 1; what was not reached is null."""
    with FaultServer(refusing(b"[IN-USE] Do you have another POP session running?")) as server:
        run = probe(server, "--json")
    result = parsed(run)

    assert run.returncode == 1
    assert result["cause"]["code"] == "mailbox.in-use"
    assert result["cause"] == result["causes"][0]
    assert [stage["ok"] for stage in result["stages"]] == [True] * 5 + [False] + [None] * 3


def test_a_closed_door_ends_with_6() -> None:
    """What the provider withdrew ends with 6, by SMTP's own words or by a dated fact about Microsoft's host."""
    with FaultServer(refusing_smtp(RETIRED)) as server:
        by_words = probe(server, "smtp", "--json")
    with FaultServer(refusing(b"Logon failure: unknown user name or bad password.")) as server:
        elsewhere = probe(server, "pop", "--json")
    with FaultServer(
        Pop(
            tls=faults.server_context((OUTLOOK,)),
            replies={b"PASS": b"-ERR Logon failure: unknown user name or bad password."},
        )
    ) as server:
        by_facts = probe(server, "pop", "--json", host=OUTLOOK)

    assert (by_words.returncode, parsed(by_words)["cause"]["code"]) == (6, "auth.basic-retired")
    assert (by_facts.returncode, parsed(by_facts)["cause"]["code"]) == (6, "auth.basic-retired")
    assert parsed(by_facts)["cause"]["since"] == "2024-09-16"
    assert (elsewhere.returncode, parsed(elsewhere)["cause"]["code"]) == (1, "auth.ambiguous")


def test_facts_of_a_file_hold_instead(tmp_path: Path) -> None:
    """PROVIDER_FACTS replaces the built-in facts; a broken file is refused with 2 and a whole JSON object."""
    (tmp_path / "none.json").write_text('{"facts": []}')
    (tmp_path / "broken.json").write_text('{"facts": [{"provider": "X"}]}')
    handler = Pop(
        tls=faults.server_context((OUTLOOK,)),
        replies={b"PASS": b"-ERR Logon failure: unknown user name or bad password."},
    )
    with FaultServer(handler) as server:
        without = probe(server, "--json", host=OUTLOOK, PROVIDER_FACTS=str(tmp_path / "none.json"))

    assert parsed(without)["cause"]["code"] == "auth.ambiguous"
    with FaultServer(Pop()) as server:
        broken = probe(server, "--json", PROVIDER_FACTS=str(tmp_path / "broken.json"))

    assert broken.returncode == 2
    assert server.accepted == 0
    assert (parsed(broken)["causes"], parsed(broken)["cause"]) == ([], None)


def test_verdict_first_and_last() -> None:
    """For people: the verdict, the stages, whose side and what to do with the quotation, and the verdict again."""
    with FaultServer(refusing(b"Login to your account via a web browser to verify your account.")) as server:
        run = probe(server)
    lines = run.stdout.strip().splitlines()

    assert run.returncode == 1
    assert lines[0] == lines[-1]
    assert "[auth.web-login-needed]" in lines[0]
    assert "This was me" in run.stdout
    assert "“-ERR Login to your account via a web browser to verify your account.”" in run.stdout


def test_unknown_is_no_guess() -> None:
    """What fits no cause is told with the server's words, and without any percentage."""
    with FaultServer(refusing(b"The flange is not gruntled (771)")) as server:
        run = probe(server)

    assert run.returncode == 1
    assert "(unknown)" in run.stdout
    assert "“-ERR The flange is not gruntled (771)”" in run.stdout


def test_japanese() -> None:
    """In Japanese the probe works the same, and the server's words stay quoted as they are."""
    with FaultServer(refusing(b"Basic authentication is disabled.")) as server:
        run = probe(server, "--lang", "ja")

    assert run.returncode == 6
    assert "-ERR Basic authentication is disabled." in run.stdout


def test_without_a_secret_it_goes_as_far_as_it_can() -> None:
    """With no secret and nobody to ask, all before the login is probed; one verdict says so, and it ends with 5."""
    with FaultServer(Pop()) as server:
        good = probe(server, "--json", secret=None)
        told = probe(server, secret=None)
    with FaultServer(Pop(capabilities=(b"TOP", b"UIDL", b"SASL XOAUTH2"))) as server:
        oauth = probe(server, "--json", secret=None)

    assert (good.returncode, parsed(good)["cause"]["code"], told.returncode) == (5, "person.no-answer", 5)
    verdicts = [line for line in told.stdout.splitlines() if line.startswith(("✓", "?", "✗"))]
    assert verdicts == [told.stdout.splitlines()[0], told.stdout.splitlines()[-1]]
    assert verdicts[0] == verdicts[1]
    assert verdicts[0].startswith("? ")
    assert told.stderr == ""
    assert [stage["ok"] for stage in parsed(good)["stages"]] == [True] * 5 + [None] * 4
    assert (oauth.returncode, parsed(oauth)["cause"]["code"]) == (6, "auth.oauth-only")
    assert server.logins == []


@pytest.mark.parametrize(
    "handler", [refusing(b"no: " + PASSWORD.encode()), Pop(greeting=b"+OK \x1b[2J\x9b31m\xe2\x80\xae hi")]
)
@pytest.mark.parametrize("form", ["--json", "--verbose"])
def test_nothing_leaks_and_nothing_moves_the_cursor(handler: Pop, form: str) -> None:
    """No password and no control character of the server's reaches either stream."""
    with FaultServer(handler) as server:
        run = probe(server, form)
    said = run.stdout + run.stderr

    assert PASSWORD not in said
    assert not [c for c in said if c in "\x1b\x9b\u202e"]


@pytest.mark.parametrize(
    ("arguments", "environment", "code"),
    [(["imap"], {}, 2), (["--deadline", "0"], {}, 2), ([], {"OUTLOOK_ADDRESS": ""}, 5), ([], {"POP_PORT": "none"}, 2)],
)
def test_bad_arguments_are_told(arguments: list[str], environment: dict[str, str], code: int) -> None:
    """Wrong arguments end with 2 and no cause, a missing address with 5, each with a whole JSON object."""
    with FaultServer(Pop()) as server:
        run = probe(server, *arguments, "--json", **environment)

    assert run.returncode == code
    assert set(parsed(run)) >= {"protocol", "stages", "causes"}
    assert (parsed(run)["cause"] is None) is (code == 2)
    assert server.heard == []


def test_without_any_name_it_is_the_network() -> None:
    """Where names that surely exist are not found either, the cause is the network, not this one name."""
    with FaultServer(Pop()) as server:
        sites = {"OUTLOOK_URL": "https://outlook.invalid", "GMAIL_URL": "https://gmail.invalid"}
        nothing = probe(server, "--json", host="no-such-host.internal", MAIL_CONNECT_TO="", **sites)
        this_one = probe(server, "--json", host="no-such-host.invalid", MAIL_CONNECT_TO="", **sites)

    assert parsed(nothing)["cause"]["code"] == "net.offline"
    assert "Probably: This machine has no connection" in headline(named("net.offline", sure=0.7))
    assert "Probably" not in headline(named("net.offline", sure=0.95)) + headline(named("auth.ambiguous", sure=0.5))
    assert parsed(this_one)["cause"]["code"] == "net.dns"


def test_a_file_without_certificates_is_refused(tmp_path: Path) -> None:
    """A TLS_CA_FILE that is no certificate is a setting to correct: 2, and nothing is asked of any server."""
    (tmp_path / "empty.pem").write_text("nothing here")
    with FaultServer(Pop()) as server:
        run = probe(server, "--json", TLS_CA_FILE=str(tmp_path / "empty.pem"))

    assert run.returncode == 2
    assert "TLS_CA_FILE" in run.stderr
    assert server.accepted == 0


def test_the_practice_world_can_be_probed() -> None:
    """``--sandbox probe`` meets the practice world's own server, up to the login for want of an app password."""
    run = subprocess.run(
        [*PROGRAM, "--sandbox", "probe", "--json"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60
    )

    assert run.returncode == 5
    assert [stage["ok"] for stage in parsed(run)["stages"]] == [True] * 5 + [None] * 4


def test_the_deadline_is_the_persons() -> None:
    """``--deadline`` bounds the whole probe."""
    began = time.monotonic()
    with FaultServer(Smtp(greeting=faults.hang)) as server:
        run = probe(server, "smtp", "--json", "--deadline", "1")
        took = time.monotonic() - began

    assert parsed(run)["cause"]["code"] == "server.silent"
    assert took < 4


def test_ctrl_c_is_answered_at_once() -> None:
    """Ctrl-C in a silent probe ends it within a second, with 130 and one JSON object."""
    with FaultServer(Pop(greeting=faults.hang)) as server:
        process = subprocess.Popen(
            [*PROGRAM, "probe", "--json", "--secret-stdin"],
            env=settings_for(server),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert process.stdin
        process.stdin.write(PASSWORD.encode() + b"\n")
        process.stdin.flush()
        while not server.accepted:
            time.sleep(0.02)
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        out, _none = process.communicate(timeout=10)
        took = time.monotonic() - began

    assert process.returncode == 130
    assert json.loads(out)["protocol"] == "pop"
    assert took < 2
