"""From a converted picture to the tensor a model takes."""

from __future__ import annotations

from typing import Any, TypeAlias

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

Planes: TypeAlias = "tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]"
"""R, G and B of one picture, (height, width) each: bytes, or floats of 0..1; rows may be apart."""

_Part: TypeAlias = tuple[slice, slice]

_PLANES = {ChannelOrder.RGB: (0, 1, 2), ChannelOrder.BGR: (2, 1, 0)}


class Preprocessor:
    """Writes pictures into one tensor that is used again and again; for one thread.

    The tensor has the shape (count, 3, height, width) of the canvas. It is made anew only when the canvas
    changes or more pictures come, its bars are painted only when the placing changes.
    """

    def __init__(self, spec: TensorSpec, element: str = "float", *, channels_last: bool = False) -> None:
        """``element`` is one of ELEMENTS; uint8 wants a spec without scale, mean and std.

        With ``channels_last`` the tensor is (count, height, width, 3).
        """
        self._channels_last = channels_last
        self._dtype = np.dtype(ELEMENTS[element])
        self._order = _PLANES[spec.channels]
        # (v * scale - mean) / std is one multiplication and one addition.
        self._factors = tuple(spec.scale / std for std in spec.std)
        self._offsets = tuple(np.float32(-m / std) for m, std in zip(spec.mean, spec.std, strict=True))
        self._bars = tuple((spec.pad * spec.scale - m) / s for m, s in zip(spec.mean, spec.std, strict=True))
        self._placed: Letterbox | None = None
        self._tensor = np.empty((0, 3, 0, 0), self._dtype)
        self._scratch = np.empty((0, 0), np.float32)

    def fill(self, frame: VideoFrame, placement: Letterbox) -> npt.NDArray[Any]:
        """Write one picture where ``placement`` says and return the tensor; the next call overwrites it.

        The frame is PLANAR_RGB_FLOAT of just ``placement.inner`` pixels.

        Raises:
            ValueError: another format or size.
        """
        if frame.pixel_format is not PixelFormat.PLANAR_RGB_FLOAT or frame.size != placement.inner:
            raise ValueError(
                f"wanted planar float of {placement.inner}, not {frame.pixel_format.value} of {frame.size}"
            )
        tensor = self.prepare(placement, 1)
        self.write(0, (frame.data[0], frame.data[1], frame.data[2]))
        return tensor

    def prepare(self, placement: Letterbox, count: int) -> npt.NDArray[Any]:
        """Return the tensor for ``count`` pictures that lie as ``placement`` says; ``write`` fills it."""
        width, height = placement.target
        if self._tensor.shape[0] < count or self._tensor.shape[2:] != (height, width):
            self._tensor = self._planar(np.empty(self._shape(count, placement.target), self._dtype))
            self._placed = None
        if placement != self._placed:
            self._place(placement)
        tensor = self._tensor if len(self._tensor) == count else self._tensor[:count]
        return tensor.transpose(0, 2, 3, 1) if self._channels_last else tensor

    def _shape(self, count: int, canvas: Size) -> tuple[int, int, int, int]:
        width, height = canvas
        return (count, height, width, 3) if self._channels_last else (count, 3, height, width)

    def _planar(self, tensor: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """A view whose channels stand before height and width."""
        return tensor.transpose(0, 3, 1, 2) if self._channels_last else tensor

    def write(self, index: int, planes: Planes) -> None:
        """Write the picture number ``index``, whose planes have just ``inner`` pixels."""
        assert self._placed is not None
        window, part = _window(self._placed)
        for channel, plane in enumerate(self._order):
            self._scale(planes[plane][part], self._tensor[index, channel][window], channel)

    def _place(self, placement: Letterbox) -> None:
        for channel, bar in enumerate(self._bars):
            self._tensor[:, channel] = bar
        if self._dtype == np.uint8:
            self._scratch = np.empty(self._tensor[0, 0][_window(placement)[0]].shape, np.float32)
        self._placed = placement

    def _scale(self, plane: npt.NDArray[Any], view: npt.NDArray[Any], channel: int) -> None:
        if self._dtype == plane.dtype == np.uint8:
            view[...] = plane
            return
        factor = np.float32(self._factors[channel] * (255 if plane.dtype.kind == "f" else 1))
        offset = self._offsets[channel]
        if self._dtype == np.uint8:
            np.multiply(plane, factor, out=self._scratch)
            np.rint(self._scratch, out=self._scratch)
            np.clip(self._scratch, 0, 255, out=self._scratch)
            view[...] = self._scratch
            return
        np.multiply(plane, factor, out=view)
        if offset:
            np.add(view, offset, out=view)


def _window(placement: Letterbox) -> tuple[_Part, _Part]:
    """Which part of the canvas holds the picture, and which part of the picture lies on the canvas."""
    columns, part_columns = _overlap(placement.left, placement.inner.width, placement.target.width)
    rows, part_rows = _overlap(placement.top, placement.inner.height, placement.target.height)
    return (rows, columns), (part_rows, part_columns)


def _overlap(start: int, length: int, room: int) -> tuple[slice, slice]:
    begin, end = max(start, 0), min(start + length, room)
    return slice(begin, end), slice(begin - start, end - start)


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
