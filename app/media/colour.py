"""What the numbers of a decoded picture mean: which matrix made its Y'CbCr, and which range they use."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import av


class Matrix(enum.IntEnum):
    """Matrix coefficients, by their numbers in libswscale (SWS_CS_*)."""

    BT709 = 1
    FCC = 4
    BT601 = 5
    SMPTE240M = 7
    BT2020 = 9


class Range(enum.IntEnum):
    """Which codes are black and white, by their numbers in libavutil (AVCOL_RANGE_*)."""

    LIMITED = 1
    FULL = 2


@dataclass(frozen=True, slots=True)
class Colour:
    """How to read a picture's numbers."""

    matrix: Matrix
    range: Range


_MATRICES = {
    1: Matrix.BT709,
    4: Matrix.FCC,
    5: Matrix.BT601,
    6: Matrix.BT601,
    7: Matrix.SMPTE240M,
    9: Matrix.BT2020,
    10: Matrix.BT2020,
}
"""By AVColorSpace (libavutil/pixfmt.h): the code points of ISO/IEC 23091-2. BT.2020 with constant
luminance is
read as without, for libswscale knows no better."""

_BT2020_PRIMARIES = 9


def colour_of(frame: av.VideoFrame) -> Colour:
    """Return how to read ``frame``; what it does not say is guessed as mpv does.

    Without a matrix: BT.2020 where the primaries are BT.2020's, else BT.709 from 1280 pixels of width or more
    than 576 of height on (no standard definition is larger), else BT.601. The `ffmpeg` program takes BT.601
    for all, which turns the greens and reds of untagged HD wrong. Without a range: full for RGB
    and the "yuvj"
    formats, else limited.
    """
    matrix = _MATRICES.get(frame.colorspace)
    if matrix is None:
        matrix = Matrix.BT2020 if frame.color_primaries == _BT2020_PRIMARIES else _usual_matrix(frame)
    return Colour(matrix, _range_of(frame))


def _usual_matrix(frame: av.VideoFrame) -> Matrix:
    return Matrix.BT709 if frame.width >= 1280 or frame.height > 576 else Matrix.BT601


def _range_of(frame: av.VideoFrame) -> Range:
    if frame.format.is_rgb or frame.format.name.startswith("yuvj"):
        return Range.FULL
    return Range.FULL if frame.color_range == Range.FULL else Range.LIMITED
