"""The thread of the sound, on a device that is not there and on one that plays in real time."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.workers.notices import SoundNotice
from app.workers.qt_sink import QtSinks
from app.workers.sound_sink import NO_DEVICE, SoundDeviceError
from app.workers.sound_thread import SoundThread
from tests.workers.sound_fakes import FakeSink, ramp

FILM = Path("film.mp4")


class OneSink:
    """Always the same device."""

    def __init__(self) -> None:
        self.wished = ""
        self.sink = FakeSink(time.monotonic)

    def current(self) -> FakeSink:
        return self.sink


class NoSink:
    """No device."""

    def __init__(self) -> None:
        self.wished = ""

    def current(self) -> FakeSink:
        raise SoundDeviceError(NO_DEVICE)


Start = Callable[..., SoundThread]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a sound thread, and ends it with the test."""
    threads: list[SoundThread] = []

    def make(sinks: OneSink | NoSink, decode: object = ramp) -> SoundThread:
        thread = SoundThread(make_sinks=lambda: sinks, decode=decode)  # type: ignore[arg-type]
        threads.append(thread)
        thread.start()
        return thread

    yield make
    for thread in threads:
        thread.stop()
        thread.stop()
        assert thread.wait(10_000)


def test_the_clock_runs_with_the_device(qtbot: QtBot, start: Start) -> None:
    sinks = OneSink()
    clock = start(sinks).clock
    clock.open(FILM, has_sound=True)
    clock.start(7.0, 1.0)
    qtbot.waitUntil(lambda: clock.now() > 7.1)
    assert clock.wanted() is not None
    assert sinks.sink.starts == 1
    clock.pause()
    qtbot.waitUntil(lambda: sinks.sink.stops == 1)


def test_without_a_device_it_says_so_and_time_goes_on(qtbot: QtBot, start: Start) -> None:
    thread = start(NoSink())
    thread.clock.open(FILM, has_sound=True)
    with qtbot.waitSignal(thread.notice) as told:
        thread.clock.start(7.0, 1.0)
    assert told.args == [SoundNotice(NO_DEVICE)]
    qtbot.waitUntil(lambda: thread.clock.now() > 7.1)


def test_volume_reaches_the_device_while_it_plays(qtbot: QtBot, start: Start) -> None:
    sinks = OneSink()
    thread = start(sinks)
    thread.set_volume(0.5, muted=False)
    thread.clock.open(FILM, has_sound=True)
    thread.clock.start(0.0, 1.0)
    qtbot.waitUntil(lambda: sinks.sink.gains == [0.125])
    thread.set_volume(0.5, muted=True)
    qtbot.waitUntil(lambda: sinks.sink.gains == [0.125, 0.0])


def test_the_end_is_silent_and_gives_the_device_back(qtbot: QtBot, start: Start) -> None:
    sinks = OneSink()
    thread = start(sinks)
    thread.clock.open(FILM, has_sound=True)
    thread.clock.start(7.0, 1.0)
    qtbot.waitUntil(lambda: thread.clock.now() > 7.0)
    thread.stop()
    assert thread.wait(10_000)
    assert sinks.sink.closed
    thread.clock.start(9.0, 1.0)
    assert sinks.sink.starts == 1


def test_a_thread_that_is_stopped_at_once_ends(start: Start) -> None:
    thread = start(OneSink())
    thread.stop()
    assert thread.wait(10_000)


@pytest.mark.expect_log("sound thread met something unexpected")
def test_a_fault_costs_the_sound_not_the_clock(qtbot: QtBot, start: Start) -> None:
    def broken(_wanted: object) -> Iterator[object]:
        raise ZeroDivisionError

    thread = start(OneSink(), broken)
    thread.clock.open(FILM, has_sound=True)
    thread.clock.start(7.0, 1.0)
    qtbot.waitUntil(lambda: thread.clock.now() > 7.1)


def test_a_system_without_the_library_of_sound_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PySide6.QtMultimedia", None)
    with pytest.raises(SoundDeviceError, match="no sound"):
        QtSinks().current()
