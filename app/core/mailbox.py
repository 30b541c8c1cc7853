"""What stands between two threads: one slot where the newest wins, or a bounded queue that loses nothing."""

from __future__ import annotations

import threading
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class MailboxClosedError(Exception):
    """The other side is gone: nothing more will be taken or come."""


class Slot(Generic[T]):
    """A mailbox for one item: ``put`` replaces what was not taken yet and never blocks.

    A burst of requests therefore collapses to the newest. Any thread may call anything.
    """

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._items: deque[T] = deque(maxlen=1)
        self._closed = False

    def put(self, item: T) -> bool:
        """Leave ``item`` as the newest; False (and nothing kept) once closed."""
        with self._condition:
            if self._closed:
                return False
            self._items.append(item)
            self._condition.notify()
            return True

    def take(self, timeout_s: float | None = None) -> T | None:
        """Wait for an item and take it; None after ``timeout_s`` seconds.

        Raises:
            MailboxClosedError: closed, by ``close``.
        """
        with self._condition:
            self._condition.wait_for(lambda: self._items or self._closed, timeout_s)
            if self._closed:
                raise MailboxClosedError
            return self._items.popleft() if self._items else None

    def poll(self) -> T | None:
        """Take what is there, without waiting; None where nothing is."""
        with self._condition:
            return self._items.popleft() if self._items else None

    @property
    def waiting(self) -> bool:
        """Whether an item waits to be taken."""
        with self._condition:
            return bool(self._items)

    def close(self) -> None:
        """Drop what waits and wake everybody who waits."""
        with self._condition:
            self._closed = True
            self._items.clear()
            self._condition.notify_all()


class BoundedMailbox(Generic[T]):
    """A first-in first-out queue of at most ``capacity`` items: a fast producer waits for its consumer.

    Closing is an end from either side: ``put`` then refuses, ``take`` gives what is left, then refuses.
    So no producer is ever left blocked on a queue nobody reads. Any thread may call anything.
    """

    def __init__(self, capacity: int) -> None:
        if capacity < 1:
            raise ValueError("a mailbox holds at least one item")
        self._capacity = capacity
        self._condition = threading.Condition()
        self._items: deque[T] = deque()
        self._closed = False

    def put(self, item: T) -> None:
        """Wait for room and append.

        Raises:
            MailboxClosedError: closed; the item is not kept.
        """
        with self._condition:
            self._condition.wait_for(lambda: len(self._items) < self._capacity or self._closed)
            if self._closed:
                raise MailboxClosedError
            self._items.append(item)
            self._condition.notify_all()

    def take(self, timeout_s: float | None = None) -> T | None:
        """Wait for the oldest item and take it; None after ``timeout_s`` seconds.

        Raises:
            MailboxClosedError: closed and empty.
        """
        with self._condition:
            self._condition.wait_for(lambda: self._items or self._closed, timeout_s)
            if self._items:
                item = self._items.popleft()
                self._condition.notify_all()
                return item
            if self._closed:
                raise MailboxClosedError
            return None

    def close(self, *, discard: bool = False) -> None:
        """Refuse more; with ``discard`` also drop what waits (a consumer that gives up)."""
        with self._condition:
            self._closed = True
            if discard:
                self._items.clear()
            self._condition.notify_all()

    def __len__(self) -> int:
        with self._condition:
            return len(self._items)
