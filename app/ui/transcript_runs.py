"""From an analysis to the desk: lines go there as they are found, and never over what a person did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.core.languages import UNKNOWN
from app.core.results import Transcript
from app.core.time import WHOLE, TimeSpan
from app.ui.found.change import Change
from app.ui.message import Message, Tone
from app.ui.transcript_desk import LeftDesk, TranscriptDesk

if TYPE_CHECKING:
    from app.ui.open_file import OpenFile


_TAKE_FOUND = "take what was found"


@dataclass(frozen=True, slots=True)
class LeftTranscript:
    """The desk of a file that is left, and what was to become of the lines of its last analysis."""

    desk: LeftDesk
    span: TimeSpan
    to_desk: bool
    waits: bool


class TranscriptRuns(QObject):
    """Decides what becomes of the lines of an analysis. GUI thread only.

    Where nobody edited or imported anything, they are the transcript. Otherwise the transcript stays, and
    when the analysis is through the person may take the new one; that can be undone. A range that is analysed
    again replaces its own lines only.

    Signals:
        said(object): a Message.
    """

    said = Signal(object)

    def __init__(self, desk: TranscriptDesk, file: OpenFile, parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._file = desk, file
        self._span = WHOLE
        self._number = desk.number
        self._to_desk = True
        self._waits = False

    def leave_file(self) -> None:
        """Another file comes, or none."""
        self._to_desk, self._waits, self._span = True, False, WHOLE
        self._desk.begin_with(None)
        self._number = self._desk.number

    @property
    def state(self) -> LeftTranscript:
        """All of it, to come back to."""
        to_desk = self._to_desk and self._number == self._desk.number
        return LeftTranscript(self._desk.state, self._span, to_desk, self._waits)

    def return_to(self, state: LeftTranscript) -> None:
        """The file is open again that was left so; lines that were found since come to the desk, too."""
        self._desk.return_to(state.desk)
        self._span, self._to_desk, self._waits = state.span, state.to_desk, state.waits
        self._number = self._desk.number
        self.take(Change.TRANSCRIPT)

    def begin(self, span: TimeSpan) -> None:
        """An analysis of this span begins."""
        self._span = span
        self._to_desk = not self._desk.is_kept and (span == WHOLE or not self._desk.segments)
        self._waits = not self._to_desk
        if self._to_desk:
            self._desk.begin_with(None)
        self._number = self._desk.number

    def take(self, change: Change) -> None:
        """Something was found."""
        from app.core.events import Done

        findings = self._file.findings
        if self._to_desk and self._number != self._desk.number:
            # Something was imported or loaded meanwhile: what is still found does not belong to it.
            self._to_desk, self._waits = False, True
        if change & Change.TRANSCRIPT:
            news = findings.speech.take_news()
            if self._to_desk:
                self._desk.arrived(news, findings.speech.language)
        if change & Change.OUTCOME and self._waits and findings.speech.segments:
            self._waits = False
            if isinstance(findings.outcome, Done):
                self._offer()

    @property
    def found(self) -> Transcript | None:
        """What the last analysis found; None where it found nothing, or nothing else than is shown."""
        speech = self._file.findings.speech
        if not speech.segments or speech.segments == self._desk.segments:
            return None
        return Transcript(speech.language or UNKNOWN, speech.segments)

    def take_found(self) -> None:
        """Show what the analysis found, in place of what is there; that can be undone."""
        found = self.found
        if found is None:
            return
        if self._span == WHOLE:
            self._desk.begin_with(found, step=_TAKE_FOUND)
        else:
            self._desk.splice(self._span.start_s, self._span.end_s, found.segments, step=_TAKE_FOUND)

    def _undo_found(self) -> None:
        self._desk.undo_only(_TAKE_FOUND)

    def _offer(self) -> None:
        if self.found is None:
            return
        if self._span == WHOLE:
            sentence = "The analysis is done. Your own transcript was kept; taking the new one can be undone."
            self.said.emit(Message(sentence, Tone.NOTE, "Take the new one", self.take_found))
        elif self._touches_edited():
            sentence = "The range was analysed. Lines that you edited there were kept."
            self.said.emit(Message(sentence, Tone.NOTE, "Take the new lines", self.take_found))
        else:
            self.take_found()
            self.said.emit(
                Message("The lines of the range were replaced.", Tone.DONE, "Undo", self._undo_found)
            )

    def _touches_edited(self) -> bool:
        return any(
            each.edited and each.start_s < self._span.end_s and each.end_s > self._span.start_s
            for each in self._desk.segments
        )
