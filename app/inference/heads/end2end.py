"""NMS-free models, YOLOv10 and YOLO26, and exports with NMS inside the graph.

Output (1, boxes, 6): x1, y1, x2, y2 in canvas pixels, confidence, class id; rows that are not used have
confidence 0. Models for segments and poses carry more values behind these; those are left alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from app.core.geometry import TensorSpec
from app.inference.heads.base import Answer, Head
from app.inference.heads.facts import ModelFacts
from app.inference.heads.grid import grid_output
from app.inference.heads.labels import COCO
from app.inference.postprocess import Candidates

_VALUES = 6
_MOST_BOXES = 3000
_TURNED_BOXES = "obb"


@dataclass(frozen=True, slots=True)
class EndToEndHead(Head):
    """Finished boxes."""

    layout: ClassVar[str] = "end2end"
    needs_nms: ClassVar[bool] = False

    output: str

    @classmethod
    def recognise(cls, facts: ModelFacts) -> Self | None:
        """By six values a box where no grid is, and by the model's own note or what a trial run holds."""
        if facts.metadata.get("task") == _TURNED_BOXES or grid_output(facts) is not None:
            return None
        head = cls.assume(facts)
        if head is None or facts.metadata.get("end2end") == "True":
            return head
        return head if _holds_boxes(facts, head.output) else None

    @classmethod
    def assume(cls, facts: ModelFacts) -> Self | None:
        """Any output of six values a box will do, or of more where the model's notes say end-to-end."""
        noted = facts.metadata.get("end2end") == "True"
        for name, shape in facts.shapes.items():
            if len(shape) != 3 or shape[0] != 1 or shape[1] > _MOST_BOXES:
                continue
            if shape[2] == _VALUES or (noted and shape[2] > _VALUES):
                spec = TensorSpec(facts.canvas(), scale=1 / 255)
                return cls(facts.adapted(spec), facts.names or COCO, facts.flexible, name)
        return None

    def decode(self, answer: Answer) -> Candidates:
        """Take the rows as they are."""
        rows = answer.outputs[self.output][0].astype(np.float32)
        sure = rows[rows[:, 4] >= answer.threshold]
        return Candidates.of(sure[:, :4], sure[:, 4], np.rint(sure[:, 5]))


def _holds_boxes(facts: ModelFacts, output: str) -> bool:
    """Whether a trial run gives corners in order, confidences 0..1 and whole class numbers."""
    rows = np.asarray(facts.trial[output][0], np.float64)
    ordered = (rows[:, 2:4] >= rows[:, :2]).all()
    likely = ((rows[:, 4] >= 0) & (rows[:, 4] <= 1)).all()
    whole = ((rows[:, 5] >= 0) & (np.rint(rows[:, 5]) == rows[:, 5])).all()
    return bool(ordered and likely and whole)
