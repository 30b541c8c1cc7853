"""When there is time to decode what may be wanted next, so that going back will not wait."""

from __future__ import annotations

from collections.abc import Callable

_SPARE_S = 0.01
"""With more time than this until something is due, a picture that may be wanted can be decoded."""
_REST_S = 0.15
"""After a seek nothing is prepared for so long: the next one would have to wait for it to let go."""
_MOMENT_S = 0.001


class SpareTime:
    """Tells when to prepare, in small pieces of work. One thread only.

    Attributes:
        wanted: whether anything is left to prepare around the picture shown.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._from = 0.0
        self.wanted = False

    def shown(self, *, wanted: bool, moves_on: bool) -> None:
        """Another picture is shown; ``moves_on``: nobody rests at it, and nothing would have to let go."""
        self.wanted = wanted
        self._from = self._now() + (0.0 if moves_on else _REST_S)

    def use_at_once(self) -> None:
        """There is no need to wait for the hand to rest."""
        self._from = self._now()

    def idle_s(self, due_s: float | None) -> float | None:
        """For how long there is nothing to do where the next thing is due in ``due_s``; None: for ever."""
        if not self.wanted or (due_s is not None and due_s <= _SPARE_S):
            return due_s
        rest_s = self._from - self._now()
        # Clocks that are far on cannot move by as little as is left then.
        rest_s = 0.0 if rest_s < _MOMENT_S else rest_s
        return rest_s if due_s is None else min(rest_s, due_s)
