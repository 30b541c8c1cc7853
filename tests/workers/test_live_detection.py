from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from app.analysis.request import DetectRequest
from app.core.cancel import CancelToken
from app.core.errors import ModelError
from app.core.frame import PixelFormat, VideoFrame
from app.core.geometry import Box, Letterbox, Size
from app.core.results import Detection
from app.core.time import MediaTime
from app.workers.live_detection import LiveDetection, PictureWanted
from app.workers.notices import LiveFailed, LiveResult
from tests.workers.fakes import DISPLAY, FakePicture, make_frame

INNER = Size(64, 36)
NANO, TINY = DetectRequest(Path("nano.onnx")), DetectRequest(Path("tiny.onnx"))


class FakeDetector:
    def __init__(self) -> None:
        self.looked_at: list[tuple[int, float]] = []

    def placement(self, display: Size) -> Letterbox:
        return Letterbox.fit(display, Size(64, 64))

    def detect(
        self,
        frame: VideoFrame,
        *,
        confidence: float = 0.25,
        iou: float = 0.45,
        labels: tuple[str, ...] = (),
        cancel: CancelToken | None = None,
    ) -> tuple[Detection, ...]:
        self.looked_at.append((frame.time.pts, confidence))
        return (Detection(frame.time.pts, frame.time_s, "person", 0, 0.9, Box(0, 0, 9, 9)),)


class Bench:
    """A LiveDetection with a loader that counts."""

    def __init__(self) -> None:
        self.detector = FakeDetector()
        self.loads: list[DetectRequest] = []
        self.wakes = 0
        self.live = LiveDetection(self._load, self._wake)

    def _load(self, request: DetectRequest) -> FakeDetector:
        self.loads.append(request)
        if request.model.name == "broken.onnx":
            raise ModelError("broken.onnx is no model.")
        return self.detector

    def _wake(self) -> None:
        self.wakes += 1

    def run(self) -> list[LiveResult | LiveFailed | PictureWanted | None]:
        told = []
        while self.live.due:
            told.append(self.live.work())
        return told


def picture(pts: int, generation: int = 1, size: Size = INNER) -> VideoFrame:
    made = FakePicture(MediaTime(pts, Fraction(1, 1000)), None, False)
    return make_frame(made, size, PixelFormat.PLANAR_RGB_FLOAT, generation)


@pytest.fixture
def bench() -> Bench:
    """A detector that is loaded and has told its size for the film's pictures."""
    bench = Bench()
    bench.live.set_request(NANO)
    assert bench.run() == [PictureWanted()]
    assert bench.live.wanted_size(DISPLAY) is None
    assert bench.run() == [PictureWanted()]
    assert bench.live.wanted_size(DISPLAY) == INNER
    return bench


def test_nothing_is_wanted_before_a_detector_is_set() -> None:
    bench = Bench()
    assert bench.live.wanted_size(DISPLAY) is None
    assert not bench.live.due


def test_only_the_newest_picture_is_looked_at(bench: Bench) -> None:
    for pts in range(5):
        bench.live.look_at(picture(pts))
    (result,) = bench.run()
    assert isinstance(result, LiveResult)
    assert (result.pts, result.time_s, result.generation) == (4, 0.004, 1)
    assert result.detections[0].label == "person"
    assert bench.detector.looked_at == [(4, 0.25)]


def test_another_threshold_looks_again_without_loading(bench: Bench) -> None:
    bench.live.look_at(picture(7))
    bench.run()
    bench.live.set_request(DetectRequest(NANO.model, confidence=0.6))
    (result,) = bench.run()
    assert isinstance(result, LiveResult)
    assert bench.detector.looked_at == [(7, 0.25), (7, 0.6)]
    assert bench.loads == [NANO]


def test_the_same_picture_is_not_looked_at_twice(bench: Bench) -> None:
    bench.live.look_at(picture(7))
    bench.live.look_at(picture(7))
    bench.run()
    bench.live.look_at(picture(7))
    assert bench.run() == [None]
    bench.live.look_at(picture(7, generation=2))
    assert isinstance(bench.run()[0], LiveResult)


def test_another_model_forgets_the_size_and_the_picture(bench: Bench) -> None:
    bench.live.look_at(picture(7))
    bench.live.set_request(TINY)
    assert bench.live.wanted_size(DISPLAY) is None
    assert bench.run() == [PictureWanted(), PictureWanted()]
    assert bench.loads == [NANO, TINY]
    assert bench.detector.looked_at == []


def test_a_picture_of_the_wrong_size_is_left_alone(bench: Bench) -> None:
    bench.live.look_at(picture(7, size=Size(32, 18)))
    assert bench.run() == [None]


def test_switching_off_lets_the_detector_go(bench: Bench) -> None:
    bench.live.set_request(None)
    assert bench.run() == [None]
    assert bench.live.wanted_size(DISPLAY) is None
    bench.live.set_request(NANO)
    bench.run()
    assert bench.loads == [NANO, NANO]


def test_a_broken_model_is_told_once_and_can_be_tried_again() -> None:
    bench = Bench()
    broken = DetectRequest(Path("broken.onnx"))
    bench.live.set_request(broken)
    assert bench.run() == [LiveFailed("broken.onnx is no model.")]
    assert bench.live.wanted_size(DISPLAY) is None
    assert not bench.live.due
    bench.live.set_request(broken)
    assert bench.run() == [LiveFailed("broken.onnx is no model.")]


def test_a_picture_for_the_screen_is_refused(bench: Bench) -> None:
    with pytest.raises(ValueError, match="planar"):
        bench.live.look_at(make_frame(FakePicture(MediaTime(0, Fraction(1)), None, True), INNER))


def test_closing_lets_running_work_go(bench: Bench) -> None:
    bench.live.look_at(picture(1))
    bench.live.close()
    bench.run()
    assert bench.detector.looked_at == []
