"""The button over the list of lines that leads back to following the playhead."""

from __future__ import annotations

import enum

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QAbstractScrollArea, QPushButton

from app.render.palette import Palette, mixed, text_on

_ABOVE_EDGE = 12
_FROM_CORNER = 4
_LOW = 4
"""Over a list that is not so many times as high as the button it is a sign alone, in a corner."""


class Way(enum.Enum):
    """Where the playhead is, seen from what the list shows."""

    UP = "↑ "
    DOWN = "↓ "
    HERE = ""


_SIGN = "↩"
"""Stands alone where there is no way to point to."""


class ReturnPill(QPushButton):
    """Floats over the lower edge of a list, of a low one over a corner, so that nothing moves for it."""

    def __init__(self, area: QAbstractScrollArea) -> None:
        super().__init__(area.viewport())
        self._area = area
        self._way, self._words = "", ""
        self.setObjectName("pill")
        self.hide()
        area.viewport().installEventFilter(self)

    def offer(self, way: Way, *, looping: bool) -> None:
        """Come into view; while lines are looped it ends that."""
        self._words = "Stop looping" if looping else "Return to the playhead"
        self._way = "" if looping else way.value
        self.setAccessibleName(self._words)
        self.setToolTip(self._words)
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
        room = self._area.viewport().size()
        low = room.height() < _LOW * self.sizeHint().height()
        self.setText((self._way.strip() or _SIGN) if low else f"{self._way}{self._words}")
        self.adjustSize()
        beside = room.width() - self.width()
        if low:
            self.move(beside - _FROM_CORNER, _FROM_CORNER)
        else:
            self.move(beside // 2, room.height() - self.height() - _ABOVE_EDGE)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in its place."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)
