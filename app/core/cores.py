"""How much of the machine this process may use."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress

ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}
"""Settings of the linear algebra behind numpy, which it reads while it loads: its threads would spin beside
those that do the work, for products that are too small for them."""

_sharing = 1


def cores_here() -> int:
    """How many cores this process may run on: fewer than there are, where it was bound to some."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def calm_linear_algebra() -> None:
    """Let numpy's products be made on one thread, in this process and those it starts; before numpy is
    loaded."""
    for name, value in ONE_THREAD.items():
        os.environ.setdefault(name, value)


def let_others_go_first(steps: int) -> None:
    """Let the calling thread, and those it starts from now on, stand lower by so many of the system's steps.

    Only on Linux threads have a priority of their own that counts; elsewhere nothing happens.
    """
    if sys.platform == "linux":
        thread = threading.get_native_id()
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + steps)


def usable_cores() -> int:
    """How many cores this process may keep busy: its share of those it may run on, at least one."""
    return max(1, cores_here() // _sharing)


def share_cores(among: int) -> None:
    """Take only a share from now on: ``among`` processes, this one among them, do the same work."""
    global _sharing  # noqa: PLW0603 - a process has one share
    _sharing = max(1, among)
