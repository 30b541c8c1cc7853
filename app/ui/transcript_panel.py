"""What is said, line by line: click to go there, find in it, and it follows the playhead."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from app.core.results import Segment
from app.render.palette import DARK, Palette
from app.ui.empty_note import EmptyNote
from app.ui.findings import line_at
from app.ui.text_layers import Look, Span
from app.ui.transcript_delegate import TranscriptDelegate
from app.ui.transcript_model import TranscriptModel
from app.ui.transcript_text import WordPlace, shown_text, time_at
from app.ui.transcript_view import Clicked, TranscriptView

LEAD_S = 0.3
"""A click goes so much before the line: the first sound is not to be missed."""


class TranscriptPanel(QWidget):
    """The transcript.

    Signals:
        seek_asked(object): a time in seconds to go to.
        finding_ended(): the keyboard is free again.
    """

    seek_asked = Signal(object)
    finding_ended = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = TranscriptModel(self)
        self._delegate = TranscriptDelegate(DARK)
        self._following = True
        self._delegate.layers.append(self._hit_spans)
        self._hits: list[int] = []
        self._hit = -1
        self._sought = ""
        self._word: WordPlace | None = None
        self.lines = self._make_lines()
        self._return = QPushButton("Return to the playhead")
        self._return.clicked.connect(self.follow)
        self._return.hide()
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find in transcript")
        self.search.setAccessibleName("Find in transcript")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._look_for)
        self.search.installEventFilter(self)
        self._found = QLabel()
        self._found.hide()
        self._found.setProperty("tone", "dim")
        self._found.setProperty("scale", "small")
        self.note = EmptyNote()
        self._lay_out()

    def _make_lines(self) -> TranscriptView:
        lines = TranscriptView(self.model, self._delegate)
        lines.place_clicked.connect(self._go_to)
        lines.activated.connect(self._go_to_line)
        lines.scrolled_by_hand.connect(self._let_go)
        return lines

    def _lay_out(self) -> None:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(4, 8, 4, 8)
        column.setSpacing(8)
        column.addWidget(self.lines, 1)
        column.addWidget(self._return, 0, Qt.AlignmentFlag.AlignHCenter)
        row = QHBoxLayout()
        row.setContentsMargins(8, 0, 8, 0)
        row.addWidget(self.search, 1)
        row.addWidget(self._found)
        column.addLayout(row)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.note)
        self._stack.addWidget(page)

    def set_segments(self, segments: tuple[Segment, ...]) -> None:
        """Show these lines."""
        self.model.set_segments(segments)
        self._stack.setCurrentIndex(1 if segments else 0)
        self._look_for(self.search.text())

    def set_time(self, time_s: float) -> None:
        """Mark the line, and the word in it, that is said at a time; nothing moves inside one word."""
        self._delegate.time_s = time_s
        # Of the lines that are shown: more may be known already, and be shown a moment later.
        current = line_at(self.model.segments, time_s)
        changed = self.model.set_current(current)
        if current is None:
            return
        index = self.model.index(current)
        word = self._delegate.spoken_word(self.model.segments[current], self.lines.viewport().width())
        if changed or word != self._word:
            self._word = word
            self.lines.update(index)
        if changed and self._following:
            self.lines.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)

    def follow(self) -> None:
        """Follow the playhead again."""
        self._following = True
        self._return.hide()
        if self.model.current is not None:
            hint = QAbstractItemView.ScrollHint.PositionAtCenter
            self.lines.scrollTo(self.model.index(self.model.current), hint)

    def _let_go(self) -> None:
        if self.lines.verticalScrollBar().maximum() > 0:
            self._following = False
            self._return.show()

    def _go_to(self, clicked: Clicked) -> None:
        segment = self.model.segments[clicked.row]
        words = self._delegate.shape(segment, self.lines.viewport().width()).words
        self._seek(time_at(segment, words, clicked.offset))

    def _go_to_line(self, index: QModelIndex) -> None:
        self._seek(self.model.segments[index.row()].start_s)

    def _seek(self, time_s: float) -> None:
        self.follow()
        self.seek_asked.emit(max(0.0, time_s - LEAD_S))

    # --- finding

    def start_finding(self) -> None:
        """Give the keyboard to the field; without any line it is not there to be typed in."""
        if not self.model.segments:
            return
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _look_for(self, text: str) -> None:
        sought = text.strip()
        self._sought = sought
        folded = sought.casefold()
        self._hits = [
            row for row, each in enumerate(self.model.segments) if folded and folded in each.text.casefold()
        ]
        self._hit = min(max(self._hit, 0), len(self._hits) - 1)
        self._show_hit(scroll=bool(sought))
        self.lines.viewport().update()

    def _hit_spans(self, _row: int, segment: Segment) -> Iterable[Span]:
        folded, sought = shown_text(segment).casefold(), self._sought.casefold()
        place = folded.find(sought) if sought else -1
        while place >= 0:
            yield Span(place, place + len(sought), Look.HIT)
            place = folded.find(sought, place + len(sought))

    def _show_hit(self, *, scroll: bool) -> None:
        if not self._sought:
            self._found.hide()
            return
        self._found.show()
        if not self._hits:
            self._found.setText("not found")
        else:
            self._found.setText(f"{self._hit + 1} of {len(self._hits)}")
            if scroll:
                index = self.model.index(self._hits[self._hit])
                self.lines.scrollTo(index)
                self.lines.selectionModel().setCurrentIndex(
                    index, QItemSelectionModel.SelectionFlag.ClearAndSelect
                )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter and Shift+Enter walk through what was found; Esc gives the keys back."""
        if watched is self.search and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._next_hit(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.search.clear()
                self.finding_ended.emit()
                return True
        return super().eventFilter(watched, event)

    def _next_hit(self, step: int) -> None:
        if self._hits:
            self._hit = (self._hit + step) % len(self._hits)
            self._show_hit(scroll=True)
            self.seek_asked.emit(max(0.0, self.model.segments[self._hits[self._hit]].start_s - LEAD_S))

    def wear(self, palette: Palette) -> None:
        """Take on the colours of a palette."""
        self._delegate.wear(palette)
        self.note.wear(palette)
        self.lines.viewport().update()
