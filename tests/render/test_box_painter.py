"""What is painted from kept images looks as if painted anew, by Qt's own shapes and text."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from app.core.geometry import Size
from app.render.box_painter import BoxPainter, BoxSprites
from app.render.overlays import PlacedBox, lay_out
from app.render.palette import DARK, RADIUS_CHIP, class_colour, text_on
from app.render.viewport import Viewport
from tests.render.frames import found

VIEW = Size(400, 300)
DETECTIONS = [
    found((30, 60, 140, 200)),
    found((100, 90, 300, 250), "car", confidence=0.5),
    found((-80, -50, 90, 350), "a very long name of something that nobody has ever seen before"),
    found((390, 290, 500, 400), "dog"),
    found((200, 150, 203, 151), "cat"),
]
_CASING = QColor(0, 0, 0, 140)


def canvas() -> QImage:
    image = QImage(VIEW.width, VIEW.height, QImage.Format.Format_RGB32)
    image.fill(QColor(90, 140, 180))
    return image


def pixels(image: QImage) -> npt.NDArray[np.int16]:
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)
    return rows[..., :3].astype(np.int16)


def frame_plainly(painter: QPainter, one: PlacedBox, out: int, bar: int, grown: int, colour: QColor) -> None:
    """Two rectangles, the space between them filled."""
    left, top = round(one.rect.x1) - out, round(one.rect.y1) - out
    wide, high = round(one.rect.width) + grown, round(one.rect.height) + grown
    painter.fillRect(left, top, wide, bar, colour)
    painter.fillRect(left, top + high - bar, wide, bar, colour)
    painter.fillRect(left, top + bar, bar, high - 2 * bar, colour)
    painter.fillRect(left + wide - bar, top + bar, bar, high - 2 * bar, colour)


def paint_plainly(image: QImage, placed: tuple[PlacedBox, ...], dpr: float) -> None:
    painter, sprites = QPainter(image), BoxSprites(dpr)
    bar, thin = max(1, round(2 * dpr)), max(1, round(dpr))
    for one in reversed(placed):
        frame_plainly(painter, one, bar // 2 + thin, thin, bar + 2 * thin, _CASING)
        frame_plainly(painter, one, bar // 2, bar, bar, QColor(class_colour(DARK, one.detection.label)))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setFont(sprites.meter.font)
    for one in placed:
        if one.chip is None:
            continue
        colour, box = class_colour(DARK, one.detection.label), one.chip.rect
        rect = QRectF(box.x1 - dpr, box.y1, box.width, box.height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        painter.drawRoundedRect(rect, RADIUS_CHIP * dpr, RADIUS_CHIP * dpr)
        painter.setPen(QColor(text_on(colour)))
        place = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        painter.drawText(rect.adjusted(sprites.meter.padding, 0, 0, 0), place, one.chip.text)
    painter.end()


@pytest.mark.parametrize("dpr", [1.0, 1.25, 1.5, 2.0])
def test_boxes_look_as_if_painted_anew(qapp: QApplication, dpr: float) -> None:
    sprites, ours, plain = BoxSprites(dpr), canvas(), canvas()
    placed = lay_out(DETECTIONS, Viewport(VIEW, VIEW, dpr=dpr), sprites.meter)
    assert sum(one.chip is not None for one in placed) >= 3
    paint_plainly(plain, placed, dpr)
    for _ in range(2):
        ours = canvas()
        painter = QPainter(ours)
        BoxPainter(painter, DARK, sprites, VIEW).all(placed)
        painter.end()
    # Blending an image rounds otherwise than filling does.
    assert np.abs(pixels(ours) - pixels(plain)).max() <= 2


def test_no_more_chips_are_kept_than_are_of_use(qapp: QApplication) -> None:
    sprites = BoxSprites(1.0)
    first = sprites.chip("person 0.00", "#56B4E9")
    assert sprites.chip("person 0.00", "#56B4E9") is first
    for number in range(300):
        sprites.chip(f"person {number}", "#56B4E9")
    assert sprites.chip("person 0.00", "#56B4E9") is not first
