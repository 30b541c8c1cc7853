"""Heights of rows against a plain list of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.ui.row_heights import RowHeights

HEIGHTS = st.lists(st.integers(1, 90), max_size=40)


def check(heights: RowHeights, plain: list[int]) -> None:
    """All answers are those of the plain list."""
    assert len(heights) == len(plain)
    assert heights.total == sum(plain)
    assert [heights.top(row) for row in range(len(plain))] == [sum(plain[:row]) for row in range(len(plain))]
    owners = [row for row, height in enumerate(plain) for _ in range(height)]
    assert [heights.row_at(y) for y in range(len(owners))] == owners
    if plain:
        assert heights.row_at(-5) == 0
        assert heights.row_at(sum(plain) + 5) == len(plain) - 1


@given(HEIGHTS, st.data())
def test_rows_come_go_and_are_measured_as_in_a_list(first: list[int], data: st.DataObject) -> None:
    heights, plain = RowHeights(), list(first)
    heights.set_all(first)
    for _ in range(4):
        start = data.draw(st.integers(0, len(plain)))
        end = data.draw(st.integers(start, len(plain)))
        come = data.draw(HEIGHTS)
        heights.splice(start, end, come)
        plain[start:end] = come
        if plain:
            row, height = data.draw(st.integers(0, len(plain) - 1)), data.draw(st.integers(1, 200))
            heights.measure(row, height)
            plain[row] = height
            assert heights.is_measured(row)
        at_the_end = data.draw(HEIGHTS)
        heights.splice(len(plain), len(plain), at_the_end)
        plain += at_the_end
        check(heights, plain)
