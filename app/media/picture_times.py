"""When each picture of a stream is shown, also where the file has its time stamps wrong or has none."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import av
    from av.packet import Packet
    from av.video.stream import VideoStream

_RATE_IF_UNKNOWN = Fraction(25)


class Stamps(enum.Enum):
    """Which of a frame's time stamps tell when it is shown."""

    PTS = "pts"
    """As it should be; a frame without pts falls back on its dts."""
    DTS = "dts"
    """The pts are in decoding order (AVI, Ogg): a frame is shown at the dts of the packet that let it out."""
    COUNT = "count"
    """Neither (a raw stream): frames are counted from the first, each as long as the stream's rate says."""


class PictureTimes:
    """Gives each frame its pts, in the order in which the decoder puts frames out.

    The `ffmpeg` program decides between pts and dts frame by frame (best_effort_timestamp of
    libavcodec/decode.c).
    Here it is decided once for the whole stream, by the same signs, so that a frame has the same time whether
    decoding came from the start or from a seek.
    """

    def __init__(
        self, stamps: Stamps = Stamps.PTS, *, exceptions: dict[int, int] | None = None, step: int = 1
    ) -> None:
        self.stamps = stamps
        self._exceptions = exceptions or {}
        self._step = step
        self._next = 0
        self._fresh = True

    @classmethod
    def from_frames(cls, frames: Sequence[av.VideoFrame], stream: VideoStream) -> PictureTimes:
        """Judge by the first ``frames`` of a stream, as decoded from its start."""
        if frames and all(frame.pts is None and frame.dts is None for frame in frames):
            return cls(Stamps.COUNT, step=_step_of(stream))
        exceptions: dict[int, int] = {}
        newest: int | None = None
        for frame in frames:
            if frame.pts is None:
                continue
            if newest is not None and frame.pts <= newest and frame.dts is not None:
                return cls(Stamps.DTS, exceptions=exceptions)
            newest = frame.pts
            if frame.dts is not None:
                exceptions[frame.dts] = min(frame.pts, frame.dts)
        return cls()

    def restart(self) -> None:
        """Decoding begins anew: at the first picture, where they are counted."""
        self._next = 0
        self._fresh = True

    def of(self, frame: av.VideoFrame) -> int:
        """Return the pts of the next frame out of the decoder."""
        if self.stamps is Stamps.DTS and frame.dts is None and self._fresh and frame.pts is not None:
            # A keyframe alone, let out by no other packet: near its time is the best there is.
            pts = frame.pts
        elif self.stamps is Stamps.DTS:
            pts = self._next if frame.dts is None else self._exceptions.get(frame.dts, frame.dts)
        else:
            known = frame.pts if frame.pts is not None else frame.dts
            pts = self._next if known is None else known
        self._fresh = False
        self._next = pts + (frame.duration if frame.duration > 0 else self._step)
        return pts


def reordered(packets: Iterable[Packet[VideoStream]]) -> bool:
    """Whether the pts of ``packets`` say that they are not shown in the order in which they are stored."""
    newest: int | None = None
    for packet in packets:
        if packet.pts is None:
            continue
        if newest is not None and packet.pts < newest:
            return True
        newest = packet.pts
    return False


def _step_of(stream: VideoStream) -> int:
    rate = stream.guessed_rate or stream.average_rate or _RATE_IF_UNKNOWN
    return max(1, round(1 / (rate * (stream.time_base or Fraction(1, 1_000_000)))))
