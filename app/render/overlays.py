"""Boxes over the picture, and the chips that say what is in them.

Everything here is in device pixels: lines and text are as crisp at 800 % and on a dense screen as at fit.
`lay_out` decides what goes where, from numbers alone; `box_painter` paints it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetricsF

from app.core.geometry import Box, Size
from app.core.results import Detection
from app.render.fonts import ui_font
from app.render.palette import TextSize
from app.render.viewport import Point, Viewport

_SMALLEST_LABELLED = 14.0
"""A box with a side shorter than this many widget pixels carries no chip: it would hide what it names."""
_LONGEST_CHIP = 160.0
"""Text is elided where it is wider than its box and than this many widget pixels."""
_MOST_CHIPS = 60
"""Nobody reads more labels than this in one picture; the most confident boxes get them."""
_MOST_WIDTHS = 2048
"""Labels differ by their confidence too: a hundred for each class and track."""


class LabelMeter(Protocol):
    """How large text is, device pixels."""

    @property
    def height(self) -> float:
        """Height of a chip."""

    def width(self, text: str) -> float:
        """Width of a chip with ``text``."""

    def elided(self, text: str, width: float) -> str:
        """``text``, cut with an ellipsis so that its chip is not wider than ``width``."""


@dataclass(frozen=True, slots=True)
class Chip:
    """A label: where it stands, device pixels, and what it says."""

    rect: Box
    text: str


@dataclass(frozen=True, slots=True)
class PlacedBox:
    """A detection on the screen: edges on whole device pixels, and its chip where there is room for one."""

    detection: Detection
    rect: Box
    chip: Chip | None


def label_of(detection: Detection) -> str:
    """What a chip says: "person 0.91", with the number of its track where it has one: "person 7 0.91"."""
    track = "" if detection.track_id is None else f" {detection.track_id}"
    return f"{detection.label}{track} {detection.confidence:.2f}"


def lay_out(detections: Sequence[Detection], viewport: Viewport, meter: LabelMeter) -> tuple[PlacedBox, ...]:
    """Place boxes and their chips; those outside the view are left out.

    Earlier detections (the more confident ones) get their chips first. No two chips overlap: one that finds
    no free place shortens to the bare label, then goes. Nothing here depends on the pointer, so nothing moves
    when it only passes over.
    """
    taken: list[Box] = []
    placed = []
    for detection, rect in _visible(detections, viewport):
        chip = _free_chip(detection, rect, viewport, meter, taken) if len(taken) < _MOST_CHIPS else None
        if chip is not None:
            taken.append(chip.rect)
        placed.append(PlacedBox(detection, rect, chip))
    return tuple(placed)


def full_chip(placed: PlacedBox, viewport: Viewport, meter: LabelMeter) -> Chip:
    """The whole label of a box, over everything else: for the one that is looked at."""
    text = label_of(placed.detection)
    rect = next(_places(placed.rect, meter.width(text), meter.height, viewport.view))
    return Chip(rect, text)


def box_at(placed: Iterable[PlacedBox], point: Point, slack: float) -> PlacedBox | None:
    """The smallest box that holds ``point`` (device pixels), grown by ``slack`` on each side."""
    hits = [one for one in placed if _holds(one.rect, point, slack)]
    return min(hits, key=lambda one: one.rect.area, default=None)


def _holds(rect: Box, point: Point, slack: float) -> bool:
    grown = Box(rect.x1 - slack, rect.y1 - slack, rect.x2 + slack, rect.y2 + slack)
    return grown.x1 <= point.x < grown.x2 and grown.y1 <= point.y < grown.y2


def _visible(detections: Sequence[Detection], viewport: Viewport) -> Iterator[tuple[Detection, Box]]:
    places = viewport.boxes_to_device(detection.box for detection in detections)
    for detection, place in zip(detections, places, strict=True):
        rect = _snapped(place)
        if rect.x1 < viewport.view.width and rect.y1 < viewport.view.height and rect.x2 > 0 and rect.y2 > 0:
            yield detection, rect


def _snapped(box: Box) -> Box:
    """Edges on whole pixels, at least one pixel apart."""
    left, top = round(box.x1), round(box.y1)
    return Box(left, top, max(left + 1, round(box.x2)), max(top + 1, round(box.y2)))


def _free_chip(
    detection: Detection, rect: Box, viewport: Viewport, meter: LabelMeter, taken: Sequence[Box]
) -> Chip | None:
    if min(rect.width, rect.height) < _SMALLEST_LABELLED * viewport.dpr:
        return None
    limit = max(rect.width, _LONGEST_CHIP * viewport.dpr)
    for text in (label_of(detection), detection.label):
        shown = meter.elided(text, limit)
        for place in _places(rect, meter.width(shown), meter.height, viewport.view):
            if not any(_overlap(place, other) for other in taken):
                return Chip(place, shown)
    return None


def _places(rect: Box, width: float, height: float, view: Size) -> Iterator[Box]:
    """Where a chip may stand, best first: above the box, inside at its top, below, inside at its bottom.

    At the top edge of the view there is no room above; a box that reaches out of the view keeps its chip
    inside.
    """
    left = min(max(rect.x1, 0.0), max(0.0, view.width - width))
    inside_top = min(max(rect.y1, 0.0), view.height - height)
    inside_bottom = max(0.0, min(rect.y2, view.height) - height)
    tops = [inside_top, inside_bottom]
    if rect.y2 + height <= view.height:
        tops.insert(1, rect.y2)
    if rect.y1 >= height:
        tops.insert(0, rect.y1 - height)
    for top in tops:
        yield Box(left, top, left + width, top + height)


def _overlap(a: Box, b: Box) -> bool:
    return a.x1 < b.x2 and b.x1 < a.x2 and a.y1 < b.y2 and b.y1 < a.y2


class FontMeter:
    """Measures chips with the interface face at a device pixel ratio. Needs a QGuiApplication."""

    def __init__(self, dpr: float) -> None:
        self.font = ui_font(round(TextSize.TINY * dpr), QFont.Weight.DemiBold)
        self.padding = round(5 * dpr)
        self._metrics = QFontMetricsF(self.font)
        self._height = round(self._metrics.height() * 1.2)
        # The same labels come with every picture, and shaping text is dear.
        self._widths: dict[str, float] = {}

    @property
    def height(self) -> float:
        """Height of a chip, whole device pixels."""
        return self._height

    def width(self, text: str) -> float:
        """Width of a chip, whole device pixels."""
        known = self._widths.get(text)
        if known is None:
            if len(self._widths) >= _MOST_WIDTHS:
                self._widths.clear()
            known = self._widths[text] = round(self._metrics.horizontalAdvance(text)) + 2 * self.padding
        return known

    def elided(self, text: str, width: float) -> str:
        """Cut ``text`` at its end."""
        if self.width(text) <= width:
            return text
        return self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, width - 2 * self.padding)
