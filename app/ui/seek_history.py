"""The places one jumped away from, to go back to: as a browser has it for pages."""

from __future__ import annotations

from collections import deque

FAR_S = 2.0
"""A way longer than this is a jump; shorter ones are looking around."""
_MOST = 64


class SeekHistory:
    """Two bounded stacks of times, seconds."""

    def __init__(self) -> None:
        self._behind: deque[float] = deque(maxlen=_MOST)
        self._ahead: deque[float] = deque(maxlen=_MOST)

    @property
    def can_go_back(self) -> bool:
        """Whether there is a place to return to."""
        return bool(self._behind)

    @property
    def can_go_forward(self) -> bool:
        """Whether one went back before."""
        return bool(self._ahead)

    def went(self, from_s: float, to_s: float) -> None:
        """Somebody went from one time to another; remembered where it was far."""
        if abs(to_s - from_s) > FAR_S:
            self._behind.append(from_s)
            self._ahead.clear()

    def back(self, now_s: float) -> float | None:
        """Return where the last jump came from; ``now_s`` is where one can go forward to again."""
        if not self._behind:
            return None
        self._ahead.append(now_s)
        return self._behind.pop()

    def forward(self, now_s: float) -> float | None:
        """Return where one went back from."""
        if not self._ahead:
            return None
        self._behind.append(now_s)
        return self._ahead.pop()

    def clear(self) -> None:
        """Forget all."""
        self._behind.clear()
        self._ahead.clear()
