"""Notices that the open file became another one, and says so; what was read of it stays."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.media.file_status import FileChange, FileStatus
from app.ui.message import Message, Tone

if TYPE_CHECKING:
    from app.ui.session import Session
    from app.workers.notices import OpenFailed
    from app.workers.side_reader import ContentsFound, FileChecked, SideReader

_SENTENCES = {
    FileChange.GROWN: "'{}' has grown since it was opened.",
    FileChange.SHRUNK: "'{}' was cut off since it was opened; what was read of it stays.",
    FileChange.REPLACED: "'{}' was written anew since it was opened; what was read of it stays.",
    FileChange.GONE: "'{}' is no longer in its folder; what was read of it stays.",
    FileChange.UNREADABLE: "'{}' cannot be read any more; what was read of it stays.",
}
_CAN_BE_READ_AGAIN = (FileChange.GROWN, FileChange.SHRUNK, FileChange.REPLACED)


class FileWatch(QObject):
    """Looks at the file when somebody would notice: on coming back, at the end, and when reading fails.

    The looking is done by the side reader: a folder of another computer may take its time.
    """

    def __init__(self, session: Session, reader: SideReader, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._reader = session, reader
        self._path: Path | None = None
        self._before: FileStatus | None = None
        self._asked = 0
        self._told: FileChange | None = None
        self._was_at_end = False
        reader.file_checked.connect(self._checked)
        session.workers.decoder.failed.connect(self._reading_failed)
        session.playback.changed.connect(self._playback_changed)

    def leave_file(self) -> None:
        """Another file comes, or none."""
        self._path = self._before = self._told = None
        self._asked = 0

    def contents_found(self, found: ContentsFound) -> None:
        """From now on the file is compared with what it is now."""
        self._path, self._before = found.path, found.status

    def look(self) -> None:
        """Compare now; the answer comes later."""
        if self._path is not None and self._before is not None:
            self._asked = self._reader.check(self._path, self._before)

    def _reading_failed(self, _failed: OpenFailed) -> None:
        if self._session.file.is_open:
            self.look()

    def _playback_changed(self) -> None:
        at_end = self._session.playback.at_end
        if at_end and not self._was_at_end:
            self.look()
        self._was_at_end = at_end

    def _checked(self, checked: FileChecked) -> None:
        if checked.generation != self._asked or checked.change is self._told:
            return
        self._told = checked.change
        sentence = _SENTENCES.get(checked.change)
        if sentence is None:
            return
        words = sentence.format(checked.path.name)
        if checked.change in _CAN_BE_READ_AGAIN:
            tone = Tone.NOTE if checked.change is FileChange.GROWN else Tone.WARNING
            self._session.said.emit(Message(words, tone, "Reload", partial(self._reload, checked.path)))
        else:
            self._session.said.emit(Message(words, Tone.WARNING))

    def _reload(self, path: Path) -> None:
        """Open the file again, at the time where we are."""
        if path != self._session.file.path:
            return
        self._session.reload()
