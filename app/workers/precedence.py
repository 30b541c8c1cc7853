"""The window's thread goes first: to the processor before other threads, and soon to the interpreter."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from pathlib import Path

_SWITCH_S = 0.0005
"""So long a thread may keep the interpreter while another one waits for it; Python's own 5 ms are felt."""
_NICE = 5
"""How much lower a thread stands that computes ..."""
_NATIVE_NICE = 10
"""... and FFmpeg's own threads for it; the engine's child stands lower still."""
_TASKS = Path("/proc/self/task")
_OF_FFMPEG = "av:"
"""So FFmpeg begins the names of threads that decode."""


def share_interpreter() -> None:
    """Let the window's thread have the interpreter soon after it asks for it."""
    sys.setswitchinterval(_SWITCH_S)


def yield_to_window() -> None:
    """Be a thread that computes: run when the window's thread does not want to, as far as a system can tell.

    Threads that are started by this one, FFmpeg's too, stand as low. Only on Linux threads have a priority of
    their own that counts.
    """
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)


def let_decoders_yield() -> None:
    """Set FFmpeg's threads lower than those that take their pictures, as far as a system can tell.

    A thread of Python's may hold the interpreter, for which the window waits: it must not wait for its core,
    too, until FFmpeg's threads let it go. Concerns the threads there are now.
    """
    if sys.platform != "linux":
        return
    for task in _TASKS.iterdir():
        with suppress(OSError):
            if (task / "comm").read_text().startswith(_OF_FFMPEG):
                os.setpriority(os.PRIO_PROCESS, int(task.name), _NATIVE_NICE)
