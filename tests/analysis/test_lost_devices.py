"""Whole analyses whose device gives up: the CPU's own document, and the truth about what ran where."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.analysis.engine import analyse
from app.analysis.request import AnalysisRequest, DetectRequest, FramePolicy
from app.core.events import Done, WarningRaised
from app.core.results import AnalysisResult
from app.core.time import TimeSpan
from app.inference import native_session
from tests.inference import devices as fakes


def analysed(request: AnalysisRequest) -> tuple[AnalysisResult, list[str]]:
    events = list(analyse(request))
    assert isinstance(events[-1], Done)
    return events[-1].result, [event.sentence for event in events if isinstance(event, WarningRaised)]


def request_of(sample_dir: Path) -> AnalysisRequest:
    detect = DetectRequest(sample_dir / "shapes.onnx")
    span, frames = TimeSpan(0, 3), FramePolicy.parse("fps:4")
    return AnalysisRequest(sample_dir / "sample.mp4", span, frames, detect, device="cpu")


@pytest.fixture(scope="module")
def right(sample_dir: Path) -> AnalysisResult:
    """What the CPU finds."""
    return analysed(request_of(sample_dir))[0]


@pytest.mark.parametrize(
    ("runtime", "device", "words"),
    [
        (fakes.FakeRuntime(), "cuda", ""),
        (fakes.FakeRuntime(runs=5), "cuda, then cpu", "stopped working"),
        (fakes.FakeRuntime(runs=5, failure=fakes.NO_MEMORY_CUDA), "cuda, then cpu", "ran out of memory"),
        (fakes.FakeRuntime(at_loading=fakes.NO_MEMORY_CUBLAS), "cpu", "has too little memory"),
    ],
)
def test_a_lost_device_costs_no_detection_and_is_told_once(
    sample_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
    right: AnalysisResult,
    runtime: fakes.FakeRuntime,
    device: str,
    words: str,
) -> None:
    monkeypatch.setattr(native_session, "runtime", lambda: runtime)
    result, told = analysed(replace(request_of(sample_dir), device="cuda"))
    assert result.detections == right.detections
    assert len(result.detections) > 10
    assert right.run.device == {"decoding": "software", "detector": "cpu"}
    assert result.run.device == {"decoding": "software", "detector": device}
    assert len(told) == len(result.warnings) == (1 if words else 0)
    assert all(words in sentence for sentence in told)
