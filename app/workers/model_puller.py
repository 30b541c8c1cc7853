"""The thread that tells how downloads of models go."""

from __future__ import annotations

from PySide6.QtCore import QObject, QThread, Signal

from app.download.pulls import FetchOne, Pulls
from app.download.wanted import Wanted


class ModelPuller(QThread):
    """Runs while something is downloaded; commands are for the thread that owns it.

    Signals:
        told(object): a PullState, a few a second for each download; the last one of each has ended.
    """

    told = Signal(object)

    def __init__(self, fetch: FetchOne, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("model puller")
        self._pulls = Pulls(fetch)
        self.finished.connect(self._go_on)

    def pull(self, name: str, wanted: Wanted) -> bool:
        """Download a file, soon; False where that is under way, or all has ended for good."""
        begun = self._pulls.begin(name, wanted)
        self._go_on()
        return begun

    def cancel(self, name: str) -> None:
        """Give up one download; what has come is kept."""
        self._pulls.cancel(name)

    def stop(self) -> None:
        """End for good: all downloads are given up; wait() for the rest."""
        self._pulls.stop()

    def run(self) -> None:
        """Tell what changes until all have ended."""
        for state in self._pulls.changes():
            self.told.emit(state)

    def _go_on(self) -> None:
        """Run where there is something to tell: it may have begun while the last run ended."""
        if self._pulls.busy and not self.isRunning():
            self.start()
