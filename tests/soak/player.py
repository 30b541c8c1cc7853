"""1000 random seeks and 20 opened files leave no memory behind."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.clips import LONG_1080P, clip_path
from tests.benchmarks.watcher import Watcher
from tests.conftest import REPOSITORY, SHARED
from tests.soak.memory import resident_mb

LIMIT_MB = 30.0
SAMPLE = REPOSITORY / "resources" / "sample" / "sample.mp4"

OPENED = (
    "am_8k24fps_300ms.mp4", "am_bbb_2500ms.ts", "am_bbb_642x642_768kbps_30fps_vp9.webm",
    "am_dolbyVision-hdr.MOV", "am_internal_emulator_transformer_output_270_rotated.mp4", "am_sample.avi",
    "am_sample.flv", "am_sample_vvc.mp4", "am_sample_with_srt.mkv", "am_sowt-with-video.mov",
    "ft_fixture-mjpeg.mov", "ft_fixture-raw.mts", "ft_fixture.3gp", "ft_fixture.ogm", "ft_fixture2.mpg",
    "intel_preview_classroom.gif", "mb_hevc.ts", "mdn_tears-of-steel-battle-clip-medium.webm",
    "tc_av1_video.mkv", "tc_nasa_13013.mp4",
)  # fmt: skip
"""One of each kind: containers, codecs, 8-bit and 10-bit, turned, with sound and without, with subtitles."""


@dataclass(frozen=True, slots=True)
class Held:
    """Resident MiB with the long clip open at the same place, and with no file open."""

    open_mb: float
    closed_mb: float


def run(short: bool) -> bool:
    """Print the figures; whether the memory stayed within the limit."""
    if not sys.platform.startswith("linux"):
        print("player: skipped, only Linux tells the resident memory")
        return True
    if short:
        return trial(SAMPLE, [SAMPLE, SAMPLE], seeks=40)
    long_clip = clip_path(LONG_1080P, print)
    media = [SHARED / "media" / name for name in OPENED]
    files = [path if path.is_file() else SAMPLE for path in media]
    return trial(long_clip, files, seeks=1000)


def trial(long_clip: Path, files: Sequence[Path], *, seeks: int) -> bool:
    """Warm up by opening every file once, then do it all again with ``seeks`` random seeks in between."""
    rng = random.Random(3)
    with Watcher(long_clip) as watcher:
        _visit(watcher, long_clip, files, seeks // 10, rng)
        before = _held(watcher, long_clip)
        _visit(watcher, long_clip, files, seeks, rng)
        after = _held(watcher, long_clip)
    print(f"player: {seeks} seeks in {long_clip.name}, {len(files)} files opened in between, MiB resident:")
    print(f"  with the clip open   {before.open_mb:7.1f} -> {after.open_mb:7.1f}")
    print(f"  with no file open    {before.closed_mb:7.1f} -> {after.closed_mb:7.1f}")
    grown = max(after.open_mb - before.open_mb, after.closed_mb - before.closed_mb)
    print(f"  grown by {grown:.1f}, allowed are {LIMIT_MB:.0f}")
    return grown <= LIMIT_MB


def _visit(watcher: Watcher, long_clip: Path, files: Sequence[Path], seeks: int, rng: random.Random) -> None:
    """Seek in the long clip; after each share of the seeks another file is opened, sought in and left."""
    each = max(1, seeks // len(files))
    for path in _with_returns(long_clip, files):
        length_s = watcher.open(path)
        count = each if path == long_clip else 2
        for number in range(count):
            watcher.visit(rng.uniform(0, length_s), exact=bool(number % 4))


def _with_returns(long_clip: Path, files: Sequence[Path]) -> Iterator[Path]:
    for path in files:
        yield long_clip
        yield path


def _held(watcher: Watcher, long_clip: Path) -> Held:
    """Measure at the same place each time, after the same way there."""
    watcher.open(long_clip)
    for time_s in (20.0, 3.0, 11.0):
        watcher.visit(time_s)
    open_mb = resident_mb()
    watcher.decoder.close()
    watcher.wait_s(0.5)
    return Held(open_mb, resident_mb())
