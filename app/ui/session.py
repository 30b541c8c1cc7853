"""The open file and the work on it: owns the workers, knows the state, tells the window what changed.

Everything here runs in the window's thread; the workers are told through their thread-safe commands and
answer through notices without content, upon which the content is taken from their mailboxes.
"""

from __future__ import annotations

import enum
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.analysis.progress import ProgressMeter
from app.core.events import Cancelled, Done, Event, Failed
from app.core.results import AnalysisResult, Detection, MediaInfo
from app.settings import Settings
from app.ui.findings import Change, Filter, Findings
from app.ui.live_gate import LiveGate
from app.ui.live_pace import LivePace
from app.ui.message import Message, Tone
from app.ui.model_choice import ChooseModels, ModelChoice, ModelWishes
from app.ui.requests import analysis_request, detect_request, index_request, stages_of
from app.ui.transport_bar import SPEEDS

if TYPE_CHECKING:
    from app.analysis.request import AnalysisRequest
    from app.core.frame import VideoFrame
    from app.core.geometry import Size
    from app.workers.decoder_thread import DecoderThread
    from app.workers.inference_thread import InferenceThread
    from app.workers.notices import LiveFailed, OpenFailed, PlaybackState, VideoOpened

_LIVE_MOST = 2000
_WAITING_MOST = 4
"""Playing pictures that may wait for their boxes: at 30 a second, 0.13 s."""


class FileState(enum.Enum):
    """How it stands with the file."""

    NONE = enum.auto()
    LOADING = enum.auto()
    OPEN = enum.auto()
    SOUND_ONLY = enum.auto()
    FAILED = enum.auto()


class Work(enum.Enum):
    """How it stands with the analysis."""

    IDLE = enum.auto()
    INDEXING = enum.auto()
    ANALYSING = enum.auto()
    CANCELLING = enum.auto()
    DONE = enum.auto()
    FAILED = enum.auto()
    CANCELLED = enum.auto()

    @property
    def under_way(self) -> bool:
        """Whether something runs."""
        return self in (Work.INDEXING, Work.ANALYSING, Work.CANCELLING)


@dataclass(frozen=True, slots=True)
class WorkerFactories:
    """Makes the threads; tests put others in."""

    decoder: Callable[[], DecoderThread]
    inference: Callable[[], InferenceThread]


@dataclass(frozen=True, slots=True)
class _Run:
    """One request to the analysis thread, which answers each with exactly one outcome."""

    number: int
    file_number: int
    indexing: bool


class Session(QObject):
    """One window's file, its findings and its work.

    Attributes:
        findings: what is known of the file.
        shown: the filter.
        path, file_state, failure: the file, how it stands with it, and why it failed.
        work, meter: the analysis and its progress.
        models, analysed_with: the models in use, and those that the last analysis began with.
        frame: the picture that is shown.
        playing, speed, at_end, dropped: as the decoder said last.

    Signals:
        file_changed(): path, state or media.
        findings_changed(object): a Change.
        filter_changed(): the filter.
        picture_changed(): the picture, or the boxes that belong to it.
        time_changed(): the current time.
        playback_changed(): playing, speed or end.
        work_changed(): the state of the analysis or its progress.
        settings_changed(): the settings.
        said(object): a Message.
    """

    file_changed = Signal()
    findings_changed = Signal(object)
    filter_changed = Signal()
    picture_changed = Signal()
    time_changed = Signal()
    playback_changed = Signal()
    work_changed = Signal()
    settings_changed = Signal()
    said = Signal(object)

    def __init__(
        self,
        factories: WorkerFactories,
        choose_models: ChooseModels,
        settings: Settings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._choose_models = choose_models
        self.settings = settings
        self.findings = Findings()
        self.shown = Filter(confidence=settings.confidence)
        self.path: Path | None = None
        self.file_state = FileState.NONE
        self.failure = ""
        self.models = self.analysed_with = ModelChoice()
        self._models_chosen = False
        self.work = Work.IDLE
        self.meter = ProgressMeter(())
        self.frame: VideoFrame | None = None
        self.playing, self.speed, self.at_end, self.dropped = False, 1.0, False, 0
        self._target_s: float | None = None
        self._resume_after_scrub = False
        self._scrubbing = False
        self._ended = False
        self._waiting: OrderedDict[int, VideoFrame] = OrderedDict()
        self._pace = LivePace()
        self._knows = self._knew_before = False
        self._seek_generation = 0
        self._file_number = 0
        self._open_generation = 0
        self._runs: deque[_Run] = deque()
        self._next_run = 0
        self._live: OrderedDict[int, tuple[Detection, ...]] = OrderedDict()
        self._begin_workers(factories)

    def _begin_workers(self, factories: WorkerFactories) -> None:
        self.decoder = factories.decoder()
        self.analysis = factories.inference()
        self.live = factories.inference()
        self.decoder.opened.connect(self._decoder_opened)
        self.decoder.failed.connect(self._decoder_failed)
        self.decoder.state_changed.connect(self._decoder_state)
        self.decoder.frame_ready.connect(self._frame_ready)
        self.analysis.events_ready.connect(self._events_ready)
        self.live.live_ready.connect(self._live_ready)
        self.live.live_failed.connect(self._live_failed)
        self.live.live_wanted.connect(self.decoder.show_again)
        self._gate = LiveGate(self.live, self._known)
        self._gate.enabled = self.settings.show_boxes
        self.decoder.set_live_tap(self._gate)
        for thread in (self.decoder, self.analysis, self.live):
            thread.start()

    # --- the file

    @property
    def media(self) -> MediaInfo | None:
        """What the file is."""
        return self.findings.media

    @property
    def has_picture(self) -> bool:
        """Whether there is something to look at."""
        return self.file_state is FileState.OPEN

    @property
    def is_open(self) -> bool:
        """Whether there is a file to go about in."""
        return self.file_state in (FileState.OPEN, FileState.SOUND_ONLY)

    def open(self, path: Path) -> None:
        """Open another file in place of this one."""
        if self._ended:
            return
        self._leave_file()
        self.path = path
        self.file_state = FileState.LOADING
        self._refresh_models()
        self._announce_file()
        self._open_generation = self.decoder.open(path)

    def close(self) -> None:
        """Leave the file, open none."""
        self._leave_file()
        self.path, self.file_state = None, FileState.NONE
        self._open_generation = self.decoder.close()
        self._announce_file()

    def _leave_file(self) -> None:
        self._file_number += 1
        if self.work.under_way:
            self.analysis.cancel()
        self.decoder.pause()
        self.findings = Findings()
        self.shown = Filter(confidence=self.settings.confidence)
        self.failure = ""
        self.work, self.frame, self._target_s = Work.IDLE, None, None
        self._resume_after_scrub = False
        self._live.clear()
        self._waiting.clear()
        self._knows = self._knew_before = False

    def _announce_file(self) -> None:
        self.file_changed.emit()
        self.findings_changed.emit(Change.EVERYTHING)
        self.filter_changed.emit()
        self.picture_changed.emit()
        self.time_changed.emit()
        self.work_changed.emit()

    def _refresh_models(self, *, anew: bool = False) -> None:
        """Looking for models reads files, so it is done once, and when one was added."""
        if anew or not self._models_chosen:
            self.models = self._choose_models(ModelWishes(self.settings.detector, self.settings.speech))
            self._models_chosen = True
        self.live.set_live_detector(detect_request(self.models, self.settings))

    def current_models(self) -> ModelChoice:
        """Return the models in use, looked for now where nobody needed them before."""
        self._refresh_models()
        return self.models

    def models_changed(self) -> None:
        """A model was added or chosen: choose anew, and let live boxes be those of the detector now."""
        before = self.models.detector
        self._refresh_models(anew=True)
        if self.models.detector != before:
            self._live.clear()
            self.decoder.show_again()
            self.picture_changed.emit()
        self.file_changed.emit()

    def _decoder_opened(self, opened: VideoOpened) -> None:
        if self.file_state is not FileState.LOADING or opened.generation != self._open_generation:
            return
        self.findings.media = opened.info
        self.file_state = FileState.OPEN if opened.info.video is not None else FileState.SOUND_ONLY
        self._remember_opened()
        self.file_changed.emit()
        self.findings_changed.emit(Change.MEDIA)
        self._start(index_request(self._opened_path()), indexing=True)

    def _opened_path(self) -> Path:
        if self.path is None:
            raise RuntimeError("no file is open")
        return self.path

    def _remember_opened(self) -> None:
        if self.path is not None:
            self.change_settings(self.settings.with_recent(self.path.absolute()))

    def _decoder_failed(self, failed: OpenFailed) -> None:
        if failed.generation < self._open_generation:
            return
        if self.file_state is FileState.LOADING:
            self._file_failed(failed.sentence)
        elif self.file_state is FileState.OPEN:
            self.said.emit(Message(failed.sentence, Tone.WARNING))

    def _file_failed(self, sentence: str) -> None:
        self.file_state, self.failure = FileState.FAILED, sentence
        if self.path is not None and not self.path.exists():
            self.change_settings(self.settings.without_recent(self.path.absolute()))
        self.file_changed.emit()

    # --- time and playing

    @property
    def time_s(self) -> float:
        """Where we are: where we are going, else where the picture is."""
        if self._target_s is not None:
            return self._target_s
        return self.frame.time_s if self.frame is not None else 0.0

    def seek(self, time_s: float, *, exact: bool = True) -> None:
        """Go to a time; not exact: the nearest picture will do."""
        if not self.is_open:
            return
        self._target_s = min(max(0.0, time_s), max(0.0, self.findings.duration_s))
        if self.has_picture:
            self._seek_generation = self.decoder.seek(self._target_s, exact=exact)
        self.time_changed.emit()

    def seek_by(self, seconds: float) -> None:
        """Go so much further or back."""
        self.seek(self.time_s + seconds)

    def step(self, count: int) -> None:
        """Go so many pictures further or back."""
        if self.has_picture:
            self.decoder.step(count)

    def play_or_pause(self) -> None:
        """Switch over."""
        if self.has_picture:
            if self.playing:
                self.decoder.pause()
            else:
                self.decoder.play()

    def set_speed(self, speed: float) -> None:
        """Play so fast."""
        self.decoder.set_speed(speed)

    def change_speed(self, step: int) -> None:
        """Take the next speed up or down."""
        nearest = min(range(len(SPEEDS)), key=lambda place: abs(SPEEDS[place] - self.speed))
        self.set_speed(SPEEDS[min(max(0, nearest + step), len(SPEEDS) - 1)])

    def begin_scrub(self) -> None:
        """The hand takes the playhead: playing waits, and the time is where the hand is."""
        self._scrubbing = True
        self._resume_after_scrub = self.playing
        if self.playing:
            self.decoder.pause()

    def end_scrub(self) -> None:
        """The hand leaves the playhead: play on if it played before."""
        self._scrubbing = False
        if self._resume_after_scrub and self.has_picture:
            self.decoder.play()
        self._resume_after_scrub = False

    def set_view_size(self, size: Size) -> None:
        """Pictures are wanted within this size."""
        self.decoder.set_view_size(size)

    def _decoder_state(self, state: PlaybackState) -> None:
        stopped = self.playing and not state.playing
        self.playing, self.speed = state.playing, state.speed
        self.at_end, self.dropped = state.at_end, state.dropped
        if stopped:
            self._show_waiting()
            self.picture_changed.emit()
        self.playback_changed.emit()

    def _frame_ready(self) -> None:
        frame = self.decoder.out.poll()
        if frame is None or not self.has_picture or frame.generation < self._open_generation:
            return
        if self._waiting and frame.generation != next(reversed(self._waiting.values())).generation:
            self._waiting.clear()
        waits = self.playing and self._gate.enabled and self.models.detector is not None
        if waits and not self._known(frame.time.pts):
            if self._pace.worth_waiting and len(self._waiting) < _WAITING_MOST:
                self._waiting[frame.time.pts] = frame
                return
            if self._waiting:
                self._pace.told(in_time=False)
            else:
                self._pace.passed()
        self._waiting.clear()
        self._present(frame)

    def _show_waiting(self) -> None:
        """It plays no longer: show the newest picture that waited for its boxes."""
        if self._waiting:
            _, newest = self._waiting.popitem()
            self._waiting.clear()
            self._present(newest)

    def _present(self, frame: VideoFrame) -> None:
        self._knew_before = self.frame is not None and self._known(self.frame.time.pts)
        self._knows = self._known(frame.time.pts)
        self.frame = frame
        if frame.generation >= self._seek_generation and not self._scrubbing:
            self._target_s = None
        self.picture_changed.emit()
        self.time_changed.emit()

    # --- boxes of the picture

    def boxes(self) -> tuple[Detection, ...]:
        """What is to be painted over the picture shown."""
        if self.frame is None or not self.settings.show_boxes:
            return ()
        # Boxes of single pictures in a row of unknown ones would only flash by.
        if self.playing and not (self._knows and self._knew_before):
            return ()
        pts = self.frame.time.pts
        if self.findings.analysed(pts):
            return self.shown.admitted(self.findings.detections_at(pts))
        return self.shown.admitted(self._live.get(pts, ()))

    def _known(self, pts: int) -> bool:
        """Whether the objects of a picture are known; asked by the decoder's thread."""
        return self.findings.analysed(pts) or pts in self._live

    def _live_ready(self) -> None:
        result = self.live.live_out.poll()
        if self._ended or result is None or self.frame is None or result.generation < self._open_generation:
            return
        self._live[result.pts] = result.detections
        if len(self._live) > _LIVE_MOST:
            self._live.popitem(last=False)
        if result.pts in self._waiting:
            self._pace.told(in_time=True)
            while self._waiting:
                pts, frame = self._waiting.popitem(last=False)
                if pts == result.pts:
                    self._present(frame)
                    break
        elif result.pts == self.frame.time.pts:
            self.picture_changed.emit()

    def _live_failed(self, failed: LiveFailed) -> None:
        self.said.emit(Message(failed.sentence, Tone.WARNING))

    def set_filter(self, shown: Filter) -> None:
        """Show something else of what was found."""
        if shown != self.shown:
            self.shown = shown
            self.filter_changed.emit()
            self.picture_changed.emit()

    def toggle_class(self, label: str) -> None:
        """Switch one class over."""
        self.set_filter(self.shown.toggled(label))

    def set_confidence(self, confidence: float) -> None:
        """Show what is at least so certain."""
        self.set_filter(replace(self.shown, confidence=confidence))

    # --- the analysis

    @property
    def result(self) -> AnalysisResult | None:
        """What can be exported: the result of the last analysis, whole or as far as it came."""
        outcome = self.findings.outcome
        return outcome.result if outcome is not None else None

    def analyse(self) -> None:
        """Find everything in the open file."""
        if not self.is_open or self.work in (Work.ANALYSING, Work.CANCELLING):
            return
        self._refresh_models()
        self.analysed_with = self.models
        self.findings.restart()
        self._start(
            analysis_request(self._opened_path(), self.media, self.models, self.settings), indexing=False
        )
        self.findings_changed.emit(Change.RUN)
        self.filter_changed.emit()
        self.picture_changed.emit()

    def cancel(self) -> None:
        """Stop what runs."""
        if self.work in (Work.INDEXING, Work.ANALYSING):
            self.analysis.cancel()
            self.work = Work.CANCELLING
            self.work_changed.emit()

    def _start(self, request: AnalysisRequest, *, indexing: bool) -> None:
        if self.work.under_way:
            self.analysis.cancel()
        self._next_run += 1
        self._runs.append(_Run(self._next_run, self._file_number, indexing))
        self.meter = ProgressMeter(stages_of(self.media))
        self.work = Work.INDEXING if indexing else Work.ANALYSING
        self.analysis.analyse(request)
        self.work_changed.emit()

    def _events_ready(self) -> None:
        change = Change.NOTHING
        if self._ended:
            return
        for event in self.analysis.take_events():
            change |= self._take(event)
        if change:
            self.findings_changed.emit(change)
        if change & Change.DETECTIONS:
            self.picture_changed.emit()
        self.work_changed.emit()

    def _take(self, event: Event) -> Change:
        """Take one event of the run at the head of the line; those of an earlier run only end it."""
        if not self._runs:
            return Change.NOTHING
        run = self._runs[0]
        ends = isinstance(event, Done | Failed | Cancelled)
        if ends:
            self._runs.popleft()
        if run.number != self._next_run or run.file_number != self._file_number:
            return Change.NOTHING
        self.meter.take(event)
        if isinstance(event, Done | Failed | Cancelled):
            return self._finish(run, event)
        return self.findings.add(event)

    def _finish(self, run: _Run, outcome: Done | Failed | Cancelled) -> Change:
        if run.indexing:
            self.work = Work.IDLE
            self.findings.indexed = isinstance(outcome, Done)
            if isinstance(outcome, Failed):
                self.said.emit(Message(outcome.sentence, Tone.WARNING))
            return Change.OUTCOME
        self.work = {Done: Work.DONE, Failed: Work.FAILED, Cancelled: Work.CANCELLED}[type(outcome)]
        if isinstance(outcome, Failed):
            self.said.emit(Message(outcome.sentence, Tone.FAILURE, "Try again", self.analyse))
        change = self.findings.add(outcome)
        return change | self.findings.complete(outcome.result) if outcome.result is not None else change

    # --- settings

    def change_settings(self, settings: Settings) -> None:
        """Take other settings."""
        if settings == self.settings:
            return
        before, self.settings = self.settings, settings
        boxes_differ = settings.show_boxes != before.show_boxes
        self.settings_changed.emit()
        if (settings.detector, settings.speech) != (before.detector, before.speech):
            self.models_changed()
        if boxes_differ:
            self._gate.enabled = settings.show_boxes
            self.decoder.show_again()
            self.picture_changed.emit()

    # --- the end

    def refuse(self) -> None:
        """Take nothing more from the workers: first step of the end."""
        self._ended = True
        self.file_state = FileState.NONE

    def stop_inference(self) -> None:
        """Stop both analysis threads and wait for them."""
        for thread in (self.analysis, self.live):
            thread.stop()
        for thread in (self.analysis, self.live):
            thread.wait()

    def stop_decoder(self) -> None:
        """Stop the decoder and wait for it."""
        self.decoder.stop()
        self.decoder.wait()
