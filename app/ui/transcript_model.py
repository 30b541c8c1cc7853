"""The transcript as Qt's lists read it."""

from __future__ import annotations

import enum

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.core.results import Segment
from app.core.time import format_short

_Index = QModelIndex | QPersistentModelIndex


class TranscriptRole(enum.IntEnum):
    """What a line can be asked for besides its text."""

    SEGMENT = Qt.ItemDataRole.UserRole + 1
    CURRENT = Qt.ItemDataRole.UserRole + 2
    TIME_TEXT = Qt.ItemDataRole.UserRole + 3


class TranscriptModel(QAbstractListModel):
    """Segments by time; one of them may be the current one."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._segments: tuple[Segment, ...] = ()
        self.current: int | None = None

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The lines."""
        return self._segments

    def set_segments(self, segments: tuple[Segment, ...]) -> None:
        """Show these; lines that only came in addition at the end keep the rest as it is."""
        known = len(self._segments)
        if known and len(segments) > known and segments[:known] == self._segments:
            self.beginInsertRows(QModelIndex(), known, len(segments) - 1)
            self._segments = segments
            self.endInsertRows()
        elif segments != self._segments:
            self.beginResetModel()
            self._segments = segments
            self.current = None
            self.endResetModel()

    def set_current(self, row: int | None) -> bool:
        """Mark the line that is said; tell whether that changed."""
        if row == self.current:
            return False
        changed = [each for each in (self.current, row) if each is not None]
        self.current = row
        for each in changed:
            index = self.index(each)
            self.dataChanged.emit(index, index)
        return True

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008  (Qt's own signature)
        """Return the number of lines."""
        return 0 if parent.isValid() else len(self._segments)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what a role of a line holds."""
        if not index.isValid():
            return None
        segment = self._segments[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return segment.text.strip()
        if role == Qt.ItemDataRole.AccessibleTextRole:
            now = ", now" if index.row() == self.current else ""
            return f"{format_short(segment.start_s, 1)}{now}: {segment.text.strip()}"
        if role == TranscriptRole.SEGMENT:
            return segment
        if role == TranscriptRole.CURRENT:
            return index.row() == self.current
        if role == TranscriptRole.TIME_TEXT:
            return format_short(segment.start_s, 1)
        return None
