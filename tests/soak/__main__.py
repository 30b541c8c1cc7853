"""`python3 dev.py soak [NAME ...]`: the long trials; prints figures, exit code 1 where one fails."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

TRIALS = ("player", "exact", "engine", "kills", "heartbeat", "accuracy", "speech")
"""Each is a module here with ``run(short: bool) -> bool``."""


def main(arguments: Sequence[str]) -> int:
    """Run what is named, all without a name."""
    parser = argparse.ArgumentParser(prog="dev.py soak", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=" or ".join(TRIALS))
    parser.add_argument("--short", action="store_true", help="a try of some seconds")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.names if name not in TRIALS]
    if unknown:
        print(f"dev.py soak: no trial {unknown[0]!r}; there are: {', '.join(TRIALS)}", file=sys.stderr)
        return 2
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    failed = []
    for name in options.names or TRIALS:
        module = importlib.import_module(f"tests.soak.{name}")
        if not module.run(options.short):
            failed.append(name)
    print("failed: " + ", ".join(failed) if failed else "all right")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
