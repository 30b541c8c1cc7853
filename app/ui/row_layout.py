"""Which of many rows are seen: measured where they are looked at, and steady while others change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.ui.row_heights import RowHeights


@dataclass(frozen=True, slots=True)
class Anchor:
    """A row whose top stands at a height of the view, pixels: what stays where it is while others change."""

    row: int
    y: int


class RowLayout:
    """Rows of a view that is scrolled by pixels; ``measure`` returns the true height of a row.

    Attributes:
        heights: of the rows.
        anchor: the row at the top of the view, after ``settle``.
    """

    def __init__(self, measure: Callable[[int], int]) -> None:
        self._measure = measure
        self.heights = RowHeights()
        self.anchor = Anchor(0, 0)

    def measured(self, row: int) -> int:
        """Return the true height of a row."""
        if not self.heights.is_measured(row):
            self.heights.measure(row, self._measure(row))
        return self.heights.height(row)

    def anchored(self, value: int) -> Anchor:
        """Return the row at the top of a view that is scrolled so far; not without rows."""
        row = self.heights.row_at(value)
        return Anchor(row, self.heights.top(row) - value)

    def settle(self, anchor: Anchor, room: int) -> int:
        """Let the anchor stand where it says, as far as one can scroll, and measure what is seen.

        Returns how far a view of the height ``room`` is scrolled then.
        """
        if not len(self.heights):
            self.anchor = Anchor(0, 0)
            return 0
        while True:
            self._measure_around(anchor, room)
            value = self.heights.top(anchor.row) - anchor.y
            kept = min(max(0, value), max(0, self.heights.total - room))
            self.anchor = anchor = self.anchored(kept)
            if kept == value:
                return kept

    def _measure_around(self, anchor: Anchor, room: int) -> None:
        """Measure the rows that are seen when the anchor stands where it says."""
        anchor_row = min(anchor.row, len(self.heights) - 1)
        row, bottom = anchor_row, anchor.y
        while row < len(self.heights) and bottom < room:
            bottom += self.measured(row)
            row += 1
        row, top = anchor_row, anchor.y
        while row > 0 and top > 0:
            row -= 1
            top -= self.measured(row)

    def rows_came(self, start: int, count: int) -> None:
        """Let the anchor be the row it was; at the very top new rows are shown."""
        anchor = self.anchor
        if start <= anchor.row and len(self.heights) and (start or anchor.y < 0):
            self.anchor = Anchor(anchor.row + count, anchor.y)

    def rows_gone(self, start: int, count: int) -> None:
        """Let the anchor be the row it was, or the one that came in its place."""
        if start <= self.anchor.row:
            self.anchor = Anchor(max(start, self.anchor.row - count), self.anchor.y)

    def seen(self, value: int, room: int) -> range:
        """Return the rows of which something is seen in a view that is scrolled so far."""
        if not len(self.heights):
            return range(0)
        return range(self.heights.row_at(value), self.heights.row_at(value + max(0, room - 1)) + 1)
