"""With what the decoder thread decodes: trials in the background, changing over, falling back, saying so."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.core.cancel import CancelToken
from app.core.errors import CancelledError, HardwareError
from app.core.geometry import Size
from app.media.hardware import HardwareReport, StreamFacts
from app.media.hardware_decision import HardwareTrials
from app.media.hardware_trial import Figures, Speed
from app.media.trial_process import try_device
from app.workers.decoder_thread import DecoderThread
from app.workers.decoding_desk import DecodingDesk
from app.workers.notices import DecodingState
from tests.media.devices import FakeDevice

WINS = Figures(Speed(0.1, 0.002, 0.001, 0.02), Speed(0.1, 0.01, 0.01, 0.1))
PLAYS = Figures(Speed(0.1, 0.002, 0.001, 0.2), Speed(0.1, 0.01, 0.01, 0.1))


@dataclass
class Bench:
    """A desk with a device that does as told; ``woken`` is set when a trial has ended."""

    answer: Figures | HardwareError = PLAYS
    device: FakeDevice = field(default_factory=FakeDevice)
    states: list[DecodingState] = field(default_factory=list)
    woken: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    tried: list[str] = field(default_factory=list)
    hangs: bool = False
    began: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        trials = HardwareTrials(trial=self.trial, known=lambda: ("fake",), facts=self.facts)
        self.desk = DecodingDesk(
            self.states.append,
            self.woken.release,
            make_trials=lambda: trials,
            make_device=lambda _name: self.device,
        )

    def trial(
        self, device: str, path: Path, *, video_track: int = 0, cancel: CancelToken | None = None
    ) -> Figures:
        self.tried.append(device)
        self.began.set()
        if self.hangs:
            assert cancel is not None
            ended = threading.Event()
            cancel.on_cancel(ended.set)
            assert ended.wait(30)
            raise CancelledError
        if isinstance(self.answer, HardwareError):
            raise self.answer
        return self.answer

    def facts(self, _path: Path, _track: int) -> StreamFacts:
        return StreamFacts("h264", "High", "yuv420p", Size(960, 540), Fraction(30), frozenset({"fake"}))

    def attend(self) -> None:
        """Wait for the trial, as the decoder thread does."""
        assert self.woken.acquire(timeout=30)
        self.desk.attend()

    def choose(self, name: str) -> None:
        self.desk.choose(name)
        self.attend()


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    bench.choose("auto")
    yield bench
    bench.desk.close()


def test_nothing_is_tried_before_a_picture_is_shown(bench: Bench, sample_video: Path) -> None:
    reader = bench.desk.open_reader(sample_video, 0)
    bench.desk.attend()
    assert bench.tried == []
    bench.desk.shown()
    bench.attend()
    bench.desk.shown()
    assert bench.tried == ["fake"]
    last = bench.states[-1]
    assert (last.codec, last.playing, last.active) == ("h264", HardwareReport("auto", "fake"), False)
    assert last.seeking.used is None
    reader.close()


def test_playing_changes_over_and_gives_every_picture_once(bench: Bench, sample_video: Path) -> None:
    reader: Any = bench.desk.open_reader(sample_video, 0)
    picture = reader.frame_at(5.0)
    bench.desk.shown()
    bench.attend()
    bench.desk.moved(playing_on=True)
    times, received = [picture.pts], threading.Semaphore(0)
    bench.device.on_received = received.release
    while len(times) < 30:
        picture = reader.next_frame(picture)
        times.append(picture.pts)
        while (
            not bench.states[-1].active
            and max((pts or 0 for pts in bench.device.given), default=0) <= times[-1] + 1024
        ):
            assert received.acquire(timeout=30)
    assert bench.states[-1].active
    assert times == list(range(times[0], times[-1] + 1, 512))
    assert bench.device.given
    reader.close()


def test_a_device_that_is_lost_is_said_once_and_not_used_again(bench: Bench, sample_video: Path) -> None:
    bench.device.pictures = 20
    bench.answer = WINS
    reader: Any = bench.desk.open_reader(sample_video, 0)
    bench.desk.shown()
    bench.attend()
    assert bench.states[-1].seeking.used == "fake"
    bench.device.pictures = 0
    assert reader.frame_at(3.0).pts == 3 * 15360
    assert [state.note for state in bench.states if state.note] == [
        "Decoding with fake stopped: it failed: Generic error in an external library. Software goes on."
    ]
    reason = "it failed: Generic error in an external library"
    assert bench.states[-1].playing == HardwareReport("auto", None, (("fake", reason),))
    reader.close()
    again = bench.desk.open_reader(sample_video, 0)
    bench.desk.shown()
    bench.attend()
    assert bench.states[-1].playing.rejected == (("fake", reason),)
    assert bench.states[-1].note == ""
    again.close()


def test_a_device_that_does_not_serve_is_named_with_its_reason(bench: Bench, sample_video: Path) -> None:
    bench.answer = HardwareError("its pictures differ")
    reader = bench.desk.open_reader(sample_video, 0)
    bench.desk.shown()
    bench.attend()
    assert bench.states[-1].playing == HardwareReport("auto", None, (("fake", "its pictures differ"),))
    reader.close()


def test_another_choice_acts_at_once(bench: Bench, sample_video: Path) -> None:
    reader = bench.desk.open_reader(sample_video, 0)
    bench.desk.shown()
    bench.attend()
    bench.choose("none")
    bench.attend()
    assert bench.states[-1].playing == HardwareReport("none")
    bench.choose("fake")
    bench.attend()
    assert bench.states[-1].playing == HardwareReport("fake", "fake")
    reader.close()


def test_closing_ends_a_trial_that_runs(bench: Bench, sample_video: Path) -> None:
    bench.hangs = True
    reader = bench.desk.open_reader(sample_video, 0)
    bench.desk.shown()
    assert bench.began.wait(30)
    reader.close()
    bench.desk.close()
    assert threading.active_count() >= 1
    assert not [thread for thread in threading.enumerate() if thread.name == "hardware-trial"]


@pytest.mark.parametrize("answered", [True, False])
def test_nothing_is_decoded_for_a_file_that_was_closed(
    bench: Bench, sample_video: Path, *, answered: bool
) -> None:
    reader = bench.desk.open_reader(sample_video, 0)
    bench.desk.shown()
    assert bench.woken.acquire(timeout=30)
    if answered:
        bench.desk.attend()
    reader.close()
    bench.desk.attend()
    tried = len(bench.tried)
    for name in ("none", "fake"):
        bench.choose(name)
    bench.desk.shown()
    bench.desk.attend()
    assert len(bench.tried) == tried
    assert not [thread for thread in threading.enumerate() if thread.name == "decode-ahead"]


def test_another_file_ends_the_trial_of_the_first(bench: Bench, sample_video: Path) -> None:
    bench.hangs = True
    first = bench.desk.open_reader(sample_video, 0)
    bench.desk.shown()
    assert bench.began.wait(30)
    first.close()
    bench.hangs = False
    second = bench.desk.open_reader(sample_video, 0)
    bench.desk.shown()
    bench.attend()
    assert bench.states[-1].playing.used == "fake"
    second.close()


def test_closing_leaves_no_process_behind(sample_video: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    children: list[subprocess.Popen[bytes]] = []
    started = threading.Event()

    class Watched(subprocess.Popen[bytes]):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            children.append(self)
            started.set()

    def hanging(_device: str, _track: int, _path: Path) -> Sequence[str]:
        return [sys.executable, "-I", "-c", "import time; time.sleep(600)"]

    monkeypatch.setattr(subprocess, "Popen", Watched)
    bench = Bench()
    trials = HardwareTrials(
        trial=partial(try_device, command=hanging), known=lambda: ("fake",), facts=bench.facts
    )
    desk = DecodingDesk(bench.states.append, bench.woken.release, make_trials=lambda: trials)
    desk.choose("auto")
    desk.attend()
    reader = desk.open_reader(sample_video, 0)
    desk.shown()
    assert started.wait(30)
    reader.close()
    desk.close()
    assert [child.poll() is not None for child in children] == [True]


def test_the_decoder_thread_plays_with_the_device_and_survives_its_loss(
    qtbot: QtBot, sample_video: Path
) -> None:
    """All of it at once: the real thread, its player and the real decoders, with a device that is lost."""
    bench = Bench(device=FakeDevice())
    trials = HardwareTrials(trial=bench.trial, known=lambda: ("fake",), facts=bench.facts)

    def make_desk(tell: Callable[[DecodingState], None], wake: Callable[[], None]) -> DecodingDesk:
        return DecodingDesk(tell, wake, make_trials=lambda: trials, make_device=lambda _name: bench.device)

    thread = DecoderThread(make_desk=make_desk)
    states: list[DecodingState] = []
    shown: list[int] = []

    def look() -> None:
        frame = thread.out.poll()
        if frame is not None:
            shown.append(frame.time.pts)

    def note(state: DecodingState) -> None:
        states.append(state)
        if state.active:
            bench.device.pictures = len(bench.device.given)  # Now it is lost.

    thread.decoding_changed.connect(note)
    thread.frame_ready.connect(look)
    thread.set_hwaccel("auto")
    thread.start()
    thread.open(sample_video)
    qtbot.waitUntil(
        lambda: bool(shown) and bool(states) and states[-1].playing.used == "fake", timeout=30_000
    )
    thread.play()
    qtbot.waitUntil(lambda: any(state.note for state in states), timeout=60_000)
    last = shown[-1]
    qtbot.waitUntil(lambda: shown[-1] > last + 512 * 5, timeout=30_000)
    thread.stop()
    assert thread.wait(30_000)
    assert any(state.active for state in states)
    # Playing begins by showing where it stands, again; who looks late sees only what came after it.
    assert shown[0] == 0
    assert shown.count(0) <= 2
    assert shown[shown.count(0) - 1 :] == sorted(set(shown))
    assert states[-1].playing.used is None
    bench.desk.close()
