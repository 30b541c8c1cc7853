"""Which of the looked-at pictures become thumbnails: enough for a strip, no more, however long the film."""

from __future__ import annotations

MOST = 2000
"""Thumbnails of one analysis; each takes some 30 kB."""

_UNKNOWN_LENGTH_STEP_S = 5.0
_LEAST_STEP_S = 0.001


class Thinning:
    """Takes the first picture that comes in each of ``MOST`` equal parts of the film, in any order.

    A film of unknown length has parts of five seconds, and no more of them are taken.
    """

    def __init__(self, length_s: float | None) -> None:
        self._step_s = max(_LEAST_STEP_S, length_s / MOST) if length_s else _UNKNOWN_LENGTH_STEP_S
        self._taken: set[int] = set()

    def takes(self, time_s: float) -> bool:
        """Whether the picture at ``time_s`` seconds of shown time becomes one."""
        part = int(time_s // self._step_s)
        if part in self._taken or len(self._taken) >= MOST:
            return False
        self._taken.add(part)
        return True
