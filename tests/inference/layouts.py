"""Encoders: known objects written into the raw outputs of each layout, cell by cell, as their papers say.

Written without the program's grids and decoders: plain loops, so that a mistake there cannot hide here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from app.core.geometry import Size
from app.inference.heads.facts import ModelFacts
from app.inference.session import TensorInfo

Arrays = dict[str, npt.NDArray[Any]]

CANVAS = Size(128, 96)
CLASSES = 7
NAMES = tuple(f"thing {number}" for number in range(CLASSES))


@dataclass(frozen=True)
class Thing:
    """An object: the cell that answers for it (a share of all cells), its sides as distances from the cell's
    middle in strides, its class and score."""

    where: float
    sides: tuple[float, float, float, float]
    class_id: int
    score: float


@dataclass(frozen=True)
class Model:
    """A pretended model and what it gives."""

    layout: str
    outputs: Arrays
    truth: list[tuple[tuple[float, ...], float, int]]
    metadata: dict[str, str] = field(default_factory=lambda: {"names": repr(dict(enumerate(NAMES)))})
    extra_inputs: tuple[TensorInfo, ...] = ()
    name: str = "model.onnx"
    picture: TensorInfo = field(
        default_factory=lambda: TensorInfo("images", (1, 3, CANVAS.height, CANVAS.width), "float")
    )

    def facts(self) -> ModelFacts:
        """What the program sees of it."""
        outputs = [TensorInfo(name, value.shape, _element(value)) for name, value in self.outputs.items()]
        inputs = (self.picture, *self.extra_inputs)
        return ModelFacts(self.name, inputs, outputs, self.metadata, lambda feeds: self.outputs)


def _element(value: npt.NDArray[Any]) -> str:
    return {"float32": "float", "float16": "float16", "int64": "int64"}[value.dtype.name]


def grid(strides: Sequence[int]) -> list[tuple[int, int, int]]:
    """Column, row, stride of every cell."""
    return [
        (column, row, stride)
        for stride in strides
        for row in range(math.ceil(CANVAS.height / stride))
        for column in range(math.ceil(CANVAS.width / stride))
    ]


def place(things: Sequence[Thing], cells: Sequence[tuple[int, int, int]], point: float) -> dict[int, Thing]:
    """Give each thing a cell; of two in one cell the first stays."""
    placed: dict[int, Thing] = {}
    for thing in things:
        placed.setdefault(min(int(thing.where * len(cells)), len(cells) - 1), thing)
    return placed


def box_of(thing: Thing, cell: tuple[int, int, int], point: float) -> tuple[float, ...]:
    column, row, stride = cell
    left, top, right, bottom = thing.sides
    x, y = column + point, row + point
    return ((x - left) * stride, (y - top) * stride, (x + right) * stride, (y + bottom) * stride)


def _centre(box: tuple[float, ...]) -> tuple[float, float, float, float]:
    return ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2, box[2] - box[0], box[3] - box[1])


def _decoded_rows(things: Sequence[Thing], objectness: bool, per_cell: int = 1) -> tuple[Any, Any]:
    """Rows with boxes in pixels: quiet cells lie on their own middle, with no score."""
    cells = [cell for cell in grid((8, 16, 32)) for _ in range(per_cell)]
    first = 5 if objectness else 4
    rows = np.zeros((len(cells), first + CLASSES), np.float32)
    for index, (column, row, stride) in enumerate(cells):
        rows[index, :4] = ((column + 0.5) * stride, (row + 0.5) * stride, stride, stride)
    truth = []
    for index, thing in place(things, cells, 0.5).items():
        box = box_of(thing, cells[index], 0.5)
        rows[index, :4] = _centre(box)
        rows[index, first + thing.class_id] = math.sqrt(thing.score) if objectness else thing.score
        if objectness:
            rows[index, 4] = math.sqrt(thing.score)
        truth.append((box, thing.score, thing.class_id))
    return rows, truth


def yolov8(things: Sequence[Thing]) -> Model:
    rows, truth = _decoded_rows(things, objectness=False)
    return Model("yolov8", {"output0": np.ascontiguousarray(rows.T)[None]}, truth)


def yolov8_transposed(things: Sequence[Thing]) -> Model:
    rows, truth = _decoded_rows(things, objectness=False)
    return Model("yolov8", {"output0": rows[None]}, truth)


def yolov5_anchored(things: Sequence[Thing]) -> Model:
    rows, truth = _decoded_rows(things, objectness=True, per_cell=3)
    return Model("yolov5", {"output0": rows[None]}, truth, metadata={})


def yolov5_one_a_cell(things: Sequence[Thing]) -> Model:
    rows, truth = _decoded_rows(things, objectness=True)
    return Model("yolov5", {"output0": rows[None]}, truth)


def yolox_decoded(things: Sequence[Thing]) -> Model:
    rows, truth = _decoded_rows(things, objectness=True)
    return Model("yolox", {"output": rows[None]}, truth)


def yolox(things: Sequence[Thing]) -> Model:
    cells = grid((8, 16, 32))
    rng = np.random.default_rng(5)
    rows = np.zeros((len(cells), 5 + CLASSES), np.float32)
    rows[:, :4] = rng.normal(0, 1, (len(cells), 4))
    truth = []
    for index, thing in place(things, cells, 0.5).items():
        column, row, stride = cells[index]
        box = box_of(thing, cells[index], 0.5)
        cx, cy, width, height = _centre(box)
        sides = (math.log(width / stride), math.log(height / stride))
        rows[index, :4] = (cx / stride - column, cy / stride - row, *sides)
        rows[index, 4] = rows[index, 5 + thing.class_id] = math.sqrt(thing.score)
        truth.append((box, thing.score, thing.class_id))
    return Model("yolox", {"output0": rows[None]}, truth)


def end2end(things: Sequence[Thing]) -> Model:
    rows = np.zeros((1, 300, 6), np.float32)
    truth = []
    cells = grid((8, 16, 32))
    for at, (index, thing) in enumerate(place(things, cells, 0.5).items()):
        box = box_of(thing, cells[index], 0.5)
        rows[0, at] = (*box, thing.score, thing.class_id)
        truth.append((box, thing.score, thing.class_id))
    return Model("end2end", {"output0": rows}, truth)


def _queries(things: Sequence[Thing]) -> list[tuple[tuple[float, ...], float, int]]:
    cells = grid((8, 16, 32))
    return [
        (box_of(thing, cells[index], 0.5), thing.score, thing.class_id)
        for index, thing in place(things, cells, 0.5).items()
    ]


def _normalised(truth: Sequence[tuple[tuple[float, ...], float, int]]) -> npt.NDArray[np.float32]:
    boxes = np.full((1, 300, 4), 0.5, np.float32)
    for at, (box, _, _) in enumerate(truth):
        boxes[0, at] = np.array(_centre(box)) / (CANVAS.width, CANVAS.height, CANVAS.width, CANVAS.height)
    return boxes


def detr(things: Sequence[Thing]) -> Model:
    truth = _queries(things)
    logits = np.full((1, 300, CLASSES), -12, np.float32)
    for at, (_, score, class_id) in enumerate(truth):
        logits[0, at, class_id] = math.log(score / (1 - score))
    return Model("detr", {"logits": logits, "pred_boxes": _normalised(truth)}, truth)


def detr_finished(things: Sequence[Thing]) -> Model:
    truth = _queries(things)
    labels, boxes, scores = np.zeros(300, np.int64), np.zeros((300, 4), np.float32), np.zeros(300, np.float32)
    for at, (box, score, class_id) in enumerate(truth):
        labels[at], boxes[at], scores[at] = class_id, box, score
    sizes = TensorInfo("orig_target_sizes", (None, 2), "int64")
    return Model("detr", {"labels": labels, "boxes": boxes, "scores": scores}, truth, extra_inputs=(sizes,))


def _distribution(distance: float) -> list[float]:
    """Eight log weights whose softmax has the mean ``distance``: all weight on the two neighbours."""
    low = int(distance)
    weights = [1e-12] * 8
    weights[low] += low + 1 - distance
    weights[low + 1] += distance - low
    return [math.log(weight) for weight in weights]


def _nanodet_parts(things: Sequence[Thing], strides: Sequence[int], point: float) -> tuple[Any, Any, Any]:
    cells = grid(strides)
    scores = np.full((len(cells), CLASSES), 0.001, np.float32)
    sides = np.zeros((len(cells), 32), np.float32)
    truth = []
    for index, thing in place(things, cells, point).items():
        scores[index, thing.class_id] = thing.score
        sides[index] = np.ravel([_distribution(distance) for distance in thing.sides])
        truth.append((box_of(thing, cells[index], point), thing.score, thing.class_id))
    return scores, sides, truth


def _nanodet(things: Sequence[Thing], of_score: Callable[[Any], Any]) -> Model:
    scores, sides, truth = _nanodet_parts(things, (8, 16, 32), 0.5)
    ends = np.cumsum([len(grid((stride,))) for stride in (8, 16, 32)])
    outputs: Arrays = {}
    for number, (start, end) in enumerate(zip((0, *ends[:-1]), ends, strict=True)):
        outputs[f"side{number}"] = sides[None, start:end]
        outputs[f"score{number}"] = of_score(scores[None, start:end])
    return Model("nanodet", outputs, truth)


def nanodet(things: Sequence[Thing]) -> Model:
    return _nanodet(things, lambda scores: scores)


def nanodet_logits(things: Sequence[Thing]) -> Model:
    return _nanodet(things, lambda scores: np.log(scores / (1 - scores)))


def nanodet_plus(things: Sequence[Thing]) -> Model:
    scores, sides, truth = _nanodet_parts(things, (8, 16, 32, 64), 0.0)
    return Model("nanodet", {"output": np.concatenate((scores, sides), axis=1)[None]}, truth)


def yunet(things: Sequence[Thing]) -> Model:
    outputs: Arrays = {}
    truth = []
    cells = grid((8, 16, 32))
    placed = place(things, cells, 0.5)
    start = 0
    for stride in (8, 16, 32):
        count = len(grid((stride,)))
        classes, objects = np.zeros((1, count, 1), np.float32), np.full((1, count, 1), 0.04, np.float32)
        boxes = np.zeros((1, count, 4), np.float32)
        for at in range(count):
            if start + at not in placed:
                continue
            thing, (column, row, _) = placed[start + at], cells[start + at]
            box = box_of(thing, cells[start + at], 0.5)
            cx, cy, width, height = _centre(box)
            boxes[0, at] = (
                cx / stride - column, cy / stride - row, math.log(width / stride), math.log(height / stride),
            )  # fmt: skip
            classes[0, at], objects[0, at] = thing.score, thing.score
            truth.append((box, thing.score, 0))
        outputs |= {f"cls_{stride}": classes, f"obj_{stride}": objects, f"bbox_{stride}": boxes}
        outputs[f"kps_{stride}"] = np.zeros((1, count, 10), np.float32)
        start += count
    return Model("yunet", outputs, truth, metadata={})


ENCODERS: Mapping[str, Callable[[Sequence[Thing]], Model]] = {
    encoder.__name__: encoder
    for encoder in (
        yolov8, yolov8_transposed, yolov5_anchored, yolov5_one_a_cell, yolox, yolox_decoded, end2end,
        detr, detr_finished, nanodet, nanodet_logits, nanodet_plus, yunet,
    )
}  # fmt: skip
