"""What comes with the open file besides its picture: the list it stands in, tracks, chapters, subtitles."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.core.tracks import Chapter, FileContents
from app.ui.arrivals import Arrivals
from app.ui.command import Needs
from app.ui.file_watch import FileWatch
from app.ui.open_file import FileState
from app.ui.subtitles import Own, Source, Subtitles
from app.ui.track_menu import TrackItem, TrackMenu
from app.ui.transcript_import import TranscriptImport

if TYPE_CHECKING:
    from app.ui.session import Session
    from app.workers.side_reader import ContentsFound, SideReader

_AGAIN_S = 2.0
"""Going to the chapter before within so much of a chapter's start goes to the one before that."""


class FileSide(QObject):
    """Holds the parts together: each is told when another file comes and what is in it. GUI thread.

    Attributes:
        arrivals, subtitles, imports, watch: the parts.
        contents: what can be chosen in the open file.
        subtitle_menu, track_menu, sound_menu, chapter_menu: the menus of it.

    Signals:
        changed(): contents, or what a command needs.
    """

    changed = Signal()

    def __init__(self, session: Session, reader: SideReader, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._reader = session, reader
        self.contents = FileContents()
        self.arrivals = Arrivals(session, reader, self)
        self.subtitles = Subtitles(session, reader, self)
        self.imports = TranscriptImport(session, reader, self.subtitles, self)
        self.watch = FileWatch(session, reader, self)
        self._number, self._generation = -1, 0
        self.subtitle_menu = TrackMenu(
            "Subtitles", self._subtitle_items, self.subtitles.choose, "No subtitles in this file or beside it"
        )
        self.track_menu = TrackMenu("Video Track", self._video_items, self._choose_video, "No picture")
        self.sound_menu = TrackMenu("Sound Track", self._sound_items, session.sound.choose_track, "No sound")
        self.chapter_menu = TrackMenu(
            "Chapters", self._chapter_items, self._go_to, "No chapters in this file"
        )
        self.arrivals.subtitles_came.connect(self.imports.came)
        self.arrivals.subtitles_came.connect(self.subtitles.add_file)
        self.arrivals.transcript_came.connect(self.imports.take_file)
        self.arrivals.changed.connect(self.changed)
        self.subtitles.changed.connect(self.changed)
        session.file_changed.connect(self._file_changed)
        reader.contents_found.connect(self._contents_found)
        reader.start()

    def stop(self) -> None:
        """Stop reading and wait for it."""
        self._reader.stop()
        self._reader.wait()

    def needs(self) -> frozenset[Needs]:
        """Return which needs of commands are met here."""
        there = {
            Needs.FILES: len(self.arrivals.files.files) > 1,
            Needs.CHAPTERS: bool(self.contents.chapters),
            Needs.SUBTITLES: bool(self.subtitles.sources),
        }
        return frozenset(need for need, met in there.items() if met)

    def go_chapter(self, step: int) -> None:
        """Go to the next chapter, or to the start of this one or the one before."""
        starts = [chapter.start_s for chapter in self.contents.chapters]
        now = self._session.playback.time_s
        if step > 0:
            place = bisect_right(starts, now + 1e-6)
        else:
            place = max(0, bisect_right(starts, now - _AGAIN_S) - 1)
        if 0 <= place < len(starts):
            self._session.playback.seek(starts[place])

    def _file_changed(self) -> None:
        file = self._session.file
        if file.number != self._number:
            self._number = file.number
            self.contents = FileContents()
            self.subtitles.leave_file()
            self.imports.leave_file()
            self.watch.leave_file()
            self.changed.emit()
        if file.state is FileState.LOADING and file.path is not None:
            self._generation = self._reader.look_into(file.path)

    def _contents_found(self, found: ContentsFound) -> None:
        if found.generation != self._generation or found.path != self._session.file.path:
            return
        self.contents = found.contents
        self.watch.contents_found(found)
        self.subtitles.contents_found(found)
        self.changed.emit()

    # --- menus

    def _subtitle_items(self) -> Sequence[TrackItem[Source | None]]:
        chosen, choices = self.subtitles.chosen, self.subtitles.choices
        own = [each for each in self.subtitles.sources if isinstance(each, Own)]
        if not choices and not own:
            return ()
        items: list[TrackItem[Source | None]] = [TrackItem("Off", None, on=chosen is None)]
        for each in choices:
            name = each.name if each.usable else f"{each.name} (cannot be shown yet)"
            items.append(TrackItem(name, each.source, on=each.source == chosen, usable=each.usable))
        items += [TrackItem(each.value, each, on=each is chosen) for each in own]
        return items

    def _video_items(self) -> Sequence[TrackItem[int]]:
        now = self._session.file.video_track
        tracks = self.contents.video
        return [TrackItem(each.name, each.number, each.number == now, each.usable) for each in tracks]

    def _choose_video(self, number: int) -> None:
        file = self._session.file
        if file.path is not None and number != file.video_track:
            self._session.open(file.path, video_track=number, at_s=self._session.playback.time_s)

    def _sound_items(self) -> Sequence[TrackItem[int]]:
        now = self._session.sound.track
        tracks = self.contents.audio
        return [TrackItem(each.name, each.number, each.number == now, each.usable) for each in tracks]

    def _chapter_items(self) -> Sequence[TrackItem[Chapter]]:
        now = self._session.playback.time_s
        return [
            TrackItem(each.title, each, each.start_s <= now < each.end_s) for each in self.contents.chapters
        ]

    def _go_to(self, chapter: Chapter) -> None:
        self._session.playback.seek(chapter.start_s)
