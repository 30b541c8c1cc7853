"""Asking running work to stop."""

from __future__ import annotations

import threading
from collections.abc import Callable

from app.core.errors import CancelledError


class CancelToken:
    """A flag that is set once, from any thread.

    Native calls that cannot poll (an onnxruntime run, a blocked queue) register a callback with
    ``on_cancel``; it runs in the cancelling thread, once, and must be quick and not raise.
    """

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._callbacks: dict[int, Callable[[], None]] = {}
        self._next_key = 0

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked to stop."""
        return self._event.is_set()

    def cancel(self) -> None:
        """Ask to stop; repeated calls do nothing."""
        with self._lock:
            if self._event.is_set():
                return
            self._event.set()
            callbacks = list(self._callbacks.values())
            self._callbacks.clear()
        for callback in callbacks:
            callback()

    def raise_if_cancelled(self) -> None:
        """Raise CancelledError once the flag is set."""
        if self._event.is_set():
            raise CancelledError

    def on_cancel(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Run ``callback`` on cancelling (at once if it happened); call the result to take it back."""
        with self._lock:
            if not self._event.is_set():
                key = self._next_key
                self._next_key += 1
                self._callbacks[key] = callback
                return lambda: self._remove(key)
        callback()
        return lambda: None

    def _remove(self, key: int) -> None:
        with self._lock:
            self._callbacks.pop(key, None)
