"""What the commands of in, out and range do."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.core.time import TimeSpan
from app.ui.marked_range import Edge
from app.ui.message import Message
from app.ui.session import Session

_ROUNDING_S = 1e-6


class RangeActions(QObject):
    """The commands of the range of one window."""

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session

    def mark_in(self) -> None:
        """Let the range begin with this picture."""
        self._session.marks.put(Edge.IN, self._here().start_s)

    def mark_out(self) -> None:
        """Let the range end with this picture: it is the last one."""
        self._session.marks.put(Edge.OUT, self._here().end_s)

    def make(self) -> None:
        """Make a range of what is marked, else of the shot that is shown."""
        file, marks = self._session.file, self._session.marks
        now_s = self._session.playback.time_s
        shot = next((each for each in file.findings.index.shots if each.start_s <= now_s < each.end_s), None)
        around = None if shot is None else TimeSpan(shot.start_s, shot.end_s)
        made = marks.marks.completed(self._here(), file.findings.duration_s, around)
        if made.span is None:
            self._session.said.emit(
                Message("Nothing is marked: I marks where a range begins, O where it ends.")
            )
        marks.set(made)

    def go_in(self) -> None:
        """Go to the first picture of the range."""
        if (in_s := self._session.marks.marks.in_s) is not None:
            self._session.playback.seek(in_s)

    def go_out(self) -> None:
        """Go to the last picture of the range."""
        if (out_s := self._session.marks.marks.out_s) is not None:
            self._session.playback.seek(max(0.0, out_s - self._picture_s() / 2))

    def loop(self) -> None:
        """Play the range again and again, from its start where we are outside; or no more."""
        marks = self._session.marks
        marks.set_looping(not marks.looping)
        if marks.looping and marks.span is not None and self._session.playback.time_s not in marks.span:
            self._session.playback.seek(marks.span.start_s)

    def clear(self) -> None:
        """Take in and out away."""
        self._session.marks.clear()

    def analyse(self) -> None:
        """Find everything in the range."""
        if (span := self._session.marks.span) is not None:
            self._session.analyse(span)

    def _here(self) -> TimeSpan:
        """The time of the picture shown; where another one is on its way, from there on."""
        playback = self._session.playback
        frame = playback.frame
        if frame is None:
            return TimeSpan(playback.time_s, playback.time_s)
        start_s = frame.time_s if abs(frame.time_s - playback.time_s) < self._picture_s() else playback.time_s
        end_s = start_s + self._picture_s()
        return TimeSpan(start_s, min(end_s, max(start_s, self._session.file.findings.duration_s or end_s)))

    def _picture_s(self) -> float:
        frame = self._session.playback.frame
        return float(frame.duration or 0) or 0.04 if frame is not None else _ROUNDING_S
