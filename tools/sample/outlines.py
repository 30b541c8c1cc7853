"""Signed distances to the outlines of flat shapes.

Every function takes coordinates in units of the thing's radius and returns the distance to the outline in the
same units, negative inside.
"""

from __future__ import annotations

import math

import numpy as np

from tools.sample.measures import Array


def smooth_step(low: float, high: float, value: Array) -> Array:
    """From 0 to 1 with level ends while the value goes from low to high."""
    t = np.clip((value - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def polygon_distance(x: Array, y: Array, corners: Array) -> Array:
    """Signed distance to a closed polygon (even-odd inside test)."""
    best = np.full(x.shape, 1e9, np.float32)
    inside = np.zeros(x.shape, bool)
    for (ax, ay), (bx, by) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        ex, ey = float(bx - ax), float(by - ay)
        px, py = x - np.float32(ax), y - np.float32(ay)
        t = np.clip((px * ex + py * ey) / (ex * ex + ey * ey), 0, 1)
        best = np.minimum(best, (px - t * ex) ** 2 + (py - t * ey) ** 2)
        if ey:
            inside ^= ((py >= 0) != (py >= ey)) & (px - py * (ex / ey) < 0)
    return np.where(inside, -1, 1).astype(np.float32) * np.sqrt(best)


def _star_corners(inner: float) -> Array:
    turn = np.arange(10) * math.pi / 5 - math.pi / 2
    radius = np.where(np.arange(10) % 2 == 0, 0.93, inner)
    return np.stack([radius * np.cos(turn), radius * np.sin(turn)], 1)


STAR = _star_corners(0.43)


ARROW = np.array(
    [(0.92, 0.0), (0.16, -0.74), (0.16, -0.30), (-0.88, -0.30), (-0.88, 0.30), (0.16, 0.30), (0.16, 0.74)]
)


def heart_distance(x: Array, y: Array) -> Array:
    """A square on its corner with a half disc on each upper side; exact inside as well."""
    side = 1.14
    far = side / math.sqrt(2)  # from the middle of the square to its corners
    x, y = np.abs(x), y + 0.10
    u, v = x - far / 2, y + far / 2  # from the middle of the right half disc
    reach = np.hypot(u, v)
    ends = np.minimum(np.hypot(x - far, y), np.hypot(x, y + far))
    arc = np.where(u >= v, np.abs(reach - side / 2), ends)
    along = np.clip((far - x + y) / (2 * far), 0, 1)  # on the lower right side
    edge = np.hypot(x - far * (1 - along), y - far * along)
    inside = (x + np.abs(y) < far) | (reach < side / 2)
    return np.where(inside, -1, 1).astype(np.float32) * np.minimum(arc, edge).astype(np.float32)
