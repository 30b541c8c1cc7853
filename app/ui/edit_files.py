"""The files in which edits are kept, beside the videos: written and read in a thread of their own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QThreadPool, Signal

from app.core.errors import FileMissingError, ReelscopeError
from app.core.languages import UNKNOWN
from app.core.results import AnalysisResult, Transcript

SUFFIX = ".reelscope.json"


def edits_path(video: Path) -> Path:
    """Return where the edits of a video are kept: two videos never share a file."""
    return video.with_name(video.name + SUFFIX)


@dataclass(frozen=True, slots=True)
class EditsWritten:
    """What became of writing; ``failure`` is a sentence, empty where it worked."""

    video: Path
    transcript: Transcript
    failure: str = ""


@dataclass(frozen=True, slots=True)
class EditsRead:
    """What lies beside a video: a document, nothing, or what cannot be read, and then why."""

    video: Path
    document: AnalysisResult | None
    failure: str = ""


def written_now(video: Path, document: AnalysisResult) -> EditsWritten:
    """Keep a document beside its video, whole or not at all; return what became of it."""
    from app.export.json_document import save_json

    transcript = document.transcript or Transcript(UNKNOWN)
    try:
        save_json(document, edits_path(video))
    except ReelscopeError as error:
        return EditsWritten(video, transcript, str(error))
    return EditsWritten(video, transcript)


class EditFiles(QObject):
    """Does one thing after another. Commands from the GUI thread; the answers come there, too.

    Signals:
        written(object): an EditsWritten.
        read(object): an EditsRead.
    """

    written = Signal(object)
    read = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)

    def write(self, video: Path, document: AnalysisResult) -> None:
        """Keep a document beside its video; the file appears whole or not at all."""
        self._pool.start(partial(self._write, video, document))

    def look(self, video: Path) -> None:
        """Read what lies beside a video."""
        self._pool.start(partial(self._look, video))

    def wait(self) -> None:
        """Return when everything is written."""
        self._pool.waitForDone()

    def _write(self, video: Path, document: AnalysisResult) -> None:
        self.written.emit(written_now(video, document))

    def _look(self, video: Path) -> None:
        from app.export.json_document import load_json

        try:
            document = load_json(edits_path(video))
        except FileMissingError:
            self.read.emit(EditsRead(video, None))
        except ReelscopeError as error:
            self.read.emit(EditsRead(video, None, str(error)))
        else:
            self.read.emit(EditsRead(video, document))
