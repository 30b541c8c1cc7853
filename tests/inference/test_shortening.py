"""Long silences are left out of what the model hears, and its times come back to the sound."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.audio import SAMPLE_RATE
from app.inference.recognition import RawSegment
from app.inference.regions import Piece, PieceRule, Region, pack, samples
from app.inference.shortening import back_in_time, shortened
from tests.inference.test_regions import apart


def heard_as(piece: Piece, start_s: float, end_s: float) -> tuple[float, float]:
    """Times that the model gives, as times from the piece's first sample."""
    segment = back_in_time(RawSegment(start_s, end_s, ()), piece)
    return segment.start_s, segment.end_s


@given(apart(), st.data())
def test_each_sample_that_is_heard_comes_back_to_its_place(
    drawn: tuple[list[Region], int], data: st.DataObject
) -> None:
    """The sound tells where each of its samples lay."""
    regions, total = drawn
    sound = np.arange(total, dtype=np.float32)
    for piece in pack(regions, total, PieceRule()):
        heard = shortened(sound, piece)
        index = data.draw(st.integers(0, len(heard) - 1))
        start_s, _ = heard_as(piece, index / SAMPLE_RATE, len(heard) / SAMPLE_RATE)
        assert start_s * SAMPLE_RATE + piece.start == pytest.approx(heard[index], abs=0.01)


@given(apart(), st.floats(0.0, 29.5), st.floats(0.0, 29.5))
def test_times_stay_in_order_and_inside(drawn: tuple[list[Region], int], one: float, other: float) -> None:
    first, second = min(one, other), max(one, other)
    for piece in pack(*drawn, PieceRule()):
        start_s, end_s = heard_as(piece, first, second)
        assert 0.0 <= start_s <= end_s <= (piece.end - piece.start) / SAMPLE_RATE


def test_where_silence_was_left_out_ends_come_before_it_and_starts_after_it() -> None:
    regions = [Region(samples(1.0), samples(2.0)), Region(samples(62.0), samples(63.0))]
    (piece,) = pack(regions, samples(100.0), PieceRule(pause_s=1.0, margin_s=0.5))
    joint_s = 0.5 + 1.0 + 0.5
    assert heard_as(piece, joint_s, joint_s + 1.5) == (61.0, 62.5)
    assert heard_as(piece, 0.5, joint_s) == (0.5, 2.0)
