"""Phrases spoken by eSpeak NG, with the time of every word.

The library is the one of the package `espeakng-loader` where that is installed, else the system's.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import math
import random
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

RATE = 16_000
WORDS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
    "red", "green", "blue", "yellow", "black", "circle", "square", "triangle", "left", "right",
    "up", "down", "stop", "go", "yes", "hello", "world", "open", "close", "music",
)  # fmt: skip
"""What the sample's speech model understands."""

ACCENTS = ("en", "en-us", "en-gb-scotland", "en-gb-x-gbclan", "en-gb-x-gbcwmd", "en-gb-x-rp", "en-029")
VARIANTS = ("m4", "f3", "david", "Annie", "Andy", "michael", "steph2")
"""The model was trained with other variants."""

Samples = npt.NDArray[np.float32]

_SYNCHRONOUS_RETRIEVAL = 2
_WORD, _END = 1, 0
_RATE, _PITCH, _RANGE, _GAP = 1, 3, 4, 7
_QUIET = 0.012
"""Below this share of its peak a phrase has not begun, or has ended."""


class _Event(ctypes.Structure):
    """`espeak_EVENT`."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_char * 8),
    )


_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


@dataclass(frozen=True, slots=True)
class Manner:
    """How a phrase is spoken: a voice, words a minute, and eSpeak's pitch, range and pause between words."""

    voice: str
    speed: int
    pitch: int
    pitch_range: int
    gap: int

    @classmethod
    def chosen(cls, generator: random.Random) -> Manner:
        """Return one of many."""
        voice = f"{generator.choice(ACCENTS)}+{generator.choice(VARIANTS)}"
        return cls(
            voice,
            generator.randint(105, 215),
            generator.randint(15, 85),
            generator.randint(20, 85),
            generator.choice((0, 0, 0, 1, 2, 4, 7, 10)),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Phrase:
    """Words spoken in one go: 16 kHz, nothing silent around them, peak 0.5; ``starts_s`` of each word."""

    words: tuple[str, ...]
    manner: Manner
    sound: Samples
    starts_s: tuple[float, ...]


class Speaker:
    """eSpeak NG; one for each process."""

    def __init__(self) -> None:
        self._library, data = _library()
        self._rate = self._library.espeak_Initialize(_SYNCHRONOUS_RETRIEVAL, 0, data, 0)
        if self._rate <= 0:
            raise RuntimeError("eSpeak NG cannot start")
        self._parts: list[Samples] = []
        self._starts: list[float] = []
        self._callback = _Callback(self._heard)
        self._library.espeak_SetSynthCallback(self._callback)

    def say(self, words: tuple[str, ...], manner: Manner) -> Phrase | None:
        """Speak; None where the voice is missing or the times of the words are not all told."""
        if self._library.espeak_SetVoiceByName(manner.voice.encode()) != 0:
            return None
        settings = ((_RATE, manner.speed), (_PITCH, manner.pitch), (_RANGE, manner.pitch_range))
        for parameter, value in (*settings, (_GAP, manner.gap)):
            self._library.espeak_SetParameter(parameter, value, 0)
        self._parts, self._starts = [], []
        text = " ".join(words).encode() + b"\0"
        self._library.espeak_Synth(text, len(text), 0, 1, 0, 1, None, None)
        self._library.espeak_Synchronize()
        starts = self._starts[: len(words)]  # at times an event comes after the last word
        if len(starts) != len(words) or not self._parts:
            return None
        sound = _resampled(np.concatenate(self._parts), self._rate)
        return _trimmed(words, manner, sound, starts)

    def _heard(self, samples: Any, count: int, events: Any) -> int:
        if count > 0 and samples:
            part = np.ctypeslib.as_array(samples, (count,))
            self._parts.append(np.asarray(part / 32768, np.float32))
        index = 0
        while events[index].type != _END:
            if events[index].type == _WORD:
                self._starts.append(events[index].audio_position / 1000)
            index += 1
        return 0


def _library() -> tuple[ctypes.CDLL, bytes | None]:
    try:
        import espeakng_loader
    except ImportError:
        name = ctypes.util.find_library("espeak-ng")
        if name is None:
            raise RuntimeError("eSpeak NG is not here: install espeakng-loader or libespeak-ng1") from None
        return ctypes.CDLL(name), None
    return ctypes.CDLL(espeakng_loader.get_library_path()), espeakng_loader.get_data_path().encode()


def _resampled(sound: Samples, rate: int) -> Samples:
    """The same sound at RATE by its spectrum, which may leave a sample more or less."""
    count = math.ceil(len(sound) * RATE / rate)
    spectrum = np.fft.rfft(sound)
    kept = np.zeros(count // 2 + 1, np.complex128)
    shared = min(len(kept), len(spectrum))
    kept[:shared] = spectrum[:shared]
    return np.asarray(np.fft.irfft(kept, count) * (count / len(sound)), np.float32)


def _trimmed(words: tuple[str, ...], manner: Manner, sound: Samples, starts: list[float]) -> Phrase | None:
    peak = float(np.abs(sound).max())
    if peak < 0.02:
        return None
    envelope = np.convolve(np.abs(sound), np.full(80, 1 / 80), "same")
    loud = np.flatnonzero(envelope > _QUIET * peak)
    first, last = int(loud[0]), int(loud[-1]) + 1
    begins = [max(start - first / RATE, 0.0) for start in starts]
    begins[0] = 0.0
    lengths = np.diff([*begins, (last - first) / RATE])
    if lengths.min() < 0.06:
        return None
    return Phrase(words, manner, sound[first:last] * (0.5 / peak), tuple(round(each, 3) for each in begins))


def chosen_words(generator: random.Random) -> tuple[str, ...]:
    """Return one to six words; digits, which are many, a little more often."""
    count = generator.choices((1, 2, 3, 4, 5, 6), (20, 24, 24, 16, 10, 6))[0]
    return tuple(
        generator.choice(WORDS[:10]) if generator.random() < 0.4 else generator.choice(WORDS)
        for _ in range(count)
    )
