"""Names of files as text that can be shown and written."""

from __future__ import annotations

import os
from pathlib import Path


def clean_text(text: str) -> str:
    r"""Return ``text`` without lone surrogates, which neither UTF-8 nor JSON can carry.

    A file name that is not UTF-8 reaches Python with its odd bytes as surrogates; they become ``\xff``.
    """
    return os.fsencode(text).decode("utf-8", "backslashreplace")


def shown_name(path: Path) -> str:
    r"""Return the name of a file for a sentence: one line, control characters as ``\n``, ``\x1b``."""
    return one_line(path.name or str(path))


def one_line(text: str) -> str:
    r"""Return ``text`` as one line that any terminal may see: control characters as ``\n``, ``\x1b``."""
    clean = clean_text(text)
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in clean)
