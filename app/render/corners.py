"""Round corners, laid over what is painted with square ones."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPainterPath


class RoundCorners:
    """Covers the corners of an area; keeps their shape while its size stays. GUI thread only."""

    def __init__(self, radius: float) -> None:
        self._radius = radius
        self._area = QRectF()
        self._tips = QPainterPath()

    def paint(self, painter: QPainter, area: QRectF, colour: str) -> None:
        """Fill what rounding takes away from ``area``."""
        if area != self._area:
            self._area, self._tips = area, self._tips_of(area)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.fillPath(self._tips, QColor(colour))

    def _tips_of(self, area: QRectF) -> QPainterPath:
        """Four small shapes: filling one path around everything costs as much as everything."""
        radius, tips = self._radius, QPainterPath()
        for right in (False, True):
            for bottom in (False, True):
                x = area.right() - radius if right else area.left()
                y = area.bottom() - radius if bottom else area.top()
                square, disc = QPainterPath(), QPainterPath()
                square.addRect(x, y, radius, radius)
                disc.addEllipse(x - radius * right, y - radius * bottom, 2 * radius, 2 * radius)
                tips.addPath(square.subtracted(disc))
        return tips
