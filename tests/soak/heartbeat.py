"""The window's heartbeat: how late a timer of its thread comes while the engine works and the video plays."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from functools import partial

from PySide6.QtCore import QObject, Qt, QTimer

from app.ui.analysis_work import WorkState
from tests.benchmarks.calm import calm
from tests.benchmarks.clips import LONG_1080P, clip_path
from tests.conftest import REPOSITORY
from tests.soak.offscreen import Offscreen

SAMPLE = REPOSITORY / "resources" / "sample" / "sample.mp4"
PERIOD_MS = 5
LIMIT_MS = 16.0
_SHOWN = (50, 90, 99, 99.9, 100)


@dataclass
class Heart(QObject):
    """Beats every 5 ms in the window's thread.

    Attributes:
        late_ms: how late each beat came.
        work_ms: processor time of this thread since the beat before: what of it is our own doing.
    """

    late_ms: list[float] = field(default_factory=list)
    work_ms: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._last = self._worked = 0.0

    def start(self) -> None:
        """Begin."""
        self._last, self._worked = time.perf_counter(), time.thread_time()
        self._timer.start(PERIOD_MS)

    def stop(self) -> None:
        """End."""
        self._timer.stop()

    def _beat(self) -> None:
        now, worked = time.perf_counter(), time.thread_time()
        self.late_ms.append(max(0.0, (now - self._last) * 1000 - PERIOD_MS))
        self.work_ms.append((worked - self._worked) * 1000)
        self._last, self._worked = now, worked


def run(short: bool) -> bool:
    """Print the lateness at rest, while playing, and while analysing besides; whether that is bearable."""
    clip, seconds = (SAMPLE, 2.0) if short else (clip_path(LONG_1080P, print), 30.0)
    with Offscreen(frames="all") as offscreen:
        offscreen.open(clip)
        _measured(offscreen, "at rest", seconds / 6)
        offscreen.session.playback.play_or_pause()
        _measured(offscreen, "playing", seconds / 3)
        offscreen.session.analyse()
        last = partial(_working, offscreen, seconds)
        p99 = last() if short else calm(last, print)
        works = offscreen.session.work.state
    print(f"heartbeat: p99 {p99:.1f} ms, allowed are {LIMIT_MS:.0f}; the analysis: {works.name}")
    # A try of some seconds on a machine that does much else shows only that it works.
    return short or (p99 < LIMIT_MS and works in (WorkState.ANALYSING, WorkState.DONE))


def _working(offscreen: Offscreen, seconds: float) -> float:
    """While it plays and is analysed, from the beginning: the film must not end before."""
    offscreen.session.playback.seek(0.0)
    offscreen.settle()
    return _measured(offscreen, "playing, and analysing every picture", seconds)


def _measured(offscreen: Offscreen, name: str, seconds: float) -> float:
    """Print and return how late the heart beat."""
    heart, cpu, begun = Heart(), time.process_time(), time.perf_counter()
    heart.start()
    offscreen.settle(round(seconds * 1000))
    heart.stop()
    took, used = time.perf_counter() - begun, time.process_time() - cpu
    print(f"  {name}: {_shares(heart.late_ms)} ms late; of it own work: {_shares(heart.work_ms)} ms")
    beats = len(heart.late_ms)
    print(f"    {beats} beats in {took:.0f} s, {used / took:.2f} cores used here, load {_load()}")
    return _share(heart.late_ms, 99)


def _shares(values: list[float]) -> str:
    return "  ".join(f"p{share:g} {_share(values, share):.1f}" for share in _SHOWN)


def _share(values: list[float], share: float) -> float:
    """The value that ``share`` percent of all stay below."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share / 100))]


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
