"""When each caption is on the screen: segments become cues in whole milliseconds."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from app.core.errors import ExportError
from app.core.results import Segment
from app.export.wrapping import Caption, captions, clean, solid

_LATEST_S = 1e9
"""No recording is this long; below, a float of seconds still tells milliseconds apart."""


@dataclass(frozen=True, slots=True)
class Cue:
    """One or two plain lines on the screen from ``start_ms`` until ``end_ms``, which is always later."""

    start_ms: int
    end_ms: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Timed:
    start_s: float
    end_s: float
    lines: tuple[str, ...]


_TimeAt = Callable[[float], float]


def cues(segments: Iterable[Segment]) -> tuple[Cue, ...]:
    """Return the cues of a transcript in order of time.

    A segment too long for two lines becomes several cues, divided where its words are spoken, or in
    proportion to the text where the words are not known. Text is never lost; a segment without text gives no
    cue. Times before zero become zero. Cues overlap only where segments do.

    Raises:
        ExportError: a time is not finite, or beyond thirty years.
    """
    timed = [part for segment in segments for part in _divided(segment)]
    return tuple(_rounded(sorted(timed, key=lambda part: (part.start_s, part.end_s))))


def _divided(segment: Segment) -> Iterator[_Timed]:
    start, end = segment.start_s, max(segment.start_s, segment.end_s)
    if not (abs(start) <= _LATEST_S and abs(end) <= _LATEST_S):
        raise ExportError("The subtitles cannot be written: a time in the transcript is out of all bounds.")
    text = clean(segment.text)
    parts = captions(text)
    bounds = _bounds(parts, segment, len(solid(text)))
    for part, (from_s, until_s) in zip(parts, bounds, strict=True):
        yield _Timed(from_s, until_s, part.lines)


def _bounds(parts: tuple[Caption, ...], segment: Segment, length: int) -> Iterator[tuple[float, float]]:
    """Give each part its time within the segment: never before the part before it, the outer ends kept."""
    start, end = segment.start_s, max(segment.start_s, segment.end_s)
    begins, ends = _by_words(segment) or _in_proportion(segment, length)
    reached = start
    for number, part in enumerate(parts):
        from_s = start if number == 0 else min(max(begins(part.start), reached), end)
        until_s = end if number == len(parts) - 1 else min(max(ends(part.end), from_s), end)
        reached = until_s
        yield from_s, until_s


def _in_proportion(segment: Segment, length: int) -> tuple[_TimeAt, _TimeAt]:
    span = max(0.0, segment.end_s - segment.start_s)

    def time_at(position: float) -> float:
        return segment.start_s + span * position / length

    return time_at, time_at


def _by_words(segment: Segment) -> tuple[_TimeAt, _TimeAt] | None:
    """Return when the character after a position begins, and when the one before it ends.

    None where the words are not those of the text, or their times are no times.
    """
    spoken = [solid(clean(word.text)) for word in segment.words]
    if not segment.words or "".join(spoken) != solid(clean(segment.text)):
        return None
    if not all(math.isfinite(word.start_s) and math.isfinite(word.end_s) for word in segment.words):
        return None
    spans: list[tuple[float, float]] = []
    for word, text in zip(segment.words, spoken, strict=True):
        step = (word.end_s - word.start_s) / max(1, len(text))
        begins = [word.start_s + step * number for number in range(len(text))]
        spans += [(begin, begin + step) for begin in begins]
    return (lambda position: spans[int(position)][0]), (lambda position: spans[int(position) - 1][1])


def _rounded(parts: Iterable[_Timed]) -> Iterator[Cue]:
    """Round to milliseconds, each cue at least one long, without an overlap that the parts do not have."""
    stretched: list[tuple[float, int]] = []
    for part in parts:
        start_ms = _milliseconds(part.start_s)
        stretched = [(end_s, end_ms) for end_s, end_ms in stretched if end_ms > start_ms]
        start_ms = max([start_ms, *(end_ms for end_s, end_ms in stretched if end_s <= part.start_s)])
        end_ms = max(_milliseconds(part.end_s), start_ms + 1)
        stretched.append((part.end_s, end_ms))
        yield Cue(start_ms, end_ms, part.lines)


def _milliseconds(seconds: float) -> int:
    return max(0, round(seconds * 1000))
