"""Where the picture stands in its view: fit, zoom, pan, and the way between their pixels. Pure geometry.

Three kinds of pixels meet here. Picture pixels: the upright picture at full resolution, the space of boxes.
Widget pixels: Qt's, in which mouse events come. Device pixels: the screen's, widget pixels times the device
pixel ratio; the picture is placed on whole ones, so that it can be painted without resampling.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from app.core.geometry import Box, Letterbox, Size

ACTUAL = 1.0
"""One device pixel for one picture pixel: 100 %."""
LARGEST = 32.0
"""Nobody needs a picture pixel larger than this many device pixels."""


class Point(NamedTuple):
    """A place, in the pixels that its context names."""

    x: float
    y: float


_ORIGIN = Point(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Viewport:
    """How a picture is looked at; every change gives a new value.

    Attributes:
        picture: size of the upright picture at full resolution, picture pixels.
        view: size of the view, device pixels.
        dpr: device pixels per widget pixel.
        zoom: device pixels per picture pixel; None fits the whole picture in.
        centre: the picture point in the middle of the view, where zoomed; always within the limits of
            panning: an axis that the picture fills shows no emptiness, another one is centred.
    """

    picture: Size
    view: Size
    dpr: float = 1.0
    zoom: float | None = None
    centre: Point = _ORIGIN

    @property
    def fit_scale(self) -> float:
        """The zoom at which the whole picture just fits."""
        return min(self.view.width / self.picture.width, self.view.height / self.picture.height)

    @property
    def scale(self) -> float:
        """Device pixels per picture pixel, as shown now."""
        return self.fit_scale if self.zoom is None else self.zoom

    @property
    def placed(self) -> Box:
        """Where the picture stands, device pixels: its corner on whole ones, at fit and 100 % its size."""
        if self.zoom is None:
            box = Letterbox.fit(self.picture, self.view)
            return Box(box.left, box.top, box.left + box.inner.width, box.top + box.inner.height)
        left, top = (round(value) for value in self._corner())
        return Box(left, top, left + self.picture.width * self.zoom, top + self.picture.height * self.zoom)

    @property
    def needed(self) -> Size:
        """The size within which a picture should be converted.

        As many pixels as can be seen; once zoomed in never more than the picture has.
        """
        if self.zoom is None:
            return self.view
        shown = (max(1, round(side * min(ACTUAL, self.zoom))) for side in self.picture)
        return Size(*shown)

    def box_to_device(self, box: Box) -> Box:
        """Map a box from the picture to the screen, device pixels."""
        return next(self.boxes_to_device((box,)))

    def boxes_to_device(self, boxes: Iterable[Box]) -> Iterator[Box]:
        """Map several, each as ``box_to_device`` does."""
        placed = self.placed
        x, y = placed.width / self.picture.width, placed.height / self.picture.height
        for box in boxes:
            yield box.scaled(x, y).moved(placed.x1, placed.y1)

    def to_widget(self, point: Point) -> Point:
        """Map a place from the picture to the widget."""
        at = self.box_to_device(Box(point.x, point.y, point.x, point.y))
        return Point(at.x1 / self.dpr, at.y1 / self.dpr)

    def to_picture(self, point: Point) -> Point:
        """Map a place from the widget to the picture; outside of it the result is outside too."""
        placed = self.placed
        return Point(
            (point.x * self.dpr - placed.x1) * self.picture.width / placed.width,
            (point.y * self.dpr - placed.y1) * self.picture.height / placed.height,
        )

    def fitted(self) -> Viewport:
        """Show the whole picture."""
        return dataclasses.replace(self, zoom=None)

    def zoomed_to(self, zoom: float, at: Point | None = None) -> Viewport:
        """Set the zoom; the picture point at widget place ``at`` (default the middle) stays where it is.

        At the edges the limits of panning win. Zooming out ends at the whole picture (at 100 % where that is
        smaller), zooming in at LARGEST.
        """
        zoom = min(max(zoom, min(ACTUAL, self.fit_scale)), max(LARGEST, self.fit_scale))
        if zoom <= self.fit_scale <= ACTUAL:
            return self.fitted()
        middle = Point(self.view.width / 2, self.view.height / 2)
        held = middle if at is None else Point(at.x * self.dpr, at.y * self.dpr)
        left, top = self._corner()
        centre = Point(
            (held.x - left) / self.scale + (middle.x - held.x) / zoom,
            (held.y - top) / self.scale + (middle.y - held.y) / zoom,
        )
        return dataclasses.replace(self, zoom=zoom, centre=centre)._limited()

    def zoomed_by(self, factor: float, at: Point | None = None) -> Viewport:
        """Multiply the zoom, as `zoomed_to`."""
        return self.zoomed_to(self.scale * factor, at)

    def centred(self, at: Point, zoom: float | None = None) -> Viewport:
        """Bring a picture point into the middle, as far as the edges allow; at ``zoom``, or as it is."""
        if self.zoom is None and zoom is None:
            return self
        seen = self if zoom is None else self.zoomed_to(zoom)
        return dataclasses.replace(seen, centre=at)._limited()

    def panned(self, dx: float, dy: float) -> Viewport:
        """Move the picture by so many widget pixels, as far as its edges allow."""
        if self.zoom is None:
            return self
        centre = Point(self.centre.x - dx * self.dpr / self.zoom, self.centre.y - dy * self.dpr / self.zoom)
        return dataclasses.replace(self, centre=centre)._limited()

    def resized(self, view: Size, dpr: float) -> Viewport:
        """Look through a view of another size (device pixels): zoom and middle stay."""
        return dataclasses.replace(self, view=view, dpr=dpr)._limited()

    def of_picture(self, picture: Size) -> Viewport:
        """Look at a picture: zoom stays for one of the same size, another one is shown whole."""
        return self if picture == self.picture else Viewport(picture, self.view, self.dpr)

    @property
    def can_pan(self) -> bool:
        """Whether the picture is larger than the view in some direction."""
        return self.zoom is not None and self.zoom > self.fit_scale

    def _corner(self) -> Point:
        """The picture's upper left corner, device pixels, before it is put on whole ones."""
        if self.zoom is None:
            return Point(self.placed.x1, self.placed.y1)
        return Point(
            self.view.width / 2 - self.centre.x * self.zoom,
            self.view.height / 2 - self.centre.y * self.zoom,
        )

    def _limited(self) -> Viewport:
        if self.zoom is None:
            return self
        centre = Point(
            _within(self.centre.x, self.picture.width, self.view.width / self.zoom),
            _within(self.centre.y, self.picture.height, self.view.height / self.zoom),
        )
        return dataclasses.replace(self, centre=centre)


def _within(centre: float, picture: float, seen: float) -> float:
    """The nearest middle of a stretch of ``seen`` picture pixels that shows no emptiness it could avoid."""
    if seen >= picture:
        return picture / 2
    return min(max(centre, seen / 2), picture - seen / 2)
