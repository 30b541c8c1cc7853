from __future__ import annotations

from dataclasses import replace
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import FileMissingError, MediaError
from app.core.frame import PixelFormat, VideoFrame
from app.core.geometry import Size
from app.core.results import AudioInfo
from app.media.clock import PlaybackClock
from app.workers.notices import OpenFailed, PlaybackState, VideoOpened
from app.workers.orders import OrderBox
from app.workers.player import Player
from tests.workers.fakes import (
    DISPLAY,
    FILM,
    FakeConverter,
    FakeReader,
    FakeTime,
    RecordingScreen,
)

WITH_SOUND = replace(FILM, audio=(AudioInfo("aac", 48000, 2, None),))
TWENTY = list(range(0, 1000, 50))
UNEVEN = [0, 40, 45, 300, 310, 900, 905, 1000]


class Desk:
    """A player on fake time, driven as its thread would drive it."""

    def __init__(self, ticks: list[int] | None = None) -> None:
        self.reader = FakeReader(TWENTY if ticks is None else ticks)
        self.time = FakeTime()
        self.screen = RecordingScreen()
        self.box = OrderBox()
        self.player = Player(
            self.screen,
            open_reader=self._open,
            make_converter=FakeConverter,
            clock=PlaybackClock(self.time),
            now=self.time,
        )

    def _open(self, path: Path, video_track: int) -> FakeReader:
        if path.name == "missing.mp4":
            raise FileMissingError("There is no missing.mp4.")
        return self.reader

    def opened(self) -> Desk:
        self.box.open(Path("film.mp4"), 0)
        self.obey()
        return self

    def decode_in(self, seconds: float) -> None:
        """Let time go on by so much with each picture that is decoded from now on."""

        def pass_time(_picture: object) -> None:
            self.time.seconds += seconds

        self.reader.on_decode = pass_time

    def obey(self) -> None:
        """Carry out what was asked for, and all that is due without time going on."""
        orders = self.box.take(0)
        self.player.obey(orders)
        while self.player.idle_s() == 0.0:
            self.player.advance(orders.until_newer)

    def turn(self) -> None:
        """One turn of the thread's loop."""
        orders = self.box.take(0)
        self.player.obey(orders)
        self.player.advance(orders.until_newer)

    def run_for(self, seconds: float) -> None:
        """Let time go on for so long, as the thread waits for what is due."""
        until = self.time.seconds + seconds
        self.turn()
        while (idle := self.player.idle_s()) is not None and self.time.seconds + idle <= until:
            self.time.seconds += max(idle, 1e-9) if idle else 0.0
            self.turn()
        self.time.seconds = max(until, self.time.seconds)

    @property
    def state(self) -> PlaybackState:
        return self.screen.states[-1]


@pytest.fixture
def desk() -> Desk:
    return Desk().opened()


def test_opening_tells_and_shows_the_first_picture(desk: Desk) -> None:
    assert desk.screen.notices == [VideoOpened(FILM, 1)]
    assert desk.screen.shown == [0]
    assert desk.screen.frames[0].generation == 1
    assert desk.screen.frames[0].size == DISPLAY


def test_opening_at_a_place_shows_nothing_else_and_plays_from_there() -> None:
    desk = Desk()
    desk.box.open(Path("film.mp4"), 0)
    desk.box.set_playing(True)
    desk.box.seek(0.6, exact=True)
    desk.run_for(0.12)
    assert desk.screen.shown == [600, 650, 700]
    assert desk.state.playing


def test_opening_and_playing_at_once() -> None:
    desk = Desk()
    desk.box.open(Path("film.mp4"), 0)
    desk.box.set_playing(True)
    desk.run_for(0.12)
    assert list(dict.fromkeys(desk.screen.shown)) == [0, 50, 100]


def test_playing_waits_for_the_place_that_is_on_its_way() -> None:
    desk = Desk()
    desk.screen.newer = True
    desk.box.open(Path("film.mp4"), 0)
    desk.box.set_playing(True)
    desk.turn()
    assert desk.screen.frames == []
    assert desk.player.idle_s() is None


def test_pictures_fit_within_the_view_and_come_again_when_it_changes(desk: Desk) -> None:
    desk.box.set_view_size(Size(200, 200))
    desk.screen.size = Size(200, 200)
    desk.obey()
    assert desk.screen.frames[-1].size == Size(200, 113)
    assert desk.screen.shown == [0, 0]


def test_a_missing_file_is_told_and_another_one_opens() -> None:
    desk = Desk()
    desk.box.open(Path("missing.mp4"), 0)
    desk.obey()
    assert desk.screen.notices == [OpenFailed("There is no missing.mp4.", 1)]
    assert desk.opened().screen.shown == [0]


def test_the_file_before_is_given_back(desk: Desk) -> None:
    before = desk.reader
    desk.reader = FakeReader(UNEVEN)
    desk.opened()
    assert before.closed
    assert desk.screen.frames[-1].generation == 2


def test_an_exact_seek_shows_one_picture(desk: Desk) -> None:
    desk.box.seek(0.42, exact=True)
    desk.obey()
    assert desk.screen.shown == [0, 400]


def test_an_inexact_seek_shows_the_keyframe_then_the_exact_picture(desk: Desk) -> None:
    desk.box.seek(0.42, exact=False)
    desk.obey()
    assert desk.screen.shown == [0, 250, 400]


def test_the_exact_picture_is_left_out_where_a_newer_place_waits(desk: Desk) -> None:
    desk.screen.newer = True
    desk.box.seek(0.42, exact=False)
    desk.obey()
    assert desk.screen.shown == [0, 250]


def test_a_burst_of_exact_seeks_still_shows_something(desk: Desk) -> None:
    """Each is let go for the next one: then a keyframe is shown, which no newer seek stops."""
    for time_s in (0.41, 0.61):
        desk.box.seek(time_s, exact=True)
        orders = desk.box.take(0)
        desk.box.seek(0.9, exact=True)
        desk.player.obey(orders)
    assert desk.screen.shown == [0, 500]
    desk.obey()
    assert desk.screen.shown[-1] == 900


@pytest.mark.parametrize("ticks", [TWENTY, UNEVEN])
def test_steps_visit_each_picture_once_there_and_back(ticks: list[int]) -> None:
    desk = Desk(ticks).opened()
    for _ in range(len(ticks) + 3):
        desk.box.step(1)
    desk.obey()
    assert desk.screen.shown == ticks
    assert desk.state.at_end
    desk.box.step(-len(ticks) - 3)
    desk.obey()
    assert desk.screen.shown == ticks + ticks[-2::-1]
    assert not desk.state.at_end


def test_a_step_waits_until_the_one_before_was_seen(desk: Desk) -> None:
    desk.screen.looked = False
    desk.box.step(2)
    desk.obey()
    assert desk.screen.shown == [0]
    desk.screen.looked = True
    desk.obey()
    assert desk.screen.shown == [0, 50, 100]


def test_a_window_that_does_not_look_is_not_waited_for_long(desk: Desk) -> None:
    desk.screen.looked = False
    desk.box.step(2)
    desk.run_for(0.6)
    assert desk.screen.shown == [0, 50, 100]


@given(st.lists(st.integers(1, 1600), min_size=1, max_size=12), st.sampled_from([0.25, 0.5, 1.0, 2.0, 4.0]))
def test_each_picture_comes_at_its_time(gaps: list[int], speed: float) -> None:
    ticks = list(accumulate(gaps, initial=0))
    desk = Desk(ticks).opened()
    came: list[float] = []
    desk.screen.on_show = lambda: came.append(desk.time.seconds)
    start = desk.time.seconds
    desk.box.set_speed(speed)
    desk.box.set_playing(True)
    desk.run_for(ticks[-1] / 1000 / speed + 0.01)
    assert desk.screen.shown[1:] == ticks
    assert came == pytest.approx([start + tick / 1000 / speed for tick in ticks], abs=1e-6)
    assert desk.state == PlaybackState(playing=False, speed=speed, at_end=True)


def test_playing_ends_at_the_last_picture_and_begins_again(desk: Desk) -> None:
    desk.box.set_playing(True)
    desk.run_for(1.2)
    assert desk.screen.shown[-1] == 950
    assert desk.state == PlaybackState(at_end=True)
    desk.box.set_playing(True)
    desk.obey()
    assert desk.screen.shown[-1] == 0
    assert desk.state == PlaybackState(playing=True)


def test_pausing_and_playing_on(desk: Desk) -> None:
    desk.box.set_playing(True)
    desk.run_for(0.26)
    desk.box.set_playing(False)
    desk.run_for(5.0)
    assert desk.screen.shown[-1] == 250
    desk.box.set_playing(True)
    desk.run_for(0.06)
    assert desk.screen.shown[-1] == 300
    assert desk.state.dropped == 0


def test_a_seek_while_playing_plays_on_from_there(desk: Desk) -> None:
    desk.box.set_playing(True)
    desk.run_for(0.1)
    desk.box.seek(0.6, exact=True)
    desk.run_for(0.06)
    assert desk.screen.shown[-2:] == [600, 650]
    assert desk.state.playing


def test_within_a_picture_shown_for_long_playing_goes_on_where_it_was() -> None:
    desk = Desk([0, 10_000, 10_500]).opened()
    clock = desk.player._clock
    desk.box.seek(5.0, exact=True)
    desk.box.set_playing(True)
    desk.run_for(1.0)
    assert clock.now() == pytest.approx(6.0)
    desk.box.set_playing(False)
    desk.run_for(3.0)
    desk.box.set_playing(True)
    desk.run_for(3.9)
    assert clock.now() == pytest.approx(9.9)
    assert desk.screen.shown[-1] == 0
    desk.run_for(0.2)
    assert desk.screen.shown[-1] == 10_000
    desk.box.seek(2.0, exact=True)
    desk.run_for(0.5)
    assert clock.now() == pytest.approx(2.5)


def test_a_picture_in_the_far_future_is_waited_for_as_long_as_threads_can() -> None:
    desk = Desk([0, 10**16]).opened()
    desk.box.set_playing(True)
    desk.obey()
    idle_s = desk.player.idle_s()
    assert idle_s is not None
    assert 0 < idle_s <= 2**31 / 1000


def test_a_step_pauses(desk: Desk) -> None:
    desk.box.set_playing(True)
    desk.run_for(0.11)
    desk.box.step(1)
    desk.run_for(0.3)
    assert desk.screen.shown[-1] == 150
    assert not desk.state.playing


def test_late_pictures_are_dropped_counted_and_the_last_one_is_shown() -> None:
    """Decoding takes 80 ms for pictures that last 50, and sound does not wait."""
    desk = Desk()
    desk.reader.info = WITH_SOUND
    desk.opened()

    desk.decode_in(0.08)
    desk.box.set_playing(True)
    desk.run_for(2.0)
    shown = desk.screen.shown[1:]
    assert shown == sorted(shown)
    assert shown[-1] == 950
    assert desk.state.at_end
    assert desk.state.dropped == 20 - len(set(shown))
    assert desk.state.dropped > 3


def test_a_moment_in_which_others_had_the_cores_costs_no_picture() -> None:
    """What is late by less than anybody notices is shown, at twice the pace at most, and caught up."""
    desk = Desk(list(range(0, 1000, 16)))
    desk.reader.info = WITH_SOUND
    desk.opened()
    came: list[tuple[int, float]] = []
    desk.screen.on_show = lambda: came.append((desk.screen.shown[-1], desk.time.seconds))
    desk.box.set_playing(True)
    desk.run_for(0.3)
    desk.time.seconds += 0.039
    start, before = came[0][1], len(came)
    desk.run_for(2.0)
    assert [pts for pts, _ in came] == desk.reader.ticks
    assert desk.state.dropped == 0
    late = [round(at - start - pts / 1000, 6) for pts, at in came[before:]]
    assert 0.02 < late[0] < 0.04
    assert late == sorted(late, reverse=True)
    assert late[6:] == [0.0] * len(late[6:])
    assert all(b[1] - a[1] >= 0.008 - 1e-9 for a, b in pairwise(came[before:]))


def test_slower_than_any_picture_plays_slower_instead_of_standing_still() -> None:
    """Decoding takes 400 ms for pictures that last 50: each one is shown, though there is sound."""
    desk = Desk()
    desk.reader.info = WITH_SOUND
    desk.opened()

    desk.decode_in(0.4)
    desk.box.set_playing(True)
    desk.run_for(10.0)
    assert list(dict.fromkeys(desk.screen.shown)) == TWENTY
    assert desk.state.dropped == 0


def test_stepping_goes_on_from_what_is_seen_not_from_what_was_dropped(desk: Desk) -> None:
    desk.decode_in(0.08)
    desk.box.set_playing(True)
    desk.run_for(0.3)
    seen = desk.screen.shown[-1]
    desk.box.step(1)
    desk.obey()
    assert desk.screen.shown[-1] == seen + 50


def test_speed_stays_within_its_limits_and_survives_another_file(desk: Desk) -> None:
    desk.box.set_speed(100)
    desk.obey()
    assert desk.state.speed == 4.0
    desk.box.set_speed(0.01)
    desk.obey()
    assert desk.state.speed == 0.25
    desk.reader = FakeReader(UNEVEN)
    desk.opened()
    assert desk.state.speed == 0.25


def test_a_file_that_vanishes_while_playing_is_told_and_pauses(desk: Desk) -> None:
    desk.box.set_playing(True)
    desk.run_for(0.2)
    desk.reader.error = MediaError("film.mp4 cannot be read: it is gone.")
    desk.run_for(0.2)
    assert desk.screen.notices[1:] == [OpenFailed("film.mp4 cannot be read: it is gone.", 1)]
    assert not desk.state.playing


def test_nothing_happens_without_a_file() -> None:
    desk = Desk()
    desk.box.set_playing(True)
    desk.box.step(1)
    desk.box.seek(1.0, exact=True)
    desk.obey()
    assert desk.screen.frames == []
    assert desk.player.idle_s() is None


class Tap:
    def __init__(self, wanted: Size | None) -> None:
        self.wanted = wanted
        self.frames: list[VideoFrame] = []

    def knows(self, pts: int) -> bool:
        return pts == 600

    def wanted_size(self, display: Size) -> Size | None:
        assert display == DISPLAY
        return self.wanted

    def look_at(self, frame: VideoFrame) -> None:
        self.frames.append(frame)


def test_who_looks_on_gets_each_picture_in_a_form_of_its_own(desk: Desk) -> None:
    desk.screen.tap = tap = Tap(Size(64, 36))
    desk.box.seek(0.4, exact=True)
    desk.obey()
    (frame,) = tap.frames
    assert (frame.size, frame.pixel_format) == (Size(64, 36), PixelFormat.PLANAR_RGB_FLOAT)
    assert (frame.time.pts, frame.generation) == (400, 2)
    tap.wanted = None
    desk.box.step(1)
    desk.obey()
    assert len(tap.frames) == 1


def test_what_is_known_is_not_converted_once_more(desk: Desk) -> None:
    desk.screen.tap = tap = Tap(Size(64, 36))
    for time_s in (0.55, 0.6, 0.65):
        desk.box.seek(time_s, exact=True)
        desk.obey()
    assert [frame.time.pts for frame in tap.frames] == [550, 650]


def test_closing_stops_the_clock(desk: Desk) -> None:
    """Also where a fault ended the player: else the sound of its file would go on."""
    desk.box.set_playing(True)
    desk.run_for(0.2)
    desk.player.close()
    before_s = desk.player._clock.now()
    desk.time.seconds += 1.0
    assert desk.player._clock.now() == before_s


def test_closing_gives_the_file_back(desk: Desk) -> None:
    desk.player.close()
    desk.player.close()
    assert desk.reader.closed


def test_closing_the_file_gives_everything_back() -> None:
    desk = Desk().opened()
    desk.box.set_playing(True)
    desk.obey()
    shown = len(desk.screen.frames)
    desk.box.close_file()
    desk.obey()
    assert desk.reader.closed
    assert desk.screen.cleared == 1
    assert not desk.screen.states[-1].playing
    desk.run_for(1.0)
    assert len(desk.screen.frames) == shown


def test_a_file_closed_before_it_was_opened_is_not_opened() -> None:
    desk = Desk()
    desk.box.open(Path("film.mp4"), 0)
    desk.box.close_file()
    desk.obey()
    assert desk.screen.notices == []


def test_the_picture_shown_can_be_had_at_full_size() -> None:
    desk = Desk().opened()
    desk.screen.size, desk.screen.full_wanted = Size(32, 32), True
    desk.box.seek(0.51, exact=True)
    desk.obey()
    desk.obey()
    (full,) = desk.screen.full
    assert full.size == DISPLAY
    assert full.pixel_format is PixelFormat.RGB
    assert full.time.pts == desk.screen.shown[-1] == 500


def test_without_a_picture_there_is_none_at_full_size() -> None:
    desk = Desk()
    desk.screen.full_wanted = True
    desk.box.nudge()
    desk.obey()
    assert desk.screen.full == []


@pytest.mark.parametrize("on", [False, True])
def test_only_the_screen_is_deinterlaced(on: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[PixelFormat, bool]] = []
    convert = FakeConverter.convert

    def spy(
        self: FakeConverter, picture: Any, size: Any, form: PixelFormat, generation: int = 0, *,
        deinterlace: bool = False,
    ) -> VideoFrame:  # fmt: skip
        asked.append((form, deinterlace))
        return convert(self, picture, size, form, generation, deinterlace=deinterlace)

    monkeypatch.setattr(FakeConverter, "convert", spy)
    desk = Desk()
    desk.screen.deinterlacing, desk.screen.full_wanted = on, True
    desk.screen.tap = WantingTap()
    desk.opened()
    forms = {PixelFormat.BGRA: on, PixelFormat.RGB: on, PixelFormat.PLANAR_RGB_FLOAT: False}
    assert sorted(asked, key=str) == sorted(forms.items(), key=str)


class WantingTap:
    """Wants every picture."""

    def knows(self, pts: int) -> bool:
        return False

    def wanted_size(self, display: Size) -> Size:
        return display

    def look_at(self, frame: VideoFrame) -> None:
        """Nothing to do."""


def test_going_back_is_prepared_when_the_hand_rests(desk: Desk) -> None:
    desk.reader.pieces = 3
    desk.reader.prepared.clear()
    desk.box.seek(0.4, exact=True)
    desk.run_for(0.1)
    assert desk.reader.prepared == []
    desk.run_for(1.0)
    assert desk.reader.prepared == [400, 400, 400]
    assert desk.player.idle_s() is None
    desk.box.step(-1)
    desk.run_for(0.0)
    assert desk.reader.prepared[3:] == [350, 350, 350]


def test_nothing_is_prepared_while_playing_forward(desk: Desk) -> None:
    desk.box.set_playing(True)
    desk.reader.prepared.clear()
    desk.run_for(0.4)
    assert desk.reader.prepared == []


def test_what_is_asked_for_comes_before_what_is_prepared(desk: Desk) -> None:
    desk.reader.pieces = 10**9
    desk.box.step(1)
    desk.turn()
    desk.turn()
    assert desk.reader.prepared[-1] == 50
    desk.box.step(1)
    desk.turn()
    assert desk.screen.shown == [0, 50, 100]
