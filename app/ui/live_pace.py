"""Whether playing pictures wait for their boxes.

A detector answers some milliseconds after it was shown a picture. Boxes that come and go flicker, boxes of
the picture before are wrong: so a playing picture is held back until its boxes are there, and those the
detector had no time for are left out. A detector too slow even for that is left alone for a while.
"""

from __future__ import annotations

from collections import deque

_REMEMBERED = 12
_IN_TIME_SHARE = 0.75
_REST = 90


class LivePace:
    """Remembers how often the detector was in time, and decides."""

    def __init__(self) -> None:
        self._answers: deque[bool] = deque(maxlen=_REMEMBERED)
        self._resting = 0

    @property
    def worth_waiting(self) -> bool:
        """Whether the next picture should wait."""
        return self._resting == 0

    def told(self, *, in_time: bool) -> None:
        """Boxes came for a picture that waited, or none came for any."""
        self._answers.append(in_time)
        if len(self._answers) == _REMEMBERED and sum(self._answers) < _IN_TIME_SHARE * _REMEMBERED:
            self._resting = _REST
            self._answers.clear()

    def passed(self) -> None:
        """A picture went by without waiting."""
        self._resting = max(0, self._resting - 1)
