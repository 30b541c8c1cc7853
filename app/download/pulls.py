"""Several downloads at once, each of which can be cancelled alone."""

from __future__ import annotations

import enum
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from app.core.cancel import CancelToken
from app.core.errors import CancelledError, DownloadError, ReelscopeError
from app.download.pace import Pace
from app.download.space import check_room
from app.download.wanted import Stage, Told, Wanted

_log = logging.getLogger(__name__)

_TELL_EVERY_S = 0.1
_WAKE_S = 0.5
"""A wait without an end could not be interrupted by Ctrl+C on Windows."""


class PullStage(enum.Enum):
    """How far a download is."""

    WAITING = "waiting"
    FETCHING = "fetching"
    CHECKING = "checking"
    RESTING = "resting"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Whether nothing more will come of it."""
        return self in (PullStage.DONE, PullStage.FAILED, PullStage.CANCELLED)


@dataclass(frozen=True, slots=True)
class PullState:
    """How a download goes.

    Attributes:
        name: by which it was begun.
        done, total: bytes; of checking, those that were read.
        left_s: how long it still takes; None where nobody can say.
        sentence: why it failed, a sentence, or why it rests before another try, a clause; "" otherwise.
    """

    name: str
    stage: PullStage
    done: int
    total: int
    left_s: float | None = None
    sentence: str = ""


class FetchOne(Protocol):
    """What fetches a file: ``Fetcher.fetch``."""

    def __call__(self, wanted: Wanted, told: Told, cancel: CancelToken) -> None:
        """Bring it to its place.

        Raises:
            CancelledError, ReelscopeError: it did not come.
        """


@dataclass(slots=True)
class _Pull:
    name: str
    wanted: Wanted
    cancel: CancelToken


class Pulls:
    """Downloads under names, at most ``at_once`` at a time; any thread may call anything.

    Threads live only while there is something to fetch. ``changes`` must be read by one thread.
    """

    def __init__(
        self, fetch: FetchOne, *, at_once: int = 3, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._fetch, self._at_once, self._clock = fetch, at_once, clock
        self._condition = threading.Condition()
        self._waiting: deque[_Pull] = deque()
        self._running: dict[str, _Pull] = {}
        self._news: dict[str, PullState] = {}
        # One looks for room at a time: what does not fit must not take any from what does.
        self._entrance = threading.Lock()
        self._with_room: dict[str, Wanted] = {}
        self._threads: set[threading.Thread] = set()
        self._stopped = False

    @property
    def busy(self) -> bool:
        """Whether something is fetched, waits, or ended without anybody having read of it."""
        with self._condition:
            return bool(self._waiting or self._running or self._news)

    def begin(self, name: str, wanted: Wanted) -> bool:
        """Fetch a file, soon; False where it is fetched or waits already, or all was stopped."""
        with self._condition:
            known = name in self._running or any(pull.name == name for pull in self._waiting)
            if known or self._stopped:
                return False
            self._waiting.append(_Pull(name, wanted, CancelToken()))
            self._tell(PullState(name, PullStage.WAITING, 0, wanted.bytes))
            if len(self._threads) < self._at_once:
                thread = threading.Thread(target=self._work, name="download")
                self._threads.add(thread)
                thread.start()
            return True

    def cancel(self, name: str) -> None:
        """Give up one; what has come of it is kept for the next time."""
        with self._condition:
            pull = self._running.get(name)
            for waiting in [each for each in self._waiting if each.name == name]:
                self._waiting.remove(waiting)
                self._tell(PullState(name, PullStage.CANCELLED, 0, waiting.wanted.bytes))
        if pull is not None:
            pull.cancel.cancel()

    def stop(self) -> None:
        """Give up all, for good."""
        with self._condition:
            self._stopped = True
            names = [pull.name for pull in (*self._waiting, *self._running.values())]
        for name in names:
            self.cancel(name)

    def changes(self) -> Iterator[PullState]:
        """Yield states as they change, only the newest of each; ends when nothing is left to fetch."""
        while True:
            with self._condition:
                while not self._news and (self._waiting or self._running):
                    self._condition.wait(_WAKE_S)
                news, self._news = list(self._news.values()), {}
                if not news:
                    break
            yield from news
        for thread in self._ended_threads():
            thread.join()

    def _ended_threads(self) -> tuple[threading.Thread, ...]:
        with self._condition:
            return tuple(self._threads) if not (self._waiting or self._running) else ()

    def _tell(self, state: PullState) -> None:
        self._news[state.name] = state
        self._condition.notify_all()

    def _next(self) -> _Pull | None:
        with self._condition:
            if not self._waiting:
                self._threads.discard(threading.current_thread())
                return None
            pull = self._waiting.popleft()
            self._running[pull.name] = pull
            return pull

    def _work(self) -> None:
        while (pull := self._next()) is not None:
            ended = self._ending(pull)
            with self._entrance:
                self._with_room.pop(pull.name, None)
            with self._condition:
                del self._running[pull.name]
                self._tell(ended)

    def _ending(self, pull: _Pull) -> PullState:
        """Fetch one file; how it ended."""
        told = _Teller(pull, self._clock, self._note)
        try:
            self._take_room(pull)
            self._fetch(pull.wanted, told, pull.cancel)
        except CancelledError:
            return replace(told.state, stage=PullStage.CANCELLED, left_s=None, sentence="")
        except ReelscopeError as error:
            return replace(told.state, stage=PullStage.FAILED, left_s=None, sentence=str(error))
        except Exception:  # noqa: BLE001 - a fault costs one download, not the others
            _log.exception("Fetching %s met something unexpected", pull.name)
            fault = f"{pull.name} was not fetched: the program ran into a fault; the log says more."
            return replace(told.state, stage=PullStage.FAILED, left_s=None, sentence=fault)
        return PullState(pull.name, PullStage.DONE, pull.wanted.bytes, pull.wanted.bytes)

    def _take_room(self, pull: _Pull) -> None:
        """See that a file fits beside those that are being fetched.

        Raises:
            DownloadError: it does not.
        """
        with self._entrance:
            try:
                check_room(pull.wanted, self._with_room.values())
            except DownloadError as error:
                raise DownloadError(f"{pull.wanted.target.name} was not fetched: {error}.") from error
            self._with_room[pull.name] = pull.wanted

    def _note(self, state: PullState) -> None:
        with self._condition:
            self._tell(state)


class _Teller:
    """Turns bytes into states, a few a second."""

    def __init__(self, pull: _Pull, clock: Callable[[], float], tell: Callable[[PullState], None]) -> None:
        self.state = PullState(pull.name, PullStage.FETCHING, 0, pull.wanted.bytes)
        self._clock, self._tell = clock, tell
        self._pace = Pace()
        self._told_s: float | None = None

    def __call__(self, stage: Stage, done: int, why: str = "") -> None:
        now_s = self._clock()
        is_fetching = stage is Stage.FETCHING
        if is_fetching:
            self._pace.note(now_s, done)
        new = PullStage(stage.value)
        left_s = self._pace.left_s(self.state.total) if is_fetching else None
        changed = new is not self.state.stage
        self.state = replace(self.state, stage=new, done=done, left_s=left_s, sentence=why)
        if changed or self._told_s is None or now_s - self._told_s >= _TELL_EVERY_S:
            self._told_s = now_s
            self._tell(self.state)
