"""From a converted picture to the tensor a model takes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from app.core.frame import PixelFormat, VideoFrame
from app.core.geometry import ChannelOrder, Letterbox, Size, TensorSpec

ELEMENTS: dict[str, type[np.floating[Any]] | type[np.unsignedinteger[Any]]] = {
    "float": np.float32,
    "float16": np.float16,
    "uint8": np.uint8,
}
"""ONNX Runtime's element types that a picture can be written in."""

_PLANES = {ChannelOrder.RGB: (0, 1, 2), ChannelOrder.BGR: (2, 1, 0)}


class Preprocessor:
    """Writes pictures into one tensor that is used again and again; for one thread.

    The tensor has the shape (1, 3, height, width) of the canvas. It is made anew only when the canvas
    changes, its bars are painted only when the placing changes.
    """

    def __init__(self, spec: TensorSpec, element: str = "float") -> None:
        """``element`` is one of ELEMENTS; uint8 wants a spec without scale, mean and std."""
        self._dtype = np.dtype(ELEMENTS[element])
        self._order = _PLANES[spec.channels]
        # (v * scale - mean) / std of v = 255 * x is one multiplication and one addition.
        self._factors = tuple(np.float32(255.0 * spec.scale / std) for std in spec.std)
        self._offsets = tuple(np.float32(-m / std) for m, std in zip(spec.mean, spec.std, strict=True))
        self._bars = tuple((spec.pad * spec.scale - m) / s for m, s in zip(spec.mean, spec.std, strict=True))
        self._placed: Letterbox | None = None
        self._tensor = np.empty((1, 3, 0, 0), self._dtype)
        self._scratch = np.empty((0, 0), np.float32)

    def fill(self, frame: VideoFrame, placement: Letterbox) -> npt.NDArray[Any]:
        """Write ``frame`` where ``placement`` says and return the tensor; the next call overwrites it.

        The frame is PLANAR_RGB_FLOAT of just ``placement.inner`` pixels.

        Raises:
            ValueError: another format or size.
        """
        if frame.pixel_format is not PixelFormat.PLANAR_RGB_FLOAT or frame.size != placement.inner:
            raise ValueError(
                f"wanted planar float of {placement.inner}, not {frame.pixel_format.value} of {frame.size}"
            )
        if placement != self._placed:
            self._place(placement)
        width, height = placement.inner
        rows = slice(placement.top, placement.top + height)
        columns = slice(placement.left, placement.left + width)
        for channel, plane in enumerate(self._order):
            self._write(frame.data[plane], self._tensor[0, channel, rows, columns], channel)
        return self._tensor

    def _place(self, placement: Letterbox) -> None:
        width, height = placement.target
        if self._tensor.shape[2:] != (height, width):
            self._tensor = np.empty((1, 3, height, width), self._dtype)
        for channel, bar in enumerate(self._bars):
            self._tensor[0, channel] = bar
        if self._dtype == np.uint8:
            self._scratch = np.empty((placement.inner.height, placement.inner.width), np.float32)
        self._placed = placement

    def _write(self, plane: npt.NDArray[Any], view: npt.NDArray[Any], channel: int) -> None:
        factor, offset = self._factors[channel], self._offsets[channel]
        if self._dtype == np.uint8:
            np.multiply(plane, factor, out=self._scratch)
            np.rint(self._scratch, out=self._scratch)
            np.clip(self._scratch, 0, 255, out=self._scratch)
            view[...] = self._scratch
            return
        np.multiply(plane, factor, out=view)
        if offset:
            np.add(view, offset, out=view)


def trial_picture(size: Size, element: str) -> npt.NDArray[Any]:
    """A fixed picture for the one run that shows how a model answers: gradients and some blocks, 0..1.

    Returns (1, 3, height, width) in ``element``; uint8 holds 0..255.
    """
    y, x = np.mgrid[0 : size.height, 0 : size.width].astype(np.float32)
    x /= max(size.width - 1, 1)
    y /= max(size.height - 1, 1)
    blocks = ((np.floor(x * 7) + np.floor(y * 5)) % 3) / 2
    picture = np.stack((0.5 * x + 0.5 * blocks, 0.6 * y + 0.4 * blocks, 1 - 0.5 * (x + y)))[None]
    if element == "uint8":
        picture = np.rint(picture * 255)
    floats: npt.NDArray[Any] = picture.astype(ELEMENTS[element])
    return floats
