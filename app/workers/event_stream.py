"""Between an analysis and the window: events in bounded memory, and an outcome that always comes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from app.core.mailbox import BoundedMailbox, MailboxClosedError

if TYPE_CHECKING:
    from app.core.events import Event, Outcome

CAPACITY = 256
"""Events that may wait; thumbnails are the largest, some 30 kB each."""


class EventStream:
    """Events of one analysis, in order, then its outcome, once.

    The producer waits while the window lags behind. ``notify`` is called, in the producer's thread, when
    something comes after the last ``take``: once, for any number of events. Any thread may call anything.
    """

    def __init__(self, notify: Callable[[], None], capacity: int = CAPACITY) -> None:
        self._notify = notify
        self._capacity = capacity
        self._waiting: BoundedMailbox[Event] = BoundedMailbox(capacity)
        self._lock = threading.Lock()
        self._outcome: Outcome | None = None
        self._told = False

    def put(self, event: Event) -> bool:
        """Wait for room and append; False (and nothing kept) once discarded."""
        try:
            self._waiting.put(event)
        except MailboxClosedError:
            return False
        self._tell()
        return True

    def finish(self, outcome: Outcome) -> None:
        """Leave the last event; never waits."""
        with self._lock:
            self._outcome = outcome
        self._tell()

    def discard(self) -> None:
        """Drop what waits and refuse more, so that nobody waits for room; an outcome may still come."""
        self._waiting.close(discard=True)

    def take(self) -> list[Event]:
        """Take what has come, at most ``capacity`` events; the outcome only after all others."""
        with self._lock:
            self._told = False
            outcome = self._outcome
        taken: list[Event] = []
        for _ in range(self._capacity):
            event = self._poll()
            if event is None:
                break
            taken.append(event)
        if outcome is not None and len(self._waiting) == 0:
            with self._lock:
                self._outcome = None
            taken.append(outcome)
        return taken

    def _poll(self) -> Event | None:
        try:
            return self._waiting.take(0)
        except MailboxClosedError:
            return None

    def _tell(self) -> None:
        with self._lock:
            told, self._told = self._told, True
        if not told:
            self._notify()
