"""That no edit is lost: kept beside the video with consent, else in memory until the window closes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app.core.results import AnalysisResult, MediaInfo, Transcript
from app.ui.edit_files import EditFiles, EditsRead, EditsWritten, edits_path, written_now
from app.ui.message import Message, Tone
from app.ui.open_file import FileState
from app.ui.transcript_desk import LeftDesk

if TYPE_CHECKING:
    from app.ui.session import Session

_REST_MS = 1500
"""So long after the last edit it is written, or asked whether it may be."""

_READING_MS = 8000
"""So long a message that offers something is left standing before it gives way to that question."""


@dataclass(frozen=True, slots=True)
class _Left:
    """What was on the desk when a file was left, and the document of it."""

    state: LeftDesk
    document: AnalysisResult


class KeptEdits(QObject):
    """Watches the desk of a session. GUI thread only.

    With the consent of ``Settings.keep_edits`` edits are written a moment after they were made. Without, they
    stay in memory when their file is left, and are there again when it is opened.

    Attributes:
        files: reads and writes.

    Signals:
        kept(object): a Path that was written.
    """

    kept = Signal(object)

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._desk = session, session.desk
        self.files = EditFiles(self)
        self._left: dict[Path, _Left] = {}
        self._declined: set[Path] = set()
        self._older: Transcript | None = None
        self._to_tell: Path | None = None
        self._question: Message | None = None
        self._looked = self._looking = self._failed = self._let_go = False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self._rested)
        self._reading = QTimer(self)
        self._reading.setSingleShot(True)
        self._reading.setInterval(_READING_MS)
        self._desk.edited_by_hand.connect(self._edited)
        self._desk.changed.connect(self._changed)
        session.said.connect(self._heard)
        session.leaving.connect(self._leaving)
        session.file_changed.connect(self._file_changed)
        session.settings_changed.connect(self._settings_changed)
        self.files.read.connect(self._read)
        self.files.written.connect(self._written)

    @property
    def unsaved(self) -> tuple[Path, ...]:
        """The files with edits that are written nowhere, and that nobody let go of."""
        if self._let_go:
            return ()
        here = self._session.file.path
        now = (here,) if here is not None and self._desk.is_unsaved else ()
        return (*self._left, *(each for each in now if each not in self._left))

    # --- the file comes and goes

    def _file_changed(self) -> None:
        file = self._session.file
        if file.state is FileState.LOADING:
            self._older, self._looked, self._looking, self._failed = None, False, False, False
            self._question = None
        elif file.is_open and not self._looked and file.path is not None:
            self._looked = True
            left = self._left.pop(file.path, None)
            if left is not None and self._desk.transcript is None:
                self._desk.return_to(left.state)
            elif left is None:
                self._looking = True
                self.files.look(file.path)
        if self._to_tell is not None and file.state is not FileState.LOADING:
            QTimer.singleShot(0, self, self._tell_left)

    def _leaving(self) -> None:
        """The file is left for another one, or for none: what no file has yet stays in memory."""
        path, document = self._session.file.path, self._session.document()
        if path is None or document is None or not self._desk.is_unsaved:
            return
        self._left[path] = _Left(self._desk.state, document)
        if self._rest.isActive() and self._session.settings.keep_edits:
            self.save_now()
            return
        self._rest.stop()
        self._to_tell = path

    def _tell_left(self) -> None:
        """Say it when the other file is there: opening one clears what was said before."""
        path, self._to_tell = self._to_tell, None
        if path is None or path not in self._left:
            return
        sentence = f"Your edits of '{path.name}' were not exported; they are kept until Reelscope closes."
        again = partial(self._session.open, path)
        self._session.said.emit(Message(sentence, Tone.WARNING, "Go back", again))

    def _read(self, read: EditsRead) -> None:
        """It is known what lies beside the file."""
        if read.video != self._session.file.path:
            return
        self._looking = False
        if read.failure:
            self._say(read.failure, Tone.WARNING)
        elif read.document is not None and read.document.transcript is not None:
            self._found_older(read.document, read.document.transcript)
        self._edited()

    def _found_older(self, document: AnalysisResult, older: Transcript) -> None:
        if older == self._desk.transcript:
            # It was written when the file was left, and came back with it.
            self._desk.mark_saved(older, beside=True)
            return
        self._older = older
        self._offer_older(_found(document, self._session.file.media))

    def _offer_older(self, sentence: str, *, replaceable: bool = False) -> None:
        others = (("Replace them", self._replace_older),) if replaceable else ()
        self._session.said.emit(Message(sentence, Tone.NOTE, "Load them", self.load_older, others))

    def load_older(self) -> None:
        """Show the edits that were found beside the file; what was there can be had back by undoing."""
        older, self._older = self._older, None
        if older is None:
            return
        self._desk.begin_with(older, step="load edits" if self._desk.is_kept else "")
        if self._desk.transcript is not None:
            self._desk.mark_saved(self._desk.transcript)

    def _replace_older(self) -> None:
        self._older = None
        self._edited()

    # --- edits

    def let_go(self) -> None:
        """The edits that are written nowhere may be lost: not asked again before there is another."""
        self._let_go = True

    def _edited(self) -> None:
        self._let_go = False
        if self._session.settings.keep_edits is not False and self._may_write and self._desk.is_unsaved:
            self._rest.start()

    def _rested(self) -> None:
        """The hand rests: write, or ask whether that is wished."""
        self._rest.stop()
        path, wish = self._session.file.path, self._session.settings.keep_edits
        if not self._may_write or path is None or not self._desk.is_unsaved:
            return
        if wish and self._older is None:
            self.save_now()
        elif self._reading.isActive():
            self._rest.start()
        elif self._older is not None:
            self._offer_older("There are older edits beside this file.", replaceable=True)
        else:
            self._ask(path)

    def _heard(self, message: Message) -> None:
        """Somebody else offers something: that is to be read first."""
        if message is self._question:
            return
        self._question = None
        if message.action:
            self._reading.start()

    def _changed(self) -> None:
        """Lines that an analysis adds to an edited transcript are written with it."""
        wanted = self._session.settings.keep_edits and self._may_write and self._older is None
        if wanted and self._desk.is_unsaved:
            self._rest.start()

    @property
    def _may_write(self) -> bool:
        return not (self._looking or self._failed or self._session.file.path in self._declined)

    def _ask(self, path: Path) -> None:
        if self._question is not None:
            return
        sentence = f"Keep your edits beside the video, as '{edits_path(path).name}'?"
        decline = partial(self._declined.add, path)
        others = (("Not for this", decline), ("Never", partial(self._consent, False)))
        yes = partial(self._consent, True)
        self._question = Message(sentence, Tone.NOTE, "Yes", yes, others, decline)
        self._session.said.emit(self._question)

    def _consent(self, given: bool) -> None:
        self._session.change_settings(replace(self._session.settings, keep_edits=given))

    def _settings_changed(self) -> None:
        if self._session.settings.keep_edits:
            self._edited()
        else:
            self._rest.stop()

    # --- writing

    def save_now(self) -> None:
        """Write what is on the desk."""
        self._rest.stop()
        path, document = self._session.file.path, self._session.document()
        if path is not None and document is not None:
            self.files.write(path, document)

    def flush(self) -> None:
        """Write at once, where that is wished, what waits to be written: the window closes."""
        self._rest.stop()
        self.files.wait()
        if self._session.settings.keep_edits and self._older is None:
            self.keep_all()

    def keep_all(self) -> bool:
        """Write all edits that are written nowhere, now; tell whether that worked."""
        waiting = {path: left.document for path, left in self._left.items()}
        path, document = self._session.file.path, self._session.document()
        if path is not None and document is not None and self._desk.is_unsaved:
            waiting[path] = document
        outcomes = [written_now(video, each) for video, each in waiting.items()]
        for outcome in outcomes:
            self._written(outcome)
        return not any(outcome.failure for outcome in outcomes)

    def _written(self, written: EditsWritten) -> None:
        here = written.video == self._session.file.path
        if written.failure:
            self._failed |= here
            self._say(f"{written.failure} Your edits are not kept there: export them.", Tone.FAILURE)
            return
        self.kept.emit(edits_path(written.video))
        if here:
            self._desk.mark_saved(written.transcript, beside=True)
        left = self._left.get(written.video)
        if left is not None and left.document.transcript == written.transcript:
            del self._left[written.video]

    def _say(self, sentence: str, tone: Tone) -> None:
        self._session.said.emit(Message(sentence, tone))


def _found(document: AnalysisResult, media: MediaInfo | None) -> str:
    if media is not None and document.media.bytes != media.bytes:
        return "Edits were found beside this file, but they were made for another version of it."
    return "Edits of this file were found beside it."
