"""What analyses are asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.analysis.request import AnalysisRequest, DetectRequest, SpeechRequest


@pytest.fixture
def everything(sample_dir: Path) -> AnalysisRequest:
    """All there is to find in the sample."""
    return AnalysisRequest(
        sample_dir / "sample.mp4",
        detect=DetectRequest(sample_dir / "shapes.onnx"),
        speech=SpeechRequest(sample_dir / "digits-q5_0.bin"),
        thumbnails=True,
    )
