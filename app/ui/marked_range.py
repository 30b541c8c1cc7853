"""The in and out points of a file: marked, moved, cleared; never kept beyond the file."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from app.core.time import TimeSpan


class Edge(enum.Enum):
    """Which of the two points."""

    IN = enum.auto()
    OUT = enum.auto()


@dataclass(frozen=True, slots=True)
class Marks:
    """In and out, seconds of the file; where both are there, in is before out.

    The picture at the in point is the first of the range, the one that ends at the out point the last.
    """

    in_s: float | None = None
    out_s: float | None = None

    @property
    def span(self) -> TimeSpan | None:
        """The range; None until both points are there."""
        return None if self.in_s is None or self.out_s is None else TimeSpan(self.in_s, self.out_s)

    def at(self, edge: Edge) -> float | None:
        """Return one of the points."""
        return self.in_s if edge is Edge.IN else self.out_s

    def put(self, edge: Edge, time_s: float) -> Marks:
        """Put a point; the other one goes where the range would be empty or turned over."""
        if edge is Edge.IN:
            return Marks(time_s, self.out_s if self.out_s is not None and time_s < self.out_s else None)
        return Marks(self.in_s if self.in_s is not None and self.in_s < time_s else None, time_s)

    def moved(self, edge: Edge, time_s: float, least_s: float) -> Marks:
        """Move a point that is there, but not past the other one: at least ``least_s`` stay between them."""
        if edge is Edge.IN:
            return Marks(time_s if self.out_s is None else min(time_s, self.out_s - least_s), self.out_s)
        return Marks(self.in_s, time_s if self.in_s is None else max(time_s, self.in_s + least_s))

    def completed(self, here: TimeSpan, file_end_s: float, around: TimeSpan | None) -> Marks:
        """Make a range of what there is.

        A lone in point reaches to the end of the picture ``here``, else to the end of the file; a lone out
        point begins with this picture, else with the file. With no point the range is ``around``: the shot.
        """
        if self.span is not None:
            return self
        if self.in_s is not None:
            return Marks(self.in_s, here.end_s if here.end_s > self.in_s else file_end_s)
        if self.out_s is not None:
            return Marks(here.start_s if here.start_s < self.out_s else 0.0, self.out_s)
        return self if around is None else Marks(around.start_s, around.end_s)


class MarkedRange(QObject):
    """The marks of the open file. GUI thread only.

    Attributes:
        looping: whether the range is played again and again.

    Signals:
        changed(): a point was put, moved or taken away, or looping began or ended.
    """

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._marks = Marks()
        self.looping = False

    @property
    def marks(self) -> Marks:
        """The points."""
        return self._marks

    @property
    def span(self) -> TimeSpan | None:
        """The range; None until both points are there."""
        return self._marks.span

    def set(self, marks: Marks) -> None:
        """Take other points."""
        if marks != self._marks:
            self._marks = marks
            self.looping = self.looping and marks.span is not None
            self.changed.emit()

    def put(self, edge: Edge, time_s: float) -> None:
        """Put a point."""
        self.set(self._marks.put(edge, time_s))

    def set_looping(self, looping: bool) -> None:
        """Play the range again and again, or no more; without a range there is nothing to loop."""
        looping = looping and self.span is not None
        if looping != self.looping:
            self.looping = looping
            self.changed.emit()

    def clear(self) -> None:
        """Take both away."""
        self.set(Marks())
