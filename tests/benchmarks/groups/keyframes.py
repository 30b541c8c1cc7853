"""Every keyframe decoded: `reelscope keyframes --decode` against ffmpeg, as whole processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from imageio_ffmpeg import get_ffmpeg_exe

from tests.benchmarks.calm import calm
from tests.benchmarks.clips import (
    AV1_10MIN,
    HEVC_10MIN,
    HIGH_10MIN,
    LOW_10MIN,
    VP9_2MIN,
    Clip,
    clip_path,
    first_minute,
)
from tests.benchmarks.rows import Benchmark, Series
from tests.conftest import REPOSITORY

Say = Callable[[str], None]

_CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
_LONGEST_S = 1800


@dataclass(frozen=True, slots=True)
class Film:
    """What is measured under one name, and how often against each peer; 0 leaves a peer out."""

    name: str
    clip: Clip
    best: int
    usual: int
    select: int = 0
    only_key_packets: int = 0


FILMS = (
    Film("h264-low", LOW_10MIN, best=5, usual=2, select=1),
    Film("h264-high", HIGH_10MIN, best=3, usual=1, select=1),
    Film("hevc", HEVC_10MIN, best=3, usual=1),
    Film("vp9", VP9_2MIN, best=1, usual=0, only_key_packets=5),
    Film("av1", AV1_10MIN, best=3, usual=1),
)

_NULL = ("-map", "0:v:0", "-f", "null", "-")
_KEY_PACKETS = ("-bsf:v", "noise=drop=not(key)")
"""Drops what is no keyframe before it reaches a decoder: what skip_frame means, where decoders ignore it."""


def _measure(film: Film, say: Say) -> Mapping[str, Sequence[Series]]:
    path = clip_path(film.clip, say)
    say(f"  {film.name}: the same pictures?")
    keyframes = _check_pictures(path)
    found = [_bound(path, keyframes, say)]
    say(f"  {film.name}: against ffmpeg")
    best = ["-discard", "nokey", "-skip_frame", "nokey", "-i", str(path), *_NULL]
    found += _against("ffmpeg-best", path, best, film.best, say)
    packets = [*_KEY_PACKETS, "-i", str(path), *_NULL]
    found += _against("ffmpeg-key-packets", path, packets, film.only_key_packets, say)
    with tempfile.TemporaryDirectory() as folder:
        jpegs = ["-map", "0:v:0", "-q:v", "2", "-y", f"{folder}/%05d.jpg"]
        usual = ["-skip_frame", "nokey", "-i", str(path), "-fps_mode", "passthrough", *jpegs]
        found += _against("ffmpeg-usual", path, usual, film.usual, say)
        if film.select:
            say(f"  {film.name}: against ffmpeg decoding all of the first minute")
            short = first_minute(path)
            chosen = ["-vf", r"select=eq(pict_type\,I)", "-fps_mode", "vfr"]
            select = ["-i", str(short), *chosen, *jpegs]
            found += _against("ffmpeg-select", short, select, film.select, say, note="first minute")
    return {film.name: found}


def _against(
    peer: str, path: Path, words: Sequence[str], runs: int, say: Say, note: str = ""
) -> list[Series]:
    """Run both in turn; nothing for no runs."""
    series = Series("s", peer=peer, note=note)
    for _ in range(runs):
        theirs = [get_ffmpeg_exe(), "-v", "error", "-nostdin", *words]
        series.theirs.append([calm(partial(_wall_s, theirs), say, series)])
        series.ours.append([calm(partial(_wall_s, _ours(path)), say, series)])
    return [series] if runs else []


def _bound(path: Path, keyframes: int, say: Say) -> Series:
    """What decoding alone takes of all cores; ours is the whole process, here without any peer beside it."""
    series = Series("s", peer="bound", note=f"{keyframes} keyframes, {_CORES} cores")
    bound = [sys.executable, "-m", "tests.benchmarks.decoding_bound", str(path)]
    for _ in range(2):
        series.ours.append([calm(partial(_wall_s, _ours(path)), say, series)])
        series.theirs.append([float(calm(partial(_output, bound), say, series)) / _CORES])
    return series


def _ours(path: Path) -> list[str]:
    return [sys.executable, "-m", "app", "keyframes", "--decode", str(path)]


def _check_pictures(path: Path) -> int:
    """Compare our pictures bit by bit with those of ffmpeg, and return how many there are.

    This reads the file for the first time, so that all that follow find it in memory alike.
    """
    ours = json.loads(_output([*_ours(path), "--hash", "--json"]))
    words = ["-v", "error", "-nostdin", *_KEY_PACKETS, "-noautorotate", "-i", str(path), "-map", "0:v:0"]
    text = _output([get_ffmpeg_exe(), *words, "-fps_mode", "passthrough", "-f", "framecrc", "-"])
    theirs = [line.split(",")[5].strip() for line in text.splitlines() if not line.startswith("#")]
    if [entry["crc"] for entry in ours] != theirs:
        raise RuntimeError(f"{path.name}: not the keyframes that ffmpeg decodes")
    return len(ours)


def _wall_s(words: Sequence[str]) -> float:
    began = time.perf_counter()
    _output(words)
    return time.perf_counter() - began


def _output(words: Sequence[str]) -> str:
    done = subprocess.run(
        words, cwd=REPOSITORY, check=True, capture_output=True, text=True, timeout=_LONGEST_S
    )
    return done.stdout


BENCHMARKS = tuple(Benchmark("keyframes", (film.name,), partial(_measure, film)) for film in FILMS)
