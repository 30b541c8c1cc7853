"""What is written into the log, line by line so that a report can leave out what is private.

Templates of messages and places in the code are the program's own words and may be shared. What was filled
in, and what an exception says, may name files or repeat what somebody said in a film: it stands on lines of
its own, behind PRIVATE.
"""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Iterator
from pathlib import PurePath

PRIVATE = "  | "
"""How a line begins that no report repeats."""

_OWN = "app"
_FRAME = re.compile(r'^(\s*)File "(.*)", line (\d+) in (.+)$')
_TRACE_WORDS = ("Fatal Python error", "Windows fatal exception", "Current thread", "Thread 0x", "  <")
_ROOTS = ("site-packages", "dist-packages", "_internal", "lib-dynload", "app", "tests")


class TwoPartFormatter(logging.Formatter):
    """Writes a record as lines that may be shared, followed by those that may not."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the lines of a record; a library's own words count as private."""
        ours = record.name.partition(".")[0] == _OWN and isinstance(record.msg, str)
        said = record.msg if ours else "(a library said something)"
        lines = [f"{self.formatTime(record)} {record.levelname} {record.name}: {_one_line(said)}"]
        if record.args or not ours:
            lines += _private(record.getMessage())
        if record.exc_info and record.exc_info[1] is not None:
            lines += _exception_lines(record.exc_info[1])
        return "\n".join(lines)


def shareable(text: str) -> list[str]:
    """Return the lines of a log that may be shared."""
    return [line for line in text.splitlines() if line and not line.startswith(PRIVATE)]


def shareable_trace(text: str) -> list[str]:
    """Return the lines of what `faulthandler` wrote, its places without the folders of this machine."""
    lines = []
    for line in text.splitlines():
        frame = _FRAME.match(line)
        if frame:
            lines.append(f"  at {place_of(frame[2])}:{frame[3]} in {frame[4]}")
        elif line.startswith(_TRACE_WORDS):
            lines.append(line)
    return lines


def place_of(file: str) -> str:
    """Return the name of a source file as every copy of the program has it, without the folders above."""
    parts = PurePath(file.replace("\\", "/")).parts
    roots = [number for number, part in enumerate(parts[:-1]) if part in _ROOTS]
    return "/".join(parts[roots[-1] :]) if roots else parts[-1] if parts else ""


def _exception_lines(error: BaseException) -> Iterator[str]:
    """The exception with those that led to it, the first one first."""
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if earlier is not None:
        yield from _exception_lines(earlier)
    yield f"  {type(error).__module__}.{type(error).__qualname__}"
    yield from _private(str(error))
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"    at {place_of(frame.filename)}:{frame.lineno} in {frame.name}"


def _private(text: str) -> list[str]:
    return [PRIVATE + line for line in text.splitlines()]


def _one_line(text: str) -> str:
    return " ".join(text.split())
