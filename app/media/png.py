"""A picture as a PNG file, by FFmpeg's own encoder: no further library for it."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from app.core.frame import PixelFormat, VideoFrame

if TYPE_CHECKING:
    from av.video.codeccontext import VideoCodecContext


def encode_png(frame: VideoFrame) -> bytes:
    """Return ``frame``, which must be RGB, as the bytes of a PNG file.

    Raises:
        ValueError: another pixel format.
    """
    import av

    if frame.pixel_format is not PixelFormat.RGB:
        raise ValueError("only RGB pictures become PNG")
    picture = av.VideoFrame.from_ndarray(frame.pixels(), format="rgb24")
    picture.pts = 0
    encoder: VideoCodecContext = av.CodecContext.create("png", "w")
    encoder.width, encoder.height = frame.size
    encoder.pix_fmt = "rgb24"
    encoder.time_base = Fraction(1, 25)
    return b"".join(bytes(packet) for packet in [*encoder.encode(picture), *encoder.encode(None)])
