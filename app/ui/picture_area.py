"""The largest part of the window: the picture, or what stands in its place."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QStackedLayout, QVBoxLayout, QWidget

from app.render.palette import Palette
from app.render.placeholder import ViewState
from app.render.video_view import VideoView
from app.ui.drop_zone import DropZone
from app.ui.empty_note import EmptyNote
from app.ui.open_file import FileState
from app.ui.session import Session


class PictureArea(QWidget):
    """Turns between the drop zone, a note (opening, failed, sound only) and the picture."""

    def __init__(self, actions: dict[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.drop_zone = DropZone(actions["file.open"], actions["file.sample"], actions["analyse.models"])
        self.note = EmptyNote()
        self.note.button.clicked.connect(actions["file.open"].trigger)
        framed = QFrame()
        framed.setObjectName("card")
        QVBoxLayout(framed).addWidget(self.note)
        self.video = VideoView()
        self._stack = QStackedLayout(self)
        for page in (self.drop_zone, framed, self.video):
            self._stack.addWidget(page)
        self._framed = framed
        self._heir: QWidget | None = None

    def show_state(self, session: Session) -> None:
        """Show what belongs to the state of the file."""
        name = session.file.path.name if session.file.path is not None else ""
        match session.file.state:
            case FileState.NONE:
                self.drop_zone.set_recent(session.settings.recent)
                self._turn_to(self.drop_zone, self.drop_zone.open_button)
                self.video.set_frame(None)
            case FileState.LOADING:
                self.video.set_frame(None)
                self.note.say("film", "Opening", name)
                self._turn_to(self._framed, self._framed)
            case FileState.FAILED:
                self.note.say("failure", f"'{name}' cannot be opened", session.file.failure, "Open another…")
                self._turn_to(self._framed, self.note.button)
            case FileState.SOUND_ONLY:
                sentence = "There is no picture in this file. What is said in it can be found."
                self.note.say("sound", name, sentence)
                self._turn_to(self._framed, self._framed)
            case FileState.OPEN:
                if session.playback.frame is None:
                    self._show_no_picture(name, session.file.failure)
                self._turn_to(self.video, self.video)

    def _show_no_picture(self, name: str, failure: str) -> None:
        """The file is open, and none of its pictures is there yet, or can be."""
        if failure:
            self.video.show_state(ViewState.FAILED, failure)
        else:
            self.video.show_state(ViewState.LOADING, name)

    def _turn_to(self, page: QWidget, heir: QWidget) -> None:
        """Turn to a page and give its main control the keyboard, so that no key goes to a chance button."""
        self._stack.setCurrentWidget(page)
        if heir is not self._heir:
            self._heir = heir
            heir.setFocus(Qt.FocusReason.OtherFocusReason)

    def take_keyboard(self) -> None:
        """Give the keyboard to what stands here now."""
        if self._heir is not None and self._heir.isVisible():
            self._heir.setFocus(Qt.FocusReason.OtherFocusReason)

    def wear(self, palette: Palette) -> None:
        """Take on the colours of a palette."""
        self.drop_zone.wear(palette)
        self.note.wear(palette)
        self.video.set_palette(palette)
