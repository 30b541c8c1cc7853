"""YOLOv5, v6, v7: boxes in pixels, objectness, class scores.

Output (1, boxes, 5 + classes): cx, cy, w, h in canvas pixels, objectness, then a score for each class, all
0..1; the confidence is objectness times class score. Three boxes a cell where there are anchors, else one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from app.core.geometry import TensorSpec
from app.inference.heads.base import Answer, Head
from app.inference.heads.facts import Array, ModelFacts
from app.inference.heads.grid import (
    GridOutput,
    best_class,
    class_count_of,
    corners,
    grid_output,
    has_objectness,
    is_raw,
)
from app.inference.heads.labels import default_labels
from app.inference.postprocess import Candidates

_YOLOX_OUTPUT = "output"
"""What YOLOX's own exporter calls its output: the one sign of its grids decoded inside the graph."""


@dataclass(frozen=True, slots=True)
class YoloV5Head(Head):
    """Boxes in pixels with objectness."""

    layout: ClassVar[str] = "yolov5"
    needs_nms: ClassVar[bool] = True

    output: GridOutput

    @classmethod
    def recognise(cls, facts: ModelFacts) -> Self | None:
        """By the values of a box, and a trial run where one box a cell could also be YOLOX."""
        output = objectness_output(facts)
        return None if output is None or looks_like_yolox(output, facts) else cls.assume(facts)

    @classmethod
    def assume(cls, facts: ModelFacts) -> Self | None:
        """Any grid output will do."""
        output = grid_output(facts)
        count = None if output is None else class_count_of(output, facts, before=5)
        if output is None or count is None:
            return None
        spec = TensorSpec(facts.canvas(), scale=1 / 255)
        return cls(facts.adapted(spec), facts.names or default_labels(count), facts.flexible, output)

    def decode(self, answer: Answer) -> Candidates:
        """Take the best class of each box."""
        rows = self.output.rows(answer.outputs[self.output.name])
        likely, best, ids = likely_rows(rows, len(self.labels), answer.threshold)
        return Candidates.of(corners(rows[likely, :4].astype(np.float32)), best, ids)


def objectness_output(facts: ModelFacts) -> GridOutput | None:
    """The grid output, if its boxes carry objectness."""
    output = grid_output(facts)
    count = None if facts.names is None else len(facts.names)
    return output if output is not None and has_objectness(output, count) else None


def looks_like_yolox(output: GridOutput, facts: ModelFacts) -> bool:
    """Whether a grid with objectness is YOLOX's: one box a cell, and offsets or YOLOX's name for the output.

    Ultralytics' exports leave a note of their strides; those need no trial.
    """
    if output.per_cell != 1 or "stride" in facts.metadata:
        return False
    return is_raw(output, facts) or output.name == _YOLOX_OUTPUT


def likely_rows(rows: Array, class_count: int, threshold: float) -> tuple[Array, Array, Array]:
    """Indices, confidences and classes of the rows whose objectness times class reaches ``threshold``."""
    # No class score is above 1: most rows fall by their objectness alone.
    likely = np.flatnonzero(rows[:, 4] >= threshold)
    best, ids = best_class(rows[likely, 5 : 5 + class_count])
    confidence = best * rows[likely, 4]
    sure = confidence >= threshold
    return likely[sure], confidence[sure], ids[sure]
