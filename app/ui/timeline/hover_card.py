"""What floats over the strip at the pointer: the picture there and its time."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from app.core.time import format_short
from app.render.palette import DARK, Palette, TextSize
from app.ui.faces import mono_face

_PICTURE_WIDTH, _FOOT, _PAD = 160, 22, 4


class HoverCard(QWidget):
    """A small picture and a time; it never takes the pointer or the keyboard."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._palette = DARK
        self._pixmap: QPixmap | None = None
        self._words = ""
        self.hide()

    def show_at(self, x: int, bottom: int, time_s: float, pixmap: QPixmap | None) -> None:
        """Stand on ``bottom``, the middle at ``x``, inside the parent; both in its pixels."""
        self._pixmap, self._words = pixmap, format_short(time_s, 2)
        height = _FOOT
        if pixmap is not None:
            height += round(_PICTURE_WIDTH * pixmap.height() / pixmap.width()) + _PAD
        width = _PICTURE_WIDTH + 2 * _PAD if pixmap is not None else 84
        self.resize(QSize(width, height))
        left = min(max(8, x - width // 2), self._over.width() - width - 8)
        self.move(QPoint(left, max(0, bottom - height)))
        self.show()
        self.raise_()
        self.update()

    def wear(self, palette: Palette) -> None:
        """Take on the colours of a palette."""
        self._palette = palette
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the picture over its time."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(QColor(self._palette.line))
        painter.setBrush(QColor(self._palette.raised))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        if self._pixmap is not None:
            place = QRectF(_PAD, _PAD, _PICTURE_WIDTH, self.height() - _FOOT - _PAD)
            path = QPainterPath()
            path.addRoundedRect(place, 3, 3)
            painter.save()
            painter.setClipPath(path)
            painter.drawPixmap(place, self._pixmap, QRectF(self._pixmap.rect()))
            painter.restore()
        painter.setFont(mono_face(TextSize.SMALL))
        painter.setPen(QColor(self._palette.text))
        place = QRectF(0, self.height() - _FOOT, self.width(), _FOOT)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, self._words)
