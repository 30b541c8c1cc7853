"""High dynamic range (PQ, HLG) to BT.709 for the screen, files and models: a lookup on the scaled picture.

Computing the curves of `app.media.light` for every pixel takes half a second, libswscale's own way a quarter
of one; here `app.media.tone_tables` has computed them. The scaler gives 10-bit Y'CbCr. Luma is looked up for
every pixel as if it were grey, by FFmpeg, which needs no index of 8 bytes for that; chroma for every sample
that there is, by that luma, and with it by how much the block's colour makes luma differ. On a screen blocks
are 2 x 2 pixels, as HDR video is stored; files and models get chroma for every pixel.

The result is full-range 8-bit Y'CbCr of BT.709, which the scaler turns into R'G'B' as any other picture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

import av
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter

from app.media.colour import HighRange, Range
from app.media.plane_tables import PlaneTables
from app.media.tone_tables import CELL_BITS, CELLS, CHROMA_BITS, STEP_BITS, WHITE, tables_for

if TYPE_CHECKING:
    import numpy.typing as npt

    from app.core.geometry import Size

_BAND: Final = 144
_TWICE: Final = 0x10001
"""Times this, a number of 16 bits stands in both halves of one of 32."""

_Number = TypeVar("_Number", bound=np.generic)
_Pair: TypeAlias = "tuple[npt.NDArray[_Number], npt.NDArray[_Number]]"


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
        desk = self._desk
        if desk is None or (desk.size, desk.colour, desk.fine) != (size, colour, fine):
            desk = self._desk = _Desk(size, colour, self._threads, fine=fine)
        # Nothing here may hold the scaled picture: it is looked up in place.
        desk.planes.push(
            self._reformatter.reformat(
                frame,
                width=size.width,
                height=size.height,
                format=desk.pixel_format,
                src_colorspace=int(colour.matrix),
                dst_colorspace=int(colour.matrix),
                src_color_range=int(range_),
                dst_color_range=int(Range.LIMITED),
                interpolation=kernel,
                threads=self._threads,
            )
        )
        return desk.look_up()


class _Desk:
    """What is needed for pictures of one size and kind.

    Its room is used again: to get so much memory anew for each picture costs a tenth of the lookup.
    """

    def __init__(self, size: Size, colour: HighRange, threads: int, *, fine: bool) -> None:
        self.size, self.colour, self.fine = size, colour, fine
        self.pixel_format = "yuv444p10" if fine else "yuv420p10"
        block = 1 if fine else 2
        tables = tables_for(colour, fine)
        self.planes = PlaneTables(size, self.pixel_format, tables.planes, threads)
        self._mapped = av.VideoFrame(*size, "yuvj444p" if fine else "yuvj420p")
        self._block, self._wide, self._high = block, -(-size.width // block), -(-size.height // block)
        self._band = _Band(tables.blocks, min(_BAND // block, self._high), self._wide, block)

    def look_up(self) -> av.VideoFrame:
        """Look up a picture, band by band: a band's numbers stay in the processor's cache."""
        (width, height), block, wide = self.size, self._block, self._wide
        found = self.planes.pull()
        luma, cb, cr = (_codes(found, plane) for plane in range(3))
        if wide * block > width:
            # The block at the edge: its missing half is in the padding of the rows.
            luma[:, width] = luma[:, width - 1]
        out_y, out_cb, out_cr = (_bytes(self._mapped, plane) for plane in range(3))
        for top in range(0, self._high, self._band.rows):
            rows = slice(top, min(top + self._band.rows, self._high))
            lines = slice(top * block, min(rows.stop * block, height))
            grey = _whole(luma[lines, : wide * block], block)
            out = out_cb[rows, :wide], out_cr[rows, :wide]
            more = self._band.chroma(grey, (cb[rows, :wide], cr[rows, :wide]), out)
            self._band.luma(grey, more, out_y[lines, :width])
        return self._mapped


class _Band:
    """Some rows of a picture, as blocks of ``block`` x ``block`` pixels that share their chroma.

    Numbers are as narrow as they can be, and the operations are those that numpy has vector code for.
    """

    def __init__(self, table: npt.NDArray[np.uint32], rows: int, wide: int, block: int) -> None:
        self.rows = rows
        self._table = table
        self._block = block
        self._steps = np.empty((rows, wide), np.uint16)
        self._numbers = np.empty((2, rows, wide), np.uint32)
        self._at = np.empty((rows, wide), np.int64)
        self._luma = np.empty((rows, block, wide * block), np.int16)

    def chroma(
        self, grey: npt.NDArray[np.uint16], steps: _Pair[np.uint16], out: _Pair[np.uint8]
    ) -> npt.NDArray[np.int16]:
        """Write the chroma of a band; return by how much its luma differs from grey, by row of blocks."""
        rows = steps[0].shape[0]
        found, more = (numbers[:rows] for numbers in self._numbers)
        at = self._at[:rows]
        at[...] = self._cells(grey, *steps)
        np.take(self._table, at, out=found, mode="clip")
        out[0][...] = found
        out[1][...] = np.right_shift(found, 8, out=more)
        found >>= 16
        if self._block == 1:
            return found.astype(np.uint16).view(np.int16)
        # Each stands for two pixels of a line.
        found *= _TWICE
        return found.view(np.int16)

    def luma(
        self, grey: npt.NDArray[np.uint16], more: npt.NDArray[np.int16], out: npt.NDArray[np.uint8]
    ) -> None:
        """Write the luma of a band: what it were without chroma, and ``more``."""
        rows = more.shape[0]
        luma = self._luma[:rows]
        np.add(grey.view(np.int16).reshape(rows, self._block, -1), more[:, None], out=luma)
        np.clip(luma, 0, WHITE, out=luma)
        luma >>= 1
        out[...] = luma.reshape(rows * self._block, -1)[: out.shape[0], : out.shape[1]]

    def _cells(
        self, grey: npt.NDArray[np.uint16], cb: npt.NDArray[np.uint16], cr: npt.NDArray[np.uint16]
    ) -> npt.NDArray[np.uint32]:
        """Where in the table blocks are; their luma is the mean of their pixels."""
        at, more = (numbers[: cb.shape[0]] for numbers in self._numbers)
        if self._block == 1:
            np.right_shift(grey, CELL_BITS, out=at)
        else:
            # Two neighbours at a time: their sums do not run into each other, and meet in the upper half.
            pairs = grey.view(np.uint32)
            np.add(pairs[::2], pairs[1::2], out=at)
            at *= _TWICE
            at >>= 16 + 2 + CELL_BITS
        steps = self._steps[: cb.shape[0]]
        np.left_shift(cb, CHROMA_BITS - STEP_BITS, out=steps)
        steps |= cr
        at += np.multiply(steps, CELLS, out=more, dtype=np.uint32)
        return at


def _whole(lines: npt.NDArray[np.uint16], block: int) -> npt.NDArray[np.uint16]:
    """Lines of whole blocks: the last one twice where half a block is missing."""
    return np.concatenate([lines, lines[-1:]]) if lines.shape[0] % block else lines


def _codes(frame: av.VideoFrame, plane: int) -> npt.NDArray[np.uint16]:
    """The rows of a 10-bit plane, with their padding."""
    data = frame.planes[plane]
    return np.frombuffer(memoryview(data), np.uint16).reshape(data.height, data.line_size // 2)


def _bytes(frame: av.VideoFrame, plane: int) -> npt.NDArray[np.uint8]:
    """The rows of an 8-bit plane, to be written."""
    data = frame.planes[plane]
    return np.frombuffer(memoryview(data), np.uint8).reshape(data.height, data.line_size)
