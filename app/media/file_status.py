"""Whether a file is still what it was when it was opened."""

from __future__ import annotations

import enum
import os
from dataclasses import dataclass
from pathlib import Path


class FileChange(enum.Enum):
    """What became of a file since it was opened."""

    SAME = enum.auto()
    GROWN = enum.auto()
    SHRUNK = enum.auto()
    REPLACED = enum.auto()
    GONE = enum.auto()
    UNREADABLE = enum.auto()


@dataclass(frozen=True, slots=True)
class FileStatus:
    """What the system says of a file: its size in bytes, when it was written to last, and which one it is."""

    size: int
    modified_ns: int
    identity: tuple[int, int]


def status_of(path: Path) -> FileStatus | None:
    """Return how a file stands; None where that cannot be told."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return FileStatus(found.st_size, found.st_mtime_ns, (found.st_dev, found.st_ino))


def change_of(path: Path, before: FileStatus) -> FileChange:
    """Return what became of a file since ``before``."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return FileChange.GONE
    except (OSError, ValueError):
        return FileChange.UNREADABLE
    if not os.access(path, os.R_OK):
        return FileChange.UNREADABLE
    now = FileStatus(found.st_size, found.st_mtime_ns, (found.st_dev, found.st_ino))
    if now == before:
        return FileChange.SAME
    if now.identity != before.identity:
        return FileChange.REPLACED
    if now.size == before.size:
        return FileChange.REPLACED
    return FileChange.GROWN if now.size > before.size else FileChange.SHRUNK
