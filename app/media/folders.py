"""Which files of a folder can be gone through: one level deep, in the order a person would expect."""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path
from string import digits

from app.core.cancel import CancelToken
from app.core.errors import MediaError
from app.media.failures import missing_file
from app.media.names import shown_name
from app.media.opening import open_media

SUFFIXES = frozenset((
    ".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi", ".ts", ".mts", ".m2ts", ".mpg", ".mpeg",
    ".vob", ".wmv", ".asf", ".flv", ".ogv", ".ogm", ".mxf", ".3gp", ".3g2", ".gif", ".mp3",
    ".wav", ".flac", ".aac", ".m4a", ".m4b", ".mka", ".ogg", ".oga", ".opus", ".wma", ".h264",
    ".hevc",
))  # fmt: skip
"""Of the files that open; content decides in the end."""

MOST_FILES = 2000
_MOST_ENTRIES = 50_000
_MOST_TRIED = 50
"""Files without a suffix are opened to see what they are; so many, not more."""


def natural_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """Sort "clip 2" before "clip 10", whatever the case and the form of accents."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    pieces = re.findall(r"[0-9]+|[^0-9]+", plain)
    return tuple((0, int(piece), "") if piece[0] in digits else (1, 0, piece.strip()) for piece in pieces)


def media_in(folder: Path, cancel: CancelToken | None = None) -> tuple[Path, ...]:
    """Return the files of a folder that can be opened, by name; hidden ones and folders are left out.

    Raises:
        FileMissingError: there is no such folder.
        MediaError: it cannot be read.
        CancelledError: between two files.
    """
    found: list[Path] = []
    tried = 0
    try:
        with os.scandir(folder) as entries:
            for _, entry in zip(range(_MOST_ENTRIES), entries, strict=False):
                if cancel is not None:
                    cancel.raise_if_cancelled()
                path = Path(entry.path)
                if entry.name.startswith(".") or not _is_file(entry):
                    continue
                if not path.suffix and tried < _MOST_TRIED:
                    tried += 1
                    if _opens(path):
                        found.append(path)
                elif path.suffix.lower() in SUFFIXES:
                    found.append(path)
    except FileNotFoundError as error:
        raise missing_file(folder) from error
    except OSError as error:
        raise MediaError(f"The folder {shown_name(folder)} cannot be read: {error.strerror}.") from error
    return tuple(sorted(found, key=lambda path: (natural_key(path.name), path.name))[:MOST_FILES])


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:
        return False


def _opens(path: Path) -> bool:
    try:
        with open_media(path, packets_only=True):
            return True
    except MediaError:
        return False
