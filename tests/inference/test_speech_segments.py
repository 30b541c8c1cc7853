"""What the model wrote, brought onto the speech that is there."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.inference.recognition import RawSegment, Token
from app.inference.speech_segments import settle
from app.inference.speech_words import Levels, Stretch

LEVELS = Levels(np.full(1500, -30.0, np.float32), 0.02)


def raw(start: float, end: float, text: str) -> RawSegment:
    return RawSegment(start, end, tuple(Token(b" " + word.encode(), 0.8) for word in text.split()))


def told(
    segments: list[RawSegment], speech: list[Stretch], offset: float = 0.0
) -> list[tuple[float, float, str]]:
    return [(each.start_s, each.end_s, each.text) for each in settle(segments, speech, LEVELS, offset)]


def test_edges_in_silence_move_to_the_speech() -> None:
    assert told([raw(0.0, 9.0, "hello there")], [Stretch(1.5, 3.0)]) == [(1.5, 3.0, "hello there")]


def test_edges_near_those_of_the_speech_move_there() -> None:
    assert told([raw(1.7, 2.8, "hello")], [Stretch(1.5, 3.0)]) == [(1.5, 3.0, "hello")]


def test_borders_inside_speech_stay() -> None:
    found = told([raw(1.0, 3.0, "one two"), raw(3.0, 5.0, "three four")], [Stretch(1.0, 5.0)])
    assert found == [(1.0, 3.0, "one two"), (3.0, 5.0, "three four")]


def test_text_over_silence_is_dropped() -> None:
    assert told([raw(4.0, 6.0, "thank you")], [Stretch(0.0, 2.0)]) == []
    assert told([raw(4.0, 6.0, "thank you")], []) == []


def test_text_that_just_misses_unclaimed_speech_is_taken_for_it() -> None:
    assert told([raw(0.0, 1.8, "late")], [Stretch(2.1, 3.0)]) == [(2.1, 3.0, "late")]


def test_a_long_pause_parts_a_segment() -> None:
    speech = [Stretch(0.0, 1.0), Stretch(3.0, 4.0)]
    assert told([raw(0.0, 4.0, "one two six ten")], speech) == [(0.0, 1.0, "one two"), (3.0, 4.0, "six ten")]


def test_a_short_pause_does_not() -> None:
    speech = [Stretch(0.0, 1.0), Stretch(1.5, 2.5)]
    assert told([raw(0.0, 2.5, "one two six ten")], speech) == [(0.0, 2.5, "one two six ten")]


def test_the_tail_of_the_speech_before_is_not_claimed() -> None:
    speech = [Stretch(0.0, 2.0), Stretch(4.0, 5.0)]
    assert told([raw(1.9, 5.0, "go on")], speech) == [(4.0, 5.0, "go on")]


def test_markers_of_silence_are_not_text() -> None:
    assert told([raw(0.0, 1.0, "[BLANK_AUDIO]")], [Stretch(0.0, 1.0)]) == []


def test_times_are_shown_times() -> None:
    (segment,) = settle([raw(0.2, 1.0, "a b")], [Stretch(0.2, 1.0)], LEVELS, 100.0)
    assert (segment.start_s, segment.end_s) == (100.2, 101.0)
    assert segment.words[0].start_s == 100.2
    assert segment.words[-1].end_s == 101.0
    assert segment.confidence == 0.8


times = st.floats(0.0, 28.0).map(lambda value: round(value, 2))


@st.composite
def stretches(draw: st.DrawFn) -> list[Stretch]:
    edges = sorted(draw(st.lists(times, max_size=16, unique=True)))
    return [Stretch(start, end) for start, end in zip(edges[::2], edges[1::2], strict=False)]


@st.composite
def segments(draw: st.DrawFn) -> list[RawSegment]:
    edges = sorted(draw(st.lists(times, max_size=12)))
    texts = st.lists(st.sampled_from(["a", "word", "longer,", "sentence."]), max_size=9).map(" ".join)
    return [raw(start, end, draw(texts)) for start, end in zip(edges[::2], edges[1::2], strict=False)]


@given(segments(), stretches())
def test_segments_are_in_order_inside_speech_and_hold_their_words(
    heard: list[RawSegment], speech: list[Stretch]
) -> None:
    found = settle(heard, speech, LEVELS, 0.0)
    until = 0.0
    for segment in found:
        assert until <= segment.start_s < segment.end_s
        until = segment.end_s
        assert any(stretch.start_s <= segment.start_s < stretch.end_s for stretch in speech)
        assert any(stretch.start_s < segment.end_s <= stretch.end_s for stretch in speech)
        edges = [edge for word in segment.words for edge in (word.start_s, word.end_s)]
        assert edges == sorted(edges)
        assert (edges[0], edges[-1]) == (segment.start_s, segment.end_s)
        assert segment.text == " ".join(word.text for word in segment.words)
