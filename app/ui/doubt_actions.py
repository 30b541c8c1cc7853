"""What the commands do that go through the lines that may be wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from app.ui.main_window import MainWindow


class DoubtActions(QObject):
    """The commands of doubtful lines of one window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def next(self) -> None:
        """Go to the next doubtful line."""
        self._window.transcript.go_to_doubt(1)

    def previous(self) -> None:
        """Go to the doubtful line before."""
        self._window.transcript.go_to_doubt(-1)
