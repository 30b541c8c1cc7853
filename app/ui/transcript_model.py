"""The transcript as Qt's lists read it."""

from __future__ import annotations

import enum

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.core.marks import explanation, reasons
from app.core.results import Segment
from app.core.time import TimeSpan, format_short
from app.ui.line_changes import changed_rows
from app.ui.transcript_text import shown_text, speaker_of

_Index = QModelIndex | QPersistentModelIndex


class TranscriptRole(enum.IntEnum):
    """What a line can be asked for besides its text."""

    SEGMENT = Qt.ItemDataRole.UserRole + 1
    CURRENT = Qt.ItemDataRole.UserRole + 2
    TIME_TEXT = Qt.ItemDataRole.UserRole + 3
    LOOPED = Qt.ItemDataRole.UserRole + 4


class TranscriptModel(QAbstractListModel):
    """Segments by time; one of them may be the current one, some may be played again and again."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._segments: tuple[Segment, ...] = ()
        self.current: int | None = None
        self.looped: TimeSpan | None = None

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The lines."""
        return self._segments

    def set_segments(self, segments: tuple[Segment, ...]) -> bool:
        """Show these, and tell whether anything changed; only what differs is made anew, the rest stays."""
        before = self._segments
        if segments == before:
            return False
        start, old_end, new_end = changed_rows(before, segments)
        common = min(old_end, new_end)
        if old_end > common:
            self.beginRemoveRows(QModelIndex(), common, old_end - 1)
            self._segments = before[:common] + before[old_end:]
            self.current = _shifted(self.current, common, common - old_end)
            self.endRemoveRows()
        if new_end > common:
            self.beginInsertRows(QModelIndex(), common, new_end - 1)
            self._segments = before[:common] + segments[common:]
            self.current = _shifted(self.current, common, new_end - common)
            self.endInsertRows()
        self._segments = segments
        if start < common:
            self.dataChanged.emit(self.index(start), self.index(common - 1))
        return True

    def set_current(self, row: int | None) -> bool:
        """Mark the line that is said; tell whether that changed."""
        if row == self.current:
            return False
        changed = [each for each in (self.current, row) if each is not None]
        self.current = row
        for each in changed:
            index = self.index(each)
            self.dataChanged.emit(index, index, [TranscriptRole.CURRENT])
        return True

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008  (Qt's own signature)
        """Return the number of lines."""
        return 0 if parent.isValid() else len(self._segments)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what a role of a line holds."""
        if not index.isValid():
            return None
        segment, current = self._segments[index.row()], index.row() == self.current
        match role:
            case Qt.ItemDataRole.DisplayRole:
                found: object = shown_text(segment)
            case Qt.ItemDataRole.AccessibleTextRole:
                found = self._read_out(segment, now=current)
            case Qt.ItemDataRole.ToolTipRole:
                found = explanation(segment) or None
            case TranscriptRole.SEGMENT:
                found = segment
            case TranscriptRole.CURRENT:
                found = current
            case TranscriptRole.LOOPED:
                found = self._is_looped(segment)
            case TranscriptRole.TIME_TEXT:
                found = format_short(segment.start_s, 1)
            case _:
                found = None
        return found

    def _is_looped(self, segment: Segment) -> bool:
        return self.looped is not None and segment.start_s in self.looped

    def _read_out(self, segment: Segment, *, now: bool) -> str:
        heading = [format_short(segment.start_s, 1)]
        if now:
            heading.append("now")
        if self._is_looped(segment):
            heading.append("looped")
        if speaker := speaker_of(segment):
            heading.append(speaker)
        if doubts := reasons(segment):
            heading.append(f"doubtful, {doubts}")
        return f"{', '.join(heading)}: {shown_text(segment)}"


def _shifted(row: int | None, place: int, by: int) -> int | None:
    """Return where a row is when ``by`` rows came in at a place, or went from there."""
    if row is None or row < place:
        return row
    return row + by if row + by >= place else None
