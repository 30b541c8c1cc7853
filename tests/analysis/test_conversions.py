"""Nothing converts a picture that is not looked at; strip and shots share one small copy."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from app.analysis.engine import analyse
from app.analysis.request import AnalysisRequest, DetectRequest, FramePolicy
from app.core.events import PictureAnalysed
from app.media.convert import Converter


@pytest.mark.parametrize("playhead_first", [False, True])
@pytest.mark.parametrize("frames", ["keyframes", "every:40", "fps:0.5"])
def test_each_looked_at_picture_is_scaled_once_for_strip_and_shots_and_once_for_the_detector(
    sample_dir: Path, monkeypatch: pytest.MonkeyPatch, frames: str, playhead_first: bool
) -> None:
    converted: Counter[int] = Counter()
    reformat = Converter._reformat

    def counting(self: Converter, decoded: Any, *rest: Any) -> Any:
        converted[decoded.pts] += 1
        return reformat(self, decoded, *rest)

    monkeypatch.setattr(Converter, "_reformat", counting)
    request = AnalysisRequest(
        sample_dir / "sample.mp4",
        frames=FramePolicy.parse(frames),
        detect=DetectRequest(sample_dir / "shapes.onnx"),
        thumbnails=True,
        playhead_first=playhead_first,
    )
    looked_at = [event.pts for event in analyse(request) if isinstance(event, PictureAnalysed)]
    assert converted == dict.fromkeys(looked_at, 2)
