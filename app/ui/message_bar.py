"""One line above the picture that says what went wrong or well, instead of a dialog in the way."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from app.render.palette import Palette
from app.ui.icons import icon, icon_pixmap
from app.ui.message import Message, Tone


class MessageBar(QFrame):
    """Shows one message until it is closed or replaced; hidden while there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("message")
        self.setAccessibleName("Message")
        self._palette: Palette | None = None
        self._message: Message | None = None
        self._quiet = False
        self._icon = QLabel()
        self._sentence = QLabel()
        self._sentence.setObjectName("sentence")
        self._sentence.setWordWrap(True)
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self._sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._answers: list[QPushButton] = []
        self._close = QToolButton()
        self._close.setAccessibleName("Close the message")
        self._close.setToolTip("Close the message")
        self._close.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._close.clicked.connect(self._close_by_hand)
        layout = self._row = QHBoxLayout(self)
        layout.setContentsMargins(12, 4, 6, 4)
        layout.setSpacing(8)
        layout.addWidget(self._icon)
        layout.addWidget(self._sentence, 1)
        layout.addWidget(self._close)
        self.hide()

    @property
    def message(self) -> Message | None:
        """What is shown now."""
        return self._message

    def show_message(self, message: Message) -> None:
        """Replace what is shown."""
        self._message = message
        self._sentence.setText(message.sentence)
        self._sentence.setAccessibleName(message.sentence)
        self._offer(message)
        self.setProperty("tone", message.tone.value)
        self.style().unpolish(self)
        self.style().polish(self)
        self._tint()
        self._show_or_hide()

    @property
    def answers(self) -> tuple[QPushButton, ...]:
        """The buttons of what can be done, in order."""
        return tuple(self._answers)

    def _offer(self, message: Message) -> None:
        for button in self._answers:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        first = ((message.action, message.do),) if message.action else ()
        self._answers = [self._answer(words, do) for words, do in (*first, *message.others)]
        for button in self._answers:
            self._row.insertWidget(self._row.count() - 1, button)

    def _answer(self, words: str, do: Callable[[], object] | None) -> QPushButton:
        button = QPushButton(words)
        button.setProperty("kind", "link")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(partial(self._act, do))
        return button

    def set_quiet(self, quiet: bool) -> None:
        """Hold notes back while nothing shall stand beside the picture; what went wrong is shown still."""
        self._quiet = quiet
        self._show_or_hide()

    def _show_or_hide(self) -> None:
        message = self._message
        self.setVisible(message is not None and not (self._quiet and message.tone is Tone.NOTE))

    def clear(self) -> None:
        """Show nothing."""
        self._message = None
        self.hide()

    def wear(self, palette: Palette) -> None:
        """Take on the colours of a palette."""
        self._palette = palette
        self._tint()

    def _tint(self) -> None:
        if self._palette is None:
            return
        self._close.setIcon(icon("close", self._palette, self._palette.dim))
        if self._message is not None:
            colour = {
                Tone.NOTE: self._palette.accent,
                Tone.DONE: self._palette.good,
                Tone.WARNING: self._palette.warning,
                Tone.FAILURE: self._palette.playhead,
            }[self._message.tone]
            name = self._message.tone.value
            self._icon.setPixmap(icon_pixmap(name, colour, ratio=self.devicePixelRatioF()))

    def _act(self, do: Callable[[], object] | None, _checked: bool = False) -> None:
        self.clear()
        if do is not None:
            do()

    def _close_by_hand(self) -> None:
        self._act(self._message.closed if self._message is not None else None)
