"""Icons: our own drawings on 20 pixels, tinted by the palette."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from app.render.palette import ICON_SIZE, Palette
from app.resources import resource_path

_RATIOS = (1.0, 2.0)
_APP_DRAWINGS = {"reelscope-small.svg": (16, 24), "reelscope.svg": (32, 48, 64, 128, 256)}
"""The program's drawings and how wide each is painted, pixels."""


@cache
def _drawing(name: str) -> bytes:
    return resource_path("icons", f"{name}.svg").read_bytes()


def icon_pixmap(name: str, colour: str, size: int = ICON_SIZE, ratio: float = 1.0) -> QPixmap:
    """Return a drawing in one colour, ``size`` logical pixels wide on a screen of ``ratio`` pixels each."""
    drawing = _drawing(name).replace(b"currentColor", colour.encode())
    pixmap = _painted(QSvgRenderer(QByteArray(drawing)), round(size * ratio))
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def _painted(renderer: QSvgRenderer, side: int) -> QPixmap:
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer.render(painter, QRectF(0, 0, side, side))
    painter.end()
    return pixmap


def icon(name: str, palette: Palette, colour: str | None = None) -> QIcon:
    """Return an icon in the palette's text colour (or ``colour``), faint where its control is off."""
    made = QIcon()
    for ratio in _RATIOS:
        made.addPixmap(icon_pixmap(name, colour or palette.text, ratio=ratio), QIcon.Mode.Normal)
        made.addPixmap(icon_pixmap(name, palette.faint, ratio=ratio), QIcon.Mode.Disabled)
    return made


def app_icon() -> QIcon:
    """Return the icon of the program; small pictures are a drawing of their own, on whole pixels."""
    made = QIcon()
    for name, sides in _APP_DRAWINGS.items():
        renderer = QSvgRenderer(str(resource_path(name)))
        for side in sides:
            made.addPixmap(_painted(renderer, side))
    return made
