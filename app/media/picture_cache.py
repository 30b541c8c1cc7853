"""Decoded pictures kept at hand: around the one shown, and those that were asked for last."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import OrderedDict
from dataclasses import dataclass

from app.media.picture import Picture
from app.media.seeking import Target

_ASKED_SHARE = 8
"""The pictures that were asked for by time are the last to go, but may fill one part of so many."""

_LEANING = 3
"""While stepping back so many times as many pictures are kept before the place as behind it."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture and the pts of the one that follows it; None after the last one.

    Attributes:
        certain: whether the one that follows was decoded; else only its packet was seen, or nothing.
    """

    picture: Picture
    until: int | None
    certain: bool = True


class PictureCache:
    """Keeps pictures in bounded memory; what lies farthest from ``focus`` goes first.

    Attributes:
        limit_bytes: what the planes of all kept pictures may take; the newest picture is always kept.
        focus: the pts around which pictures are wanted.
        backward: whether those before it are wanted more than those behind.
    """

    def __init__(self, limit_bytes: int) -> None:
        self.limit_bytes = limit_bytes
        self.focus = 0
        self.backward = False
        self._kept: dict[int, Shown] = {}
        self._order: list[int] = []
        self._passed: list[int] = []
        self._asked: OrderedDict[int, None] = OrderedDict()
        self._bytes = self._asked_bytes = 0

    def put(self, picture: Picture, until: int | None, *, certain: bool = True) -> Shown:
        """Keep ``picture``, shown until the one with pts ``until``."""
        shown = Shown(picture, until, certain)
        asked = picture.pts in self._asked
        self._remove(picture.pts)
        self._kept[picture.pts] = shown
        insort(self._order, picture.pts)
        insort(self._passed, picture.pts)
        self._bytes += picture.nbytes
        if asked:
            self.note_asked(picture.pts)
        self._shrink(picture.pts)
        return shown

    def put_preview(self, picture: Picture) -> None:
        """Keep a picture of which nothing is known but its own time."""
        if picture.pts not in self._kept:
            self.put(picture, picture.pts + 1, certain=False)
        self.note_asked(picture.pts)

    def note_asked(self, pts: int) -> None:
        """The picture with this pts was asked for: somebody may come back to it."""
        shown = self._kept.get(pts)
        if shown is None:
            return
        if pts in self._asked:
            self._asked.move_to_end(pts)
            return
        del self._passed[bisect_left(self._passed, pts)]
        self._asked[pts] = None
        self._asked_bytes += shown.picture.nbytes

    def find(self, target: Target) -> Shown | None:
        """Return what is shown at ``target``, where it is kept."""
        after = bisect_right(self._order, False, key=lambda pts: not target.reached(pts))
        if not after:
            return None
        shown = self._kept[self._order[after - 1]]
        return shown if shown.until is None or not target.reached(shown.until) else None

    def picture(self, pts: int) -> Picture | None:
        """Return the picture with this pts, where it is kept."""
        shown = self._kept.get(pts)
        return None if shown is None else shown.picture

    def nearest(self, tick: int) -> Picture | None:
        """Return the kept picture whose pts is nearest to ``tick``."""
        index = bisect_left(self._order, tick)
        around = self._order[max(0, index - 1) : index + 1]
        return self._kept[min(around, key=lambda pts: abs(pts - tick))].picture if around else None

    def before(self, pts: int) -> Shown | None:
        """Return what is shown right before the picture with this pts, where it is kept."""
        index = bisect_left(self._order, pts)
        if not index:
            return None
        shown = self._kept[self._order[index - 1]]
        return shown if shown.certain and shown.until == pts else None

    def certain(self, pts: int) -> bool:
        """Whether the picture with this pts is kept, and the one that follows it known."""
        shown = self._kept.get(pts)
        return shown is not None and shown.certain

    def run_before(self, pts: int, enough_bytes: int) -> tuple[int, int]:
        """Return where the unbroken run that leads up to this pts begins, and the bytes of its pictures.

        It is followed no further than ``enough_bytes``.
        """
        first, size = pts, 0
        while size < enough_bytes and (shown := self.before(first)) is not None:
            first, size = shown.picture.pts, size + shown.picture.nbytes
        return first, size

    def run_after(self, pts: int, most: int) -> tuple[int | None, int]:
        """Return the pts of what follows the unbroken run behind the picture with this pts, and its length.

        The run is followed no further than ``most`` pictures; None where the last picture belongs to it.
        """
        shown, count = self._kept.get(pts), 0
        while shown is not None and shown.certain and shown.until is not None:
            following = self._kept.get(shown.until)
            if following is None or not following.certain or count == most:
                return shown.until, count
            shown, count = following, count + 1
        return None, count

    def keep_only(self, picture: Picture) -> None:
        """Forget all but ``picture``."""
        kept = self._kept.get(picture.pts)
        self.clear()
        if kept is not None:
            self.put(kept.picture, kept.until, certain=kept.certain)

    def clear(self) -> None:
        """Forget all."""
        self._kept.clear()
        self._order.clear()
        self._passed.clear()
        self._asked.clear()
        self._bytes = self._asked_bytes = 0

    def _shrink(self, newest: int) -> None:
        while self._bytes > self.limit_bytes and len(self._order) > 1:
            self._remove(self._farthest(newest))

    def _farthest(self, newest: int) -> int:
        if self._asked_bytes * _ASKED_SHARE > self.limit_bytes or self._passed in ([], [newest]):
            oldest = next((pts for pts in self._asked if pts != newest), None)
            if oldest is not None:
                return oldest
        behind = bisect_right(self._passed, self.focus)
        ahead = (len(self._passed) - behind) * (_LEANING if self.backward else 1)
        ends = (self._passed[-1], self._passed[0]) if ahead >= behind else (self._passed[0], self._passed[-1])
        return ends[0] if ends[0] != newest else ends[1]

    def _remove(self, pts: int) -> None:
        shown = self._kept.pop(pts, None)
        if shown is None:
            return
        size = shown.picture.nbytes
        self._bytes -= size
        del self._order[bisect_left(self._order, pts)]
        if pts in self._asked:
            del self._asked[pts]
            self._asked_bytes -= size
        else:
            del self._passed[bisect_left(self._passed, pts)]
