"""From a decoded picture to the pixels that a consumer wants, in one pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, TypeVar

import av.error
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter

from app.core.errors import MediaError
from app.core.frame import PixelFormat, VideoFrame
from app.core.geometry import Orientation, Size
from app.media.colour import Colour, Matrix, Range, colour_of, high_range_of
from app.media.deinterlace import deinterlaced
from app.media.picture import Picture
from app.media.tone_map import ToneMapper

if TYPE_CHECKING:
    import av
    import numpy.typing as npt

_LAYOUTS = {
    PixelFormat.BGRA: "bgra",
    PixelFormat.RGB: "rgb24",
    # The scaler's own float planes are bytes without rounding, 0.4 levels too dark, and not a bit cheaper.
    PixelFormat.PLANAR_RGB_FLOAT: "gbrp",
}

_RGB_IN_GBR = (2, 0, 1)

_MUCH_SMALLER = 4
"""From this ratio on the scaler's quick arithmetic goes wrong by more than 3 of 255 levels (by 24 at 120)."""

_Number = TypeVar("_Number", bound=np.generic)
Planes: TypeAlias = "tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8], npt.NDArray[np.uint8]]"
_Buffer: TypeAlias = "tuple[npt.NDArray[np.uint8] | npt.NDArray[np.float32], int, object]"
"""Pixels, their stride, and what keeps them alive."""


class Converter:
    """Scales, turns and recolours pictures. Belongs to one thread, as the scaler inside keeps its tables.

    ``threads`` is how many the scaler may use itself: worth it for a picture that somebody waits to see, not
    where all cores are busy decoding.
    """

    def __init__(self, threads: int = 1) -> None:
        self._reformatter = VideoReformatter()
        self._tone_mapper = ToneMapper(threads)
        self._threads = threads

    def convert(
        self,
        picture: Picture,
        size: Size | None,
        pixel_format: PixelFormat,
        generation: int = 0,
        *,
        deinterlace: bool = False,
    ) -> VideoFrame:
        """Return ``picture`` upright, in ``size`` pixels (None: display size), as full-range R'G'B' of SDR.

        High dynamic range (PQ, HLG) is brought to BT.709, for models too: they were trained on such pictures.
        With ``deinterlace`` a picture that is flagged interlaced is freed of combs.
        The aspect is that of ``size``: whoever wants the picture's own asks for it. BGRA and
        RGB without a turn stay in the scaler's buffer, whose rows may be padded; else rows lie close.

        Raises:
            MediaError: no conversion from the picture's pixel format exists.
            ValueError: a side of ``size`` is below one pixel.
        """
        size = picture.display_size if size is None else Size(*size)
        if min(size) < 1:
            raise ValueError(f"no picture has {size.width} x {size.height} pixels")
        decoded = deinterlaced(picture.decoded) if deinterlace else picture.decoded
        frame = self._reformat(decoded, picture.orientation.size(size), pixel_format)
        buffer = _planar if pixel_format is PixelFormat.PLANAR_RGB_FLOAT else _interleaved
        data, stride, owner = buffer(frame, picture.orientation)
        data.flags.writeable = False
        return VideoFrame(
            data=data,
            size=size,
            stride=stride,
            pixel_format=pixel_format,
            time=picture.time,
            time_s=picture.time_s,
            duration=picture.duration,
            keyframe=picture.keyframe,
            display_size=picture.display_size,
            generation=generation,
            owner=owner,
        )

    def planes(self, picture: Picture, size: Size) -> Planes:
        """Return R, G and B of ``picture``, upright, uint8 (height, width) each, for a model.

        They lie in the scaler's own buffer: whoever writes them into a tensor makes the only copy.

        Raises:
            MediaError: no conversion from the picture's pixel format exists.
        """
        scaled = picture.orientation.size(size)
        frame = self._reformat(picture.decoded, scaled, PixelFormat.PLANAR_RGB_FLOAT)
        return _planes(frame, picture.orientation)

    def _reformat(self, decoded: av.VideoFrame, size: Size, pixel_format: PixelFormat) -> av.VideoFrame:
        colour = colour_of(decoded)
        kernel = _interpolation(Size(decoded.width, decoded.height), size, pixel_format)
        try:
            high = high_range_of(decoded)
            if high is not None:
                fine = pixel_format is not PixelFormat.BGRA
                decoded = self._tone_mapper.to_sdr(decoded, high, colour.range, size, kernel, fine=fine)
                colour = Colour(Matrix.BT709, Range.FULL)
                # Nothing is scaled any more, and the tables know of the quick arithmetic's bias.
                kernel = kernel if fine else Interpolation.POINT
            return self._reformatter.reformat(
                decoded,
                width=size.width,
                height=size.height,
                format=_LAYOUTS[pixel_format],
                src_colorspace=int(colour.matrix),
                src_color_range=int(colour.range),
                dst_color_range=int(Range.FULL),
                interpolation=kernel,
                threads=self._threads,
            )
        except (av.error.FFmpegError, ValueError) as error:
            name = decoded.format.name
            raise MediaError(f"Pictures in the pixel format {name} cannot be shown.") from error


def _interpolation(source: Size, target: Size, pixel_format: PixelFormat) -> Interpolation:
    """What suits whoever looks: people get clear pictures, models what they were trained on.

    BGRA is for the screen. Shrinking by area averages just the pixels that fall together: no aliasing, no
    halos around text, and cheaper than bicubic, which enlarges best of what libswscale does quickly. Models
    were trained on bilinear scaling; libswscale widens that filter when it shrinks, so that does not alias
    either. RGB is for files, where the slower exact arithmetic is worth its time, and for thumbnails, which
    shrunk by area take 0.8 ms of 1080p instead of 2.2.
    """
    if pixel_format is PixelFormat.PLANAR_RGB_FLOAT:
        return Interpolation.BILINEAR
    if pixel_format is PixelFormat.RGB:
        shrinks = target.width < source.width and target.height < source.height
        kernel = Interpolation.AREA if shrinks else Interpolation.BILINEAR
        return kernel | Interpolation.FULL_CHR_H_INT | Interpolation.ACCURATE_RND
    enlarges = target.width > source.width or target.height > source.height
    kernel = Interpolation.BICUBIC if enlarges else Interpolation.AREA
    if target.width * _MUCH_SMALLER > source.width and target.height * _MUCH_SMALLER > source.height:
        return kernel
    return kernel | Interpolation.ACCURATE_RND


def _interleaved(frame: av.VideoFrame, orientation: Orientation) -> _Buffer:
    """Rows of the only plane as (height, stride): the scaler's own where nothing has to be turned."""
    plane = frame.planes[0]
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(frame.height, plane.line_size)
    if orientation.is_identity:
        return rows, plane.line_size, frame
    pixel_bytes = frame.format.padded_bits_per_pixel // 8
    pixels = rows[:, : frame.width * pixel_bytes].reshape(frame.height, frame.width, pixel_bytes)
    upright = np.ascontiguousarray(_turned(pixels, orientation))
    stride = upright.shape[1] * pixel_bytes
    return upright.reshape(upright.shape[0], stride), stride, None


def _planes(frame: av.VideoFrame, orientation: Orientation) -> Planes:
    """Views of the scaler's planes, turned, in the order R, G, B; they keep ``frame`` alive."""
    views = []
    for index in _RGB_IN_GBR:
        plane = frame.planes[index]
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(frame.height, plane.line_size)
        views.append(_turned(rows[:, : frame.width], orientation))
    return views[0], views[1], views[2]


def _planar(frame: av.VideoFrame, orientation: Orientation) -> _Buffer:
    """Float planes, 0..1, put into the order R, G, B by the one copy that also packs them."""
    bytes_ = _planes(frame, orientation)
    planes = np.empty((3, *bytes_[0].shape), np.float32)
    for plane, target in zip(bytes_, planes, strict=True):
        np.multiply(plane, np.float32(1 / 255), out=target)
    return planes, planes.shape[2] * 4, None


def _turned(pixels: npt.NDArray[_Number], orientation: Orientation) -> npt.NDArray[_Number]:
    """A view: mirrored left-right first, then turned clockwise."""
    if orientation.mirrored:
        pixels = pixels[:, ::-1]
    return np.rot90(pixels, -orientation.rotation // 90)
