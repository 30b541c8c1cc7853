"""Voice activity without a model: what stands out of the noise floor and moves as a voice does."""

from __future__ import annotations

import numpy as np

from app.core.audio import SAMPLE_RATE, Samples
from app.inference.regions import Probabilities, RegionRule

GATE_FRAME = 320
"""Samples per value: 20 ms."""

_SILENCE_DB = -65.0
"""Quieter than this is silence, however quiet its surroundings."""
_FULL_DB = 18.0
"""So far above the floor a frame counts as speech for certain (value 1)."""
_STEADY_DB = 8.0
"""Audible sound whose levels spread less than this is no voice: hum, hiss, a held tone."""
_FLOOR_PERCENTILE, _TOP_PERCENTILE = 12.0, 97.0
_FLOOR_SPAN_S = 30.0
"""The noise floor is looked for in this much sound around a frame."""
VOICE_HZ = (120.0, 4500.0)
VOWELS_HZ = (200.0, 3000.0)
"""Between words it is quiet here sooner than where hiss counts as well."""
GATE_RULE = RegionRule(enter=0.65, leave=0.5, hangover_s=0.4, shortest_s=0.1, padding_s=0.06)
"""Regions begin 12 dB above the floor and end below 9 dB."""


def gate_values(sound: Samples) -> Probabilities:
    """Return 0..1 for each frame of GATE_FRAME samples: how far it stands above the noise floor.

    The floor is a low percentile of the levels around: steady noise, hum and silence are their own floor and
    give values near 0. Levels are those of the voice band, so that rumble and hiss count little.

    Args:
        sound: float32, 16 kHz, mono.
    """
    levels = band_levels(sound)
    if len(levels) == 0:
        return levels
    floor = np.maximum(_floor(levels), _SILENCE_DB)
    return np.asarray(np.clip((levels - floor) / _FULL_DB, 0.0, 1.0), np.float32)


def band_levels(sound: Samples, band_hz: tuple[float, float] = VOICE_HZ) -> Probabilities:
    """Return the level of a band in dB of full scale, one per GATE_FRAME samples, smoothed over 60 ms."""
    frames = -(-len(sound) // GATE_FRAME)
    if frames == 0:
        return np.zeros(0, np.float32)
    padded = np.zeros(frames * GATE_FRAME, np.float32)
    padded[: len(sound)] = sound
    spectrum = np.fft.rfft(
        padded.reshape(frames, GATE_FRAME) * np.hanning(GATE_FRAME).astype(np.float32), axis=1
    )
    frequencies = np.fft.rfftfreq(GATE_FRAME, 1 / SAMPLE_RATE)
    band = (frequencies >= band_hz[0]) & (frequencies <= band_hz[1])
    # Parseval: twice the sum over one side, over the window's energy (3/8 of its length for a Hann window).
    inside = spectrum[:, band]
    squares = np.sum(inside.real**2 + inside.imag**2, axis=1)
    power = 2.0 * squares / (GATE_FRAME * GATE_FRAME * 0.375)
    smoothed = np.convolve(np.pad(power, 1, mode="edge"), np.full(3, 1 / 3), mode="valid")
    return np.asarray(10.0 * np.log10(np.maximum(smoothed, 1e-12)), np.float32)


def _floor(levels: Probabilities) -> Probabilities:
    """The noise floor around each frame, taken once a second and interpolated."""
    per_second = SAMPLE_RATE // GATE_FRAME
    reach = round(_FLOOR_SPAN_S / 2 * per_second)
    centres = np.arange(0, len(levels), per_second)
    values = [_floor_of(levels[max(0, centre - reach) : centre + reach]) for centre in centres]
    return np.asarray(np.interp(np.arange(len(levels)), centres, values), np.float32)


def _floor_of(levels: Probabilities) -> float:
    ordered = np.sort(levels)
    audible = ordered[int(np.searchsorted(ordered, _SILENCE_DB - 10.0, side="right")) :]
    if len(audible) == 0:
        return _SILENCE_DB
    high = _percentile(audible, _TOP_PERCENTILE)
    if high - _percentile(audible, _FLOOR_PERCENTILE) < _STEADY_DB:
        return high
    return _percentile(ordered, _FLOOR_PERCENTILE)


def percentile(levels: Probabilities, percent: float) -> float:
    """Return what ``np.percentile`` does, of one value at least: for some hundred a tenth of its time."""
    return _percentile(np.sort(levels), percent)


def _percentile(ordered: Probabilities, percent: float) -> float:
    """The same of values that rise."""
    place = (len(ordered) - 1) * percent / 100.0
    below = int(place)
    low, high = float(ordered[below]), float(ordered[min(below + 1, len(ordered) - 1)])
    return low + (high - low) * (place - below)
