"""What going through a file tells, without any model: keyframes, shots, thumbnails, loudness."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Set
from operator import attrgetter
from typing import TYPE_CHECKING

from app.core.results import Keyframe, Shot
from app.ui.found.change import Change

if TYPE_CHECKING:
    from app.core.events import LoudnessFound, Thumbnail

_TIME = attrgetter("time_s")
_START = attrgetter("start_s")


class FileIndex:
    """What belongs to the file and not to a run: a new analysis finds it there, and adds what was missing.

    Attributes:
        shots: by time.
        whole: whether the whole file was gone through; what is here then stands.
    """

    def __init__(self) -> None:
        self.whole = False
        self.shots: tuple[Shot, ...] = ()
        self._keyframes: list[Keyframe] = []
        self._keyframe_pts: set[int] = set()
        self._thumbnails: list[Thumbnail] = []
        self._thumbnail_pts: set[int] = set()
        self._loudness: list[LoudnessFound] = []

    # --- being told

    def add_keyframes(self, keyframes: tuple[Keyframe, ...]) -> Change:
        """Take in those that are new."""
        new = [each for each in keyframes if each.pts not in self._keyframe_pts]
        if not new:
            return Change.NOTHING
        self._keyframe_pts.update(each.pts for each in new)
        self._keyframes = sorted([*self._keyframes, *new], key=_TIME)
        return Change.KEYFRAMES

    def add_shots(self, shots: tuple[Shot, ...]) -> Change:
        """What a run says of a stretch takes the place of what an earlier one said of it."""
        if self.whole or not shots:
            return Change.NOTHING
        start_s, end_s = shots[0].start_s, shots[-1].end_s
        kept = [each for each in self.shots if each.end_s <= start_s or each.start_s >= end_s]
        self.shots = tuple(sorted([*kept, *shots], key=_START))
        return Change.SHOTS

    def add_thumbnail(self, thumbnail: Thumbnail) -> Change:
        """Take in a thumbnail, where its picture has none."""
        if thumbnail.pts in self._thumbnail_pts:
            return Change.NOTHING
        self._thumbnail_pts.add(thumbnail.pts)
        insort(self._thumbnails, thumbnail, key=_TIME)
        return Change.THUMBNAILS

    def add_loudness(self, event: LoudnessFound) -> Change:
        """Take in peak levels; each run reads them anew, from the same starts."""
        place = bisect_left(self._loudness, event.start_s, key=_START)
        if place == len(self._loudness) or self._loudness[place].start_s != event.start_s:
            self._loudness.insert(place, event)
        elif self._loudness[place] == event:
            return Change.NOTHING
        else:
            self._loudness[place] = event
        return Change.SOUND

    # --- being asked

    @property
    def keyframes(self) -> tuple[Keyframe, ...]:
        """All keyframes known, by time."""
        return tuple(self._keyframes)

    @property
    def keyframe_pts(self) -> Set[int]:
        """The pts of all keyframes known."""
        return self._keyframe_pts

    @property
    def thumbnails(self) -> tuple[Thumbnail, ...]:
        """All thumbnails made, by time."""
        return tuple(self._thumbnails)

    @property
    def loudness(self) -> tuple[LoudnessFound, ...]:
        """Peak levels, by time."""
        return tuple(self._loudness)

    @property
    def sound_until_s(self) -> float:
        """Where the last peak level ends; 0 where none is known."""
        return max((each.start_s + each.step_s * len(each.peaks) for each in self._loudness), default=0.0)

    def thumbnail_near(self, time_s: float) -> Thumbnail | None:
        """Return the thumbnail of the last picture at or before a time, else the first one."""
        if not self._thumbnails:
            return None
        return self._thumbnails[max(0, bisect_right(self._thumbnails, time_s, key=_TIME) - 1)]

    def keyframe_before(self, time_s: float) -> Keyframe | None:
        """Return the last keyframe before a time."""
        place = bisect_left(self._keyframes, time_s, key=_TIME)
        return self._keyframes[place - 1] if place else None

    def keyframe_after(self, time_s: float) -> Keyframe | None:
        """Return the first keyframe after a time."""
        place = bisect_right(self._keyframes, time_s, key=_TIME)
        return self._keyframes[place] if place < len(self._keyframes) else None

    def shot_before(self, time_s: float) -> Shot | None:
        """Return the last shot that starts before a time."""
        place = bisect_left(self.shots, time_s, key=_START)
        return self.shots[place - 1] if place else None

    def shot_after(self, time_s: float) -> Shot | None:
        """Return the first shot that starts after a time."""
        place = bisect_right(self.shots, time_s, key=_START)
        return self.shots[place] if place < len(self.shots) else None
