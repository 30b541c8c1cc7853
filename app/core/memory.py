"""How much memory this machine has."""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import suppress
from pathlib import Path

_CONTROL_GROUPS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def total_memory() -> int | None:
    """Return the bytes of memory that this process may use at most; None where the system does not tell."""
    installed = _of_windows() if sys.platform == "win32" else _of_posix()
    limits = [limit for limit in map(_limit, _CONTROL_GROUPS) if limit is not None]
    return min([installed, *limits]) if installed is not None else None


def _of_posix() -> int | None:
    with suppress(ValueError, OSError, AttributeError):
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return None


def _of_windows() -> int | None:
    if sys.platform == "win32":
        kilobytes = ctypes.c_ulonglong()
        if ctypes.windll.kernel32.GetPhysicallyInstalledSystemMemory(ctypes.byref(kilobytes)):
            return kilobytes.value * 1024
    return None


def _limit(path: str) -> int | None:
    """What a container may use; None where it has no bound."""
    with suppress(OSError, ValueError):
        return int(Path(path).read_text(encoding="utf-8"))
    return None
