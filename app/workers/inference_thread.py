"""The thread that sees to models: an analysis in a child process, or boxes for the picture being shown."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal

from app.core.frame import VideoFrame
from app.core.geometry import Size
from app.core.mailbox import Slot
from app.workers.analysis_runs import Analyse, AnalysisRuns
from app.workers.live_detection import LiveDetection, LiveDetector, PictureWanted
from app.workers.notices import LiveFailed, LiveResult
from app.workers.precedence import yield_to_window

if TYPE_CHECKING:
    from app.analysis.child.spare import Spare
    from app.analysis.child.supervision import StartChild
    from app.analysis.request import AnalysisRequest, DetectRequest
    from app.core.control import Control
    from app.core.events import Event

_log = logging.getLogger(__name__)

_STACK_BYTES = 8 * 2**20


class InferenceThread(QThread):
    """Drives analyses one after the other, and detects in pictures as they are shown.

    The engine runs in a child process that is watched over here: what crashes or hangs there costs the job
    and keeps what it found. Pictures that are shown are looked at in this process.

    Every command may be called from any thread and returns at once. An analysis comes before live pictures:
    who wants both at the same time makes two of these threads.

    Attributes:
        live_out: the newest live result: poll it on ``live_ready``.

    Signals:
        events_ready: () ``take_events`` has something; emitted once for any number of events.
        live_ready: () ``live_out`` has a result.
        live_wanted: () a detector waits for a picture in its own form: connect it to
            ``DecoderThread.show_again``, and give this thread to ``DecoderThread.set_live_tap``.
        live_failed: (LiveFailed) the detector cannot be loaded or fails; it rests until another is set.
    """

    events_ready = Signal()
    live_ready = Signal()
    live_wanted = Signal()
    live_failed = Signal(object)

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        analyse: Analyse | None = None,
        start_child: StartChild | None = None,
        load_detector: Callable[[DetectRequest], LiveDetector] | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("inference")
        self.setStackSize(_STACK_BYTES)
        self._start_child = start_child
        self._spare: Spare | None = None
        self._analyse = analyse or self._analyse_in_child
        self._uses_children = analyse is None
        self._prepares = False
        self._condition = threading.Condition()
        self._stopping = False
        self._woken = False
        self._runs = AnalysisRuns(self.events_ready.emit)
        self._live = LiveDetection(load_detector or _load_detector, self._wake)
        self.live_out: Slot[LiveResult] = Slot()

    # --- an analysis ---

    def analyse(self, request: AnalysisRequest) -> None:
        """Analyse a file; an analysis that still runs is cancelled first, and its outcome comes first.

        Its events come through ``take_events``, at last one of Done, Failed, Cancelled.
        """
        if not self._stopping:
            self._runs.add(request)
            self._wake()

    def prepare(self) -> None:
        """Load what an analysis needs: one will soon be asked for."""
        self._prepares = self._uses_children
        self._wake()

    def pause(self) -> None:
        """Let the analysis rest, from its next picture or piece of sound on."""
        self._runs.pause()

    def resume(self) -> None:
        """Let it go on."""
        self._runs.resume()

    def set_focus(self, time_s: float | None) -> None:
        """Say where somebody looks, in shown time: analyses do that part first."""
        self._runs.look_at(time_s)

    def cancel(self) -> None:
        """Stop the analysis: what waits to be taken is dropped; Cancelled, with all that was found, comes."""
        self._runs.cancel()

    def take_events(self) -> list[Event]:
        """Take what has come, in order; never waits. The analysis waits while too much lies here untaken."""
        return self._runs.take_events()

    # --- live boxes; a LiveTap for the decoder ---

    def set_live_detector(self, request: DetectRequest | None) -> None:
        """Load a detector for the pictures shown (None: let it go); another threshold loads nothing anew."""
        self._live.set_request(request)

    def knows(self, _pts: int) -> bool:
        """Whether a picture need not be looked at: that is for whoever keeps the results to say."""
        return False

    def wanted_size(self, display: Size) -> Size | None:
        """At which size the detector wants pictures of ``display`` size, PLANAR_RGB_FLOAT; None: not now."""
        return self._live.wanted_size(display)

    def look_at(self, frame: VideoFrame) -> None:
        """Detect in this picture, PLANAR_RGB_FLOAT at ``wanted_size``; an older one that waits is dropped."""
        self._live.look_at(frame)

    def stop(self) -> None:
        """End: running work lets go, ``run`` returns; wait() for it. Repeated calls do nothing."""
        self._stopping = True
        self._runs.cancel()
        self._live.close()
        self.live_out.close()
        self._wake()

    # --- the thread ---

    def run(self) -> None:
        """Work until ``stop``."""
        yield_to_window()
        try:
            self._work()
        finally:
            if self._spare is not None:
                self._spare.end()

    def _work(self) -> None:
        while not self._stopping:
            run = self._runs.next()
            if run is not None:
                run.drive(self._analyse)
                self._prepares = self._uses_children
            elif self._prepares:
                self._prepares = False
                self._the_spare().prepare()
            elif self._live.due:
                self._look()
            else:
                self._rest()
        while (run := self._runs.next()) is not None:
            run.drive(self._analyse)

    def _the_spare(self) -> Spare:
        from app.analysis.child.process import EngineProcess
        from app.analysis.child.spare import Spare

        if self._spare is None:
            self._spare = Spare(self._start_child or EngineProcess)
        return self._spare

    def _analyse_in_child(self, request: AnalysisRequest, control: Control) -> Iterator[Event]:
        from app.analysis.child.supervision import analyse_in_child

        return analyse_in_child(request, control, start=self._the_spare().take)

    def _rest(self) -> None:
        """Wait until something was asked for since the last rest."""
        with self._condition:
            self._condition.wait_for(lambda: self._woken)
            self._woken = False

    def _wake(self) -> None:
        with self._condition:
            self._woken = True
            self._condition.notify_all()

    def _look(self) -> None:
        try:
            told = self._live.work()
        except Exception:  # noqa: BLE001 - a fault in a model's code must cost the boxes, not the thread
            _log.exception("The live detector met something unexpected")
            self._live.refuse()
            told = LiveFailed(_UNEXPECTED)
        if isinstance(told, LiveResult) and self.live_out.put(told):
            self.live_ready.emit()
        elif isinstance(told, LiveFailed):
            self.live_failed.emit(told)
        elif isinstance(told, PictureWanted):
            self.live_wanted.emit()


_UNEXPECTED = "Live boxes ran into a fault of the program and are off; the log says more."


def _load_detector(request: DetectRequest) -> LiveDetector:
    from app.inference.detector import Detector

    # In the window's own process: a driver that crashed would take the window down.
    return Detector.load(request.model, layout=request.layout, device="cpu")
