"""The thread that reads what goes along with the picture: contents, subtitles, folders, the file's state."""

from __future__ import annotations

import logging
import time
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal

from app.core.errors import CancelledError, ReelscopeError
from app.core.mailbox import MailboxClosedError
from app.core.subtitles import NO_CUES, CueTable, SubtitleCue
from app.core.tracks import FileContents
from app.media.file_status import FileChange, FileStatus
from app.workers.side_orders import (
    CheckOrder,
    CueOrder,
    CueSource,
    ListOrder,
    LookOrder,
    SideOrder,
    SideOrders,
    TranscriptOrder,
)

if TYPE_CHECKING:
    from app.media.subtitle_reading import SubtitlesRead

_log = logging.getLogger(__name__)

_SLICE_S = 0.02
"""For so long cues are read before other orders are looked at."""
_FIRST_PORTION = 64


@dataclass(frozen=True, slots=True)
class ContentsFound:
    """What can be chosen in a file, and how it stands on the disk (None: that cannot be told)."""

    path: Path
    contents: FileContents
    status: FileStatus | None
    generation: int


@dataclass(frozen=True, slots=True)
class CuesFound:
    """The subtitles read so far; ``failure`` is a sentence where reading ended too early."""

    source: CueSource
    table: CueTable
    complete: bool
    generation: int
    failure: str = ""


@dataclass(frozen=True, slots=True)
class TranscriptRead:
    """Subtitles as a transcript; where they cannot be read, ``found`` is None and ``failure`` a sentence."""

    source: CueSource
    found: SubtitlesRead | None
    generation: int
    failure: str = ""


@dataclass(frozen=True, slots=True)
class FilesListed:
    """The files that were asked for, folders replaced by what is in them; and what could not be read.

    ``models`` are those in the folders where there is nothing else.
    """

    paths: tuple[Path, ...]
    generation: int
    failure: str = ""
    models: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class FileChecked:
    """What became of a file."""

    path: Path
    change: FileChange
    generation: int


class SideReader(QThread):
    """Carries out one order after the other; any thread may give them, and each call returns at once.

    Every command returns a generation, which the answer carries; newer orders of one kind replace older ones.

    Signals:
        contents_found(object): a ContentsFound. A file that does not open has none.
        cues_found(object): a CuesFound, again and again while reading; each holds all cues so far.
        transcript_read(object): a TranscriptRead.
        files_listed(object): a FilesListed.
        file_checked(object): a FileChecked.
    """

    contents_found = Signal(object)
    cues_found = Signal(object)
    transcript_read = Signal(object)
    files_listed = Signal(object)
    file_checked = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("side reader")
        self._orders = SideOrders()

    # --- commands ---

    def look_into(self, path: Path) -> int:
        """Tell what can be chosen in a file; subtitles of another one are read no further."""
        self._orders.drop(CueOrder)
        generation = self._orders.next_generation()
        self._orders.put(LookOrder(path, generation))
        return generation

    def read_cues(self, source: CueSource, near_s: float = 0.0) -> int:
        """Read subtitles, those near a time first."""
        generation = self._orders.next_generation()
        self._orders.put(CueOrder(source, near_s, generation))
        return generation

    def leave_cues(self) -> None:
        """Read no subtitles any more."""
        self._orders.drop(CueOrder)

    def read_transcript(self, source: CueSource) -> int:
        """Read subtitles, or a document, as a transcript."""
        generation = self._orders.next_generation()
        self._orders.put(TranscriptOrder(source, generation))
        return generation

    def leave_transcript(self) -> None:
        """Read no transcript any more."""
        self._orders.drop(TranscriptOrder)

    def list_files(self, paths: tuple[Path, ...]) -> int:
        """Tell which files these files and folders stand for."""
        generation = self._orders.next_generation()
        self._orders.put(ListOrder(paths, generation))
        return generation

    def check(self, path: Path, before: FileStatus) -> int:
        """Tell what became of a file."""
        generation = self._orders.next_generation()
        self._orders.put(CheckOrder(path, before, generation))
        return generation

    def stop(self) -> None:
        """End: running work lets go, ``run`` returns; wait() for it."""
        self._orders.close()

    # --- the thread ---

    def run(self) -> None:
        """Carry out orders until ``stop``."""
        reading: _CueReading | None = None
        try:
            while True:
                order = self._orders.take(wait=reading is None)
                if isinstance(order, CueOrder):
                    _close(reading)
                    reading = _CueReading(order)
                elif order is not None:
                    self._obey(order)
                elif reading is not None and not self._read_on(reading):
                    reading.close()
                    reading = None
        except MailboxClosedError:
            return
        finally:
            _close(reading)

    def _obey(self, order: SideOrder) -> None:
        try:
            if isinstance(order, LookOrder):
                self._look(order)
            elif isinstance(order, ListOrder):
                self._list(order)
            elif isinstance(order, TranscriptOrder):
                self._read_transcript(order)
            elif isinstance(order, CheckOrder):
                from app.media.file_status import change_of

                change = change_of(order.path, order.before)
                self.file_checked.emit(FileChecked(order.path, change, order.generation))
        except Exception:  # noqa: BLE001 - a fault costs its order, not the thread
            _log.exception("The side reader met something unexpected")

    def _look(self, order: LookOrder) -> None:
        from app.media.file_status import status_of
        from app.media.tracks import contents_of

        status = status_of(order.path)
        try:
            contents = contents_of(order.path)
        except ReelscopeError:
            return
        self.contents_found.emit(ContentsFound(order.path, contents, status, order.generation))

    def _read_transcript(self, order: TranscriptOrder) -> None:
        from app.analysis.importing import import_transcript, with_marks

        try:
            found = import_transcript(order.source.path, order.source.track, cancel=order.cancel)
        except CancelledError:
            return
        except ReelscopeError as error:
            self.transcript_read.emit(TranscriptRead(order.source, None, order.generation, str(error)))
        else:
            self.transcript_read.emit(TranscriptRead(order.source, with_marks(found), order.generation))

    def _list(self, order: ListOrder) -> None:
        from app.media.folders import MOST_FILES, media_in

        found: list[Path] = []
        failure = ""
        for path in order.paths:
            try:
                found += media_in(path, order.cancel) if path.is_dir() else (path,)
            except CancelledError:
                return
            except ReelscopeError as error:
                failure = failure or str(error)
        models = () if found else _models(order.paths)
        self.files_listed.emit(FilesListed(tuple(found[:MOST_FILES]), order.generation, failure, models))

    def _read_on(self, reading: _CueReading) -> bool:
        """Read for a moment; False when that was the end."""
        try:
            found = reading.read()
        except CancelledError:
            return False
        except Exception as error:  # noqa: BLE001 - a fault costs the subtitles, not the thread
            sentence = str(error)
            if not isinstance(error, ReelscopeError):
                _log.exception("Reading subtitles met something unexpected")
                sentence = "Reading the subtitles ran into a fault of the program; the log says more."
            found = reading.found(complete=True, failure=sentence)
        if found is not None:
            self.cues_found.emit(found)
        return found is None or not found.complete


def _models(paths: Iterable[Path]) -> tuple[Path, ...]:
    from app.inference.file_kind import models_in

    return tuple(model for path in paths if path.is_dir() for model in models_in(path))


class _CueReading:
    """Subtitles that are being read."""

    def __init__(self, order: CueOrder) -> None:
        self._order = order
        self._cues: list[SubtitleCue] = []
        self._portion = _FIRST_PORTION
        self._source = _cues_of(order)

    def read(self) -> CuesFound | None:
        """Read for a moment; what was found, where there is enough of it or that was all."""
        until = time.monotonic() + _SLICE_S
        while time.monotonic() < until:
            self._order.cancel.raise_if_cancelled()
            cue = next(self._source, None)
            if cue is None:
                return self.found(complete=True)
            self._cues.append(cue)
            if len(self._cues) >= self._portion:
                self._portion *= 4
                return self.found(complete=False)
        return None

    def found(self, *, complete: bool, failure: str = "") -> CuesFound:
        table = CueTable.of(self._cues) if self._cues else NO_CUES
        return CuesFound(self._order.source, table, complete, self._order.generation, failure)

    def close(self) -> None:
        self._source.close()


def _close(reading: _CueReading | None) -> None:
    if reading is not None:
        reading.close()


def _cues_of(order: CueOrder) -> Generator[SubtitleCue]:
    from app.media.subtitle_track import file_cues, track_cues

    source = order.source
    if source.track is None:
        yield from file_cues(source.path, cancel=order.cancel)
    else:
        yield from track_cues(source.path, source.track, near_s=order.near_s, cancel=order.cancel)
