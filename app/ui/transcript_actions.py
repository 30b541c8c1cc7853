"""What the commands of the transcript do, editing aside."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from operator import attrgetter
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from app.core.results import Segment
from app.core.time import TimeSpan
from app.ui.line_loop import LineLoop
from app.ui.session import Session
from app.ui.transcript_panel import LEAD_S
from app.ui.transcript_text import Place, TextRange, plain_text, shown_text, timed_text

if TYPE_CHECKING:
    from app.ui.main_window import MainWindow
    from app.ui.transcript_panel import TranscriptPanel

_START = attrgetter("start_s")
_SAME_S, _LONG_S = 1e-3, 0.25
_LEAST_S = 0.1
"""Less than this cannot be looped: lines that were imported may have no length."""


class TranscriptActions(QObject):
    """The commands of the transcript of one window."""

    def __init__(self, session: Session, window: MainWindow) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self.line_loop = LineLoop(session.marks, session.playback, self)
        self.line_loop.changed.connect(self._line_loop_changed)

    @property
    def _panel(self) -> TranscriptPanel:
        return self._window.transcript

    @property
    def _segments(self) -> tuple[Segment, ...]:
        return self._panel.model.segments

    def connect_panel(self) -> None:
        """Do what is asked in the panel."""
        panel = self._panel
        panel.seek_asked.connect(self._session.playback.seek)
        panel.follow_asked.connect(self.line_loop.end)
        panel.finding.edit_asked.connect(self._session.desk.apply)
        panel.note.button.clicked.connect(self._fill)

    def _fill(self) -> None:
        """Do what the button of the empty panel offers."""
        if self._window.commands.offered_subtitles:
            self._window.commands.take_subtitles()
        else:
            self._window.sheets.speech_models()

    def line_back(self) -> None:
        """Go to the line before the one that is said."""
        now_s = self._session.playback.time_s + LEAD_S - _SAME_S
        row = bisect_left(self._segments, now_s, key=_START) - 1
        if row >= 0:
            self._panel.go_to_row(row)

    def line_forward(self) -> None:
        """Go to the line after the one that is said."""
        now_s = self._session.playback.time_s + LEAD_S + self._picture_s()
        row = bisect_right(self._segments, now_s, key=_START)
        if row < len(self._segments):
            self._panel.go_to_row(row)

    def _picture_s(self) -> float:
        """How much earlier than asked for the picture shown may be."""
        frame = self._session.playback.frame
        return min(_LONG_S, float(frame.duration or 0)) + _SAME_S if frame is not None else _SAME_S

    def go(self) -> None:
        """Go to the line that has the keyboard."""
        row = self._panel.lines.currentIndex().row()
        if row >= 0:
            self._panel.go_to_row(row)

    def find_next(self) -> None:
        """Go to the next hit of what is sought."""
        self._panel.finding.step(1)

    def find_back(self) -> None:
        """Go to the hit before."""
        self._panel.finding.step(-1)

    def replace(self) -> None:
        """Give the keyboard to the fields that replace."""
        self._window.commands.show_transcript()
        self._panel.start_finding(replace=True)

    def follow(self) -> None:
        """Let the list follow the playhead, or stay where it is."""
        if self._panel.following:
            self._panel.let_go()
        else:
            self._panel.follow()

    def loop(self) -> None:
        """Play the chosen lines again and again, else the one that is said; or no more."""
        if self.line_loop.span is not None:
            self.line_loop.end()
        elif rows := self.wanted_rows():
            said = self._segments[rows.start : rows.stop]
            end_s = max(each.end_s for each in said)
            self.line_loop.begin(TimeSpan(said[0].start_s, max(end_s, said[0].start_s + _LEAST_S)))

    def _line_loop_changed(self) -> None:
        self._panel.show_loop(self.line_loop.span)

    def wanted_rows(self) -> range:
        """The selected lines, the one that has the keyboard, the one that is said, the one before."""
        panel = self._panel
        if panel.lines.chosen is not None or panel.lines.hasFocus():
            return panel.lines.chosen_rows()
        row = bisect_right(self._segments, self._session.playback.time_s, key=_START) - 1
        return range(max(0, row), max(0, row) + 1) if self._segments else range(0)

    def copy(self) -> None:
        """Copy the selected text, else the line that has the keyboard."""
        if (chosen := self._chosen()) is not None:
            QGuiApplication.clipboard().setText(plain_text(self._segments, chosen))

    def copy_timed(self) -> None:
        """Copy it with the time of each line."""
        if (chosen := self._chosen()) is not None:
            QGuiApplication.clipboard().setText(timed_text(self._segments, chosen))

    def select_all(self) -> None:
        """Select all text."""
        self._panel.lines.choose_all()

    def _chosen(self) -> TextRange | None:
        lines = self._panel.lines
        if lines.chosen is not None or not (rows := lines.chosen_rows()):
            return lines.chosen
        end = len(shown_text(self._segments[rows.start]))
        return TextRange(Place(rows.start, 0), Place(rows.start, end))
