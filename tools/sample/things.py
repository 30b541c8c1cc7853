"""The six kinds of things, drawn from signed distances and lit from one side."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tools.sample.measures import Array, Colour
from tools.sample.outlines import ARROW, STAR, heart_distance, polygon_distance, smooth_step

LIGHT = np.array([-0.48, -0.62, 0.62], np.float32)  # towards the light; x right, y down, z to the viewer


@dataclass(frozen=True)
class Thing:
    """One object as it is at one moment.  Lengths are pixels, angles radians."""

    kind: str
    x: float
    y: float
    radius: float
    angle: float = 0.0
    tilt: float = 0.35  # leaning out of the picture plane: ring, box
    colour: Colour = (1.0, 0.8, 0.3)
    second: Colour = (1.0, 1.0, 1.0)
    style: int = 0  # 0 plain, 1 decorated (striped ball, outlined star ...)


def _shade(colour: Colour | Array, light: Array, gloss: Array) -> Array:
    """Colour times light plus white gloss."""
    base: Array = np.asarray(colour, np.float32)
    return base * light[..., None] + gloss[..., None]


def _shape_ball(thing: Thing, x: Array, y: Array) -> tuple[Array, Array]:
    size = 0.93
    r2 = (x * x + y * y) / size**2
    z = np.sqrt(np.clip(1 - r2, 0, 1))
    lit = (x * LIGHT[0] + y * LIGHT[1]) / size + z * LIGHT[2]
    gloss = 0.75 * np.clip(lit, 0, 1) ** 28 + 0.10 * (1 - z) ** 3
    colour: Array = np.broadcast_to(np.asarray(thing.colour, np.float32), (*x.shape, 3))
    if thing.style:  # beach ball: six segments round a pole
        ca, sa = math.cos(thing.angle), math.sin(thing.angle)
        u, v = (x * ca + y * sa) - 0.35 * z, (-x * sa + y * ca) + 0.25 * z
        band = smooth_step(-0.12, 0.12, np.sin(3 * np.arctan2(v, u)) * np.minimum(1, 4 * np.hypot(u, v)))
        colour = colour * (1 - band[..., None]) + np.asarray(thing.second, np.float32) * band[..., None]
    return np.hypot(x, y) - size, colour * (0.50 + 0.58 * np.clip(lit, -0.35, 1))[..., None] + gloss[
        ..., None
    ]


def _shape_ring(thing: Thing, x: Array, y: Array) -> tuple[Array, Array]:
    ca, sa = math.cos(thing.angle), math.sin(thing.angle)
    u, v = x * ca + y * sa, (-x * sa + y * ca) / math.cos(thing.tilt)
    middle, half = 0.69, 0.235
    r = np.hypot(u, v) + 1e-6
    across = np.clip((r - middle) / half, -1, 1)
    nz = np.sqrt(1 - across**2)
    nu, nv = across * u / r, across * v / r
    lit = (nu * ca - nv * sa) * LIGHT[0] + (nu * sa + nv * ca) * LIGHT[1] + nz * LIGHT[2]
    gloss = 0.6 * np.clip(lit, 0, 1) ** 22
    colour: Array = np.broadcast_to(np.asarray(thing.colour, np.float32), (*x.shape, 3))
    if thing.style:
        band = smooth_step(-0.15, 0.15, np.sin(5 * np.arctan2(v, u)))[..., None]
        colour = colour * (1 - band) + np.asarray(thing.second, np.float32) * band
    return np.abs(r - middle) - half, colour * (0.52 + 0.56 * np.clip(lit, -0.4, 1))[..., None] + gloss[
        ..., None
    ]


def _shape_box(thing: Thing, x: Array, y: Array) -> tuple[Array, Array]:
    """A cube turned about the vertical, tilted to the viewer, drawn face by face."""
    ca, sa = math.cos(thing.angle), math.sin(thing.angle)
    ct, st = math.cos(thing.tilt), math.sin(thing.tilt)
    turn = np.array([(1, 0, 0), (0, ct, st), (0, -st, ct)]) @ np.array([(ca, 0, sa), (0, 1, 0), (-sa, 0, ca)])
    half = 0.60
    outline = np.full(x.shape, 1e9, np.float32)
    colour = np.zeros((*x.shape, 3), np.float32)
    for axis in range(3):
        for sign in (-1.0, 1.0):
            normal = turn[:, axis] * sign
            if normal[2] <= 1e-3:
                continue
            side_a, side_b = turn[:, (axis + 1) % 3], turn[:, (axis + 2) % 3]
            det = side_a[0] * side_b[1] - side_a[1] * side_b[0]
            px, py = x - normal[0] * half, y - normal[1] * half
            a = (px * side_b[1] - py * side_b[0]) / det  # face coordinates, each in -half..half
            b = (py * side_a[0] - px * side_a[1]) / det
            reach_a = abs(det) / math.hypot(side_b[0], side_b[1])
            reach_b = abs(det) / math.hypot(side_a[0], side_a[1])
            face = np.maximum((np.abs(a) - half) * reach_a, (np.abs(b) - half) * reach_b).astype(np.float32)
            wide, high = half * (np.abs(side_a) + np.abs(side_b))[:2]  # cuts the long points of slivers
            face = np.maximum(face, np.maximum(np.abs(px) - wide, np.abs(py) - high)).astype(np.float32)
            light = 0.50 + 0.62 * max(-0.2, float(normal @ LIGHT))
            shade = light * (1.0 + 0.10 * (a - b) / half)
            paint = np.asarray(thing.colour, np.float32) * shade[..., None]
            if thing.style:  # a ribbon over every face
                ribbon = smooth_step(0.17, 0.13, np.minimum(np.abs(a), np.abs(b)))[..., None]
                paint = paint * (1 - ribbon) + np.asarray(thing.second, np.float32) * light * ribbon
            paint += (0.28 * smooth_step(0.10, 0.0, -face))[..., None]  # worn, lighter edges
            nearer = face < outline
            colour[nearer] = paint[nearer]
            outline = np.minimum(outline, face)
    return outline, colour


def _shape_flat(thing: Thing, x: Array, y: Array) -> tuple[Array, Array]:
    """Star, arrow and heart: an embossed slab with a bevelled edge."""
    ca, sa = math.cos(thing.angle), math.sin(thing.angle)
    u, v = x * ca + y * sa, -x * sa + y * ca
    if thing.kind == "star":
        outline, bevel = polygon_distance(u, v, STAR) - 0.06, 0.24
    elif thing.kind == "arrow":
        outline, bevel = polygon_distance(u, v, ARROW) - 0.06, 0.16
    else:
        outline, bevel = heart_distance(u, v), 0.30
    gy, gx = np.gradient(outline)
    size = np.hypot(gx, gy) + 1e-6
    slope = np.clip(1 + outline / bevel, 0, 1)
    facing = (gx * LIGHT[0] + gy * LIGHT[1]) / size
    light = 0.90 - 0.10 * y + 0.30 * facing * slope
    gloss = 0.22 * smooth_step(0.25, 0.9, facing) * slope + 0.10 * smooth_step(0.1, -0.5, y) * (
        outline < -bevel
    )
    colour = _shade(thing.colour, light, gloss)
    if thing.style:  # inner slab in the second colour
        inner = smooth_step(-bevel * 0.75, -bevel * 0.75 - 0.05, outline)[..., None]
        colour = colour * (1 - inner) + _shade(thing.second, light, gloss * 0.6) * inner
    return outline, colour


SHAPES: dict[str, Callable[[Thing, Array, Array], tuple[Array, Array]]] = {
    "ball": _shape_ball,
    "ring": _shape_ring,
    "box": _shape_box,
    "star": _shape_flat,
    "arrow": _shape_flat,
    "heart": _shape_flat,
}
