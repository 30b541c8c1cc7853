"""How much of the machine this process may use."""

from __future__ import annotations

import os


def usable_cores() -> int:
    """How many cores this process may run on: fewer than there are, where it was bound to some."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1
