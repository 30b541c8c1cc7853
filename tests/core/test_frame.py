"""A picture's buffer seen as pixels: the rows without their padding, and no copy."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.frame import PixelFormat, VideoFrame
from app.core.geometry import Size
from app.core.time import MediaTime


def _frame(
    data: npt.NDArray[np.uint8] | npt.NDArray[np.float32], size: Size, layout: PixelFormat
) -> VideoFrame:
    return VideoFrame(
        data,
        size,
        data.strides[0],
        layout,
        MediaTime(0, Fraction(1, 25)),
        0.0,
        None,
        keyframe=True,
        display_size=size,
    )


@given(
    st.integers(1, 17),
    st.integers(1, 9),
    st.integers(0, 40),
    st.sampled_from([PixelFormat.BGRA, PixelFormat.RGB]),
)
def test_pixels_are_the_rows_without_padding(
    width: int, height: int, padding: int, layout: PixelFormat
) -> None:
    channels = {PixelFormat.BGRA: 4, PixelFormat.RGB: 3}[layout]
    assert layout.bytes_per_pixel == channels
    stride = width * channels + padding
    data = np.arange(height * stride, dtype=np.uint32).astype(np.uint8).reshape(height, stride)
    pixels = _frame(data, Size(width, height), layout).pixels()
    assert pixels.shape == (height, width, channels)
    assert np.shares_memory(pixels, data)
    for y in range(height):
        assert pixels[y].tobytes() == data[y].tobytes()[: width * channels]


def test_planar_pictures_have_no_interleaved_pixels() -> None:
    frame = _frame(np.zeros((3, 2, 4), np.float32), Size(4, 2), PixelFormat.PLANAR_RGB_FLOAT)
    assert frame.pixel_format.bytes_per_pixel == 12
    with pytest.raises(ValueError, match="planar"):
        frame.pixels()


def test_two_frames_are_never_compared_pixel_by_pixel() -> None:
    data = np.zeros((2, 8), np.uint8)
    assert _frame(data, Size(2, 2), PixelFormat.BGRA) != _frame(data, Size(2, 2), PixelFormat.BGRA)
