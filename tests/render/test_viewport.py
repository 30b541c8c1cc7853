from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.core.geometry import Box, Size
from app.render.viewport import LARGEST, Point, Viewport

sides = st.integers(1, 4096)
sizes = st.builds(Size, sides, sides)
views = st.builds(Size, st.integers(40, 3840), st.integers(40, 2160))
ratios = st.sampled_from([1.0, 1.25, 1.5, 2.0, 3.0])
shares = st.floats(0, 1)
factors = st.floats(1.0, 8.0)
viewports = st.builds(Viewport, sizes, views, ratios)


def at_share(viewport: Viewport, x: float, y: float) -> Point:
    """A widget place, as shares of the view."""
    return Point(x * viewport.view.width / viewport.dpr, y * viewport.view.height / viewport.dpr)


@given(viewports, factors, shares, shares, shares, shares)
def test_the_two_mappings_are_inverse(
    viewport: Viewport, factor: float, x: float, y: float, px: float, py: float
) -> None:
    seen = viewport.zoomed_by(factor, at_share(viewport, x, y))
    point = Point(px * viewport.picture.width, py * viewport.picture.height)
    assert seen.to_picture(seen.to_widget(point)) == pytest.approx(point, abs=1e-6)


@given(viewports)
def test_fit_shows_the_whole_picture_and_touches_two_edges(viewport: Viewport) -> None:
    placed = viewport.placed
    assert placed.x1 >= 0
    assert placed.y1 >= 0
    assert placed.x2 <= viewport.view.width
    assert placed.y2 <= viewport.view.height
    assert placed.width == viewport.view.width or placed.height == viewport.view.height
    assert all(value == int(value) for value in placed)


@given(viewports, factors, factors, shares, shares)
def test_the_point_under_the_cursor_stays_there(
    viewport: Viewport, first: float, second: float, x: float, y: float
) -> None:
    before = viewport.zoomed_by(first, at_share(viewport, x, y))
    cursor = at_share(viewport, x, y)
    after = before.zoomed_by(second, cursor)
    assume(before.zoom is not None)
    held = after.to_widget(before.to_picture(cursor))
    for axis in (0, 1):
        fills = before.picture[axis] * before.scale >= before.view[axis]
        # Two roundings to whole device pixels lie between: the first is magnified with the picture.
        allowed = (0.5 * after.scale / before.scale + 0.5 + 1e-6) / viewport.dpr
        if fills and after.scale >= before.scale:
            assert abs(held[axis] - cursor[axis]) <= allowed


@given(viewports, shares, shares)
def test_rounding_does_not_add_up_over_many_notches(viewport: Viewport, x: float, y: float) -> None:
    cursor = at_share(viewport, x, y)
    seen = viewport.zoomed_to(max(viewport.fit_scale, 1.0) * 1.01, cursor)
    assume(all(side * seen.scale > edge for side, edge in zip(seen.picture, seen.view, strict=True)))
    held = seen.to_picture(cursor)
    for _ in range(20):
        seen = seen.zoomed_by(1.1, cursor)
    allowed = 0.5 * seen.scale / (max(viewport.fit_scale, 1.0) * 1.01) + 0.5 + 1e-3
    for axis in (0, 1):
        assert abs(seen.to_widget(held)[axis] - cursor[axis]) <= allowed / seen.dpr


@given(viewports, factors, st.floats(-1e5, 1e5), st.floats(-1e5, 1e5))
def test_panning_never_shows_emptiness_it_could_avoid(
    viewport: Viewport, factor: float, dx: float, dy: float
) -> None:
    seen = viewport.zoomed_by(factor).panned(dx, dy)
    placed = seen.placed
    for low, high, edge in (
        (placed.x1, placed.x2, seen.view.width),
        (placed.y1, placed.y2, seen.view.height),
    ):
        if high - low >= edge:
            assert low <= 0.5
            assert high >= edge - 0.5
        else:
            assert low + high == pytest.approx(edge, abs=1.01)


@given(viewports, st.floats(-50, 50), st.floats(-50, 50))
def test_panning_moves_the_picture_with_the_hand(viewport: Viewport, dx: float, dy: float) -> None:
    middle = viewport.zoomed_to(8.0)
    moved = middle.panned(dx, dy)
    for axis, by in ((0, dx), (1, dy)):
        room = (middle.picture[axis] * middle.scale - middle.view[axis]) / 2
        if abs(by * middle.dpr) < room:
            shift = moved.to_widget(Point(0, 0))[axis] - middle.to_widget(Point(0, 0))[axis]
            assert shift == pytest.approx(by, abs=1.01 / middle.dpr)


@given(viewports, st.floats(1e-3, 1e3))
def test_zoom_has_ends(viewport: Viewport, zoom: float) -> None:
    seen = viewport.zoomed_to(zoom)
    assert min(1.0, viewport.fit_scale) <= seen.scale <= max(LARGEST, viewport.fit_scale)


@given(viewports, factors)
def test_as_many_pixels_are_asked_for_as_can_be_seen(viewport: Viewport, factor: float) -> None:
    assert viewport.needed == viewport.view
    seen = viewport.zoomed_by(factor)
    if seen.zoom is not None:
        assert seen.needed.width <= seen.picture.width
        assert seen.needed.height <= seen.picture.height
        assert seen.needed.width >= min(seen.picture.width, round(seen.placed.width))


def test_100_percent_is_one_device_pixel_for_one_of_the_picture() -> None:
    seen = Viewport(Size(1920, 1080), Size(1600, 1200), dpr=2.0).zoomed_to(1.0)
    assert seen.placed == Box(-160, 60, 1760, 1140)
    assert seen.needed == Size(1920, 1080)
    assert seen.to_widget(Point(960, 540)) == Point(400, 300)


def test_zooming_out_ends_with_the_whole_picture() -> None:
    seen = Viewport(Size(1920, 1080), Size(960, 540)).zoomed_by(3).zoomed_by(0.01)
    assert seen.zoom is None
    assert not seen.can_pan


def test_a_small_picture_may_be_smaller_than_its_view() -> None:
    seen = Viewport(Size(160, 120), Size(1600, 1200)).zoomed_to(1.0)
    assert seen.placed == Box(720, 540, 880, 660)
    assert not seen.can_pan


def test_another_picture_is_shown_whole_the_same_size_keeps_the_zoom() -> None:
    seen = Viewport(Size(640, 360), Size(640, 360)).zoomed_to(3.0)
    assert seen.of_picture(Size(640, 360)) == seen
    assert seen.of_picture(Size(320, 180)).zoom is None


def test_a_resized_view_keeps_zoom_and_middle() -> None:
    seen = Viewport(Size(4000, 4000), Size(500, 500)).zoomed_to(2.0, Point(0, 0)).panned(-700, -300)
    larger = seen.resized(Size(900, 700), 1.0)
    assert (larger.zoom, larger.centre) == (seen.zoom, Point(seen.centre.x, seen.centre.y))
    assert seen.resized(Size(500, 500), 2.0).fitted().zoom is None
