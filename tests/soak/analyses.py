"""Analyses in a process of their own, which tells on standard output how much memory they take.

`python -m tests.soak.analyses one FILE`: one analysis; `many FILE WARM COUNT KIND...`: one after the other.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from app.analysis.engine import analyse
from app.analysis.request import AnalysisRequest, DetectRequest, SpeechRequest
from app.core.events import Done, KeyframesFound, MediaOpened
from app.core.time import WHOLE, TimeSpan
from tests.conftest import REPOSITORY
from tests.soak.memory import live_bytes, peak_mb, resident_mb, resident_now_mb

_SAMPLE = REPOSITORY / "resources" / "sample"
_PART = TimeSpan(0.0, 6.0)

KINDS = ("keyframes", "objects", "speech", "window")
"""What an analysis does; ``window`` makes thumbnails and loudness for the strip, too."""


def one(path: Path) -> dict[str, Any]:
    """Analyse as for the window; what opening took, and resident MiB after each tenth of the keyframes."""
    told: dict[str, Any] = {}
    began, read = time.monotonic(), _bytes_read()
    resident: list[float] = []
    outcome = None
    for event in analyse(AnalysisRequest(path, thumbnails=True)):
        match event:
            case MediaOpened():
                told |= {"opened_s": time.monotonic() - began, "opened_bytes": _bytes_read() - read}
            case KeyframesFound(found):
                resident += [resident_now_mb()] * len(found)
            case _:
                outcome = event
    if not isinstance(outcome, Done):
        raise SystemExit(f"the analysis ended with {outcome!r:.300}")
    told["tenths"] = [resident[len(resident) * tenth // 10] for tenth in range(10)]
    keyframes = [each.time_s for each in outcome.result.keyframes]
    told |= {"peak": peak_mb(), "end": resident_now_mb(), "bytes": _bytes_read() - read}
    return told | {"keyframes": len(keyframes), "last_s": keyframes[-1], "warnings": outcome.result.warnings}


def many(path: Path, warm: int, count: int, kinds: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Analyse again and again, each kind in turn; what is held after every full turn."""
    span = _PART if path == _SAMPLE / "sample.mp4" else WHOLE
    for number in range(1, warm + count + 1):
        *_, last = analyse(_request(path, span, kinds[number % len(kinds)]))
        if not isinstance(last, Done):
            raise SystemExit(f"analysis {number} ended with {last!r:.300}")
        del last
        if number >= warm and (number - warm) % len(kinds) == 0:
            yield {"number": number - warm, "live": live_bytes(), "resident": resident_mb()}


def _request(path: Path, span: TimeSpan, kind: str) -> AnalysisRequest:
    return AnalysisRequest(
        path,
        span=span,
        detect=DetectRequest(_SAMPLE / "shapes.onnx") if kind in ("objects", "window") else None,
        speech=SpeechRequest(_SAMPLE / "digits-q5_0.bin") if kind == "speech" else None,
        thumbnails=kind == "window",
    )


def _bytes_read() -> int:
    lines = Path("/proc/self/io").read_text(encoding="ascii").splitlines()
    return int(dict(line.split(": ") for line in lines)["rchar"])


def main(words: Sequence[str]) -> None:
    """Be the process: a JSON object on each line."""
    if words[0] == "one":
        print(json.dumps(one(Path(words[1]))))
        return
    for told in many(Path(words[1]), int(words[2]), int(words[3]), words[4:]):
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
