"""Stretches of a film in which nothing is to be seen or heard, as recordings have whose clock leapt.

The time axis stays true, but nobody waits through them: after a moment playing goes on behind.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.time import TimeSpan

SHORTEST_S = 300.0
"""A still of less than five minutes may be meant: a slide, a screen on which nothing moves. Real seconds."""

NOTICED_S = 10.0
"""Nothing has happened for so many real seconds before playing goes on behind the gap."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Nothing happens until ``ends_s``, a shown time; ``wait_s`` real seconds are waited still."""

    ends_s: float
    wait_s: float


def gap_ahead(
    now_s: float, due_s: float, speed: float, *, stood_s: float, silence: TimeSpan | None
) -> Gap | None:
    """Return the gap in which playing is; None where something happens soon enough.

    Args:
        now_s: the shown time that it is.
        due_s: when the picture changes next.
        speed: media seconds per second; below zero back, when nothing is heard anyway.
        stood_s: real seconds for which the picture has stood.
        silence: the stretch around now in which nothing is heard; None where something is, or may be.
    """
    ends_s, silent_s = due_s, stood_s
    if speed > 0:
        if silence is None:
            return None
        ends_s, silent_s = min(due_s, silence.end_s), (now_s - silence.start_s) / speed
    wait_s = max(0.0, NOTICED_S - min(stood_s, silent_s))
    return Gap(ends_s, wait_s) if (ends_s - now_s) / speed - wait_s >= SHORTEST_S else None
