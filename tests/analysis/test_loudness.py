from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from app.analysis.loudness import STEP_S, peaks_of
from app.core.audio import SAMPLE_RATE, AudioBlock


def test_each_step_has_the_peak_of_its_samples() -> None:
    samples = np.zeros(SAMPLE_RATE // 4, np.float32)
    samples[810] = -0.5
    samples[3999] = 0.25
    found = peaks_of(AudioBlock(samples, Fraction(7, 2)))
    assert (found.start_s, found.step_s) == (3.5, STEP_S)
    assert found.peaks == (0.0, 0.5, 0.0, 0.0, 0.25)


def test_a_rest_counts_and_clipping_ends_at_one() -> None:
    samples = np.full(801, 2.0, np.float32)
    assert peaks_of(AudioBlock(samples, Fraction(0))).peaks == (1.0, 1.0)


@pytest.mark.parametrize("count", [0])
def test_no_samples_have_no_peaks(count: int) -> None:
    assert peaks_of(AudioBlock(np.zeros(count, np.float32), Fraction(0))).peaks == ()
