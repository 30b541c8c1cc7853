"""YOLOX: one box a cell as offsets within the grid, objectness, class scores.

Output (1, cells, 5 + classes) over strides 8, 16, 32. Raw: cx = (x + column) * stride, w = exp(w) * stride
(Ge et al., YOLOX, 2021, section 2.2 and the project's demo_postprocess). Exports with the decoding inside the
graph give pixels at once. Pictures are BGR 0..255, at the top left of the canvas.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from app.core.geometry import ChannelOrder, Fit, TensorSpec
from app.inference.heads.base import Answer, Head
from app.inference.heads.facts import ModelFacts
from app.inference.heads.grid import GridOutput, cells, class_count_of, corners, grid_output, is_raw
from app.inference.heads.labels import default_labels
from app.inference.heads.yolov5 import likely_rows, looks_like_yolox, objectness_output
from app.inference.postprocess import Candidates


@dataclass(frozen=True, slots=True)
class YoloXHead(Head):
    """Boxes as offsets within the grid, or decoded in the graph.

    Attributes:
        raw: whether the offsets have to be decoded here.
    """

    layout: ClassVar[str] = "yolox"
    needs_nms: ClassVar[bool] = True

    output: GridOutput
    raw: bool

    @classmethod
    def recognise(cls, facts: ModelFacts) -> Self | None:
        """By a trial run: the shape is that of decoded boxes too."""
        output = objectness_output(facts)
        return cls.assume(facts) if output is not None and looks_like_yolox(output, facts) else None

    @classmethod
    def assume(cls, facts: ModelFacts) -> Self | None:
        """One box a cell is needed."""
        output = grid_output(facts)
        count = None if output is None else class_count_of(output, facts, before=5)
        if output is None or count is None or output.per_cell != 1 or output.channels_first:
            return None
        spec = TensorSpec(facts.canvas(), channels=ChannelOrder.BGR, fit=Fit.TOP_LEFT)
        labels = facts.names or default_labels(count)
        return cls(facts.adapted(spec), labels, facts.flexible, output, is_raw(output, facts))

    def decode(self, answer: Answer) -> Candidates:
        """Take the best class of each cell."""
        rows = self.output.rows(answer.outputs[self.output.name])
        likely, best, ids = likely_rows(rows, len(self.labels), answer.threshold)
        boxes = rows[likely, :4].astype(np.float64)
        if self.raw:
            grid = cells(answer.canvas)
            stride = grid.stride[likely]
            boxes[:, 0] += grid.x[likely]
            boxes[:, 1] += grid.y[likely]
            with np.errstate(over="ignore"):
                boxes[:, 2:] = np.exp(boxes[:, 2:])
            boxes *= stride[:, None]
        return Candidates.of(corners(boxes), best, ids)
