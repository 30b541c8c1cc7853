"""Sizes of files in words."""

from __future__ import annotations


def size_words(count: int) -> str:
    """Return a number of bytes in words: ``574 MB``, ``1.6 GB``."""
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= size:
            value = count / size
            return f"{value:.1f} {unit}" if value < 9.95 else f"{value:.0f} {unit}"
    return f"{count} bytes"
