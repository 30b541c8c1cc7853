"""Subtitles over the picture: at its lower edge, readable on any picture, never over more than a third."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QWidget

from app.core.subtitles import SubtitleCue
from app.render.fonts import ui_font
from app.render.text_lines import lay_out_lines
from app.render.video_view import VideoView

_SHARE_OF_HEIGHT = 0.052
"""Height of the letters by that of the picture, or of its width where that is smaller."""
_LARGEST_PX, _LEAST_PX = 96, 9
_SHRINK = 0.88
_CASING = 0.2
"""Width of the dark edge around letters, both sides together, by their size."""
_EDGE = 0.035
"""Distance from the edge of the picture, by its height."""
_USED_WIDTH = 0.9
_MOST_OF_HEIGHT = 1 / 3
_INK, _EDGE_INK = "#FFFFFF", "#0A0C10"
"""The same in both palettes: they stand on pictures, not on the window."""


@dataclass(frozen=True, slots=True)
class _Block:
    """Cues laid out for one edge of the picture; places in pixels from the upper left of the block."""

    casing: tuple[QTextLayout, ...]
    ink: tuple[QTextLayout, ...]
    offsets: tuple[float, ...]
    height: float
    kept: float


class SubtitleOverlay(QWidget):
    """Lies over a VideoView and writes the cues of the picture shown. GUI thread only.

    It takes neither the pointer nor the keyboard.
    """

    def __init__(self, view: VideoView) -> None:
        super().__init__(view)
        self._view = view
        self._cues: tuple[SubtitleCue, ...] = ()
        self._painted: tuple[object, QPixmap] | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Subtitles")
        view.installEventFilter(self)
        self.setGeometry(view.rect())
        self.hide()

    @property
    def cues(self) -> tuple[SubtitleCue, ...]:
        """What is written now."""
        return self._cues

    def set_cues(self, cues: tuple[SubtitleCue, ...]) -> None:
        """Write these; none hides the overlay."""
        if cues == self._cues:
            return
        self._cues = cues
        self.setAccessibleDescription("\n".join(cue.text for cue in cues))
        self.setVisible(bool(cues))
        self.update()

    def place(self) -> QRect:
        """The part of the picture that is seen, in pixels of the view: what subtitles are laid out in."""
        viewport = self._view.viewport
        placed, ratio = viewport.placed, viewport.dpr
        picture = QRectF(
            placed.x1 / ratio, placed.y1 / ratio, placed.width / ratio, placed.height / ratio
        ).toAlignedRect()
        return picture.intersected(self.rect())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep to the view's size."""
        if watched is self._view and event.type() == QEvent.Type.Resize:
            self.setGeometry(self._view.rect())
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Write the cues; laid out anew only where they, or the picture's place, changed."""
        area = self.place()
        if not self._cues or self._view.frame is None or area.width() < 16 or area.height() < 16:
            return
        ratio = self.devicePixelRatioF()
        key = (self._cues, area.width(), area.height(), ratio)
        if self._painted is None or self._painted[0] != key:
            self._painted = (key, render(self._cues, area.width(), area.height(), ratio))
        QPainter(self).drawPixmap(area.topLeft(), self._painted[1])


def render(cues: tuple[SubtitleCue, ...], width: int, height: int, ratio: float = 1.0) -> QPixmap:
    """Return a transparent picture of ``width`` x ``height`` logical pixels with the cues written on it.

    Those at the bottom keep to the lower third, those at the top to the upper one: letters shrink first, then
    lines that have no room are left out.
    """
    pixmap = QPixmap(round(width * ratio), round(height * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    edge = height * _EDGE
    for at_top in (True, False):
        some = tuple(cue for cue in cues if cue.at_top is at_top)
        if not some:
            continue
        block = _fitted(some, width, height * _MOST_OF_HEIGHT - edge, min(width, height))
        top = edge if at_top else height - edge - block.kept
        painter.save()
        painter.setClipRect(QRectF(0, top - edge, width, block.kept + 2 * edge))
        for layouts in (block.casing, block.ink):
            for layout, offset in zip(layouts, block.offsets, strict=True):
                if offset < block.kept:
                    _draw(
                        painter,
                        layout,
                        QPointF(width * (1 - _USED_WIDTH) / 2, top + offset),
                        block.kept - offset,
                    )
        painter.restore()
    painter.end()
    return pixmap


def _draw(painter: QPainter, layout: QTextLayout, at: QPointF, room: float) -> None:
    """Draw the lines that have room."""
    for number in range(layout.lineCount()):
        line = layout.lineAt(number)
        if line.y() + line.height() <= room + 0.5:
            line.draw(painter, at)


def _fitted(cues: tuple[SubtitleCue, ...], width: int, room: float, extent: int) -> _Block:
    """Lay cues out one under the other, in the largest letters that have room."""
    size = min(_LARGEST_PX, max(_LEAST_PX, round(extent * _SHARE_OF_HEIGHT)))
    while True:
        block = _stacked(cues, width * _USED_WIDTH, ui_font(size, QFont.Weight.Medium), size, room)
        if block.height <= room or size <= _LEAST_PX:
            return block
        size = max(_LEAST_PX, int(size * _SHRINK))


def _stacked(cues: tuple[SubtitleCue, ...], width: float, font: QFont, size: int, room: float) -> _Block:
    casing, ink, offsets = [], [], []
    height = kept = 0.0
    edge_pen = QPen(QColor(_EDGE_INK), max(2.0, size * _CASING))
    edge_pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    for cue in cues:
        casing.append(_laid_out(cue, width, font, edge_pen))
        ink.append(_laid_out(cue, width, font, None))
        offsets.append(height)
        for number in range(ink[-1].lineCount()):
            line = ink[-1].lineAt(number)
            bottom = height + line.y() + line.height()
            kept = bottom if bottom <= room + 0.5 else kept
        height += ink[-1].boundingRect().height()
    return _Block(tuple(casing), tuple(ink), tuple(offsets), height, kept)


def _laid_out(cue: SubtitleCue, width: float, font: QFont, outline: QPen | None) -> QTextLayout:
    text = cue.text.replace("\n", "\N{LINE SEPARATOR}")
    layout = QTextLayout(text, font)
    option = QTextOption(Qt.AlignmentFlag.AlignHCenter)
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    formats, start = [], 0
    for part in cue.parts:
        form = QTextCharFormat()
        form.setFontItalic(part.italic)
        if part.bold:
            form.setFontWeight(QFont.Weight.Bold)
        form.setForeground(QColor(_INK if outline is None else _EDGE_INK))
        if outline is not None:
            form.setTextOutline(outline)
        span = QTextLayout.FormatRange()
        # Qt counts in units of UTF-16.
        span.start, span.length = start, len(part.text.encode("utf-16-le")) // 2
        span.format = form
        start += span.length
        formats.append(span)
    layout.setFormats(formats)
    lay_out_lines(layout, width)
    return layout
