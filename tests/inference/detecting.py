"""Pictures for detectors, decoded with PyAV and scaled with swscale as the program's converter does it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av.video.reformatter import VideoReformatter

from app.core.frame import PixelFormat, VideoFrame
from app.core.geometry import Size
from app.core.time import MediaTime
from app.inference.detector import Detector

_GREEN_BLUE_RED = (2, 0, 1)


def pictures(path: Path, *, keyframes: bool = False) -> Iterator[av.VideoFrame]:
    """All pictures of a video or image file, or its keyframes, in order."""
    with av.open(str(path)) as container:
        if keyframes:
            container.streams.video[0].codec_context.skip_frame = "NONKEY"
        yield from container.decode(video=0)


def picture(path: Path) -> av.VideoFrame:
    return next(pictures(path))


def from_pixels(rgb: npt.NDArray[np.uint8]) -> av.VideoFrame:
    return av.VideoFrame.from_ndarray(rgb, format="rgb24")


def frame_for(detector: Detector, source: av.VideoFrame) -> VideoFrame:
    """The picture at the size and in the format the detector asks for."""
    display = Size(source.width, source.height)
    inner = detector.placement(display).inner
    scaled = VideoReformatter().reformat(
        source, inner.width, inner.height, "gbrpf32le", interpolation="BILINEAR"
    )
    rows = [np.frombuffer(memoryview(plane), np.float32).reshape(inner.height, -1) for plane in scaled.planes]
    planes = np.stack([rows[index][:, : inner.width] for index in _GREEN_BLUE_RED])
    base = source.time_base or Fraction(1, 25)
    time = MediaTime(source.pts or 0, base)
    seconds = float((source.pts or 0) * base)
    return VideoFrame(
        planes, inner, 0, PixelFormat.PLANAR_RGB_FLOAT, time, seconds, None, True, display, owner=scaled
    )
