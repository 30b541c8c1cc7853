"""What every detector head is: how its model wants the picture, and how its outputs are read."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Self

from app.core.geometry import Size, TensorSpec
from app.inference.heads.facts import ModelFacts, Outputs
from app.inference.postprocess import Candidates

STEP = 32
"""Sides of a canvas are multiples of the largest usual stride."""


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What a model said of one picture.

    Attributes:
        outputs: by name, as the runtime gave them.
        canvas: size of the picture tensor.
        threshold: the lowest confidence that is of interest, 0..1.
    """

    outputs: Outputs
    canvas: Size
    threshold: float


@dataclass(frozen=True, slots=True)
class Head(ABC):
    """One output layout, settled for one model.

    Attributes:
        layout: its name for ``--layout`` and the result document.
        needs_nms: whether the candidates hold several boxes of one object.
        spec: the picture tensor.
        labels: name of each class.
        flexible: whether the canvas may follow the picture's shape, which saves computing bars.
    """

    layout: ClassVar[str]
    needs_nms: ClassVar[bool]

    spec: TensorSpec
    labels: tuple[str, ...]
    flexible: bool

    @classmethod
    @abstractmethod
    def recognise(cls, facts: ModelFacts) -> Self | None:
        """Return the head if the evidence is for this layout and no other."""

    @classmethod
    @abstractmethod
    def assume(cls, facts: ModelFacts) -> Self | None:
        """Return the head on the user's word; None where the shapes cannot be this layout."""

    @abstractmethod
    def decode(self, answer: Answer) -> Candidates:
        """Read the outputs of one picture: candidates of at least the threshold, in canvas pixels."""

    def canvas(self, display: Size) -> Size:
        """The canvas for a picture of ``display`` size: the long side as trained, the short one as needed."""
        if not self.flexible:
            return self.spec.size
        return fitting_canvas(display, max(self.spec.size))


def fitting_canvas(display: Size, longest: int) -> Size:
    """The smallest canvas with sides in steps of 32 that holds ``display`` scaled to ``longest``."""
    scale = longest / max(display)
    width, height = (max(STEP, math.ceil(math.floor(side * scale + 0.5) / STEP) * STEP) for side in display)
    return Size(width, height)
