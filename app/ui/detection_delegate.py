"""How a row of the objects is painted: numbers in the monospaced face, the class with its colour."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from app.core.results import Detection
from app.render.palette import Palette, TextSize, class_colour, mixed
from app.ui.detection_table import Column, DetectionTable
from app.ui.faces import mono_face, ui_face
from app.ui.style_sheet import chosen_surface

_Index = QModelIndex | QPersistentModelIndex


class DetectionDelegate(QStyledItemDelegate):
    """Paints cells; rows of the picture that is shown stand on a tinted ground."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette

    def wear(self, palette: Palette) -> None:
        """Take on the colours of a palette."""
        self._palette = palette

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint one cell."""
        detection: Detection = index.data(Qt.ItemDataRole.UserRole)
        model = index.model()
        current = isinstance(model, DetectionTable) and detection.pts == model.current_pts
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(option.rect)
        self._paint_surface(painter, option, rect, current=current)
        if current and index.column() == Column.TIME:
            painter.fillRect(
                QRectF(rect.left(), rect.top() + 1, 3, rect.height() - 2), QColor(self._palette.accent)
            )
        self._paint_words(painter, rect, index, detection)
        painter.restore()

    def _paint_surface(
        self, painter: QPainter, option: QStyleOptionViewItem, rect: QRectF, *, current: bool
    ) -> None:
        from PySide6.QtWidgets import QStyle

        state = option.state
        if current or state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(chosen_surface(self._palette)))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, QColor(mixed(self._palette.panel, self._palette.text, 0.05)))
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QColor(self._palette.accent))
            painter.drawRoundedRect(rect.adjusted(1.5, 1.5, -1.5, -1.5), 3, 3)

    def _paint_words(self, painter: QPainter, rect: QRectF, index: _Index, detection: Detection) -> None:
        middle = Qt.AlignmentFlag.AlignVCenter
        inner = rect.adjusted(12, 0, -12, 0)
        if index.column() == Column.OBJECT:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(class_colour(self._palette, detection.label)))
            painter.drawRoundedRect(QRectF(inner.left(), rect.center().y() - 5, 10, 10), 3, 3)
            painter.setPen(QColor(self._palette.text))
            painter.setFont(ui_face(TextSize.BODY))
            inner.setLeft(inner.left() + 18)
            text = painter.fontMetrics().elidedText(
                str(index.data()), Qt.TextElideMode.ElideRight, round(inner.width())
            )
            painter.drawText(inner, middle, text)
            return
        painter.setFont(mono_face(TextSize.SMALL))
        is_time = index.column() == Column.TIME
        painter.setPen(QColor(self._palette.dim if is_time else self._palette.text))
        side = Qt.AlignmentFlag.AlignLeft if is_time else Qt.AlignmentFlag.AlignRight
        painter.drawText(inner, middle | side, str(index.data()))
