from __future__ import annotations

import itertools

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.ui.time_scale import MIN_SPAN_S, TimeScale, ruler_marks

durations = st.floats(0.0, 100_000.0)
shares = st.floats(0.0, 1.0)


@st.composite
def scales(draw: st.DrawFn) -> TimeScale:
    """Any view that hands can reach."""
    width, margin = draw(st.floats(50, 5000)), draw(st.sampled_from([0.0, 8.0]))
    scale = TimeScale.whole(draw(durations), width, margin)
    for _ in range(draw(st.integers(0, 4))):
        scale = scale.zoomed(draw(st.floats(0.1, 40)), draw(shares) * width)
        scale = scale.panned(draw(st.floats(-5000, 5000)))
    return scale


@given(scales(), shares)
def test_pixels_and_times_are_inverse(scale: TimeScale, share: float) -> None:
    x = share * scale.width
    assert scale.x_of(scale.time_of(x)) == pytest.approx(x, abs=1e-3)
    time_s = share * scale.duration_s
    assert scale.time_of(scale.x_of(time_s)) == pytest.approx(time_s, abs=1e-6)


@given(scales())
def test_the_stretch_stays_inside_the_file(scale: TimeScale) -> None:
    assert scale.start_s >= 0
    assert scale.end_s <= max(scale.duration_s, MIN_SPAN_S) * (1 + 1e-9)
    assert scale.span_s >= MIN_SPAN_S * (1 - 1e-9)
    assert scale.x_of(scale.start_s) == pytest.approx(scale.margin)
    assert scale.x_of(scale.end_s) == pytest.approx(scale.width - scale.margin)


@given(scales(), st.floats(0.2, 10), shares)
def test_zooming_keeps_the_time_under_the_pointer(scale: TimeScale, factor: float, share: float) -> None:
    x = scale.margin + share * (scale.width - 2 * scale.margin)
    before, zoomed = scale.time_of(x), scale.zoomed(factor, x)
    at_an_edge = zoomed.start_s == 0 or zoomed.end_s >= scale.duration_s * (1 - 1e-9)
    if not at_an_edge or factor >= 1:
        assert zoomed.x_of(before) == pytest.approx(x, abs=0.01)


@given(scales(), st.floats(1.1, 8), shares)
def test_zooming_in_and_out_again_comes_back(scale: TimeScale, factor: float, share: float) -> None:
    x = scale.margin + share * (scale.width - 2 * scale.margin)
    assume(scale.span_s / factor >= MIN_SPAN_S)
    back = scale.zoomed(factor, x).zoomed(1 / factor, x)
    assert back.span_s == pytest.approx(scale.span_s)
    assert back.start_s == pytest.approx(scale.start_s, abs=1e-6 * max(1.0, scale.duration_s))


@given(scales(), st.floats(-3000, 3000))
def test_panning_moves_by_pixels_or_to_an_edge(scale: TimeScale, pixels: float) -> None:
    moved = scale.panned(pixels)
    assert moved.span_s == scale.span_s
    travelled = (moved.start_s - scale.start_s) * scale.pixels_per_s
    assert abs(travelled) <= abs(pixels) + 1e-3
    if moved.start_s > 0 and moved.end_s < scale.duration_s - 1e-9:
        assert travelled == pytest.approx(pixels, abs=1e-2)


def test_the_page_turns_only_when_the_playhead_leaves() -> None:
    scale = TimeScale.whole(100.0, 1000.0).zoomed(10, 0)
    assert scale.following(5.0) is scale
    turned = scale.following(50.0)
    assert turned.start_s < 50.0 < turned.end_s
    assert TimeScale.whole(100.0, 1000.0).following(99.0) == TimeScale.whole(100.0, 1000.0)


def test_a_view_of_everything_stays_one_when_the_file_proves_longer() -> None:
    whole = TimeScale.whole(10.0, 1000.0, 8.0)
    assert whole.lengthened(20.0) == TimeScale.whole(20.0, 1000.0, 8.0)
    part = whole.zoomed(2, 500)
    assert (part.lengthened(20.0).start_s, part.lengthened(20.0).span_s) == (part.start_s, part.span_s)


@given(scales())
def test_ruler_labels_are_round_visible_and_far_enough_apart(scale: TimeScale) -> None:
    marks = ruler_marks(scale)
    places = [scale.x_of(time_s) for time_s in marks.labelled]
    assert all(after - before >= 87.9 for before, after in itertools.pairwise(places))
    assert all(-0.1 <= x <= scale.width + 0.1 for x in places)
    assert not set(marks.labelled) & set(marks.small)
    assert len(marks.labelled) + len(marks.small) < scale.width
    assert all(round(time_s, marks.decimals) == pytest.approx(time_s, abs=1e-6) for time_s in marks.labelled)
