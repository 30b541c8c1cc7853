"""Geometry against counting pixels and against numpy's own turns and flips."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.geometry import Box, ChannelOrder, Fit, Letterbox, Orientation, Size, TensorSpec, iou

sides = st.integers(1, 8192)
sizes = st.builds(Size, sides, sides)
fits = st.sampled_from(Fit)
orientations = st.builds(Orientation, st.sampled_from([0, 90, 180, 270]), st.booleans())


def _ordered_box(x: tuple[float, float], y: tuple[float, float]) -> Box:
    return Box(min(x), min(y), max(x), max(y))


def _boxes(values: st.SearchStrategy[int] | st.SearchStrategy[float]) -> st.SearchStrategy[Box]:
    return st.builds(_ordered_box, st.tuples(values, values), st.tuples(values, values))


boxes = _boxes(st.floats(-1e4, 1e4))
pixel_boxes = _boxes(st.integers(0, 24))


def _mask(box: Box) -> np.ndarray:
    mask = np.zeros((24, 24), bool)
    mask[int(box.y1) : int(box.y2), int(box.x1) : int(box.x2)] = True
    return mask


@given(pixel_boxes, pixel_boxes)
def test_iou_is_what_counting_pixels_gives(a: Box, b: Box) -> None:
    shared = int((_mask(a) & _mask(b)).sum())
    union = int((_mask(a) | _mask(b)).sum())
    assert iou(a, b) == (shared / union if union else 0)
    assert a.area == int(_mask(a).sum())


@given(boxes, boxes)
def test_iou_is_symmetric_and_within_bounds(a: Box, b: Box) -> None:
    assert 0 <= iou(a, b) <= 1
    assert iou(a, b) == iou(b, a)
    assert iou(a, a) == pytest.approx(1 if a.area else 0)


@given(boxes, sizes)
def test_a_clipped_box_is_inside(box: Box, size: Size) -> None:
    clipped = box.clipped(size)
    assert 0 <= clipped.x1 <= clipped.x2 <= size.width
    assert 0 <= clipped.y1 <= clipped.y2 <= size.height
    assert clipped.clipped(size) == clipped
    assert clipped.area <= box.area


@given(pixel_boxes, st.builds(Size, st.integers(1, 24), st.integers(1, 24)))
def test_clipping_keeps_the_pixels_inside(box: Box, size: Size) -> None:
    inside = _mask(box)
    inside[size.height :] = False
    inside[:, size.width :] = False
    assert (_mask(box.clipped(size)) == inside).all()


def test_an_inverted_box_has_no_area() -> None:
    assert Box(5, 5, 1, 9).area == 0


@given(sizes, sizes, fits)
def test_the_inner_picture_is_inside_the_canvas(source: Size, target: Size, how: Fit) -> None:
    box = Letterbox.fit(source, target, how)
    assert min(box.inner) >= 1
    if how is Fit.COVER:
        assert abs((target.width - box.inner.width) - 2 * box.left - 0.5) <= 0.5
        assert abs((target.height - box.inner.height) - 2 * box.top - 0.5) <= 0.5
        return
    assert 0 <= box.left <= box.left + box.inner.width <= target.width
    assert 0 <= box.top <= box.top + box.inner.height <= target.height
    if how is Fit.STRETCH:
        assert box.inner == target
    else:
        assert box.inner.width == target.width or box.inner.height == target.height
    if how is Fit.TOP_LEFT:
        assert (box.left, box.top) == (0, 0)
    if how is Fit.CENTRE:
        assert 0 <= (target.width - box.inner.width) - 2 * box.left <= 1
        assert 0 <= (target.height - box.inner.height) - 2 * box.top <= 1


@given(sizes, sizes, st.sampled_from([Fit.CENTRE, Fit.TOP_LEFT]))
def test_the_aspect_is_kept_within_a_pixel(source: Size, target: Size, how: Fit) -> None:
    inner = Letterbox.fit(source, target, how).inner
    scale = min(target.width / source.width, target.height / source.height)
    assert abs(inner.width - max(1, source.width * scale)) <= 0.5 + 1e-6
    assert abs(inner.height - max(1, source.height * scale)) <= 0.5 + 1e-6


@given(sizes, sizes, fits, _boxes(st.floats(0, 1)))
def test_a_box_comes_back_from_the_canvas(source: Size, target: Size, how: Fit, part: Box) -> None:
    letterbox = Letterbox.fit(source, target, how)
    box = part.scaled(source.width, source.height)
    there = letterbox.forward(box)
    assert letterbox.inverse(there) == pytest.approx(box, abs=1e-6 * max(source))
    assert letterbox.left - 1e-6 <= there.x1 <= there.x2 <= letterbox.left + letterbox.inner.width + 1e-6
    assert letterbox.top - 1e-6 <= there.y1 <= there.y2 <= letterbox.top + letterbox.inner.height + 1e-6


def test_the_usual_placing() -> None:
    wide = Letterbox.fit(Size(1920, 1080), Size(640, 640))
    assert (wide.inner, wide.left, wide.top) == (Size(640, 360), 0, 140)
    assert wide.forward(Box(0, 0, 1920, 1080)) == Box(0, 140, 640, 500)
    assert Letterbox.fit(Size(1080, 1920), Size(640, 640), Fit.TOP_LEFT).inner == Size(360, 640)
    assert Letterbox.fit(Size(10_000, 1), Size(100, 100)).inner == Size(100, 1)


def test_covering_cuts_off_but_never_enlarges_without_end() -> None:
    wide = Letterbox.fit(Size(1920, 1080), Size(224, 224), Fit.COVER)
    assert (wide.inner, wide.left, wide.top) == (Size(398, 224), -87, 0)
    assert Letterbox.fit(Size(100, 200), Size(128, 256), Fit.COVER).inner == Size(128, 256)
    strip = Letterbox.fit(Size(8000, 1), Size(100, 100), Fit.COVER)
    assert strip.inner == Size(400, 1)
    assert strip.forward(Box(0, 0, 8000, 1)).width == pytest.approx(400)


@pytest.mark.parametrize(("source", "target"), [(Size(0, 1), Size(1, 1)), (Size(1, 1), Size(1, 0))])
def test_an_empty_picture_fits_nowhere(source: Size, target: Size) -> None:
    with pytest.raises(ValueError, match="cannot fit"):
        Letterbox.fit(source, target)


def _turned(picture: np.ndarray, orientation: Orientation) -> np.ndarray:
    """Mirror, then turn clockwise, by numpy's own means (rot90 turns the other way)."""
    mirrored = np.fliplr(picture) if orientation.mirrored else picture
    return np.rot90(mirrored, -orientation.rotation // 90)


small = st.builds(Size, st.integers(1, 9), st.integers(1, 9))


@given(orientations, small, _boxes(st.integers(0, 9)))
def test_a_box_holds_the_same_pixels_when_upright(orientation: Orientation, size: Size, box: Box) -> None:
    picture = np.arange(size.width * size.height).reshape(size.height, size.width)
    inside = box.clipped(size)
    upright = _turned(picture, orientation)
    moved = orientation.upright(inside, size)
    assert orientation.size(size) == Size(upright.shape[1], upright.shape[0])
    before = picture[int(inside.y1) : int(inside.y2), int(inside.x1) : int(inside.x2)]
    after = upright[int(moved.y1) : int(moved.y2), int(moved.x1) : int(moved.x2)]
    assert (after == _turned(before, orientation)).all()
    assert moved.area == inside.area


@given(orientations, small, _boxes(st.integers(0, 9)))
def test_the_inverse_undoes_an_orientation(orientation: Orientation, size: Size, box: Box) -> None:
    upright = orientation.upright(box, size)
    assert orientation.inverse.upright(upright, orientation.size(size)) == box
    assert orientation.inverse.size(orientation.size(size)) == size
    picture = np.arange(size.width * size.height).reshape(size.height, size.width)
    assert (_turned(_turned(picture, orientation), orientation.inverse) == picture).all()


@given(orientations)
def test_what_an_orientation_says_of_itself(orientation: Orientation) -> None:
    picture = np.arange(6).reshape(2, 3)
    assert orientation.swaps_axes == (_turned(picture, orientation).shape == (3, 2))
    assert orientation.is_identity == np.array_equal(_turned(picture, orientation), picture)


@pytest.mark.parametrize("rotation", [45, -90, 360])
def test_only_quarter_turns(rotation: int) -> None:
    with pytest.raises(ValueError, match="rotation must be"):
        Orientation(rotation)


def test_what_a_tensor_is_unless_said_otherwise() -> None:
    spec = TensorSpec(Size(640, 640))
    assert (spec.channels, spec.fit, spec.scale, spec.pad) == (ChannelOrder.RGB, Fit.CENTRE, 1.0, 114.0)
