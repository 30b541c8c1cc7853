from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from app.media.clock import PlaybackClock

SECONDS = st.floats(0, 1e5)
SPEEDS = st.floats(0.1, 16)


class FakeTime:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_time_stands_still_before_it_is_started() -> None:
    source = FakeTime()
    clock = PlaybackClock(source)
    source.now += 5
    assert (clock.now(), clock.playing, clock.speed) == (0.0, False, 1.0)


@given(SECONDS, SPEEDS, SECONDS)
def test_it_runs_at_its_speed_from_where_it_was_started(at_s: float, speed: float, passed: float) -> None:
    source = FakeTime()
    clock = PlaybackClock(source)
    clock.start(at_s, speed)
    source.now += passed
    assert clock.now() == pytest.approx(at_s + passed * speed)


@given(SECONDS, SPEEDS, SPEEDS, st.floats(0, 1e3))
def test_changing_the_speed_and_pausing_do_not_leap(
    at_s: float, first: float, second: float, d: float
) -> None:
    source = FakeTime()
    clock = PlaybackClock(source)
    clock.start(at_s, first)
    source.now += d
    before = clock.now()
    clock.set_speed(second)
    assert clock.now() == before
    clock.pause()
    source.now += d
    assert clock.now() == before
    clock.start()
    assert clock.now() == before
    source.now += d
    assert clock.now() == pytest.approx(before + d * second)


@given(SECONDS, SPEEDS, SECONDS)
def test_waiting_as_long_as_due_says_makes_the_picture_due(
    at_s: float, speed: float, picture_s: float
) -> None:
    source = FakeTime()
    clock = PlaybackClock(source)
    clock.start(at_s, speed)
    wait = clock.due(picture_s)
    assert (wait > 0) == (picture_s > at_s)
    source.now += max(0.0, wait)
    assert clock.now() == pytest.approx(max(at_s, picture_s), abs=1e-6)
    assert clock.due(picture_s) <= 1e-6


def test_nothing_is_due_while_time_stands_still() -> None:
    clock = PlaybackClock(FakeTime())
    clock.jump(10)
    assert clock.due(11) == math.inf
    assert clock.due(10) == 0
    assert clock.due(9) == -1


@pytest.mark.parametrize("speed", [0, math.nan])
def test_speeds_that_lead_nowhere_are_refused(speed: float) -> None:
    clock = PlaybackClock(FakeTime())
    clock.start(3, 2)
    with pytest.raises(ValueError, match="a speed"):
        clock.start(5, speed)
    assert (clock.now(), clock.speed) == (3, 2)


class AgainstSmallSteps(RuleBasedStateMachine):
    """The clock against the plainest model: a moment that is moved on whenever time passes."""

    def __init__(self) -> None:
        super().__init__()
        self.source = FakeTime()
        self.clock = PlaybackClock(self.source)
        self.moment, self.speed, self.playing = 0.0, 1.0, False

    @rule(seconds=st.floats(0, 100))
    def pass_time(self, seconds: float) -> None:
        self.source.now += seconds
        if self.playing:
            self.moment += seconds * self.speed

    @rule(speed=SPEEDS)
    def change_speed(self, speed: float) -> None:
        self.clock.set_speed(speed)
        self.speed = speed

    @rule(at_s=st.none() | SECONDS)
    def start(self, at_s: float | None) -> None:
        self.clock.start(at_s)
        self.playing = True
        self.moment = self.moment if at_s is None else at_s

    @rule()
    def pause(self) -> None:
        self.clock.pause()
        self.playing = False

    @rule(to_s=SECONDS)
    def jump(self, to_s: float) -> None:
        self.clock.jump(to_s)
        self.moment = to_s

    @invariant()
    def they_agree(self) -> None:
        assert self.clock.now() == pytest.approx(self.moment, abs=1e-6)
        assert self.clock.playing == self.playing


TestAgainstSmallSteps = AgainstSmallSteps.TestCase


def test_time_runs_back_at_a_speed_below_zero() -> None:
    time = FakeTime()
    clock = PlaybackClock(time)
    clock.start(5.0, -2.0)
    time.now += 1.5
    assert clock.now() == pytest.approx(2.0)
    assert clock.due(1.0) == pytest.approx(0.5)
