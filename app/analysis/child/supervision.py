"""An analysis in a child process: the same events as the engine's own, and an outcome whatever happens.

What the child says is collected here, so that it survives the child.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from functools import partial

from app.analysis.child.entry import NO_MEMORY
from app.analysis.child.messages import Begin, Ended, Ending, Heartbeat, Said, Steer, Stop
from app.analysis.child.process import EngineProcess, Nothing
from app.analysis.child.watchdog import PATIENCE, Patience, Watchdog, look_at
from app.analysis.collector import Collector
from app.analysis.request import AnalysisRequest
from app.analysis.stage import Note
from app.core.control import Control
from app.core.errors import UsageError
from app.core.events import Cancelled, Done, Event, Failed, MediaOpened, Outcome
from app.core.own_program import fault_of
from app.core.reading import Reading
from app.core.results import AnalysisResult

_log = logging.getLogger(__name__)

_TOO_LITTLE = "there is not enough memory"
_KEPT = "What was found until then is kept."
_LOOKED_ELSEWHERE_S = 0.5

StartChild = Callable[[], EngineProcess]


def analyse_in_child(
    request: AnalysisRequest,
    control: Control,
    *,
    start: StartChild = EngineProcess,
    patience: Patience = PATIENCE,
) -> Iterator[Event]:
    """Do what ``analyse`` does in a child process; a child that crashes, hangs or is killed is a Failed.

    The child is gone when the iteration ends or is left.

    Raises:
        UsageError: the request makes no sense for this file.
    """
    try:
        child = start()
    except OSError as error:
        yield Failed(f"The analysis cannot begin: no process can be started ({error.strerror}).", None)
        return
    supervision = _Supervision(request, control, child, patience)
    unlinks = (control.on_change(child.wake), control.cancel.on_cancel(child.wake))
    try:
        yield from supervision.events()
    finally:
        for unlink in unlinks:
            unlink()
        child.end()
    yield supervision.outcome()


class _Supervision:
    """One child at work, from its request to its end."""

    def __init__(
        self, request: AnalysisRequest, control: Control, child: EngineProcess, patience: Patience
    ) -> None:
        self._request = request
        self._control = control
        self._child = child
        self._patience = patience
        self._watchdog = Watchdog(patience, partial(look_at, child.pid))
        self._collector: Collector | None = None
        self._told = Steer(paused=False, focus_s=None)
        self._kill_at: float | None = None
        self._next_tick = time.monotonic() + patience.tick_s
        self._ended: Ended | None = None
        self._wrong = ""

    def events(self) -> Iterator[Event]:
        """Yield what the child says, until it ends or is given up."""
        self._steer()
        self._child.tell(Begin(self._request))
        while self._ended is None and not self._wrong:
            self._steer()
            said = self._child.take(self._wait_s())
            if said is Nothing.GONE:
                self._wrong = self._death()
            elif not isinstance(said, Nothing):
                yield from self._heard(said)
            self._watch()

    def outcome(self) -> Outcome:
        """Return how it ended, with all that was found.

        Raises:
            UsageError: the request makes no sense for this file.
        """
        result = self._collector.result() if self._collector is not None else None
        if self._ended is None:
            if self._control.cancel.cancelled:
                return Cancelled(result)
            return _failed(f"The analysis broke off: {self._wrong}.", result)
        match self._ended:
            case Ended(Ending.DONE) if result is not None:
                return Done(result)
            case Ended(Ending.CANCELLED):
                return Cancelled(result)
            case Ended(Ending.WRONG_USAGE, sentence):
                raise UsageError(sentence)
            case Ended(Ending.FAILED, sentence):
                return Failed(sentence, result)
            case Ended(Ending.NO_MEMORY):
                return _failed(f"The analysis broke off: {_TOO_LITTLE}.", result)
            case Ended(_, fault):
                _log.error("The analysis met something unexpected: %s", fault)
                return _failed("The analysis ran into a fault of the program; the log says more.", result)

    def _heard(self, said: Said) -> Iterator[Event]:
        if isinstance(said, Heartbeat):
            self._watchdog.heartbeat(said.cpu_s)
            return
        self._watchdog.came_further()
        if isinstance(said, Ended):
            self._ended = said
            return
        if isinstance(said, MediaOpened):
            self._collector = Collector(self._request, said.info, clock=self._control.working_s)
        if self._collector is not None:
            self._collector.take(said)
        if not isinstance(said, Note):
            yield said

    def _steer(self) -> None:
        """Tell the child what it shall do from now on, where that changed."""
        control, told = self._control, self._told
        focus_s = control.focus_s
        moved = (focus_s is None) != (told.focus_s is None) or (
            focus_s is not None
            and told.focus_s is not None
            and abs(focus_s - told.focus_s) >= _LOOKED_ELSEWHERE_S
        )
        if moved or control.paused != told.paused:
            self._told = Steer(control.paused, focus_s)
            self._child.tell(self._told)
        if control.cancel.cancelled and self._kill_at is None:
            self._kill_at = time.monotonic() + self._patience.cancel_s
            self._child.tell(Stop())

    def _wait_s(self) -> float:
        until = self._next_tick if self._kill_at is None else min(self._next_tick, self._kill_at)
        return max(0.0, until - time.monotonic())

    def _watch(self) -> None:
        now = time.monotonic()
        if self._kill_at is not None and now >= self._kill_at:
            self._wrong = self._wrong or "it did not stop when it was told to"
        if now >= self._next_tick:
            # However late: while this side slept, or waited for the window, the child proved nothing.
            self._next_tick = now + self._patience.tick_s
            self._wrong = self._wrong or self._watchdog.tick(resting=self._control.paused) or ""

    def _death(self) -> str:
        """Say how a child ended that said nothing last."""
        code = self._child.end()
        if self._child.nonsense:
            _log.warning("The analysis's process talked nonsense: %s", self._child.nonsense)
            return "its process said something that makes no sense"
        if code == NO_MEMORY:
            return _TOO_LITTLE
        fault = fault_of(code)
        if fault == "SIGBUS" and self._request.reading is Reading.MAPPED:
            return "the file was cut short while it was mapped into memory (SIGBUS)"
        if fault == "SIGKILL":
            return "its process was killed (SIGKILL), perhaps because memory ran short"
        if fault:
            return f"a decoder or a model crashed ({fault})"
        return f"its process ended by itself (exit code {code})"


def _failed(sentence: str, result: AnalysisResult | None) -> Failed:
    return Failed(f"{sentence} {_KEPT}" if result is not None else sentence, result)
