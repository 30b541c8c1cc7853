"""Editing a line in its place: opens the field over it, takes what was written, and loses nothing."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QApplication

from app.core.errors import UsageError
from app.core.results import Segment
from app.ui.line_editor import LineEditor
from app.ui.message import Message, Tone
from app.ui.transcript_desk import TranscriptDesk
from app.ui.transcript_panel import TranscriptPanel
from app.ui.transcript_text import Place

if TYPE_CHECKING:
    from app.core.transcript_edits import SetText, Several

_PASSING = (
    Qt.FocusReason.ActiveWindowFocusReason,
    Qt.FocusReason.PopupFocusReason,
    Qt.FocusReason.MenuBarFocusReason,
)
"""The keyboard goes, but comes back."""
_LEFT, _TOP = 4, 1


class LineEditing(QObject):
    """One line of a panel at a time. GUI thread only.

    Lines may come and change while one is edited: the field goes with its line. Where the line itself was
    replaced by others, what was written is offered again.

    Attributes:
        editor: the field.

    Signals:
        changed(): editing began, ended, or went to another line.
        said(object): a Message.
    """

    changed = Signal()
    said = Signal(object)

    def __init__(
        self, panel: TranscriptPanel, desk: TranscriptDesk, refresh: Callable[[], object], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._panel, self._view, self._desk, self._refresh = panel, panel.lines, desk, refresh
        self._row: int | None = None
        self._fresh = self._applying = False
        self.editor = LineEditor(self._view.viewport())
        self.editor.grew.connect(self._place_anew)
        for field in self.editor.fields:
            field.installEventFilter(self)
        self._view.laid_out.connect(self._place)
        self._view.edit_asked.connect(self._asked)
        model = panel.model
        model.dataChanged.connect(self._lines_changed)
        model.rowsInserted.connect(self._lines_changed)
        model.rowsRemoved.connect(self._lines_changed)
        model.modelReset.connect(self._lines_changed)

    @property
    def row(self) -> int | None:
        """The row that is edited; None where none is."""
        return self._row

    # --- beginning and ending

    def _asked(self, place: Place) -> None:
        self.begin(place.row, place.offset)

    def begin(self, row: int, position: int | None = None, *, fresh: bool = False) -> bool:
        """Edit a row, the cursor before a character, or all of it selected; tell whether it is done.

        ``fresh``: the line was made for this, and goes where nothing is written.
        """
        from app.core.transcript_edits import speakers

        if not self.keep():
            return False
        segments = self._panel.model.segments
        if not 0 <= row < len(segments):
            return False
        self._view.clear_selection()
        self._panel.show_line(row)
        self._panel.held = True
        self._row, self._fresh = row, fresh
        self.editor.begin(segments[row], speakers(segments))
        self.editor.show()
        self._place_anew()
        self._view.scrollTo(self._panel.model.index(row))
        if position is None:
            self.editor.select_all()
        else:
            self.editor.put_cursor(position)
        self.changed.emit()
        return True

    def keep(self) -> bool:
        """Take what was written and end; False where that makes no sense: then it goes on, and says why."""
        from app.core.transcript_edits import SetSpeaker, Several

        if self._row is not None:
            self._refresh()
        if self._row is None:
            return True
        if self.left_fresh():
            return True
        try:
            edits = self.editor.edits(self._row)
        except UsageError as error:
            self.editor.say_error(str(error))
            return False
        before = self.editor.segment
        refused = self._applied(Several(edits)) if edits else ""
        if refused:
            self.editor.say_error(refused)
            return False
        self._end()
        for each in edits:
            if isinstance(each, SetSpeaker):
                self._offer_rename(before.speaker, each.speaker)
        return True

    def keep_text(self) -> None:
        """End, take the text, and say it where times cannot be taken: the hand is elsewhere already."""
        from app.core.transcript_edits import SetText

        if self.keep():
            return
        sentence, row, text = self.editor.error, self._row, self.editor.text
        before = self.editor.segment
        self._end()
        if row is not None and text != before.text:
            self._applied(SetText(row, text))
        self.said.emit(Message(f"The times of the line stay: {sentence}", Tone.WARNING))

    def leave(self) -> None:
        """End without a change; what was written can be had back."""
        if self._row is None:
            return
        segment, text = self.editor.segment, self.editor.text
        changed = text and text != " ".join(segment.text.split())
        fresh = self._fresh
        self._end()
        if fresh:
            self._desk.undo()
        elif changed:
            again = partial(self._write_again, segment, text)
            self.said.emit(Message("The line is as it was.", Tone.NOTE, "Take what was written", again))

    def left_fresh(self) -> bool:
        """Take a new line back into which nothing was written; tell whether there was one."""
        if self._row is None or not self._fresh or self.editor.is_changed:
            return False
        self.leave()
        return True

    def step(self, by: int) -> None:
        """Take what was written and edit the line so many rows further."""
        row = self._row
        if row is None or not self.keep():
            return
        row = min(max(0, row + by), len(self._panel.model.segments) - 1)
        self.begin(row, len(self._panel.model.segments[row].text) if by < 0 else 0)

    def _applied(self, edit: Several | SetText) -> str:
        """Do an edit; return why it was refused."""
        sentences: list[str] = []
        self._desk.refused.connect(sentences.append)
        self._applying = True
        self._desk.apply(edit)
        self._applying = False
        self._desk.refused.disconnect(sentences.append)
        return sentences[0] if sentences else ""

    def _end(self) -> None:
        row, self._row, self._fresh = self._row, None, False
        had_keyboard = any(field.hasFocus() for field in self.editor.fields)
        if had_keyboard:
            self._view.setFocus(Qt.FocusReason.OtherFocusReason)
        self.editor.hide()
        self._view.give_room(None)
        self._panel.held = False
        if row is not None and row < len(self._panel.model.segments) and had_keyboard:
            self._panel.show_line(row)
        self.changed.emit()

    # --- what happens meanwhile

    def _lines_changed(self) -> None:
        if self._row is None or self._applying:
            return
        segments, segment = self._panel.model.segments, self.editor.segment
        row = _row_of(segments, segment)
        if row is None:
            self._lost(segment)
            return
        if segments[row] is not segment:
            self.editor.follow(segments[row])
        self._row = row
        self._place_anew()

    def _lost(self, segment: Segment) -> None:
        """The line was replaced by others."""
        text, changed = self.editor.text, self.editor.is_changed
        self._end()
        if changed and text:
            again = partial(self._write_again, segment, text)
            sentence = "The line you were editing was replaced."
            self.said.emit(Message(sentence, Tone.WARNING, "Take what was written", again))

    def _write_again(self, segment: Segment, text: str) -> None:
        """Put a text where its line was, or is."""
        from app.core.transcript_edits import SetText

        self._refresh()
        segments = self._panel.model.segments
        middle_s = (segment.start_s + segment.end_s) / 2
        nearest = min(
            range(len(segments)),
            key=lambda row: abs((segments[row].start_s + segments[row].end_s) / 2 - middle_s),
            default=None,
        )
        if nearest is not None:
            self._desk.apply(SetText(nearest, text))

    def _offer_rename(self, before: str | None, after: str | None) -> None:
        from app.core.transcript_edits import RenameSpeaker

        name = " ".join((after or "").split())
        others = sum(each.speaker == before for each in self._desk.segments)
        if before is None or not name or name == before or not others:
            return
        rename = partial(self._desk.apply, RenameSpeaker(before, name))
        sentence = f"'{before}' is '{name}' in this line."
        lines = "1 other line" if others == 1 else f"{others} other lines"
        self.said.emit(Message(sentence, Tone.NOTE, f"Rename in {lines} too", rename))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice that the keyboard went elsewhere."""
        if (
            self._row is not None
            and isinstance(event, QFocusEvent)
            and event.type() == QEvent.Type.FocusOut
            and event.reason() not in _PASSING
        ):
            QTimer.singleShot(0, self, self._look_for_keyboard)
        return super().eventFilter(watched, event)

    def _look_for_keyboard(self) -> None:
        focus = QApplication.focusWidget()
        if self._row is not None and focus is not None and not self.editor.isAncestorOf(focus):
            self.keep_text()

    # --- where it stands

    def _place_anew(self) -> None:
        """The field has another height."""
        if self._row is None:
            return
        height = self.editor.height_for(self._view.viewport().width() - 2 * _LEFT)
        self._view.give_room(self._row, height + 2 * _TOP)
        self._place()

    def _place(self) -> None:
        if self._row is None:
            return
        rect = self._view.visualRect(self._panel.model.index(self._row))
        width = rect.width() - 2 * _LEFT
        if width != self.editor.width():
            self._place_anew()
            return
        self.editor.setGeometry(_LEFT, rect.top() + _TOP, width, max(rect.height() - 2 * _TOP, 0))


def _row_of(segments: tuple[Segment, ...], segment: Segment) -> int | None:
    """Find a line again: the very same, else one of the same text that overlaps it."""
    place = bisect_left(segments, segment.start_s, key=attrgetter("start_s"))
    for row in range(place, len(segments)):
        if segments[row].start_s != segment.start_s:
            break
        if segments[row] is segment:
            return row
    for row in range(max(0, place - 2), len(segments)):
        if segments[row].start_s > segment.end_s:
            break
        if segments[row].text == segment.text and segments[row].end_s >= segment.start_s:
            return row
    return None
