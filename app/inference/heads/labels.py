"""Class names: COCO's, and what a model's own notes say."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping, Sequence

COCO = (
    "person", "bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat", "traffic light",
    "fire hydrant", "stop sign", "parking meter", "bench", "bird", "cat", "dog", "horse", "sheep", "cow",
    "elephant", "bear", "zebra", "giraffe", "backpack", "umbrella", "handbag", "tie", "suitcase", "frisbee",
    "skis", "snowboard", "sports ball", "kite", "baseball bat", "baseball glove", "skateboard", "surfboard",
    "tennis racket", "bottle", "wine glass", "cup", "fork", "knife", "spoon", "bowl", "banana", "apple",
    "sandwich", "orange", "broccoli", "carrot", "hot dog", "pizza", "donut", "cake", "chair", "couch",
    "potted plant", "bed", "dining table", "toilet", "tv", "laptop", "mouse", "remote", "keyboard",
    "cell phone", "microwave", "oven", "toaster", "sink", "refrigerator", "book", "clock", "vase", "scissors",
    "teddy bear", "hair drier", "toothbrush",
)  # fmt: skip
"""The 80 classes of COCO detection, in the order every detector trained on it uses."""

COCO_CATEGORY_COUNT = 91
"""Columns of a model that speaks COCO's raw category ids, 0 unused and 90 the highest."""

_UNUSED_CATEGORIES = frozenset({0, 12, 26, 29, 30, 45, 66, 68, 69, 71, 83})
COCO_CATEGORIES = tuple(number for number in range(COCO_CATEGORY_COUNT) if number not in _UNUSED_CATEGORIES)
"""Raw category id of each of the 80 classes."""

_LONGEST_NOTE = 1 << 20
_MOST_CLASSES = 100_000


def default_labels(count: int) -> tuple[str, ...]:
    """Names for ``count`` classes of a model that brings none: COCO's where there are 80."""
    return COCO if count == len(COCO) else tuple(unnamed(index) for index in range(count))


def unnamed(index: int) -> str:
    """Return the name of a class that has none."""
    return f"class {index}"


def labels_in(metadata: Mapping[str, str]) -> tuple[str, ...] | None:
    """Read the note ``names``: a list or a dict by index, a Python literal or JSON; None without one."""
    text = metadata.get("names", "").strip()
    if not text or len(text) > _LONGEST_NOTE:
        return None
    value = _literal(text)
    if isinstance(value, list | tuple):
        value = dict(enumerate(value))
    if not isinstance(value, dict) or not value:
        return None
    return _from_pairs(value)


def _literal(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None


def _from_pairs(pairs: Mapping[object, object]) -> tuple[str, ...] | None:
    try:
        named = {int(str(index)): " ".join(str(name).split()) for index, name in pairs.items()}
    except ValueError:
        return None
    if min(named) < 0 or max(named) >= _MOST_CLASSES:
        return None
    return tuple(named.get(index) or unnamed(index) for index in range(max(named) + 1))


def class_ids(labels: Sequence[str], wanted: str) -> tuple[int, ...]:
    """Indices of every class called ``wanted``."""
    return tuple(index for index, label in enumerate(labels) if label == wanted)
