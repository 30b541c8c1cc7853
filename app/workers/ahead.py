"""Decodes what is about to be played in a thread of its own, some pictures ahead. Free of Qt."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from app.core.cancel import CancelToken
from app.core.errors import CancelledError, HardwareError, ReelscopeError
from app.core.time import TimeSpan

if TYPE_CHECKING:
    from app.media.picture import Picture

_log = logging.getLogger(__name__)

MOST_PICTURES = 8
_MOST_BYTES = 96 * 2**20
"""How far ahead: so many pictures, or fewer of large ones (7 of 2160p with 8 bits), but two at least."""

_CLOSING_S = 2.0
"""How long to wait for a driver to let go."""


class AheadReader(Protocol):
    """What is needed of app.media.decoder.VideoReader."""

    def frames(self, span: TimeSpan = ..., *, cancel: CancelToken | None = None) -> Iterator[Picture]:
        """The pictures from a time on."""

    def close(self) -> None:
        """Give the file back."""


@dataclass(slots=True, eq=False)
class _Run:
    """Decoding on from one picture."""

    start: Picture
    cancel: CancelToken = field(default_factory=CancelToken)
    ready: deque[tuple[int | None, Picture]] = field(default_factory=deque)
    ended: bool = False
    passed: int = 0


class Ahead:
    """Gives the pictures that follow each other, decoded by a reader that lives and dies in its thread.

    Every command may be called from one other thread, and none of them waits but ``after`` where it is told
    to and ``close``.
    """

    def __init__(self, open_reader: Callable[[], AheadReader]) -> None:
        self._open_reader = open_reader
        self._condition = threading.Condition()
        self._closed = False
        self._run: _Run | None = None
        self._taken: _Run | None = None
        self._failure = ""
        self._thread = threading.Thread(target=self._work, name="decode-ahead")
        self._thread.start()

    def follow(self, picture: Picture) -> None:
        """Decode what comes after ``picture``, in place of what was decoded until now."""
        self._replace(_Run(picture, passed=picture.pts))

    def rest(self) -> None:
        """Decode nothing; the file stays open."""
        self._replace(None)

    def follows(self, pts: int) -> bool:
        """Whether the picture after the one with this pts has come or will come."""
        with self._condition:
            return self._run is not None and self._run.passed <= pts

    def after(self, pts: int, wait_s: float = 0.0, cancel: CancelToken | None = None) -> Picture | None:
        """Return the picture after the one with this pts; None where it is not there (yet), or is no more.

        Raises:
            HardwareError: nothing more will come; the sentence is a clause that says why.
            CancelledError: asked to stop while waiting.
        """
        forget = cancel.on_cancel(self._wake) if cancel is not None else lambda: None
        try:
            with self._condition:
                self._condition.wait_for(lambda: self._known(pts) or _is_set(cancel), wait_s)
                if cancel is not None:
                    cancel.raise_if_cancelled()
                return self._take(pts)
        finally:
            forget()

    def has_ended(self) -> bool:
        """Whether all pictures until the last one were given."""
        with self._condition:
            return self._run is not None and self._run.ended and not self._run.ready

    def close(self) -> None:
        """End the thread; a driver that does not let go is left to itself, and said in the log."""
        with self._condition:
            self._closed = True
        self._replace(None)
        self._thread.join(_CLOSING_S)
        if self._thread.is_alive():
            _log.warning("A hardware decoder does not let go")

    # --- the other thread's side

    def _known(self, pts: int) -> bool:
        """Drop what the player has passed: that makes room for more; and tell whether waiting is over."""
        run = self._run
        if run is None:
            return True
        while run.ready and run.ready[0][1].pts <= pts:
            run.passed = run.ready.popleft()[1].pts
            self._condition.notify_all()
        return bool(run.ready or self._failure or run.ended)

    def _take(self, pts: int) -> Picture | None:
        run = self._run
        if not self._known(pts) or run is None:
            return None
        if not run.ready and self._failure:
            raise HardwareError(self._failure)
        if not run.ready or run.ready[0][0] != pts:
            return None
        _, picture = run.ready.popleft()
        run.passed = picture.pts
        self._condition.notify_all()
        return picture

    def _replace(self, run: _Run | None) -> None:
        with self._condition:
            before, self._run = self._run, run
            if before is not None:
                # The thread may remember the run until the next one.
                before.ready.clear()
            self._condition.notify_all()
        if before is not None:
            before.cancel.cancel()

    def _wake(self) -> None:
        with self._condition:
            self._condition.notify_all()

    # --- the thread's side

    def _work(self) -> None:
        try:
            self._serve()
        except ReelscopeError as error:
            self._fail(str(error))
        except Exception as error:  # noqa: BLE001 - whatever a driver does must not cost more than the driver
            _log.exception("Decoding ahead met something unexpected")
            self._fail(f"it failed: {error!r}")

    def _serve(self) -> None:
        reader: AheadReader | None = None
        try:
            while (run := self._next_run()) is not None:
                if reader is None:
                    reader = self._open_reader()
                try:
                    self._decode(reader, run)
                except CancelledError:
                    continue
        finally:
            if reader is not None:
                reader.close()

    def _next_run(self) -> _Run | None:
        """Wait for another place to decode from; None once closed."""
        with self._condition:
            self._condition.wait_for(lambda: self._closed or self._run not in (None, self._taken))
            self._taken = self._run
            return None if self._closed else self._run

    def _decode(self, reader: AheadReader, run: _Run) -> None:
        before: int | None = None
        for picture in reader.frames(TimeSpan(max(0.0, run.start.time_s)), cancel=run.cancel):
            if picture.pts > run.start.pts:
                self._put(run, before, picture)
            before = picture.pts
        with self._condition:
            run.ended = True
            self._condition.notify_all()

    def _put(self, run: _Run, before: int | None, picture: Picture) -> None:
        with self._condition:
            self._condition.wait_for(lambda: self._run is not run or _has_room(run, picture))
            if self._run is not run:
                raise CancelledError
            run.ready.append((before, picture))
            self._condition.notify_all()

    def _fail(self, reason: str) -> None:
        with self._condition:
            self._failure = reason
            self._condition.notify_all()


def _has_room(run: _Run, picture: Picture) -> bool:
    count = len(run.ready)
    return count < 2 or (count < MOST_PICTURES and (count + 1) * picture.nbytes <= _MOST_BYTES)


def _is_set(cancel: CancelToken | None) -> bool:
    return cancel is not None and cancel.cancelled
