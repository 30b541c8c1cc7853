"""Playing back, in loops, without pictures, and led by sound: the player on fake time."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from app.core.errors import MediaError
from app.core.results import AudioInfo
from app.core.time import TimeSpan
from app.media.picture import Picture
from app.workers import player as player_module
from app.workers.notices import PlaybackState
from app.workers.player import Player
from app.workers.sound_clock import SoundClock
from app.workers.sound_player import TICK_S, SoundPlayer
from tests.workers.fakes import FILM, FakeConverter, FakeReader
from tests.workers.sound_fakes import FakeSink, ramp
from tests.workers.test_player import TWENTY, UNEVEN, WITH_SOUND, Desk

AUDIO = (AudioInfo("aac", 48000, 2, None),)


@pytest.fixture
def desk() -> Desk:
    return Desk().opened()


@pytest.mark.parametrize("ticks", [TWENTY, UNEVEN])
@pytest.mark.parametrize("speed", [-0.25, -1.0, -4.0])
def test_going_back_shows_each_picture_in_turn_and_ends_at_the_first(ticks: list[int], speed: float) -> None:
    desk = Desk(ticks).opened()
    desk.box.seek(ticks[-2] / 1000, exact=True)
    desk.obey()
    came: list[tuple[int, float]] = []
    desk.screen.on_show = lambda: came.append((desk.screen.shown[-1], desk.time.seconds))
    start = desk.time.seconds
    desk.box.set_speed(speed)
    desk.box.set_playing(True)
    desk.run_for(1.2 / -speed)
    assert [pts for pts, _ in came] == ticks[-2::-1]
    # A picture comes when time runs back into it: at the beginning of the one shown before.
    for (pts, at), (before, _) in zip(came[1:], came, strict=False):
        assert pts < before
        assert at == pytest.approx(start + (ticks[-1] - before) / 1000 / -speed, abs=1e-6)
    assert desk.state == PlaybackState(playing=False, speed=-speed, at_end=False)
    assert desk.state.dropped == 0


def test_turning_round_while_playing(desk: Desk) -> None:
    desk.box.set_playing(True)
    desk.run_for(0.42)
    desk.box.set_speed(-1.0)
    desk.run_for(0.2)
    desk.box.set_speed(2.0)
    desk.run_for(0.1)
    assert desk.screen.shown[1:] == [*range(0, 450, 50), *range(350, 150, -50), *range(250, 450, 50)]
    assert desk.state.playing


def test_late_pictures_are_dropped_going_back_too() -> None:
    desk = Desk()
    desk.reader.info = WITH_SOUND
    desk.opened()
    desk.box.seek(0.95, exact=True)
    desk.obey()
    desk.decode_in(0.08)
    before = len(desk.screen.shown)
    desk.box.set_speed(-1.0)
    desk.box.set_playing(True)
    desk.run_for(2.0)
    shown = desk.screen.shown[before:]
    assert shown == sorted(shown, reverse=True)
    assert shown[-1] == 0
    assert desk.state.dropped == 20 - len(set(shown))
    assert desk.state.dropped > 3


@pytest.mark.parametrize("speed", [1.0, -1.0])
def test_time_waits_until_the_decoder_has_filled(desk: Desk, speed: float) -> None:
    def slowly_at_first(_picture: object) -> None:
        desk.time.seconds += 0.3
        desk.reader.on_decode = lambda _picture: None

    desk.box.seek(0.5, exact=True)
    desk.box.set_speed(speed)
    desk.obey()
    desk.screen.frames.clear()
    desk.reader.on_decode = slowly_at_first
    desk.box.set_playing(True)
    desk.run_for(1.0)
    expected = [*range(500, 1000, 50)] if speed > 0 else [*range(500, -50, -50)]
    assert desk.screen.shown == expected
    assert desk.state.dropped == 0


@pytest.mark.parametrize("takes_s", [0.055, 0.08, 0.4])
def test_where_nothing_is_heard_time_waits_for_late_pictures(desk: Desk, takes_s: float) -> None:
    desk.decode_in(takes_s)
    desk.box.set_playing(True)
    desk.run_for(10.0)
    assert list(dict.fromkeys(desk.screen.shown)) == TWENTY
    assert desk.state == PlaybackState(playing=False, at_end=True, dropped=0)


HALF_MINUTE = list(range(0, 30_000, 50))


@pytest.mark.parametrize("speed", [0.5, 1.0, -1.0])
def test_playing_slower_than_asked_for_is_told_and_by_how_much(speed: float) -> None:
    """Decoding a picture takes 1.6 times as long as it is shown; later on it takes no time."""
    desk = Desk(HALF_MINUTE).opened()
    desk.box.seek(15.0, exact=True)
    desk.box.set_speed(speed)
    desk.obey()
    desk.decode_in(0.08 / abs(speed))
    desk.box.set_playing(True)
    desk.run_for(5.0)
    assert desk.state.reached == pytest.approx(0.05 / 0.08, abs=0.01)
    assert desk.state.dropped == 0
    desk.decode_in(0.0)
    desk.run_for(4.5)
    assert desk.state.playing
    assert desk.state.reached == 1.0


def test_where_sound_must_wait_for_pictures_that_is_told_too() -> None:
    desk = Desk(HALF_MINUTE)
    desk.reader.info = WITH_SOUND
    desk.opened()
    desk.decode_in(0.4)
    desk.box.set_playing(True)
    desk.run_for(10.0)
    assert desk.state.reached == pytest.approx(0.05 / 0.4, abs=0.01)


def test_pictures_that_are_dropped_in_time_make_nothing_slower() -> None:
    desk = Desk(HALF_MINUTE)
    desk.reader.info = WITH_SOUND
    desk.opened()

    def now_and_then_slowly(picture: Picture) -> None:
        desk.time.seconds += 0.2 if picture.pts % 1000 == 0 else 0.01

    desk.reader.on_decode = now_and_then_slowly
    desk.box.set_playing(True)
    desk.run_for(8.0)
    assert desk.state.dropped > 3
    assert {state.reached for state in desk.screen.states} == {1.0}


def test_a_short_stretch_that_is_repeated_too_slowly_is_told() -> None:
    desk = Desk(HALF_MINUTE).opened()
    desk.decode_in(0.1)
    desk.box.set_loop(TimeSpan(0.0, 1.0))
    desk.box.set_playing(True)
    desk.run_for(8.0)
    assert desk.state.reached == pytest.approx(0.5, abs=0.02)


def test_what_stands_still_is_not_called_slow() -> None:
    desk = Desk(HALF_MINUTE).opened()
    desk.decode_in(0.1)
    desk.box.set_playing(True)
    desk.run_for(5.0)
    assert desk.state.reached < 1.0
    desk.box.set_playing(False)
    desk.obey()
    assert desk.state == PlaybackState()


def test_at_a_higher_speed_pictures_are_dropped_until_that_is_in_vain(desk: Desk) -> None:
    desk.decode_in(0.03)
    desk.box.set_speed(2.0)
    desk.box.set_playing(True)
    desk.run_for(3.0)
    # Each picture takes 1.2 times its time; dropping it would not help.
    assert len(set(desk.screen.shown)) == 20 - desk.state.dropped
    assert 0 < desk.state.dropped <= 5
    assert desk.state.at_end


def test_pausing_after_going_back_plays_forward_again(desk: Desk) -> None:
    desk.box.seek(0.6, exact=True)
    desk.box.set_speed(-2.0)
    desk.box.set_playing(True)
    desk.run_for(0.1)
    desk.box.set_playing(False)
    desk.obey()
    assert desk.state == PlaybackState(playing=False, speed=2.0)
    at = desk.screen.shown[-1]
    desk.box.set_playing(True)
    desk.run_for(0.06)
    assert desk.screen.shown[-1] > at


def test_a_loop_comes_round_at_its_time_and_ends_when_told(desk: Desk) -> None:
    desk.box.set_loop(TimeSpan(0.2, 0.43))
    desk.box.seek(0.1, exact=True)
    desk.obey()
    desk.screen.frames.clear()
    desk.box.set_playing(True)
    desk.run_for(0.1 + 0.23 * 2 + 0.22)
    once = [200, 250, 300, 350, 400]
    assert desk.screen.shown == [100, 150, *once, *once, *once]
    desk.box.set_loop(None)
    desk.run_for(0.1)
    assert desk.screen.shown[-1] == 500


def test_a_loop_that_playing_is_past_does_nothing(desk: Desk) -> None:
    desk.box.set_loop(TimeSpan(0.2, 0.4))
    desk.box.seek(0.5, exact=True)
    desk.box.set_playing(True)
    desk.run_for(1.0)
    assert desk.state == PlaybackState(at_end=True)


def test_a_loop_within_one_picture() -> None:
    desk = Desk([0, 10_000, 10_040]).opened()
    desk.box.set_loop(TimeSpan(5.0, 6.0))
    desk.box.seek(5.0, exact=True)
    desk.box.set_playing(True)
    desk.run_for(2.25)
    assert desk.player._clock.now() == pytest.approx(5.25)
    assert set(desk.screen.shown) == {0}


def test_a_loop_to_the_end_comes_round_there(desk: Desk) -> None:
    desk.box.set_loop(TimeSpan(0.9, 5.0))
    desk.box.seek(0.9, exact=True)
    desk.obey()
    desk.screen.frames.clear()
    desk.box.set_playing(True)
    desk.run_for(0.26)
    assert desk.screen.shown[:5] == [900, 950, 900, 950, 900]


def test_another_file_forgets_the_loop(desk: Desk) -> None:
    desk.box.set_loop(TimeSpan(0.2, 0.4))
    desk.obey()
    desk.reader = FakeReader(TWENTY)
    desk.opened()
    desk.box.set_playing(True)
    desk.run_for(2.0)
    assert desk.state == PlaybackState(at_end=True)


@pytest.fixture
def sound_only(monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A file of 2 s with sound only."""
    desk = Desk()

    def refuse(_path: Path, _track: int) -> object:
        raise MediaError("film.mp3 has no video.")

    monkeypatch.setattr(player_module, "info_of_sound", lambda _path: replace(FILM, audio=AUDIO))
    monkeypatch.setattr(desk.player, "_open_reader", refuse)
    return desk.opened()


def test_sound_alone_plays_to_its_end_and_begins_again(sound_only: Desk) -> None:
    clock = sound_only.player._clock
    sound_only.box.set_playing(True)
    sound_only.run_for(1.5)
    assert clock.now() == pytest.approx(1.5)
    assert sound_only.state == PlaybackState(playing=True)
    sound_only.run_for(1.0)
    assert sound_only.state == PlaybackState(at_end=True)
    assert clock.now() == pytest.approx(2.0)
    sound_only.box.set_playing(True)
    sound_only.run_for(0.5)
    assert clock.now() == pytest.approx(0.5)


def test_sound_alone_can_be_gone_about_in(sound_only: Desk) -> None:
    clock = sound_only.player._clock
    sound_only.box.seek(1.2, exact=True)
    sound_only.run_for(1.0)
    assert clock.now() == 1.2
    sound_only.box.set_playing(True)
    sound_only.box.set_speed(2.0)
    sound_only.run_for(0.2)
    assert clock.now() == pytest.approx(1.6)
    sound_only.box.seek(0.4, exact=True)
    sound_only.run_for(0.1)
    assert clock.now() == pytest.approx(0.6)
    sound_only.box.set_speed(-1.0)
    sound_only.run_for(1.0)
    assert clock.now() == pytest.approx(0.0)
    assert not sound_only.state.playing


def test_sound_alone_loops(sound_only: Desk) -> None:
    clock = sound_only.player._clock
    sound_only.box.set_loop(TimeSpan(0.5, 1.0))
    sound_only.box.set_playing(True)
    sound_only.run_for(1.7)
    assert clock.now() == pytest.approx(0.7)
    sound_only.box.seek(1.5, exact=True)
    sound_only.run_for(1.0)
    assert sound_only.state == PlaybackState(at_end=True)


class Cinema(Desk):
    """A desk whose clock follows a sound device that is wrong."""

    def __init__(self, ticks: list[int], **device: float) -> None:
        super().__init__(ticks)
        self.reader.info = replace(FILM, audio=AUDIO)
        self.sink = FakeSink(self.time, **device)  # type: ignore[arg-type]
        self.clock = SoundClock(self.time)
        self.clock.on_moved = self.box.nudge
        self.sound = SoundPlayer(self.clock, lambda: self.sink, ramp, self.said, self.time)
        self.player = Player(
            self.screen, open_reader=self._open, make_converter=FakeConverter, clock=self.clock,
            sound=self.clock, now=self.time,
        )  # fmt: skip
        self.offs: list[float] = []
        self.at_s, self.speed = 0.0, 1.0
        self.screen.on_show = self.compare

    def said(self, _sentence: str) -> None:
        """Nobody listens."""

    def compare(self) -> None:
        """At each picture shown: how far is its time from what is heard?"""
        run = self.clock.wanted()
        if run is not None and self.sink.truly_heard and self.player._clock.now() > run.at_s:
            heard_s = run.at_s + self.sink.truly_heard / self.sink.rate * run.speed
            self.offs.append((self.screen.frames[-1].time_s - heard_s) / run.speed)

    def play_for(self, seconds: float, *, stalls: tuple[float, ...] = ()) -> None:
        """Both threads on one virtual time, each when it asked to; the sound's is held up at ``stalls``."""
        until = self.time.seconds + seconds
        held = [self.time.seconds + each for each in stalls]
        sound_at = self.time.seconds
        self.turn()
        while self.time.seconds < until:
            idle = self.player.idle_s()
            at = self.time.seconds + (10.0 if idle is None else max(idle, 1e-6))
            self.time.seconds = min(at, max(sound_at, self.time.seconds), until)
            if self.time.seconds >= sound_at:
                self.sound.tick()
                sound_at = self.time.seconds + TICK_S
                if held and self.time.seconds >= held[0]:
                    held.pop(0)
                    sound_at += 0.6
            self.turn()


TEN_MINUTES = [round(each * 1000 / 25) for each in range(25 * 600)]


@pytest.mark.parametrize(
    "device",
    [
        {"drift": 1.005, "step_s": 0.01, "jitter_s": 0.005},
        {"drift": 0.995, "step_s": 0.02, "jitter_s": 0.01},
    ],
)
def test_picture_and_sound_stay_within_40_ms_for_ten_minutes(device: dict[str, float]) -> None:
    cinema = Cinema(TEN_MINUTES, **device)
    cinema.opened()
    cinema.box.set_playing(True)
    cinema.play_for(596.0, stalls=(30.0, 200.0, 400.0))
    assert cinema.sink.underruns
    assert len(cinema.offs) > 14_000
    assert max(map(abs, cinema.offs)) <= 0.040
    assert cinema.state.dropped == 0


@pytest.mark.parametrize("speed", [0.25, 2.0, 4.0])
def test_picture_and_sound_stay_together_at_other_speeds(speed: float) -> None:
    cinema = Cinema(TEN_MINUTES[:3000], drift=1.005, step_s=0.01, jitter_s=0.005)
    cinema.opened()
    cinema.box.set_speed(speed)
    cinema.box.set_playing(True)
    cinema.play_for(29.0)
    assert len(cinema.offs) > 100
    assert max(map(abs, cinema.offs)) <= 0.040


def test_a_seek_while_playing_leaves_no_stale_sound() -> None:
    cinema = Cinema(TEN_MINUTES[:3000])
    cinema.opened()
    cinema.box.set_playing(True)
    cinema.play_for(2.0)
    cinema.box.seek(60.02, exact=True)
    cinema.turn()
    cinema.sound.tick()
    assert cinema.sink.stops == 1
    cinema.play_for(1.0)
    # Heard from the very place that was asked for, within the picture that is shown.
    assert cinema.sink.written[0][0, 0] == pytest.approx(60.02)
    assert max(map(abs, cinema.offs)) <= 0.040
    cinema.box.step(1)
    cinema.play_for(0.1)
    assert cinema.sink.stops == 2
    assert cinema.clock.wanted() is None


def test_sound_loops_with_the_picture() -> None:
    cinema = Cinema(TEN_MINUTES[:3000])
    cinema.opened()
    cinema.box.set_loop(TimeSpan(1.0, 3.0))
    cinema.box.seek(1.0, exact=True)
    cinema.box.set_playing(True)
    cinema.play_for(7.0)
    assert cinema.sink.starts >= 3
    assert cinema.sink.written[0][0, 0] == pytest.approx(1.0)
    assert max(frame.time_s for frame in cinema.screen.frames) < 3.0
    assert max(map(abs, cinema.offs)) <= 0.040


def test_what_is_left_at_once_is_not_heard() -> None:
    cinema = Cinema(TEN_MINUTES[:3000])
    cinema.opened()
    heard_from: list[float] = []

    def note() -> None:
        run = cinema.clock.wanted()
        heard_from.extend([] if run is None else [run.at_s])

    cinema.clock.on_wanted = note
    cinema.box.seek(60.0, exact=True)
    cinema.box.set_playing(True)
    cinema.turn()
    assert heard_from == [60.0]


def test_while_a_loop_comes_round_nothing_is_heard_behind_it() -> None:
    cinema = Cinema(TEN_MINUTES[:3000])
    cinema.opened()
    cinema.box.set_loop(TimeSpan(1.0, 3.0))
    cinema.box.seek(2.5, exact=True)
    cinema.box.set_playing(True)
    wanted: list[object] = []
    cinema.reader.on_decode = lambda picture: (
        wanted.append(cinema.clock.wanted()) if picture.pts == 1000 else None
    )
    cinema.play_for(2.0)
    assert wanted == [None]


@pytest.mark.parametrize(("sound_s", "length_s"), [(3.0, 9.0), (9.0, 3.0)])
def test_sound_that_lasts_longer_than_the_pictures_is_heard_to_its_end(
    sound_s: float, length_s: float
) -> None:
    cinema = Cinema(TEN_MINUTES[:25])
    cinema.reader.info = replace(FILM, audio=AUDIO, duration_s=length_s)
    sound = partial(ramp, end_s=sound_s)
    cinema.sound = SoundPlayer(cinema.clock, lambda: cinema.sink, sound, cinema.said, cinema.time)
    cinema.opened()
    cinema.box.set_playing(True)
    cinema.play_for(2.9)
    assert cinema.state.playing
    cinema.play_for(0.3)
    assert cinema.state == PlaybackState(at_end=True)
    assert cinema.screen.shown[-1] == 960
    cinema.box.seek(2.0, exact=True)
    cinema.box.set_playing(True)
    cinema.play_for(0.5)
    assert cinema.clock.now() == pytest.approx(2.45, abs=0.03)
    assert cinema.state.playing


def test_without_a_device_the_pictures_end_a_film() -> None:
    cinema = Cinema(TEN_MINUTES[:25], fails_at=0.0)
    cinema.reader.info = replace(FILM, audio=AUDIO, duration_s=9.0)
    cinema.opened()
    cinema.box.set_playing(True)
    cinema.play_for(1.2)
    assert cinema.state == PlaybackState(at_end=True)


def test_a_picture_that_came_late_is_seen_before_the_next_one_replaces_it(desk: Desk) -> None:
    came: list[float] = []
    desk.screen.on_show = lambda: came.append(desk.time.seconds)
    start = desk.time.seconds
    desk.reader.on_decode = lambda picture: _late(desk, picture.pts)
    desk.screen.looked = False
    desk.box.set_playing(True)
    desk.run_for(0.6)
    at = dict(zip(desk.screen.shown[2:], (moment - start for moment in came[1:]), strict=True))
    # 250 was decoded 40 ms too late; 300 is due 10 ms later and waits 20 for it, and no later one waits.
    assert at[200] == pytest.approx(0.2, abs=1e-6)
    assert at[250] == pytest.approx(0.29, abs=1e-6)
    assert at[300] == pytest.approx(0.31, abs=1e-6)
    assert at[350] == pytest.approx(0.35, abs=1e-6)
    assert desk.state.dropped == 0


def test_nobody_who_looks_at_once_is_waited_for(desk: Desk) -> None:
    came: list[float] = []
    desk.screen.on_show = lambda: came.append(desk.time.seconds)
    start = desk.time.seconds
    desk.reader.on_decode = lambda picture: _late(desk, picture.pts)
    desk.box.set_playing(True)
    desk.run_for(0.6)
    at = dict(zip(desk.screen.shown[2:], (moment - start for moment in came[1:]), strict=True))
    assert at[300] == pytest.approx(0.3, abs=1e-6)


def _late(desk: Desk, pts: int) -> None:
    if pts == 250:
        desk.time.seconds += 0.09
