"""Where the pictures that are looked at come from: chosen and decoded, not converted yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from app.analysis.coverage import Coverage
from app.analysis.hardware_decoding import SteadyPictures, device_to_decode_with
from app.analysis.request import AnalysisRequest, Sampling
from app.analysis.sampling import rule_of
from app.analysis.schedule import Schedule, even_starts
from app.analysis.stage import DecodedUntil, FramesCounted, StageContext
from app.core.events import KeyframesFound, Stage, StageFinished
from app.core.time import WHOLE, TimeSpan
from app.media.index import keyframe_index
from app.media.key_picks import KeyPicker
from app.media.keyframes import use_keyframes
from app.media.picture import Picture
from app.media.rule import chosen
from app.media.sampled import SampledReader
from app.media.stretches import StretchReader

T = TypeVar("T")

_PART_S, _DENSE_PART_S = 8.0, 4.0
_LEAST_PARTS = 16
"""A film is gone through in parts of this length, shorter where many pictures are wanted; a short film in so
many. They begin at keyframes."""

_DENSE = 8
"""From so many pictures a second on."""

_KEYFRAMES_TOGETHER = 8
"""As many in a row keep the threads of a decoder busy."""

_MOST_PARTS = 8000
"""So many keyframes are gone through one by one; 3 kB are kept of each part, and a schedule takes time by the
square of their number. Films have fewer, unless every picture is a keyframe."""

_KEYFRAMES_TOLD = 10_000
"""At most so many in one event: where every picture is one, a day of film has millions."""


def pictures_to_look_at(
    context: StageContext, coverage: Coverage, use: Callable[[Picture], T] | None
) -> Iterator[Picture | T]:
    """Yield the pictures that the request's policy chooses; made, used and closed in one thread.

    Where several threads decode, each hands its pictures to ``use``, and what that returns is yielded.

    In order of time, unless the request has the ``playhead_first``: then parts come in the order of
    ``Schedule``, each in order of time, and ``coverage`` is told of each.

    Raises:
        DecodeError: not a single picture could be decoded.
        CancelledError: somebody asked to stop.
    """
    request = context.request
    device = device_to_decode_with(context)
    if device is not None:
        return chosen(_all_pictures(context, device), rule_of(request.frames))
    if request.playhead_first and _can_be_taken_apart(request):
        keyframes = request.frames.sampling is Sampling.KEYFRAMES
        return _picked(context, coverage) if keyframes else _stretches(context, coverage)
    if request.frames.sampling is not Sampling.KEYFRAMES:
        return _sampled(context)
    return use_keyframes(
        request.path,
        use,
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
    begun = context.control.working_s()
    keyframes = keyframe_index(request.path, video_track=request.video_track, cancel=context.cancel)
    inside = tuple(keyframe for keyframe in keyframes if keyframe.time_s in request.span)
    for first in range(0, len(inside), _KEYFRAMES_TOLD):
        context.emit(KeyframesFound(inside[first : first + _KEYFRAMES_TOLD]))
    context.emit(StageFinished(Stage.INDEX, context.control.working_s() - begun, len(inside)))


def _can_be_taken_apart(request: AnalysisRequest) -> bool:
    """Which picture is the N-th one is only known in order; a list of keyframes is one of the whole file."""
    if request.frames.sampling is Sampling.KEYFRAMES:
        return request.span == WHOLE
    return request.frames.sampling is not Sampling.EVERY


def _picked(context: StageContext, coverage: Coverage) -> Iterator[Picture]:
    """Keyframes in the order of interest; then those that the container does not list."""
    request = context.request
    with KeyPicker(request.path, video_track=request.video_track, warn=context.warn) as picker:
        times_s = picker.times_s
        many = len(times_s) > _MOST_PARTS
        if not times_s or (many and not picker.lists_all):
            yield from picker.rest(cancel=context.cancel)
            return
        yield from (_picked_in_rows if many else _picked_apart)(context, coverage, picker, times_s)
        yield from coverage.each_apart(picker.rest(cancel=context.cancel))


def _picked_apart(
    context: StageContext, coverage: Coverage, picker: KeyPicker, starts_s: Sequence[float]
) -> Iterator[Picture]:
    """Each keyframe is a part of its own."""
    ends_s = [*starts_s[1:], max(_end_s(context), starts_s[-1])]
    schedule = Schedule(starts_s, _KEYFRAMES_TOGETHER)
    while not picker.astray and (places := schedule.next(context.control.focus_s)):
        pictures = picker.picked(places, cancel=context.cancel)
        for place, picture in zip(places, pictures, strict=False):
            coverage.begin(picture.pts, TimeSpan(starts_s[place], ends_s[place]))
            yield picture


def _picked_in_rows(
    context: StageContext, coverage: Coverage, picker: KeyPicker, times_s: Sequence[float]
) -> Iterator[Picture]:
    """Keyframes in rows of so many that a schedule of them stays short; nothing may lie between those."""
    row = max(_KEYFRAMES_TOGETHER, -(-len(times_s) // _MOST_PARTS))
    starts_s = times_s[::row]
    ends_s = [*starts_s[1:], max(_end_s(context), times_s[-1])]
    schedule = Schedule(starts_s)
    while not picker.astray and (parts := schedule.next(context.control.focus_s)):
        first = parts[0] * row
        pictures = picker.picked(range(len(times_s))[first : first + row], cancel=context.cancel)
        yield from coverage.one_part(pictures, TimeSpan(starts_s[parts[0]], ends_s[parts[0]]))


def _stretches(context: StageContext, coverage: Coverage) -> Iterator[Picture]:
    """What the rule wants, in stretches between keyframes, in the order of interest."""
    request = context.request
    rule, track = rule_of(request.frames), request.video_track
    with StretchReader(request.path, rule, request.span, video_track=track) as reader:
        if not reader.possible():
            yield from reader.rest(cancel=context.cancel)
            _tell_of_all(context, reader.counted, reader.end_s, reader.warnings)
            return
        starts_s = _starts_s(context, reader)
        schedule = Schedule(starts_s)
        while reader.possible() and (places := schedule.next(context.control.focus_s)):
            first, last = places[0], places[-1]
            low_s = starts_s[first] if first else None
            high_s = starts_s[last + 1] if last + 1 < len(starts_s) else None
            part = TimeSpan(starts_s[first], _end_s(context) if high_s is None else high_s)
            pictures = reader.pictures(low_s, high_s, cancel=context.cancel)
            yield from coverage.one_part(pictures, part)
        yield from coverage.each_apart(reader.rest(cancel=context.cancel))
        _tell_of_all(context, reader.counted, reader.end_s, reader.warnings)


def _starts_s(context: StageContext, reader: StretchReader) -> list[float]:
    start_s, end_s = max(0.0, context.request.span.start_s), _end_s(context)
    if not start_s < end_s:
        return [start_s]
    frames = context.request.frames
    dense = frames.sampling is Sampling.ALL or frames.amount >= _DENSE
    part_s = min(_DENSE_PART_S if dense else _PART_S, (end_s - start_s) / _LEAST_PARTS)
    marks_s = (mark_s for mark_s in reader.marks_s() if mark_s > start_s)
    return even_starts(start_s, end_s, part_s, marks_s)


def _end_s(context: StageContext) -> float:
    """Where the last part ends, as far as the file tells."""
    said_s, start_s = context.info.duration_s, max(0.0, context.request.span.start_s)
    return max(start_s, min(context.request.span.end_s, start_s if said_s is None else said_s))


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
