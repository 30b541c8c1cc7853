"""How the bytes of a file come in: FFmpeg's own reading against the mapped file, in processor time."""

from __future__ import annotations

import random
import subprocess
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from av.stream import Discard

from app.core.reading import Reading
from app.media.opening import choose_video, open_media, read_only
from tests.benchmarks.calm import calm
from tests.benchmarks.clips import LONG_1080P, clip_path, ffmpeg
from tests.benchmarks.rows import Benchmark, Series

_BLOCKS = 7
_SEEKS = 200
_KINDS = ("mp4", "mkv", "ts")


def _packets(path: Path, reading: Reading) -> None:
    with open_media(path, packets_only=True, reading=reading) as container:
        for _ in container.demux():
            pass


def _keyframes(path: Path, reading: Reading) -> None:
    with open_media(path, packets_only=True, reading=reading) as container:
        stream = choose_video(container)
        assert stream is not None
        read_only(container, stream)
        stream.discard = Discard.nonkey
        for _ in container.demux(stream):
            pass


def _seeks(path: Path, reading: Reading) -> None:
    rng = random.Random(5)
    with open_media(path, packets_only=True, reading=reading) as container:
        length = container.duration or 0
        stream = choose_video(container)
        assert stream is not None
        read_only(container, stream)
        for _ in range(_SEEKS):
            container.seek(int(rng.random() * length))
            next(container.demux(stream))


_WORK: Mapping[str, Callable[[Path, Reading], None]] = {
    "packets": _packets,
    "keyframes": _keyframes,
    "seeks": _seeks,
}

NAMES = tuple(f"read-{work}-{kind}" for work in _WORK for kind in _KINDS)


def _measure(say: Callable[[str], None]) -> Mapping[str, Series]:
    files = {kind: _as(kind, say) for kind in _KINDS}
    series = {name: Series("ms", peer="mapped", note="of processor time") for name in NAMES}
    for _ in range(_BLOCKS):
        for name, each in series.items():
            _, work, kind = name.split("-")
            for way, taken in ((Reading.FILE, each.ours), (Reading.MAPPED, each.theirs)):
                taken.append([calm(partial(_cpu_ms, _WORK[work], files[kind], way), say, each)])
    return series


def _cpu_ms(work: Callable[[Path, Reading], None], path: Path, reading: Reading) -> float:
    began = time.process_time()
    work(path, reading)
    return (time.process_time() - began) * 1000


def _as(kind: str, say: Callable[[str], None]) -> Path:
    """The long clip in another container, made once beside it."""
    clip = clip_path(LONG_1080P, say)
    other = clip.with_suffix(f".{kind}")
    if not other.exists():
        part = other.with_name(f"{other.stem}.part.{kind}")
        command = [ffmpeg(), "-v", "error", "-y", "-i", str(clip), "-c", "copy", str(part)]
        subprocess.run(command, check=True, timeout=600)
        part.replace(other)
    return other


BENCHMARKS = (Benchmark("reading", NAMES, _measure),)
