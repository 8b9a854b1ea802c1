"""Makes this folder ready: Python packages, a browser, a screen, a Japanese font. `make` calls it; safe to repeat."""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from automation.browser_places import find_browser
from automation.display import has_display
from automation.errors import BrowserMissing

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
REQUIREMENTS = {"run": ROOT / "requirements.txt", "test": ROOT / "requirements-dev.txt"}
ON_LINUX = sys.platform == "linux"
PLAYWRIGHT_SECONDS = 900  # for its download of some 170 MB
# Chrome DevTools Recorder's own parser and runner: our export is tried on it, and our replay measured beside it.
PEERS = ROOT / "build" / "peers"
PEER_PACKAGES = ("@puppeteer/replay@3.1.3", "puppeteer-core@24.43.1")


def main(purpose: str) -> None:
    """Make ready for ``run`` or ``test``, or get the ``peers``; what is there already is left alone."""
    if purpose == "peers":
        stop_unless(get_peers(), "That needs npm and its registry.")
        return
    packages = missing_packages(purpose)
    if packages:
        install_packages(packages)
    if not is_ready(purpose):
        install_python_packages(purpose)
    if not has_browser():
        get_browser()
    if purpose == "test" and os.environ.get("CI"):
        get_peers()


def missing_packages(purpose: str) -> list[str]:
    """The Debian packages that are wanted before Python's own, by what is not there."""
    packages = []
    if importlib.util.find_spec("ensurepip") is None:  # Debian keeps it in a package of its own
        packages.append(f"python{sys.version_info.major}.{sys.version_info.minor}-venv")
    if ON_LINUX and not loads("libatomic.so.1"):  # Playwright's driver (Node.js) needs it, and brings none
        packages.append("libatomic1")
    if ON_LINUX and (purpose == "test" or not has_display(os.environ)) and not shutil.which("Xvfb"):
        packages.append("xvfb")
    # The probe's reference server. Nobody's own machine gets a mail server it did not ask for: only CI does.
    if ON_LINUX and purpose == "test" and os.environ.get("CI") and not Path("/usr/sbin/dovecot").exists():
        packages.append("dovecot-pop3d")
    if ON_LINUX and not has_japanese_font():
        packages += ["fontconfig", "fonts-ipafont-gothic"]
    return packages


def loads(library: str) -> bool:
    """Whether this shared library is on this machine."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_japanese_font() -> bool:
    """Whether Japanese text shows as such, and not as boxes."""
    if not shutil.which("fc-list"):
        return False
    return bool(subprocess.run(["fc-list", ":lang=ja", "family"], capture_output=True, check=False).stdout.strip())


def install_packages(packages: Sequence[str]) -> None:
    """Install Debian packages, asking first when that needs sudo."""
    if not shutil.which("apt-get"):
        stop(f"Please install what Debian calls {', '.join(packages)} with this system's own means, then try again.")
    update = ["apt-get", "-qq", "update"]
    install = ["apt-get", "-qq", "install", "--yes", "--no-install-recommends", *packages]
    before = permission(update, install)
    say(f"Installing with apt-get: {', '.join(packages)} …")
    for command in (update, install):
        run([*before, *command], DEBIAN_FRONTEND="noninteractive")


def permission(*commands: Sequence[str]) -> list[str]:
    """What to put before commands that need root: nothing for root, sudo once the person has said yes."""
    if os.geteuid() == 0:
        return []
    typed = " && ".join(shlex.join(["sudo", *command]) for command in commands)
    if not shutil.which("sudo"):
        as_root = typed.replace("sudo ", "")
        stop(f"This needs root, and there is no sudo here. As root, run:\n  {as_root}\nThen try again.")
    if not sys.stdin.isatty():
        stop(f"This needs root, and nobody is there to be asked. Please run:\n  {typed}\nThen try again.")
    say(f"This needs root:\n  {typed}")
    if input("Run it with sudo? [y/N] ").strip().lower() not in ("y", "yes"):
        stop("Nothing was installed. Run the command above yourself if you prefer, then try again.")
    return ["sudo", "DEBIAN_FRONTEND=noninteractive"]


def is_ready(purpose: str) -> bool:
    """Whether the Python packages for this purpose are in place, by a stamp of what they were made from."""
    stamp = ENVIRONMENT / f"ready-for-{purpose}"
    return PYTHON.exists() and stamp.exists() and stamp.read_text() == fingerprint(purpose)


def fingerprint(purpose: str) -> str:
    """Changes when the Python packages have to be installed again."""
    parts = [sys.version.encode(), os.fsencode(ROOT)]
    parts += [file.read_bytes() for file in (REQUIREMENTS[purpose], ROOT / "pyproject.toml")]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def install_python_packages(purpose: str) -> None:
    """Make the virtual environment anew where it is not of this Python, and fill it with the pinned packages."""
    config = ENVIRONMENT / "pyvenv.cfg"
    version = f"version = {sys.version_info.major}.{sys.version_info.minor}."
    if not (PYTHON.exists() and config.exists() and version in config.read_text()):
        say(f"Making a virtual environment for Python {sys.version.split()[0]} in .venv …")
        run([sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)])
    say(f"Installing the Python packages of {REQUIREMENTS[purpose].name}, each checked by its hash …")
    pip = [str(PYTHON), "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
    run([*pip, "--require-hashes", "--requirement", str(REQUIREMENTS[purpose])])
    run([*pip, "--no-index", "--no-deps", "--no-build-isolation", "--editable", str(ROOT)])
    (ENVIRONMENT / f"ready-for-{purpose}").write_text(fingerprint(purpose))


def has_browser() -> bool:
    """Whether a browser is installed in one of its usual places, and all its libraries with it."""
    try:
        return subprocess.run([find_browser(), "--version"], capture_output=True, check=False).returncode == 0
    except (BrowserMissing, OSError):
        return False


def get_browser() -> None:
    """Get a browser: by Playwright, else by Debian's package, else say how."""
    say("No Chrome, Edge or Chromium found. Trying `playwright install chromium` …")
    try:
        subprocess.run(
            [PYTHON, "-m", "playwright", "install", "chromium"],
            capture_output=True,
            check=False,
            timeout=PLAYWRIGHT_SECONDS,
            env={**os.environ, "PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": "5000"},  # milliseconds; 30000 by default
        )
    except subprocess.TimeoutExpired:
        say("That took too long.")
    if not has_browser() and shutil.which("apt-get"):
        say("That did not bring one that starts. Trying Debian's own package …")
        install_packages(["chromium", "chromium-sandbox"])
    if not has_browser():
        stop("Please install Google Chrome, Microsoft Edge or Chromium, then try again.")


def get_peers() -> bool:
    """Get the other tools that tests and benchmarks compare with; says whether they are there."""
    if (PEERS / "node_modules").exists():
        return True
    if not shutil.which("npm"):
        return False
    say("Getting the tools we compare with, by npm …")
    PEERS.mkdir(parents=True, exist_ok=True)
    command = ["npm", "install", "--prefix", str(PEERS), "--no-audit", "--no-fund", *PEER_PACKAGES]
    environment = {**os.environ, "PUPPETEER_SKIP_DOWNLOAD": "1"}
    return subprocess.run(command, capture_output=True, check=False, env=environment).returncode == 0


def stop_unless(done: bool, text: str) -> None:
    """End with what the person can do, if something was not done."""
    if not done:
        stop(text)


def run(command: Sequence[str], **environment: str) -> None:
    """Run a command quietly; when it fails, show what it said and stop."""
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, env={**os.environ, **environment}
    )
    if done.returncode:
        sys.stderr.buffer.write(done.stdout)
        stop(f"This command failed: {shlex.join(command)}")


def say(text: str) -> None:
    """One line of what happens, on standard error: standard output is the program's own."""
    print(f"set-up: {text}", file=sys.stderr, flush=True)


def stop(text: str) -> None:
    """End with what the person can do."""
    sys.exit(f"set-up: {text}")


if __name__ == "__main__":
    main(sys.argv[1])
