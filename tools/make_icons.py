"""Render the program's icon in every size that a system asks for.

    python tools/make_icons.py [FOLDER]          default: packaging/icons

Sources are resources/reelscope.svg and, up to 24 pixels, resources/reelscope-small.svg, which is drawn on
whole pixels. Written are PNG files for Linux, reelscope.ico for Windows and reelscope.icns for macOS.
"""

from __future__ import annotations

import os
import struct
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
FOLDER = REPOSITORY / "packaging" / "icons"
SMALL_UP_TO = 24
"""Pixels: to this width the small drawing is taken."""
PNG_SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
ICO_SIZES = (16, 20, 24, 32, 40, 48, 64, 128, 256)
ICNS_TYPES = {
    "ic11": 32, "ic12": 64, "ic07": 128, "ic13": 256, "ic08": 256, "ic14": 512, "ic09": 512, "ic10": 1024,
}  # fmt: skip
"""Apple's names of the pictures in an .icns file that may be PNG in a program, with their width in pixels."""


def render(size: int) -> bytes:
    """Return the icon as a PNG file, ``size`` pixels wide; sRGB with straight alpha."""
    from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, Qt
    from PySide6.QtGui import QImage, QImageWriter, QPainter
    from PySide6.QtSvg import QSvgRenderer

    name = "reelscope-small.svg" if size <= SMALL_UP_TO else "reelscope.svg"
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(str(REPOSITORY / "resources" / name)).render(painter, QRectF(0, 0, size, size))
    painter.end()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image.convertToFormat(QImage.Format.Format_ARGB32))
    return bytes(data.data())


def ico(pictures: dict[int, bytes]) -> bytes:
    """Return a Windows icon file of PNG pictures, which every Windows since Vista reads."""
    header = struct.pack("<HHH", 0, 1, len(pictures))
    offset = len(header) + 16 * len(pictures)
    entries = b""
    for size, png in pictures.items():
        side = size % 256  # 0 stands for 256
        entries += struct.pack("<BBBBHHII", side, side, 0, 0, 1, 32, len(png), offset)
        offset += len(png)
    return header + entries + b"".join(pictures.values())


def icns(pictures: dict[str, bytes]) -> bytes:
    """Return an icon file of macOS from PNG pictures by Apple's type names."""
    chunks = b"".join(
        name.encode("ascii") + struct.pack(">I", len(png) + 8) + png for name, png in pictures.items()
    )
    return b"icns" + struct.pack(">I", len(chunks) + 8) + chunks


def main(arguments: list[str]) -> None:
    """Write all files."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    folder = Path(arguments[0]) if arguments else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    sizes = sorted({*PNG_SIZES, *ICO_SIZES, *ICNS_TYPES.values()})
    pictures = {size: render(size) for size in sizes}
    for size in PNG_SIZES:
        (folder / f"reelscope-{size}.png").write_bytes(pictures[size])
    (folder / "reelscope.ico").write_bytes(ico({size: pictures[size] for size in ICO_SIZES}))
    (folder / "reelscope.icns").write_bytes(icns({name: pictures[size] for name, size in ICNS_TYPES.items()}))


if __name__ == "__main__":
    main(sys.argv[1:])
