"""The button over the list of lines that leads back to following the playhead."""

from __future__ import annotations

import enum

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QAbstractScrollArea, QPushButton

from app.render.palette import Palette, mixed, text_on

_ABOVE_EDGE = 12


class Way(enum.Enum):
    """Where the playhead is, seen from what the list shows."""

    UP = "↑ "
    DOWN = "↓ "
    HERE = ""


class ReturnPill(QPushButton):
    """Floats over the lower edge of a list, so that nothing moves when it comes and goes."""

    def __init__(self, area: QAbstractScrollArea) -> None:
        super().__init__(area.viewport())
        self._area = area
        self.setObjectName("pill")
        self.hide()
        area.viewport().installEventFilter(self)

    def offer(self, way: Way, *, looping: bool) -> None:
        """Come into view; while lines are looped it ends that."""
        words = "Stop looping" if looping else "Return to the playhead"
        self.setText(f"{'' if looping else way.value}{words}")
        self.setAccessibleName(words)
        self._place()
        self.show()
        self.raise_()

    def wear(self, palette: Palette) -> None:
        """Take on the colours of a palette."""
        surface = palette.accent
        self.setStyleSheet(
            f"QPushButton#pill {{ background: {surface}; color: {text_on(surface)}; border: none;"
            " border-radius: 14px; padding: 5px 16px; font-weight: 600; }"
            f"QPushButton#pill:hover {{ background: {mixed(surface, palette.text, 0.15)}; }}"
            f"QPushButton#pill:focus {{ border: 2px solid {palette.text}; padding: 3px 14px; }}"
        )

    def _place(self) -> None:
        self.adjustSize()
        room = self._area.viewport().size()
        self.move((room.width() - self.width()) // 2, room.height() - self.height() - _ABOVE_EDGE)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the lower edge."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)
