"""The part of a file that has come so far, beside the place where the whole will stand."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from app.core.errors import DownloadError

PART_SUFFIX = ".part"
_TAG_SUFFIX = ".part.etag"
_LOCK_SUFFIX = ".part.lock"


def part_of(target: Path) -> Path:
    """Return where the part of a file lies."""
    return target.with_name(target.name + PART_SUFFIX)


def part_bytes(target: Path) -> int:
    """Return how much of a file has come; 0 where nothing has."""
    try:
        return part_of(target).stat().st_size
    except OSError:
        return 0


def discard_part(target: Path) -> None:
    """Remove what has come of a file, so that nothing is left of a download.

    Raises:
        OSError: it cannot be removed.
    """
    part_of(target).unlink(missing_ok=True)
    for suffix in (_TAG_SUFFIX, _LOCK_SUFFIX):
        target.with_name(target.name + suffix).unlink(missing_ok=True)


class PartialFile:
    """A part that grows. Only who holds ``locked`` may have one; for one thread.

    Attributes:
        size: bytes that have come.
    """

    def __init__(self, target: Path) -> None:
        self._target, self._part = target, part_of(target)
        self._tag = target.with_name(target.name + _TAG_SUFFIX)
        self._file: BinaryIO | None = None
        self.size = part_bytes(target)

    @property
    def path(self) -> Path:
        """Where it lies."""
        return self._part

    @property
    def etag(self) -> str:
        """The mark of the version of which it is a part; "" where none is known."""
        try:
            return self._tag.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return ""

    def begin(self, offset: int, etag: str) -> None:
        """Let what comes next stand from ``offset`` on, which is its size or 0."""
        self.close()
        self._file = self._part.open("r+b" if offset else "wb")
        self._file.seek(offset)
        self.size = offset
        self._tag.write_text(etag, encoding="utf-8")

    def append(self, data: bytes) -> None:
        """Add what came."""
        if self._file is None:
            raise RuntimeError("begin comes before append")
        self._file.write(data)
        self.size += len(data)

    def close(self) -> None:
        """Bring all that came to the file."""
        if self._file is not None:
            file, self._file = self._file, None
            with file:
                file.flush()

    def discard(self) -> None:
        """Remove it."""
        with suppress(OSError):
            self.close()
        self._part.unlink(missing_ok=True)
        self._tag.unlink(missing_ok=True)
        self.size = 0

    def become_whole(self) -> None:
        """Give it the name of the file, in one step, once it is safely on disk."""
        self.close()
        with self._part.open("r+b") as file:
            os.fsync(file.fileno())
        self._part.replace(self._target)
        self._tag.unlink(missing_ok=True)


@contextmanager
def locked(target: Path) -> Iterator[None]:
    """Keep other threads and programs away from a file's part; an ended program keeps nobody away.

    Raises:
        DownloadError: another one is at it; the sentence is a clause.
        OSError: the folder cannot be written to.
    """
    path = target.with_name(target.name + _LOCK_SUFFIX)
    descriptor = _lock(path)
    try:
        yield
    finally:
        if sys.platform == "win32":
            os.close(descriptor)  # an open file cannot be removed there
            with suppress(OSError):
                path.unlink()
        else:
            with suppress(OSError):
                path.unlink()  # while it is still ours: who waits for it sees that it is gone
            os.close(descriptor)


def _lock(path: Path) -> int:
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _take(descriptor)
            if _is_still(descriptor, path):
                return descriptor
        except BlockingIOError as error:
            os.close(descriptor)
            raise DownloadError("another Reelscope is fetching it already") from error
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # whoever held it has removed it meanwhile


def _take(descriptor: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            raise BlockingIOError from error
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _is_still(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
