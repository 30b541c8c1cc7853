"""Where the pictures that are looked at come from: decoded and chosen, not converted yet."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

from app.analysis.request import Sampling
from app.analysis.sampling import select
from app.analysis.stage import DecodedUntil, FramesCounted, StageContext
from app.core.events import KeyframesFound, Stage, StageFinished
from app.core.time import WHOLE
from app.media.decoder import VideoReader
from app.media.index import keyframe_index
from app.media.keyframes import decode_keyframes
from app.media.picture import Picture


def pictures_to_look_at(context: StageContext) -> Iterator[Picture]:
    """Yield the pictures that the request's policy chooses; made, used and closed in one thread.

    Raises:
        DecodeError: not a single picture could be decoded.
        CancelledError: somebody asked to stop.
    """
    return select(_decoded(context), context.request.frames)


def tell_keyframe_index(context: StageContext) -> None:
    """Say where the keyframes are, where looking at pictures does not tell that anyway."""
    request = context.request
    if request.frames.sampling is Sampling.KEYFRAMES:
        return
    begun = time.perf_counter()
    keyframes = keyframe_index(request.path, video_track=request.video_track, cancel=context.cancel)
    inside = tuple(keyframe for keyframe in keyframes if keyframe.time_s in request.span)
    context.emit(KeyframesFound(inside))
    context.emit(StageFinished(Stage.INDEX, time.perf_counter() - begun, len(inside)))


def _decoded(context: StageContext) -> Iterable[Picture]:
    request = context.request
    if request.frames.sampling is Sampling.KEYFRAMES:
        return decode_keyframes(
            request.path,
            video_track=request.video_track,
            span=request.span,
            cancel=context.cancel,
            warn=context.warn,
        )
    return _all_pictures(context)


def _all_pictures(context: StageContext) -> Iterator[Picture]:
    request = context.request
    count, end_s = 0, 0.0
    with VideoReader(request.path, video_track=request.video_track) as reader:
        for picture in reader.frames(request.span, cancel=context.cancel):
            count += 1
            end_s = picture.time_s + float(picture.duration or 0)
            yield picture
        for warning in reader.warnings:
            context.warn(warning)
    if request.span == WHOLE:
        context.emit(FramesCounted(count))
        context.emit(DecodedUntil(end_s, all_there_is=not context.info.audio))
