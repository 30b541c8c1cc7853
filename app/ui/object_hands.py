"""What hands do with the objects found: in the table, on their boxes, on the switches of their classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.core.results import Detection
from app.ui.session import Session
from app.ui.side_panel import Tab

if TYPE_CHECKING:
    from app.ui.window_parts import WindowParts


class ObjectHands(QObject):
    """Keeps table, picture and strip at the same objects. GUI thread only."""

    def __init__(self, parts: WindowParts, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._parts, self._playback = parts, session.playback
        parts.objects.seek_asked.connect(self.go_to)
        parts.objects.class_toggled.connect(session.shown.toggle_class)
        parts.objects.confidence_changed.connect(session.shown.set_confidence)
        parts.timeline.class_clicked.connect(session.shown.toggle_class)
        parts.video.box_clicked.connect(self._box_clicked)

    def go_to(self, detection: Detection) -> None:
        """Show the picture it was found in, and choose its box there."""
        self._playback.seek(detection.time_s)
        self._parts.video.set_selected(detection)

    def _box_clicked(self, detection: Detection | None) -> None:
        self._parts.video.set_selected(detection)
        if detection is not None:
            self._parts.panel.show_tab(Tab.OBJECTS)
