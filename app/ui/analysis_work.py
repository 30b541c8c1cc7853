"""The analysis of the open file: what was asked, how far it is, how it ended."""

from __future__ import annotations

import enum
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.analysis.progress import ProgressMeter
from app.core.results import AnalysisResult
from app.core.time import WHOLE
from app.ui.found.change import Change
from app.ui.message import Message, Tone
from app.ui.requests import stages_of
from app.ui.speech_costs import PiecesHeard

if TYPE_CHECKING:
    from app.analysis.request import AnalysisRequest, SpeechRequest
    from app.core.events import Cancelled, Done, Event, Failed, Outcome
    from app.ui.open_file import OpenFile
    from app.workers.inference_thread import InferenceThread


class WorkState(enum.Enum):
    """How it stands with the analysis."""

    IDLE = enum.auto()
    INDEXING = enum.auto()
    ANALYSING = enum.auto()
    PAUSED = enum.auto()
    CANCELLING = enum.auto()
    DONE = enum.auto()
    FAILED = enum.auto()
    CANCELLED = enum.auto()

    @property
    def under_way(self) -> bool:
        """Whether something runs."""
        return self is WorkState.INDEXING or self.analyses

    @property
    def analyses(self) -> bool:
        """Whether an analysis runs, be it to its end."""
        return self in (WorkState.ANALYSING, WorkState.PAUSED, WorkState.CANCELLING)

    @property
    def can_pause(self) -> bool:
        """Whether pausing, or going on, makes sense."""
        return self in (WorkState.ANALYSING, WorkState.PAUSED)


@dataclass(frozen=True, slots=True)
class Apart:
    """A run whose events are not for the findings.

    Attributes:
        take: gets each of its events, at last its outcome.
        title: what it does.
    """

    take: Callable[[Event], None]
    title: str


@dataclass(frozen=True, slots=True)
class _Run:
    """One request to the analysis thread, which answers each with exactly one outcome.

    Attributes:
        before: the state that it leaves behind where it is not an analysis itself.
        left: its file was left while it was under way.
    """

    number: int
    file_number: int
    indexing: bool
    whole: bool
    before: WorkState
    apart: Apart | None = None
    left: bool = False


@dataclass(frozen=True, slots=True)
class LeftRun:
    """An analysis has ended whose file was left before; ``file_number`` is that of ``OpenFile`` then."""

    file_number: int
    outcome: Outcome


class AnalysisWork(QObject):
    """Gives requests to the analysis thread and its events to the findings. GUI thread only.

    Attributes:
        state, meter: the analysis and its progress.
        failure: what was said of the last analysis that failed.

    Signals:
        changed(): the state of the analysis or its progress.
        found(object): a Change of the findings.
        said(object): a Message.
        retry_asked(): the analysis shall run once more.
        pieces_heard(object): a PiecesHeard: what the speech model took in a run that has ended.
        left_run_ended(object): a LeftRun.
    """

    changed = Signal()
    found = Signal(object)
    said = Signal(object)
    retry_asked = Signal()
    pieces_heard = Signal(object)
    left_run_ended = Signal(object)

    def __init__(self, thread: InferenceThread, file: OpenFile, parent: QObject) -> None:
        super().__init__(parent)
        self._thread = thread
        self._file = file
        self.state = WorkState.IDLE
        self.meter = ProgressMeter(())
        self.failure: Message | None = None
        self._runs: deque[_Run] = deque()
        self._listening: SpeechRequest | None = None
        self._pieces_s: list[float] = []
        self._next_run = 0
        self._ended = False
        thread.events_ready.connect(self._events_ready)

    @property
    def result(self) -> AnalysisResult | None:
        """What can be exported: the result of the last analysis, whole or as far as it came."""
        outcome = self._file.findings.outcome
        return outcome.result if outcome is not None else None

    def start(self, request: AnalysisRequest, *, indexing: bool) -> None:
        """Begin; what runs now is cancelled."""
        if self.state.under_way:
            self._thread.cancel()
        self._listening, self._pieces_s = request.speech, []
        self.meter = ProgressMeter(stages_of(self._file.media))
        self._begin(request, indexing=indexing)

    def start_apart(self, request: AnalysisRequest, take: Callable[[Event], None], title: str) -> None:
        """Begin something beside the analysis: ``take`` gets its events, the findings stay as they are.

        Progress, pausing and cancelling are those of an analysis; afterwards the state is that of before.
        Nothing else may run.
        """
        from app.core.events import Stage

        self.meter = ProgressMeter((Stage.SPEECH,))
        self._begin(request, indexing=False, apart=Apart(take, title))

    def _begin(self, request: AnalysisRequest, *, indexing: bool, apart: Apart | None = None) -> None:
        self._next_run += 1
        before = WorkState.IDLE if self.state.under_way else self.state
        whole = request.span == WHOLE
        self._runs.append(_Run(self._next_run, self._file.number, indexing, whole, before, apart))
        self.state = WorkState.INDEXING if indexing else WorkState.ANALYSING
        self._thread.analyse(request)
        self.changed.emit()

    @property
    def title_apart(self) -> str:
        """What runs beside the analysis; "" where it is the analysis itself."""
        apart = self._runs[-1].apart if self._runs else None
        return apart.title if apart is not None else ""

    def cancel(self) -> None:
        """Stop what runs."""
        if self.state is WorkState.INDEXING or self.state.can_pause:
            self._thread.cancel()
            self.state = WorkState.CANCELLING
            self.changed.emit()

    def toggle_pause(self) -> None:
        """Let the analysis rest, or go on."""
        if not self.state.can_pause:
            return
        if self.state is WorkState.PAUSED:
            self._thread.resume()
            self.meter.resume()
            self.state = WorkState.ANALYSING
        else:
            self._thread.pause()
            self.meter.pause()
            self.state = WorkState.PAUSED
        self.changed.emit()

    def leave_file(self) -> None:
        """Stop what runs: its file is left."""
        if self.state.under_way:
            self._thread.cancel()
        if self._runs and self.state.analyses:
            self._runs[-1] = replace(self._runs[-1], left=True)
        self.state = WorkState.IDLE

    def come_back(self, state: WorkState) -> None:
        """The file is open again that was left in this state; what was under way then was cancelled."""
        if state.analyses:
            self.state = WorkState.CANCELLED
        elif not state.under_way:
            self.state = state
        self.changed.emit()

    def refuse(self) -> None:
        """Take no more events."""
        self._ended = True

    def _events_ready(self) -> None:
        if self._ended:
            return
        change = Change.NOTHING
        for event in self._thread.take_events():
            change |= self._take(event)
        if change:
            self.found.emit(change)
        self.changed.emit()

    def _take(self, event: Event) -> Change:
        """Take one event of the run at the head of the line; those of an earlier run only end it."""
        from app.core.events import Cancelled, Done, Failed, PieceHeard

        if not self._runs:
            return Change.NOTHING
        run = self._runs[0]
        ends = isinstance(event, Done | Failed | Cancelled)
        if ends:
            self._runs.popleft()
        if run.left and run.apart is None and isinstance(event, Done | Failed | Cancelled):
            self.left_run_ended.emit(LeftRun(run.file_number, event))
        if run.number != self._next_run or run.file_number != self._file.number:
            return Change.NOTHING
        self.meter.take(event)
        if run.apart is not None:
            if ends:
                self.state = run.before
            run.apart.take(event)
            return Change.NOTHING
        if isinstance(event, PieceHeard):
            self._pieces_s.append(event.took_s)
        if isinstance(event, Done | Failed | Cancelled):
            return self._finish(run, event)
        return self._file.findings.add(event)

    def _finish(self, run: _Run, outcome: Done | Failed | Cancelled) -> Change:
        from app.core.events import Cancelled, Done, Failed

        findings = self._file.findings
        if self._listening is not None and self._pieces_s:
            took = tuple(self._pieces_s)
            self.pieces_heard.emit(PiecesHeard(self._listening.model, self._listening.threads, took))
        findings.index.whole |= run.whole and isinstance(outcome, Done)
        if run.indexing:
            self.state = run.before
            if isinstance(outcome, Failed):
                self.said.emit(Message(outcome.sentence, Tone.WARNING))
            return Change.OUTCOME
        states = {Done: WorkState.DONE, Failed: WorkState.FAILED, Cancelled: WorkState.CANCELLED}
        self.state = states[type(outcome)]
        if isinstance(outcome, Failed):
            self.failure = Message(outcome.sentence, Tone.FAILURE, "Try again", self.retry_asked.emit)
            self.said.emit(self.failure)
        return findings.add(outcome)
