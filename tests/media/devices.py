"""Devices that exist only here: software that hands its pictures over as graphics chips do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import av
import av.error
from av.video.reformatter import VideoReformatter

from app.media.hardware import FFmpegDevice

if TYPE_CHECKING:
    from av.codec.hwaccel import HWAccel
    from av.video.stream import VideoStream

FORMATS = {"yuv420p": "nv12", "yuvj420p": "nv12", "yuv420p10le": "p010le", "yuv422p": "nv16"}


def as_device(frame: av.VideoFrame) -> av.VideoFrame:
    """The same picture in the pixel format in which devices give it."""
    return VideoReformatter().reformat(frame, format=FORMATS.get(frame.format.name, frame.format.name))


@dataclass
class FakeDevice:
    """Decodes as told: ``change`` spoils pictures, after ``pictures`` of them it is lost."""

    name: str = "fake"
    pictures: int | None = None
    change: Callable[[av.VideoFrame], av.VideoFrame] = as_device
    engages: bool = True
    refuses: Exception | None = None
    given: list[int | None] = field(default_factory=list)
    on_received: Callable[[], object] = lambda: None

    def accelerator(self) -> HWAccel | None:
        if self.refuses is not None:
            raise self.refuses
        return None

    def engaged(self, stream: VideoStream) -> bool:
        return self.engages

    def received(self, frames: Sequence[av.VideoFrame]) -> Sequence[av.VideoFrame]:
        device = FFmpegDevice(self.name)
        changed = [device.planar(self.change(frame)) for frame in frames]
        self.given += [frame.pts for frame in frames]
        self.on_received()
        if self.pictures is not None and len(self.given) > self.pictures:
            raise av.error.ExternalError(542398533, "Generic error in an external library")
        return changed
