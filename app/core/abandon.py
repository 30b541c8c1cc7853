"""Work that cannot be stopped, on a thread of its own: who waits for it can stop waiting."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from app.core.cancel import CancelToken

T = TypeVar("T")


def abandonable(work: Callable[[], T], cancel: CancelToken, *, name: str) -> T:
    """Return what ``work`` returns, or leave it alone once ``cancel`` is set: it ends when it ends, unheard.

    Args:
        work: run on a new thread; must not need whoever gave it.
        cancel: ends the waiting at once.
        name: of the thread.

    Raises:
        CancelledError: ``cancel`` was set.
        BaseException: what ``work`` raised.
    """
    cancel.raise_if_cancelled()
    job = _Job(work)
    take_back = cancel.on_cancel(job.ended.set)
    try:
        threading.Thread(target=job.run, name=name).start()
        job.ended.wait()
    finally:
        take_back()
    cancel.raise_if_cancelled()
    return job.result()


class _Job(Generic[T]):
    """What runs on the thread, and what came out."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._results: list[T] = []
        self._error: BaseException | None = None
        self.ended = threading.Event()

    def run(self) -> None:
        try:
            self._results.append(self._work())
        except BaseException as error:  # noqa: BLE001 - raised again where somebody waits
            self._error = error
        finally:
            self.ended.set()

    def result(self) -> T:
        if self._error is not None:
            raise self._error
        return self._results[0]
