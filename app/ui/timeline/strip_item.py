"""What every part of the strip is: a graphics item in seconds (x) and pixels (y)."""

from __future__ import annotations

from collections.abc import Collection

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from app.render.palette import Palette
from app.ui.timeline.rows import Row, RowKind
from app.ui.timeline.state import StripState


class StripItem(pg.GraphicsObject):
    """A part that paints its rows in pixels.

    Its coordinates are seconds and pixels, as the view box maps them; what it paints must not be stretched,
    so it lays the mapping aside and asks the scale for pixels.
    """

    kinds: tuple[RowKind, ...] = ()

    def __init__(self, state: StripState) -> None:
        super().__init__()
        self._state = state
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        # While the picture plays only the playhead moves: the rest is kept as it was painted.
        self.setCacheMode(self.CacheMode.DeviceCoordinateCache)

    def shows(self, kinds: Collection[RowKind]) -> bool:
        """Whether it paints a row of one of these kinds."""
        return not set(self.kinds).isdisjoint(kinds)

    def boundingRect(self) -> QRectF:
        """Return the rows over the visible time."""
        rows = [row for row in self._state.rows.rows if row.kind in self.kinds]
        if not rows:
            return QRectF()
        scale = self._state.scale
        left, right = scale.time_of(0), scale.time_of(scale.width)
        return QRectF(left, rows[0].top, right - left, rows[-1].bottom - rows[0].top)

    def refresh(self) -> None:
        """Paint again, perhaps elsewhere."""
        self.prepareGeometryChange()
        self.update()

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        """Paint in pixels."""
        painter.save()
        self.in_pixels(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for row in self._state.rows.rows:
            if row.kind in self.kinds:
                self.paint_row(painter, row, self._state.palette)
        painter.restore()

    def in_pixels(self, painter: QPainter) -> None:
        """Let one unit be one pixel of the view, whether it is painted to the screen or into a cache."""
        scale = self._state.scale
        corner = painter.transform().map(QPointF(scale.time_of(0), 0.0))
        painter.resetTransform()
        painter.translate(corner)

    def paint_row(self, painter: QPainter, row: Row, palette: Palette) -> None:
        """Paint one row."""
        raise NotImplementedError
