"""How much of a film was looked at, where it is not gone through from its start to its end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from app.core.time import TimeSpan
from app.media.picture import Picture


class Coverage:
    """Parts as they are begun by the thread that decodes, and as they are passed by the one that tells.

    A part is announced before its first picture is handed on, so whoever has that picture finds it here.
    """

    def __init__(self) -> None:
        self._begun: dict[int, TimeSpan] = {}
        self._passed_s = 0.0
        self._part: TimeSpan | None = None

    def begin(self, pts: int, part: TimeSpan) -> None:
        """The picture ``pts`` is the first one of a part that does not follow on what came before."""
        self._begun[pts] = part

    def one_part(self, pictures: Iterable[Picture], part: TimeSpan) -> Iterator[Picture]:
        """Pass on pictures that follow each other, and do not follow on what came before."""
        first = True
        for picture in pictures:
            if first:
                self.begin(picture.pts, part)
            first = False
            yield picture

    def each_apart(self, pictures: Iterable[Picture]) -> Iterator[Picture]:
        """Pass on pictures of which nobody knows what lies between them."""
        for picture in pictures:
            self.begin(picture.pts, TimeSpan(picture.time_s, picture.time_s))
            yield picture

    def opens_part(self, pts: int) -> bool:
        """Whether this picture is the first one of a part."""
        return pts in self._begun

    def reached(self, pts: int, time_s: float, start_s: float) -> float:
        """Return how much was looked at once this picture was: as if it lay together from ``start_s`` on."""
        part = self._begun.get(pts)
        if part is not None:
            self._passed_s += self._part.duration_s if self._part else 0.0
            self._part = part
        if self._part is None:
            return time_s
        inside_s = min(max(0.0, time_s - self._part.start_s), self._part.duration_s)
        return start_s + self._passed_s + inside_s
