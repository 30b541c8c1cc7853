"""How many lines of the transcript may be wrong; a click goes to the next one."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from PySide6.QtWidgets import QPushButton, QWidget

from app.core.marks import known_marks
from app.core.results import Segment


class DoubtCount(QPushButton):
    """Says "12 doubtful"; hidden where no line is.

    Attributes:
        rows: the doubtful lines, ascending.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[int, ...] = ()
        self.setProperty("scale", "small")
        self.setToolTip("Go to the next line that may be wrong")
        self.hide()

    def count(self, segments: Sequence[Segment]) -> None:
        """Count the doubtful ones of these lines."""
        self.rows = tuple(row for row, each in enumerate(segments) if known_marks(each))
        self.setVisible(bool(self.rows))
        self.setText(f"{len(self.rows)} doubtful")
        noun = "line" if len(self.rows) == 1 else "lines"
        self.setAccessibleName(f"{len(self.rows)} doubtful {noun}: go to the next one")

    def after(self, row: int) -> int | None:
        """Return the next doubtful line behind a row, round from the end; None where there is none."""
        if not self.rows:
            return None
        return self.rows[bisect_left(self.rows, row + 1) % len(self.rows)]

    def before(self, row: int) -> int | None:
        """Return the last doubtful line before a row, round from the start; None where there is none."""
        if not self.rows:
            return None
        return self.rows[bisect_left(self.rows, row) - 1]
