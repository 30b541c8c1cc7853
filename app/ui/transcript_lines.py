"""The list of lines: thousands of them, of different heights, with text that can be selected across lines."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from operator import attrgetter

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QRegion, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyleOptionViewItem

from app.core.results import Segment
from app.ui.row_layout import Anchor, RowLayout
from app.ui.transcript_delegate import TranscriptDelegate, about_letters
from app.ui.transcript_model import TranscriptModel, TranscriptRole
from app.ui.transcript_text import WordPlace

_Index = QModelIndex | QPersistentModelIndex
_Hint = QAbstractItemView.ScrollHint
_STEP_PX = 24
_FOLLOW_FROM, _FOLLOW_UNTIL = 0.2, 0.8
"""The line that is followed stays between these parts of the height."""
_PAGES_MEASURED = 2
"""A jump of more screens than this is not measured on its way."""


class TranscriptLines(QListView):
    """A list that lays out only what is seen.

    Qt's own list asks for the height of every row after each change, which takes seconds with thousands of
    lines of text. Here heights are estimated, and measured where they are looked at; what stands at the top
    of the view stays there while rows above it are measured, come or go.

    Signals:
        scrolled_by_hand(): the user moved the list.
        laid_out(): rows may stand elsewhere now.
    """

    scrolled_by_hand = Signal()
    laid_out = Signal()

    def __init__(self, model: TranscriptModel, delegate: TranscriptDelegate) -> None:
        super().__init__()
        self._lines, self._look = model, delegate
        self._rows = RowLayout(self._measure)
        self._heights = self._rows.heights
        self._lengths = array("q")
        self._width = 0
        self._settling = False
        self._room: tuple[Segment, int] | None = None
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        self.setAccessibleName("Transcript")
        self.setItemDelegate(delegate)
        self.setModel(model)
        model.rowsRemoved.connect(self._rows_gone)
        self.verticalScrollBar().actionTriggered.connect(self._scroll_bar_used)

    def _scroll_bar_used(self, _action: int) -> None:
        """Dragged, or clicked beside its handle; what the list does by itself is none of this."""
        self.scrolled_by_hand.emit()

    # --- rows and their heights

    def reset(self) -> None:
        """Begin anew with what the model holds."""
        super().reset()
        self._rows.anchor = Anchor(0, 0)
        self._lengths = array("q", (about_letters(each.text) for each in self._lines.segments))
        self._estimate_all()

    def rowsInserted(self, parent: _Index, start: int, end: int) -> None:
        """Make room for rows that came."""
        QAbstractItemView.rowsInserted(self, parent, start, end)
        self._rows.rows_came(start, end + 1 - start)
        self._put_rows(start, start, end + 1)

    def _rows_gone(self, _parent: QModelIndex, start: int, end: int) -> None:
        self._rows.rows_gone(start, end + 1 - start)
        self._put_rows(start, end + 1, start)

    def dataChanged(self, first: _Index, last: _Index, roles: Sequence[int] = ()) -> None:
        """Measure lines that have other words."""
        QAbstractItemView.dataChanged(self, first, last, list(roles))
        if roles and set(roles) <= {TranscriptRole.CURRENT}:
            return
        self._put_rows(first.row(), last.row() + 1, last.row() + 1)

    def _put_rows(self, start: int, old_end: int, new_end: int) -> None:
        """Let the model's rows [start, new_end) take the place of those known as [start, old_end)."""
        segments = self._lines.segments
        self._lengths[start:old_end] = array(
            "q", (about_letters(each.text) for each in segments[start:new_end])
        )
        if segments and self._look.set_last_time(segments[-1].end_s):
            self._estimate_all()
            return
        estimates = self._look.estimates(self._lengths[start:new_end], self._width)
        self._heights.splice(start, old_end, estimates)
        self._settle(self._rows.anchor)

    def _estimate_all(self) -> None:
        """Take all measures back: the width is another one."""
        self._width = self.viewport().width()
        self._heights.set_all(self._look.estimates(self._lengths, self._width))
        self._settle(self._rows.anchor)

    def _measure(self, row: int) -> int:
        segment = self._lines.segments[row]
        least = self._room[1] if self._room is not None and self._room[0] is segment else 0
        return max(least, self._look.line_height(segment, self._width))

    def give_room(self, row: int | None, height: int = 0) -> None:
        """Let a row be at least so high, because something stands over it; None: nothing does any more."""
        before = self._room
        self._room = None if row is None else (self._lines.segments[row], height)
        for each in (before, self._room):
            if each is not None and (place := self._row_of(each[0])) is not None:
                self._heights.forget(place)
        self._settle(self._rows.anchor)

    def _row_of(self, segment: Segment) -> int | None:
        segments = self._lines.segments
        place = bisect_left(segments, segment.start_s, key=attrgetter("start_s"))
        while place < len(segments) and segments[place].start_s == segment.start_s:
            if segments[place] is segment:
                return place
            place += 1
        return None

    # --- scrolling

    def _settle(self, anchor: Anchor) -> None:
        """Let the anchor stand where it says, as far as one can scroll; what is seen is measured."""
        bar, room = self.verticalScrollBar(), self.viewport().height()
        self._settling = True
        value = self._rows.settle(anchor, room)
        bar.setRange(0, max(0, self._heights.total - room))
        bar.setPageStep(max(1, room))
        bar.setSingleStep(_STEP_PX)
        bar.setValue(value)
        self._settling = False
        self.laid_out.emit()
        self.viewport().update()

    def scrollContentsBy(self, _dx: int, dy: int) -> None:
        """Show another part: rows on the way are measured, so that what is seen does not leap."""
        if self._settling or not len(self._heights):
            return
        near = abs(dy) <= _PAGES_MEASURED * self.viewport().height()
        if near and not self.verticalScrollBar().isSliderDown():
            self._settle(Anchor(self._rows.anchor.row, self._rows.anchor.y + dy))
        else:
            self._settle(self._rows.anchored(self.verticalScrollBar().value()))

    def scrollTo(self, index: _Index, hint: _Hint = _Hint.EnsureVisible) -> None:
        """Bring a line into view."""
        if not index.isValid() or index.row() >= len(self._heights):
            return
        row, room = index.row(), self.viewport().height()
        height = self._rows.measured(row)
        top = self._heights.top(row) - self.verticalScrollBar().value()
        if hint == _Hint.PositionAtCenter:
            self._settle(Anchor(row, max(0, (room - height) // 2)))
        elif hint == _Hint.PositionAtTop or top < 0 or height > room:
            self._settle(Anchor(row, 0))
        elif hint == _Hint.PositionAtBottom or top + height > room:
            self._settle(Anchor(row, room - height))

    def show_row(self, row: int) -> None:
        """Give a row the focus of the list and let it be seen, in the middle where it was not."""
        index = self._lines.index(row)
        height = self._rows.measured(row)
        top = self._heights.top(row) - self.verticalScrollBar().value()
        if top < 0 or top + height > self.viewport().height():
            self.scrollTo(index, _Hint.PositionAtCenter)
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def keep_in_view(self, row: int, word: WordPlace | None) -> None:
        """Bring a row that comes to the lower part of the view, or leaves it, near its top.

        Of a row that is higher than that part the word is kept in view.
        """
        if row >= len(self._heights):
            return
        room, height, within = self.viewport().height(), self._rows.measured(row), 0
        if height > room * (_FOLLOW_UNTIL - _FOLLOW_FROM) and word is not None:
            within, height = self._look.word_part(self._lines.segments[row], self._width, word)
        bar, wanted_y = self.verticalScrollBar(), round(room * _FOLLOW_FROM)
        top = self._heights.top(row) + within - bar.value()
        there = min(max(0, bar.value() + top - wanted_y), bar.maximum()) == bar.value()
        if not there and (top < 0 or top + height > room * _FOLLOW_UNTIL):
            self._settle(Anchor(row, wanted_y - within))

    def verticalOffset(self) -> int:
        """Return how far the list is scrolled, pixels."""
        return self.verticalScrollBar().value()

    def horizontalOffset(self) -> int:
        """Lines are as wide as the view."""
        return 0

    def doItemsLayout(self) -> None:
        """Lay out anew what is seen."""
        self._estimate_all()
        QAbstractItemView.doItemsLayout(self)

    def updateGeometries(self) -> None:
        """Follow the size of the view."""
        QAbstractItemView.updateGeometries(self)
        if self.viewport().width() != self._width:
            self._estimate_all()
        else:
            self._settle(self._rows.anchor)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap the words anew when the width changes."""
        QAbstractItemView.resizeEvent(self, event)

    # --- where things stand

    def visualRect(self, index: _Index) -> QRect:
        """Return the place of a line in the view."""
        if not index.isValid() or index.row() >= len(self._heights):
            return QRect()
        top = self._heights.top(index.row()) - self.verticalScrollBar().value()
        return QRect(0, top, self.viewport().width(), self._heights.height(index.row()))

    def indexAt(self, point: QPoint) -> QModelIndex:
        """Return the line at a point of the view."""
        y = point.y() + self.verticalScrollBar().value()
        if not 0 <= y < self._heights.total:
            return QModelIndex()
        return self._lines.index(self._heights.row_at(y))

    def visualRegionForSelection(self, _selection: object) -> QRegion:
        """What is selected is painted anew with everything that is seen."""
        return QRegion(self.viewport().rect())

    def seen_rows(self) -> range:
        """Return the rows of which something is seen."""
        return self._rows.seen(self.verticalScrollBar().value(), self.viewport().height())

    # --- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the lines that are seen."""
        from PySide6.QtWidgets import QStyle

        painter = QPainter(self.viewport())
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        plain, current = option.state, self.currentIndex().row()
        under = (
            self.indexAt(self.viewport().mapFromGlobal(self.cursor().pos())).row()
            if self.underMouse()
            else -1
        )
        for row in self.seen_rows():
            index = self._lines.index(row)
            rect = self.visualRect(index)
            if not rect.intersects(event.rect()):
                continue
            option.rect = rect
            option.state = plain
            if row == current and self.hasFocus():
                option.state |= QStyle.StateFlag.State_HasFocus
            if row == under:
                option.state |= QStyle.StateFlag.State_MouseOver
            self._look.paint(painter, option, index)

    # --- screen readers

    def currentChanged(self, current: _Index, previous: _Index) -> None:
        """Tell that another line has the focus."""
        from PySide6.QtGui import QAccessible, QAccessibleEvent

        QAbstractItemView.currentChanged(self, current, previous)
        if current.isValid() and self.hasFocus():
            told = QAccessibleEvent(self, QAccessible.Event.Focus)
            told.setChild(current.row())
            QAccessible.updateAccessibility(told)
        self.viewport().update()

    def selectionChanged(self, selected: object, deselected: object) -> None:
        """Paint it; the lines tell whether they are selected when they are asked."""
        QAbstractItemView.selectionChanged(self, selected, deselected)  # type: ignore[arg-type]
        self.viewport().update()
