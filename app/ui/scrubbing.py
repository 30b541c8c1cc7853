"""The hand on the time strip: quick pictures while it moves, the exact one when it rests or lets go."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from app.ui.playback import Playback

REST_MS = 80
"""A hand that has not moved for so long rests."""


class Scrubber(QObject):
    """Turns what the hand does into seeks.

    Attributes:
        rest: runs from the last movement on.
    """

    def __init__(self, playback: Playback, parent: QObject) -> None:
        super().__init__(parent)
        self._playback = playback
        self._at_s: float | None = None
        self.rest = QTimer(self)
        self.rest.setSingleShot(True)
        self.rest.setInterval(REST_MS)
        self.rest.timeout.connect(self._rests)

    def begin(self) -> None:
        """The hand takes the playhead; what plays waits."""
        self._at_s = None
        self._playback.begin_scrub()

    def move(self, time_s: float) -> None:
        """The hand is at a time: show the nearest picture at once."""
        if time_s == self._at_s:
            return
        self._at_s = time_s
        self._playback.seek(time_s, exact=False)
        self.rest.start()

    def end(self, time_s: float) -> None:
        """The hand lets go: show the exact picture, and play on where it played before."""
        self.rest.stop()
        self._playback.seek(time_s)
        self._playback.end_scrub()
        self._at_s = None

    def _rests(self) -> None:
        if self._at_s is not None:
            self._playback.seek(self._at_s)
