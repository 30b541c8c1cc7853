"""A caption in a stroke font of our own."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from tools.sample.measures import Array, Colour

# strokes on a grid 4 wide and 6 high; our own letter forms, only those that are needed
GLYPHS: dict[str, tuple[tuple[tuple[float, float], ...], ...]] = {
    "S": (
        (
            (4, 0.8),
            (3, 0),
            (1, 0),
            (0, 0.9),
            (0, 2),
            (1, 3),
            (3, 3),
            (4, 4),
            (4, 5.1),
            (3, 6),
            (1, 6),
            (0, 5.2),
        ),
    ),
    "H": (((0, 0), (0, 6)), ((4, 0), (4, 6)), ((0, 3), (4, 3))),
    "O": (((1.2, 0), (2.8, 0), (4, 1.2), (4, 4.8), (2.8, 6), (1.2, 6), (0, 4.8), (0, 1.2), (1.2, 0)),),
    "T": (((0, 0), (4, 0)), ((2, 0), (2, 6))),
    "/": (((3.4, -0.4), (0.6, 6.4)),),
    "1": (((0.8, 1.2), (2.2, 0), (2.2, 6)), ((0.8, 6), (3.6, 6))),
    "2": (((0, 1.2), (1.1, 0), (2.9, 0), (4, 1.1), (4, 2.2), (0, 6), (4, 6)),),
    "3": (((0, 0), (4, 0), (1.8, 2.5), (3, 2.6), (4, 3.7), (4, 4.9), (2.9, 6), (1.1, 6), (0, 5.1)),),
    "4": (((3.1, 6), (3.1, 0), (0, 4.2), (4, 4.2)),),
    " ": (),
}


def draw_text(canvas: Array, text: str, x: float, y: float, size: float, colour: Colour) -> None:
    """Write text with round strokes; (x, y) is the top left corner, size the height of a capital."""
    step, weight = size / 6, size * 0.085
    for letter in text:
        x0, y0 = int(x - 2 * weight) - 1, int(y - 2 * weight - step) - 1
        x1, y1 = int(x + 4 * step + 2 * weight) + 2, int(y + 7 * step + 2 * weight) + 2
        px, py = np.meshgrid(np.arange(x0, x1) + 0.5, np.arange(y0, y1) + 0.5)
        near = np.full(px.shape, 1e9)
        for stroke in GLYPHS[letter]:
            for (ax, ay), (bx, by) in pairwise(stroke):
                ex, ey = (bx - ax) * step, (by - ay) * step
                dx, dy = px - x - ax * step, py - y - ay * step
                t = np.clip((dx * ex + dy * ey) / (ex * ex + ey * ey), 0, 1)
                near = np.minimum(near, np.hypot(dx - t * ex, dy - t * ey))
        alpha = np.clip(weight + 0.5 - near, 0, 1)[..., None].astype(np.float32)
        view = canvas[y0:y1, x0:x1]
        view += (np.asarray(colour, np.float32) - view) * alpha
        x += (3.2 if letter == " " else 6.0) * step


def draw_caption(canvas: Array, number: int, count: int, x: int = 28, y: int = 24, size: int = 18) -> None:
    """'SHOT 2/4' on a dark pill in a corner."""
    text = f"SHOT {number}/{count}"
    width = size / 6 * sum(3.2 if letter == " " else 6.0 for letter in text) + size * 1.0
    px, py = np.meshgrid(np.arange(x - 4, int(x + width) + 5) + 0.5, np.arange(y - 4, y + 2 * size + 5) + 0.5)
    inner = np.clip(px, x + size, x + width - size)
    alpha = (
        np.clip(size + 0.5 - np.hypot(px - inner, py - (y + size)), 0, 1)[..., None].astype(np.float32) * 0.5
    )
    view = canvas[y - 4 : y + 2 * size + 5, x - 4 : int(x + width) + 5]
    view += (np.array([0.05, 0.05, 0.09], np.float32) - view) * alpha[: view.shape[0], : view.shape[1]]
    draw_text(canvas, text, x + size * 0.68, y + size * 0.5, size, (0.98, 0.98, 0.96))
