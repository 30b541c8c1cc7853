"""Room for words that change with every picture."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


class SteadyRoom(QWidget):
    """Holds a label in whatever room is left: other words in it make nothing around it be laid out anew.

    Without it each new text goes up to the window as a wish for another size, and all of its layouts follow.
    """

    def __init__(self, label: QLabel) -> None:
        super().__init__()
        self._label = label
        label.setParent(self)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setMinimumWidth(1)

    def sizeHint(self) -> QSize:
        """As the label wishes."""
        return self._label.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give all of it to the label."""
        super().resizeEvent(event)
        self._label.setGeometry(self.rect())
