"""Whether a device computes what the CPU computes, in terms of what people see: boxes and confidences.

Devices round otherwise (half precision, TF32, fused operations), so their numbers never agree bit for bit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from app.inference.postprocess import Candidates, Floats, ranked

SCORE_TOLERANCE = 0.03
"""A confidence may be off by this."""

BOX_TOLERANCE_PX, BOX_TOLERANCE = 1.0, 0.02
"""An edge of a box may be off by so many pixels of the canvas, or by this share of the box's longer side."""

OUTPUT_TOLERANCE = 0.02
"""Numbers without a meaning known here may be off by this share of their size, all together."""

_BEST = 20
"""So many of the best candidates of either side must be found on the other."""

_NOWHERE = 1e6
"""Stands for a box that is not there at all; infinity is no number of JSON."""

_NEVER_SHOWN = 0.1
"""What a model is so unsure of may be of any class: which is the likeliest is chance there."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the worst of the compared candidates, or outputs, lie apart.

    Attributes:
        compared: how many were looked for on the other side.
        score_apart: of confidences, 0..1.
        box_apart: of the edges of boxes, in what is tolerated: 1.0 is the most.
        output_apart: of outputs without candidates, as a share of their size.
    """

    compared: int = 0
    score_apart: float = 0.0
    box_apart: float = 0.0
    output_apart: float = 0.0

    @property
    def holds(self) -> bool:
        """Whether the device may take the CPU's place."""
        return (
            self.score_apart <= SCORE_TOLERANCE
            and self.box_apart <= 1.0
            and self.output_apart <= OUTPUT_TOLERANCE
        )

    def worse(self, other: Agreement) -> Agreement:
        """Both comparisons as one."""
        return Agreement(
            self.compared + other.compared,
            max(self.score_apart, other.score_apart),
            max(self.box_apart, other.box_apart),
            max(self.output_apart, other.output_apart),
        )


def candidates_agree(cpu: Candidates, device: Candidates) -> Agreement:
    """Compare what two computations read out of the same picture, before NMS and without a threshold.

    Each of the best candidates of either side is looked for among all of the other: their order and number
    mean nothing, and neighbours that are nearly the same serve alike.
    """
    return _found(ranked(cpu, _BEST), device).worse(_found(ranked(device, _BEST), cpu))


def outputs_agree(cpu: Mapping[str, npt.NDArray[Any]], device: Mapping[str, npt.NDArray[Any]]) -> Agreement:
    """Compare outputs number by number: for models that see nothing in the trial's pictures."""
    apart = [_apart(value, device[name]) for name, value in cpu.items()]
    return Agreement(len(apart), output_apart=max(apart, default=0.0))


def _found(wanted: Candidates, among: Candidates) -> Agreement:
    worst = Agreement()
    for box, score, class_id in zip(wanted.boxes, wanted.scores, wanted.class_ids, strict=True):
        worst = worst.worse(_nearest(box, float(score), int(class_id), among))
    return worst


def _nearest(box: Floats, score: float, class_id: int, among: Candidates) -> Agreement:
    if not len(among):
        return Agreement(1, 1.0, _NOWHERE)
    allowed = max(BOX_TOLERANCE_PX, BOX_TOLERANCE * float(max(box[2] - box[0], box[3] - box[1])))
    scores = np.abs(among.scores - score)
    boxes = np.abs(among.boxes - box).max(axis=1) / allowed
    other_class = (among.class_ids != class_id) & (score > _NEVER_SHOWN)
    cost = np.where(other_class, np.inf, np.maximum(scores / SCORE_TOLERANCE, boxes))
    best = int(cost.argmin())
    if not np.isfinite(cost[best]):
        return Agreement(1, score, _NOWHERE)
    return Agreement(1, float(scores[best]), float(boxes[best]))


def _apart(cpu: npt.NDArray[Any], device: npt.NDArray[Any]) -> float:
    if cpu.shape != device.shape:
        return _NOWHERE
    right, given = cpu.astype(np.float64), device.astype(np.float64)
    if not np.isfinite(given).all():
        return _NOWHERE
    size = float(np.linalg.norm(right))
    return float(np.linalg.norm(given - right)) / size if size else float(np.abs(given).max(initial=0.0))
