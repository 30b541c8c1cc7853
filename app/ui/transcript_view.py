"""The hands on the list of lines: clicks go, drags select text across lines, arrows walk."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication

from app.ui.selectable_lines import SelectableLines
from app.ui.transcript_delegate import TranscriptDelegate
from app.ui.transcript_model import TranscriptModel
from app.ui.transcript_text import Place, TextRange

_CursorAction = QAbstractItemView.CursorAction
_MOVES = {
    Qt.Key.Key_Up: _CursorAction.MoveUp,
    Qt.Key.Key_Down: _CursorAction.MoveDown,
    Qt.Key.Key_PageUp: _CursorAction.MovePageUp,
    Qt.Key.Key_PageDown: _CursorAction.MovePageDown,
    Qt.Key.Key_Home: _CursorAction.MoveHome,
    Qt.Key.Key_End: _CursorAction.MoveEnd,
}
_SELECT = QItemSelectionModel.SelectionFlag
_SCROLL_MS, _SCROLL_PX = 40, 24


@dataclass(frozen=True, slots=True)
class Clicked:
    """A line was clicked at a character of its words; None: at its time, or beside the words."""

    row: int
    offset: int | None


class TranscriptView(SelectableLines):
    """Lines under a hand.

    Signals:
        place_clicked(object): a Clicked: somebody wants to go there.
        edit_asked(object): a Place in a line that somebody wants to edit.
        again_asked(object): the row of a doubtful line that is to be heard once more.
    """

    place_clicked = Signal(object)
    edit_asked = Signal(object)
    again_asked = Signal(object)

    def __init__(self, model: TranscriptModel, delegate: TranscriptDelegate) -> None:
        super().__init__(model, delegate)
        self._pressed: QPoint | None = None
        self._pressed_at: Clicked | None = None
        self._under = -1
        self._dragging = False
        self._drag_anchor = Place(0, 0)
        self._drag_timer = QTimer(self)
        self._drag_timer.setInterval(_SCROLL_MS)
        self._drag_timer.timeout.connect(self._drag_on)

    # --- the pointer

    def place_at(self, point: QPoint) -> Place | None:
        """Return the place in the text that is nearest to a point of the view; None without lines."""
        if not self._lines.segments:
            return None
        y = min(max(0, point.y()), self.viewport().height() - 1)
        index = self.indexAt(QPoint(point.x(), y))
        row = index.row() if index.isValid() else len(self._lines.segments) - 1
        segment, rect = self._lines.segments[row], self.visualRect(self._lines.index(row))
        words = self._look.text_rect(segment, rect)
        if not index.isValid():
            return Place(row, self._length(row))
        shape = self._look.shape(segment, rect.width())
        if point.x() < words.left():
            return Place(row, 0 if point.y() < words.bottom() else self._length(row))
        return Place(row, shape.offset_at(point.x() - words.left(), y - words.top(), between=True))

    def _clicked_at(self, point: QPoint) -> Clicked | None:
        index = self.indexAt(point)
        if not index.isValid():
            return None
        segment, rect = self._lines.segments[index.row()], self.visualRect(index)
        words = self._look.text_rect(segment, rect)
        x, y = point.x() - words.left(), point.y() - words.top()
        shape = self._look.shape(segment, rect.width())
        over = shape.is_over_text(x, y)
        return Clicked(index.row(), shape.offset_at(x, y, between=False) if over else None)

    def _is_on_again(self, row: int, point: QPoint) -> bool:
        rect = self.visualRect(self._lines.index(row))
        return self._look.again_rect(self._lines.segments[row], rect).contains(point)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a click or a selection; with Shift, stretch the selection."""
        event.accept()
        point = event.position().toPoint()
        place = self.place_at(point)
        if event.button() != Qt.MouseButton.LeftButton or place is None:
            return
        shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        anchor = self._anchor_place() if shift else place
        # What is pressed is told by where things stand now, and nothing moves under the pointer.
        self._pressed, self._dragging = point, bool(shift)
        self._pressed_at, self._drag_anchor = self._clicked_at(point), anchor
        self._focus_row(place.row, scroll=False)
        self.choose(TextRange(anchor, place))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Select, or show what a click would do."""
        event.accept()
        point = event.position().toPoint()
        if self._pressed is None:
            self._show_cursor(point)
            return
        if not self._dragging:
            far = (point - self._pressed).manhattanLength() >= QApplication.startDragDistance()
            if not far:
                return
            self._dragging = True
            self.scrolled_by_hand.emit()
        self._drag_to(point)
        outside = not 0 <= point.y() < self.viewport().height()
        if outside != self._drag_timer.isActive():
            (self._drag_timer.start if outside else self._drag_timer.stop)()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a selection; a press that did not move is a click."""
        event.accept()
        self._drag_timer.stop()
        pressed, self._pressed = self._pressed, None
        if pressed is None or self._dragging:
            self._dragging = False
            return
        clicked = self._pressed_at
        if clicked is not None and self._is_on_again(clicked.row, pressed):
            self.again_asked.emit(clicked.row)
        elif clicked is not None:
            self.place_clicked.emit(clicked)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Ask to edit the line."""
        event.accept()
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.button() == Qt.MouseButton.LeftButton:
            self.doubleClicked.emit(index)
            place = self.place_at(event.position().toPoint())
            self.edit_asked.emit(place)

    def _drag_to(self, point: QPoint) -> None:
        place = self.place_at(point)
        if place is not None:
            self._focus_row(place.row, scroll=False)
            self.choose(TextRange(self._drag_anchor, place))

    def _drag_on(self) -> None:
        """The pointer is held above or below the list: go on that way."""
        point = self.viewport().mapFromGlobal(self.cursor().pos())
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + (_SCROLL_PX if point.y() > 0 else -_SCROLL_PX))
        self._drag_to(point)

    def _anchor_place(self) -> Place:
        if self._chosen is not None:
            return self._chosen.anchor
        return Place(max(0, self.currentIndex().row()), 0)

    def _show_cursor(self, point: QPoint) -> None:
        clicked = self._clicked_at(point)
        over_words = clicked is not None and clicked.offset is not None
        shape = Qt.CursorShape.IBeamCursor if over_words else Qt.CursorShape.ArrowCursor
        if clicked is not None and self._is_on_again(clicked.row, point):
            shape = Qt.CursorShape.PointingHandCursor
        self.viewport().setCursor(shape)
        row = -1 if clicked is None else clicked.row
        if row != self._under:
            self._under = row
            self.viewport().update()

    def leaveEvent(self, event: QEvent) -> None:
        """No line is under the pointer any more."""
        super().leaveEvent(event)
        self._under = -1
        self.viewport().update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll by hand."""
        self.scrolled_by_hand.emit()
        QAbstractItemView.wheelEvent(self, event)

    # --- the keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk by lines, with Shift select them."""
        action = _MOVES.get(Qt.Key(event.key()))
        if action is not None:
            self._walk(action, select=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
            event.accept()
        else:
            super().keyPressEvent(event)

    def _walk(self, action: _CursorAction, *, select: bool) -> None:
        before = self.currentIndex()
        index = self.moveCursor(action, Qt.KeyboardModifier.NoModifier)
        if not index.isValid():
            return
        self.scrolled_by_hand.emit()
        anchor = self._chosen.anchor.row if select and self._chosen is not None else before.row()
        self._focus_row(index.row())
        if not select:
            self.clear_selection()
            self._select_row(index.row())
            return
        anchor, head = max(0, anchor), index.row()
        first, last = Place(min(anchor, head), 0), Place(max(anchor, head), self._length(max(anchor, head)))
        self.choose(TextRange(first, last) if anchor <= head else TextRange(last, first))

    def moveCursor(self, action: _CursorAction, _modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """Return the line that an arrow or page key leads to."""
        count = len(self._lines.segments)
        row = self.currentIndex().row()
        if not count:
            return self._lines.index(-1)
        if row < 0:
            seen = self.seen_rows()
            return self._lines.index(self._lines.current if self._lines.current is not None else seen.start)
        page = max(1, len(self.seen_rows()) - 1)
        steps = {
            _CursorAction.MoveUp: -1,
            _CursorAction.MoveDown: 1,
            _CursorAction.MovePageUp: -page,
            _CursorAction.MovePageDown: page,
            _CursorAction.MoveHome: -count,
            _CursorAction.MoveEnd: count,
        }
        return self._lines.index(min(max(0, row + steps.get(action, 0)), count - 1))

    def keyboardSearch(self, _typed: str) -> None:
        """Letters are commands; what is sought goes into the field."""

    def _focus_row(self, row: int, *, scroll: bool = True) -> None:
        self.setAutoScroll(scroll)
        self.selectionModel().setCurrentIndex(self._lines.index(row), _SELECT.NoUpdate)
        self.setAutoScroll(True)

    def _select_row(self, row: int) -> None:
        self.selectionModel().select(self._lines.index(row), _SELECT.ClearAndSelect)
