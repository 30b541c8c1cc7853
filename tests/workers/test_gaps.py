"""Playing over stretches without picture and sound: not waited through, and told; in virtual time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.core.audio import Samples
from app.core.time import TimeSpan
from app.workers.notices import PlaybackState
from app.workers.sound_player import SoundPlayer, Wanted
from tests.workers.fakes import FILM, FakeReader
from tests.workers.sound_fakes import ramp
from tests.workers.test_player import TWENTY, WITH_SOUND, Desk
from tests.workers.test_playing import AUDIO, Cinema

HOUR_MS = 3_600_000
BEFORE, BEHIND = list(range(0, 2000, 40)), list(range(HOUR_MS, HOUR_MS + 2000, 40))
CLOCK_LEAPT = BEFORE + BEHIND
"""Two seconds of pictures, an hour of none, two seconds more."""


def arrivals(desk: Desk) -> dict[int, float]:
    """When each picture is shown first, in real seconds from now on."""
    came: dict[int, float] = {}
    start = desk.time.seconds

    def note() -> None:
        came.setdefault(desk.screen.shown[-1], desk.time.seconds - start)

    desk.screen.on_show = note
    return came


@pytest.mark.parametrize("speed", [1.0, 4.0])
def test_an_hour_of_nothing_is_left_out_and_told(speed: float) -> None:
    desk = Desk(CLOCK_LEAPT).opened()
    desk.box.set_speed(speed)
    came = arrivals(desk)
    desk.box.set_playing(True)
    desk.run_for(60.0)
    assert list(came) == CLOCK_LEAPT
    last_before_s, first_behind_s = came[BEFORE[-1]], came[BEHIND[0]]
    assert first_behind_s - last_before_s == pytest.approx(10.0)
    # Behind it time is that of the file again.
    assert came[BEHIND[-1]] - first_behind_s == pytest.approx(1.96 / speed)
    left_out_s = (BEHIND[0] - BEFORE[-1]) / 1000 - 10.0 * speed
    assert desk.state == PlaybackState(
        speed=speed, at_end=True, left_out_s=pytest.approx(left_out_s)  # type: ignore[arg-type]
    )  # fmt: skip


def test_it_is_left_out_going_back_too() -> None:
    desk = Desk(CLOCK_LEAPT).opened()
    desk.box.seek(HOUR_MS / 1000 + 0.5, exact=True)
    desk.box.set_speed(-1.0)
    desk.obey()
    came = arrivals(desk)
    desk.box.set_playing(True)
    desk.run_for(60.0)
    assert list(came)[-len(BEFORE) :] == BEFORE[::-1]
    assert came[0] < 20.0


def test_a_slide_is_waited_for() -> None:
    desk = Desk([0, 280_000, 280_040]).opened()
    came = arrivals(desk)
    desk.box.set_playing(True)
    desk.run_for(400.0)
    assert came[280_000] == pytest.approx(280.0)
    assert desk.state.left_out_s == 0.0


def test_somebody_who_goes_into_it_sees_where_that_is_first() -> None:
    desk = Desk(CLOCK_LEAPT).opened()
    desk.box.seek(1000.0, exact=True)
    desk.obey()
    came = arrivals(desk)
    desk.box.set_playing(True)
    desk.run_for(9.0)
    assert desk.player._clock.now() == pytest.approx(1009.0)
    desk.run_for(3.0)
    assert came[BEHIND[0]] == pytest.approx(10.0)
    assert desk.state.left_out_s == pytest.approx(HOUR_MS / 1000 - 1010.0)


def test_another_file_has_nothing_left_out() -> None:
    desk = Desk(CLOCK_LEAPT).opened()
    desk.box.set_playing(True)
    desk.run_for(20.0)
    assert desk.state.left_out_s > 0
    desk.reader = FakeReader(TWENTY)
    assert desk.opened().state.left_out_s == 0.0


def test_where_the_sound_cannot_be_asked_the_film_is_played_as_it_is() -> None:
    desk = Desk(CLOCK_LEAPT)
    desk.reader.info = WITH_SOUND
    desk.opened()
    desk.box.set_playing(True)
    desk.run_for(600.0)
    assert desk.player._clock.now() == pytest.approx(600.0)


def interrupted(*spans: TimeSpan) -> object:
    """A decoder of sound that is heard in ``spans`` only, and tells so, as `played_sound` does."""

    def decode(wanted: Wanted) -> Iterator[Samples]:
        at_s = wanted.run.at_s
        for span in spans:
            if at_s < span.start_s:
                wanted.tell_gap(TimeSpan(at_s, span.start_s))
                yield from _until(wanted, at_s, span.start_s, silent=True)
                at_s = span.start_s
            if at_s < span.end_s:
                yield from _until(wanted, at_s, span.end_s)
                at_s = span.end_s

    return decode


def _until(wanted: Wanted, at_s: float, end_s: float, *, silent: bool = False) -> Iterator[Samples]:
    part = replace(wanted, run=replace(wanted.run, at_s=at_s))
    for samples in ramp(part, end_s=end_s):
        yield samples * 0 if silent else samples


def cinema_with(decode: object) -> Cinema:
    cinema = Cinema(CLOCK_LEAPT)
    cinema.reader.info = replace(FILM, audio=AUDIO, duration_s=HOUR_MS / 1000 + 2)
    cinema.sound = SoundPlayer(
        cinema.clock, lambda: cinema.sink, decode, cinema.said, cinema.time  # type: ignore[arg-type]
    )  # fmt: skip
    cinema.opened()
    cinema.box.set_playing(True)
    return cinema


def test_where_the_sound_has_the_gap_too_both_go_on_behind_it() -> None:
    cinema = cinema_with(interrupted(TimeSpan(0.0, 2.0), TimeSpan(3600.0, 3602.0)))
    cinema.play_for(11.0)
    assert cinema.screen.shown[-1] == BEFORE[-1]
    cinema.play_for(2.0)
    assert cinema.screen.shown[-1] > BEHIND[0]
    assert cinema.sink.written[0][0, 0] == pytest.approx(3600.0)
    assert cinema.state.left_out_s == pytest.approx(3588.0, abs=0.2)
    assert max(map(abs, cinema.offs)) <= 0.040


def test_sound_that_ends_before_the_gap_does_not_hold_it_up() -> None:
    cinema = cinema_with(interrupted(TimeSpan(0.0, 1.5)))
    cinema.play_for(13.0)
    assert cinema.screen.shown[-1] > BEHIND[0]


def test_sound_that_goes_on_through_the_gap_is_heard() -> None:
    cinema = cinema_with(ramp)
    cinema.play_for(400.0)
    assert cinema.clock.now() == pytest.approx(399.95, abs=0.03)
    assert cinema.state.left_out_s == 0.0


def test_sound_within_the_gap_is_gone_to_and_heard() -> None:
    cinema = cinema_with(interrupted(TimeSpan(0.0, 2.0), TimeSpan(1000.0, 1030.0), TimeSpan(3600.0)))
    cinema.play_for(13.0)
    assert 1000.0 < cinema.clock.now() < 1002.0
    assert cinema.screen.shown[-1] == BEFORE[-1]
    assert cinema.sink.written[0][0, 0] == pytest.approx(1000.0)
    cinema.play_for(27.0)
    assert cinema.clock.now() < 1030.0
    cinema.play_for(15.0)
    assert cinema.screen.shown[-1] > BEHIND[0]


def test_sound_that_fails_in_the_gap_shows_nothing_too_early() -> None:
    cinema = cinema_with(interrupted(TimeSpan(0.0, 2.0), TimeSpan(3600.0, 3602.0)))
    cinema.sink.fails_at = cinema.time.seconds + 6.0
    cinema.play_for(60.0)
    assert cinema.screen.shown[-1] == BEFORE[-1]
    assert cinema.clock.now() == pytest.approx(60.0, abs=0.2)
