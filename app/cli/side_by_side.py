"""Several analyses at a time, each in a process of its own: what they say comes to one thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from app.analysis.request import AnalysisRequest
from app.core.cancel import CancelToken
from app.core.control import Control
from app.core.events import Event
from app.core.mailbox import BoundedMailbox, MailboxClosedError

_MAILBOX = 64
"""Events that wait to be shown; analyses that find more wait until there is room."""

Analyse = Callable[[AnalysisRequest, Control], Iterator[Event]]
"""Yields the events of one analysis, at last its outcome."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the analysis of request ``number`` said, or the error that ended it."""

    number: int
    what: Event | BaseException


def side_by_side(requests: Sequence[AnalysisRequest], jobs: int, analyse: Analyse) -> Generator[Told]:
    """Run ``jobs`` analyses at a time, begun in order; yields what each says as it comes.

    Fewer run at a time where there is no memory for more threads. Each ends with an outcome or an error.
    Leaving the iteration stops all that run and waits for them, which takes as long as ``analyse`` needs to
    obey.
    """
    desk = _Desk(requests, analyse)
    threads: list[threading.Thread] = []
    try:
        for number in range(jobs):
            thread = threading.Thread(target=desk.work, name=f"reelscope-job-{number}")
            try:
                thread.start()
            except RuntimeError:  # no room for another one: those that run do the rest
                if not threads:
                    raise
                break
            threads.append(thread)
        left = len(requests)
        while left:
            told = desk.said.take()
            if isinstance(told, Told):
                yield told
            else:
                left -= 1
    finally:
        desk.close()
        for thread in threads:
            thread.join()


@dataclass(frozen=True, slots=True)
class _Over:
    """One analysis is over; nothing more of it will come."""


@dataclass(slots=True)
class _Desk:
    """Hands out requests to the threads that drive them."""

    requests: Sequence[AnalysisRequest]
    analyse: Analyse
    said: BoundedMailbox[Told | _Over] = field(default_factory=lambda: BoundedMailbox(_MAILBOX))
    _control: Control = field(default_factory=lambda: Control(CancelToken()))
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _next: int = 0

    def work(self) -> None:
        """Drive one after the other until none is left."""
        with suppress(MailboxClosedError):
            while (number := self._take()) is not None:
                self._drive(number)
                self.said.put(_Over())

    def close(self) -> None:
        """Stop what runs and begin nothing more."""
        with self._lock:
            self._next = len(self.requests)
        self._control.cancel.cancel()
        self.said.close(discard=True)

    def _take(self) -> int | None:
        with self._lock:
            if self._next >= len(self.requests):
                return None
            self._next += 1
            return self._next - 1

    def _drive(self, number: int) -> None:
        try:
            for event in self.analyse(self.requests[number], self._control):
                self.said.put(Told(number, event))
        except MailboxClosedError:
            raise
        except BaseException as error:  # noqa: BLE001 - carried to the thread that tells the user
            self.said.put(Told(number, error))
