"""What is said, line by line: click to go there, find in it, and it follows the playhead."""

from __future__ import annotations

from bisect import bisect_right
from operator import attrgetter

from PySide6.QtCore import QItemSelectionModel, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHBoxLayout,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from app.core.results import Segment
from app.core.time import TimeSpan
from app.render.palette import DARK, Palette
from app.ui.controls import OneLine
from app.ui.doubt_count import DoubtCount
from app.ui.empty_note import EmptyNote
from app.ui.finding import Finding
from app.ui.rerun import Comparison, RerunState
from app.ui.rerun_card import RerunCard
from app.ui.return_pill import ReturnPill, Way
from app.ui.transcript_delegate import TranscriptDelegate
from app.ui.transcript_model import TranscriptModel
from app.ui.transcript_text import WordPlace, line_at, plain_text, time_at
from app.ui.transcript_view import Clicked, TranscriptView

_SOUGHT_MOST = 80
"""Longer text than this was not selected to be sought."""
_LEAST_LIST = 80
"""The search gives way before the list is lower than this, pixels."""
LEAD_S = 0.3
"""A click goes so much before the line: the first sound is not to be missed."""


class TranscriptPanel(QWidget):
    """The transcript.

    Attributes:
        lines: the list.
        finding: finds and replaces.
        source: says where an imported transcript comes from.
        following: whether the list follows the playhead.
        held: whether it stays where it is for now, though it follows: a line is edited.

    Signals:
        seek_asked(object): a time in seconds to go to.
        follow_asked(): the list follows again; what is looped is not any more.
        following_changed(): it follows, or was let go.
        finding_ended(): the keyboard is free again: nothing is sought any more, or no line is left.
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
        self.held = False
        self._word: WordPlace | None = None
        self._loop: TimeSpan | None = None
        self._followed = True
        self._compared: tuple[RerunState, tuple[Segment, ...]] | None = None
        self._clicked_row: int | None = None
        self.lines = TranscriptView(self.model, self._delegate)
        self.lines.place_clicked.connect(self._go_to)
        self.lines.scrolled_by_hand.connect(self.let_go)
        self.lines.verticalScrollBar().valueChanged.connect(self._point_back)
        self._return = ReturnPill(self.lines)
        self._return.clicked.connect(self.follow)
        self.doubts = DoubtCount()
        self.finding = Finding(self.lines, self)
        self._delegate.layers.append(self.finding.finder.spans)
        self.finding.looked_elsewhere.connect(self.let_go)
        self.finding.seek_asked.connect(self._seek)
        self.finding.bar.ended.connect(self.finding_ended)
        self.finding.bar.ended.connect(self._share_room)
        self.search = self.finding.bar.field
        self.rerun_card = RerunCard()
        self.note = EmptyNote()
        self.source = OneLine()
        self.source.setProperty("tone", "dim")
        self.source.setProperty("scale", "small")
        self.source.setAccessibleName("Where the transcript comes from")
        self.source.setContentsMargins(12, 0, 8, 0)
        self.source.hide()
        self._lay_out()

    def _lay_out(self) -> None:
        page = self._page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(4, 8, 4, 8)
        column.setSpacing(8)
        column.addWidget(self.source)
        column.addWidget(self.lines, 1)
        beside = QHBoxLayout()
        beside.setContentsMargins(8, 0, 8, 0)
        beside.addWidget(self.rerun_card)
        column.addLayout(beside)
        self.finding.bar.add_beside(self.doubts)
        column.addWidget(self.finding.bar)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.note)
        self._stack.addWidget(page)

    def set_segments(self, segments: tuple[Segment, ...]) -> None:
        """Show these lines."""
        self.model.set_segments(segments)
        if not segments:
            self._follow(True)
            taker = QApplication.focusWidget()
            if taker is not None and self._page.isAncestorOf(taker):
                self.finding_ended.emit()
        self.doubts.count(segments)
        self._stack.setCurrentIndex(1 if segments else 0)
        self.finding.set_lines(segments)

    def set_source(self, source: str | None) -> None:
        """Say which subtitles the lines were taken from; nothing where a model listened."""
        self.source.say(f"From {source}" if source else "")
        self.source.setVisible(bool(source))

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
        if not changed and word == self._word:
            return
        self._word = word
        self.lines.update(index)
        if self.following and not self.held:
            if not self._stays_put(current):
                self.lines.keep_in_view(current, word)
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
        """Mark the lines that are played again and again; meanwhile the list follows nothing.

        Afterwards it follows again where it did before.
        """
        if self._loop is None:
            self._followed = self.following
        self._loop = self.model.looped = span
        self._follow(span is None and self._followed)
        self._point_back()
        self.lines.viewport().update()

    # --- going

    def go_to_row(self, row: int) -> None:
        """Go to a line."""
        self._seek(self.model.segments[row].start_s)

    def _stays_put(self, row: int) -> bool:
        """Whether the line that was clicked is said, or about to be: it stays under the pointer."""
        clicked = self._clicked_row
        if clicked is None or row not in (clicked - 1, clicked):
            self._clicked_row = None
            return False
        return clicked in self.lines.seen_rows()

    def _go_to(self, clicked: Clicked) -> None:
        self._clicked_row = clicked.row
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

    def show_comparison(self, comparison: Comparison | None, state: RerunState) -> None:
        """Show two texts of a stretch below the lines, of which the first one stays in view."""
        self.rerun_card.show_comparison(comparison, state)
        shown, self._compared = self._compared, (state, comparison.new) if comparison is not None else None
        self._share_room()
        if self._compared == shown:
            return
        if comparison is not None and comparison.old and comparison.old[0] in self.model.segments:
            for part in (self._page, self):
                if (layout := part.layout()) is not None:
                    layout.activate()
            self.show_line(self.model.segments.index(comparison.old[0]))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new room."""
        super().resizeEvent(event)
        self._share_room()

    def _share_room(self) -> None:
        """The search makes room for two texts where there is little, unless it is used."""
        bar, card = self.finding.bar, self.rerun_card
        wanted = card.sizeHint().height() + bar.sizeHint().height() + _LEAST_LIST
        away = card.isVisibleTo(self) and not bar.in_use and self.height() < wanted
        bar.setVisible(not away)

    def show_line(self, row: int) -> None:
        """Give a line the focus, and let it be seen."""
        index = self.model.index(row)
        self.lines.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.lines.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)

    # --- finding

    def start_finding(self, *, replace: bool = False) -> None:
        """Give the keyboard to the field; without any line it is not there to be typed in."""
        if self.model.segments:
            self.finding.bar.show()
            self.finding.begin(self._place_of_playhead() or 0, self._selected_words(), replace=replace)

    def _selected_words(self) -> str:
        """The selected text, where it can be what is sought: some of one line."""
        chosen = self.lines.chosen
        if chosen is None or len(chosen.rows) != 1:
            return ""
        words = plain_text(self.model.segments, chosen)
        return words if len(words) <= _SOUGHT_MOST else ""

    def wear(self, palette: Palette) -> None:
        """Take on the colours of a palette."""
        self._delegate.wear(palette)
        self.note.wear(palette)
        self._return.wear(palette)
        self.finding.bar.wear(palette)
        self.lines.viewport().update()
