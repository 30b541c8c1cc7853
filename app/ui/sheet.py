"""A small window beside the main one; it never stops the others."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.render.palette import Palette


class Sheet(QDialog):
    """A window with a title and a button that closes it."""

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(16)
        heading = QLabel(title)
        heading.setProperty("scale", "title")
        layout.addWidget(heading)
        self.content = QVBoxLayout()
        self.content.setSpacing(8)
        layout.addLayout(self.content, 1)
        self.buttons = QHBoxLayout()
        self.buttons.addStretch(1)
        self.close_button = QPushButton("Close")
        self.close_button.setDefault(True)
        self.close_button.clicked.connect(self.close)
        self.buttons.addWidget(self.close_button)
        layout.addLayout(self.buttons)

    def wear(self, palette: Palette) -> None:
        """Take on the colours of a palette, where the style sheet does not do it all."""


def scrolled(page: QWidget, name: str) -> QScrollArea:
    """Return a page that scrolls up and down where it is too tall; never from side to side."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setAccessibleName(name)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(page)
    area.setMinimumWidth(page.sizeHint().width() + 48)
    return area
