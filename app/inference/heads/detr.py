"""The DETR family: RT-DETR, D-FINE, DEIM, RF-DETR. A fixed number of queries, each its own box; no NMS.

Three kinds of export:

- logits (1, queries, classes) and boxes (1, queries, 4) as cx, cy, w, h in 0..1 of the canvas; a sigmoid
  gives the confidence of each query and class;
- the same from RF-DETR with 91 columns: COCO's raw category ids, pictures normalised as for ImageNet;
- labels, boxes and scores of the best pairs, boxes as x1, y1, x2, y2 scaled to what the input
  ``orig_target_sizes`` (width, height) says.

Pictures are stretched to the canvas.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from app.core.errors import ModelError
from app.core.geometry import Fit, Size, TensorSpec
from app.inference.heads.base import Answer, Head
from app.inference.heads.facts import RFDETR_SIDES, Array, ModelFacts
from app.inference.heads.grid import corners
from app.inference.heads.labels import COCO, COCO_CATEGORIES, COCO_CATEGORY_COUNT, default_labels
from app.inference.postprocess import MOST_DETECTIONS, Candidates

_MOST_QUERIES = 1500
_IMAGENET_MEAN = (0.485, 0.456, 0.406)
_IMAGENET_STD = (0.229, 0.224, 0.225)
_NO_OBJECT_COLUMN = COCO_CATEGORY_COUNT + 1
_ROBOFLOW_OUTPUTS = frozenset({"dets", "labels"})


@dataclass(frozen=True, slots=True)
class Outputs:
    """Names of the outputs; ``labels`` None where ``scores`` are logits of every class."""

    boxes: str
    scores: str
    labels: str | None = None


@dataclass(frozen=True, slots=True)
class DetrHead(Head):
    """Boxes of queries.

    Attributes:
        outputs: where what is.
        class_of_column: class id of each column of the logits, -1 for a column that is no class.
    """

    layout: ClassVar[str] = "detr"
    needs_nms: ClassVar[bool] = False

    outputs: Outputs
    class_of_column: tuple[int, ...]

    @classmethod
    def recognise(cls, facts: ModelFacts) -> Self | None:
        """By two or three outputs with the same number of queries."""
        return cls.assume(facts)

    @classmethod
    def assume(cls, facts: ModelFacts) -> Self | None:
        """Return the same as recognise: no other layout shares these outputs."""
        finished = _finished_outputs(facts)
        if finished is not None:
            return cls(_spec(facts, facts.canvas()), facts.names or COCO, False, finished, ())
        outputs = _logit_outputs(facts)
        if outputs is None:
            return None
        columns = facts.shapes[outputs.scores][-1]
        labels, class_of_column = _classes(columns, facts.names)
        if not _is_rfdetr(facts, columns):
            return cls(_spec(facts, facts.canvas()), labels, False, outputs, class_of_column)
        spec = replace(_spec(facts, _rfdetr_canvas(facts)), mean=_IMAGENET_MEAN, std=_IMAGENET_STD)
        return cls(facts.adapted(spec), labels, False, outputs, class_of_column)

    def decode(self, answer: Answer) -> Candidates:
        """Take every query and class above the threshold, at most as many as are kept anyway."""
        boxes = np.asarray(answer.outputs[self.outputs.boxes], np.float64).reshape(-1, 4)
        scores = np.asarray(answer.outputs[self.outputs.scores], np.float64)
        if self.outputs.labels is not None:
            scores = scores.reshape(-1)
            sure = np.flatnonzero(scores >= answer.threshold)
            ids = answer.outputs[self.outputs.labels].reshape(-1)
            return Candidates.of(boxes[sure], scores[sure], ids[sure])
        queries, ids, confidence = self._pairs(scores[0], answer.threshold)
        scale = np.tile(answer.canvas, 2)
        return Candidates.of(corners(boxes[queries]) * scale, confidence, ids)

    def _pairs(self, logits: Array, threshold: float) -> tuple[Array, Array, Array]:
        """Queries, class ids and confidences of the best pairs."""
        class_of_column = np.asarray(self.class_of_column)
        sure = (logits >= _logit(threshold)) & (class_of_column >= 0)
        queries, columns = np.nonzero(sure)
        values = logits[queries, columns]
        best = np.argsort(-values, kind="stable")[:MOST_DETECTIONS]
        confidence = 0.5 * (1.0 + np.tanh(0.5 * values[best]))
        return queries[best], class_of_column[columns[best]], confidence


def _logit(probability: float) -> float:
    if probability <= 0:
        return -math.inf
    return math.inf if probability >= 1 else math.log(probability / (1 - probability))


def _spec(facts: ModelFacts, canvas: Size) -> TensorSpec:
    return facts.adapted(TensorSpec(canvas, fit=Fit.STRETCH, scale=1 / 255))


def _finished_outputs(facts: ModelFacts) -> Outputs | None:
    """Labels (whole numbers), boxes and scores; only with the size input, else the scale is not known."""
    if facts.size_input is None or len(facts.outputs) != 3:
        return None
    whole = [info.name for info in facts.outputs if info.element.startswith("int")]
    boxes = [name for name, shape in facts.shapes.items() if len(shape) >= 2 and shape[-1] == 4]
    scores = [info.name for info in facts.outputs if info.name not in (*whole, *boxes)]
    if not len(whole) == len(boxes) == len(scores) == 1:
        return None
    return Outputs(boxes[0], scores[0], whole[0])


def _logit_outputs(facts: ModelFacts) -> Outputs | None:
    """Boxes and logits of the same queries: by name where four classes make them look alike."""
    found = {
        name: shape
        for name, shape in facts.shapes.items()
        if len(shape) == 3 and shape[0] == 1 and shape[1] <= _MOST_QUERIES
    }
    boxes = [name for name, shape in found.items() if shape[2] == 4 and name not in ("logits", "labels")]
    if len(boxes) != 1:
        return None
    queries = found[boxes[0]][1]
    logits = [name for name, shape in found.items() if name != boxes[0] and shape[1] == queries]
    named = [name for name in logits if name in ("logits", "labels")] or logits
    # With a 92nd column for "no object" (DETR, YOLOS) the confidence is a softmax: another contract.
    if len(named) != 1 or found[named[0]][2] == _NO_OBJECT_COLUMN:
        return None
    return Outputs(boxes[0], named[0])


def _classes(columns: int, names: tuple[str, ...] | None) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Labels, and the class of each column."""
    if columns == COCO_CATEGORY_COUNT and (names is None or len(names) == len(COCO)):
        class_of = {category: index for index, category in enumerate(COCO_CATEGORIES)}
        return names or COCO, tuple(class_of.get(column, -1) for column in range(columns))
    labels = names or default_labels(columns)
    return labels, tuple(column if column < len(labels) else -1 for column in range(columns))


def _is_rfdetr(facts: ModelFacts, columns: int) -> bool:
    return columns == COCO_CATEGORY_COUNT or {info.name for info in facts.outputs} >= _ROBOFLOW_OUTPUTS


def _rfdetr_canvas(facts: ModelFacts) -> Size:
    """RF-DETR runs at any size and finds nothing at a wrong one: its size must be known, never guessed."""
    if facts.flexible and facts.noted_size is None:
        raise ModelError(
            f"The RF-DETR model '{facts.name}' does not say the picture size it was trained with: "
            f"give its file a name with rfdetr and one of {', '.join(RFDETR_SIDES)} in it."
        )
    return facts.canvas()
