"""Decoder and live detector together: boxes of the picture shown, the same that an analysis finds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.analysis.engine import analyse
from app.analysis.request import AnalysisRequest, DetectRequest
from app.core.events import PictureAnalysed
from app.core.geometry import Size
from app.workers.decoder_thread import DecoderThread
from app.workers.inference_thread import InferenceThread
from app.workers.notices import LiveResult


class Pair(QObject):
    """The two threads, connected as in the window."""

    def __init__(self) -> None:
        super().__init__()
        self.decoder, self.live = DecoderThread(), InferenceThread()
        self.results: list[LiveResult] = []
        self.awaited = 0
        self.decoder.set_view_size(Size(240, 240))
        self.decoder.set_live_tap(self.live)
        self.live.live_wanted.connect(self.decoder.show_again)
        self.live.live_ready.connect(self.take)
        self.decoder.start()
        self.live.start()

    def take(self) -> None:
        result = self.live.live_out.poll()
        if result is not None:
            self.results.append(result)


@pytest.fixture
def pair(qtbot: QtBot) -> Iterator[Pair]:
    pair = Pair()
    yield pair
    for thread in (pair.live, pair.decoder):
        thread.stop()
        assert thread.wait(10_000)


def test_live_boxes_are_those_of_an_analysis(
    pair: Pair, qtbot: QtBot, sample_video: Path, sample_dir: Path
) -> None:
    wanted = DetectRequest(sample_dir / "shapes.onnx")
    found = [
        event
        for event in analyse(AnalysisRequest(sample_video, detect=wanted))
        if isinstance(event, PictureAnalysed)
    ]
    assert any(event.detections for event in found)
    pair.decoder.open(sample_video)
    pair.live.set_live_detector(wanted)
    qtbot.waitUntil(lambda: len(pair.results) == 1, timeout=20_000)
    for event in found:
        pair.awaited = pair.decoder.seek(event.time_s)
        qtbot.waitUntil(lambda: pair.results[-1].generation == pair.awaited, timeout=20_000)
        assert pair.results[-1] == LiveResult(event.pts, event.time_s, event.detections, pair.awaited)


def test_another_threshold_acts_on_the_picture_shown(
    pair: Pair, qtbot: QtBot, sample_video: Path, sample_dir: Path
) -> None:
    model = sample_dir / "shapes.onnx"
    pair.decoder.open(sample_video)
    pair.live.set_live_detector(DetectRequest(model, confidence=0.05))
    qtbot.waitUntil(lambda: len(pair.results) == 1, timeout=20_000)
    scores = sorted(one.confidence for one in pair.results[0].detections)
    between = (scores[0] + scores[-1]) / 2
    pair.live.set_live_detector(DetectRequest(model, confidence=between))
    qtbot.waitUntil(lambda: len(pair.results) == 2, timeout=20_000)
    left = sorted(one.confidence for one in pair.results[1].detections)
    assert left == [score for score in scores if score >= between]
    assert 0 < len(left) < len(scores)
