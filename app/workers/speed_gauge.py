"""How fast a film really plays: slower than asked for where time waits for its pictures."""

from __future__ import annotations

_MEASURED_S = 2.0
"""Over so many real seconds of playing: pictures come unevenly, and words that flicker are not read."""


class SpeedGauge:
    """Compares the times of the pictures shown with the time that passed. One thread only.

    Attributes:
        reached: share of the speed asked for, to a hundredth; 1.0 as long as time never waits.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Nothing plays."""
        self.reached = 1.0
        self._begin()
        self.jumped()

    def jumped(self) -> None:
        """What is shown next does not follow what was shown before."""
        self._before: tuple[float, float] | None = None

    def waited(self) -> None:
        """Time was set back to a picture that came late."""
        self._waited = True

    def shown(self, media_s: float, at: float, speed: float) -> None:
        """The picture at ``media_s`` of the file is shown at the real time ``at``."""
        before, self._before = self._before, (media_s, at)
        if before is None:
            return
        self._played_s += abs(media_s - before[0]) / abs(speed)
        self._passed_s += at - before[1]
        if self._passed_s >= _MEASURED_S:
            share = round(self._played_s / self._passed_s, 2)
            self.reached = min(max(0.01, share), 1.0) if self._waited else 1.0
            self._begin()

    def _begin(self) -> None:
        self._played_s = self._passed_s = 0.0
        self._waited = False
