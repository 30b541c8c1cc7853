"""Keeping one box in the middle of the picture, zoomed in, from picture to picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.render.following import same_thing
from app.ui.message import Message

if TYPE_CHECKING:
    from app.core.results import Detection
    from app.render.video_view import VideoView
    from app.ui.main_window import MainWindow
    from app.ui.session import Session


class FollowActions(QObject):
    """Follows the chosen box, else the one nearest to the middle, until it is lost or let go.

    Pictures of which nobody knows yet what is in them leave the view where it is.

    Signals:
        changed(): whether a box is followed.
    """

    changed = Signal()

    def __init__(self, session: Session, window: MainWindow) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self._followed: Detection | None = None
        session.playback.picture_changed.connect(self._picture_changed)
        session.file_changed.connect(self._file_changed)

    @property
    def followed(self) -> Detection | None:
        """The box that is followed, as it was seen last."""
        return self._followed

    @property
    def _video(self) -> VideoView:
        return self._window.video

    def toggle(self) -> None:
        """Follow a box, or let it go."""
        if self._followed is not None:
            self._follow(None)
            return
        box = self._video.box_to_follow()
        if box is None:
            self._session.said.emit(Message("There is no box in this picture to follow."))
            self.changed.emit()
            return
        self._video.zoom_to_box(box.box)
        self._follow(box)

    def _follow(self, box: Detection | None) -> None:
        before, self._followed = self._followed, box
        self._video.set_selected(box)
        if (before is None) != (box is None):
            self.changed.emit()

    def _picture_changed(self) -> None:
        frame, followed = self._session.playback.frame, self._followed
        if frame is None or followed is None or frame.time.pts == followed.pts:
            return
        live = self._session.live_boxes
        if not live.known(frame.time.pts):
            return
        found = same_thing(followed, self._session.shown.filter.admitted(live.found_in(frame.time.pts)))
        if found is None:
            self._follow(None)
            self._session.said.emit(Message(f"The box was lost: no such {followed.label} in this picture."))
            return
        self._video.centre_on(found.box)
        self._follow(found)

    def _file_changed(self) -> None:
        if self._followed is not None and not self._session.file.has_picture:
            self._follow(None)

    def look_at_zoom(self) -> None:
        """Showing the whole picture lets the box go."""
        if self._followed is not None and self._video.viewport.zoom is None:
            self._follow(None)
