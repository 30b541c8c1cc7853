"""Shows in the window what comes with the file: its menus, the list, subtitles and chapters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu, QWidget

from app.render.subtitles import SubtitleOverlay
from app.ui.command import Group
from app.ui.file_list_button import FileListButton
from app.ui.sound_devices import sound_device_menu

if TYPE_CHECKING:
    from app.ui.file_side import FileSide
    from app.ui.session import Session
    from app.ui.window_parts import WindowParts


class FileSideView(QObject):
    """Joins a FileSide to the parts of a window.

    Attributes:
        overlay: the subtitles over the picture.
        file_list: the button of the list.
    """

    def __init__(self, side: FileSide, session: Session, parts: WindowParts, window: QWidget) -> None:
        super().__init__(window)
        self._side, self._session, self._parts, self._window = side, session, parts, window
        self.overlay = SubtitleOverlay(parts.video)
        self.file_list = FileListButton(side.arrivals)
        parts.top_bar.add_before_analyse(self.file_list)
        self._put_menu(Group.VIEW, "view.subtitles", side.subtitle_menu)
        self._put_menu(Group.VIEW, "view.subtitles", side.track_menu)
        self._put_menu(Group.PLAY, "play.mute", side.sound_menu)
        self._put_menu(Group.PLAY, "play.mute", sound_device_menu(session))
        self._put_menu(Group.GO, "go.chapter_back", side.chapter_menu)
        side.changed.connect(self._side_changed)
        session.playback.picture_changed.connect(self._picture_changed)
        self._leave_drops_to_window()

    def strip_filled(self) -> None:
        """The time strip is there now."""
        self._leave_drops_to_window()
        self._side_changed()

    def _put_menu(self, group: Group, before: str, menu: QMenu) -> None:
        for entry in self._parts.top_bar.menu_bar.actions():
            within = entry.menu()
            if isinstance(within, QMenu) and entry.text() == group.value:
                following = next((each for each in within.actions() if each.objectName() == before), None)
                within.insertMenu(following, menu) if following is not None else within.addMenu(menu)

    def _leave_drops_to_window(self) -> None:
        """What is dropped on a field or on the strip is meant for the window as well."""
        for child in self._window.findChildren(QWidget):
            child.setAcceptDrops(False)

    def _side_changed(self) -> None:
        self._parts.timeline.set_chapters(self._side.contents.chapters)
        self._picture_changed()

    def _picture_changed(self) -> None:
        frame = self._session.playback.frame
        self.overlay.set_cues(self._side.subtitles.at(frame.time_s) if frame is not None else ())
