"""The open file and the work on it: owns the workers, knows the state, tells the window what changed.

Everything here runs in the window's thread; the workers are told through their thread-safe commands and
answer through notices without content, upon which the content is taken from their mailboxes.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.analysis.exportable import exportable
from app.core.results import AnalysisResult
from app.core.time import WHOLE, TimeSpan
from app.settings import Settings
from app.ui.analysis_work import AnalysisWork, LeftRun
from app.ui.found.change import Change
from app.ui.left_files import LeftFile, LeftFiles
from app.ui.live_boxes import LiveBoxes
from app.ui.marked_range import MarkedRange
from app.ui.message import Message, Tone
from app.ui.model_choice import ChooseModels, ModelChoice, ModelWishes
from app.ui.open_file import FileState, OpenFile
from app.ui.playback import Playback
from app.ui.requests import analysis_request, index_request, live_request
from app.ui.rerun import Rerun
from app.ui.session_workers import SessionWorkers, WorkerFactories
from app.ui.shown_objects import ShownObjects
from app.ui.sound import Sound
from app.ui.speech_costs import PiecesHeard, SpeechCosts
from app.ui.transcript_desk import TranscriptDesk
from app.ui.transcript_runs import TranscriptRuns
from app.workers.notices import DecodingState

if TYPE_CHECKING:
    from app.analysis.again import Attempt
    from app.workers.notices import OpenFailed, VideoOpened


class Session(QObject):
    """One window's file, its findings and its work.

    Attributes:
        workers: the threads.
        file: the open file and what is known of it.
        playback: time, motion and the picture.
        sound: how loud, which track, and why nothing is heard.
        work: the analysis.
        desk: the transcript that is shown, edited and exported.
        rerun: hears stretches once more.
        transcript_runs: brings to the desk what an analysis finds.
        costs: what the speech model takes on this machine.
        shown: what of the objects found is shown.
        marks: in and out.
        decoding: with what pictures are decoded.
        models, analysed_with: the models in use, and those that the last analysis began with.

    Signals:
        leaving(): the file is about to be left; it is all there still.
        file_changed(): path, state or media.
        findings_changed(object): a Change.
        settings_changed(): the settings.
        decoding_changed(): with what pictures are decoded.
        said(object): a Message.
    """

    leaving = Signal()
    file_changed = Signal()
    findings_changed = Signal(object)
    settings_changed = Signal()
    decoding_changed = Signal()
    said = Signal(object)

    def __init__(
        self,
        factories: WorkerFactories,
        choose_models: ChooseModels,
        settings: Settings,
        parent: QObject | None = None,
        costs: SpeechCosts | None = None,
    ) -> None:
        super().__init__(parent)
        self._choose_models = choose_models
        self.costs = costs or SpeechCosts()
        self.settings = settings
        self.file = OpenFile()
        self.marks = MarkedRange(self)
        self.models = self.analysed_with = ModelChoice()
        self._models_chosen = False
        self._ended = False
        self._begin_at_s: float | None = None
        self._left = LeftFiles()
        self._came_from: tuple[Path, int] | None = None
        self.decoding = DecodingState()
        self.workers = workers = SessionWorkers(factories)
        self.live_boxes = LiveBoxes(workers.live, self.file, self)
        self.playback = Playback(workers.decoder, self.file, self.live_boxes, self)
        self.shown = ShownObjects(self.playback, self.live_boxes, self)
        self.shown.begin(settings.confidence)
        self.sound = Sound(workers.sound, self.file, self.playback, settings, self)
        self.work = AnalysisWork(workers.analysis, self.file, self)
        self.desk = TranscriptDesk(self)
        self.transcript_runs = TranscriptRuns(self.desk, self.file, self)
        self.transcript_runs.said.connect(self.said)
        self.rerun = Rerun(self.work, self.desk, self)
        self.rerun.said.connect(self.said)
        self.marks.changed.connect(self._marks_changed)
        self.playback.time_changed.connect(self._time_changed)
        self._begin_workers()

    def _begin_workers(self) -> None:
        workers = self.workers
        workers.decoder.opened.connect(self._decoder_opened)
        workers.decoder.failed.connect(self._decoder_failed)
        workers.decoder.decoding_changed.connect(self._decoding_changed)
        workers.decoder.set_hwaccel(self.settings.hwaccel)
        workers.live.live_wanted.connect(workers.decoder.show_again)
        self.live_boxes.said.connect(self.said)
        self.work.said.connect(self.said)
        self.work.pieces_heard.connect(self._pieces_heard)
        self.work.found.connect(self._found)
        self.work.left_run_ended.connect(self._left_run_ended)
        self.work.retry_asked.connect(self.analyse)
        self.live_boxes.gate.enabled = self.settings.show_boxes
        workers.decoder.set_live_tap(self.live_boxes.gate)
        workers.decoder.set_deinterlacing(self.settings.deinterlace)
        workers.start()

    # --- the file

    def open(self, path: Path, *, video_track: int = 0, at_s: float | None = None) -> None:
        """Open another file, or another track, in place of this one; at its start, or at a time."""
        if self._ended:
            return
        before = (self.file.opened_path(), self.file.video_track) if self.file.is_open else None
        self._leave_file()
        self._came_from = before
        self.file.path, self.file.video_track, self._begin_at_s = path, video_track, at_s
        self.file.state = FileState.LOADING
        self._refresh_models()
        self._announce_file()
        self.file.generation = self.workers.decoder.open(path, video_track)
        self.workers.analysis.prepare()

    def close(self) -> None:
        """Leave the file, open none."""
        self._leave_file()
        self.file.generation = self.workers.decoder.close()
        self._announce_file()

    def _leave_file(self) -> None:
        if self.file.is_open:
            self.leaving.emit()
            self._keep_for_later()
        self.file.leave()
        self.rerun.leave_file()
        self.transcript_runs.leave_file()
        self.work.leave_file()
        self.playback.leave_file()
        self.marks.clear()
        self.shown.begin(self.settings.confidence)

    def _keep_for_later(self) -> None:
        file = self.file
        if file.media is None:
            return
        left = LeftFile(
            file.number,
            file.media,
            file.status,
            file.findings,
            self.work.state,
            self.analysed_with,
            self.transcript_runs.state,
            self.rerun.heard_again,
            self.shown.filter,
            self.playback.time_s,
        )
        self._left.keep(file.opened_path(), file.video_track, left)

    def _go_on_with(self, left: LeftFile) -> None:
        """The file is open again, and nothing has changed in it."""
        self.file.findings, self.shown.filter = left.findings, left.shown
        self.analysed_with = left.analysed_with
        self.rerun.return_to(left.heard_again)
        self.transcript_runs.return_to(left.transcript)
        self.work.come_back(left.work)
        if self._begin_at_s is None:
            self._begin_at_s = left.time_s

    def _left_run_ended(self, run: LeftRun) -> None:
        found = self._left.finish(run)
        if found is not None and found[0] is self.file.findings:
            self._found(found[1])

    def reload(self) -> None:
        """Open the file again, which is another one by now, at the time where we are."""
        path, video_track, time_s = self.file.opened_path(), self.file.video_track, self.playback.time_s
        self.open(path, video_track=video_track, at_s=time_s)
        self._left.forget(path, video_track)

    def _announce_file(self) -> None:
        self.file_changed.emit()
        self.findings_changed.emit(Change.EVERYTHING)
        self.shown.refresh()
        self.playback.time_changed.emit()
        self.work.changed.emit()

    def _decoder_opened(self, opened: VideoOpened) -> None:
        file = self.file
        if file.state is not FileState.LOADING or opened.generation != file.generation:
            return
        file.status = opened.status
        left = self._left.come_back(file.opened_path(), file.video_track, opened.info, opened.status)
        if left is not None:
            self._go_on_with(left)
        file.findings.media = opened.info
        file.state = FileState.OPEN if opened.info.video is not None else FileState.SOUND_ONLY
        self.change_settings(self.settings.with_recent(file.opened_path().absolute()))
        self.file_changed.emit()
        self.findings_changed.emit(Change.EVERYTHING if left is not None else Change.MEDIA)
        if left is not None:
            self.shown.changed.emit()
        if self._begin_at_s is not None:
            self.playback.seek(self._begin_at_s)
        if not file.findings.index.whole:
            self.work.start(index_request(file.opened_path(), file.video_track), indexing=True)

    def _decoder_failed(self, failed: OpenFailed) -> None:
        if failed.generation < self.file.generation:
            return
        if self.file.state is FileState.LOADING:
            self._file_failed(failed.sentence)
        elif self.file.state is FileState.OPEN:
            self.said.emit(Message(failed.sentence, Tone.WARNING))
            if self.playback.frame is None:
                self.file.failure = failed.sentence
                self.file_changed.emit()

    def _pieces_heard(self, heard: PiecesHeard) -> None:
        self.costs.learn(heard)

    def _decoding_changed(self, state: DecodingState) -> None:
        self.decoding = state
        if state.note:
            self.said.emit(Message(state.note, Tone.NOTE))
        self.decoding_changed.emit()

    def _file_failed(self, sentence: str) -> None:
        self.file.state, self.file.failure = FileState.FAILED, sentence
        path = self.file.opened_path()
        if not path.exists():
            self.change_settings(self.settings.without_recent(path.absolute()))
        self.file_changed.emit()
        if self._came_from is not None:
            self._offer_way_back(*self._came_from)

    def _offer_way_back(self, path: Path, video_track: int) -> None:
        """Something was opened that is no video: whoever dropped it by mistake has lost nothing."""
        back = partial(self.open, path, video_track=video_track)
        self.said.emit(Message(f"'{path.name}' is as you left it.", Tone.NOTE, "Go back", back))

    # --- models

    def _refresh_models(self, *, anew: bool = False) -> None:
        """Looking for models reads files, so it is done once, and when one was added."""
        if anew or not self._models_chosen:
            self.models = self._choose_models(ModelWishes(self.settings.detector, self.settings.speech))
            self._models_chosen = True
        live = live_request(self.file.path, self.models, self.settings)
        self.playback.waits_for_boxes = live is not None
        self.workers.live.set_live_detector(live)

    def current_models(self) -> ModelChoice:
        """Return the models in use, looked for now where nobody needed them before."""
        self._refresh_models()
        return self.models

    def models_changed(self) -> None:
        """A model was added or chosen: choose anew, and let live boxes be those of the detector now."""
        before = self.models.detector
        self._refresh_models(anew=True)
        if self.models.detector != before:
            self.live_boxes.forget_found()
            self.playback.show_again()
        self.file_changed.emit()

    # --- the analysis

    def analyse(self, span: TimeSpan = WHOLE) -> None:
        """Find everything in the open file, or in a part of it."""
        file = self.file
        if not file.is_open or self.work.state.analyses:
            return
        self._refresh_models()
        self.analysed_with = self.models
        self.rerun.forget()
        self._left.forget(file.opened_path(), file.video_track)
        file.findings.restart()
        self.transcript_runs.begin(span)
        request = analysis_request(file.opened_path(), file.media, self.models, self.settings)
        request = replace(request, span=span, video_track=file.video_track)
        self.work.start(request, indexing=False)
        self.findings_changed.emit(Change.RUN)
        self.shown.refresh()

    def run_again(self, span: TimeSpan, attempt: Attempt) -> bool:
        """Hear a stretch of the transcript once more; tell whether it began."""
        file = self.file
        if not file.is_open:
            return False
        base = analysis_request(file.opened_path(), file.media, self.current_models(), self.settings)
        return self.rerun.start(replace(base, video_track=file.video_track), span, attempt)

    def document(self) -> AnalysisResult | None:
        """Return what can be exported: what was found, with the transcript as it is shown."""
        return exportable(self.work.result, self.file.media, self.desk.transcript, self.rerun.notes)

    def _found(self, change: Change) -> None:
        self.transcript_runs.take(change)
        self.findings_changed.emit(change)
        if change & Change.DETECTIONS:
            self.playback.picture_changed.emit()

    def _marks_changed(self) -> None:
        self.workers.decoder.set_loop(self.marks.span if self.marks.looping else None)

    def _time_changed(self) -> None:
        self.workers.analysis.set_focus(self.playback.time_s)

    # --- settings

    def change_settings(self, settings: Settings) -> None:
        """Take other settings."""
        if settings == self.settings:
            return
        before, self.settings = self.settings, settings
        self.settings_changed.emit()
        if (settings.detector, settings.speech) != (before.detector, before.speech):
            self.models_changed()
        self.sound.take(settings)
        if settings.deinterlace != before.deinterlace:
            self.workers.decoder.set_deinterlacing(settings.deinterlace)
        if settings.hwaccel != before.hwaccel:
            self.workers.decoder.set_hwaccel(settings.hwaccel)
        if settings.show_boxes != before.show_boxes:
            self.live_boxes.gate.enabled = settings.show_boxes
            self.playback.show_again()

    # --- the end

    def refuse(self) -> None:
        """Take nothing more from the workers: first step of the end."""
        self._ended = True
        self.work.refuse()
        self.file.state = FileState.NONE
