"""How the bytes of a file come in."""

from __future__ import annotations

import enum


class Reading(enum.Enum):
    """FFmpeg reads the file, or it is mapped into memory."""

    FILE = "file"
    MAPPED = "mapped"
