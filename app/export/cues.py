"""When each caption is on the screen: segments become cues in whole milliseconds."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from app.core.cue_style import USUAL, CueStyle
from app.core.errors import ExportError
from app.core.results import Segment, Word
from app.export.showing import shown_until
from app.export.wrapping import Caption, captions, clean, columns, solid

_LATEST_S = 1e9
"""No recording is this long; below, a float of seconds still tells milliseconds apart."""


@dataclass(frozen=True, slots=True)
class Beat:
    """Where a word begins: ``place`` counts the characters of the cue before it, without spaces."""

    place: int
    start_ms: int


@dataclass(frozen=True, slots=True)
class Cue:
    """A few plain lines on the screen from ``start_ms`` until ``end_ms``, which is always later.

    Attributes:
        start_ms, end_ms: from the start of the file.
        lines: without markup.
        speaker: who says it; "" where that is not known, or not to be told.
        beats: when the words are spoken, in order; empty where that is not known.
    """

    start_ms: int
    end_ms: int
    lines: tuple[str, ...]
    speaker: str = ""
    beats: tuple[Beat, ...] = ()


_TimeAt = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class _Timed:
    start_s: float
    end_s: float
    lines: tuple[str, ...]
    speaker: str
    beats: tuple[Beat, ...]


def cues(
    segments: Iterable[Segment],
    style: CueStyle = USUAL,
    *,
    language: str = "",
    names_in_lines: bool = False,
    until_s: float | None = None,
) -> tuple[Cue, ...]:
    """Return the cues of a transcript in order of time.

    A segment too long for one cue becomes several, divided where its words are spoken, or in proportion to
    the text where the words are not known. Text is never lost; a segment without text gives no cue. Times
    before zero become zero. Cues overlap only where segments do.

    Args:
        segments: of the transcript.
        style: shape, and rules of time; `showing` tells what those do.
        language: of the text, for where it is broken.
        names_in_lines: write "NAME: " before what somebody begins to say, for formats that cannot tell names.
        until_s: when the film ends: no cue is made to last beyond.

    Raises:
        ExportError: a time is not finite, or beyond thirty years.
    """
    timed: list[_Timed] = []
    before = ""
    for segment in segments:
        speaker = clean(segment.speaker or "") if style.speakers else ""
        named = names_in_lines and speaker not in ("", before)
        before = speaker
        timed += _divided(segment, style, language, speaker, f"{speaker}:" if named else "")
    rounded = tuple(_rounded(sorted(timed, key=lambda part: (part.start_s, part.end_s))))
    spans = [(cue.start_ms, cue.end_ms) for cue in rounded]
    widths = [sum(map(columns, cue.lines)) for cue in rounded]
    film_ends = _milliseconds(until_s) if until_s is not None and abs(until_s) <= _LATEST_S else None
    ends = shown_until(spans, widths, style, film_ends)
    return tuple(replace(cue, end_ms=end_ms) for cue, end_ms in zip(rounded, ends, strict=True))


def _divided(segment: Segment, style: CueStyle, language: str, speaker: str, prefix: str) -> Iterator[_Timed]:
    start, end = segment.start_s, max(segment.start_s, segment.end_s)
    if not (abs(start) <= _LATEST_S and abs(end) <= _LATEST_S):
        raise ExportError("The subtitles cannot be written: a time in the transcript is out of all bounds.")
    text = clean(segment.text)
    words = _words(segment, text)
    if prefix and text:
        text = f"{prefix} {text}"
        words = (Word(start, start, solid(prefix), 1.0), *words) if words else ()
    begins, ends = _by_words(words) if words else _in_proportion(start, end, len(solid(text)))

    def fits(first: int, last: int) -> bool:
        return not style.longest_s or ends(last) - begins(first) <= style.longest_s

    parts = captions(text, style, language=language, fits=fits, name=prefix)
    beats = _beats(words)
    for part, (from_s, until_s) in zip(parts, _bounds(parts, start, end, begins, ends), strict=True):
        own = tuple(
            Beat(beat.place - part.start, beat.start_ms)
            for beat in beats
            if part.start <= beat.place < part.end
        )
        yield _Timed(from_s, until_s, part.lines, speaker, own)


def _bounds(
    parts: tuple[Caption, ...], start: float, end: float, begins: _TimeAt, ends: _TimeAt
) -> Iterator[tuple[float, float]]:
    """Give each part its time within the segment: never before the part before it, the outer ends kept."""
    reached = start
    for number, part in enumerate(parts):
        from_s = start if number == 0 else min(max(begins(part.start), reached), end)
        until_s = end if number == len(parts) - 1 else min(max(ends(part.end), from_s), end)
        reached = until_s
        yield from_s, until_s


def _in_proportion(start: float, end: float, length: int) -> tuple[_TimeAt, _TimeAt]:
    def time_at(position: float) -> float:
        return start + (end - start) * position / length

    return time_at, time_at


def _words(segment: Segment, text: str) -> tuple[Word, ...]:
    """Return the words of a segment, solid; none where they are not its text, or their times are none."""
    words = tuple(replace(word, text=solid(clean(word.text))) for word in segment.words)
    if "".join(word.text for word in words) != solid(text):
        return ()
    if not all(math.isfinite(word.start_s) and math.isfinite(word.end_s) for word in words):
        return ()
    return words


def _by_words(words: tuple[Word, ...]) -> tuple[_TimeAt, _TimeAt]:
    """Return when the character after a position begins, and when the one before it ends."""
    spans: list[tuple[float, float]] = []
    for word in words:
        length = len(word.text)
        step = (word.end_s - word.start_s) / max(1, length)
        begins = [word.start_s + step * number for number in range(length)]
        spans += [(begin, begin + step) for begin in begins]
    return (lambda position: spans[int(position)][0]), (lambda position: spans[int(position) - 1][1])


def _beats(words: tuple[Word, ...]) -> tuple[Beat, ...]:
    beats = []
    place = 0
    for word in words:
        length = len(word.text)
        if length:
            beats.append(Beat(place, _milliseconds(word.start_s)))
        place += length
    return tuple(beats)


def _rounded(parts: Iterable[_Timed]) -> Iterator[Cue]:
    """Round to milliseconds, each cue at least one long, without an overlap that the parts do not have."""
    stretched: list[tuple[float, int]] = []
    for part in parts:
        start_ms = _milliseconds(part.start_s)
        stretched = [(end_s, end_ms) for end_s, end_ms in stretched if end_ms > start_ms]
        start_ms = max([start_ms, *(end_ms for end_s, end_ms in stretched if end_s <= part.start_s)])
        end_ms = max(_milliseconds(part.end_s), start_ms + 1)
        stretched.append((part.end_s, end_ms))
        yield Cue(start_ms, end_ms, part.lines, part.speaker, part.beats)


def _milliseconds(seconds: float) -> int:
    return max(0, round(seconds * 1000))
