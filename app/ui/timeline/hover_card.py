"""What floats over the strip at the pointer: the picture there and its time."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from app.core.time import format_short
from app.render.palette import DARK, Palette, TextSize
from app.ui.faces import mono_face, ui_face

_PICTURE_WIDTH, _FOOT, _NOTE, _PAD = 160, 22, 18, 4


class HoverCard(QWidget):
    """A small picture and a time; it never takes the pointer or the keyboard.

    Attributes:
        notes: what it says besides.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._palette = DARK
        self._pixmap: QPixmap | None = None
        self._words = ""
        self.notes: tuple[str, ...] = ()
        self.hide()

    def show_at(
        self, x: int, bottom: int, time_s: float, pixmap: QPixmap | None, notes: tuple[str, ...] = ()
    ) -> None:
        """Stand on ``bottom``, the middle at ``x``, inside the parent; both in its pixels.

        ``notes`` are said above the time, a line each: the chapter there, reasons to doubt what is said.
        """
        self._pixmap, self._words, self.notes = pixmap, format_short(time_s, 2), notes
        height = _FOOT + _NOTE * len(notes)
        if pixmap is not None:
            height += round(_PICTURE_WIDTH * pixmap.height() / pixmap.width()) + _PAD
        width = _PICTURE_WIDTH + 2 * _PAD if pixmap is not None or notes else 84
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
            height = self.height() - _FOOT - _PAD - _NOTE * len(self.notes)
            place = QRectF(_PAD, _PAD, _PICTURE_WIDTH, height)
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
        painter.setFont(ui_face(TextSize.SMALL))
        top = self.height() - _FOOT - _NOTE * len(self.notes) + 2
        for number, note in enumerate(self.notes):
            place = QRectF(8, top + _NOTE * number, self.width() - 16, _NOTE)
            words = painter.fontMetrics().elidedText(note, Qt.TextElideMode.ElideRight, int(place.width()))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, words)
