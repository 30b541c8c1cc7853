"""The time that runs while a video plays."""

from __future__ import annotations

import time
from collections.abc import Callable

TimeSource = Callable[[], float]
"""Seconds that only ever grow, from an arbitrary zero."""


class PlaybackClock:
    """Tells which moment of the video is due now. Pure: it neither sleeps nor decodes.

    Times are shown seconds, as ``Picture.time_s``. Changing the speed, pausing and jumping keep or set the
    moment exactly; nothing adds up over time, as a moment is always counted from the last change. One thread
    only.
    """

    def __init__(self, source: TimeSource = time.perf_counter) -> None:
        self._source = source
        self._moment_s = 0.0
        self._since: float | None = None
        self._speed = 1.0

    @property
    def playing(self) -> bool:
        """Whether time runs."""
        return self._since is not None

    @property
    def speed(self) -> float:
        """Seconds of video per second; below zero where it runs back."""
        return self._speed

    def now(self) -> float:
        """Return the moment that is due."""
        if self._since is None:
            return self._moment_s
        return self._moment_s + max(0.0, self._source() - self._since) * self._speed

    def start(self, at_s: float | None = None, speed: float | None = None) -> None:
        """Play on, from ``at_s`` (None: from where it stands) at ``speed`` (None: as before).

        Raises:
            ValueError: ``speed`` is zero.
        """
        if speed is not None:
            self.set_speed(speed)
        self._moment_s = self.now() if at_s is None else at_s
        self._since = self._source()

    def pause(self) -> None:
        """Stand still at the moment that is due."""
        self._moment_s = self.now()
        self._since = None

    def jump(self, to_s: float) -> None:
        """Go to a moment; time runs on from there, or stands still as before."""
        self._moment_s = to_s
        if self._since is not None:
            self._since = self._source()

    def set_speed(self, speed: float) -> None:
        """Play faster or slower from now on, without a leap; below zero: back.

        Raises:
            ValueError: ``speed`` is zero.
        """
        if not abs(speed) > 0:
            raise ValueError(f"a clock that runs has a speed, not {speed}")
        self.jump(self.now())
        self._speed = speed

    def due(self, picture_s: float) -> float:
        """Return how many real seconds are left until a picture begins: below zero where it is late.

        Infinite while time stands still before that moment.
        """
        ahead = picture_s - self.now()
        if self._since is None and ahead > 0:
            return float("inf")
        return ahead / self._speed
