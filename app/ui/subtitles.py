"""Which subtitles are shown: what there is to choose from, what was chosen, and the cues of it."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.core.subtitles import NO_CUES, CueTable, SubtitleCue
from app.core.tracks import FileContents
from app.ui.message import Message, Tone
from app.ui.spoken_cues import SpokenCues
from app.workers.side_orders import CueSource

if TYPE_CHECKING:
    from app.ui.session import Session
    from app.workers.side_reader import ContentsFound, CuesFound, SideReader


class Own(enum.Enum):
    """Subtitles that no file holds; the value is what they are called."""

    TRANSCRIPT = "The transcript, as it is edited"


Source = CueSource | Own


@dataclass(frozen=True, slots=True)
class SubtitleChoice:
    """One of the subtitles there are; those that are made of pictures cannot be chosen."""

    source: CueSource
    name: str
    usable: bool = True
    wanted: bool = False
    forced: bool = False


class Subtitles(QObject):
    """The subtitles of the open file. GUI thread.

    Attributes:
        choices: all there are, those of the file first.
        chosen: what is shown; None for none.

    Signals:
        changed(): choices, chosen or cues.
    """

    changed = Signal()

    def __init__(self, session: Session, reader: SideReader, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._reader = session, reader
        self.choices: tuple[SubtitleChoice, ...] = ()
        self.chosen: Source | None = None
        self._spoken = SpokenCues()
        self._last: CueSource | None = None
        self._table: CueTable = NO_CUES
        self._generation = 0
        self._has_transcript = False
        reader.cues_found.connect(self._cues_found)
        session.desk.changed.connect(self._transcript_changed)

    @property
    def usable(self) -> tuple[SubtitleChoice, ...]:
        """Those that can be shown."""
        return tuple(each for each in self.choices if each.usable)

    @property
    def sources(self) -> tuple[Source, ...]:
        """All that can be shown: what files hold, then the transcript, where there is one."""
        own = (Own.TRANSCRIPT,) if self._session.desk.segments else ()
        return (*(each.source for each in self.usable), *own)

    def at(self, time_s: float) -> tuple[SubtitleCue, ...]:
        """What is shown with the picture of a time."""
        if self.chosen is Own.TRANSCRIPT:
            return self._spoken.at(self._session.desk.segments, time_s)
        return self._table.at(time_s)

    def _transcript_changed(self) -> None:
        """Another text may be said now; and it can be chosen, or no more."""
        had, self._has_transcript = self._has_transcript, bool(self._session.desk.segments)
        if self.chosen is Own.TRANSCRIPT or had != self._has_transcript:
            self.changed.emit()

    def leave_file(self) -> None:
        """Another file comes, or none."""
        self._reader.leave_cues()
        self.choices, self._last = (), None
        self._show(None)

    def contents_found(self, found: ContentsFound) -> None:
        """It is known what there is: choose as the file, and the person before, wish."""
        self.choices = choices_of(found.path, found.contents)
        usable = self.usable
        wished = self._session.settings.subtitles
        wanted = next((each for each in usable if each.wanted), None)
        if wished is True and wanted is None and usable:
            wanted = usable[0]
        self._show(wanted.source if wanted is not None and wished is not False else None)

    def choose(self, source: Source | None) -> None:
        """Show these, or none; remembered for other files."""
        settings = self._session.settings
        self._session.change_settings(replace(settings, subtitles=source is not None))
        self._show(source)

    def switch(self) -> None:
        """Show the next of those there are, after the last one none."""
        sources = [None, *self.sources]
        at = sources.index(self.chosen) if self.chosen in sources else 0
        self.choose(sources[(at + 1) % len(sources)])
        name = next((each.name for each in self.choices if each.source == self.chosen), "")
        if isinstance(self.chosen, Own):
            name = self.chosen.value
        self._session.said.emit(Message(f"Subtitles: {name or 'off'}"))

    def add_file(self, path: Path) -> None:
        """Offer a subtitle file, and show it."""
        source = CueSource(path.absolute())
        if all(each.source != source for each in self.choices):
            self.choices += (SubtitleChoice(source, path.name),)
        self._show(source)

    def _show(self, source: Source | None) -> None:
        self.chosen, self._table = source, NO_CUES
        if source is None or isinstance(source, Own):
            self._reader.leave_cues()
            self._generation = 0
        else:
            self._generation = self._reader.read_cues(source, self._session.playback.time_s)
        self.changed.emit()

    def _cues_found(self, found: CuesFound) -> None:
        if found.generation != self._generation:
            return
        self._table = found.table
        if found.failure:
            self._session.said.emit(Message(found.failure, Tone.WARNING))
            if not found.table.cues:
                self.choices = tuple(each for each in self.choices if each.source != found.source)
                self.chosen = None
        self.changed.emit()


def choices_of(path: Path, contents: FileContents) -> tuple[SubtitleChoice, ...]:
    """Return the subtitles of a file and those beside it; the file's wish first, then files beside."""
    tracks = tuple(
        SubtitleChoice(
            CueSource(path, each.number), each.name, each.usable, each.default or each.forced, each.forced
        )
        for each in contents.subtitles
    )
    beside = tuple(SubtitleChoice(CueSource(each), each.name, wanted=True) for each in contents.beside)
    return tracks + beside
