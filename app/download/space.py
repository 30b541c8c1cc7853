"""Whether a file has room on its disk."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

_RESERVE = 64 << 20
"""What is left free, for whatever else is written meanwhile."""

DISK_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))


def missing_bytes(folder: Path, needed: int) -> int:
    """Return how many bytes are missing to write ``needed`` more into a folder, which need not be there yet.

    0 where there is room, or the system does not tell.
    """
    there = next((each for each in (folder, *folder.parents) if each.exists()), folder)
    try:
        free = shutil.disk_usage(there).free
    except OSError:
        return 0
    return max(0, needed + _RESERVE - free)
