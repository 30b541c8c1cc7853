"""The picture at any time of a video, exactly as linear decoding would give it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property, partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from app.core.cancel import CancelToken
from app.core.time import TimeSpan
from app.media.description import describe
from app.media.leap import Leapt, leap, leap_before
from app.media.opening import open_media
from app.media.picture import Picture
from app.media.picture_cache import PictureCache, Shown
from app.media.playhead import DamageMetError, Playhead
from app.media.seeking import Target, keyframe_before, land_before

if TYPE_CHECKING:
    from app.core.results import MediaInfo
    from app.media.hardware import Device

CACHE_BYTES = 192 * 2**20
"""What the pictures kept for stepping back may take: 60 pictures of 1080p."""

_WHOLE = TimeSpan(0)

_AHEAD_S = Fraction(1)
"""A target no further ahead than this is reached by decoding on where the container lists no keyframes."""

_FAR_AHEAD_S = Fraction(10)
"""A list of keyframes may be incomplete: further ahead than this it is not relied on."""

_STEP_S = Fraction(1, 5)
"""No further ahead than this every picture is decoded, and kept: the hand moves slowly."""

_STAYS_S = Fraction(2)
"""After an exact search, one so little later is likely to be followed by another."""


class VideoReader:
    """Decodes one video track: any picture by time, neighbours, stretches.

    A context manager; belongs to one thread.

    What it returns is bit for bit what decoding from the start of the file gives, however it was got.

    Attributes:
        warnings: what went wrong in the file but was survived, one sentence each.

    Raises:
        FileMissingError: there is no such file.
        MediaError: it cannot be opened, or has no such video track.
        HardwareError: ``device`` cannot decode it; or later, from any call: does so no longer.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        video_track: int = 0,
        threads: int | None = None,
        cache_bytes: int = CACHE_BYTES,
        device: Device | None = None,
    ) -> None:
        self.warnings: list[str] = []
        self._path, self._track = Path(path), video_track
        self._cache = PictureCache(cache_bytes)
        self._head = Playhead(
            self._path,
            video_track=video_track,
            threads=threads,
            warn=partial(_warn_once, self.warnings),
            device=device,
        )
        self._newest: Picture | None = None
        self._first_pts: int | None = None
        self._leapt_to: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the file back. Pictures got from here stay valid."""
        self._newest = None
        self._cache.clear()
        self._head.close()

    @cached_property
    def info(self) -> MediaInfo:
        """What the file says of itself."""
        # In a container of its own: describing reads pictures, and would move the running decode.
        with open_media(self._path) as container:
            return describe(container, self._path, video_track=self._track)

    @property
    def start(self) -> Fraction:
        """Start of the container, in seconds: shown times count from it."""
        return self._head.source.start

    @property
    def time_base(self) -> Fraction:
        """Seconds per unit of pts."""
        return self._head.source.time_base

    def frame_at(
        self, time_s: float | Fraction, *, cancel: CancelToken | None = None, going_on: bool = False
    ) -> Picture:
        """Return the picture whose [pts, next pts) holds the shown time ``time_s``.

        Before the first picture that is the first, after the last one the last. Whoever wants those that
        follow, too, says that it is ``going_on``; else this picture comes sooner, the next one later.

        Raises:
            CancelledError: asked to stop; the reader goes on working.
            DecodeError: nothing of the track can be decoded.
            MediaError: the file cannot be read any more.
        """
        target = Target.at(time_s, self._head.source)
        return self._shown_at(target, cancel, certain=going_on, leaping=True).picture

    def keyframe_at(self, time_s: float | Fraction, *, cancel: CancelToken | None = None) -> Picture:
        """Return a keyframe at or before ``time_s``, near it and quickly: a preview while searching.

        In a stream without any seeking it is the picture shown then.

        Raises: as ``frame_at``.
        """
        target = Target.at(time_s, self._head.source)
        if not self._head.seekable:
            return self._shown_at(target, cancel).picture
        self._newest = None
        try:
            return keyframe_before(self._head, target, cancel)
        except DamageMetError:
            self._head.decode_alone()
            return keyframe_before(self._head, target, cancel)

    def next_frame(self, after: Picture, *, cancel: CancelToken | None = None) -> Picture | None:
        """Return the picture that follows ``after``; None after the last one."""
        until = self._shown_at(Target.pts(after.pts), cancel).until
        return None if until is None else self._shown_at(Target.pts(until), cancel).picture

    def previous_frame(self, before: Picture, *, cancel: CancelToken | None = None) -> Picture | None:
        """Return the picture right before ``before``; None before the first one."""
        shown = self._cache.before(before.pts) or self._shown_at(Target.pts(before.pts - 1), cancel)
        return shown.picture if shown.picture.pts < before.pts else None

    def frames(self, span: TimeSpan = _WHOLE, *, cancel: CancelToken | None = None) -> Iterator[Picture]:
        """Yield the pictures that begin inside ``span``, in order.

        A span from 0 begins with the first picture, be its time below 0. Other calls in between are fine, but
        cost a seek.
        """
        shown = self._shown_at(Target.at(_start_of(span), self._head.source), cancel)
        while shown.picture.time_s < span.end_s:
            if shown.picture.time_s >= _start_of(span):
                yield shown.picture
            until = shown.until
            if until is None:
                return
            self._cache.keep_only(shown.picture)
            newest = self._newest
            if newest is not None and newest.pts == until:
                shown = self._after(newest, cancel)
            else:
                shown = self._shown_at(Target.pts(until), cancel)

    def _shown_at(
        self, target: Target, cancel: CancelToken | None, *, certain: bool = True, leaping: bool = False
    ) -> Shown:
        try:
            return self._search(target, cancel, certain=certain, leaping=leaping)
        except DamageMetError:
            self._newest = None
            self._head.decode_alone()
            return self._search(target, cancel, certain=True, leaping=False)

    def _after(self, newest: Picture, cancel: CancelToken | None) -> Shown:
        try:
            return self._step(newest, cancel)
        except DamageMetError:
            self._newest = None
            self._head.decode_alone()
            return self._search(Target.pts(newest.pts), cancel)

    def _search(
        self, target: Target, cancel: CancelToken | None, *, certain: bool = True, leaping: bool = False
    ) -> Shown:
        """Find what is shown at ``target``.

        Unless ``certain``, the time of the picture after it may be a guess. When ``leaping``, pictures before
        it are not decoded where that can be helped; else they are, and kept.
        """
        if self._first_pts is not None and not target.reached(self._first_pts):
            target = Target.pts(self._first_pts)
        kept = self._cache.find(target)
        if kept is not None and (kept.certain or not certain):
            return kept
        newest = self._newest
        if newest is None or not self._is_near(newest, target, leaping=leaping):
            leapt = self._leap(target, cancel, certain=certain) if leaping else None
            if leapt is None:
                newest = self._land(target, cancel)
            elif self._newest is None:
                return self._cache.put(leapt.picture, leapt.until, certain=False)
            else:
                newest = leapt.picture
        while True:
            shown = self._step(newest, cancel)
            newest = self._newest
            if newest is None or not target.reached(newest.pts):
                return shown

    def _land(self, target: Target, cancel: CancelToken | None) -> Picture:
        """Put the running decode at a picture before ``target``, or at the first one."""
        self._newest = None
        newest = land_before(self._head, target, cancel)
        if not target.reached(newest.pts):
            self._first_pts = newest.pts
        self._newest = newest
        return newest

    def _leap(self, target: Target, cancel: CancelToken | None, *, certain: bool) -> Leapt | None:
        """Find a picture without those before it; None where that cannot be relied on.

        The running decode goes on from there where ``certain`` or likely of use; else it is given up.
        """
        head, newest, self._newest = self._head, self._newest, None
        if not head.seekable or not head.can_leap:
            return None
        before, self._leapt_to = self._leapt_to, target.tick
        stays = before is not None and 0 <= target.tick - before <= _STAYS_S / self.time_base
        going_on = certain or stays
        if newest is not None and self._can_go_on(newest, target):
            found = leap(head, target, cancel, go_on=going_on)
        else:
            found = leap_before(head, target, cancel, go_on=going_on)
        if found is None:
            return None
        if going_on:
            self._newest = found.picture
        elif found.until is not None:
            lasts = (found.until - found.picture.pts) * self.time_base
            return Leapt(found.picture.lasting(lasts), found.until)
        return found

    def _can_go_on(self, newest: Picture, target: Target) -> bool:
        """Whether leaping from where the running decode is beats a seek: no keyframe lies between."""
        fed = self._head.newest_fed
        if fed is None or not target.reached(fed) or not target.reached(newest.pts):
            return False
        if target.tick - newest.pts > _FAR_AHEAD_S / self.time_base:
            return False
        return self._head.keyframe_comes(newest.pts, target.tick) is False

    def _step(self, newest: Picture, cancel: CancelToken | None) -> Shown:
        """Decode one picture more: then it is known how long ``newest`` is shown."""
        following = self._head.next(cancel)
        self._newest = following
        if following is None:
            return self._cache.put(newest, None)
        lasts = max(0, following.pts - newest.pts) * self.time_base
        return self._cache.put(newest.lasting(lasts), following.pts)

    def _is_near(self, newest: Picture, target: Target, *, leaping: bool) -> bool:
        """Whether decoding on, picture by picture, is the way to ``target``."""
        if not target.reached(newest.pts):
            return False
        ahead = (target.tick - newest.pts) * self.time_base
        if not self._head.seekable or ahead <= _STEP_S:
            return True
        if leaping and self._head.can_leap:
            return False
        comes = self._head.keyframe_comes(newest.pts, target.tick)
        return ahead <= _AHEAD_S if comes is None else not comes and ahead <= _FAR_AHEAD_S


def _warn_once(warnings: list[str], sentence: str) -> None:
    """No method: the playhead would keep its reader, and a closed file's buffers outlive their last user."""
    if sentence not in warnings:
        warnings.append(sentence)


def _start_of(span: TimeSpan) -> float:
    return span.start_s if span.start_s > 0 else float("-inf")
