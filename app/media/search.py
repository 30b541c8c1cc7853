"""The way to what is shown at a time: kept pictures, decoding on, a leap, or decoding from a keyframe on."""

from __future__ import annotations

from fractions import Fraction

from app.core.cancel import CancelToken
from app.media.leap import Leapt, leap, leap_before
from app.media.picture import Picture
from app.media.picture_cache import PictureCache, Shown
from app.media.playhead import Playhead
from app.media.seeking import Target, land_before

_AHEAD_S = Fraction(1)
"""A target no further ahead than this is reached by decoding on where the container lists no keyframes."""

_FAR_AHEAD_S = Fraction(10)
"""A list of keyframes may be incomplete: further ahead than this it is not relied on."""

_STEP_S = Fraction(1, 5)
"""No further ahead than this every picture is decoded, and kept: the hand moves slowly."""

_STAYS_S = Fraction(2)
"""After an exact search, one so little later is likely to be followed by another."""


class Search:
    """Moves a playhead, and keeps what it passes in a cache. Belongs to one thread.

    All methods raise what ``Playhead.next`` raises; ``CancelledError`` leaves everything usable.

    Attributes:
        newest: the last picture of the running decode; None where that is astray.
    """

    def __init__(self, head: Playhead, cache: PictureCache) -> None:
        self._head, self._cache = head, cache
        self.newest: Picture | None = None
        self.first_pts: int | None = None
        self._leapt_to: int | None = None

    def find(
        self, target: Target, cancel: CancelToken | None, *, certain: bool = True, leaping: bool = False
    ) -> Shown:
        """Find what is shown at ``target``.

        Unless ``certain``, the time of the picture after it may be a guess. When ``leaping``, pictures before
        it are not decoded where that can be helped; else they are, and kept.
        """
        if self.first_pts is not None and not target.reached(self.first_pts):
            target = Target.pts(self.first_pts)
        kept = self._cache.find(target)
        if kept is not None and (kept.certain or not certain):
            return kept
        self._cache.focus = target.tick
        newest = self.newest
        if newest is None or not self._is_near(newest, target, leaping=leaping):
            leaping = leaping and not self._head.is_landing(target.tick)
            leapt = self._leap(target, cancel, certain=certain) if leaping else None
            if leapt is None:
                newest = self.land(target, cancel)
            elif self.newest is None:
                return self._cache.put(leapt.picture, leapt.until, certain=False)
            else:
                newest = leapt.picture
        while True:
            shown = self.step(newest, cancel)
            newest = self.newest
            if newest is None or not target.reached(newest.pts):
                return shown

    def step(self, newest: Picture, cancel: CancelToken | None) -> Shown:
        """Decode one picture more: then it is known how long ``newest`` is shown."""
        following = self._head.next(cancel)
        self.newest = following
        if following is None:
            return self._cache.put(newest, None)
        lasts = max(0, following.pts - newest.pts) * self._head.source.time_base
        return self._cache.put(newest.lasting(lasts), following.pts)

    def land(self, target: Target, cancel: CancelToken | None) -> Picture:
        """Put the running decode at a picture before ``target``, or at the first one."""
        self.newest = None
        newest = land_before(self._head, target, cancel)
        if not target.reached(newest.pts):
            self.first_pts = newest.pts
        self.newest = newest
        return newest

    def is_on_its_way(self, pts: int) -> bool:
        """Whether decoding on is the way to the picture at ``pts``."""
        return self.newest is not None and self._is_near(self.newest, Target.pts(pts), leaping=False)

    def land_near(self, start: int, goal: int, cancel: CancelToken | None) -> Picture:
        """Put the running decode before the picture at ``goal``, but not far before ``start`` if possible.

        For what lies before ``start`` there is no room: in a long GOP that is leapt over.
        """
        if self._head.listed.comes(start, goal - 1) is False and start > self._head.first_tick:
            leapt = self._leap(Target.pts(start), cancel, certain=True)
            if leapt is not None:
                return leapt.picture
        return self.land(Target.pts(goal - 1), cancel)

    def _leap(self, target: Target, cancel: CancelToken | None, *, certain: bool) -> Leapt | None:
        """Find a picture without those before it; None where that cannot be relied on.

        The running decode goes on from there where ``certain`` or likely of use; else it is given up.
        """
        head, newest, self.newest = self._head, self.newest, None
        if not head.seekable or not head.decoder.can_leap:
            return None
        before, self._leapt_to = self._leapt_to, target.tick
        stays = before is not None and 0 <= target.tick - before <= _STAYS_S / head.source.time_base
        going_on = certain or stays
        if newest is not None and self._can_go_on(newest, target):
            found = leap(head, target, cancel, go_on=going_on)
        else:
            found = leap_before(head, target, cancel, go_on=going_on)
        if found is None:
            return None
        if going_on:
            self.newest = found.picture
        elif found.until is not None:
            lasts = (found.until - found.picture.pts) * head.source.time_base
            return Leapt(found.picture.lasting(lasts), found.until)
        return found

    def _can_go_on(self, newest: Picture, target: Target) -> bool:
        """Whether leaping from where the running decode is beats a seek: no keyframe lies between."""
        fed = self._head.decoder.newest_fed
        if fed is None or not target.reached(fed) or not target.reached(newest.pts):
            return False
        if target.tick - newest.pts > _FAR_AHEAD_S / self._head.source.time_base:
            return False
        return self._head.listed.comes(newest.pts, target.tick) is False

    def _is_near(self, newest: Picture, target: Target, *, leaping: bool) -> bool:
        """Whether decoding on, picture by picture, is the way to ``target``."""
        if not target.reached(newest.pts):
            return False
        ahead = (target.tick - newest.pts) * self._head.source.time_base
        if not self._head.seekable or ahead <= _STEP_S:
            return True
        if leaping and self._head.decoder.can_leap:
            return False
        comes = self._head.listed.comes(newest.pts, target.tick)
        return ahead <= _AHEAD_S if comes is None else not comes and ahead <= _FAR_AHEAD_S
