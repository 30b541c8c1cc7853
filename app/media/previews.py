"""What can be shown at once while the hand still moves: keyframes, and whatever lies nearer."""

from __future__ import annotations

from fractions import Fraction

from app.core.cancel import CancelToken
from app.media.picture import Picture
from app.media.picture_cache import PictureCache
from app.media.playhead import Playhead
from app.media.seeking import Target, keyframe_before

_AS_GOOD_S = Fraction(1, 4)
"""A kept picture no farther off than this will do where nobody knows how far the keyframe is."""

_REMEMBERED = 10_000
"""Of so many keyframes it is known how far they reach; their pictures are bounded by the cache."""


class Previews:
    """Knows the stretch that each keyframe met so far stands for. Belongs to one thread."""

    def __init__(self, head: Playhead, cache: PictureCache) -> None:
        self._head, self._cache = head, cache
        self._reach: dict[int, int] = {}

    def kept_keyframe(self, target: Target) -> Picture | None:
        """Return the keyframe that ``decode`` would give, where it is kept."""
        pts = self._keyframe_of(target)
        picture = None if pts is None else self._cache.picture(pts)
        if picture is not None:
            self._cache.note_asked(picture.pts)
        return picture

    def decode(self, target: Target, cancel: CancelToken | None) -> Picture:
        """Decode the keyframe before ``target``; the playhead is astray after it."""
        picture = keyframe_before(self._head, target, cancel)
        if len(self._reach) >= _REMEMBERED:
            self._reach.clear()
        if target.reached(picture.pts):
            reach = self._reach_of(picture, target)
            self._reach[picture.pts] = max(reach, self._reach.get(picture.pts, reach))
        self._cache.focus = target.tick
        # Elsewhere a keyframe alone tells its time nearly, not exactly: it would pass for another picture.
        if self._head.tells_times:
            self._cache.put_preview(picture)
        return picture

    def nearest(self, target: Target) -> Picture | None:
        """Return a kept picture that is nearer to ``target`` than the keyframe before it."""
        shown = self._cache.find(target)
        if shown is not None:
            return shown.picture
        near = self._cache.nearest(target.tick)
        if near is None:
            return None
        keyframe = self._keyframe_of(target)
        if keyframe is None:
            keyframe = self._head.listed.before(target.tick)
        base = self._head.source.time_base
        allowed = _AS_GOOD_S / base if keyframe is None else target.tick - keyframe
        return near if abs(near.pts - target.tick) <= allowed else None

    def _reach_of(self, picture: Picture, target: Target) -> int:
        """The last tick for which the demuxer would lead to this keyframe, as far as is known."""
        listed = self._head.listed.before(target.tick)
        # Lists hold decoding times: the keyframe listed at or before a time may be shown after it.
        if listed is None or listed > picture.pts:
            return target.tick
        return max(target.tick, self._head.listed.after(target.tick, target.tick + 1) - 1)

    def _keyframe_of(self, target: Target) -> int | None:
        reaching = (pts for pts, reach in self._reach.items() if pts <= target.tick <= reach)
        return max(reaching, default=None)
