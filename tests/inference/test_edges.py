"""The edges of speech by loudness."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.inference.edges import sharpened
from app.inference.speech_words import Levels, Stretch

STEP_S = 0.02


def levels(total_s: float, *loud: tuple[float, float], floor_db: float = -60.0) -> Levels:
    """Speech at -20 dB over a floor that wavers by a decibel."""
    times = np.arange(round(total_s / STEP_S)) * STEP_S
    db = floor_db + np.sin(np.arange(len(times)))
    for start, end in loud:
        db[(times >= start - 1e-9) & (times < end - 1e-9)] = -20.0
    return Levels(db.astype(np.float32), STEP_S)


@pytest.mark.parametrize(("early", "late"), [(0.0, 0.0), (-0.5, 0.1), (0.1, 0.15), (-0.2, -0.2)])
def test_edges_go_where_it_becomes_loud(early: float, late: float) -> None:
    (found,) = sharpened([Stretch(2.0 - early, 3.0 + late)], levels(6.0, (2.0, 3.0)))
    assert found == pytest.approx((2.0, 3.0), abs=0.021)


def test_what_hardly_stands_out_keeps_its_edges() -> None:
    speech = [Stretch(1.9, 3.1)]
    assert sharpened(speech, levels(6.0, (2.0, 3.0), floor_db=-35.0)) == speech


def test_a_noise_further_out_is_not_taken_in() -> None:
    (found,) = sharpened([Stretch(2.0, 3.0)], levels(6.0, (1.5, 1.6), (2.0, 3.0), (3.28, 3.4)))
    assert found == pytest.approx((2.0, 3.0), abs=0.021)


spans = st.lists(st.floats(0.03, 3.0), min_size=2, max_size=12).map(
    lambda lengths: [float(each) for each in np.cumsum(lengths)]
)


@given(spans, st.integers(0, 2**32 - 1))
def test_stretches_stay_in_order_and_apart(marks: list[float], seed: int) -> None:
    speech = [Stretch(start, end) for start, end in zip(marks[::2], marks[1::2], strict=False)]
    db = np.random.default_rng(seed).uniform(-80, 0, round(marks[-1] / STEP_S) + 50).astype(np.float32)
    found = sharpened(speech, Levels(db, STEP_S))
    flat = [each for stretch in found for each in stretch]
    assert len(found) == len(speech)
    assert flat == sorted(flat)
    assert all(stretch.start_s < stretch.end_s for stretch in found)
