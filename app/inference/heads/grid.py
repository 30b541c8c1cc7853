"""Heads that answer for every cell of a few grids over the canvas: the cells, and the output with them."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.core.geometry import Size
from app.inference.heads.facts import Array, ModelFacts
from app.inference.heads.labels import COCO

STRIDES = (8, 16, 32)
_LONGER = (8, 16, 32, 64)
_FINER = (4, 8, 16, 32)

Floats = npt.NDArray[np.float32]

_WITHOUT_OBJECTNESS, _WITH_OBJECTNESS = 4, 5


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Every cell of the grids, one after the other, rows first; each array float32 (n,).

    Attributes:
        x, y: column and row in the cell's own grid.
        stride: pixels a cell, of its grid.
    """

    x: Floats
    y: Floats
    stride: Floats


@functools.lru_cache(maxsize=16)
def cells(canvas: Size, strides: tuple[int, ...] = STRIDES) -> Cells:
    """Return the cells of ``canvas``, finest grid first."""
    x, y, stride = [], [], []
    for step in strides:
        rows, columns = math.ceil(canvas.height / step), math.ceil(canvas.width / step)
        row, column = np.divmod(np.arange(rows * columns, dtype=np.int64), columns)
        x.append(column)
        y.append(row)
        stride.append(np.full(rows * columns, step))
    made = [np.concatenate(parts).astype(np.float32) for parts in (x, y, stride)]
    for array in made:
        array.setflags(write=False)
    return Cells(*made)


def cell_count(canvas: Size, strides: tuple[int, ...]) -> int:
    """Return the number of cells."""
    return sum(math.ceil(canvas.height / step) * math.ceil(canvas.width / step) for step in strides)


@dataclass(frozen=True, slots=True)
class GridOutput:
    """An output with a row or column for every cell.

    Attributes:
        name: of the output.
        channels_first: (1, values, cells) instead of (1, cells, values).
        values: numbers for each box: four of the box, perhaps objectness, the classes, perhaps more.
        per_cell: boxes a cell: 1, or 3 where there are anchors.
    """

    name: str
    channels_first: bool
    values: int
    per_cell: int

    def rows(self, output: Array) -> Array:
        """View an output as (cells, values)."""
        values: Array = output[0].T if self.channels_first else output[0]
        return values


def grid_output(facts: ModelFacts) -> GridOutput | None:
    """Find the output whose size fits the canvas's grids."""
    canvas = facts.canvas()
    plain = {cell_count(canvas, strides) for strides in (STRIDES, _LONGER, _FINER)}
    anchored = {3 * cell_count(canvas, strides) for strides in (STRIDES, _LONGER)}
    for name, shape in facts.shapes.items():
        if len(shape) != 3 or shape[0] != 1 or min(shape[1:]) <= _WITH_OBJECTNESS - 1:
            continue
        # Four grids with one box a cell, boxes last, are NanoDet-Plus.
        if shape[1] == cell_count(canvas, STRIDES):
            return GridOutput(name, False, shape[2], 1)
        if shape[1] in anchored:
            return GridOutput(name, False, shape[2], 3)
        if shape[2] in plain:
            return GridOutput(name, True, shape[1], 1)
    return None


def has_objectness(output: GridOutput, class_count: int | None) -> bool:
    """Whether the fifth number is objectness: by the number of classes where that is known, else by custom.

    With anchors, or with boxes last, it is (YOLOv5, YOLOX); with boxes first it is not (YOLOv8 and later).
    """
    count = len(COCO) if class_count is None else class_count
    if output.values == _WITH_OBJECTNESS + count:
        return True
    if output.values == _WITHOUT_OBJECTNESS + count:
        return False
    return not output.channels_first


def class_count_of(output: GridOutput, facts: ModelFacts, before: int) -> int | None:
    """Number of classes behind the first ``before`` values: as named, else all that is left.

    None where that cannot be.
    """
    left = output.values - before
    if facts.names is None:
        return left if left > 0 else None
    return len(facts.names) if len(facts.names) <= left else None


def is_raw(output: GridOutput, facts: ModelFacts) -> bool:
    """Whether a trial run gives offsets within cells instead of pixels.

    Either way the centre of a box lies near its own cell. So both readings are tried, and the one that puts
    the centres nearer to their cells is true: offsets read as pixels all crowd into the first cell, pixels
    read as offsets lie far outside of the canvas.
    """
    rows = np.asarray(output.rows(facts.trial[output.name]), np.float64)
    grid = cells(facts.canvas())
    if len(rows) != len(grid.x):
        return False
    x, y = rows[:, 0], rows[:, 1]
    as_pixels = np.hypot(x / grid.stride - grid.x - 0.5, y / grid.stride - grid.y - 0.5)
    as_offsets = np.hypot(x - 0.5, y - 0.5)
    return bool(np.median(as_offsets) < np.median(as_pixels))


def corners(centres_and_sides: Array) -> Array:
    """Turn (n, 4) cx, cy, w, h into x1, y1, x2, y2."""
    half = centres_and_sides[:, 2:4] / 2
    return np.concatenate((centres_and_sides[:, :2] - half, centres_and_sides[:, :2] + half), axis=1)


def best_class(scores: Array) -> tuple[Array, Array]:
    """Return the best score of each row of (n, classes) and its class."""
    if not len(scores):
        return np.empty(0, np.float32), np.empty(0, np.int64)
    ids = scores.argmax(axis=1)
    return np.take_along_axis(scores, ids[:, None], axis=1)[:, 0], ids
