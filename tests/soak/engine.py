"""The engine's memory: a film of three hours and 10 GB, and 200 analyses in one process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.clips import cache_folder
from tests.conftest import REPOSITORY
from tests.soak.analyses import KINDS
from tests.soak.sparse_files import GOP_S, Content, Huge, content, write_mkv, write_mp4

PEAK_MB = 500.0
SECOND_HALF_MB = 8.0
"""What may come in the second half: 2700 keyframes take less than one MiB, the rest is the allocator's."""

OPENING_SHARE = 0.003
"""How much of the file opening may read: 10 GB with 830,000 samples take 6 MB of index, read twice."""

EACH_KB = 50.0
SAMPLE = REPOSITORY / "resources" / "sample" / "sample.mp4"

FILM = Huge(length_s=3 * 3600, size=10_000_000_000)
SHORT_FILM = Huge(length_s=400, size=400_000_000)
WRITERS: dict[str, Callable[[Path, Huge, Content], None]] = {"mp4": write_mp4, "mkv": write_mkv}


def run(short: bool) -> bool:
    """Print the figures; whether all stayed within the limits."""
    if not sys.platform.startswith("linux"):
        print("engine: skipped, only Linux tells the memory of a process")
        return True
    right = repeated(SAMPLE, warm=4 if short else 40, count=4 if short else 200)
    film = SHORT_FILM if short else FILM
    cache_folder().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache_folder()) as folder:
        parts = content(Path(folder))
        for kind, write in WRITERS.items():
            path = Path(folder) / f"film.{kind}"
            write(path, film, parts)
            right = huge(path, film) and right
            path.unlink()
    return right


def huge(path: Path, film: Huge) -> bool:
    """Analyse a film as the window does; whether memory, opening and findings are as they should be."""
    (told,) = _told("one", str(path))
    half = max(told["tenths"][4:6])
    grown = max(*told["tenths"][6:], told["end"]) - half
    size, length = f"{film.size / 1e9:.1f} GB", f"{film.length_s / 3600:.1f} h"
    print(f"engine: {path.name}, {size}, {length}, {film.stretches} keyframes")
    print(f"  opened in {told['opened_s']:.2f} s, {told['opened_bytes'] / 1e6:.1f} MB read")
    print(f"  peak {told['peak']:.0f} MiB, second half {grown:+.1f} MiB; {told['bytes'] / 1e6:.0f} MB read")
    wrong = [
        *(
            ["more than the index was read to open it"]
            if told["opened_bytes"] > OPENING_SHARE * film.size + 8e6
            else []
        ),
        *(["it took too much memory"] if told["peak"] > PEAK_MB else []),
        *(["memory grew in the second half"] if grown > SECOND_HALF_MB else []),
        *(["keyframes are missing"] if told["keyframes"] != film.stretches else []),
        *(["times are wrong"] if abs(told["last_s"] - (film.length_s - GOP_S)) > 0.001 else []),
        *told["warnings"],
    ]
    return _said(wrong)


def repeated(path: Path, *, warm: int, count: int) -> bool:
    """Analyse again and again in one process; whether each left less than EACH_KB behind."""
    told = list(_told("many", str(path), str(warm), str(count), *KINDS))
    live = (told[-1]["live"] - told[0]["live"]) / 1024 / count
    middle = len(told) // 2
    # Free pages come and go by megabytes: only the highest of each half says something.
    halves = [max(each["resident"] for each in part) for part in (told[: middle + 1], told[middle:])]
    resident = (halves[1] - halves[0]) * 1024 / (count / 2)
    print(f"engine: {count} analyses in one process after {warm} others ({', '.join(KINDS)} in turn)")
    print(f"  {live:+.1f} kB each still in use")
    print(
        f"  resident {told[0]['resident']:.1f} -> {told[-1]['resident']:.1f} MiB, highest of the first half"
    )
    print(f"  {halves[0]:.1f}, of the second {halves[1]:.1f} MiB ({resident:+.1f} kB each)")
    wrong = ["each analysis leaves memory behind"] if live > EACH_KB else []
    if count >= 100 and resident > EACH_KB:
        wrong.append("resident memory grows")
    return _said(wrong)


def _said(wrong: Sequence[str]) -> bool:
    for sentence in wrong:
        print(f"  wrong: {sentence}")
    sys.stdout.flush()
    return not wrong


def _told(*words: str) -> Iterator[dict[str, Any]]:
    """What the process that analyses tells; Python takes memory from the C library there, which counts it."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.soak.analyses", *words], cwd=REPOSITORY, capture_output=True, text=True,
        env={**os.environ, "PYTHONMALLOC": "malloc"}, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"the analyses broke off: {done.stderr[-2000:]}")
    yield from map(json.loads, done.stdout.splitlines())
