"""How many thumbnails an analysis makes is bounded, and they are spread over the film."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analysis.thumbnails import MOST, Thinning


@pytest.mark.parametrize(("length_s", "rate"), [(600.0, 30), (10.0, 30), (10_800.0, 1)])
def test_every_stretch_of_a_film_has_one(length_s: float, rate: int) -> None:
    thinning = Thinning(length_s)
    times = [number / rate for number in range(round(length_s * rate))]
    taken = [time_s for time_s in times if thinning.takes(time_s)]
    assert len(taken) == min(MOST, len(times))
    gaps = [later - earlier for earlier, later in pairwise(taken)]
    assert max(gaps) <= 2 * max(length_s / MOST, 1 / rate) + 1e-9


@given(
    st.one_of(st.none(), st.floats(0.0, 1e6)),
    st.lists(st.floats(-10.0, 2e6), max_size=50),
    st.integers(1, 60),
)
def test_never_more_whatever_comes_and_each_part_once(
    length_s: float | None, times: list[float], again: int
) -> None:
    thinning = Thinning(length_s)
    taken = [time_s for time_s in times * again if thinning.takes(time_s)]
    assert len(taken) == len(set(taken)) <= MOST


def test_a_film_that_is_longer_than_it_says_is_bounded_too() -> None:
    thinning = Thinning(0.1)
    assert sum(thinning.takes(float(second)) for second in range(3 * MOST)) == MOST
