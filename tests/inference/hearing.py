"""Sound and stand-ins for the tests of speech."""

from __future__ import annotations

import json
import wave
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import numpy as np

from app.core.audio import SAMPLE_RATE, AudioBlock, Samples
from app.core.cancel import CancelToken
from app.core.events import Event, SegmentFound
from app.core.results import Segment
from app.inference.recognition import RawSegment, Recognised, SpeechParams, Token


class Utterance(NamedTuple):
    """What is said, and when."""

    start_s: float
    end_s: float
    text: str


@dataclass
class FakeModel:
    """Takes every burst of sound above `loud` for the word "beep"; notes what it was given."""

    multilingual: bool = True
    prompt_room: int = 223
    lanes: int = 1
    language: str = "de"
    loud: float = 0.1
    heard: list[Samples] = field(default_factory=list)
    params: list[SpeechParams] = field(default_factory=list)
    probabilities: list[tuple[str, float]] = field(default_factory=list)
    before: Callable[[], None] = lambda: None

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def knows(self, language: str) -> bool:
        return language in (self.language, "en")

    def recognise(
        self,
        sound: Samples,
        params: SpeechParams,
        cancel: CancelToken | None = None,
        *,
        lane: int = 0,
        shared: bool = False,
    ) -> Recognised:
        self.before()
        if cancel is not None:
            cancel.raise_if_cancelled()
        self.heard.append(sound.copy())
        self.params.append(params)
        bursts = [
            RawSegment(start, end, (Token(b" beep", 0.5),)) for start, end in loud_spans(sound, self.loud)
        ]
        if params.language == "auto" and self.probabilities:
            return Recognised(tuple(bursts), *self.probabilities[len(self.heard) - 1])
        return Recognised(tuple(bursts), self.language if params.language == "auto" else params.language)


def loud_spans(sound: Samples, loud: float) -> list[tuple[float, float]]:
    """Where single bursts lie, seconds; a burst ends where 0.2 s are quiet."""
    positions = np.flatnonzero(np.abs(sound) > loud)
    if not len(positions):
        return []
    parts = np.split(positions, np.flatnonzero(np.diff(positions) > 0.2 * SAMPLE_RATE) + 1)
    return [(part[0] / SAMPLE_RATE, (part[-1] + 1) / SAMPLE_RATE) for part in parts]


def bursts(total_s: float, spans: Sequence[tuple[float, float]], seed: int = 1) -> Samples:
    """Loud noise in the spans over faint noise elsewhere, with the uneven level of speech."""
    generator = np.random.default_rng(seed)
    sound = generator.normal(0.0, 0.0005, round(total_s * SAMPLE_RATE))
    for start, end in spans:
        first, last = round(start * SAMPLE_RATE), round(end * SAMPLE_RATE)
        count = last - first
        syllables = 0.55 + 0.45 * np.cos(np.arange(count) * (2 * np.pi * 5.0 / SAMPLE_RATE))
        sound[first:last] = np.clip(generator.normal(0.0, 0.2, count), -0.9, 0.9) * syllables
        sound[first] = sound[last - 1] = 0.5
    return sound.astype(np.float32)


def blocks_of(
    sound: Samples, start: Fraction = Fraction(0), length: int = SAMPLE_RATE
) -> Iterator[AudioBlock]:
    """Cut sound into blocks that follow each other."""
    for first in range(0, len(sound), length):
        yield AudioBlock(sound[first : first + length], start + Fraction(first, SAMPLE_RATE))


def segments_in(events: Sequence[Event]) -> list[Segment]:
    """The transcript of a run."""
    return [event.segment for event in events if isinstance(event, SegmentFound)]


def read_wav(path: Path) -> Samples:
    """16-bit mono at 16 kHz."""
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (SAMPLE_RATE, 1, 2)
        return (np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768).astype(np.float32)


def utterances(path: Path) -> list[Utterance]:
    """The truth beside a recording: the sample's, or a test recording's."""
    truth = json.loads(path.read_text(encoding="utf-8"))
    if "utterances" in truth:
        return [Utterance(each["start_s"], each["end_s"], each["text"]) for each in truth["utterances"]]
    return [Utterance(each["start"], each["end"], each["text"]) for each in truth["segments"]]


def word_errors(truth: Sequence[str], heard: Sequence[str]) -> int:
    """The least number of words to insert, remove or change (Levenshtein)."""
    row = list(range(len(heard) + 1))
    for index, expected in enumerate(truth, 1):
        diagonal, row[0] = row[0], index
        for column, word in enumerate(heard, 1):
            diagonal, row[column] = (
                row[column],
                min(row[column] + 1, row[column - 1] + 1, diagonal + (expected != word)),
            )
    return row[-1]
