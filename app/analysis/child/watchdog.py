"""Tells a child that hangs from one that is slow.

A slow model on a slow machine says nothing for minutes, and must not be killed; a process that was stopped,
or that waits for what never comes, must. So the watchdog counts, in seconds of its own being awake (a
computer that was asleep proves nothing): since the child said anything, since it used the processor, and
since it came any further.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.core.time import format_short

_WORTH_S = 0.2
"""Processor time that is work: heartbeats alone take far less in the time that ``idle`` allows."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long, in ticks of ``tick_s`` seconds, a child may

    Attributes:
        start: need until its first word; a cold disk loads slowly.
        silent: give no sign of life, before it is looked at from outside: one that is stopped is given up.
        mute: give none while it uses no processor time, or where that cannot be seen.
        idle: do nothing, though it gives signs of life. A disk that wakes up takes 15 s.
        busy: use the processor and come no further. The largest speech model takes minutes for half a minute
            of sound on a weak machine.
        cancel_s: seconds until a child that was told to stop is killed.
    """

    tick_s: float = 1.0
    start: int = 120
    silent: int = 8
    mute: int = 60
    idle: int = 60
    busy: int = 1200
    cancel_s: float = 0.7


PATIENCE = Patience()


@dataclass(frozen=True, slots=True)
class Vital:
    """A process, seen from outside: whether it is stopped, and the processor time it used."""

    stopped: bool
    cpu_s: float


Look = Callable[[], Vital | None]


class Watchdog:
    """Counts for one child; one thread."""

    def __init__(self, patience: Patience, look: Look) -> None:
        self._patience = patience
        self._look = look
        self._silent = self._idle = self._busy = 0
        self._cpu_s = 0.0
        self._begun = False

    def came_further(self) -> None:
        """Note that it found something or told of progress."""
        self._silent = self._idle = self._busy = 0
        self._begun = True

    def heartbeat(self, cpu_s: float) -> None:
        """Note a sign of life."""
        self._silent, self._begun = 0, True
        self._worked(cpu_s)

    def tick(self, *, resting: bool) -> str | None:
        """Count one tick; return a clause that says what is wrong, else None. ``resting``: it was told to."""
        self._silent += 1
        self._idle = 0 if resting else self._idle + 1
        self._busy = 0 if resting else self._busy + 1
        patience = self._patience
        if self._silent >= patience.silent and (said := self._examined()):
            return said
        if not self._begun:
            return "it did not begin" if self._silent >= patience.start else None
        if self._idle >= patience.idle:
            return f"it did nothing for {format_short(self._idle * patience.tick_s)} min"
        if self._busy >= patience.busy:
            return f"it came no further for {format_short(self._busy * patience.tick_s)} min"
        return None

    def _examined(self) -> str | None:
        vital = self._look()
        if vital is not None and vital.stopped:
            return "its process was stopped from outside"
        if not self._begun or (vital is not None and self._worked(vital.cpu_s)):
            return None
        return "it no longer answers" if self._silent >= self._patience.mute else None

    def _worked(self, cpu_s: float) -> bool:
        if cpu_s - self._cpu_s < _WORTH_S:
            return False
        self._cpu_s, self._idle = cpu_s, 0
        return True


def look_at(pid: int) -> Vital | None:
    """Return how it stands with a process; None where that cannot be seen."""
    if sys.platform != "linux":
        return None
    try:
        # After the name, which may hold spaces and brackets: state, ..., user time, system time.
        words = (
            Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        )
    except OSError:
        return None
    ticks = int(words[11]) + int(words[12])
    # "t" is a debugger's doing.
    return Vital(words[0] == "T", ticks / os.sysconf("SC_CLK_TCK"))
