"""Brings what the program prints into the READMEs: ``python -m tools.docs`` writes each marked block anew.

A block is a comment with a command, ``<!-- autoconfigure --help -->``, and the fenced lines below it. ``--check`` changes
nothing and fails when a block is not what the command prints now.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parents[1]
PAGES = (HERE / "README.md", HERE / "README.ja.md")
PROGRAM = "import sys; sys.argv[0] = 'autoconfigure'; from automation.cli import main; main()"
BLOCK = re.compile(r"<!-- autoconfigure (?P<arguments>[^\n]*?) -->\n\n```text\n.*?```\n", re.DOTALL)


def printed(arguments: str) -> str:
    """What ``autoconfigure`` prints with these arguments, on a terminal of 100 columns and with no settings of its own."""
    known = {name: value for name, value in os.environ.items() if name not in ("AUTOCONFIGURE_LANG", "LC_ALL")}
    known |= {"COLUMNS": "100", "LANG": "C.UTF-8", "PYTHONPATH": str(HERE), "PYTHONUTF8": "1"}
    command = [sys.executable, "-c", PROGRAM, *shlex.split(arguments)]
    return subprocess.run(
        command, env=known, cwd=HERE / "tools", check=True, capture_output=True, encoding="utf-8"
    ).stdout


def brought_up_to_date(page: str) -> str:
    """A page with each of its blocks as the program prints it now."""
    return BLOCK.sub(lambda block: _block(block["arguments"]), page)


def _block(arguments: str) -> str:
    lines = "\n".join(line.rstrip() for line in printed(arguments).splitlines())
    return f"<!-- autoconfigure {arguments} -->\n\n```text\n{lines}\n```\n"


def main(only_check: bool) -> int:
    """Write or check all pages; the exit code."""
    stale = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        if (fresh := brought_up_to_date(text)) != text:
            stale.append(page.name)
            if not only_check:
                page.write_text(fresh, encoding="utf-8")
    print(f"{'not up to date' if only_check else 'written'}: {', '.join(stale) or 'nothing'}")
    return 1 if only_check and stale else 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv))
