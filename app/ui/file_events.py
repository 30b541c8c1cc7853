"""Files that macOS asks the program to open: from the Finder or the Dock they come as events, no arguments.

Other systems send none, and a filter of all events costs every one of them a call: so only macOS gets it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QFileOpenEvent

Open = Callable[[list[Path]], None]


class FileEvents(QObject):
    """Watches the application's events; GUI thread. What comes before ``give_to`` is kept until then."""

    def __init__(self, application: QObject) -> None:
        super().__init__(application)
        self._open: Open | None = None
        self._waiting: list[Path] = []
        application.installEventFilter(self)

    def give_to(self, open_files: Open) -> None:
        """Open what came and what will come."""
        self._open = open_files
        if self._waiting:
            open_files(self._waiting)
            self._waiting = []

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Take the events that name a file of this machine; leave all others."""
        if not isinstance(event, QFileOpenEvent) or not event.url().isLocalFile():
            return False
        path = Path(event.url().toLocalFile())
        if self._open is None:
            self._waiting.append(path)
        else:
            self._open([path])
        return True
