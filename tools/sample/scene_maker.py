"""Random training scenes with boxes."""

from __future__ import annotations

import io
import math
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from tools.sample.backgrounds import BACKGROUNDS, Tones, make_background
from tools.sample.caption import draw_caption
from tools.sample.measures import CLASSES, Array, Colour
from tools.sample.painting import Seen, paint_things
from tools.sample.palettes import PALETTES, rgb, shift_hue
from tools.sample.things import Thing

MAX_OBJECTS = 8
"""Rows for each picture, padded."""
MIN_VISIBLE, MIN_SIDE = 0.22, 7
"""What shows less than this is neither asked for nor punished."""
GREY = 114
"""The colour of letterbox bars."""


class SceneMaker:
    """Random training scenes with boxes.  Backgrounds are kept for a while and reused in other crops."""

    def __init__(self, seed: int, width: int, height: int, largest: float, bank: int = 48) -> None:
        self.rng = np.random.default_rng(seed)
        self.width, self.height, self.largest = width, height, largest
        self.bank = [self._background() for _ in range(bank)]

    def _colours(self) -> tuple[Tones, list[Colour]]:
        """Background tones and accents: a palette with its hues turned, at times fully random."""
        rng = self.rng
        tones, accents = PALETTES[rng.integers(len(PALETTES))]
        turn = rng.uniform(0, 1) if rng.random() < 0.6 else rng.normal(0, 0.02)
        light = rng.uniform(0.75, 1.2)
        dark, mid, bright = (shift_hue(rgb(code), turn, light) for code in tones)
        front = [
            shift_hue(
                rgb(code),
                rng.uniform(0, 1) if rng.random() < 0.5 else rng.normal(0, 0.03),
                rng.uniform(0.8, 1.15),
            )
            for code in accents
        ]
        return (dark, mid, bright), front

    def _background(self) -> Array:
        rng = self.rng
        back, _ = self._colours()
        height = int(rng.integers(250, 420))
        width = max(self.width + 8, height * 16 // 9)
        kind = str(rng.choice(BACKGROUNDS))
        return make_background(rng, width, height, kind, back).astype(np.float16)

    def _canvas(self, width: int, height: int) -> Array:
        rng = self.rng
        if rng.random() < 0.12:
            self.bank[rng.integers(len(self.bank))] = self._background()
        picture = self.bank[rng.integers(len(self.bank))]
        x, y = rng.integers(picture.shape[1] - width + 1), rng.integers(picture.shape[0] - height + 1)
        part = picture[y : y + height, x : x + width].astype(np.float32)
        if rng.random() < 0.5:
            part = part[:, ::-1]
        if rng.random() < 0.15:
            part = part[::-1]
        return self._clutter(np.ascontiguousarray(part))

    def _clutter(self, canvas: Array) -> Array:
        """Things that are not objects: flat bars, triangles and lines."""
        rng = self.rng
        if rng.random() >= 0.22:
            return canvas
        picture = Image.fromarray((canvas * 255).astype(np.uint8))
        draw = ImageDraw.Draw(picture)
        for _ in range(int(rng.integers(1, 4))):
            self._draw_clutter(draw, canvas.shape[1], canvas.shape[0])
        return np.asarray(picture, np.float32) / 255

    def _draw_clutter(self, draw: Any, width: int, height: int) -> None:
        rng = self.rng
        ink = tuple(int(v) for v in rng.integers(0, 256, 3))
        x, y = float(rng.uniform(0, width)), float(rng.uniform(0, height))
        w, h = float(rng.uniform(6, 110)), float(rng.uniform(4, 60))
        shape = rng.integers(3)
        if shape == 0:
            draw.rectangle((x, y, x + w, y + h), fill=ink)
        elif shape == 1:
            side, foot = y + h * float(rng.uniform(-1, 1)), x + w * float(rng.uniform(0, 1))
            draw.polygon([(x, y), (x + w, side), (foot, y + h)], fill=ink)
        else:
            end = (x + w * float(rng.choice((-2, 2))), y + h * 2)
            draw.line((x, y, *end), fill=ink, width=int(rng.integers(1, 7)))

    def _thing(self, kind: str, front: list[Colour], width: int, height: int) -> Thing:
        rng = self.rng
        radius = math.exp(rng.uniform(math.log(10), math.log(self.largest)))
        out = radius * 0.55 if rng.random() < 0.3 else -radius * 0.6
        x = rng.uniform(-out, width + out) if width + 2 * out > 0 else width / 2
        y = rng.uniform(-out, height + out) if height + 2 * out > 0 else height / 2
        pick = rng.permutation(len(front))
        angle = rng.normal(0, 0.45) if kind == "heart" else rng.uniform(0, 2 * math.pi)
        second = front[pick[1]] if rng.random() < 0.45 else (0.98, 0.97, 0.94)
        tilt = rng.uniform(0.36, 0.68) if kind == "box" else rng.uniform(0.05, 0.65)
        return Thing(kind, x, y, radius, angle, tilt, front[pick[0]], second, int(rng.random() < 0.45))

    def _spoil(self, canvas: Array) -> Array:
        """Blur, colour changes, noise and compression, as a video may have them.  Returns uint8."""
        rng = self.rng
        height, width = canvas.shape[:2]
        if rng.random() < 0.6:
            canvas = (canvas - 0.5) * rng.uniform(0.75, 1.2) + 0.5 + rng.uniform(-0.08, 0.08)
        if rng.random() < 0.12:
            canvas = canvas * rng.uniform(0.35, 1.0)
        if rng.random() < 0.3:
            canvas = canvas + rng.standard_normal(canvas.shape).astype(np.float32) * rng.uniform(0.005, 0.03)
        picture = Image.fromarray((np.clip(canvas, 0, 1) * 255 + 0.5).astype(np.uint8))
        if rng.random() < 0.35:
            part = rng.uniform(0.45, 0.95)
            how = Image.Resampling.BILINEAR
            picture = picture.resize((int(width * part), int(height * part)), how).resize(
                (width, height), how
            )
        if rng.random() < 0.6:
            store = io.BytesIO()
            picture.save(store, "JPEG", quality=int(rng.integers(25, 92)))
            picture = Image.open(store)
        return np.asarray(picture)

    def _bars(self) -> tuple[int, int, int, int]:
        """Where the picture lies between letterbox bars, if there are any: left, top, width, height."""
        rng = self.rng
        left = top = 0
        width, height = self.width, self.height
        if rng.random() < 0.2:
            if rng.random() < 0.7:
                top = int(rng.integers(4, self.height // 6))
                height -= top * (2 if rng.random() < 0.7 else 1)
            else:
                left = int(rng.integers(4, self.width // 6))
                width -= left * (2 if rng.random() < 0.7 else 1)
        return left, top, width, height

    def _caption(self, canvas: Array) -> None:
        """At times, a caption at a random place."""
        rng = self.rng
        height, width = canvas.shape[:2]
        if rng.random() < 0.3 and width > 9 * 12:
            size = int(rng.integers(9, min(19, width // 9)))
            number = int(rng.integers(1, 5))
            x = int(rng.integers(6, max(7, width - 9 * size)))
            y = int(rng.integers(6, max(7, height - 2 * size - 6)))
            draw_caption(canvas, number, 4, x, y, size)

    def make(self) -> tuple[Array, Array]:
        """One picture, uint8 [height, width, 3], and rows of (class or -1 for 'ignore', x1, y1, x2, y2)."""
        rng = self.rng
        left, top, width, height = self._bars()
        canvas = self._canvas(width, height)
        _, front = self._colours()
        count = int(rng.choice((0, 1, 2, 3, 4, 5), p=(0.05, 0.15, 0.25, 0.25, 0.18, 0.12)))
        things = [self._thing(str(rng.choice(CLASSES)), front, width, height) for _ in range(count)]
        seen = paint_things(canvas, things, shadow=rng.uniform(0.3, 0.5))
        self._caption(canvas)
        picture = np.full((self.height, self.width, 3), GREY, np.uint8)
        picture[top : top + height, left : left + width] = self._spoil(canvas)
        rows = [_row(item, left, top) for item in seen if item.box is not None]
        return picture, np.array(rows, np.float32).reshape(-1, 5)


def _row(item: Seen, left: int, top: int) -> tuple[int, int, int, int, int]:
    """Class and box of what is seen; class -1 where too little of it shows to ask for."""
    x1, y1, x2, y2 = item.box or (0, 0, 0, 0)
    good = item.visible >= MIN_VISIBLE and min(x2 - x1, y2 - y1) >= MIN_SIDE
    return (CLASSES.index(item.kind) if good else -1, x1 + left, y1 + top, x2 + left, y2 + top)
