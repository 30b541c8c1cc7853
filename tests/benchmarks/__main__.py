"""`python3 dev.py bench [NAME ...] [--json FILE]`: measures, prints a table, writes the rows as JSON."""

from __future__ import annotations

import argparse
import compileall
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.registry import all_benchmarks, chosen
from tests.benchmarks.rows import Row, table
from tests.conftest import REPOSITORY


def main(arguments: Sequence[str]) -> int:
    """Run what is named; 2 for a name that does not exist."""
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="a group or a row; without any: all")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows to FILE")
    parser.add_argument("--list", action="store_true", help="only tell the names")
    options = parser.parse_args(arguments)
    if options.list:
        print("\n".join(f"{each.group}: {' '.join(each.names)}" for each in all_benchmarks()))
        return 0
    try:
        benchmarks = chosen(options.names)
    except LookupError as error:
        print(f"dev.py bench: {error.args[0]}", file=sys.stderr)
        return 2
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    _compile()
    rows: list[Row] = []
    for benchmark in benchmarks:
        _say(f"{benchmark.group}: {', '.join(benchmark.names)}")
        rows += benchmark.rows(_say)
    print("\n".join(table(rows)))
    if options.json is not None:
        text = json.dumps([row.as_json() for row in rows], indent=1, allow_nan=False)
        options.json.write_text(text + "\n", encoding="utf-8")
    return 0


def _compile() -> None:
    """Compile our modules, as pip did with the peers': where Python may not keep them, each run would."""
    compileall.compile_dir(REPOSITORY / "app", quiet=2)
    compileall.compile_dir(REPOSITORY / "tests" / "benchmarks", quiet=2)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
