"""What codes of PQ and HLG become on a usual screen, computed once for each kind of picture.

The curves of `app.media.light` are computed for the 1024 greys and for 73 x 65 x 65 colours; between those
the table has as many steps again on each axis.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from app.media.colour import HighRange, Matrix, Primaries, Transfer
from app.media.light import (
    LUMINANCE,
    RangeCompressor,
    hlg_light,
    hlg_scene,
    pq_light,
    to_bt709,
    to_code,
)
from app.media.plane_tables import table_expression

if TYPE_CHECKING:
    import numpy.typing as npt

    from app.media.light import Light

_CODES: Final = 1024
_NEUTRAL: Final = 512
STEP_BITS: Final = 3
_STEP = 1 << STEP_BITS
CHROMA_BITS: Final = 7
_CHROMA_STEPS = 1 << CHROMA_BITS
"""Steps of chroma in the table: neutral is one of them, so that greys stay grey; the topmost codes, which no
camera writes, share one."""
_NO_STEP = _NEUTRAL // _STEP
_STEP_OF = f"min(floor((val+{_STEP // 2})/{_STEP}),{_CHROMA_STEPS - 1})"
"""The nearest step."""
WHITE: Final = 511
"""Luma is counted in halves of a level until it is whole, from 1: half of that is then the nearest level."""
CELL_BITS: Final = 2
_CELL = 1 << CELL_BITS
_CELLS_TO_WHITE = (WHITE + 1) // _CELL
_CELLS_BEYOND = 16
CELLS: Final = _CELLS_TO_WHITE + _CELLS_BEYOND
"""Cells of luma in the table: each 4 halves of a level, and some for codes beyond white, which differ only
where there is colour."""
_SURELY_WHITE = 254.99
_NO_CHROMA = 128
_CUT_OFF = 0.3
"""By how much libswscale's quick way from Y'CbCr to R'G'B' leaves coloured pictures too dark on average."""
_SLAB = 8
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


@dataclass(frozen=True, slots=True)
class ToneTables:
    """What codes of limited-range 10-bit Y'CbCr become, as full-range 8-bit Y'CbCr of BT.709.

    Attributes:
        planes: expressions of the codes of Y, Cb, Cr: Y becomes luma without chroma, in halves of a level;
            Cb eight times its step in ``blocks``; Cr its step.
        blocks: by step of Cb, of Cr, by cell of luma: Cb in the low byte, Cr in the next, and in the upper
            half by how much luma differs from that of grey, in halves of a level.
    """

    planes: tuple[str, str, str]
    blocks: npt.NDArray[np.uint32]


@functools.lru_cache(maxsize=4)
def tables_for(colour: HighRange, fine: bool) -> ToneTables:
    """Compute what codes become: 0.1 to 0.3 s, 9 MiB; unless ``fine``, for the scaler's quick arithmetic."""
    curve = _Curve(colour)
    luma, y_codes = _luma_axis(curve)
    y, cb, cr = (_finer(plane)[:-1, :-1, :-1] for plane in _at_nodes(curve, y_codes[::2]))
    # What the pixels of a block have without chroma: beyond white, what stands for their cell.
    cells = np.arange(CELLS)
    own_grey = np.where(cells < _CELLS_TO_WHITE, y[_NO_STEP, _NO_STEP], (_middle(cells) - 1) / 2)
    if not fine:
        y += _CUT_OFF * ((np.rint(cb) != _NO_CHROMA) | (np.rint(cr) != _NO_CHROMA))
    more = np.rint((y - own_grey) * 2).astype(np.int16)
    more[_NO_STEP, _NO_STEP] = 0
    blocks = np.rint(cb).astype(np.uint32)
    blocks |= np.rint(cr).astype(np.uint32) << 8
    blocks |= more.view(np.uint16).astype(np.uint32) << 16
    return ToneTables((table_expression(luma), f"{_STEP}*{_STEP_OF}", _STEP_OF), blocks.ravel())


def _luma_axis(curve: _Curve) -> tuple[list[int], Light]:
    """Luma without chroma by code of Y; and a code for each cell of it, and one more for a last node."""
    codes = np.arange(_CODES, dtype=np.float32)
    neutral = np.full_like(codes, _NEUTRAL)
    grey = curve.to_sdr(codes, neutral, neutral)[0]
    white = min(int(np.searchsorted(grey, _SURELY_WHITE)), _CODES - 2)
    step = (_CODES - 1 - white) / _CELLS_BEYOND
    beyond = _middle(_CELLS_TO_WHITE + np.floor((codes - white - 1) / step))
    luma = np.where(codes <= white, np.floor(np.minimum(2 * grey + 1, WHITE)), beyond)
    cells = np.arange(CELLS + 1)
    to_white = np.interp((_middle(cells) - 1) / 2, grey[: white + 1], codes[: white + 1])
    on = white + 1 + (cells - _CELLS_TO_WHITE + 0.5) * step
    return luma.astype(int).tolist(), np.where(cells < _CELLS_TO_WHITE, to_white, on).astype(np.float32)


def _middle(cells: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The luma in the middle of cells."""
    return cells * _CELL + _CELL // 2


def _at_nodes(curve: _Curve, y_codes: Light) -> Light:
    """Y'CbCr (3, Cb, Cr, Y) for each second step of chroma and each of ``y_codes``."""
    chroma = np.arange(0, _CODES + 1, 2 * _STEP, dtype=np.float32)
    found = np.empty((3, chroma.size, chroma.size, y_codes.size), np.float32)
    for start in range(0, chroma.size, _SLAB):
        part = slice(start, start + _SLAB)
        cb, cr, y = np.meshgrid(chroma[part], chroma, y_codes, indexing="ij")
        found[:, part] = curve.to_sdr(y, cb, cr)
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
