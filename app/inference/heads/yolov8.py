"""YOLOv8, YOLO11 and their kin: boxes in pixels, class scores, no objectness.

Output (1, 4 + classes, cells), seldom transposed: cx, cy, w, h in canvas pixels, then a score 0..1 for each
class. Models for segments and poses carry more values behind the classes; those are left alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from app.core.geometry import TensorSpec
from app.inference.heads.base import Answer, Head
from app.inference.heads.facts import ModelFacts
from app.inference.heads.grid import (
    GridOutput,
    best_class,
    class_count_of,
    corners,
    grid_output,
    has_objectness,
)
from app.inference.heads.labels import default_labels
from app.inference.postprocess import Candidates

_TURNED_BOXES = "obb"


@dataclass(frozen=True, slots=True)
class YoloV8Head(Head):
    """Boxes and class scores."""

    layout: ClassVar[str] = "yolov8"
    needs_nms: ClassVar[bool] = True

    output: GridOutput

    @classmethod
    def recognise(cls, facts: ModelFacts) -> Self | None:
        """By the number of cells and values; turned boxes are another thing."""
        output = grid_output(facts)
        if output is None or facts.metadata.get("task") == _TURNED_BOXES:
            return None
        count = None if facts.names is None else len(facts.names)
        return None if has_objectness(output, count) else cls.assume(facts)

    @classmethod
    def assume(cls, facts: ModelFacts) -> Self | None:
        """Any grid output will do."""
        output = grid_output(facts)
        count = None if output is None else class_count_of(output, facts, before=4)
        if output is None or count is None:
            return None
        spec = TensorSpec(facts.canvas(), scale=1 / 255)
        return cls(facts.adapted(spec), facts.names or default_labels(count), facts.flexible, output)

    def decode(self, answer: Answer) -> Candidates:
        """Take the best class of each box."""
        rows = self.output.rows(answer.outputs[self.output.name])
        scores = rows[:, 4 : 4 + len(self.labels)]
        likely = np.flatnonzero(scores.max(axis=1) >= answer.threshold)
        best, ids = best_class(scores[likely])
        return Candidates.of(corners(rows[likely, :4].astype(np.float32)), best, ids)
