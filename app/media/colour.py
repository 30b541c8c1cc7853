"""What the numbers of a decoded picture mean: matrix, range, transfer function, primaries."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from app.media.side_data import side_data_of

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


class Transfer(enum.IntEnum):
    """Transfer functions of high dynamic range, by their numbers in libavutil (AVCOL_TRC_*)."""

    PQ = 16
    """SMPTE ST 2084: a code stands for an absolute luminance, up to 10 000 cd/m2."""
    HLG = 18
    """ARIB STD-B67, hybrid log-gamma: a code stands for light in the scene."""


class Primaries(enum.IntEnum):
    """Which red, green and blue, by their numbers in libavutil (AVCOL_PRI_*)."""

    BT709 = 1
    BT2020 = 9
    P3_D65 = 12


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
luminance is read as without, for libswscale knows no better."""


@dataclass(frozen=True, slots=True)
class HighRange:
    """The high dynamic range of a picture.

    Attributes:
        transfer: how codes stand for light.
        primaries: which colours R, G and B are.
        matrix: what made its Y'CbCr.
        peak: the brightest light that the picture is made for, cd/m2.
    """

    transfer: Transfer
    primaries: Primaries
    matrix: Matrix
    peak: float


USUAL_PEAK = 1000.0
"""Cd/m2: what HLG is defined for (BT.2100 table 5), and what most PQ pictures are mastered on."""
_LOWEST_PEAK, _HIGHEST_PEAK = 300.0, 10_000.0
_MASTERING_BYTES = 88
"""AVMasteringDisplayMetadata: ten rationals of two int32 (the last is the highest luminance), two flags."""


def high_range_of(frame: av.VideoFrame) -> HighRange | None:
    """Return what is needed to bring ``frame`` to a usual screen; None where it is made for one.

    Unknown primaries are taken for BT.2020's, as BT.2100 has no others. PQ's peak is that of the
    mastering display, where the frame says it.
    """
    if frame.color_trc not in (Transfer.PQ, Transfer.HLG):
        return None
    transfer = Transfer(frame.color_trc)
    known = frame.color_primaries in tuple(Primaries)
    primaries = Primaries(frame.color_primaries) if known else Primaries.BT2020
    matrix = _MATRICES.get(frame.colorspace, Matrix.BT2020)
    peak = _mastering_peak(frame) if transfer is Transfer.PQ else USUAL_PEAK
    return HighRange(transfer, primaries, matrix, peak)


def _mastering_peak(frame: av.VideoFrame) -> float:
    """The mastering display's peak in whole hundreds of cd/m2: tables are made for each."""
    try:
        metadata = side_data_of(frame, "MASTERING_DISPLAY_METADATA")
    except ValueError:
        return USUAL_PEAK
    if metadata is None or len(metadata) < _MASTERING_BYTES:
        return USUAL_PEAK
    numbers = np.frombuffer(metadata, np.int32, _MASTERING_BYTES // 4)
    numerator, denominator, has_luminance = (int(numbers[at]) for at in (18, 19, 21))
    if not has_luminance or numerator <= 0 or denominator <= 0:
        return USUAL_PEAK
    return float(min(max(round(numerator / denominator, -2), _LOWEST_PEAK), _HIGHEST_PEAK))


def colour_of(frame: av.VideoFrame) -> Colour:
    """Return how to read ``frame``; what it does not say is guessed as mpv does.

    Without a matrix: BT.2020 where the primaries are BT.2020's, else BT.709 from 1280 pixels of width or more
    than 576 of height on (no standard definition is larger), else BT.601. The `ffmpeg` program takes BT.601
    for all, which turns the greens and reds of untagged HD wrong. Without a range: full for RGB
    and the "yuvj" formats, else limited.
    """
    matrix = _MATRICES.get(frame.colorspace)
    if matrix is None:
        matrix = Matrix.BT2020 if frame.color_primaries == Primaries.BT2020 else _usual_matrix(frame)
    return Colour(matrix, _range_of(frame))


def _usual_matrix(frame: av.VideoFrame) -> Matrix:
    return Matrix.BT709 if frame.width >= 1280 or frame.height > 576 else Matrix.BT601


def _range_of(frame: av.VideoFrame) -> Range:
    if frame.format.is_rgb or frame.format.name.startswith("yuvj"):
        return Range.FULL
    return Range.FULL if frame.color_range == Range.FULL else Range.LIMITED
