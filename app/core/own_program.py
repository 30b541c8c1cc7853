"""This very program, started once more as a child process: how, in which surroundings, and how it ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import app

NO_CONSOLE: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)
"""Creation flags with which a child opens no console window; only Windows needs them."""

LOWER_PRIORITY: int = getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0)
"""Creation flags of a child that yields to everybody else; elsewhere the child calls ``yield_to_others``."""

_NICE = 19
"""As low as it goes: the window's own threads that compute stand lower than others already."""
_FIRST_WINDOWS_FAULT = 1 << 30
_FIRST_TO_GO = "800"
"""Where memory runs out, Linux ends the process with the highest number; the greatest is 1000."""

_PR_SET_PDEATHSIG = 1


def own_command(*words: str) -> list[str]:
    """Return what to run; ``-P``: the folder we are in brings no code."""
    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-P", "-m", "app"]
    return [*program, *words]


def own_environment() -> dict[str, str]:
    """Ours, and where this program's own code lies."""
    home = str(Path(app.__file__).parent.parent)
    others = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([home, others] if others else [home])}


def fault_of(code: int) -> str:
    """Return the name of the signal or fault that ended a child; "" where it ended by itself."""
    if code < 0:
        try:
            return signal.Signals(-code).name
        except ValueError:
            return f"signal {-code}"
    return f"0x{code:08X}" if code >= _FIRST_WINDOWS_FAULT else ""


def fail_quietly() -> None:
    """Be the child: a crash must leave no file behind, and open no window that asks what to do."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.kernel32.SetErrorMode(0x0001 | 0x0002 | 0x8000)
    else:
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def yield_to_others() -> None:
    """Be the child: run when nobody else wants to, and be the first to go when memory runs out."""
    if sys.platform != "win32":
        os.nice(_NICE)
    if sys.platform == "linux":
        try:
            Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_GO, encoding="ascii")
        except OSError:
            return


def end_with_parent(parent: int) -> None:
    """Be the child: end when process ``parent`` does, even while stopped or in a native call without an end.

    Only Linux knows how; a child that waits for its pipe ends with it everywhere else.
    """
    if sys.platform != "linux":
        return
    import ctypes

    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
    if os.getppid() != parent:  # it ended before this was arranged
        os._exit(0)
