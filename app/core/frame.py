"""A decoded picture, converted for its consumer, as a plain buffer."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from app.core.geometry import Size
from app.core.time import MediaTime

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Pixels: TypeAlias = "npt.NDArray[np.uint8]"


class PixelFormat(enum.Enum):
    """Layout of a VideoFrame's buffer."""

    BGRA = "bgra"
    """4 bytes a pixel, B G R A in memory: what QImage calls Format_RGB32 on little-endian machines."""
    RGB = "rgb24"
    """3 bytes a pixel, R G B."""
    PLANAR_RGB_FLOAT = "gbrpf32"
    """float32 planes (3, height, width), 0..1, in the order R, G, B."""

    @property
    def bytes_per_pixel(self) -> int:
        """Bytes of one pixel, all channels."""
        return {PixelFormat.BGRA: 4, PixelFormat.RGB: 3, PixelFormat.PLANAR_RGB_FLOAT: 12}[self]


@dataclass(frozen=True, slots=True, eq=False)
class VideoFrame:
    """One upright picture at the size its consumer asked for.

    The buffer may belong to the decoder's library: ``owner`` keeps it alive as long as this value lives.
    It is never written to after construction and may be read from any thread.

    Attributes:
        data: interleaved formats: uint8 (height, stride) rows, of which the first width * bytes_per_pixel
            bytes are the picture; planar float: float32 (3, height, width).
        size: width and height of the picture in the buffer, pixels.
        stride: bytes from one row to the next (planar float: of one plane).
        pixel_format: layout of ``data``.
        time: the picture's own pts and time_base.
        time_s: shown time, seconds from the container's start (what users see).
        duration: how long it is shown, seconds, exact; None where it is not known (the last picture).
        keyframe: whether decoding can start here.
        display_size: size of the whole upright picture at full resolution: the space boxes live in.
        generation: of the request that asked for it; late answers are recognised by it.
        owner: whatever keeps ``data`` alive.
    """

    data: npt.NDArray[np.uint8] | npt.NDArray[np.float32]
    size: Size
    stride: int
    pixel_format: PixelFormat
    time: MediaTime
    time_s: float
    duration: Fraction | None
    keyframe: bool
    display_size: Size
    generation: int = 0
    owner: object = field(default=None, repr=False)

    def pixels(self) -> Pixels:
        """Return an interleaved picture as a (height, width, channels) view, without a copy."""
        import numpy as np

        if self.pixel_format is PixelFormat.PLANAR_RGB_FLOAT:
            raise ValueError("planar pictures have no interleaved pixels")
        channels = self.pixel_format.bytes_per_pixel
        rows = self.data.view(np.uint8)[:, : self.size.width * channels]
        return rows.reshape(self.size.height, self.size.width, channels)
