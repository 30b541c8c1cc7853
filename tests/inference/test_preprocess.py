"""The tensor a model gets, against the formula of its spec in float64."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.frame import PixelFormat, VideoFrame
from app.core.geometry import ChannelOrder, Fit, Letterbox, Size, TensorSpec
from app.core.time import MediaTime
from app.inference.preprocess import Preprocessor, trial_picture

CANVAS = Size(64, 48)
_display = st.builds(Size, st.integers(1, 300), st.integers(1, 300))
_three = st.tuples(*[st.floats(0.1, 120)] * 3)


def frame(planes: npt.NDArray[np.float32], display: Size) -> VideoFrame:
    size = Size(planes.shape[2], planes.shape[1])
    time = MediaTime(0, Fraction(1, 25))
    return VideoFrame(planes, size, 0, PixelFormat.PLANAR_RGB_FLOAT, time, 0.0, None, True, display)


def planes_of(size: Size, seed: int = 0) -> npt.NDArray[np.float32]:
    return np.random.default_rng(seed).random((3, size.height, size.width), np.float32)


def expected(planes: npt.NDArray[Any], placement: Letterbox, spec: TensorSpec) -> npt.NDArray[Any]:
    """Picture on grey bars as bytes would be, then scale, mean and deviation, one channel after the other."""
    height, width = planes.shape[1:]
    # A margin as large as the picture takes what lies beside the canvas, and is cut off again.
    board = np.full((3, placement.target.height + 2 * height, placement.target.width + 2 * width), spec.pad)
    rows = slice(height + placement.top, height + placement.top + height)
    columns = slice(width + placement.left, width + placement.left + width)
    board[:, rows, columns] = planes * 255.0
    canvas = board[:, height:-height, width:-width]
    if spec.channels is ChannelOrder.BGR:
        canvas = canvas[::-1]
    mean, std = (np.reshape(values, (3, 1, 1)) for values in (spec.mean, spec.std))
    tensor: npt.NDArray[Any] = (canvas * spec.scale - mean) / std
    return tensor


@given(
    _display,
    st.sampled_from(Fit),
    st.sampled_from(ChannelOrder),
    st.sampled_from([1.0, 1 / 255]),
    _three,
    _three,
    st.sampled_from([0.0, 114.0]),
)
def test_the_tensor_is_what_the_spec_says(
    display: Size, fit: Fit, channels: ChannelOrder, scale: float, mean: Any, std: Any, pad: float
) -> None:
    spec = TensorSpec(CANVAS, channels, fit, scale, mean, std, pad)
    placement = Letterbox.fit(display, CANVAS, fit)
    planes = planes_of(placement.inner)
    tensor = Preprocessor(spec).fill(frame(planes, display), placement)
    assert tensor.shape == (1, 3, CANVAS.height, CANVAS.width)
    assert tensor.dtype == np.float32
    np.testing.assert_allclose(tensor[0], expected(planes, placement, spec), rtol=1e-5, atol=2e-3)


def test_one_tensor_is_used_again_and_old_pictures_leave_no_trace() -> None:
    spec = TensorSpec(CANVAS, scale=1 / 255)
    preprocessor = Preprocessor(spec)
    tensors = []
    for seed, display in enumerate((Size(100, 20), Size(20, 100), Size(20, 100), Size(64, 48))):
        placement = Letterbox.fit(display, CANVAS)
        planes = planes_of(placement.inner, seed)
        tensors.append(preprocessor.fill(frame(planes, display), placement))
        np.testing.assert_allclose(tensors[-1][0], expected(planes, placement, spec), rtol=1e-5)
    assert all(tensor is tensors[0] for tensor in tensors)


def test_views_that_are_not_contiguous_are_read() -> None:
    placement = Letterbox.fit(Size(32, 24), CANVAS)
    padded = planes_of(Size(placement.inner.width + 7, placement.inner.height))
    view = padded[::-1, :, : placement.inner.width]
    spec = TensorSpec(CANVAS, scale=1 / 255)
    tensor = Preprocessor(spec).fill(frame(view, Size(32, 24)), placement)
    np.testing.assert_allclose(tensor[0], view, rtol=1e-6)


def test_several_pictures_stand_in_one_tensor() -> None:
    spec = TensorSpec(CANVAS, scale=1 / 255)
    preprocessor = Preprocessor(spec)
    placement = Letterbox.fit(Size(100, 20), CANVAS)
    pictures = [planes_of(placement.inner, seed) for seed in range(5)]
    for count in (2, 3, 2, 1):
        tensor = preprocessor.prepare(placement, count)
        assert tensor.shape == (count, 3, CANVAS.height, CANVAS.width)
        assert tensor.flags.c_contiguous
        for index in range(count):
            red, green, blue = pictures[index + count - 1]
            preprocessor.write(index, (red, green, blue))
        for index in range(count):
            wanted = expected(pictures[index + count - 1], placement, spec)
            np.testing.assert_allclose(tensor[index], wanted, rtol=1e-5)


@pytest.mark.parametrize("element", ["float", "float16", "uint8"])
def test_planes_of_bytes_are_taken_as_they_are(element: str) -> None:
    spec = TensorSpec(CANVAS, ChannelOrder.BGR) if element == "uint8" else TensorSpec(CANVAS, scale=1 / 255)
    placement = Letterbox.fit(Size(32, 20), CANVAS)
    size = (3, placement.inner.height, placement.inner.width)
    red, green, blue = planes = np.random.default_rng(1).integers(0, 256, size, np.uint8)
    preprocessor = Preprocessor(spec, element)
    tensor = preprocessor.prepare(placement, 1)
    preprocessor.write(0, (red, green, blue))
    wanted = expected(planes / 255.0, placement, spec)
    np.testing.assert_allclose(tensor[0].astype(np.float64), wanted, atol=1e-3)


@pytest.mark.parametrize("element", ["float", "uint8"])
def test_channels_may_come_last(element: str) -> None:
    spec = TensorSpec(CANVAS, pad=7.0)
    placement = Letterbox.fit(Size(32, 20), CANVAS)
    planes = planes_of(placement.inner)
    preprocessor = Preprocessor(spec, element, channels_last=True)
    tensor = preprocessor.prepare(placement, 2)
    assert tensor.shape == (2, CANVAS.height, CANVAS.width, 3)
    assert tensor.flags.c_contiguous
    preprocessor.write(1, (planes[0], planes[1], planes[2]))
    wanted = expected(planes, placement, spec).transpose(1, 2, 0)
    assert np.abs(tensor[1] - wanted).max() <= 0.5001


def test_half_floats_and_bytes() -> None:
    placement = Letterbox.fit(Size(32, 20), CANVAS)
    planes = planes_of(placement.inner)
    picture = frame(planes, Size(32, 20))
    half = Preprocessor(TensorSpec(CANVAS, scale=1 / 255), "float16").fill(picture, placement)
    assert half.dtype == np.float16
    wanted = expected(planes, placement, TensorSpec(CANVAS, scale=1 / 255))
    np.testing.assert_allclose(half[0].astype(np.float64), wanted, atol=1e-3)
    spec = TensorSpec(CANVAS, ChannelOrder.BGR)
    bytes_ = Preprocessor(spec, "uint8").fill(picture, placement)
    assert bytes_.dtype == np.uint8
    assert np.abs(bytes_[0] - expected(planes, placement, spec)).max() <= 0.5001


def test_bytes_never_wrap_around() -> None:
    placement = Letterbox.fit(CANVAS, CANVAS)
    planes = np.full((3, CANVAS.height, CANVAS.width), 1.02, np.float32)
    planes[1] = -0.02
    tensor = Preprocessor(TensorSpec(CANVAS), "uint8").fill(frame(planes, CANVAS), placement)
    assert [int(value) for value in tensor[0, :, 0, 0]] == [255, 0, 255]


def test_a_picture_of_another_size_is_refused() -> None:
    placement = Letterbox.fit(Size(32, 24), CANVAS)
    with pytest.raises(ValueError, match="wanted planar float"):
        Preprocessor(TensorSpec(CANVAS)).fill(frame(planes_of(Size(9, 9)), Size(32, 24)), placement)


@pytest.mark.parametrize(("element", "top"), [("float", 1), ("float16", 1), ("uint8", 255)])
def test_the_trial_picture_has_content_and_is_always_the_same(element: str, top: int) -> None:
    picture = trial_picture(CANVAS, element)
    assert picture.shape == (1, 3, CANVAS.height, CANVAS.width)
    assert picture.min() >= 0
    assert 0.8 * top < picture.max() <= top
    assert (trial_picture(CANVAS, element) == picture).all()
