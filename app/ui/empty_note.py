"""What a panel says while it has nothing to show: what it will show, or why it never will."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from app.render.palette import Palette
from app.ui.icons import icon_pixmap

_LONG_WORD = re.compile(r"\S{24}")


def breakable(words: str) -> str:
    """Allow a line to end inside a word that is longer than lines are: names of files can be."""
    return _LONG_WORD.sub(lambda match: match[0] + "\N{ZERO WIDTH SPACE}", words)


class EmptyNote(QWidget):
    """A drawing, a title and a sentence in the middle, and a button where something can be done."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette: Palette | None = None
        self._said: tuple[str, str, str, str] | None = None
        self._name = "note"
        self._drawing = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self.title = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self.title.setProperty("scale", "strong")
        self.sentence = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self.sentence.setProperty("tone", "dim")
        for each in (self.title, self.sentence):
            each.setWordWrap(True)
            each.setTextFormat(Qt.TextFormat.PlainText)
        self.button = QPushButton()
        self.button.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(8)
        layout.addStretch(2)
        layout.addWidget(self._drawing)
        layout.addWidget(self.title)
        layout.addWidget(self.sentence)
        layout.addSpacing(8)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)

    def say(self, name: str, title: str, sentence: str, button: str = "") -> None:
        """Show the drawing ``name``, the words, and a button where it has a title."""
        said = (name, title, sentence, button)
        if said == self._said:
            return
        self._said, self._name = said, name
        for label, words in ((self.title, title), (self.sentence, sentence)):
            label.setText(breakable(words))
            label.setAccessibleName(words)
        self.button.setText(button)
        self.button.setVisible(bool(button))
        self._tint()

    def wear(self, palette: Palette) -> None:
        """Take on the colours of a palette."""
        self._palette = palette
        self._tint()

    def _tint(self) -> None:
        if self._palette is not None:
            drawn = icon_pixmap(self._name, self._palette.faint, 36, self.devicePixelRatioF())
            self._drawing.setPixmap(drawn)
