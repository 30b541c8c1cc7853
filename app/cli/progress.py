"""Progress on standard error: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from typing import TextIO

from app.analysis.progress import ProgressMeter
from app.core.events import Event, Stage
from app.core.time import format_short

_REDRAW_S = 0.1
_BAR_CELLS = 28
_LINE_STEP = 0.1
"""Elsewhere than on a terminal a line is written each time another tenth is done."""


class ProgressLine:
    """Shows how far the analysis of one file is. Used in one thread.

    Args:
        name: of the file.
        stages: those that run.
        quiet: show nothing at all.
    """

    def __init__(
        self, name: str, stages: tuple[Stage, ...], *, quiet: bool, stream: TextIO | None = None
    ) -> None:
        self._name = name
        self._meter = ProgressMeter(stages)
        self._stream = stream if stream is not None else sys.stderr
        self._quiet = quiet
        self._terminal = self._stream.isatty()
        self._drawn_at = 0.0
        self._next_share = _LINE_STEP
        self._on_screen = False

    def take(self, event: Event) -> None:
        """Note an event and show what changed."""
        self._meter.take(event)
        if self._quiet:
            return
        if self._terminal:
            self._redraw()
        else:
            self._maybe_line()

    def clear(self) -> None:
        """Take the bar off the terminal, so that other lines stand alone."""
        if self._on_screen:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._on_screen = False

    def _redraw(self) -> None:
        now = time.monotonic()
        if now - self._drawn_at < _REDRAW_S:
            return
        self._drawn_at = now
        share = self._meter.share()
        filled = round((share or 0.0) * _BAR_CELLS)
        bar = "█" * filled + "░" * (_BAR_CELLS - filled)
        if not _can_write(self._stream, bar):
            bar = "#" * filled + "-" * (_BAR_CELLS - filled)
        self._stream.write(f"\r\x1b[K{self._name[:40]}  {bar} {self._words(share)}")
        self._stream.flush()
        self._on_screen = True

    def _maybe_line(self) -> None:
        share = self._meter.share()
        if share is None or share < self._next_share or share >= 1.0:
            return
        while self._next_share <= share:
            self._next_share += _LINE_STEP
        print(f"{self._name}: {self._words(share)}", file=self._stream, flush=True)

    def _words(self, share: float | None) -> str:
        parts = ["..." if share is None else f"{share:4.0%}"]
        left = self._meter.left_s()
        if left is not None:
            parts.append(f"{format_short(left)} left")
        return ", ".join(parts)


def _can_write(stream: TextIO, text: str) -> bool:
    try:
        text.encode(stream.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True
