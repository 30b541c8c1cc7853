"""What the side reader is asked for: of each kind only the newest order counts."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

from app.core.cancel import CancelToken
from app.core.mailbox import MailboxClosedError
from app.media.file_status import FileStatus


@dataclass(frozen=True, slots=True)
class CueSource:
    """Where subtitles come from: track number ``track`` of a video, or a file of their own (None)."""

    path: Path
    track: int | None = None


@dataclass(frozen=True, slots=True)
class LookOrder:
    """Tell what can be chosen in a file."""

    path: Path
    generation: int


@dataclass(frozen=True, slots=True)
class ListOrder:
    """Tell which files these files and folders stand for."""

    paths: tuple[Path, ...]
    generation: int
    cancel: CancelToken = field(default_factory=CancelToken)


@dataclass(frozen=True, slots=True)
class CheckOrder:
    """Tell what became of a file since ``before``."""

    path: Path
    before: FileStatus
    generation: int


@dataclass(frozen=True, slots=True)
class CueOrder:
    """Read subtitles, those near a time first."""

    source: CueSource
    near_s: float
    generation: int
    cancel: CancelToken = field(default_factory=CancelToken)


@dataclass(frozen=True, slots=True)
class TranscriptOrder:
    """Read subtitles whole, as a transcript."""

    source: CueSource
    generation: int
    cancel: CancelToken = field(default_factory=CancelToken)


SideOrder = LookOrder | ListOrder | CheckOrder | TranscriptOrder | CueOrder

_FIRST_TO_LAST = (LookOrder, ListOrder, CheckOrder, TranscriptOrder, CueOrder)


class SideOrders:
    """The orders that wait; any thread may put, one takes."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._waiting: dict[type[SideOrder], SideOrder] = {}
        self._running: dict[type[SideOrder], CancelToken] = {}
        self._generation = 0
        self._closed = False

    def next_generation(self) -> int:
        """Return a number above all before."""
        with self._condition:
            self._generation += 1
            return self._generation

    def put(self, order: SideOrder) -> None:
        """Ask for something; an older order of the same kind is let go, even one that runs."""
        with self._condition:
            if self._closed:
                return
            self._drop(type(order))
            self._waiting[type(order)] = order
            if isinstance(order, ListOrder | TranscriptOrder | CueOrder):
                self._running[type(order)] = order.cancel
            self._condition.notify()

    def drop(self, kind: type[SideOrder]) -> None:
        """Ask for nothing of a kind any more."""
        with self._condition:
            self._drop(kind)

    def _drop(self, kind: type[SideOrder]) -> None:
        self._waiting.pop(kind, None)
        token = self._running.pop(kind, None)
        if token is not None:
            token.cancel()

    def take(self, *, wait: bool) -> SideOrder | None:
        """Return the next order; None where none is there and none shall be waited for.

        Raises:
            MailboxClosedError: the end.
        """
        with self._condition:
            while not self._closed:
                for kind in _FIRST_TO_LAST:
                    if kind in self._waiting:
                        return self._waiting.pop(kind)
                if not wait:
                    return None
                self._condition.wait()
            raise MailboxClosedError

    def close(self) -> None:
        """End: whatever runs lets go."""
        with self._condition:
            self._closed = True
            for kind in _FIRST_TO_LAST:
                self._drop(kind)
            self._condition.notify()
