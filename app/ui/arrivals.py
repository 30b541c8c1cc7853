"""Files that come into the window, by whatever way: they make the list that one goes through."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.ui.file_list import FileList
from app.ui.message import Message, Tone
from app.ui.open_file import FileState

if TYPE_CHECKING:
    from app.ui.session import Session
    from app.workers.side_reader import FilesListed, SideReader


class Arrivals(QObject):
    """Opens, queues and goes through files.

    Attributes:
        files: the list.

    Signals:
        changed(): the list, or the place in it.
        subtitles_came(object): a Path of a subtitle file for the open video.
        transcript_came(object): a Path of a file with a transcript for what is open.
        models_came(object): a tuple of Paths of files with models.
    """

    changed = Signal()
    subtitles_came = Signal(object)
    transcript_came = Signal(object)
    models_came = Signal(object)

    def __init__(self, session: Session, reader: SideReader, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._reader = session, reader
        self.files = FileList()
        self._listing = 0
        self._queueing = False
        session.file_changed.connect(self._file_changed)
        reader.files_listed.connect(self._listed)

    def come(self, paths: Sequence[Path], *, queue: bool = False) -> None:
        """Open the first of some files and list the others; or put all behind those that are listed.

        Folders stand for the files in them. Subtitles and documents go to what is open, models to the models.
        """
        from app.analysis.importing import is_importable
        from app.inference.file_kind import is_model

        models = tuple(path.absolute() for path in paths if is_model(path))
        others = [path for path in paths if path.absolute() not in models]
        subtitles = [path for path in others if is_importable(path)]
        media = tuple(path.absolute() for path in others if not is_importable(path))
        if subtitles and not media:
            self._take_subtitles(subtitles[0])
        elif any(path.is_dir() for path in media):
            self._queueing = queue
            self._listing = self._reader.list_files(media)
        elif media:
            self._take(media, queue=queue)
        if models:
            self.models_came.emit(models)

    def go(self, step: int) -> None:
        """Open the file so many places further in the list."""
        path = self.files.at(step)
        if path is not None:
            self._session.open(path)

    def go_to(self, path: Path) -> None:
        """Open a file of the list."""
        self._session.open(path)

    def _take(self, paths: Sequence[Path], *, queue: bool) -> None:
        if queue and self.files.files:
            added = self.files.queue(paths)
            self._say(f"{_counted(added)} added to the list.", Tone.DONE)
            self.changed.emit()
            return
        self.files.replace(paths)
        self._session.open(self.files.files[0].path)

    def _take_subtitles(self, path: Path) -> None:
        from app.media.subtitle_files import is_subtitle_file

        file = self._session.file
        if file.has_picture and is_subtitle_file(path):
            self.subtitles_came.emit(path)
        elif file.is_open:
            self.transcript_came.emit(path)
        else:
            self._say(f"'{path.name}' goes with a video: open the video first, then drop this on it.")

    def _listed(self, listed: FilesListed) -> None:
        if listed.generation != self._listing:
            return
        if listed.paths:
            self._take(listed.paths, queue=self._queueing)
        if listed.models:
            self.models_came.emit(listed.models)
        elif listed.failure or not listed.paths:
            self._say(listed.failure or "There is no video or sound file in this folder.")

    def _file_changed(self) -> None:
        file = self._session.file
        if file.path is not None and file.state is FileState.LOADING:
            self.files.settle(file.path)
        elif file.path is not None:
            self.files.note(file.path, file.failure)
        self.changed.emit()

    def _say(self, sentence: str, tone: Tone = Tone.WARNING) -> None:
        self._session.said.emit(Message(sentence, tone))


def _counted(number: int) -> str:
    return {0: "No new file was", 1: "1 file was"}.get(number, f"{number} files were")
