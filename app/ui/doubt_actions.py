"""What the commands do that go through the lines that may be wrong, and hear them once more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.core.results import Segment
from app.core.time import TimeSpan
from app.ui.message import Message, Tone
from app.ui.session import Session

if TYPE_CHECKING:
    from app.analysis.again import Attempt
    from app.ui.main_window import MainWindow
    from app.ui.transcript_panel import TranscriptPanel

LONGEST_S = 600.0
"""Longer stretches are for an analysis of the range: its text is too long to be compared at a glance."""


class DoubtActions(QObject):
    """The commands of doubtful lines of one window."""

    def __init__(self, session: Session, window: MainWindow) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        session.rerun.changed.connect(self._rerun_changed)

    @property
    def _panel(self) -> TranscriptPanel:
        return self._window.transcript

    @property
    def _segments(self) -> tuple[Segment, ...]:
        return self._session.desk.segments

    def connect_panel(self) -> None:
        """Do what is asked in the panel."""
        card = self._panel.rerun_card
        card.taken.connect(self._session.rerun.take_new)
        card.kept.connect(self._session.rerun.forget)
        card.cancelled.connect(self._session.work.cancel)
        card.again_asked.connect(self._another_way)
        self._panel.doubts.clicked.connect(self.next)
        self._panel.lines.again_asked.connect(self._line_again)

    # --- going through

    def next(self) -> None:
        """Go to the next doubtful line."""
        self._panel.go_to_doubt(1)

    def previous(self) -> None:
        """Go to the doubtful line before."""
        self._panel.go_to_doubt(-1)

    # --- hearing once more

    def again(self) -> None:
        """Hear the chosen lines once more, or the one that is said."""
        self._rows_again(self._rows())

    def again_range(self) -> None:
        """Hear the marked range once more."""
        from app.analysis.again import belongs, first_attempt

        span = self._session.marks.span
        if span is not None:
            said = [each for each in self._segments if belongs(each, span)]
            self._start(span, first_attempt(said))

    def again_closely(self) -> None:
        """Hear the chosen lines more closely."""
        from app.analysis.again import Attempt, Way

        self._rows_again(self._rows(), Attempt(Way.CLOSELY))

    def again_freely(self) -> None:
        """Hear the chosen lines more freely."""
        from app.analysis.again import Attempt, Way

        self._rows_again(self._rows(), Attempt(Way.FREELY))

    def again_all_sound(self) -> None:
        """Hear all sound of the chosen lines."""
        from app.analysis.again import Attempt, Way

        self._rows_again(self._rows(), Attempt(Way.ALL_SOUND))

    def _line_again(self, row: int) -> None:
        self._rows_again(range(row, row + 1))

    def _rows(self) -> range:
        return self._window.commands.said.wanted_rows()

    def _rows_again(self, rows: range, attempt: Attempt | None = None) -> None:
        from app.analysis.again import first_attempt, stretch_of, with_neighbours

        if not rows or rows.stop > len(self._segments):
            return
        rows = with_neighbours(self._segments, rows)
        said = self._segments[rows.start : rows.stop]
        regions = self._session.file.findings.speech.regions
        self._start(stretch_of(self._segments, rows, regions), attempt or first_attempt(said))

    def _another_way(self, attempt: Attempt) -> None:
        comparison = self._session.rerun.comparison
        if comparison is not None:
            self._start(comparison.span, attempt)

    def _start(self, span: TimeSpan, attempt: Attempt) -> None:
        session = self._session
        if session.work.state.under_way:
            self._say("Something runs already: let it end, or cancel it, before lines are heard once more.")
        elif span.duration_s > LONGEST_S:
            self._say("This is more than ten minutes: analyse the range instead.")
        elif not session.run_again(span, attempt):
            self._say("Lines cannot be heard once more: there is no speech model, or no sound.")

    def _say(self, sentence: str) -> None:
        self._session.said.emit(Message(sentence, Tone.NOTE))

    def _rerun_changed(self) -> None:
        rerun = self._session.rerun
        self._panel.show_comparison(rerun.comparison, rerun.state)
