"""The detections that pass the filter, as Qt's tables read them."""

from __future__ import annotations

import enum
from operator import attrgetter
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.core.results import Detection
from app.core.time import format_short

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class Column(enum.IntEnum):
    """What the table shows."""

    TIME = 0
    OBJECT = 1
    CONFIDENCE = 2

    @property
    def title(self) -> str:
        """Head of the column."""
        return ("Time", "Object", "Confidence")[self]


_KEYS: dict[Column, Any] = {
    Column.TIME: attrgetter("time_s"),
    Column.OBJECT: attrgetter("label"),
    Column.CONFIDENCE: attrgetter("confidence"),
}


class DetectionTable(QAbstractTableModel):
    """Rows of detections; Qt asks only for those on the screen, so hundreds of thousands are fine."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Detection] = []
        self._pts: set[int | None] = set()
        self._by_column = Column.TIME
        self._falling = False
        self.current_pts: int | None = None

    @property
    def rows(self) -> list[Detection]:
        """The detections in the order shown."""
        return self._rows

    def set_detections(self, detections: tuple[Detection, ...]) -> None:
        """Show these, which come by time; what only grew at the end stays where it is."""
        known = len(self._rows)
        grown = self._by_column is Column.TIME and not self._falling and 0 < known < len(detections)
        if grown and detections[known - 1] is self._rows[-1] and detections[0] is self._rows[0]:
            self.beginInsertRows(_ROOT, known, len(detections) - 1)
            self._rows.extend(detections[known:])
            self._pts.update(each.pts for each in detections[known:])
            self.endInsertRows()
            return
        self.beginResetModel()
        self._rows = list(detections)
        self._pts = {each.pts for each in detections}
        self._order()
        self.endResetModel()

    def set_current(self, pts: int | None) -> None:
        """Mark the rows of the picture that is shown."""
        if pts == self.current_pts:
            return
        concerned = {self.current_pts, pts} & self._pts
        self.current_pts = pts
        if concerned:
            last = self.index(len(self._rows) - 1, len(Column) - 1)
            self.dataChanged.emit(self.index(0, 0), last, [Qt.ItemDataRole.FontRole])

    def _order(self) -> None:
        if self._by_column is not Column.TIME or self._falling:
            self._rows.sort(key=_KEYS[self._by_column], reverse=self._falling)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order by a column."""
        self.layoutAboutToBeChanged.emit()
        self._by_column, self._falling = Column(column), order == Qt.SortOrder.DescendingOrder
        self._rows.sort(key=_KEYS[self._by_column], reverse=self._falling)
        self.layoutChanged.emit()

    def rowCount(self, parent: _Index = _ROOT) -> int:
        """Return the number of detections."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(Column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return the head of a column."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return Column(section).title
        if role == Qt.ItemDataRole.TextAlignmentRole and section == Column.CONFIDENCE:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what a cell holds."""
        detection = self._rows[index.row()]
        if role == Qt.ItemDataRole.UserRole:
            return detection
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            match Column(index.column()):
                case Column.TIME:
                    return format_short(detection.time_s, 2)
                case Column.OBJECT:
                    track = "" if detection.track_id is None else f" {detection.track_id}"
                    return f"{detection.label}{track}"
                case Column.CONFIDENCE:
                    return f"{detection.confidence:.2f}"
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == Column.CONFIDENCE:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None
