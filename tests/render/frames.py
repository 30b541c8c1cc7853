"""Pictures whose pixels are known."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt

from app.core.frame import PixelFormat, VideoFrame
from app.core.geometry import Box, Size
from app.core.results import Detection
from app.core.time import MediaTime

GREY = (120, 120, 120)


def frame_of(
    bgr: npt.NDArray[np.uint8], *, pts: int = 0, padding: int = 0, display: Size | None = None
) -> VideoFrame:
    """A BGRA frame of (height, width, 3) pixels, with ``padding`` bytes of rubbish after each row."""
    height, width, _ = bgr.shape
    data = np.full((height, width * 4 + padding), 0xAB, np.uint8)
    pixels = data[:, : width * 4].reshape(height, width, 4)
    pixels[..., :3] = bgr
    data.flags.writeable = False
    size = Size(width, height)
    return VideoFrame(
        data=data, size=size, stride=data.strides[0], pixel_format=PixelFormat.BGRA,
        time=MediaTime(pts, Fraction(1, 30)), time_s=pts / 30, duration=None, keyframe=True,
        display_size=display or size,
    )  # fmt: skip


def plain(size: Size, *, pts: int = 0, display: Size | None = None) -> VideoFrame:
    """A grey frame."""
    return frame_of(np.full((size.height, size.width, 3), GREY[0], np.uint8), pts=pts, display=display)


def found(
    box: tuple[float, float, float, float], label: str = "person", *, confidence: float = 0.91, pts: int = 0
) -> Detection:
    """A detection in the picture ``pts``."""
    return Detection(pts, pts / 30, label, 0, confidence, Box(*box))
