"""How much memory this process holds."""

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
    _only_linux()
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    return resident_now_mb()


def resident_now_mb() -> float:
    """Resident MiB, as it is."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / _MEBIBYTE


def peak_mb() -> float:
    """The most MiB that were ever resident in this process; what getrusage says begins with its parent's."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def live_bytes() -> int:
    """Bytes that the C library handed out and did not get back, in all its arenas: free of all slack.

    Python's own objects are among them only where PYTHONMALLOC=malloc.

    Raises:
        OSError: only Linux with glibc tells.
    """
    _only_linux()
    library = ctypes.CDLL(None)
    if not hasattr(library, "mallinfo2"):
        raise OSError("only glibc tells how much memory is in use")
    library.mallinfo2.restype = _Mallinfo
    gc.collect()
    told = library.mallinfo2()
    return int(told.uordblks + told.hblkhd)


class _Mallinfo(ctypes.Structure):
    """glibc's struct mallinfo2."""

    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in (
            "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks",
            "keepcost",
        )
    )  # fmt: skip


def _only_linux() -> None:
    if not sys.platform.startswith("linux"):
        raise OSError("the memory of a process can be read on Linux only")
