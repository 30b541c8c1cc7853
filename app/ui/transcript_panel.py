"""What is said, line by line: click to go there, find in it, and it follows the playhead."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from operator import attrgetter

from PySide6.QtCore import QEvent, QItemSelectionModel, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from app.core.results import Segment
from app.core.time import TimeSpan
from app.render.palette import DARK, Palette
from app.ui.doubt_count import DoubtCount
from app.ui.empty_note import EmptyNote
from app.ui.findings import line_at
from app.ui.return_pill import ReturnPill, Way
from app.ui.text_layers import Look, Span
from app.ui.transcript_delegate import TranscriptDelegate
from app.ui.transcript_model import TranscriptModel
from app.ui.transcript_text import WordPlace, shown_text, time_at
from app.ui.transcript_view import Clicked, TranscriptView

LEAD_S = 0.3
"""A click goes so much before the line: the first sound is not to be missed."""


class TranscriptPanel(QWidget):
    """The transcript.

    Attributes:
        lines: the list.
        following: whether the list follows the playhead.

    Signals:
        seek_asked(object): a time in seconds to go to.
        follow_asked(): the list follows again; what is looped is not any more.
        following_changed(): it follows, or was let go.
        finding_ended(): the keyboard is free again.
    """

    seek_asked = Signal(object)
    follow_asked = Signal()
    following_changed = Signal()
    finding_ended = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = TranscriptModel(self)
        self._delegate = TranscriptDelegate(DARK)
        self.following = True
        self._delegate.layers.append(self._hit_spans)
        self._hits: list[int] = []
        self._hit = -1
        self._sought = ""
        self._word: WordPlace | None = None
        self._loop: TimeSpan | None = None
        self.lines = TranscriptView(self.model, self._delegate)
        self.lines.place_clicked.connect(self._go_to)
        self.lines.scrolled_by_hand.connect(self.let_go)
        self.lines.verticalScrollBar().valueChanged.connect(self._point_back)
        self._return = ReturnPill(self.lines)
        self._return.clicked.connect(self.follow)
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
        self.doubts = DoubtCount()
        self.note = EmptyNote()
        self._lay_out()

    def _lay_out(self) -> None:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(4, 8, 4, 8)
        column.setSpacing(8)
        column.addWidget(self.lines, 1)
        row = QHBoxLayout()
        row.setContentsMargins(8, 0, 8, 0)
        row.addWidget(self.search, 1)
        row.addWidget(self._found)
        row.addWidget(self.doubts)
        column.addLayout(row)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.note)
        self._stack.addWidget(page)

    def set_segments(self, segments: tuple[Segment, ...]) -> None:
        """Show these lines."""
        self.model.set_segments(segments)
        self.doubts.count(segments)
        self._stack.setCurrentIndex(1 if segments else 0)
        self._look_for(self.search.text())

    # --- time

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
        if changed and self.following:
            self.lines.keep_in_view(current)
        elif changed:
            self._point_back()

    def follow(self) -> None:
        """Follow the playhead again; nothing is looped then."""
        self.follow_asked.emit()
        self._follow(True)
        if (row := self._place_of_playhead()) is not None:
            self.lines.scrollTo(self.model.index(row), QAbstractItemView.ScrollHint.PositionAtCenter)

    def let_go(self) -> None:
        """Stay where the list is, and offer to return."""
        if self.lines.verticalScrollBar().maximum() > 0:
            self._follow(False)

    def _follow(self, following: bool) -> None:
        changed = following != self.following
        self.following = following
        self._point_back()
        if changed:
            self.following_changed.emit()

    def _place_of_playhead(self) -> int | None:
        """The line that is said, in a pause the one before."""
        if self.model.current is not None or not self.model.segments:
            return self.model.current
        row = bisect_right(self.model.segments, self._delegate.time_s, key=attrgetter("start_s")) - 1
        return max(0, row)

    def _point_back(self) -> None:
        """Offer what leads back to following, and say which way that is."""
        row = self._place_of_playhead()
        if self.following or row is None:
            self._return.hide()
            return
        seen = self.lines.seen_rows()
        way = Way.UP if row < seen.start else Way.DOWN if row >= seen.stop else Way.HERE
        self._return.offer(way, looping=self._loop is not None)

    def show_loop(self, span: TimeSpan | None) -> None:
        """Mark the lines that are played again and again; meanwhile the list follows nothing."""
        self._loop = self.model.looped = span
        if span is not None:
            self._follow(False)
        self._point_back()
        self.lines.viewport().update()

    # --- going

    def go_to_row(self, row: int) -> None:
        """Go to a line."""
        self._seek(self.model.segments[row].start_s)

    def _go_to(self, clicked: Clicked) -> None:
        segment = self.model.segments[clicked.row]
        words = self._delegate.shape(segment, self.lines.viewport().width()).words
        self._seek(time_at(segment, words, clicked.offset))

    def _seek(self, time_s: float) -> None:
        if self._loop is None or time_s not in self._loop:
            self.follow_asked.emit()
            self._follow(True)
        self.seek_asked.emit(max(0.0, time_s - LEAD_S))

    def go_to_doubt(self, step: int) -> None:
        """Go to the next line that may be wrong, or with -1 to the last one; from the one in focus on."""
        focused = self.lines.currentIndex().row()
        here = self.model.current if focused < 0 and self.model.current is not None else focused
        row = self.doubts.after(here) if step > 0 else self.doubts.before(here)
        if row is not None:
            self._seek(self.model.segments[row].start_s)
            self.show_line(row)

    def show_line(self, row: int) -> None:
        """Give a line the focus, and let it be seen."""
        index = self.model.index(row)
        self.lines.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.lines.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)

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
        self._return.wear(palette)
        self.lines.viewport().update()
