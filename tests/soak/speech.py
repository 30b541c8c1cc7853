"""Three hours of talk: memory stays flat, the first text comes after one piece, and nothing is lost.

`python -m tests.soak.speech FILE` is the process whose memory is measured.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.analysis.engine import analyse
from app.analysis.request import AnalysisRequest, SpeechRequest
from app.core.events import Done, PieceHeard, Progress, SegmentFound, Stage
from tests.benchmarks.clips import cache_folder, ffmpeg
from tests.conftest import REPOSITORY, SHARED
from tests.soak.memory import peak_mb, resident_now_mb

_SAMPLE = REPOSITORY / "resources" / "sample"
_SAMPLE_S, _SAMPLE_LINES = 24, 6
_VOICE = SHARED / "models" / "for-tests-silero-v6.2.0-ggml.bin"

EARLY_S = 600.0
"""By then everything is loaded and has been used."""

GROWN_MB = 12.0
"""What may come after that: the lines themselves, some 3 kB each in three hours of talk, and free pages."""

FEWEST_LINES = 0.95


def run(short: bool) -> bool:
    """Print the figures; whether all stayed within the limits."""
    if not sys.platform.startswith("linux"):
        print("speech: skipped, only Linux tells the memory of a process")
        return True
    loops = 30 if short else 450
    cache_folder().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache_folder()) as folder:
        path = Path(folder) / "talk.m4a"
        looped = ["-stream_loop", str(loops - 1), "-i", str(_SAMPLE / "sample.mp4")]
        subprocess.run(
            [ffmpeg(), "-v", "error", *looped, "-map", "0:a", "-c", "copy", str(path)],
            check=True,
            timeout=600,
        )
        told = _told(path)
    grown, lines = told["end"] - told["early"], loops * _SAMPLE_LINES
    print(f"speech: {loops * _SAMPLE_S / 3600:.1f} h of sound, {told['lines']} lines of {lines}")
    print(f"  {told['pieces']} pieces, the first line after {told['pieces_before_text']}")
    print(
        f"  {told['early']:.0f} MiB after {min(EARLY_S, told['early_s']):.0f} s of sound, then {grown:+.1f}"
    )
    print(f"  peak {told['peak']:.0f} MiB")
    wrong = [
        *(["memory grew"] if grown > GROWN_MB else []),
        *(["lines are missing"] if told["lines"] < FEWEST_LINES * lines else []),
        *(["the first text came late"] if told["pieces_before_text"] != 1 else []),
    ]
    for sentence in wrong:
        print(f"  wrong: {sentence}")
    return not wrong


def listen(path: Path, early_s: float) -> dict[str, Any]:
    """Hear a file; resident MiB when ``early_s`` of it were heard, and at the end."""
    voice = _VOICE if _VOICE.is_file() else None
    speech = SpeechRequest(_SAMPLE / "digits-q5_0.bin", language="en", vad_model=voice)
    early: float | None = None
    reached_s, pieces, lines, before_text, outcome = 0.0, 0, 0, 0, None
    for event in analyse(AnalysisRequest(path, speech=speech)):
        match event:
            case PieceHeard():
                pieces += 1
            case SegmentFound():
                before_text = before_text or pieces
                lines += 1
            case Progress(stage=Stage.SPEECH, done_s=done_s):
                if early is None and done_s >= early_s:
                    early, reached_s = resident_now_mb(), done_s
            case _:
                outcome = event
    if not isinstance(outcome, Done) or early is None:
        raise SystemExit(f"the analysis ended with {outcome!r:.300}")
    told = {"early": early, "early_s": reached_s, "end": resident_now_mb(), "peak": peak_mb()}
    return told | {"pieces": pieces, "lines": lines, "pieces_before_text": before_text}


def _told(path: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.soak.speech", str(path)],
        cwd=REPOSITORY, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"hearing it broke off: {done.stderr[-2000:]}")
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def main(words: Sequence[str]) -> None:
    """Be the process: a JSON object."""
    print(json.dumps(listen(Path(words[0]), EARLY_S)))


if __name__ == "__main__":
    main(sys.argv[1:])
