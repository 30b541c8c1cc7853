"""Subtitles that become the transcript: those the file offers, and those a person brings."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.core.results import Transcript
from app.ui.message import Message, Tone
from app.workers.side_orders import CueSource

if TYPE_CHECKING:
    from app.ui.session import Session
    from app.ui.subtitles import SubtitleChoice, Subtitles
    from app.workers.side_reader import SideReader, TranscriptRead


class TranscriptImport(QObject):
    """Asks for subtitles to be read, and brings them to the desk. GUI thread.

    A transcript that is there is replaced as one step that can be undone.
    """

    def __init__(self, session: Session, reader: SideReader, subtitles: Subtitles, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._reader, self._subtitles = session, reader, subtitles
        self._generation = 0
        reader.transcript_read.connect(self._read)

    @property
    def offer(self) -> SubtitleChoice | None:
        """The subtitles of the open file that are most likely what is said; None where it has none.

        A file beside it comes before a track in it; signs and songs, which players force, come last.
        """
        usable = self._subtitles.usable
        ranked = sorted(
            usable, key=lambda each: (each.source.track is not None, each.forced, not each.wanted)
        )
        return ranked[0] if ranked else None

    @property
    def offer_name(self) -> str:
        """What the offer is called on a button; "" where there is none."""
        offer = self.offer
        if offer is None:
            return ""
        inside = offer.source.track is not None
        return f"the subtitles in the file ({offer.name})" if inside else offer.name

    def take_offer(self) -> None:
        """Read the subtitles that are offered."""
        offer = self.offer
        if offer is not None:
            self.take(offer.source)

    def take_file(self, path: Path) -> None:
        """Read a subtitle file, or the transcript of a document."""
        self.take(CueSource(path.absolute()))

    def take(self, source: CueSource) -> None:
        """Read subtitles; they become the transcript when they were read."""
        if self._session.file.is_open:
            self._generation = self._reader.read_transcript(source)

    def came(self, path: Path) -> None:
        """Subtitles were brought for the open file: take them where nothing is transcribed yet, else ask."""
        if self._session.desk.segments:
            sentence = f"'{path.name}' is shown over the picture."
            self._session.said.emit(
                Message(sentence, Tone.NOTE, "Make it the transcript", partial(self.take_file, path))
            )
        else:
            self.take_file(path)

    def leave_file(self) -> None:
        """Another file comes, or none: what is still being read is for nobody."""
        self._generation = 0
        self._reader.leave_transcript()

    def _read(self, read: TranscriptRead) -> None:
        if read.generation != self._generation:
            return
        self._generation = 0
        if read.found is None:
            self._session.said.emit(Message(read.failure, Tone.FAILURE))
            return
        self._bring(read.found.transcript, read.found.note)

    def _bring(self, transcript: Transcript, note: str) -> None:
        from app.analysis.trust import mark_silence

        desk = self._session.desk
        if (regions := self._session.file.findings.speech_of_all) is not None:
            transcript = replace(transcript, segments=mark_silence(transcript.segments, regions))
        instead = bool(desk.segments)
        desk.begin_with(transcript, step="import" if instead else "")
        count = len(transcript.segments)
        lines = "1 line" if count == 1 else f"{count:,} lines"
        sentence = f"{lines} from {transcript.source}. {note}".strip()
        tone = Tone.WARNING if note else Tone.DONE
        undo = ("Undo", partial(desk.undo_only, "import")) if instead else ("", None)
        self._session.said.emit(Message(sentence, tone, *undo))
