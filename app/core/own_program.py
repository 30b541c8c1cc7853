"""How this very program is started once more, as a child process."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import app


def own_command(*words: str) -> list[str]:
    """Return what to run; ``-P``: the folder we are in brings no code."""
    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-P", "-m", "app"]
    return [*program, *words]


def own_environment() -> dict[str, str]:
    """Ours, and where this program's own code lies."""
    home = str(Path(app.__file__).parent.parent)
    others = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([home, others] if others else [home])}
