"""One decoded picture: when it is shown, how large, which way up."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from app.core.geometry import Orientation, Size
from app.core.time import MediaTime
from app.media.orientation import orientation_of

if TYPE_CHECKING:
    import av
    from av.video.stream import VideoStream

_ASPECT_LIMIT = 16
"""A pixel said to be more than this many times wider than high, or higher than wide, is a damaged header."""


@dataclass(frozen=True, slots=True)
class PictureSource:
    """What a video stream says of all its pictures.

    Attributes:
        time_base: seconds per unit of pts.
        start: start of the container, seconds: shown times count from it.
        sample_aspect: width of a pixel by its height.
    """

    time_base: Fraction
    start: Fraction = Fraction(0)
    sample_aspect: Fraction = Fraction(1)

    @classmethod
    def of(cls, stream: VideoStream, start: Fraction) -> PictureSource:
        """Ask ``stream``, in a container that starts at ``start`` seconds."""
        return cls(stream.time_base or Fraction(1, 1_000_000), start, sample_aspect_of(stream))

    def wrap(
        self, frame: av.VideoFrame, *, pts: int | None = None, duration: Fraction | None = None
    ) -> Picture:
        """Wrap ``frame``; ``pts`` and ``duration`` overrule what the frame says of itself.

        Raises:
            ValueError: neither the caller nor the frame knows a pts.
        """
        if pts is None:
            pts = pts_of(frame)
        if pts is None:
            raise ValueError("a picture needs a time")
        if duration is None:
            duration = frame.duration * self.time_base if frame.duration > 0 else None
        orientation = orientation_of(frame)
        source_size = Size(frame.width, frame.height)
        return Picture(
            decoded=frame,
            time=MediaTime(pts, self.time_base),
            time_s=float(pts * self.time_base - self.start),
            duration=duration,
            keyframe=frame.key_frame,
            source_size=source_size,
            display_size=display_size_of(source_size, self.sample_aspect, orientation),
            orientation=orientation,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One decoded picture in the pixel format of its stream, neither turned nor scaled.

    Attributes:
        decoded: PyAV's frame: only app/media looks inside.
        time: pts and time_base.
        time_s: shown time: seconds from the container's start.
        duration: seconds until the next picture, else what the file says of this one, else None.
        keyframe: whether the decoder says that decoding can start here.
        source_size: as decoded, pixels.
        display_size: after sample aspect and orientation, pixels.
        orientation: how it becomes upright.
    """

    decoded: av.VideoFrame = field(repr=False)
    time: MediaTime
    time_s: float
    duration: Fraction | None
    keyframe: bool
    source_size: Size
    display_size: Size
    orientation: Orientation

    @property
    def pts(self) -> int:
        """Presentation time stamp, in units of the stream's time_base."""
        return self.time.pts

    @property
    def nbytes(self) -> int:
        """Bytes of memory that the decoded planes hold."""
        return sum(plane.buffer_size for plane in self.decoded.planes)

    def lasting(self, duration: Fraction | None) -> Picture:
        """Return the same picture with another duration."""
        return dataclasses.replace(self, duration=duration)


def pts_of(frame: av.VideoFrame) -> int | None:
    """Return the pts of a frame; where its packet had none, the dts of the packet that let it out.

    The k-th picture shown cannot come before the k-th dts, and without reordering it comes right then: where
    pts are missing that is the best there is (FFmpeg's best_effort_timestamp falls back on the same).
    """
    return frame.pts if frame.pts is not None else frame.dts


def sample_aspect_of(stream: VideoStream) -> Fraction:
    """Return width by height of a pixel: 1 where the file says nothing, or nothing sensible.

    The container's word goes first; the decoder's counts once it has decoded something.
    """
    aspect = stream.sample_aspect_ratio or stream.codec_context.sample_aspect_ratio
    if not aspect or not Fraction(1, _ASPECT_LIMIT) <= aspect <= _ASPECT_LIMIT:
        return Fraction(1)
    return Fraction(aspect)


def display_size_of(source: Size, sample_aspect: Fraction, orientation: Orientation) -> Size:
    """Return the size of the upright picture with square pixels: the width is stretched, the height kept."""
    width = max(1, int(source.width * sample_aspect + Fraction(1, 2)))
    return orientation.size(Size(width, source.height))
