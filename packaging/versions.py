"""The one version, from app/__init__.py, in the forms that systems want."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def read_version() -> str:
    """Read without importing the program: its libraries need not be there."""
    text = (ROOT / "app" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "([^"]+)"$', text, re.MULTILINE)
    if found is None:
        raise ValueError("app/__init__.py names no version")
    return found[1]


VERSION = read_version()


def four_numbers(version: str = VERSION) -> str:
    """The form of Windows: four numbers; what a pre-release adds counts as nothing."""
    numbers = re.match(r"\d+(\.\d+)*", version)
    parts = (numbers[0] if numbers else "0").split(".")
    return ".".join([*parts, "0", "0", "0"][:4])


def three_numbers(version: str = VERSION) -> str:
    """The form of macOS (CFBundleShortVersionString): three numbers."""
    return four_numbers(version).rpartition(".")[0]


def write_version_info(file: Path) -> None:
    """What PyInstaller puts into the executables of Windows."""
    numbers = tuple(int(part) for part in four_numbers().split("."))
    names = {
        "CompanyName": "The Reelscope authors",
        "FileDescription": "Reelscope",
        "FileVersion": VERSION,
        "LegalCopyright": "GPL-3.0-or-later",
        "OriginalFilename": "Reelscope.exe",
        "ProductName": "Reelscope",
        "ProductVersion": VERSION,
    }
    rows = ", ".join(f"StringStruct({name!r}, {value!r})" for name, value in names.items())
    file.parent.mkdir(parents=True, exist_ok=True)
    fixed = f"filevers={numbers}, prodvers={numbers}, mask=0x3F, flags=0, OS=0x40004, fileType=1, subtype=0"
    strings = f"StringFileInfo([StringTable('040904B0', [{rows}])])"
    translation = "VarFileInfo([VarStruct('Translation', [1033, 1200])])"
    text = f"VSVersionInfo(ffi=FixedFileInfo({fixed}, date=(0, 0)), kids=[{strings}, {translation}])\n"
    file.write_text(text, encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Print the version; with a tag, exit code 1 where that is another one."""
    print(VERSION)
    if arguments and arguments[0] != f"v{VERSION}":
        print(f"The tag {arguments[0]} is not v{VERSION}, the version in app/__init__.py.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
