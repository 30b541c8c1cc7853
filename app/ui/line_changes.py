"""What differs between two states of the transcript."""

from __future__ import annotations

from typing import NamedTuple

from app.core.results import Segment


class ChangedRows(NamedTuple):
    """The rows [start, old_end) of before became [start, new_end); all others are the same lines."""

    start: int
    old_end: int
    new_end: int

    def moved(self, row: int) -> int | None:
        """Return where a row of before is now; None where it is not the same any more."""
        if row < self.start:
            return row
        return row + self.new_end - self.old_end if row >= self.old_end else None


def changed_rows(before: tuple[Segment, ...], after: tuple[Segment, ...]) -> ChangedRows:
    """Compare from both ends; lines that only came at an end cost no more than one comparison of tuples."""
    start = _same_at_start(before, after)
    kept = _same_at_end(before, after, start)
    return ChangedRows(start, len(before) - kept, len(after) - kept)


def _same_at_start(before: tuple[Segment, ...], after: tuple[Segment, ...]) -> int:
    """Return how many lines at the start are the same."""
    most = min(len(before), len(after))
    if before[:most] == after[:most]:
        return most
    return next(row for row in range(most) if before[row] != after[row])


def _same_at_end(before: tuple[Segment, ...], after: tuple[Segment, ...], start: int) -> int:
    """Return how many lines at the end, behind ``start``, are the same."""
    most = min(len(before), len(after)) - start
    for count in range(most):
        if before[-1 - count] != after[-1 - count]:
            return count
    return most
