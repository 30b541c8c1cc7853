"""Draws things into a picture and tells what can be seen of each."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tools.sample.measures import Array
from tools.sample.outlines import smooth_step
from tools.sample.things import SHAPES, Thing


@dataclass
class Seen:
    """What the picture shows of one object."""

    kind: str
    box: tuple[int, int, int, int] | None  # x1, y1, x2, y2 of the visible pixels; None if none is
    visible: float  # visible pixels / all pixels of the object


def paint_things(canvas: Array, things: list[Thing], shadow: float = 0.45) -> list[Seen]:
    """Draw the things in order (the last one is in front) and tell what is visible of each."""
    height, width = canvas.shape[:2]
    owner = np.full((height, width), -1, np.int16)
    totals: list[int] = []
    for index, thing in enumerate(things):
        reach = thing.radius * 1.62
        x0, y0 = math.floor(thing.x - reach), math.floor(thing.y - reach)
        x1, y1 = math.ceil(thing.x + reach) + 1, math.ceil(thing.y + reach) + 1
        xs = ((np.arange(x0, x1) + 0.5 - thing.x) / thing.radius).astype(np.float32)
        ys = ((np.arange(y0, y1) + 0.5 - thing.y) / thing.radius).astype(np.float32)
        x, y = np.meshgrid(xs, ys)
        outline, colour = SHAPES[thing.kind](thing, x, y)
        gy, gx = np.gradient(outline)
        cover = np.clip(0.5 - outline / np.maximum(np.hypot(gx, gy), 0.2 / thing.radius), 0, 1)
        dx, dy = round(0.10 * thing.radius), round(0.22 * thing.radius)
        shade = shadow * smooth_step(0.30, -0.30, np.roll(outline, (dy, dx), (0, 1)))
        solid = cover > 0.5
        totals.append(int(solid.sum()))
        left, top = max(x0, 0), max(y0, 0)
        right, bottom = min(x1, width), min(y1, height)
        if left >= right or top >= bottom:
            continue
        part = np.s_[top - y0 : bottom - y0, left - x0 : right - x0]
        view = canvas[top:bottom, left:right]
        alpha = cover[part][..., None]
        view *= 1 - (shade[part] * (1 - cover[part]))[..., None]
        view += (np.clip(colour[part], 0, 1) - view) * alpha
        owner[top:bottom, left:right][solid[part]] = index
    return [_seen(thing, owner, index, totals[index]) for index, thing in enumerate(things)]


def _seen(thing: Thing, owner: Array, index: int, total: int) -> Seen:
    reach = thing.radius * 1.7
    height, width = owner.shape
    left, top = min(width, max(0, int(thing.x - reach))), min(height, max(0, int(thing.y - reach)))
    mine = (
        owner[top : max(top, int(thing.y + reach) + 2), left : max(left, int(thing.x + reach) + 2)] == index
    )
    count = int(mine.sum())
    if not count:
        return Seen(thing.kind, None, 0.0)
    rows, columns = np.flatnonzero(mine.any(1)), np.flatnonzero(mine.any(0))
    box = (left + int(columns[0]), top + int(rows[0]), left + int(columns[-1]) + 1, top + int(rows[-1]) + 1)
    return Seen(thing.kind, box, count / max(total, 1))
