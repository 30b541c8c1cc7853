"""Finds reasons to doubt what a model wrote, line by line while lines come, the same way for a whole text.

What a line and the speech around it tell is known with the line. That it belongs to a loop may only be known
some lines later: then the earlier ones are told once more.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter

from app.analysis.trust_loops import LoopFinder
from app.analysis.trust_text import Measured, is_invented, measured
from app.core.events import Event, SegmentFound, SegmentMarked, SpeechRegionsFound
from app.core.marks import Mark, has_low_confidence, with_marks
from app.core.results import Segment
from app.core.time import TimeSpan

_SPOKEN_LETTERS = 15.0
"""Letters a second of quick speech: what a text needs at the least, were it really said."""
_HEARD_SHARE = 0.5
"""So much of that must lie in speech."""
_INVENTED_SHARE, _INVENTED_BELOW = 0.7, 0.6
"""A phrase that models like to invent is believed with more speech below it, and more confidence."""

_MOST_LETTERS, _MORE_LETTERS = 30.0, 4.0
"""Nobody says more letters a second (some 400 words a minute); the latter is what rounding of times may
add."""
_MOST_OF_CUE, _MORE_OF_CUE = 40.0, 14.0
"""The same of a line without times of words: where there is little room, subtitles end before the voice."""
_LONGEST_WORD_S = 5.0
_SLOW_S, _SLOW_WORD_S = 6.0, 1.0
"""A line of words with times may last so long, and this for each word: longer silences divide lines."""
_CUE_S, _CUE_WORD_S = 12.0, 2.0
"""The same of a line without times of words: subtitles stay longer than the voice."""

_END = attrgetter("end_s")


def mark_all(segments: Iterable[Segment], regions: Sequence[TimeSpan] | None) -> tuple[Segment, ...]:
    """Return a whole transcript with marks.

    Args:
        segments: in order of time; marks they have stay, and lines that a person wrote get none.
        regions: where somebody speaks, by time; None where nobody looked: then no text is over silence.
    """
    marker = TrustMarker(regions)
    marked: list[Segment] = []
    for segment in segments:
        number = len(marked)
        line, earlier = marker.take(segment)
        marked.append(line)
        for place, changed in earlier:
            assert place < number
            marked[place] = changed
    return tuple(marked)


def mark_silence(segments: Iterable[Segment], regions: Sequence[TimeSpan]) -> tuple[Segment, ...]:
    """Return a transcript in which text where nobody speaks is marked, besides the marks that are there.

    Args:
        segments: in order of time.
        regions: where somebody speaks, by time, in the whole file.
    """
    return tuple(
        with_marks(each, [Mark.OVER_SILENCE])
        if not each.edited and _over_silence(each, measured(each.text), regions)
        else each
        for each in segments
    )


_KEPT = 400
"""Lines that may yet turn out to belong to a loop: as many as words that are kept of one."""


def with_trust_marks(events: Iterable[Event]) -> Iterator[Event]:
    """Pass on what is heard, its lines with marks; what is learnt of earlier ones follows as SegmentMarked.

    Args:
        events: of one transcription, in order of time: regions of speech before the lines in them.
    """
    marker = TrustMarker()
    for event in events:
        match event:
            case SpeechRegionsFound(regions):
                marker.hear(regions)
                yield event
            case SegmentFound(segment):
                line, earlier = marker.take(segment)
                yield SegmentFound(line)
                yield from (SegmentMarked(changed) for _, changed in earlier)
            case _:
                yield event


class TrustMarker:
    """Marks lines as they come, in order of time. One thread."""

    def __init__(self, regions: Sequence[TimeSpan] | None = ()) -> None:
        """Begin; ``regions`` None: nobody looks for speech."""
        self._regions: list[TimeSpan] | None = None if regions is None else list(regions)
        self._loops = LoopFinder()
        self._waiting: dict[int, Segment] = {}
        self._number = 0

    def hear(self, regions: Iterable[TimeSpan]) -> None:
        """Take more speech; told in order of time, and before the lines over it."""
        if self._regions is not None:
            self._regions.extend(regions)

    def take(self, segment: Segment) -> tuple[Segment, tuple[tuple[int, Segment], ...]]:
        """Return the line with its marks, and earlier lines that have more marks now, with their numbers."""
        line = with_marks(segment, _own_marks(segment, self._regions)) if not segment.edited else segment
        # What a person wrote is not doubted, and parts what stands before it from what comes after.
        text = segment.text if not segment.edited else ""
        looping = self._loops.add(text, segment.start_s, segment.end_s)
        number, self._number = self._number, self._number + 1
        if number in looping:
            line = with_marks(line, [Mark.REPETITION])
        changed = tuple(
            (place, with_marks(known, [Mark.REPETITION]))
            for place in sorted(looping - {number})
            if Mark.REPETITION not in (known := self._waiting[place]).marks
        )
        self._waiting.update(changed)
        self._waiting[number] = line
        self._waiting.pop(number - _KEPT, None)
        return line, changed


def _own_marks(segment: Segment, regions: Sequence[TimeSpan] | None) -> list[Mark]:
    """What the line and the speech under it tell."""
    said = measured(segment.text)
    marks = []
    if has_low_confidence(segment):
        marks.append(Mark.LOW_CONFIDENCE)
    if regions is not None and _over_silence(segment, said, regions):
        marks.append(Mark.OVER_SILENCE)
    if _impossible_rate(segment, said):
        marks.append(Mark.RATE)
    return marks


def _over_silence(segment: Segment, said: Measured, regions: Sequence[TimeSpan]) -> bool:
    lasts_s = segment.end_s - segment.start_s
    heard_s = _heard_s(segment, regions)
    if is_invented(said.tokens):
        unsure = segment.confidence is not None and segment.confidence < _INVENTED_BELOW
        return unsure or heard_s < _INVENTED_SHARE * min(lasts_s, 2 * said.letters / _SPOKEN_LETTERS)
    return heard_s < _HEARD_SHARE * min(lasts_s, said.letters / _SPOKEN_LETTERS)


def _heard_s(segment: Segment, regions: Sequence[TimeSpan]) -> float:
    """How long somebody speaks during the segment."""
    place = bisect_left(regions, segment.start_s, key=_END)
    heard_s = 0.0
    while place < len(regions) and regions[place].start_s < segment.end_s:
        region = regions[place]
        heard_s += max(0.0, min(region.end_s, segment.end_s) - max(region.start_s, segment.start_s))
        place += 1
    return heard_s


def _impossible_rate(segment: Segment, said: Measured) -> bool:
    lasts_s = segment.end_s - segment.start_s
    if not segment.words:
        too_fast = said.letters > _MOST_OF_CUE * lasts_s + _MORE_OF_CUE
        return too_fast or lasts_s > _CUE_S + _CUE_WORD_S * said.words
    if said.letters > _MOST_LETTERS * lasts_s + _MORE_LETTERS:
        return True
    if any(word.end_s - word.start_s > _LONGEST_WORD_S for word in segment.words):
        return True
    return lasts_s > _SLOW_S + _SLOW_WORD_S * said.words
