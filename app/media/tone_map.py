"""High dynamic range (PQ, HLG) to BT.709 for the screen, files and models: a lookup on the scaled picture.

`app.media.light` has the curves. Computing them for every pixel takes half a second, libswscale's own way a
quarter of one; here they are computed once, for the 1024 greys and for 65 x 65 x 65 colours (129 steps each
between them). The scaler gives 10-bit Y'CbCr. Chroma is looked up for every sample that it has; luma for
every pixel as if it were grey, and then by how much its block's colour makes it differ. On a screen blocks
are 2 x 2 pixels, as HDR video is stored; files and models get chroma for every pixel.

The result is full-range 8-bit Y'CbCr of BT.709, which the scaler turns into R'G'B' as any other picture.
"""

from __future__ import annotations

import functools
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

import av
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter

from app.media.colour import HighRange, Matrix, Primaries, Range, Transfer
from app.media.light import (
    LUMINANCE,
    RangeCompressor,
    hlg_light,
    hlg_scene,
    pq_light,
    to_bt709,
    to_code,
)

if TYPE_CHECKING:
    import numpy.typing as npt

    from app.core.geometry import Size
    from app.media.light import Light

_CODES: Final = 1024
_NEUTRAL: Final = 512
_STEP_BITS = 3
_STEP = 1 << _STEP_BITS
_STEPS = _CODES // _STEP + 1
"""Steps of the codes 0 to 1024; neutral chroma is one of them, so that greys stay grey."""
_CHROMA_BITS = 7
_CHROMA_STEPS = 1 << _CHROMA_BITS
"""Steps of chroma in the table: the topmost codes, which no camera writes, share one."""
_LOW, _HIGH = (0, 1) if sys.byteorder == "little" else (3, 2)
"""Where the two lower quarters of a number of 64 bits lie."""
_LEVEL_BITS = 3
_LEVEL = 1 << _LEVEL_BITS
"""Luma is counted in eighths of a level until it is whole."""
_NO_CHROMA = 128
_CUT_OFF = 0.3
"""By how much libswscale's quick way from Y'CbCr to R'G'B' leaves coloured pictures too dark on average."""
_SLAB = 8
_BAND = 144
_CURVE_STEPS = 1 << 14
_HEADROOM = 1.15
"""How far codes of R', G' and B' reach: those of Y'CbCr go a little above white."""
_WEIGHTS = {
    Matrix.BT709: (0.2126, 0.0722),
    Matrix.FCC: (0.30, 0.11),
    Matrix.BT601: (0.299, 0.114),
    Matrix.SMPTE240M: (0.212, 0.087),
    Matrix.BT2020: (0.2627, 0.0593),
}
"""What R' and B' add to Y'."""


_Number = TypeVar("_Number", bound=np.generic)
_Planes: TypeAlias = "tuple[npt.NDArray[_Number], npt.NDArray[_Number], npt.NDArray[_Number]]"


@dataclass(frozen=True, slots=True)
class _Tables:
    """What codes of limited-range 10-bit Y'CbCr become, as full-range 8-bit Y'CbCr of BT.709.

    Attributes:
        grey: by code of Y without chroma: Y, in eighths, and half a level.
        blocks: by step of Y, of Cb, of Cr: Cb in the low byte, Cr in the next, and in the upper half by how
            much Y differs from that of grey, in eighths.
    """

    grey: npt.NDArray[np.int16]
    blocks: npt.NDArray[np.uint32]


class ToneMapper:
    """Brings pictures to BT.709. Belongs to one thread; the tables are shared by all."""

    def __init__(self, threads: int = 1) -> None:
        self._reformatter = VideoReformatter()
        self._threads = threads
        self._desk: _Desk | None = None

    def to_sdr(
        self,
        frame: av.VideoFrame,
        colour: HighRange,
        range_: Range,
        size: Size,
        kernel: Interpolation,
        *,
        fine: bool,
    ) -> av.VideoFrame:
        """Return ``frame`` in ``size`` pixels as full-range BT.709 Y'CbCr, not turned.

        It is good until the next call.

        ``fine``: chroma for every pixel, at four times the cost of chroma; else for every 2 x 2, which is
        what HDR video is stored in.

        Raises:
            av.error.FFmpegError, ValueError: no conversion from the frame's pixel format exists.
        """
        scaled = self._reformatter.reformat(
            frame,
            width=size.width,
            height=size.height,
            format="yuv444p10" if fine else "yuv420p10",
            src_colorspace=int(colour.matrix),
            dst_colorspace=int(colour.matrix),
            src_color_range=int(range_),
            dst_color_range=int(Range.LIMITED),
            interpolation=kernel,
            threads=self._threads,
        )
        block = 1 if fine else 2
        desk = self._desk
        if desk is None or (desk.size, desk.block) != (size, block):
            desk = self._desk = _Desk(size, block)
        return desk.look_up(scaled, _tables_for(colour, fine))


class _Desk:
    """Room for pictures of one size whose chroma samples stand for ``block`` x ``block`` pixels.

    It is used again: to get so much memory anew for each picture costs a tenth of the lookup.
    """

    def __init__(self, size: Size, block: int) -> None:
        self.size, self.block = size, block
        self._mapped = av.VideoFrame(*size, "yuvj444p" if block == 1 else "yuvj420p")
        self._wide, self._high = -(-size.width // block), -(-size.height // block)
        self._band = _Band(min(_BAND // block, self._high), self._wide, block)

    def look_up(self, scaled: av.VideoFrame, tables: _Tables) -> av.VideoFrame:
        """Look up a picture, band by band: a band's numbers stay in the processor's cache."""
        (width, height), block, wide, band = self.size, self.block, self._wide, self._band
        y, cb, cr = (_codes(scaled, plane) for plane in range(3))
        if wide * block > width:
            # The block at the edge: its missing half is in the padding of the rows.
            y[:, width] = y[:, width - 1]
        out_y, out_cb, out_cr = (_bytes(self._mapped, plane) for plane in range(3))
        for top in range(0, self._high, band.rows):
            rows = slice(top, min(top + band.rows, self._high))
            lines = slice(top * block, min(rows.stop * block, height))
            codes = y[lines, : wide * block], cb[rows, :wide], cr[rows, :wide]
            band.look_up(tables, codes, (out_y[lines, :width], out_cb[rows, :wide], out_cr[rows, :wide]))
        return self._mapped


class _Band:
    """Some rows of a picture, as blocks of ``block`` x ``block`` pixels that share their chroma."""

    def __init__(self, rows: int, wide: int, block: int) -> None:
        self.rows = rows
        self._block, self._wide = block, wide
        self._luma_at = np.empty((rows * block, wide * block), np.int64)
        self._luma = np.empty((rows * block, wide * block), np.int16)
        self._steps = np.empty((3, rows, wide), np.uint16)
        # Its upper halves stay 0.
        self._chroma_at = np.zeros((rows, wide), np.int64)
        self._found = np.empty((rows, wide), np.uint32)

    def look_up(self, tables: _Tables, codes: _Planes[np.uint16], out: _Planes[np.uint8]) -> None:
        """Look up the codes of a band: first what a block has in common, then its pixels."""
        y, cb, cr = codes
        rows = cb.shape[0]
        if y.shape[0] < rows * self._block:
            y = np.concatenate([y, y[-1:]])
        found = self._common(tables.blocks, y, cb, cr)
        out[1][...], out[2][...] = found[..., 0], found[..., 1]
        at, luma = self._luma_at[: y.shape[0]], self._luma[: y.shape[0]]
        at[...] = y
        np.take(tables.grey, at, out=luma, mode="clip")
        by_block = luma.reshape(rows, self._block, -1)
        more = self._spread(self._found[:rows] >> np.uint32(16))
        for line in range(self._block):
            by_block[:, line] += more
        np.clip(luma, 0, 255 * _LEVEL, out=luma)
        luma >>= _LEVEL_BITS
        height, width = out[0].shape
        out[0][...] = luma[:height, :width]

    def _common(
        self,
        table: npt.NDArray[np.uint32],
        y: npt.NDArray[np.uint16],
        cb: npt.NDArray[np.uint16],
        cr: npt.NDArray[np.uint16],
    ) -> npt.NDArray[np.uint8]:
        """What the table says of blocks, (rows, wide, 4 bytes); their luma is that of a diagonal's mean.

        The place in the table is put together from 16-bit halves: they are several times as fast.
        """
        rows, last = cb.shape[0], self._block - 1
        luma, low, more = (numbers[:rows] for numbers in self._steps)
        np.add(y[:: self._block, :: self._block], y[last :: self._block, last :: self._block], out=luma)
        luma += np.uint16(_STEP)
        luma >>= np.uint16(_STEP_BITS + 1)
        _step(cb, low)
        low <<= np.uint16(_CHROMA_BITS)
        low |= _step(cr, more)
        # What does not fit into 16 bits any more falls off, and is the other half.
        np.left_shift(luma, np.uint16(2 * _CHROMA_BITS), out=more)
        low |= more
        luma >>= np.uint16(16 - 2 * _CHROMA_BITS)
        halves = self._chroma_at[:rows].view(np.uint16).reshape(rows, self._wide, 4)
        halves[..., _LOW], halves[..., _HIGH] = low, luma
        np.take(table, self._chroma_at[:rows], out=self._found[:rows], mode="clip")
        return self._found[:rows].view(np.uint8).reshape(rows, self._wide, 4)

    def _spread(self, numbers: npt.NDArray[np.uint32]) -> npt.NDArray[np.int16]:
        """Each number of 16 bits for every pixel in its row of a block: twice in 32 bits, or once."""
        if self._block == 1:
            return numbers.astype(np.uint16).view(np.int16)
        return (numbers * np.uint32(0x10001)).view(np.int16)


def _step(codes: npt.NDArray[np.uint16], out: npt.NDArray[np.uint16]) -> npt.NDArray[np.uint16]:
    """The nearest step of chroma that the table has."""
    np.add(codes, np.uint16(_STEP // 2), out=out)
    out >>= np.uint16(_STEP_BITS)
    return np.minimum(out, np.uint16(_CHROMA_STEPS - 1), out=out)


def _codes(frame: av.VideoFrame, plane: int) -> npt.NDArray[np.uint16]:
    """The rows of a 10-bit plane, with their padding."""
    data = frame.planes[plane]
    return np.frombuffer(memoryview(data), np.uint16).reshape(data.height, data.line_size // 2)


def _bytes(frame: av.VideoFrame, plane: int) -> npt.NDArray[np.uint8]:
    """The rows of an 8-bit plane, to be written."""
    data = frame.planes[plane]
    return np.frombuffer(memoryview(data), np.uint8).reshape(data.height, data.line_size)


@functools.lru_cache(maxsize=4)
def _tables_for(colour: HighRange, fine: bool) -> _Tables:
    """Compute what codes become: 0.1 to 0.2 s, 9 MiB; unless ``fine``, for the quick way on."""
    curve = _Curve(colour)
    greys = np.arange(_CODES, dtype=np.float32)
    neutral = np.full_like(greys, _NEUTRAL)
    grey = curve.to_sdr(greys, neutral, neutral)[0]
    # Half a level, for what follows cuts the fraction off.
    codes = np.linspace(0, _CODES, _STEPS, dtype=np.float32)
    own_grey = np.interp(codes, greys, grey)[:, None, None]
    y, cb, cr = (_finer(plane) for plane in _at_nodes(curve, codes[::2]))
    if not fine:
        y += _CUT_OFF * ((np.rint(cb) != _NO_CHROMA) | (np.rint(cr) != _NO_CHROMA))
    more = np.rint((y - own_grey) * _LEVEL).astype(np.int16).view(np.uint16)
    blocks = np.rint(cb).astype(np.uint32)
    blocks |= np.rint(cr).astype(np.uint32) << 8
    blocks |= more.astype(np.uint32) << 16
    blocks = np.ascontiguousarray(blocks[:, :_CHROMA_STEPS, :_CHROMA_STEPS])
    return _Tables(np.rint(grey * _LEVEL + _LEVEL / 2).astype(np.int16), blocks.ravel())


def _at_nodes(curve: _Curve, codes: Light) -> Light:
    """Y'CbCr (3, Y, Cb, Cr) for each three of ``codes``."""
    found = np.empty((3, codes.size, codes.size, codes.size), np.float32)
    for start in range(0, codes.size, _SLAB):
        part = slice(start, start + _SLAB)
        found[:, part] = curve.to_sdr(*np.meshgrid(codes[part], codes, codes, indexing="ij"))
    return found


def _finer(values: Light) -> Light:
    """Put the mean of neighbours between them, along all axes."""
    for axis in range(values.ndim):
        values = np.moveaxis(values, axis, 0)
        finer = np.empty((2 * values.shape[0] - 1, *values.shape[1:]), np.float32)
        finer[::2] = values
        finer[1::2] = (values[:-1] + values[1:]) / 2
        values = np.moveaxis(finer, 0, axis)
    return values


class _Curve:
    """The whole way of a colour, for arrays of codes."""

    def __init__(self, colour: HighRange) -> None:
        self._colour = colour
        codes = np.linspace(0, _HEADROOM, _CURVE_STEPS)
        self._compress = RangeCompressor(colour.peak)
        if colour.transfer is Transfer.HLG:
            self._light = hlg_scene(codes).astype(np.float32)
        else:
            self._light = self._compress(pq_light(codes).astype(np.float32))

    def to_sdr(self, y: Light, cb: Light, cr: Light) -> tuple[Light, Light, Light]:
        """Full-range 8-bit Y'CbCr of BT.709 for limited-range 10-bit codes, not rounded."""
        codes = _rgb_codes(self._colour.matrix, y, cb, cr)
        at = np.clip(
            codes * np.float32((_CURVE_STEPS - 1) / _HEADROOM) + np.float32(0.5), 0, _CURVE_STEPS - 1
        )
        light = np.take(self._light, at.astype(np.int32))
        primaries = self._colour.primaries
        if self._colour.transfer is Transfer.HLG:
            light = self._compress(hlg_light(light, primaries))
        return _full_range(to_code(to_bt709(light, primaries)))


def _rgb_codes(matrix: Matrix, y: Light, cb: Light, cr: Light) -> Light:
    """R'G'B' (3, ...), 0..1, of limited-range 10-bit codes (BT.2100 table 9; any matrix)."""
    red_weight, blue_weight = _WEIGHTS[matrix]
    luma = (y - 64) / 876
    red = luma + (cr - _NEUTRAL) * np.float32(2 * (1 - red_weight) / 896)
    blue = luma + (cb - _NEUTRAL) * np.float32(2 * (1 - blue_weight) / 896)
    green = (luma - red_weight * red - blue_weight * blue) / (1 - red_weight - blue_weight)
    return np.stack([red, green, blue]).astype(np.float32)


def _full_range(rgb: Light) -> tuple[Light, Light, Light]:
    """Full-range 8-bit Y'CbCr of BT.709, not rounded, of codes 0..1 (3, ...)."""
    red_weight, _, blue_weight = LUMINANCE[Primaries.BT709]
    y = np.tensordot(np.array(LUMINANCE[Primaries.BT709], np.float32), rgb, 1)
    cb = (rgb[2] - y) * np.float32(255 / (2 * (1 - blue_weight))) + 128
    cr = (rgb[0] - y) * np.float32(255 / (2 * (1 - red_weight))) + 128
    return y * 255, np.clip(cb, 0, 255), np.clip(cr, 0, 255)
