"""The pictures that were decoded last: stepping back must not mean seeking each time."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import OrderedDict
from dataclasses import dataclass

from app.media.picture import Picture
from app.media.seeking import Target


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture and the pts of the one that follows it; None after the last one.

    Attributes:
        certain: whether the one that follows was decoded; else only its packet was seen.
    """

    picture: Picture
    until: int | None
    certain: bool = True


class PictureCache:
    """Keeps pictures with known successors, the newest ones, in bounded memory.

    Attributes:
        limit_bytes: what the planes of all kept pictures may take; the newest picture is always kept.
    """

    def __init__(self, limit_bytes: int) -> None:
        self.limit_bytes = limit_bytes
        self._by_age: OrderedDict[int, Shown] = OrderedDict()
        self._order: list[int] = []
        self._bytes = 0

    def put(self, picture: Picture, until: int | None, *, certain: bool = True) -> Shown:
        """Keep ``picture``, shown until the one with pts ``until``."""
        self._remove(picture.pts)
        shown = Shown(picture, until, certain)
        self._by_age[picture.pts] = shown
        insort(self._order, picture.pts)
        self._bytes += picture.nbytes
        while self._bytes > self.limit_bytes and len(self._order) > 1:
            self._remove(next(iter(self._by_age)))
        return shown

    def find(self, target: Target) -> Shown | None:
        """Return what is shown at ``target``, where it is kept."""
        after = bisect_right(self._order, False, key=lambda pts: not target.reached(pts))
        if not after:
            return None
        shown = self._by_age[self._order[after - 1]]
        return shown if shown.until is None or not target.reached(shown.until) else None

    def before(self, pts: int) -> Shown | None:
        """Return what is shown right before the picture with this pts, where it is kept."""
        index = bisect_left(self._order, pts)
        if not index:
            return None
        shown = self._by_age[self._order[index - 1]]
        return shown if shown.certain and shown.until == pts else None

    def keep_only(self, picture: Picture) -> None:
        """Forget all but ``picture``."""
        kept = self._by_age.get(picture.pts)
        self.clear()
        if kept is not None:
            self.put(kept.picture, kept.until, certain=kept.certain)

    def clear(self) -> None:
        """Forget all."""
        self._by_age.clear()
        self._order.clear()
        self._bytes = 0

    def _remove(self, pts: int) -> None:
        shown = self._by_age.pop(pts, None)
        if shown is not None:
            self._bytes -= shown.picture.nbytes
            del self._order[bisect_left(self._order, pts)]
