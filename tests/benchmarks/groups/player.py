"""Searching, stepping and playing, as the window does it; mpv is the peer where it is installed."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from app.core.frame import PixelFormat
from app.core.geometry import Box, Size
from app.core.results import Detection
from app.media.convert import Converter
from app.media.decoder import VideoReader
from tests.benchmarks.calm import calm
from tests.benchmarks.clips import FAST_1080P, HDR_1080P, LARGE_2160P, LONG_1080P, Clip, clip_path
from tests.benchmarks.mpv import Mpv, mpv_is_there
from tests.benchmarks.rows import Benchmark, Series, percentile

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from app.core.frame import VideoFrame
    from app.media.picture import Picture
    from tests.benchmarks.watcher import Watcher

Say = Callable[[str], None]

VIEW = Size(1280, 720)
"""What the view needs: the window at its usual size."""

_BLOCKS = 5
_SEEKS_A_BLOCK = 20
_RETURNS_A_BLOCK = 8
_A_LITTLE_S = 0.1
_STEPS_A_BLOCK = 60
_PLAY_S = 30.0
_BOXES = 12


class _Seeking(Protocol):
    """A player that is told to seek, and waited for."""

    def seek_ms(self, time_s: float, *, exact: bool) -> float:
        """Milliseconds until it shows the picture."""


class _Sought(NamedTuple):
    """Milliseconds of the searches of a block."""

    exact: list[float]
    keyframe: list[float]
    cached: list[float]


@contextmanager
def _peer(path: Path) -> Iterator[Mpv | None]:
    """The running peer, or None where it is not installed."""
    if not mpv_is_there():
        yield None
        return
    with Mpv(path) as mpv:
        yield mpv


def _seeks(say: Say) -> Mapping[str, Series]:
    """The same random times for both, in alternating blocks; cached: what was shown a moment ago, again."""
    from tests.benchmarks.watcher import Watcher

    note = "" if mpv_is_there() else "(mpv is not installed)"
    series = tuple(Series("ms", peer="mpv", note=note) for _ in range(3))
    path, rng = clip_path(LONG_1080P, say), random.Random(11)
    with ExitStack() as stack:
        mpv = stack.enter_context(_peer(path))
        ours = stack.enter_context(Watcher(path))
        for number in range(_BLOCKS):
            say(f"  block {number + 1} of {_BLOCKS}")
            block = partial(_seek_block, ours, mpv, rng, mpv_first=bool(number % 2))
            mine, theirs = calm(block, say, *series)
            for each, took in zip(series, mine, strict=True):
                each.ours.append(took)
            for each, took in zip(series, theirs or (), strict=theirs is not None):
                each.theirs.append(took)
    exact, keyframe, cached = series
    return {
        "seek-exact-p50": exact,
        "seek-exact-p95": replace(exact, statistic=percentile(0.95)),
        "seek-keyframe-p95": replace(keyframe, statistic=percentile(0.95)),
        "seek-cached-p95": replace(cached, statistic=percentile(0.95)),
    }


def _seek_block(
    ours: Watcher, mpv: Mpv | None, rng: random.Random, *, mpv_first: bool
) -> tuple[_Sought, _Sought | None]:
    """Both at the same new times."""
    times = [rng.uniform(0, LONG_1080P.length_s - 0.5) for _ in range(_SEEKS_A_BLOCK)]
    ours.rest()
    theirs = _sought(mpv, times) if mpv and mpv_first else None
    mine = _sought(ours, times)
    ours.rest()
    return mine, _sought(mpv, times) if mpv and not mpv_first else theirs


def _sought(player: _Seeking, times: list[float]) -> _Sought:
    """Milliseconds of each search."""
    exact = [player.seek_ms(time_s, exact=True) for time_s in times]
    again = []
    for time_s in times[:_RETURNS_A_BLOCK]:
        player.seek_ms(time_s, exact=True)
        player.seek_ms(time_s + _A_LITTLE_S, exact=True)
        again.append(player.seek_ms(time_s, exact=True))
    # Other places than before: those are cached now.
    return _Sought(exact, [player.seek_ms(_elsewhere(time_s), exact=False) for time_s in times], again)


def _elsewhere(time_s: float) -> float:
    return (time_s + LONG_1080P.length_s / 3) % (LONG_1080P.length_s - 0.5)


def _steps(say: Say) -> Mapping[str, Series]:
    """Pictures a second while a step follows as soon as the last one is seen."""
    from tests.benchmarks.watcher import Watcher

    forward, back = (Series("1/s", peer="mpv", more_is_better=True) for _ in range(2))
    path, rng = clip_path(LONG_1080P, say), random.Random(12)
    with ExitStack() as stack:
        mpv = stack.enter_context(_peer(path))
        ours = stack.enter_context(Watcher(path))
        for _ in range(_BLOCKS):
            block = partial(_step_block, ours, mpv, rng)
            mine, theirs = calm(block, say, forward, back)
            for series, took in zip((forward, back), mine, strict=True):
                series.ours.append([took])
            for series, took in zip((forward, back), theirs, strict=False):
                series.theirs.append([took])
    return {"step-forward": forward, "step-back": back}


def _step_block(
    ours: Watcher, mpv: Mpv | None, rng: random.Random
) -> tuple[tuple[float, float], tuple[float, float] | tuple[()]]:
    """Pictures a second, ours and mpv's, forward and back, from a new place."""
    middle = rng.uniform(5, LONG_1080P.length_s - 45)
    ours.seek_ms(middle)
    back = _stepping(ours, -1)
    ours.seek_ms(middle + 40)
    forward = _stepping(ours, 1)
    ours.rest()
    if mpv is None:
        return (forward, back), ()
    mpv.seek_ms(middle, exact=True)
    their_back = 1000 / _mean(mpv.step_ms(forward=False) for _ in range(8))
    mpv.seek_ms(middle + 40, exact=True)
    return (forward, back), (1000 / _mean(mpv.step_ms(forward=True) for _ in range(20)), their_back)


def _stepping(ours: Watcher, count: int) -> float:
    began = time.perf_counter()
    for _ in range(_STEPS_A_BLOCK):
        ours.decoder.step(count)
        ours.wait_for(lambda frame: True)
    return _STEPS_A_BLOCK / (time.perf_counter() - began)


def _play(name: str, clip: Clip) -> Callable[[Say], Mapping[str, Series]]:
    def measure(say: Say) -> Mapping[str, Series]:
        dropped = Series("%", note="dropped of those due while boxes are painted")
        path = clip_path(clip, say)
        dropped.ours.append([calm(lambda: _dropped_share(path, clip), say, dropped)])
        return {name: dropped}

    return measure


def _dropped_share(path: Path, clip: Clip) -> float:
    """Play half a minute into the real view, with boxes in each picture; the share that was never painted."""
    from app.render.video_view import VideoView
    from tests.benchmarks.watcher import Watcher, application

    application()
    painted: set[int] = set()

    class CountingView(VideoView):
        def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
            super().paintEvent(event)
            if self.frame is not None:
                painted.add(self.frame.time.pts)

    view = CountingView()
    view.resize(VIEW.width, VIEW.height)

    def take(frame: VideoFrame) -> None:
        view.set_detections(frame.time.pts, _boxes(frame))
        view.set_frame(frame)

    view.show()
    with Watcher(path, take=take) as watcher:
        watcher.wait_s(0.5)
        painted.clear()
        began = watcher.seek(0.0).time_s
        watcher.decoder.play()
        watcher.wait_s(_PLAY_S)
        watcher.decoder.pause()
        watcher.wait_s(0.2)
        frame = view.frame
    view.close()
    assert frame is not None
    # What was due: every picture from the first to the one that is shown at the end.
    due = round((frame.time_s - began) * clip.rate) + 1
    late = max(0, round(_PLAY_S * clip.rate) - due - clip.rate // 2)
    return 100.0 * (due - len(painted) + late) / (due + late)


def _boxes(frame: VideoFrame) -> tuple[Detection, ...]:
    width, height = frame.display_size
    found = []
    for number in range(_BOXES):
        x = (number * 137 + frame.time.pts // 300) % int(width * 0.8)
        y = (number * 211) % int(height * 0.7)
        box = Box(float(x), float(y), x + width * 0.12, y + height * 0.2)
        found.append(Detection(frame.time.pts, frame.time_s, "person", number % 5, 0.9, box, track_id=number))
    return tuple(found)


def _tone_map(say: Say) -> Mapping[str, Series]:
    """What a PQ picture of 1080p costs beyond the same one called SDR, to BGRA at view size; one thread.

    The peer is the conversion of the one called SDR: it tells how fast the processor is just now.
    """
    series = Series("ms", peer="plain", note="CPU for PQ beyond plain conversion, 1080p to 1280x720")
    path = clip_path(HDR_1080P, say)
    with VideoReader(path) as high, VideoReader(path) as plain:
        pairs = [(high.frame_at(time_s), _as_sdr(plain.frame_at(time_s))) for time_s in (0.5, 1.5, 2.5)]
    converter, plain_converter = Converter(), Converter()

    def block() -> list[tuple[float, float]]:
        return [
            (_converting_ms(converter, tone), _converting_ms(plain_converter, sdr))
            for tone, sdr in pairs * 10
        ]

    for _ in range(_BLOCKS):
        taken = calm(block, say, series)
        series.ours.append([tone - sdr for tone, sdr in taken])
        series.theirs.append([sdr for _, sdr in taken])
    return {"tone-map": series}


def _as_sdr(picture: Picture) -> Picture:
    """Call the picture BT.709: then its samples are only scaled and turned into R'G'B'."""
    frame = picture.decoded
    frame.colorspace, frame.color_primaries, frame.color_trc = 1, 1, 1
    return picture


def _converting_ms(converter: Converter, picture: Picture) -> float:
    """Milliseconds of this thread's time: other programs do not count."""
    began = time.thread_time()
    converter.convert(picture, VIEW, PixelFormat.BGRA)
    return (time.thread_time() - began) * 1000


def _mean(values: Iterator[float]) -> float:
    found = list(values)
    return sum(found) / len(found)


BENCHMARKS = (
    Benchmark("player", ("seek-exact-p50", "seek-exact-p95", "seek-keyframe-p95", "seek-cached-p95"), _seeks),
    Benchmark("player", ("step-forward", "step-back"), _steps),
    Benchmark("player", ("play-1080p60",), _play("play-1080p60", FAST_1080P)),
    Benchmark("player", ("play-2160p30",), _play("play-2160p30", LARGE_2160P)),
    Benchmark("player", ("tone-map",), _tone_map),
)
