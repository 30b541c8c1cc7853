"""From nothing to the first result, as whole processes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial

from tests.benchmarks.calm import calm
from tests.benchmarks.rows import Benchmark, Series
from tests.conftest import REPOSITORY

SAMPLE = REPOSITORY / "resources" / "sample" / "sample.mp4"
_RUNS = 7
_PROBE = [sys.executable, "-m", "app", "probe", str(SAMPLE)]

_UNTIL_PAINTED = """
import os, sys
from app.render.video_view import VideoView
painted = VideoView.paintEvent
def paint(view, event):
    painted(view, event)
    if view.frame is not None:
        os._exit(0)
VideoView.paintEvent = paint
from app.main import main
main(sys.argv[1:])
"""
"""The window as the user starts it; the process ends once a picture of the film was painted."""


def _cli(say: Callable[[str], None]) -> Mapping[str, Series]:
    """`reelscope probe` on the sample; the peer is ffprobe, which has no interpreter to start."""
    series = Series("s", peer="ffprobe")
    ffprobe = shutil.which("ffprobe")
    with tempfile.TemporaryDirectory() as home:
        for _ in range(_RUNS):
            series.ours.append([calm(partial(_run, _PROBE, home), say, series)])
            if ffprobe is not None:
                theirs = [ffprobe, "-show_streams", "-show_format", str(SAMPLE)]
                series.theirs.append([calm(partial(_run, theirs, home), say, series)])
    return {"cli": series}


def _window(say: Callable[[str], None]) -> Mapping[str, Series]:
    """The window, offscreen, until the first picture of the sample stands in it."""
    series = Series("s", note="until the first picture is painted, offscreen")
    with tempfile.TemporaryDirectory() as home:
        for _ in range(_RUNS):
            window = [sys.executable, "-c", _UNTIL_PAINTED, str(SAMPLE)]
            series.ours.append([calm(partial(_run, window, home), say, series)])
    return {"window": series}


def _frozen(say: Callable[[str], None]) -> Mapping[str, Series]:
    """The packaged program, where `dev.py package` has made it, against the same from Python packages."""
    program = REPOSITORY / "dist" / "Reelscope" / "reelscope"
    if not program.is_file():
        say("  there is no packaged program: `python3 dev.py package` makes it")
        return {}
    series = Series("s", peer="from packages")
    with tempfile.TemporaryDirectory() as home:
        for _ in range(_RUNS):
            frozen = [str(program), "probe", str(SAMPLE)]
            series.ours.append([calm(partial(_run, frozen, home), say, series)])
            series.theirs.append([calm(partial(_run, _PROBE, home), say, series)])
    return {"frozen-cli": series}


def _run(command: list[str], home: str) -> float:
    """Seconds of a whole process; neither the user's settings nor a running window matter."""
    folders = ("HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR")
    environment = {**os.environ, **dict.fromkeys(folders, home), "QT_QPA_PLATFORM": "offscreen"}
    began = time.perf_counter()
    subprocess.run(command, env=environment, cwd=REPOSITORY, check=True, capture_output=True, timeout=60)
    return time.perf_counter() - began


BENCHMARKS = (
    Benchmark("start", ("cli",), _cli),
    Benchmark("start", ("window",), _window),
    Benchmark("start", ("frozen-cli",), _frozen),
)
