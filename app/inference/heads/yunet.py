"""YuNet: faces.

Twelve outputs, cls, obj, bbox and kps for strides 8, 16 and 32, each (1, cells, values). Confidence is
sqrt(cls * obj); cx = (column + x) * stride, w = exp(w) * stride (Wu et al., YuNet, 2023;
OpenCV's FaceDetectorYN reads it so). Pictures are BGR 0..255 at the top left of a canvas with sides in steps
of 32.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from app.core.geometry import ChannelOrder, Fit, Size, TensorSpec
from app.inference.heads.base import Answer, Head, fitting_canvas
from app.inference.heads.facts import Array, ModelFacts
from app.inference.heads.grid import STRIDES, cells, corners
from app.inference.postprocess import Candidates

_PARTS = ("cls", "obj", "bbox")
_LABEL = "face"
_LONGEST = 960
"""Longest side of a free canvas: small faces need pixels, but above 400 pixels a face falls into parts."""

_NOISE = 0.5
"""Below it YuNet answers to leaves and ears; OpenCV's threshold is 0.9 by default, 0.6 in its samples."""


@dataclass(frozen=True, slots=True)
class YuNetHead(Head):
    """Faces; their landmarks are left alone."""

    layout: ClassVar[str] = "yunet"
    needs_nms: ClassVar[bool] = True

    @classmethod
    def recognise(cls, facts: ModelFacts) -> Self | None:
        """By the names of the outputs."""
        return cls.assume(facts)

    @classmethod
    def assume(cls, facts: ModelFacts) -> Self | None:
        """Return the same as recognise: the names are needed to read it."""
        wanted = {_name(part, stride) for part in _PARTS for stride in STRIDES}
        if not wanted <= {info.name for info in facts.outputs}:
            return None
        spec = TensorSpec(facts.canvas(), ChannelOrder.BGR, fit=Fit.TOP_LEFT, pad=0.0)
        return cls(facts.adapted(spec), facts.names or (_LABEL,), facts.flexible)

    def canvas(self, display: Size) -> Size:
        """The canvas: as large as the picture where the model allows it, up to a limit."""
        return fitting_canvas(display, min(max(display), _LONGEST)) if self.flexible else self.spec.size

    def decode(self, answer: Answer) -> Candidates:
        """Take each likely cell's box; what YuNet gives less than 0.5 is never taken."""
        classes, objectness, boxes = (_joined(answer, part) for part in _PARTS)
        held = np.clip(classes[:, 0], 0, 1) * np.clip(objectness[:, 0], 0, 1)
        scores = np.sqrt(held, dtype=np.float64)
        sure = np.flatnonzero(scores >= max(answer.threshold, _NOISE))
        grid = cells(answer.canvas)
        stride = grid.stride[sure]
        found = boxes[sure].astype(np.float64)
        found[:, 0] += grid.x[sure]
        found[:, 1] += grid.y[sure]
        with np.errstate(over="ignore"):
            found[:, 2:] = np.exp(found[:, 2:])
        return Candidates.of(corners(found * stride[:, None]), scores[sure], np.zeros(len(sure), np.int64))


def _name(part: str, stride: int) -> str:
    return f"{part}_{stride}"


def _joined(answer: Answer, part: str) -> Array:
    """One part of all strides, (cells, values)."""
    return np.concatenate([answer.outputs[_name(part, stride)][0] for stride in STRIDES])
