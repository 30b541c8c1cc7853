"""Searching, stepping and playing, as the window does it; mpv is the peer where it is installed."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.frame import PixelFormat
from app.core.geometry import Box, Size
from app.core.results import Detection
from app.media.convert import Converter
from app.media.decoder import VideoReader
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
    exact, keyframe, cached = (Series("ms", peer="mpv", note=note) for _ in range(3))
    path, rng = clip_path(LONG_1080P, say), random.Random(11)
    with ExitStack() as stack:
        mpv = stack.enter_context(_peer(path))
        ours = stack.enter_context(Watcher(path))
        for block in range(_BLOCKS):
            say(f"  block {block + 1} of {_BLOCKS}")
            times = [rng.uniform(0, LONG_1080P.length_s - 0.5) for _ in range(_SEEKS_A_BLOCK)]
            ours.rest()
            if block % 2:
                _seek_theirs(mpv, times, exact, keyframe, cached)
            _seek_ours(ours, times, exact, keyframe, cached)
            ours.rest()
            if not block % 2:
                _seek_theirs(mpv, times, exact, keyframe, cached)
    return {
        "seek-exact-p50": exact,
        "seek-exact-p95": _with(exact, 0.95),
        "seek-keyframe-p95": _with(keyframe, 0.95),
        "seek-cached-p95": _with(cached, 0.95),
    }


def _seek_ours(ours: Watcher, times: list[float], exact: Series, keyframe: Series, cached: Series) -> None:
    exact.ours.append([ours.seek_ms(time_s) for time_s in times])
    again = []
    for time_s in times[:_RETURNS_A_BLOCK]:
        ours.seek_ms(time_s)
        ours.seek_ms(time_s + _A_LITTLE_S)
        again.append(ours.seek_ms(time_s))
    cached.ours.append(again)
    # Other places than before: those are cached now.
    keyframe.ours.append([ours.seek_ms(_elsewhere(time_s), exact=False) for time_s in times])


def _seek_theirs(
    mpv: Mpv | None, times: list[float], exact: Series, keyframe: Series, cached: Series
) -> None:
    if mpv is None:
        return
    exact.theirs.append([mpv.seek_ms(time_s, exact=True) for time_s in times])
    again = []
    for time_s in times[:_RETURNS_A_BLOCK]:
        mpv.seek_ms(time_s, exact=True)
        mpv.seek_ms(time_s + _A_LITTLE_S, exact=True)
        again.append(mpv.seek_ms(time_s, exact=True))
    cached.theirs.append(again)
    keyframe.theirs.append([mpv.seek_ms(_elsewhere(time_s), exact=False) for time_s in times])


def _elsewhere(time_s: float) -> float:
    return (time_s + LONG_1080P.length_s / 3) % (LONG_1080P.length_s - 0.5)


def _with(series: Series, share: float) -> Series:
    """The same measurements, another statistic."""
    other = Series(series.unit, percentile(share), series.peer, series.more_is_better, series.note)
    other.ours, other.theirs = series.ours, series.theirs
    return other


def _steps(say: Say) -> Mapping[str, Series]:
    """Pictures a second while a step follows as soon as the last one is seen."""
    from tests.benchmarks.watcher import Watcher

    forward, back = (Series("1/s", peer="mpv", more_is_better=True) for _ in range(2))
    path = clip_path(LONG_1080P, say)
    with ExitStack() as stack:
        mpv = stack.enter_context(_peer(path))
        ours = stack.enter_context(Watcher(path))
        for block in range(_BLOCKS):
            middle = 5.0 + 17 * block
            ours.seek_ms(middle)
            back.ours.append([_stepping(ours, -1)])
            ours.seek_ms(middle + 40)
            forward.ours.append([_stepping(ours, 1)])
            ours.rest()
            if mpv is not None:
                mpv.seek_ms(middle, exact=True)
                back.theirs.append([1000 / _mean(mpv.step_ms(forward=False) for _ in range(8))])
                mpv.seek_ms(middle + 40, exact=True)
                forward.theirs.append([1000 / _mean(mpv.step_ms(forward=True) for _ in range(20))])
    return {"step-forward": forward, "step-back": back}


def _stepping(ours: Watcher, count: int) -> float:
    began = time.perf_counter()
    for _ in range(_STEPS_A_BLOCK):
        ours.decoder.step(count)
        ours.wait_for(lambda frame: True)
    return _STEPS_A_BLOCK / (time.perf_counter() - began)


def _play(name: str, clip: Clip) -> Callable[[Say], Mapping[str, Series]]:
    def measure(say: Say) -> Mapping[str, Series]:
        dropped = Series("%", note="dropped of those due while boxes are painted")
        dropped.ours.append([_dropped_share(clip_path(clip, say), clip)])
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
    """What a PQ picture of 1080p costs beyond the same one called SDR, to BGRA at view size; one thread."""
    series = Series("ms", note="CPU for PQ beyond plain conversion, 1080p to 1280x720")
    path = clip_path(HDR_1080P, say)
    with VideoReader(path) as high, VideoReader(path) as plain:
        pairs = [(high.frame_at(time_s), _as_sdr(plain.frame_at(time_s))) for time_s in (0.5, 1.5, 2.5)]
    converter, plain_converter = Converter(), Converter()
    for _ in range(_BLOCKS):
        series.ours.append(
            [
                _converting_ms(converter, tone) - _converting_ms(plain_converter, sdr)
                for tone, sdr in pairs * 10
            ]
        )
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
