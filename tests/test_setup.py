"""The set-up: pinned packages without host names, what is missing on a machine, and what the wheel holds."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tools import setup

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
WANTED = {
    "requirements.txt": [
        *PROJECT["project"]["dependencies"],
        *PROJECT["project"]["optional-dependencies"]["sandbox"],
        *PROJECT["dependency-groups"]["build"],
    ],
    "requirements-dev.txt": PROJECT["dependency-groups"]["dev"],
}


def pins(file: str) -> dict[str, str]:
    """The pinned packages of a requirements file: name and what follows it."""
    text = (ROOT / file).read_text().replace("\\\n", " ")
    return dict(re.findall(r"^([a-z0-9-]+)==(.*)$", text, re.MULTILINE))


@pytest.mark.parametrize("file", WANTED)
def test_pinned_with_hashes(file: str) -> None:
    """Whatever pyproject.toml wants is pinned to one version, and every pinned package has its hashes."""
    pinned = pins(file)

    assert [name for name in (re.split(r"[<>=]", want)[0] for want in WANTED[file]) if name not in pinned] == []
    assert [name for name, rest in pinned.items() if "--hash=sha256:" not in rest] == []


@pytest.mark.parametrize("file", WANTED)
def test_no_host_names(file: str) -> None:
    """The requirements name no host and no place of the machine they were made on."""
    assert re.findall(r"https?:|--\w+-(?:url|host|links)|/\w+/|\w+\.(?:org|com|dev)\b", (ROOT / file).read_text()) == []


def test_same_versions() -> None:
    """The tests run with the very versions that people get."""
    tested, given = pins("requirements-dev.txt"), pins("requirements.txt")

    assert {name: rest.split()[0] for name, rest in given.items()} == {name: tested[name].split()[0] for name in given}


def test_other_systems() -> None:
    """The pins cover macOS and Windows too: their packages and their wheels."""
    assert {"pywin32-ctypes", "secretstorage"} <= set(pins("requirements.txt"))
    assert pins("requirements.txt")["playwright"].count("--hash") >= 6


def test_missing_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine without screen, Xvfb or fonts the set-up wants just those, and Xvfb for the tests anyway."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("DISPLAY", ":0")

    assert "xvfb" not in setup.missing_packages("run")
    assert {"xvfb", "fontconfig", "fonts-ipafont-gothic"} <= set(setup.missing_packages("test"))
    monkeypatch.setenv("DISPLAY", "")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert "xvfb" in setup.missing_packages("run")


def test_stamp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The Python packages count as in place until the requirements change."""
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("one==1")
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    python.touch(0o755)
    monkeypatch.setattr(setup, "ENVIRONMENT", tmp_path)
    monkeypatch.setattr(setup, "PYTHON", python)
    monkeypatch.setattr(setup, "REQUIREMENTS", {"run": requirements})

    assert not setup.is_ready("run")
    (tmp_path / "ready-for-run").write_text(setup.fingerprint("run"))
    assert setup.is_ready("run")
    requirements.write_text("one==2")
    assert not setup.is_ready("run")


def test_nobody_to_ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without root and without a terminal nothing is installed, and the command to type is shown."""
    for program in ("apt-get", "sudo"):
        (tmp_path / program).write_text("#!/bin/sh\ntouch called\n")
        (tmp_path / program).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(sys, "stdin", io.StringIO())

    with pytest.raises(SystemExit, match="sudo apt-get -qq install --yes --no-install-recommends chromium"):
        setup.install_packages(["chromium"])
    assert not Path("called").exists()


def test_root_installs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """Root gets the packages without a question, after the lists are brought up to date; it is said."""
    (tmp_path / "apt-get").write_text('#!/bin/sh\necho "$@" >> called\n')
    (tmp_path / "apt-get").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    setup.install_packages(["xvfb"])

    assert Path("called").read_text() == "-qq update\n-qq install --yes --no-install-recommends xvfb\n"
    assert capfd.readouterr().err == "set-up: Installing with apt-get: xvfb …\n"


def test_failure_is_shown(capfd: pytest.CaptureFixture[str]) -> None:
    """A command of the set-up that fails ends it, with the command's own words."""
    with pytest.raises(SystemExit, match="This command failed: sh -c"):
        setup.run(["sh", "-c", "echo no space left; exit 1"])

    assert "no space left" in capfd.readouterr().err


def test_python_too_old() -> None:
    """Without a new enough Python, make says which one is needed."""
    done = subprocess.run(["make", "--directory", ROOT, "run", "PYTHON="], capture_output=True, text=True, check=False)

    assert done.returncode != 0
    assert "Python 3.11 or later is needed" in done.stderr


def test_ci_runs_make_test() -> None:
    """What a submission has to pass is the README's own test command, and its exit code is the answer."""
    script = ROOT / ".ci" / "run"

    assert script.read_text().splitlines()[-1] == "exec make test"
    assert os.access(script, os.X_OK)


def test_wheel(tmp_path: Path) -> None:
    """The wheel holds every file of both packages, the command, and nothing of the tests or tools."""
    source = tmp_path / "source"
    for folder in ("automation", "flows"):
        shutil.copytree(ROOT / folder, source / folder, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / file, source)
    files = {
        path.relative_to(source).as_posix()
        for part in ("automation", "flows")
        for path in (source / part).rglob("*")
        if path.is_file()
    }
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel"]
    subprocess.run(
        [*pip, "--no-index", "--no-deps", "--no-build-isolation", "--wheel-dir", tmp_path, source],
        check=True,
        capture_output=True,
    )

    with zipfile.ZipFile(next(tmp_path.glob("autoconfigure-*.whl"))) as wheel:
        held = {name for name in wheel.namelist() if ".dist-info/" not in name}
        commands = wheel.read(next(name for name in wheel.namelist() if name.endswith("entry_points.txt"))).decode()
    assert held == files
    assert "autoconfigure = automation.__main__:main" in commands
