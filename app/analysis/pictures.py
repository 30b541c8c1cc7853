"""One pass over the pictures feeds the keyframe index, shots, thumbnails and the detector."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from app.analysis.ahead import ahead
from app.analysis.objects import ObjectFinder
from app.analysis.request import AnalysisRequest, Sampling
from app.analysis.shots import ShotFinder
from app.analysis.sources import pictures_to_look_at, tell_keyframe_index
from app.analysis.stage import StageContext
from app.core.errors import DecodeError
from app.core.events import (
    KeyframesFound,
    ShotsFound,
    Stage,
    StageFinished,
    Thumbnail,
    ThumbnailMade,
)
from app.core.frame import PixelFormat, VideoFrame
from app.core.geometry import Size
from app.core.results import Keyframe, Shot, VideoInfo
from app.core.time import WHOLE
from app.media.convert import Converter
from app.media.picture import Picture

_AHEAD = 3
"""Converted pictures that wait for the detector: enough to even out decoding, little enough memory."""


@dataclass(frozen=True, slots=True)
class Look:
    """A looked-at picture, converted for everybody who wants it."""

    picture: Picture
    thumbnail: VideoFrame
    for_detector: VideoFrame | None


def analyse_pictures(context: StageContext) -> None:
    """Run the pass; says keyframes, thumbnails, detections, shots and progress as they come.

    Raises:
        DecodeError: not a single picture could be decoded.
        ModelError: the detector cannot be used.
        CancelledError: somebody asked to stop.
    """
    request, video = context.request, context.info.video
    if video is None:
        return
    begun = time.perf_counter()
    finder = ObjectFinder.load(request, context) if request.detect else None
    tell_keyframe_index(context)
    shots = ShotFinder()
    looked = 0
    last: Picture | None = None
    for look in ahead(lambda: _looks(context, video, finder), _AHEAD, "reelscope-decode"):
        context.control.wait_while_paused()
        _tell(context, look, shots, finder)
        looked, last = looked + 1, look.picture
    if last is None:
        _complain_unless_range_is_empty(request)
    else:
        _tell_shot(context, shots.finish(*_end(context, last)))
    context.emit(StageFinished(Stage.PICTURES, time.perf_counter() - begun, looked))


def _complain_unless_range_is_empty(request: AnalysisRequest) -> None:
    if request.span == WHOLE:
        raise DecodeError("Not a single picture of it could be decoded.")


def _looks(context: StageContext, video: VideoInfo, finder: ObjectFinder | None) -> Iterator[Look]:
    """Decode and convert; runs in the decoding thread, with a converter of its own."""
    converter = Converter()
    small = _thumbnail_size(video.display_size, context.request.thumbnail_height)
    for picture in pictures_to_look_at(context):
        thumbnail = converter.convert(picture, small, PixelFormat.RGB)
        for_detector = finder.convert(converter, picture) if finder else None
        yield Look(picture, thumbnail, for_detector)


def _tell(context: StageContext, look: Look, shots: ShotFinder, finder: ObjectFinder | None) -> None:
    picture, small = look.picture, look.thumbnail
    if context.request.frames.sampling is Sampling.KEYFRAMES:
        context.emit(KeyframesFound((Keyframe(picture.pts, picture.time_s),)))
    pixels = small.pixels()
    _tell_shot(context, shots.look(picture.pts, picture.time_s, pixels))
    if context.request.thumbnails:
        rgb = pixels.tobytes()
        context.emit(ThumbnailMade(Thumbnail(picture.pts, picture.time_s, *small.size, rgb)))
    if finder is not None and look.for_detector is not None:
        context.emit(finder.look(look.for_detector, context.cancel))
    context.progress(Stage.PICTURES, picture.time_s)


def _tell_shot(context: StageContext, shot: Shot | None) -> None:
    if shot is not None:
        context.emit(ShotsFound((shot,)))


def _end(context: StageContext, last: Picture) -> tuple[int, float]:
    """Where the last shot ends: at the end of the file or range, but not before the last picture does."""
    own_end_s = last.time_s + float(last.duration or 0)
    said_s = context.info.duration_s
    end_s = max(own_end_s, min(context.request.span.end_s, own_end_s if said_s is None else said_s))
    return last.pts + round((end_s - last.time_s) / float(last.time.time_base)), end_s


def _thumbnail_size(display: Size, height: int) -> Size:
    width = max(1, round(display.width * height / display.height))
    return Size(min(width, 4 * height), height)
