"""Standard output, which may be closed, full, or read by somebody who leaves early."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from app.core.errors import ExportError


def write_stdout(data: bytes) -> None:
    """Write bytes as they are, whatever encoding the stream has for text.

    Raises:
        ExportError: there is no standard output.
    """
    if sys.stdout is None:
        raise ExportError("There is no standard output to write to.")
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def say_if_anybody_listens(text: str) -> None:
    """Print what only a person reads: a reader who left early must not stop the work behind it."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        forget_stdout()


def flush_stdout() -> None:
    """Bring out what was printed."""
    if sys.stdout is not None:
        sys.stdout.flush()


def forget_stdout() -> None:
    """Point standard output nowhere once it takes nothing more: Python would complain at the end."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
