"""Shots, found by how the colours of one looked-at picture differ from those of the one before.

Between keyframes seconds pass, so objects may be anywhere: only the distribution of colours is compared,
never pixel with pixel. A change of scene changes it; a change of light alone does not change it any more once
both pictures are brought to the same brightness, so both views must differ. A cut is told at the first
looked-at picture after it; encoders put keyframes on hard cuts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.core.frame import Pixels
from app.core.results import Shot

CUT_DISTANCE = 0.33
"""Share of the pixels that must have changed colour for a cut. On clips whose cuts are known it was: cuts
from 0.35 up, neighbours within a shot up to 0.18 (for a dip 0.99, before both have the same light)."""

SHORTEST_SHOT_S = 0.5
"""Flashes and strobes are no shots."""

_LEVELS = 8
"""Steps per channel of the colour histogram: fine enough for a change of scene, coarse enough for noise."""

_BRIGHT_SHARE = 95
_DARK_LEVEL = 24
"""A picture whose brightest twentieth stays below this level (of 255) shows nothing to compare."""

Histogram = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Colours:
    """How the colours of a picture are distributed.

    Attributes:
        as_is: shares of the pixels per coarse colour.
        same_light: the same, its brightest parts brought to full brightness; None for a dark picture.
    """

    as_is: Histogram
    same_light: Histogram | None

    @classmethod
    def of(cls, pixels: Pixels) -> Colours:
        """Look at ``pixels``, uint8 (height, width, 3)."""
        brightest = float(np.percentile(pixels.max(axis=2), _BRIGHT_SHARE))
        if brightest < _DARK_LEVEL:
            return cls(_histogram(pixels), None)
        lit = np.minimum(pixels.astype(np.float32) * (255 / brightest), 255).astype(np.uint8)
        return cls(_histogram(pixels), _histogram(lit))


def _histogram(pixels: Pixels) -> Histogram:
    coarse = (pixels // (256 // _LEVELS)).astype(np.int64)
    index = (coarse[..., 0] * _LEVELS + coarse[..., 1]) * _LEVELS + coarse[..., 2]
    return np.bincount(index.ravel(), minlength=_LEVELS**3) / index.size


def distance(a: Histogram, b: Histogram) -> float:
    """Return half the L1 distance of two histograms: 0 the same colours, 1 none in common."""
    return float(np.abs(a - b).sum() / 2)


@dataclass(slots=True)
class ShotFinder:
    """Takes small pictures in order of time and tells each shot when it is over."""

    _begun: tuple[int, float] | None = None
    _last: Colours | None = None
    _was_dark: bool = False

    def look(self, pts: int, time_s: float, pixels: Pixels) -> Shot | None:
        """Compare with the picture before; returns the shot that is over if a new one begins here."""
        colours = Colours.of(pixels)
        over = None
        if self._begun is None:
            self._begun = pts, time_s
        elif self._differs(colours) and time_s - self._begun[1] >= SHORTEST_SHOT_S:
            over = self.finish(pts, time_s)
            self._begun = pts, time_s
        self._was_dark = colours.same_light is None
        if not self._was_dark:
            self._last = colours
        return over

    def finish(self, end_pts: int, end_s: float) -> Shot | None:
        """Return the shot that is not over yet, ended there; None before the first picture."""
        if self._begun is None:
            return None
        start_pts, start_s = self._begun
        return Shot(
            start_s=start_s, end_s=max(start_s, end_s), start_pts=start_pts, end_pts=max(start_pts, end_pts)
        )

    def _differs(self, new: Colours) -> bool:
        old = self._last
        if old is None or old.same_light is None or new.same_light is None:
            return False
        lit = distance(old.same_light, new.same_light)
        if self._was_dark:
            # The picture went dark in between: what was before and what comes after may be equally dim.
            return lit > CUT_DISTANCE
        return min(lit, distance(old.as_is, new.as_is)) > CUT_DISTANCE
