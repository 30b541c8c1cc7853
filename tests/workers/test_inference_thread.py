from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.analysis.request import AnalysisRequest, DetectRequest
from app.core.control import Control
from app.core.errors import CancelledError, MediaError
from app.core.events import Cancelled, Done, Event, Failed, MediaOpened, PictureAnalysed, Progress, Stage
from app.core.frame import PixelFormat, VideoFrame
from app.core.geometry import Size
from app.core.time import MediaTime
from app.workers.inference_thread import InferenceThread
from app.workers.notices import LiveFailed, LiveResult
from tests.workers.fakes import DISPLAY, FakePicture, make_frame
from tests.workers.test_live_detection import INNER, FakeDetector

REQUEST = AnalysisRequest(Path("film.mp4"))
OTHER = AnalysisRequest(Path("other.mp4"))
Start = Callable[..., InferenceThread]


def progress(number: int) -> Event:
    return Progress(Stage.PICTURES, float(number), None)


@pytest.fixture
def start(qtbot: QtBot) -> Iterator[Start]:
    """Starts a thread, and ends it with the test."""
    threads: list[InferenceThread] = []

    def make(**arguments: object) -> InferenceThread:
        thread = InferenceThread(**arguments)  # type: ignore[arg-type]
        threads.append(thread)
        thread.start()
        return thread

    yield make
    for thread in threads:
        thread.stop()
        thread.stop()
        assert thread.wait(10_000)


class Reading(QObject):
    """Takes events as the window does. A QObject: a plain object would be called in the other thread."""

    def __init__(self, thread: InferenceThread) -> None:
        super().__init__()
        self.worker = thread
        self.events: list[Event] = []
        self.drains = 0
        thread.events_ready.connect(self.drain)

    def drain(self) -> None:
        self.drains += 1
        self.events += self.worker.take_events()

    def outcomes(self) -> list[Event]:
        return [event for event in self.events if isinstance(event, Done | Failed | Cancelled)]


def test_events_come_in_order_and_the_outcome_last(start: Start, qtbot: QtBot) -> None:
    def analyse(request: AnalysisRequest, control: Control) -> Iterator[Event]:
        yield from (progress(number) for number in range(2000))
        yield Failed("It rained.", None)

    reading = Reading(start(analyse=analyse))
    reading.worker.analyse(REQUEST)
    qtbot.waitUntil(lambda: bool(reading.outcomes()))
    assert reading.events == [*(progress(number) for number in range(2000)), Failed("It rained.", None)]
    assert reading.drains < 2000


def test_the_analysis_waits_for_a_window_that_lags(start: Start, qtbot: QtBot) -> None:
    made = 0

    def analyse(request: AnalysisRequest, control: Control) -> Iterator[Event]:
        nonlocal made
        for made in range(1, 5001):
            yield progress(made)
        yield Failed("It rained.", None)

    thread = start(analyse=analyse)
    thread.analyse(REQUEST)
    # Nobody takes anything: 256 wait, and one is on its way.
    qtbot.waitUntil(lambda: made == 257)
    assert len(thread.take_events()) == 256
    qtbot.waitUntil(lambda: made == 513)
    thread.cancel()
    # The rest of the iteration is swallowed; the engine's own outcome counts.
    qtbot.waitUntil(lambda: thread.take_events() == [Failed("It rained.", None)])


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (MediaError("film.mp4 is damaged."), Failed("film.mp4 is damaged.", None)),
        (CancelledError(), Cancelled(None)),
    ],
)
def test_errors_become_outcomes(start: Start, qtbot: QtBot, error: Exception, outcome: Event) -> None:
    def analyse(request: AnalysisRequest, control: Control) -> Iterator[Event]:
        yield progress(1)
        raise error

    reading = Reading(start(analyse=analyse))
    reading.worker.analyse(REQUEST)
    qtbot.waitUntil(lambda: bool(reading.outcomes()))
    assert reading.events == [progress(1), outcome]


@pytest.mark.expect_log("unexpected")
def test_a_fault_is_logged_told_in_a_sentence_and_survived(start: Start, qtbot: QtBot) -> None:
    def analyse(request: AnalysisRequest, control: Control) -> Iterator[Event]:
        yield progress(1)
        raise ZeroDivisionError

    reading = Reading(start(analyse=analyse))
    reading.worker.analyse(REQUEST)
    qtbot.waitUntil(lambda: len(reading.outcomes()) == 1)
    reading.worker.analyse(REQUEST)
    qtbot.waitUntil(lambda: len(reading.outcomes()) == 2)
    for outcome in reading.outcomes():
        assert isinstance(outcome, Failed)
        assert "fault of the program" in outcome.sentence


def test_an_analysis_that_says_nothing_has_failed(start: Start, qtbot: QtBot) -> None:
    def analyse(request: AnalysisRequest, control: Control) -> Iterator[Event]:
        return iter(())

    reading = Reading(start(analyse=analyse))
    reading.worker.analyse(REQUEST)
    qtbot.waitUntil(lambda: bool(reading.outcomes()))
    assert isinstance(reading.events[0], Failed)


class Patient:
    """An analysis that goes on until it is cancelled."""

    def __init__(self) -> None:
        self.begun: list[str] = []

    def __call__(self, request: AnalysisRequest, control: Control) -> Iterator[Event]:
        self.begun.append(request.path.name)
        yield progress(len(self.begun))
        cancelled = threading.Event()
        control.cancel.on_cancel(cancelled.set)
        cancelled.wait(20)
        yield progress(99)
        yield Cancelled(None)


def test_cancelling_gives_one_outcome_and_nothing_after(start: Start, qtbot: QtBot) -> None:
    analyse = Patient()
    reading = Reading(start(analyse=analyse))
    reading.worker.analyse(REQUEST)
    qtbot.waitUntil(lambda: reading.events == [progress(1)])
    reading.worker.cancel()
    reading.worker.cancel()
    qtbot.waitUntil(lambda: bool(reading.outcomes()))
    assert reading.events == [progress(1), Cancelled(None)]
    reading.worker.cancel()
    assert reading.worker.take_events() == []


def test_a_new_analysis_ends_the_one_before_whose_outcome_comes_first(start: Start, qtbot: QtBot) -> None:
    analyse = Patient()
    reading = Reading(start(analyse=analyse))
    reading.worker.analyse(REQUEST)
    qtbot.waitUntil(lambda: reading.events == [progress(1)])
    reading.worker.analyse(REQUEST)
    reading.worker.analyse(OTHER)
    qtbot.waitUntil(lambda: progress(2) in reading.events)
    assert reading.events == [progress(1), Cancelled(None), Cancelled(None), progress(2)]
    assert analyse.begun == ["film.mp4", "other.mp4"]


def test_stopping_in_the_middle_leaves_no_thread(start: Start, qtbot: QtBot) -> None:
    reading = Reading(start(analyse=Patient()))
    reading.worker.analyse(REQUEST)
    qtbot.waitUntil(lambda: bool(reading.events))
    reading.worker.stop()
    assert reading.worker.wait(10_000)
    reading.worker.analyse(REQUEST)
    assert [type(event) for event in reading.worker.take_events()] == [Cancelled]


def test_pausing_and_where_one_looks_reach_the_newest_analysis(start: Start, qtbot: QtBot) -> None:
    controls: list[Control] = []

    def analyse(request: AnalysisRequest, control: Control) -> Iterator[Event]:
        controls.append(control)
        yield progress(1)
        cancelled = threading.Event()
        control.cancel.on_cancel(cancelled.set)
        cancelled.wait(20)

    worker = start(analyse=analyse)
    worker.pause()
    worker.set_focus(3.0)
    worker.analyse(REQUEST)
    qtbot.waitUntil(lambda: len(controls) == 1)
    assert (controls[0].paused, controls[0].focus_s) == (False, 3.0)
    worker.pause()
    worker.set_focus(None)
    assert (controls[0].paused, controls[0].focus_s) == (True, None)
    worker.resume()
    assert not controls[0].paused
    worker.pause()
    worker.analyse(OTHER)
    qtbot.waitUntil(lambda: len(controls) == 2)
    assert not controls[1].paused


def test_a_spare_child_waits_and_ends_with_the_thread(start: Start, qtbot: QtBot, sample_video: Path) -> None:
    reading = Reading(start())
    reading.worker.prepare()
    for _ in range(2):
        reading.worker.analyse(AnalysisRequest(sample_video))
    qtbot.waitUntil(lambda: len(reading.outcomes()) == 2, timeout=60_000)
    assert isinstance(reading.events[-1], Done)


def test_stopping_before_the_start(qtbot: QtBot) -> None:
    thread = InferenceThread()
    thread.stop()
    thread.start()
    assert thread.wait(10_000)


def test_the_engine_runs_behind_it(start: Start, qtbot: QtBot, sample_video: Path, sample_dir: Path) -> None:
    reading = Reading(start())
    request = AnalysisRequest(sample_video, detect=DetectRequest(sample_dir / "shapes.onnx"))
    reading.worker.analyse(request)
    qtbot.waitUntil(lambda: bool(reading.outcomes()), timeout=60_000)
    assert isinstance(reading.events[0], MediaOpened)
    assert isinstance(reading.events[-1], Done)
    looked_at = [event.pts for event in reading.events if isinstance(event, PictureAnalysed)]
    assert looked_at == [keyframe.pts for keyframe in reading.events[-1].result.keyframes]


# --- live boxes ---


def test_live_boxes_from_setting_a_detector_to_the_result(start: Start, qtbot: QtBot) -> None:
    detector = FakeDetector()
    thread = start(load_detector=lambda request: detector)
    with qtbot.waitSignal(thread.live_wanted):
        thread.set_live_detector(DetectRequest(Path("nano.onnx")))
    with qtbot.waitSignal(thread.live_wanted):
        assert thread.wanted_size(DISPLAY) is None
    assert thread.wanted_size(DISPLAY) == INNER
    with qtbot.waitSignal(thread.live_ready):
        thread.look_at(_planar(40, INNER))
    result = thread.live_out.poll()
    assert isinstance(result, LiveResult)
    assert (result.pts, result.generation, len(result.detections)) == (40, 3, 1)


def _planar(pts: int, size: Size) -> VideoFrame:
    picture = FakePicture(MediaTime(pts, Fraction(1, 1000)), None, True)
    return make_frame(picture, size, PixelFormat.PLANAR_RGB_FLOAT, 3)


def test_a_detector_that_cannot_be_loaded_is_told(start: Start, qtbot: QtBot, tmp_path: Path) -> None:
    thread = start()
    (tmp_path / "text.onnx").write_text("no model", encoding="utf-8")
    with qtbot.waitSignal(thread.live_failed) as failed:
        thread.set_live_detector(DetectRequest(tmp_path / "text.onnx"))
    assert isinstance(failed.args[0], LiveFailed)
    assert "text" in failed.args[0].sentence


@pytest.mark.expect_log("live detector met something unexpected")
def test_a_fault_in_a_detector_costs_the_boxes_not_the_thread(start: Start, qtbot: QtBot) -> None:
    def load(request: DetectRequest) -> FakeDetector:
        if request.model.name == "faulty.onnx":
            raise ZeroDivisionError
        return FakeDetector()

    thread = start(load_detector=load)
    with qtbot.waitSignal(thread.live_failed):
        thread.set_live_detector(DetectRequest(Path("faulty.onnx")))
    with qtbot.waitSignal(thread.live_wanted):
        thread.set_live_detector(DetectRequest(Path("good.onnx")))
