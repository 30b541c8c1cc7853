"""A media file as a piece of the address space, instead of FFmpeg's own reading.

Measured on mp4, Matroska and MPEG-TS it saves nothing (docs/performance.md): FFmpeg reads 32 kB at a time
into a buffer of its own either way, and what is spared in system calls is spent on calls into Python. It
stays selectable, for file systems where each read is dear.
"""

from __future__ import annotations

import errno
import mmap
import os
from pathlib import Path

from app.core.errors import MediaError
from app.media.names import shown_name

BUFFER = 32 * 2**10
"""Bytes that FFmpeg asks for at a time, as from a file. With 128 and 512 kB more is copied than is needed."""


class MappedFile:
    """What PyAV reads from: behaves as a file that FFmpeg opened itself, ends included.

    A file that somebody shortens meanwhile ends the whole process by SIGBUS at the next access behind its new
    end: never in the process of the window.

    Attributes:
        name: as FFmpeg hears it, so that what goes by the ending of a name goes by it here, too.
    """

    def __init__(self, path: Path) -> None:
        """Map ``path``.

        Raises:
            MediaError: it cannot be mapped here.
        """
        self.name = f"file:{path.absolute()}"
        try:
            with path.open("rb") as file:
                self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise MediaError(f"{shown_name(path)} cannot be mapped into memory: {reason}.") from error
        self._length = len(self._bytes)
        self._at = 0

    def read(self, size: int) -> bytes:
        """Return the next bytes, at most ``size``; none at the end and behind it."""
        data = self._bytes[self._at : self._at + size]
        self._at += len(data)
        return data

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to ``offset`` and return where that is; FFmpeg's code for a wrong argument before the start.

        Not an exception: PyAV would raise it later, where FFmpeg itself took no offence.
        """
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._length}[whence]
        if base + offset < 0:
            return -errno.EINVAL
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        """Return where the next read begins."""
        return self._at

    def close(self) -> None:
        """Give the address space back; nothing may read any more."""
        self._bytes.close()
