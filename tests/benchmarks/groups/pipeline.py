"""From the file to detections and vectors, as whole processes: ours, JPEG files, plain loops, the bound."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias

from tests.benchmarks.calm import calm
from tests.benchmarks.clips import LONG_1080P, LONGER_1080P, Clip, clip_path
from tests.benchmarks.rows import Benchmark, Series
from tests.conftest import REPOSITORY, SHARED

_BLOCKS = 3
_PATIENCE_S = 900.0
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Work:
    """One row.

    Attributes:
        name: of the row.
        kind: of the model: yolox, yolov8 or encoder.
        model: name of its file in the folder of models, without ``.onnx``.
        clip: what is looked at.
        seconds: of it.
        frames: keyframes or all.
        peers: whom it is compared with.
    """

    name: str
    kind: str
    model: str
    clip: Clip
    seconds: float
    frames: str
    peers: tuple[str, ...]

    @property
    def model_path(self) -> Path:
        """The model's file."""
        return SHARED / "models" / f"{self.model}.onnx"


_Run: TypeAlias = Callable[[Work, Path, int, Path], float]
"""How a peer does it: the work, its clip, how many pictures are to be seen, a folder of its own; seconds."""

_WORKS = (
    Work("yolox-nano", "yolox", "yolox_nano", LONGER_1080P, 480, "keyframes", ("jpeg-files", "bound")),
    Work("yolov8n", "yolov8", "yolov8n_int8", LONG_1080P, 120, "keyframes", ("jpeg-files", "bound")),
    Work("all-frames", "yolox", "yolox_nano", LONG_1080P, 30, "all", ("opencv-loop", "decord-loop", "bound")),
    Work(
        "embeddings",
        "encoder",
        "derived_mobilenetv2_int8_feat1280",
        LONG_1080P,
        120,
        "keyframes",
        ("jpeg-files", "bound"),
    ),
)


def _measure_one(work: Work) -> Callable[[Say], Mapping[str, Sequence[Series]]]:
    def measure(say: Say) -> Mapping[str, Sequence[Series]]:
        if not work.model_path.is_file():
            say(f"{work.name}: the model {work.model} is not there")
            return {}
        return {work.name: list(_compare(work, clip_path(work.clip, say), say).values())}

    return measure


def _compare(work: Work, clip: Path, say: Say) -> dict[str, Series]:
    """Ours and each peer in turn, several times."""
    peers = {peer: run for peer, run in _PEERS.items() if peer in work.peers and _is_there(peer)}
    series = {peer: Series("s", peer=peer) for peer in peers}
    for block in range(_BLOCKS):
        ours, count = calm(partial(_ours, work, clip), say, *series.values())
        for peer, run in peers.items():
            theirs = calm(partial(_theirs, run, work, clip, count), say, series[peer])
            say(f"{work.name} {block + 1}/{_BLOCKS}: {ours:.2f} s, {peer} {theirs:.2f} s, {count} pictures")
            series[peer].ours.append([ours])
            series[peer].theirs.append([theirs])
    return series


def _theirs(run: _Run, work: Work, clip: Path, count: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        return run(work, clip, count, Path(folder))


def _ours(work: Work, clip: Path) -> tuple[float, int]:
    """Seconds, and how many pictures were looked at."""
    with tempfile.TemporaryDirectory() as folder:
        return _ours_in(work, clip, Path(folder))


def _ours_in(work: Work, clip: Path, folder: Path) -> tuple[float, int]:
    document = folder / "document.json"
    models = ["--detect", "none", "--embed", str(work.model_path)]
    if work.kind != "encoder":
        models = ["--detect", str(work.model_path)]
    span = f"0-{work.seconds:g}"
    command = ["-m", "app", "analyze", str(clip), "--frames", work.frames, "--range", span, *models]
    command += ["--speech", "none", "--device", "cpu", "--quiet", "--json", str(document)]
    seconds, _ = _run(sys.executable, *command)
    stages = json.loads(document.read_text(encoding="utf-8"))["run"]["stages"]
    return seconds, next(stage["items"] for stage in stages if stage["name"] == "pictures")


def _jpeg_files(work: Work, clip: Path, count: int, folder: Path) -> float:
    """The ffmpeg program writes good JPEG files by its best flags, and the plain loop reads them."""
    from imageio_ffmpeg import get_ffmpeg_exe

    keyframes = ["-discard", "nokey", "-skip_frame", "nokey"] if work.frames == "keyframes" else []
    limits = ["-t", f"{work.seconds:g}"]
    files = ["-fps_mode", "passthrough", "-q:v", "2", str(folder / "%06d.jpg")]
    written, _ = _run(get_ffmpeg_exe(), "-v", "error", *keyframes, *limits, "-i", str(clip), "-an", *files)
    return written + _plain_loop(work, folder, count)


def _plain_loop(work: Work, source: Path, count: int, reader: str = "opencv") -> float:
    module = "tests.benchmarks.peers.plain_loop"
    seconds, said = _run(
        sys.executable, "-m", module, work.kind, str(source), str(work.model_path), str(count), reader
    )
    seen = int(said.split()[0])
    if abs(seen - count) > 1:
        raise ValueError(f"the peer saw {seen} pictures, we saw {count}")
    return seconds


def _bound(work: Work, clip: Path, count: int, folder: Path) -> float:
    """The largest of decoding alone, inference alone, and the processor time of both by the cores."""
    import resource

    from app.core.cores import usable_cores

    parts = [sys.executable, "-m", "tests.benchmarks.peers.parts"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    decoding, _ = _run(*parts, "decode", str(clip), work.frames, f"{work.seconds:g}")
    inference, _ = _run(*parts, "infer", work.kind, str(work.model_path), str(count))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return max(decoding, inference, used / usable_cores())


def _run(*command: str) -> tuple[float, str]:
    """Seconds of a whole process, and what it said."""
    began = time.perf_counter()
    ended = subprocess.run(
        command, cwd=REPOSITORY, check=True, capture_output=True, text=True, timeout=_PATIENCE_S
    )
    return time.perf_counter() - began, ended.stdout


def _is_there(peer: str) -> bool:
    needed = {
        "jpeg-files": ("cv2", "imageio_ffmpeg"),
        "opencv-loop": ("cv2",),
        "decord-loop": ("cv2", "decord"),
        "bound": ("resource",),
    }
    return all(importlib.util.find_spec(module) is not None for module in needed.get(peer, ()))


_PEERS: Mapping[str, _Run] = {
    "jpeg-files": _jpeg_files,
    "opencv-loop": lambda work, clip, count, folder: _plain_loop(work, clip, count),
    "decord-loop": lambda work, clip, count, folder: _plain_loop(work, clip, count, "decord"),
    "bound": _bound,
}

BENCHMARKS = tuple(Benchmark("pipeline", (work.name,), _measure_one(work)) for work in _WORKS)
