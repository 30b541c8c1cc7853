"""Which of the objects that were found are shown."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from app.core.results import Detection
from app.ui.found.filter import Filter
from app.ui.live_boxes import LiveBoxes
from app.ui.playback import Playback


class ShownObjects(QObject):
    """Holds the filter of the open file, and looks through it at the picture that is shown. GUI thread only.

    Attributes:
        filter: what passes.

    Signals:
        changed(): the filter.
    """

    changed = Signal()

    def __init__(self, playback: Playback, live_boxes: LiveBoxes, parent: QObject) -> None:
        super().__init__(parent)
        self._playback, self._live_boxes = playback, live_boxes
        self.filter = Filter()

    def begin(self, confidence: float) -> None:
        """Show every class from so certain on: another file comes, and whoever brings it tells of it."""
        self.filter = Filter(confidence=confidence)

    def boxes(self) -> tuple[Detection, ...]:
        """What is to be painted over the picture shown."""
        frame = self._playback.frame
        if frame is None or not self._live_boxes.gate.enabled:
            return ()
        # Boxes of single pictures in a row of unknown ones would only flash by.
        if self._playback.playing and not self._playback.boxes_steady:
            return ()
        return self.filter.admitted(self._live_boxes.found_in(frame.time.pts))

    def toggle_class(self, label: str) -> None:
        """Switch one class over."""
        self._set(self.filter.toggled(label))

    def set_confidence(self, confidence: float) -> None:
        """Show what is at least so certain."""
        self._set(replace(self.filter, confidence=confidence))

    def _set(self, shown: Filter) -> None:
        if shown != self.filter:
            self.filter = shown
            self.refresh()

    def refresh(self) -> None:
        """Have it all painted anew."""
        self.changed.emit()
        self._playback.picture_changed.emit()
