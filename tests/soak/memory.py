"""How much memory this process holds, once what is free was given back."""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from pathlib import Path

_MEBIBYTE = 2**20


def resident_mb() -> float:
    """Resident MiB, after a collection and after the C library gave its free pages back: leaks, not slack.

    Raises:
        OSError: only Linux tells.
    """
    if not sys.platform.startswith("linux"):
        raise OSError("the resident memory can be read on Linux only")
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / _MEBIBYTE
