"""The lines over all rows: where the picture is, and where the pointer is."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from app.ui.timeline.state import StripState
from app.ui.timeline.strip_item import StripItem


class _LineItem(StripItem):
    """A line over all rows at one time; only the little around it is painted again when it moves."""

    reach = 1.0

    def __init__(self, state: StripState) -> None:
        super().__init__(state)
        self.setCacheMode(self.CacheMode.NoCache)

    def time_s(self) -> float | None:
        """Where it stands; None: nowhere."""
        raise NotImplementedError

    def boundingRect(self) -> QRectF:
        """Return the line and what is beside it."""
        rows, time_s, scale = self._state.rows.rows, self.time_s(), self._state.scale
        if time_s is None or not rows or scale.duration_s <= 0:
            return QRectF()
        # Of the pixel, not of the time: within one pixel nothing moves.
        x, beside = round(scale.x_of(time_s)), self.reach + 1
        left, right = scale.time_of(x - beside), scale.time_of(x + beside)
        return QRectF(left, 0, right - left, rows[-1].bottom)

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        """Paint the line."""
        rows, time_s = self._state.rows.rows, self.time_s()
        if time_s is None or not rows:
            return
        painter.save()
        self.in_pixels(painter)
        self.paint_line(painter, round(self._state.scale.x_of(time_s)), rows[-1].bottom)
        painter.restore()

    def paint_line(self, painter: QPainter, x: float, bottom: float) -> None:
        """Paint it from the top to ``bottom``."""
        raise NotImplementedError


class HoverItem(_LineItem):
    """A thin line where the pointer is."""

    def time_s(self) -> float | None:
        """Where the pointer is."""
        return self._state.hover_s

    def paint_line(self, painter: QPainter, x: float, bottom: float) -> None:
        """Paint it."""
        painter.fillRect(QRectF(x, 0, 1, bottom), QColor(self._state.palette.faint))


class PlayheadItem(_LineItem):
    """Where the picture is."""

    reach = 7.0

    def time_s(self) -> float | None:
        """Where the picture is."""
        return self._state.playhead_s

    def paint_line(self, painter: QPainter, x: float, bottom: float) -> None:
        """Paint it with its handle."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._state.palette.playhead))
        painter.fillRect(QRectF(x - 1, 10, 2, bottom - 10), QColor(self._state.palette.playhead))
        corners = ((x - 6, 6), (x + 6, 6), (x + 6, 13), (x, 20), (x - 6, 13))
        painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))
