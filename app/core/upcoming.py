"""Looking ahead: an iterator that works on a thread of its own, some items before they are asked for."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

T = TypeVar("T")


class Upcoming(Generic[T]):
    """Takes items from a generator on one thread, which makes, uses and closes it.

    Other than with a queue the next item can be waited for together with something else. For one thread.
    """

    def __init__(self, items: Generator[T, None, None], depth: int, name: str) -> None:
        """Begin at once; at most ``depth`` items wait to be taken."""
        self._items = items
        self._pool = ThreadPoolExecutor(1, name)
        self._next: deque[Future[T | None]] = deque()
        for _ in range(depth):
            self._ask()

    def _ask(self) -> None:
        self._next.append(self._pool.submit(next, self._items, None))

    @property
    def head(self) -> Future[T | None]:
        """The next item, None behind the last one; it raises what the generator raised."""
        return self._next[0]

    def take(self) -> T | None:
        """Wait for the next item and take it."""
        item = self.head.result()
        self._next.popleft()
        self._ask()
        return item

    def close(self) -> None:
        """Close the generator where it stands, and wait for that; an item that is being made is finished."""
        for waiting in self._next:
            waiting.cancel()
        self._pool.submit(self._items.close)
        self._pool.shutdown()
