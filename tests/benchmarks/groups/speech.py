"""Speech to text, from the video to the document, as whole processes: ours and whisper.cpp's own program."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from app.core.cores import ONE_THREAD, cores_here
from tests.benchmarks.calm import calm
from tests.benchmarks.rows import Benchmark, Series
from tests.benchmarks.talk import PEER_VARIABLE, SOURCE, Talk, talk_files, whisper_cli
from tests.conftest import REPOSITORY, SHARED

Say = Callable[[str], None]

_VOICE = SHARED / "models" / "for-tests-silero-v6.2.0-ggml.bin"
_ENCODER_RUNS = re.compile(r"encode time = .*/ *(\d+) runs")
_PATIENCE_S = 900.0
_ABSENT = f"whisper-cli is not there: build it, name it in ${PEER_VARIABLE}"


@dataclass(frozen=True, slots=True)
class Work:
    """One row: which model hears which video, and how often each side does."""

    name: str
    size: str
    talk: Talk
    runs: int

    @property
    def model(self) -> Path:
        """A file without weights: it recognises nothing, but computes all that models of its size do."""
        return SHARED / "models" / f"for-tests-ggml-{self.size}.bin"


class Run(NamedTuple):
    """What a process took, and how often it ran the encoder."""

    wall_s: float
    cpu_s: float
    encoder_runs: int


_WORKS = (
    Work("tiny", "tiny", Talk(120), 3),
    Work("base", "base", Talk(120), 3),
    Work("base-long", "base", Talk(600), 3),
    Work("small", "small", Talk(60), 2),
    Work("small-long", "small", Talk(300), 2),
    Work("half-silent", "base", Talk(300, silent_s=15), 2),
)


def _measure_one(work: Work) -> Callable[[Say], Mapping[str, Series]]:
    def measure(say: Say) -> Mapping[str, Series]:
        if not work.model.is_file() or not SOURCE.is_file():
            say(f"{work.name}: its model or recording is not there")
            return {}
        return {work.name: _compare(work, say)}

    return measure


def _compare(work: Work, say: Say) -> Series:
    """Both in turn; the note tells what each did, and its processor time, on which other programs weigh
    less."""
    series, peer = Series("s", peer="whisper-cli"), whisper_cli()
    video, wav = talk_files(work.talk, say)
    ours: list[Run] = []
    theirs: list[Run] = []
    for number in range(work.runs):
        if peer is not None:
            theirs.append(calm(partial(_theirs, peer, work, wav), say, series))
        ours.append(calm(partial(_ours, work, video), say, series))
        say(f"  {work.name} {number + 1}/{work.runs}: {_told(ours[-1:])}; whisper-cli {_told(theirs[-1:])}")
    series.ours += [[run.wall_s] for run in ours]
    series.theirs += [[run.wall_s] for run in theirs]
    series.note = f"{_told(ours)}; {_told(theirs) if theirs else _ABSENT}"
    return series


def _told(runs: Sequence[Run]) -> str:
    if not runs:
        return "-"
    cpu_s = float(np.median([run.cpu_s for run in runs]))
    return f"{runs[0].encoder_runs} encoder runs, {cpu_s:.1f} CPU s"


def _ours(work: Work, video: Path) -> Run:
    with tempfile.TemporaryDirectory() as folder:
        counts, document = Path(folder) / "counts", Path(folder) / "document.json"
        program = [sys.executable, "-m", "tests.benchmarks.weightless", str(counts)]
        words = ["analyze", str(video), "--detect", "none", "--speech", str(work.model), "--language", "en"]
        words += ["--vad", str(_VOICE), "--quiet", "--json", str(document)]
        took = _run([*program, *words])
        return Run(took.wall_s, took.cpu_s, int(counts.read_text(encoding="ascii")))


def _theirs(peer: str, work: Work, wav: Path) -> Run:
    words = ["-m", str(work.model), "-f", str(wav), "-l", "en", "-t", str(min(8, cores_here())), "-ng"]
    took = _run([peer, *words])
    found = _ENCODER_RUNS.search(took.complained)
    return Run(took.wall_s, took.cpu_s, int(found.group(1)) if found else 0)


class _Ended(NamedTuple):
    """What a process took, and what it wrote."""

    wall_s: float
    cpu_s: float
    said: str
    complained: str


def _run(words: Sequence[str]) -> _Ended:
    """Run a program as a whole, with numpy set as our program does it, which loads it later than a test."""
    began, used = time.perf_counter(), _children_cpu_s()
    ended = subprocess.run(
        words, cwd=REPOSITORY, env={**os.environ, **ONE_THREAD}, check=True, capture_output=True, text=True,
        timeout=_PATIENCE_S,
    )  # fmt: skip
    return _Ended(time.perf_counter() - began, _children_cpu_s() - used, ended.stdout, ended.stderr)


def _children_cpu_s() -> float:
    if importlib.util.find_spec("resource") is None:
        return 0.0
    import resource

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _voice_activity(say: Say) -> Mapping[str, Series]:
    """Processor time of finding speech in the sound of a video, as the analysis does it, in hundredths of its
    length."""
    if not _VOICE.is_file() or not SOURCE.is_file():
        say("vad: its model or recording is not there")
        return {}
    series = Series("%", note="of real time: silero over sound in memory, one thread")
    talk = Talk(120)
    _, wav = talk_files(talk, say)
    for _ in range(5):
        listening = [sys.executable, "-m", "tests.benchmarks.listening", str(wav), str(_VOICE)]
        heard = calm(partial(_run, listening), say, series)
        series.ours.append([100.0 * float(heard.said) / talk.seconds])
    return {"vad": series}


BENCHMARKS = (
    *(Benchmark("speech", (work.name,), _measure_one(work)) for work in _WORKS),
    Benchmark("speech", ("vad",), _voice_activity),
)
