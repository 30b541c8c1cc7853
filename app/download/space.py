"""Whether a file has room on its disk."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterable
from pathlib import Path

from app.core.errors import DownloadError
from app.core.sizes import size_words
from app.download.partial import part_bytes
from app.download.wanted import Wanted

_RESERVE = 64 << 20
"""What is left free, for whatever else is written meanwhile."""

DISK_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))


def missing_bytes(folder: Path, needed: int) -> int:
    """Return how many bytes are missing to write ``needed`` more into a folder, which need not be there yet.

    0 where there is room, or the system does not tell.
    """
    there = next((each for each in (folder, *folder.parents) if each.exists()), folder)
    try:
        free = shutil.disk_usage(there).free
    except OSError:
        return 0
    return max(0, needed + _RESERVE - free)


def check_room(wanted: Wanted, before: Iterable[Wanted] = ()) -> None:
    """See that what is missing of a file fits beside what is missing of those that come ``before`` it.

    Raises:
        DownloadError: it does not; the sentence is a clause.
    """
    rest, folder = _rest(wanted), wanted.target.parent
    others = sum(_rest(each) for each in before if each.target.parent == folder)
    if rest and (missing := missing_bytes(folder, rest + others)):
        beside = ", as others are being fetched" if others else ""
        size = size_words(wanted.bytes)
        raise DownloadError(
            f"it takes {size}, and {size_words(missing)} too little are free in {folder}{beside}"
        )


def _rest(wanted: Wanted) -> int:
    """Bytes that are still to be written; what has come counts as used by the disk already."""
    try:
        if wanted.target.stat().st_size == wanted.bytes:
            return 0
    except OSError:
        pass
    return max(0, wanted.bytes - part_bytes(wanted.target))
