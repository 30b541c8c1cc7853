"""A field of text that is as high as what is written in it."""

from __future__ import annotations

import math

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QTextOption
from PySide6.QtWidgets import QPlainTextEdit

from app.render.palette import TextSize
from app.ui.faces import ui_face


class GrowingText(QPlainTextEdit):
    """Words that wrap; as high as they need, never scrolled.

    Signals:
        grew(): it needs another height.
    """

    grew = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFont(ui_face(TextSize.STRONG))
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabChangesFocus(True)
        self.document().setDocumentMargin(0)
        self.document().documentLayout().documentSizeChanged.connect(self._size_changed)

    def _size_changed(self) -> None:
        self.updateGeometry()
        self.grew.emit()

    def sizeHint(self) -> QSize:
        """Return the size of the text."""
        layout, block, height = self.document().documentLayout(), self.document().firstBlock(), 0.0
        while block.isValid():
            height += layout.blockBoundingRect(block).height()
            block = block.next()
        around = self.height() - self.viewport().height()
        return QSize(80, math.ceil(height) + around + 1)

    def minimumSizeHint(self) -> QSize:
        """Return the same: it never scrolls."""
        return self.sizeHint()
