"""The clock with a sound device that is wrong in every way, in virtual time."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from app.core.errors import MediaError
from app.workers.sound_clock import FIRST_SOUND_S, SoundClock
from app.workers.sound_player import TICK_S, SoundPlayer
from app.workers.sound_sink import DEVICE_FAILED, DEVICE_LATE, NO_DEVICE, SoundDeviceError, gain_of
from tests.workers.fakes import FakeTime
from tests.workers.sound_fakes import FakeSink, ramp

FILM = Path("film.mp4")


@dataclass
class Stage:
    """A clock, a player and a device on one virtual time."""

    time: FakeTime = field(default_factory=FakeTime)
    said: list[str] = field(default_factory=list)
    error: Exception | None = None

    def __post_init__(self) -> None:
        self.sink = FakeSink(self.time)
        self.clock = SoundClock(self.time)
        self.player = SoundPlayer(self.clock, self._open, ramp, self.said.append, self.time)
        self.clock.open(FILM, has_sound=True)
        self.moves = 0
        self.clock.on_moved = self._moved

    def _open(self) -> FakeSink:
        if self.error is not None:
            raise self.error
        return self.sink

    def _moved(self) -> None:
        self.moves += 1

    def run(self, seconds: float, look: Callable[[], None] = lambda: None) -> None:
        until = self.time.seconds + seconds
        while self.time.seconds < until:
            self.player.tick()
            for _ in range(3):
                self.time.seconds += TICK_S / 3
                look()

    def off_s(self, at_s: float, speed: float = 1.0) -> float:
        """How far the clock is ahead of the ear."""
        return self.clock.now() - (at_s + self.sink.truly_heard / self.sink.rate * speed)


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.mark.parametrize("drift", [0.995, 1.0, 1.005])
@pytest.mark.parametrize(("step_s", "jitter_s"), [(0.0, 0.0), (0.01, 0.005), (0.025, 0.01)])
@pytest.mark.parametrize("speed", [0.25, 1.0, 4.0])
def test_the_clock_follows_the_device_and_never_jumps_back(
    stage: Stage, drift: float, step_s: float, jitter_s: float, speed: float
) -> None:
    sink = stage.sink
    sink.drift, sink.step_s, sink.jitter_s = drift, step_s, jitter_s
    stage.clock.start(7.0, speed)
    offs: list[float] = []
    times: list[float] = []

    def look() -> None:
        times.append(stage.clock.now())
        if stage.moves:
            offs.append(abs(stage.off_s(7.0, speed)) / speed)

    stage.run(60.0, look)
    assert max(offs) <= 0.040
    assert times == sorted(times)
    assert times[-1] == pytest.approx(7.0 + 60 * drift * speed, abs=0.2 * speed)


def test_the_picture_waits_for_the_first_sound(stage: Stage) -> None:
    stage.sink.late_s = 0.3
    stage.clock.start(7.0, 1.0)
    stage.run(0.25)
    assert stage.clock.now() == 7.0
    assert stage.moves == 0
    stage.run(0.15)
    assert stage.moves == 1
    assert stage.clock.now() == pytest.approx(7.1, abs=0.04)


def test_a_device_that_never_plays_is_not_waited_for(stage: Stage) -> None:
    stage.sink.late_s = 1000.0
    stage.clock.start(7.0, 1.0)
    begun = stage.time.seconds
    times: list[float] = []
    stage.run(FIRST_SOUND_S + 1.0, lambda: times.append(stage.clock.now()))
    assert stage.clock.now() == pytest.approx(7.0 + stage.time.seconds - begun - FIRST_SOUND_S, abs=0.02)
    assert stage.said == [DEVICE_LATE]
    assert stage.sink.stops == 1


@pytest.mark.parametrize("how", ["fails_at", "stuck_at"])
def test_a_device_that_goes_leaves_the_clock_running_without_a_jump(stage: Stage, how: str) -> None:
    stage.clock.start(7.0, 1.0)
    stage.run(3.0)
    assert stage.said == []
    gone_at, before = stage.time.seconds, stage.clock.now()
    setattr(stage.sink, how, gone_at)
    times: list[float] = []
    stage.run(5.0, lambda: times.append(stage.clock.now()))
    assert stage.said == [DEVICE_FAILED]
    assert stage.sink.closed
    assert times == sorted(times)
    stood_s = 1.1 if how == "stuck_at" else 0.0
    assert times[-1] == pytest.approx(before + 5.0 - stood_s, abs=0.15)
    assert max(after - earlier for earlier, after in pairwise(times)) < 0.05


@pytest.mark.parametrize(
    "error", [SoundDeviceError(NO_DEVICE), MediaError("There is no decoder here for the sound of film.mp4.")]
)
def test_without_sound_the_clock_runs_at_once_and_says_why(stage: Stage, error: Exception) -> None:
    stage.error = error
    stage.clock.start(7.0, 2.0)
    begun = stage.time.seconds
    stage.run(1.0)
    assert stage.clock.now() == pytest.approx(7.0 + 2 * (stage.time.seconds - begun))
    assert stage.said == [str(error)]
    stage.error = None
    stage.clock.start(3.0, 1.0)
    stage.run(1.0)
    assert stage.said == [str(error), ""]
    assert stage.off_s(3.0) == pytest.approx(0, abs=0.03)


def test_files_without_sound_and_reversed_time_need_no_device(stage: Stage) -> None:
    stage.clock.open(FILM, has_sound=False)
    stage.clock.start(7.0, 1.0)
    stage.time.seconds += 1.0
    assert stage.clock.now() == pytest.approx(8.0)
    stage.clock.open(FILM, has_sound=True)
    stage.clock.start(7.0, -2.0)
    stage.time.seconds += 1.0
    assert stage.clock.now() == pytest.approx(5.0)
    stage.run(0.1)
    assert stage.sink.starts == 0


def test_a_new_start_drops_what_was_on_its_way(stage: Stage) -> None:
    stage.clock.start(7.0, 1.0)
    stage.run(1.0)
    stage.clock.start(50.0, 1.0)
    assert stage.clock.now() == 50.0
    stage.run(0.2)
    assert (stage.sink.stops, stage.sink.starts) == (1, 2)
    assert stage.sink.written[0][0, 0] == pytest.approx(50.0)
    assert 50.0 < stage.clock.now() < 50.25


def test_pausing_is_silent_at_once_and_stands_still(stage: Stage) -> None:
    stage.clock.start(7.0, 1.0)
    stage.run(1.0)
    stage.clock.pause()
    at_s = stage.clock.now()
    stage.run(1.0)
    assert stage.clock.now() == at_s
    assert (stage.sink.stops, stage.sink.starts) == (1, 1)


def test_a_stale_report_moves_nothing(stage: Stage) -> None:
    stage.clock.start(7.0, 1.0)
    old = stage.clock.wanted()
    assert old is not None
    stage.clock.start(50.0, 1.0)
    assert old.cancel.cancelled
    assert not stage.clock.report(old.generation, 7.5, 8.0)
    stage.clock.alone(old.generation)
    stage.time.seconds += 0.5
    assert stage.clock.now() == 50.0


def test_another_track_goes_on_at_the_same_moment(stage: Stage) -> None:
    stage.clock.start(7.0, 1.0)
    stage.run(2.0)
    at_s = stage.clock.now()
    stage.clock.choose_track(1)
    wanted = stage.clock.wanted()
    assert wanted is not None
    assert wanted.source.track == 1
    assert wanted.at_s == pytest.approx(at_s)
    stage.run(0.5)
    assert at_s < stage.clock.now() < at_s + 0.5
    stage.clock.open(FILM, has_sound=True)
    assert stage.clock.track == 1
    stage.clock.open(Path("other.mp4"), has_sound=True)
    assert stage.clock.track == 0


def test_sound_that_goes_another_way_goes_on_at_the_same_moment(stage: Stage) -> None:
    stage.clock.restart()
    assert stage.clock.wanted() is None
    stage.clock.start(7.0, 1.0)
    stage.run(2.0)
    at_s = stage.clock.now()
    stage.clock.restart()
    stage.run(0.5)
    assert (stage.sink.starts, stage.sink.stops) == (2, 1)
    assert at_s < stage.clock.now() < at_s + 0.5


def test_sound_that_ends_goes_on_as_silence(stage: Stage) -> None:
    def short(wanted: object) -> object:
        return ramp(wanted, end_s=8.0)  # type: ignore[arg-type]

    player = SoundPlayer(stage.clock, lambda: stage.sink, short, stage.said.append, stage.time)  # type: ignore[arg-type]
    stage.player = player
    stage.clock.start(7.0, 1.0)
    stage.run(5.0)
    assert stage.off_s(7.0) == pytest.approx(0, abs=0.03)
    assert stage.clock.now() == pytest.approx(11.95, abs=0.05)
    assert not stage.sink.written[-1].any()


def test_an_underrun_holds_the_picture_until_sound_comes(stage: Stage) -> None:
    """The sound's thread does nothing for a second: the device runs empty, the picture waits there."""
    stage.clock.start(7.0, 1.0)
    stage.run(2.0)
    stage.time.seconds += 0.8
    assert abs(stage.off_s(7.0)) <= 0.04
    stage.run(2.0)
    assert stage.sink.underruns
    assert abs(stage.off_s(7.0)) <= 0.04


def test_a_sound_thread_that_hangs_is_not_waited_for_for_ever(stage: Stage) -> None:
    stage.clock.start(7.0, 1.0)
    stage.run(2.0)
    before = stage.clock.now()
    stage.time.seconds += 1.5
    held = stage.clock.now()
    stage.time.seconds += 2.0
    assert before <= held < before + 0.5
    assert stage.clock.now() == pytest.approx(held + 2.0)


def test_volume_is_a_cube_and_muting_is_silence(stage: Stage) -> None:
    assert [gain_of(v, muted=False) for v in (-1.0, 0.0, 0.5, 1.0, 2.0)] == [0, 0, 0.125, 1, 1]
    assert gain_of(1.0, muted=True) == 0
    stage.player.set_gain(0.5)
    stage.clock.start(0.0, 1.0)
    stage.run(0.1)
    stage.player.set_gain(0.0)
    assert stage.sink.gains == [0.5, 0.0]
    stage.player.close()
    assert stage.sink.closed


def test_where_the_sound_ends_is_known_when_its_last_is_written(stage: Stage) -> None:
    stage.player = SoundPlayer(
        stage.clock, lambda: stage.sink, partial(ramp, end_s=8.0), stage.said.append, stage.time
    )
    assert stage.clock.ends_s == -math.inf
    stage.clock.start(7.0, 1.0)
    assert stage.clock.ends_s == math.inf
    stage.run(0.3)
    moves = stage.moves
    assert stage.clock.ends_s == math.inf
    stage.run(0.6)
    assert stage.clock.ends_s == pytest.approx(8.0, abs=0.05)
    assert stage.moves == moves + 1
    stage.clock.start(20.0, 1.0)
    stage.run(0.1)
    assert stage.clock.ends_s == 20.0
    stage.clock.pause()
    assert stage.clock.ends_s == -math.inf
