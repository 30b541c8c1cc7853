"""When captions are shown: whole milliseconds, within their segment, without invented overlaps."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.cue_style import USUAL
from app.core.errors import ExportError
from app.core.results import Segment, Word
from app.export.cues import Cue
from app.export.cues import cues as styled_cues
from app.export.wrapping import clean, solid

AS_SPOKEN = USUAL.with_times_kept()


def cues(segments: Iterable[Segment]) -> tuple[Cue, ...]:
    return styled_cues(segments, AS_SPOKEN)


times = st.floats(-100, 1e6) | st.integers(0, 30).map(lambda number: number / 10_000)
texts = st.text(max_size=300)


@st.composite
def spoken(draw: st.DrawFn) -> Segment:
    """A segment whose words are those of its text, at any times, sensible or not."""
    words = draw(st.lists(st.builds(Word, times, times, st.text(max_size=20), st.just(0.5)), max_size=30))
    start, end = draw(times), draw(times)
    return Segment(start, end, " ".join(word.text for word in words), None, tuple(words))


def _text(found: tuple[Cue, ...]) -> str:
    return "".join(solid(line) for cue in found for line in cue.lines)


@given(spoken() | st.builds(Segment, times, times, texts))
def test_a_segment_keeps_its_text_and_its_time(segment: Segment) -> None:
    found = cues([segment])
    assert _text(found) == solid(clean(segment.text))
    assert all(0 <= cue.start_ms < cue.end_ms for cue in found)
    assert all(before.end_ms <= after.start_ms for before, after in pairwise(found))
    if found:
        start, end = segment.start_s, max(segment.start_s, segment.end_s)
        assert found[0].start_ms == max(0, round(start * 1000))
        assert max(0, round(end * 1000)) <= found[-1].end_ms <= max(0, round(end * 1000)) + len(found)


@given(st.lists(st.tuples(times, times), max_size=12))
def test_cues_overlap_only_where_segments_do(bounds: list[tuple[float, float]]) -> None:
    spans = sorted((min(pair), max(pair)) for pair in bounds)
    found = cues([Segment(start, end, f"{number}.") for number, (start, end) in enumerate(spans)])
    by_number = {int(cue.lines[0][:-1]): cue for cue in found}
    assert sorted(by_number) == list(range(len(spans)))
    for later, (start, _) in enumerate(spans):
        for earlier in range(later):
            if spans[earlier][1] <= start:
                assert by_number[earlier].end_ms <= by_number[later].start_ms


@given(st.lists(st.builds(Segment, times, times, texts), max_size=6))
def test_cues_stand_in_order_of_time_and_lose_no_text(segments: list[Segment]) -> None:
    found = cues(segments)
    assert all(before.start_ms <= after.start_ms for before, after in pairwise(found))
    assert sorted(_text(found)) == sorted("".join(solid(clean(segment.text)) for segment in segments))


def _speech(count: int, spoken_s: float = 0.5) -> Segment:
    words = tuple(
        Word(10.0 + number, 10.0 + number + spoken_s, f"word{number:02d}", 0.9) for number in range(count)
    )
    return Segment(9.5, 10.5 + count, " ".join(word.text for word in words), None, words)


def test_a_long_segment_is_divided_where_its_words_are_spoken() -> None:
    segment = _speech(40)
    found = cues([segment])
    assert len(found) == 4
    for before, after in pairwise(found):
        last = int(before.lines[-1][-2:])
        assert before.end_ms == round((10.0 + last + 0.5) * 1000)
        assert after.start_ms == round((10.0 + last + 1) * 1000)
    assert (found[0].start_ms, found[-1].end_ms) == (9500, 50_500)


def test_words_with_their_spaces_are_the_same_words() -> None:
    segment = _speech(40)
    spaced = tuple(Word(word.start_s, word.end_s, f" {word.text}\n", 0.9) for word in segment.words)
    assert cues([Segment(segment.start_s, segment.end_s, segment.text, None, spaced)]) == cues([segment])


def test_a_cut_within_a_word_takes_its_share_of_the_word() -> None:
    found = cues([Segment(0.0, 12.0, "x" * 168, None, (Word(2.0, 10.0, "x" * 168, 0.9),))])
    assert [(cue.start_ms, cue.end_ms) for cue in found] == [(0, 6000), (6000, 12_000)]


@pytest.mark.parametrize(
    "words",
    [
        (),
        (Word(0.0, 1.0, "other words", 0.9),),
        (Word(0.0, math.inf, "x" * 84, 0.9), Word(1.0, 2.0, "x" * 84, 0.9)),
    ],
)
def test_without_words_to_go_by_time_is_shared_by_length(words: tuple[Word, ...]) -> None:
    found = cues([Segment(10.0, 20.0, "x" * 168, None, words)])
    assert [(cue.start_ms, cue.end_ms) for cue in found] == [(10_000, 15_000), (15_000, 20_000)]


def test_segments_without_text_give_no_cue() -> None:
    assert cues([]) == ()
    assert cues([Segment(0, 1, ""), Segment(1, 2, " \n\x00 ")]) == ()


def test_times_before_zero_become_zero() -> None:
    assert cues([Segment(-5, -4, "a"), Segment(-1, 1, "b")]) == (Cue(0, 1, ("a",)), Cue(1, 1000, ("b",)))


def test_many_segments_without_length_follow_each_other() -> None:
    found = cues([Segment(1.0, 1.0, f"{number}") for number in range(5)] + [Segment(1.0, 2.0, "end")])
    assert [(cue.start_ms, cue.end_ms) for cue in found[:5]] == [(1000 + n, 1001 + n) for n in range(5)]
    assert (found[5].start_ms, found[5].end_ms) == (1005, 2000)


@pytest.mark.parametrize(
    ("start", "end"),
    [(math.nan, 1.0), (0.0, math.inf), (-math.inf, 0.0), (0.0, 1.1e9), (0.0, 1.7e308), (-1.7e308, 0.0)],
)
def test_a_time_out_of_all_bounds_is_refused(start: float, end: float) -> None:
    with pytest.raises(ExportError, match="out of all bounds"):
        cues([Segment(start, end, "text")])
