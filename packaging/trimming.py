"""What a bundle can do without: parts of Qt that nothing uses, and libraries that only those parts needed.

Works on PyInstaller's tables of contents: rows of (place in the bundle, source, kind).
"""

from __future__ import annotations

import re
import sys
from pathlib import PurePath

Row = tuple[str, str, str]

# By the place in the bundle. Qt's media plugin brings a second FFmpeg, and playing sound needs none; the GTK
# theme brings GTK itself; the other platforms are those of devices without a desktop.
_UNUSED = re.compile(
    r"""
      ^PySide6/(Qt/)?(translations|qml|resources|libexec)/
    | ^PySide6/(Qt/)?plugins/(egldeviceintegrations|generic|multimedia|networkinformation|printsupport
                             |qmltooling|sqldrivers|tls|virtualkeyboard|wayland-graphics-integration-client)/
    | ^PySide6/(Qt/)?plugins/imageformats/(lib)?q(pdf|tga|tiff|wbmp|icns)
    | ^PySide6/(Qt/)?plugins/platforminputcontexts/.*virtualkeyboard
    | ^PySide6/(Qt/)?plugins/platforms/(lib)?q(eglfs|linuxfb|vnc|minimal|minimalegl|vkkhrdisplay)\W
    | ^PySide6/(Qt/)?plugins/platformthemes/.*gtk3
    | ^pyqtgraph/(examples|icons/peegee)
    | ^PySide6/opengl32sw\.dll$
    """,
    re.VERBOSE,
)
# What every Linux with a desktop has, and what drivers of graphics chips load as well: an older copy of ours,
# loaded before, would keep a newer driver from starting. libmvec is part of the C library, never taken along.
_OF_EVERY_SYSTEM = re.compile(
    r"^lib(stdc\+\+|gcc_s|mvec|X11|X11-xcb|fontconfig|freetype|expat|uuid|z|com_err|gpg-error)\.so[.\d]*$"
)
# Libraries that are there only because another file is linked to them.
_LIBRARY = re.compile(r"^(PySide6/Qt/lib/)?lib[^/]+\.so[.\d]*$")
# Opened by name at run time, so that no file is linked to them.
_OPENED_BY_NAME = re.compile(r"^libpython|^libQt6(Wayland|XcbQpa|DBus)")


def is_unused(place: str) -> bool:
    """Whether the file at this place of the bundle can be left out."""
    path = PurePath(place).as_posix()
    return bool(_UNUSED.search(path) or _OF_EVERY_SYSTEM.match(path))


def without_orphans(binaries: list[Row], rows: list[Row] | None = None) -> list[Row]:
    """The rows (by default the binaries) without libraries that none of the binaries needs.

    Linux only: elsewhere no system libraries are collected. A symbolic link goes with the library it names.
    """
    rows = binaries if rows is None else rows
    if sys.platform != "linux":
        return rows
    needed = _needed_names(binaries)
    return [row for row in rows if not _is_library(row) or PurePath(row[0]).name in needed]


def _is_library(row: Row) -> bool:
    return bool(_LIBRARY.match(row[0]))


def _needed_names(binaries: list[Row]) -> set[str]:
    """The names of all libraries that can be reached from files that are no mere libraries themselves."""
    from PyInstaller.depend.bindepend import get_imports

    sources = {PurePath(row[0]).name: row[1] for row in binaries if row[2] != "SYMLINK"}
    waiting = [PurePath(row[0]).name for row in binaries if not _is_library(row)]
    waiting += [name for name in sources if _OPENED_BY_NAME.match(name)]
    needed: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in needed:
            continue
        needed.add(name)
        if name in sources:
            waiting += [found for found, _ in get_imports(sources[name])]
    return needed
