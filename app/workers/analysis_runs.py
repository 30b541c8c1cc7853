"""Analyses that were asked for: one at a time, each with an outcome. Free of Qt."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from app.core.cancel import CancelToken
from app.core.control import Control
from app.core.errors import CancelledError, ReelscopeError
from app.workers.event_stream import EventStream

if TYPE_CHECKING:
    from app.analysis.request import AnalysisRequest
    from app.core.events import Event, Outcome

_log = logging.getLogger(__name__)

Analyse: TypeAlias = "Callable[[AnalysisRequest, Control], Iterator[Event]]"
"""The engine, or what stands in for it: yields events, at last one outcome."""


@dataclass(frozen=True, slots=True)
class AnalysisRun:
    """One analysis: what to do, how to steer and stop it, where its events go."""

    request: AnalysisRequest
    events: EventStream
    control: Control = field(default_factory=lambda: Control(CancelToken()))

    def cancel(self) -> None:
        """Stop it: what waits to be taken is dropped, the outcome still comes."""
        self.control.cancel.cancel()
        self.events.discard()

    def drive(self, analyse: Analyse) -> None:
        """Run it to its end in the calling thread; whatever happens, exactly one outcome comes, last."""
        from app.core.events import Cancelled

        outcome = Cancelled(None) if self.control.cancel.cancelled else self._outcome_of(analyse)
        self.events.finish(outcome)

    def _outcome_of(self, analyse: Analyse) -> Outcome:
        from app.core.events import Cancelled, Done, Failed

        outcome: Outcome | None = None
        try:
            # Iterated to its end, beyond the outcome: the engine puts its own threads away there.
            for event in analyse(self.request, self.control):
                if isinstance(event, Done | Failed | Cancelled):
                    outcome = outcome or event
                else:
                    self.events.put(event)
        except CancelledError:
            return outcome or Cancelled(None)
        except ReelscopeError as error:
            return outcome or Failed(str(error), None)
        except Exception:  # noqa: BLE001 - a fault of ours must end the analysis, not the thread
            _log.exception("The analysis met something unexpected")
            return outcome or Failed(_UNEXPECTED, None)
        return outcome or (Cancelled(None) if self.control.cancel.cancelled else Failed(_UNEXPECTED, None))


class AnalysisRuns:
    """Runs in the order in which they were asked for; a new one stops those before it. Any thread."""

    def __init__(self, notify: Callable[[], None]) -> None:
        self._notify = notify
        self._lock = threading.Lock()
        self._to_drive: deque[AnalysisRun] = deque()
        self._to_read: deque[AnalysisRun] = deque()
        self._focus_s: float | None = None

    def add(self, request: AnalysisRequest) -> None:
        """Ask for an analysis; those that still run or wait are cancelled."""
        self.cancel()
        run = AnalysisRun(request, EventStream(self._notify))
        with self._lock:
            run.control.focus_s = self._focus_s
            self._to_drive.append(run)
            self._to_read.append(run)

    def cancel(self) -> None:
        """Stop every analysis."""
        with self._lock:
            runs = list(self._to_read)
        for run in runs:
            run.cancel()

    def pause(self) -> None:
        """Let the newest analysis rest."""
        if (run := self._newest()) is not None:
            run.control.pause()

    def resume(self) -> None:
        """Let it go on."""
        if (run := self._newest()) is not None:
            run.control.resume()

    def look_at(self, time_s: float | None) -> None:
        """Say where somebody looks, in shown time: the newest analysis, and those to come, go there first."""
        self._focus_s = time_s
        if (run := self._newest()) is not None:
            run.control.focus_s = time_s

    def _newest(self) -> AnalysisRun | None:
        with self._lock:
            return self._to_read[-1] if self._to_read else None

    def next(self) -> AnalysisRun | None:
        """Take the next one to drive."""
        with self._lock:
            return self._to_drive.popleft() if self._to_drive else None

    @property
    def waiting(self) -> bool:
        """Whether one waits to be driven."""
        with self._lock:
            return bool(self._to_drive)

    def take_events(self) -> list[Event]:
        """Take what has come: the events of a run, its outcome, then those of the next run."""
        from app.core.events import Cancelled, Done, Failed

        taken: list[Event] = []
        while True:
            with self._lock:
                run = self._to_read[0] if self._to_read else None
            if run is None:
                return taken
            from_this_run = run.events.take()
            taken += from_this_run
            if not from_this_run or not isinstance(from_this_run[-1], Done | Failed | Cancelled):
                return taken
            with self._lock:
                self._to_read.popleft()


_UNEXPECTED = "The analysis ran into a fault of the program and stopped; the log says more."
