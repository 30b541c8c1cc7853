from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.events import (
    Cancelled,
    Done,
    Event,
    KeyframesFound,
    LoudnessFound,
    MediaOpened,
    PictureAnalysed,
    Progress,
    SegmentFound,
    SegmentMarked,
    ShotsFound,
    SpeechRegionsFound,
    Stage,
    Thumbnail,
    ThumbnailMade,
    WarningRaised,
)
from app.core.results import Keyframe, Segment, Shot
from app.core.time import TimeSpan
from app.ui.found.change import Change
from app.ui.found.filter import Filter
from app.ui.found.findings import Findings
from app.ui.found.lanes import Run, lanes_of, merge_runs
from app.ui.transcript_text import line_at
from tests.ui.fakes import detection, document, media

ALL = Filter(confidence=0.0)
CUT = WarningRaised("The file is cut off: it lists keyframes that it does not hold.")


def fed(*events: Event) -> Findings:
    findings = Findings()
    for event in events:
        findings.add(event)
    return findings


def picture(time_s: float, *found: tuple[str, float]) -> PictureAnalysed:
    detections = tuple(detection(time_s, label, confidence) for label, confidence in found)
    return PictureAnalysed(round(time_s * 1000), time_s, detections)


# One picture a second; for each, whether the class was found there.
seen_flags = st.lists(st.booleans(), min_size=1, max_size=60)


@given(seen_flags)
def test_runs_are_the_groups_of_consecutive_pictures_with_the_class(seen: list[bool]) -> None:
    looked_at = np.arange(len(seen), dtype=np.float64)
    times = looked_at[np.array(seen)]
    runs = merge_runs(times, np.full(len(times), 0.5), looked_at, looked_at + 1.0)
    expected, place = [], 0
    for found, group in itertools.groupby(seen):
        length = len(list(group))
        if found:
            expected.append(Run(float(place), float(place + length), 0.5))
        place += length
    assert list(runs) == expected


@given(
    st.lists(st.tuples(st.integers(0, 300), st.floats(0, 1)), max_size=80),
    st.lists(st.integers(0, 300), max_size=80),
)
def test_runs_never_touch_keep_every_detection_and_know_the_best(
    found: list[tuple[int, float]], empty: list[int]
) -> None:
    looked_at = np.array(sorted({time for time, _ in found} | set(empty)), dtype=np.float64)
    found.sort()
    times = np.array([time for time, _ in found], dtype=np.float64)
    confidences = np.array([confidence for _, confidence in found], dtype=np.float64)
    runs = merge_runs(times, confidences, looked_at, np.append(looked_at[1:], 301.0))
    for before, after in itertools.pairwise(runs):
        assert before.end_s < after.start_s
        assert any(before.end_s <= time < after.start_s for time in set(empty) - {t for t, _ in found})
    for time, confidence in found:
        [holder] = [run for run in runs if run.start_s <= time < run.end_s]
        assert holder.confidence >= confidence
    assert {run.confidence for run in runs} <= set(confidences.tolist())


def test_a_class_has_the_same_lane_whatever_the_order_of_events() -> None:
    pictures = [picture(float(t), *([("ball", 0.9)] if t % 4 else [])) for t in range(12)]
    in_order = fed(MediaOpened(media(duration_s=12.0)), *pictures)
    mixed = fed(MediaOpened(media(duration_s=12.0)), *reversed(pictures))
    assert lanes_of(in_order, ALL) == lanes_of(mixed, ALL)
    assert [each.time_s for each in mixed.objects.detections(ALL)] == sorted(
        each.time_s for each in mixed.objects.detections(ALL)
    )
    [lane] = lanes_of(in_order, ALL)
    assert [(run.start_s, run.end_s) for run in lane.runs] == [(1.0, 4.0), (5.0, 8.0), (9.0, 12.0)]


def test_what_nobody_looked_at_yet_is_not_claimed() -> None:
    """Around the playhead one picture a second, then one a minute: the minutes between are not known."""
    times = [0.0, 1.0, 2.0, 3.0, 60.0, 120.0]
    findings = fed(MediaOpened(media(duration_s=180.0)), *(picture(time, ("ball", 0.9)) for time in times))
    coarse = [(0.0, 5.0), (60.0, 62.0), (120.0, 121.0)]
    assert [run[:2] for run in lanes_of(findings, ALL)[0].runs] == coarse
    findings.add(Cancelled(None))
    assert [run[:2] for run in lanes_of(findings, ALL)[0].runs] == coarse
    assert Change.DETECTIONS in findings.add(Done(document(media())))
    assert [run[:2] for run in lanes_of(findings, ALL)[0].runs] == [(0.0, 121.0)]


def test_a_keyframe_stands_until_the_next_one_while_more_are_to_come() -> None:
    keyframes = KeyframesFound(tuple(Keyframe(time * 1000, float(time)) for time in range(0, 100, 10)))
    findings = fed(MediaOpened(media(duration_s=100.0)), keyframes)
    findings.index.whole = True
    for time_s in (20.0, 30.0, 60.0, 90.0):
        findings.add(picture(time_s, ("ball", 0.9)))
    found = [run[:2] for run in lanes_of(findings, ALL)[0].runs]
    assert found == [(20.0, 40.0), (60.0, 70.0), (90.0, 100.0)]


def test_the_last_picture_never_reaches_beyond_the_file() -> None:
    findings = fed(
        MediaOpened(media(duration_s=10.5)), *(picture(float(t), ("ball", 0.9)) for t in range(11))
    )
    assert lanes_of(findings, ALL)[0].runs[-1].end_s == 10.5


def test_filter_acts_on_lanes_counts_and_detections_alike() -> None:
    findings = fed(
        picture(1.0, ("ball", 0.9), ("box", 0.4)), picture(2.0, ("ball", 0.3)), picture(3.0, ("box", 0.8))
    )
    sure = Filter(confidence=0.5)
    assert [(each.label, each.shown, each.total) for each in findings.objects.counts(sure)] == [
        ("box", 1, 2),
        ("ball", 1, 2),
    ]
    assert [(each.label, each.confidence) for each in findings.objects.detections(sure)] == [
        ("ball", 0.9),
        ("box", 0.8),
    ]
    assert {lane.label: len(lane.runs) for lane in lanes_of(findings, sure)} == {"ball": 1, "box": 1}
    no_ball = Filter(frozenset({"ball"}), 0.0)
    assert [lane.label for lane in lanes_of(findings, no_ball)] == ["box"]
    assert {each.label for each in findings.objects.detections(no_ball)} == {"box"}
    assert {each.label: each.shown for each in findings.objects.counts(no_ball)} == {"box": 2, "ball": 0}


def test_toggling_a_class_twice_is_nothing() -> None:
    once = Filter(confidence=0.4).toggled("cat")
    assert once.hidden == {"cat"}
    assert once.toggled("cat") == Filter(confidence=0.4)


def test_a_picture_in_which_nothing_was_found_was_still_looked_at() -> None:
    findings = fed(picture(1.0))
    assert findings.objects.analysed(1000)
    assert not findings.objects.analysed(2000)
    assert findings.objects.detections_at(1000) == ()
    assert findings.objects.looked_at_count == 1


def test_what_comes_twice_counts_once() -> None:
    thumbnail = ThumbnailMade(Thumbnail(0, 0.0, 2, 2, bytes(12)))
    events = (KeyframesFound((Keyframe(0, 0.0),)), thumbnail, picture(1.0, ("ball", 0.9)))
    findings = fed(*events)
    assert [findings.add(event) for event in events] == [Change.NOTHING] * 3
    index = findings.index
    assert len(index.keyframes) == len(index.thumbnails) == findings.objects.looked_at_count == 1


def test_neighbours_in_time() -> None:
    findings = fed(
        KeyframesFound((Keyframe(0, 0.0), Keyframe(4, 4.0))),
        KeyframesFound((Keyframe(2, 2.0),)),
        ShotsFound((Shot(0.0, 3.0, 0, 3), Shot(3.0, 6.0, 3, 6))),
        *(ThumbnailMade(Thumbnail(pts, float(pts), 2, 2, bytes(12))) for pts in (4, 0, 2)),
    )
    before, after = findings.index.keyframe_before(2.0), findings.index.keyframe_after(2.0)
    assert (before and before.time_s, after and after.time_s) == (0.0, 4.0)
    assert findings.index.keyframe_before(0.0) is None
    assert findings.index.keyframe_after(4.0) is None
    shot = findings.index.shot_after(1.0)
    assert shot is not None
    assert shot.start_s == 3.0
    assert findings.index.shot_after(3.0) is None
    near = [findings.index.thumbnail_near(time) for time in (-1.0, 1.9, 2.0, 99.0)]
    assert [each and each.pts for each in near] == [0, 0, 2, 4]


@pytest.mark.parametrize(
    ("time_s", "line"), [(0.9, None), (1.0, 0), (1.99, 0), (2.0, None), (3.0, 1), (9.0, None)]
)
def test_the_current_line_is_the_one_being_said(time_s: float, line: int | None) -> None:
    findings = fed(SegmentFound(Segment(3.0, 4.0, "b")), SegmentFound(Segment(1.0, 2.0, "a")))
    assert [each.text for each in findings.speech.segments] == ["a", "b"]
    assert line_at(findings.speech.segments, time_s) == line


def test_marks_that_are_learnt_later_change_the_line_they_are_of() -> None:
    lines = [Segment(1.0, 2.0, "a"), Segment(1.0, 3.0, "b"), Segment(4.0, 5.0, "a")]
    findings = fed(*map(SegmentFound, lines))
    marked = replace(lines[1], marks=("repetition",))
    assert findings.add(SegmentMarked(marked)) is Change.TRANSCRIPT
    assert findings.add(SegmentMarked(marked)) is Change.NOTHING
    assert findings.speech.segments == (lines[0], marked, lines[2])


def test_the_document_of_a_cancelled_run_brings_marks_and_no_line_twice() -> None:
    line = Segment(1.0, 2.0, "a")
    marked = replace(line, marks=("repetition",))
    findings = fed(SegmentFound(line))
    change = findings.add(Cancelled(document(media(), (), (marked,))))
    assert change == Change.OUTCOME | Change.DETECTIONS | Change.TRANSCRIPT
    assert findings.speech.segments == (marked,)


def test_a_new_run_forgets_the_last_one_but_not_the_file() -> None:
    findings = fed(
        MediaOpened(media()), KeyframesFound((Keyframe(0, 0.0),)), picture(1.0, ("ball", 0.9)),
        SegmentFound(Segment(1.0, 2.0, "a")), WarningRaised("odd"), LoudnessFound(0.0, 0.1, (0.5,)),
        SpeechRegionsFound((TimeSpan(1.0, 2.0),)), Cancelled(None),
    )  # fmt: skip
    findings.restart()
    assert (findings.objects.labels, findings.speech.segments, findings.warnings) == ((), (), ())
    assert (findings.speech.regions, findings.outcome, findings.objects.looked_at_count) == ((), None, 0)
    assert findings.media is not None
    assert len(findings.index.keyframes) == 1
    assert findings.index.loudness == (LoudnessFound(0.0, 0.1, (0.5,)),)


def test_loudness_that_was_read_stands_until_it_is_read_anew() -> None:
    first, second = LoudnessFound(0.0, 0.1, (0.5, 0.2)), LoudnessFound(0.2, 0.1, (0.4, 0.1))
    findings = fed(second, first)
    findings.restart()
    assert findings.index.loudness == (first, second)
    assert findings.add(first) is Change.NOTHING
    louder = LoudnessFound(0.2, 0.1, (0.9, 0.8))
    assert findings.add(louder) is Change.SOUND
    assert findings.index.loudness == (first, louder)
    assert findings.add(LoudnessFound(0.4, 0.1, (0.3,))) is Change.SOUND
    assert [each.start_s for each in findings.index.loudness] == [0.0, 0.2, 0.4]


def test_shots_of_a_file_that_was_gone_through_stand() -> None:
    findings = fed(ShotsFound((Shot(0.0, 3.0, 0, 3), Shot(3.0, 6.0, 3, 6))))
    findings.index.whole = True
    assert findings.add(ShotsFound((Shot(0.0, 6.0, 0, 6),))) is Change.NOTHING
    assert len(findings.index.shots) == 2


def test_shots_told_anew_take_the_place_of_those_before() -> None:
    """Going through the file was broken off by an analysis, which tells all of them."""
    first, second, third = Shot(0.0, 3.0, 0, 3), Shot(3.0, 6.0, 3, 6), Shot(6.0, 9.0, 6, 9)
    findings = fed(ShotsFound((first,)), ShotsFound((second,)))
    findings.restart()
    assert findings.add(ShotsFound((first, second, third))) is Change.SHOTS
    assert findings.index.shots == (first, second, third)


def test_a_document_completes_what_never_came_as_an_event() -> None:
    segments = (Segment(1.0, 2.0, "a"), Segment(3.0, 4.0, "b"))
    result = document(media(), (detection(1.0), detection(1.0, "box"), detection(2.0)), segments)
    findings = fed(picture(1.0, ("ball", 0.9)), SegmentFound(segments[0]))
    assert findings.add(Done(result)) == Change.OUTCOME | Change.DETECTIONS | Change.TRANSCRIPT
    assert findings.speech.segments == segments
    assert findings.objects.looked_at_count == 2
    assert findings.add(Done(result)) == Change.OUTCOME | Change.DETECTIONS
    assert findings.speech.segments == segments


def test_progress_changes_nothing_that_is_painted() -> None:
    assert Findings().add(Progress(Stage.PICTURES, 1.0, 2.0)) is Change.NOTHING


def test_a_file_without_a_stated_length_is_as_long_as_what_was_seen_of_it() -> None:
    findings = fed(KeyframesFound((Keyframe(0, 3.0),)), LoudnessFound(2.0, 0.5, (0.1, 0.1, 0.1, 0.1, 0.1)))
    assert findings.duration_s == 4.5
    findings.add(picture(7.0))
    assert findings.duration_s == 7.0


def test_ten_thousand_pictures_of_ten_objects_are_filtered_whole() -> None:
    findings = Findings()
    for number in range(10_000):
        findings.add(picture(number / 25, *((f"class {n}", (number % 10) / 10) for n in range(10))))
    shown = Filter(frozenset({"class 3"}), 0.5)
    assert len(findings.objects.detections(shown)) == 10_000 // 2 * 9
    assert sum(each.shown for each in findings.objects.counts(shown)) == 10_000 // 2 * 9
    assert [len(lane.runs) for lane in lanes_of(findings, shown)] == [1000] * 9


@pytest.mark.parametrize(
    ("events", "held_until_s"),
    [
        ((), None),
        ((CUT,), 8.0),
        ((CUT, LoudnessFound(0.0, 1.0, (0.5,) * 10)), 10.0),
        ((CUT, LoudnessFound(0.0, 1.0, (0.5,) * 20)), None),
    ],
)
def test_only_a_file_that_is_cut_off_misses_its_end(
    events: tuple[Event, ...], held_until_s: float | None
) -> None:
    findings = fed(KeyframesFound(tuple(Keyframe(pts * 1000, float(pts)) for pts in (0, 2, 4, 6))), *events)
    findings.media = media(duration_s=20.0)
    findings.index.whole = True
    assert findings.held_until_s == held_until_s
