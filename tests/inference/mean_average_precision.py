"""Mean average precision at IoU 0.5, on its own: no code of the program decides here what a hit is.

Every class: detections of all pictures by falling confidence; each takes the best free object of its class
and picture with IoU of at least 0.5, else it is a false alarm. Neutral objects may be found or not: a
detection that only meets one is not counted. The precision is the area under the curve of the best precision
at each recall.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Corners = tuple[float, float, float, float]


@dataclass(frozen=True)
class Truth:
    picture: int
    label: str
    box: Corners
    neutral: bool


@dataclass(frozen=True)
class Found:
    picture: int
    label: str
    box: Corners
    confidence: float


def overlap(a: Corners, b: Corners) -> float:
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared)


def hits(truth: Sequence[Truth], found: Sequence[Found]) -> list[bool]:
    """Hit or false alarm, by falling confidence; detections on neutral objects left out."""
    free = {index for index, thing in enumerate(truth) if not thing.neutral}
    verdicts = []
    for one in sorted(found, key=lambda one: -one.confidence):
        near = [
            (overlap(one.box, thing.box), index)
            for index, thing in enumerate(truth)
            if thing.picture == one.picture and overlap(one.box, thing.box) >= 0.5
        ]
        takable = [pair for pair in near if pair[1] in free]
        if takable:
            free.remove(max(takable)[1])
            verdicts.append(True)
        elif not any(truth[index].neutral for _, index in near):
            verdicts.append(False)
    return verdicts


def average_precision(truth: Sequence[Truth], found: Sequence[Found]) -> float:
    wanted = sum(not thing.neutral for thing in truth)
    verdicts = hits(truth, found)
    points, right = [], 0
    for count, verdict in enumerate(verdicts, 1):
        right += verdict
        points.append((right / wanted, right / count))
    area = previous = 0.0
    for index, (recall, _) in enumerate(points):
        area += (recall - previous) * max(precision for _, precision in points[index:])
        previous = recall
    return area


def mean_average_precision(truth: Sequence[Truth], found: Sequence[Found]) -> dict[str, float]:
    """Average precision of each class that is there to be found."""
    labels = sorted({thing.label for thing in truth if not thing.neutral})
    return {
        label: average_precision(
            [thing for thing in truth if thing.label == label], [one for one in found if one.label == label]
        )
        for label in labels
    }
