"""The field in which one line of the transcript is edited, in its place: its text, its times, who speaks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtWidgets import (
    QBoxLayout,
    QCompleter,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from app.core.results import Segment
from app.core.time import format_short, parse_time
from app.render.palette import TextSize
from app.ui.faces import mono_face
from app.ui.growing_text import GrowingText

if TYPE_CHECKING:
    from app.core.transcript_edits import Edit

_DECIMALS = 3
_PASSES = 3
"""So often the height of the text is asked for until it settles."""
_AROUND = 20
"""Padding and border of a field, pixels."""
_MARGIN, _GAP = 8, 6
"""Around all, and between what belongs together, pixels."""


class LineEditor(QFrame):
    """Holds what a person makes of one line until it is taken or left; hidden while none is edited.

    Attributes:
        segment: the line as it was.
        words, start, end, speaker: the fields.

    Signals:
        grew(): it needs another height.
    """

    grew = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("lineEditor")
        self.setAccessibleName("Line being edited")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.segment = Segment(0.0, 0.0, "")
        self._was_start = self._was_end = ""
        self.words = GrowingText()
        self.words.setAccessibleName("Text of the line")
        self.words.grew.connect(self.grew)
        self.words.textChanged.connect(self.forget_error)
        self.start, self.end = _time_field("Start of the line"), _time_field("End of the line")
        self._names = QStringListModel(self)
        self.speaker = QLineEdit()
        self.speaker.setPlaceholderText("Speaker")
        self.speaker.setAccessibleName("Speaker")
        completer = QCompleter(self._names, self.speaker)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.speaker.setCompleter(completer)
        self._error = QLabel()
        self._error.setObjectName("error")
        self._error.setWordWrap(True)
        self._error.setTextFormat(Qt.TextFormat.PlainText)
        self._error.hide()
        for field in (self.start, self.end, self.speaker):
            field.textEdited.connect(self.forget_error)
        self._lay_out()
        self.hide()

    def begin(self, segment: Segment, speakers: Sequence[str]) -> None:
        """Show a line as it is; ``speakers`` are proposed."""
        self.segment = segment
        self.words.setPlainText(segment.text.strip())
        self._was_start = format_short(segment.start_s, _DECIMALS)
        self._was_end = format_short(segment.end_s, _DECIMALS)
        for field, shown in ((self.start, self._was_start), (self.end, self._was_end)):
            field.setText(shown)
            digits = field.fontMetrics().horizontalAdvance("0") * (len(self._was_end) + 1)
            field.setFixedWidth(digits + _AROUND)
        self.speaker.setText(segment.speaker or "")
        self._names.setStringList(list(speakers))
        self._error.hide()

    def _lay_out(self) -> None:
        times = self._times_row = QHBoxLayout()
        times.setSpacing(4)
        dash = QLabel("to")
        dash.setProperty("tone", "dim")
        times.addWidget(self.start)
        times.addWidget(dash)
        times.addWidget(self.end)
        times.addStretch()
        head = self._head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        head.setSpacing(_GAP)
        head.addLayout(times)
        head.addWidget(self.speaker, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        column.setSpacing(_GAP)
        column.addLayout(head)
        column.addWidget(self.words)
        column.addWidget(self._error)

    @property
    def fields(self) -> tuple[QWidget, ...]:
        """What can have the keyboard, in the order in which it goes round."""
        return (self.words, self.start, self.end, self.speaker)

    @property
    def text(self) -> str:
        """What is written, on one line."""
        return " ".join(self.words.toPlainText().split())

    @property
    def caret(self) -> int:
        """Before which character of ``text`` the cursor stands."""
        before = self.words.toPlainText()[: _characters(self.words)]
        return len(" ".join(before.split())) + (before != before.rstrip() and bool(before.strip()))

    def edits(self, row: int) -> tuple[Edit, ...]:
        """Return what was changed, as edits of a row; where the text was taken away, that alone.

        Raises:
            UsageError: a time cannot be read.
        """
        from app.core.transcript_edits import SetSpeaker, SetText, SetTimes

        changed: list[Edit] = []
        if self.text != " ".join(self.segment.text.split()):
            changed.append(SetText(row, self.text))
        if not self.text:
            return tuple(changed)
        if self.speaker.text().split() != (self.segment.speaker or "").split():
            changed.append(SetSpeaker((row,), self.speaker.text()))
        # Last: where lines overlap, the line may stand in another row afterwards.
        if (times := self._times()) is not None:
            changed.append(SetTimes(row, *times))
        return tuple(changed)

    def _times(self) -> tuple[float, float] | None:
        """Return the times that were typed; one that was not touched stays exactly what it was."""
        start, end = self.start.text(), self.end.text()
        if (start, end) == (self._was_start, self._was_end):
            return None
        return (
            self.segment.start_s if start == self._was_start else float(parse_time(start)),
            self.segment.end_s if end == self._was_end else float(parse_time(end)),
        )

    @property
    def is_changed(self) -> bool:
        """Whether anything was typed that differs from the line."""
        return (
            self.text != " ".join(self.segment.text.split())
            or (self.start.text(), self.end.text()) != (self._was_start, self._was_end)
            or self.speaker.text().split() != (self.segment.speaker or "").split()
        )

    def follow(self, segment: Segment) -> None:
        """The line has other times or another speaker now; what was typed stays."""
        start, end = format_short(segment.start_s, _DECIMALS), format_short(segment.end_s, _DECIMALS)
        if self.start.text() == self._was_start:
            self.start.setText(start)
        if self.end.text() == self._was_end:
            self.end.setText(end)
        if self.speaker.text() == (self.segment.speaker or ""):
            self.speaker.setText(segment.speaker or "")
        self.segment, self._was_start, self._was_end = segment, start, end

    def put_cursor(self, position: int) -> None:
        """Give the keyboard to the text, before a character of it."""
        text = self.words.toPlainText()
        cursor = self.words.textCursor()
        cursor.setPosition(_units(text[: max(0, position)]))
        self.words.setTextCursor(cursor)
        self.words.setFocus(Qt.FocusReason.OtherFocusReason)

    def select_all(self) -> None:
        """Give the keyboard to the text, all of it selected."""
        from PySide6.QtGui import QTextCursor

        self.words.setFocus(Qt.FocusReason.OtherFocusReason)
        self.words.moveCursor(QTextCursor.MoveOperation.Start)
        self.words.selectAll()

    def turn(self) -> None:
        """Give the keyboard to the next field."""
        fields = self.fields
        place = next((n for n, each in enumerate(fields) if each.hasFocus()), -1)
        field = fields[(place + 1) % len(fields)]
        field.setFocus(Qt.FocusReason.TabFocusReason)
        if isinstance(field, QLineEdit):
            field.selectAll()

    def say_error(self, sentence: str) -> None:
        """Say why it was not taken; it is forgotten when something is typed."""
        from PySide6.QtGui import QAccessible, QAccessibleEvent

        self._error.setText(sentence)
        self._error.setAccessibleName(sentence)
        self._error.show()
        QAccessible.updateAccessibility(QAccessibleEvent(self._error, QAccessible.Event.Alert))
        self.grew.emit()

    @property
    def error(self) -> str:
        """What is said to be wrong."""
        return "" if self._error.isHidden() else self._error.text()

    def forget_error(self) -> None:
        """Say nothing any more."""
        if not self._error.isHidden():
            self._error.hide()
            self.grew.emit()

    def height_for(self, width: int) -> int:
        """Return the height it needs in a width."""
        layout = self.layout()
        assert layout is not None
        self._arrange(width)
        height = self.height()
        for _ in range(_PASSES):
            self.resize(width, height)
            layout.activate()  # now the text is as wide as it will be, and knows its lines
            self.words.updateGeometry()
            wanted = (
                layout.totalHeightForWidth(width)
                if layout.hasHeightForWidth()
                else layout.totalSizeHint().height()
            )
            if wanted == height:
                break
            height = wanted
        return height

    def _arrange(self, width: int) -> None:
        """Put who speaks beside the times, or below them where there is no room for its hint."""
        hint = self.speaker.fontMetrics().horizontalAdvance(self.speaker.placeholderText())
        needed = 2 * _MARGIN + self._times_row.minimumSize().width() + _GAP + hint + _AROUND
        below = QBoxLayout.Direction.TopToBottom
        self._head.setDirection(below if needed > width else QBoxLayout.Direction.LeftToRight)


def _time_field(name: str) -> QLineEdit:
    field = QLineEdit()
    field.setAccessibleName(name)
    field.setFont(mono_face(TextSize.SMALL))
    return field


def _units(text: str) -> int:
    """Count as Qt does, in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _characters(words: QPlainTextEdit) -> int:
    """Return how many characters stand before the cursor."""
    encoded = words.toPlainText().encode("utf-16-le", "surrogatepass")
    before = encoded[: 2 * words.textCursor().position()]
    return len(before.decode("utf-16-le", "surrogatepass"))
