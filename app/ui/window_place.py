"""How large the window is and how its room is shared out, as the settings remember; the full screen."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QMainWindow

from app.settings import WindowPlace
from app.ui.session import Session
from app.ui.window_parts import WindowParts


class PlaceKeeper(QObject):
    """Gives a window the size and the borders it had, and remembers those it has. GUI thread only.

    Signals:
        full_screen_changed(): by us or by the system.
    """

    full_screen_changed = Signal()

    def __init__(self, window: QMainWindow, parts: WindowParts, session: Session) -> None:
        super().__init__(window)
        self._window, self._parts, self._session = window, parts, session
        parts.moved.connect(self._parts_moved)

    def restore(self) -> None:
        """Take on the size that is remembered."""
        place = self._session.settings.window
        self._window.resize(place.width, place.height)
        self._parts.place(place)

    def remember(self) -> None:
        """Remember the size, for the next start; a maximised window keeps the one it had before."""
        window, before = self._window, self._session.settings.window
        if window.isFullScreen() or window.isMaximized():
            self._keep(replace(before, maximised=window.isMaximized()))
        else:
            self._keep(replace(before, width=window.width(), height=window.height(), maximised=False))

    def _parts_moved(self) -> None:
        """Remember what was drawn by hand: from now on it stays so."""
        self._keep(self._parts.placed(self._session.settings.window))

    def _keep(self, place: WindowPlace) -> None:
        self._session.settings = replace(self._session.settings, window=place)

    def set_full_screen(self, on: bool) -> None:
        """Show the picture and its bar alone, or everything; a maximised window is one afterwards, too."""
        full = Qt.WindowState.WindowFullScreen
        state = self._window.windowState()
        self._window.setWindowState(state | full if on else state & ~full)

    def window_state_changed(self) -> None:
        """Leave the picture its room on the full screen; the window tells this of itself."""
        self._parts.show_only_picture(self._window.isFullScreen())
        self.full_screen_changed.emit()
