"""Pixels and where they go: sizes, boxes, orientation, letterboxing."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass
from typing import NamedTuple


class Size(NamedTuple):
    """Width and height in pixels."""

    width: int
    height: int

    @property
    def transposed(self) -> Size:
        """Return width and height swapped."""
        return Size(self.height, self.width)


class Box(NamedTuple):
    """A rectangle x1, y1, x2, y2; x2 and y2 exclusive.

    Unless said otherwise in pixels of the upright, displayed picture (after rotation, mirroring and
    sample aspect).
    """

    x1: float
    y1: float
    x2: float
    y2: float

    @property
    def width(self) -> float:
        """Horizontal extent."""
        return self.x2 - self.x1

    @property
    def height(self) -> float:
        """Vertical extent."""
        return self.y2 - self.y1

    @property
    def area(self) -> float:
        """Area; zero for an empty box."""
        return max(0.0, self.width) * max(0.0, self.height)

    def clipped(self, size: Size) -> Box:
        """Return the part inside a picture of ``size``."""
        return Box(
            min(max(self.x1, 0.0), size.width),
            min(max(self.y1, 0.0), size.height),
            min(max(self.x2, 0.0), size.width),
            min(max(self.y2, 0.0), size.height),
        )

    def scaled(self, x: float, y: float) -> Box:
        """Return the box in a picture stretched by ``x`` and ``y``."""
        return Box(self.x1 * x, self.y1 * y, self.x2 * x, self.y2 * y)

    def moved(self, dx: float, dy: float) -> Box:
        """Return the box moved by ``dx`` and ``dy``."""
        return Box(self.x1 + dx, self.y1 + dy, self.x2 + dx, self.y2 + dy)


def iou(a: Box, b: Box) -> float:
    """Return the intersection over union, 0 to 1; 0 where both are empty."""
    width = min(a.x2, b.x2) - max(a.x1, b.x1)
    height = min(a.y2, b.y2) - max(a.y1, b.y1)
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / (a.area + b.area - shared)


@dataclass(frozen=True, slots=True)
class Orientation:
    """How a decoded picture becomes upright: mirror left-right first, then turn clockwise.

    Attributes:
        rotation: clockwise degrees, one of 0, 90, 180, 270.
        mirrored: whether the picture is flipped left-right before turning.
    """

    rotation: int = 0
    mirrored: bool = False

    def __post_init__(self) -> None:
        if self.rotation not in (0, 90, 180, 270):
            raise ValueError(f"rotation must be 0, 90, 180 or 270, not {self.rotation}")

    @property
    def is_identity(self) -> bool:
        """Whether nothing has to be done."""
        return self.rotation == 0 and not self.mirrored

    @property
    def swaps_axes(self) -> bool:
        """Whether width and height change places."""
        return self.rotation in (90, 270)

    def size(self, source: Size) -> Size:
        """Return the size of the upright picture."""
        return source.transposed if self.swaps_axes else source

    def upright(self, box: Box, source: Size) -> Box:
        """Map a box from the decoded picture of size ``source`` to the upright one."""
        x1, y1, x2, y2 = box
        width, height = source
        if self.mirrored:
            x1, x2 = width - x2, width - x1
        if self.rotation == 90:
            return Box(height - y2, x1, height - y1, x2)
        if self.rotation == 180:
            return Box(width - x2, height - y2, width - x1, height - y1)
        if self.rotation == 270:
            return Box(y1, width - x2, y2, width - x1)
        return Box(x1, y1, x2, y2)

    @property
    def inverse(self) -> Orientation:
        """Return the orientation that undoes this one."""
        return self if self.mirrored else Orientation((360 - self.rotation) % 360)


class Fit(enum.Enum):
    """How a picture is brought into a box of another shape."""

    CENTRE = "centre"
    """Keep the aspect, equal bars on both sides."""
    TOP_LEFT = "top_left"
    """Keep the aspect, bars at the right or bottom (YOLOX)."""
    STRETCH = "stretch"
    """Fill the box, aspect lost (DETR family)."""
    COVER = "cover"
    """Fill the box, keep the aspect: what stands over at two sides is cut off (most picture encoders). A
    picture more than four times too long gets bars besides."""


_MOST_COVERED = 4
"""A strip of one row would be enlarged without end to cover its box."""


@dataclass(frozen=True, slots=True)
class Letterbox:
    """The placing of a picture of ``source`` size inside a ``target`` canvas.

    Attributes:
        source: size of the whole picture, pixels.
        target: size of the canvas, pixels.
        inner: size of the scaled picture, pixels; larger than the canvas where it covers it.
        left, top: where it stands on the canvas, pixels; below 0 where something is cut off.
    """

    source: Size
    target: Size
    inner: Size
    left: int
    top: int

    @classmethod
    def fit(cls, source: Size, target: Size, how: Fit = Fit.CENTRE) -> Letterbox:
        """Place ``source`` in ``target``; no side of the inner picture is ever below one pixel."""
        if min(source) < 1 or min(target) < 1:
            raise ValueError(f"cannot fit {source} into {target}")
        if how is Fit.STRETCH:
            return cls(source, target, target, 0, 0)
        scales = target.width / source.width, target.height / source.height
        scale = min(max(scales), _MOST_COVERED * min(scales)) if how is Fit.COVER else min(scales)
        inner = Size(*(max(1, math.floor(side * scale + 0.5)) for side in source))
        if how is not Fit.COVER:
            inner = Size(min(target.width, inner.width), min(target.height, inner.height))
        if how is Fit.TOP_LEFT:
            return cls(source, target, inner, 0, 0)
        left, top = (target.width - inner.width) // 2, (target.height - inner.height) // 2
        return cls(source, target, inner, left, top)

    @property
    def scale(self) -> tuple[float, float]:
        """Canvas pixels per picture pixel, horizontally and vertically."""
        return self.inner.width / self.source.width, self.inner.height / self.source.height

    def forward(self, box: Box) -> Box:
        """Map a box from the picture to the canvas."""
        x, y = self.scale
        return box.scaled(x, y).moved(self.left, self.top)

    def inverse(self, box: Box) -> Box:
        """Map a box from the canvas to the picture (not clipped)."""
        x, y = self.scale
        return box.moved(-self.left, -self.top).scaled(1 / x, 1 / y)


class ChannelOrder(enum.Enum):
    """Order of the colour planes a model expects."""

    RGB = "rgb"
    BGR = "bgr"


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """What picture tensor a model takes: float32, shape (1, 3, height, width).

    A value v of 0..255 becomes (v * scale - mean) / std, per channel in ``channels`` order.

    Attributes:
        size: of the canvas, pixels.
        channels: order of the planes.
        fit: how the picture is placed.
        scale: factor on 0..255 (1 keeps it, 1/255 gives 0..1).
        mean, std: per channel, after scaling.
        pad: value 0..255 of the bars, before scaling.
    """

    size: Size
    channels: ChannelOrder = ChannelOrder.RGB
    fit: Fit = Fit.CENTRE
    scale: float = 1.0
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    std: tuple[float, float, float] = (1.0, 1.0, 1.0)
    pad: float = 114.0
