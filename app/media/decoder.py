"""The picture at any time of a video, exactly as linear decoding would give it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cached_property, partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from app.core.cancel import CancelToken
from app.core.time import TimeSpan
from app.media.description import describe
from app.media.neighbours import Neighbours
from app.media.opening import open_media
from app.media.packet_decoder import DamageMetError
from app.media.picture import Picture
from app.media.picture_cache import PictureCache, Shown
from app.media.playhead import Playhead
from app.media.previews import Previews
from app.media.search import Search
from app.media.seeking import Target

if TYPE_CHECKING:
    from app.core.results import MediaInfo
    from app.media.hardware import Device

CACHE_BYTES = 192 * 2**20
"""What the pictures kept for stepping back may take: 60 pictures of 1080p."""

_WHOLE = TimeSpan(0)

_T = TypeVar("_T")


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
        self._search = Search(self._head, self._cache)
        self._neighbours = Neighbours(self._search, self._cache)
        self._previews = Previews(self._head, self._cache)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the file back. Pictures got from here stay valid."""
        self._search.newest = None
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
        self._cache.backward = False
        picture = self._shown_at(target, cancel, certain=going_on, leaping=True).picture
        self._cache.note_asked(picture.pts)
        return picture

    def keyframe_at(self, time_s: float | Fraction, *, cancel: CancelToken | None = None) -> Picture:
        """Return a keyframe at or before ``time_s``, near it and quickly: a preview while searching.

        In a stream without any seeking it is the picture shown then.

        Raises: as ``frame_at``.
        """
        target = Target.at(time_s, self._head.source)
        if not self._head.seekable:
            return self._shown_at(target, cancel).picture
        kept = self._previews.kept_keyframe(target)
        if kept is not None:
            return kept
        self._search.newest = None
        try:
            return self._previews.decode(target, cancel)
        except DamageMetError:
            self._head.decode_alone()
            return self._previews.decode(target, cancel)

    def preview_at(self, time_s: float | Fraction, *, cancel: CancelToken | None = None) -> Picture:
        """Return what is at hand for ``time_s`` while the hand still moves.

        That is what is shown then, or another picture nearer than the keyframe before it, where one is kept;
        else that keyframe.

        Raises: as ``frame_at``.
        """
        target = Target.at(time_s, self._head.source)
        kept = self._previews.nearest(target)
        return kept if kept is not None else self.keyframe_at(time_s, cancel=cancel)

    def next_frame(self, after: Picture, *, cancel: CancelToken | None = None) -> Picture | None:
        """Return the picture that follows ``after``; None after the last one."""
        self._cache.focus, self._cache.backward = after.pts, False
        until = self._shown_at(Target.pts(after.pts), cancel).until
        return None if until is None else self._shown_at(Target.pts(until), cancel).picture

    def previous_frame(self, before: Picture, *, cancel: CancelToken | None = None) -> Picture | None:
        """Return the picture right before ``before``; None before the first one.

        Where it is not kept, the stretch before it is decoded once, and kept.
        """
        self._cache.focus, self._cache.backward = before.pts, True
        shown = self._cache.before(before.pts)
        if shown is None and before.pts == self._search.first_pts:
            return None
        if shown is None:
            shown = self._guarded(lambda: self._neighbours.decode_before(before, cancel))
        return shown.picture if shown.picture.pts < before.pts else None

    def prepare(self, around: Picture, *, cancel: CancelToken | None = None) -> bool:
        """Do one small piece of work, so that going back from a picture will not wait; False: nothing to do.

        For idle time, and between the pictures of reverse playback; call it again while it is true.

        Raises: as ``frame_at``.
        """
        return self._guarded(lambda: self._neighbours.prepare(around, cancel))

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
            newest = self._search.newest
            if newest is not None and newest.pts == until:
                shown = self._after(newest, cancel)
            else:
                shown = self._shown_at(Target.pts(until), cancel)

    def _shown_at(
        self, target: Target, cancel: CancelToken | None, *, certain: bool = True, leaping: bool = False
    ) -> Shown:
        return self._guarded(lambda: self._search.find(target, cancel, certain=certain, leaping=leaping))

    def _after(self, newest: Picture, cancel: CancelToken | None) -> Shown:
        try:
            return self._search.step(newest, cancel)
        except DamageMetError:
            self._start_alone()
            return self._search.find(Target.pts(newest.pts), cancel)

    def _guarded(self, work: Callable[[], _T]) -> _T:
        """Do it again on one thread, where several have met damage."""
        try:
            return work()
        except DamageMetError:
            self._start_alone()
            return work()

    def _start_alone(self) -> None:
        self._search.newest = None
        self._head.decode_alone()


def _warn_once(warnings: list[str], sentence: str) -> None:
    """No method: the playhead would keep its reader, and a closed file's buffers outlive their last user."""
    if sentence not in warnings:
        warnings.append(sentence)


def _start_of(span: TimeSpan) -> float:
    return span.start_s if span.start_s > 0 else float("-inf")
