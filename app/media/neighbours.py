"""The pictures before the one shown, decoded before anybody asks: stepping back then waits for no GOP."""

from __future__ import annotations

from fractions import Fraction

from app.core.cancel import CancelToken
from app.media.picture import Picture
from app.media.picture_cache import PictureCache, Shown
from app.media.search import Search
from app.media.seeking import Target

_ENOUGH = 24
"""So many pictures before the one shown, and nothing is done: a held key takes most of a second for them."""

_READY = 8
"""So many pictures behind the one shown are there when playing begins: decoders take a while to fill."""

_USUAL_DURATION = Fraction(1, 25)

_CHUNK = 64
"""At most so many pictures are decoded at a time; fewer where the cache holds fewer."""


class Neighbours:
    """Fills the cache backwards, a picture at a call. Belongs to the thread of its search."""

    def __init__(self, search: Search, cache: PictureCache) -> None:
        self._search, self._cache = search, cache
        self._goal: int | None = None
        self._in_vain: int | None = None
        self._decoded_ahead: int | None = None

    def chunk_start(self, goal: Picture) -> int:
        """The pts before which pictures would only push those near ``goal`` out of the cache."""
        base = goal.time.time_base
        lasts = goal.duration or _USUAL_DURATION
        return goal.pts - max(1, int(self._room(goal) * lasts / base))

    def decode_before(self, before: Picture, cancel: CancelToken | None) -> Shown:
        """Decode the stretch before a picture, up to the one right before it; where there is none, itself."""
        if not self._search.is_on_its_way(before.pts - 1):
            self._search.land_near(self.chunk_start(before), before.pts, cancel)
        return self._search.find(Target.pts(before.pts - 1), cancel)

    def prepare(self, around: Picture, cancel: CancelToken | None) -> bool:
        """Do one piece of work; False where none is left. Any other call in between is fine."""
        search, cache = self._search, self._cache
        newest = search.newest
        cache.focus = around.pts
        if newest is not None and self._is_under_way(newest):
            search.step(newest, cancel)
            return True
        # Where what follows the picture itself is not known yet, that comes first.
        known = cache.certain(around.pts)
        if not known and around.keyframe and not cache.backward:
            search.find(Target.pts(around.pts), cancel)
            return True
        following = self._following(around) if known else None
        if following is not None:
            search.find(Target.pts(following), cancel)
            return True
        first, size = cache.run_before(around.pts, _ENOUGH * around.nbytes) if known else (around.pts, 0)
        if first == self._goal:
            # Decoded, but not kept, or not to be had: another time would be no better.
            self._in_vain = first
        self._goal = None
        if self._room(around) < 2:
            return False
        enough = min(_ENOUGH, self._room(around) // 2) * around.nbytes
        if first == self._in_vain or (known and (size >= enough or first == search.first_pts)):
            return self._stand_ready(around, cancel)
        self._begin(first, around, cancel)
        return True

    def _stand_ready(self, around: Picture, cancel: CancelToken | None) -> bool:
        """Bring the running decode back to where playing or stepping on begins."""
        if not self._cache.backward:
            self._search.find(Target.pts(around.pts), cancel)
            following, _ = self._cache.run_after(around.pts, _READY)
            if following is not None:
                self._search.find(Target.pts(following), cancel, leaping=True)
        return False

    def _following(self, around: Picture) -> int | None:
        """The pts of the next picture to decode ahead; None where there are enough, or none on the way."""
        if self._cache.backward:
            return None
        enough = min(_READY, self._room(around) // 2)
        following, count = self._cache.run_after(around.pts, enough)
        if following is None or count >= enough or not self._search.is_on_its_way(following):
            return None
        before, self._decoded_ahead = self._decoded_ahead, following
        # Decoded, but not kept: another time would be no better.
        return following if following != before else None

    def _is_under_way(self, newest: Picture) -> bool:
        if self._goal is None or newest.pts > self._goal:
            return False
        return newest.pts < self._goal or not self._cache.certain(self._goal)

    def _begin(self, first: int, around: Picture, cancel: CancelToken | None) -> None:
        oldest = self._cache.picture(first) or around
        self._search.land_near(self.chunk_start(oldest), first, cancel)
        self._goal = first

    def _room(self, picture: Picture) -> int:
        """How many pictures may be kept before the one shown."""
        return min(_CHUNK, self._cache.limit_bytes // 2 // max(1, picture.nbytes))
