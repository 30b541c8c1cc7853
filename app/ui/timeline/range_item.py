"""The marked range on the strip: a shade over all rows, and handles on the ruler."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from app.ui.marked_range import Edge, Marks
from app.ui.time_scale import TimeScale
from app.ui.timeline.rows import RowKind, Rows
from app.ui.timeline.strip_item import StripItem

_SHADE, _BAR, _FLAG = 0.13, 4.0, 7.0
_REACH = 7.0
"""How far beside a handle it can still be taken, pixels."""


def handle_at(marks: Marks, scale: TimeScale, rows: Rows, x: float, y: float) -> Edge | None:
    """Return the handle under a place of the strip, the nearer one of two."""
    ruler = rows.of(RowKind.RULER)
    if ruler is None or not ruler.top <= y < ruler.bottom:
        return None
    away = {edge: abs(scale.x_of(at) - x) for edge in Edge if (at := marks.at(edge)) is not None}
    near = {edge: distance for edge, distance in away.items() if distance <= _REACH}
    return min(near, key=lambda edge: near[edge]) if near else None


class RangeItem(StripItem):
    """A bar with a handle at either end, and a shade below it; a lone point is a handle alone."""

    def boundingRect(self) -> QRectF:
        """Return everything that is visible: points may stand anywhere."""
        rows, scale = self._state.rows.rows, self._state.scale
        if not rows or self._state.marks == Marks():
            return QRectF()
        left, right = scale.time_of(0), scale.time_of(scale.width)
        return QRectF(left, 0, right - left, rows[-1].bottom)

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        """Paint shade, bar and handles."""
        rows, scale, marks = self._state.rows.rows, self._state.scale, self._state.marks
        if not rows or marks == Marks():
            return
        painter.save()
        self.in_pixels(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        accent, bottom, ruler = QColor(self._state.palette.accent), rows[-1].bottom, rows[0].bottom
        painter.setBrush(accent)
        if marks.in_s is not None and marks.out_s is not None:
            left = max(-1.0, scale.x_of(marks.in_s))
            width = min(scale.width + 1, scale.x_of(marks.out_s)) - left
            shade = QColor(accent)
            shade.setAlphaF(_SHADE)
            painter.fillRect(QRectF(left, ruler, width, bottom - ruler), shade)
            painter.fillRect(QRectF(left, 0, width, _BAR), accent)
        for edge, way in ((Edge.IN, 1.0), (Edge.OUT, -1.0)):
            if (at := marks.at(edge)) is not None:
                self._paint_handle(painter, round(scale.x_of(at)), way, bottom)
        painter.restore()

    def _paint_handle(self, painter: QPainter, x: float, way: float, bottom: float) -> None:
        """Paint a line over all rows, with a flag towards the inside."""
        line = QColor(self._state.palette.accent)
        painter.fillRect(QRectF(x if way > 0 else x - 1, 0, 1, bottom), line)
        corners = ((x, 0.0), (x + way * _FLAG, 0.0), (x + way * _FLAG, 9.0), (x, 16.0))
        painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))
