"""How loud the sound is over time: the waveform of the strip."""

from __future__ import annotations

import numpy as np

from app.core.audio import SAMPLE_RATE, AudioBlock
from app.core.events import LoudnessFound

STEP_S = 0.05
"""Length of a block with one peak: three hours make 216,000 values."""

_STEP = round(STEP_S * SAMPLE_RATE)


def peaks_of(block: AudioBlock) -> LoudnessFound:
    """Return the peak level of each 50 ms of ``block``; the last one may stand for less."""
    starts = np.arange(0, len(block.samples), _STEP)
    peaks = np.maximum.reduceat(np.abs(block.samples), starts) if len(starts) else np.zeros(0, np.float32)
    return LoudnessFound(
        block.start_s, STEP_S, tuple(round(float(peak), 4) for peak in np.minimum(peaks, 1.0))
    )
