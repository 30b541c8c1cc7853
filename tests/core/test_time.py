"""Time: exact on every clock, and the same after a trip through text."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import UsageError
from app.core.time import MediaTime, TimeSpan, format_short, format_timecode, parse_span, parse_time

bases = st.builds(Fraction, st.integers(1, 100_000), st.integers(1, 10_000_000))
moments = st.builds(MediaTime, st.integers(-(2**63), 2**63 - 1), bases)
seconds = st.floats(0, 1e7)


@given(moments, moments)
def test_order_is_that_of_the_exact_seconds(a: MediaTime, b: MediaTime) -> None:
    x, y = a.pts * a.time_base, b.pts * b.time_base
    assert (a < b, a <= b, a == b, a >= b, a > b) == (x < y, x <= y, x == y, x >= y, x > y)
    assert a.seconds == float(x)


@given(moments, st.integers(1, 1000))
def test_the_same_instant_on_another_clock_is_equal(time: MediaTime, factor: int) -> None:
    finer = MediaTime(time.pts * factor, time.time_base / factor)
    assert finer == time
    assert hash(finer) == hash(time)
    assert len({finer, time}) == 1
    assert not finer < time


@given(moments, bases)
def test_another_clock_has_a_last_tick_not_after_a_time(time: MediaTime, base: Fraction) -> None:
    tick = MediaTime.at(time.exact, base)
    assert tick.time_base == base
    assert tick <= time < MediaTime(tick.pts + 1, base)
    assert MediaTime.at(time.exact, time.time_base).pts == time.pts


def test_times_beyond_the_precision_of_floats_stay_apart() -> None:
    base = Fraction(1, 1_000_000_000)
    assert MediaTime(2**62 + 1, base) > MediaTime(2**62, base)
    assert MediaTime(2**62 + 1, base).seconds == MediaTime(2**62, base).seconds


@pytest.mark.parametrize("base", [Fraction(0), Fraction(-1, 90_000)])
def test_a_clock_that_does_not_run_is_refused(base: Fraction) -> None:
    with pytest.raises(ValueError, match="above zero"):
        MediaTime(0, base)


def test_a_time_is_compared_with_times_only() -> None:
    assert MediaTime(1, Fraction(1)) != 1
    with pytest.raises(TypeError):
        assert MediaTime(1, Fraction(1)) < 2  # type: ignore[operator]


ends = st.floats(-1e6, 1e6)
spans = st.tuples(ends, ends | st.just(math.inf)).map(lambda pair: TimeSpan(min(pair), max(pair)))


@given(spans, spans, ends)
def test_a_time_in_both_spans_is_in_their_intersection(a: TimeSpan, b: TimeSpan, time: float) -> None:
    common = a.intersection(b)
    assert (time in a and time in b) == (common is not None and time in common)
    assert common == b.intersection(a)


@given(spans)
def test_a_span_is_half_open(span: TimeSpan) -> None:
    assert (span.start_s in span) == (span.duration_s > 0)
    assert span.end_s not in span
    assert math.nextafter(span.start_s, -math.inf) not in span


def test_spans_that_touch_have_nothing_in_common() -> None:
    assert TimeSpan(0, 1).intersection(TimeSpan(1, 2)) is None


def test_a_span_is_moved() -> None:
    assert TimeSpan(1, 3).shifted(2) == TimeSpan(3, 5)
    assert TimeSpan(1).shifted(-1) == TimeSpan(0, math.inf)


@pytest.mark.parametrize(("start", "end"), [(1.0, 0.5), (math.nan, 1.0), (0.0, math.nan)])
def test_a_span_that_ends_before_it_starts_is_refused(start: float, end: float) -> None:
    with pytest.raises(ValueError, match="cannot end"):
        TimeSpan(start, end)


@given(seconds, st.integers(0, 6), st.sampled_from(".,"))
def test_a_timecode_reads_back_to_its_last_digit(time: float, decimals: int, separator: str) -> None:
    text = format_timecode(time, decimals, separator=separator)
    assert abs(parse_time(text) - Fraction(time)) <= Fraction(1, 2 * 10**decimals) + Fraction(1, 10**8)
    assert format_timecode(float(parse_time(text)), decimals, separator=separator) == text


@given(seconds, seconds)
def test_a_later_time_never_has_an_earlier_timecode(a: float, b: float) -> None:
    early, late = sorted((a, b))
    assert parse_time(format_timecode(early)) <= parse_time(format_timecode(late))


@given(seconds, st.integers(0, 3))
def test_a_short_time_reads_back(time: float, decimals: int) -> None:
    assert parse_time(format_short(time, decimals)) == parse_time(format_timecode(time, decimals))


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (0, "00:00:00.000"),
        (59.9995, "00:01:00.000"),
        (3599.9996, "01:00:00.000"),
        (-1.5, "-00:00:01.500"),
        (-0.0001, "00:00:00.000"),
        (360_000, "100:00:00.000"),
    ],
)
def test_timecodes(time: float, text: str) -> None:
    assert format_timecode(time) == text


@pytest.mark.parametrize(
    ("time", "decimals", "text"),
    [(0, 0, "0:00"), (83.25, 1, "1:23.2"), (3600, 0, "1:00:00"), (59.7, 0, "1:00"), (-3, 0, "0:00")],
)
def test_short_times(time: float, decimals: int, text: str) -> None:
    assert format_short(time, decimals) == text


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("12", Fraction(12)),
        (" 12.5 ", Fraction(25, 2)),
        ("1:23.4", Fraction(834, 10)),
        ("1:02:03,456", Fraction(3_723_456, 1000)),
        ("90:00", Fraction(5400)),
        ("0.1", Fraction(1, 10)),
        ("100:59:59", Fraction(363_599)),
    ],
)
def test_times_that_are_read(text: str, time: Fraction) -> None:
    assert parse_time(text) == time


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "abc",
        "-1",
        "1:60",
        "1:2:60",
        "1:60:00",
        "1:90:00",
        ":30",
        "1:",
        "1.",
        ".5",
        "1:2:3:4",
        "1e3",
        "nan",
        "1 2",
        "9" * 400,
        "9" * 5000,
        "0." + "9" * 5000,
    ],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is not a time"):
        parse_time(text)


@given(seconds, seconds)
def test_a_span_reads_back(a: float, b: float) -> None:
    start, end = sorted((format_timecode(a), format_timecode(b)), key=parse_time)
    if start != end:
        assert parse_span(f"{start}-{end}") == TimeSpan(float(parse_time(start)), float(parse_time(end)))
    assert parse_span(f"{start}-") == TimeSpan(float(parse_time(start)))


def test_spans_with_one_side() -> None:
    assert parse_span("-10") == TimeSpan(0, 10)
    assert parse_span("5-") == TimeSpan(5)
    assert parse_span(" 1:00 - 2:30 ") == TimeSpan(60, 150)


@pytest.mark.parametrize("text", ["", "-", " - ", "5", "1-2-3", "a-b", "5-b"])
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"is not a (range|time)"):
        parse_span(text)


@pytest.mark.parametrize("text", ["5-5", "6-5", "-0"])
def test_a_span_without_length_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="ends before it starts"):
        parse_span(text)


@pytest.mark.parametrize("text", ["0-" + "9" * 400, "9" * 5000 + "-", "1e400-"])
def test_a_span_beyond_all_numbers_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is not a time"):
        parse_span(text)


@given(st.text(max_size=12))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    for read in (parse_time, parse_span):
        try:
            read(text)
        except UsageError as error:
            assert repr(text)[1:-1] in repr(str(error))  # noqa: PT017 (both outcomes are right)
