"""The checksum of a decoded picture, as `ffmpeg -f framecrc` prints it."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import av
    from av.video.plane import VideoPlane

    from app.media.picture import Picture

_PALETTE_BYTES = 1024


def crc(picture: Picture) -> int:
    """Return Adler-32, started from 0, over the planes of ``picture`` in its own pixel format.

    Rows count without their padding, planes in the order of the format, a palette last: the packing of
    av_image_copy_to_buffer with an alignment of 1 (libavutil/imgutils.c), as FFmpeg's rawvideo does it.
    """
    frame, value = picture.decoded, 0
    for index, plane in enumerate(frame.planes):
        value = zlib.adler32(_packed(frame, index, plane), value)
    return value


def crc_text(picture: Picture) -> str:
    """Return ``crc`` as in "0x0123abcd"."""
    return f"0x{crc(picture):08x}"


def _packed(frame: av.VideoFrame, index: int, plane: VideoPlane) -> memoryview | bytes:
    """The bytes of a plane without padding, from the top row down; a copy only where there is padding."""
    data = memoryview(plane)
    if index == 1 and frame.format.has_palette:
        return data[:_PALETTE_BYTES]
    width, stride = _row_bytes(frame, index), plane.line_size
    if width == stride:
        return data[: width * plane.height]
    begins = range(0, abs(stride) * plane.height, abs(stride))
    return b"".join([data[at : at + width] for at in (begins if stride > 0 else reversed(begins))])


def _row_bytes(frame: av.VideoFrame, index: int) -> int:
    """Bytes of one row of a plane, as av_image_get_linesize counts them."""
    form = frame.format
    planes = {component.plane for component in form.components}
    if len(planes) == 1 or form.has_palette:
        chroma_step = 16 // (form.chroma_width(16) or 16)
        width = -(-frame.width // chroma_step) * chroma_step
        bits = 8 if form.has_palette else form.padded_bits_per_pixel
        return (width * bits + 7) // 8
    inside = [component for component in form.components if component.plane == index]
    return sum(component.width * _sample_bytes(component.bits) for component in inside)


def _sample_bytes(bits: int) -> int:
    if bits <= 8:
        return 1
    return 2 if bits <= 16 else 4
