from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from app.analysis.engine import analyse
from app.analysis.progress import ProgressMeter
from app.analysis.request import AnalysisRequest
from app.core.events import Done, MediaOpened, Progress, Stage, StageFinished
from app.core.time import TimeSpan
from tests.export.documents import FULL

BOTH = (Stage.PICTURES, Stage.SPEECH)


class Clock:
    """Time that goes on only when it is told."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_the_share_is_that_of_both_passes(clock: Clock) -> None:
    meter = ProgressMeter(BOTH, clock)
    assert meter.share() is None
    meter.take(Progress(Stage.PICTURES, 50, 100))
    meter.take(Progress(Stage.SPEECH, 10, 100))
    assert meter.share() == pytest.approx(0.3)


def test_the_time_left_is_that_of_the_slower_pass_at_its_own_speed(clock: Clock) -> None:
    meter = ProgressMeter(BOTH, clock)
    for stage in BOTH:
        meter.take(Progress(stage, 0, 100))
    clock.now = 10
    meter.take(Progress(Stage.PICTURES, 50, 100))
    meter.take(Progress(Stage.SPEECH, 20, 100))
    assert meter.left_s() == pytest.approx(40)


def test_nothing_is_said_before_something_was_measured(clock: Clock) -> None:
    meter = ProgressMeter((Stage.PICTURES,), clock)
    meter.take(Progress(Stage.PICTURES, 0, 100))
    clock.now = 0.5
    meter.take(Progress(Stage.PICTURES, 30, 100))
    assert meter.left_s() is None


def test_a_pass_without_a_track_is_not_waited_for(clock: Clock) -> None:
    meter = ProgressMeter(BOTH, clock)
    meter.take(MediaOpened(dataclasses.replace(FULL.media, audio=())))
    meter.take(Progress(Stage.PICTURES, 100, 100))
    meter.take(StageFinished(Stage.PICTURES, 1.0, 7))
    assert meter.share() == 1.0


def test_progress_counts_within_the_range(sample_video: Path) -> None:
    request = AnalysisRequest(sample_video, span=TimeSpan(5, 15))
    events = list(analyse(request))
    told = [event for event in events if isinstance(event, Progress)]
    assert told
    assert all(event.total_s == 10 and 0 <= event.done_s <= 10 for event in told)
    assert isinstance(events[-1], Done)
