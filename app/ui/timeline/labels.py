"""The names of the rows at the left of the strip."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.render.palette import DARK, Palette, TextSize, class_text
from app.ui.faces import ui_face
from app.ui.timeline.rows import RowKind, Rows, lay_out

LABEL_WIDTH = 104
_UNNAMED = (RowKind.RULER, RowKind.THUMBNAILS)


class RowLabels(QWidget):
    """Names in the height of their rows; a class in its own colour.

    Signals:
        class_clicked(object): the label of a lane.
    """

    class_clicked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(LABEL_WIDTH)
        self.setAccessibleName("Rows of the time strip")
        self._palette = DARK
        self._rows = lay_out((), 0.0)

    def set_rows(self, rows: Rows) -> None:
        """Name these rows."""
        self._rows = rows
        names = [row.label for row in rows.rows if row.kind not in _UNNAMED]
        self.setAccessibleDescription(", ".join(names))
        self.update()

    def wear(self, palette: Palette) -> None:
        """Take on the colours of a palette."""
        self._palette = palette
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the names."""
        painter = QPainter(self)
        for row in self._rows.rows:
            if row.kind in _UNNAMED:
                continue
            lane = row.kind is RowKind.LANE
            painter.save()
            if lane:
                height = self._rows.lanes_bottom - self._rows.lanes_top
                painter.setClipRect(QRectF(0, self._rows.lanes_top, self.width(), height))
            painter.setFont(ui_face(TextSize.SMALL, QFont.Weight.Medium if lane else QFont.Weight.Normal))
            painter.setPen(QColor(class_text(self._palette, row.label) if lane else self._palette.dim))
            place = QRectF(12, row.top, self.width() - 20, row.height)
            words = painter.fontMetrics().elidedText(
                row.label, Qt.TextElideMode.ElideRight, round(place.width())
            )
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, words)
            painter.restore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Tell which class was clicked."""
        row = self._rows.at(event.position().y())
        if row is not None and row.kind is RowKind.LANE:
            self.class_clicked.emit(row.label)
