"""The lowest line: what runs, on what, how fast, how long still; at the right what the decoder does."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QWidget

from app.render.palette import Palette

SEPARATOR = "  ·  "
"""Stands between what the quiet half says."""


class _Dot(QWidget):
    """A small round sign beside the words that say the same."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(8, 8)
        self.colour = "#808080"

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.colour))
        painter.drawEllipse(QRectF(0.5, 0.5, 7, 7))


class _Clickable(QLabel):
    """Words that a click asks more of; keys reach the same by a command.

    Signals:
        clicked: by the left button.
    """

    clicked = Signal()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.clicked.emit()


class StatusStrip(QWidget):
    """Words, a bar and a button; all of it told from outside.

    Signals:
        cancel_asked, pause_asked: a button was pressed.
        devices_asked: what decodes was clicked at.
    """

    cancel_asked = Signal()
    pause_asked = Signal()
    devices_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statusBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(32)
        self._palette: Palette | None = None
        self._tone = "idle"
        self._dot = _Dot()
        self.words = QLabel()
        self.words.setAccessibleName("What runs now")
        self.bar = QProgressBar()
        self.bar.setAccessibleName("Progress of the analysis")
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(200)
        self.bar.setRange(0, 1000)
        self.left = QLabel()
        self.left.setProperty("tone", "dim")
        self.pause, self.cancel = QPushButton("Pause"), QPushButton("Cancel")
        for button in (self.pause, self.cancel):
            button.setProperty("kind", "link")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.pause.clicked.connect(self.pause_asked)
        self.cancel.clicked.connect(self.cancel_asked)
        self._right_words = ""
        self.right = _Clickable()
        self.right.setCursor(Qt.CursorShape.PointingHandCursor)
        self.right.clicked.connect(self.devices_asked)
        self.right.setProperty("tone", "dim")
        self.right.setAccessibleName("Decoder, dropped pictures, zoom, and whether anything was written")
        for label in (self.words, self.left, self.right):
            label.setProperty("scale", "small")
            label.setTextFormat(Qt.TextFormat.PlainText)
        # What stands right of words that change must not jump about.
        self.words.setMinimumWidth(320)
        self.left.setMinimumWidth(96)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 0, 16, 0)
        layout.setSpacing(12)
        layout.addWidget(self._dot)
        layout.addWidget(self.words)
        layout.addWidget(self.bar)
        layout.addWidget(self.left)
        layout.addWidget(self.pause)
        layout.addWidget(self.cancel)
        self.right.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.right.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self.right, 1)
        self.show_idle("")

    def show_idle(self, words: str, tone: str = "idle") -> None:
        """Nothing runs; ``tone`` is idle, good, warning or playhead."""
        self._say(words)
        for each in (self.bar, self.left, self.pause, self.cancel):
            each.hide()
        self._set_tone(tone)

    def show_running(self, words: str, share: float | None, left: str) -> None:
        """Something runs: how far it is, and how long it will take, where these are known."""
        self._say(words)
        self.bar.setRange(0, 0 if share is None else 1000)
        if share is not None:
            self.bar.setValue(round(share * 1000))
        percent = "" if share is None else f"{round(share * 100)} %"
        self.left.setText("  ".join(each for each in (percent, left) if each))
        for each in (self.bar, self.left, self.cancel):
            each.show()
        self._set_tone("good")

    def show_pause(self, words: str) -> None:
        """Name the button beside Cancel; "" hides it. What rests is not shown as what runs."""
        self.pause.setText(words)
        self.pause.setVisible(bool(words))
        if words == "Resume":
            self._set_tone("warning")

    def set_right(self, text: str, more: str = "") -> None:
        """Show the quiet half in the room that the rest leaves it; ``more`` of it as a tool tip."""
        self._right_words = text
        self._fit_right()
        self.right.setToolTip(more)
        # A name hides the words of a label from screen readers: they are told here.
        self.right.setAccessibleDescription("\n".join(filter(None, (text, more))))

    def _say(self, words: str) -> None:
        self.words.setText(words)
        self.words.setAccessibleDescription(words)

    def _fit_right(self) -> None:
        """Leave out parts that have no room, from the middle: the ends say most, the last one most of all."""
        layout = self.layout()
        if layout is not None:
            layout.activate()
        room, metrics = self.right.width(), self.right.fontMetrics()
        parts = self._right_words.split(SEPARATOR)
        while len(parts) > 1 and metrics.horizontalAdvance(SEPARATOR.join(parts)) > room:
            parts.pop(len(parts) // 2 if len(parts) > 2 else 0)
        words = SEPARATOR.join(parts)
        self.right.setText(metrics.elidedText(words, Qt.TextElideMode.ElideMiddle, room))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the quiet half to the new width."""
        super().resizeEvent(event)
        self._fit_right()

    def wear(self, palette: Palette) -> None:
        """Take on the colours of a palette."""
        self._palette = palette
        self._set_tone(self._tone)

    def _set_tone(self, tone: str) -> None:
        self._tone = tone
        if self._palette is not None:
            named = {
                "good": self._palette.good,
                "warning": self._palette.warning,
                "playhead": self._palette.playhead,
            }
            self._dot.colour = named.get(tone, self._palette.faint)
            self._dot.update()
