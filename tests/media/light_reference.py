"""HDR to SDR computed once more, in float64, pixel by pixel, straight from the published formulas."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
BT2020 = np.array([[0.708, 0.292], [0.170, 0.797], [0.131, 0.046]])
BT709 = np.array([[0.640, 0.330], [0.300, 0.600], [0.150, 0.060]])
D65 = np.array([0.3127, 0.3290])
WHITE = 203.0


def to_xyz(primaries: Floats) -> Floats:
    """SMPTE RP 177: the matrix from linear R, G, B to X, Y, Z, from chromaticities alone."""
    columns = np.array([[x / y, 1, (1 - x - y) / y] for x, y in primaries]).T
    white = np.array([D65[0] / D65[1], 1, (1 - D65.sum()) / D65[1]])
    return np.asarray(columns * np.linalg.solve(columns, white))


def pq_eotf(code: Floats) -> Floats:
    m1, m2 = 0.1593017578125, 78.84375
    c1, c2, c3 = 0.8359375, 18.8515625, 18.6875
    e = np.clip(code, 0, 1) ** (1 / m2)
    return np.asarray(10_000 * (np.clip(e - c1, 0, None) / (c2 - c3 * e)) ** (1 / m1))


def pq_inverse(light: Floats) -> Floats:
    m1, m2 = 0.1593017578125, 78.84375
    c1, c2, c3 = 0.8359375, 18.8515625, 18.6875
    y = (light / 10_000) ** m1
    return np.asarray(((c1 + c2 * y) / (1 + c3 * y)) ** m2)


def hlg_eotf(code: Floats) -> Floats:
    """(..., 3) codes to cd/m2 of a display of 1000 cd/m2."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    code = np.clip(code, 0, None)
    scene = np.where(code <= 0.5, code**2 / 3, (np.exp((code - c) / a) + b) / 12)
    luminance = np.clip(scene @ to_xyz(BT2020)[1], 1e-12, None)
    return np.asarray(1000 * luminance[..., None] ** 0.2 * scene)


def eetf(light: Floats, peak: float) -> Floats:
    """ITU-R BT.2390 5.4.1 with both blacks at 0; the screen's peak is 203 cd/m2."""
    lw = pq_inverse(np.array(peak))
    e1 = np.clip(pq_inverse(light) / lw, 0, 1)
    top = pq_inverse(np.array(WHITE)) / lw
    ks = 1.5 * top - 0.5
    t = (e1 - ks) / (1 - ks)
    spline = (2 * t**3 - 3 * t**2 + 1) * ks + (t**3 - 2 * t**2 + t) * (1 - ks) + (-2 * t**3 + 3 * t**2) * top
    return np.asarray(pq_eotf(np.where(e1 < ks, e1, spline) * lw) / WHITE)


def sdr(code: Floats, transfer: str, peak: float = 1000) -> Floats:
    """R'G'B' of BT.2020, (..., 3), 0..1, to those of BT.709 by BT.1886, 0..255."""
    light = eetf(pq_eotf(code) if transfer == "pq" else hlg_eotf(code), peak)
    rgb = light @ (np.linalg.inv(to_xyz(BT709)) @ to_xyz(BT2020)).T
    grey = (rgb @ to_xyz(BT709)[1])[..., None]
    with np.errstate(divide="ignore", invalid="ignore"):
        room = np.where(rgb > grey, (1 - grey) / (rgb - grey), grey / (grey - rgb))
    keep = np.clip(np.nanmin(np.where(rgb == grey, 1, room), axis=-1, keepdims=True), 0, 1)
    return np.asarray(np.clip(grey + keep * (rgb - grey), 0, 1) ** (1 / 2.4) * 255)


def rgb_codes(y: npt.NDArray[Any], cb: npt.NDArray[Any], cr: npt.NDArray[Any]) -> Floats:
    """BT.2020 non-constant luminance, limited range, 10 bits, to R'G'B' (..., 3)."""
    luma = (y.astype(float) - 64) / 876
    blue = luma + 1.8814 * (cb.astype(float) - 512) / 896
    red = luma + 1.4746 * (cr.astype(float) - 512) / 896
    green = (luma - 0.2627 * red - 0.0593 * blue) / 0.6780
    return np.stack([red, green, blue], axis=-1)
