"""NanoDet and NanoDet-Plus: class scores and a distribution for each side of the box, for each cell.

For each stride two outputs, scores (1, cells, classes) and sides (1, cells, 4 * (reg_max + 1)), or one output
with both behind each other for all cells. Each side's distance from the cell's point is the mean of a softmax
distribution over 0..reg_max, in strides (Li et al., Generalized Focal Loss, 2020). The point is the middle of
the cell with strides 8, 16, 32 (NanoDet) and its top left corner with 8, 16, 32, 64 (NanoDet-Plus).
Pictures are BGR with the mean and deviation of ImageNet in 0..255.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from app.core.geometry import ChannelOrder, TensorSpec
from app.inference.heads.base import Answer, Head
from app.inference.heads.facts import Array, ModelFacts
from app.inference.heads.facts import Outputs as RawOutputs
from app.inference.heads.grid import STRIDES, best_class, cell_count, cells
from app.inference.heads.labels import default_labels
from app.inference.postprocess import Candidates

_PLUS_STRIDES = (8, 16, 32, 64)
_POINTS = {STRIDES: 0.5, _PLUS_STRIDES: 0.0}
_DEFAULT_SIDE = 416
_USUAL_SIDES = 4 * 8
_MEAN = (103.53, 116.28, 123.675)
_STD = (57.375, 57.12, 58.395)


@dataclass(frozen=True, slots=True)
class NanoDetHead(Head):
    """Distributions of the sides.

    Attributes:
        pairs: names of the scores and sides of each stride, finest first; the same name twice is one output.
        strides: of the grids.
        point: where in a cell its point stands: 0.5 or 0.
        logits: whether the scores still need a sigmoid.
    """

    layout: ClassVar[str] = "nanodet"
    needs_nms: ClassVar[bool] = True

    pairs: tuple[tuple[str, str], ...]
    strides: tuple[int, ...]
    point: float
    logits: bool

    @classmethod
    def recognise(cls, facts: ModelFacts) -> Self | None:
        """By the number of cells of each stride."""
        return cls.assume(facts)

    @classmethod
    def assume(cls, facts: ModelFacts) -> Self | None:
        """Return the same as recognise: no other layout shares these outputs."""
        strides = next((strides for strides in _POINTS if _pairs(facts, strides)), None)
        if strides is None:
            return None
        pairs = _pairs(facts, strides)
        scores = facts.shapes[pairs[0][0]][2] - (_USUAL_SIDES if pairs[0][0] == pairs[0][1] else 0)
        if facts.names is not None and len(facts.names) > scores:
            return None
        spec = TensorSpec(facts.canvas(_DEFAULT_SIDE), ChannelOrder.BGR, mean=_MEAN, std=_STD, pad=0.0)
        labels = facts.names or default_labels(scores)
        found = _parts(facts.trial, pairs, scores)[0]
        logits = bool(found.size and (found.min() < 0 or found.max() > 1))
        return cls(facts.adapted(spec), labels, False, pairs, strides, _POINTS[strides], logits)

    def decode(self, answer: Answer) -> Candidates:
        """Take the best class of each cell."""
        scores, sides = _parts(answer.outputs, self.pairs, len(self.labels))
        if self.logits:
            scores = 0.5 * (1.0 + np.tanh(0.5 * scores))
        best, ids = best_class(scores)
        sure = np.flatnonzero(best >= answer.threshold)
        grid = cells(answer.canvas, self.strides)
        points = np.stack((grid.x[sure], grid.y[sure]), axis=1) + self.point
        left, top, right, bottom = _distances(sides[sure]).T
        corners = np.stack(
            (points[:, 0] - left, points[:, 1] - top, points[:, 0] + right, points[:, 1] + bottom), axis=1
        )
        return Candidates.of(corners * grid.stride[sure, None], best[sure], ids[sure])


def _pairs(facts: ModelFacts, strides: tuple[int, ...]) -> tuple[tuple[str, str], ...]:
    """Names of scores and sides for each stride; empty where the outputs are others."""
    canvas = facts.canvas(_DEFAULT_SIDE)
    shapes = {name: shape for name, shape in facts.shapes.items() if len(shape) == 3 and shape[0] == 1}
    if len(shapes) == 1 and strides == _PLUS_STRIDES:
        name, shape = next(iter(shapes.items()))
        together = shape[1] == cell_count(canvas, strides) and shape[2] > _USUAL_SIDES
        return ((name, name),) if together else ()
    if len(shapes) != 2 * len(strides):
        return ()
    found = []
    for step in strides:
        of_stride = [name for name, shape in shapes.items() if shape[1] == cell_count(canvas, (step,))]
        pair = _told_apart(of_stride, shapes)
        if pair is None:
            return ()
        found.append(pair)
    return tuple(found)


def _told_apart(names: Sequence[str], shapes: Mapping[str, tuple[int, ...]]) -> tuple[str, str] | None:
    """Which of two outputs has the scores: the sides are 32 values, seldom another multiple of four."""
    if len(names) != 2:
        return None
    a, b = names
    for scores, sides in ((a, b), (b, a)):
        if shapes[sides][2] == _USUAL_SIDES and shapes[scores][2] != _USUAL_SIDES:
            return scores, sides
    for scores, sides in ((a, b), (b, a)):
        if shapes[sides][2] % 4 == 0 and shapes[scores][2] % 4 != 0:
            return scores, sides
    return None


def _parts(outputs: RawOutputs, pairs: tuple[tuple[str, str], ...], classes: int) -> tuple[Array, Array]:
    """Scores (cells, classes) and sides (cells, 4 * (reg_max + 1)) of all strides."""
    scores = [outputs[name][0][:, :classes] for name, _ in pairs]
    sides = [
        outputs[name][0][:, -_USUAL_SIDES:] if name == scores_name else outputs[name][0]
        for scores_name, name in pairs
    ]
    return np.concatenate(scores).astype(np.float32), np.concatenate(sides).astype(np.float32)


def _distances(sides: Array) -> Array:
    """Means of the four distributions, (n, 4), in strides."""
    distributions = sides.reshape(len(sides), 4, sides.shape[1] // 4)
    weights = np.exp(distributions - distributions.max(axis=2, keepdims=True))
    weights /= weights.sum(axis=2, keepdims=True)
    means: Array = weights @ np.arange(weights.shape[2], dtype=np.float32)
    return means
