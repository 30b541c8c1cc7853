"""From the order in which packets are stored to the order in which their pictures are shown."""

from __future__ import annotations

import heapq

REORDERED = 16
"""No standard lets a packet come after more than so many that are shown later."""


class OutOfOrderError(Exception):
    """Time stamps repeat or go back: the packets do not tell in which order pictures are shown."""


class ShownOrder:
    """Takes time stamps as packets come and gives them back in shown order, as soon as that is certain.

    Args:
        reordered: after how many that are shown later a packet may come; 0 where every picture is a keyframe.
    """

    def __init__(self, reordered: int = REORDERED) -> None:
        self._reordered = reordered
        self._waiting: list[int] = []
        self._last: int | None = None

    def add(self, stamp: int) -> int | None:
        """Take the stamp of the next packet; returns the next one in shown order, where one is certain.

        Raises:
            OutOfOrderError: it is not later than the one before it.
        """
        heapq.heappush(self._waiting, stamp)
        return self._next() if len(self._waiting) > self._reordered else None

    def end(self) -> list[int]:
        """No packet follows: returns all that wait, in shown order.

        Raises:
            OutOfOrderError: as ``add``.
        """
        return [self._next() for _ in range(len(self._waiting))]

    def _next(self) -> int:
        stamp = heapq.heappop(self._waiting)
        if self._last is not None and stamp <= self._last:
            raise OutOfOrderError
        self._last = stamp
        return stamp
