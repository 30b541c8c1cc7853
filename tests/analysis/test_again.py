"""Hearing a stretch once more: what is asked, which stretch, which text is suggested."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.analysis.again import (
    MARGIN_S,
    Attempt,
    Way,
    belongs,
    first_attempt,
    new_is_better,
    request_again,
    stretch_of,
    with_neighbours,
)
from app.analysis.request import AnalysisRequest, DetectRequest, EmbedRequest, SpeechRequest
from app.core.marks import Mark
from app.core.results import Segment, Word
from app.core.time import TimeSpan

SPEECH = SpeechRequest(Path("base.bin"), language="de", vad_model=Path("vad.bin"), prompt="Ada")
BASE = AnalysisRequest(
    Path("film.mp4"),
    detect=DetectRequest(Path("yolox.onnx")),
    embed=EmbedRequest(Path("clip.onnx")),
    speech=SPEECH,
    video_track=1,
    audio_track=2,
    hash_media=True,
    thumbnails=True,
    playhead_first=True,
)
SPAN = TimeSpan(1.0, 2.0)


def _line(start_s: float, confidence: float | None = 0.9, *marks: Mark, edited: bool = False) -> Segment:
    return Segment(start_s, start_s + 1.0, "text", confidence, (), tuple(map(str, marks)), edited=edited)


def test_a_stretch_is_heard_and_nothing_else_is_done() -> None:
    request = request_again(BASE, SPAN, Attempt(Way.CLOSELY))
    assert request is not None
    assert request.speech == replace(SPEECH, beam_size=8, temperature=0.0)
    plain = AnalysisRequest(
        BASE.path, SPAN, speech=request.speech, video_track=1, audio_track=2, pictures=False
    )
    assert request == plain
    assert request_again(replace(BASE, speech=None), SPAN, Attempt()) is None


@pytest.mark.parametrize(
    ("attempt", "asked"),
    [
        (Attempt(Way.FREELY), replace(SPEECH, temperature=0.4)),
        (Attempt(Way.ALL_SOUND), replace(SPEECH, use_vad=False, beam_size=8)),
        (Attempt(model=Path("large.bin")), replace(SPEECH, model=Path("large.bin"), beam_size=8)),
        (Attempt(language="fr"), replace(SPEECH, language="fr", beam_size=8)),
    ],
)
def test_each_way_asks_for_something_else(attempt: Attempt, asked: SpeechRequest) -> None:
    assert attempt.speech(SPEECH) == asked


@pytest.mark.parametrize(
    ("marks", "way"),
    [
        ((), Way.CLOSELY),
        ((Mark.LOW_CONFIDENCE,), Way.CLOSELY),
        ((Mark.OVER_SILENCE,), Way.CLOSELY),
        ((Mark.REPETITION, Mark.RATE), Way.FREELY),
        ((Mark.RATE,), Way.ALL_SOUND),
        ((Mark.RATE, Mark.LOW_CONFIDENCE), Way.CLOSELY),
    ],
)
def test_the_first_attempt_goes_by_the_marks(marks: tuple[Mark, ...], way: Way) -> None:
    assert first_attempt([_line(1.0, 0.9, *marks), _line(3.0)]) == Attempt(way)


def test_a_stretch_has_a_margin_where_no_other_line_stands() -> None:
    lines = (_line(0.2), _line(1.4), _line(5.0), _line(6.1))
    assert stretch_of(lines, range(1)) == TimeSpan(0.0, 1.4)
    assert stretch_of(lines, range(1, 2)) == TimeSpan(1.2, 2.4 + MARGIN_S)
    assert stretch_of(lines, range(2, 4)) == TimeSpan(5.0 - MARGIN_S, 7.1 + MARGIN_S)


def test_speech_at_the_edge_of_a_stretch_is_heard_whole() -> None:
    lines = (_line(10.0), _line(14.0))
    regions = (TimeSpan(8.0, 9.8), TimeSpan(11.2, 12.4), TimeSpan(30.0, 31.0))
    assert stretch_of(lines, range(1), regions) == TimeSpan(7.8, 12.6)
    assert stretch_of(lines, range(1), (TimeSpan(0.0, 40.0),)) == TimeSpan(5.0, 14.0)
    assert stretch_of(lines, range(1), (TimeSpan(10.0, 11.0),)) == stretch_of(lines, range(1))


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0, 60), st.floats(0.01, 9)), min_size=1, max_size=12), st.data())
def test_a_stretch_holds_its_lines_whole_and_replaces_no_other_that_stands_apart(
    parts: list[tuple[float, float]], data: st.DataObject
) -> None:
    at_s, lines = 0.0, []
    for gap_s, lasts_s in parts:
        lines.append(Segment(at_s + gap_s, at_s + gap_s + lasts_s, "text"))
        at_s += gap_s + lasts_s
    first = data.draw(st.integers(0, len(lines) - 1))
    rows = range(first, data.draw(st.integers(first, len(lines) - 1)) + 1)
    span = stretch_of(lines, rows)
    assert span.start_s <= lines[rows.start].start_s
    assert span.end_s >= lines[rows.stop - 1].end_s
    assert [row for row, each in enumerate(lines) if belongs(each, span)] == list(rows)


def test_a_loop_is_heard_as_a_whole() -> None:
    loop = Mark.REPETITION
    lines = (_line(0), _line(1, 0.9, loop), _line(2, 0.9, loop), _line(3, 0.9, loop, Mark.RATE), _line(4))
    assert with_neighbours(lines, range(2, 3)) == range(1, 4)
    assert with_neighbours(lines, range(1)) == range(1)
    assert with_neighbours(lines, range(3, 5)) == range(1, 5)


@pytest.mark.parametrize(
    ("old", "new", "better"),
    [
        ([_line(1, 0.4, Mark.LOW_CONFIDENCE)], [_line(1, 0.8)], True),
        ([_line(1, 0.8)], [_line(1, 0.9, Mark.RATE)], False),
        ([_line(1, 0.8)], [_line(1, 0.9)], True),
        ([_line(1, 0.8)], [_line(1, 0.81)], False),
        ([_line(1, 0.8, Mark.RATE)], [_line(1, 0.7, Mark.REPETITION)], False),
        ([_line(1, 0.8, Mark.RATE)], [_line(1, 0.9, Mark.REPETITION)], True),
        ([_line(1, 0.8, Mark.OVER_SILENCE)], [], True),
        ([_line(1, 0.3, Mark.LOW_CONFIDENCE)], [], False),
        ([], [_line(1, 0.9)], True),
        ([], [_line(1, 0.3, Mark.LOW_CONFIDENCE)], False),
        ([_line(1, None)], [_line(1, 0.9)], False),
        ([_line(1, None, Mark.RATE)], [_line(1, 0.9)], True),
        ([_line(1, 0.1, Mark.LOW_CONFIDENCE, edited=True)], [_line(1, 0.9)], False),
    ],
)
def test_the_better_text_is_suggested(old: list[Segment], new: list[Segment], better: bool) -> None:
    assert new_is_better(old, new) is better


def test_confidence_is_that_of_the_words() -> None:
    sure = Segment(0, 1, "a b", 0.1, (Word(0, 0.5, "a", 0.9), Word(0.5, 1, "b", 0.8)))
    assert new_is_better([_line(1, 0.5)], [sure])
    assert not new_is_better([sure], [_line(1, 0.86)])
