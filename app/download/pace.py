"""How quickly bytes come, and how long the rest will take."""

from __future__ import annotations

from collections import deque

_WINDOW_S = 10.0
_SHORTEST_S = 1.0


class Pace:
    """Measures over the last ten seconds, so that a pause shows soon and a hiccup does not."""

    def __init__(self) -> None:
        self._marks: deque[tuple[float, int]] = deque()

    def note(self, now_s: float, done: int) -> None:
        """Note how many bytes are done; fewer than before begin anew."""
        if self._marks and done < self._marks[-1][1]:
            self._marks.clear()
        self._marks.append((now_s, done))
        while len(self._marks) > 2 and now_s - self._marks[1][0] >= _WINDOW_S:
            self._marks.popleft()

    @property
    def rate(self) -> float | None:
        """Bytes a second; None where it was not watched for long enough."""
        if not self._marks:
            return None
        (first_s, first), (last_s, last) = self._marks[0], self._marks[-1]
        return (last - first) / (last_s - first_s) if last_s - first_s >= _SHORTEST_S else None

    def left_s(self, total: int) -> float | None:
        """Return how long the rest takes at this pace; None where nobody can say."""
        rate = self.rate
        return (total - self._marks[-1][1]) / rate if rate else None
