"""The practice world as a process: ``python -m flows.sandbox``. Prints one line of JSON, lives until its input ends."""

from __future__ import annotations

import argparse
import json
import sys


def main() -> int:
    """Start the world that the arguments name and stay until standard input ends or a signal comes."""
    parser = argparse.ArgumentParser(prog="python -m flows.sandbox", description=__doc__)
    parser.add_argument("--world", default="classic")
    parser.add_argument("--lang", choices=("en", "ja"))
    parser.add_argument("--pane", choices=("switch", "radios"), default="switch")
    parser.add_argument("--slow", type=float, default=0.0, metavar="SECONDS")
    parser.add_argument("--signed-out", action="store_true")
    arguments = parser.parse_args()
    try:
        from flows.sandbox.server import serve
        from flows.sandbox.worlds import WORLDS, make_world
    except ModuleNotFoundError as error:
        print(json.dumps({"error": "extra", "text": str(error)}), flush=True)
        return 1
    if arguments.world not in WORLDS:
        print(json.dumps({"error": "world", "text": arguments.world}), flush=True)
        return 2
    try:
        serve(make_world(arguments.world, arguments.lang, arguments.pane, arguments.slow, not arguments.signed_out))
    except OSError as error:
        print(json.dumps({"error": "system", "text": str(error)}), flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
