"""The icons that systems are given: every size is there, and they are the drawings in resources/."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from tools import make_icons

PNG = b"\x89PNG\r\n\x1a\n"


def _width(png: bytes) -> int:
    """The width that a PNG file tells; its height is the same."""
    assert png.startswith(PNG)
    width, height = struct.unpack(">II", png[16:24])
    assert width == height
    return int(width)


@pytest.fixture
def icons(repository: Path) -> Path:
    return repository / "packaging" / "icons"


def test_linux_has_every_size(icons: Path) -> None:
    for size in make_icons.PNG_SIZES:
        assert _width((icons / f"reelscope-{size}.png").read_bytes()) == size


def test_windows_has_every_size(icons: Path) -> None:
    data = (icons / "reelscope.ico").read_bytes()
    reserved, kind, count = struct.unpack_from("<HHH", data)
    assert (reserved, kind, count) == (0, 1, len(make_icons.ICO_SIZES))
    for number, size in enumerate(make_icons.ICO_SIZES):
        side, _, _, _, _, depth, length, offset = struct.unpack_from("<BBBBHHII", data, 6 + 16 * number)
        assert (side or 256, depth) == (size, 32)
        assert _width(data[offset : offset + length]) == size


def test_macos_has_every_size(icons: Path) -> None:
    data = (icons / "reelscope.icns").read_bytes()
    assert struct.unpack_from(">4sI", data) == (b"icns", len(data))
    place, found = 8, {}
    while place < len(data):
        name, length = struct.unpack_from(">4sI", data, place)
        found[name.decode("ascii")] = _width(data[place + 8 : place + length])
        place += length
    assert found == make_icons.ICNS_TYPES


@pytest.mark.qt
@pytest.mark.parametrize("size", [16, 24, 48, 256])
def test_they_are_the_drawings(icons: Path, size: int) -> None:
    """Made anew they look the same, but for what another version of Qt rounds otherwise."""
    from PySide6.QtGui import QImage

    kept = QImage(str(icons / f"reelscope-{size}.png")).convertToFormat(QImage.Format.Format_RGBA8888)
    made = QImage.fromData(make_icons.render(size)).convertToFormat(QImage.Format.Format_RGBA8888)
    pixels = [np.frombuffer(each.constBits(), np.uint8).astype(np.int16) for each in (kept, made)]
    assert np.abs(pixels[0] - pixels[1]).mean() < 1.0
    assert pixels[0].std() > 20
