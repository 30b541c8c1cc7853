"""Paints boxes and their chips, most of it from small images that are kept from picture to picture."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from app.core.geometry import Box, Size
from app.render.overlays import Chip, FontMeter, PlacedBox
from app.render.palette import RADIUS_CHIP, Palette, class_colour, text_on

OUTLINE = 2
"""Width of a box's outline, widget pixels."""
_CASING = QColor(0, 0, 0, 140)
"""One widget pixel around an outline: an orange box shows on orange."""
_EMPHASIS = 3
"""Width of the outline of a box that is chosen or under the pointer."""
_FILL_ALPHA = 40
_MOST_CHIPS = 256
"""Labels differ by their confidence too; a chip takes some kilobytes."""
_TEXT_PLACE = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine


class BoxSprites:
    """Chips and translucent bars as images, at one device pixel ratio. GUI thread only.

    Painting a chip anew takes twenty times as long as blending its image. Qt fills with a translucent colour
    row by row, and gives even short bars to other threads, which decoding keeps waiting.

    Attributes:
        meter: how large chips are.
        dpr: device pixels a widget pixel.
    """

    def __init__(self, dpr: float) -> None:
        self.dpr = dpr
        self.meter = FontMeter(dpr)
        self._chips: dict[tuple[str, str], QImage] = {}
        self._bars: tuple[Size, tuple[QImage, QImage]] | None = None

    @property
    def overhang(self) -> float:
        """How far a chip begins before its box, device pixels: flush with the outline."""
        return OUTLINE * self.dpr / 2

    def chip(self, text: str, colour: str) -> QImage:
        """A chip whose place begins ``overhang`` before a whole pixel."""
        image = self._chips.get((text, colour))
        if image is None:
            if len(self._chips) >= _MOST_CHIPS:
                self._chips.clear()
            image = self._chips[text, colour] = self._painted_chip(text, colour)
        return image

    def casing_bars(self, view: Size) -> tuple[QImage, QImage]:
        """A lying and a standing bar of the casing's colour, each as long as ``view``."""
        if self._bars is None or self._bars[0] != view:
            thick = self.casing_width
            bars = _blank(QSize(view.width, thick)), _blank(QSize(thick, view.height))
            for bar in bars:
                bar.fill(_CASING)
            self._bars = view, bars
        return self._bars[1]

    @property
    def casing_width(self) -> int:
        """Device pixels."""
        return max(1, round(self.dpr))

    def _painted_chip(self, text: str, colour: str) -> QImage:
        meter = self.meter
        part = math.ceil(self.overhang) - self.overhang
        rect = QRectF(part, 0, meter.width(text), meter.height)
        image = _blank(QSize(math.ceil(rect.right()), math.ceil(rect.bottom())))
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setFont(meter.font)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        painter.drawRoundedRect(rect, RADIUS_CHIP * self.dpr, RADIUS_CHIP * self.dpr)
        painter.setPen(QColor(text_on(colour)))
        painter.drawText(rect.adjusted(meter.padding, 0, 0, 0), _TEXT_PLACE, text)
        painter.end()
        return image


class BoxPainter:
    """Paints placed boxes with a painter whose unit is one device pixel, over an area of size ``view``.

    Numbers go to Qt one by one: making a QRect takes Python longer than filling it takes Qt.
    """

    def __init__(self, painter: QPainter, palette: Palette, sprites: BoxSprites, view: Size) -> None:
        self._painter = painter
        self._palette = palette
        self._sprites = sprites
        self._view = view
        self._dpr = sprites.dpr
        self._bars = sprites.casing_bars(view)

    def all(self, placed: Sequence[PlacedBox]) -> None:
        """Paint outlines, the first on top, then the chips over all of them."""
        colours = [class_colour(self._palette, one.detection.label) for one in placed]
        for one, colour in zip(reversed(placed), reversed(colours), strict=True):
            self._casing(one.rect, OUTLINE)
            self._outline(one.rect, _qcolor(colour), OUTLINE)
        for one, colour in zip(placed, colours, strict=True):
            if one.chip is not None:
                self._chip(one.chip, colour)

    def emphasised(self, placed: PlacedBox, chip: Chip, *, chosen: bool) -> None:
        """Paint the box under the pointer, or the chosen one: stronger, tinted, its whole label on top."""
        name = class_colour(self._palette, placed.detection.label)
        fill = QColor(name)
        fill.setAlpha(_FILL_ALPHA)
        self._painter.fillRect(_rectf(placed.rect), fill)
        if chosen:
            self._outline(placed.rect, _qcolor(text_on(text_on(name))), _EMPHASIS + 2)
        else:
            self._casing(placed.rect, _EMPHASIS)
        self._outline(placed.rect, _qcolor(name), _EMPHASIS)
        self._chip(chip, name)

    def _chip(self, chip: Chip, colour: str) -> None:
        """Paint a label: the class colour, and black or white on it, whichever reads better."""
        left = round(chip.rect.x1) - math.ceil(self._sprites.overhang)
        self._painter.drawImage(left, round(chip.rect.y1), self._sprites.chip(chip.text, colour))

    def _outline(self, rect: Box, colour: QColor, width: int) -> None:
        """A frame on whole pixels, half of its width inside."""
        bar = max(1, round(width * self._dpr))
        fill = self._painter.fillRect
        for left, top, wide, high in _sides(rect, bar, bar // 2, bar):
            fill(left, top, wide, high, colour)

    def _casing(self, rect: Box, width: int) -> None:
        """A thin frame right outside the outline of that width."""
        outline, bar = max(1, round(width * self._dpr)), self._sprites.casing_width
        draw, (view_wide, view_high), (lying, standing) = self._painter.drawImage, self._view, self._bars
        for left, top, wide, high in _sides(rect, bar, outline // 2 + bar, outline + 2 * bar):
            x, y = max(left, 0), max(top, 0)
            seen_wide, seen_high = min(left + wide, view_wide) - x, min(top + high, view_high) - y
            if seen_wide > 0 and seen_high > 0:
                draw(x, y, lying if high == bar else standing, 0, 0, seen_wide, seen_high)


@functools.lru_cache(maxsize=64)
def _qcolor(name: str) -> QColor:
    """Not to be changed by whoever gets it."""
    return QColor(name)


def _sides(rect: Box, bar: int, out: int, grown: int) -> Iterator[tuple[int, int, int, int]]:
    """Left, top, width and height of the four sides of a frame, without overlap: crisp as they are.

    The frame begins ``out`` before ``rect``, is larger by ``grown``, and its sides are ``bar`` thick.
    """
    left, top = round(rect.x1) - out, round(rect.y1) - out
    wide, high = round(rect.width) + grown, round(rect.height) + grown
    yield left, top, wide, bar
    yield left, top + high - bar, wide, bar
    yield left, top + bar, bar, high - 2 * bar
    yield left + wide - bar, top + bar, bar, high - 2 * bar


def _blank(size: QSize) -> QImage:
    return QImage(size, QImage.Format.Format_ARGB32_Premultiplied)


def _rectf(box: Box) -> QRectF:
    return QRectF(box.x1, box.y1, box.width, box.height)
