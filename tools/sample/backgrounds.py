"""Textured backgrounds of six kinds."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tools.sample.measures import Array, Colour
from tools.sample.outlines import smooth_step

Tones = tuple[Colour, Colour, Colour]
"""Dark, mid and light."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What every background starts from."""

    rng: np.random.Generator
    tones: Tones
    x: Array
    """Column of each pixel, float32 [height, width]."""
    y: Array
    ramp: Array
    """A slanted brightness ramp, about 0 at the top and 1 at the bottom."""

    @property
    def height(self) -> int:
        """Pixels from top to bottom."""
        return int(self.x.shape[0])

    @property
    def width(self) -> int:
        """Pixels from left to right."""
        return int(self.x.shape[1])

    @property
    def unit(self) -> float:
        """Pixels for each pixel of a picture 540 high."""
        return self.height / 540


def value_noise(rng: np.random.Generator, width: int, height: int, cell: float) -> Array:
    """Smooth random field in 0..1: a coarse random grid, interpolated."""
    gw, gh = int(width / cell) + 3, int(height / cell) + 3
    grid = rng.random((gh, gw)).astype(np.float32)
    fx, fy = np.arange(width) / cell + rng.random(), np.arange(height) / cell + rng.random()
    ix, iy = fx.astype(int), fy.astype(int)
    tx = smooth_step(0, 1, fx - ix).astype(np.float32)
    ty = smooth_step(0, 1, fy - iy).astype(np.float32)[:, None]
    rows: Array = grid[:, ix] * (1 - tx) + grid[:, ix + 1] * tx
    field: Array = rows[iy] * (1 - ty) + rows[iy + 1] * ty
    return field


def _mix(low: Array | Colour, high: Array | Colour, amount: Array) -> Array:
    first, last = np.asarray(low, np.float32), np.asarray(high, np.float32)
    return first + (last - first) * amount.astype(np.float32)[..., None]


def _towards(picture: Array, colour: Colour, amount: Array) -> Array:
    return picture + (np.asarray(colour, np.float32) - picture) * amount[..., None]


def _three(tones: Tones, t: Array) -> Array:
    """Dark - mid - light along t = 0..1."""
    t = np.clip(t, 0, 1)
    lower, upper = _mix(tones[0], tones[1], t * 2), _mix(tones[1], tones[2], t * 2 - 1)
    return np.where((t < 0.5)[..., None], lower, upper)


def _bokeh(ground: Ground) -> Array:
    rng, unit = ground.rng, ground.unit
    _, mid, light = ground.tones
    picture = _three(ground.tones, ground.ramp * 0.75)
    for _ in range(26):
        cx, cy = rng.uniform(0, ground.width), rng.uniform(0, ground.height)
        size, soft = rng.uniform(14, 80) * unit, rng.uniform(2, 24) * unit
        off = np.hypot(ground.x - cx, ground.y - cy)
        disc = smooth_step(size + soft, size - soft, off) * rng.uniform(0.05, 0.20)
        picture = _towards(picture, light if rng.random() < 0.7 else mid, disc)
    return picture


def _stripes(ground: Ground) -> Array:
    rng = ground.rng
    turn, pitch = rng.uniform(0.3, 1.2) * rng.choice((-1, 1)), rng.uniform(34, 70) * ground.unit
    along = ground.x * math.cos(turn) + ground.y * math.sin(turn)
    stripe = smooth_step(-0.12, 0.12, np.sin(along * (2 * math.pi / pitch)))
    picture = _three(ground.tones, ground.ramp * 0.7 + 0.15)
    return picture + (stripe[..., None] - 0.5) * rng.uniform(0.05, 0.10)


def _waves(ground: Ground) -> Array:
    rng, unit = ground.rng, ground.unit
    picture = _three(ground.tones, 1 - ground.ramp)
    layers = 6

    def swell() -> Array:
        height = rng.uniform(8, 26) * unit
        wave: Array = np.sin(ground.x[0] / (rng.uniform(50, 190) * unit) + rng.uniform(0, 6.3))
        return height * wave

    for layer in range(layers):
        level = ground.height * (0.30 + 0.70 * layer / layers)
        line = level + (swell() + swell())
        body = smooth_step(-1.2, 1.2, ground.y - line[None])[..., None]
        tone = _three(ground.tones, np.full((1, 1), 0.80 - 0.72 * layer / layers))[0, 0]
        crest = np.exp(-np.clip(ground.y - line[None], 0, None) / (36 * unit))
        picture = picture * (1 - body) + tone * (1 + 0.25 * crest)[..., None] * body
    return picture


def _dots(ground: Ground) -> Array:
    rng = ground.rng
    pitch, turn = rng.uniform(26, 44) * ground.unit, rng.uniform(0.2, 1.3)
    u = ground.x * math.cos(turn) + ground.y * math.sin(turn)
    v = -ground.x * math.sin(turn) + ground.y * math.cos(turn)
    off = np.hypot((u / pitch) % 1 - 0.5, (v / pitch) % 1 - 0.5) * pitch
    size = pitch * (0.10 + 0.30 * np.clip(ground.ramp, 0, 1))
    picture = _three(ground.tones, ground.ramp * 0.6 + 0.1)
    return _towards(picture, ground.tones[2], smooth_step(1.0, -1.0, off - size) * rng.uniform(0.14, 0.3))


def _clouds(ground: Ground) -> Array:
    layers = [
        value_noise(ground.rng, ground.width, ground.height, cell * ground.unit) * weight
        for cell, weight in ((230, 0.5), (110, 0.28), (48, 0.15), (20, 0.07))
    ]
    cover: Array = layers[0] + layers[1] + layers[2] + layers[3]
    return _three(ground.tones, smooth_step(0.15, 0.85, cover * 0.8 + 0.25 * (ground.ramp - 0.4)))


def _rays(ground: Ground) -> Array:
    rng, x, y = ground.rng, ground.x, ground.y
    cx, cy = ground.width * rng.uniform(0.2, 0.8), ground.height * rng.uniform(0.6, 1.15)
    blades = int(rng.integers(9, 16))
    fan = smooth_step(-0.10, 0.10, np.sin(np.arctan2(y - cy, x - cx) * blades + rng.uniform(0, 6.3)))
    far = np.hypot(x - cx, y - cy) / (0.9 * ground.width)
    return _three(ground.tones, 0.95 - far * 1.1 + (fan - 0.5) * 0.16)


PAINTERS: dict[str, Callable[[Ground], Array]] = {
    "bokeh": _bokeh,
    "stripes": _stripes,
    "waves": _waves,
    "dots": _dots,
    "clouds": _clouds,
    "rays": _rays,
}
BACKGROUNDS = tuple(PAINTERS)


def make_background(rng: np.random.Generator, width: int, height: int, kind: str, tones: Tones) -> Array:
    """A textured picture, float32 RGB in 0..1 [height, width, 3], of one of BACKGROUNDS."""
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    slant = rng.uniform(-0.6, 0.6)
    ramp = y / height * 0.8 + 0.1 + slant * (x / width - 0.5) * 0.8
    ground = Ground(rng, tones, x, y, ramp)
    picture = PAINTERS[kind](ground)
    mottle = value_noise(rng, width, height, 150 * ground.unit) - 0.5
    grain = rng.standard_normal((height, width)).astype(np.float32) * 0.004
    picture = picture * (1 + 0.10 * mottle + grain)[..., None]
    edge = ((x / width - 0.5) ** 2 + (y / height - 0.5) ** 2) * 2
    return np.clip(picture * (1.04 - 0.30 * edge**1.5)[..., None], 0, 1).astype(np.float32)
