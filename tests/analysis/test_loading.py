"""What an analysis imports: no more than its request needs, as that costs a short one much of its time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

_ANALYSE = """
import json, sys
from pathlib import Path
from app.analysis.engine import analyse
from app.analysis.request import AnalysisRequest, DetectRequest
from app.core.events import Done
video, detector = Path(sys.argv[1]), sys.argv[2:]
request = AnalysisRequest(video, detect=DetectRequest(Path(detector[0])) if detector else None)
assert isinstance(list(analyse(request))[-1], Done)
print(json.dumps(sorted(sys.modules)))
"""


@pytest.mark.parametrize("detects", [False, True])
def test_models_that_nobody_asked_for_are_not_imported(
    sample_dir: Path, repository: Path, detects: bool
) -> None:
    detector = [str(sample_dir / "shapes.onnx")] if detects else []
    command = [sys.executable, "-c", _ANALYSE, str(sample_dir / "sample.mp4"), *detector]
    ended = subprocess.run(command, capture_output=True, cwd=repository, check=True, timeout=120)
    imported = json.loads(ended.stdout)
    assert ("app.inference.detector" in imported) is detects
    assert ("onnxruntime" in imported) is detects
    assert not {"app.inference.embedder", "app.inference.speech_model"} & set(imported)
