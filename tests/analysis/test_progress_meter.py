from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analysis.progress import ProgressMeter
from app.core.events import PictureAnalysed, Progress, Stage, StageFinished


class Clock:
    """A clock that goes where it is put."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_nothing_is_invented_before_anything_was_measured(clock: Clock) -> None:
    meter = ProgressMeter((Stage.PICTURES,), clock)
    assert (meter.share(), meter.left_s(), meter.pictures_per_s()) == (None, None, None)
    meter.take(Progress(Stage.PICTURES, 0.0, 60.0))
    clock.now += 0.5
    meter.take(Progress(Stage.PICTURES, 30.0, 60.0))
    assert meter.share() == 0.5
    assert meter.left_s() is None


def test_a_file_of_unknown_length_has_no_share_and_no_time_left(clock: Clock) -> None:
    meter = ProgressMeter((Stage.PICTURES,), clock)
    meter.take(Progress(Stage.PICTURES, 0.0, None))
    clock.now += 10
    meter.take(Progress(Stage.PICTURES, 30.0, None))
    assert (meter.share(), meter.left_s()) == (None, None)


@given(st.floats(1.5, 1000), st.floats(0.05, 0.95), st.floats(10, 10_000))
def test_time_left_follows_from_the_speed_so_far(elapsed: float, share: float, total: float) -> None:
    clock = Clock()
    meter = ProgressMeter((Stage.PICTURES,), clock)
    meter.take(Progress(Stage.PICTURES, 0.0, total))
    clock.now += elapsed
    meter.take(Progress(Stage.PICTURES, share * total, total))
    assert meter.left_s() == pytest.approx(elapsed * (1 - share) / share, rel=1e-6)


def test_the_slower_of_two_stages_decides(clock: Clock) -> None:
    meter = ProgressMeter((Stage.PICTURES, Stage.SPEECH), clock)
    meter.take(Progress(Stage.PICTURES, 0.0, 100.0))
    meter.take(Progress(Stage.SPEECH, 0.0, 100.0))
    clock.now += 10
    meter.take(Progress(Stage.PICTURES, 50.0, 100.0))
    assert meter.left_s() is None
    meter.take(Progress(Stage.SPEECH, 10.0, 100.0))
    assert meter.left_s() == pytest.approx(90.0)
    assert meter.share() == pytest.approx(0.3)
    meter.take(StageFinished(Stage.SPEECH, 10.0, 3))
    assert meter.left_s() == pytest.approx(10.0)
    assert meter.active == (Stage.PICTURES,)


def test_progress_never_goes_back(clock: Clock) -> None:
    meter = ProgressMeter((Stage.PICTURES,), clock)
    meter.take(Progress(Stage.PICTURES, 50.0, 100.0))
    meter.take(Progress(Stage.PICTURES, 40.0, 100.0))
    assert meter.share() == 0.5


def test_speed_is_that_of_the_last_two_seconds(clock: Clock) -> None:
    meter = ProgressMeter((Stage.PICTURES,), clock)
    for number in range(50):
        clock.now += 1.0 if number < 10 else 0.05
        meter.take(PictureAnalysed(number, float(number), ()))
    assert meter.pictures_per_s() == pytest.approx(20.0)
    assert meter.pictures == 50


def test_pictures_that_come_together_tell_no_speed(clock: Clock) -> None:
    meter = ProgressMeter((Stage.PICTURES,), clock)
    for handful in range(4):
        assert meter.pictures_per_s() is None
        for number in range(5):
            meter.take(PictureAnalysed(5 * handful + number, 0.0, ()))
            clock.now += 0.001
        clock.now += 0.395
    assert meter.pictures_per_s() == pytest.approx(19 / 1.204)


def test_time_in_which_the_work_rests_does_not_count(clock: Clock) -> None:
    meters = [ProgressMeter((Stage.PICTURES,), clock) for _ in range(2)]
    for meter in meters:
        meter.take(Progress(Stage.PICTURES, 0.0, 60.0))
    clock.now += 10
    for meter in meters:
        meter.take(Progress(Stage.PICTURES, 20.0, 60.0))
    without_rest = meters[0].left_s()
    assert without_rest == pytest.approx(20.0)
    meters[1].pause()
    meters[1].pause()
    clock.now += 1000
    assert meters[1].left_s() == without_rest
    meters[1].resume()
    meters[1].resume()
    assert meters[1].left_s() == without_rest
