"""The transcript as Qt's lists read it."""

from __future__ import annotations

import enum

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.core.marks import explanation, reasons
from app.core.results import Segment
from app.core.time import TimeSpan, format_short
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
        start = _same_at_start(before, segments)
        kept_after = _same_at_end(before, segments, start)
        old_end, new_end = len(before) - kept_after, len(segments) - kept_after
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
        segment = self._segments[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return shown_text(segment)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._read_out(segment, now=index.row() == self.current)
        if role == TranscriptRole.LOOPED:
            return self._is_looped(segment)
        if role == Qt.ItemDataRole.ToolTipRole:
            return explanation(segment) or None
        if role == TranscriptRole.SEGMENT:
            return segment
        if role == TranscriptRole.CURRENT:
            return index.row() == self.current
        if role == TranscriptRole.TIME_TEXT:
            return format_short(segment.start_s, 1)
        return None

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


def _shifted(row: int | None, place: int, by: int) -> int | None:
    """Return where a row is when ``by`` rows came in at a place, or went from there."""
    if row is None or row < place:
        return row
    return row + by if row + by >= place else None
