"""The sound of the sample: spoken digits over a quiet chord."""

from __future__ import annotations

import math
import subprocess
import tempfile
import wave
from pathlib import Path

import numpy as np

from tools.sample.measures import AUDIO_RATE, DIGITS, Array

VOICE = ("-v", "en-us", "-g", "4")
CHORD = (130.81, 164.81, 196.0, 246.94)
"""Hertz."""


def espeak(text: str, pitch: int, speed: int) -> Array:
    """Speech as float32 at AUDIO_RATE with silent ends cut off."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "speech.wav")
        manner = ("-s", str(speed), "-p", str(pitch))
        subprocess.run(["espeak-ng", *VOICE, *manner, "-w", str(path), text], check=True)
        with wave.open(str(path)) as file:
            rate, samples = file.getframerate(), np.frombuffer(file.readframes(file.getnframes()), np.int16)
    if rate * 2 != AUDIO_RATE:
        raise RuntimeError(f"espeak-ng speaks at {rate} Hz, expected {AUDIO_RATE // 2}")
    double = _double_rate(samples / 32768)
    loud = np.flatnonzero(np.abs(double) > 0.012 * np.abs(double).max())
    return double[loud[0] : loud[-1] + 1].astype(np.float32)


def _double_rate(samples: Array) -> Array:
    """The same sound with twice as many samples: its spectrum, with nothing above."""
    spectrum = np.fft.rfft(samples)
    padded = np.concatenate([spectrum, np.zeros(len(samples) - len(spectrum) + 1)])
    return np.fft.irfft(padded, 2 * len(samples)) * 2


def _quiet_chord(seconds: float) -> Array:
    """About -60 dBFS, so that pauses are not digital silence."""
    time = np.arange(round(seconds * AUDIO_RATE)) / AUDIO_RATE
    tones = [
        np.sin(2 * math.pi * pitch * time) * (0.6 + 0.4 * np.sin(2 * math.pi * 0.11 * time + k))
        for k, pitch in enumerate(CHORD)
    ]
    chord: Array = tones[0] + tones[1] + tones[2] + tones[3]
    return chord * 0.0012 * np.minimum(1, np.minimum(time, seconds - time))


def make_sound(seed: int, seconds: float) -> tuple[Array, list[dict[str, object]]]:
    """Spoken digits with pauses of at least a second over a barely audible chord."""
    rng = np.random.default_rng(seed + 1)
    words = [
        " ".join(str(word) for word in rng.choice(DIGITS, count, replace=False))
        for count in rng.permutation((2, 3, 3, 4, 3, 2))
    ]
    clips = [
        espeak(", ".join(text.split()), pitch=int(rng.integers(38, 60)), speed=int(rng.integers(125, 145)))
        for text in words
    ]
    free = seconds - sum(map(len, clips)) / AUDIO_RATE
    pause = min(2.4, free / (len(clips) + 1))
    if pause < 1.0:
        raise RuntimeError("the utterances do not fit with pauses of a second")
    sound = _quiet_chord(seconds)
    utterances: list[dict[str, object]] = []
    at = (free - pause * (len(clips) - 1)) / 2
    for text, clip in zip(words, clips, strict=True):
        first = round(at * AUDIO_RATE)
        sound[first : first + len(clip)] += clip * (0.5 / np.abs(clip).max())
        end = (first + len(clip)) / AUDIO_RATE
        utterances.append({"text": text, "start_s": round(first / AUDIO_RATE, 3), "end_s": round(end, 3)})
        at = end + pause
    return sound.astype(np.float32), utterances
