from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from app.core.events import LoudnessFound
from app.ui.found.lanes import Run
from app.ui.time_scale import TimeScale
from app.ui.timeline.bars import LevelColumns, RunColumns
from app.ui.timeline.rows import RowKind, height_within, lay_out, needed_height


@st.composite
def runs_of_a_lane(draw: st.DrawFn) -> list[Run]:
    """Runs by time that do not touch."""
    edges = sorted(draw(st.lists(st.integers(0, 10_000), max_size=200, unique=True)))
    pairs = zip(edges[0::2], edges[1::2], strict=False)
    return [Run(start / 10, end / 10, draw(st.floats(0, 1))) for start, end in pairs]


views = st.builds(
    lambda factor, x, pan: TimeScale.whole(1000.0, 800.0, 8.0).zoomed(factor, x).panned(pan),
    st.floats(1, 500),
    st.floats(0, 800),
    st.floats(-800, 800),
)


@given(runs_of_a_lane(), views)
def test_bars_cover_every_visible_run_and_nothing_else(runs: list[Run], scale: TimeScale) -> None:
    bars = RunColumns(runs).bars(scale)
    visible = [
        run for run in runs if run.end_s > scale.time_of(0) and run.start_s < scale.time_of(scale.width)
    ]
    for run in visible:
        left, right = scale.x_of(run.start_s), scale.x_of(run.end_s)
        assert any(
            bar.left <= left + 1e-6 and bar.right >= right - 1e-6 and bar.confidence >= run.confidence
            for bar in bars
        )
    covered = sum(bar.right - bar.left for bar in bars)
    longest = sum(max(2.0, scale.x_of(run.end_s) - scale.x_of(run.start_s)) + 1.0 for run in runs)
    assert covered <= longest + 1e-6


@given(runs_of_a_lane(), views)
def test_bars_are_apart_and_no_more_than_pixels_can_show(runs: list[Run], scale: TimeScale) -> None:
    bars = RunColumns(runs).bars(scale)
    assert all(before.right + 1.0 <= after.left + 1e-6 for before, after in itertools.pairwise(bars))
    assert all(bar.right - bar.left >= 2.0 - 1e-6 for bar in bars)
    inside = [bar for bar in bars if bar.right > 0 and bar.left < scale.width]
    assert len(inside) <= scale.width / 3 + 2


def test_a_hundred_thousand_runs_become_a_screenful() -> None:
    runs = [Run(number / 100, number / 100 + 0.004, 0.5) for number in range(100_000)]
    whole = RunColumns(runs).bars(TimeScale.whole(1000.0, 800.0))
    assert len(whole) == 1
    zoomed = RunColumns(runs).bars(TimeScale.whole(1000.0, 800.0).zoomed(4000, 400))
    assert 20 < len(zoomed) < 60


@given(st.lists(st.floats(0, 1), min_size=1, max_size=300), views)
def test_the_highest_peak_of_what_is_seen_is_painted(peaks: list[float], scale: TimeScale) -> None:
    columns = LevelColumns(
        (LoudnessFound(0.0, 0.5, tuple(peaks[:100])), LoudnessFound(50.0, 0.5, tuple(peaks[100:])))
    )
    levels = columns.levels(scale)
    assert len(levels) <= scale.width / 3 + 300 / scale.span_s + 3
    seen = [peak for number, peak in enumerate(peaks) if scale.start_s <= number / 2 <= scale.end_s - 0.5]
    assert max((level for _, level in levels), default=0.0) >= max(seen, default=0.0)
    assert {level for _, level in levels} <= set(peaks)


@given(st.integers(0, 90), st.integers(120, 900), st.floats(-50, 3000))
def test_rows_stand_one_below_the_other_inside_the_strip(lanes: int, height: int, scroll: float) -> None:
    labels = tuple(f"class {number}" for number in range(lanes))
    rows = lay_out(labels, height, scroll)
    fixed = [row for row in rows.rows if row.kind is not RowKind.LANE]
    assert all(before.bottom <= after.top for before, after in itertools.pairwise(fixed))
    shown = [row for row in rows.rows if row.kind is RowKind.LANE]
    assert all(row.bottom > rows.lanes_top and row.top < rows.lanes_bottom for row in shown)
    if height >= needed_height(1):
        assert fixed[-1].bottom <= height
        assert 0 <= rows.scroll <= rows.scroll_range
        seen_at_the_end = lay_out(labels, height, rows.scroll_range).rows
        assert not labels or any(row.label == labels[-1] for row in seen_at_the_end)
    if height >= needed_height(lanes):
        assert len(shown) == lanes
        assert rows.scroll_range == 0


@given(st.integers(0, 90), st.integers(250, 900))
def test_a_strip_shows_whole_lanes(lanes: int, limit: int) -> None:
    height = height_within(limit, lanes)
    assert height <= max(limit, needed_height(2))
    rows = lay_out(tuple(map(str, range(lanes))), height)
    assert rows.lanes_bottom - rows.lanes_top in {20 * number for number in range(lanes + 1)}


def test_a_file_without_picture_or_sound_has_no_rows_for_it() -> None:
    assert {row.kind for row in lay_out((), 300, picture=False).rows} == {
        RowKind.RULER,
        RowKind.SPEECH,
        RowKind.SOUND,
    }
    silent = {row.kind for row in lay_out(("cat",), 300, sound=False).rows}
    assert not silent & {RowKind.SPEECH, RowKind.SOUND}
