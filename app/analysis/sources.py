"""Where the pictures that are looked at come from: decoded and chosen, not converted yet."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

from app.analysis.hardware_decoding import SteadyPictures, device_to_decode_with
from app.analysis.request import Sampling
from app.analysis.sampling import select
from app.analysis.stage import DecodedUntil, FramesCounted, StageContext
from app.core.events import KeyframesFound, Stage, StageFinished
from app.core.time import WHOLE
from app.media.index import keyframe_index
from app.media.keyframes import decode_keyframes
from app.media.picture import Picture


def pictures_to_look_at(context: StageContext) -> Iterator[Picture]:
    """Yield the pictures that the request's policy chooses; made, used and closed in one thread.

    Raises:
        DecodeError: not a single picture could be decoded.
        CancelledError: somebody asked to stop.
    """
    device = device_to_decode_with(context)
    if device is not None:
        return select(_all_pictures(context, device), context.request.frames)
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


def _all_pictures(context: StageContext, device: str | None = None) -> Iterator[Picture]:
    count, end_s = 0, 0.0
    pictures = SteadyPictures(context, device)
    for picture in pictures:
        count += 1
        end_s = picture.time_s + float(picture.duration or 0)
        yield picture
    for warning in pictures.warnings:
        context.warn(warning)
    if context.request.span == WHOLE:
        context.emit(FramesCounted(count))
        context.emit(DecodedUntil(end_s, all_there_is=not context.info.audio))
