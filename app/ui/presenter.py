"""From the session to the parts of the window: what changed there is shown here, and nothing is asked for."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app.ui.analysis_facts import analysis_sections
from app.ui.analysis_work import WorkState
from app.ui.class_chips import with_live
from app.ui.decoding_words import decoding_full, decoding_sections
from app.ui.empty_words import no_lines, no_objects
from app.ui.found.change import Change
from app.ui.media_facts import Sections, media_sections
from app.ui.message import Message, Tone
from app.ui.model_choice import missing_sentence, sample_sentence
from app.ui.open_file import FileState
from app.ui.session import Session
from app.ui.status_words import idle_words, left_words, pause_words, right_words, running_words

if TYPE_CHECKING:
    from pathlib import Path

    from app.ui.actions import Actions
    from app.ui.window_parts import WindowParts

_COALESCE_MS = 120
"""Results that come in faster are gathered for so long before tables and lanes are made anew ..."""

_PLAYING_MS = 750
"""... and for so long while it plays: painting the strip anew takes longer than a picture may wait."""

_RESTS = 20
"""After a refresh of the panels this many times as long passes until the next ..."""

_RARELY_MS = 3000
"""... but not more."""


class Presenter(QObject):
    """Shows the state of a session in the parts of a window.

    Signals:
        titled(object): the title of the window, a str.
        needs_changed(): what commands need may have come or gone.
    """

    titled = Signal(object)
    needs_changed = Signal()

    def __init__(self, session: Session, parts: WindowParts, commands: Actions, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._parts = parts
        self._commands = commands
        self._dirty = Change.NOTHING
        self._work_shown = WorkState.IDLE
        self._objects_old = False
        self._models_noted = ""
        self._shown_file: tuple[Path | None, FileState] = (None, FileState.NONE)
        self._warned: set[str] = set()
        self._refresh_timer = QTimer(self)
        self._refresh_timer.setSingleShot(True)
        self._refresh_timer.setInterval(_COALESCE_MS)
        self._refresh_timer.timeout.connect(self.refresh_now)
        self._progress_waits = False
        self._progress_timer = QTimer(self)
        self._progress_timer.setSingleShot(True)
        self._progress_timer.setInterval(_COALESCE_MS)
        self._progress_timer.timeout.connect(self._progress_due)
        session.file_changed.connect(self.show_file)
        session.decoding_changed.connect(self._decoding_changed)
        session.findings_changed.connect(self._findings_changed)
        session.shown.changed.connect(self._filter_changed)
        session.settings_changed.connect(self.show_settings)
        session.desk.edited_by_hand.connect(self._edited)
        session.playback.picture_changed.connect(self._picture_changed)
        session.playback.time_changed.connect(self._time_changed)
        session.playback.changed.connect(self._playback_changed)
        session.work.changed.connect(self._work_changed)
        session.live_boxes.labels_changed.connect(self._show_objects)
        session.marks.changed.connect(self._marks_changed)
        session.sound.changed.connect(self.refresh_status)
        session.said.connect(parts.messages.show_message)
        parts.video.zoom_changed.connect(self._zoom_changed)
        parts.transcript.finding.hits_changed.connect(self._hits_changed)
        parts.objects.came_into_view.connect(self._objects_in_view)

    def show_all(self) -> None:
        """Show everything anew: a part was missing before."""
        self._findings_shown(Change.EVERYTHING)
        self._time_changed()

    def show_settings(self) -> None:
        """Show what the settings say, as far as a part shows it."""
        settings, parts = self._session.settings, self._parts
        parts.transport.volume.show_volume(settings.volume)
        if self._session.file.state is FileState.NONE:
            parts.picture_area.drop_zone.set_recent(settings.recent)

    # --- the file

    def show_file(self) -> None:
        """Show which file is open, and how it stands with it."""
        session, parts = self._session, self._parts
        parts.picture_area.show_state(session)
        nothing = session.file.state in (FileState.NONE, FileState.FAILED)
        parts.show_nothing_open(nothing, session.settings.window)
        name = session.file.path.name if session.file.path is not None else ""
        parts.top_bar.set_name(name)
        self.titled.emit(f"{name} - Reelscope" if name else "Reelscope")
        there = (session.file.path, session.file.state)
        left, self._shown_file = there != self._shown_file, there
        if left and session.file.state in (FileState.NONE, FileState.LOADING):
            parts.messages.clear()
            self._models_noted = ""
            self._warned.clear()
        if session.file.is_open:
            self._note_models()
            self._say_empty()
        self._show_info()
        self.needs_changed.emit()
        self.refresh_status()

    def _note_models(self) -> None:
        """Say plainly what the models are worth, once for each file and each choice of models."""
        messages = self._parts.messages
        missing = missing_sentence(self._session.models)
        sentence = missing or sample_sentence(self._session.models)
        noted, self._models_noted = self._models_noted, sentence
        if sentence == noted:
            return
        if sentence:
            tone = Tone.WARNING if missing else Tone.NOTE
            show = self._commands.show_models
            messages.show_message(Message(sentence, tone, "How to get real ones", show))
        elif messages.message is not None and messages.message.sentence == noted:
            messages.clear()

    # --- findings

    def _findings_changed(self, change: Change) -> None:
        """Gather what comes quickly; what is rare is shown at once."""
        self._dirty |= change
        if change == Change.EVERYTHING or change & (Change.MEDIA | Change.OUTCOME):
            self.refresh_now()
        elif not self._refresh_timer.isActive():
            self._refresh_timer.start()

    def _edited(self) -> None:
        """What the hand changed is shown at once."""
        self._dirty |= Change.TRANSCRIPT
        self.refresh_now()

    def refresh_now(self) -> None:
        """Show what was gathered."""
        change, self._dirty = self._dirty, Change.NOTHING
        begun = time.thread_time()
        self._findings_shown(change)
        # What takes long, because much was found, is done more rarely: the hand must not feel it.
        rest_ms = round((time.thread_time() - begun) * 1000 * _RESTS)
        least_ms = _PLAYING_MS if self._session.playback.playing else _COALESCE_MS
        self._refresh_timer.setInterval(min(_RARELY_MS, max(least_ms, rest_ms)))

    def _findings_shown(self, change: Change) -> None:
        session, parts = self._session, self._parts
        findings, shown = session.file.findings, session.shown.filter
        parts.timeline.show_findings(findings, change, shown, session.desk.segments)
        if not session.settings.window.strip_height and parts.whole.isVisible():
            parts.give_strip_room()
        if change & (Change.TRANSCRIPT | Change.MEDIA):
            parts.transcript.set_segments(session.desk.segments)
            parts.transcript.set_source(session.desk.source)
        if change & Change.DETECTIONS:
            self._show_objects_unless_hidden()
        if change & (Change.MEDIA | Change.WARNINGS | Change.OUTCOME):
            self._show_info()
        if change & Change.WARNINGS:
            self._warn(findings.warnings)
        self._say_empty()
        self._time_changed()
        self.needs_changed.emit()

    def _warn(self, warnings: tuple[str, ...]) -> None:
        """Say what is wrong with the file, once for each file; all of it stands in the information."""
        if self._warned.issuperset(warnings):
            return
        self._warned.update(warnings)
        more = f" ({len(warnings) - 1} more in Info)" if len(warnings) > 1 else ""
        message = Message(warnings[0] + more, Tone.WARNING, "Show in Info", self._commands.show_info)
        self._parts.messages.show_message(message)

    def _filter_changed(self) -> None:
        session = self._session
        self._parts.timeline.show_findings(
            session.file.findings, Change.DETECTIONS, session.shown.filter, session.desk.segments
        )
        self._show_objects()

    def _show_objects_unless_hidden(self) -> None:
        """While they come by the hundred, a table that nobody looks at can wait."""
        objects = self._parts.objects
        if self._session.work.state.analyses and not objects.isVisibleTo(objects.window()):
            self._objects_old = True
        else:
            self._show_objects()

    def _objects_in_view(self) -> None:
        if self._objects_old:
            self._show_objects()

    def _show_objects(self) -> None:
        self._objects_old = False
        found, shown = self._session.file.findings.objects, self._session.shown.filter
        objects = self._parts.objects
        counts = with_live(found.counts(shown), self._session.live_boxes.labels)
        objects.set_least_confidence(self._session.settings.confidence)
        objects.show_objects(found.detections(shown), counts, shown, found.looked_at_count)

    def side_changed(self) -> None:
        """There are other subtitles to be offered."""
        self._say_empty()

    def _say_empty(self) -> None:
        self._parts.transcript.note.say(*no_lines(self._session, self._commands.offered_subtitles))
        self._parts.objects.note.say(*no_objects(self._session))

    def _show_info(self) -> None:
        session, file = self._session, self._session.file
        sections: Sections = media_sections(file.media) if file.media is not None else ()
        analysis = self._analysis_facts() if file.is_open else ()
        sample = sample_sentence(session.models) if file.is_open else ""
        decoding = decoding_sections(session.decoding) if file.has_picture else ()
        self._parts.info.show_facts((*sections, *decoding, *analysis), file.findings.warnings, sample)

    def _analysis_facts(self) -> Sections:
        session, findings = self._session, self._session.file.findings
        return analysis_sections(session.models, session.work.result, findings.speech.language_probability)

    def _decoding_changed(self) -> None:
        self._show_info()
        self.refresh_status()

    # --- picture and time

    def _picture_changed(self) -> None:
        frame, video = self._session.playback.frame, self._parts.video
        if frame is None:
            return
        if video.frame is not frame:
            video.set_frame(frame)
        video.set_detections(frame.time.pts, self._session.shown.boxes())
        self._parts.objects.set_picture(frame.time.pts)

    def _time_changed(self) -> None:
        session, parts, file = self._session, self._parts, self._session.file
        time_s = session.playback.time_s
        parts.transport.set_time(time_s)
        parts.transport.set_extent(file.findings.duration_s if file.is_open else None, self._picture_words())
        parts.transcript.set_time(time_s)
        if parts.timeline.view is not None:
            playhead = time_s if file.is_open else None
            parts.timeline.view.set_playhead(playhead, follow=session.playback.playing)

    def _hits_changed(self) -> None:
        finder = self._parts.transcript.finding.finder
        self._parts.timeline.set_hits(finder.times(), finder.here_s())

    def _picture_words(self) -> str:
        rate, frame = self._session.file.constant_rate, self._session.playback.frame
        return "" if rate is None or frame is None else f"#{round(frame.time_s * rate)}"

    def _playback_changed(self) -> None:
        self._parts.transport.set_playing(self._session.playback.playing)
        self._parts.transport.set_speed(self._session.playback.speed)
        self.refresh_status()

    def _zoom_changed(self) -> None:
        self._parts.transport.set_zoom(self._parts.video.zoom_text)
        self.refresh_status()

    def _marks_changed(self) -> None:
        self._parts.timeline.set_marks(self._session.marks.marks)
        self.refresh_status()

    # --- work

    def _work_changed(self) -> None:
        """Show another state at once; progress that comes quickly is shown now and then."""
        work, messages = self._session.work, self._parts.messages
        if work.state is self._work_shown:
            self._progress_waits = self._progress_timer.isActive()
            if not self._progress_waits:
                self._progress_timer.start()
                self.refresh_status()
            return
        self._work_shown = work.state
        if work.state.analyses and work.failure is not None and messages.message is work.failure:
            messages.clear()
        self.needs_changed.emit()
        self._say_empty()
        self.refresh_status()

    def _progress_due(self) -> None:
        if self._progress_waits:
            self._progress_waits = False
            self.refresh_status()

    def refresh_status(self) -> None:
        """Say anew how it stands."""
        session, status = self._session, self._parts.status
        if session.work.state.under_way:
            status.show_running(running_words(session), session.work.meter.share(), left_words(session))
            status.show_pause(pause_words(session))
        else:
            status.show_idle(*idle_words(session))
        written = self._commands.last_export
        words = "nothing written" if written is None else f"written: {written.name}"
        more = decoding_full(session.decoding) if session.file.has_picture else ""
        status.set_right(right_words(session, self._parts.video.zoom_text, words), more)
