"""Heights of many rows of a list: where a row stands and which row stands where, in O(log n)."""

from __future__ import annotations

from collections.abc import Sequence

_FEW = 100
"""So many new rows at the end are added one by one; more are summed up anew with all others."""


class RowHeights:
    """Rows one below the other, heights in pixels; a Fenwick tree holds their sums.

    A height is an estimate until somebody measures the row: laying out thousands of rows of text takes
    seconds, and only those that are seen need it.
    """

    def __init__(self) -> None:
        self._heights: list[int] = []
        self._measured: list[bool] = []
        self._sums: list[int] = [0]
        self._top_bit = 0

    def __len__(self) -> int:
        return len(self._heights)

    @property
    def total(self) -> int:
        """The height of all rows."""
        return self.top(len(self._heights))

    def set_all(self, estimates: Sequence[int]) -> None:
        """Begin anew with these, none of them measured."""
        self._heights = list(estimates)
        self._measured = [False] * len(self._heights)
        self._add_up()

    def splice(self, start: int, end: int, estimates: Sequence[int]) -> None:
        """Let rows of estimated heights take the place of the rows [start, end)."""
        few_at_the_end = start == end == len(self._heights) and len(estimates) < _FEW
        self._heights[start:end] = estimates
        self._measured[start:end] = [False] * len(estimates)
        if few_at_the_end:
            for row in range(start, len(self._heights)):
                self._append_sum(row)
        else:
            self._add_up()

    def measure(self, row: int, height: int) -> None:
        """Set the true height of a row."""
        self._measured[row] = True
        difference = height - self._heights[row]
        if difference:
            self._heights[row] = height
            place = row + 1
            while place < len(self._sums):
                self._sums[place] += difference
                place += place & -place

    def forget(self, row: int) -> None:
        """Take the height of a row as an estimate from now on."""
        self._measured[row] = False

    def is_measured(self, row: int) -> bool:
        """Whether the height of a row is its true one."""
        return self._measured[row]

    def height(self, row: int) -> int:
        """Return the height of a row."""
        return self._heights[row]

    def top(self, row: int) -> int:
        """Return where a row begins; of the number of rows, where the last one ends."""
        total = 0
        while row:
            total += self._sums[row]
            row -= row & -row
        return total

    def row_at(self, y: int) -> int:
        """Return the row over a height; the first or the last one where there is none. Not without rows."""
        row, step = 0, self._top_bit
        while step:
            further = row + step
            if further < len(self._sums) and self._sums[further] <= y:
                row, y = further, y - self._sums[further]
            step >>= 1
        return min(row, len(self._heights) - 1)

    def _add_up(self) -> None:
        if not self._heights:
            self._sums, self._top_bit = [0], 0
            return
        import numpy as np

        until = np.concatenate(([0], np.cumsum(np.asarray(self._heights, dtype=np.int64))))
        places = np.arange(len(until))
        self._sums = (until - until[places - (places & -places)]).tolist()
        self._find_top_bit()

    def _append_sum(self, row: int) -> None:
        place = row + 1
        within = self.top(row) - self.top(place - (place & -place))
        self._sums.append(within + self._heights[row])
        self._find_top_bit()

    def _find_top_bit(self) -> None:
        count = len(self._heights)
        self._top_bit = 1 << (count.bit_length() - 1) if count else 0
