"""Recordings whose words are known: phrases of the sample model's thirty words on a line of time."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.core.audio import SAMPLE_RATE, Samples
from app.media.audio import audio_blocks

PHRASES = Path(__file__).with_name("phrases.flac")
"""Made by tools/speech/make_phrases.py."""

Noise = Callable[[np.random.Generator, int], Samples]


@dataclass(frozen=True, slots=True, eq=False)
class Phrase:
    """Some words spoken in one go, nothing silent around them; ``starts_s`` of each word."""

    words: tuple[str, ...]
    sound: Samples
    starts_s: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """A phrase in a recording; ``starts_s`` of each word; all times from the first sample."""

    start_s: float
    end_s: float
    words: tuple[str, ...]
    starts_s: tuple[float, ...]

    @property
    def text(self) -> str:
        """The words as one line."""
        return " ".join(self.words)


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """Mono sound at 16 kHz, as a file of 16 bits holds it, and what is said in it."""

    sound: Samples
    said: tuple[Said, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """All words in order."""
        return tuple(word for said in self.said for word in said.words)


@dataclass(frozen=True, slots=True)
class Plan:
    """How a recording is made.

    Attributes:
        seed: of everything left to chance.
        seconds: how long it becomes, at least the lead and one phrase.
        pauses_s: shortest and longest silence between phrases.
        lead_s: silence before the first.
        most: no more phrases than this.
        loudness_db: of the whole, from the phrases' peak at half of full scale.
        noise: what is heard besides.
        snr_db: power of the speech, pauses included, over that of the noise.
    """

    seed: int
    seconds: float = 28.0
    pauses_s: tuple[float, float] = (0.8, 2.2)
    lead_s: float = 0.5
    most: int = 1_000_000
    loudness_db: float = 0.0
    noise: Noise | None = None
    snr_db: float = 20.0


@functools.cache
def phrases() -> tuple[Phrase, ...]:
    """Return the committed phrases."""
    truth = json.loads(PHRASES.with_suffix(".json").read_text(encoding="utf-8"))
    sound = np.concatenate([block.samples for block in audio_blocks(PHRASES)])
    found, at = [], 0
    for each in truth["phrases"]:
        part = sound[at : at + each["samples"]]
        found.append(Phrase(tuple(each["text"].split()), part, tuple(each["starts_s"])))
        at += each["samples"]
    assert at == len(sound)
    return tuple(found)


def made(plan: Plan, pool: Sequence[Phrase] | None = None) -> Recording:
    """Lay phrases on a line of time, each as often as any other, and add the noise."""
    generator = np.random.default_rng(plan.seed)
    sound = np.zeros(round(plan.seconds * SAMPLE_RATE), np.float32)
    said: list[Said] = []
    order: list[Phrase] = []
    at = round(plan.lead_s * SAMPLE_RATE)
    while len(said) < plan.most:
        order = order or _shuffled(pool or phrases(), generator)
        phrase = order.pop()
        end = at + len(phrase.sound)
        if end > len(sound) - SAMPLE_RATE // 4:
            if said:
                break
            continue  # the first phrase is one that fits
        sound[at:end] += phrase.sound * 10 ** generator.uniform(-0.2, 0.1)
        start_s = at / SAMPLE_RATE
        starts = tuple(start_s + each for each in phrase.starts_s)
        said.append(Said(start_s, end / SAMPLE_RATE, phrase.words, starts))
        at = end + round(generator.uniform(*plan.pauses_s) * SAMPLE_RATE)
    sound *= 10 ** (plan.loudness_db / 20)
    if plan.noise is not None:
        level = float(np.sqrt(np.mean(sound**2))) * 10 ** (-plan.snr_db / 20)
        sound += level * plan.noise(generator, len(sound))
    return Recording(_as_in_a_file(np.clip(sound, -1.0, 1.0)), tuple(said))


def _as_in_a_file(sound: Samples) -> Samples:
    """What 16 bits leave of it, as whisper.cpp's program hears it: rounding alone can change a hard word."""
    return np.asarray(np.round(sound * 32767) / 32768, np.float32)


def _shuffled(pool: Sequence[Phrase], generator: np.random.Generator) -> list[Phrase]:
    return [pool[index] for index in generator.permutation(len(pool))]
