"""A video that exists only as a list of times, and what else the threads need to be tried without files."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, cast

import numpy as np

from app.core.cancel import CancelToken
from app.core.frame import PixelFormat, VideoFrame
from app.core.geometry import Size
from app.core.results import MediaInfo
from app.core.time import MediaTime
from app.media.picture import Picture
from app.workers.notices import OpenFailed, PlaybackState, VideoOpened
from app.workers.player_needs import LiveTap

TIME_BASE = Fraction(1, 1000)
DISPLAY = Size(320, 180)
FILM = MediaInfo("film.mp4", "film.mp4", 0, None, "mov", 0.0, 2.0, None, ())


@dataclass(frozen=True, slots=True)
class FakePicture:
    """What the threads look at in a picture."""

    time: MediaTime
    duration: Fraction | None
    keyframe: bool
    display_size: Size = DISPLAY
    nbytes: int = 1000

    @property
    def time_s(self) -> float:
        return self.time.seconds

    @property
    def pts(self) -> int:
        return self.time.pts


@dataclass
class FakeReader:
    """Pictures at ``ticks`` (milliseconds), a keyframe every ``gop``; ``on_decode`` is told each one made."""

    ticks: list[int]
    gop: int = 5
    info: MediaInfo = FILM
    on_decode: Callable[[Picture], None] = lambda _picture: None
    decoded: list[int] = field(default_factory=list)
    cancels: list[CancelToken | None] = field(default_factory=list)
    prepared: list[int] = field(default_factory=list)
    pieces: int = 1
    closed: bool = False
    error: Exception | None = None

    def frame_at(
        self, time_s: float, *, cancel: CancelToken | None = None, going_on: bool = False
    ) -> Picture:
        return self._made(self._index(time_s), cancel)

    def preview_at(self, time_s: float, *, cancel: CancelToken | None = None) -> Picture:
        return self._made(self._index(time_s) // self.gop * self.gop, cancel)

    def next_frame(self, after: Picture, *, cancel: CancelToken | None = None) -> Picture | None:
        index = self.ticks.index(after.pts) + 1
        return self._made(index, cancel) if index < len(self.ticks) else None

    def previous_frame(self, before: Picture, *, cancel: CancelToken | None = None) -> Picture | None:
        index = self.ticks.index(before.pts) - 1
        return self._made(index, cancel) if index >= 0 else None

    def prepare(self, around: Picture, *, cancel: CancelToken | None = None) -> bool:
        self.prepared.append(around.pts)
        return self.prepared.count(around.pts) < self.pieces

    def close(self) -> None:
        self.closed = True

    def _index(self, time_s: float) -> int:
        return max(0, bisect_right(self.ticks, round(time_s * 1000)) - 1)

    def _made(self, index: int, cancel: CancelToken | None) -> Picture:
        assert not self.closed
        self.cancels.append(cancel)
        if self.error is not None:
            raise self.error
        if cancel is not None:
            cancel.raise_if_cancelled()
        until = self.ticks[index + 1] if index + 1 < len(self.ticks) else None
        duration = None if until is None else (until - self.ticks[index]) * TIME_BASE
        time = MediaTime(self.ticks[index], TIME_BASE)
        picture = cast(Picture, FakePicture(time, duration, index % self.gop == 0))
        self.decoded.append(picture.pts)
        self.on_decode(picture)
        return picture


class FakeConverter:
    """Makes an empty picture of the right size."""

    def convert(
        self,
        picture: Picture,
        size: Size | None,
        pixel_format: PixelFormat,
        generation: int = 0,
        *,
        deinterlace: bool = False,
    ) -> VideoFrame:
        return make_frame(picture, size or picture.display_size, pixel_format, generation)


def make_frame(
    picture: Any, size: Size, pixel_format: PixelFormat = PixelFormat.BGRA, generation: int = 0
) -> VideoFrame:
    width, height = size
    planar = pixel_format is PixelFormat.PLANAR_RGB_FLOAT
    data: Any = (
        np.zeros((3, height, width), np.float32) if planar else np.zeros((height, 4 * width), np.uint8)
    )
    return VideoFrame(
        data=data, size=size, stride=data.strides[0], pixel_format=pixel_format, time=picture.time,
        time_s=picture.time_s, duration=picture.duration, keyframe=picture.keyframe,
        display_size=picture.display_size, generation=generation,
    )  # fmt: skip


class FakeTime:
    """A time source that moves when it is told to."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class RecordingScreen:
    """Keeps all that a player shows and tells."""

    size: Size | None = None
    tap: LiveTap | None = None
    newer: bool = False
    looked: bool = True
    frames: list[VideoFrame] = field(default_factory=list)
    notices: list[VideoOpened | OpenFailed] = field(default_factory=list)
    states: list[PlaybackState] = field(default_factory=list)
    on_show: Callable[[], None] = lambda: None
    cleared: int = 0
    deinterlacing: bool = False
    full_wanted: bool = False
    full: list[VideoFrame] = field(default_factory=list)

    def deinterlaces(self) -> bool:
        return self.deinterlacing

    def wants_full(self) -> bool:
        wanted, self.full_wanted = self.full_wanted, False
        return wanted

    def give_full(self, frame: VideoFrame | None) -> None:
        if frame is not None:
            self.full.append(frame)

    def wanted_size(self) -> Size | None:
        return self.size

    def live_tap(self) -> LiveTap | None:
        return self.tap

    def newer_waits(self) -> bool:
        return self.newer

    def taken(self) -> bool:
        return self.looked

    def clear(self) -> None:
        self.cleared += 1

    def show(self, frame: VideoFrame) -> None:
        self.frames.append(frame)
        self.on_show()

    def opened(self, notice: VideoOpened) -> None:
        self.notices.append(notice)

    def failed(self, notice: OpenFailed) -> None:
        self.notices.append(notice)

    def state_changed(self, state: PlaybackState) -> None:
        self.states.append(state)

    @property
    def shown(self) -> list[int]:
        """The pts of all pictures, in order."""
        return [frame.time.pts for frame in self.frames]
