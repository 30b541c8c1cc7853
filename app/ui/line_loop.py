"""Plays lines of the transcript again and again; the range that was marked before comes back afterwards."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.core.time import TimeSpan
from app.ui.marked_range import MarkedRange, Marks
from app.ui.playback import Playback


class LineLoop(QObject):
    """Loops a stretch of the transcript by means of the marked range. GUI thread only.

    Attributes:
        span: what is looped; None where nothing is.

    Signals:
        changed(): it began or ended.
    """

    changed = Signal()

    def __init__(self, marks: MarkedRange, playback: Playback, parent: QObject) -> None:
        super().__init__(parent)
        self._marks, self._playback = marks, playback
        self._before = Marks()
        self.span: TimeSpan | None = None
        marks.changed.connect(self._marks_changed)

    def begin(self, span: TimeSpan) -> None:
        """Play a stretch again and again, from its start."""
        if self.span is None:
            self._before = self._marks.marks
        self.span = None
        self._marks.set(Marks(span.start_s, span.end_s))
        self._marks.set_looping(True)
        self.span = span
        self._playback.seek(span.start_s)
        if not self._playback.playing:
            self._playback.play_or_pause()
        self.changed.emit()

    def end(self) -> None:
        """Play on; what was marked before is marked again."""
        if self.span is not None:
            self.span = None
            self._marks.set_looping(False)
            self._marks.set(self._before)
            self.changed.emit()

    def _marks_changed(self) -> None:
        """Where the range is moved or let go by hand, it is no longer that of the lines."""
        if self.span is not None and (self._marks.span != self.span or not self._marks.looping):
            self.span = None
            self.changed.emit()
