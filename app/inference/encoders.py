"""What a picture encoder wants to see, and which output is the vector: read from its graph and name."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from app.core.errors import ModelError
from app.core.geometry import Fit, Size, TensorSpec
from app.inference.native_session import Array
from app.inference.preprocess import ELEMENTS, trial_picture
from app.inference.session import TensorInfo

_DEFAULT_SIDE = 224
"""Where the graph leaves the sides open: what CLIP, SigLIP and most classifiers are trained with."""

_Three = tuple[float, float, float]
_IMAGENET: tuple[_Three, _Three] = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
_CLIP: tuple[_Three, _Three] = (
    (0.48145466, 0.4578275, 0.40821073),
    (0.26862954, 0.26130258, 0.27577711),
)
_FAMILIES: tuple[tuple[str, tuple[_Three, _Three], Fit], ...] = (
    ("mobileclip", ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0)), Fit.COVER),
    ("siglip", ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)), Fit.STRETCH),
    ("clip", _CLIP, Fit.COVER),
    ("image_embeds", _CLIP, Fit.COVER),
)
"""A word in the file's name or in the names of its outputs; mean and deviation of 0..1; how it is fitted."""

_VECTORS = ("image_embeds", "image_embeddings", "image_features", "embedding", "embeddings", "pooler_output")
_TOKENS = ("last_hidden_state", "hidden_states", "tokens", "patch_embeddings")
_LONGEST = 1 << 16


@dataclass(frozen=True, slots=True)
class EncoderGraph:
    """An encoder's one input and its vector.

    Attributes:
        input: takes the pictures.
        spec: how it wants them.
        channels_last: whether its tensor is (pictures, height, width, 3).
        output: name of the output that holds the vector.
        pooled: axes over which the mean is taken to get one.
        size: numbers of the vector.
    """

    input: TensorInfo
    spec: TensorSpec
    channels_last: bool
    output: str
    pooled: tuple[int, ...]
    size: int

    def feeds(self, tensor: Array) -> dict[str, Array]:
        """The input for a tensor as a Preprocessor fills it."""
        return {self.input.name: tensor}

    def trial(self, planar: Array) -> dict[str, Array]:
        """The input for a tensor (pictures, 3, height, width)."""
        return self.feeds(
            np.ascontiguousarray(planar.transpose(0, 2, 3, 1)) if self.channels_last else planar
        )

    def vectors(self, outputs: Mapping[str, Array]) -> Array:
        """The vectors, one a row, as the model gave them."""
        values = np.asarray(outputs[self.output], np.float32)
        return (values.mean(axis=self.pooled) if self.pooled else values).reshape(len(values), -1)


def read_encoder(
    name: str,
    inputs: Sequence[TensorInfo],
    outputs: Sequence[TensorInfo],
    metadata: Mapping[str, str],
    run: Callable[[Mapping[str, Array]], Mapping[str, Array]],
) -> EncoderGraph:
    """Find out what the model in the file ``name`` wants; it sees one trial picture.

    Raises:
        ModelError: it takes no picture, or gives no vector; the sentence says what it takes and gives.
    """
    picture = inputs[0] if len(inputs) == 1 and len(inputs[0].shape) == 4 else None
    if picture is None or 3 not in picture.shape[1::2] or picture.element not in ELEMENTS:
        raise _refusal(name, inputs, outputs, "one input for pictures is needed, with three channels")
    channels_last = picture.shape[1] != 3
    height, width = picture.shape[1:3] if channels_last else picture.shape[2:4]
    canvas = Size(width or _DEFAULT_SIDE, height or _DEFAULT_SIDE)
    spec = _spec(name, outputs, metadata, canvas, picture.element)
    graph = EncoderGraph(picture, spec, channels_last, "", (), 0)
    try:
        answers = run(graph.trial(trial_picture(canvas, picture.element)))
    except ModelError as error:
        said = str(error).rstrip(".")
        raise _refusal(name, inputs, outputs, f"a trial on {width}x{height} pixels failed: {said}") from error
    ranked = sorted(
        (rank, output, pooled) for output, (rank, pooled) in _candidates(answers, channels_last).items()
    )
    if not ranked:
        raise _refusal(name, inputs, outputs, "none of its outputs is a vector for a picture")
    _, output, pooled = ranked[0]
    found = EncoderGraph(picture, spec, channels_last, output, pooled, 0)
    return EncoderGraph(picture, spec, channels_last, output, pooled, found.vectors(answers).shape[1])


def _spec(
    name: str, outputs: Sequence[TensorInfo], metadata: Mapping[str, str], canvas: Size, element: str
) -> TensorSpec:
    words = " ".join((name, *(output.name for output in outputs))).lower()
    known = next((family for family in _FAMILIES if family[0] in words), None)
    (mean, std), fit = (known[1], known[2]) if known else (_IMAGENET, Fit.COVER)
    if canvas.width != canvas.height:
        # Trained on pictures cut to this shape before, such as persons: there is nothing to cut off.
        fit = Fit.STRETCH
    if element == "uint8":
        return TensorSpec(canvas, fit=fit, pad=0.0)
    mean, std = _noted(metadata, "mean") or mean, _noted(metadata, "std") or std
    return TensorSpec(canvas, fit=fit, scale=1 / 255, mean=mean, std=std, pad=0.0)


def _noted(metadata: Mapping[str, str], key: str) -> _Three | None:
    """Three numbers of 0..1 from the model's notes; such of 0..255 are brought there."""
    try:
        values = ast.literal_eval(metadata.get(key, ""))
        three = tuple(float(value) for value in values)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None
    if len(three) != 3 or not all(math.isfinite(value) and value >= 0 for value in three):
        return None
    scale = 255.0 if max(three) > 2 else 1.0
    if key == "std" and not min(three):
        return None
    return three[0] / scale, three[1] / scale, three[2] / scale


def _candidates(answers: Mapping[str, Array], channels_last: bool) -> dict[str, tuple[int, tuple[int, ...]]]:
    """Outputs that are a vector for one picture: how good a candidate (0 the best), and what is pooled."""
    found: dict[str, tuple[int, tuple[int, ...]]] = {}
    for name, values in answers.items():
        if values.shape[:1] != (1,) or values.dtype.kind != "f" or not values.size > 1:
            continue
        if values.ndim == 2 and values.shape[1] <= _LONGEST:
            found[name] = (0 if name in _VECTORS else 1), ()
        elif values.ndim == 4:
            found[name] = 2, (1, 2) if channels_last else (2, 3)
        elif values.ndim == 3 and name in _TOKENS:
            found[name] = 3, (1,)
    return found


def _refusal(name: str, inputs: Sequence[TensorInfo], outputs: Sequence[TensorInfo], why: str) -> ModelError:
    taken, given = (", ".join(map(str, infos)) for infos in (inputs, outputs))
    return ModelError(f"'{name}' is no picture encoder (it takes {taken} and gives {given}): {why}.")
