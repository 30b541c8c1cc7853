"""Shots, found by how the colours of one looked-at picture differ from those of the one before.

Between keyframes seconds pass, so objects may be anywhere: only the distribution of colours is compared,
never pixel with pixel. A cut is found at the first looked-at picture after it; encoders put keyframes on hard cuts.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from app.core.frame import Pixels
from app.core.results import Shot

_LEVELS = 8
"""Steps per channel of the colour histogram: fine enough for a change of scene, coarse enough for noise."""

CUT_DISTANCE = 0.5
"""Share of the pixels that must have changed colour for a cut; tests/analysis/test_shots.py has figures."""

Histogram = npt.NDArray[np.float64]


def colour_histogram(pixels: Pixels) -> Histogram:
    """Return the shares of the pixels per coarse colour; ``pixels`` is uint8 (height, width, 3)."""
    coarse = (pixels // (256 // _LEVELS)).astype(np.int64)
    index = (coarse[..., 0] * _LEVELS + coarse[..., 1]) * _LEVELS + coarse[..., 2]
    counts = np.bincount(index.ravel(), minlength=_LEVELS**3)
    return counts / max(1, index.size)


def histogram_distance(a: Histogram, b: Histogram) -> float:
    """Return half the L1 distance of two histograms: 0 the same colours, 1 none in common."""
    return float(np.abs(a - b).sum() / 2)


@dataclass(slots=True)
class ShotFinder:
    """Takes small pictures in order of time and keeps where shots begin."""

    _starts: list[tuple[int, float]] = field(default_factory=list)
    _last: Histogram | None = None

    def look(self, pts: int, time_s: float, pixels: Pixels) -> bool:
        """Compare with the picture before; True where a new shot begins (the first picture included)."""
        histogram = colour_histogram(pixels)
        begins = self._last is None or histogram_distance(self._last, histogram) > CUT_DISTANCE
        self._last = histogram
        if begins:
            self._starts.append((pts, time_s))
        return begins

    def shots(self, end_pts: int, end_s: float) -> tuple[Shot, ...]:
        """Return the shots so far, the last one up to the given end."""
        ends = [*self._starts[1:], (end_pts, end_s)]
        return tuple(
            Shot(start_s=start_s, end_s=max(start_s, stop_s), start_pts=pts, end_pts=max(pts, stop_pts))
            for (pts, start_s), (stop_pts, stop_s) in zip(self._starts, ends, strict=True)
        )
