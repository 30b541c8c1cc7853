"""Prints what this Linux system lacks for tests, builds and windows: Debian's names, one a line."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from dev import missing_packages

if __name__ == "__main__":
    print("\n".join(missing_packages(display=True, tests=True, installers=True)))
