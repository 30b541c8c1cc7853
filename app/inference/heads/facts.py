"""What a model tells of itself before it sees a real picture: the evidence heads are recognised by."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from app.core.errors import ModelError
from app.core.geometry import Size, TensorSpec
from app.inference.heads.labels import labels_in
from app.inference.preprocess import ELEMENTS, trial_picture
from app.inference.session import TensorInfo

Array = npt.NDArray[Any]
Outputs = Mapping[str, Array]

DEFAULT_SIDE = 640
"""Side of the canvas where neither the graph nor its notes give one: what most detectors train with."""

RFDETR_SIDES = {"nano": 384, "small": 512, "base": 560, "medium": 576, "large": 704}
"""Sides RF-DETR's sizes were trained with; at another side they run and find nothing."""

_RFDETR = re.compile(r"rf[-_]?detr[-_]?(" + "|".join(RFDETR_SIDES) + ")", re.IGNORECASE)
_SMALLEST, _LARGEST = 32, 8192
_SIZE_INPUTS = ("orig_target_sizes", "target_sizes")
_INTEGERS = {"int64": np.int64, "int32": np.int32, "float": np.float32}


@dataclass(frozen=True)
class ModelFacts:
    """The evidence.

    Attributes:
        name: of the file, without folder.
        inputs, outputs: as the graph declares them.
        metadata: the model's own notes.
        run: computes all outputs by name.
    """

    name: str
    inputs: Sequence[TensorInfo]
    outputs: Sequence[TensorInfo]
    metadata: Mapping[str, str]
    run: Callable[[Mapping[str, Array]], Outputs]

    @functools.cached_property
    def picture(self) -> TensorInfo:
        """The input that takes the picture, (1, 3, height, width).

        Raises:
            ModelError: there is none, or one that Reelscope cannot feed.
        """
        pictures = [info for info in self.inputs if len(info.shape) == 4]
        if not pictures or pictures[0].shape[1] not in (3, None) or pictures[0].shape[0] not in (1, None):
            raise self.refusal("a detector takes one picture as [1, 3, height, width]")
        if pictures[0].element not in ELEMENTS:
            raise self.refusal("pictures are given as float, float16 or uint8")
        others = [info.name for info in self.inputs if info is not pictures[0]]
        unknown = [name for name in others if name not in _SIZE_INPUTS]
        if unknown:
            raise self.refusal(f"nothing is known about an input called '{unknown[0]}'")
        return pictures[0]

    @functools.cached_property
    def size_input(self) -> TensorInfo | None:
        """The input of the DETR family that takes the (width, height) boxes are scaled to."""
        return next((info for info in self.inputs if info.name in _SIZE_INPUTS), None)

    @functools.cached_property
    def names(self) -> tuple[str, ...] | None:
        """Class names from the notes."""
        return labels_in(self.metadata)

    @property
    def flexible(self) -> bool:
        """Whether both sides of the picture are dynamic."""
        return self.picture.shape[2] is None and self.picture.shape[3] is None

    def canvas(self, default: int = DEFAULT_SIDE) -> Size:
        """The canvas: fixed sides from the graph, dynamic ones from the note ``imgsz``, else ``default``."""
        height, width = self.noted_size or (default, default)
        fixed_height, fixed_width = self.picture.shape[2:]
        return Size(fixed_width or width, fixed_height or height)

    @functools.cached_property
    def noted_size(self) -> tuple[int, int] | None:
        """Height and width from the note ``imgsz``, one number or a pair; of RF-DETR from the file's name."""
        named = _RFDETR.search(self.name)
        if named is not None:
            return (RFDETR_SIDES[named[1].lower()],) * 2
        try:
            value = ast.literal_eval(self.metadata.get("imgsz", ""))
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            return None
        pair = (value, value) if isinstance(value, int) else value
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            return None
        if not all(isinstance(side, int) and _SMALLEST <= side <= _LARGEST for side in pair):
            return None
        return int(pair[0]), int(pair[1])

    def feeds(self, tensor: Array, canvas: Size) -> dict[str, Array]:
        """All inputs for a tensor of pictures on ``canvas``."""
        feeds = {self.picture.name: tensor}
        if self.size_input is not None:
            kind = _INTEGERS.get(self.size_input.element, np.int64)
            feeds[self.size_input.name] = np.asarray([[canvas.width, canvas.height]] * len(tensor), kind)
        return feeds

    @functools.cached_property
    def trial(self) -> Outputs:
        """The outputs for one fixed picture.

        Raises:
            ModelError: the model does not run.
        """
        canvas = self.canvas()
        try:
            return self.run(self.feeds(trial_picture(canvas, self.picture.element), canvas))
        except ModelError as error:
            size = f"{canvas.width}x{canvas.height}"
            raise self.refusal(f"a trial on {size} pixels failed: {error}") from error

    @functools.cached_property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The outputs' true shapes for one picture: as declared, or from the trial where axes are dynamic."""
        declared = {info.name: _for_one_picture(info.shape) for info in self.outputs}
        if all(None not in shape for shape in declared.values()):
            return {name: tuple(size or 0 for size in shape) for name, shape in declared.items()}
        return {name: value.shape for name, value in self.trial.items()}

    def adapted(self, spec: TensorSpec) -> TensorSpec:
        """``spec`` for this picture input: uint8 takes the bytes as they are, the graph does the rest."""
        if self.picture.element != "uint8":
            return spec
        return replace(spec, scale=1.0, mean=(0.0, 0.0, 0.0), std=(1.0, 1.0, 1.0))

    def refusal(self, why: str) -> ModelError:
        """An error with the shapes seen, and ``why``."""
        seen = self.summary()
        return ModelError(f"'{self.name}' is no detector that Reelscope knows ({seen}): {why.rstrip('.')}.")

    def summary(self) -> str:
        """Inputs and outputs in words."""
        taken = ", ".join(str(info) for info in self.inputs)
        given = ", ".join(str(info) for info in self.outputs)
        return f"it takes {taken} and gives {given}"


def _for_one_picture(shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
    """A dynamic first axis of several is the batch: 1."""
    return (1, *shape[1:]) if len(shape) > 1 and shape[0] is None else shape
