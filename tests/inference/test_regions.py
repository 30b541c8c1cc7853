"""Regions of speech and how they are packed."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.inference.regions import PieceRule, Region, RegionRule, find_regions, pack, samples, split_long

FRAME = 160
BARE = RegionRule(hangover_s=0.03, shortest_s=0.01, padding_s=0.0)


def frames(*parts: tuple[float, int]) -> np.ndarray:
    return np.concatenate([np.full(count, value, np.float32) for value, count in parts])


def test_hysteresis_keeps_a_region_alive_between_the_thresholds() -> None:
    values = frames((0.0, 10), (0.9, 5), (0.4, 20), (0.9, 5), (0.0, 10))
    assert find_regions(values, FRAME, len(values) * FRAME, BARE) == [Region(10 * FRAME, 40 * FRAME)]


def test_values_between_the_thresholds_begin_nothing() -> None:
    values = frames((0.0, 10), (0.45, 30), (0.0, 10))
    assert find_regions(values, FRAME, len(values) * FRAME, BARE) == []


def test_a_short_pause_is_bridged_and_a_long_one_parts() -> None:
    short = frames((0.9, 5), (0.0, 2), (0.9, 5))
    long = frames((0.9, 5), (0.0, 3), (0.9, 5))
    assert find_regions(short, FRAME, 12 * FRAME, BARE) == [Region(0, 12 * FRAME)]
    assert find_regions(long, FRAME, 13 * FRAME, BARE) == [
        Region(0, 5 * FRAME),
        Region(8 * FRAME, 13 * FRAME),
    ]


def test_a_region_ends_where_the_quiet_began_not_where_it_was_noticed() -> None:
    values = frames((0.9, 5), (0.0, 20))
    assert find_regions(values, FRAME, 25 * FRAME, BARE) == [Region(0, 5 * FRAME)]


def test_clicks_are_dropped() -> None:
    rule = RegionRule(hangover_s=0.01, shortest_s=0.05, padding_s=0.0)
    values = frames((0.0, 5), (1.0, 4), (0.0, 5), (1.0, 5), (0.0, 5))
    assert find_regions(values, FRAME, 24 * FRAME, rule) == [Region(14 * FRAME, 19 * FRAME)]


def test_padding_takes_at_most_half_of_a_pause() -> None:
    rule = RegionRule(hangover_s=0.01, shortest_s=0.01, padding_s=1.0)
    values = frames((0.0, 4), (1.0, 5), (0.0, 6), (1.0, 5), (0.0, 4))
    assert find_regions(values, FRAME, 24 * FRAME, rule) == [
        Region(0, 12 * FRAME),
        Region(12 * FRAME, 24 * FRAME),
    ]


@given(
    st.lists(st.floats(0.0, 1.0, width=32), max_size=120),
    st.integers(0, FRAME - 1),
    st.floats(0.0, 0.2),
    st.floats(0.0, 0.2),
)
def test_regions_are_in_order_apart_and_inside(
    values: list[float], missing: int, padding_s: float, shortest_s: float
) -> None:
    total = max(0, len(values) * FRAME - missing)
    rule = RegionRule(hangover_s=0.05, shortest_s=shortest_s, padding_s=padding_s)
    regions = find_regions(np.array(values, np.float32), FRAME, total, rule)
    edges = [edge for region in regions for edge in region]
    assert edges == sorted(edges)
    assert all(0 <= region.start < region.end <= total for region in regions if shortest_s > 0)


@given(st.data())
def test_splitting_covers_the_region_with_short_parts(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, 5000))
    length = data.draw(st.integers(1, 60_000))
    limit = data.draw(st.integers(4 * FRAME, 20_000))
    seed = data.draw(st.integers(0, 1000))
    quietness = np.random.default_rng(seed).random((start + length) // FRAME + 1).astype(np.float32)
    parts = split_long(Region(start, start + length), limit, quietness, FRAME)
    assert parts[0].start == start
    assert parts[-1].end == start + length
    assert all(before.end == after.start for before, after in itertools.pairwise(parts))
    assert all(0 < part.length <= limit for part in parts)


def test_a_long_region_is_cut_at_its_quietest_moment() -> None:
    quietness = np.ones(100, np.float32)
    quietness[80] = 0.0
    parts = split_long(Region(0, 100 * FRAME), 90 * FRAME, quietness, FRAME)
    assert parts == [Region(0, 80 * FRAME + FRAME // 2), Region(80 * FRAME + FRAME // 2, 100 * FRAME)]


@st.composite
def apart(draw: st.DrawFn) -> tuple[list[Region], int]:
    regions: list[Region] = []
    position = 0
    for _ in range(draw(st.integers(0, 25))):
        start = position + draw(st.integers(0, samples(9.0)))
        position = start + draw(st.integers(1, samples(27.0)))
        regions.append(Region(start, position))
    return regions, position + draw(st.integers(0, samples(9.0)))


@given(apart())
def test_pieces_hold_every_region_once_and_never_overlap(drawn: tuple[list[Region], int]) -> None:
    regions, total = drawn
    rule = PieceRule()
    pieces = pack(regions, total, rule)
    assert [region for piece in pieces for region in piece.regions] == regions
    edges = [edge for piece in pieces for edge in (piece.start, piece.end)]
    assert edges == sorted(edges)
    assert all(0 <= edge <= total for edge in edges)
    for piece in pieces:
        assert piece.start <= piece.regions[0].start
        assert piece.end >= piece.regions[-1].end
        assert piece.regions[-1].end - piece.regions[0].start <= samples(rule.longest_span_s)


@given(apart())
def test_all_speech_is_heard_and_of_silence_what_tells_sentences_apart(
    drawn: tuple[list[Region], int],
) -> None:
    regions, total = drawn
    rule = PieceRule()
    for piece in pack(regions, total, rule):
        assert (piece.kept[0].start, piece.kept[-1].end) == (piece.start, piece.end)
        assert sum(part.length for part in piece.kept) <= samples(rule.longest_s)
        assert all(any(part.start <= each.start and each.end <= part.end for part in piece.kept)
                   for each in piece.regions)  # fmt: skip
        for before, after in itertools.pairwise(piece.regions):
            heard = sum(
                max(0, min(part.end, after.start) - max(part.start, before.end)) for part in piece.kept
            )
            assert heard == min(after.start - before.end, samples(rule.pause_s))


@given(apart())
def test_no_two_neighbouring_pieces_could_be_one(drawn: tuple[list[Region], int]) -> None:
    regions, total = drawn
    rule = PieceRule()
    pause = samples(rule.pause_s)
    for before, after in itertools.pairwise(pack(regions, total, rule)):
        together = (*before.regions, after.regions[0])
        heard = sum(region.length for region in together) + sum(
            min(later.start - earlier.end, pause) for earlier, later in itertools.pairwise(together)
        )
        too_far = together[-1].end - together[0].start > samples(rule.longest_span_s)
        assert too_far or heard > samples(rule.longest_s - 2 * rule.margin_s)


def test_silence_is_kept_around_speech() -> None:
    (piece,) = pack([Region(samples(5.0), samples(6.0))], samples(20.0), PieceRule(margin_s=0.5))
    assert (piece.start, piece.end) == (samples(4.5), samples(6.5))


def test_no_margin_reaches_into_what_was_dealt_with() -> None:
    (piece,) = pack([Region(1000, 2000)], 9000, PieceRule(), first=900)
    assert piece.start == 900
