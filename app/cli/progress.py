"""Progress on standard error: bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

import shutil
import sys
import time
from typing import TextIO

from app.analysis.progress import ProgressMeter
from app.core.events import Event, Stage
from app.core.time import format_short

_REDRAW_S = 0.1
_BAR_CELLS = 28
_NAME_CELLS = 40
_LINE_STEP = 0.1
"""Elsewhere than on a terminal a line is written each time another tenth is done."""


class FileProgress:
    """How far the analysis of one file is, in words.

    Args:
        name: of the file.
        stages: those that run.
    """

    def __init__(self, name: str, stages: tuple[Stage, ...]) -> None:
        self._name = name
        self._meter = ProgressMeter(stages)
        self._next_share = _LINE_STEP

    def take(self, event: Event) -> None:
        """Note an event."""
        self._meter.take(event)

    def bar(self, full: str, empty: str) -> str:
        """Return the line of a terminal, drawn with the two characters."""
        share = self._meter.share()
        filled = round((share or 0.0) * _BAR_CELLS)
        drawn = full * filled + empty * (_BAR_CELLS - filled)
        return f"{self._name[:_NAME_CELLS]}  {drawn} {self._words(share)}"

    def due_line(self) -> str | None:
        """Return a plain line where another tenth is done since the last one."""
        share = self._meter.share()
        if share is None or share < self._next_share or share >= 1.0:
            return None
        while self._next_share <= share:
            self._next_share += _LINE_STEP
        return f"{self._name}: {self._words(share)}"

    def _words(self, share: float | None) -> str:
        parts = ["..." if share is None else f"{share:4.0%}"]
        left = self._meter.left_s()
        if left is not None:
            parts.append(f"{format_short(left)} left")
        return ", ".join(parts)


class ProgressBoard:
    """Shows how far all files are that are analysed now, a line for each. Used in one thread.

    Args:
        quiet: show nothing at all.
        stream: standard error where None.
    """

    def __init__(self, *, quiet: bool, stream: TextIO | None = None) -> None:
        self._stream = stream if stream is not None else sys.stderr
        self._quiet = quiet
        self._terminal = self._stream.isatty()
        self._files: dict[int, FileProgress] = {}
        self._drawn_at = 0.0
        self._lines_on_screen = 0

    def begin(self, number: int, name: str, stages: tuple[Stage, ...]) -> None:
        """Show a file from now on; ``number`` stands for it."""
        self._files[number] = FileProgress(name, stages)

    def take(self, number: int, event: Event) -> None:
        """Note an event and show what changed."""
        file = self._files[number]
        file.take(event)
        if self._quiet:
            return
        if self._terminal:
            self._redraw()
        elif (line := file.due_line()) is not None:
            print(line, file=self._stream, flush=True)

    def end(self, number: int) -> None:
        """Show a file no more."""
        self.clear()
        self._files.pop(number, None)

    def clear(self) -> None:
        """Take the bars off the terminal, so that other lines stand alone."""
        if self._lines_on_screen:
            self._stream.write(self._erasing())
            self._stream.flush()
            self._lines_on_screen = 0

    def _erasing(self) -> str:
        up = f"\x1b[{self._lines_on_screen - 1}A" if self._lines_on_screen > 1 else ""
        return f"{up}\r\x1b[J"

    def _redraw(self) -> None:
        now = time.monotonic()
        if now - self._drawn_at < _REDRAW_S:
            return
        self._drawn_at = now
        cells = "█░" if _can_write(self._stream, "█░") else "#-"
        # A line that wraps would take two, and stay there.
        width = shutil.get_terminal_size().columns - 1
        lines = [file.bar(*cells)[:width] for file in self._files.values()]
        self._stream.write(self._erasing() + "\n".join(lines))
        self._stream.flush()
        self._lines_on_screen = len(lines)


class ProgressLine:
    """How far the work on one file is. Used in one thread.

    Args:
        name: of the file.
        stages: those that run.
        quiet: show nothing at all.
    """

    def __init__(
        self, name: str, stages: tuple[Stage, ...], *, quiet: bool, stream: TextIO | None = None
    ) -> None:
        self._board = ProgressBoard(quiet=quiet, stream=stream)
        self._board.begin(0, name, stages)

    def take(self, event: Event) -> None:
        """Note an event and show what changed."""
        self._board.take(0, event)

    def clear(self) -> None:
        """Take the bar off the terminal, so that other lines stand alone."""
        self._board.clear()


def _can_write(stream: TextIO, text: str) -> bool:
    try:
        text.encode(stream.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True
