from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from app.core.time import TimeSpan
from app.settings import Settings
from app.ui.session import Session
from app.ui.session_workers import WorkerFactories
from app.ui.shuttle import shuttled
from app.ui.sound import louder
from app.ui.sound_devices import items
from app.ui.status_words import right_words
from app.ui.volume_control import VolumeControl
from app.workers.notices import PlaybackState, SoundNotice
from app.workers.sound_clock import SoundClock
from tests.ui.fakes import Bench, FakeInference, FakeThread, frame_at, media


class FakeSound(FakeThread):
    """Notes what it is told; its clock runs."""

    notice = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.clock = SoundClock()

    def set_volume(self, volume: float, *, muted: bool) -> None:
        self.note("set_volume", volume, muted)

    def set_device(self, description: str) -> None:
        self.note("set_device", description)


class SoundBench(Bench):
    """A bench with sound."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.sound = FakeSound()
        factories = WorkerFactories(
            lambda: self.decoder,  # type: ignore[arg-type, return-value]
            FakeInference,  # type: ignore[arg-type]
            lambda: self.sound,  # type: ignore[arg-type, return-value]
        )
        self.session = Session(factories, self.choose, self.settings)
        self.analysis = self.session.workers.analysis  # type: ignore[assignment]


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[SoundBench]:
    bench = SoundBench()
    yield bench
    bench.session.sound.stop()


@pytest.mark.parametrize(
    ("speed", "playing", "forward", "then"),
    [
        (1.0, False, True, 1.0), (1.0, True, True, 2.0), (2.0, True, True, 4.0), (4.0, True, True, 4.0),
        (0.25, True, True, 1.0), (4.0, True, False, -1.0), (-1.0, True, False, -2.0),
        (-2.0, True, False, -4.0), (-4.0, True, False, -4.0), (-4.0, True, True, 1.0),
        (4.0, False, False, -1.0), (4.0, False, True, 1.0),
    ],
)  # fmt: skip
def test_each_press_goes_faster(speed: float, playing: bool, forward: bool, then: float) -> None:
    assert shuttled(speed, playing=playing, forward=forward) == then


def test_shuttling_and_the_start_after_it(bench: SoundBench) -> None:
    bench.open()
    playback = bench.session.playback
    playback.shuttle(forward=True)
    assert (playback.playing, playback.speed) == (True, 1.0)
    playback.shuttle(forward=True)
    assert playback.speed == 2.0
    playback.shuttle(forward=False)
    assert playback.speed == -1.0
    playback.play_or_pause()
    assert (playback.playing, playback.speed) == (False, 1.0)
    playback.set_speed(0.5)
    playback.play_or_pause()
    playback.play_or_pause()
    assert playback.speed == 0.5


def test_volume_and_mute_are_settings_that_reach_the_sound(bench: SoundBench) -> None:
    session = bench.session
    assert bench.sound.named("set_volume") == [(1.0, False)]
    session.change_settings(louder(session.settings, -2))
    session.change_settings(replace(session.settings, muted=True))
    assert bench.sound.named("set_volume")[1:] == [(0.9, False), (0.9, True)]
    session.change_settings(louder(session.settings, 3))
    assert session.settings == replace(Settings(), volume=1.0, muted=False, recent=session.settings.recent)


def test_why_nothing_is_heard_stands_in_the_status_line(bench: SoundBench) -> None:
    bench.open()
    assert bench.session.sound.words == ""
    bench.sound.notice.emit(SoundNotice("no sound device"))
    assert "no sound device" in right_words(bench.session, "fit", "nothing written")
    bench.sound.notice.emit(SoundNotice(""))
    assert bench.session.sound.words == ""


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (PlaybackState(playing=True, reached=0.63), "plays at 0.63\u00d7 instead of 1\u00d7"),
        (PlaybackState(playing=True, speed=-0.5, reached=0.5), "plays at 0.25\u00d7 instead of 0.5\u00d7"),
    ],
)
def test_playing_slower_than_asked_for_stands_in_the_status_line(
    bench: SoundBench, state: PlaybackState, words: str
) -> None:
    bench.open()
    bench.decoder.state_changed.emit(state)
    assert right_words(bench.session, "fit", "nothing written").startswith(words)
    bench.decoder.state_changed.emit(PlaybackState(playing=True))
    assert "instead of" not in right_words(bench.session, "fit", "nothing written")


def test_what_playing_leaves_out_stands_in_the_status_line(bench: SoundBench) -> None:
    bench.open()
    bench.decoder.state_changed.emit(PlaybackState(playing=True, left_out_s=3590.0))
    words = right_words(bench.session, "fit", "nothing written")
    assert words.startswith("left out 59:50 without picture or sound")


def test_a_silent_film_is_said_to_be_one(qtbot: QtBot) -> None:
    bench = SoundBench(info=media(audio=False))
    bench.open()
    assert bench.session.sound.words == "no sound in this file"
    bench.session.close()
    assert bench.session.sound.words == ""
    bench.session.sound.stop()


def test_a_file_with_sound_only_moves_the_playhead(qtbot: QtBot) -> None:
    bench = SoundBench(info=media(video=False))
    bench.open()
    session, clock = bench.session, bench.sound.clock
    clock.open(Path("/films/clip.mp4"), has_sound=False)
    session.playback.seek(3.0)
    assert bench.decoder.named("seek") == [(3.0, True)]
    clock.start(3.0, 1.0)
    session.playback.play_or_pause()
    assert session.playback.playing
    qtbot.waitUntil(lambda: session.playback.time_s > 3.1)
    clock.pause()
    session.playback.play_or_pause()
    assert session.playback.time_s == pytest.approx(clock.now())
    session.sound.stop()


def test_the_track_is_chosen_by_the_clock(bench: SoundBench) -> None:
    bench.sound.clock.open(Path("/films/clip.mp4"), has_sound=True)
    bench.session.sound.choose_track(1)
    assert bench.session.sound.track == 1


def test_the_end_waits_for_the_sound(bench: SoundBench) -> None:
    bench.session.sound.stop()
    assert [name for name, _ in bench.sound.calls][-2:] == ["stop", "wait"]


def test_the_slider_and_the_button_tell_and_show(qtbot: QtBot) -> None:
    mute = QAction("Mute")
    mute.setCheckable(True)
    control = VolumeControl(mute)
    qtbot.addWidget(control)
    chosen: list[object] = []
    control.volume_chosen.connect(chosen.append)
    control.show_volume(0.4)
    assert chosen == []
    control.slider.setValue(60)
    assert chosen == [0.6]
    assert control.slider.accessibleName() == "Volume"
    control.button.click()
    mute.setChecked(True)
    assert control.button.isChecked()
    assert control.button.accessibleName() == "Muted"


def test_the_device_that_was_chosen_is_used_from_now_on(bench: SoundBench) -> None:
    session = bench.session
    session.change_settings(replace(session.settings, sound_device="Headphones"))
    session.change_settings(replace(session.settings, muted=True))
    assert bench.sound.named("set_device") == ["Headphones"]


def test_devices_are_listed_with_the_one_that_went_away() -> None:
    assert items((), "Headphones") == []
    listed = items(("Speakers", "Headphones"), "Dock")
    assert [(each.name, each.key, each.on, each.usable) for each in listed] == [
        ("As the system", "", False, True),
        ("Speakers", "Speakers", False, True),
        ("Headphones", "Headphones", False, True),
        ("Dock (not there)", "Dock", True, False),
    ]
    assert [each.on for each in items(("Speakers",), "")] == [True, False]


def test_loops_are_asked_of_the_decoder(bench: SoundBench) -> None:
    bench.session.playback.set_loop(TimeSpan(1.0, 2.0))
    assert bench.decoder.named("set_loop") == [TimeSpan(1.0, 2.0)]


def hold(bench: SoundBench, begins_s: float, lasts_s: int) -> None:
    """From now on this picture answers whatever is asked for."""

    def show(_time_s: float, _generation: int | None = None) -> None:
        frame = replace(frame_at(begins_s, bench.decoder.generation), duration=Fraction(lasts_s))
        bench.decoder.out.put(frame)
        bench.decoder.frame_ready.emit()

    bench.decoder.show = show  # type: ignore[assignment, method-assign]


def test_within_a_picture_shown_for_long_one_can_go_about(bench: SoundBench) -> None:
    bench.open()
    hold(bench, 2.0, 7)
    playback = bench.session.playback
    playback.seek(5.0)
    assert playback.time_s == 5.0
    playback.seek_by(1.0)
    assert playback.time_s == 6.0
    hold(bench, 9.0, 1)
    playback.step(1)
    assert playback.time_s == 9.0
    playback.seek(9.04)
    assert playback.time_s == 9.0


def test_a_picture_shown_for_long_does_not_stop_the_playhead(bench: SoundBench, qtbot: QtBot) -> None:
    bench.open()
    hold(bench, 2.0, 7)
    playback, clock = bench.session.playback, bench.sound.clock
    playback.seek(5.0)
    clock.start(5.0, 1.0)
    playback.play_or_pause()
    qtbot.waitUntil(lambda: playback.time_s > 5.1)
    playback.play_or_pause()
    clock.pause()
    hold(bench, 9.0, 1)
    playback.step(1)
    assert playback.time_s == 9.0
