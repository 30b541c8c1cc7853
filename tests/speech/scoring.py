"""How right a transcript is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.core.results import Segment
from tests.inference.hearing import word_errors
from tests.speech.recordings import Recording

RECORDED = Path(__file__).with_name("whisper_cli.json")
"""What whisper.cpp's own program makes of the same sound; written by tools/speech/record_whisper_cli.py."""


@dataclass(frozen=True, slots=True)
class Score:
    """A transcript against the truth.

    Attributes:
        words: said.
        errors: words to insert, remove or change.
        utterances: said.
        segments: found.
        edges_off_s: of each utterance the larger error of its start and end; empty where counts differ.
        starts_off_s: of each word of utterances with as many words as were said.
    """

    words: int
    errors: int
    utterances: int
    segments: int
    edges_off_s: tuple[float, ...]
    starts_off_s: tuple[float, ...]

    @property
    def error_rate(self) -> float:
        """WER, 0 where nothing was said and found."""
        return self.errors / max(1, self.words)

    @property
    def starts_right(self) -> float:
        """Share of word starts at most 0.25 s off."""
        return sum(off <= 0.25 for off in self.starts_off_s) / max(1, len(self.starts_off_s))

    def __str__(self) -> str:
        furthest = max(self.edges_off_s, default=float("nan"))
        return (
            f"{self.errors}/{self.words} words wrong, {self.segments} of {self.utterances} segments, "
            f"edges up to {furthest:.2f} s off, {self.starts_right:.1%} of word starts within 0.25 s"
        )


def score(recording: Recording, segments: Sequence[Segment], shift_s: float = 0.0) -> Score:
    """Compare; ``shift_s`` is the shown time of the recording's first sample."""
    said = recording.said
    edges, starts = list[float](), list[float]()
    if len(segments) == len(said):
        for segment, truth in zip(segments, said, strict=True):
            start, end = truth.start_s + shift_s, truth.end_s + shift_s
            edges.append(max(abs(segment.start_s - start), abs(segment.end_s - end)))
            if len(segment.words) == len(truth.starts_s):
                both = zip(segment.words, truth.starts_s, strict=True)
                starts += [abs(word.start_s - at - shift_s) for word, at in both]
    heard = " ".join(segment.text for segment in segments).split()
    errors = word_errors(recording.words, heard)
    return Score(len(recording.words), errors, len(said), len(segments), tuple(edges), tuple(starts))


def recorded() -> dict[str, Any]:
    """Return what whisper.cpp's program got, by condition."""
    found: dict[str, Any] = json.loads(RECORDED.read_text(encoding="utf-8"))
    return found
