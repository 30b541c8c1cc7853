"""One pass over the pictures feeds the keyframe index, shots, thumbnails and the detector."""

from __future__ import annotations

from app.analysis.coverage import Coverage
from app.analysis.look import Look
from app.analysis.looking import look_at_all
from app.analysis.request import AnalysisRequest, Sampling
from app.analysis.shots import ShotFinder
from app.analysis.sources import pictures_to_look_at, tell_keyframe_index
from app.analysis.stage import StageContext
from app.analysis.thumbnails import Thinning
from app.core.errors import DecodeError
from app.core.events import (
    KeyframesFound,
    ShotsFound,
    Stage,
    StageFinished,
    Thumbnail,
    ThumbnailMade,
)
from app.core.geometry import Size
from app.core.results import Keyframe
from app.core.time import WHOLE


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
    begun = context.control.working_s()
    if not request.playhead_first:
        tell_keyframe_index(context)
    thinning = Thinning(context.length_s)
    shots, coverage = ShotFinder(in_order=not request.playhead_first), Coverage()
    looked = 0
    last: Look | None = None
    small = _thumbnail_size(video.display_size, request.thumbnail_height)
    for look in look_at_all(context, lambda use: pictures_to_look_at(context, coverage, use), small):
        context.control.wait_while_paused()
        _tell(context, look, shots, coverage)
        if request.thumbnails and thinning.takes(look.time_s):
            context.emit(ThumbnailMade(_thumbnail(look)))
        looked += 1
        last = look if last is None or look.time.pts > last.time.pts else last
    if last is None:
        _complain_unless_range_is_empty(request)
    else:
        context.emit(ShotsFound(shots.finish(*_end(context, last))))
    if request.playhead_first:
        # In some formats that reads the whole file: what is looked at comes first.
        tell_keyframe_index(context)
    seconds = context.control.working_s() - begun
    context.emit(StageFinished(Stage.PICTURES, seconds, looked))
    if request.embed is not None:
        context.emit(StageFinished(Stage.EMBEDDINGS, seconds, looked))


def _complain_unless_range_is_empty(request: AnalysisRequest) -> None:
    if request.span == WHOLE:
        raise DecodeError("Not a single picture of it could be decoded.")


def _tell(context: StageContext, look: Look, shots: ShotFinder, coverage: Coverage) -> None:
    pts, time_s = look.time.pts, look.time_s
    if context.request.frames.sampling is Sampling.KEYFRAMES:
        context.emit(KeyframesFound((Keyframe(pts, time_s),)))
    shot = shots.look(pts, time_s, look.thumbnail.pixels(), follows=not coverage.opens_part(pts))
    if shot is not None:
        context.emit(ShotsFound((shot,)))
    if look.objects is not None:
        context.emit(look.objects)
    if look.embedding is not None:
        context.emit(look.embedding)
    context.progress(Stage.PICTURES, coverage.reached(pts, time_s, context.request.span.start_s))


def _thumbnail(look: Look) -> Thumbnail:
    small = look.thumbnail
    return Thumbnail(look.time.pts, look.time_s, *small.size, small.pixels().tobytes())


def _end(context: StageContext, last: Look) -> tuple[int, float]:
    """Where the last shot ends: at the end of the file or range, but not before the last picture does."""
    own_end_s = last.time_s + float(last.duration or 0)
    said_s = context.info.duration_s
    end_s = max(own_end_s, min(context.request.span.end_s, own_end_s if said_s is None else said_s))
    return last.time.pts + round((end_s - last.time_s) / float(last.time.time_base)), end_s


def _thumbnail_size(display: Size, height: int) -> Size:
    width = max(1, round(display.width * height / display.height))
    return Size(min(width, 4 * height), height)
