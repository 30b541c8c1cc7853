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
from app.media.opening import open_media
from app.media.picture import Picture
from app.media.picture_cache import PictureCache, Shown
from app.media.playhead import DamageMetError, Playhead
from app.media.seeking import Target, keyframe_before, land_before

if TYPE_CHECKING:
    from app.core.results import MediaInfo

CACHE_BYTES = 192 * 2**20
"""What the pictures kept for stepping back may take: 60 pictures of 1080p."""

_WHOLE = TimeSpan(0)

_AHEAD_S = Fraction(1)
"""A target no further ahead than this is reached by decoding on: a seek would rarely land nearer."""


class VideoReader:
    """Decodes one video track: any picture by time, neighbours, stretches.

    A context manager; belongs to one thread.

    What it returns is bit for bit what decoding from the start of the file gives, however it was got.

    Attributes:
        warnings: what went wrong in the file but was survived, one sentence each.

    Raises:
        FileMissingError: there is no such file.
        MediaError: it cannot be opened, or has no such video track.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        video_track: int = 0,
        threads: int | None = None,
        cache_bytes: int = CACHE_BYTES,
    ) -> None:
        self.warnings: list[str] = []
        self._path, self._track = Path(path), video_track
        self._cache = PictureCache(cache_bytes)
        self._head = Playhead(
            self._path, video_track=video_track, threads=threads, warn=partial(_warn_once, self.warnings)
        )
        self._newest: Picture | None = None
        self._first_pts: int | None = None

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

    def frame_at(self, time_s: float | Fraction, *, cancel: CancelToken | None = None) -> Picture:
        """Return the picture whose [pts, next pts) holds the shown time ``time_s``.

        Before the first picture that is the first, after the last one the last.

        Raises:
            CancelledError: asked to stop; the reader goes on working.
            DecodeError: nothing of the track can be decoded.
            MediaError: the file cannot be read any more.
        """
        return self._shown_at(Target.at(time_s, self._head.source), cancel).picture

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

    def _shown_at(self, target: Target, cancel: CancelToken | None) -> Shown:
        try:
            return self._search(target, cancel)
        except DamageMetError:
            self._newest = None
            self._head.decode_alone()
            return self._search(target, cancel)

    def _after(self, newest: Picture, cancel: CancelToken | None) -> Shown:
        try:
            return self._step(newest, cancel)
        except DamageMetError:
            self._newest = None
            self._head.decode_alone()
            return self._search(Target.pts(newest.pts), cancel)

    def _search(self, target: Target, cancel: CancelToken | None) -> Shown:
        if self._first_pts is not None and not target.reached(self._first_pts):
            target = Target.pts(self._first_pts)
        kept = self._cache.find(target)
        if kept is not None:
            return kept
        newest = self._newest
        if newest is None or not self._is_near(newest, target):
            self._newest = None
            newest = land_before(self._head, target, cancel)
            if not target.reached(newest.pts):
                self._first_pts = newest.pts
            self._newest = newest
        while True:
            shown = self._step(newest, cancel)
            newest = self._newest
            if newest is None or not target.reached(newest.pts):
                return shown

    def _step(self, newest: Picture, cancel: CancelToken | None) -> Shown:
        """Decode one picture more: then it is known how long ``newest`` is shown."""
        following = self._head.next(cancel)
        self._newest = following
        if following is None:
            return self._cache.put(newest, None)
        lasts = max(0, following.pts - newest.pts) * self.time_base
        return self._cache.put(newest.lasting(lasts), following.pts)

    def _is_near(self, newest: Picture, target: Target) -> bool:
        """Whether decoding on is the way to ``target``."""
        if not target.reached(newest.pts):
            return False
        return not self._head.seekable or target.tick - newest.pts <= _AHEAD_S / self.time_base


def _warn_once(warnings: list[str], sentence: str) -> None:
    """No method: the playhead would keep its reader, and a closed file's buffers outlive their last user."""
    if sentence not in warnings:
        warnings.append(sentence)


def _start_of(span: TimeSpan) -> float:
    return span.start_s if span.start_s > 0 else float("-inf")
