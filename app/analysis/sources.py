"""Where the pictures that are looked at come from: chosen and decoded, not converted yet."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

from app.analysis.hardware_decoding import SteadyPictures, device_to_decode_with
from app.analysis.request import Sampling
from app.analysis.sampling import rule_of
from app.analysis.stage import DecodedUntil, FramesCounted, StageContext
from app.core.events import KeyframesFound, Stage, StageFinished
from app.core.time import WHOLE
from app.media.index import keyframe_index
from app.media.keyframes import decode_keyframes
from app.media.picture import Picture
from app.media.rule import chosen
from app.media.sampled import SampledReader


def pictures_to_look_at(context: StageContext) -> Iterator[Picture]:
    """Yield the pictures that the request's policy chooses; made, used and closed in one thread.

    Raises:
        DecodeError: not a single picture could be decoded.
        CancelledError: somebody asked to stop.
    """
    request = context.request
    device = device_to_decode_with(context)
    if device is not None:
        return chosen(_all_pictures(context, device), rule_of(request.frames))
    if request.frames.sampling is not Sampling.KEYFRAMES:
        return _sampled(context)
    return decode_keyframes(
        request.path,
        video_track=request.video_track,
        span=request.span,
        cancel=context.cancel,
        warn=context.warn,
    )


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


def _sampled(context: StageContext) -> Iterator[Picture]:
    request = context.request
    with SampledReader(request.path, video_track=request.video_track) as reader:
        yield from reader.pictures(rule_of(request.frames), request.span, cancel=context.cancel)
        _tell_of_all(context, reader.counted, reader.end_s, reader.warnings)


def _all_pictures(context: StageContext, device: str) -> Iterator[Picture]:
    count, end_s = 0, 0.0
    pictures = SteadyPictures(context, device)
    for picture in pictures:
        count += 1
        end_s = picture.time_s + float(picture.duration or 0)
        yield picture
    _tell_of_all(context, count, end_s, pictures.warnings)


def _tell_of_all(
    context: StageContext, count: int | None, end_s: float | None, warnings: Iterable[str]
) -> None:
    """Say what is known once all pictures of the span have passed."""
    for warning in warnings:
        context.warn(warning)
    if context.request.span != WHOLE:
        return
    if count is not None:
        context.emit(FramesCounted(count))
    if end_s is not None:
        context.emit(DecodedUntil(end_s, all_there_is=not context.info.audio))
