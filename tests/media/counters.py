"""Numbers that stand in the pictures themselves: read back from digits, or from a bar code made here."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from app.media.picture import Picture

Luma = npt.NDArray[np.uint8]

_GLYPH = (24, 16)
"""Rows and columns that every digit is brought to before it is compared."""

BARS = (144, 256)
"""Height and width of a picture with a bar code."""
_CELL = 16
_BITS = 16


def luma_of(picture: Picture) -> Luma:
    """The luma plane as decoded: height x width."""
    frame = picture.decoded
    plane = frame.planes[0]
    return np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[:, : frame.width]


def luma_by_ffmpeg(ffmpeg: str, path: Path, height: int, width: int, count: int) -> list[Luma]:
    """The luma planes of the first ``count`` pictures, as the ffmpeg program decodes them."""
    command = [ffmpeg, "-v", "error", "-i", str(path), "-frames:v", str(count), "-fps_mode", "passthrough"]
    command += ["-vf", "extractplanes=y", "-f", "rawvideo", "-"]
    data = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
    return list(np.frombuffer(data, np.uint8).reshape(-1, height, width))


def _runs(ink: npt.NDArray[np.bool_], axis: int) -> list[slice]:
    """Where there is ink, looking along an axis."""
    flags = np.concatenate(([0], ink.max(axis=axis), [0]))
    edges = np.flatnonzero(np.diff(flags.astype(np.int8)))
    return [slice(int(begin), int(end)) for begin, end in edges.reshape(-1, 2)]


def glyphs(ink: npt.NDArray[np.bool_]) -> list[npt.NDArray[np.float32]]:
    """The characters of the first line of writing, from left to right, each brought to one size."""
    line = ink[_runs(ink, 1)[0]]
    found = []
    for columns in _runs(line, 0):
        glyph = line[:, columns]
        glyph = glyph[np.flatnonzero(glyph.any(axis=1))[0] :]
        rows = np.linspace(0, glyph.shape[0] - 1, _GLYPH[0]).round().astype(int)
        cells = np.linspace(0, glyph.shape[1] - 1, _GLYPH[1]).round().astype(int)
        found.append(glyph[rows][:, cells].astype(np.float32))
    return found


@dataclass(frozen=True, slots=True)
class DigitReader:
    """Reads the number that ends the first line of writing in a picture.

    Attributes:
        ink: which pixels are writing.
        skipped: how many characters stand before the number.
        digits: what each digit looks like.
    """

    ink: Callable[[Luma], npt.NDArray[np.bool_]]
    skipped: int
    digits: dict[str, npt.NDArray[np.float32]]

    @classmethod
    def learn(
        cls,
        examples: Iterable[tuple[str, Luma]],
        *,
        ink: Callable[[Luma], npt.NDArray[np.bool_]],
        skipped: int = 0,
    ) -> DigitReader:
        """Learn from pictures of which each shows a known number."""
        digits: dict[str, npt.NDArray[np.float32]] = {}
        for number, luma in examples:
            for digit, glyph in zip(number, glyphs(ink(luma))[skipped:], strict=True):
                digits.setdefault(digit, glyph)
        assert len(digits) == 10
        return cls(ink, skipped, digits)

    def read(self, luma: Luma) -> int:
        """The number; a digit that resembles none of the known ones is an error."""
        return int("".join(self._digit(glyph) for glyph in glyphs(self.ink(luma))[self.skipped :]))

    def _digit(self, glyph: npt.NDArray[np.float32]) -> str:
        away = sorted((float(np.abs(glyph - known).mean()), digit) for digit, known in self.digits.items())
        assert away[0][0] < 0.1 < away[1][0], away[:2]
        return away[0][1]


def _bar_picture(number: int, background: npt.NDArray[np.uint8]) -> bytes:
    """Grey, with the bits of ``number`` as black and white cells along the top; the rest moves."""
    picture = np.roll(background, (3 * number, 5 * number), axis=(0, 1)).copy()
    for bit in range(_BITS):
        picture[: 2 * _CELL, bit * _CELL : (bit + 1) * _CELL] = 235 if number >> bit & 1 else 16
    return picture.tobytes()


def make_numbered(ffmpeg: str, path: Path, count: int, *options: str, rate: int = 25) -> Path:
    """Let ffmpeg encode ``count`` pictures, each with its number, from 0, as a bar code."""
    rng = np.random.default_rng(7)
    coarse = rng.integers(40, 200, (BARS[0] // 8, BARS[1] // 8), dtype=np.uint8)
    background = np.kron(coarse, np.ones((8, 8), dtype=np.uint8))
    command = [ffmpeg, "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "gray", "-r", str(rate)]
    command += ["-s", f"{BARS[1]}x{BARS[0]}", "-i", "-", "-pix_fmt", "yuv420p", *options, str(path)]
    pixels = b"".join(_bar_picture(number, background) for number in range(count))
    subprocess.run(command, input=pixels, check=True, capture_output=True, timeout=120)
    return path


def read_bars(picture: Picture) -> int:
    """The number of a picture of ``make_numbered``; a cell that is neither black nor white is an error."""
    luma = luma_of(picture)
    number = 0
    for bit in range(_BITS):
        middle = luma[8 : 2 * _CELL - 8, bit * _CELL + 4 : (bit + 1) * _CELL - 4].astype(float)
        level = float(middle.mean())
        assert level < 70 or level > 180, f"bit {bit} has level {level}"
        number |= int(level > 180) << bit
    return number
