"""Sound in which nobody speaks: 16 kHz float32, root mean square about 1 where it is steady."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from app.core.audio import SAMPLE_RATE, Samples


def coloured(generator: np.random.Generator, count: int, slope: float) -> Samples:
    """Noise whose power falls with frequency to the power ``slope``: 0 white, 1 pink, 2 brown."""
    spectrum = np.fft.rfft(generator.standard_normal(count))
    steps = np.maximum(np.arange(len(spectrum)), 40 * count / SAMPLE_RATE)  # flat below 40 Hz
    sound = np.fft.irfft(spectrum * steps ** (-slope / 2), count)
    return np.asarray(sound / sound.std(), np.float32)


def white(generator: np.random.Generator, count: int) -> Samples:
    """The same power at all frequencies."""
    return coloured(generator, count, 0.0)


def pink(generator: np.random.Generator, count: int) -> Samples:
    """The same power in each octave."""
    return coloured(generator, count, 1.0)


def brown(generator: np.random.Generator, count: int) -> Samples:
    """Rumble."""
    return coloured(generator, count, 2.0)


def hum(mains_hz: float) -> Callable[[np.random.Generator, int], Samples]:
    """Mains hum: some harmonics and a little noise."""

    def sound(generator: np.random.Generator, count: int) -> Samples:
        time = np.arange(count) / SAMPLE_RATE
        tones = [
            np.sin(2 * np.pi * mains_hz * k * time + generator.uniform(0, 6)) / k for k in (1, 2, 3, 4, 6)
        ]
        mixed = sum(tones) + 0.1 * pink(generator, count)
        return np.asarray(mixed / np.std(mixed), np.float32)

    return sound


def clicks(generator: np.random.Generator, count: int) -> Samples:
    """A click about twice a second, of some milliseconds each."""
    sound = np.zeros(count, np.float32)
    for _ in range(round(2 * count / SAMPLE_RATE)):
        length = int(generator.integers(20, 200))
        at = int(generator.integers(0, count - length))
        sound[at : at + length] += generator.standard_normal(length) * np.exp(-np.arange(length) / 30) * 5
    return sound


def tones(generator: np.random.Generator, count: int) -> Samples:
    """A held tone of 0.4 s each second, of changing height."""
    sound = np.zeros(count, np.float32)
    length = round(0.4 * SAMPLE_RATE)
    time = np.arange(length) / SAMPLE_RATE
    for at in range(0, count - length, SAMPLE_RATE):
        sound[at : at + length] = np.sin(2 * np.pi * generator.uniform(200, 3000) * time) * np.hanning(length)
    return sound
