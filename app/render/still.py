"""A picture at its full size as an image of its own, with its boxes where they are wanted."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QImage, QPainter

from app.core.frame import PixelFormat, VideoFrame
from app.core.results import Detection
from app.render.box_painter import BoxPainter, BoxSprites
from app.render.overlays import lay_out
from app.render.palette import Palette
from app.render.viewport import Viewport

_COMFORTABLE_HEIGHT = 720
"""The height of a picture, pixels, on which labels of the window's size read well; they grow beyond it."""


def still_image(frame: VideoFrame, detections: Sequence[Detection], palette: Palette) -> QImage:
    """Return an RGB888 image that owns its pixels: ``frame`` with ``detections`` painted over it.

    Needs a QGuiApplication and, to paint, its thread.

    Raises:
        ValueError: the frame is not RGB.
    """
    if frame.pixel_format is not PixelFormat.RGB:
        raise ValueError(f"only RGB becomes a still, not {frame.pixel_format.value}")
    width, height = frame.size
    rows = frame.data.data.cast("B")
    image = QImage(rows, width, height, frame.stride, QImage.Format.Format_RGB888).copy()
    if detections:
        _paint(image, frame, detections, palette)
    return image


def _paint(image: QImage, frame: VideoFrame, detections: Sequence[Detection], palette: Palette) -> None:
    scale = max(1.0, min(frame.size) / _COMFORTABLE_HEIGHT)
    viewport = Viewport(frame.display_size, frame.size, dpr=scale)
    sprites = BoxSprites(scale)
    placed = lay_out(detections, viewport, sprites.meter)
    painter = QPainter(image)
    try:
        BoxPainter(painter, palette, sprites, frame.size).all(placed)
    finally:
        painter.end()
