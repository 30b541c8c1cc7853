"""Hearing a stretch once more: other ways to hear it, and which of two texts is to be preferred."""

from __future__ import annotations

import enum
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from app.analysis.request import AnalysisRequest, SpeechRequest
from app.core.marks import Mark, known_marks
from app.core.results import Segment
from app.core.time import TimeSpan, format_short

MARGIN_S = 0.5
"""So much beside the lines is heard with them, where no other line stands: their edges may be wrong."""
MOST_MARGIN_S = 5.0
_BREATH_S = 0.2
"""Heard before and after speech that was found."""
_BEAMS = 8
"""As many as whisper.cpp follows: what the first run passed over may win."""
_TEMPERATURE = 0.4
"""Words are drawn by lot, so that a loop is left; whisper.cpp's own second try but one."""
_SURER = 0.02
"""By less than this nothing is surer."""


class Way(enum.Enum):
    """Another way to hear."""

    CLOSELY = "more closely"
    FREELY = "more freely"
    ALL_SOUND = "all sound"

    @property
    def explained(self) -> str:
        """Say what it does."""
        return _EXPLAINED[self]


_EXPLAINED = {
    Way.CLOSELY: "More possible texts are followed side by side.",
    Way.FREELY: "Words are drawn by lot, which gets out of a loop.",
    Way.ALL_SOUND: "All sound is heard, not only what was taken for speech.",
}


@dataclass(frozen=True, slots=True)
class Attempt:
    """How a stretch is heard once more.

    Attributes:
        way: what is done differently.
        model: another speech model; None for the same.
        language: a code, or "auto"; None for the same.
    """

    way: Way = Way.CLOSELY
    model: Path | None = None
    language: str | None = None

    def speech(self, base: SpeechRequest) -> SpeechRequest:
        """Return what the speech model is asked, where an analysis would ask it ``base``."""
        asked = replace(base, model=self.model or base.model, language=self.language or base.language)
        match self.way:
            case Way.CLOSELY:
                return replace(asked, beam_size=_BEAMS, temperature=0.0)
            case Way.FREELY:
                return replace(asked, temperature=_TEMPERATURE)
            case _:
                return replace(asked, use_vad=False, beam_size=_BEAMS)


def first_attempt(segments: Sequence[Segment]) -> Attempt:
    """Return what is likely to help these lines, by their marks."""
    marks = {mark for segment in segments for mark in known_marks(segment)}
    if Mark.REPETITION in marks:
        return Attempt(Way.FREELY)
    if marks == {Mark.RATE}:  # words without room: some of the sound may not have been heard
        return Attempt(Way.ALL_SOUND)
    return Attempt(Way.CLOSELY)


def request_again(base: AnalysisRequest, span: TimeSpan, attempt: Attempt) -> AnalysisRequest | None:
    """Return the request that hears a stretch once more, and does nothing else; None without speech model."""
    if base.speech is None:
        return None
    return AnalysisRequest(
        base.path,
        span=span,
        speech=attempt.speech(base.speech),
        video_track=base.video_track,
        audio_track=base.audio_track,
        pictures=False,
    )


def note_of(speech: SpeechRequest, span: TimeSpan) -> str:
    """Say, for a document's warnings, that the text of a stretch is not what its settings gave."""
    how = f"{speech.model.stem}, beam size {speech.beam_size}, temperature {speech.temperature:g}"
    how += "" if speech.use_vad else ", all sound"
    place = f"{format_short(span.start_s, 1)} to {format_short(span.end_s, 1)}"
    return f"The speech from {place} was heard again ({how}), and the new text stands."


def stretch_of(segments: Sequence[Segment], rows: range, regions: Sequence[TimeSpan] = ()) -> TimeSpan:
    """Return what to hear for some lines: with a margin, where no other line stands.

    Speech that would be cut at an edge is heard whole, as far as that takes MOST_MARGIN_S.

    Args:
        segments: all lines, by time.
        rows: those that are heard.
        regions: where somebody speaks.
    """
    start_s = min(segments[row].start_s for row in rows)
    end_s = max(segments[row].end_s for row in rows)
    before_s = max((each.end_s for each in segments[: rows.start]), default=0.0)
    after_s = min((each.start_s for each in segments[rows.stop :]), default=math.inf)
    early_s, late_s = start_s - MARGIN_S, end_s + MARGIN_S
    for region in regions:
        if region.start_s < early_s < region.end_s:
            early_s = max(region.start_s - _BREATH_S, start_s - MOST_MARGIN_S)
        if region.start_s < late_s < region.end_s:
            late_s = min(region.end_s + _BREATH_S, end_s + MOST_MARGIN_S)
    return TimeSpan(
        max(0.0, min(start_s, max(before_s, early_s))),
        max(end_s, min(after_s, late_s)),
    )


def belongs(segment: Segment, span: TimeSpan) -> bool:
    """Whether a line is replaced when a stretch is: its middle lies in it."""
    return (segment.start_s + segment.end_s) / 2 in span


def with_neighbours(segments: Sequence[Segment], rows: range) -> range:
    """Return the rows together with the lines of the same loop around them: a loop is heard as a whole."""
    first, last = rows.start, rows.stop - 1
    if not any(Mark.REPETITION in known_marks(segments[row]) for row in rows):
        return rows
    while first > 0 and Mark.REPETITION in known_marks(segments[first - 1]):
        first -= 1
    while last + 1 < len(segments) and Mark.REPETITION in known_marks(segments[last + 1]):
        last += 1
    return range(first, last + 1)


def new_is_better(old: Sequence[Segment], new: Sequence[Segment]) -> bool:
    """Whether the new text of a stretch is to be preferred; the old one where they are equally good.

    What a person wrote is never given up. Fewer reasons for doubt win, then the surer text; no text at all
    only wins over text where nobody speaks.
    """
    if any(each.edited for each in old):
        return False
    if not new:
        return any(Mark.OVER_SILENCE in known_marks(each) for each in old)
    if not old:
        return not _marks(new)
    if len(_marks(new)) != len(_marks(old)):
        return len(_marks(new)) < len(_marks(old))
    before, after = confidence_of(old), confidence_of(new)
    return before is not None and after is not None and after > before + _SURER


def confidence_of(segments: Sequence[Segment]) -> float | None:
    """Return the mean confidence of the words; of the lines where they have none; None where nobody knows."""
    words = [word.confidence for segment in segments for word in segment.words]
    known = words or [each.confidence for each in segments if each.confidence is not None]
    return sum(known) / len(known) if known else None


def _marks(segments: Sequence[Segment]) -> set[Mark]:
    return {mark for segment in segments for mark in known_marks(segment)}
