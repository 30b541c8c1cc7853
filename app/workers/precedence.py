"""The window's thread goes first: to the processor before other threads, and soon to the interpreter."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress

_SWITCH_S = 0.0005
"""So long a thread may keep the interpreter while another one waits for it; Python's own 5 ms are felt."""
_NICE = 10
"""How much lower a thread stands that computes; the engine's child stands lower still."""


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
