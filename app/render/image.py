"""A converted picture as Qt sees it."""

from __future__ import annotations

from PySide6.QtGui import QImage

from app.core.frame import PixelFormat, VideoFrame


def as_qimage(frame: VideoFrame) -> QImage:
    """Wrap the frame's buffer, without a copy.

    The image reads the decoder's own memory: keep ``frame`` as long as the image, and never paint on it.
    Format_RGB32 is B G R A in memory (little-endian machines, all that Qt's wheels exist for) and is what
    painting a widget is fastest from; rows may be padded.

    Raises:
        ValueError: the frame is not BGRA.
    """
    if frame.pixel_format is not PixelFormat.BGRA:
        raise ValueError(f"only BGRA can be wrapped, not {frame.pixel_format.value}")
    # The address is what Qt keeps: a flat view of rows whose padding belongs to them.
    buffer = frame.data.data.cast("B")
    width, height = frame.size
    return QImage(buffer, width, height, frame.stride, QImage.Format.Format_RGB32)
