"""From a head's candidates to detections worth showing: thresholds, NMS, order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MOST_DETECTIONS = 300
"""How many detections of one picture are kept: the 300 of the usual detectors' own post-processing."""

MOST_CANDIDATES = 3000
"""How many of the best candidates NMS looks at; bounds its time on pictures full of noise."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """What a head read out of one picture, in canvas pixels.

    Attributes:
        boxes: float64 (n, 4), x1, y1, x2, y2.
        scores: float64 (n,), 0..1.
        class_ids: int64 (n,).
    """

    boxes: Floats
    scores: Floats
    class_ids: Ints

    @classmethod
    def of(cls, boxes: npt.ArrayLike, scores: npt.ArrayLike, class_ids: npt.ArrayLike) -> Candidates:
        """Take arrays of any number type; empty ones may have any shape."""
        return cls(
            np.asarray(boxes, np.float64).reshape(-1, 4),
            np.asarray(scores, np.float64).reshape(-1),
            np.asarray(class_ids, np.int64).reshape(-1),
        )

    def __len__(self) -> int:
        return len(self.scores)

    def take(self, which: npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> Candidates:
        """Return those that ``which`` (a mask or indices) selects, in its order."""
        return Candidates(self.boxes[which], self.scores[which], self.class_ids[which])

    def usable(self) -> Candidates:
        """Return those with finite boxes and scores, scores held inside 0..1."""
        finite = np.isfinite(self.boxes).all(axis=1) & np.isfinite(self.scores)
        kept = self.take(finite)
        return Candidates(kept.boxes, np.clip(kept.scores, 0.0, 1.0), kept.class_ids)


def ranked(candidates: Candidates, limit: int) -> Candidates:
    """Return the best ``limit``: by falling score, then class, then x1: ties fall the same way each time."""
    order = np.lexsort((candidates.boxes[:, 0], candidates.class_ids, -candidates.scores))
    return candidates.take(order[:limit])


def nms(candidates: Candidates, iou_threshold: float, limit: int = MOST_DETECTIONS) -> Candidates:
    """Greedy non-maximum suppression within each class.

    A box goes whose IoU with a better one that stays is above the threshold. Boxes of different classes never
    suppress each other. Returns at most ``limit``, ranked.
    """
    rest = ranked(candidates, MOST_CANDIDATES)
    areas = _areas(rest.boxes)
    waiting = np.arange(len(rest))
    kept: list[int] = []
    while waiting.size and len(kept) < limit:
        best, waiting = int(waiting[0]), waiting[1:]
        kept.append(best)
        overlaps = _iou_with(rest.boxes[best], areas[best], rest.boxes[waiting], areas[waiting])
        same = rest.class_ids[waiting] == rest.class_ids[best]
        waiting = waiting[~(same & (overlaps > iou_threshold))]
    return rest.take(np.asarray(kept, np.intp))


def _areas(boxes: Floats) -> Floats:
    sides = np.maximum(boxes[:, 2:] - boxes[:, :2], 0.0)
    areas: Floats = sides[:, 0] * sides[:, 1]
    return areas


def _iou_with(box: Floats, area: float, boxes: Floats, areas: Floats) -> Floats:
    """IoU of one box with each of ``boxes`` (n, 4); 0 where nothing is shared."""
    low = np.maximum(box[:2], boxes[:, :2])
    high = np.minimum(box[2:], boxes[:, 2:])
    sides = np.maximum(high - low, 0.0)
    shared = sides[:, 0] * sides[:, 1]
    union = area + areas - shared
    overlaps: Floats = np.zeros_like(shared)
    np.divide(shared, union, out=overlaps, where=union > 0)
    return overlaps
