"""What the commands that edit the transcript do."""

from __future__ import annotations

from bisect import bisect_right
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.core.results import Segment
from app.ui.edit_commands import SPEAKER_KEYS
from app.ui.line_editing import LineEditing
from app.ui.message import Message, Tone
from app.ui.session import Session

if TYPE_CHECKING:
    from app.core.transcript_edits import Edit
    from app.ui.main_window import MainWindow

_STEP_S = 0.1
_NEW_S = 2.0
"""So long a new line is, where there is room."""
_NEW_TEXT = "…"


class EditActions(QObject):
    """The commands of editing of one window.

    They are about the line being edited, else the selected lines, else the one that has the keyboard, else
    the one at the playhead.

    Attributes:
        editing: the line that is edited; the window sets it when its panel is there.
    """

    editing: LineEditing

    def __init__(self, session: Session, window: MainWindow) -> None:
        super().__init__(window)
        self._session, self._window, self._desk = session, window, session.desk
        for number in range(1, SPEAKER_KEYS + 1):
            setattr(self, f"speaker_{number}", partial(self._speak, number))

    # --- history

    def undo(self) -> None:
        """Take the last edit back."""
        if not self.editing.left_fresh():
            self.editing.keep_text()
            self._desk.undo()

    def redo(self) -> None:
        """Do again what was taken back last."""
        if not self.editing.left_fresh():
            self.editing.keep_text()
            self._desk.redo()

    def take_found(self) -> None:
        """Show what the analysis found in place of what is there."""
        self.editing.keep_text()
        if self._session.transcript_runs.found is None:
            self._say("The analysis found nothing else than what is shown.")
        else:
            self._session.transcript_runs.take_found()

    # --- lines

    def line(self) -> None:
        """Edit the text of the line in its place."""
        if self.editing.row is not None:
            self.editing.editor.turn()
        elif rows := self._rows():
            self._window.commands.show_transcript()
            self.editing.begin(rows.start)

    def split(self) -> None:
        """Divide the line at the cursor while it is edited, else at the playhead."""
        from app.core.transcript_edits import SplitAtCharacter

        row, caret = self.editing.row, self.editing.editor.caret
        if row is None:
            self.split_here()
        elif self.editing.keep() and self._do(SplitAtCharacter(row, caret)):
            self.editing.begin(row + 1, 0)
        elif self.editing.row is None:
            self.editing.begin(row, caret)

    def split_here(self) -> None:
        """Divide the line at the playhead."""
        from app.core.transcript_edits import SplitAtTime

        if self.editing.keep() and (rows := self._rows(at_playhead=True)):
            self._do(SplitAtTime(rows.start, self._now_s))

    def merge(self) -> None:
        """Make one line of the selected ones, else of the line and the next."""
        from app.core.transcript_edits import Merge

        if self.editing.keep() and (rows := self._rows()):
            last = rows.stop - 1 if len(rows) > 1 else rows.start + 1
            if self._do(Merge(rows.start, last)):
                self._window.transcript.show_line(rows.start)

    def delete(self) -> None:
        """Take the selected lines away, else the line."""
        from app.core.transcript_edits import Delete

        if self.editing.keep() and (rows := self._rows()) and self._do(Delete(tuple(rows))):
            left = len(self._segments)
            if left:
                self._window.transcript.show_line(min(rows.start, left - 1))

    def insert(self) -> None:
        """Put a new line in at the playhead, and edit it."""
        from app.core.transcript_edits import Insert

        if not self.editing.keep():
            return
        self._window.presenter.refresh_now()
        now_s, segments = self._now_s, self._desk.segments
        row = bisect_right(segments, now_s, key=attrgetter("start_s"))
        if row and now_s < segments[row - 1].end_s:
            self._say("There is a line here already: go where none is, or split it.")
            return
        duration_s = self._session.file.findings.duration_s or now_s + _NEW_S
        free_s = segments[row].start_s if row < len(segments) else max(duration_s, now_s + _STEP_S)
        if self._do(Insert(Segment(now_s, min(now_s + _NEW_S, free_s), _NEW_TEXT))):
            self._window.commands.show_transcript()
            self.editing.begin(row, fresh=True)

    # --- times

    def start_here(self) -> None:
        """Let the line begin at the playhead."""
        from app.core.transcript_edits import SetTimes

        if line := self._line():
            row, segment = line
            self._do(SetTimes(row, self._now_s, segment.end_s))

    def end_here(self) -> None:
        """Let the line end at the playhead."""
        from app.core.transcript_edits import SetTimes

        if line := self._line():
            row, segment = line
            self._do(SetTimes(row, segment.start_s, self._now_s))

    def start_earlier(self) -> None:
        """Let the line begin a little earlier."""
        self._nudge(-_STEP_S, 0.0)

    def start_later(self) -> None:
        """Let the line begin a little later."""
        self._nudge(_STEP_S, 0.0)

    def end_earlier(self) -> None:
        """Let the line end a little earlier."""
        self._nudge(0.0, -_STEP_S)

    def end_later(self) -> None:
        """Let the line end a little later."""
        self._nudge(0.0, _STEP_S)

    def _nudge(self, start_s: float, end_s: float) -> None:
        from app.core.transcript_edits import SetTimes

        if not (line := self._line()):
            return
        row, segment = line
        times = round(segment.start_s + start_s, 6), round(segment.end_s + end_s, 6)
        self._do(SetTimes(row, *times), joined=self._window.key_priority.repeating)

    # --- who speaks

    def name_speaker(self) -> None:
        """Write who speaks in the line."""
        if self.editing.row is None and (rows := self._rows()):
            self._window.commands.show_transcript()
            self.editing.begin(rows.start, 0)
        if self.editing.row is not None:
            self.editing.editor.speaker.setFocus()
            self.editing.editor.speaker.selectAll()

    def no_speaker(self) -> None:
        """Say that nobody knows who speaks."""
        from app.core.transcript_edits import SetSpeaker

        if rows := self._rows():
            self._do(SetSpeaker(tuple(rows), None))

    def _speak(self, number: int) -> None:
        """Let the speaker of that number speak in the lines."""
        from app.core.transcript_edits import SetSpeaker, speakers

        known = speakers(self._desk.segments)
        if number > len(known):
            self._say("Nobody has that number yet: name a speaker first.")
        elif rows := self._rows():
            self._do(SetSpeaker(tuple(rows), known[number - 1]))

    # --- what they are about

    @property
    def _now_s(self) -> float:
        return self._session.playback.time_s

    @property
    def _segments(self) -> tuple[Segment, ...]:
        return self._window.transcript.model.segments

    def _rows(self, *, at_playhead: bool = False) -> range:
        """The rows that are meant, of what is on the desk now."""
        self._window.presenter.refresh_now()
        lines = self._window.transcript.lines
        if self.editing.row is not None and not at_playhead:
            return range(self.editing.row, self.editing.row + 1)
        if not at_playhead and (lines.chosen is not None or lines.hasFocus()) and lines.chosen_rows():
            return lines.chosen_rows()
        row = bisect_right(self._segments, self._now_s, key=attrgetter("start_s")) - 1
        return range(max(0, row), max(0, row) + 1) if self._segments else range(0)

    def _line(self) -> tuple[int, Segment] | None:
        rows = self._rows()
        return (rows.start, self._segments[rows.start]) if rows else None

    def _do(self, edit: Edit, *, joined: bool = False) -> bool:
        return self._desk.apply(edit, joined=joined)

    def refuse(self, sentence: object) -> None:
        """An edit was not done: say why, where the hand is."""
        if self.editing.row is not None:
            self.editing.editor.say_error(str(sentence))
        else:
            self._say(str(sentence))

    def _say(self, sentence: str) -> None:
        self._session.said.emit(Message(sentence, Tone.WARNING))

    # --- within the field of a line

    def line_keep(self) -> None:
        """Take what was written."""
        self.editing.keep()

    def line_leave(self) -> None:
        """Leave the line as it was."""
        self.editing.leave()

    def line_next(self) -> None:
        """Take what was written and edit the next line."""
        self.editing.step(1)

    def line_back(self) -> None:
        """Take what was written and edit the line before."""
        self.editing.step(-1)

    def line_turn(self) -> None:
        """Give the keyboard to the next field of the line."""
        self.editing.editor.turn()
