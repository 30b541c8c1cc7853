"""The order of parts: whatever the focus does, each comes once; what is looked at comes first."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from app.analysis.schedule import Schedule, even_starts

foci = st.none() | st.floats(-10, 5000, allow_nan=False)


def whole_order(schedule: Schedule, focus_s: float | None) -> list[int]:
    found: list[int] = []
    while chunk := schedule.next(focus_s):
        found += chunk
    return found


@given(st.integers(1, 400), st.integers(1, 9), st.data())
def test_every_part_comes_exactly_once(count: int, together: int, data: st.DataObject) -> None:
    schedule = Schedule([3.0 * part for part in range(count)], together)
    found: list[int] = []
    while chunk := schedule.next(data.draw(foci)):
        assert len(chunk) <= together
        assert list(chunk) == sorted(set(chunk))
        found += chunk
    assert sorted(found) == list(range(count))


@given(st.integers(30, 400), st.floats(0, 1200))
def test_the_surroundings_of_the_focus_come_first(count: int, focus_s: float) -> None:
    schedule = Schedule([3.0 * part for part in range(count)])
    found = whole_order(schedule, focus_s)
    middle = min(int(focus_s / 3), count - 1)
    assert found[0] == middle
    near = [part for part in range(middle, count) if 3 * part <= focus_s + 20]
    assert found[: len(near)] == near


def test_then_a_coarse_grid_over_the_whole_film() -> None:
    found = whole_order(Schedule([float(part) * 10 for part in range(1024)]), None)
    assert sorted(found[:32]) == list(range(0, 1024, 32))
    assert sorted(found[: 1024 // 4]) == list(range(0, 1024, 4))


def test_a_focus_that_moves_takes_the_work_along() -> None:
    schedule = Schedule([2.0 * part for part in range(500)])
    schedule.next(0.0)
    assert schedule.next(700.0) == (350,)
    assert schedule.next(100.0) == (50,)
    assert schedule.next(702.5) == (351,)


def test_what_lies_together_is_given_out_together() -> None:
    schedule = Schedule([2.0 * part for part in range(20)], together=4)
    assert schedule.next(10.0) == (5, 6, 7, 8)
    assert schedule.next(10.0) == (9, 10, 11, 12)
    assert schedule.next(10.0) == (13, 14, 15)
    assert schedule.next(10.0) == (3, 4)


@given(st.floats(0, 1e4), st.floats(0.1, 1e4), st.floats(0.1, 60))
def test_even_parts_fill_the_stretch(start_s: float, length_s: float, part_s: float) -> None:
    starts = even_starts(start_s, start_s + length_s, part_s)
    assert starts[0] == start_s
    assert all(a < b for a, b in zip(starts, [*starts[1:], math.inf], strict=True))
    assert starts[-1] < start_s + length_s
    assert len(starts) <= max(1, round(length_s / part_s))


def test_parts_begin_at_marks() -> None:
    assert even_starts(0.0, 30.0, 4.0, [0.0, 2.0, 5.0, 6.0, 11.0, 40.0]) == [0.0, 5.0, 11.0]
