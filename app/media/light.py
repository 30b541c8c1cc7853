"""Light in, light out: the curves that bring high dynamic range to a usual screen. Arrays of float32.

The way of a PQ or HLG picture to BT.709, each step from a published text:

1. Codes to the light of a display, cd/m2: PQ by its EOTF (SMPTE ST 2084, ITU-R BT.2100 table 4); HLG by the
   inverse OETF and the OOTF of a display of 1000 cd/m2, system gamma 1.2 (BT.2100 table 5). HLG's 75 % and
   PQ's 58 % then both come out as 203 cd/m2, the reference white of ITU-R BT.2408.
2. The peak of the picture to that white: the EETF of ITU-R BT.2390 (5.4.1), a Hermite spline in PQ codes that
   leaves darkness and middle tones as they are and rolls the highlights off; no lift of black. It is applied
   to R, G and B each (the report allows that, or luminance): very bright colours turn paler,
   as on film, instead of leaving the gamut.
3. BT.2020 (or P3) to BT.709 in linear light. Colours outside of BT.709 are moved towards the grey of the same
   luminance, just as far as needed: hue and brightness stay, where clipping each channel would change both.
4. Light to codes by the inverse of ITU-R BT.1886 (gamma 2.4): what BT.709 video is graded on, so that such
   a picture stands beside SDR ones, whose codes go to the screen as they are, with the same tones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.media.colour import Primaries

if TYPE_CHECKING:
    import numpy.typing as npt

    Light = npt.NDArray[np.float32]

REFERENCE_WHITE = 203.0
"""Cd/m2 of a white sheet in HDR (ITU-R BT.2408), which becomes about 91 % in SDR; the peak becomes 100 %."""

_PQ_MAX = 10_000.0
_M1, _M2 = 2610 / 16384, 2523 / 4096 * 128
_C1, _C2, _C3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32

_HLG_A = 0.17883277
_HLG_B, _HLG_C = 1 - 4 * _HLG_A, 0.5 - _HLG_A * float(np.log(4 * _HLG_A))
_HLG_GAMMA, _HLG_PEAK = 1.2, 1000.0

LUMINANCE = {
    Primaries.BT709: (0.2126, 0.7152, 0.0722),
    Primaries.BT2020: (0.2627, 0.6780, 0.0593),
    Primaries.P3_D65: (0.22897, 0.69174, 0.07929),
}
"""What R, G and B of linear light add to luminance."""

_TO_BT709 = {
    Primaries.BT709: np.eye(3),
    Primaries.BT2020: np.array(
        [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]]
    ),
    Primaries.P3_D65: np.array(
        [[1.22494, -0.22494, 0.0], [-0.04206, 1.04206, 0.0], [-0.01964, -0.07864, 1.09827]]
    ),
}
"""Linear light, both with the white point D65: ITU-R BT.2087 (inverse), SMPTE EG 432-1."""

_CODE_STEPS = 1 << 14
_DARKNESS = 1e-6


class RangeCompressor:
    """Step 2, light of a display to light relative to the screen's white, by a table that is made once.

    The table's axis is the square root of light: fine enough where the eye is.
    """

    def __init__(self, peak: float) -> None:
        self._peak = peak
        light = np.linspace(0, 1, _CODE_STEPS + 1) ** 2 * peak
        self._table = eetf(light, peak).astype(np.float32)

    def __call__(self, light: Light) -> Light:
        """Return 0..1 for cd/m2."""
        root = np.sqrt(np.clip(light, 0, self._peak) * np.float32(1 / self._peak))
        return np.asarray(np.take(self._table, (root * _CODE_STEPS + np.float32(0.5)).astype(np.int32)))


def eetf(light: npt.NDArray[np.float64], peak: float) -> npt.NDArray[np.float64]:
    """BT.2390 EETF: cd/m2, of a picture made for ``peak``, to a screen's light; 1 is the reference white."""
    source_peak = _to_pq(np.float64(peak))
    target = float(_to_pq(np.float64(REFERENCE_WHITE)) / source_peak)
    code = np.minimum(_to_pq(light) / source_peak, 1)
    knee = 1.5 * target - 0.5
    t = np.clip((code - knee) / (1 - knee), 0, 1)
    spline = (
        (2 * t**3 - 3 * t**2 + 1) * knee
        + (t**3 - 2 * t**2 + t) * (1 - knee)
        + (-2 * t**3 + 3 * t**2) * target
    )
    return pq_light(np.where(code < knee, code, spline) * source_peak) / REFERENCE_WHITE


def pq_light(code: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Cd/m2 of PQ codes 0..1 (SMPTE ST 2084)."""
    power = np.clip(code, 0, 1) ** (1 / _M2)
    linear = (np.maximum(power - _C1, 0) / (_C2 - _C3 * power)) ** (1 / _M1)
    return np.asarray(linear * _PQ_MAX)


def _to_pq(light: npt.NDArray[np.float64] | np.float64) -> npt.NDArray[np.float64]:
    power = (light / _PQ_MAX) ** _M1
    return np.asarray(((_C1 + _C2 * power) / (1 + _C3 * power)) ** _M2)


def hlg_scene(code: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Light of the scene 0..1 for HLG codes (BT.2100: inverse OETF); codes above 1 go on along the curve."""
    code = np.maximum(code, 0)
    return np.where(code <= 0.5, code**2 / 3, (np.exp((code - _HLG_C) / _HLG_A) + _HLG_B) / 12)


def hlg_light(scene: Light, primaries: Primaries) -> Light:
    """Cd/m2 of a display of 1000 cd/m2 for light of the scene, (3, ...) (BT.2100: OOTF)."""
    luminance = np.tensordot(np.array(LUMINANCE[primaries], np.float32), scene, 1)
    gain = np.maximum(luminance, _DARKNESS) ** np.float32(_HLG_GAMMA - 1)
    return np.asarray(scene * (gain * np.float32(_HLG_PEAK)))


def to_bt709(light: Light, primaries: Primaries) -> Light:
    """Linear light (3, ...), 0..1, with BT.709's primaries, brought inside of its gamut."""
    matrix = _TO_BT709[primaries].astype(np.float32)
    rgb = np.tensordot(matrix, light, 1)
    grey = np.tensordot(np.array(LUMINANCE[Primaries.BT709], np.float32), rgb, 1)
    away = rgb - grey
    room = np.where(away > 0, 1 - grey, grey)
    keep = np.min(room / np.maximum(np.abs(away), _DARKNESS), axis=0)
    return np.asarray(np.clip(grey + away * np.clip(keep, 0, 1), 0, 1))


def to_code(light: Light) -> Light:
    """Codes 0..1 for light 0..1: the inverse of BT.1886 with a black of 0."""
    return np.asarray(light ** np.float32(1 / 2.4))
