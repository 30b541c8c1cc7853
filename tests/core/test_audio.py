"""A stretch of sound and its exact times."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.core.audio import SAMPLE_RATE, AudioBlock


@given(st.integers(0, 50_000), st.fractions(-100, 100_000))
def test_the_end_is_the_start_and_the_length(count: int, start: Fraction) -> None:
    block = AudioBlock(np.zeros(count, np.float32), start)
    assert (block.end - block.start) * SAMPLE_RATE == count
    assert block.start_s == float(start)
