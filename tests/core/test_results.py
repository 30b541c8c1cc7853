"""The values of the document: their order, and what they say of themselves."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TypeVar

from hypothesis import given
from hypothesis import strategies as st

from app.core.geometry import Orientation, Size
from app.core.results import AnalysisResult, Detection, Transcript, ordered
from tests.export import strategies
from tests.export.documents import FULL, VIDEO

T = TypeVar("T")


@strategies.fewer
@given(strategies.results, st.randoms(use_true_random=False))
def test_equal_findings_in_any_order_make_one_result(result: AnalysisResult, chance: random.Random) -> None:
    shuffled = replace(
        result,
        keyframes=_shuffled(result.keyframes, chance),
        shots=_shuffled(result.shots, chance),
        detections=_shuffled(result.detections, chance),
        warnings=_shuffled(result.warnings, chance),
    )
    first, second = ordered(result), ordered(shuffled)
    assert [found.pts for found in first.keyframes] == sorted(found.pts for found in result.keyframes)
    assert first.warnings == second.warnings == tuple(sorted(result.warnings))
    assert [_rank(found) for found in first.detections] == sorted(_rank(found) for found in result.detections)
    assert [_rank(found) for found in first.detections] == [_rank(found) for found in second.detections]
    assert [(s.start_pts, s.end_pts) for s in first.shots] == [(s.start_pts, s.end_pts) for s in second.shots]
    assert ordered(first) == first


def _shuffled(items: tuple[T, ...], chance: random.Random) -> tuple[T, ...]:
    return tuple(chance.sample(items, len(items)))


def _rank(found: Detection) -> tuple[int, float, int, float]:
    return (found.pts, -found.confidence, found.class_id, found.box.x1)


@given(strategies.transcripts)
def test_segments_stand_by_time_and_words_as_they_were_spoken(transcript: Transcript) -> None:
    after = ordered(replace(FULL, transcript=transcript)).transcript
    assert after is not None
    assert [part.start_s for part in after.segments] == sorted(part.start_s for part in transcript.segments)
    assert {part.words for part in after.segments} == {part.words for part in transcript.segments}


def test_ordering_changes_nothing_else() -> None:
    assert ordered(FULL) == FULL
    silent = replace(
        FULL, transcript=None, tracks=tuple(reversed([replace(FULL.tracks[0], start_s=9.0), *FULL.tracks]))
    )
    assert ordered(silent).transcript is None
    assert [track.start_s for track in ordered(silent).tracks] == [0.0, 9.0]


def test_what_a_video_says_of_itself() -> None:
    assert VIDEO.display_size == Size(1920, 1080)
    assert replace(VIDEO, rotation=90, mirrored=True).orientation == Orientation(90, mirrored=True)
