"""Decodes and converts ahead of what is played, in a thread of its own. Free of Qt.

A heavy part of a film, or a moment in which others have the cores, then costs no picture. The one reader is
lent to that thread while playing, and taken back for everything else: what is decoded ahead is in its cache.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar

from app.core.cancel import CancelToken
from app.core.errors import CancelledError
from app.workers.player_needs import Reader
from app.workers.precedence import yield_to_window

if TYPE_CHECKING:
    from app.core.results import MediaInfo
    from app.media.picture import Picture

MOST_PICTURES = 24
MOST_BYTES = 320 * 2**20
"""How far ahead: so many pictures, or fewer of large ones, decoded (these the reader's cache holds, too) and
converted; one at least. Of 2160p shown at 1280 x 720 that is 20."""

T = TypeVar("T")


class Preparing(Protocol):
    """What is needed of app.workers.prepared_frames.Preparer."""

    def prepare(self, picture: Picture) -> int:
        """Make a picture ready to be shown; returns the bytes that takes."""

    def forget(self) -> None:
        """What was prepared will not be shown."""


@dataclass(frozen=True, slots=True)
class _Ready:
    """What the reader gave: a picture, the end, or an error."""

    picture: Picture | None
    nbytes: int = 0
    error: Exception | None = None


@dataclass(slots=True, eq=False)
class _Run:
    """Playing on from one picture.

    Attributes:
        follows: pts of the picture that the first of ``ready`` follows.
        newest: the last one decoded.
        over: whether nothing comes any more.
    """

    follows: int
    newest: Picture
    ready: deque[_Ready] = field(default_factory=deque)
    nbytes: int = 0
    over: bool = False
    cancel: CancelToken = field(default_factory=CancelToken)


class Lookahead:
    """A reader that is ahead while playing; all calls but its thread's come from one thread."""

    def __init__(self, reader: Reader, preparing: Preparing) -> None:
        self._reader, self._preparing = reader, preparing
        self._reading = threading.Lock()
        self._condition = threading.Condition()
        self._thread: threading.Thread | None = None
        self._run: _Run | None = None
        self._playing = self._held = self._awaited = self._closed = False

    @property
    def info(self) -> MediaInfo:
        """What the file is."""
        return self._reader.info

    def set_playing(self, playing: bool) -> None:
        """Pictures are wanted one after the other for a while, or no more."""
        self._playing = playing
        if not playing:
            with self.held():
                self._forget()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep the other thread from the reader; it goes on afterwards where it was."""
        with self._condition:
            self._held, run = True, self._run
        if run is not None:
            run.cancel.cancel()
        try:
            with self._reading:
                yield
        finally:
            with self._condition:
                self._held = False
                if run is not None:
                    run.cancel = CancelToken()
                self._condition.notify_all()

    def frame_at(
        self, time_s: float, *, cancel: CancelToken | None = None, going_on: bool = False
    ) -> Picture:
        """The picture shown at a time; ``going_on``: those that follow will be wanted, too."""
        return self._alone(lambda: self._reader.frame_at(time_s, cancel=cancel, going_on=going_on))

    def preview_at(self, time_s: float, *, cancel: CancelToken | None = None) -> Picture:
        """A picture near a time, quickly."""
        return self._alone(lambda: self._reader.preview_at(time_s, cancel=cancel))

    def next_frame(self, after: Picture, *, cancel: CancelToken | None = None) -> Picture | None:
        """The picture that follows: while playing it mostly waits already."""
        if not self._playing:
            return self._alone(lambda: self._reader.next_frame(after, cancel=cancel))
        self._follow(after)
        ready = self._next_ready(cancel)
        if ready.error is not None:
            self._alone(lambda: None)
            raise ready.error
        return ready.picture

    def previous_frame(self, before: Picture, *, cancel: CancelToken | None = None) -> Picture | None:
        """The picture right before."""
        return self._alone(lambda: self._reader.previous_frame(before, cancel=cancel))

    def prepare(self, around: Picture, *, cancel: CancelToken | None = None) -> bool:
        """Do a little work, so that going back will not wait; False where none is left."""
        return self._alone(lambda: self._reader.prepare(around, cancel=cancel))

    def close(self) -> None:
        """End the thread and give the file back."""
        with self._condition:
            self._closed = True
            run = self._run
            self._condition.notify_all()
        if run is not None:
            run.cancel.cancel()
        if self._thread is not None:
            self._thread.join()
        self._forget()
        self._reader.close()

    def _alone(self, work: Callable[[], T]) -> T:
        with self.held():
            self._forget()
            return work()

    def _forget(self) -> None:
        with self._condition:
            run, self._run = self._run, None
        if run is not None:
            run.ready.clear()
            self._preparing.forget()

    def _follow(self, after: Picture) -> None:
        """See to it that what follows ``after`` comes."""
        if self._run is not None and self._run.follows == after.pts:
            return
        self._alone(lambda: None)
        with self._condition:
            self._run = _Run(after.pts, after)
            self._condition.notify_all()
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="decode-ahead")
            self._thread.start()

    def _next_ready(self, cancel: CancelToken | None) -> _Ready:
        forget = cancel.on_cancel(self._wake) if cancel is not None else lambda: None
        run = self._run
        assert run is not None
        try:
            with self._condition:
                self._awaited = not run.ready
                self._condition.wait_for(lambda: run.ready or (cancel is not None and cancel.cancelled))
                self._awaited = False
                if cancel is not None:
                    cancel.raise_if_cancelled()
                ready = run.ready[0]
                # The end stays: somebody may ask again.
                if ready.picture is not None:
                    run.ready.popleft()
                    run.nbytes -= ready.nbytes
                    run.follows = ready.picture.pts
                    self._condition.notify_all()
                return ready
        finally:
            forget()

    def _wake(self) -> None:
        with self._condition:
            self._condition.notify_all()

    # --- the thread's side

    def _work(self) -> None:
        yield_to_window()
        while (run := self._next_run()) is not None:
            with self._reading:
                # Somebody else may have had the reader meanwhile, and left this.
                ready = self._decoded(run) if self._goes_on(run) else None
                if ready is not None:
                    self._put(run, ready)

    def _next_run(self) -> _Run | None:
        """Wait until there is room for a picture more; None once closed."""
        with self._condition:
            self._condition.wait_for(lambda: self._closed or (not self._held and _has_room(self._run)))
            return None if self._closed else self._run

    def _goes_on(self, run: _Run) -> bool:
        with self._condition:
            return self._run is run and not self._held and not self._closed

    def _decoded(self, run: _Run) -> _Ready | None:
        """Decode and convert one picture more; None where asked to let go."""
        try:
            picture = self._reader.next_frame(run.newest, cancel=run.cancel)
            if picture is None:
                return _Ready(None)
            # Whoever waits for it converts it himself, while the next one is decoded, or drops it.
            nbytes = 0 if self._awaited else self._preparing.prepare(picture)
            return _Ready(picture, picture.nbytes + nbytes)
        except CancelledError:
            return None
        except Exception as error:  # noqa: BLE001 - it belongs to whoever asks for this picture
            return _Ready(None, error=error)

    def _put(self, run: _Run, ready: _Ready) -> None:
        with self._condition:
            run.ready.append(ready)
            run.nbytes += ready.nbytes
            run.over = ready.picture is None
            run.newest = ready.picture or run.newest
            self._condition.notify_all()


def _has_room(run: _Run | None) -> bool:
    if run is None or run.over:
        return False
    count = len(run.ready)
    return count == 0 or (count < MOST_PICTURES and run.nbytes * (count + 1) <= MOST_BYTES * count)
